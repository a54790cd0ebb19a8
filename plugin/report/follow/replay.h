/* replay.h - an MPTCP connection as the packets of one plain TCP connection.
 *
 * The connection has the endpoints of the first subflow. Each byte has the time at which it was first
 * captured and a sequence number that is the lower half of its DSN. Packets come in order of delivery,
 * because dissectors look at segments in order only and bytes of several paths seldom arrive in order; times
 * step back where a byte had to wait for one before it. Gaps of the capture stay gaps. A packet acknowledges
 * what the other direction has delivered by then, and bytes that the capture does not have once something
 * after them came. The handshake, and FIN or RST at the end, are made up at the times of their counterparts.
 *
 * Invariant: in each direction sequence numbers only grow, and checksums are right.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REPLAY_H
#define MPT_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/figures/metrics.h"
#include "tap/engine/stream/stream.h"

typedef struct mpt_replay_packet {
    int64_t time_ns;      /* since 1970 */
    const uint8_t *bytes; /* from the IPv4 or IPv6 header on */
    uint32_t length;
    const char *comment; /* the original's frame and subflow, or why it was made up */
} mpt_replay_packet;

/* Takes one packet (borrowed). False ends the replay. */
typedef bool (*mpt_replay_func)(const mpt_replay_packet *packet, void *user);

/* Calls `func` for all packets. False if it returned false. */
bool mpt_replay(const mpt_connection_view *view, const mpt_stream_direction direction[MPT_DIRECTIONS],
                mpt_replay_func func, void *user);

#endif
