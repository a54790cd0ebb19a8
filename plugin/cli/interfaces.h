/* interfaces.h - the names of a capture's interfaces, as the file has them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_INTERFACES_H
#define MPT_INTERFACES_H

#include <stdbool.h>
#include <stdint.h>

/* From now on names are noted, each with the first packet of its interface. May be called again. False, and
 * *error (free with g_free()) says why, where Wireshark refuses. */
bool mpt_interfaces_start(char **error);
/* "eth0"; NULL where the file has none, or no packet was read. Borrowed until the next file is read. */
const char *mpt_interfaces_name(uint32_t interface_id);

#endif
