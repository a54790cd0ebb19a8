/* plot_html.c - graphs as one HTML file, drawn by dygraphs, which is in it. See plot_internal.h.
 *
 * Invariant: what comes from the capture is escaped where it becomes HTML, in mpt_plot_escape() alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "plot_internal.h"
#include "plugin/report/common/account.h"
#include "plugin/report/common/finding_groups.h"
#include "plugin/report/common/finding_text.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/overview.h"
#include "plugin/report/events/event_text.h"
#include "plugin/report/format/table.h"
#include "plugin/report/paths/path_hops.h"
#include "tap/engine/base/units.h"
#include "tap/engine/findings/findings.h"

#ifdef MPT_HAVE_DYGRAPHS

#include <gio/gio.h>

#include "mpt_page.h"

bool mpt_plot_has_html(void)
{
    return true;
}

/* --- the files that are part of the page --- */

static void put_resource(mpt_sink *sink, const char *name, bool escaped)
{
    char *path = g_strconcat("/mptcpscope/", name, NULL);
    GBytes *bytes = g_resource_lookup_data(mpt_page_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    /* The name of a file that is not here. */
    char *map = strstr(text, "//# sourceMappingURL=");

    if (!map)
        map = strstr(text, "/*# sourceMappingURL=");
    if (map)
        *map = '\0';
    if (escaped) {
        char *html = g_markup_escape_text(text, -1);
        mpt_sink_puts(sink, html);
        g_free(html);
    } else {
        mpt_sink_puts(sink, text);
    }
    g_free(text);
    g_bytes_unref(bytes);
    g_free(path);
}

/* --- tables --- */

static const char *cell_class(const mpt_column *column)
{
    return mpt_column_is_number(column) || column->flags & MPT_COLUMN_RIGHT ? " class=\"n\"" : "";
}

static void put_table(mpt_sink *sink, const mpt_table *table)
{
    GString *text = g_string_new(NULL);

    mpt_sink_puts(sink, "<div class=\"wide\"><table><thead><tr>");
    for (size_t c = 0; c < mpt_table_columns(table); c++) {
        const mpt_column *column = mpt_table_column(table, c);
        mpt_sink_printf(sink, "<th%s>", cell_class(column));
        mpt_plot_escape(sink, column->title ? column->title : column->name);
        mpt_sink_puts(sink, "</th>");
    }
    mpt_sink_puts(sink, "</tr></thead>\n<tbody>\n");
    for (size_t r = 0; r < mpt_table_rows(table); r++) {
        mpt_sink_puts(sink, "<tr>");
        for (size_t c = 0; c < mpt_table_columns(table); c++) {
            g_string_truncate(text, 0);
            mpt_table_readable(table, r, c, text);
            mpt_sink_printf(sink, "<td%s>", cell_class(mpt_table_column(table, c)));
            mpt_plot_escape(sink, text->str);
            mpt_sink_puts(sink, "</td>");
        }
        mpt_sink_puts(sink, "</tr>\n");
    }
    mpt_sink_puts(sink, "</tbody></table></div>\n");
    g_string_free(text, TRUE);
}

#define FLOWS_LIST(X)                                                                                        \
    X(FLOW, MPT_ID, "subflow")                                                                               \
    X(FLOW_CLIENT, MPT_TEXT, "client")                                                                       \
    X(FLOW_SERVER, MPT_TEXT, "server")                                                                       \
    X(FLOW_STATE, MPT_TEXT, "state")                                                                         \
    X(FLOW_SHARE, MPT_PERCENT, "share")                                                                      \
    X(FLOW_PAYLOAD, MPT_BYTES, "payload", .title = "payload bytes")                                          \
    X(FLOW_AGAIN, MPT_BYTES, "retransmitted")                                                                \
    X(FLOW_REINJECTED, MPT_BYTES, "reinjected")                                                              \
    X(FLOW_RATE, MPT_RATE_BPS, "throughput")                                                                 \
    X(FLOW_RTT, MPT_DURATION, "rtt", .title = "median RTT")
MPT_COLUMNS(FLOWS, FLOW_COLUMNS, FLOWS_LIST);

static void put_subflows(mpt_sink *sink, const mpt_plot *plot)
{
    mpt_table *table = mpt_table_new(FLOWS, FLOW_COLUMNS);
    char text[MPT_ENDPOINT_TEXT];

    for (uint32_t i = 0; i < plot->view.subflow_count; i++) {
        const mpt_subflow_view *s = &plot->view.subflows[i];
        const mpt_subflow_direction *d = &s->direction[plot->request.direction];

        mpt_table_begin_row(table);
        mpt_table_set_uint(table, FLOW, s->id);
        mpt_table_set_text(table, FLOW_CLIENT, mpt_endpoint_text(mpt_metrics_endpoint(s, MPT_CLIENT), text));
        mpt_table_set_text(table, FLOW_SERVER, mpt_endpoint_text(mpt_metrics_endpoint(s, MPT_SERVER), text));
        mpt_table_set_text(table, FLOW_STATE, mpt_subflow_state_phrase(s->subflow));
        mpt_table_set_double(table, FLOW_SHARE, 100 * d->share);
        mpt_table_set_uint(table, FLOW_PAYLOAD, d->bytes.payload_bytes);
        mpt_table_set_uint(table, FLOW_AGAIN, d->bytes.retrans_bytes);
        mpt_table_set_uint(table, FLOW_REINJECTED, d->bytes.reinjected_bytes);
        mpt_table_set_double(table, FLOW_RATE, d->bytes.throughput);
        if (d->rtt.samples)
            mpt_table_set_ns(table, FLOW_RTT, d->rtt.median_ns);
    }
    put_table(sink, table);
    mpt_table_free(table);
}

#define EVENTS_LIST(X)                                                                                       \
    X(EVENT_TIME, MPT_SECONDS_NS, "time", .title = "seconds")                                                \
    X(EVENT_FRAME, MPT_ID, "frame")                                                                          \
    X(EVENT_SUBFLOW, MPT_ID, "subflow")                                                                      \
    X(EVENT_TYPE, MPT_TEXT, "event")                                                                         \
    X(EVENT_TEXT, MPT_TEXT, "text", .title = "what happened")
MPT_COLUMNS(EVENTS, EVENT_COLUMNS, EVENTS_LIST);

static void event_row(mpt_table *table, const mpt_plot *plot, guint i)
{
    const mpt_event *e = &g_array_index(plot->events, mpt_event, i);
    uint32_t subflow = mpt_metrics_subflow_of(&plot->view, e->owner)->id;
    mpt_event_pairs pairs;
    GString *text = g_string_new(NULL);

    mpt_event_pair(&plot->view, plot->events, i, &pairs);
    mpt_event_text(&plot->view, e, &pairs, text);
    mpt_table_begin_row(table);
    mpt_table_set_ns(table, EVENT_TIME, e->time_ns - plot->view.epoch_ns);
    if (e->frame)
        mpt_table_set_uint(table, EVENT_FRAME, e->frame);
    if (subflow != MPT_NO_SUBFLOW)
        mpt_table_set_uint(table, EVENT_SUBFLOW, subflow);
    mpt_table_set_text(table, EVENT_TYPE, mpt_event_name(e));
    mpt_table_set_text(table, EVENT_TEXT, text->str);
    g_string_free(text, TRUE);
}

static void put_events(mpt_sink *sink, const mpt_plot *plot)
{
    mpt_table *table = mpt_table_new(EVENTS, EVENT_COLUMNS);
    guint n = MIN(plot->events->len, MPT_PLOT_EVENTS);

    for (guint i = 0; i < n; i++)
        event_row(table, plot, i);
    mpt_sink_printf(sink, "<details><summary>Events: %u%s</summary>\n", plot->events->len,
                    n < plot->events->len ? ", the first 2,000 are listed" : "");
    put_table(sink, table);
    mpt_sink_puts(sink, "</details>\n");
    mpt_table_free(table);
}

/* --- summary and findings --- */

/* Writes a row with the value, which is empty then. */
static void put_line(mpt_sink *sink, const char *what, GString *value)
{
    mpt_sink_printf(sink, "<tr><th>%s</th><td>", what);
    mpt_plot_escape(sink, value->str);
    mpt_sink_puts(sink, "</td></tr>\n");
    g_string_truncate(value, 0);
}

static void put_account(mpt_sink *sink, const mpt_plot *plot)
{
    GPtrArray *account = mpt_account(plot->context, &plot->view);

    if (!account)
        return;
    mpt_sink_puts(sink, "<p class=\"account\">");
    for (guint i = 0; i < account->len; i++) {
        mpt_plot_escape(sink, g_ptr_array_index(account, i));
        mpt_sink_puts(sink, i + 1 < account->len ? "\n" : "</p>\n");
    }
    g_ptr_array_unref(account);
}

static void put_figures(mpt_sink *sink, const mpt_plot *plot)
{
    const mpt_connection_direction *d = &plot->view.direction[plot->request.direction];
    GString *text = g_string_new(NULL);

    mpt_sink_puts(sink, "<table>\n");
    mpt_overview_kind(&plot->view, text);
    put_line(sink, "Kind", text);
    mpt_units_duration(text, plot->view.end_ns - plot->view.start_ns);
    put_line(sink, "Duration", text);
    mpt_overview_bytes(text, d->data.dsn_unique_bytes);
    put_line(sink, "Application data", text);
    mpt_units_rate(text, d->data.goodput);
    put_line(sink, "Goodput", text);
    mpt_units_rate(text, d->bytes.throughput);
    put_line(sink, "Throughput", text);
    mpt_overview_bytes(text, d->bytes.retrans_bytes);
    put_line(sink, "Retransmitted", text);
    mpt_overview_bytes(text, d->bytes.reinjected_bytes);
    put_line(sink, "Reinjected", text);
    mpt_sink_puts(sink, "</table>\n");
    g_string_free(text, TRUE);
}

static void put_text_report(const mpt_report_context *x, mpt_sink *sink)
{
    mpt_arguments arguments = *x->arguments;
    mpt_report_context overview = *x;
    GString *sentence = g_string_new(NULL);
    mpt_sink *text = mpt_sink_new_memory();
    char *escaped;

    arguments.report = mpt_registry_overview();
    arguments.format = MPT_FORMAT_TEXT;
    overview.arguments = &arguments;
    mpt_report_print(&overview, text, sentence);
    escaped = g_markup_escape_text(mpt_sink_text(text, NULL), -1);
    mpt_sink_puts(sink, "<details><summary>Report of the capture as text</summary><pre>");
    mpt_sink_puts(sink, escaped);
    mpt_sink_puts(sink, "</pre></details>\n");
    g_free(escaped);
    g_string_free(sentence, TRUE);
    mpt_sink_free(text);
}

static void put_finding(mpt_sink *sink, const mpt_finding_group *group, const char *const *points)
{
    const mpt_finding *f = &group->first;
    char text[MPT_RFC_TEXT], *sentence = mpt_finding_sentence(f, points);
    const char *rfc = mpt_finding_rfc_text(f, text);
    GString *extent = g_string_new(NULL);

    mpt_sink_printf(sink, "<li class=\"%s\"><b>%s</b>: ", mpt_severity_label(f->severity)->name,
                    mpt_severity_label(f->severity)->name);
    mpt_plot_escape(sink, sentence);
    g_free(sentence);
    mpt_sink_puts(sink, " <span class=\"soft\">(");
    mpt_plot_escape(sink, rfc ? rfc : mpt_finding_name(f->id));
    if (f->frame)
        mpt_sink_printf(sink, ", frame %u", f->frame);
    mpt_sink_puts(sink, ")");
    mpt_finding_group_extent(group, extent);
    if (extent->len)
        mpt_sink_puts(sink, " ");
    mpt_plot_escape(sink, extent->str);
    g_string_free(extent, TRUE);
    mpt_sink_puts(sink, "</span></li>\n");
}

static void put_findings(mpt_sink *sink, const mpt_plot *plot)
{
    mpt_path_hops *ways = mpt_path_hops_new(plot->context);
    mpt_finding_groups *all = mpt_finding_groups_new(mpt_path_hops_names(ways), false);
    bool any = false;

    mpt_finding_groups_add(all,
                           mpt_findings_of_ways(plot->context->engine, &plot->view,
                                                mpt_path_hops_of(ways, plot->view.id),
                                                plot->context->reinjections),
                           &plot->view);
    mpt_sink_puts(sink, "<h2>Findings</h2>\n");
    for (unsigned s = 0; s < MPT_SEVERITIES; s++) {
        const GPtrArray *groups = mpt_finding_groups_of(all, s);
        for (guint i = 0; i < groups->len; i++) {
            mpt_sink_puts(sink, any ? "" : "<ul class=\"findings\">\n");
            put_finding(sink, g_ptr_array_index(groups, i), mpt_path_hops_names(ways));
            any = true;
        }
    }
    mpt_sink_puts(sink, any ? "</ul>\n" : "<p>Nothing out of the ordinary.</p>\n");
    mpt_finding_groups_free(all);
    mpt_path_hops_free(ways);
}

/* --- the page --- */

static void put_head(mpt_sink *sink, const char *title)
{
    mpt_sink_puts(sink,
                  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src "
                  "'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\">\n<title>");
    mpt_plot_escape(sink, title);
    mpt_sink_puts(sink, "</title>\n<style>\n");
    put_resource(sink, "dygraph.min.css", false);
    put_resource(sink, "page.css", false);
    mpt_sink_puts(sink, "</style>\n</head>\n<body>\n<main>\n<h1>");
    mpt_plot_escape(sink, title);
    mpt_sink_puts(sink, "</h1>\n");
}

static void put_graphs(const mpt_report_context *x, mpt_sink *sink)
{
    GString *left_out = g_string_new(NULL);

    mpt_sink_puts(sink, "<h2>Graphs</h2>\n<noscript><p>The graphs need JavaScript.</p></noscript>\n");
    if (mpt_plot_left_out(x->collected, left_out))
        mpt_sink_printf(sink, "<p>Not complete: %s.</p>\n", left_out->str);
    mpt_sink_puts(sink, "<div id=\"graphs\"></div>\n");
    g_string_free(left_out, TRUE);
}

static void put_foot(const mpt_report_context *x, mpt_sink *sink)
{
    mpt_sink_puts(sink, "</main>\n<footer class=\"soft\">\n<p>mptcpscope " MPT_VERSION ", Wireshark ");
    mpt_plot_escape(sink, x->wireshark_version ? x->wireshark_version : "");
    mpt_sink_puts(sink,
                  "</p>\n<details><summary>The graphs are drawn by dygraphs: its licence</summary><pre>");
    put_resource(sink, "dygraphs-copyright.txt", true);
    mpt_sink_puts(sink, "</pre></details>\n</footer>\n");
}

void mpt_plot_html(const mpt_report_context *x, mpt_plot *plot, mpt_sink *sink)
{
    GString *title = g_string_new(NULL);

    if (plot)
        mpt_plot_title(plot, title);
    else
        g_string_append(title, "No Multipath TCP in this capture");
    mpt_page_register_resource();
    put_head(sink, title->str);
    if (plot) {
        put_account(sink, plot);
        put_figures(sink, plot);
        put_subflows(sink, plot);
        put_findings(sink, plot);
        put_events(sink, plot);
    }
    put_text_report(x, sink);
    if (plot)
        put_graphs(x, sink);
    put_foot(x, sink);
    if (plot) {
        mpt_plot_data(plot, sink);
        mpt_sink_puts(sink, "<script>\n");
        put_resource(sink, "dygraph.min.js", false);
        mpt_sink_puts(sink, "</script>\n<script>\n");
        put_resource(sink, "page.js", false);
        mpt_sink_puts(sink, "</script>\n");
    }
    mpt_sink_puts(sink, "</body>\n</html>\n");
    mpt_page_unregister_resource();
    g_string_free(title, TRUE);
}

#else /* !MPT_HAVE_DYGRAPHS */

bool mpt_plot_has_html(void)
{
    return false;
}

void mpt_plot_html(const mpt_report_context *x, mpt_plot *plot, mpt_sink *sink)
{
    (void)x;
    (void)plot;
    (void)sink;
    g_assert_not_reached();
}

#endif
