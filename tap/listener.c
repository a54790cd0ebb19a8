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

#include <string.h>

#include "epan_values.h"
#include "feed.h"
#include "icmp.h"
#include "options.h"
#include "tap/engine/base/bytes.h"
#include "tap/engine/protocol/tcp_option.h"

#define HEADER 20 /* RFC 9293 3.1, without options */
#define TOLD   13 /* bytes of it, up to its length */

static struct {
    mpt_feed feed; /* without a client: nobody listens */
    bool want_payload;
    bool tcp_tap_loses; /* before 4.4, an exception in the options keeps a segment from tap "tcp" */
    GSList *filters;    /* struct filter */
    /* The segment whose taps are running: the feed's next one. */
    bool pending;
    const struct tcpheader *tcph;
    uint32_t last_frame; /* that had a segment */
} listener;

struct filter {
    uint32_t mark;
};

/* --- from epan's values to ours --- */

static uint32_t frame_length(const packet_info *pinfo)
{
    return pinfo->fd->pkt_len;
}

static inline bool is_header(const uint8_t *at, const struct tcpheader *t)
{
    return mpt_be32(at + 4) == t->th_rawseq && mpt_be32(at + 8) == t->th_rawack &&
           mpt_be16(at) == t->th_sport && mpt_be16(at + 2) == t->th_dport && (at[12] >> 4) * 4u == t->th_hlen;
}

/* Where this TCP header is in the bytes, which may end within its options; -1: not there. */
static int find_header(const uint8_t *bytes, unsigned captured, const struct tcpheader *t)
{
    static unsigned last; /* mostly it is where the last one was */

    if (last + TOLD <= captured && is_header(bytes + last, t))
        return (int)last;
    for (unsigned i = 0; i + TOLD <= captured; i++)
        if (is_header(bytes + i, t)) {
            last = i;
            return (int)i;
        }
    return -1;
}

/* What follows this TCP header in the captured bytes, and how much; NULL where they don't have all of it. */
static const uint8_t *behind_header(tvbuff_t *frame, const struct tcpheader *t, unsigned *length)
{
    unsigned captured = tvb_captured_length(frame);
    const uint8_t *bytes = tvb_get_ptr(frame, 0, (int)captured);
    int at = find_header(bytes, captured, t);

    if (at < 0 || (unsigned)at + t->th_hlen > captured)
        return NULL;
    *length = captured - (unsigned)at - t->th_hlen;
    return bytes + at + t->th_hlen;
}

/* What Wireshark hands on in no structure: the options of TCP itself, and the IP header. False: they are not in
 * these bytes. */
static bool fill_around(mpt_segment *g, const uint8_t *bytes, unsigned captured, const struct tcpheader *t,
                        mpt_options_where mptcp)
{
    int at = find_header(bytes, captured, t);
    unsigned options = (unsigned)at + HEADER;

    if (at < 0)
        return false;
    if (t->th_hlen > HEADER && captured > options)
        mpt_tcp_option_take_all(g, bytes + options, t->th_hlen - HEADER, captured - options,
                                mptcp == MPT_OPTIONS_IN_FRAME);
    return mpt_epan_set_ip(g, bytes, (unsigned)at);
}

static void fill_bytes(mpt_segment *g, const packet_info *pinfo, tvbuff_t *frame, const struct tcpheader *t)
{
    unsigned captured = tvb_captured_length(frame), length;
    const uint8_t *bytes = captured ? tvb_get_ptr(frame, 0, (int)captured) : NULL;
    mpt_options_where mptcp = mpt_options_fill(g, t);

    if (G_LIKELY(bytes && fill_around(g, bytes, captured, t, mptcp)))
        return;
    for (const GSList *i = pinfo->data_src; i; i = i->next) {
        tvbuff_t *tvb = get_data_source_tvb(i->data);

        length = tvb == frame ? 0 : tvb_captured_length(tvb);
        if (length && fill_around(g, tvb_get_ptr(tvb, 0, (int)length), length, t, mptcp))
            return;
    }
    if (mptcp == MPT_OPTIONS_IN_FRAME)
        mpt_options_not_in_frame();
    /* Put together from fragments: the last one's IP header is in the frame. */
    if (bytes)
        mpt_epan_find_ip(g, bytes, captured);
}

/* Were the TCP options cut by the snaplen? Payload, if any, ends the frame but for padding of tiny ones. What
 * is missing may also have been cut off in front (editcap -C). */
static bool options_cut(const packet_info *pinfo, tvbuff_t *frame, const struct tcpheader *t)
{
    uint32_t captured = pinfo->fd->cap_len, length = frame_length(pinfo);
    unsigned payload;

    return t->th_hlen > HEADER && captured < length && t->th_have_seglen && t->th_seglen <= length &&
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

static void complete(void)
{
    mpt_feed_complete(&listener.feed, listener.pending);
    listener.pending = false;
}

/* The segment of this tcpheader: the pending one, or a new one. */
static mpt_segment *segment_of(const packet_info *pinfo, tvbuff_t *frame, const struct tcpheader *t)
{
    mpt_segment *g = mpt_feed_next(&listener.feed);

    if (listener.pending && listener.tcph == t && g->frame == pinfo->num)
        return g;
    complete();
    g = mpt_feed_next(&listener.feed);
    memset(g, 0, offsetof(mpt_segment, options) + sizeof g->options);
    g->captured_payload = 0;
    g->payload = NULL;
    mpt_epan_set_frame(g, pinfo);
    listener.tcph = t;
    listener.pending = true;
    listener.last_frame = pinfo->num;
    fill_header(g, pinfo, frame, t);
    fill_bytes(g, pinfo, frame, t);
    mpt_epan_set_link(g, pinfo);
    return g;
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

/* A segment that tap "tcp" never got, for an exception in its options (4.0): those before are known. */
static void fill_untapped(packet_info *pinfo, tvbuff_t *frame)
{
    const struct tcpheader *t = mpt_options_last(pinfo->num);

    if (t && !(listener.last_frame == pinfo->num && listener.tcph == t))
        segment_of(pinfo, frame, t);
}

static tap_packet_status on_frame(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt,
                                  const void *data _U_, tap_flags_t flags _U_)
{
    const mpt_icmp_error *icmp;
    const mpt_segment *g;

    if (!listener.feed.client)
        return TAP_PACKET_DONT_REDRAW;
    if (listener.tcp_tap_loses)
        fill_untapped(pinfo, edt->tvb);
    g = mpt_feed_next(&listener.feed);
    mpt_feed_note_time(&listener.feed,
                       listener.pending && g->frame == pinfo->num ? g->time_ns : mpt_epan_time(pinfo));
    fill_payload(pinfo, edt->tvb);
    complete();
    if (is_lost(pinfo))
        listener.feed.batch.lost++;
    if (G_LIKELY((icmp = mpt_icmp_of(pinfo->num)) == NULL))
        return TAP_PACKET_DONT_REDRAW;
    mpt_feed_batch_note_icmp(&listener.feed.batch, icmp);
    return TAP_PACKET_REDRAW;
}

static void on_reset(void *tapdata _U_)
{
    listener.pending = false;
    listener.last_frame = 0;
    mpt_icmp_forget();
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
static char tag_tcp, tag_frame, tag_payload;

bool mpt_source_start(const mpt_source_client *client, char **error)
{
    int major, minor, micro;

    epan_get_version_number(&major, &minor, &micro);
    mpt_options_start();
    mpt_icmp_start();
    listener.tcp_tap_loses = major < 4 || (major == 4 && minor < 4);
    listener.feed.client = client;
    if (!tap_started(register_tap_listener("tcp", &tag_tcp, NULL, TL_REQUIRES_NOTHING, on_reset, on_tcp,
                                           on_draw, NULL),
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

bool mpt_source_want_payload(bool for_checksums, char **error)
{
    (void)for_checksums; /* nothing is saved */
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
    remove_tap_listener(&tag_frame);
    mpt_icmp_stop();
    if (listener.want_payload)
        remove_tap_listener(&tag_payload);
    mpt_options_stop();
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
