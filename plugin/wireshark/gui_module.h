/* gui_module.h - finds and loads the window module (plugin/qt/), which is not a Wireshark plugin itself.
 *
 * Invariant: no second Qt is ever loaded into the program, and a module once loaded stays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GUI_MODULE_H
#define MPT_GUI_MODULE_H

#include "plugin/qt/interface.h"

/* The module, loaded on first use. NULL if it can't be loaded: *why is then the reason, without a full stop,
 * to be freed with g_free(). */
const mpt_gui_module *mpt_gui_module_load(const mpt_gui_plugin *plugin, char **why);
/* True where there is a file to load it from. */
bool mpt_gui_module_is_there(void);

#endif
