/* graphs_menu.h - Statistics > MPTCP > Graphs: the window of plugin/qt/, or the HTML report in the
 * browser without it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GRAPHS_MENU_H
#define MPT_GRAPHS_MENU_H

#include "plugin/report/registry.h"

/* Opens a window of graphs; report: what is written where it can't be. NULL, or what to tell instead in a
 * window of text (free with g_free()). */
char *mpt_graphs_menu_open(const mpt_report *report);

#endif
