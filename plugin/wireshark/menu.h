/* menu.h - Statistics > MPTCP in Wireshark's windows: reports as text, and graphs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_MENU_H
#define MPT_MENU_H

/* Once, at handoff. Does nothing but register: without windows nobody calls back. */
void mpt_menu_register(void);

#endif
