/* follow_window.h - Analyze > Follow > MPTCP Stream (Wireshark 4.4 and later), and `follow` of sharkd.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FOLLOW_WINDOW_H
#define MPT_FOLLOW_WINDOW_H

/* Call it at handoff, after Wireshark has registered its own followers. Does nothing in
 * tshark (see follow_cli.h). */
void mpt_follow_window_register(void);
/* Call it before Wireshark unloads the plugin. */
void mpt_follow_window_forget(void);

#endif
