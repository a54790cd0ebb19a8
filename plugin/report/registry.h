/* registry.h - what each report is made of: a row with its name, options and formats, how it prints, what it
 * needs of the engine and collects meanwhile, what it adds to the JSON document, and its entries in the menu.
 *
 * Invariant: one row a report, in the report's folder; whoever parses, opens, feeds, prints or shows reports
 * asks the row and knows none of them by name.
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
#define MPT_TAKES_SELECTION (MPT_TAKES_ONE | MPT_BIT(MPT_ARG_ADDRESS))
#define MPT_TAKES_OUTPUT    (MPT_BIT(MPT_ARG_FORMAT) | MPT_BIT(MPT_ARG_FILE))
#define MPT_TAKES_WINDOW    (MPT_BIT(MPT_ARG_FROM) | MPT_BIT(MPT_ARG_TO))
#define MPT_TAKES_VANTAGE   (MPT_BIT(MPT_ARG_AT) | MPT_BIT(MPT_ARG_CLIENT) | MPT_BIT(MPT_ARG_SERVER))
#define MPT_TAKES_FIGURES                                                                                    \
    (MPT_TAKES_SELECTION | MPT_TAKES_OUTPUT | MPT_TAKES_WINDOW | MPT_BIT(MPT_ARG_DIRECTION) |                \
     MPT_TAKES_VANTAGE)
#define MPT_FORMATS_PLAIN (MPT_BIT(MPT_FORMAT_TEXT) | MPT_BIT(MPT_FORMAT_CSV) | MPT_BIT(MPT_FORMAT_JSON))

/* The reports that sentences name: the one with the ids of connections, the one to begin with, and a graph
 * by its name. */
#define MPT_ASK_LISTING  "mptcp,list"
#define MPT_ASK_OVERVIEW "mptcp,summary"
#define MPT_ASK_GRAPH    "mptcp,plot,type="

/* What an engine keeps only where somebody asks for it (mpt_engine_config). */
struct mpt_report_needs {
    bool rtt, hmacs, checksums, payload, frames, evidence, tcp_options;
    bool interfaces; /* their names */
    unsigned paths;  /* MPT_PATHS_...: what is compared between vantage points (path_model.h); 0: nothing */
};

/* What a report adds to the JSON document. */
typedef struct mpt_report_section {
    unsigned detail;   /* MPT_DETAIL_... of each connection (connection_json.h) */
    const char *array; /* the member beside `connections`; NULL: none */
    /* Writes the elements of the array for `reports`, const mpt_report_context * of this report. */
    void (*write)(mpt_json *json, const GPtrArray *reports);
    /* Writes further members beside the array; NULL: none. */
    void (*write_more)(mpt_json *json, const GPtrArray *reports);
} mpt_report_section;

typedef enum mpt_report_window { MPT_WINDOW_TEXT, MPT_WINDOW_TABLE, MPT_WINDOW_GRAPHS } mpt_report_window;

/* An entry of Statistics > MPTCP. The report itself is shown where there is no table or no graph. */
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
    bool of_streams;    /* of TCP connections, so a capture without MPTCP is no less */
    bool needs_nothing; /* no capture: it is printed at once */
    /* NULL, or why these arguments don't go together, a sentence to be freed with g_free(). */
    char *(*refuse)(const mpt_arguments *arguments);
    /* True, and appends why, where the capture is not one to make the report of; NULL: it always is. */
    bool (*impossible)(const mpt_report_context *x, GString *sentence);
    /* Writes the report in any format but JSON. What only the whole capture shows to be wrong (no
     * such stream) goes into *sentence, without newline: it is said on stderr, and tshark's exit
     * status becomes 1. */
    void (*print)(const mpt_report_context *x, mpt_sink *sink, GString *sentence);
    mpt_report_section json;
    /* Adds what these arguments need; NULL: nothing. */
    void (*needs)(const mpt_arguments *arguments, struct mpt_report_needs *needs);
    /* A collector: called for everything while the capture is read, one for each vantage point. open() makes
     * its state for one reading of a capture, close() frees it. All three or none. live: where `live` writes
     * meanwhile; NULL without it. mark: as in mpt_report_context. */
    const mpt_observer *observer;
    void *(*open)(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark);
    void (*close)(void *collected);
    /* What is collected does not depend on the arguments: one collector serves all of this report
     * on an engine. */
    bool shared;
    const mpt_report_entry *entries; /* NULL: none */
};

/* The reports of this library. */
extern const mpt_report mpt_list_report, mpt_summary_report, mpt_tcp_report, mpt_filter_report,
    mpt_help_report, mpt_events_report, mpt_diagnose_report, mpt_reinjections_report, mpt_paths_report,
    mpt_plot_report;
/* -z follow,mptcp,...: not in the registry, as it has no name there. */
extern const mpt_report mpt_follow_report;

/* Adds a report that only the program can make; place: where it stands in help and sentences, from 0 on.
 * Once, at start. */
void mpt_registry_add(const mpt_report *report, unsigned place);
/* The reports by place; NULL behind the last. */
const mpt_report *mpt_registry_at(unsigned place);
/* The report that tells most of a capture, for who shows one beside something else. */
const mpt_report *mpt_registry_overview(void);

#endif
