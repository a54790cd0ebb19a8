/* follow_cli.h - `tshark -z follow,mptcp,...`: the byte stream of an MPTCP connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FOLLOW_CLI_H
#define MPT_FOLLOW_CLI_H

/* Call it once, at handoff: tshark keeps the first -z option of a name, and registers those of its
 * own followers later. */
void mpt_follow_register(void);

#endif
