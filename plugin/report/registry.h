/* registry.h - the row that each report is: its name, options and formats, what it needs of the engine and
 * collects, how it prints, what it adds to the JSON document, and its entries in the menu.
 *
 * Invariant: a report is one row, in the report's own folder. The code that parses, opens, feeds, prints or
 * shows reports reads the row and knows no report by name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REGISTRY_H
#define MPT_REGISTRY_H

#include "plugin/qt/interface.h"
#include "plugin/report/format/json.h"
#include "report.h"

/* Sets of options and of formats. */
#define MPT_BIT(value)      (1u << (value))
#define MPT_TAKES_ONE       (MPT_BIT(MPT_ARG_STREAM) | MPT_BIT(MPT_ARG_TOKEN)) /* of connections alone */
#define MPT_TAKES_SELECTION (MPT_TAKES_ONE | MPT_BIT(MPT_ARG_ADDRESS) | MPT_BIT(MPT_ARG_PORT))
#define MPT_TAKES_OUTPUT    (MPT_BIT(MPT_ARG_FORMAT) | MPT_BIT(MPT_ARG_FILE))
#define MPT_TAKES_WINDOW    (MPT_BIT(MPT_ARG_FROM) | MPT_BIT(MPT_ARG_TO))
#define MPT_TAKES_VANTAGE   (MPT_BIT(MPT_ARG_AT) | MPT_BIT(MPT_ARG_CLIENT) | MPT_BIT(MPT_ARG_SERVER))
#define MPT_TAKES_FIGURES                                                                                    \
    (MPT_TAKES_SELECTION | MPT_TAKES_OUTPUT | MPT_TAKES_WINDOW | MPT_BIT(MPT_ARG_DIRECTION) |                \
     MPT_TAKES_VANTAGE)
#define MPT_FORMATS_LINES                                                                                    \
    (MPT_FORMATS_PLAIN | MPT_BIT(MPT_FORMAT_NDJSON)) /* what connections have of their own */
#define MPT_FORMATS_PLAIN (MPT_BIT(MPT_FORMAT_TEXT) | MPT_BIT(MPT_FORMAT_CSV) | MPT_BIT(MPT_FORMAT_JSON))

/* The -z arguments that sentences suggest: for the ids of connections, to begin with, and for a
 * graph by name. */
#define MPT_ASK_LISTING  "mptcp,list"
#define MPT_ASK_OVERVIEW "mptcp,summary"
#define MPT_ASK_GRAPH    "mptcp,plot,type="

/* What an engine keeps, or a segment has, only on request (mpt_engine_config, source.h). */
struct mpt_report_needs {
    bool rtt, hmacs, checksums, payload, frames, evidence;
    bool interfaces;   /* their names */
    bool reinjections; /* which copies of bytes counted; takes `frames` too */
    unsigned paths; /* MPT_PATHS_*: what to compare between vantage points (pair_collector.h); 0: nothing */
    bool spans;     /* with evidence: when what limited a direction (speed.h) */
};

/* What a report adds to the JSON document. */
typedef struct mpt_report_section {
    unsigned detail;   /* MPT_DETAIL_... of each connection (connection_json.h) */
    const char *array; /* the member beside `connections`; NULL: none */
    /* Writes the elements of the array for `reports`, const mpt_report_context * of this report. */
    void (*write)(mpt_json *json, const GPtrArray *reports);
    /* Writes further members beside the array; NULL: none. */
    void (*write_more)(mpt_json *json, const GPtrArray *reports);
    /* Writes what belongs to this connection as members of its line (format=ndjson); NULL: none. */
    void (*write_line)(mpt_json *json, const mpt_report_context *x, const mpt_connection_view *v);
    /* Writes what belongs to the capture as members of the last line; NULL: none. */
    void (*write_last_line)(mpt_json *json, const mpt_report_context *x);
} mpt_report_section;

typedef enum mpt_report_window {
    MPT_WINDOW_TEXT,
    MPT_WINDOW_TABLE,
    MPT_WINDOW_GRAPHS,
    MPT_WINDOW_FLOW
} mpt_report_window;

/* An entry of Statistics > MPTCP. Without the window module it shows the report itself. */
typedef struct mpt_report_entry {
    unsigned place; /* in the menu, from 1 on; 0 ends the entries of a report */
    const char *label, *title, *tooltip;
    mpt_report_window window;
    mpt_gui_kind table; /* of MPT_WINDOW_TABLE */
} mpt_report_entry;

struct mpt_report {
    const char *name; /* as typed after "mptcp,"; NULL: it has a grammar of its own */
    const char *help; /* a line of at most 53 columns */
    uint32_t takes;   /* options, bits of mpt_arg */
    uint32_t requires;
    uint32_t formats;   /* bits of mpt_format */
    mpt_format format;  /* the usual one */
    bool of_streams;    /* about TCP connections, so a capture without MPTCP is no reason to fail */
    bool needs_nothing; /* not even a capture: printed at once */
    bool packets;       /* it writes packets, not text: alone where it writes */
    /* The reason why these arguments don't go together, a sentence to be freed with g_free();
     * NULL: they do. */
    char *(*refuse)(const mpt_arguments *arguments);
    /* True if the report can't be made of this capture; appends the reason. NULL: it always can. */
    bool (*impossible)(const mpt_report_context *x, GString *sentence);
    /* Writes the report in any format but JSON. What turns out to be wrong only then (no such stream) goes
     * into *sentence, without newline: it is printed on stderr, and tshark's exit status becomes 1. */
    void (*print)(const mpt_report_context *x, mpt_sink *sink, GString *sentence);
    /* Writes a connection that is over, in captures without end; print() then ends what it began. x->state is its
     * own, NULL at first. False: it can't; appends why. NULL: there is no such thing, see format=ndjson. */
    bool (*over)(const mpt_report_context *x, const mpt_connection_view *v, mpt_sink *sink,
                 GString *sentence);
    mpt_report_section json;
    /* True if, with these arguments, what was printed in any format makes tshark's exit status 1; appends why, a
     * sentence without newline. NULL: it never does. */
    bool (*fails)(const mpt_report_context *x, GString *sentence);
    /* Adds what these arguments need; NULL: nothing. */
    void (*needs)(const mpt_arguments *arguments, struct mpt_report_needs *needs);
    /* A collector: an observer of the engine of each vantage point while the capture is read. open() creates
     * its state for one reading, close() frees it; all three are set or none. live: where the option `live`
     * writes meanwhile; NULL without it. mark: as in mpt_report_context. */
    const mpt_observer *observer;
    void *(*open)(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark);
    void (*close)(void *collected);
    const mpt_report_entry *entries; /* NULL: none */
};

/* The reports of this library. */
extern const mpt_report mpt_list_report, mpt_summary_report, mpt_tcp_report, mpt_filter_report,
    mpt_help_report, mpt_events_report, mpt_diagnose_report, mpt_conformance_report, mpt_reinjections_report,
    mpt_paths_report, mpt_flow_report, mpt_plot_report;
/* -z follow,mptcp,...: not in the registry, as it has no name there. */
extern const mpt_report mpt_follow_report;

/* Adds a report that needs Wireshark. place: where it stands in help and sentences, from 0 on. Call it
 * once, at start. */
void mpt_registry_add(const mpt_report *report, unsigned place);
/* The report at this place; NULL after the last one. */
const mpt_report *mpt_registry_at(unsigned place);
/* The report that shows most of a capture, to accompany something else. */
const mpt_report *mpt_registry_overview(void);

#endif
