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
    while (width < len && text[width] >= ' ' && text[width] < 0x7f) /* nearly all there is */
        width++;
    for (const char *c = text + width; c < text + len; c = g_utf8_next_char(c)) {
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

/* True where `text` is one line of ASCII, at most `room` columns wide, with nothing to wrap or to leave out. */
static bool fits(const char *text, size_t room)
{
    size_t len = 0;

    while (text[len] > ' ' ? text[len] < 0x7f : text[len] == ' ' && len > 0 && text[len - 1] != ' ')
        len++;
    return text[len] == '\0' && len > 0 && text[len - 1] != ' ' && len <= room;
}

/* Writes words from column `at` on, where the first is to begin; following lines begin at column `hang`. Ends
 * with a newline. `text` is printable; a '\n' in it ends a line. */
static void wrap(mpt_sink *sink, size_t at, size_t hang, const char *text)
{
    size_t pad = 0;
    bool line_has_word = false;

    if (at < MPT_TEXT_WIDTH && fits(text, MPT_TEXT_WIDTH - at)) {
        mpt_sink_puts(sink, text);
        mpt_sink_putc(sink, '\n');
        return;
    }
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

/* Appends printable text that keeps its line ends. */
static void append_printable_lines(GString *out, const char *text)
{
    if (!strchr(text, '\n')) {
        mpt_units_printable(out, text);
        return;
    }
    char **lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i]; i++) {
        if (i > 0)
            g_string_append_c(out, '\n');
        mpt_units_printable(out, lines[i]);
    }
    g_strfreev(lines);
}

void mpt_text_paragraph(mpt_sink *sink, int indent, int hanging, const char *text)
{
    g_assert(indent >= 0 && indent + hanging >= 0);
    GString *clean = g_string_new(NULL);
    append_printable_lines(clean, text);
    for (char *line = clean->str, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (line[strspn(line, " ")] != '\0')
            mpt_sink_pad(sink, ' ', (size_t)indent);
        wrap(sink, (size_t)indent, (size_t)(indent + hanging), line);
    }
    g_string_free(clean, TRUE);
}

/* The text of a cell: `len` bytes of layout.text from `start` on, and blanks. */
typedef struct drawn {
    size_t start, len, width, blanks;
} drawn;

/* How the columns of one table are drawn. Each cell's text is made once, as the widths come from all of them. */
typedef struct layout {
    const mpt_table *table;
    size_t *widths; /* 0: not shown */
    size_t gap, indent, shown;
    bool two_lines; /* of titles */
    GString *text;
    GArray *cells; /* drawn, of the columns that are shown: both lines of the titles, and row by row */
} layout;

static bool right_aligned(const mpt_column *column)
{
    return mpt_column_is_number(column) || (column->flags & MPT_COLUMN_RIGHT);
}

static const char *title_of(const mpt_column *column)
{
    return column->title ? column->title : column->name;
}

/* What was appended to l->text since d->start. */
static void end_of(const layout *l, drawn *d)
{
    d->len = l->text->len - d->start;
    d->width = width_of(l->text->str + d->start, d->len);
    for (d->blanks = 0; d->len > 0 && l->text->str[d->start + d->len - 1] == ' '; d->len--)
        d->blanks++;
}

static drawn cell_text(const layout *l, size_t row, size_t column)
{
    drawn d = { .start = l->text->len };
    mpt_table_readable(l->table, row, column, l->text);
    const mpt_column *c = mpt_table_column(l->table, column);
    if ((c->flags & MPT_COLUMN_SCALED) && c->type == MPT_BYTES) {
        const mpt_cell *cell = mpt_table_cell(l->table, row, column);
        size_t start = l->text->len;
        if (cell->set && cell->value.u >= 1000) {
            g_string_append(l->text, " (");
            mpt_units_bytes(l->text, cell->value.u);
            g_string_append_c(l->text, ')');
        }
        while (l->text->len - start < SCALED_WIDTH)
            g_string_append_c(l->text, ' ');
    }
    end_of(l, &d);
    return d;
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
    size_t columns = mpt_table_columns(l->table), sum = 0;
    for (size_t column = 0; column < columns; column++) {
        if (!is_shown(l->table, column))
            continue;
        const char *title = title_of(mpt_table_column(l->table, column));
        size_t first = strcspn(title, "\n");
        size_t width = MAX(1, width_of(title, first));
        if (title[first] == '\n')
            width = MAX(width, mpt_text_width(title + first + 1));
        l->two_lines |= title[first] == '\n';
        l->widths[column] = width;
        l->shown++;
    }
    for (size_t row = 0; row < mpt_table_rows(l->table); row++) {
        for (size_t column = 0; column < columns; column++) {
            if (l->widths[column] == 0)
                continue;
            drawn d = cell_text(l, row, column);
            l->widths[column] = MAX(l->widths[column], d.width);
            g_array_append_val(l->cells, d);
        }
    }
    for (size_t column = 0; column < columns; column++)
        sum += l->widths[column];
    size_t gaps = l->shown > 0 ? l->shown - 1 : 0;
    l->gap = l->indent + sum + 2 * gaps > MPT_TEXT_WIDTH ? 1 : 2;
}

/* Draws one line from the texts of the columns that are shown. Blanks are only written when something follows. */
static void line(mpt_sink *sink, const layout *l, const drawn *cell)
{
    size_t pending = l->indent;
    for (size_t column = 0; column < mpt_table_columns(l->table); column++) {
        if (l->widths[column] == 0)
            continue;
        size_t fill = l->widths[column] - cell->width;
        bool right = right_aligned(mpt_table_column(l->table, column));
        if (right)
            pending += fill;
        if (cell->len > 0) {
            mpt_sink_pad(sink, ' ', pending);
            mpt_sink_append(sink, l->text->str + cell->start, cell->len);
            pending = 0;
        }
        pending += cell->blanks + (right ? 0 : fill) + l->gap;
        cell++;
    }
    mpt_sink_putc(sink, '\n');
}

/* Line 0 or 1 of the title; one without a line end stands on line 1. */
static drawn title_text(const layout *l, unsigned row, size_t column)
{
    drawn d = { .start = l->text->len };
    const mpt_column *c = mpt_table_column(l->table, column);
    const char *title = title_of(c);
    const char *second = strchr(title, '\n');
    if (row == 0 && second)
        g_string_append_len(l->text, title, second - title);
    else if (row == 1)
        g_string_append(l->text, second ? second + 1 : title);
    /* Above the digits, not above the brackets. */
    size_t width = width_of(l->text->str + d.start, l->text->len - d.start);
    if ((c->flags & MPT_COLUMN_SCALED) && width > 0 && width + SCALED_WIDTH <= l->widths[column])
        for (int i = 0; i < SCALED_WIDTH; i++)
            g_string_append_c(l->text, ' ');
    end_of(l, &d);
    return d;
}

static void title_line(mpt_sink *sink, const layout *l, unsigned row)
{
    guint first = l->cells->len;
    for (size_t column = 0; column < mpt_table_columns(l->table); column++) {
        if (l->widths[column] == 0)
            continue;
        drawn d = title_text(l, row, column);
        g_array_append_val(l->cells, d);
    }
    line(sink, l, &g_array_index(l->cells, drawn, first));
}

void mpt_text_table(mpt_sink *sink, const mpt_table *table, int indent)
{
    g_assert(indent >= 0);
    layout l = { .table = table, .indent = (size_t)indent };
    size_t columns = mpt_table_columns(table);
    l.text = g_string_sized_new(1024);
    l.cells = g_array_sized_new(FALSE, FALSE, sizeof(drawn), (guint)(columns * (mpt_table_rows(table) + 2)));
    l.widths = g_new0(size_t, columns);
    measure(&l);
    if (l.shown > 0 && l.two_lines)
        title_line(sink, &l, 0);
    title_line(sink, &l, 1);
    for (size_t row = 0; row < mpt_table_rows(table); row++)
        line(sink, &l, &g_array_index(l.cells, drawn, (guint)(row * l.shown)));
    g_free(l.widths);
    g_array_free(l.cells, TRUE);
    g_string_free(l.text, TRUE);
}

/* A line: where its label and its value are in the block's text, each with a NUL behind it. */
typedef struct labelled {
    size_t label, value;
} labelled;

struct mpt_block {
    GString *text; /* printable */
    GArray *lines; /* labelled */
};

mpt_block *mpt_block_new(void)
{
    mpt_block *block = g_new0(mpt_block, 1);
    block->text = g_string_sized_new(512);
    block->lines = g_array_sized_new(FALSE, FALSE, sizeof(labelled), 16);
    return block;
}

void mpt_block_free(mpt_block *block)
{
    if (!block)
        return;
    g_string_free(block->text, TRUE);
    g_array_free(block->lines, TRUE);
    g_free(block);
}

void mpt_block_add(mpt_block *block, const char *label, const char *value)
{
    labelled line = { .label = block->text->len };
    mpt_units_printable(block->text, label);
    g_string_append_c(block->text, '\0');
    line.value = block->text->len;
    append_printable_lines(block->text, value ? value : "-");
    g_string_append_c(block->text, '\0');
    g_array_append_val(block->lines, line);
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
    const labelled *lines = (const labelled *)(const void *)block->lines->data;
    size_t widest = 0;
    for (guint i = 0; i < block->lines->len; i++)
        widest = MAX(widest, mpt_text_width(block->text->str + lines[i].label));
    for (guint i = 0; i < block->lines->len; i++) {
        const char *label = block->text->str + lines[i].label;
        const char *value = block->text->str + lines[i].value;
        size_t at = (size_t)indent + widest + 2;
        mpt_sink_pad(sink, ' ', (size_t)indent);
        mpt_sink_puts(sink, label);
        if (value[strspn(value, " ")] != '\0')
            mpt_sink_pad(sink, ' ', at - (size_t)indent - mpt_text_width(label));
        wrap(sink, at, at, value);
    }
}
