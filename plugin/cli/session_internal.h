/* session_internal.h - what the files of the session share; nobody outside session*.c includes it.
 *
 *   session.c        opens and frees reports: arguments, files, display filters
 *   session_read.c   opens engines and collectors for each reading of a capture
 *   session_print.c  prints reports to stdout and to files
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SESSION_INTERNAL_H
#define MPT_SESSION_INTERNAL_H

#include "plugin/report/registry.h"
#include "session.h"
#include "tap/engine/paths/pair_collector.h"
#include "tap/engine/reinjections/reinjection_log.h"
#include "tap/engine/vantage/vantage_engines.h"
#include "tap/source.h"

/* A window of time and vantage points: its engines, and what its reports need of them. */
typedef struct mpt_time_window {
    bool has_from, has_to;
    int64_t from_ns, to_ns;
    bool live; /* no look-back: everything counts at once, in order of arrival */
    struct mpt_report_needs needs;
    const mpt_arguments *arguments; /* of one of its reports, for what they have in common */
    mpt_vantage_engines *points;    /* NULL until there is something to read */
    mpt_path_collector *paths;      /* of all points; NULL: none of its reports compares them */
    mpt_reinjection_log *reinjections[MPT_VANTAGE_ENGINES]; /* NULL: none of its reports needs them */
    uint64_t ended;                                         /* connections so far, with mpt_session.ends */
    GPtrArray *connections;                                 /* by id, at the point where reports count */
} mpt_time_window;

typedef struct mpt_open_report {
    mpt_arguments arguments;
    mpt_time_window *window;
    uint32_t mark;
    mpt_sink *sink;                      /* NULL: stdout; that of `first`, if that is set */
    const struct mpt_open_report *first; /* whose document this is part of, in the same file; NULL: none */
    void *state;                         /* of the row's `over` */
    bool shown;                          /* some connection, when it was over */
    bool printed;
    bool failed;                          /* what it was to show is not there */
    GString *notes;                       /* on the capture, as of the last drawing; NULL: never drawn */
    void *collected[MPT_VANTAGE_ENGINES]; /* by the row's collector, for each point's engine; NULL: none */
    mpt_report_context context;           /* set while drawing */
} mpt_open_report;

typedef struct mpt_session_state {
    GPtrArray *windows; /* mpt_time_window; NULL: no report is open */
    GPtrArray *reports; /* mpt_open_report, in the order asked for; NULL as above */
    unsigned filters;
    bool ends;   /* connections are printed and forgotten as they end */
    bool broken; /* a line could not be written */
    bool drawn;
    mpt_sink *out; /* stdout, while it is written to; NULL: not yet */
} mpt_session_state;

extern mpt_session_state mpt_session;

/* --- reading --- */

/* What the listener calls. */
extern const mpt_source_client mpt_session_client;
/* Call when another file comes, or the same one again. */
void mpt_session_reset(void);
/* Prints and forgets what is over by now_ns (mpt_engine_release()); nothing unless mpt_session_stream() was called.
 * False where it can't be written: there is no use to go on. */
bool mpt_session_release(int64_t now_ns);
/* The engines of a window; created when first asked for. */
mpt_vantage_engines *mpt_session_points(mpt_time_window *w);
/* Frees what only printed reports used, as the next one may need as much memory. */
void mpt_session_close_printed(void);

/* --- printing --- */

/* Prints the line of a connection that is over, in all reports of this window. */
void mpt_session_print_ended(mpt_time_window *w, const mpt_connection *c, uint32_t id);
/* Prints all reports, each once. */
void mpt_session_draw(void);
/* Closes and frees a sink. If the report failed, its file stays as it was. */
void mpt_session_close_sink(mpt_sink *sink, bool failed);
/* True if both are JSON that goes to the same place: they are one document. */
bool mpt_session_same_document(const mpt_open_report *a, const mpt_open_report *b);

#endif
