/* follow_window.h - Analyze > Follow > MPTCP Stream (Wireshark 4.4 and later), and `follow` of sharkd.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FOLLOW_WINDOW_H
#define MPT_FOLLOW_WINDOW_H

/* At handoff, when Wireshark's own followers are there. Nothing in tshark, which has follow.h. */
void mpt_follow_window_register(void);
/* Before Wireshark unloads us. */
void mpt_follow_window_forget(void);

#endif
