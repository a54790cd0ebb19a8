/* flow_tables.c - the rows of a ladder as CSV and JSON, see flow_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_internal.h"
#include "plugin/report/common/figures.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/format/csv.h"

/* Rows that are in memory at once. */
#define PART 8192

#define ROW_TABLE_LIST(X)                                                                                    \
    X(CONNECTION, MPT_ID, "connection")                                                                      \
    X(TIME, MPT_SECONDS_NS, "time")                                                                          \
    X(LAST_TIME, MPT_SECONDS_NS, "last_time")                                                                \
    X(FRAME, MPT_ID, "frame")                                                                                \
    X(LAST_FRAME, MPT_ID, "last_frame")                                                                      \
    X(FAR_FRAME, MPT_ID, "far_frame")                                                                        \
    X(SUBFLOW, MPT_ID, "subflow")                                                                            \
    X(DIRECTION, MPT_TEXT, "direction")                                                                      \
    X(KIND, MPT_TEXT, "kind")                                                                                \
    X(STATE, MPT_TEXT, "state")                                                                              \
    X(SIGNALS, MPT_TEXT, "signals")                                                                          \
    X(PACKETS, MPT_UINT, "packets")                                                                          \
    X(BYTES, MPT_BYTES, "bytes")                                                                             \
    X(DSN, MPT_INT, "dsn_first")                                                                             \
    X(DSN_END, MPT_INT, "dsn_end")                                                                           \
    X(DATA_ACK, MPT_INT, "data_ack")                                                                         \
    X(DELAY, MPT_SECONDS_NS, "delay_min")                                                                    \
    X(DELAY_MAX, MPT_SECONDS_NS, "delay_max")
MPT_COLUMNS(ROW_TABLE, ROW_COLUMNS, ROW_TABLE_LIST);

/* NULL: nothing special. */
static const char *state_name(const mpt_flow_row *row)
{
    return row->flags & MPT_ARROW_LOST           ? "lost"
           : row->flags & MPT_ARROW_UNCAPTURED   ? "uncaptured"
           : row->flags & MPT_ARROW_OUT_OF_ORDER ? "out_of_order"
                                                 : NULL;
}

static const char *signals_of(const mpt_flow *f, const mpt_flow_row *row)
{
    const mpt_flow_signal *s = row->flags & MPT_ARROW_SIGNALS
                                   ? mpt_flow_signal_of(f, &g_array_index(f->arrows, mpt_arrow, row->first))
                                   : NULL;

    return s ? s->name : row->flags & MPT_ARROW_RST ? "RST" : row->flags & MPT_ARROW_SYN ? "SYN" : NULL;
}

static void set_numbers(mpt_table *table, const mpt_flow *f, const mpt_flow_row *row)
{
    bool data = row->kind < MPT_ARROW_DATA_ACK;
    mpt_direction sent = (mpt_direction)row->direction, of = data ? sent : mpt_direction_other(sent);

    if (!(row->flags & MPT_ARROW_NUMBERED) || !f->numbered[of])
        return;
    if (data) {
        mpt_table_set_int(table, DSN, row->low);
        mpt_table_set_int(table, DSN_END, row->high);
    } else {
        mpt_table_set_int(table, DATA_ACK, row->high);
    }
}

static void add_row(mpt_table *table, const mpt_flow *f, const mpt_flow_row *row)
{
    const mpt_arrow *first = &g_array_index(f->arrows, mpt_arrow, row->first),
                    *last = &g_array_index(f->arrows, mpt_arrow, row->last);
    const mpt_flow_far *far = mpt_flow_far_of(f, first);

    mpt_table_begin_row(table);
    mpt_table_set_uint(table, CONNECTION, f->connection);
    mpt_table_set_ns(table, TIME, row->time_ns);
    mpt_table_set_ns(table, LAST_TIME, row->last_ns);
    mpt_table_set_uint(table, FRAME, first->frame);
    mpt_table_set_uint(table, LAST_FRAME, last->frame);
    if (far)
        mpt_table_set_uint(table, FAR_FRAME, far->frame);
    mpt_table_set_uint(table, SUBFLOW, row->subflow);
    mpt_table_set_text(table, DIRECTION, mpt_direction_name((mpt_direction)row->direction));
    mpt_table_set_text(table, KIND, mpt_flow_kind_name(row->kind));
    mpt_table_set_text(table, STATE, state_name(row));
    mpt_table_set_text(table, SIGNALS, signals_of(f, row));
    mpt_table_set_uint(table, PACKETS, row->packets);
    mpt_table_set_uint(table, BYTES, row->bytes);
    set_numbers(table, f, row);
    if (!row->delays)
        return;
    mpt_table_set_ns(table, DELAY, row->delay_low);
    mpt_table_set_ns(table, DELAY_MAX, row->delay_high);
}

/* The rows from `from` on, as many as fit. */
static mpt_table *part_of(const mpt_flow_shown *shown, uint32_t from)
{
    mpt_table *table = mpt_table_new(ROW_TABLE, ROW_COLUMNS);

    for (uint32_t i = from; i < shown->count && i - from < PART; i++) {
        mpt_flow_row row;

        mpt_flow_rows_at(shown->rows, shown->level, i, &row);
        add_row(table, shown->flow, &row);
    }
    return table;
}

void mpt_flow_csv_titles(mpt_sink *sink)
{
    mpt_table *table = mpt_table_new(ROW_TABLE, ROW_COLUMNS);

    mpt_csv_header(sink, table);
    mpt_table_free(table);
}

void mpt_flow_csv(const mpt_flow_shown *shown, mpt_sink *sink)
{
    for (uint32_t i = 0; i < shown->count; i += PART) {
        mpt_table *table = part_of(shown, i);

        mpt_csv_rows(sink, table);
        mpt_table_free(table);
    }
}

void mpt_flow_json(const mpt_flow_shown *shown, mpt_json *json)
{
    mpt_json_begin_object(json);
    mpt_json_member_uint(json, "connection", shown->flow->connection);
    mpt_json_member_bool(json, "both_ends", shown->flow->both_ends);
    mpt_json_member_uint(json, "packets_of_a_row", (uint64_t)1 << (3 * shown->level));
    mpt_json_member_array(json, "rows");
    for (uint32_t i = 0; i < shown->count; i += PART) {
        mpt_table *table = part_of(shown, i);

        for (size_t k = 0; k < mpt_table_rows(table); k++) {
            mpt_json_begin_object_inline(json);
            mpt_figures_json_cells(json, table, k, TIME, ROW_COLUMNS);
            mpt_json_end_object(json);
        }
        mpt_table_free(table);
    }
    mpt_json_end_array(json);
    mpt_json_end_object(json);
}
