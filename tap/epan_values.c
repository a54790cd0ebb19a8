/* epan_values.c - see epan_values.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "epan_values.h"

#include <epan/tvbuff.h>
#include <wiretap/wtap.h>

#include <string.h>

#include "tap/engine/base/bytes.h"

int64_t mpt_epan_time(const packet_info *pinfo)
{
    const int64_t limit = INT64_MAX / 1000000000 - 1;

    return CLAMP((int64_t)pinfo->abs_ts.secs, -limit, limit) * 1000000000 + pinfo->abs_ts.nsecs;
}

void mpt_epan_set_frame(mpt_segment *segment, const packet_info *pinfo)
{
    segment->frame = pinfo->num;
    segment->time_ns = mpt_epan_time(pinfo);
    if (pinfo->rec->presence_flags & WTAP_HAS_INTERFACE_ID) {
        segment->presence |= MPT_SEGMENT_INTERFACE;
        segment->interface_id = pinfo->rec->rec_header.packet_header.interface_id;
    }
}

static void set_endpoint(mpt_endpoint *e, const address *a, uint16_t port)
{
    bool ip = (a->type == AT_IPv4 && a->len == 4) || (a->type == AT_IPv6 && a->len == 16);

    mpt_endpoint_set(e, ip ? a->data : NULL, ip ? (size_t)a->len : 0, port);
}

void mpt_epan_set_ends(mpt_segment *segment, const address *src, uint16_t src_port, const address *dst,
                       uint16_t dst_port)
{
    set_endpoint(&segment->src, src, src_port);
    set_endpoint(&segment->dst, dst, dst_port);
}

/* The link headers of "any" interface of Linux: type of packet, and with SLL2 the interface's number. */
enum { SLL_TYPE = 0, SLL2_INDEX = 4, SLL2_TYPE = 10, SLL_BYTES = 16, SLL2_BYTES = 20, TYPE_OUTGOING = 4 };

static const uint8_t *link_header(const packet_info *pinfo, int length)
{
    tvbuff_t *frame = pinfo->data_src ? get_data_source_tvb(pinfo->data_src->data) : NULL;

    return frame && (int)tvb_captured_length(frame) >= length ? tvb_get_ptr(frame, 0, length) : NULL;
}

void mpt_epan_set_link(mpt_segment *segment, const packet_info *pinfo)
{
    int encapsulation = pinfo->rec->rec_header.packet_header.pkt_encap;
    const uint8_t *header;

    if (encapsulation == WTAP_ENCAP_SLL2) {
        if (!(header = link_header(pinfo, SLL2_BYTES)))
            return;
        segment->link_index = mpt_be32(header + SLL2_INDEX);
        segment->presence |= MPT_SEGMENT_LINK;
        segment->way = header[SLL2_TYPE] == TYPE_OUTGOING ? MPT_WAY_OUT : MPT_WAY_IN;
    } else if (encapsulation == WTAP_ENCAP_SLL) {
        if ((header = link_header(pinfo, SLL_BYTES)))
            segment->way = mpt_be16(header + SLL_TYPE) == TYPE_OUTGOING ? MPT_WAY_OUT : MPT_WAY_IN;
    }
}

void mpt_epan_set_around(mpt_segment *segment, const packet_info *pinfo, uint32_t header)
{
    uint32_t segment_bytes = header + segment->payload_len, frame = pinfo->fd->pkt_len;

    if (!(segment->presence & MPT_SEGMENT_LENGTH_UNKNOWN) && frame > segment_bytes)
        segment->around = (uint16_t)MIN(frame - segment_bytes, UINT16_MAX);
}

/* RFC 791 3.1; RFC 8200 3. At most so far before the segment: other headers may stand between (RFC 4302, RFC 8200 4). */
enum { IPV4_BYTES = 20, IPV4_MAX = 124, IPV4_ID = 4, IPV4_TTL = 8, IPV4_ENDS = 12 };
enum { IPV6_BYTES = 40, IPV6_MAX = 200, IPV6_LIMIT = 7, IPV6_ENDS = 8 };

static inline bool has_ends(const mpt_segment *g, const uint8_t *at, size_t length)
{
    return !memcmp(at, g->src.address, length) && !memcmp(at + length, g->dst.address, length);
}

static bool is_ipv4(mpt_segment *g, const uint8_t *ip)
{
    if (ip[0] >> 4 != 4 || !has_ends(g, ip + IPV4_ENDS, 4))
        return false;
    g->ttl = ip[IPV4_TTL];
    g->ip_id = mpt_be16(ip + IPV4_ID);
    g->presence |= MPT_SEGMENT_TTL | MPT_SEGMENT_IP_ID;
    return true;
}

static bool is_ipv6(mpt_segment *g, const uint8_t *ip)
{
    if (ip[0] >> 4 != 6 || !has_ends(g, ip + IPV6_ENDS, 16))
        return false;
    g->ttl = ip[IPV6_LIMIT];
    g->presence |= MPT_SEGMENT_TTL;
    return true;
}

static bool search_ip(mpt_segment *g, const uint8_t *bytes, unsigned before, unsigned v4_most,
                      unsigned v6_most, unsigned step)
{
    if (g->src.family != g->dst.family)
        return false;
    if (g->src.family == MPT_FAMILY_IPV4 && before >= IPV4_BYTES && is_ipv4(g, bytes + before - IPV4_BYTES))
        return true;
    for (unsigned n = IPV4_BYTES; g->src.family == MPT_FAMILY_IPV4 && n <= MIN(before, v4_most); n += step)
        if (is_ipv4(g, bytes + before - n))
            return true;
    for (unsigned n = IPV6_BYTES; g->src.family == MPT_FAMILY_IPV6 && n <= MIN(before, v6_most); n += step)
        if (is_ipv6(g, bytes + before - n))
            return true;
    return false;
}

bool mpt_epan_set_ip(mpt_segment *segment, const uint8_t *bytes, unsigned before)
{
    return search_ip(segment, bytes, before, IPV4_MAX, IPV6_MAX, 4);
}

bool mpt_epan_find_ip(mpt_segment *segment, const uint8_t *frame, unsigned length)
{
    return search_ip(segment, frame, length, length, length, 1);
}
