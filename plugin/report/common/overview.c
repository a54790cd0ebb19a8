/* overview.c - see overview.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "overview.h"

#include <string.h>

#include "labels.h"
#include "plugin/report/format/csv.h"
#include "plugin/report/format/text.h"
#include "tap/engine/base/units.h"

static void append_count(GString *out, uint64_t n, const char *one, const char *many)
{
    mpt_units_grouped(out, n);
    g_string_append_c(out, ' ');
    g_string_append(out, n == 1 ? one : many);
}

/* What the capture lacks: a line each where there is any. */
static void write_lacks(const mpt_engine_counts *counts, mpt_sink *sink)
{
    const struct lack {
        uint64_t count;
        const char *one, *many;
    } lacks[] = {
        {counts->twice.segments, "segment is a copy of a packet already captured; it is counted once",
         "segments are copies of packets already captured; each packet is counted once"},
        {counts->cut_options, "segment has TCP options cut by the snaplen; figures may be incomplete",
         "segments have TCP options cut by the snaplen; figures may be incomplete"},
        {counts->malformed_options, "segment has a malformed MPTCP option",
         "segments have malformed MPTCP options"},
        {counts->late_segments, "segment was out of time order by more than the look-back",
         "segments were out of time order by more than the look-back"},
        {counts->lost_segments, "segment could not be read: its options are cut or malformed",
         "segments could not be read: their options are cut or malformed"},
        {counts->connections_dropped, "TCP connection of MPTCP connections above the limit was left out",
         "TCP connections of MPTCP connections above the limit were left out"},
        {counts->subflows_dropped, "subflow above the limit was left out",
         "subflows above the limit were left out"},
        {counts->events_dropped, "event above the limit was left out",
         "events above the limit were left out"},
        {counts->segments_dropped, "segment of TCP connections above the limit was left out",
         "segments of TCP connections above the limit were left out"},
        {counts->payload_dropped, "segment or mapping exceeded the memory limit; its bytes count as unmapped",
         "segments and mappings exceeded the memory limit; their bytes count as unmapped"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(lacks); i++) {
        if (lacks[i].count == 0)
            continue;
        GString *line = g_string_new("Note: ");
        append_count(line, lacks[i].count, lacks[i].one, lacks[i].many);
        g_string_append_c(line, '.');
        mpt_text_paragraph(sink, 0, 2, line->str);
        g_string_free(line, TRUE);
    }
}

static void write_window(const mpt_arguments *a, mpt_sink *sink)
{
    bool from = mpt_arguments_has(a, MPT_ARG_FROM), to = mpt_arguments_has(a, MPT_ARG_TO);

    if (!from && !to)
        return;
    GString *line = g_string_new("Counted: segments ");
    if (from) {
        g_string_append(line, "from ");
        mpt_units_seconds(line, a->from_ns, 9);
        g_string_append(line, to ? " s on and " : " s on");
    }
    if (to) {
        g_string_append(line, "before ");
        mpt_units_seconds(line, a->to_ns, 9);
        g_string_append(line, " s");
    }
    g_string_append(line, " (since the earliest frame).");
    mpt_text_paragraph(sink, 0, 2, line->str);
    g_string_free(line, TRUE);
}

/* Appends ", 1 of them fell back to TCP" and the like for the kinds that are there. */
static void append_kinds(const mpt_report_context *x, bool cut, GString *line)
{
    uint64_t fell_back = 0, partial = 0, unanswered = 0;

    for (guint i = 0; i < x->connections->len; i++) {
        const mpt_connection *c = g_ptr_array_index(x->connections, i);
        mpt_connection_kind kind = mpt_connection_get_kind(c);
        fell_back += kind == MPT_KIND_TCP || mpt_connection_get_fallback(c) != MPT_FALLBACK_NONE;
        partial += kind == MPT_KIND_MPTCP_PARTIAL;
        unanswered += kind == MPT_KIND_UNANSWERED;
    }
    const struct part {
        uint64_t count;
        const char *words;
    } parts[] = {
        {fell_back, "fell back to TCP"},
        {partial, cut ? "without MP_CAPABLE in what was captured" : "MP_CAPABLE not captured"},
        {unanswered, "unanswered"},
    };
    const char *open = " (";
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].count == 0)
            continue;
        g_string_append(line, open);
        if (x->connections->len > 1) {
            mpt_units_grouped(line, parts[i].count);
            g_string_append_c(line, ' ');
        }
        g_string_append(line, parts[i].words);
        open = ", ";
    }
    if (open[0] == ',')
        g_string_append_c(line, ')');
}

void mpt_overview_capture(const mpt_report_context *x, mpt_sink *sink)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(x->engine);
    uint64_t plain = mpt_metrics_plain_tcp(x->engine);
    bool cut = counts->cut_options > 0;
    GString *line = g_string_new(NULL);

    if (x->connections->len > 0)
        append_count(line, x->connections->len, "MPTCP connection", "MPTCP connections");
    else
        g_string_append(line, cut ? "No MPTCP in what was captured" : "No MPTCP in this capture");
    append_kinds(x, cut, line);
    if (plain > 0) {
        g_string_append(line, ", ");
        append_count(line, plain, "TCP connection without MPTCP", "TCP connections without MPTCP");
        g_string_append(line, cut ? " as far as captured" : "");
    }
    g_string_append(line, "; ");
    append_count(line, counts->segments, "TCP segment", "TCP segments");
    g_string_append_c(line, '.');
    mpt_text_paragraph(sink, 0, 2, line->str);
    g_string_free(line, TRUE);
    write_window(x->arguments, sink);
    write_lacks(counts, sink);
    if (x->capture_notes)
        mpt_text_paragraph(sink, 0, 2, x->capture_notes);
}

void mpt_overview_bytes(GString *out, uint64_t bytes)
{
    append_count(out, bytes, "byte", "bytes");
}

static void append_kind(const mpt_connection_view *v, GString *out)
{
    static const char *const kinds[] = {
        [MPT_KIND_MPTCP] = "MPTCP",
        [MPT_KIND_MPTCP_PARTIAL] = "MPTCP, MP_CAPABLE not captured",
        [MPT_KIND_UNANSWERED] = "asked for MPTCP, unanswered",
        [MPT_KIND_TCP] = "asked for MPTCP, not accepted",
    };

    g_string_append(out, kinds[v->kind]);
    if (v->kind == MPT_KIND_MPTCP && v->version.known)
        mpt_units_plain(g_string_append(out, " v"), (uint64_t)v->version.value);
    if (v->version.known && v->connection->version_syn >= 0 && v->connection->version_syn != v->version.value)
        g_string_append_printf(out, " (asked for v%d)", v->connection->version_syn);
}

void mpt_overview_kind(const mpt_connection_view *v, GString *out)
{
    append_kind(v, out);
    if (v->fallback != MPT_FALLBACK_NONE)
        g_string_append_printf(out, ", fell back to TCP: %s", mpt_fallback_phrase(v->fallback));
}

/* Appends "closed by both, the client first", ... */
static void append_close(const mpt_connection_view *v, GString *out)
{
    const char *by = v->close_by.known ? mpt_role_name((mpt_role)v->close_by.value) : NULL;

    switch (v->close) {
    case MPT_CLOSE_OPEN:
        g_string_append(out, "still open");
        break;
    case MPT_CLOSE_DATA_FIN:
        g_string_append(out, "closed normally");
        if (by)
            g_string_append(g_string_append(g_string_append(out, ", "), by), " first");
        break;
    case MPT_CLOSE_FASTCLOSE:
    case MPT_CLOSE_RESET:
        g_string_append(out, v->close == MPT_CLOSE_RESET ? "reset" : "aborted");
        if (by)
            g_string_append_printf(out, " by the %s", by);
        g_string_append(out, v->close == MPT_CLOSE_RESET ? "" : " (MP_FASTCLOSE)");
        break;
    }
}

/* Appends "2 subflows (1 refused)". */
static void append_subflows(const mpt_connection_view *v, GString *out)
{
    static const char *const failed[] = {"reset", "refused", "SYN sent", "incomplete"};
    const char *open = " (";

    append_count(out, v->subflow_count, "subflow", "subflows");
    for (size_t k = 0; k < G_N_ELEMENTS(failed); k++) {
        uint64_t n = 0;
        for (uint32_t i = 0; i < v->subflow_count; i++)
            n += strcmp(mpt_subflow_state_phrase(v->subflows[i].subflow), failed[k]) == 0;
        if (n == 0)
            continue;
        g_string_append(out, open);
        mpt_units_grouped(out, n);
        g_string_append_printf(out, " %s", failed[k]);
        open = ", ";
    }
    if (open[0] == ',')
        g_string_append_c(out, ')');
}

void mpt_overview_begin(const mpt_report_context *x, const mpt_column *columns, size_t count, mpt_sink *sink)
{
    if (x->arguments->format == MPT_FORMAT_CSV) {
        mpt_table *table = mpt_table_new(columns, count);
        mpt_csv_header(sink, table);
        mpt_table_free(table);
    } else
        mpt_overview_capture(x, sink);
}

void mpt_overview_connection(const mpt_connection_view *v, mpt_sink *sink)
{
    GString *line = g_string_new(NULL);
    char client[MPT_ENDPOINT_TEXT], server[MPT_ENDPOINT_TEXT];

    mpt_sink_putc(sink, '\n');
    g_string_append(line, "Connection ");
    mpt_units_plain(line, v->id);
    g_string_append(g_string_append(line, ": "), mpt_endpoint_text(&v->end[MPT_CLIENT], client));
    g_string_append(g_string_append(line, " -> "), mpt_endpoint_text(&v->end[MPT_SERVER], server));
    g_string_append(line, ", ");
    append_kind(v, line);
    mpt_text_paragraph(sink, 0, 2, line->str);
    if (v->fallback != MPT_FALLBACK_NONE)
        mpt_sink_printf(sink, "  fell back to TCP: %s\n", mpt_fallback_phrase(v->fallback));
    g_string_truncate(line, 0);
    append_subflows(v, line);
    g_string_append(line, "; lasted ");
    mpt_units_duration(line, v->end_ns - v->start_ns);
    g_string_append(line, " (");
    mpt_units_seconds(line, v->start_ns, 6);
    g_string_append(line, " s to ");
    mpt_units_seconds(line, v->end_ns, 6);
    g_string_append(line, " s); ");
    append_close(v, line);
    mpt_text_paragraph(sink, 2, 2, line->str);
    g_string_free(line, TRUE);
}
