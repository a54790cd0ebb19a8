/* reader.h - from the frames of a capture file to segments, without Wireshark's dissectors: for the program
 * mptcpscope, which reads many times as fast as tshark.
 *
 *   reader.c   one frame: its link type, and what it holds of segments and of ICMP errors
 *   links.c    the headers in front of IP: Ethernet, VLAN, SLL, ...
 *   ip.c       IPv4 and IPv6 with their extension headers; fragments; tunnels
 *   tcp.c      the TCP header and its options
 *   quoted.c   the segment that an ICMP error quotes
 *   streams.c  what Wireshark knows of a TCP connection: its number, the scale of its windows
 *
 * Rule: a segment comes out with the values that Wireshark's dissectors, with their default preferences, give
 * the taps that tap/listener.c listens to; where those find no segment there is none here. What it can't read
 * is counted by name (mpt_reader_unread), never guessed.
 *
 * Invariant: nothing here knows Wireshark's headers or prints; any bytes may come in. A frame costs no
 * allocation unless it has a new connection or a fragment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_READER_H
#define MPT_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/icmp_error.h"
#include "tap/segment.h"

/* How a frame begins. Whoever reads files maps its own numbers to these. */
typedef enum mpt_link {
    MPT_LINK_OTHER, /* not read */
    MPT_LINK_ETHERNET,
    MPT_LINK_IP,  /* IPv4 or IPv6, as the first four bits say */
    MPT_LINK_IP4, /* IPv4 alone */
    MPT_LINK_IP6,
    MPT_LINK_SLL, /* Linux's "any" interface */
    MPT_LINK_SLL2,
    MPT_LINK_NULL, /* BSD's loopback: the address family in the byte order of the host */
    MPT_LINK_LOOP, /* the same in network order */
    MPT_LINK_PPP,
    MPT_LINK_PPP_HDLC, /* with or without address and control (RFC 1662) */
    MPT_LINK_PPPOE,    /* begins with the session's header */
    MPT_LINK_MPLS,
    MPT_LINK_PKTAP,
    MPT_LINK_NFLOG,
    MPT_LINK_WIFI,          /* 802.11 */
    MPT_LINK_WIFI_RADIOTAP, /* the same behind radiotap's header */
    MPT_LINK_WIFI_PRISM,
    MPT_LINK_WIFI_AVS,
    MPT_LINK_CISCO_HDLC,
    MPT_LINK_FRAME_RELAY,
    MPT_LINK_COUNT,
} mpt_link;

typedef struct mpt_frame {
    int64_t time_ns;
    const uint8_t *bytes;
    uint32_t captured, length; /* bytes there are, bytes on the wire */
    uint32_t number;           /* Wireshark's, from 1 */
    uint32_t interface_id;     /* of the capture file */
    bool has_interface;
    uint8_t link; /* mpt_link */
} mpt_frame;

/* Segments of one frame at most: tunnels, and link layers that pack several datagrams. */
#define MPT_READER_SEGMENTS 16

typedef struct mpt_reader mpt_reader;

/* close_ends: Wireshark 4.4 on (streams.h); before, the taps lost some segments too (mpt_reader_lost). A segment whose
 * IP length ends in its TCP header is none, though the taps of 4.6 get it. */
mpt_reader *mpt_reader_new(bool close_ends);
/* Call once a minute of a capture without end: what is kept of old connections is forgotten. */
void mpt_reader_grow_older(mpt_reader *reader);
void mpt_reader_free(mpt_reader *reader);

/* The segments of a frame, into `segments`, which has room for MPT_READER_SEGMENTS: how many there are. Their
 * payload is borrowed from the frame, or from the reader until the next call. tcp_stream and the window's scale
 * are set. icmp->frame is 0 unless the frame is an ICMP error about a TCP segment. */
unsigned mpt_reader_read(mpt_reader *reader, const mpt_frame *frame, mpt_segment *segments,
                         mpt_icmp_error *icmp);

/* True where the newest frame has a TCP segment that Wireshark's dissector fails at before its taps get it: cut in
 * front of the first MPTCP option, or with a wrong header. Before 4.4 only. */
bool mpt_reader_lost(const mpt_reader *reader);

/* Calls `each` with what was not read and may have TCP inside, by name ("link type 17", "IPsec ESP"), and the
 * number of frames that had it. */
void mpt_reader_unread(const mpt_reader *reader, void (*each)(const char *name, uint64_t frames, void *user),
                       void *user);

#endif
