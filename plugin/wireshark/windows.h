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
#include "tap/engine/core/engine.h"

/* Said where mpt_windows_engine() is NULL. */
extern const char MPT_NO_CAPTURE[];

/* The capture that is open, read as far as it is; NULL where there is none, or fields are off. */
const mpt_engine *mpt_windows_engine(void);

/* The module, loaded when first asked for; NULL, and *why (free with g_free()) the reason, where it can't be. */
const mpt_gui_module *mpt_windows_module(char **why);

/* A report of that capture as text, with lines of so many columns at most; arguments: as of -z. Free with g_free(). NULL:
 * there is no capture. */
char *mpt_windows_report(const char *arguments, size_t columns);

/* The arguments of the report that tells what the table does. */
const char *mpt_windows_arguments(mpt_gui_kind kind);

#endif
