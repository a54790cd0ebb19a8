/* eviction.c - forgets the oldest TCP and MPTCP connections that never carried payload, once they are too
 * many, and counts them: a flood of handshakes then neither fills memory nor keeps later connections out.
 *
 * Invariant: e->idle.memory is that of all flows that are `idle` and of all connections that never `carried`
 * payload. Each idle flow of such a connection, and each idle plain TCP flow, has its place in the queue.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

/* Memory beside the structs: entries of tables, the first events. */
#define FLOW_EXTRA             128
#define CONNECTION_EXTRA       768
/* A connection with more subflows is not forgotten: it is what the capture is about, or the attack itself. */
#define MAX_FORGOTTEN_SUBFLOWS 8

static size_t flow_memory(const mpt_engine *e)
{
    return sizeof(mpt_subflow) + FLOW_EXTRA + (e->config.want_evidence ? sizeof(mpt_subflow_evidence) : 0);
}

static size_t connection_memory(const mpt_engine *e)
{
    return sizeof(mpt_connection) + CONNECTION_EXTRA +
           (e->config.want_evidence ? sizeof(mpt_connection_evidence) : 0);
}

void mpt_eviction_init(mpt_engine *e)
{
    const mpt_segment none = {.frame = 0};

    e->idle.queue = g_ptr_array_new();
    e->idle.free_flows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    e->idle.free_connections = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    e->idle.nothing = mpt_connection_new();
    e->idle.nobody = mpt_subflow_new(&none);
    e->idle.nobody->connection = e->idle.nothing;
}

void mpt_eviction_clear(mpt_engine *e)
{
    g_ptr_array_free(e->idle.queue, TRUE);
    g_array_free(e->idle.free_flows, TRUE);
    g_array_free(e->idle.free_connections, TRUE);
    mpt_subflow_free(e->idle.nobody);
    mpt_connection_free(e->idle.nothing);
}

/* --- the queue --- */

static void push(struct mpt_eviction *q, mpt_subflow *s)
{
    g_ptr_array_add(q->queue, s);
    s->idle_at = q->base + q->queue->len;
}

static mpt_subflow *pop(struct mpt_eviction *q)
{
    mpt_subflow *s = NULL;

    while (!s && q->head < q->queue->len)
        s = g_ptr_array_index(q->queue, q->head++);
    if (s)
        s->idle_at = 0;
    if (q->head > 1024 && q->head > q->queue->len / 2) {
        g_ptr_array_remove_range(q->queue, 0, q->head);
        q->base += q->head;
        q->head = 0;
    }
    return s;
}

static void leave(struct mpt_eviction *q, mpt_subflow *s)
{
    if (s->idle_at)
        q->queue->pdata[s->idle_at - 1 - q->base] = NULL;
    s->idle_at = 0;
}

/* --- what is idle --- */

void mpt_eviction_flow(mpt_engine *e, mpt_subflow *s)
{
    s->idle = true;
    e->idle.memory += flow_memory(e);
    push(&e->idle, s);
}

void mpt_eviction_connection(mpt_engine *e)
{
    e->idle.memory += connection_memory(e);
}

void mpt_eviction_carries(mpt_engine *e, mpt_subflow *s)
{
    if (s->idle) {
        s->idle = false;
        e->idle.memory -= flow_memory(e);
        leave(&e->idle, s);
    }
    if (s->connection && !s->connection->carried) {
        s->connection->carried = true;
        e->idle.memory -= connection_memory(e);
    }
}

void mpt_eviction_merged(mpt_engine *e, mpt_connection *to, mpt_connection *from)
{
    if (!from->carried || !to->carried)
        e->idle.memory -= connection_memory(e);
    to->carried |= from->carried;
    from->carried = true;
}

/* --- forgetting --- */

uint32_t mpt_eviction_place(GPtrArray *list, GArray *free_places, uint32_t *gone, void *added)
{
    uint32_t place = list->len;

    if (free_places->len == 0) {
        g_ptr_array_add(list, added);
        return place;
    }
    place = g_array_index(free_places, uint32_t, free_places->len - 1);
    g_array_set_size(free_places, free_places->len - 1);
    list->pdata[place] = added;
    (*gone)--;
    return place;
}

static void free_flow(mpt_engine *e, mpt_subflow *s)
{
    leave(&e->idle, s);
    if (g_hash_table_lookup(e->flows, s->ends) == s) {
        if (s->older)
            g_hash_table_replace(e->flows, s->older->ends, s->older);
        else
            g_hash_table_remove(e->flows, s->ends);
    }
    if (s->newer)
        s->newer->older = s->older;
    if (s->older)
        s->older->newer = s->newer;
    e->one_sided -= s->one_sided;
    if (s->idle)
        e->idle.memory -= flow_memory(e);
    e->idle.flows_gone++;
    e->subflows->pdata[s->index] = e->idle.nobody;
    mpt_subflow_free(s);
}

static void forget_flow(mpt_engine *e, mpt_subflow *s)
{
    e->counts.segments_dropped += s->half[MPT_SIDE_A].bytes.packets + s->half[MPT_SIDE_B].bytes.packets;
    free_flow(e, s);
}

static void tell(mpt_engine *e, const mpt_connection *c, const mpt_subflow *s)
{
    for (guint i = 0; i < e->observers->len; i++) {
        const mpt_observed *o = &g_array_index(e->observers, mpt_observed, i);
        if (o->observer->forget)
            o->observer->forget(c, s, o->user);
    }
}

static void free_connection(mpt_engine *e, mpt_connection *c, void (*free_one)(mpt_engine *, mpt_subflow *))
{
    for (guint i = 0; i < c->subflows->len; i++)
        tell(e, c, g_ptr_array_index(c->subflows, i));
    for (guint i = 0; i < c->subflows->len; i++)
        free_one(e, g_ptr_array_index(c->subflows, i));
    e->events -= c->events ? c->events->len : 0;
    mpt_identity_forget(e, c);
    if (!c->carried)
        e->idle.memory -= connection_memory(e);
    e->idle.connections_gone++;
    e->connections->pdata[c->index] = e->idle.nothing;
    if (e->last_claimant == c)
        e->last_claimant = NULL;
    mpt_connection_free(c);
}

static void forget_connection(mpt_engine *e, mpt_connection *c)
{
    e->counts.connections_dropped++;
    free_connection(e, c, forget_flow);
}

/* --- what is over --- */

static void release_flow(mpt_engine *e, mpt_subflow *s)
{
    uint32_t place = s->index;

    free_flow(e, s);
    g_array_append_val(e->idle.free_flows, place);
}

void mpt_eviction_release_flow(mpt_engine *e, mpt_subflow *s)
{
    tell(e, NULL, s);
    release_flow(e, s);
}

void mpt_eviction_release_connection(mpt_engine *e, mpt_connection *c)
{
    uint32_t place = c->index;

    free_connection(e, c, release_flow);
    g_array_append_val(e->idle.free_connections, place);
}

static bool above(const mpt_engine *e, unsigned eighths)
{
    return e->idle.memory > e->config.max_idle / 8 * eighths ||
           e->one_sided > e->config.max_one_sided / 8 * eighths;
}

bool mpt_eviction_full(const mpt_engine *e)
{
    return e->idle.memory > e->config.max_idle;
}

void mpt_eviction_make_room(mpt_engine *e)
{
    guint left = e->idle.queue->len - e->idle.head;
    mpt_subflow *s;

    /* A round that found nothing to forget is not repeated for each segment. */
    if (e->counts.segments < e->idle.retry)
        return;
    e->idle.retry = e->counts.segments + left;
    while (left-- > 0 && above(e, 7) && (s = pop(&e->idle))) {
        mpt_connection *c = s->connection;
        if (c && c->carried)
            continue; /* it belongs to data that is kept */
        if (c && c->subflows->len > MAX_FORGOTTEN_SUBFLOWS) {
            push(&e->idle, s);
        } else if (c) {
            forget_connection(e, c);
        } else {
            tell(e, NULL, s);
            forget_flow(e, s);
        }
    }
    if (!above(e, 7))
        e->idle.retry = 0;
}
