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

#include "reader.h"
#include "streams.h"

struct mpt_reader {
    mpt_streams *streams;
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
    bool quoted;    /* inside of what an ICMP error quotes */
    uint8_t way;    /* MPT_WAY_*, of the link header */
    bool has_link_index;
    uint32_t link_index;
    /* The innermost IP header so far. */
    mpt_endpoint src, dst; /* without ports */
    uint8_t ttl;
    uint16_t ip_id;
    bool has_ttl, has_ip_id;
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

/* --- the steps --- */
void mpt_reader_link(mpt_walk *w, mpt_span s);
void mpt_reader_ethertype(mpt_walk *w, uint16_t type, mpt_span s);
void mpt_reader_ip(mpt_walk *w, mpt_span s); /* IPv4 or IPv6 */
void mpt_reader_ipv4(mpt_walk *w, mpt_span s);
void mpt_reader_ipv6(mpt_walk *w, mpt_span s);
void mpt_reader_protocol(mpt_walk *w, uint8_t protocol, mpt_span s); /* number of IP */
void mpt_reader_tcp(mpt_walk *w, mpt_span s);
void mpt_reader_icmp(mpt_walk *w, mpt_span s, bool v6);
/* A TCP header that an ICMP error quotes: no segment, but Wireshark numbers its connection. */
void mpt_reader_quoted_tcp(mpt_walk *w, mpt_span s);

#endif
