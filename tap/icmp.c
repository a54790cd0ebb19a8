/* icmp.c - see icmp.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "icmp.h"

#include <wireshark.h>

#include <epan/packet.h>
#include <epan/proto.h>
#include <epan/tap.h>
#include <epan/tvbuff.h>

#include "epan_values.h"
#include "tap/engine/base/bytes.h"

/* Numbers of ip.proto, and of IPv6's next header. */
enum { HOP_OPTIONS = 0, ICMP = 1, TCP = 6, ROUTING = 43, FRAGMENT = 44, ICMPV6 = 58, OPTIONS = 60 };

#define ICMP_HEADER 8 /* RFC 792, RFC 4443 2.1 */
#define IPV6_HEADER 40
#define TCP_QUOTED  8  /* ports and sequence number: what RFC 792 promises */
#define QUOTED_MOST 64 /* bytes of the quoted IP headers that are looked at */

static struct wrapped {
    uint32_t protocol;
    dissector_handle_t wrapper, original;
} wrapped[] = {{.protocol = ICMP}, {.protocol = ICMPV6}};

static mpt_icmp_error newest;
static int tap = -1;
static unsigned users;

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

static void set_frame(mpt_icmp_error *e, const packet_info *pinfo)
{
    mpt_segment g = {.frame = 0};

    mpt_epan_set_frame(&g, pinfo);
    mpt_epan_set_ends(&g, &pinfo->src, 0, &pinfo->dst, 0);
    e->time_ns = g.time_ns;
    e->frame = g.frame;
    e->router = g.src;
}

static bool read_error(mpt_icmp_error *e, tvbuff_t *tvb, const packet_info *pinfo, bool v6)
{
    unsigned length = MIN(tvb_captured_length(tvb), ICMP_HEADER + QUOTED_MOST + TCP_QUOTED);
    const uint8_t *bytes;

    if (length <= ICMP_HEADER + TCP_QUOTED)
        return false;
    bytes = tvb_get_ptr(tvb, 0, (int)length);
    if (!is_error(v6, bytes[0]))
        return false;
    *e = (mpt_icmp_error){.type = bytes[0], .code = bytes[1]};
    if (!(v6 ? read_ipv6 : read_ipv4)(e, bytes + ICMP_HEADER, length - ICMP_HEADER))
        return false;
    if (mpt_icmp_too_big(e))
        e->mtu = v6 ? mpt_be32(bytes + 4) : mpt_be16(bytes + 6);
    set_frame(e, pinfo);
    return true;
}

static int dissect(struct wrapped *w, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    mpt_icmp_error e;

    if (!pinfo->flags.in_error_pkt && read_error(&e, tvb, pinfo, w->protocol == ICMPV6)) {
        mpt_icmp_error *queued = wmem_new(pinfo->pool, mpt_icmp_error);
        newest = *queued = e;
        tap_queue_packet(tap, pinfo, queued);
    }
    return w->original ? call_dissector_only(w->original, tvb, pinfo, tree, data)
                       : (int)tvb_captured_length(tvb);
}

static int dissect_icmp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect(&wrapped[0], tvb, pinfo, tree, data);
}

static int dissect_icmpv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect(&wrapped[1], tvb, pinfo, tree, data);
}

const mpt_icmp_error *mpt_icmp_of(uint32_t frame)
{
    return newest.frame == frame ? &newest : NULL;
}

void mpt_icmp_register(void)
{
    /* Names of their own: no layers of their own, and `Enabled Protocols` still rules them. */
    wrapped[0].wrapper = create_dissector_handle(
        dissect_icmp, proto_register_protocol_in_name_only("ICMP error, for mptcpscope", "ICMP (mptcpscope)",
                                                           "mptcpscope.icmp",
                                                           proto_get_id_by_filter_name("icmp"), FT_BYTES));
    wrapped[1].wrapper = create_dissector_handle(
        dissect_icmpv6, proto_register_protocol_in_name_only(
                            "ICMPv6 error, for mptcpscope", "ICMPv6 (mptcpscope)", "mptcpscope.icmpv6",
                            proto_get_id_by_filter_name("icmpv6"), FT_BYTES));
    tap = register_tap(MPT_ICMP_TAP);
}

void mpt_icmp_start(void)
{
    dissector_table_t table = find_dissector_table("ip.proto");

    newest.frame = 0;
    if (users++ || !table)
        return;
    for (struct wrapped *w = wrapped; w < wrapped + G_N_ELEMENTS(wrapped); w++) {
        w->original = dissector_get_uint_handle(table, w->protocol);
        dissector_add_uint("ip.proto", w->protocol, w->wrapper);
    }
}

void mpt_icmp_stop(void)
{
    if (!users || --users)
        return;
    for (struct wrapped *w = wrapped; w < wrapped + G_N_ELEMENTS(wrapped); w++) {
        if (w->original)
            dissector_add_uint("ip.proto", w->protocol, w->original);
        w->original = NULL;
    }
}
