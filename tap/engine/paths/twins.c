/* twins.c - see twins.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "twins.h"

/* Segments of a subflow without twins after which it is looked for less often, and how often then. */
#define EAGER     16
#define SELDOM    64
/* Subflows with something in common that are compared, the newest: an attack could give all the same. */
#define MAX_ALIKE 64

/* A subflow at one point. */
typedef struct twin {
    const mpt_subflow *subflow;
    unsigned point;
    struct group *group;
    uint32_t segments;
    uint32_t known; /* reasons that are registered */
    uint64_t names[MPT_PATH_REASONS];
} twin;

/* One subflow, wherever it was seen. */
typedef struct group {
    unsigned count;
    twin *at[]; /* by point */
} group;

struct mpt_twins {
    unsigned points, seen; /* seen: those that have shown a subflow, up to the highest; at least two */
    GHashTable *twins;     /* const mpt_subflow * -> twin: each point's engine has its own */
    GHashTable *names;     /* name -> GPtrArray of twin */
    twin *last;
};

static void free_list(gpointer list)
{
    g_ptr_array_free(list, TRUE);
}

mpt_twins *mpt_twins_new(unsigned points)
{
    mpt_twins *t = g_new0(mpt_twins, 1);

    t->points = points;
    t->seen = 2;
    t->twins = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    t->names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_list);
    return t;
}

static group *new_group(const mpt_twins *t)
{
    return g_malloc0(sizeof(group) + t->points * sizeof(twin *));
}

static void leave(twin *w)
{
    w->group->at[w->point] = NULL;
    if (--w->group->count == 0)
        g_free(w->group);
}

static void join(twin *w, group *g)
{
    w->group = g;
    g->at[w->point] = w;
    g->count++;
}

void mpt_twins_free(mpt_twins *t)
{
    GHashTableIter i;
    gpointer w;

    if (!t)
        return;
    g_hash_table_iter_init(&i, t->twins);
    while (g_hash_table_iter_next(&i, NULL, &w))
        leave(w);
    g_hash_table_destroy(t->twins);
    g_hash_table_destroy(t->names);
    g_free(t);
}

static twin *find(const mpt_twins *t, const mpt_subflow *s)
{
    return t->last && t->last->subflow == s ? t->last : g_hash_table_lookup(t->twins, s);
}

static twin *get(mpt_twins *t, unsigned point, const mpt_subflow *s)
{
    twin *w = find(t, s);

    if (!w) {
        w = g_new0(twin, 1);
        w->subflow = s;
        w->point = point;
        join(w, new_group(t));
        g_hash_table_insert(t->twins, (gpointer)s, w);
        t->seen = MAX(t->seen, point + 1);
    }
    return t->last = w;
}

static GPtrArray *named(mpt_twins *t, uint64_t name)
{
    GPtrArray *list = g_hash_table_lookup(t->names, &name);
    gint64 *key;

    if (list)
        return list;
    key = g_new(gint64, 1);
    *key = (gint64)name;
    list = g_ptr_array_new();
    g_hash_table_insert(t->names, key, list);
    return list;
}

/* --- looking --- */

struct best {
    group *group;
    uint32_t score;
    bool tied; /* with another group */
};

static bool have_point_in_common(const mpt_twins *t, const group *a, const group *b)
{
    for (unsigned i = 0; i < t->points; i++)
        if (a->at[i] && b->at[i])
            return true;
    return false;
}

static void compare(const mpt_twins *t, const twin *w, const twin *other, struct best *best)
{
    uint32_t score, reasons;

    if (other->group == w->group || have_point_in_common(t, w->group, other->group) ||
        mpt_same_contradict(w->subflow, other->subflow))
        return;
    score = mpt_same_score(w->subflow, other->subflow, &reasons);
    if (score == best->score && other->group != best->group)
        best->tied = true;
    else if (score > best->score)
        *best = (struct best){.group = other->group, .score = score};
}

static void look(mpt_twins *t, twin *w)
{
    struct best best = {0};
    group *g = w->group;
    uint64_t name;

    for (unsigned k = 0; k < MPT_PATH_REASONS; k++) {
        GPtrArray *list;
        if (!mpt_same_name(w->subflow, k, &name))
            continue;
        list = named(t, name);
        if (!(w->known >> k & 1u)) {
            g_ptr_array_add(list, w);
            w->names[k] = name;
            w->known |= 1u << k;
        }
        for (guint i = list->len > MAX_ALIKE ? list->len - MAX_ALIKE : 0; i < list->len; i++)
            compare(t, w, g_ptr_array_index(list, i), &best);
    }
    if (best.score < MPT_SAME_ENOUGH || best.tied)
        return;
    for (unsigned i = 0, left = g->count; left > 0; i++) {
        twin *mine = g->at[i];
        if (!mine)
            continue;
        left--;
        leave(mine);
        join(mine, best.group);
    }
}

void mpt_twins_seen(mpt_twins *t, unsigned point, const mpt_subflow *s)
{
    twin *w = get(t, point, s);

    if (w->group->count < t->seen && (w->segments++ < EAGER || w->segments % SELDOM == 0))
        look(t, w);
}

void mpt_twins_finish(mpt_twins *t)
{
    GHashTableIter i;
    gpointer w;

    g_hash_table_iter_init(&i, t->twins);
    while (g_hash_table_iter_next(&i, NULL, &w))
        if (((twin *)w)->group->count < t->seen)
            look(t, w);
}

const mpt_subflow *mpt_twins_at(const mpt_twins *t, unsigned point, const mpt_subflow *s, unsigned other)
{
    const twin *w = find(t, s);

    if (point == other)
        return s;
    return w && w->group->at[other] ? w->group->at[other]->subflow : NULL;
}

void mpt_twins_forget(mpt_twins *t, unsigned point, const mpt_subflow *s)
{
    twin *w = find(t, s);

    (void)point;
    if (!w)
        return;
    for (unsigned k = 0; k < MPT_PATH_REASONS; k++) {
        GPtrArray *list = w->known >> k & 1u ? g_hash_table_lookup(t->names, &w->names[k]) : NULL;
        if (list && g_ptr_array_remove(list, w) && !list->len)
            g_hash_table_remove(t->names, &w->names[k]);
    }
    leave(w);
    t->last = NULL;
    g_hash_table_remove(t->twins, s);
}
