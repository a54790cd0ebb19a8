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
    if (s.captured < header && s.captured < s.length && !(g->presence & MPT_SEGMENT_LENGTH_UNKNOWN))
        g->presence |= MPT_SEGMENT_CUT_OPTIONS;
}

/* Ports, numbers, flags and window: as far as Wireshark looks before it numbers the connection. */
#define NUMBERED 16

static void read_numbers(mpt_segment *g, const mpt_walk *w, const uint8_t *bytes)
{
    g->src = w->src;
    g->dst = w->dst;
    g->src.port = mpt_be16(bytes);
    g->dst.port = mpt_be16(bytes + 2);
    g->seq = mpt_be32(bytes + 4);
    g->ack = mpt_be32(bytes + 8);
    g->flags = bytes[13];
    g->window = mpt_be16(bytes + 14);
}

void mpt_reader_tcp(mpt_walk *w, mpt_span s)
{
    mpt_segment *g = &w->segments[w->n];
    uint32_t header;
    bool ended = true, counts;

    if (w->n == MPT_READER_SEGMENTS || s.captured < NUMBERED) {
        w->lost = s.captured >= 4 && w->reader->taps_lose;
        return;
    }
    memset(g, 0, offsetof(mpt_segment, options) + sizeof g->options);
    g->window_scale = 0;
    g->captured_payload = 0;
    g->payload = NULL;
    read_numbers(g, w, s.bytes);
    set_where(g, w);
    header = (s.bytes[12] >> 4) * 4u;
    set_lengths(g, w, s, header);
    if (header > HEADER && s.captured >= HEADER)
        ended = mpt_tcp_option_take_all(g, s.bytes + HEADER, header - HEADER, s.captured - HEADER, true) ||
                s.captured >= header;
    mpt_streams_label(w->reader->streams, g);
    /* Wireshark gives up at such a header, but has numbered its connection. */
    if (header < HEADER)
        counts = false;
    else if (w->reader->taps_lose)
        counts = s.captured >= HEADER && (ended || g->option_len);
    else
        counts = s.length >= HEADER;
    if (counts)
        w->n++;
    else
        w->lost = w->reader->taps_lose;
}

void mpt_reader_quoted_tcp(mpt_walk *w, mpt_span s)
{
    mpt_segment g = {.frame = 0};

    if (s.captured < NUMBERED)
        return;
    read_numbers(&g, w, s.bytes);
    mpt_streams_note_quoted(w->reader->streams, &g);
}

/* Messages whose quoted datagram Wireshark looks into. */
static bool quotes(bool v6, uint8_t type)
{
    return v6 ? type >= 1 && type <= 4 : type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

void mpt_reader_icmp(mpt_walk *w, mpt_span s, bool v6)
{
    mpt_icmp_error e;

    w->had_icmp = true;
    if (w->quoted || s.captured < 8)
        return;
    if (mpt_quoted_read(&e, s.bytes, s.captured, v6)) {
        e.time_ns = w->frame->time_ns;
        e.frame = w->frame->number;
        e.router = w->src;
        *w->icmp = e;
    }
    if (!quotes(v6, s.bytes[0]))
        return;
    w->quoted = true;
    mpt_reader_ip(w, mpt_span_skip(s, 8));
    w->quoted = false;
}
