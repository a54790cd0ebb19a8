/* menu.h - Statistics > MPTCP in Wireshark: the `entries` of all reports (plugin/report/registry.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_MENU_H
#define MPT_MENU_H

/* Registers the entries, once, at handoff. Programs without windows never call them. */
void mpt_menu_register(void);

#endif
