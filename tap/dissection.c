/* dissection.c - see dissection.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissection.h"

#include <wireshark.h>

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/packet.h>
#include <epan/proto.h>
#include <epan/tvbuff.h>

#include "epan_values.h"
#include "icmp.h"
#include "tap/engine/base/bytes.h"
#include "tap/engine/protocol/tcp_option.h"

#define TCP_PROTOCOL 6
#define HEADER       20 /* RFC 9293 3.1, without options */
#define MAX_SEGMENTS 16 /* of one frame: tunnels */

static dissector_handle_t wrapper_handle, original_handle;
static int mptcp_id = -1, tcp_id = -1;

typedef struct dissected {
    mpt_segment segment; /* no payload beyond the frame, no mptcp_stream */
    bool window_known;   /* segment.window is scaled where both SYNs said so (RFC 7323 2.2) */
} dissected;

static struct {
    uint32_t frame;
    unsigned n;
    dissected segments[MAX_SEGMENTS];
} newest;

/* Window scales as the SYNs announced them: endpoints of a direction -> shift + 1, or 1 + NO_SCALE. */
#define NO_SCALE 15
static GHashTable *scales;

struct direction {
    mpt_endpoint src, dst;
};

static guint direction_hash(gconstpointer key)
{
    const struct direction *d = key;

    return mpt_endpoint_hash(&d->src) * 31 + mpt_endpoint_hash(&d->dst);
}

static gboolean direction_equal(gconstpointer a, gconstpointer b)
{
    const struct direction *x = a, *y = b;

    return mpt_endpoint_equal(&x->src, &y->src) && mpt_endpoint_equal(&x->dst, &y->dst);
}

static void forget_scales(void)
{
    g_clear_pointer(&scales, g_hash_table_destroy);
}

static unsigned scale_of(const mpt_endpoint *src, const mpt_endpoint *dst)
{
    struct direction d = {*src, *dst};

    return scales ? GPOINTER_TO_UINT(g_hash_table_lookup(scales, &d)) : 0;
}

/* RFC 7323 2.2: the window of a SYN is never scaled, others are if both SYNs announced a scale. */
static void scale_window(dissected *d)
{
    mpt_segment *g = &d->segment;
    unsigned own = scale_of(&g->src, &g->dst), other = scale_of(&g->dst, &g->src);

    if (g->flags & MPT_TCP_SYN) {
        struct direction key = {g->src, g->dst};
        if (!scales)
            scales = g_hash_table_new_full(direction_hash, direction_equal, g_free, NULL);
        g_hash_table_replace(
            scales, g_memdup2(&key, sizeof key),
            GUINT_TO_POINTER(1u + (g->presence & MPT_SEGMENT_WINDOW_SCALE ? g->window_scale : NO_SCALE)));
        d->window_known = true;
    } else if (own && other) {
        d->window_known = true;
        if (own != 1 + NO_SCALE && other != 1 + NO_SCALE)
            g->window <<= own - 1;
    }
}

static void set_ip(mpt_segment *g, tvbuff_t *tvb)
{
    tvbuff_t *source = tvb_get_ds_tvb(tvb);
    int before = (int)tvb_raw_offset(tvb);

    if (source && before > 0 && (int)tvb_captured_length(source) >= before)
        mpt_epan_set_ip(g, tvb_get_ptr(source, 0, before), (unsigned)before);
}

/* False where Wireshark's own TCP dissector would queue nothing for its taps either. */
static bool read_header(dissected *d, tvbuff_t *tvb, const packet_info *pinfo)
{
    unsigned captured = tvb_captured_length(tvb), length = tvb_reported_length(tvb), header;
    mpt_segment *g = &d->segment;
    const uint8_t *bytes;

    if (captured < HEADER)
        return false;
    bytes = tvb_get_ptr(tvb, 0, (int)captured);
    header = (bytes[12] >> 4) * 4u;
    if (header < HEADER)
        return false;
    *d = (dissected){.window_known = false};
    mpt_epan_set_frame(g, pinfo);
    mpt_epan_set_ends(g, &pinfo->src, mpt_be16(bytes), &pinfo->dst, mpt_be16(bytes + 2));
    g->seq = mpt_be32(bytes + 4);
    g->ack = mpt_be32(bytes + 8);
    g->flags = bytes[13];
    g->window = mpt_be16(bytes + 14);
    if (pinfo->fragmented || length < header)
        g->presence |= MPT_SEGMENT_LENGTH_UNKNOWN;
    else
        g->payload_len = length - header;
    mpt_epan_set_around(g, pinfo, header);
    mpt_epan_set_link(g, pinfo);
    set_ip(g, tvb);
    if (g->payload_len && captured > header) {
        g->payload = bytes + header;
        g->captured_payload = MIN(captured - header, g->payload_len);
    }
    if (captured < header && captured < length)
        g->presence |= MPT_SEGMENT_CUT_OPTIONS;
    mpt_tcp_option_take_all(g, bytes + HEADER, header - HEADER, captured - HEADER, true);
    scale_window(d);
    if (!proto_is_protocol_enabled(find_protocol_by_id(mptcp_id)))
        g->option_len = 0;
    return true;
}

/* Wireshark's label, which is there once its dissector has seen the segment. The addresses are those of
 * before: what the segment carries may have others. */
static void set_stream(mpt_segment *g, uint32_t frame, const address *src, const address *dst)
{
    conversation_t *c = find_conversation(frame, src, dst, CONVERSATION_TCP, g->src.port, g->dst.port, 0);
    const struct tcp_analysis *tcp = c ? conversation_get_proto_data(c, tcp_id) : NULL;

    if (!tcp)
        return;
    g->presence |= MPT_SEGMENT_STREAM;
    g->tcp_stream = tcp->stream;
}

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    address src, dst;
    unsigned own;
    int used;

    if (newest.frame != pinfo->num) {
        newest.frame = pinfo->num;
        newest.n = 0;
    }
    /* A TCP header that ICMP quotes is no segment. */
    if (pinfo->fd->visited || pinfo->flags.in_error_pkt || newest.n == MAX_SEGMENTS ||
        !read_header(&newest.segments[newest.n], tvb, pinfo))
        return call_dissector_only(original_handle, tvb, pinfo, tree, data);
    copy_address_shallow(&src, &pinfo->src);
    copy_address_shallow(&dst, &pinfo->dst);
    own = newest.n++;
    used = call_dissector_only(original_handle, tvb, pinfo, tree, data);
    set_stream(&newest.segments[own].segment, pinfo->num, &src, &dst);
    return used;
}

void mpt_dissection_register(void)
{
    /* A name of its own for TCP: no layer of its own, and `Enabled Protocols` still rules it. */
    int pino = proto_register_protocol_in_name_only("TCP segment, for mptcpscope", "TCP (mptcpscope)",
                                                    "mptcpscope.segment", proto_get_id_by_filter_name("tcp"),
                                                    FT_BYTES);

    mptcp_id = proto_get_id_by_filter_name("mptcp");
    tcp_id = proto_get_id_by_filter_name("tcp");
    wrapper_handle = create_dissector_handle(dissect, pino);
}

void mpt_dissection_start(void)
{
    dissector_table_t table = find_dissector_table("ip.proto");
    dissector_handle_t now = table ? dissector_get_uint_handle(table, TCP_PROTOCOL) : NULL;

    newest.frame = newest.n = 0;
    if (!now || now == wrapper_handle)
        return;
    original_handle = now;
    dissector_add_uint("ip.proto", TCP_PROTOCOL, wrapper_handle);
    mpt_icmp_start();
}

void mpt_dissection_stop(void)
{
    dissector_table_t table = find_dissector_table("ip.proto");

    newest.frame = newest.n = 0;
    forget_scales();
    if (!table || !original_handle || dissector_get_uint_handle(table, TCP_PROTOCOL) != wrapper_handle)
        return;
    dissector_add_uint("ip.proto", TCP_PROTOCOL, original_handle);
    mpt_icmp_stop();
}

unsigned mpt_dissection_feed(const packet_info *pinfo, mpt_frames *live, mpt_frames *kept)
{
    unsigned n = newest.frame == pinfo->num ? newest.n : 0;
    const mpt_icmp_error *icmp = mpt_icmp_of(pinfo->num);

    if (kept)
        mpt_frames_note_time(kept, mpt_epan_time(pinfo));
    if (kept && icmp)
        mpt_frames_note_icmp(kept, icmp);
    for (unsigned i = 0; i < n; i++) {
        const dissected *d = &newest.segments[i];
        if (live)
            mpt_frames_feed(live, &d->segment, d->window_known);
        if (kept)
            mpt_frames_feed(kept, &d->segment, d->window_known);
    }
    return n;
}
