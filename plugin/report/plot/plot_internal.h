/* plot_internal.h - what the renderers of `plot` share; nobody else includes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PLOT_INTERNAL_H
#define MPT_PLOT_INTERNAL_H

#include "plugin/report/format/sink.h"
#include "plugin/report/registry.h"
#include "tap/engine/graphs/graphs.h"

/* Points of a graph in pictures; CSV has all. */
#define MPT_PLOT_POINTS 20000
/* Events in pages: more than anybody reads. */
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

/* True if type= is given, and is this one. */
bool mpt_plot_asks_for(const mpt_arguments *a, mpt_graph_type type);
/* What the report collects is an mpt_recorder. */
void mpt_plot_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs);
void *mpt_plot_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark);
void mpt_plot_close(void *collected);
/* False where this build has no HTML graphs: dygraphs was not there when it was built. */
bool mpt_plot_has_html(void);

/* "subflow 1: reinjected", "sum": what a legend says. */
void mpt_plot_series_title(const mpt_series *series, GString *out);
/* "Throughput (average over 20 ms)": what stands above a graph. */
void mpt_plot_graph_title(const mpt_plot *plot, mpt_graph_type type, GString *title);
/* The unit of a graph for an axis: "relative DSN", "bit/s", "s", ... */
const char *mpt_plot_unit_title(mpt_unit unit);
/* "s", "bit/s", "bytes", ...: as CSV has it. */
const char *mpt_plot_unit_name(mpt_unit unit);
/* The exact value, in the graph's unit; durations in seconds. */
void mpt_plot_exact(mpt_unit unit, double value, GString *out);
/* "192.0.2.1:40000 -> 192.0.2.2:443, client to server". */
void mpt_plot_title(const mpt_plot *plot, GString *out);
/* `text` as the content of an XML or HTML element, or of an attribute in double quotes. */
void mpt_plot_escape(mpt_sink *sink, const char *text);

/* True, and appends a sentence without its full stop, where the record is not complete. */
bool mpt_plot_left_out(const mpt_recorder *recorder, GString *sentence);
/* Can one-way delays be told? */
bool mpt_plot_has_delays(const mpt_report_context *x);
/* Tells the points of MPT_GRAPH_OWD: the whole way between the first and the last vantage point. Times and
 * frames are those of the point that reports count at (of the client's end, where that is a middlebox). */
void mpt_plot_delays(const mpt_report_context *x, const mpt_series_request *request, mpt_point_func func,
                     void *user);

/* x: where the one-way delays come from; NULL: without them. */
void mpt_plot_csv(const mpt_recorder *recorder, const mpt_report_context *x,
                  const mpt_series_request *request, mpt_sink *sink);
void mpt_plot_svg(mpt_plot *plot, mpt_graph_type type, mpt_sink *sink);
void mpt_plot_xpl(mpt_plot *plot, mpt_graph_type type, mpt_sink *sink);
/* A script element with all graphs that have points, and the events. */
void mpt_plot_data(mpt_plot *plot, mpt_sink *sink);
/* plot NULL: a page without graphs. */
void mpt_plot_html(const mpt_report_context *x, mpt_plot *plot, mpt_sink *sink);

#endif
