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

/* --- a row a subflow and direction --- */

#define CSV_TABLE_LIST(X)                                                                                    \
    X(CONNECTION, MPT_ID, "connection")                                                                      \
    X(SUBFLOW, MPT_ID, "subflow")                                                                            \
    X(DIRECTION, MPT_TEXT, "direction")                                                                      \
    X(FROM, MPT_TEXT, "from")                                                                                \
    X(TO, MPT_TEXT, "to")
MPT_COLUMNS(CSV_TABLE, FIRST_FIGURE, CSV_TABLE_LIST);

/* Of both tables, which begin with the same columns. */
static void begin_row(mpt_table *table, const mpt_report_context *x, const mpt_path_row *row)
{
    mpt_table_begin_row(table);
    if (row->connection != UINT32_MAX) {
        mpt_table_set_uint(table, CONNECTION, row->connection);
        mpt_table_set_uint(table, SUBFLOW, row->subflow);
    }
    mpt_table_set_text(table, DIRECTION, mpt_direction_name(row->direction));
    mpt_table_set_text(table, FROM, mpt_path_from(x, row));
    mpt_table_set_text(table, TO, mpt_path_to(x, row));
}

void mpt_paths_csv(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    mpt_table *table =
        mpt_figures_table(CSV_TABLE, FIRST_FIGURE, (const mpt_figures *const[]){&MPT_PATH_FIGURES}, 1);

    for (guint i = 0; i < m->rows->len; i++) {
        const mpt_path_row *row = g_ptr_array_index(m->rows, i);
        begin_row(table, x, row);
        mpt_figures_cells(table, FIRST_FIGURE, &MPT_PATH_FIGURES, row);
    }
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
    begin_row(w->table, w->context, row);
    mpt_table_set_uint(w->table, S_FROM_FRAME, sample->frame[row->from_end]);
    mpt_table_set_uint(w->table, S_TO_FRAME, sample->frame[mpt_end_other(row->from_end)]);
    mpt_table_set_ns(w->table, S_SENT, sample->time_ns[row->from_end] - w->epoch_ns);
    mpt_table_set_ns(w->table, S_ARRIVED, sample->time_ns[mpt_end_other(row->from_end)] - w->epoch_ns);
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
