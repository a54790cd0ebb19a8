/* host.h - the program that has loaded the plugin: tshark, Wireshark, sharkd, ...
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_HOST_H
#define MPT_HOST_H

#include <stdbool.h>

/* "tshark", "wireshark", ... Static. */
const char *mpt_host_name(void);
/* True for Wireshark and sharkd, which the plugin must never end. */
bool mpt_host_is_gui(void);
/* The program is Wireshark itself; sharkd has no windows. */
bool mpt_host_has_windows(void);
/* Makes the exit status 1 when tshark ends by itself. No effect in Wireshark and sharkd. */
void mpt_host_fail_at_exit(void);
/* True if the program has the file at `path` open for reading only. */
bool mpt_host_reads(const char *path);

#endif
