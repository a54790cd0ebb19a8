/* paths_csv.c - see paths_csv.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "paths_csv.h"

#include "plugin/report/common/labels.h"
#include "plugin/report/format/csv.h"
#include "plugin/report/vantage/vantage_engines.h"

const char *mpt_path_from(const mpt_report_context *x, const mpt_path_row *row)
{
    return mpt_vantage_engines_name(x->points,
                                    row->from_end == row->pair->client_end ? row->pair->from : row->pair->to);
}

const char *mpt_path_to(const mpt_report_context *x, const mpt_path_row *row)
{
    return mpt_vantage_engines_name(x->points,
                                    row->from_end == row->pair->client_end ? row->pair->to : row->pair->from);
}

void mpt_path_set_distribution(mpt_table *table, size_t first, const mpt_histogram *d)
{
    int64_t median, p95;

    if (!mpt_histogram_quantile(d, 0.5, &median) || !mpt_histogram_quantile(d, 0.95, &p95))
        return;
    mpt_table_set_ns(table, first, d->min);
    mpt_table_set_ns(table, first + 1, median);
    mpt_table_set_ns(table, first + 2, p95);
    mpt_table_set_ns(table, first + 3, d->max);
}

/* --- a row a subflow and direction --- */

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
    [CONNECTION] = {.name = "connection", .type = MPT_ID},
    [SUBFLOW] = {.name = "subflow", .type = MPT_ID},
    [DIRECTION] = {.name = "direction", .type = MPT_TEXT},
    [FROM] = {.name = "from", .type = MPT_TEXT},
    [TO] = {.name = "to", .type = MPT_TEXT},
    [OWD_MIN] = {.name = "owd_min", .type = MPT_SECONDS_NS},
    [OWD_MEDIAN] = {.name = "owd_median", .type = MPT_SECONDS_NS},
    [OWD_P95] = {.name = "owd_p95", .type = MPT_SECONDS_NS},
    [OWD_MAX] = {.name = "owd_max", .type = MPT_SECONDS_NS},
    [OWD_MEAN] = {.name = "owd_mean", .type = MPT_SECONDS_NS},
    [SAMPLES] = {.name = "owd_samples", .type = MPT_UINT},
    [NEGATIVE] = {.name = "owd_negative", .type = MPT_UINT},
    [JITTER] = {.name = "jitter_rfc3550", .type = MPT_SECONDS_NS},
    [P95_MIN] = {.name = "jitter_p95_min", .type = MPT_SECONDS_NS},
    [SENT_SEGMENTS] = {.name = "sent_segments", .type = MPT_UINT},
    [ARRIVED_SEGMENTS] = {.name = "arrived_segments", .type = MPT_UINT},
    [LOST_SEGMENTS] = {.name = "lost_segments", .type = MPT_UINT},
    [DUPLICATED_SEGMENTS] = {.name = "duplicated_segments", .type = MPT_UINT},
    [REORDERED_SEGMENTS] = {.name = "reordered_segments", .type = MPT_UINT},
    [SENT] = {.name = "sent_bytes", .type = MPT_BYTES},
    [ARRIVED] = {.name = "arrived_bytes", .type = MPT_BYTES},
    [LOST] = {.name = "lost_bytes", .type = MPT_BYTES},
    [DUPLICATED] = {.name = "duplicated_bytes", .type = MPT_BYTES},
    [REORDERED] = {.name = "reordered_bytes", .type = MPT_BYTES},
    [UNCAPTURED_SENDER] = {.name = "not_captured_sender_bytes", .type = MPT_BYTES},
    [UNCAPTURED_RECEIVER] = {.name = "not_captured_receiver_bytes", .type = MPT_BYTES},
    [USEFUL] = {.name = "reinjected_useful_bytes", .type = MPT_BYTES},
    [REDUNDANT] = {.name = "reinjected_redundant_bytes", .type = MPT_BYTES},
    [USELESS] = {.name = "reinjected_useless_bytes", .type = MPT_BYTES},
    [REINJECTED_LOST] = {.name = "reinjected_lost_bytes", .type = MPT_BYTES},
    [QUEUE_MIN] = {.name = "reorder_queue_min", .type = MPT_SECONDS_NS},
    [QUEUE_MEDIAN] = {.name = "reorder_queue_median", .type = MPT_SECONDS_NS},
    [QUEUE_P95] = {.name = "reorder_queue_p95", .type = MPT_SECONDS_NS},
    [QUEUE_MAX] = {.name = "reorder_queue_max", .type = MPT_SECONDS_NS},
    [HELD_UP] = {.name = "held_up_bytes", .type = MPT_BYTES},
    [HELD_UP_LONGEST] = {.name = "held_up_longest", .type = MPT_SECONDS_NS},
};

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
        {SAMPLES, row->owd.samples},
        {NEGATIVE, row->negative},
        {SENT_SEGMENTS, row->sent_segments},
        {ARRIVED_SEGMENTS, row->arrived_segments},
        {LOST_SEGMENTS, row->lost_segments},
        {DUPLICATED_SEGMENTS, row->again_segments},
        {REORDERED_SEGMENTS, row->reordered_segments},
        {SENT, row->sent_bytes},
        {ARRIVED, row->arrived_bytes},
        {LOST, row->lost_bytes},
        {DUPLICATED, row->again_bytes},
        {REORDERED, row->reordered_bytes},
        {UNCAPTURED_SENDER, row->uncaptured_bytes[0]},
        {UNCAPTURED_RECEIVER, row->uncaptured_bytes[1]},
        {USEFUL, row->reinjected.useful},
        {REDUNDANT, row->reinjected.redundant},
        {USELESS, row->reinjected.useless},
        {REINJECTED_LOST, row->reinjected.lost},
        {HELD_UP, row->queue->waited_bytes},
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
    mpt_table_set_text(table, FROM, mpt_path_from(x, row));
    mpt_table_set_text(table, TO, mpt_path_to(x, row));
    mpt_path_set_distribution(table, OWD_MIN, &row->owd);
    if (mpt_histogram_quantile(&row->owd, 0.95, &p95)) {
        mpt_table_set_ns(table, OWD_MEAN, (int64_t)(row->owd.sum / (double)row->owd.samples));
        mpt_table_set_ns(table, P95_MIN, p95 - row->owd.min);
    }
    if (row->jitter_known)
        mpt_table_set_ns(table, JITTER, (int64_t)row->jitter_ns);
    csv_bytes(table, row);
    mpt_path_set_distribution(table, QUEUE_MIN, &row->queue->queued);
    mpt_table_set_ns(table, HELD_UP_LONGEST, row->queue->waited_ns);
}

void mpt_paths_csv(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    mpt_table *table = mpt_table_new(CSV_TABLE, COLUMNS);

    for (guint i = 0; i < m->rows->len; i++)
        csv_row(table, x, g_ptr_array_index(m->rows, i));
    mpt_csv_table(sink, table);
    mpt_table_free(table);
}

/* --- samples --- */

enum {
    S_CONNECTION,
    S_SUBFLOW,
    S_DIRECTION,
    S_FROM,
    S_TO,
    S_FROM_FRAME,
    S_TO_FRAME,
    S_SENT,
    S_ARRIVED,
    S_DELAY,
    S_BYTES,
    S_COLUMNS
};

static const mpt_column SAMPLE_TABLE[S_COLUMNS] = {
    [S_CONNECTION] = {.name = "connection", .type = MPT_ID},
    [S_SUBFLOW] = {.name = "subflow", .type = MPT_ID},
    [S_DIRECTION] = {.name = "direction", .type = MPT_TEXT},
    [S_FROM] = {.name = "from", .type = MPT_TEXT},
    [S_TO] = {.name = "to", .type = MPT_TEXT},
    [S_FROM_FRAME] = {.name = "from_frame", .type = MPT_ID},
    [S_TO_FRAME] = {.name = "to_frame", .type = MPT_ID},
    [S_SENT] = {.name = "sent", .type = MPT_SECONDS_NS},
    [S_ARRIVED] = {.name = "arrived", .type = MPT_SECONDS_NS},
    [S_DELAY] = {.name = "owd", .type = MPT_SECONDS_NS},
    [S_BYTES] = {.name = "payload_bytes", .type = MPT_BYTES},
};

typedef struct sample_writer {
    const mpt_report_context *context;
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
    mpt_table_set_text(w->table, S_FROM, mpt_path_from(w->context, row));
    mpt_table_set_text(w->table, S_TO, mpt_path_to(w->context, row));
    mpt_table_set_uint(w->table, S_FROM_FRAME, sample->frame[row->from_end]);
    mpt_table_set_uint(w->table, S_TO_FRAME, sample->frame[!row->from_end]);
    mpt_table_set_ns(w->table, S_SENT, sample->time_ns[row->from_end] - w->epoch_ns);
    mpt_table_set_ns(w->table, S_ARRIVED, sample->time_ns[!row->from_end] - w->epoch_ns);
    mpt_table_set_ns(w->table, S_DELAY, delay_ns);
    mpt_table_set_uint(w->table, S_BYTES, sample->length);
}

void mpt_paths_samples_csv(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    sample_writer w = {.context = x, .sink = sink, .epoch_ns = mpt_engine_get_counts(x->engine)->earliest_ns};

    w.table = mpt_table_new(SAMPLE_TABLE, S_COLUMNS);
    mpt_csv_header(sink, w.table);
    for (guint i = 0; i < m->pairs->len; i++)
        mpt_path_model_samples(m, g_ptr_array_index(m->pairs, i), write_sample, &w);
    mpt_csv_rows(sink, w.table);
    mpt_table_free(w.table);
}
