/* figures.c - see figures.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "figures.h"

#include <math.h>

#include "tap/engine/core/engine.h"

/* Beyond this a double is not exact (RFC 8259 6). */
#define EXACT_MAX INT64_C(9007199254740991)

#define BYTE(kind, member)                                                                                   \
    {                                                                                                        \
        .name = #member, .column = #member, .type = kind, .offset = offsetof(mpt_byte_figures, member)       \
    }

#define BYTE_AS(its_name, member)                                                                            \
    {                                                                                                        \
        .name = #its_name, .column = #its_name, .type = MPT_FIGURE_SECONDS,                                  \
        .offset = offsetof(mpt_byte_figures, member)                                                         \
    }

static const mpt_figure BYTE_ROWS[] = {
    BYTE(MPT_FIGURE_COUNT, segments),
    BYTE(MPT_FIGURE_COUNT, packets),
    BYTE(MPT_FIGURE_BYTES, payload_bytes),
    BYTE(MPT_FIGURE_BYTES, retrans_bytes),
    BYTE(MPT_FIGURE_BYTES, unique_bytes),
    BYTE(MPT_FIGURE_BYTES, first_bytes),
    BYTE(MPT_FIGURE_BYTES, reinjected_bytes),
    BYTE(MPT_FIGURE_BYTES, reinjected_same_bytes),
    BYTE(MPT_FIGURE_BYTES, unmapped_bytes),
    BYTE(MPT_FIGURE_BYTES, fallback_bytes),
    BYTE(MPT_FIGURE_SECONDS, duration),
    BYTE(MPT_FIGURE_SECONDS, data_duration),
    BYTE(MPT_FIGURE_RATE, throughput),
    BYTE_AS(start, first),
    BYTE_AS(end, last),
    BYTE_AS(data_start, first_data),
    BYTE_AS(data_end, last_data),
};

#define DATA(kind, member)                                                                                   \
    {                                                                                                        \
        .name = #member, .column = #member, .type = kind, .offset = offsetof(mpt_data_figures, member)       \
    }
#define DATA_IN(kind, its_group, its_name, its_column, member)                                               \
    {                                                                                                        \
        .group = its_group, .name = its_name, .column = its_column, .type = kind,                            \
        .offset = offsetof(mpt_data_figures, member)                                                         \
    }

static const mpt_figure DATA_ROWS[] = {
    DATA(MPT_FIGURE_BYTES, dsn_unique_bytes),
    DATA(MPT_FIGURE_NUMBER, dsn_first),
    DATA(MPT_FIGURE_NUMBER, dsn_end),
    DATA(MPT_FIGURE_BYTES, dsn_gap_bytes),
    DATA(MPT_FIGURE_NUMBER, data_fin),
    DATA_IN(MPT_FIGURE_COUNT, "data_ack", "count", "data_ack_count", data_ack_count),
    DATA_IN(MPT_FIGURE_NUMBER, "data_ack", "max", "data_ack_max", data_ack_max),
    DATA(MPT_FIGURE_NUMBER, acked_bytes),
    DATA(MPT_FIGURE_RATE, goodput),
    DATA(MPT_FIGURE_SECONDS, goodput_duration),
    DATA_IN(MPT_FIGURE_NUMBER, "out_of_order", "segments", "out_of_order_segments", out_of_order_segments),
    DATA_IN(MPT_FIGURE_NUMBER, "out_of_order", "bytes", "out_of_order_bytes", out_of_order_bytes),
    DATA_IN(MPT_FIGURE_SECONDS, "out_of_order", "reorder_delay", "reorder_delay", reorder_delay),
};

#define CHECKSUM(member)                                                                                     \
    {                                                                                                        \
        .name = #member, .column = "checksums_" #member, .type = MPT_FIGURE_COUNT,                           \
        .offset = offsetof(mpt_checksum_figures, member)                                                     \
    }

static const mpt_figure CHECKSUM_ROWS[] = {CHECKSUM(ok), CHECKSUM(bad), CHECKSUM(incomplete)};

#define RTT(kind, member)                                                                                    \
    {                                                                                                        \
        .name = #member, .column = "rtt_" #member, .type = kind,                                             \
        .offset = offsetof(mpt_distribution, member)                                                         \
    }

static const mpt_figure RTT_ROWS[] = {
    RTT(MPT_FIGURE_SECONDS, min), RTT(MPT_FIGURE_SECONDS, median), RTT(MPT_FIGURE_SECONDS, p95),
    RTT(MPT_FIGURE_SECONDS, max), RTT(MPT_FIGURE_COUNT, samples),
};

#define COUNT(member)                                                                                        \
    {                                                                                                        \
        .name = #member, .column = #member, .type = MPT_FIGURE_COUNT,                                        \
        .offset = offsetof(mpt_engine_counts, member)                                                        \
    }

static const mpt_figure COUNT_ROWS[] = {COUNT(cut_options),
                                        COUNT(malformed_options),
                                        COUNT(late_segments),
                                        COUNT(lost_segments),
                                        {.name = "captured_twice",
                                         .column = "captured_twice",
                                         .type = MPT_FIGURE_COUNT,
                                         .offset = offsetof(mpt_engine_counts, twice.segments)},
                                        {.name = "clock_steps",
                                         .column = "clock_steps",
                                         .type = MPT_FIGURE_COUNT,
                                         .offset = offsetof(mpt_engine_counts, stepped.steps)}};

static const mpt_figure TCP_ROWS[] = {
    BYTE(MPT_FIGURE_COUNT, segments),        BYTE(MPT_FIGURE_COUNT, packets),
    BYTE(MPT_FIGURE_BYTES, payload_bytes),   BYTE(MPT_FIGURE_BYTES, retrans_bytes),
    BYTE(MPT_FIGURE_BYTES, unique_bytes),    BYTE(MPT_FIGURE_SECONDS, duration),
    BYTE(MPT_FIGURE_SECONDS, data_duration), BYTE(MPT_FIGURE_RATE, throughput),
};

const mpt_figures MPT_BYTE_FIGURES = {BYTE_ROWS, G_N_ELEMENTS(BYTE_ROWS)};
const mpt_figures MPT_TCP_FIGURES = {TCP_ROWS, G_N_ELEMENTS(TCP_ROWS)};
const mpt_figures MPT_DATA_FIGURES = {DATA_ROWS, G_N_ELEMENTS(DATA_ROWS)};
const mpt_figures MPT_CHECKSUM_FIGURES = {CHECKSUM_ROWS, G_N_ELEMENTS(CHECKSUM_ROWS)};
const mpt_figures MPT_RTT_FIGURES = {RTT_ROWS, G_N_ELEMENTS(RTT_ROWS)};
const mpt_figures MPT_COUNT_FIGURES = {COUNT_ROWS, G_N_ELEMENTS(COUNT_ROWS)};

mpt_distribution mpt_figures_rtt(const mpt_rtt_figures *rtt)
{
    bool known = rtt->samples > 0;
    return (mpt_distribution){
        .min = {known, rtt->min_ns},
        .median = {known, rtt->median_ns},
        .p95 = {known, rtt->p95_ns},
        .max = {known, rtt->max_ns},
        .samples = rtt->samples,
    };
}

void mpt_figures_json_number(mpt_json *json, const char *key, mpt_maybe_int number)
{
    mpt_json_key(json, key);
    if (!number.known)
        mpt_json_null(json);
    else if (number.value > EXACT_MAX || number.value < -EXACT_MAX)
        mpt_json_stringf(json, "%" G_GINT64_FORMAT, number.value);
    else
        mpt_json_int(json, number.value);
}

void mpt_figures_json_bool(mpt_json *json, const char *key, mpt_maybe_int value)
{
    if (value.known)
        mpt_json_member_bool(json, key, value.value != 0);
    else
        mpt_json_member_null(json, key);
}

void mpt_figures_json_seconds(mpt_json *json, const char *key, mpt_maybe_ns seconds)
{
    if (seconds.known)
        mpt_json_member_seconds(json, key, seconds.ns);
    else
        mpt_json_member_null(json, key);
}

static const mpt_column_type TYPES[MPT_FIGURE_TYPES] = {
    [MPT_FIGURE_COUNT] = MPT_UINT,
    [MPT_FIGURE_BYTES] = MPT_BYTES,
    [MPT_FIGURE_NUMBER] = MPT_INT,
    [MPT_FIGURE_SECONDS] = MPT_SECONDS_NS,
    [MPT_FIGURE_MILLISECONDS] = MPT_MILLISECONDS_NS,
    [MPT_FIGURE_RATE] = MPT_RATE_BPS,
    [MPT_FIGURE_PERCENT] = MPT_PERCENT,
};

static mpt_cell cell_of(const mpt_figure *figure, const void *base)
{
    const void *at = (const char *)base + figure->offset;
    const mpt_maybe_int *number = at;
    const mpt_maybe_ns *seconds = at;
    const double *value = at;

    switch (figure->type) {
    case MPT_FIGURE_NUMBER:
        return (mpt_cell){.set = number->known, .value.i = number->value};
    case MPT_FIGURE_SECONDS:
    case MPT_FIGURE_MILLISECONDS:
        return (mpt_cell){.set = seconds->known, .value.i = seconds->ns};
    case MPT_FIGURE_RATE:
    case MPT_FIGURE_PERCENT:
        return (mpt_cell){.set = isfinite(*value), .value.d = *value};
    default:
        return (mpt_cell){.set = true, .value.u = *(const uint64_t *)at};
    }
}

static void json_cell(mpt_json *json, const char *name, mpt_column_type type, const mpt_cell *cell)
{
    if (!cell->set) {
        mpt_json_member_null(json, name);
        return;
    }
    switch (type) {
    case MPT_INT:
        mpt_figures_json_number(json, name, (mpt_maybe_int){true, cell->value.i});
        break;
    case MPT_SECONDS_NS:
        mpt_json_member_seconds(json, name, cell->value.i);
        break;
    case MPT_RATE_BPS:
    case MPT_PERCENT:
        mpt_json_member_double(json, name, cell->value.d, 3);
        break;
    case MPT_TEXT:
        mpt_json_member_string(json, name, cell->value.text);
        break;
    default:
        mpt_json_member_uint(json, name, cell->value.u);
    }
}

void mpt_figures_json_cells(mpt_json *json, const mpt_table *table, size_t row, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const mpt_column *column = mpt_table_column(table, i);
        json_cell(json, column->name, column->type, mpt_table_cell(table, row, i));
    }
}

void mpt_figures_json(mpt_json *json, const mpt_figures *figures, const void *base)
{
    const char *group = NULL;
    for (size_t i = 0; i < figures->count; i++) {
        const mpt_figure *figure = &figures->rows[i];
        if (g_strcmp0(group, figure->group) != 0) {
            if (group)
                mpt_json_end_object(json);
            if (figure->group)
                mpt_json_member_object_inline(json, figure->group);
            group = figure->group;
        }
        mpt_cell cell = cell_of(figure, base);
        json_cell(json, figure->name, TYPES[figure->type], &cell);
    }
    if (group)
        mpt_json_end_object(json);
}

static mpt_column column_of(const mpt_figure *figure)
{
    return (mpt_column){.name = figure->column ? figure->column : figure->name,
                        .type = TYPES[figure->type],
                        .flags = figure->column ? 0 : MPT_COLUMN_TEXT_ONLY};
}

mpt_table *mpt_figures_table(const mpt_column *own, size_t count, const mpt_figures *const groups[],
                             size_t group_count)
{
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(mpt_column));
    mpt_table *table;

    g_array_append_vals(columns, own, (guint)count);
    for (size_t k = 0; k < group_count; k++)
        for (size_t i = 0; i < groups[k]->count; i++) {
            mpt_column column = column_of(&groups[k]->rows[i]);
            g_array_append_val(columns, column);
        }
    table = mpt_table_new((const mpt_column *)(const void *)columns->data, columns->len);
    g_array_free(columns, TRUE);
    return table;
}

void mpt_figures_cells(mpt_table *table, size_t first, const mpt_figures *figures, const void *base)
{
    for (size_t i = 0; i < figures->count; i++) {
        mpt_cell cell = cell_of(&figures->rows[i], base);
        mpt_table_set_cell(table, first + i, &cell);
    }
}
