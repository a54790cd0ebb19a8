/* plot.h - report `plot`: one connection and direction as graphs (HTML, SVG, xplot), or their points (CSV).
 *
 * Invariant: what comes from the capture is escaped for the language that it is written in; the HTML needs no other
 * file and no network.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PLOT_H
#define MPT_PLOT_H

#include "plugin/report/registry.h"
#include "tap/engine/graphs/graphs.h"

/* The row of kinds.c. What it collects is an mpt_recorder. */
void mpt_report_plot(const mpt_report_context *x, mpt_sink *sink, GString *sentence);
void mpt_plot_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs);
void *mpt_plot_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark);
void mpt_plot_close(void *collected);

/* False where this build has no HTML graphs: dygraphs was not there when it was built. */
bool mpt_plot_has_html(void);

#endif
