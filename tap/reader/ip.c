/* ip.c - IPv4 and IPv6: see reader_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "reader_internal.h"
#include "tap/engine/base/bytes.h"

/* Numbers of IPv4's protocol and of IPv6's next header. */
enum {
    HOP_OPTIONS = 0,
    ICMP = 1,
    IPV4 = 4,
    TCP = 6,
    UDP = 17,
    IPV6 = 41,
    ROUTING = 43,
    FRAGMENT = 44,
    GRE = 47,
    AUTHENTICATION = 51,
    ICMPV6 = 58,
    OPTIONS = 60,
    ETHERIP = 97,
    IP_COMPRESSION = 108,
    L2TP = 115,
    UDP_LITE = 136,
    MPLS_IN_IP = 137,
    SHIM6 = 140,
    ETHERNET = 143,
};

enum { IPV4_HEADER = 20, IPV6_HEADER = 40, EXTENSION = 8 };
enum { MORE = 0x2000, OFFSET = 0x1fff };

/* --- fragments --- */

/* What fragments of one datagram share is what Wireshark takes for it. Goes on with the datagram if this was the
 * last fragment missing; with the first fragment alone where it was cut. */
static void read_fragment(mpt_walk *w, uint8_t protocol, mpt_fragment *fragment, mpt_span s)
{
    const uint8_t *whole;
    uint32_t length;
    unsigned forgotten = 0;
    bool fragmented = w->fragmented;

    fragment->src = w->src;
    fragment->dst = w->dst;
    fragment->id ^= w->vlan;
    fragment->length = s.length;
    fragment->bytes = s.bytes;
    if (s.captured == s.length) {
        whole = mpt_fragments_add(w->reader->fragments, fragment, &length, &forgotten);
        while (forgotten-- > 0)
            mpt_reader_count_unread(w, "IP fragments whose rest came late");
        if (!whole)
            return;
        w->fragmented = false;
        mpt_reader_protocol(w, protocol, (mpt_span){whole, length, length});
    } else if (!fragment->offset) {
        w->fragmented = fragment->more;
        mpt_reader_protocol(w, protocol, s);
    }
    w->fragmented = fragmented;
}

/* --- extension headers (RFC 8200 4) --- */

static void read_extension(mpt_walk *w, mpt_span s)
{
    if (w->v6 && s.captured >= EXTENSION)
        mpt_reader_protocol(w, s.bytes[0], mpt_span_skip(s, (s.bytes[1] + 1u) * 8u));
}

/* Where the packet goes in the end, while it is on its way: the last address of type 0, the only one of type 2, the
 * first of segment routing (RFC 5095, RFC 6275 6.4, RFC 8754 2). */
static void read_routing(mpt_walk *w, mpt_span s)
{
    enum { OLD = 0, MOBILE = 2, SEGMENTS = 4, ADDRESS = 16 };
    uint32_t at = EXTENSION;

    if (!w->v6 || s.captured < EXTENSION)
        return;
    if (s.bytes[2] == OLD && s.bytes[1] >= 2)
        at += (s.bytes[1] / 2u - 1) * ADDRESS;
    if (s.bytes[3] && s.bytes[1] >= 2 && s.captured >= at + ADDRESS &&
        (s.bytes[2] == OLD || s.bytes[2] == MOBILE || s.bytes[2] == SEGMENTS))
        memcpy(w->dst.address, s.bytes + at, ADDRESS);
    read_extension(w, s);
}

static void read_fragment_header(mpt_walk *w, mpt_span s)
{
    uint16_t where;

    if (!w->v6 || s.captured < EXTENSION)
        return;
    where = mpt_be16(s.bytes + 2);
    if (where & 0xfff9) {
        mpt_fragment fragment = {.id = mpt_be32(s.bytes + 4), .offset = where & 0xfff8u, .more = where & 1};
        read_fragment(w, s.bytes[0], &fragment, mpt_span_skip(s, EXTENSION));
    } else {
        mpt_reader_protocol(w, s.bytes[0], mpt_span_skip(s, EXTENSION));
    }
}

/* RFC 4302 2: its length is in words of four bytes, less two. */
static void read_authentication(mpt_walk *w, mpt_span s)
{
    if (s.captured >= 12)
        mpt_reader_protocol(w, s.bytes[0], mpt_span_skip(s, (s.bytes[1] + 2u) * 4u));
}

static void read_icmp4(mpt_walk *w, mpt_span s)
{
    mpt_reader_icmp(w, s, false);
}

static void read_icmp6(mpt_walk *w, mpt_span s)
{
    mpt_reader_icmp(w, s, true);
}

/* RFC 3378 3 */
static void read_etherip(mpt_walk *w, mpt_span s)
{
    if (s.captured >= 2 && s.bytes[0] >> 4 == 3)
        mpt_reader_ethernet(w, mpt_span_skip(s, 2));
}

static const mpt_next PROTOCOLS[] = {
    {UDP, mpt_reader_udp, NULL},
    {ICMP, read_icmp4, NULL},
    {ICMPV6, read_icmp6, NULL},
    {IPV4, mpt_reader_ip, NULL},
    {IPV6, mpt_reader_ipv6, NULL},
    {GRE, mpt_reader_gre, NULL},
    {HOP_OPTIONS, read_extension, NULL},
    {ROUTING, read_routing, NULL},
    {FRAGMENT, read_fragment_header, NULL},
    {AUTHENTICATION, read_authentication, NULL},
    {OPTIONS, read_extension, NULL},
    {SHIM6, read_extension, NULL},
    {ETHERIP, read_etherip, NULL},
    {MPLS_IN_IP, mpt_reader_mpls, NULL},
    {ETHERNET, mpt_reader_ethernet, NULL},
    {UDP_LITE, mpt_reader_udp, NULL},
    {IP_COMPRESSION, NULL, "IP compression"},
    {L2TP, NULL, "L2TPv3"},
};

void mpt_reader_protocol(mpt_walk *w, uint8_t protocol, mpt_span s)
{
    if (protocol == TCP)
        (w->quoted ? mpt_reader_quoted_tcp : mpt_reader_tcp)(w, s);
    else
        mpt_reader_next(w, PROTOCOLS, G_N_ELEMENTS(PROTOCOLS), protocol, s);
}

/* --- the headers --- */

/* The options that name a route: the last address of it is where the datagram goes (RFC 791 3.1). */
static void follow_route(mpt_walk *w, const uint8_t *options, uint32_t length)
{
    enum { END = 0, NOP = 1, LOOSE = 131, STRICT = 137 };
    uint32_t at = 0;

    while (at < length && options[at] != END) {
        uint8_t size;
        if (options[at] == NOP) {
            at++;
            continue;
        }
        size = at + 1 < length ? options[at + 1] : 0;
        if (size < 2 || size > length - at)
            return;
        if ((options[at] == LOOSE || options[at] == STRICT) && size >= 7 && options[at + 2] < size) {
            memcpy(w->dst.address, options + at + 3 + ((size_t)size - 3) / 4 * 4 - 4, 4);
            return;
        }
        at += size;
    }
}

void mpt_reader_ipv4(mpt_walk *w, mpt_span s)
{
    uint32_t header, total;
    uint16_t where;
    uint8_t protocol;

    if (s.captured < IPV4_HEADER || s.bytes[0] >> 4 != 4)
        return;
    header = (s.bytes[0] & 0x0fu) * 4u;
    total = mpt_be16(s.bytes + 2);
    if (header < IPV4_HEADER || s.captured < header || (total && total < header))
        return;
    /* 0: left to the network card, which cuts large segments into packets. */
    if (total)
        s = mpt_span_limit(s, total);
    mpt_endpoint_set(&w->src, s.bytes + 12, 4, 0);
    mpt_endpoint_set(&w->dst, s.bytes + 16, 4, 0);
    if (header > IPV4_HEADER)
        follow_route(w, s.bytes + IPV4_HEADER, header - IPV4_HEADER);
    w->ttl = s.bytes[8];
    w->ip_id = mpt_be16(s.bytes + 4);
    w->has_ttl = w->has_ip_id = true;
    w->v6 = false;
    protocol = s.bytes[9];
    where = mpt_be16(s.bytes + 6);
    s = mpt_span_skip(s, header);
    if (where & (MORE | OFFSET)) {
        mpt_fragment fragment = {
            .id = w->ip_id ^ protocol, .offset = (where & OFFSET) * 8u, .more = where & MORE};
        read_fragment(w, protocol, &fragment, s);
        return;
    }
    w->fragmented = false;
    mpt_reader_protocol(w, protocol, s);
}

void mpt_reader_ipv6(mpt_walk *w, mpt_span s)
{
    uint8_t next;
    uint32_t length;

    if (s.captured < IPV6_HEADER || s.bytes[0] >> 4 != 6)
        return;
    length = mpt_be16(s.bytes + 4);
    next = s.bytes[6];
    mpt_endpoint_set(&w->src, s.bytes + 8, 16, 0);
    mpt_endpoint_set(&w->dst, s.bytes + 24, 16, 0);
    w->ttl = s.bytes[7];
    w->has_ttl = w->v6 = true;
    w->has_ip_id = false;
    /* 0: a jumbogram, or left to the network card; Wireshark takes it for a packet without payload. */
    mpt_reader_protocol(w, next, mpt_span_limit(mpt_span_skip(s, IPV6_HEADER), length));
}

void mpt_reader_ip(mpt_walk *w, mpt_span s)
{
    if (s.captured && s.bytes[0] >> 4 == 4)
        mpt_reader_ipv4(w, s);
    else if (s.captured && s.bytes[0] >> 4 == 6)
        mpt_reader_ipv6(w, s);
}
