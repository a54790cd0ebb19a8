/* graphs_rates.c - amounts over time: throughput, goodput, share, bursts, inflight. See graphs_internal.h.
 *
 * A moving sum at t is of what came in (t - window, t]: each byte is in it for exactly one window, so the
 * area under the curve is all bytes.
 *
 * Invariant: after close() every moving sum has gone back to 0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "graphs_internal.h"

/* --- moving sums --- */

struct arrival {
    int64_t time_ns;
    uint64_t bytes;
};

struct moving {
    GArray *arrivals; /* struct arrival, from head on */
    guint head;
    uint64_t sum;
    int64_t last_ns;
};

struct moving_graph {
    mpt_graph_type type;
    struct moving *of; /* by series: subflows, then the sum */
};

static void tell_rate(mpt_player *p, mpt_graph_type type, unsigned series, const struct moving *m,
                      int64_t time_ns, uint32_t frame)
{
    mpt_series_point point = {.time_ns = time_ns - p->request->view->epoch_ns,
                              .value = (double)m->sum * 8e9 / (double)p->request->window_ns,
                              .frame = frame};

    mpt_tell_point(p, type, series, &point);
}

static void expire(mpt_player *p, mpt_graph_type type, unsigned series, struct moving *m, int64_t until)
{
    while (m->head < m->arrivals->len) {
        const struct arrival *a = &g_array_index(m->arrivals, struct arrival, m->head);
        int64_t left_ns = a->time_ns + p->request->window_ns;

        if (left_ns > until)
            break;
        while (m->head < m->arrivals->len) {
            a = &g_array_index(m->arrivals, struct arrival, m->head);
            if (a->time_ns + p->request->window_ns != left_ns)
                break;
            m->sum -= a->bytes;
            m->head++;
        }
        tell_rate(p, type, series, m, left_ns, 0);
    }
    if (m->head > 1024 && m->head > m->arrivals->len / 2) {
        g_array_remove_range(m->arrivals, 0, m->head);
        m->head = 0;
    }
}

static void arrive(mpt_player *p, const struct moving_graph *graph, unsigned series, const mpt_record *g,
                   uint64_t bytes)
{
    struct moving *m = &graph->of[series];
    /* What was later than the look-back counts when it came. */
    struct arrival a = {.time_ns = MAX(g->time_ns, m->last_ns), .bytes = bytes};

    expire(p, graph->type, series, m, a.time_ns);
    m->last_ns = a.time_ns;
    m->sum += bytes;
    g_array_append_val(m->arrivals, a);
    tell_rate(p, graph->type, series, m, a.time_ns, g->frame);
}

static struct moving_graph *moving_new(mpt_player *p, mpt_graph_type type)
{
    struct moving_graph *graph = g_new(struct moving_graph, 1);

    graph->type = type;
    graph->of = g_new0(struct moving, p->subflows + 1);
    for (uint32_t i = 0; i <= p->subflows; i++) {
        graph->of[i].arrivals = g_array_new(FALSE, FALSE, sizeof(struct arrival));
        graph->of[i].last_ns = INT64_MIN;
    }
    return graph;
}

static void moving_close(mpt_player *p, void *state)
{
    struct moving_graph *graph = state;

    for (uint32_t i = 0; i <= p->subflows; i++) {
        expire(p, graph->type, i, &graph->of[i], INT64_MAX);
        g_array_free(graph->of[i].arrivals, TRUE);
    }
    g_free(graph->of);
    g_free(graph);
}

static void *throughput_open(mpt_player *p)
{
    return moving_new(p, MPT_GRAPH_THROUGHPUT);
}

static void throughput_segment(mpt_player *p, void *state, const mpt_record *g, uint32_t id, bool ours)
{
    if (!ours || !g->length)
        return;
    arrive(p, state, id, g, g->length);
    arrive(p, state, p->subflows, g, g->length);
}

const mpt_collector mpt_collect_throughput = {
    .open = throughput_open, .segment = throughput_segment, .close = moving_close};

static void *goodput_open(mpt_player *p)
{
    return moving_new(p, MPT_GRAPH_GOODPUT);
}

static void goodput_ack(mpt_player *p, void *state, const mpt_record *g, uint32_t id,
                        const mpt_release *release)
{
    (void)id;
    for (uint32_t i = 0; i < p->subflows; i++)
        if (release->of[i])
            arrive(p, state, i, g, release->of[i]);
    if (release->bytes)
        arrive(p, state, p->subflows, g, release->bytes);
}

const mpt_collector mpt_collect_goodput = {.open = goodput_open, .ack = goodput_ack, .close = moving_close};

/* --- share: which subflow carried the bytes first, so far --- */

struct share {
    int64_t total;
    int64_t first[]; /* by subflow */
};

static void *share_open(mpt_player *p)
{
    return g_malloc0(sizeof(struct share) + p->subflows * sizeof(int64_t));
}

static void share_tell(mpt_player *p, const struct share *share, const mpt_record *g)
{
    for (uint32_t i = 0; i < p->subflows && share->total > 0; i++)
        mpt_tell_value(p, MPT_GRAPH_SHARE, i, g, (double)share->first[i] / (double)share->total);
}

static void share_piece(mpt_player *p, void *state, const mpt_record *g, uint32_t id)
{
    struct share *share = state;

    if (g->what != MPT_DATA_FIRST)
        return;
    share->first[id] += g->length;
    share->total += g->length;
    share_tell(p, share, g);
}

static void share_takeover(mpt_player *p, void *state, const mpt_record *g, uint32_t id)
{
    struct share *share = state;

    share->first[id] -= g->length;
    share->total -= g->length;
    share_tell(p, share, g);
}

const mpt_collector mpt_collect_share = {
    .open = share_open, .piece = share_piece, .takeover = share_takeover, .close = mpt_collector_free};

/* --- bursts: bytes that one subflow carried before another one took its turn --- */

struct burst {
    uint32_t id; /* MPT_NO_SUBFLOW before the first */
    uint64_t bytes;
    mpt_record last;
};

static void *bursts_open(mpt_player *p)
{
    struct burst *burst = g_new0(struct burst, 1);

    (void)p;
    burst->id = MPT_NO_SUBFLOW;
    return burst;
}

static void burst_ends(mpt_player *p, const struct burst *burst)
{
    if (burst->id != MPT_NO_SUBFLOW)
        mpt_tell_value(p, MPT_GRAPH_BURSTS, burst->id, &burst->last, (double)burst->bytes);
}

static void bursts_piece(mpt_player *p, void *state, const mpt_record *g, uint32_t id)
{
    struct burst *burst = state;

    if (g->what == MPT_DATA_RETRANSMITTED)
        return;
    if (id != burst->id) {
        burst_ends(p, burst);
        burst->bytes = 0;
    }
    burst->id = id;
    burst->bytes += g->length;
    burst->last = *g;
}

static void bursts_close(mpt_player *p, void *state)
{
    burst_ends(p, state);
    g_free(state);
}

const mpt_collector mpt_collect_bursts = {.open = bursts_open, .piece = bursts_piece, .close = bursts_close};

/* --- inflight: first copies that no DATA_ACK covers yet --- */

struct inflight {
    uint64_t all;
    bool has_window;
    uint32_t window;
    uint64_t of[]; /* by subflow */
};

static void *inflight_open(mpt_player *p)
{
    return g_malloc0(sizeof(struct inflight) + p->subflows * sizeof(uint64_t));
}

static void inflight_tell(mpt_player *p, const mpt_record *g, unsigned series, uint64_t bytes)
{
    mpt_tell_value(p, MPT_GRAPH_INFLIGHT, series, g, (double)bytes);
}

static void inflight_piece(mpt_player *p, void *state, const mpt_record *g, uint32_t id)
{
    struct inflight *flight = state;

    if (!p->in_flight)
        return;
    flight->of[id] += p->in_flight;
    flight->all += p->in_flight;
    inflight_tell(p, g, id, flight->of[id]);
    inflight_tell(p, g, p->subflows + MPT_INFLIGHT_ALL, flight->all);
}

static void inflight_ack(mpt_player *p, void *state, const mpt_record *g, uint32_t id,
                         const mpt_release *release)
{
    struct inflight *flight = state;
    uint64_t before = flight->all;

    (void)id;
    for (uint32_t i = 0; i < p->subflows; i++) {
        if (!release->of[i])
            continue;
        flight->of[i] -= release->of[i];
        flight->all -= release->of[i];
        inflight_tell(p, g, i, flight->of[i]);
    }
    if (flight->all != before)
        inflight_tell(p, g, p->subflows + MPT_INFLIGHT_ALL, flight->all);
    if (flight->has_window && flight->window == g->window)
        return;
    flight->has_window = true;
    flight->window = g->window;
    inflight_tell(p, g, p->subflows + MPT_INFLIGHT_WINDOW, g->window);
}

const mpt_collector mpt_collect_inflight = {
    .open = inflight_open, .piece = inflight_piece, .ack = inflight_ack, .close = mpt_collector_free};
