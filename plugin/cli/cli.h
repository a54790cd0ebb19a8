/* cli.h - `tshark -z mptcp,...` and `tshark -z follow,mptcp,...`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CLI_H
#define MPT_CLI_H

/* Registers both with Wireshark. Call it once, at handoff. */
void mpt_cli_register(void);

#endif
