/* paths.c - see paths.h: matches subflows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "paths.h"

#include "paths_internal.h"

/* Segments that may wait. */
#define MAX_RECORDS 1000000
/* Segments of an unmatched subflow after which it is looked for less often. */
#define EAGER       16
/* Subflows with something in common that are compared, the newest: an attack could give all the same. */
#define MAX_ALIKE   64

const mpt_subflow *mpt_path_subflow(const mpt_path_flow *f)
{
    return f->subflow[mpt_path_found_at(f)];
}

mpt_role mpt_path_sender(const mpt_path_flow *f, mpt_side side)
{
    const mpt_subflow *s = mpt_path_subflow(f);

    side = mpt_path_side(f, mpt_path_found_at(f), side);
    return mpt_connection_role(s->connection, mpt_subflow_conn_side(s, side));
}

/* --- what identifies a subflow --- */

static GPtrArray *named(mpt_paths *p, uint64_t name, bool make)
{
    GPtrArray *list = g_hash_table_lookup(p->names, &name);
    gint64 *key;

    if (list || !make)
        return list;
    key = g_new(gint64, 1);
    *key = (gint64)name;
    list = g_ptr_array_new();
    g_hash_table_insert(p->names, key, list);
    return list;
}

/* --- pairing --- */

static void pair(mpt_path_end *e, mpt_path_end *found, uint32_t reasons, uint32_t score)
{
    mpt_path_flow *f = found->flow, *gone = e->flow;
    const mpt_subflow *s = e->subflow, *other = found->subflow;

    f->subflow[e->end] = s;
    f->flip[e->end] = f->flip[found->end] != mpt_same_is_flipped(other, s);
    f->reasons = reasons;
    f->score = score;
    f->addresses_changed = !mpt_same_tuple(s, other);
    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        f->lane[e->end][side] = &e->lanes[mpt_path_side(f, e->end, side)];
        f->mss[e->end][side] = e->mss[mpt_path_side(f, e->end, side)];
    }
    e->flow = f;
    e->paths->flows->pdata[gone->index] = NULL;
    g_free(gone);
    e->partner = found;
    found->partner = e;
    mpt_match_waiting(e, found);
}

/* The subflow at the other end that has most in common with one; how many have as much. */
struct best {
    mpt_path_end *end;
    uint32_t score, reasons, equals;
};

static void compare(const mpt_path_end *e, mpt_path_end *other, struct best *best)
{
    uint32_t score, reasons;

    if (other->end == e->end || other == best->end || other->flow->subflow[e->end] ||
        mpt_same_contradict(e->subflow, other->subflow))
        return;
    score = mpt_same_score(e->subflow, other->subflow, &reasons);
    if (score == best->score)
        best->equals++;
    else if (score > best->score)
        *best = (struct best){.end = other, .score = score, .reasons = reasons};
}

/* Looks for the subflow at the other end by all that is known by now. */
static void look(mpt_path_end *e)
{
    mpt_paths *p = e->paths;
    struct best best = {0};

    for (unsigned k = 0; k < MPT_PATH_REASONS; k++) {
        uint64_t name;
        if (!mpt_same_name(e->subflow, k, &name))
            continue;
        GPtrArray *list = named(p, name, true);
        if (!(e->known >> k & 1u)) {
            g_ptr_array_add(list, e);
            e->names[k] = name;
        }
        e->known |= 1u << k;
        for (guint i = list->len > MAX_ALIKE ? list->len - MAX_ALIKE : 0; i < list->len; i++)
            compare(e, g_ptr_array_index(list, i), &best);
    }
    if (best.score < MPT_SAME_ENOUGH)
        return;
    if (!best.equals) {
        pair(e, best.end, best.reasons, best.score);
    } else if (!e->counted_ambiguous) {
        e->counted_ambiguous = true;
        p->ambiguous_flows++;
    }
}

mpt_path_end *mpt_paths_find(mpt_paths_view *v, const mpt_subflow *s)
{
    mpt_path_end *e;
    mpt_path_flow *f;

    if (v->last && v->last->subflow == s)
        return v->last;
    if ((e = g_hash_table_lookup(v->subflows, s)))
        return v->last = e;
    e = g_new0(mpt_path_end, 1);
    f = g_new0(mpt_path_flow, 1);
    e->paths = v->paths;
    e->subflow = s;
    e->end = v->end;
    e->flow = f;
    f->index = v->paths->flows->len;
    f->subflow[v->end] = s;
    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        e->lanes[side].private_ = &e->store[side];
        f->lane[v->end][side] = &e->lanes[side];
    }
    g_ptr_array_add(v->paths->flows, f);
    g_hash_table_insert(v->subflows, (gpointer)s, e);
    return v->last = e;
}

/* --- the observer --- */

static void on_segment(const mpt_connection *connection, const mpt_subflow *subflow, mpt_side side,
                       const mpt_segment *g, int64_t position, void *user)
{
    mpt_paths_view *v = user;
    mpt_path_end *e;

    v->first_ns = v->any ? MIN(v->first_ns, g->time_ns) : g->time_ns;
    v->last_ns = v->any ? MAX(v->last_ns, g->time_ns) : g->time_ns;
    v->any = true;
    if (!connection)
        return;
    e = mpt_paths_find(v, subflow);
    if (g->presence & MPT_SEGMENT_MSS) {
        e->mss[side] = g->mss;
        e->flow->mss[e->end][mpt_path_side(e->flow, e->end, side)] = g->mss;
    }
    if (!e->partner && (e->segments++ < EAGER || e->segments % 64 == 0))
        look(e);
    mpt_match_segment(e, side, g, position);
    if (g->flags & MPT_TCP_ACK)
        mpt_paths_data_ack(v, connection, subflow, side, g->time_ns);
}

static void on_data(const mpt_data_piece *piece, void *user)
{
    if (piece->connection)
        mpt_paths_data(user, piece);
}

static void on_event(const mpt_connection *connection, const mpt_event *event, void *user)
{
    if (event->type == MPT_EVENT_MP_FAIL)
        mpt_paths_fail(user, connection, event);
}

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    (void)to;
    (void)offset;
    (void)flipped;
    mpt_paths_forget_arrivals(user, from);
}

/* The other end may have carried more, and stays as one that was not found here. */
static void part(mpt_path_end *e)
{
    mpt_path_flow *f = e->flow;

    f->subflow[e->end] = NULL;
    f->lane[e->end][MPT_SIDE_A] = f->lane[e->end][MPT_SIDE_B] = NULL;
    f->reasons = f->score = 0;
    e->partner->partner = NULL;
}

static void on_forget(const mpt_connection *connection, const mpt_subflow *subflow, void *user)
{
    mpt_paths_view *v = user;
    mpt_paths *p = v->paths;
    mpt_path_end *e = g_hash_table_lookup(v->subflows, subflow);

    (void)connection;
    if (!e)
        return;
    for (unsigned k = 0; k < MPT_PATH_REASONS; k++) {
        GPtrArray *list = e->known >> k & 1u ? named(p, e->names[k], false) : NULL;
        if (list && g_ptr_array_remove(list, e) && !list->len)
            g_hash_table_remove(p->names, &e->names[k]);
    }
    if (e->partner) {
        part(e);
    } else {
        p->flows->pdata[e->flow->index] = NULL;
        g_free(e->flow);
    }
    for (mpt_side side = 0; side < MPT_SIDES; side++)
        p->records -= mpt_match_waits(&e->store[side]);
    v->last = v->last == e ? NULL : v->last;
    g_hash_table_remove(v->subflows, subflow);
}

const mpt_observer MPT_PATHS_OBSERVER = {
    .segment = on_segment,
    .data = on_data,
    .event = on_event,
    .merge = on_merge,
    .forget = on_forget,
};

/* --- public --- */

static void free_end(gpointer data)
{
    mpt_path_end *e = data;

    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        mpt_match_clear(&e->store[side]);
        mpt_histogram_clear(&e->lanes[side].queued);
    }
    g_free(e);
}

static void free_flow(gpointer data)
{
    mpt_path_flow *f = data;

    if (f && f->changes)
        g_array_unref(f->changes);
    g_free(f);
}

mpt_paths *mpt_paths_new(mpt_paths_sample sample, void *user)
{
    mpt_paths *p = g_new0(mpt_paths, 1);

    p->sample = sample;
    p->max_records = MAX_RECORDS;
    p->user = user;
    p->flows = g_ptr_array_new_with_free_func(free_flow);
    p->names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    for (mpt_end end = 0; end < MPT_ENDS; end++) {
        mpt_paths_view *v = &p->views[end];
        v->paths = p;
        v->end = end;
        v->subflows = g_hash_table_new_full(NULL, NULL, NULL, free_end);
        v->connections = g_hash_table_new_full(NULL, NULL, NULL, mpt_paths_arrivals_free);
        v->progress_ns = INT64_MIN;
    }
    return p;
}

void mpt_paths_free(mpt_paths *p)
{
    if (!p)
        return;
    for (mpt_end end = 0; end < MPT_ENDS; end++) {
        g_hash_table_destroy(p->views[end].subflows);
        g_hash_table_destroy(p->views[end].connections);
    }
    g_hash_table_destroy(p->names);
    g_ptr_array_free(p->flows, TRUE);
    g_free(p);
}

void mpt_paths_tell_alone(mpt_paths *p, mpt_paths_alone alone, void *user)
{
    p->alone = alone;
    p->alone_user = user;
}

void mpt_paths_set_limit(mpt_paths *p, uint64_t segments)
{
    p->max_records = segments;
}

void *mpt_paths_end(mpt_paths *p, mpt_end end)
{
    return &p->views[end];
}

/* --- the end --- */

/* A SYN that loses its MPTCP option on the path arrives as plain TCP: its sequence numbers identify it. */
static void try_plain(mpt_paths *p, mpt_end end, const mpt_subflow *s)
{
    const unsigned isn = (unsigned)g_bit_nth_lsf(MPT_PATH_ISN, -1),
                   answer = (unsigned)g_bit_nth_lsf(MPT_PATH_PEER_ISN, -1);
    uint64_t name, mine, its;
    GPtrArray *list = mpt_same_name(s, isn, &name) ? named(p, name, false) : NULL;

    for (guint i = 0; list && i < list->len; i++) {
        mpt_path_end *e = g_ptr_array_index(list, i);
        bool answered =
            mpt_same_name(s, answer, &mine) && mpt_same_name(e->subflow, answer, &its) && mine == its;
        if (e->end == end || e->partner || e->flow->plain || !(answered || mpt_same_tuple(s, e->subflow)))
            continue;
        e->flow->plain = s;
        return;
    }
}

static void find_plain(mpt_paths *p, const mpt_engine *const engines[MPT_ENDS])
{
    for (mpt_end end = 0; end < MPT_ENDS; end++) {
        const GPtrArray *all = mpt_engine_subflows(engines[end]);
        for (guint i = 0; i < all->len; i++) {
            const mpt_subflow *s = g_ptr_array_index(all, i);
            if (!s->connection)
                try_plain(p, end, s);
        }
    }
    for (guint i = 0; i < p->flows->len; i++) {
        mpt_path_flow *f = g_ptr_array_index(p->flows, i);
        if (!f || (f->subflow[MPT_END_A] && f->subflow[MPT_END_B]))
            continue;
        mpt_end end = mpt_path_found_at(f);
        mpt_path_end *e = g_hash_table_lookup(p->views[end].subflows, f->subflow[end]);
        f->outside = !p->views[mpt_end_other(end)].any || mpt_match_outside(e, f->subflow[end]->start_ns);
    }
}

void mpt_paths_finish(mpt_paths *p, const mpt_engine *const engines[MPT_ENDS])
{
    for (mpt_end end = 0; end < MPT_ENDS; end++) {
        GHashTableIter i;
        gpointer e;
        g_hash_table_iter_init(&i, p->views[end].subflows);
        while (g_hash_table_iter_next(&i, NULL, &e)) {
            if (!((mpt_path_end *)e)->partner)
                look(e);
        }
    }
    for (mpt_end end = 0; end < MPT_ENDS; end++) {
        GHashTableIter i;
        gpointer e;
        g_hash_table_iter_init(&i, p->views[end].subflows);
        while (g_hash_table_iter_next(&i, NULL, &e))
            mpt_match_finish(e);
    }
    for (guint i = 0; i < p->flows->len; i++) {
        /* More is known by now than when they were found. */
        mpt_path_flow *f = g_ptr_array_index(p->flows, i);
        if (f && f->subflow[MPT_END_A] && f->subflow[MPT_END_B])
            f->score = mpt_same_score(f->subflow[MPT_END_A], f->subflow[MPT_END_B], &f->reasons);
    }
    find_plain(p, engines);
}

const GPtrArray *mpt_paths_flows(const mpt_paths *p)
{
    return p->flows;
}

uint64_t mpt_paths_ambiguous(const mpt_paths *p)
{
    return p->ambiguous;
}

uint64_t mpt_paths_ambiguous_flows(const mpt_paths *p)
{
    return p->ambiguous_flows;
}

uint64_t mpt_paths_forgotten(const mpt_paths *p)
{
    return p->forgotten;
}
