/* windows.h - the module of windows and what it asks of the plugin: see qt/interface.h.
 *
 * Invariant: what a window asks of a reading that is gone is refused here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_WINDOWS_H
#define MPT_WINDOWS_H

#include "plugin/qt/interface.h"
#include "plugin/report/format/text.h"
#include "plugin/report/registry.h"
#include "tap/engine/core/engine.h"

/* Said where mpt_windows_engine() is NULL. */
extern const char MPT_NO_CAPTURE[];

/* The capture that is open, read as far as it is; NULL where there is none, or fields are off. */
const mpt_engine *mpt_windows_engine(void);

/* The module, loaded when first asked for; NULL, and *why (free with g_free()) the reason, where
 * it can't be. */
const mpt_gui_module *mpt_windows_module(char **why);

/* Prints a report of that capture in its usual format. */
void mpt_windows_print(const mpt_report *report, mpt_sink *sink, GString *sentence);
/* The same as text, with lines of so many columns at most. Free with g_free(). NULL: there is no capture. */
char *mpt_windows_report(const mpt_report *report, size_t columns);

#endif
