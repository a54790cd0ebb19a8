/* host.h - the program that we live in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_HOST_H
#define MPT_HOST_H

#include <stdbool.h>

/* "tshark", "wireshark", ... Static. */
const char *mpt_host_name(void);
/* The program has windows and must never be ended by us. */
bool mpt_host_is_gui(void);
/* The program is Wireshark itself; sharkd has no windows. */
bool mpt_host_has_windows(void);
/* tshark's exit status becomes 1 when it ends by itself. No effect in a program with windows. */
void mpt_host_fail_at_exit(void);
/* The program has this file open, for reading only. */
bool mpt_host_reads(const char *path);

#endif
