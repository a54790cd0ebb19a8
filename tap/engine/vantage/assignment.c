/* assignment.c - see assignment.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "assignment.h"

#include <glib.h>
#include <string.h>

#define BIT(i)      (UINT64_C(1) << (i))
#define EMPTY_POINT 1e30
enum { NEW_POINT = -1, ANY_POINT = -2 };

typedef struct interfaces {
    mpt_assignment *all;
    unsigned count, points;
    unsigned rank[MPT_VANTAGE_POINTS]; /* from the client on */
    bool ranks_known;
} interfaces;

/* Undecided interfaces of which each shares traffic with another one; level by level they
 * are different points. */
typedef struct component {
    unsigned members[MPT_VANTAGE_INTERFACES], count, levels;
    unsigned level[MPT_VANTAGE_INTERFACES]; /* of each member */
    bool ordered;                           /* levels go from the client to the server */
    unsigned span;                          /* levels, and points that it shares traffic with */
} component;

/* Above 0: i is nearer to the client than j. */
static int order(const interfaces *x, unsigned i, unsigned j)
{
    const mpt_assignment *f = &x->all[i];

    return f->before[0][j] ? f->before[0][j] : f->before[1][j];
}

static bool conflict(const interfaces *x, unsigned i, unsigned j)
{
    return x->all[i].conflicts >> j & 1u;
}

/* Squares, so that two pairs side by side are (first, first) and (second, second), not (second, first) and a
 * far one. Of two as near the lower numbers are better: they are of the first file. */
static double distance(uint32_t id, uint32_t other)
{
    double d = other < id ? id - other : other - id;

    return d * d + ((double)id + other) / 1e10;
}

unsigned mpt_assignment_nearest(const mpt_assignment *all, unsigned count, uint32_t id)
{
    const mpt_assignment *best = NULL;

    for (unsigned i = 0; i < count; i++)
        if (all[i].point >= 0 && (!best || distance(id, all[i].id) < distance(id, best->id)))
            best = &all[i];
    return best ? (unsigned)best->point : 0;
}

/* --- the order of points --- */

static int ahead(const interfaces *x, unsigned p, unsigned q)
{
    int sum = 0;

    for (unsigned i = 0; i < x->count; i++)
        for (unsigned j = 0; x->all[i].point == (int)p && j < x->count; j++)
            if (x->all[j].point == (int)q)
                sum += order(x, i, j);
    return sum;
}

static void rank_points(interfaces *x)
{
    bool ranked[MPT_VANTAGE_POINTS] = {false};
    int sums[MPT_VANTAGE_POINTS][MPT_VANTAGE_POINTS];
    unsigned last = 0;

    for (unsigned p = 0; p < x->points; p++)
        for (unsigned q = 0; q < x->points; q++)
            sums[p][q] = p == q ? 0 : ahead(x, p, q);
    x->ranks_known = true;
    for (unsigned r = 0; r < x->points; r++) {
        unsigned next = x->points;
        for (unsigned p = 0; p < x->points && next == x->points; p++) {
            bool first = !ranked[p];
            for (unsigned q = 0; q < x->points && first; q++)
                first = ranked[q] || sums[q][p] <= 0;
            if (first)
                next = p;
        }
        for (unsigned p = 0; p < x->points && next == x->points; p++)
            if (!ranked[p])
                next = p;
        x->ranks_known &= r == 0 || sums[last][next] > 0;
        ranked[next] = true;
        x->rank[next] = r;
        last = next;
    }
}

/* --- components --- */

static void collect(const interfaces *x, unsigned seed, uint64_t *taken, component *c)
{
    uint64_t found = BIT(seed), before;

    memset(c, 0, sizeof *c);
    do {
        before = found;
        for (unsigned i = 0; i < x->count; i++)
            if (x->all[i].point < 0 && x->all[i].conflicts & found)
                found |= BIT(i);
    } while (found != before);
    *taken |= found;
    for (unsigned i = 0; i < x->count; i++) {
        unsigned k = c->count;
        if (!(found >> i & 1u))
            continue;
        for (; k > 0 && x->all[c->members[k - 1]].id > x->all[i].id; k--)
            c->members[k] = c->members[k - 1];
        c->members[k] = i;
        c->count++;
    }
}

/* Each one level beyond the last of those before it. False where the order has a circle, or gaps. */
static bool levels_by_order(const interfaces *x, component *c)
{
    bool changed = true;

    for (unsigned round = 0; changed; round++) {
        if (round > c->count)
            return false;
        changed = false;
        for (unsigned a = 0; a < c->count; a++)
            for (unsigned b = 0; b < c->count; b++)
                if (order(x, c->members[a], c->members[b]) > 0 && c->level[b] <= c->level[a]) {
                    c->level[b] = c->level[a] + 1;
                    changed = true;
                }
    }
    for (unsigned a = 0; a < c->count; a++)
        for (unsigned b = 0; b < a; b++)
            if (conflict(x, c->members[a], c->members[b]) && c->level[a] == c->level[b])
                return false;
    return true;
}

/* False where a member at that level would be beside or beyond one that it shares traffic with. */
static bool level_fits(const interfaces *x, const component *c, unsigned a, unsigned level)
{
    for (unsigned b = 0; b < c->count; b++) {
        int o = order(x, c->members[a], c->members[b]);
        if ((o > 0 && c->level[b] <= level) || (o < 0 && c->level[b] >= level) ||
            (b != a && c->level[b] == level && conflict(x, c->members[a], c->members[b])))
            return false;
    }
    return true;
}

/* What could be at several levels goes to the nearest number's. */
static void settle_loose(const interfaces *x, component *c)
{
    for (unsigned a = 0; a < c->count; a++) {
        double best = EMPTY_POINT;
        unsigned level = c->level[a];
        for (unsigned b = 0; b < c->count; b++) {
            double d = distance(x->all[c->members[a]].id, x->all[c->members[b]].id);
            if (b == a || d >= best || !level_fits(x, c, a, c->level[b]))
                continue;
            best = d;
            level = c->level[b];
        }
        c->level[a] = level;
    }
}

/* By number, each with the nearest one below it that it shares no traffic with. */
static void levels_by_number(const interfaces *x, component *c)
{
    c->levels = 0;
    for (unsigned a = 0; a < c->count; a++) {
        c->level[a] = c->levels;
        for (unsigned k = a; k > 0; k--) {
            bool fits = true;
            for (unsigned b = 0; b < a && fits; b++)
                fits = c->level[b] != c->level[k - 1] || !conflict(x, c->members[a], c->members[b]);
            if (!fits)
                continue;
            c->level[a] = c->level[k - 1];
            break;
        }
        c->levels = MAX(c->levels, c->level[a] + 1);
    }
}

static void find_levels(const interfaces *x, component *c)
{
    uint64_t points = 0;

    c->ordered = levels_by_order(x, c);
    if (c->ordered)
        settle_loose(x, c);
    else
        levels_by_number(x, c);
    for (unsigned a = 0; a < c->count; a++) {
        c->levels = MAX(c->levels, c->level[a] + 1);
        for (unsigned i = 0; i < x->count; i++)
            if (x->all[i].point >= 0 && conflict(x, c->members[a], i))
                points |= BIT(x->all[i].point);
    }
    c->span = c->levels;
    for (; points; points &= points - 1)
        c->span++;
}

/* --- which level is which point --- */

typedef struct search {
    unsigned levels, points;
    bool in_order;
    const unsigned *rank;
    bool allowed[MPT_VANTAGE_POINTS][MPT_VANTAGE_POINTS]; /* [level][point] */
    double cost[MPT_VANTAGE_POINTS][MPT_VANTAGE_POINTS];
    int choice[MPT_VANTAGE_POINTS], best[MPT_VANTAGE_POINTS];
    unsigned best_new;
    double best_cost;
} search;

/* levels beyond this one, given the points used so far and the lowest rank that is left. */
static void try_level(search *s, unsigned level, uint64_t used, unsigned rank, unsigned added, double cost)
{
    bool room = s->points + added < MPT_VANTAGE_POINTS;

    if (added > s->best_new || (added == s->best_new && cost >= s->best_cost))
        return;
    if (level == s->levels) {
        memcpy(s->best, s->choice, sizeof s->best);
        s->best_new = added;
        s->best_cost = cost;
        return;
    }
    for (unsigned r = s->in_order ? rank : 0; r < s->points; r++) {
        unsigned p = 0;
        while (s->rank[p] != r)
            p++;
        if (used >> p & 1u || !s->allowed[level][p])
            continue;
        s->choice[level] = (int)p;
        try_level(s, level + 1, used | BIT(p), r + 1, added, cost + s->cost[level][p]);
    }
    s->choice[level] = room ? NEW_POINT : ANY_POINT;
    try_level(s, level + 1, used, rank, added + room, cost + (room ? 0 : EMPTY_POINT));
}

static void weigh(const interfaces *x, const component *c, search *s)
{
    for (unsigned level = 0; level < s->levels; level++)
        for (unsigned p = 0; p < x->points; p++)
            s->allowed[level][p] = true, s->cost[level][p] = EMPTY_POINT;
    for (unsigned a = 0; a < c->count; a++) {
        for (unsigned i = 0; i < x->count; i++) {
            const mpt_assignment *f = &x->all[c->members[a]], *other = &x->all[i];
            unsigned level = c->level[a];
            if (level >= s->levels || other->point < 0)
                continue;
            if (conflict(x, c->members[a], i))
                s->allowed[level][other->point] = false;
            s->cost[level][other->point] = MIN(s->cost[level][other->point], distance(f->id, other->id));
            for (unsigned p = 0; p < x->points && x->ranks_known && f->before[0][i]; p++)
                if ((f->before[0][i] > 0) != (x->rank[p] < x->rank[other->point]))
                    s->allowed[level][p] = false;
        }
    }
}

static unsigned allowed_points(const search *s, unsigned level)
{
    unsigned n = 0;

    for (unsigned p = 0; p < s->points; p++)
        n += s->allowed[level][p];
    return n;
}

static void place(interfaces *x, const component *c)
{
    search s = {.levels = MIN(c->levels, MPT_VANTAGE_POINTS),
                .points = x->points,
                .in_order = c->ordered && c->levels > 1 && x->ranks_known,
                .rank = x->rank,
                .best_new = MPT_VANTAGE_POINTS + 1};

    weigh(x, c, &s);
    try_level(&s, 0, 0, 0, 0, 0);
    for (unsigned level = 0; level < s.levels; level++)
        if (s.best[level] == NEW_POINT)
            s.best[level] = (int)x->points++;
    for (unsigned a = 0; a < c->count; a++) {
        mpt_assignment *f = &x->all[c->members[a]];
        unsigned level = c->level[a];
        bool any = level >= s.levels || s.best[level] == ANY_POINT;
        f->by_number = any || (!s.in_order && allowed_points(&s, level) > 1);
        f->point = any ? (int)mpt_assignment_nearest(x->all, x->count, f->id) : s.best[level];
    }
}

/* The component that shows most points is decided first; of equal ones the ordered one, then the one with
 * fewer levels, then the first file's. */
static bool tells_more(const interfaces *x, const component *a, const component *b)
{
    if (a->span != b->span)
        return a->span > b->span;
    if (a->ordered != b->ordered)
        return a->ordered;
    if (a->levels != b->levels)
        return a->levels < b->levels;
    return x->all[a->members[0]].id < x->all[b->members[0]].id;
}

unsigned mpt_assignment_decide(mpt_assignment *all, unsigned count, unsigned points)
{
    interfaces x = {.all = all, .count = count, .points = points};

    for (;;) {
        component best = {0}, one;
        uint64_t taken = 0;
        for (unsigned i = 0; i < count; i++) {
            if (all[i].point >= 0 || taken >> i & 1u)
                continue;
            collect(&x, i, &taken, &one);
            find_levels(&x, &one);
            if (!best.count || tells_more(&x, &one, &best))
                best = one;
        }
        if (!best.count)
            return x.points;
        rank_points(&x);
        place(&x, &best);
    }
}
