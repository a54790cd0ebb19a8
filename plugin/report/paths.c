/* paths.c - see paths.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "paths.h"

#include <math.h>

#include "csv.h"
#include "names.h"
#include "path_model.h"
#include "points.h"
#include "text.h"
#include "units.h"

static const char NEEDS_TWO[] =
    "paths compares two captures of the same traffic, and this one has a single vantage point. Merge the captures of "
    "both ends: mergecap -I none -w both.pcapng client.pcapng server.pcapng. Where that was done and both were "
    "not told apart, client= and server= name the interfaces of each end.";

void mpt_report_paths_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->timestamps = true;
}

/* --- what is known of a column, for text and CSV --- */

enum {
    CONNECTION,
    SUBFLOW,
    DIRECTION,
    FROM,
    TO,
    OWD_MIN,
    OWD_MEDIAN,
    OWD_P95,
    OWD_MAX,
    OWD_MEAN,
    SAMPLES,
    NEGATIVE,
    JITTER,
    P95_MIN,
    SENT_SEGMENTS,
    ARRIVED_SEGMENTS,
    LOST_SEGMENTS,
    DUPLICATED_SEGMENTS,
    REORDERED_SEGMENTS,
    SENT,
    ARRIVED,
    LOST,
    DUPLICATED,
    REORDERED,
    UNCAPTURED_SENDER,
    UNCAPTURED_RECEIVER,
    USEFUL,
    REDUNDANT,
    USELESS,
    REINJECTED_LOST,
    QUEUE_MIN,
    QUEUE_MEDIAN,
    QUEUE_P95,
    QUEUE_MAX,
    HELD_UP,
    HELD_UP_LONGEST,
    COLUMNS
};

static const mpt_column CSV_TABLE[COLUMNS] = {
    [CONNECTION] = { .name = "connection", .type = MPT_ID },
    [SUBFLOW] = { .name = "subflow", .type = MPT_ID },
    [DIRECTION] = { .name = "direction", .type = MPT_TEXT },
    [FROM] = { .name = "from", .type = MPT_TEXT },
    [TO] = { .name = "to", .type = MPT_TEXT },
    [OWD_MIN] = { .name = "owd_min", .type = MPT_SECONDS_NS },
    [OWD_MEDIAN] = { .name = "owd_median", .type = MPT_SECONDS_NS },
    [OWD_P95] = { .name = "owd_p95", .type = MPT_SECONDS_NS },
    [OWD_MAX] = { .name = "owd_max", .type = MPT_SECONDS_NS },
    [OWD_MEAN] = { .name = "owd_mean", .type = MPT_SECONDS_NS },
    [SAMPLES] = { .name = "owd_samples", .type = MPT_UINT },
    [NEGATIVE] = { .name = "owd_negative", .type = MPT_UINT },
    [JITTER] = { .name = "jitter_rfc3550", .type = MPT_SECONDS_NS },
    [P95_MIN] = { .name = "jitter_p95_min", .type = MPT_SECONDS_NS },
    [SENT_SEGMENTS] = { .name = "sent_segments", .type = MPT_UINT },
    [ARRIVED_SEGMENTS] = { .name = "arrived_segments", .type = MPT_UINT },
    [LOST_SEGMENTS] = { .name = "lost_segments", .type = MPT_UINT },
    [DUPLICATED_SEGMENTS] = { .name = "duplicated_segments", .type = MPT_UINT },
    [REORDERED_SEGMENTS] = { .name = "reordered_segments", .type = MPT_UINT },
    [SENT] = { .name = "sent_bytes", .type = MPT_BYTES },
    [ARRIVED] = { .name = "arrived_bytes", .type = MPT_BYTES },
    [LOST] = { .name = "lost_bytes", .type = MPT_BYTES },
    [DUPLICATED] = { .name = "duplicated_bytes", .type = MPT_BYTES },
    [REORDERED] = { .name = "reordered_bytes", .type = MPT_BYTES },
    [UNCAPTURED_SENDER] = { .name = "not_captured_sender_bytes", .type = MPT_BYTES },
    [UNCAPTURED_RECEIVER] = { .name = "not_captured_receiver_bytes", .type = MPT_BYTES },
    [USEFUL] = { .name = "reinjected_useful_bytes", .type = MPT_BYTES },
    [REDUNDANT] = { .name = "reinjected_redundant_bytes", .type = MPT_BYTES },
    [USELESS] = { .name = "reinjected_useless_bytes", .type = MPT_BYTES },
    [REINJECTED_LOST] = { .name = "reinjected_lost_bytes", .type = MPT_BYTES },
    [QUEUE_MIN] = { .name = "reorder_queue_min", .type = MPT_SECONDS_NS },
    [QUEUE_MEDIAN] = { .name = "reorder_queue_median", .type = MPT_SECONDS_NS },
    [QUEUE_P95] = { .name = "reorder_queue_p95", .type = MPT_SECONDS_NS },
    [QUEUE_MAX] = { .name = "reorder_queue_max", .type = MPT_SECONDS_NS },
    [HELD_UP] = { .name = "held_up_bytes", .type = MPT_BYTES },
    [HELD_UP_LONGEST] = { .name = "held_up_longest", .type = MPT_SECONDS_NS },
};

static const char *name_from(const mpt_report_context *x, const mpt_path_row *row)
{
    return mpt_points_name(x->points, row->from_end == row->pair->client_end ? row->pair->from : row->pair->to);
}

static const char *name_to(const mpt_report_context *x, const mpt_path_row *row)
{
    return mpt_points_name(x->points, row->from_end == row->pair->client_end ? row->pair->to : row->pair->from);
}

/* min, median, p95, max in four columns. */
static void set_distribution(mpt_table *table, size_t first, const mpt_distribution *d)
{
    int64_t median, p95;

    if (!mpt_distribution_quantile(d, 0.5, &median) || !mpt_distribution_quantile(d, 0.95, &p95))
        return;
    mpt_table_set_ns(table, first, d->min);
    mpt_table_set_ns(table, first + 1, median);
    mpt_table_set_ns(table, first + 2, p95);
    mpt_table_set_ns(table, first + 3, d->max);
}

static void set_ids(mpt_table *table, size_t connection, size_t subflow, const mpt_path_row *row)
{
    if (row->connection == UINT32_MAX)
        return;
    mpt_table_set_uint(table, connection, row->connection);
    mpt_table_set_uint(table, subflow, row->subflow);
}

static void csv_bytes(mpt_table *table, const mpt_path_row *row)
{
    const struct value {
        size_t column;
        uint64_t value;
    } values[] = {
        { SAMPLES, row->owd.samples },
        { NEGATIVE, row->negative },
        { SENT_SEGMENTS, row->sent_segments },
        { ARRIVED_SEGMENTS, row->arrived_segments },
        { LOST_SEGMENTS, row->lost_segments },
        { DUPLICATED_SEGMENTS, row->again_segments },
        { REORDERED_SEGMENTS, row->reordered_segments },
        { SENT, row->sent_bytes },
        { ARRIVED, row->arrived_bytes },
        { LOST, row->lost_bytes },
        { DUPLICATED, row->again_bytes },
        { REORDERED, row->reordered_bytes },
        { UNCAPTURED_SENDER, row->uncaptured_bytes[0] },
        { UNCAPTURED_RECEIVER, row->uncaptured_bytes[1] },
        { USEFUL, row->reinjected.useful },
        { REDUNDANT, row->reinjected.redundant },
        { USELESS, row->reinjected.useless },
        { REINJECTED_LOST, row->reinjected.lost },
        { HELD_UP, row->queue->waited_bytes },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        mpt_table_set_uint(table, values[i].column, values[i].value);
}

static void csv_row(mpt_table *table, const mpt_report_context *x, const mpt_path_row *row)
{
    int64_t p95;

    mpt_table_begin_row(table);
    set_ids(table, CONNECTION, SUBFLOW, row);
    mpt_table_set_text(table, DIRECTION, mpt_direction_name(row->direction));
    mpt_table_set_text(table, FROM, name_from(x, row));
    mpt_table_set_text(table, TO, name_to(x, row));
    set_distribution(table, OWD_MIN, &row->owd);
    if (mpt_distribution_quantile(&row->owd, 0.95, &p95)) {
        mpt_table_set_ns(table, OWD_MEAN, (int64_t)(row->owd.sum / (double)row->owd.samples));
        mpt_table_set_ns(table, P95_MIN, p95 - row->owd.min);
    }
    if (row->jitter_known)
        mpt_table_set_ns(table, JITTER, (int64_t)row->jitter_ns);
    csv_bytes(table, row);
    set_distribution(table, QUEUE_MIN, &row->queue->queued);
    mpt_table_set_ns(table, HELD_UP_LONGEST, row->queue->waited_ns);
}

static void csv_report(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    mpt_table *table = mpt_table_new(CSV_TABLE, COLUMNS);

    for (guint i = 0; i < m->rows->len; i++)
        csv_row(table, x, g_ptr_array_index(m->rows, i));
    mpt_csv_table(sink, table);
    mpt_table_free(table);
}

/* --- samples --- */

enum { S_CONNECTION, S_SUBFLOW, S_DIRECTION, S_FROM_FRAME, S_TO_FRAME, S_SENT, S_ARRIVED, S_DELAY, S_BYTES, S_COLUMNS };

static const mpt_column SAMPLE_TABLE[S_COLUMNS] = {
    [S_CONNECTION] = { .name = "connection", .type = MPT_ID },
    [S_SUBFLOW] = { .name = "subflow", .type = MPT_ID },
    [S_DIRECTION] = { .name = "direction", .type = MPT_TEXT },
    [S_FROM_FRAME] = { .name = "from_frame", .type = MPT_ID },
    [S_TO_FRAME] = { .name = "to_frame", .type = MPT_ID },
    [S_SENT] = { .name = "sent", .type = MPT_SECONDS_NS },
    [S_ARRIVED] = { .name = "arrived", .type = MPT_SECONDS_NS },
    [S_DELAY] = { .name = "owd", .type = MPT_SECONDS_NS },
    [S_BYTES] = { .name = "payload_bytes", .type = MPT_BYTES },
};

typedef struct sample_writer {
    mpt_sink *sink;
    mpt_table *table; /* of some rows: all would not be in memory */
    int64_t epoch_ns;
} sample_writer;

static void write_sample(const mpt_path_sample *sample, mpt_path_row *row, int64_t delay_ns, void *user)
{
    sample_writer *w = user;

    if (!row)
        return;
    if (mpt_table_rows(w->table) == 1000) {
        mpt_csv_rows(w->sink, w->table);
        mpt_table_free(w->table);
        w->table = mpt_table_new(SAMPLE_TABLE, S_COLUMNS);
    }
    mpt_table_begin_row(w->table);
    set_ids(w->table, S_CONNECTION, S_SUBFLOW, row);
    mpt_table_set_text(w->table, S_DIRECTION, mpt_direction_name(row->direction));
    mpt_table_set_uint(w->table, S_FROM_FRAME, sample->frame[row->from_end]);
    mpt_table_set_uint(w->table, S_TO_FRAME, sample->frame[!row->from_end]);
    mpt_table_set_ns(w->table, S_SENT, sample->time_ns[row->from_end] - w->epoch_ns);
    mpt_table_set_ns(w->table, S_ARRIVED, sample->time_ns[!row->from_end] - w->epoch_ns);
    mpt_table_set_ns(w->table, S_DELAY, delay_ns);
    mpt_table_set_uint(w->table, S_BYTES, sample->length);
}

static void samples_report(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    sample_writer w = { .sink = sink, .epoch_ns = mpt_engine_get_counts(x->engine)->earliest_ns };

    w.table = mpt_table_new(SAMPLE_TABLE, S_COLUMNS);
    mpt_csv_header(sink, w.table);
    for (guint i = 0; i < m->pairs->len; i++)
        mpt_path_model_samples(m, g_ptr_array_index(m->pairs, i), write_sample, &w);
    mpt_csv_rows(sink, w.table);
    mpt_table_free(w.table);
}

/* --- text --- */

enum { T_PATH, T_DIRECTION, T_MIN, T_MEDIAN, T_P95, T_MAX, T_JITTER, T_SAMPLES, T_COLUMNS };

static const mpt_column DELAY_TABLE[T_COLUMNS] = {
    [T_PATH] = { .name = "subflow", .type = MPT_TEXT, .flags = MPT_COLUMN_RIGHT },
    [T_DIRECTION] = { .name = "dir" , .type = MPT_TEXT },
    [T_MIN] = { .name = "min", .title = "delay, s\nmin", .type = MPT_SECONDS_NS },
    [T_MEDIAN] = { .name = "median", .type = MPT_SECONDS_NS },
    [T_P95] = { .name = "p95", .type = MPT_SECONDS_NS },
    [T_MAX] = { .name = "max", .type = MPT_SECONDS_NS },
    [T_JITTER] = { .name = "jitter", .title = "jitter\nRFC 3550", .type = MPT_SECONDS_NS },
    [T_SAMPLES] = { .name = "samples", .type = MPT_UINT },
};

enum { L_PATH, L_DIRECTION, L_SENT, L_ARRIVED, L_LOST, L_DUPLICATED, L_REORDERED, L_MISSED, L_COLUMNS };

static const mpt_column LOSS_TABLE[L_COLUMNS] = {
    [L_PATH] = { .name = "subflow", .type = MPT_TEXT, .flags = MPT_COLUMN_RIGHT },
    [L_DIRECTION] = { .name = "dir", .type = MPT_TEXT },
    [L_SENT] = { .name = "sent", .title = "bytes\nsent", .type = MPT_BYTES },
    [L_ARRIVED] = { .name = "arrived", .type = MPT_BYTES },
    [L_LOST] = { .name = "lost", .type = MPT_BYTES },
    [L_DUPLICATED] = { .name = "duplicated", .title = "arrived\nagain", .type = MPT_BYTES },
    [L_REORDERED] = { .name = "reordered", .title = "out of\norder", .type = MPT_BYTES },
    [L_MISSED] = { .name = "not captured", .title = "not\ncaptured", .type = MPT_BYTES },
};

enum { R_PATH, R_DIRECTION, R_USEFUL, R_REDUNDANT, R_USELESS, R_LOST, R_MEDIAN, R_P95, R_MAX, R_HELD, R_COLUMNS };

static const mpt_column DATA_TABLE[R_COLUMNS] = {
    [R_PATH] = { .name = "subflow", .type = MPT_TEXT, .flags = MPT_COLUMN_RIGHT },
    [R_DIRECTION] = { .name = "dir", .type = MPT_TEXT },
    [R_USEFUL] = { .name = "useful", .title = "reinjected\nuseful", .type = MPT_BYTES },
    [R_REDUNDANT] = { .name = "redundant", .type = MPT_BYTES },
    [R_USELESS] = { .name = "useless", .type = MPT_BYTES },
    [R_LOST] = { .name = "lost", .type = MPT_BYTES },
    [R_MEDIAN] = { .name = "median", .title = "wait, s\nmedian", .type = MPT_SECONDS_NS },
    [R_P95] = { .name = "p95", .type = MPT_SECONDS_NS },
    [R_MAX] = { .name = "max", .type = MPT_SECONDS_NS },
    [R_HELD] = { .name = "held up", .title = "others'\nheld up", .type = MPT_BYTES },
};

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
    set_distribution(table, T_MIN, &row->owd);
    if (row->jitter_known)
        mpt_table_set_ns(table, T_JITTER, (int64_t)row->jitter_ns);
    mpt_table_set_uint(table, T_SAMPLES, row->owd.samples);
}

static void loss_row(mpt_table *table, const mpt_path_row *row)
{
    mpt_table_set_uint(table, L_SENT, row->sent_bytes);
    mpt_table_set_uint(table, L_ARRIVED, row->arrived_bytes);
    mpt_table_set_uint(table, L_LOST, row->lost_bytes);
    mpt_table_set_uint(table, L_DUPLICATED, row->again_bytes);
    mpt_table_set_uint(table, L_REORDERED, row->reordered_bytes);
    mpt_table_set_uint(table, L_MISSED, row->uncaptured_bytes[0] + row->uncaptured_bytes[1]);
}

static void data_row(mpt_table *table, const mpt_path_row *row)
{
    const mpt_distribution *d = &row->queue->queued;
    int64_t median, p95;

    mpt_table_set_uint(table, R_USEFUL, row->reinjected.useful);
    mpt_table_set_uint(table, R_REDUNDANT, row->reinjected.redundant);
    mpt_table_set_uint(table, R_USELESS, row->reinjected.useless);
    mpt_table_set_uint(table, R_LOST, row->reinjected.lost);
    if (mpt_distribution_quantile(d, 0.5, &median) && mpt_distribution_quantile(d, 0.95, &p95)) {
        mpt_table_set_ns(table, R_MEDIAN, median);
        mpt_table_set_ns(table, R_P95, p95);
        mpt_table_set_ns(table, R_MAX, d->max);
    }
    mpt_table_set_uint(table, R_HELD, row->queue->waited_bytes);
}

/* What one part of the report says of rows [from, to). */
static void write_part(const mpt_path_model *m, guint from, guint to, mpt_sink *sink, const mpt_column *columns,
                       size_t count, void (*fill)(mpt_table *table, const mpt_path_row *row))
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

    g_string_append_printf(line, "Subflow %u is the same at both ends with %u points", row->subflow, row->flow->score);
    for (unsigned k = 0; k < MPT_PATH_REASONS; k++) {
        if (!(row->flow->reasons >> k & 1u))
            continue;
        g_string_append_printf(line, "%s%s", separator, mpt_path_reason(k));
        separator = ", ";
    }
    g_string_append_c(line, '.');
    say(sink, 2, line);
}

/* What happened to the subflow on the way. */
static void write_changes(const mpt_report_context *x, const mpt_path_row *row, mpt_sink *sink, GString *line)
{
    const mpt_path_flow *f = row->flow;
    char a[MPT_ENDPOINT_TEXT], b[MPT_ENDPOINT_TEXT];

    if (f->addresses_changed) {
        const mpt_subflow *s = f->subflow[!row->from_end];
        unsigned sender = row->side ^ f->flip[!row->from_end];
        g_string_append_printf(line, "Subflow %u: its addresses are changed on the way: what is sent as %s", row->subflow,
                               mpt_endpoint_text(row->sender, a));
        g_string_append_printf(line, " -> %s", mpt_endpoint_text(row->receiver, b));
        g_string_append_printf(line, " arrives as %s", mpt_endpoint_text(&s->ends[sender], a));
        g_string_append_printf(line, " -> %s.", mpt_endpoint_text(&s->ends[!sender], b));
        say(sink, 2, line);
    }
    if (f->options_lost + f->options_new > 0) {
        g_string_append_printf(line, "Subflow %u: ", row->subflow);
        mpt_units_grouped(line, f->options_lost + f->options_new);
        g_string_append_printf(line, " segment%s MPTCP options at one end only, the first in frame %u: something on "
                               "the way changes options.",
                               f->options_lost + f->options_new == 1 ? " has" : "s have", f->options_frame);
        say(sink, 2, line);
    }
    if (mpt_arguments_has(x->arguments, MPT_ARG_FULL))
        write_match(row, sink, line);
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
                               name_from(x, row), name_to(x, row));
        say(sink, 2, line);
        write_changes(x, row, sink, line);
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

    mpt_points_describe(x->points, pair->to, line);
    g_string_append(line, " against ");
    mpt_points_describe(x->points, pair->from, line);
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
        g_string_append_printf(line, " segments of %u subflow%s, if the least delays there and back are alike. %s",
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
        { negative, "delays are below 0, which no network can do: the clocks differ by more than what is corrected." },
        { ambiguous, "segments could be more than one of the other end's: their delays are left out." },
        { ambiguous_flows, "subflows could be more than one of the other end's: they are left out." },
        { forgotten, "segments waited too long for their partner and were given up: losses may be wrong." },
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
        bool join_only = f->kind == MPT_SUBFLOW_JOIN && f->syn_seen && !f->synack_seen;
        g_string_append_printf(line, "Only at the %s: %s", mpt_points_name(x->points, s->point),
                               mpt_endpoint_text(&f->ends[0], a));
        g_string_append_printf(line, " -> %s, %" G_GUINT64_FORMAT " packet%s from frame %u on%s.",
                               mpt_endpoint_text(&f->ends[1], b), packets, packets == 1 ? "" : "s", f->first_frame,
                               join_only ? ": a SYN with MP_JOIN left and did not arrive as such" : "");
        say(sink, 0, line);
    }
    g_string_free(line, TRUE);
}

static void text_report(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    write_notes(m, x, sink);
    for (guint from = 0, to; from < m->rows->len; from = to) {
        uint32_t connection = ((const mpt_path_row *)g_ptr_array_index(m->rows, from))->connection;
        for (to = from + 1; to < m->rows->len; to++)
            if (((const mpt_path_row *)g_ptr_array_index(m->rows, to))->connection != connection)
                break;
        write_connection(m, x, from, to, sink);
    }
    write_singles(m, x, sink);
}

void mpt_report_paths(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    bool csv = x->arguments->format == MPT_FORMAT_CSV;
    mpt_path_model *m;

    if (mpt_points_count(x->points) < 2) {
        g_string_append(sentence, NEEDS_TWO);
        return;
    }
    if (mpt_arguments_has(x->arguments, MPT_ARG_SAMPLES) && !csv) {
        g_string_append(sentence, "\"samples\" are lines of CSV: give format=csv as well");
        return;
    }
    if (mpt_report_missing(x, sentence))
        return;
    m = mpt_path_model_new(x);
    if (mpt_arguments_has(x->arguments, MPT_ARG_SAMPLES))
        samples_report(m, x, sink);
    else if (csv)
        csv_report(m, x, sink);
    else
        text_report(m, x, sink);
    if (m->incomplete)
        g_string_append(sentence, "delays are incomplete: there is no room for a temporary file");
    mpt_path_model_free(m);
}
