/* quoted.c - see quoted.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "quoted.h"

#include "tap/engine/base/bytes.h"

/* Numbers of IPv4's protocol and of IPv6's next header. */
enum { HOP_OPTIONS = 0, TCP = 6, ROUTING = 43, FRAGMENT = 44, OPTIONS = 60 };

#define ICMP_HEADER 8 /* RFC 792, RFC 4443 2.1 */
#define IPV6_HEADER 40
#define TCP_QUOTED  8 /* ports and sequence number: what RFC 792 promises */

/* Destination unreachable, time exceeded, parameter problem; packet too big. */
static bool is_error(bool v6, uint8_t type)
{
    return v6 ? type >= 1 && type <= 4 : type == 3 || type == 11 || type == 12;
}

static void set_quoted(mpt_icmp_error *e, const uint8_t *addresses, size_t length, const uint8_t *tcp)
{
    mpt_endpoint_set(&e->ends[0], addresses, length, mpt_be16(tcp));
    mpt_endpoint_set(&e->ends[1], addresses + length, length, mpt_be16(tcp + 2));
    e->seq = mpt_be32(tcp + 4);
}

static bool read_ipv4(mpt_icmp_error *e, const uint8_t *ip, unsigned length)
{
    unsigned header = (ip[0] & 0x0fu) * 4u;

    if (length < 20 || ip[0] >> 4 != 4 || header < 20 || length < header + TCP_QUOTED || ip[9] != TCP ||
        mpt_be16(ip + 6) & 0x1fff)
        return false;
    set_quoted(e, ip + 12, 4, ip + header);
    return true;
}

/* The offset of the TCP header behind the extension headers (RFC 8200 4); 0: none was quoted. */
static unsigned tcp_offset(const uint8_t *ip, unsigned length)
{
    unsigned at = IPV6_HEADER, next = ip[6];

    while (next == HOP_OPTIONS || next == ROUTING || next == OPTIONS || next == FRAGMENT) {
        if (at + 8 > length || (next == FRAGMENT && mpt_be16(ip + at + 2) & 0xfff8))
            return 0;
        unsigned size = next == FRAGMENT ? 8 : (ip[at + 1] + 1u) * 8u;
        next = ip[at];
        at += size;
    }
    return next == TCP && at + TCP_QUOTED <= length ? at : 0;
}

static bool read_ipv6(mpt_icmp_error *e, const uint8_t *ip, unsigned length)
{
    unsigned at = length >= IPV6_HEADER && ip[0] >> 4 == 6 ? tcp_offset(ip, length) : 0;

    if (!at)
        return false;
    set_quoted(e, ip + 8, 16, ip + at);
    return true;
}

bool mpt_quoted_read(mpt_icmp_error *e, const uint8_t *bytes, unsigned captured, bool v6)
{
    unsigned length = captured < MPT_QUOTED_BYTES ? captured : MPT_QUOTED_BYTES;

    if (length <= ICMP_HEADER + TCP_QUOTED || !is_error(v6, bytes[0]))
        return false;
    *e = (mpt_icmp_error){.type = bytes[0], .code = bytes[1]};
    if (!(v6 ? read_ipv6 : read_ipv4)(e, bytes + ICMP_HEADER, length - ICMP_HEADER))
        return false;
    if (mpt_icmp_too_big(e))
        e->mtu = v6 ? mpt_be32(bytes + 4) : mpt_be16(bytes + 6);
    return true;
}
