/* graphs_sequence.c - positions over time: sequence, tcp, subflows, mappings. See graphs_internal.h.
 *
 * Invariant: every piece of payload with a DSN is one bar of `sequence`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "graphs_internal.h"

/* --- sequence --- */

static mpt_series_point bar(const mpt_player *p, const mpt_record *g)
{
    mpt_series_point point = mpt_point_of(p, g, (double)(g->dsn - p->zero));

    point.length = g->length;
    return point;
}

static void sequence_piece(mpt_player *p, void *state, const mpt_record *g, uint32_t id)
{
    static const unsigned series_of[] = {
        [MPT_DATA_FIRST] = MPT_SEQUENCE_DATA,           [MPT_DATA_REINJECTED] = MPT_SEQUENCE_REINJECTED,
        [MPT_DATA_REINJECTED_SAME] = MPT_SEQUENCE_SAME, [MPT_DATA_RETRANSMITTED] = MPT_SEQUENCE_RETRANSMITTED,
        [MPT_DATA_UNMAPPED] = MPT_SEQUENCE_DATA,
    };
    mpt_series_point point = bar(p, g);

    (void)state;
    if (g->what == MPT_DATA_REINJECTED || g->what == MPT_DATA_REINJECTED_SAME)
        point.first_frame = g->first_frame;
    mpt_tell_point(p, MPT_GRAPH_SEQUENCE, id * MPT_SEQUENCE_EACH + series_of[g->what], &point);
}

/* These bytes have a bar of `data` too, from before their first copy was known. */
static void sequence_takeover(mpt_player *p, void *state, const mpt_record *g, uint32_t id)
{
    mpt_series_point point = bar(p, g);
    bool same = g->subflow == g->first_subflow;

    (void)state;
    point.first_frame = g->first_frame;
    mpt_tell_point(p, MPT_GRAPH_SEQUENCE,
                   id * MPT_SEQUENCE_EACH + (same ? MPT_SEQUENCE_SAME : MPT_SEQUENCE_REINJECTED), &point);
}

static void sequence_ack(mpt_player *p, void *state, const mpt_record *g, uint32_t id,
                         const mpt_release *release)
{
    unsigned first = p->subflows * MPT_SEQUENCE_EACH;
    double acked = (double)(release->acked - p->zero);

    (void)state;
    (void)id;
    /* It was overtaken by one that acknowledges more: it takes nothing back, and its window neither. */
    if (p->has_acked && release->acked < p->acked) {
        mpt_tell_value(p, MPT_GRAPH_SEQUENCE, first + MPT_SEQUENCE_LATE_ACK, g, acked);
        return;
    }
    mpt_tell_value(p, MPT_GRAPH_SEQUENCE, first + MPT_SEQUENCE_DATA_ACK, g, acked);
    mpt_tell_value(p, MPT_GRAPH_SEQUENCE, first + MPT_SEQUENCE_WINDOW, g, acked + g->window);
}

const mpt_collector mpt_collect_sequence = {
    .piece = sequence_piece, .takeover = sequence_takeover, .ack = sequence_ack};

/* --- tcp: one subflow's own sequence numbers --- */

static void *tcp_open(mpt_player *p)
{
    (void)p;
    return g_new0(int64_t, 1);
}

static void tcp_data(mpt_player *p, int64_t *next, const mpt_record *g)
{
    mpt_series_point point = mpt_point_of(p, g, (double)g->position);
    bool again = g->position < *next;

    if (!g->length)
        return;
    point.length = g->length;
    *next = MAX(*next, g->position + g->length);
    mpt_tell_point(p, MPT_GRAPH_TCP, again ? MPT_TCP_RETRANSMITTED : MPT_TCP_DATA, &point);
}

static void tcp_ack(mpt_player *p, const mpt_record *g)
{
    double acked = (double)g->ack;

    if (!g->has_ack)
        return;
    mpt_tell_value(p, MPT_GRAPH_TCP, MPT_TCP_ACKED, g, acked);
    if (g->window == 0)
        mpt_tell_value(p, MPT_GRAPH_TCP, MPT_TCP_ZERO_WINDOW, g, acked);
    /* The window of a SYN is not scaled (RFC 7323 2.2). */
    if (!g->syn)
        mpt_tell_value(p, MPT_GRAPH_TCP, MPT_TCP_WINDOW, g, acked + g->window);
}

static void tcp_segment(mpt_player *p, void *state, const mpt_record *g, uint32_t id, bool ours)
{
    if (id != p->request->tcp_subflow)
        return;
    if (ours)
        tcp_data(p, state, g);
    else
        tcp_ack(p, g);
}

const mpt_collector mpt_collect_tcp = {.open = tcp_open, .segment = tcp_segment, .close = mpt_collector_free};

/* --- subflows: from the first to the last segment, with what was signalled between --- */

static void life_point(mpt_player *p, uint32_t id, int64_t time_ns, uint32_t frame)
{
    mpt_series_point point = {.time_ns = time_ns, .value = id, .frame = frame};

    mpt_tell_point(p, MPT_GRAPH_SUBFLOWS, id, &point);
}

static void *subflows_open(mpt_player *p)
{
    const mpt_connection_view *v = p->request->view;
    GArray *events = mpt_metrics_events(v->connection);

    for (uint32_t id = 0; id < v->subflow_count; id++) {
        const mpt_subflow_view *s = &v->subflows[id];

        life_point(p, id, s->start_ns, s->subflow->first_frame);
        for (guint i = 0; i < events->len; i++) {
            const mpt_event *event = &g_array_index(events, mpt_event, i);
            if (event->owner == s->subflow->owner && event->frame)
                life_point(p, id, event->time_ns - v->epoch_ns, event->frame);
        }
        life_point(p, id, s->end_ns, s->subflow->last_frame);
    }
    g_array_unref(events);
    return NULL;
}

const mpt_collector mpt_collect_subflows = {.open = subflows_open};

/* --- mappings: every DSS that has one --- */

static void mapping_listed(mpt_player *p, void *state, const mpt_record *g, uint32_t id)
{
    mpt_series_point point = bar(p, g);

    (void)state;
    point.ssn = g->ssn;
    point.extra = g->checksum;
    mpt_tell_point(p, MPT_GRAPH_MAPPINGS, id, &point);
}

const mpt_collector mpt_collect_mappings = {.mapping = mapping_listed};
