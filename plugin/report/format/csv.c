/* csv.c - see csv.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "csv.h"

#include <string.h>

void mpt_csv_field(mpt_sink *sink, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        mpt_sink_puts(sink, text);
        return;
    }
    mpt_sink_putc(sink, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            mpt_sink_putc(sink, '"');
        mpt_sink_putc(sink, *text);
    }
    mpt_sink_putc(sink, '"');
}

/* What one field of the record holds; `row` is ignored for the header. */
typedef void (*field_text)(const mpt_table *table, size_t row, size_t column, GString *out);

static void header_text(const mpt_table *table, size_t row, size_t column, GString *out)
{
    (void)row;
    mpt_table_csv_name(mpt_table_column(table, column), out);
}

static void record(mpt_sink *sink, const mpt_table *table, size_t row, field_text text, GString *scratch)
{
    bool first = true;
    for (size_t column = 0; column < mpt_table_columns(table); column++) {
        if (mpt_table_column(table, column)->flags & MPT_COLUMN_TEXT_ONLY)
            continue;
        if (!first)
            mpt_sink_putc(sink, ',');
        first = false;
        g_string_truncate(scratch, 0);
        text(table, row, column, scratch);
        mpt_csv_field(sink, scratch->str);
    }
    mpt_sink_puts(sink, "\r\n");
}

void mpt_csv_header(mpt_sink *sink, const mpt_table *table)
{
    GString *scratch = g_string_new(NULL);
    record(sink, table, 0, header_text, scratch);
    g_string_free(scratch, TRUE);
}

void mpt_csv_rows(mpt_sink *sink, const mpt_table *table)
{
    GString *scratch = g_string_new(NULL);
    for (size_t row = 0; row < mpt_table_rows(table); row++)
        record(sink, table, row, mpt_table_exact, scratch);
    g_string_free(scratch, TRUE);
}

void mpt_csv_table(mpt_sink *sink, const mpt_table *table)
{
    mpt_csv_header(sink, table);
    mpt_csv_rows(sink, table);
}
