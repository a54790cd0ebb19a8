/* graphs_delays.c - times between things: rtt, reorder, depth, interarrival, acksize. See graphs_internal.h.
 *
 * Invariant: an RTT sample here is one that the report's figures count (FIGURES.md, `rtt`).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "graphs_internal.h"

static mpt_run run_of(const mpt_record *g, uint32_t id)
{
    return (mpt_run){
        .start = g->dsn, .value = g->time_ns, .length = g->length, .frame = g->frame, .owner = (uint16_t)id};
}

static void insert(mpt_runs *runs, const mpt_run *run)
{
    mpt_runs_at at;
    const mpt_run *there = mpt_runs_find(runs, run->start, &at);

    if (!there || there->start >= mpt_run_end(run))
        mpt_runs_insert(runs, &at, run);
}

/* --- rtt --- */

struct flight {
    GArray *unacked; /* mpt_unacked, from head on */
    guint head;
    int64_t next, acked;
    mpt_ranges received;
};

struct rtt {
    struct flight *of; /* by subflow */
    mpt_runs data;
};

static void *rtt_open(mpt_player *p)
{
    struct rtt *rtt = g_new0(struct rtt, 1);

    rtt->of = g_new0(struct flight, MAX(p->subflows, 1));
    for (uint32_t i = 0; i < p->subflows; i++) {
        rtt->of[i].unacked = g_array_new(FALSE, FALSE, sizeof(mpt_unacked));
        rtt->of[i].acked = INT64_MIN;
    }
    return rtt;
}

static void send_once(struct flight *f, const mpt_record *g)
{
    mpt_unacked u = {.start = g->position, .time_ns = g->time_ns, .length = g->length};

    mpt_unacked_add(f->unacked, f->head, &f->received, f->next, f->acked, u);
    mpt_ranges_claim(&f->received, u.start, mpt_unacked_end(&u), &(mpt_stamp){0}, NULL, NULL);
}

static void rtt_acked(mpt_player *p, struct flight *f, const mpt_record *g, uint32_t id)
{
    if (!g->has_ack || g->ack <= f->acked)
        return;
    f->acked = g->ack;
    for (; f->head < f->unacked->len; f->head++) {
        const mpt_unacked *u = &g_array_index(f->unacked, mpt_unacked, f->head);

        if (mpt_unacked_end(u) > g->ack)
            break;
        if (!u->again)
            mpt_tell_value(p, MPT_GRAPH_RTT, id, g, (double)(g->time_ns - u->time_ns));
    }
    if (f->head > 1024 && f->head > f->unacked->len / 2) {
        g_array_remove_range(f->unacked, 0, f->head);
        f->head = 0;
    }
}

static void rtt_segment(mpt_player *p, void *state, const mpt_record *g, uint32_t id, bool ours)
{
    struct rtt *rtt = state;
    struct flight *f = &rtt->of[id];

    if (!ours) {
        rtt_acked(p, f, g, id);
    } else if (!g->rst) {
        if (g->length && !g->syn)
            send_once(f, g);
        f->next = MAX(f->next, g->position + g->length);
    }
}

static void rtt_piece(mpt_player *p, void *state, const mpt_record *g, uint32_t id)
{
    struct rtt *rtt = state;
    mpt_run run = run_of(g, id);

    /* Data of a SYN lies before the first DSN: no DATA_ACK is about it. */
    if (g->resolved && p->level->relative_known && g->dsn <= p->level->idsn)
        return;
    if (g->what == MPT_DATA_FIRST && !g->first_frame && rtt->data.count < MPT_DATA_LEVEL_UNACKED &&
        (!p->has_acked || g->dsn >= p->acked))
        insert(&rtt->data, &run);
}

static void rtt_ack(mpt_player *p, void *state, const mpt_record *g, uint32_t id, const mpt_release *release)
{
    struct rtt *rtt = state;
    mpt_runs_at at;
    const mpt_run *r;

    (void)id;
    if (p->tcp_acks)
        return;
    while ((r = mpt_runs_first(&rtt->data, &at)) && mpt_run_end(r) <= release->acked) {
        mpt_tell_value(p, MPT_GRAPH_RTT, p->subflows, g, (double)(g->time_ns - r->value));
        mpt_runs_remove(&rtt->data, &at);
    }
}

static void rtt_close(mpt_player *p, void *state)
{
    struct rtt *rtt = state;

    for (uint32_t i = 0; i < p->subflows; i++) {
        g_array_free(rtt->of[i].unacked, TRUE);
        mpt_ranges_clear(&rtt->of[i].received);
    }
    mpt_runs_clear(&rtt->data);
    g_free(rtt->of);
    g_free(rtt);
}

const mpt_collector mpt_collect_rtt = {
    .open = rtt_open, .segment = rtt_segment, .piece = rtt_piece, .ack = rtt_ack, .close = rtt_close};

/* --- reorder and depth: bytes that wait until all bytes below them are there --- */

struct queue {
    mpt_runs waiting;
    bool begun;   /* the depth has a point */
    int64_t edge; /* one past the last byte without a hole below */
    uint64_t bytes;
};

static void *queue_open(mpt_player *p)
{
    struct queue *q = g_new0(struct queue, 1);

    q->edge = p->first;
    return q;
}

/* Takes the next piece that has no hole below it any more from the queue. False: there is none. */
static bool queue_next(struct queue *q, mpt_run *run)
{
    mpt_runs_at at;
    const mpt_run *r = mpt_runs_first(&q->waiting, &at);

    if (!r || r->start > q->edge)
        return false;
    *run = *r;
    q->edge = MAX(q->edge, mpt_run_end(r));
    q->bytes -= r->length;
    mpt_runs_remove(&q->waiting, &at);
    return true;
}

/* True where the piece has to wait. */
static bool queue_add(struct queue *q, const mpt_record *g, uint32_t id)
{
    mpt_run run = run_of(g, id);
    size_t before = q->waiting.count;

    if (g->dsn <= q->edge) {
        q->edge = MAX(q->edge, g->dsn + g->length);
        return false;
    }
    insert(&q->waiting, &run);
    if (q->waiting.count > before)
        q->bytes += g->length;
    return true;
}

static bool wants(const mpt_player *p, mpt_graph_type type)
{
    return p->types >> type & 1u;
}

static void tell_waited(mpt_player *p, const mpt_record *g, const mpt_run *run)
{
    mpt_series_point point = mpt_point_of(p, g, (double)(g->time_ns - run->value));

    point.length = run->length;
    point.first_frame = run->frame;
    mpt_tell_point(p, MPT_GRAPH_REORDER, run->owner, &point);
}

/* Emits the points of both graphs, as far as they are wanted. */
static void queue_piece(mpt_player *p, void *state, const mpt_record *g, uint32_t id)
{
    struct queue *q = state;
    uint64_t before;
    mpt_run run;

    if (!q || g->what != MPT_DATA_FIRST || g->first_frame)
        return;
    before = q->bytes;
    if (!queue_add(q, g, id))
        while (queue_next(q, &run))
            if (wants(p, MPT_GRAPH_REORDER))
                tell_waited(p, g, &run);
    if (!wants(p, MPT_GRAPH_DEPTH) || (q->bytes == before && q->begun))
        return;
    q->begun = true;
    mpt_tell_value(p, MPT_GRAPH_DEPTH, 0, g, (double)q->bytes);
}

/* Where both are wanted the other one's queue serves: it may be as large as the capture. */
static void *depth_open(mpt_player *p)
{
    return wants(p, MPT_GRAPH_REORDER) ? NULL : queue_open(p);
}

static void queue_close(mpt_player *p, void *state)
{
    struct queue *q = state;

    (void)p;
    if (q)
        mpt_runs_clear(&q->waiting);
    g_free(q);
}

const mpt_collector mpt_collect_reorder = {.open = queue_open, .piece = queue_piece, .close = queue_close};
const mpt_collector mpt_collect_depth = {.open = depth_open, .piece = queue_piece, .close = queue_close};

/* --- interarrival of payload: within each subflow, and across them --- */

static void *interarrival_open(mpt_player *p)
{
    int64_t *last = g_new(int64_t, p->subflows + 1);

    for (uint32_t i = 0; i <= p->subflows; i++)
        last[i] = INT64_MIN;
    return last;
}

static void interarrival_segment(mpt_player *p, void *state, const mpt_record *g, uint32_t id, bool ours)
{
    int64_t *last = state;
    const uint32_t series[] = {id, p->subflows};

    if (!ours || !g->length)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(series); i++) {
        int64_t *before = &last[series[i]];

        if (*before != INT64_MIN)
            mpt_tell_value(p, MPT_GRAPH_INTERARRIVAL, series[i], g, (double)(g->time_ns - *before));
        *before = g->time_ns;
    }
}

const mpt_collector mpt_collect_interarrival = {
    .open = interarrival_open, .segment = interarrival_segment, .close = mpt_collector_free};

/* --- acksize: bytes that each DATA_ACK released; 0: a duplicate --- */

static void acksize_ack(mpt_player *p, void *state, const mpt_record *g, uint32_t id,
                        const mpt_release *release)
{
    (void)state;
    mpt_tell_value(p, MPT_GRAPH_ACKSIZE, id, g, (double)release->bytes);
}

const mpt_collector mpt_collect_acksize = {.ack = acksize_ack};
