/* listener.c - see listener.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "listener.h"

#include <wireshark.h>

#include <epan/dissectors/packet-tcp.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/packet.h>
#include <epan/proto.h>
#include <epan/tap.h>
#include <epan/tvbuff.h>

/* It includes nothing itself. */
#include <epan/dissectors/packet-ip.h>

#include <string.h>

#include "epan_values.h"
#include "feed.h"
#include "icmp.h"
#include "tap/engine/protocol/option.h"
#include "tap/engine/protocol/tcp_option.h"

/* An option of the segment that is being dissected, as our taps get it. */
struct option_record {
    const struct tcpheader *tcph;
    uint8_t length;
    uint8_t bytes[MPT_SEGMENT_OPTION_BYTES];
};

/* TCP options of the frame other than MPTCP's, as the wrappers around their dissectors found them: no tap is
 * needed, as they only add to a segment. */
static struct {
    uint32_t frame;
    unsigned used; /* the oldest give way */
    struct option_record records[8];
} kept;

/* An IP header of the frame, as taps "ip" and "ipv6" bring it. */
struct ip_record {
    const address *src, *dst;
    uint32_t presence;
    uint16_t id;
    uint8_t ttl;
};

static struct {
    mpt_feed feed; /* without a client: nobody listens */
    bool want_payload;
    bool tcp_tap_loses; /* before 4.4, an exception in the options keeps a segment from tap "tcp" */
    GSList *filters;    /* struct filter */
    /* The segment whose taps are running: the feed's next one. */
    bool pending;
    const struct tcpheader *tcph;
    uint32_t last_frame; /* that had a segment */
    /* The newest IP headers of frame ip_frame: that of a segment may come before its header or after it. */
    struct ip_record ip[4];
    uint32_t ip_frame;
    unsigned ips;
} listener;

struct filter {
    uint32_t mark;
};

static int option_tap = -1;
static dissector_handle_t wrapper_handle, original_handle;
static dissector_handle_t timestamps_handle, original_timestamps, mss_handle, original_mss, scale_handle,
    original_scale;

/* --- from epan's values to ours --- */

static uint32_t frame_length(const packet_info *pinfo)
{
    return pinfo->fd->pkt_len;
}

/* What follows this TCP header in the captured bytes, and how much; NULL where they don't have all of it. */
static const uint8_t *behind_header(tvbuff_t *frame, const struct tcpheader *t, unsigned *length)
{
    unsigned captured = tvb_captured_length(frame);
    const uint8_t *bytes = tvb_get_ptr(frame, 0, (int)captured);
    const struct {
        uint16_t ports[2];
        uint32_t numbers[2];
    } begin = {{g_htons(t->th_sport), g_htons(t->th_dport)}, {g_htonl(t->th_rawseq), g_htonl(t->th_rawack)}};

    for (unsigned i = 0; i + t->th_hlen <= captured; i++)
        if (memcmp(bytes + i, &begin, sizeof begin) == 0 && (bytes[i + 12] >> 4) * 4u == t->th_hlen) {
            *length = captured - i - t->th_hlen;
            return bytes + i + t->th_hlen;
        }
    return NULL;
}

/* Were the TCP options cut by the snaplen? Payload, if any, ends the frame but for padding of tiny ones. What
 * is missing may also have been cut off in front (editcap -C). */
static bool options_cut(const packet_info *pinfo, tvbuff_t *frame, const struct tcpheader *t)
{
    uint32_t captured = pinfo->fd->cap_len, length = frame_length(pinfo);
    unsigned payload;

    return t->th_hlen > 20 && captured < length && t->th_have_seglen && t->th_seglen <= length &&
           captured < length - t->th_seglen && !behind_header(frame, t, &payload);
}

static void fill_labels(mpt_segment *g, const struct tcpheader *t)
{
    const struct mptcpheader *m = t->th_mptcp;

    g->presence |= MPT_SEGMENT_STREAM;
    g->tcp_stream = t->th_stream;
    /* mh_stream is 0 on SYNs, whatever the connection. */
    if (m && m->mh_dss && !(t->th_flags & TH_SYN)) {
        g->presence |= MPT_SEGMENT_MPTCP_STREAM;
        g->mptcp_stream = m->mh_stream;
    }
}

static void fill_header(mpt_segment *g, const packet_info *pinfo, tvbuff_t *frame, const struct tcpheader *t)
{
    mpt_epan_set_ends(g, &t->ip_src, t->th_sport, &t->ip_dst, t->th_dport);
    g->seq = t->th_rawseq;
    g->ack = t->th_rawack;
    g->window = t->th_win;
    g->flags = t->th_flags & 0xff;
    g->payload_len = t->th_have_seglen ? t->th_seglen : 0;
    if (!t->th_have_seglen)
        g->presence |= MPT_SEGMENT_LENGTH_UNKNOWN;
    mpt_epan_set_around(g, pinfo, t->th_hlen);
    if (options_cut(pinfo, frame, t))
        g->presence |= MPT_SEGMENT_CUT_OPTIONS;
    fill_labels(g, t);
}

/* --- one segment, several taps --- */

void mpt_source_feed(mpt_vantage_engines *to)
{
    g_ptr_array_add(listener.feed.engines, to);
}

static bool is_from(const mpt_endpoint *e, const address *a)
{
    return (size_t)a->len == mpt_endpoint_address_len(e) && !memcmp(e->address, a->data, (size_t)a->len);
}

/* The pending segment's IP header: the newest with its addresses, while its frame's taps run. */
static void fill_ip(const packet_info *pinfo)
{
    mpt_segment *g = mpt_feed_next(&listener.feed);
    unsigned n = listener.ips;

    if (!listener.pending || g->frame != pinfo->num || listener.ip_frame != pinfo->num)
        return;
    for (unsigned i = n; i-- > 0 && n - i <= G_N_ELEMENTS(listener.ip);) {
        const struct ip_record *r = &listener.ip[i % G_N_ELEMENTS(listener.ip)];
        if (!is_from(&g->src, r->src) || !is_from(&g->dst, r->dst))
            continue;
        g->presence |= r->presence;
        g->ttl = r->ttl;
        g->ip_id = r->id;
        return;
    }
}

static void complete(void)
{
    mpt_feed_complete(&listener.feed, listener.pending);
    listener.pending = false;
}

static void fill_kept(mpt_segment *g, const struct tcpheader *t)
{
    for (unsigned i = 0; kept.frame == g->frame && i < MIN(kept.used, G_N_ELEMENTS(kept.records)); i++)
        if (kept.records[i].tcph == t)
            mpt_tcp_option_take(g, kept.records[i].bytes, kept.records[i].length);
}

/* The segment of this tcpheader: the pending one, or a new one. */
static mpt_segment *segment_of(const packet_info *pinfo, tvbuff_t *frame, const struct tcpheader *t)
{
    mpt_segment *g = mpt_feed_next(&listener.feed);

    if (listener.pending && listener.tcph == t && g->frame == pinfo->num)
        return g;
    fill_ip(pinfo);
    complete();
    g = mpt_feed_next(&listener.feed);
    memset(g, 0, offsetof(mpt_segment, options));
    g->captured_payload = 0;
    g->payload = NULL;
    mpt_epan_set_frame(g, pinfo);
    listener.tcph = t;
    listener.pending = true;
    listener.last_frame = pinfo->num;
    /* Filled in already here, for a segment that tap "tcp" never gets (4.0). */
    fill_header(g, pinfo, frame, t);
    fill_kept(g, t);
    mpt_epan_set_link(g, pinfo);
    return g;
}

static tap_packet_status on_option(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt,
                                   const void *data, tap_flags_t flags _U_)
{
    const struct option_record *r = data;

    if (!listener.feed.client)
        return TAP_PACKET_DONT_REDRAW;
    mpt_tcp_option_take(segment_of(pinfo, edt->tvb, r->tcph), r->bytes, r->length);
    return TAP_PACKET_REDRAW;
}

static tap_packet_status on_tcp(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                tap_flags_t flags _U_)
{
    if (listener.feed.client)
        segment_of(pinfo, edt->tvb, data);
    return TAP_PACKET_REDRAW;
}

static tap_packet_status on_filtered_tcp(void *tapdata, packet_info *pinfo, epan_dissect_t *edt,
                                         const void *data, tap_flags_t flags _U_)
{
    const struct filter *f = tapdata;

    if (listener.feed.client)
        segment_of(pinfo, edt->tvb, data)->marks |= f->mark;
    return TAP_PACKET_DONT_REDRAW;
}

static tap_packet_status on_payload(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt,
                                    const void *data, tap_flags_t flags _U_)
{
    const mpt_tcp_follow_record *f = data;
    mpt_segment *g;
    uint32_t captured;

    if (!listener.feed.client || !f->tvb)
        return TAP_PACKET_DONT_REDRAW;
    g = segment_of(pinfo, edt->tvb, f->tcph);
    captured = tvb_captured_length(f->tvb);
    if (captured) {
        g->payload = tvb_get_ptr(f->tvb, 0, (int)captured);
        g->captured_payload = MIN(captured, g->payload_len);
    }
    return TAP_PACKET_DONT_REDRAW;
}

/* A new record for an IP header of this frame. */
static struct ip_record *new_ip(const packet_info *pinfo, const address *src, const address *dst)
{
    struct ip_record *r;

    if (listener.ip_frame != pinfo->num)
        listener.ips = 0;
    listener.ip_frame = pinfo->num;
    r = &listener.ip[listener.ips++ % G_N_ELEMENTS(listener.ip)];
    r->src = src;
    r->dst = dst;
    return r;
}

static tap_packet_status on_ip(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt _U_,
                               const void *data, tap_flags_t flags _U_)
{
    const ws_ip4 *ip = data;

    if (listener.feed.client) {
        struct ip_record *r = new_ip(pinfo, &ip->ip_src, &ip->ip_dst);

        r->ttl = ip->ip_ttl;
        r->id = ip->ip_id;
        r->presence = MPT_SEGMENT_TTL | MPT_SEGMENT_IP_ID;
    }
    return TAP_PACKET_DONT_REDRAW;
}

static tap_packet_status on_ipv6(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt _U_,
                                 const void *data, tap_flags_t flags _U_)
{
    const ws_ip6 *ip = data;

    if (listener.feed.client) {
        struct ip_record *r = new_ip(pinfo, &ip->ip6_src, &ip->ip6_dst);

        r->ttl = ip->ip6_hop;
        r->id = 0;
        r->presence = MPT_SEGMENT_TTL;
    }
    return TAP_PACKET_DONT_REDRAW;
}

/* A frame whose innermost layer is TCP and whose taps brought no segment: an exception in the options lost it
 * (4.0). TCP headers that ICMP quotes are not segments. */
static bool is_lost(const packet_info *pinfo)
{
    return listener.tcp_tap_loses && pinfo->ptype == PT_TCP && listener.last_frame != pinfo->num &&
           !proto_is_frame_protocol(pinfo->layers, "icmp") &&
           !proto_is_frame_protocol(pinfo->layers, "icmpv6");
}

/* An exception in the options keeps the payload from its tap, as MP_CAPABLE does that comes before its SYN. */
static void fill_payload(const packet_info *pinfo, tvbuff_t *frame)
{
    mpt_segment *g = mpt_feed_next(&listener.feed);
    unsigned length = 0;

    if (!listener.want_payload || !listener.pending || g->frame != pinfo->num || !g->payload_len ||
        g->payload)
        return;
    g->payload = behind_header(frame, listener.tcph, &length);
    g->captured_payload = g->payload ? MIN(length, g->payload_len) : 0;
}

static tap_packet_status on_frame(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt,
                                  const void *data _U_, tap_flags_t flags _U_)
{
    const mpt_segment *g = mpt_feed_next(&listener.feed);

    if (!listener.feed.client)
        return TAP_PACKET_DONT_REDRAW;
    mpt_feed_note_time(&listener.feed,
                       listener.pending && g->frame == pinfo->num ? g->time_ns : mpt_epan_time(pinfo));
    fill_ip(pinfo);
    fill_payload(pinfo, edt->tvb);
    complete();
    if (is_lost(pinfo))
        mpt_feed_note_lost(&listener.feed);
    return TAP_PACKET_DONT_REDRAW;
}

static tap_packet_status on_icmp(void *tapdata _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                 const void *data, tap_flags_t flags _U_)
{
    if (!listener.feed.client)
        return TAP_PACKET_DONT_REDRAW;
    mpt_feed_note_icmp(&listener.feed, data);
    return TAP_PACKET_REDRAW;
}

static void on_reset(void *tapdata _U_)
{
    listener.pending = false;
    listener.last_frame = 0;
    mpt_feed_reset(&listener.feed);
    if (listener.feed.client)
        listener.feed.client->reset();
}

static void on_draw(void *tapdata _U_)
{
    if (!listener.feed.client)
        return;
    complete();
    mpt_feed_flush(&listener.feed);
    listener.feed.client->draw();
}

/* --- the wrappers around the dissectors of options: kind 30, and some of TCP itself --- */

/* Nearly all frames need no more of them than there are here. */
static struct option_record *new_record(const packet_info *pinfo)
{
    static struct option_record records[16];
    static uint32_t frame;
    static unsigned used;

    used = frame == pinfo->num ? used : 0;
    frame = pinfo->num;
    return used < G_N_ELEMENTS(records) ? &records[used++] : wmem_new(pinfo->pool, struct option_record);
}

static void fill_record(struct option_record *r, tvbuff_t *tvb, const struct tcpheader *t)
{
    r->tcph = t;
    r->length = (uint8_t)MIN(tvb_captured_length(tvb), sizeof r->bytes);
    tvb_memcpy(tvb, r->bytes, 0, r->length);
}

static void queue(tvbuff_t *tvb, packet_info *pinfo, const struct tcpheader *t)
{
    struct option_record *r;

    if (!listener.feed.client || !t)
        return;
    r = new_record(pinfo);
    fill_record(r, tvb, t);
    tap_queue_packet(option_tap, pinfo, r);
}

static void keep(tvbuff_t *tvb, const packet_info *pinfo, const struct tcpheader *t)
{
    if (!listener.feed.client || !t)
        return;
    if (kept.frame != pinfo->num)
        kept.used = 0;
    kept.frame = pinfo->num;
    fill_record(&kept.records[kept.used++ % G_N_ELEMENTS(kept.records)], tvb, t);
}

static int go_on(dissector_handle_t original, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return original ? call_dissector_only(original, tvb, pinfo, tree, data) : (int)tvb_captured_length(tvb);
}

static int dissect_option(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    queue(tvb, pinfo, data);
    return go_on(original_handle, tvb, pinfo, tree, data);
}

static int dissect_timestamps(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    keep(tvb, pinfo, data);
    return go_on(original_timestamps, tvb, pinfo, tree, data);
}

static int dissect_mss(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    keep(tvb, pinfo, data);
    return go_on(original_mss, tvb, pinfo, tree, data);
}

static int dissect_scale(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    keep(tvb, pinfo, data);
    return go_on(original_scale, tvb, pinfo, tree, data);
}

static void wrap(uint32_t kind, dissector_handle_t with, dissector_handle_t *original)
{
    dissector_table_t table = find_dissector_table("tcp.option");

    if (!table || *original)
        return;
    *original = dissector_get_uint_handle(table, kind);
    dissector_add_uint("tcp.option", kind, with);
}

static void unwrap(uint32_t kind, dissector_handle_t *original)
{
    if (*original)
        dissector_add_uint("tcp.option", kind, *original);
    *original = NULL;
}

void mpt_listener_register(void)
{
    int mptcp = proto_get_id_by_filter_name("mptcp");
    /* A name of its own for MPTCP's protocol: no layer of its own, and `Enabled Protocols` still rules it. */
    int pino = proto_register_protocol_in_name_only("MPTCP option, for mptcpscope", "MPTCP",
                                                    "mptcpscope.option", mptcp, FT_BYTES);

    wrapper_handle = create_dissector_handle(dissect_option, pino);
    option_tap = register_tap("mptcpscope.option");
    timestamps_handle = create_dissector_handle(
        dissect_timestamps, proto_register_protocol_in_name_only(
                                "TCP timestamps, for mptcpscope", "TCP timestamps", "mptcpscope.timestamps",
                                proto_get_id_by_filter_name("tcp"), FT_BYTES));
    mss_handle = create_dissector_handle(
        dissect_mss,
        proto_register_protocol_in_name_only("TCP maximum segment size, for mptcpscope", "TCP MSS",
                                             "mptcpscope.mss", proto_get_id_by_filter_name("tcp"), FT_BYTES));
    scale_handle = create_dissector_handle(
        dissect_scale, proto_register_protocol_in_name_only("TCP window scale, for mptcpscope",
                                                            "TCP window scale", "mptcpscope.scale",
                                                            proto_get_id_by_filter_name("tcp"), FT_BYTES));
}

/* --- starting and stopping --- */

static bool tap_started(GString *refused, char **error)
{
    if (!refused)
        return true;
    if (error)
        *error = g_strdup(refused->str);
    g_string_free(refused, TRUE);
    return false;
}

/* What identifies each listener for Wireshark. */
static char tag_tcp, tag_option, tag_frame, tag_icmp, tag_payload, tag_ip, tag_ipv6;

bool mpt_source_start(const mpt_source_client *client, char **error)
{
    int major, minor, micro;

    epan_get_version_number(&major, &minor, &micro);
    wrap(MPT_OPTION_KIND, wrapper_handle, &original_handle);
    wrap(MPT_TCP_OPTION_TIMESTAMPS, timestamps_handle, &original_timestamps);
    wrap(MPT_TCP_OPTION_MSS, mss_handle, &original_mss);
    wrap(MPT_TCP_OPTION_WINDOW_SCALE, scale_handle, &original_scale);
    mpt_icmp_start();
    listener.tcp_tap_loses = major < 4 || (major == 4 && minor < 4);
    listener.feed.client = client;
    if (!tap_started(register_tap_listener("tcp", &tag_tcp, NULL, TL_REQUIRES_NOTHING, on_reset, on_tcp,
                                           on_draw, NULL),
                     error) ||
        !tap_started(register_tap_listener("mptcpscope.option", &tag_option, NULL, TL_REQUIRES_NOTHING, NULL,
                                           on_option, NULL, NULL),
                     error) ||
        !tap_started(register_tap_listener(MPT_ICMP_TAP, &tag_icmp, NULL, TL_REQUIRES_NOTHING, NULL, on_icmp,
                                           NULL, NULL),
                     error) ||
        !tap_started(register_tap_listener("ip", &tag_ip, NULL, TL_REQUIRES_NOTHING, NULL, on_ip, NULL, NULL),
                     error) ||
        !tap_started(
            register_tap_listener("ipv6", &tag_ipv6, NULL, TL_REQUIRES_NOTHING, NULL, on_ipv6, NULL, NULL),
            error) ||
        !tap_started(
            register_tap_listener("frame", &tag_frame, NULL, TL_REQUIRES_NOTHING, NULL, on_frame, NULL, NULL),
            error)) {
        mpt_listener_stop();
        return false;
    }
    return true;
}

void mpt_source_at_once(void)
{
    listener.feed.at_once = true;
}

bool mpt_source_want_payload(char **error)
{
    if (listener.want_payload)
        return true;
    mpt_source_at_once(); /* payload is borrowed from its packet */
    listener.want_payload =
        tap_started(register_tap_listener("tcp_follow", &tag_payload, NULL, TL_REQUIRES_NOTHING, NULL,
                                          on_payload, NULL, NULL),
                    error);
    return listener.want_payload;
}

bool mpt_source_add_filter(const char *filter, uint32_t mark, char **error)
{
    struct filter *f = g_new(struct filter, 1);

    f->mark = mark;
    if (!tap_started(
            register_tap_listener("tcp", f, filter, TL_REQUIRES_NOTHING, NULL, on_filtered_tcp, NULL, NULL),
            error)) {
        g_free(f);
        return false;
    }
    listener.filters = g_slist_prepend(listener.filters, f);
    return true;
}

static void remove_filter(gpointer f)
{
    remove_tap_listener(f);
    g_free(f);
}

void mpt_listener_stop(void)
{
    remove_tap_listener(&tag_tcp);
    remove_tap_listener(&tag_option);
    remove_tap_listener(&tag_frame);
    remove_tap_listener(&tag_icmp);
    mpt_icmp_stop();
    if (listener.want_payload)
        remove_tap_listener(&tag_payload);
    remove_tap_listener(&tag_ip);
    remove_tap_listener(&tag_ipv6);
    unwrap(MPT_TCP_OPTION_TIMESTAMPS, &original_timestamps);
    unwrap(MPT_TCP_OPTION_MSS, &original_mss);
    unwrap(MPT_TCP_OPTION_WINDOW_SCALE, &original_scale);
    g_slist_free_full(listener.filters, remove_filter);
    listener.filters = NULL;
    mpt_listener_forget();
}

void mpt_listener_forget(void)
{
    g_slist_free_full(listener.filters, g_free);
    mpt_feed_reset(&listener.feed);
    memset(&listener, 0, sizeof listener);
}

const char *mpt_source_wireshark_version(void)
{
    return epan_get_version();
}
