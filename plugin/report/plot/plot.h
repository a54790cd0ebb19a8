/* plot.h - what windows share with the report `plot`: a graph with its points, its titles, and its exact
 * points as CSV.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PLOT_H
#define MPT_PLOT_H

#include "plugin/report/format/sink.h"
#include "plugin/report/registry.h"
#include "tap/engine/graphs/graphs.h"

/* Events that pages and windows show at most: more than anybody reads. */
#define MPT_PLOT_EVENTS 2000

/* A graph with its points, thinned. */
typedef struct mpt_plot_graph {
    mpt_graph graph;
    mpt_thinner *points;
} mpt_plot_graph;

/* What is drawn. */
typedef struct mpt_plot {
    const mpt_report_context *context;
    mpt_connection_view view;
    mpt_series_request request;
    mpt_plot_graph graphs[MPT_GRAPH_TYPES]; /* of request.types; the others have no points */
    GArray *events;                         /* mpt_event, in time order */
} mpt_plot;

/* Appends the legend's text: "subflow 1: reinjected", "all subflows". */
void mpt_plot_series_title(const mpt_series *series, GString *out);
/* Without the sum over a single subflow, which would cover it: call it when all points are added. */
void mpt_plot_drop_sums(const mpt_graph *graph, mpt_thinner *points);
/* The place of a series among those of its subflow. */
unsigned mpt_plot_series_kind(const mpt_graph *graph, unsigned series);
/* Appends the title of a graph: "Throughput (average over 20 ms)". */
void mpt_plot_graph_title(const mpt_plot *plot, mpt_graph_type type, GString *title);
/* The unit of a graph on its axis: "relative DSN", "bit/s", "s", ... Static. */
const char *mpt_plot_unit_title(mpt_unit unit);
/* Appends the title of the page: "192.0.2.1:40000 -> 192.0.2.2:443, client to server". */
void mpt_plot_title(const mpt_plot *plot, GString *out);
/* True if the record is not complete; appends a sentence without its full stop. */
bool mpt_plot_left_out(const mpt_recorder *recorder, GString *sentence);
/* True if the capture has one-way delays: several vantage points. */
bool mpt_plot_has_delays(const mpt_report_context *x);
/* Calls `func` for the points of MPT_GRAPH_OWD: the whole path from the first to the last vantage
 * point. Times and frames are those of the point where reports count, or of the client's end if that
 * point lies between. */
void mpt_plot_delays(const mpt_report_context *x, const mpt_series_request *request, mpt_point_func func,
                     void *user);
/* Writes the exact points. x: source of the one-way delays; NULL: without them. */
void mpt_plot_csv(const mpt_recorder *recorder, const mpt_report_context *x,
                  const mpt_series_request *request, mpt_sink *sink);

#endif
