/* gui_table.c - see gui_table.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_table.h"

#include <string.h>

#include "gui_points.h"
#include "gui_rows.h"
#include "plugin/report/common/overview.h"
#include "plugin/report/common/vantage_words.h"
#include "tap/engine/base/units.h"

/* --- making --- */

/* Lines that were wrapped for a terminal, as one each. */
static void append_unwrapped(GString *out, const char *text)
{
    for (; *text; text++) {
        if (text[0] == '\n' && text[1] == ' ') {
            g_string_append_c(out, ' ');
            text += strspn(text + 1, " ");
        } else {
            g_string_append_c(out, *text);
        }
    }
}

static void summarise(mpt_gui_rows *to)
{
    mpt_report_context x = *to->context;
    mpt_arguments arguments = {0};
    mpt_sink *sink = mpt_sink_new_memory();

    x.arguments = &arguments;
    mpt_overview_capture(&x, sink);
    g_string_append(to->summary, mpt_sink_text(sink, NULL));
    mpt_sink_free(sink);
}

static mpt_gui_column *columns_of(const mpt_gui_layout *layout)
{
    mpt_gui_column *columns = g_new0(mpt_gui_column, layout->count);

    for (size_t i = 0; i < layout->count; i++) {
        const mpt_column *c = &layout->columns[i];
        GString *name = g_string_new(NULL);

        mpt_table_csv_name(c, name);
        columns[i] = (mpt_gui_column){
            .title = c->title,
            .tooltip = layout->columns[i].tip,
            .name = g_string_free(name, (c->flags & MPT_COLUMN_TEXT_ONLY) != 0),
            .right = mpt_column_is_number(c) || c->flags & MPT_COLUMN_RIGHT,
            .sentence = i == layout->sentence,
        };
    }
    return columns;
}

char *mpt_gui_file_name(const char *path)
{
    GString *printable = g_string_new(NULL);
    char *name = g_path_get_basename(path);

    mpt_units_printable(printable, name);
    g_free(name);
    return g_string_free(printable, FALSE);
}

/* While a capture grows the paths of its points are not compared. */
static const char PATHS_LATER[] =
    "The capture is still growing: paths are compared when it pauses, or on Refresh.";

mpt_gui_table *mpt_gui_table_new(mpt_gui_kind kind, const mpt_report_context *x, const char *path)
{
    const mpt_gui_layout *layout = mpt_gui_layout_of(kind);
    mpt_gui_table *table = g_new0(mpt_gui_table, 1);
    GString *summary = g_string_new(NULL);
    mpt_gui_rows rows = {
        .context = x,
        .table = mpt_table_new(layout->columns, layout->count),
        .rows = g_array_new(FALSE, FALSE, sizeof(mpt_gui_row)),
        .summary = g_string_new(NULL),
    };

    summarise(&rows);
    mpt_gui_rows_fill(&rows, kind);
    table->name = mpt_gui_file_name(path);
    table->selected = MPT_GUI_NO_CONNECTION;
    table->selected_subflow = MPT_GUI_NO_SUBFLOW;
    table->empty = x->connections->len > 0 ? layout->empty : "This capture has no Multipath TCP.";
    table->columns = columns_of(layout);
    table->column_count = (unsigned)layout->count;
    table->row_count = rows.rows->len;
    table->rows = (mpt_gui_row *)(void *)g_array_free(rows.rows, FALSE);
    table->cells = rows.table;
    mpt_gui_points_fill(&table->points, x);
    if (kind == MPT_GUI_TABLE_PATHS && table->points.count > 1 && !x->paths)
        table->empty = PATHS_LATER;
    /* Rows of paths are of two points. */
    if (x->points && mpt_vantage_engines_count(x->points) > 1 && kind != MPT_GUI_TABLE_PATHS)
        table->point = mpt_vantage_name_of(x->points, x->point);
    append_unwrapped(summary, rows.summary->str);
    g_string_free(rows.summary, TRUE);
    table->summary = g_strchomp(g_string_free(summary, FALSE));
    return table;
}

void mpt_gui_table_free(mpt_gui_table *table)
{
    if (!table)
        return;
    for (unsigned i = 0; i < table->column_count; i++)
        g_free(table->columns[i].name);
    mpt_gui_points_clear(&table->points);
    g_free(table->ends.at);
    g_free(table->ends.client);
    g_free(table->ends.server);
    g_free(table->ends.interfaces);
    g_free(table->columns);
    g_free(table->rows);
    g_free(table->name);
    g_free(table->summary);
    mpt_table_free(table->cells);
    g_free(table);
}

/* --- cells --- */

char *mpt_gui_table_cell(const mpt_gui_table *table, size_t row, unsigned column, bool exact)
{
    const mpt_table *cells = table->cells;
    const mpt_column *c = mpt_table_column(cells, column);
    const mpt_cell *cell = mpt_table_cell(cells, row, column);
    GString *out = g_string_new(NULL);

    if (exact)
        mpt_table_exact(cells, row, column, out);
    else if (cell->set && c->flags & MPT_COLUMN_SCALED && c->type == MPT_BYTES)
        mpt_units_bytes(out, cell->value.u);
    else if (cell->set && c->flags & MPT_COLUMN_SCALED && c->type == MPT_SECONDS_NS)
        mpt_units_duration(out, cell->value.i);
    else
        mpt_table_readable(cells, row, column, out);
    return g_string_free(out, FALSE);
}

static int compare_set(mpt_column_type type, const mpt_cell *a, const mpt_cell *b)
{
    switch (type) {
    case MPT_INT:
    case MPT_SECONDS_NS:
        return (a->value.i > b->value.i) - (a->value.i < b->value.i);
    case MPT_RATE_BPS:
    case MPT_PERCENT:
        return (a->value.d > b->value.d) - (a->value.d < b->value.d);
    case MPT_TEXT:
        return strcmp(a->value.text, b->value.text);
    default:
        return (a->value.u > b->value.u) - (a->value.u < b->value.u);
    }
}

int mpt_gui_table_compare(const mpt_gui_table *table, unsigned column, size_t a, size_t b)
{
    const mpt_cell *x = mpt_table_cell(table->cells, a, column), *y = mpt_table_cell(table->cells, b, column);

    if (!x->set || !y->set)
        return x->set - y->set;
    return compare_set(mpt_table_column(table->cells, column)->type, x, y);
}

/* --- from rows to packets --- */

/* Adds the row unless another one of the same subflow is there. */
static void add_term(const mpt_gui_row *terms[], unsigned *count, const mpt_gui_row *row)
{
    for (unsigned i = 0; i < *count; i++)
        if (terms[i]->field_connection == row->field_connection &&
            terms[i]->field_subflow == row->field_subflow)
            return;
    terms[(*count)++] = row;
}

static void append_term(GString *filter, const mpt_gui_row *row, bool alone)
{
    g_string_append_printf(filter, "%s%smptcpscope.connection == %u", filter->len ? " || " : "",
                           alone ? "" : "(", row->field_connection);
    if (row->field_subflow != MPT_GUI_NO_SUBFLOW)
        g_string_append_printf(filter, " && mptcpscope.subflow == %u", row->field_subflow);
    g_string_append(filter, alone ? "" : ")");
}

char *mpt_gui_table_filter(const mpt_gui_table *table, const size_t *rows, size_t count)
{
    const mpt_gui_row *terms[MPT_GUI_FILTER_TERMS + 1];
    unsigned term_count = 0;
    GString *filter;

    for (size_t i = 0; i < count; i++) {
        if (table->rows[rows[i]].field_connection == MPT_GUI_NO_CONNECTION)
            return NULL;
        add_term(terms, &term_count, &table->rows[rows[i]]);
        if (term_count > MPT_GUI_FILTER_TERMS)
            return NULL;
    }
    if (term_count == 0)
        return NULL;
    filter = g_string_new(NULL);
    for (unsigned i = 0; i < term_count; i++)
        append_term(filter, terms[i], term_count == 1);
    if (table->point && term_count > 1)
        g_string_append_c(g_string_prepend_c(filter, '('), ')');
    if (table->point)
        g_string_append_printf(filter, " && mptcpscope.point == \"%s\"", table->point);
    return g_string_free(filter, FALSE);
}
