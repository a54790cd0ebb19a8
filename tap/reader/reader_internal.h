/* reader_internal.h - what the files of the reader share; nobody outside tap/reader includes it.
 *
 * A frame is walked from its link header inwards: each step takes the bytes it is given and calls the next one,
 * until a TCP header or an ICMP error is found.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_READER_INTERNAL_H
#define MPT_READER_INTERNAL_H

#include <glib.h>

#include "fragments.h"
#include "reader.h"
#include "streams.h"

struct mpt_reader {
    mpt_streams *streams;
    mpt_fragments *fragments;
    bool taps_lose;     /* an exception in the options keeps a segment from Wireshark's taps: before 4.4 */
    bool lost;          /* so it is with the newest frame */
    GHashTable *unread; /* name (static or interned) -> uint64_t * */
};

/* What a step is given: bytes of the frame, or of a datagram that was put together from fragments. */
typedef struct mpt_span {
    const uint8_t *bytes;
    uint32_t captured, length; /* bytes there are, bytes that there were: captured <= length */
} mpt_span;

/* One frame on its way through the steps. */
typedef struct mpt_walk {
    mpt_reader *reader;
    const mpt_frame *frame;
    unsigned depth; /* headers walked: a frame may lie */
    bool lost;      /* a segment of which Wireshark's taps get nothing */
    bool had_icmp;
    bool quoted; /* inside of what an ICMP error quotes */
    uint8_t way; /* MPT_WAY_*, of the link header */
    bool has_link_index;
    uint32_t link_index;
    /* The innermost IP header so far. */
    mpt_endpoint src, dst; /* without ports */
    uint8_t ttl;
    uint16_t ip_id;
    uint16_t vlan; /* the innermost; 0: none */
    bool has_ttl, has_ip_id;
    bool v6;         /* the innermost IP header is IPv6 */
    bool fragmented; /* a first fragment that can't be completed: the true length is not known */
    /* What was found. */
    mpt_segment *segments;
    unsigned n;
    mpt_icmp_error *icmp;
} mpt_walk;

/* Headers of one frame at most. */
#define MPT_READER_DEPTH 32

/* The span behind `bytes` more; nothing is left where that is more than there is. */
static inline mpt_span mpt_span_skip(mpt_span s, uint32_t bytes)
{
    uint32_t captured = bytes < s.captured ? bytes : s.captured, length = bytes < s.length ? bytes : s.length;

    return (mpt_span){s.bytes + captured, s.captured - captured, s.length - length};
}

/* The span, of `length` bytes at most: what follows is padding. */
static inline mpt_span mpt_span_limit(mpt_span s, uint32_t length)
{
    return (mpt_span){s.bytes, s.captured < length ? s.captured : length,
                      s.length < length ? s.length : length};
}

/* Counts a frame that has something that is not read; `name` is static. */
void mpt_reader_count_unread(mpt_walk *w, const char *name);

/* A step goes on with the bytes behind what it has read. */
typedef void (*mpt_step)(mpt_walk *w, mpt_span s);

/* One row of a table of steps, by what a header says comes next. */
typedef struct mpt_next {
    uint16_t number;
    mpt_step step;      /* NULL: Wireshark reads it, this program doesn't */
    const char *unread; /* its name, where step is NULL */
} mpt_next;

/* Goes on with the row of `number`, if there is one; else false. */
bool mpt_reader_next(mpt_walk *w, const mpt_next *table, size_t rows, unsigned number, mpt_span s);

/* --- the steps: links.c --- */
void mpt_reader_link(mpt_walk *w, mpt_span s);
void mpt_reader_ethernet(mpt_walk *w, mpt_span s);
bool mpt_reader_ethertype(mpt_walk *w, uint16_t type, mpt_span s); /* false: not one of ours */
void mpt_reader_llc(mpt_walk *w, mpt_span s);

/* --- ppp.c: what carries packets over serial lines --- */
void mpt_reader_ppp(mpt_walk *w, mpt_span s);      /* begins with the protocol */
void mpt_reader_ppp_hdlc(mpt_walk *w, mpt_span s); /* with or without address and control */
void mpt_reader_pppoe(mpt_walk *w, mpt_span s);
void mpt_reader_cisco_hdlc(mpt_walk *w, mpt_span s);
void mpt_reader_frame_relay(mpt_walk *w, mpt_span s);

/* --- wifi.c --- */
void mpt_reader_wifi(mpt_walk *w, mpt_span s);
void mpt_reader_radiotap(mpt_walk *w, mpt_span s);
void mpt_reader_prism(mpt_walk *w, mpt_span s);
void mpt_reader_avs(mpt_walk *w, mpt_span s);

/* --- tunnels.c --- */
void mpt_reader_mpls(mpt_walk *w, mpt_span s);
void mpt_reader_gre(mpt_walk *w, mpt_span s);
void mpt_reader_udp(mpt_walk *w, mpt_span s);

/* --- ip.c --- */
void mpt_reader_ip(mpt_walk *w, mpt_span s); /* IPv4 or IPv6 */
void mpt_reader_ipv4(mpt_walk *w, mpt_span s);
void mpt_reader_ipv6(mpt_walk *w, mpt_span s);
void mpt_reader_protocol(mpt_walk *w, uint8_t protocol, mpt_span s); /* number of IP */

/* --- tcp.c --- */
void mpt_reader_tcp(mpt_walk *w, mpt_span s);
void mpt_reader_icmp(mpt_walk *w, mpt_span s, bool v6);
/* A TCP header that an ICMP error quotes: no segment, but Wireshark numbers its connection. */
void mpt_reader_quoted_tcp(mpt_walk *w, mpt_span s);

#endif
