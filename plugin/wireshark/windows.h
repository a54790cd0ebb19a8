/* windows.h - the window module, and the plugin's side of plugin/qt/interface.h.
 *
 * Invariant: a window that asks for a reading which is gone gets nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_WINDOWS_H
#define MPT_WINDOWS_H

#include "plugin/qt/interface.h"
#include "plugin/report/format/text.h"
#include "plugin/report/registry.h"

/* What to show when there is no capture. */
extern const char MPT_NO_CAPTURE[];

/* A capture is open, as far as it was read, and windows can show it. */
bool mpt_windows_have_capture(void);

/* The module, loaded on first use; NULL if it can't be loaded, and *why (free with g_free())
 * is the reason. */
const mpt_gui_module *mpt_windows_module(char **why);

/* Prints a report of that capture in its usual format, as the point where fields count has it. */
void mpt_windows_print(const mpt_report *report, mpt_sink *sink, GString *sentence);
/* The same as text, with lines of at most `columns`. Free with g_free(). NULL: there is no capture. */
char *mpt_windows_report(const mpt_report *report, size_t columns);
/* The capture file's name without folders; how the line of the selected packet's connection begins in these
 * reports, NULL if there is none. Free with g_free(). */
char *mpt_windows_file(void);
char *mpt_windows_selected(void);

#endif
