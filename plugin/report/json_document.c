/* json_document.c - see json_document.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "json_document.h"

#include "plugin/report/common/account.h"
#include "plugin/report/common/connection_json.h"
#include "plugin/report/common/figures.h"
#include "plugin/report/format/json.h"
#include "registry.h"

struct mpt_json_document {
    mpt_sink *sink;
    const mpt_report_context *capture;
    GPtrArray *all; /* const mpt_report_context * */
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
    return a->report->json.detail |
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

/* Of the first report that shows it; NULL: none does. */
static GPtrArray *account_of(const mpt_json_document *document, const mpt_connection_view *v)
{
    for (guint i = 0; i < document->all->len; i++) {
        const mpt_report_context *x = g_ptr_array_index(document->all, i);

        if (detail_of(x->arguments) & MPT_DETAIL_ACCOUNT && mpt_report_selected(x, v) &&
            (x->arguments->format == MPT_FORMAT_NDJSON || mpt_account_of_one(x)))
            return mpt_account(x, v);
    }
    return NULL;
}

static void write_connection(const mpt_json_document *document, mpt_json *json, const mpt_connection_view *v,
                             unsigned detail, unsigned directions)
{
    GPtrArray *account = account_of(document, v);

    mpt_connection_json(json, v, detail, directions, account, document->capture);
    if (account)
        g_ptr_array_unref(account);
}

static void write_connections(const mpt_json_document *document, mpt_json *json)
{
    const mpt_report_context *x = document->capture;

    mpt_json_member_array(json, "connections");
    for (mpt_connection_view v = {0}; mpt_metrics_next(x->engine, x->connections, &v);) {
        unsigned detail, directions;

        if (!wanted(document, &v, &detail, &directions))
            continue;
        mpt_json_begin_object(json);
        write_connection(document, json, &v, detail, directions);
        mpt_json_end_object(json);
    }
    mpt_json_end_array(json);
}

static void write_section(const mpt_json_document *document, mpt_json *json, const mpt_report *report)
{
    GPtrArray *asked = g_ptr_array_new();

    for (guint i = 0; i < document->all->len; i++) {
        const mpt_report_context *x = g_ptr_array_index(document->all, i);

        if (x->arguments->report == report)
            g_ptr_array_add(asked, (gpointer)x);
    }
    if (asked->len > 0 && report->json.array) {
        mpt_json_member_array(json, report->json.array);
        report->json.write(json, asked);
        mpt_json_end_array(json);
        if (report->json.write_more)
            report->json.write_more(json, asked);
    }
    g_ptr_array_free(asked, TRUE);
}

void mpt_json_document_free(mpt_json_document *document)
{
    g_ptr_array_free(document->all, TRUE);
    g_free(document);
}

/* True if report i selects v (NULL: anything), and none before it of the same kind does. */
static bool is_first_of(const mpt_json_document *document, guint i, const mpt_connection_view *v)
{
    const mpt_report_context *x = g_ptr_array_index(document->all, i);

    for (guint k = 0; k < i; k++) {
        const mpt_report_context *before = g_ptr_array_index(document->all, k);

        if (before->arguments->report == x->arguments->report && (!v || mpt_report_selected(before, v)))
            return false;
    }
    return !v || mpt_report_selected(x, v);
}

void mpt_json_document_end(mpt_json_document *document)
{
    mpt_json *json = mpt_json_new(document->sink);
    const mpt_report *report;

    mpt_json_begin_object(json);
    mpt_json_member_uint(json, "schema", 1);
    write_generator(json, document->capture);
    write_capture(json, document->capture);
    write_connections(document, json);
    for (unsigned i = 0; (report = mpt_registry_at(i)) != NULL; i++)
        write_section(document, json, report);
    mpt_json_end_object(json);
    mpt_json_finish(json);
    mpt_json_free(json);
    mpt_json_document_free(document);
}

/* --- lines --- */

static mpt_json *begin_line(const mpt_json_document *document, const char *type)
{
    mpt_json *json = mpt_json_new(document->sink);

    mpt_json_begin_object_inline(json);
    mpt_json_member_string(json, "type", type);
    return json;
}

static void end_line(mpt_json *json)
{
    mpt_json_end_object(json);
    mpt_json_finish(json);
    mpt_json_free(json);
}

bool mpt_json_document_line(const mpt_json_document *document, const mpt_connection_view *v)
{
    unsigned detail, directions;
    mpt_json *json;

    if (!wanted(document, v, &detail, &directions))
        return false;
    json = begin_line(document, "connection");
    write_connection(document, json, v, detail, directions);
    for (guint i = 0; i < document->all->len; i++) {
        const mpt_report_context *x = g_ptr_array_index(document->all, i);

        if (is_first_of(document, i, v) && x->arguments->report->json.write_line)
            x->arguments->report->json.write_line(json, x, v);
    }
    end_line(json);
    return true;
}

void mpt_json_document_last_line(mpt_json_document *document)
{
    mpt_json *json = begin_line(document, "capture");

    mpt_json_member_uint(json, "schema", 1);
    write_generator(json, document->capture);
    write_capture(json, document->capture);
    for (guint i = 0; i < document->all->len; i++) {
        const mpt_report_context *x = g_ptr_array_index(document->all, i);

        if (is_first_of(document, i, NULL) && x->arguments->report->json.write_last_line)
            x->arguments->report->json.write_last_line(json, x);
    }
    end_line(json);
    mpt_json_document_free(document);
}
