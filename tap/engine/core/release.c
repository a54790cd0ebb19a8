/* release.c - forgets connections that are over, so that a capture without end is read in bounded memory.
 *
 * Invariant: nothing is released that may still get packets, but for what was silent for very long, or takes part
 * in more connections than limits allow. What was merged into another connection goes unseen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

/* A DATA_FIN without the end of all subflows, or the reverse: hosts may join again (RFC 8684 3.3.3), and packets of
 * the end may be missing in the capture. */
#define HALF_OVER_NS  (10 * MPT_OVER_NS)
/* A SYN is repeated for about two minutes. */
#define UNANSWERED_NS (5 * MPT_OVER_NS)
/* Twice as long as a host waits before it asks whether the other one is still there (RFC 9293 3.8.4). */
#define SILENT_NS     (240 * MPT_OVER_NS)
/* Where limits are near, time is shorter by this. */
#define HURRY         12

static bool flow_over(const mpt_subflow *s)
{
    return s->state == MPT_STATE_CLOSED || s->state == MPT_STATE_RESET || s->state == MPT_STATE_REFUSED;
}

static int64_t patience_with_flow(const mpt_subflow *s)
{
    if (flow_over(s))
        return MPT_OVER_NS;
    return s->state == MPT_STATE_SYN_SENT ? UNANSWERED_NS : SILENT_NS;
}

/* The data level has ended, or there is none that could outlive the subflows. */
static bool data_over(const mpt_connection *c)
{
    mpt_connection_kind kind = mpt_connection_get_kind(c);

    return c->fastclose || kind == MPT_KIND_TCP || kind == MPT_KIND_UNANSWERED ||
           mpt_connection_get_fallback(c) != MPT_FALLBACK_NONE ||
           (c->level[MPT_CONN_SIDE_A].has_fin && c->level[MPT_CONN_SIDE_B].has_fin);
}

static int64_t patience_with(const mpt_connection *c)
{
    bool all_over = true, all_reset = true, unanswered = true;

    for (guint i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(c->subflows, i);

        all_over &= flow_over(s);
        all_reset &= s->state == MPT_STATE_RESET || s->state == MPT_STATE_REFUSED;
        unanswered &= s->state == MPT_STATE_SYN_SENT;
    }
    if (unanswered)
        return UNANSWERED_NS;
    if (all_over && (all_reset || data_over(c)))
        return MPT_OVER_NS;
    return all_over || (data_over(c) && !c->partial) ? HALF_OVER_NS : SILENT_NS;
}

static bool in_a_hurry(const mpt_engine *e)
{
    return e->subflows->len - e->idle.flows_gone > e->config.max_flows / 4 * 3 ||
           e->connections->len - e->idle.connections_gone > e->config.max_connections / 4 * 3;
}

struct releasing {
    int64_t now_ns;
    int64_t hurry;
};

static bool is_over(const struct releasing *r, int64_t end_ns, int64_t patience)
{
    return r->now_ns == INT64_MAX || r->now_ns - patience / r->hurry >= end_ns;
}

static gint by_order(gconstpointer a, gconstpointer b)
{
    return mpt_connection_order(*(mpt_connection *const *)a, *(mpt_connection *const *)b);
}

/* All connections in the order of their ids. */
static GPtrArray *in_order(const mpt_engine *e)
{
    GPtrArray *all = g_ptr_array_new();

    for (guint i = 0; i < e->connections->len; i++) {
        mpt_connection *c = g_ptr_array_index(e->connections, i);

        if (c->subflows->len)
            g_ptr_array_add(all, c);
    }
    g_ptr_array_sort(all, by_order);
    return all;
}

static void release_connections(mpt_engine *e, const struct releasing *r, mpt_over over, void *user)
{
    GPtrArray *all = in_order(e), *ended = g_ptr_array_new();
    guint last = 0;

    for (guint i = 0; i < all->len; i++) {
        mpt_connection *c = g_ptr_array_index(all, i);

        if (!is_over(r, c->end_ns, patience_with(c)))
            continue;
        last = i + 1;
        g_ptr_array_add(ended, c);
    }
    /* Those before the last that is over have their ids now. */
    for (guint i = 0; i < last; i++) {
        mpt_connection *c = g_ptr_array_index(all, i);

        if (!c->id_told)
            c->told_id = e->idle.ids++;
        c->id_told = true;
    }
    /* They may be told by what others have, so none is freed before all are done. */
    for (guint i = 0; i < ended->len; i++)
        over(g_ptr_array_index(ended, i), ((const mpt_connection *)g_ptr_array_index(ended, i))->told_id,
             user);
    for (guint i = 0; i < ended->len; i++)
        mpt_eviction_release_connection(e, g_ptr_array_index(ended, i));
    g_ptr_array_free(ended, TRUE);
    g_ptr_array_free(all, TRUE);
}

/* Connections that were merged into others. */
static void release_merged(mpt_engine *e)
{
    for (guint i = 0; i < e->connections->len; i++) {
        mpt_connection *c = g_ptr_array_index(e->connections, i);

        if (c != e->idle.nothing && c->subflows->len == 0)
            mpt_eviction_release_connection(e, c);
    }
}

static void release_flows(mpt_engine *e, const struct releasing *r)
{
    for (guint i = 0; i < e->subflows->len; i++) {
        mpt_subflow *s = g_ptr_array_index(e->subflows, i);

        if (s == e->idle.nobody || s->connection || !is_over(r, s->end_ns, patience_with_flow(s)))
            continue;
        e->counts.plain_released += !s->left_out;
        mpt_eviction_release_flow(e, s);
    }
}

void mpt_engine_release(mpt_engine *e, int64_t now_ns, mpt_over over, void *user)
{
    struct releasing r;

    mpt_lookback_hand_on(e->timeorder);
    r = (struct releasing){.now_ns = now_ns, .hurry = in_a_hurry(e) ? HURRY : 1};

    release_connections(e, &r, over, user);
    release_merged(e);
    release_flows(e, &r);
}
