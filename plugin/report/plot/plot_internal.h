/* plot_internal.h - what the files of `plot` share; nobody else includes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PLOT_INTERNAL_H
#define MPT_PLOT_INTERNAL_H

#include "plot.h"

/* Points of a graph in pictures; CSV has all. */
#define MPT_PLOT_POINTS 20000

/* True if type= is given, and is this one. */
bool mpt_plot_asks_for(const mpt_arguments *a, mpt_graph_type type);
/* What the report collects is an mpt_recorder. */
void mpt_plot_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs);
void *mpt_plot_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark);
void mpt_plot_close(void *collected);
/* False where this build has no HTML graphs: dygraphs was not there when it was built. */
bool mpt_plot_has_html(void);

/* "s", "bit/s", "bytes", ...: as CSV has it. */
const char *mpt_plot_unit_name(mpt_unit unit);
/* Appends the exact value in the graph's unit; durations in seconds. */
void mpt_plot_exact(mpt_unit unit, double value, GString *out);
/* Writes `text` escaped as the content of an XML or HTML element, or of an attribute in double quotes. */
void mpt_plot_escape(mpt_sink *sink, const char *text);

void mpt_plot_svg(mpt_plot *plot, mpt_graph_type type, mpt_sink *sink);
void mpt_plot_xpl(mpt_plot *plot, mpt_graph_type type, mpt_sink *sink);
/* Writes a script element with all graphs that have points, and the events. */
void mpt_plot_data(mpt_plot *plot, mpt_sink *sink);
/* Writes the HTML page; plot NULL: a page without graphs. */
void mpt_plot_html(const mpt_report_context *x, mpt_plot *plot, mpt_sink *sink);

#endif
