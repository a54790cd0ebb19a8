/* cli.h - `tshark -z mptcp,...`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CLI_H
#define MPT_CLI_H

/* Registers "-z mptcp" with Wireshark. Call it once, at handoff. */
void mpt_cli_register(void);
/* Reports a wrong -z argument: `message` is one sentence. tshark ends with exit status 1, here or when the
 * callback of the -z option returns false (4.6); Wireshark goes on. */
void mpt_cli_refuse(const char *message);

#endif
