/* paths_csv.c - see paths_csv.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "paths_csv.h"

#include "plugin/report/common/labels.h"
#include "plugin/report/common/vantage_words.h"
#include "plugin/report/format/csv.h"

const char *mpt_path_from(const mpt_report_context *x, const mpt_path_row *row)
{
    return mpt_vantage_name_of(x->points,
                               row->from_end == row->pair->client_end ? row->pair->from : row->pair->to);
}

const char *mpt_path_to(const mpt_report_context *x, const mpt_path_row *row)
{
    return mpt_vantage_name_of(x->points,
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

#define CSV_TABLE_LIST(X)                                                                                    \
    X(CONNECTION, MPT_ID, "connection")                                                                      \
    X(SUBFLOW, MPT_ID, "subflow")                                                                            \
    X(DIRECTION, MPT_TEXT, "direction")                                                                      \
    X(FROM, MPT_TEXT, "from")                                                                                \
    X(TO, MPT_TEXT, "to")                                                                                    \
    X(OWD_MIN, MPT_SECONDS_NS, "owd_min")                                                                    \
    X(OWD_MEDIAN, MPT_SECONDS_NS, "owd_median")                                                              \
    X(OWD_P95, MPT_SECONDS_NS, "owd_p95")                                                                    \
    X(OWD_MAX, MPT_SECONDS_NS, "owd_max")                                                                    \
    X(OWD_MEAN, MPT_SECONDS_NS, "owd_mean")                                                                  \
    X(SAMPLES, MPT_UINT, "owd_samples")                                                                      \
    X(NEGATIVE, MPT_UINT, "owd_negative")                                                                    \
    X(JITTER, MPT_SECONDS_NS, "jitter_rfc3550")                                                              \
    X(P95_MIN, MPT_SECONDS_NS, "jitter_p95_min")                                                             \
    X(SENT_SEGMENTS, MPT_UINT, "sent_segments")                                                              \
    X(ARRIVED_SEGMENTS, MPT_UINT, "arrived_segments")                                                        \
    X(LOST_SEGMENTS, MPT_UINT, "lost_segments")                                                              \
    X(DUPLICATED_SEGMENTS, MPT_UINT, "duplicated_segments")                                                  \
    X(REORDERED_SEGMENTS, MPT_UINT, "reordered_segments")                                                    \
    X(SENT, MPT_BYTES, "sent_bytes")                                                                         \
    X(ARRIVED, MPT_BYTES, "arrived_bytes")                                                                   \
    X(LOST, MPT_BYTES, "lost_bytes")                                                                         \
    X(DUPLICATED, MPT_BYTES, "duplicated_bytes")                                                             \
    X(REORDERED, MPT_BYTES, "reordered_bytes")                                                               \
    X(UNCAPTURED_SENDER, MPT_BYTES, "not_captured_sender_bytes")                                             \
    X(UNCAPTURED_RECEIVER, MPT_BYTES, "not_captured_receiver_bytes")                                         \
    X(USEFUL, MPT_BYTES, "reinjected_useful_bytes")                                                          \
    X(REDUNDANT, MPT_BYTES, "reinjected_redundant_bytes")                                                    \
    X(USELESS, MPT_BYTES, "reinjected_useless_bytes")                                                        \
    X(REINJECTED_LOST, MPT_BYTES, "reinjected_lost_bytes")                                                   \
    X(QUEUE_MIN, MPT_SECONDS_NS, "reorder_queue_min")                                                        \
    X(QUEUE_MEDIAN, MPT_SECONDS_NS, "reorder_queue_median")                                                  \
    X(QUEUE_P95, MPT_SECONDS_NS, "reorder_queue_p95")                                                        \
    X(QUEUE_MAX, MPT_SECONDS_NS, "reorder_queue_max")                                                        \
    X(HELD_UP, MPT_BYTES, "held_up_bytes")                                                                   \
    X(HELD_UP_LONGEST, MPT_SECONDS_NS, "held_up_longest")
MPT_COLUMNS(CSV_TABLE, COLUMNS, CSV_TABLE_LIST);

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

#define SAMPLE_TABLE_LIST(X)                                                                                 \
    X(S_CONNECTION, MPT_ID, "connection")                                                                    \
    X(S_SUBFLOW, MPT_ID, "subflow")                                                                          \
    X(S_DIRECTION, MPT_TEXT, "direction")                                                                    \
    X(S_FROM, MPT_TEXT, "from")                                                                              \
    X(S_TO, MPT_TEXT, "to")                                                                                  \
    X(S_FROM_FRAME, MPT_ID, "from_frame")                                                                    \
    X(S_TO_FRAME, MPT_ID, "to_frame")                                                                        \
    X(S_SENT, MPT_SECONDS_NS, "sent")                                                                        \
    X(S_ARRIVED, MPT_SECONDS_NS, "arrived")                                                                  \
    X(S_DELAY, MPT_SECONDS_NS, "owd")                                                                        \
    X(S_BYTES, MPT_BYTES, "payload_bytes")
MPT_COLUMNS(SAMPLE_TABLE, S_COLUMNS, SAMPLE_TABLE_LIST);

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
