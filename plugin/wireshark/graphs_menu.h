/* graphs_menu.h - Statistics > MPTCP > Graphs: the window of plugin/qt/, or the HTML report in the
 * browser without it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GRAPHS_MENU_H
#define MPT_GRAPHS_MENU_H

#include "plugin/report/registry.h"

/* Opens a window of graphs, or writes `report` and opens it in the browser. NULL, or a text to show instead
 * (free with g_free()). */
char *mpt_graphs_menu_open(const mpt_report *report);

#endif
