/* json_document.c - see json_document.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "json_document.h"

#include "plugin/report/common/connection_json.h"
#include "plugin/report/common/figures.h"
#include "plugin/report/diagnose/diagnose.h"
#include "plugin/report/format/json.h"
#include "plugin/report/list/tcp.h"
#include "plugin/report/paths/paths.h"
#include "plugin/report/reinjections/reinjections.h"

struct mpt_json_document {
    mpt_sink *sink;
    const mpt_report_context *capture;
    GPtrArray *reports[MPT_REPORTS]; /* const mpt_report_context *; NULL: none asked for */
    GPtrArray *all;
};

/* What each report adds: to the connections, and as an array of its own. */
static const struct section {
    unsigned detail;
    const char *array;
    /* Writes the elements for the `reports`, contexts of this report. */
    void (*write)(mpt_json *json, const GPtrArray *reports);
    /* Writes further members beside the array; NULL: none. */
    void (*write_more)(mpt_json *json, const GPtrArray *reports);
} SECTIONS[MPT_REPORTS] = {
    [MPT_REPORT_TCP] = {.array = "tcp", .write = mpt_tcp_json},
    [MPT_REPORT_DIAGNOSE] = {.array = "findings", .write = mpt_diagnose_json},
    [MPT_REPORT_EVENTS] = {.detail = MPT_DETAIL_EVENTS},
    [MPT_REPORT_REINJECTIONS] = {.array = "reinjections", .write = mpt_reinjections_json},
    [MPT_REPORT_PATHS] = {.array = "paths", .write = mpt_paths_json, .write_more = mpt_paths_json_more},
};

mpt_json_document *mpt_json_document_begin(mpt_sink *sink, const mpt_report_context *x)
{
    mpt_json_document *document = g_new0(mpt_json_document, 1);

    document->sink = sink;
    document->capture = x;
    document->all = g_ptr_array_new();
    return document;
}

void mpt_json_document_add(mpt_json_document *document, const mpt_report_context *x)
{
    GPtrArray **reports = &document->reports[x->arguments->report];

    if (!*reports)
        *reports = g_ptr_array_new();
    g_ptr_array_add(*reports, (gpointer)x);
    g_ptr_array_add(document->all, (gpointer)x);
}

static void write_generator(mpt_json *json, const mpt_report_context *x)
{
    mpt_json_member_object_inline(json, "generator");
    mpt_json_member_string(json, "name", "mptcpscope");
    mpt_json_member_string(json, "version", MPT_VERSION);
    mpt_json_member_string(json, "wireshark", x->wireshark_version);
    mpt_json_end_object(json);
}

/* Beyond the limits that only an attack reaches; absent where nothing was left out. */
static void write_dropped(mpt_json *json, const mpt_engine_counts *counts)
{
    if (counts->connections_dropped + counts->subflows_dropped + counts->events_dropped +
            counts->segments_dropped + counts->payload_dropped ==
        0)
        return;
    mpt_json_member_object_inline(json, "dropped");
    mpt_json_member_uint(json, "connections", counts->connections_dropped);
    mpt_json_member_uint(json, "subflows", counts->subflows_dropped);
    mpt_json_member_uint(json, "events", counts->events_dropped);
    mpt_json_member_uint(json, "segments", counts->segments_dropped);
    mpt_json_member_uint(json, "payload", counts->payload_dropped);
    mpt_json_end_object(json);
}

static void write_capture(mpt_json *json, const mpt_report_context *x)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(x->engine);

    mpt_json_member_object(json, "capture");
    mpt_json_member_uint(json, "tcp_segments", counts->segments);
    mpt_json_member_uint(json, "tcp_without_mptcp", mpt_metrics_plain_tcp(x->engine));
    mpt_figures_json(json, &MPT_COUNT_FIGURES, counts);
    write_dropped(json, counts);
    mpt_json_key(json, "start");
    if (counts->has_earliest)
        mpt_json_seconds_string(json, counts->earliest_ns);
    else
        mpt_json_null(json);
    mpt_json_end_object(json);
}

static unsigned detail_of(const mpt_arguments *a)
{
    return SECTIONS[a->report].detail |
           (mpt_arguments_has(a, MPT_ARG_FULL) ? MPT_DETAIL_FULL | MPT_DETAIL_EVENTS : 0u);
}

/* What the reports want of this connection, put together. False: nothing. */
static bool wanted(const mpt_json_document *document, const mpt_connection_view *v, unsigned *detail,
                   unsigned *directions)
{
    *detail = *directions = 0;
    for (guint i = 0; i < document->all->len; i++) {
        const mpt_report_context *x = g_ptr_array_index(document->all, i);

        if (!mpt_report_selected(x, v))
            continue;
        *detail |= detail_of(x->arguments);
        *directions |= mpt_report_directions(x->arguments);
    }
    return *directions != 0;
}

static void write_connections(const mpt_json_document *document, mpt_json *json)
{
    const mpt_report_context *x = document->capture;

    mpt_json_member_array(json, "connections");
    for (guint id = 0; id < x->connections->len; id++) {
        mpt_connection_view v;
        unsigned detail, directions;

        mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, id), id, &v);
        if (wanted(document, &v, &detail, &directions))
            mpt_connection_json(json, &v, detail, directions, x->engine);
        mpt_metrics_clear(&v);
    }
    mpt_json_end_array(json);
}

static void write_sections(const mpt_json_document *document, mpt_json *json)
{
    for (unsigned report = 0; report < MPT_REPORTS; report++) {
        if (!document->reports[report] || !SECTIONS[report].write)
            continue;
        mpt_json_member_array(json, SECTIONS[report].array);
        SECTIONS[report].write(json, document->reports[report]);
        mpt_json_end_array(json);
        if (SECTIONS[report].write_more)
            SECTIONS[report].write_more(json, document->reports[report]);
    }
}

void mpt_json_document_end(mpt_json_document *document)
{
    mpt_json *json = mpt_json_new(document->sink);

    mpt_json_begin_object(json);
    mpt_json_member_uint(json, "schema", 1);
    write_generator(json, document->capture);
    write_capture(json, document->capture);
    write_connections(document, json);
    write_sections(document, json);
    mpt_json_end_object(json);
    mpt_json_finish(json);
    mpt_json_free(json);
    for (unsigned report = 0; report < MPT_REPORTS; report++)
        if (document->reports[report])
            g_ptr_array_free(document->reports[report], TRUE);
    g_ptr_array_free(document->all, TRUE);
    g_free(document);
}
