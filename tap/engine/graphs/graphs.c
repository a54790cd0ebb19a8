/* graphs.c - names, graphs, and which collector makes a graph's points. See series.h.
 *
 * Invariant: the series that mpt_graph_init() lists are the ones that the collector of this type tells of.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "graphs.h"

#include <string.h>

#include "graphs_internal.h"

/* A series that each subflow has, or that the graph has once. */
struct part {
    const char *name;
    mpt_series_style style;
    bool stacks;
};

#define MAX_PARTS 5

/* Points come from elsewhere. */
static const mpt_collector mpt_collect_nothing = {NULL};

static const struct row {
    const char *name, *title;
    mpt_unit unit;
    const mpt_collector *collector;
    bool one_subflow;
    struct part each[MAX_PARTS], once[MAX_PARTS];
} GRAPHS[MPT_GRAPH_TYPES] = {
    [MPT_GRAPH_SEQUENCE] = {"sequence",
                            "Data sequence numbers",
                            MPT_UNIT_DSN,
                            &mpt_collect_sequence,
                            false,
                            {[MPT_SEQUENCE_DATA] = {"data", MPT_STYLE_BARS, false},
                             [MPT_SEQUENCE_RETRANSMITTED] = {"retransmitted", MPT_STYLE_BARS, false},
                             [MPT_SEQUENCE_REINJECTED] = {"reinjected", MPT_STYLE_BARS, false},
                             [MPT_SEQUENCE_SAME] = {"reinjected_same", MPT_STYLE_BARS, false}},
                            {[MPT_SEQUENCE_DATA_ACK] = {"data_ack", MPT_STYLE_STEP, false},
                             [MPT_SEQUENCE_WINDOW] = {"receive_window", MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_THROUGHPUT] = {"throughput",
                              "Throughput: all payload, retransmissions and reinjections too",
                              MPT_UNIT_BPS,
                              &mpt_collect_throughput,
                              false,
                              {{"throughput", MPT_STYLE_STEP, true}},
                              {{"sum", MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_GOODPUT] = {"goodput",
                           "Goodput: data that was acknowledged",
                           MPT_UNIT_BPS,
                           &mpt_collect_goodput,
                           false,
                           {{"goodput", MPT_STYLE_STEP, true}},
                           {{"sum", MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_SHARE] = {"share",
                         "Share of the data that each subflow carried first, so far",
                         MPT_UNIT_SHARE,
                         &mpt_collect_share,
                         false,
                         {{"share", MPT_STYLE_STEP, true}},
                         {{NULL, MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_BURSTS] = {"bursts",
                          "Bursts: data on one subflow before another took its turn",
                          MPT_UNIT_BYTES,
                          &mpt_collect_bursts,
                          false,
                          {{"burst", MPT_STYLE_DOTS, false}},
                          {{NULL, MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_INFLIGHT] = {"inflight",
                            "Data in flight: sent and not acknowledged",
                            MPT_UNIT_BYTES,
                            &mpt_collect_inflight,
                            false,
                            {{"in_flight", MPT_STYLE_STEP, true}},
                            {[MPT_INFLIGHT_ALL] = {"sum", MPT_STYLE_STEP, false},
                             [MPT_INFLIGHT_WINDOW] = {"receive_window", MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_RTT] = {"rtt",
                       "Round-trip times",
                       MPT_UNIT_NS,
                       &mpt_collect_rtt,
                       false,
                       {{"tcp", MPT_STYLE_DOTS, false}},
                       {{"data_ack", MPT_STYLE_DOTS, false}}},
    [MPT_GRAPH_OWD] = {"owd",
                       "One-way delay of each segment",
                       MPT_UNIT_NS,
                       &mpt_collect_nothing,
                       false,
                       {{"delay", MPT_STYLE_DOTS, false}},
                       {{NULL, MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_REORDER] = {"reorder",
                           "Time in the reorder queue",
                           MPT_UNIT_NS,
                           &mpt_collect_reorder,
                           false,
                           {{"wait", MPT_STYLE_DOTS, false}},
                           {{NULL, MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_DEPTH] = {"depth",
                         "Bytes in the reorder queue",
                         MPT_UNIT_BYTES,
                         &mpt_collect_depth,
                         false,
                         {{NULL, MPT_STYLE_STEP, false}},
                         {{"waiting", MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_INTERARRIVAL] = {"interarrival",
                                "Time between segments with payload",
                                MPT_UNIT_NS,
                                &mpt_collect_interarrival,
                                false,
                                {{"within", MPT_STYLE_DOTS, false}},
                                {{"across", MPT_STYLE_DOTS, false}}},
    [MPT_GRAPH_ACKSIZE] = {"acksize",
                           "Data that each DATA_ACK released (0: a duplicate)",
                           MPT_UNIT_BYTES,
                           &mpt_collect_acksize,
                           false,
                           {{"released", MPT_STYLE_DOTS, false}},
                           {{NULL, MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_SUBFLOWS] = {"subflows",
                            "Life of the subflows, and what was signalled",
                            MPT_UNIT_SUBFLOW,
                            &mpt_collect_subflows,
                            false,
                            {{"life", MPT_STYLE_LINE, false}},
                            {{NULL, MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_TCP] = {"tcp",
                       "TCP sequence numbers of one subflow",
                       MPT_UNIT_SSN,
                       &mpt_collect_tcp,
                       true,
                       {[MPT_TCP_DATA] = {"data", MPT_STYLE_BARS, false},
                        [MPT_TCP_RETRANSMITTED] = {"retransmitted", MPT_STYLE_BARS, false},
                        [MPT_TCP_ACKED] = {"ack", MPT_STYLE_STEP, false},
                        [MPT_TCP_WINDOW] = {"receive_window", MPT_STYLE_STEP, false},
                        [MPT_TCP_ZERO_WINDOW] = {"zero_window", MPT_STYLE_DOTS, false}},
                       {{NULL, MPT_STYLE_STEP, false}}},
    [MPT_GRAPH_MAPPINGS] = {"mappings",
                            "Mappings",
                            MPT_UNIT_DSN,
                            &mpt_collect_mappings,
                            false,
                            {{"mapping", MPT_STYLE_BARS, false}},
                            {{NULL, MPT_STYLE_STEP, false}}},
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

static void add_parts(GArray *series, const struct part *parts, uint32_t subflow)
{
    for (unsigned k = 0; k < MAX_PARTS && parts[k].name; k++) {
        mpt_series s = {
            .name = parts[k].name, .subflow = subflow, .style = parts[k].style, .stacks = parts[k].stacks};
        g_array_append_val(series, s);
    }
}

void mpt_graph_init(mpt_graph *graph, mpt_graph_type type, const mpt_series_request *request)
{
    GArray *series = g_array_new(FALSE, FALSE, sizeof(mpt_series));
    const struct row *row = &GRAPHS[type];

    if (row->one_subflow)
        add_parts(series, row->each, request->tcp_subflow);
    for (uint32_t id = 0; !row->one_subflow && id < request->view->subflow_count; id++)
        add_parts(series, row->each, id);
    add_parts(series, row->once, MPT_NO_SUBFLOW);
    graph->type = type;
    graph->unit = row->unit;
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
