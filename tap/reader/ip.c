/* ip.c - IPv4 and IPv6: see reader_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reader_internal.h"
#include "tap/engine/base/bytes.h"

/* Numbers of IPv4's protocol and of IPv6's next header. */
enum { HOP_OPTIONS = 0, ICMP = 1, TCP = 6, ROUTING = 43, FRAGMENT = 44, ICMPV6 = 58, OPTIONS = 60 };

enum { IPV4_HEADER = 20, IPV6_HEADER = 40 };

void mpt_reader_protocol(mpt_walk *w, uint8_t protocol, mpt_span s)
{
    if (protocol == TCP)
        (w->quoted ? mpt_reader_quoted_tcp : mpt_reader_tcp)(w, s);
    else if (protocol == ICMP || protocol == ICMPV6)
        mpt_reader_icmp(w, s, protocol == ICMPV6);
}

void mpt_reader_ipv4(mpt_walk *w, mpt_span s)
{
    uint32_t header, total;

    if (s.captured < IPV4_HEADER)
        return;
    header = (s.bytes[0] & 0x0fu) * 4u;
    total = mpt_be16(s.bytes + 2);
    if (header < IPV4_HEADER || s.captured < header || mpt_be16(s.bytes + 6) & 0x3fff)
        return;
    /* 0: left to the network card, which cuts large segments into packets. */
    if (total)
        s = mpt_span_limit(s, total);
    mpt_endpoint_set(&w->src, s.bytes + 12, 4, 0);
    mpt_endpoint_set(&w->dst, s.bytes + 16, 4, 0);
    w->ttl = s.bytes[8];
    w->ip_id = mpt_be16(s.bytes + 4);
    w->has_ttl = w->has_ip_id = true;
    mpt_reader_protocol(w, s.bytes[9], mpt_span_skip(s, header));
}

void mpt_reader_ipv6(mpt_walk *w, mpt_span s)
{
    uint8_t next;
    uint32_t length;

    if (s.captured < IPV6_HEADER)
        return;
    length = mpt_be16(s.bytes + 4);
    next = s.bytes[6];
    mpt_endpoint_set(&w->src, s.bytes + 8, 16, 0);
    mpt_endpoint_set(&w->dst, s.bytes + 24, 16, 0);
    w->ttl = s.bytes[7];
    w->has_ttl = true;
    w->has_ip_id = false;
    s = mpt_span_skip(s, IPV6_HEADER);
    if (length)
        s = mpt_span_limit(s, length);
    while (next == HOP_OPTIONS || next == ROUTING || next == OPTIONS) {
        if (s.captured < 8)
            return;
        next = s.bytes[0];
        s = mpt_span_skip(s, (s.bytes[1] + 1u) * 8u);
    }
    mpt_reader_protocol(w, next, s);
}

void mpt_reader_ip(mpt_walk *w, mpt_span s)
{
    if (s.captured && s.bytes[0] >> 4 == 4)
        mpt_reader_ipv4(w, s);
    else if (s.captured && s.bytes[0] >> 4 == 6)
        mpt_reader_ipv6(w, s);
}
