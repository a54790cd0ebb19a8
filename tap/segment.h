/* segment.h - one TCP segment as plain values: the border between Wireshark and the engine.
 *
 * Invariant: nothing here points into a dissector's memory but `payload`, which is borrowed while the
 * segment is fed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SEGMENT_H
#define MPT_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/base/endpoint.h"

/* TCP flags as on the wire (RFC 9293 3.1). */
enum {
    MPT_TCP_FIN = 0x01,
    MPT_TCP_SYN = 0x02,
    MPT_TCP_RST = 0x04,
    MPT_TCP_PSH = 0x08,
    MPT_TCP_ACK = 0x10,
};

/* All TCP options of a segment share 40 bytes (RFC 9293 3.1), so its MPTCP options do too. */
#define MPT_SEGMENT_OPTION_BYTES 40

/* What else is known of a segment. */
enum {
    MPT_SEGMENT_STREAM = 1 << 0,         /* tcp_stream is set */
    MPT_SEGMENT_MPTCP_STREAM = 1 << 1,   /* mptcp_stream is set */
    MPT_SEGMENT_TIMESTAMPS = 1 << 2,     /* tsval, tsecr are set */
    MPT_SEGMENT_CUT_OPTIONS = 1 << 3,    /* the snaplen cut the TCP options */
    MPT_SEGMENT_PAYLOAD_CUT = 1 << 4,    /* captured_payload < payload_len */
    MPT_SEGMENT_LENGTH_UNKNOWN = 1 << 5, /* a fragment: payload_len is 0, the true length is not known */
    MPT_SEGMENT_MSS = 1 << 6,            /* mss is set */
    MPT_SEGMENT_INTERFACE = 1 << 7,      /* interface_id is set: the capture file's format has interfaces */
    MPT_SEGMENT_WINDOW_SCALE = 1 << 8,   /* window_scale is set */
    MPT_SEGMENT_TTL = 1 << 9,            /* ttl is set */
    MPT_SEGMENT_IP_ID = 1 << 10,         /* ip_id is set: IPv4 */
    MPT_SEGMENT_LINK = 1 << 11,          /* link_index is set: a capture of any interface, by Linux (SLL2) */
    MPT_SEGMENT_SACK = 1 << 12,          /* sack_left, sack_right are set */
    MPT_SEGMENT_SACK_INSIDE = 1 << 13,   /* and lie in the second block */
};

/* Which way a packet went at the capturing host, as the frame itself says (SLL, SLL2). */
enum { MPT_WAY_UNKNOWN, MPT_WAY_IN, MPT_WAY_OUT };

/* What the engine notes of a segment that may be a copy of another one (engine/core/sightings.h). */
typedef struct mpt_sighting_mark {
    uint8_t how;      /* mpt_sighting; 0 outside the engine */
    bool same_id;     /* with the same IP identification, which is not 0 */
    bool late;        /* by its time it was captured before what comes before it in the file */
    bool cut;         /* its bytes were in segments that were cut otherwise */
    bool more;        /* it may be one more packet, alike in all: each of those before has a copy */
    uint32_t of;      /* frame of the other one */
    int64_t later_ns; /* how long after it */
} mpt_sighting_mark;

typedef struct mpt_segment {
    int64_t time_ns;   /* frame time, nanoseconds since the epoch */
    uint32_t frame;    /* Wireshark's frame number */
    uint32_t presence; /* MPT_SEGMENT_* */
    mpt_endpoint src, dst;
    uint32_t seq, ack;                 /* as on the wire; ack only with MPT_TCP_ACK */
    uint32_t window;                   /* bytes, scaled as far as the scale is known */
    uint32_t payload_len;              /* by the IP length */
    uint32_t tcp_stream, mptcp_stream; /* Wireshark's labels */
    uint32_t tsval, tsecr;
    uint32_t interface_id; /* of the capture file; 0 if its format has none */
    uint32_t marks;        /* one bit for each report whose display filter this packet matches */
    uint16_t flags;        /* MPT_TCP_* */
    uint16_t mss;          /* of a SYN (RFC 9293 3.7.1) */
    uint16_t option_len;   /* bytes used of options */
    uint16_t ip_id;        /* identification of the innermost IPv4 header (RFC 791 3.1) */
    uint16_t around;       /* bytes of the frame that are not the segment: headers, padding, checksums */
    uint8_t ttl;           /* of the innermost IP header: time to live, hop limit */
    uint8_t way;           /* MPT_WAY_* */
    uint32_t link_index;   /* Linux's number of the interface */
    uint32_t sack_left, sack_right; /* the first block of a SACK (RFC 2018 3) */
    mpt_sighting_mark sighting;
    /* The segment's options of kind 30, one after the other, each with kind and length; the rest is 0. */
    uint8_t options[MPT_SEGMENT_OPTION_BYTES];
    uint8_t window_scale;      /* of a SYN: the shift that it announces, at most 14 (RFC 7323 2.3) */
    uint32_t captured_payload; /* bytes at payload */
    const uint8_t *payload;    /* borrowed; NULL unless asked for */
} mpt_segment;

#endif
