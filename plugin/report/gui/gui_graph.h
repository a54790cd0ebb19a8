/* gui_graph.h - a capture's connections and graphs as plain values for windows (plugin/qt/interface.h).
 *
 * Invariant: what is returned here needs neither the engine nor the recorder any more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GUI_GRAPH_H
#define MPT_GUI_GRAPH_H

#include "plugin/qt/interface.h"
#include "plugin/report/report.h"
#include "tap/engine/graphs/graphs.h"

/* The types of graphs, indexed by mpt_graph_type; static. */
const mpt_gui_type *mpt_gui_types(unsigned *count);

/* x: of a point of the capture. path: of its file. Free with mpt_gui_capture_free(). */
mpt_gui_capture *mpt_gui_capture_new(const mpt_report_context *x, uint64_t reading, const char *path);
void mpt_gui_capture_free(mpt_gui_capture *capture);

/* x: of the request's point; x->collected is its recorder. NULL: there is no such connection. Free with
 * mpt_gui_graph_free(). */
mpt_gui_graph *mpt_gui_graph_new(const mpt_report_context *x, const mpt_gui_request *request);
void mpt_gui_graph_free(mpt_gui_graph *graph);

void mpt_gui_describe(const mpt_gui_graph *graph, unsigned series, size_t point, char *text, size_t room);

/* Writes all points as CSV, whatever the request's range and limit. False if the file can't be written; *why
 * is then one sentence, to be freed with g_free(). */
bool mpt_gui_save_csv(const mpt_report_context *x, const mpt_gui_request *request, const char *path,
                      char **why);

#endif
