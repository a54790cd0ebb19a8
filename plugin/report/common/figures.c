/* figures.c - see figures.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "figures.h"

#include <string.h>

#include "tap/engine/core/engine.h"

/* Beyond this a double is not exact (RFC 8259 6). */
#define EXACT_MAX INT64_C(9007199254740991)

#define BYTE(kind, member)                                                                                   \
    {                                                                                                        \
        .name = #member, .column = #member, .type = kind, .offset = offsetof(mpt_byte_figures, member)       \
    }

static const mpt_figure BYTE_ROWS[] = {
    BYTE(MPT_FIGURE_COUNT, segments),         BYTE(MPT_FIGURE_COUNT, packets),
    BYTE(MPT_FIGURE_BYTES, payload_bytes),    BYTE(MPT_FIGURE_BYTES, retrans_bytes),
    BYTE(MPT_FIGURE_BYTES, unique_bytes),     BYTE(MPT_FIGURE_BYTES, first_bytes),
    BYTE(MPT_FIGURE_BYTES, reinjected_bytes), BYTE(MPT_FIGURE_BYTES, reinjected_same_bytes),
    BYTE(MPT_FIGURE_BYTES, unmapped_bytes),   BYTE(MPT_FIGURE_BYTES, fallback_bytes),
    BYTE(MPT_FIGURE_SECONDS, duration),       BYTE(MPT_FIGURE_SECONDS, data_duration),
    BYTE(MPT_FIGURE_RATE, throughput),
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

static const mpt_figure COUNT_ROWS[] = {COUNT(cut_options), COUNT(malformed_options), COUNT(late_segments),
                                        COUNT(lost_segments)};

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

void mpt_figures_json_seconds(mpt_json *json, const char *key, mpt_maybe_ns seconds)
{
    if (seconds.known)
        mpt_json_member_seconds(json, key, seconds.ns);
    else
        mpt_json_member_null(json, key);
}

static void json_member(mpt_json *json, const mpt_figure *figure, const void *at)
{
    switch (figure->type) {
    case MPT_FIGURE_COUNT:
    case MPT_FIGURE_BYTES:
        mpt_json_member_uint(json, figure->name, *(const uint64_t *)at);
        break;
    case MPT_FIGURE_NUMBER:
        mpt_figures_json_number(json, figure->name, *(const mpt_maybe_int *)at);
        break;
    case MPT_FIGURE_SECONDS:
        mpt_figures_json_seconds(json, figure->name, *(const mpt_maybe_ns *)at);
        break;
    case MPT_FIGURE_RATE:
    case MPT_FIGURE_PERCENT:
        mpt_json_member_double(json, figure->name, *(const double *)at, 3);
        break;
    case MPT_FIGURE_TYPES:
        g_assert_not_reached();
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
        json_member(json, figure, (const char *)base + figure->offset);
    }
    if (group)
        mpt_json_end_object(json);
}

static mpt_column column_of(const mpt_figure *figure)
{
    static const mpt_column_type types[MPT_FIGURE_TYPES] = {
        [MPT_FIGURE_COUNT] = MPT_UINT,    [MPT_FIGURE_BYTES] = MPT_BYTES,
        [MPT_FIGURE_NUMBER] = MPT_INT,    [MPT_FIGURE_SECONDS] = MPT_SECONDS_NS,
        [MPT_FIGURE_RATE] = MPT_RATE_BPS, [MPT_FIGURE_PERCENT] = MPT_PERCENT,
    };

    return (mpt_column){.name = figure->column ? figure->column : figure->name,
                        .type = types[figure->type],
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

static void set_cell(mpt_table *table, size_t column, mpt_figure_type type, const void *at)
{
    switch (type) {
    case MPT_FIGURE_COUNT:
    case MPT_FIGURE_BYTES:
        mpt_table_set_uint(table, column, *(const uint64_t *)at);
        break;
    case MPT_FIGURE_NUMBER: {
        const mpt_maybe_int *number = at;
        if (number->known)
            mpt_table_set_int(table, column, number->value);
        break;
    }
    case MPT_FIGURE_SECONDS: {
        const mpt_maybe_ns *seconds = at;
        if (seconds->known)
            mpt_table_set_ns(table, column, seconds->ns);
        break;
    }
    case MPT_FIGURE_RATE:
    case MPT_FIGURE_PERCENT:
        mpt_table_set_double(table, column, *(const double *)at);
        break;
    case MPT_FIGURE_TYPES:
        g_assert_not_reached();
    }
}

void mpt_figures_cells(mpt_table *table, size_t first, const mpt_figures *figures, const void *base)
{
    for (size_t i = 0; i < figures->count; i++)
        set_cell(table, first + i, figures->rows[i].type, (const char *)base + figures->rows[i].offset);
}
