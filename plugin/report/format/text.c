/* text.c - see text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "tap/engine/base/units.h"

/* Characters of a word that is quoted. */
#define MOST_SHOWN 60

/* " (1.44 MB)": what stands beside a MPT_COLUMN_SCALED value, padded so that the exact digits stay aligned.
 */
#define SCALED_WIDTH 10

/* Of text without control characters. */
static size_t width_of(const char *text, size_t len)
{
    size_t width = 0;
    /* Nearly all there is is ASCII: eight bytes at a time. */
    for (uint64_t eight; len - width >= sizeof eight; width += sizeof eight) {
        memcpy(&eight, text + width, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (width < len && (unsigned char)text[width] < 0x80)
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

/* True where `text` is one line of ASCII, at most `room` columns wide, with nothing to wrap or
 * to leave out. */
static bool fits(const char *text, size_t room)
{
    size_t len = 0;

    while (text[len] > ' ' ? text[len] < 0x7f : text[len] == ' ' && len > 0 && text[len - 1] != ' ')
        len++;
    return text[len] == '\0' && len > 0 && text[len - 1] != ' ' && len <= room;
}

static bool is_unit(const char *word, size_t len)
{
    static const char *const units[] = {"%",     "s",      "ms",     "us",     "ns", "min",
                                        "h",     "byte",   "bytes",  "kB",     "MB", "GB",
                                        "bit/s", "kbit/s", "Mbit/s", "Gbit/s", "ppm"};

    while (len > 0 && strchr(".,:;)", word[len - 1]))
        len--;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strlen(units[i]) == len && memcmp(units[i], word, len) == 0)
            return true;
    return false;
}

/* The bytes of the next word; a number and its unit are one. */
static size_t word_length(const char *text)
{
    size_t len = strcspn(text, " \n"), number = strspn(text, "(+-"), digits, unit;

    digits = strspn(text + number, "0123456789.,");
    if (digits == 0 || number + digits != len || text[len] != ' ' || !g_ascii_isdigit(text[len - 1]))
        return len;
    unit = strcspn(text + len + 1, " \n");
    return is_unit(text + len + 1, unit) ? len + 1 + unit : len;
}

/* Writes words from column `at` on, where the first is to begin; following lines begin at column `hang`. Ends
 * with a newline. `text` is printable; a '\n' in it ends a line. */
static void wrap(mpt_sink *sink, size_t at, size_t hang, const char *text)
{
    size_t pad = 0, room = mpt_sink_width(sink);
    bool line_has_word = false;

    if (at < room && fits(text, room - at)) {
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
        size_t len = word_length(text);
        if (len == 0)
            continue;
        size_t width = width_of(text, len);
        size_t gap = line_has_word ? 1 : 0;
        if (line_has_word && at + gap + width > room) {
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
    if ((size_t)indent < mpt_sink_width(sink) && fits(text, mpt_sink_width(sink) - (size_t)indent)) {
        mpt_sink_pad(sink, ' ', (size_t)indent);
        mpt_sink_puts(sink, text);
        mpt_sink_putc(sink, '\n');
        return;
    }
    GString *clean = g_string_new(NULL);
    append_printable_lines(clean, text);
    for (char *line = clean->str, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (line[strspn(line, " ")] != '\0')
            mpt_sink_pad(sink, ' ', (size_t)indent);
        wrap(sink, (size_t)indent, (size_t)indent + (size_t)hanging, line);
    }
    g_string_free(clean, TRUE);
}

/* The text of a cell: `len` bytes of layout.text from `start` on, and blanks. */
typedef struct drawn {
    size_t start, len, width, blanks;
} drawn;

/* A column that is shown. */
typedef struct shown {
    const mpt_column *column;
    const char *title, *second; /* second: its second line; NULL: none */
    size_t index, width;
    bool right;
} shown;

/* What a column of long texts needs of a line: they may go beyond its end. */
#define LONG 20

/* Rows whose text is in memory at a time. */
#define BLOCK 4096

/* How one table is drawn. The widths come from all cells: the text of each is made once, or, in a table of
 * more than a block, once to be measured and once to be written. */
typedef struct layout {
    const mpt_table *table;
    shown *columns;
    size_t count, gap, indent;
    size_t keys;     /* the first columns, which say what a row is of */
    size_t from, to; /* the columns that are written now, behind the keys */
    GString *text;
    drawn *cells;       /* of a block, row by row */
    size_t drawn;       /* how many there are */
    size_t first, rows; /* which block; rows 0: none yet */
} layout;

static bool is_shown(const mpt_table *table, size_t index)
{
    unsigned flags = mpt_table_column(table, index)->flags;
    if (flags & MPT_COLUMN_CSV_ONLY)
        return false;
    if (!(flags & MPT_COLUMN_OPTIONAL))
        return true;
    for (size_t row = 0; row < mpt_table_rows(table); row++)
        if (mpt_table_cell(table, row, index)->set)
            return true;
    return false;
}

/* Columns, each as wide as its title. */
static void choose_columns(layout *l)
{
    for (size_t index = 0; index < mpt_table_columns(l->table); index++) {
        const mpt_column *column = mpt_table_column(l->table, index);
        if (!is_shown(l->table, index))
            continue;
        shown *c = &l->columns[l->count++];
        c->column = column;
        c->index = index;
        c->right = mpt_column_is_number(column) || (column->flags & MPT_COLUMN_RIGHT);
        c->title = column->title ? column->title : column->name;
        size_t first = strcspn(c->title, "\n");
        c->second = c->title[first] == '\n' ? c->title + first + 1 : NULL;
        c->width = MAX(1, width_of(c->title, first));
        if (c->second)
            c->width = MAX(c->width, mpt_text_width(c->second));
    }
}

/* Adds what was appended to l->text since `start` as the next cell. */
static drawn *add_drawn(layout *l, size_t start)
{
    drawn d = {.start = start, .len = l->text->len - start};
    d.width = width_of(l->text->str + start, d.len);
    for (; d.len > 0 && l->text->str[start + d.len - 1] == ' '; d.len--)
        d.blanks++;
    l->cells[l->drawn] = d;
    return &l->cells[l->drawn++];
}

static void add_cell(layout *l, size_t row, shown *c)
{
    size_t start = l->text->len;
    mpt_table_readable(l->table, row, c->index, l->text);
    if ((c->column->flags & MPT_COLUMN_SCALED) && c->column->type == MPT_BYTES) {
        const mpt_cell *cell = mpt_table_cell(l->table, row, c->index);
        size_t exact = l->text->len;
        if (cell->set && cell->value.u >= 1000) {
            g_string_append(l->text, " (");
            mpt_units_bytes(l->text, cell->value.u);
            g_string_append_c(l->text, ')');
        }
        while (l->text->len - exact < SCALED_WIDTH)
            g_string_append_c(l->text, ' ');
    }
    drawn *d = add_drawn(l, start);
    c->width = MAX(c->width, d->width);
}

/* Makes the text of the rows from `first` on, as far as they are one block. */
static void draw_block(layout *l, size_t first)
{
    if (l->rows > 0 && l->first == first)
        return;
    l->first = first;
    l->rows = MIN(mpt_table_rows(l->table) - first, BLOCK);
    l->drawn = 0;
    g_string_truncate(l->text, 0);
    for (size_t row = first; row < first + l->rows; row++)
        for (size_t i = 0; i < l->count; i++)
            add_cell(l, row, &l->columns[i]);
}

static size_t needs_of(const shown *c)
{
    return c->column->flags & MPT_COLUMN_LONG ? MIN(c->width, LONG) : c->width;
}

static void measure(layout *l, size_t room)
{
    size_t sum = 0;
    choose_columns(l);
    for (size_t row = 0; row < mpt_table_rows(l->table); row += BLOCK)
        draw_block(l, row);
    for (size_t i = 0; i < l->count; i++)
        sum += needs_of(&l->columns[i]);
    size_t gaps = l->count > 0 ? l->count - 1 : 0;
    l->gap = l->indent + sum + 2 * gaps > room && l->indent + sum + gaps <= room ? 1 : 2;
}

/* Where the columns end, from l->from on, that have room beside the first one. */
static size_t fitting(const layout *l, size_t room)
{
    size_t width = l->indent, to = l->from;

    for (size_t i = 0; i < l->keys && l->from > 0; i++)
        width += l->columns[i].width + l->gap;

    while (to < l->count) {
        const shown *c = &l->columns[to];
        if (to > l->from && width + needs_of(c) > room)
            break;
        width += c->width + l->gap;
        to++;
    }
    return to;
}

/* A line of a table, being written into a sink's room. */
typedef struct pen {
    char *to;
    size_t pending; /* blanks: only written when something follows */
    size_t gap;
} pen;

static void put_cell(pen *p, const shown *c, const char *text, const drawn *d)
{
    size_t fill = c->width - d->width;

    p->pending += c->right ? fill : 0;
    if (d->len > 0) {
        memset(p->to, ' ', p->pending);
        memcpy(p->to + p->pending, text + d->start, d->len);
        p->to += p->pending + d->len;
        p->pending = 0;
    }
    p->pending += d->blanks + (c->right ? 0 : fill) + p->gap;
}

/* The cells of a line. */
static void put_cells(pen *p, const layout *l, size_t first)
{
    for (size_t i = 0; i < l->keys && l->from > 0; i++)
        put_cell(p, &l->columns[i], l->text->str, &l->cells[first + i]);
    for (size_t i = l->from; i < l->to; i++)
        put_cell(p, &l->columns[i], l->text->str, &l->cells[first + i]);
}

static size_t room_of(const layout *l)
{
    size_t room = l->indent + 1;

    for (size_t i = 0; i < l->count; i++)
        room += l->columns[i].width + l->gap;
    return room;
}

/* Draws the cells from number `first` on. */
static void line(mpt_sink *sink, const layout *l, size_t first)
{
    size_t room = room_of(l);
    pen p = {.pending = l->indent, .gap = l->gap};
    const char *begin;

    for (size_t i = 0; i < l->count; i++)
        room += l->cells[first + i].len; /* more bytes than columns, perhaps */
    begin = p.to = mpt_sink_room(sink, room);
    put_cells(&p, l, first);
    *p.to++ = '\n';
    mpt_sink_filled(sink, (size_t)(p.to - begin));
}

/* Line 0 or 1 of the title; one without a line end stands on line 1. */
static drawn title_of(const shown *c, unsigned row)
{
    drawn d = {.len = strlen(c->title)};

    if (c->second && row == 0)
        d.len = (size_t)(c->second - 1 - c->title);
    else if (c->second)
        d = (drawn){.start = (size_t)(c->second - c->title), .len = strlen(c->second)};
    else if (row == 0)
        d.len = 0;
    d.width = width_of(c->title + d.start, d.len);
    /* Above the digits, not above the brackets. */
    if ((c->column->flags & MPT_COLUMN_SCALED) && d.len > 0 && d.width + SCALED_WIDTH <= c->width) {
        d.blanks = SCALED_WIDTH;
        d.width += SCALED_WIDTH;
    }
    return d;
}

static void put_title(pen *p, const shown *c, unsigned row)
{
    const drawn d = title_of(c, row);

    put_cell(p, c, c->title, &d);
}

static void titles(mpt_sink *sink, const layout *l)
{
    unsigned row = 1;
    size_t room = room_of(l);

    for (size_t i = 0; i < l->count; i++) {
        room += strlen(l->columns[i].title);
        if (l->columns[i].second && (i < l->keys || (i >= l->from && i < l->to)))
            row = 0;
    }
    for (; row < 2; row++) {
        pen p = {.pending = l->indent, .gap = l->gap};
        const char *begin = p.to = mpt_sink_room(sink, room);
        for (size_t i = 0; i < l->keys && l->from > 0; i++)
            put_title(&p, &l->columns[i], row);
        for (size_t i = l->from; i < l->to; i++)
            put_title(&p, &l->columns[i], row);
        *p.to++ = '\n';
        mpt_sink_filled(sink, (size_t)(p.to - begin));
    }
}

void mpt_text_table(mpt_sink *sink, const mpt_table *table, int indent)
{
    g_assert(indent >= 0);
    size_t columns = mpt_table_columns(table), rows = mpt_table_rows(table);
    layout l = {.table = table, .indent = (size_t)indent};
    l.columns = g_new(shown, columns);
    l.text = g_string_sized_new(1024);
    l.cells = g_new(drawn, columns * MIN(rows, BLOCK) + 1);
    measure(&l, mpt_sink_width(sink));
    for (l.keys = 1; l.keys < l.count && l.columns[l.keys].column->flags & MPT_COLUMN_KEY;)
        l.keys++;
    for (l.from = 0; l.from < l.count; l.from = l.to) {
        l.to = fitting(&l, mpt_sink_width(sink));
        titles(sink, &l);
        for (size_t row = 0; row < rows; row++) {
            draw_block(&l, row - row % BLOCK);
            line(sink, &l, row % BLOCK * l.count);
        }
    }
    g_free(l.columns);
    g_free(l.cells);
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

void mpt_block_clear(mpt_block *block)
{
    g_string_truncate(block->text, 0);
    g_array_set_size(block->lines, 0);
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
    labelled line = {.label = block->text->len};
    mpt_units_printable(block->text, label);
    g_string_append_c(block->text, '\0');
    line.value = block->text->len;
    append_printable_lines(block->text, value ? value : "-");
    g_string_append_c(block->text, '\0');
    g_array_append_val(block->lines, line);
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

char *mpt_text_shown(const char *text, size_t len)
{
    char *part = g_strndup(text, len);
    GString *out = g_string_new(NULL);
    mpt_units_printable(out, part);
    g_free(part);
    if (g_utf8_strlen(out->str, -1) > MOST_SHOWN) {
        g_string_truncate(out, (gsize)(g_utf8_offset_to_pointer(out->str, MOST_SHOWN) - out->str));
        g_string_append(out, "...");
    }
    return g_string_free(out, FALSE);
}

void mpt_text_join(GString *out, const char *name, unsigned left, const char *last)
{
    g_string_append_printf(out, "%s%s", name, left == 0 ? "" : left == 1 ? last : ", ");
}
