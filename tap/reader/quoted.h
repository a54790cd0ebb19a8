/* quoted.h - the TCP segment that an ICMP or ICMPv6 error quotes, from the bytes: the same through every door.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_QUOTED_H
#define MPT_QUOTED_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/icmp_error.h"

/* Bytes of the message that are looked at, at most. */
#define MPT_QUOTED_BYTES 80

/* Sets type, code, seq, mtu and ends from an ICMP message. False if it is no error about a TCP segment. */
bool mpt_quoted_read(mpt_icmp_error *error, const uint8_t *bytes, unsigned captured, bool v6);

#endif
