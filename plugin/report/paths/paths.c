/* paths.c - report `paths`: delay, jitter and loss per path, of a capture that was merged from two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include "path_hops.h"
#include "path_model.h"
#include "paths_csv.h"
#include "paths_json.h"
#include "plugin/report/common/finding_text.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/vantage_words.h"
#include "plugin/report/format/text.h"
#include "plugin/report/registry.h"
#include "tap/engine/base/units.h"

static void needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->tcp_options = needs->interfaces = true;
    needs->paths = MPT_PATHS_FLOWS | MPT_PATHS_SAMPLES | MPT_PATHS_ALL | MPT_PATHS_DATA;
}

/* --- text --- */

#define DELAY_TABLE_LIST(X)                                                                                  \
    X(T_PATH, MPT_TEXT, "subflow", .flags = MPT_COLUMN_RIGHT)                                                \
    X(T_DIRECTION, MPT_TEXT, "dir")                                                                          \
    X(T_MIN, MPT_SECONDS_NS, "min", .title = "delay, s\nmin")                                                \
    X(T_MEDIAN, MPT_SECONDS_NS, "median")                                                                    \
    X(T_P95, MPT_SECONDS_NS, "p95")                                                                          \
    X(T_MAX, MPT_SECONDS_NS, "max")                                                                          \
    X(T_JITTER, MPT_SECONDS_NS, "jitter", .title = "jitter\nRFC 3550")                                       \
    X(T_SAMPLES, MPT_UINT, "samples")
MPT_COLUMNS(DELAY_TABLE, T_COLUMNS, DELAY_TABLE_LIST);

#define LOSS_TABLE_LIST(X)                                                                                   \
    X(L_PATH, MPT_TEXT, "subflow", .flags = MPT_COLUMN_RIGHT)                                                \
    X(L_DIRECTION, MPT_TEXT, "dir")                                                                          \
    X(L_SENT, MPT_BYTES, "sent", .title = "bytes\nsent")                                                     \
    X(L_ARRIVED, MPT_BYTES, "arrived")                                                                       \
    X(L_LOST, MPT_BYTES, "lost")                                                                             \
    X(L_SHARE, MPT_PERCENT, "lost share", .title = "share of\nbytes")                                        \
    X(L_SEGMENTS, MPT_UINT, "lost segments", .title = "lost\nsegments")                                      \
    X(L_DUPLICATED, MPT_BYTES, "duplicated", .title = "arrived\nagain")                                      \
    X(L_REORDERED, MPT_BYTES, "reordered", .title = "out of\norder")                                         \
    X(L_MISSED, MPT_BYTES, "not captured", .title = "not\ncaptured")
MPT_COLUMNS(LOSS_TABLE, L_COLUMNS, LOSS_TABLE_LIST);

#define DATA_TABLE_LIST(X)                                                                                   \
    X(R_PATH, MPT_TEXT, "subflow", .flags = MPT_COLUMN_RIGHT)                                                \
    X(R_DIRECTION, MPT_TEXT, "dir")                                                                          \
    X(R_USEFUL, MPT_BYTES, "useful", .title = "bytes again:\nuseful")                                        \
    X(R_REDUNDANT, MPT_BYTES, "redundant")                                                                   \
    X(R_USELESS, MPT_BYTES, "useless")                                                                       \
    X(R_LOST, MPT_BYTES, "lost")                                                                             \
    X(R_MEDIAN, MPT_SECONDS_NS, "median", .title = "wait, s\nmedian")                                        \
    X(R_P95, MPT_SECONDS_NS, "p95")                                                                          \
    X(R_MAX, MPT_SECONDS_NS, "max")                                                                          \
    X(R_HELD, MPT_BYTES, "held up", .title = "bytes\nheld up")
MPT_COLUMNS(DATA_TABLE, R_COLUMNS, DATA_TABLE_LIST);

static void begin_text_row(mpt_table *table, const mpt_path_row *row, const mpt_path_row *before)
{
    mpt_table_begin_row(table);
    if (row->subflow == UINT32_MAX)
        mpt_table_set_text(table, 0, "?");
    else if (before && before->subflow == row->subflow && before->pair == row->pair)
        mpt_table_set_text(table, 0, "");
    else
        mpt_table_set_textf(table, 0, "%u", row->subflow);
    mpt_table_set_text(table, 1, mpt_direction_name(row->direction));
}

static void delay_row(mpt_table *table, const mpt_path_row *row)
{
    mpt_path_set_distribution(table, T_MIN, &row->owd);
    if (row->jitter_known)
        mpt_table_set_ns(table, T_JITTER, (int64_t)row->jitter_ns);
    mpt_table_set_uint(table, T_SAMPLES, row->owd.samples);
}

static void loss_row(mpt_table *table, const mpt_path_row *row)
{
    mpt_table_set_uint(table, L_SENT, row->sent_bytes);
    mpt_table_set_uint(table, L_ARRIVED, row->arrived_bytes);
    mpt_table_set_uint(table, L_LOST, row->lost_bytes);
    if (row->sent_bytes)
        mpt_table_set_double(table, L_SHARE, 100.0 * (double)row->lost_bytes / (double)row->sent_bytes);
    mpt_table_set_uint(table, L_SEGMENTS, row->lost_segments);
    mpt_table_set_uint(table, L_DUPLICATED, row->again_bytes);
    mpt_table_set_uint(table, L_REORDERED, row->reordered_bytes);
    mpt_table_set_uint(table, L_MISSED, row->uncaptured_bytes[0] + row->uncaptured_bytes[1]);
}

static void data_row(mpt_table *table, const mpt_path_row *row)
{
    const mpt_histogram *d = &row->queue->queued;
    int64_t median, p95;

    mpt_table_set_uint(table, R_USEFUL, row->reinjected.useful);
    mpt_table_set_uint(table, R_REDUNDANT, row->reinjected.redundant);
    mpt_table_set_uint(table, R_USELESS, row->reinjected.useless);
    mpt_table_set_uint(table, R_LOST, row->reinjected.lost);
    if (mpt_histogram_quantile(d, 0.5, &median) && mpt_histogram_quantile(d, 0.95, &p95)) {
        mpt_table_set_ns(table, R_MEDIAN, median);
        mpt_table_set_ns(table, R_P95, p95);
        mpt_table_set_ns(table, R_MAX, d->max);
    }
    mpt_table_set_uint(table, R_HELD, row->queue->waited_bytes);
}

/* What one part of the report says of rows [from, to). */
static void write_part(const mpt_path_model *m, guint from, guint to, mpt_sink *sink,
                       const mpt_column *columns, size_t count,
                       void (*fill)(mpt_table *table, const mpt_path_row *row))
{
    mpt_table *table = mpt_table_new(columns, count);

    for (guint i = from; i < to; i++) {
        const mpt_path_row *row = g_ptr_array_index(m->rows, i);
        begin_text_row(table, row, i > from ? g_ptr_array_index(m->rows, i - 1) : NULL);
        fill(table, row);
    }
    mpt_sink_putc(sink, '\n');
    mpt_text_table(sink, table, 2);
    mpt_table_free(table);
}

static void say(mpt_sink *sink, int indent, GString *line)
{
    mpt_text_paragraph(sink, indent, 2, line->str);
    g_string_truncate(line, 0);
}

static void write_match(const mpt_path_row *row, mpt_sink *sink, GString *line)
{
    const char *separator = ": ";

    g_string_append_printf(line, "Subflow %u is taken for the same at both ends for what is alike",
                           row->subflow);
    for (unsigned k = 0; k < MPT_PATH_REASONS; k++) {
        if (!(row->flow->reasons >> k & 1u))
            continue;
        g_string_append_printf(line, "%s%s", separator, mpt_path_reason(k));
        separator = ", ";
    }
    g_string_append_c(line, '.');
    say(sink, 2, line);
}

/* What was changed between the points, of all connections. */
static void write_changes(const mpt_report_context *x, mpt_sink *sink)
{
    mpt_path_hops *ways = mpt_path_hops_new(x);
    bool first = true;

    for (guint id = 0; id < x->connections->len; id++) {
        mpt_connection_view v;
        GArray *findings;
        if (!mpt_path_hops_of(ways, id))
            continue;
        mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, id), id, &v);
        findings = mpt_findings_between(x->engine, &v, mpt_path_hops_of(ways, id));
        for (guint i = 0; mpt_report_selected(x, &v) && i < findings->len; i++) {
            if (first)
                mpt_text_heading(sink, 3, "Changed on the way");
            first = false;
            mpt_finding_paragraph(&g_array_index(findings, mpt_finding, i), mpt_path_hops_names(ways), sink);
        }
        g_array_unref(findings);
        mpt_metrics_clear(&v);
    }
    mpt_path_hops_free(ways);
}

static void write_connection(const mpt_path_model *m, const mpt_report_context *x, guint from, guint to,
                             mpt_sink *sink)
{
    const mpt_path_row *first = g_ptr_array_index(m->rows, from);
    GString *line = g_string_new(NULL);
    char a[MPT_ENDPOINT_TEXT], b[MPT_ENDPOINT_TEXT];

    mpt_sink_putc(sink, '\n');
    if (first->connection == UINT32_MAX) {
        g_string_append(line, "Connections that were not captured at the point that numbers them");
        say(sink, 0, line);
    } else {
        g_string_append_printf(line, "Connection %u", first->connection);
        say(sink, 0, line);
    }
    for (guint i = from; i < to; i++) {
        const mpt_path_row *row = g_ptr_array_index(m->rows, i);
        if (i > from && ((mpt_path_row *)g_ptr_array_index(m->rows, i - 1))->flow == row->flow)
            continue;
        g_string_append_printf(line, "Subflow %u: %s", row->subflow, mpt_endpoint_text(row->sender, a));
        g_string_append_printf(line, " -> %s", mpt_endpoint_text(row->receiver, b));
        g_string_append_printf(line, " (%s), from the %s to the %s", mpt_direction_name(row->direction),
                               mpt_path_from(x, row), mpt_path_to(x, row));
        say(sink, 2, line);
        if (mpt_arguments_has(x->arguments, MPT_ARG_FULL))
            write_match(row, sink, line);
    }
    g_string_free(line, TRUE);
    write_part(m, from, to, sink, DELAY_TABLE, T_COLUMNS, delay_row);
    write_part(m, from, to, sink, LOSS_TABLE, L_COLUMNS, loss_row);
    write_part(m, from, to, sink, DATA_TABLE, R_COLUMNS, data_row);
}

static void append_ppm(GString *line, double drift)
{
    mpt_units_double(line, drift * 1e6, 2);
    g_string_append(line, " ppm");
}

static void write_clock(const mpt_report_context *x, const mpt_path_pair *pair, mpt_sink *sink)
{
    static const char *const applied[] = {
        [MPT_CLOCK_RAW] = "Nothing of it is corrected (clock=raw).",
        [MPT_CLOCK_OFFSET] = "The offset is corrected, no drift (clock=offset).",
        [MPT_CLOCK_DRIFT] = "This is corrected in all delays.",
    };
    const mpt_clock_estimate *c = &pair->clock;
    GString *line = g_string_new("Clock of ");

    mpt_vantage_describe(x->points, pair->to, line);
    g_string_append(line, " against ");
    mpt_vantage_describe(x->points, pair->from, line);
    if (!c->offset_known) {
        g_string_append(line, ": unknown, no subflow has segments both ways at both. Delays are raw.");
    } else {
        g_string_append(line, ": ");
        mpt_units_duration(line, (int64_t)llround(fabs(c->offset_ns)));
        g_string_append(line, c->offset_ns < 0 ? " behind" : " ahead");
        g_string_append(line, ", drift ");
        if (c->drift_known) {
            append_ppm(line, c->drift);
            g_string_append(line, " +-");
            append_ppm(line, c->drift_error);
        } else {
            g_string_append(line, "not known (it takes 10 s of traffic both ways on a subflow)");
        }
        g_string_append(line, "; from ");
        mpt_units_grouped(line, c->samples);
        g_string_append_printf(line,
                               " segments of %u subflow%s, if the least delays there and back are alike. %s",
                               c->subflows, c->subflows == 1 ? "" : "s", applied[x->arguments->clock]);
    }
    say(sink, 0, line);
    g_string_free(line, TRUE);
}

/* What is not in the tables, and why. */
static void write_notes(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    uint64_t negative = 0, ambiguous = 0, forgotten = 0, ambiguous_flows = 0;
    GString *line = g_string_new(NULL);

    if (m->points > MPT_PATH_POINTS) {
        g_string_append_printf(
            line, "Note: of %u vantage points the first %u are compared; client= and server= name two.",
            m->points, MPT_PATH_POINTS);
        say(sink, 0, line);
    }
    for (guint i = 0; i < m->rows->len; i++)
        negative += ((const mpt_path_row *)g_ptr_array_index(m->rows, i))->negative;
    for (guint i = 0; i < m->pairs->len; i++) {
        const mpt_path_pair *pair = g_ptr_array_index(m->pairs, i);
        write_clock(x, pair, sink);
        ambiguous += mpt_paths_ambiguous(pair->paths);
        ambiguous_flows += mpt_paths_ambiguous_flows(pair->paths);
        forgotten += mpt_paths_forgotten(pair->paths);
    }
    const struct note {
        uint64_t count;
        const char *words;
    } notes[] = {
        {negative,
         "delays are below 0, which no network can do: the clocks differ by more than what is corrected."},
        {ambiguous, "segments could be more than one of the other end's: their delays are left out."},
        {ambiguous_flows, "subflows could be more than one of the other end's: they are left out."},
        {forgotten, "segments waited too long for their partner and were given up: losses may be wrong."},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
        if (notes[i].count == 0)
            continue;
        g_string_append(line, "Note: ");
        mpt_units_grouped(line, notes[i].count);
        g_string_append_printf(line, " %s", notes[i].words);
        say(sink, 0, line);
    }
    g_string_free(line, TRUE);
}

static void write_singles(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    GString *line = g_string_new(NULL);
    char a[MPT_ENDPOINT_TEXT], b[MPT_ENDPOINT_TEXT];

    if (m->singles->len > 0)
        mpt_sink_putc(sink, '\n');
    for (guint i = 0; i < m->singles->len; i++) {
        const mpt_path_single *s = &g_array_index(m->singles, mpt_path_single, i);
        const mpt_subflow *f = s->subflow;
        uint64_t packets = f->half[0].bytes.packets + f->half[1].bytes.packets;
        g_string_append_printf(line, "Only at the %s: %s", mpt_vantage_name_of(x->points, s->point),
                               mpt_endpoint_text(&f->ends[0], a));
        g_string_append_printf(line, " -> %s, %" G_GUINT64_FORMAT " packet%s from frame %u on.",
                               mpt_endpoint_text(&f->ends[1], b), packets, packets == 1 ? "" : "s",
                               f->first_frame);
        say(sink, 0, line);
    }
    g_string_free(line, TRUE);
}

static void text_report(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    write_notes(m, x, sink);
    if (m->rows->len > 0)
        mpt_text_paragraph(
            sink, 0, 2,
            "Bytes again: data that was sent on another subflow before. Wait: how long data that arrived "
            "on this subflow stays at the receiver until all data before it is there. Held up: bytes of "
            "other subflows that wait for data of this one.");
    for (guint from = 0, to; from < m->rows->len; from = to) {
        uint32_t connection = ((const mpt_path_row *)g_ptr_array_index(m->rows, from))->connection;
        for (to = from + 1; to < m->rows->len; to++)
            if (((const mpt_path_row *)g_ptr_array_index(m->rows, to))->connection != connection)
                break;
        write_connection(m, x, from, to, sink);
    }
    write_changes(x, sink);
    write_singles(m, x, sink);
}

static bool impossible(const mpt_report_context *x, GString *sentence)
{
    const mpt_arguments *a = x->arguments;

    if (x->points && mpt_report_one_point(x, sentence))
        return true;
    if (mpt_arguments_has(a, MPT_ARG_SAMPLES) && a->format != MPT_FORMAT_CSV)
        g_string_append(sentence, "\"samples\" are lines of CSV: give format=csv as well");
    return sentence->len > 0;
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    bool csv = x->arguments->format == MPT_FORMAT_CSV;
    mpt_path_model *m;

    if (mpt_report_missing(x, sentence))
        return;
    m = mpt_path_model_new(x);
    if (mpt_arguments_has(x->arguments, MPT_ARG_SAMPLES))
        mpt_paths_samples_csv(m, x, sink);
    else if (csv)
        mpt_paths_csv(m, x, sink);
    else
        text_report(m, x, sink);
    if (m->incomplete)
        g_string_append(sentence, "delays are incomplete: there is no room for a temporary file");
    mpt_path_model_free(m);
}

const mpt_report mpt_paths_report = {
    .name = "paths",
    .help = "delay, loss, changes per path, of a merged capture",
    .takes = (MPT_TAKES_FIGURES & ~(MPT_TAKES_WINDOW | MPT_BIT(MPT_ARG_AT))) | MPT_BIT(MPT_ARG_FULL) |
             MPT_BIT(MPT_ARG_CLOCK) | MPT_BIT(MPT_ARG_SAMPLES),
    .formats = MPT_FORMATS_PLAIN,
    .impossible = impossible,
    .print = print,
    .json = {.array = "paths", .write = mpt_paths_json, .write_more = mpt_paths_json_more},
    .needs = needs,
};
