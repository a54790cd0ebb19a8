/* report.h - what a report is made from, which connections it selects, and how it is printed.
 *
 * Invariant: reports change nothing in the engine. Figures of one connection at a time are in memory, so that
 * ten thousand connections cost no more than one, except for the rows of a table.
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
#include "tap/engine/reinjections/reinjection_log.h"
#include "tap/engine/vantage/vantage_engines.h"

/* What to print when there is nothing to report on. */
#define MPT_NO_MPTCP "this capture has no Multipath TCP"

/* What one report is made from. All of it is borrowed. */
typedef struct mpt_report_context {
    const mpt_engine *engine;
    GPtrArray *connections; /* const mpt_connection *, index = id; from mpt_metrics_connections() */
    const mpt_arguments *arguments;
    uint32_t mark;                 /* bit in subflow->marks where arguments->filter is set, else 0 */
    const char *wireshark_version; /* "4.0.17" */
    bool forgets;                  /* connections are freed once they have been shown */
    const char *capture_notes;     /* one more sentence about the capture for the text reports; NULL: none */
    GString *note;                 /* gets what to print on stderr without a failure; NULL: drop it */
    void **state;                  /* of mpt_report.over; NULL without it */
    void *collected;               /* the state of the report's collector; NULL without one */
    mpt_vantage_engines *points;   /* the vantage points; NULL: there is one */
    unsigned point;                /* of these: where the report counts; the engine is its own */
    const char *(*interface_name)(uint32_t id); /* may be NULL, and may return NULL: no name */
    mpt_path_collector *paths;                  /* what was compared between them; NULL: nothing */
    const mpt_reinjection_log *reinjections;    /* of this engine; NULL: no report needs it */
} mpt_report_context;

/* True if the arguments select this connection: stream=, token= (of either host), address= (of any
 * subflow), and the display filter (of any packet) all hold, as far as given. */
bool mpt_report_selected(const mpt_report_context *x, const mpt_connection_view *v);
/* The same for a TCP stream, MPTCP or not: address= and the display filter. */
bool mpt_report_selects_stream(const mpt_report_context *x, const mpt_subflow *s);
/* Goes on to the next connection that the report is asked for, as mpt_metrics_next() does. */
bool mpt_report_next(const mpt_report_context *x, mpt_connection_view *v);
/* The directions to show: bit 1 << mpt_direction each. */
unsigned mpt_report_directions(const mpt_arguments *arguments);
/* True if the capture has only one vantage point; *sentence then gets what the report
 * needs, without newline. */
bool mpt_report_one_point(const mpt_report_context *x, GString *sentence);
/* True if what the arguments select is not there; *sentence then gets the reason, without newline. */
bool mpt_report_missing(const mpt_report_context *x, GString *sentence);

/* Prints the report of x->arguments in its format, which is not JSON. *sentence gets what is wrong or
 * missing, as in mpt_report.print. */
void mpt_report_print(const mpt_report_context *x, mpt_sink *sink, GString *sentence);

/* Writes the display filter for all packets of a connection, one line. False, and writes nothing, if
 * Wireshark has numbered none of its streams. */
bool mpt_report_write_filter(const mpt_connection_view *v, mpt_sink *sink);

#endif
