/* summary.c - report `summary`: how much each connection and subflow carried, how fast, and what was lost,
 * late or reinjected.
 *
 * Invariant: all blocks have the figures of a direction in the same order, and name those of which
 * there is none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>
#include <string.h>

#include "plugin/report/common/account.h"
#include "plugin/report/common/connection_json.h"
#include "plugin/report/common/interfaces.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/overview.h"
#include "plugin/report/common/subflows.h"
#include "plugin/report/format/table.h"
#include "plugin/report/format/text.h"
#include "plugin/report/registry.h"
#include "summary_csv.h"
#include "tap/engine/base/units.h"
#include "tap/engine/reinjections/reinjection_figures.h"

/* --- the first table: all connections at a glance, where there are several --- */

#define GLANCE_LIST(X)                                                                                       \
    X(ID, MPT_ID, "id", .title = "id")                                                                       \
    X(CLIENT, MPT_TEXT, "client")                                                                            \
    X(DURATION, MPT_DURATION, "duration")                                                                    \
    X(C2S_BYTES, MPT_SIZE, "c2s", .title = "to server:\ndata")                                               \
    X(C2S_GOODPUT, MPT_RATE_BPS, "c2s_goodput", .title = "goodput")                                          \
    X(S2C_BYTES, MPT_SIZE, "s2c", .title = "to client:\ndata")                                               \
    X(S2C_GOODPUT, MPT_RATE_BPS, "s2c_goodput", .title = "goodput")                                          \
    X(SUBFLOWS, MPT_UINT, "subflows", .title = "sub-\nflows")                                                \
    X(REMARKS, MPT_TEXT, "remarks", .title = "MPTCP")
MPT_COLUMNS(GLANCE, GLANCE_COLUMNS, GLANCE_LIST);

/* "v1", "v1, reset", "fell back", ... */
static void set_remarks(mpt_table *table, const mpt_connection_view *v)
{
    static const char *const kinds[] = {
        [MPT_KIND_MPTCP] = "v",
        [MPT_KIND_MPTCP_PARTIAL] = "no MP_CAPABLE",
        [MPT_KIND_UNANSWERED] = "no answer",
        [MPT_KIND_TCP] = "not accepted",
    };
    static const char *const ends[] = {
        [MPT_CLOSE_OPEN] = ", open",
        [MPT_CLOSE_DATA_FIN] = "",
        [MPT_CLOSE_FASTCLOSE] = ", aborted",
        [MPT_CLOSE_RESET] = ", reset",
    };
    const char *end = v->kind == MPT_KIND_UNANSWERED ? "" : ends[v->close];

    GString *text = g_string_new(NULL);

    if (v->fallback != MPT_FALLBACK_NONE)
        g_string_append(text, "fell back");
    else if (v->kind == MPT_KIND_MPTCP && v->version.known)
        mpt_units_plain(g_string_append(text, "v"), (uint64_t)v->version.value);
    else
        g_string_append(text, v->kind == MPT_KIND_MPTCP ? "yes" : kinds[v->kind]);
    mpt_table_set_text(table, REMARKS, g_string_append(text, end)->str);
    g_string_free(text, TRUE);
}

static void glance_row(mpt_table *table, const mpt_connection_view *v, unsigned directions)
{
    char text[MPT_ENDPOINT_TEXT];

    mpt_table_begin_row(table);
    mpt_table_set_uint(table, ID, v->id);
    mpt_table_set_text(table, CLIENT, mpt_endpoint_text(&v->end[MPT_CLIENT], text));
    mpt_table_set_ns(table, DURATION, v->end_ns - v->start_ns);
    MPT_EACH_DIRECTION (d, directions) {
        mpt_table_set_uint(table, C2S_BYTES + 2 * d, v->direction[d].data.dsn_unique_bytes);
        mpt_table_set_double(table, C2S_GOODPUT + 2 * d, v->direction[d].data.goodput);
    }
    mpt_table_set_uint(table, SUBFLOWS, v->subflow_count);
    set_remarks(table, v);
}

/* --- one direction --- */

/* " (5.3 % of payload)" */
static void append_percent(GString *out, uint64_t part, uint64_t payload)
{
    if (payload == 0)
        return;
    mpt_units_percent(g_string_append(out, " ("), 100.0 * (double)part / (double)payload);
    g_string_append(out, " of payload)");
}

/* The lines of one direction; what there is none of goes into one line at the end. */
typedef struct lines {
    mpt_block *block;
    GString *line;       /* being made */
    const char *none[4]; /* nones of them */
    unsigned nones;
    mpt_maybe_int end; /* mpt_reinjection_figures_end() */
} lines;

static void add_line(lines *l, const char *label)
{
    mpt_block_add(l->block, label, l->line->str);
    g_string_truncate(l->line, 0);
}

/* none: what there is nothing of, as the line at the end names it. */
static void add_none_or(lines *l, const char *label, const char *none)
{
    if (l->line->len > 0)
        add_line(l, label);
    else
        l->none[l->nones++] = none;
}

/* "no gaps, retransmissions or reinjections" */
static void add_none(lines *l)
{
    for (unsigned i = 0; i < l->nones; i++)
        g_string_append_printf(l->line, "%s%s",
                               i == 0              ? "no "
                               : i + 1 == l->nones ? " or "
                                                   : ", ",
                               l->none[i]);
    if (l->nones)
        add_line(l, "");
}

/* "4.712 Mbit/s (750,000 bytes in 1.274 s)" */
static void add_rate(lines *l, const char *label, double bps, uint64_t bytes, const char *what,
                     mpt_maybe_ns time)
{
    if (isfinite(bps))
        mpt_units_rate(l->line, bps);
    else
        g_string_append(l->line, "unknown");
    g_string_append(l->line, " (");
    mpt_units_things(l->line, bytes, what);
    if (time.known)
        mpt_units_duration(g_string_append(l->line, " in "), time.ns);
    g_string_append_c(l->line, ')');
    add_line(l, label);
}

static void add_speed(lines *l, const mpt_connection_direction *d)
{
    mpt_maybe_ns never = {0};

    if (d->data.acked_bytes.known) {
        add_rate(l, "goodput", d->data.goodput, (uint64_t)MAX(d->data.acked_bytes.value, 0), "byte",
                 d->data.goodput_duration);
    } else {
        g_string_append(l->line, "unknown");
        add_line(l, "goodput");
    }
    add_rate(l, "throughput", d->bytes.throughput, d->bytes.payload_bytes, "payload byte",
             d->bytes.segments > 1 ? d->bytes.data_duration : never);
}

static void add_order(lines *l, const mpt_data_figures *f)
{
    if (f->dsn_gap_bytes > 0) {
        mpt_overview_bytes(l->line, f->dsn_gap_bytes);
        g_string_append(l->line, " of data not in the capture");
    }
    add_none_or(l, "gaps", "gaps");
    if (!f->out_of_order_segments.known) {
        g_string_append(l->line, "unknown: payload came before its mapping");
    } else if (f->out_of_order_segments.value > 0) {
        mpt_units_things(l->line, (uint64_t)f->out_of_order_segments.value, "segment");
        g_string_append(l->line, ", ");
        mpt_overview_bytes(l->line, (uint64_t)f->out_of_order_bytes.value);
    }
    if (f->reorder_delay.known) {
        g_string_append(l->line, l->line->len > 0 ? "; longest wait " : "longest wait ");
        mpt_units_duration(l->line, f->reorder_delay.ns);
    }
    add_none_or(l, "out of order", "out-of-order segments");
}

static void add_again(lines *l, const mpt_byte_figures *f)
{
    const struct again {
        const char *label, *after;
        uint64_t bytes;
        const char *none; /* NULL: not worth saying that there is none */
    } again[] = {
        {"retransmitted", "", f->retrans_bytes, "retransmissions"},
        {"reinjected", " on another subflow", f->reinjected_bytes, "reinjections"},
        {"remapped", " on the same subflow, under new sequence numbers", f->reinjected_same_bytes, NULL},
        {"unmapped", "", f->unmapped_bytes, NULL},
        {"plain TCP", " without DSS", f->fallback_bytes, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(again); i++) {
        if (again[i].bytes > 0) {
            mpt_overview_bytes(l->line, again[i].bytes);
            append_percent(l->line, again[i].bytes, f->payload_bytes);
            g_string_append(l->line, again[i].after);
        }
        if (again[i].bytes > 0 || again[i].none)
            add_none_or(l, again[i].label, again[i].none);
    }
}

static void append_rtt(GString *line, const mpt_rtt_figures *f)
{
    const struct part {
        const char *name;
        int64_t ns;
    } parts[] = {
        {"min ", f->min_ns},
        {", median ", f->median_ns},
        {", p95 ", f->p95_ns},
        {", max ", f->max_ns},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_string_append(line, parts[i].name);
        mpt_units_duration(line, parts[i].ns);
    }
    g_string_append(line, " (");
    mpt_units_things(line, f->samples, "sample");
    g_string_append_c(line, ')');
}

/* There the time from data to its acknowledgement is the receiver's own delay, and none of the path. */
static bool captured_at_receiver(const lines *l, mpt_direction direction)
{
    return l->end.known && (mpt_role)l->end.value == mpt_role_other(mpt_direction_sender(direction));
}

/* " (0.022583 s to 2.013748 s)" */
static void append_extent(GString *out, mpt_maybe_ns first, mpt_maybe_ns last)
{
    if (!first.known || !last.known)
        return;
    mpt_units_seconds(g_string_append(out, " ("), first.ns, 6);
    mpt_units_seconds(g_string_append(out, " s to "), last.ns, 6);
    g_string_append(out, " s)");
}

static void add_full(lines *l, const mpt_connection_direction *d, mpt_direction direction)
{
    mpt_units_grouped(l->line, d->bytes.segments);
    g_string_append(l->line, " with payload");
    append_extent(l->line, d->bytes.first_data, d->bytes.last_data);
    g_string_append(l->line, "; ");
    mpt_units_grouped(l->line, d->bytes.packets);
    g_string_append(l->line, " in all");
    append_extent(l->line, d->bytes.first, d->bytes.last);
    add_line(l, "segments");
    mpt_units_grouped(l->line, d->data.data_ack_count);
    if (d->data.data_ack_max.known) {
        g_string_append(l->line, ", up to relative DSN ");
        mpt_units_grouped_signed(l->line, d->data.data_ack_max.value);
    }
    if (d->data.data_fin.known) {
        g_string_append(l->line, "; DATA_FIN at ");
        mpt_units_grouped_signed(l->line, d->data.data_fin.value);
    }
    add_line(l, "DATA_ACKs");
    if (d->data.rtt.samples > 0) {
        append_rtt(l->line, &d->data.rtt);
        add_line(l, captured_at_receiver(l, direction) ? "DATA_ACK delay" : "DATA_ACK RTT");
    }
}

/* --- what each subflow had of it --- */

#define CARRIED_LIST(X)                                                                                      \
    X(SUBFLOW, MPT_ID, "subflow")                                                                            \
    X(FIRST, MPT_BYTES, "first_bytes", .title = "new data,\nbytes")                                          \
    X(SHARE, MPT_PERCENT, "share")                                                                           \
    X(RETRANS, MPT_BYTES, "retrans_bytes", .title = "retrans-\nmitted")                                      \
    X(LOST, MPT_BYTES, "lost_bytes", .title = "lost\n(estimate)", .flags = MPT_COLUMN_OPTIONAL)              \
    X(REINJECTED, MPT_BYTES, "reinjected_bytes", .title = "rein-\njected")                                   \
    X(REINJECTED_SAME, MPT_BYTES, "reinjected_same_bytes", .title = "re-\nmapped",                           \
      .flags = MPT_COLUMN_OPTIONAL)                                                                          \
    X(UNMAPPED, MPT_BYTES, "unmapped_bytes", .title = "un-\nmapped", .flags = MPT_COLUMN_OPTIONAL)           \
    X(THROUGHPUT, MPT_RATE_BPS, "throughput")
MPT_COLUMNS(CARRIED, CARRIED_COLUMNS, CARRIED_LIST);

static void carried(const mpt_connection_view *v, mpt_direction direction, mpt_sink *sink)
{
    const mpt_byte_figures *sum = &v->direction[direction].bytes;
    mpt_table *table = mpt_table_new(CARRIED, CARRIED_COLUMNS);

    for (uint32_t i = 0; i < v->subflow_count; i++) {
        const mpt_subflow_direction *d = &v->subflows[i].direction[direction];

        mpt_table_begin_row(table);
        mpt_table_set_uint(table, SUBFLOW, v->subflows[i].id);
        mpt_table_set_uint(table, FIRST, d->bytes.first_bytes);
        mpt_table_set_double(table, SHARE, 100 * d->share);
        mpt_table_set_uint(table, RETRANS, d->bytes.retrans_bytes);
        if (d->loss.lost_bytes.known && sum->retrans_bytes > 0)
            mpt_table_set_uint(table, LOST, (uint64_t)d->loss.lost_bytes.value);
        mpt_table_set_uint(table, REINJECTED, d->bytes.reinjected_bytes);
        if (sum->reinjected_same_bytes > 0)
            mpt_table_set_uint(table, REINJECTED_SAME, d->bytes.reinjected_same_bytes);
        if (sum->unmapped_bytes > 0)
            mpt_table_set_uint(table, UNMAPPED, d->bytes.unmapped_bytes);
        mpt_table_set_double(table, THROUGHPUT, d->bytes.throughput);
    }
    mpt_text_table(sink, table, 4);
    mpt_table_free(table);
}

#define FULL_LIST(X)                                                                                         \
    X(FULL_SUBFLOW, MPT_ID, "subflow")                                                                       \
    X(SEGMENTS, MPT_UINT, "segments", .title = "segments:\npayload")                                         \
    X(PACKETS, MPT_UINT, "packets", .title = "all")                                                          \
    X(RTT_MIN, MPT_DURATION, "rtt_min", .title = "TCP RTT:\nmin")                                            \
    X(RTT_MEDIAN, MPT_DURATION, "rtt_median", .title = "median")                                             \
    X(RTT_P95, MPT_DURATION, "rtt_p95", .title = "p95")                                                      \
    X(RTT_MAX, MPT_DURATION, "rtt_max", .title = "max")                                                      \
    X(RTT_SAMPLES, MPT_UINT, "rtt_samples", .title = "samples")                                              \
    X(CHECKSUMS, MPT_TEXT, "checksums", .title = "checksums: ok,\nbad, incomplete",                          \
      .flags = MPT_COLUMN_OPTIONAL | MPT_COLUMN_RIGHT)
MPT_COLUMNS(FULL, FULL_COLUMNS, FULL_LIST);

static void full_row(mpt_table *table, const mpt_subflow_view *s, mpt_direction direction)
{
    const mpt_subflow_direction *d = &s->direction[direction];

    mpt_table_begin_row(table);
    mpt_table_set_uint(table, FULL_SUBFLOW, s->id);
    mpt_table_set_uint(table, SEGMENTS, d->bytes.segments);
    mpt_table_set_uint(table, PACKETS, d->bytes.packets);
    mpt_table_set_uint(table, RTT_SAMPLES, d->rtt.samples);
    if (d->rtt.samples > 0) {
        mpt_table_set_ns(table, RTT_MIN, d->rtt.min_ns);
        mpt_table_set_ns(table, RTT_MEDIAN, d->rtt.median_ns);
        mpt_table_set_ns(table, RTT_P95, d->rtt.p95_ns);
        mpt_table_set_ns(table, RTT_MAX, d->rtt.max_ns);
    }
    if (d->checksums.known)
        mpt_table_set_textf(table, CHECKSUMS,
                            "%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT,
                            d->checksums.ok, d->checksums.bad, d->checksums.incomplete);
}

static void full_table(const lines *l, const mpt_connection_view *v, mpt_direction direction, mpt_sink *sink)
{
    mpt_column columns[FULL_COLUMNS];
    mpt_table *table;

    memcpy(columns, FULL, sizeof columns);
    if (captured_at_receiver(l, direction))
        columns[RTT_MIN].title = "ACK delay:\nmin";
    table = mpt_table_new(columns, FULL_COLUMNS);

    for (uint32_t i = 0; i < v->subflow_count; i++)
        full_row(table, &v->subflows[i], direction);
    mpt_text_table(sink, table, 4);
    mpt_table_free(table);
}

/* --- putting it together --- */

static void text_lines(lines *l, const mpt_connection_direction *d, mpt_direction direction, bool full,
                       mpt_sink *sink)
{
    mpt_block_clear(l->block);
    l->nones = 0;
    add_speed(l, d);
    add_order(l, &d->data);
    add_again(l, &d->bytes);
    add_none(l);
    if (full)
        add_full(l, d, direction);
    mpt_text_block(sink, l->block, 4);
}

static void put_line(lines *l, mpt_sink *sink)
{
    mpt_sink_append(sink, l->line->str, l->line->len);
    g_string_truncate(l->line, 0);
}

/* "750,000 bytes, all acknowledged" */
static void append_data(GString *out, const mpt_connection_direction *d)
{
    mpt_maybe_int acked = d->data.acked_bytes;

    mpt_units_things(out, d->data.dsn_unique_bytes, "byte");
    if (acked.known && acked.value == (int64_t)d->data.dsn_unique_bytes) {
        g_string_append(out, ", all acknowledged");
    } else if (acked.known) {
        mpt_units_grouped(g_string_append(out, ", "), (uint64_t)MAX(acked.value, 0));
        g_string_append(out, " acknowledged");
    }
}

/* --- which subflows there are: the rest is in `list` --- */

#define PLACE_LIST(X)                                                                                        \
    X(PLACE_SUBFLOW, MPT_ID, "subflow")                                                                      \
    X(PLACE_CLIENT, MPT_TEXT, "client")                                                                      \
    X(PLACE_SERVER, MPT_TEXT, "server")                                                                      \
    X(PLACE_BACKUP, MPT_TEXT, "backup", .flags = MPT_COLUMN_OPTIONAL)                                        \
    X(PLACE_STATE, MPT_TEXT, "state")                                                                        \
    X(PLACE_START, MPT_SECONDS_NS, "start", .title = "start (s)")                                            \
    X(PLACE_END, MPT_SECONDS_NS, "end", .title = "end (s)")                                                  \
    X(PLACE_SYNACK, MPT_DURATION, "syn_to_synack", .title = "SYN to\nSYN/ACK", .flags = MPT_COLUMN_OPTIONAL) \
    X(PLACE_ACK, MPT_DURATION, "synack_to_ack", .title = "SYN/ACK\nto ACK", .flags = MPT_COLUMN_OPTIONAL)    \
    X(PLACE_HMACS, MPT_TEXT, "hmacs", .title = "HMACs", .flags = MPT_COLUMN_OPTIONAL)                        \
    X(PLACE_INTERFACE, MPT_TEXT, "interface", .flags = MPT_COLUMN_OPTIONAL)
MPT_COLUMNS(PLACES, PLACE_COLUMNS, PLACE_LIST);

static const char *hmac(const mpt_subflow_view *s, mpt_join_step step)
{
    const char *verdict = mpt_verdict_name(mpt_metrics_join_verdict(s, step));

    return verdict ? verdict : "?";
}

static void place_row(mpt_table *table, const mpt_subflow_view *s)
{
    char text[MPT_ENDPOINT_TEXT];
    const char *backup = mpt_subflows_backup(s, "both");

    mpt_table_begin_row(table);
    mpt_table_set_uint(table, PLACE_SUBFLOW, s->id);
    mpt_table_set_text(table, PLACE_CLIENT, mpt_endpoint_text(mpt_metrics_endpoint(s, MPT_CLIENT), text));
    mpt_table_set_text(table, PLACE_SERVER, mpt_endpoint_text(mpt_metrics_endpoint(s, MPT_SERVER), text));
    if (backup && strcmp(backup, "no") != 0)
        mpt_table_set_text(table, PLACE_BACKUP, backup);
    mpt_table_set_text(table, PLACE_STATE, mpt_subflow_state_phrase(s->subflow));
    mpt_table_set_ns(table, PLACE_START, s->start_ns);
    mpt_table_set_ns(table, PLACE_END, s->end_ns);
}

static void place_full(mpt_table *table, const mpt_subflow_view *s)
{
    if (s->syn_to_synack.known)
        mpt_table_set_ns(table, PLACE_SYNACK, s->syn_to_synack.ns);
    if (s->synack_to_ack.known)
        mpt_table_set_ns(table, PLACE_ACK, s->synack_to_ack.ns);
    if (s->subflow->kind == MPT_SUBFLOW_JOIN)
        mpt_table_set_textf(table, PLACE_HMACS, "%s, %s", hmac(s, MPT_JOIN_SYNACK), hmac(s, MPT_JOIN_ACK));
}

static void places(const mpt_connection_view *v, bool full, mpt_interface_namer name, mpt_sink *sink)
{
    mpt_table *table = mpt_table_new(PLACES, PLACE_COLUMNS);

    for (uint32_t i = 0; i < v->subflow_count; i++) {
        const mpt_subflow_view *s = &v->subflows[i];
        char *interface = full ? mpt_interfaces_of_both(s, name) : NULL;

        place_row(table, s);
        if (full)
            place_full(table, s);
        mpt_table_set_text(table, PLACE_INTERFACE, interface);
        g_free(interface);
    }
    mpt_text_table(sink, table, 2);
    mpt_table_free(table);
}

static void text_direction(lines *l, const mpt_connection_view *v, mpt_direction direction, bool full,
                           mpt_sink *sink)
{
    const mpt_connection_direction *d = &v->direction[direction];

    g_string_append(l->line, direction == MPT_C2S ? "  client to server: " : "  server to client: ");
    if (d->bytes.payload_bytes == 0) {
        mpt_units_things(g_string_append(l->line, "no data ("), d->bytes.packets, "packet");
        g_string_append(l->line, ")\n");
        put_line(l, sink);
        return;
    }
    append_data(l->line, d);
    g_string_append_c(l->line, '\n');
    put_line(l, sink);
    text_lines(l, d, direction, full, sink);
    if (v->subflow_count > 1)
        carried(v, direction, sink);
    if (full)
        full_table(l, v, direction, sink);
}

static void text_connection(lines *l, const mpt_connection_view *v, const mpt_report_context *x,
                            mpt_sink *sink)
{
    bool full = mpt_arguments_has(x->arguments, MPT_ARG_FULL);

    mpt_overview_connection(v, sink);
    places(v, full, x->interface_name, sink);
    MPT_EACH_DIRECTION (d, mpt_report_directions(x->arguments))
        text_direction(l, v, d, full, sink);
}

static void glance(const mpt_report_context *x, mpt_sink *sink)
{
    mpt_table *table = mpt_table_new(GLANCE, GLANCE_COLUMNS);

    for (mpt_connection_view v = {0}; mpt_report_next(x, &v);)
        glance_row(table, &v, mpt_report_directions(x->arguments));
    if (mpt_table_rows(table) > 1) {
        mpt_sink_putc(sink, '\n');
        mpt_text_table(sink, table, 0);
    }
    mpt_table_free(table);
}

/* What happened, where it is about one connection. */
static void put_account(const mpt_report_context *x, mpt_sink *sink)
{
    mpt_connection_view v = {0};
    GPtrArray *account = NULL;

    if (mpt_account_of_one(x) && mpt_report_next(x, &v))
        account = mpt_account(x, &v);
    mpt_metrics_clear(&v);
    if (!account)
        return;
    mpt_sink_putc(sink, '\n');
    for (guint i = 0; i < account->len; i++)
        mpt_text_paragraph(sink, 0, 2, g_ptr_array_index(account, i));
    g_ptr_array_unref(account);
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    bool csv = x->arguments->format == MPT_FORMAT_CSV;
    mpt_summary_csv *rows = csv ? mpt_summary_csv_begin(x, sink) : NULL;
    lines l = {
        .block = mpt_block_new(), .line = g_string_new(NULL), .end = mpt_reinjection_figures_end(x->engine)};

    (void)sentence;
    if (!csv) {
        mpt_overview_capture(x, sink);
        put_account(x, sink);
        glance(x, sink);
    }
    for (mpt_connection_view v = {0}; mpt_report_next(x, &v);)
        if (csv)
            mpt_summary_csv_add(rows, &v);
        else
            text_connection(&l, &v, x, sink);
    mpt_summary_csv_end(rows);
    mpt_block_free(l.block);
    g_string_free(l.line, TRUE);
}

static void needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    needs->rtt = needs->checksums = mpt_arguments_has(arguments, MPT_ARG_FULL);
    /* For the account of one connection; it costs a per cent or two. */
    needs->evidence = needs->frames = needs->hmacs =
        needs->rtt || mpt_format_is_json(arguments->format) || arguments->filter ||
        mpt_arguments_has(arguments, MPT_ARG_STREAM) || mpt_arguments_has(arguments, MPT_ARG_TOKEN) ||
        mpt_arguments_has(arguments, MPT_ARG_ADDRESS) || mpt_arguments_has(arguments, MPT_ARG_PORT);
    needs->interfaces = needs->rtt || arguments->format == MPT_FORMAT_CSV;
}

static const mpt_report_entry ENTRIES[] = {
    {1, "&Summary", "MPTCP Summary",
     "Every MPTCP connection with the figures of both directions and all subflows, as text", MPT_WINDOW_TEXT,
     0},
    {2, "&Connections", "MPTCP Connections", "A table of connections, to sort, filter and copy",
     MPT_WINDOW_TABLE, MPT_GUI_TABLE_CONNECTIONS},
    {0},
};

const mpt_report mpt_summary_report = {
    .name = "summary",
    .help = "what each connection and subflow carried, how fast",
    .takes = MPT_TAKES_FIGURES | MPT_BIT(MPT_ARG_FULL),
    .formats = MPT_FORMATS_LINES,
    .print = print,
    .json = {.detail = MPT_DETAIL_ACCOUNT},
    .needs = needs,
    .entries = ENTRIES,
};
