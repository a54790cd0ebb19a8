/* sightings.h - tells a packet that was captured more than once at one vantage point from one that was sent
 * again.
 *
 *      meet() in the order of the file           is_copy() as the segment leaves the look-back
 *      a copy is found and marked -------------> by then as much as the look-back holds has been met:
 *                                                does it happen to (nearly) all packets of this direction?
 *
 * A copy has the same TCP header as a segment before, with the same options. It is the same packet if the sender
 * gave it the same IP identification, as no retransmission has where a stack counts them (RFC 6864); if it was
 * seen elsewhere (another TTL, interface, way or carrier); or if all packets of its direction come in copies,
 * each as soon after the other. A host may send one segment twice, and a network may deliver it twice, but
 * not all of them. Packets that are equal to others by nature (RSTs, pure ACKs) and have no number have one copy each.
 * What an interface cut into other segments, or put together (TSO, GRO), is a copy with the same acknowledgement, window
 * and timestamp. Where a router translates addresses, the copy is of a flow of its own, which then stands
 * for the first.
 *
 * Invariant: memory is bounded; a capture without copies costs one look-up a segment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SIGHTINGS_H
#define MPT_SIGHTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/segment.h"

/* How a copy differs from the first sighting; what comes later here is said before. */
typedef enum mpt_sighting {
    MPT_SIGHTING_NONE,      /* no copy */
    MPT_SIGHTING_AGAIN,     /* by nothing */
    MPT_SIGHTING_CARRIER,   /* other headers around it: a tunnel, a VLAN tag */
    MPT_SIGHTING_TTL,       /* before and after a router */
    MPT_SIGHTING_INTERFACE, /* by another interface, or the other way through the same */
    MPT_SIGHTING_ADDRESSES, /* before and after a translation */
    MPT_SIGHTINGS
} mpt_sighting;

enum { MPT_SIGHTING_GUESSES = 64 };

/* A zeroed one is empty. */
typedef struct mpt_sightings {
    struct mpt_sighted *packets; /* a ring */
    uint32_t *buckets;           /* by signature, which packet came last */
    uint32_t packets_met;        /* the ring has the newest packet_room of them */
    uint32_t packet_room;        /* as flow_room a power of two, or 0 */
    struct mpt_sighted_flow *flows;
    uint32_t flow_room, flows_used;
    bool translated;                                        /* some flow may stand for another */
    struct mpt_sighted_flow *guesses[MPT_SIGHTING_GUESSES]; /* by stream; NULL: none */
} mpt_sightings;

void mpt_sightings_clear(mpt_sightings *s);

/* Notes the segment and returns whether it may be a copy. Call in the order of the file. */
mpt_sighting_mark mpt_sightings_meet(mpt_sightings *s, const mpt_segment *g);
/* True if the segment, which has this mark, is a copy by all that was met until now. */
bool mpt_sightings_is_copy(const mpt_sightings *s, const mpt_segment *g, const mpt_sighting_mark *mark);
/* Above 0: the segment is beyond all that was met of its direction, so it is later; below 0: before that; 0: it
 * does not tell. */
int mpt_sightings_newer(const mpt_sightings *s, const mpt_segment *g);
/* The ends that the segment has where its flow was seen first, before their translation: sets *src and *dst, and
 * returns true if these are others. */
bool mpt_sightings_translate(const mpt_sightings *s, const mpt_segment *g, mpt_endpoint *src,
                             mpt_endpoint *dst);

#endif
