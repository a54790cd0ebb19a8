/* arguments.h - the grammar of -z mptcp,<report>[,<option>[=<value>]]...[,<display filter>], for all reports.
 *
 * Invariant: reports and the options that each takes come from the registry, the options from
 * arguments_table.h. The parser, the help and the error messages read these tables and know
 * no name themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ARGUMENTS_H
#define MPT_ARGUMENTS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arguments_table.h"
#include "tap/engine/base/endpoint.h"
#include "tap/engine/vantage/vantage_engines.h"

/* A row of the registry (registry.h). */
typedef struct mpt_report mpt_report;

#define MPT_OPTION_ARG(arg, ...) MPT_ARG_##arg,
typedef enum mpt_arg { MPT_OPTIONS(MPT_OPTION_ARG) MPT_ARGS } mpt_arg;

typedef enum mpt_format {
    MPT_FORMAT_TEXT,
    MPT_FORMAT_CSV,
    MPT_FORMAT_JSON,
    MPT_FORMAT_NDJSON, /* a line a connection */
    MPT_FORMAT_SVG,
    MPT_FORMAT_XPL,
    MPT_FORMAT_HTML
} mpt_format;

static inline bool mpt_format_is_json(mpt_format format)
{
    return format == MPT_FORMAT_JSON || format == MPT_FORMAT_NDJSON;
}

typedef enum mpt_clock { MPT_CLOCK_RAW, MPT_CLOCK_OFFSET, MPT_CLOCK_DRIFT } mpt_clock;

/* How -z follow,mptcp,... prints the bytes; names and layout are tshark's. */
typedef enum mpt_follow_mode {
    MPT_FOLLOW_ASCII,
    MPT_FOLLOW_HEX,
    MPT_FOLLOW_RAW,
    MPT_FOLLOW_YAML
} mpt_follow_mode;

/* What was asked for. A field is set only if mpt_arguments_has(), unless its comment names a default. */
typedef struct mpt_arguments {
    const mpt_report *report;
    uint32_t presence; /* bit 1 << mpt_arg for each option given */
    uint32_t stream;   /* connection id of `list` */
    uint32_t token;
    mpt_endpoint address; /* port 0 */
    uint16_t port;
    mpt_format format; /* the report's usual one, unless given */
    char *file;        /* owned; NULL: stdout, also where "-" was given */
    int64_t from_ns;   /* since the earliest frame; default 0 */
    int64_t to_ns;     /* default INT64_MAX; from_ns < to_ns; a segment counts if from <= time < to */
    mpt_direction direction;
    mpt_vantage_request vantage;      /* its lists are owned */
    mpt_clock clock;                  /* default MPT_CLOCK_DRIFT */
    char *type;                       /* owned; a name: lower-case letters, digits, '_', '-' */
    int64_t window_ns;                /* > 0 */
    mpt_follow_mode follow_mode;      /* of mpt_follow_report */
    uint32_t first_chunk, last_chunk; /* of mpt_follow_report: which to print, from 1 on */
    char *filter;                     /* owned; NULL without; not compiled here */
    char *filter_hint; /* owned; NULL, or what to add to the error when `filter` does not compile */
} mpt_arguments;

typedef enum mpt_arguments_result {
    MPT_ARGUMENTS_OK,
    MPT_ARGUMENTS_NO_REPORT, /* "-z mptcp" alone: print mpt_arguments_help() and fail */
    MPT_ARGUMENTS_ERROR      /* *error is set */
} mpt_arguments_result;

/* Parses `text`, the whole -z string with its leading "mptcp". OK fills *arguments, which the caller clears
 * with mpt_arguments_clear(). Otherwise *arguments is empty (clearing it is allowed), and for ERROR *error is
 * one sentence that says what is wrong and what would be right, printable, without newline, to be freed with
 * g_free(). `arguments` need not be initialised. Any bytes are allowed in `text`. */
mpt_arguments_result mpt_arguments_parse(const char *text, mpt_arguments *arguments, char **error);

/* The arguments of a report without options; nothing in them is owned. */
mpt_arguments mpt_arguments_of(const mpt_report *report);

/* Frees what is owned and zeroes the rest. NULL and zeroed structs are allowed. */
void mpt_arguments_clear(mpt_arguments *arguments);

static inline bool mpt_arguments_has(const mpt_arguments *arguments, mpt_arg arg)
{
    return (arguments->presence >> arg) & 1u;
}

/* Appends the reports and options of this build, a line each, at most 32 lines of at most 79 columns. */
void mpt_arguments_help(GString *out);

#endif
