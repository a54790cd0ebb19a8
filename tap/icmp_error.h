/* icmp_error.h - an ICMP or ICMPv6 error about a TCP segment, as plain values (RFC 792, RFC 4443).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ICMP_ERROR_H
#define MPT_ICMP_ERROR_H

#include <stdint.h>

#include "tap/engine/base/endpoint.h"

typedef struct mpt_icmp_error {
    int64_t time_ns; /* of the frame, since the epoch */
    uint32_t frame;
    uint32_t seq;         /* of the segment that it quotes */
    uint32_t mtu;         /* fragmentation needed, packet too big: of the next hop; 0: not said */
    uint8_t type, code;   /* ICMP's, or ICMPv6's where the quoted addresses are IPv6 */
    mpt_endpoint router;  /* who sent it; without a port */
    mpt_endpoint ends[2]; /* of the segment that it quotes: its sender, its receiver */
} mpt_icmp_error;

/* True where the error says that the segment was too large for the next hop (RFC 1191, RFC 8201). */
static inline bool mpt_icmp_too_big(const mpt_icmp_error *error)
{
    return error->ends[0].family == MPT_FAMILY_IPV6 ? error->type == 2 : error->type == 3 && error->code == 4;
}

#endif
