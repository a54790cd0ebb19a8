/* text.c - see text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "units.h"

/* " (1.44 MB)": what stands beside a MPT_COLUMN_SCALED value, padded so that the exact digits stay aligned.
 */
#define SCALED_WIDTH 10

static size_t width_of(const char *text, size_t len)
{
    size_t width = 0;
    for (const char *c = text; c < text + len; c = g_utf8_next_char(c)) {
        if (*c >= ' ' && *c < 0x7f) { /* nearly all there is */
            width++;
            continue;
        }
        gunichar wide = g_utf8_get_char(c);
        width += g_unichar_iszerowidth(wide) ? 0 : g_unichar_iswide(wide) ? 2 : 1;
    }
    return width;
}

size_t mpt_text_width(const char *text)
{
    return width_of(text, strlen(text));
}

void mpt_text_heading(mpt_sink *sink, int level, const char *text)
{
    GString *clean = g_string_new(NULL);
    mpt_units_printable(clean, text);
    if (mpt_sink_length(sink) > 0)
        mpt_sink_putc(sink, '\n');
    mpt_sink_append(sink, clean->str, clean->len);
    mpt_sink_putc(sink, '\n');
    if (level <= 2) {
        mpt_sink_pad(sink, level == 1 ? '=' : '-', mpt_text_width(clean->str));
        mpt_sink_putc(sink, '\n');
    }
    g_string_free(clean, TRUE);
}

/* Writes words from column `at` on, where the first is to begin; following lines begin at column `hang`. Ends
 * with a newline. `text` is printable; a '\n' in it ends a line. */
static void wrap(mpt_sink *sink, size_t at, size_t hang, const char *text)
{
    size_t pad = 0;
    bool line_has_word = false;
    while (*text != '\0') {
        if (*text == '\n') {
            mpt_sink_putc(sink, '\n');
            at = pad = hang;
            line_has_word = false;
            text++;
            continue;
        }
        size_t spaces = strspn(text, " ");
        text += spaces;
        size_t len = strcspn(text, " \n");
        if (len == 0)
            continue;
        size_t width = width_of(text, len);
        size_t gap = line_has_word ? 1 : 0;
        if (line_has_word && at + gap + width > MPT_TEXT_WIDTH) {
            mpt_sink_putc(sink, '\n');
            at = pad = hang;
            gap = 0;
        }
        mpt_sink_pad(sink, ' ', pad + gap);
        mpt_sink_append(sink, text, len);
        at += gap + width;
        pad = 0;
        line_has_word = true;
        text += len;
    }
    mpt_sink_putc(sink, '\n');
}

/* Printable text that keeps its line ends. To be freed with g_free(). */
static char *printable_lines(const char *text)
{
    GString *out = g_string_new(NULL);
    char **lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i]; i++) {
        if (i > 0)
            g_string_append_c(out, '\n');
        mpt_units_printable(out, lines[i]);
    }
    g_strfreev(lines);
    return g_string_free(out, FALSE);
}

void mpt_text_paragraph(mpt_sink *sink, int indent, int hanging, const char *text)
{
    g_assert(indent >= 0 && indent + hanging >= 0);
    char *clean = printable_lines(text);
    char **lines = g_strsplit(clean, "\n", -1);
    for (size_t i = 0; lines[i]; i++) {
        if (lines[i][strspn(lines[i], " ")] != '\0')
            mpt_sink_pad(sink, ' ', (size_t)indent);
        wrap(sink, (size_t)indent, (size_t)(indent + hanging), lines[i]);
    }
    g_strfreev(lines);
    g_free(clean);
}

/* How the columns of one table are drawn. */
typedef struct layout {
    const mpt_table *table;
    size_t *widths; /* 0: not shown */
    size_t gap, indent;
    GString *scratch;
} layout;

static bool right_aligned(const mpt_column *column)
{
    return mpt_column_is_number(column) || (column->flags & MPT_COLUMN_RIGHT);
}

static const char *title_of(const mpt_column *column)
{
    return column->title ? column->title : column->name;
}

static void cell_text(const layout *l, size_t row, size_t column)
{
    g_string_truncate(l->scratch, 0);
    mpt_table_readable(l->table, row, column, l->scratch);
    const mpt_column *c = mpt_table_column(l->table, column);
    if (!(c->flags & MPT_COLUMN_SCALED) || c->type != MPT_BYTES)
        return;
    const mpt_cell *cell = mpt_table_cell(l->table, row, column);
    size_t start = l->scratch->len;
    if (cell->set && cell->value.u >= 1000) {
        g_string_append(l->scratch, " (");
        mpt_units_bytes(l->scratch, cell->value.u);
        g_string_append_c(l->scratch, ')');
    }
    while (l->scratch->len - start < SCALED_WIDTH)
        g_string_append_c(l->scratch, ' ');
}

static bool is_shown(const mpt_table *table, size_t column)
{
    unsigned flags = mpt_table_column(table, column)->flags;
    if (flags & MPT_COLUMN_CSV_ONLY)
        return false;
    if (!(flags & MPT_COLUMN_OPTIONAL))
        return true;
    for (size_t row = 0; row < mpt_table_rows(table); row++)
        if (mpt_table_cell(table, row, column)->set)
            return true;
    return false;
}

static void measure(layout *l)
{
    size_t shown = 0, sum = 0;
    for (size_t column = 0; column < mpt_table_columns(l->table); column++) {
        if (!is_shown(l->table, column))
            continue;
        const char *title = title_of(mpt_table_column(l->table, column));
        size_t first = strcspn(title, "\n");
        size_t width = MAX(1, width_of(title, first));
        if (title[first] == '\n')
            width = MAX(width, mpt_text_width(title + first + 1));
        for (size_t row = 0; row < mpt_table_rows(l->table); row++) {
            cell_text(l, row, column);
            width = MAX(width, mpt_text_width(l->scratch->str));
        }
        l->widths[column] = width;
        sum += width;
        shown++;
    }
    size_t gaps = shown > 0 ? shown - 1 : 0;
    l->gap = l->indent + sum + 2 * gaps > MPT_TEXT_WIDTH ? 1 : 2;
}

/* Draws one line; the text of each cell comes from `text`. Blanks are only written when something follows. */
static void line(mpt_sink *sink, const layout *l, size_t row, void (*text)(const layout *, size_t, size_t))
{
    size_t pending = l->indent;
    for (size_t column = 0; column < mpt_table_columns(l->table); column++) {
        if (l->widths[column] == 0)
            continue;
        text(l, row, column);
        size_t width = mpt_text_width(l->scratch->str);
        size_t fill = l->widths[column] - width;
        bool right = right_aligned(mpt_table_column(l->table, column));
        if (right)
            pending += fill;
        g_strchomp(l->scratch->str);
        l->scratch->len = strlen(l->scratch->str);
        if (l->scratch->len > 0) {
            mpt_sink_pad(sink, ' ', pending);
            mpt_sink_puts(sink, l->scratch->str);
            pending = 0;
        }
        pending += width - mpt_text_width(l->scratch->str) + (right ? 0 : fill) + l->gap;
    }
    mpt_sink_putc(sink, '\n');
}

/* Line 0 or 1 of the title; one without a line end stands on line 1. */
static void title_text(const layout *l, size_t row, size_t column)
{
    const mpt_column *c = mpt_table_column(l->table, column);
    const char *title = title_of(c);
    const char *second = strchr(title, '\n');
    g_string_truncate(l->scratch, 0);
    if (row == 0 && second)
        g_string_append_len(l->scratch, title, second - title);
    else if (row == 1)
        g_string_append(l->scratch, second ? second + 1 : title);
    /* Above the digits, not above the brackets. */
    if ((c->flags & MPT_COLUMN_SCALED) && l->scratch->len > 0 &&
        mpt_text_width(l->scratch->str) + SCALED_WIDTH <= l->widths[column])
        for (int i = 0; i < SCALED_WIDTH; i++)
            g_string_append_c(l->scratch, ' ');
}

void mpt_text_table(mpt_sink *sink, const mpt_table *table, int indent)
{
    g_assert(indent >= 0);
    layout l = { .table = table, .indent = (size_t)indent, .scratch = g_string_new(NULL) };
    l.widths = g_new0(size_t, mpt_table_columns(table));
    measure(&l);
    bool two_lines = false;
    for (size_t column = 0; column < mpt_table_columns(table); column++)
        if (l.widths[column] > 0 && strchr(title_of(mpt_table_column(table, column)), '\n'))
            two_lines = true;
    if (two_lines)
        line(sink, &l, 0, title_text);
    line(sink, &l, 1, title_text);
    for (size_t row = 0; row < mpt_table_rows(table); row++)
        line(sink, &l, row, cell_text);
    g_free(l.widths);
    g_string_free(l.scratch, TRUE);
}

struct mpt_block {
    GPtrArray *labels, *values; /* char *, printable */
};

mpt_block *mpt_block_new(void)
{
    mpt_block *block = g_new0(mpt_block, 1);
    block->labels = g_ptr_array_new_with_free_func(g_free);
    block->values = g_ptr_array_new_with_free_func(g_free);
    return block;
}

void mpt_block_free(mpt_block *block)
{
    if (!block)
        return;
    g_ptr_array_free(block->labels, TRUE);
    g_ptr_array_free(block->values, TRUE);
    g_free(block);
}

void mpt_block_add(mpt_block *block, const char *label, const char *value)
{
    GString *clean = g_string_new(NULL);
    mpt_units_printable(clean, label);
    g_ptr_array_add(block->labels, g_string_free(clean, FALSE));
    g_ptr_array_add(block->values, printable_lines(value ? value : "-"));
}

void mpt_block_addf(mpt_block *block, const char *label, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *value = g_strdup_vprintf(format, args);
    va_end(args);
    mpt_block_add(block, label, value);
    g_free(value);
}

/* Adds a line and frees `value`. */
static void add_string(mpt_block *block, const char *label, GString *value)
{
    mpt_block_add(block, label, value->str);
    g_string_free(value, TRUE);
}

void mpt_block_add_bytes(mpt_block *block, const char *label, uint64_t bytes)
{
    GString *value = g_string_new(NULL);
    mpt_units_bytes(value, bytes);
    if (bytes >= 1000) {
        g_string_append(value, " (");
        mpt_units_grouped(value, bytes);
        g_string_append_c(value, ')');
    }
    add_string(block, label, value);
}

void mpt_block_add_rate(mpt_block *block, const char *label, double bps)
{
    GString *value = g_string_new(NULL);
    mpt_units_rate(value, bps);
    if (isfinite(bps) && bps >= 1000 && bps < 1e18) {
        g_string_append(value, " (");
        mpt_units_grouped(value, (uint64_t)floor(bps + 0.5));
        g_string_append_c(value, ')');
    }
    add_string(block, label, value);
}

void mpt_block_add_ns(mpt_block *block, const char *label, int64_t ns)
{
    GString *value = g_string_new(NULL);
    mpt_units_duration(value, ns);
    if (ns != 0) {
        g_string_append(value, " (");
        mpt_units_seconds(value, ns, 9);
        g_string_append_c(value, ')');
    }
    add_string(block, label, value);
}

void mpt_block_add_uint(mpt_block *block, const char *label, uint64_t count)
{
    GString *value = g_string_new(NULL);
    mpt_units_grouped(value, count);
    add_string(block, label, value);
}

void mpt_text_block(mpt_sink *sink, const mpt_block *block, int indent)
{
    g_assert(indent >= 0);
    size_t widest = 0;
    for (guint i = 0; i < block->labels->len; i++)
        widest = MAX(widest, mpt_text_width(block->labels->pdata[i]));
    for (guint i = 0; i < block->labels->len; i++) {
        const char *label = block->labels->pdata[i];
        const char *value = block->values->pdata[i];
        size_t at = (size_t)indent + widest + 2;
        mpt_sink_pad(sink, ' ', (size_t)indent);
        mpt_sink_puts(sink, label);
        if (value[strspn(value, " ")] != '\0')
            mpt_sink_pad(sink, ' ', at - (size_t)indent - mpt_text_width(label));
        wrap(sink, at, at, value);
    }
}
