/* gui_rows.h - the columns and rows of the tables in windows, both those of plugin/qt and Wireshark's own.
 *
 * Invariant: a number with a unit (MPT_COLUMN_TEXT_ONLY | MPT_COLUMN_SCALED) stands beside a column with
 * its exact value.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GUI_ROWS_H
#define MPT_GUI_ROWS_H

#include "plugin/qt/interface.h"
#include "plugin/report/format/table.h"
#include "plugin/report/report.h"
#include "tap/engine/figures/metrics.h"
#include "tap/engine/reinjections/reinjection_log.h"

typedef struct mpt_gui_layout {
    const mpt_column *columns;
    size_t count;
    size_t sentence;   /* the column that holds sentences; count: none */
    const char *empty; /* shown when there are connections but no rows */
} mpt_gui_layout;

typedef struct mpt_gui_rows {
    const mpt_report_context *context; /* NULL: only rows that are added one by one */
    mpt_table *table;
    GArray *rows;     /* mpt_gui_row, one a row of the table */
    GString *summary; /* gets whole lines */
} mpt_gui_rows;

const mpt_gui_layout *mpt_gui_layout_of(mpt_gui_kind kind);
void mpt_gui_rows_fill(mpt_gui_rows *to, mpt_gui_kind kind);
/* Add one row to the table of connections, of subflows. */
void mpt_gui_rows_connection(mpt_gui_rows *to, const mpt_connection_view *v);
void mpt_gui_rows_subflow(mpt_gui_rows *to, const mpt_connection_view *v, const mpt_subflow_view *s);

/* The parts of the above, by file. */
extern const mpt_gui_layout MPT_GUI_CONNECTION_LAYOUT, MPT_GUI_SUBFLOW_LAYOUT; /* gui_rows.c */
extern const mpt_gui_layout MPT_GUI_REINJECTION_LAYOUT, MPT_GUI_EVENT_LAYOUT, MPT_GUI_FINDING_LAYOUT;
extern const mpt_gui_layout MPT_GUI_PATH_LAYOUT; /* gui_rows_paths.c */
void mpt_gui_rows_paths(mpt_gui_rows *to);
extern const mpt_gui_layout MPT_GUI_RULE_LAYOUT; /* gui_rows_rules.c */
void mpt_gui_rows_rules(mpt_gui_rows *to);
void mpt_gui_rows_reinjections(mpt_gui_rows *to); /* gui_rows_frames.c */
void mpt_gui_rows_events(mpt_gui_rows *to);
void mpt_gui_rows_findings(mpt_gui_rows *to);

/* A number with a unit, and its exact value beside it: two columns of a list (table.h). */
#define MPT_GUI_READABLE (MPT_COLUMN_TEXT_ONLY | MPT_COLUMN_SCALED)
#define MPT_GUI_BOTH(X, index, type, name, heading, unit, ...)                                               \
    X(index, type, name, .title = heading, .flags = MPT_GUI_READABLE, __VA_ARGS__)                           \
    X(index##_EXACT, type, name, .title = heading " (" unit ")", __VA_ARGS__)

/* Begins a row of the table; *row is what windows do with it. Its numbers are those of the fields unless
 * somebody says otherwise later. */
static inline void mpt_gui_rows_begin(mpt_gui_rows *to, const mpt_gui_row *row)
{
    mpt_gui_row own = *row;

    own.field_connection = row->connection;
    own.field_subflow = row->subflow;
    mpt_table_begin_row(to->table);
    g_array_append_val(to->rows, own);
}

#endif
