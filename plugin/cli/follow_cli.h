/* follow_cli.h - -z follow,mptcp,...: the byte stream of an MPTCP connection, where users look
 * for byte streams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FOLLOW_CLI_H
#define MPT_FOLLOW_CLI_H

/* Once, at handoff: tshark keeps the first of two reports of one name, and registers those of
 * its followers later. */
void mpt_follow_register(void);

#endif
