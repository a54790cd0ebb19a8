/* gui_module.h - finds and loads the module of windows (plugin/qt/), which is no plugin of Wireshark.
 *
 * Invariant: nothing of Qt is loaded that the program does not have already; what was loaded stays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GUI_MODULE_H
#define MPT_GUI_MODULE_H

#include "plugin/qt/interface.h"

/* The module, loaded on first use. NULL where it can't be: *why is then why, without a full stop, to be
 * freed with g_free(). */
const mpt_gui_module *mpt_gui_module_load(const mpt_gui_plugin *plugin, char **why);

#endif
