/* cli.h - `tshark -z mptcp,...`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CLI_H
#define MPT_CLI_H

/* Registers "-z mptcp" with Wireshark; once, at handoff. */
void mpt_cli_register(void);

#endif
