/* table.c - see table.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "table.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "tap/engine/base/units.h"

/* Most tables are of one connection's subflows. */
#define FIRST_ROWS 4

struct mpt_table {
    mpt_column *columns;
    size_t column_count;
    GArray *cells; /* mpt_cell, row by row */
    GStringChunk *texts;
};

/* What a type says of its columns. */
static const struct {
    const char *suffix; /* of the csv name; NULL: the column's unit */
    bool number;
} TYPES[MPT_COLUMN_TYPES] = {
    [MPT_INT] = {.suffix = NULL, .number = true},
    [MPT_UINT] = {.suffix = NULL, .number = true},
    [MPT_ID] = {.suffix = NULL, .number = true},
    [MPT_SECONDS_NS] = {.suffix = "s", .number = true},
    [MPT_MILLISECONDS_NS] = {.suffix = "s", .number = true},
    [MPT_RATE_BPS] = {.suffix = "bps", .number = true},
    [MPT_BYTES] = {.suffix = "bytes", .number = true},
    [MPT_DURATION] = {.suffix = "s", .number = true},
    [MPT_SIZE] = {.suffix = "bytes", .number = true},
    [MPT_PERCENT] = {.suffix = "percent", .number = true},
    [MPT_TEXT] = {.suffix = NULL, .number = false},
    [MPT_HEX32] = {.suffix = NULL, .number = false},
    [MPT_HEX64] = {.suffix = NULL, .number = false},
};

mpt_table *mpt_table_new(const mpt_column *columns, size_t count)
{
    g_assert(columns && count > 0);
    mpt_table *table = g_new0(mpt_table, 1);
    table->columns = g_memdup2(columns, count * sizeof *columns);
    table->column_count = count;
    table->cells = g_array_sized_new(FALSE, TRUE, sizeof(mpt_cell), (guint)(FIRST_ROWS * count));
    table->texts = g_string_chunk_new(256);
    return table;
}

void mpt_table_free(mpt_table *table)
{
    if (!table)
        return;
    g_array_free(table->cells, TRUE);
    g_string_chunk_free(table->texts);
    g_free(table->columns);
    g_free(table);
}

void mpt_table_begin_row(mpt_table *table)
{
    g_array_set_size(table->cells, table->cells->len + (guint)table->column_count);
}

/* The cell of the last row, to be set. */
static mpt_cell *last_row_cell(mpt_table *table, size_t column)
{
    g_assert(column < table->column_count);
    g_assert(table->cells->len >= table->column_count);
    guint index = table->cells->len - (guint)table->column_count + (guint)column;
    return &g_array_index(table->cells, mpt_cell, index);
}

void mpt_table_set_int(mpt_table *table, size_t column, int64_t value)
{
    mpt_cell *cell = last_row_cell(table, column);
    g_assert(table->columns[column].type == MPT_INT);
    *cell = (mpt_cell){.set = true, .value.i = value};
}

void mpt_table_set_uint(mpt_table *table, size_t column, uint64_t value)
{
    mpt_cell *cell = last_row_cell(table, column);
    mpt_column_type type = table->columns[column].type;
    g_assert(type == MPT_UINT || type == MPT_ID || type == MPT_BYTES || type == MPT_SIZE ||
             type == MPT_HEX32 || type == MPT_HEX64);
    g_assert(type != MPT_HEX32 || value <= UINT32_MAX);
    *cell = (mpt_cell){.set = true, .value.u = value};
}

void mpt_table_set_ns(mpt_table *table, size_t column, int64_t ns)
{
    mpt_cell *cell = last_row_cell(table, column);
    mpt_column_type type = table->columns[column].type;
    g_assert(type == MPT_SECONDS_NS || type == MPT_MILLISECONDS_NS || type == MPT_DURATION);
    *cell = (mpt_cell){.set = true, .value.i = ns};
}

void mpt_table_set_double(mpt_table *table, size_t column, double value)
{
    mpt_cell *cell = last_row_cell(table, column);
    mpt_column_type type = table->columns[column].type;
    g_assert(type == MPT_RATE_BPS || type == MPT_PERCENT);
    bool known = isfinite(value);
    *cell = (mpt_cell){.set = known, .value.d = known ? value : 0};
}

void mpt_table_set_cell(mpt_table *table, size_t column, const mpt_cell *cell)
{
    g_assert(table->columns[column].type != MPT_TEXT);
    *last_row_cell(table, column) = *cell;
}

void mpt_table_set_text(mpt_table *table, size_t column, const char *text)
{
    mpt_cell *cell = last_row_cell(table, column);
    g_assert(table->columns[column].type == MPT_TEXT);
    *cell = (mpt_cell){.set = false};
    if (!text)
        return;
    char *valid = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
    cell->value.text = g_string_chunk_insert(table->texts, valid ? valid : text);
    cell->set = true;
    g_free(valid);
}

void mpt_table_set_textf(mpt_table *table, size_t column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    mpt_table_set_text(table, column, text);
    g_free(text);
}

size_t mpt_table_columns(const mpt_table *table)
{
    return table->column_count;
}

size_t mpt_table_rows(const mpt_table *table)
{
    return table->cells->len / table->column_count;
}

const mpt_column *mpt_table_column(const mpt_table *table, size_t column)
{
    g_assert(column < table->column_count);
    return &table->columns[column];
}

const mpt_cell *mpt_table_cell(const mpt_table *table, size_t row, size_t column)
{
    g_assert(column < table->column_count && row < mpt_table_rows(table));
    return &g_array_index(table->cells, mpt_cell, (guint)(row * table->column_count + column));
}

/* The shortest decimal text that reads back as the same double. */
static void append_shortest(GString *out, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    static const char *const formats[] = {"%.15g", "%.16g", "%.17g"};
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_ascii_formatd(text, sizeof text, formats[i], value);
        if (g_ascii_strtod(text, NULL) == value)
            break;
    }
    g_string_append(out, text);
}

void mpt_table_exact(const mpt_table *table, size_t row, size_t column, GString *out)
{
    const mpt_cell *cell = mpt_table_cell(table, row, column);
    if (!cell->set)
        return;
    switch (table->columns[column].type) {
    case MPT_INT:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, cell->value.i);
        break;
    case MPT_UINT:
    case MPT_ID:
    case MPT_BYTES:
    case MPT_SIZE:
        mpt_units_plain(out, cell->value.u);
        break;
    case MPT_SECONDS_NS:
    case MPT_MILLISECONDS_NS:
    case MPT_DURATION:
        mpt_units_seconds(out, cell->value.i, 9);
        break;
    case MPT_RATE_BPS:
    case MPT_PERCENT:
        append_shortest(out, cell->value.d);
        break;
    case MPT_TEXT:
        g_string_append(out, cell->value.text);
        break;
    case MPT_HEX32:
        g_string_append_printf(out, "%08" G_GINT64_MODIFIER "x", cell->value.u);
        break;
    case MPT_HEX64:
        g_string_append_printf(out, "%016" G_GINT64_MODIFIER "x", cell->value.u);
        break;
    case MPT_COLUMN_TYPES:
        g_assert_not_reached();
    }
}

/* "831.000", rounded to microseconds. */
static void append_milliseconds(GString *out, int64_t ns)
{
    uint64_t left = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns, us = left / 1000 + (left % 1000 >= 500);

    if (ns < 0 && us)
        g_string_append_c(out, '-');
    mpt_units_plain(out, us / 1000);
    g_string_append_printf(out, ".%03u", (unsigned)(us % 1000));
}

void mpt_table_readable(const mpt_table *table, size_t row, size_t column, GString *out)
{
    const mpt_cell *cell = mpt_table_cell(table, row, column);
    if (!cell->set) {
        g_string_append_c(out, '-');
        return;
    }
    switch (table->columns[column].type) {
    case MPT_INT:
        mpt_units_grouped_signed(out, cell->value.i);
        break;
    case MPT_UINT:
    case MPT_BYTES:
        mpt_units_grouped(out, cell->value.u);
        break;
    case MPT_SECONDS_NS:
        mpt_units_seconds(out, cell->value.i, 6);
        break;
    case MPT_MILLISECONDS_NS:
        append_milliseconds(out, cell->value.i);
        break;
    case MPT_DURATION:
        mpt_units_duration(out, cell->value.i);
        break;
    case MPT_SIZE:
        mpt_units_bytes(out, cell->value.u);
        break;
    case MPT_RATE_BPS:
        mpt_units_rate(out, cell->value.d);
        break;
    case MPT_PERCENT:
        mpt_units_percent(out, cell->value.d);
        break;
    case MPT_TEXT:
        mpt_units_printable(out, cell->value.text);
        break;
    default:
        mpt_table_exact(table, row, column, out);
    }
}

/* True if `word` is one of the words of `name`, which '_' separates. */
static bool has_word(const char *name, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = name; (at = strstr(at, word)) != NULL; at++) {
        bool begins = at == name || at[-1] == '_';
        bool ends = at[len] == '\0' || at[len] == '_';
        if (begins && ends)
            return true;
    }
    return false;
}

void mpt_table_csv_name(const mpt_column *column, GString *out)
{
    const char *suffix = TYPES[column->type].suffix;
    if (!suffix)
        suffix = column->unit;
    g_string_append(out, column->name);
    if (suffix && !has_word(column->name, suffix))
        g_string_append_printf(out, "_%s", suffix);
}

bool mpt_column_is_number(const mpt_column *column)
{
    return TYPES[column->type].number;
}
