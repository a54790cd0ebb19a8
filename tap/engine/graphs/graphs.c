/* graphs.c - names, graphs, and which collector makes a graph's points. See graphs.h.
 *
 * Invariant: mpt_graph_init() lists exactly the series for which the collector of this type emits points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "graphs.h"

#include <string.h>

#include "graphs_internal.h"

/* Points come from elsewhere. */
static const mpt_collector mpt_collect_nothing = {NULL};

static const struct row {
    const char *name, *title;
    mpt_unit unit;
    const mpt_collector *collector;
} GRAPHS[MPT_GRAPH_TYPES] = {
    [MPT_GRAPH_SEQUENCE] = {"sequence", "Data sequence numbers", MPT_UNIT_DSN, &mpt_collect_sequence},
    [MPT_GRAPH_THROUGHPUT] = {"throughput", "Throughput: all payload, retransmissions and reinjections too",
                              MPT_UNIT_BPS, &mpt_collect_throughput},
    [MPT_GRAPH_GOODPUT] = {"goodput", "Goodput: data that was acknowledged", MPT_UNIT_BPS,
                           &mpt_collect_goodput},
    [MPT_GRAPH_SHARE] = {"share", "Share of the data that each subflow carried first, so far", MPT_UNIT_SHARE,
                         &mpt_collect_share},
    [MPT_GRAPH_BURSTS] = {"bursts", "Bursts: data on one subflow before another took its turn",
                          MPT_UNIT_BYTES, &mpt_collect_bursts},
    [MPT_GRAPH_INFLIGHT] = {"inflight", "Data in flight: sent and not acknowledged", MPT_UNIT_BYTES,
                            &mpt_collect_inflight},
    [MPT_GRAPH_LIMIT] = {"limit", "What limited the data", MPT_UNIT_SHARE, &mpt_collect_nothing},
    [MPT_GRAPH_RTT] = {"rtt", "Round-trip times", MPT_UNIT_NS, &mpt_collect_rtt},
    [MPT_GRAPH_OWD] = {"owd", "One-way delay of each segment", MPT_UNIT_NS, &mpt_collect_nothing},
    [MPT_GRAPH_REORDER] = {"reorder", "Time in the reorder queue", MPT_UNIT_NS, &mpt_collect_reorder},
    [MPT_GRAPH_DEPTH] = {"depth", "Bytes in the reorder queue", MPT_UNIT_BYTES, &mpt_collect_depth},
    [MPT_GRAPH_INTERARRIVAL] = {"interarrival", "Time between segments with payload", MPT_UNIT_NS,
                                &mpt_collect_interarrival},
    [MPT_GRAPH_ACKSIZE] = {"acksize", "Data that each DATA_ACK released (0: a duplicate)", MPT_UNIT_BYTES,
                           &mpt_collect_acksize},
    [MPT_GRAPH_SUBFLOWS] = {"subflows", "Life of the subflows, and what was signalled", MPT_UNIT_SUBFLOW,
                            &mpt_collect_subflows},
    [MPT_GRAPH_TCP] = {"tcp", "TCP sequence numbers of one subflow", MPT_UNIT_SSN, &mpt_collect_tcp},
    [MPT_GRAPH_MAPPINGS] = {"mappings", "Mappings", MPT_UNIT_DSN, &mpt_collect_mappings},
};

/* Series that each subflow has, the one that TCP's graph is of, or the graph has once; those of a graph in
 * the order of graphs_internal.h. */
static const struct series_row {
    mpt_graph_type graph;
    enum { EACH_SUBFLOW, TCP_SUBFLOW, ONCE } of;
    const char *name;
    mpt_series_style style;
    enum { ALONE, STACKS, ASIDE, SUM } how;
} SERIES[] = {
    {MPT_GRAPH_SEQUENCE, EACH_SUBFLOW, "data", MPT_STYLE_BARS, ALONE},
    {MPT_GRAPH_SEQUENCE, EACH_SUBFLOW, "retransmitted", MPT_STYLE_BARS, ALONE},
    {MPT_GRAPH_SEQUENCE, EACH_SUBFLOW, "reinjected", MPT_STYLE_BARS, ALONE},
    {MPT_GRAPH_SEQUENCE, EACH_SUBFLOW, "reinjected_same", MPT_STYLE_BARS, ALONE},
    {MPT_GRAPH_SEQUENCE, ONCE, "data_ack", MPT_STYLE_STEP, ALONE},
    {MPT_GRAPH_SEQUENCE, ONCE, "receive_window", MPT_STYLE_STEP, ASIDE},
    {MPT_GRAPH_SEQUENCE, ONCE, "data_ack_late", MPT_STYLE_DOTS, ALONE},
    {MPT_GRAPH_THROUGHPUT, EACH_SUBFLOW, "throughput", MPT_STYLE_STEP, STACKS},
    {MPT_GRAPH_THROUGHPUT, ONCE, "sum", MPT_STYLE_STEP, SUM},
    {MPT_GRAPH_GOODPUT, EACH_SUBFLOW, "goodput", MPT_STYLE_STEP, STACKS},
    {MPT_GRAPH_GOODPUT, ONCE, "sum", MPT_STYLE_STEP, SUM},
    {MPT_GRAPH_SHARE, EACH_SUBFLOW, "share", MPT_STYLE_STEP, STACKS},
    {MPT_GRAPH_BURSTS, EACH_SUBFLOW, "burst", MPT_STYLE_DOTS, ALONE},
    {MPT_GRAPH_INFLIGHT, EACH_SUBFLOW, "in_flight", MPT_STYLE_STEP, STACKS},
    {MPT_GRAPH_INFLIGHT, ONCE, "sum", MPT_STYLE_STEP, SUM},
    {MPT_GRAPH_INFLIGHT, ONCE, "receive_window", MPT_STYLE_STEP, ASIDE},
    {MPT_GRAPH_LIMIT, ONCE, "window", MPT_STYLE_STEP, STACKS},
    {MPT_GRAPH_LIMIT, ONCE, "application", MPT_STYLE_STEP, STACKS},
    {MPT_GRAPH_LIMIT, ONCE, "recovery", MPT_STYLE_STEP, STACKS},
    {MPT_GRAPH_LIMIT, ONCE, "congestion", MPT_STYLE_STEP, STACKS},
    {MPT_GRAPH_RTT, EACH_SUBFLOW, "tcp", MPT_STYLE_DOTS, ALONE},
    {MPT_GRAPH_RTT, ONCE, "data_ack", MPT_STYLE_DOTS, ALONE},
    {MPT_GRAPH_OWD, EACH_SUBFLOW, "delay", MPT_STYLE_DOTS, ALONE},
    {MPT_GRAPH_REORDER, EACH_SUBFLOW, "wait", MPT_STYLE_DOTS, ALONE},
    {MPT_GRAPH_DEPTH, ONCE, "waiting", MPT_STYLE_STEP, ALONE},
    {MPT_GRAPH_INTERARRIVAL, EACH_SUBFLOW, "within", MPT_STYLE_DOTS, ALONE},
    {MPT_GRAPH_INTERARRIVAL, ONCE, "across", MPT_STYLE_DOTS, ALONE},
    {MPT_GRAPH_ACKSIZE, EACH_SUBFLOW, "released", MPT_STYLE_DOTS, ALONE},
    {MPT_GRAPH_SUBFLOWS, EACH_SUBFLOW, "life", MPT_STYLE_LINE, ALONE},
    {MPT_GRAPH_TCP, TCP_SUBFLOW, "data", MPT_STYLE_BARS, ALONE},
    {MPT_GRAPH_TCP, TCP_SUBFLOW, "retransmitted", MPT_STYLE_BARS, ALONE},
    {MPT_GRAPH_TCP, TCP_SUBFLOW, "ack", MPT_STYLE_STEP, ALONE},
    {MPT_GRAPH_TCP, TCP_SUBFLOW, "receive_window", MPT_STYLE_STEP, ASIDE},
    {MPT_GRAPH_TCP, TCP_SUBFLOW, "zero_window", MPT_STYLE_DOTS, ALONE},
    {MPT_GRAPH_MAPPINGS, EACH_SUBFLOW, "mapping", MPT_STYLE_BARS, ALONE},
};

const char *mpt_graph_name(mpt_graph_type type)
{
    return GRAPHS[type].name;
}

const char *mpt_graph_title(mpt_graph_type type)
{
    return GRAPHS[type].title;
}

bool mpt_graph_find(const char *name, mpt_graph_type *type)
{
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++) {
        if (strcmp(GRAPHS[t].name, name) != 0)
            continue;
        *type = (mpt_graph_type)t;
        return true;
    }
    return false;
}

const mpt_collector *mpt_collector_of(mpt_graph_type type)
{
    return GRAPHS[type].collector;
}

void mpt_collector_free(mpt_player *p, void *state)
{
    (void)p;
    g_free(state);
}

static void add_series(GArray *series, mpt_graph_type type, unsigned of, uint32_t subflow)
{
    for (size_t i = 0; i < G_N_ELEMENTS(SERIES); i++) {
        const struct series_row *row = &SERIES[i];
        mpt_series s = {.name = row->name,
                        .subflow = subflow,
                        .style = row->style,
                        .stacks = row->how == STACKS,
                        .aside = row->how == ASIDE,
                        .sum = row->how == SUM};

        if (row->graph == type && row->of == of)
            g_array_append_val(series, s);
    }
}

void mpt_graph_init(mpt_graph *graph, mpt_graph_type type, const mpt_series_request *request)
{
    GArray *series = g_array_new(FALSE, FALSE, sizeof(mpt_series));

    for (uint32_t id = 0; id < request->view->subflow_count; id++)
        add_series(series, type, EACH_SUBFLOW, id);
    add_series(series, type, TCP_SUBFLOW, request->tcp_subflow);
    add_series(series, type, ONCE, MPT_NO_SUBFLOW);
    graph->type = type;
    graph->unit = GRAPHS[type].unit;
    graph->count = series->len;
    graph->series = (mpt_series *)(void *)g_array_free(series, FALSE);
}

void mpt_graph_clear(mpt_graph *graph)
{
    g_free(graph->series);
    *graph = (mpt_graph){0};
}

int64_t mpt_series_default_window(const mpt_connection_view *view, mpt_direction direction)
{
    const mpt_maybe_ns *duration = &view->direction[direction].bytes.data_duration;
    int64_t wanted = duration->known ? (duration->ns + 49) / 50 : 0, window = 1000000;

    /* 1 ms, 2 ms, 5 ms, 10 ms, ... */
    while (window < wanted && window < INT64_MAX / 10)
        window = window % 9 == 2 ? window / 2 * 5 : window * 2;
    return window;
}
