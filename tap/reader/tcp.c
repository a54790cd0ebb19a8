/* tcp.c - the TCP header and its options; ICMP errors: see reader_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "quoted.h"
#include "reader_internal.h"
#include "tap/engine/base/bytes.h"
#include "tap/engine/protocol/tcp_option.h"

#define HEADER 20 /* RFC 9293 3.1, without options */

static void read_options(mpt_segment *g, const uint8_t *options, unsigned length)
{
    unsigned at = 0, n;

    while (at < length && options[at] != MPT_TCP_OPTION_END) {
        if (options[at] == MPT_TCP_OPTION_NOP) {
            at++;
            continue;
        }
        if (at + 1 >= length || options[at + 1] < 2)
            return;
        n = MIN(options[at + 1], length - at);
        mpt_tcp_option_take(g, options + at, n);
        at += n;
    }
}

static void set_where(mpt_segment *g, const mpt_walk *w)
{
    g->time_ns = w->frame->time_ns;
    g->frame = w->frame->number;
    if (w->frame->has_interface) {
        g->presence |= MPT_SEGMENT_INTERFACE;
        g->interface_id = w->frame->interface_id;
    }
    g->way = w->way;
    if (w->has_link_index) {
        g->presence |= MPT_SEGMENT_LINK;
        g->link_index = w->link_index;
    }
    g->src = w->src;
    g->dst = w->dst;
    if (w->has_ttl) {
        g->presence |= MPT_SEGMENT_TTL;
        g->ttl = w->ttl;
    }
    if (w->has_ip_id) {
        g->presence |= MPT_SEGMENT_IP_ID;
        g->ip_id = w->ip_id;
    }
}

static void set_lengths(mpt_segment *g, const mpt_walk *w, mpt_span s, uint32_t header)
{
    if (w->fragmented || s.length < header)
        g->presence |= MPT_SEGMENT_LENGTH_UNKNOWN;
    else
        g->payload_len = s.length - header;
    if (!(g->presence & MPT_SEGMENT_LENGTH_UNKNOWN) && w->frame->length > s.length)
        g->around = (uint16_t)MIN(w->frame->length - s.length, UINT16_MAX);
    if (g->payload_len && s.captured > header) {
        g->payload = s.bytes + header;
        g->captured_payload = MIN(s.captured - header, g->payload_len);
    }
    if (s.captured < header && s.captured < s.length)
        g->presence |= MPT_SEGMENT_CUT_OPTIONS;
}

void mpt_reader_tcp(mpt_walk *w, mpt_span s)
{
    mpt_segment *g = &w->segments[w->n];
    const uint8_t *bytes = s.bytes;
    uint32_t header;

    if (w->n == MPT_READER_SEGMENTS || s.captured < HEADER)
        return;
    header = (bytes[12] >> 4) * 4u;
    if (header < HEADER)
        return;
    memset(g, 0, offsetof(mpt_segment, options));
    g->window_scale = 0;
    g->captured_payload = 0;
    g->payload = NULL;
    set_where(g, w);
    g->src.port = mpt_be16(bytes);
    g->dst.port = mpt_be16(bytes + 2);
    g->seq = mpt_be32(bytes + 4);
    g->ack = mpt_be32(bytes + 8);
    g->flags = bytes[13];
    g->window = mpt_be16(bytes + 14);
    set_lengths(g, w, s, header);
    read_options(g, bytes + HEADER, MIN(header, s.captured) - HEADER);
    mpt_streams_label(w->reader->streams, g);
    w->n++;
}

void mpt_reader_icmp(mpt_walk *w, mpt_span s, bool v6)
{
    if (!mpt_quoted_read(w->icmp, s.bytes, s.captured, v6)) {
        w->icmp->frame = 0;
        return;
    }
    w->icmp->time_ns = w->frame->time_ns;
    w->icmp->frame = w->frame->number;
    w->icmp->router = w->src;
}
