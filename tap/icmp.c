/* icmp.c - see icmp.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "icmp.h"

#include <wireshark.h>

#include <epan/packet.h>
#include <epan/proto.h>
#include <epan/tvbuff.h>

#include "epan_values.h"
#include "tap/reader/quoted.h"

/* Numbers of ip.proto. */
enum { ICMP = 1, ICMPV6 = 58 };

static struct wrapped {
    uint32_t protocol;
    dissector_handle_t wrapper, original;
} wrapped[] = {{.protocol = ICMP}, {.protocol = ICMPV6}};

static mpt_icmp_error newest;
static unsigned users;

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
    unsigned captured = MIN(tvb_captured_length(tvb), MPT_QUOTED_BYTES);

    if (captured == 0 || !mpt_quoted_read(e, tvb_get_ptr(tvb, 0, (int)captured), captured, v6))
        return false;
    set_frame(e, pinfo);
    return true;
}

static int dissect(struct wrapped *w, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    mpt_icmp_error e;

    if (!pinfo->flags.in_error_pkt && read_error(&e, tvb, pinfo, w->protocol == ICMPV6))
        newest = e;
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

void mpt_icmp_forget(void)
{
    newest.frame = 0;
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
