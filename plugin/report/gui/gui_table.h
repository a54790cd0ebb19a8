/* gui_table.h - the tables of windows (plugin/qt/interface.h): connections, subflows, reinjections, events
 * and findings, as typed cells that windows show, sort and copy.
 *
 * Invariant: a table needs neither the engine nor the log any more; its figures are the members that
 * the reports print.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GUI_TABLE_H
#define MPT_GUI_TABLE_H

#include "plugin/qt/interface.h"
#include "plugin/report/report.h"
#include "tap/engine/figures/metrics.h"
#include "tap/engine/reinjections/reinjection_log.h"

/* How many connections and subflows one display filter may name. */
#define MPT_GUI_FILTER_TERMS 50

/* x: of a point of the capture; without x->reinjections MPT_GUI_TABLE_REINJECTIONS has no rows. path: of the
 * capture file. The caller sets reading, segments and complete, and the rows' field_... where fields count at
 * another point. Free with mpt_gui_table_free(). */
mpt_gui_table *mpt_gui_table_new(mpt_gui_kind kind, const mpt_report_context *x, const char *path);
void mpt_gui_table_free(mpt_gui_table *table);

/* The name of the file without its folder, printable. Free with g_free(). */
char *mpt_gui_file_name(const char *path);

/* As in mpt_gui_plugin. */
char *mpt_gui_table_cell(const mpt_gui_table *table, size_t row, unsigned column, bool exact);
int mpt_gui_table_compare(const mpt_gui_table *table, unsigned column, size_t a, size_t b);
char *mpt_gui_table_filter(const mpt_gui_table *table, const size_t *rows, size_t count);

#endif
