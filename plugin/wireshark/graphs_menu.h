/* graphs_menu.h - Statistics > MPTCP > Graphs: the window of plugin/qt/, or the HTML report in the browser without it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GRAPHS_MENU_H
#define MPT_GRAPHS_MENU_H

/* Opens a window of graphs. NULL, or what to tell instead in a window of text (free with g_free()). */
char *mpt_graphs_menu_open(void);

#endif
