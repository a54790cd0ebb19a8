/* interfaces.h - the names of a capture's interfaces, as the file has them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_INTERFACES_H
#define MPT_INTERFACES_H

#include <stdbool.h>
#include <stdint.h>

/* Notes names from now on, each with the first packet of its interface. May be called again. False if
 * Wireshark refuses; *error (free with g_free()) is then its reason. */
bool mpt_interfaces_start(char **error);
/* "eth0"; NULL if the file has no name for it, or none of its packets was read yet. Borrowed until the next
 * file is read. */
const char *mpt_interfaces_name(uint32_t interface_id);

#endif
