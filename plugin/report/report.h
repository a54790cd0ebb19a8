/* report.h - the reports as the rest of the plugin sees them: a context in, text, CSV or JSON out.
 *
 * Invariant: reports read the engine and change nothing; the figures of one connection are in memory at a
 * time, so that ten thousand connections cost no more than one, but for the rows of a table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REPORT_H
#define MPT_REPORT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arguments.h"
#include "plugin/report/format/sink.h"
#include "tap/engine/figures/metrics.h"
#include "tap/engine/paths/pair_collector.h"
#include "tap/engine/vantage/vantage_engines.h"

/* Said where there is nothing to report on. */
#define MPT_NO_MPTCP "this capture has no Multipath TCP"

/* What one report is made from. All of it is borrowed. */
typedef struct mpt_report_context {
    const mpt_engine *engine;
    GPtrArray *connections; /* const mpt_connection *, index = id; from mpt_metrics_connections() */
    const mpt_arguments *arguments;
    uint32_t mark;                 /* bit in subflow->marks where arguments->filter is set, else 0 */
    const char *wireshark_version; /* "4.0.17" */
    const char *capture_notes;     /* one more sentence about the capture for the text reports; NULL: none */
    GString *note;                 /* for what is said on stderr although all is well; NULL: nowhere */
    void *collected;               /* what the report's collector has; NULL without one */
    mpt_vantage_engines *points;   /* the vantage points; NULL: there is one */
    const char *(*interface_name)(uint32_t id); /* NULL: none has a name; so does it return */
    mpt_path_collector *paths;                  /* what was compared between them; NULL: nothing */
} mpt_report_context;

/* True if the report is asked for this connection: stream=, token= (of either host), address= (of any
 * subflow), and the display filter (of any packet) all hold, as far as given. */
bool mpt_report_selected(const mpt_report_context *x, const mpt_connection_view *v);
/* The same for a TCP stream, of a connection or not: address= and the display filter. */
bool mpt_report_selects_stream(const mpt_report_context *x, const mpt_subflow *s);
/* The directions to show: bit 1 << mpt_direction each. */
unsigned mpt_report_directions(const mpt_arguments *arguments);
/* True if the capture has one vantage point only; *sentence then gets what is needed, without newline. */
bool mpt_report_one_point(const mpt_report_context *x, GString *sentence);
/* True if the report was asked for something that is not there; *sentence then gets why, without newline. */
bool mpt_report_missing(const mpt_report_context *x, GString *sentence);

/* Writes the report x->arguments in its format, which is not JSON. *sentence gets what the capture shows to
 * be wrong, and what is missing. */
void mpt_report_print(const mpt_report_context *x, mpt_sink *sink, GString *sentence);

/* Writes the display filter for all packets of a connection, a line. False, and nothing is written, where
 * Wireshark numbered no stream. */
bool mpt_report_write_filter(const mpt_connection_view *v, mpt_sink *sink);

#endif
