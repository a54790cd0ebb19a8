/* reports.h - the reports as the rest of the plugin sees them: a context in, text, CSV or JSON out.
 *
 * Invariant: reports read the engine and change nothing; the figures of one connection are in memory at a time, so
 * that ten thousand connections cost no more than one, but for the rows of a table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REPORTS_H
#define MPT_REPORTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../tap/engine/metrics.h"
#include "../arguments.h"
#include "sink.h"

/* What one report is made from. All of it is borrowed. */
typedef struct mpt_report_context {
    const mpt_engine *engine;
    GPtrArray *connections;         /* const mpt_connection *, index = id; from mpt_metrics_connections() */
    const mpt_arguments *arguments;
    uint32_t mark;                  /* bit in subflow->marks where arguments->filter is set, else 0 */
    const char *wireshark_version;  /* "4.0.17" */
    const char *capture_notes;      /* one more sentence about the capture for the text reports; NULL: none */
} mpt_report_context;

/* True if the report is asked for this connection: stream=, token= (of either host), address= (of any subflow), and
 * the display filter (of any packet) all hold, as far as given. */
bool mpt_report_selected(const mpt_report_context *x, const mpt_connection_view *v);
/* The directions to show: bit 1 << mpt_direction each. */
unsigned mpt_report_directions(const mpt_arguments *arguments);
/* True if the report was asked for connections of which there is none; *sentence then gets why, without newline. */
bool mpt_report_missing(const mpt_report_context *x, GString *sentence);

/* Each writes one report as arguments->format says, text or csv. */
void mpt_report_list(const mpt_report_context *x, mpt_sink *sink);
void mpt_report_summary(const mpt_report_context *x, mpt_sink *sink);
void mpt_report_tcp(const mpt_report_context *x, mpt_sink *sink);
/* Writes one line, the display filter; nothing, and false with *sentence set, where the selection is not exactly one
 * connection. */
bool mpt_report_filter(const mpt_report_context *x, mpt_sink *sink, GString *sentence);

#endif
