/* sightings_internal.h - what sightings.c and sightings_cut.c share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SIGHTINGS_INTERNAL_H
#define MPT_SIGHTINGS_INTERNAL_H

#include <glib.h>

#include "sightings.h"

#define US            INT64_C(1000)
#define MS            (1000 * US)
/* The longest time between two sightings of a packet in different places. */
#define FAR_ELSEWHERE (1000 * MS)

/* What of a place is known: MPT_SEGMENT_*. */
enum { HAS_ID = MPT_SEGMENT_IP_ID, HAS_TTL = MPT_SEGMENT_TTL, HAS_LINK = MPT_SEGMENT_LINK };

/* Where a packet was seen. */
struct mpt_sighted_place {
    uint32_t link;
    uint16_t id, around;
    uint8_t ttl, way;
    uint16_t has;
};

/* One of a ring of the newest. */
struct mpt_sighted {
    uint64_t signature, flow;
    int64_t time_ns;
    uint32_t frame;
    uint32_t before; /* its bucket had this newest packet */
    /* With payload: */
    uint32_t seq, length, likeness;
    uint32_t data_before; /* the newest of its direction then */
    struct mpt_sighted_place place;
    bool way : 1;            /* of its flow */
    bool again : 1;          /* a copy that differs by nothing was seen, in the order of the file */
    bool behind : 1;         /* or in a second part of the file */
    bool elsewhere : 1;      /* a copy that differs */
    bool late : 1, copy : 1; /* it is in a second part; it was taken for a copy */
    bool more : 1;           /* or for one more packet like those before */
};

/* Of late, of one way of a flow. */
struct mpt_sighted_way {
    uint16_t packets;          /* copies not counted */
    uint16_t again, elsewhere; /* of these have a copy */
    uint16_t thirds;           /* more than two sightings that differ by nothing */
    uint16_t varied, constant; /* IP identification against that of the packet before */
    uint16_t last_id;
    bool has_last;
    bool begun;                     /* next, acked are set */
    uint32_t second;                /* frame from which on a second part of the file goes on; 0: none does */
    uint32_t next, acked;           /* beyond all that was sent, and acknowledged */
    uint32_t data;                  /* its newest packet with payload */
    int64_t again_ns, elsewhere_ns; /* how long after the first copies come */
    int64_t newest_ns;
};

/* key 0: the slot is free. */
struct mpt_sighted_flow {
    uint64_t key;
    mpt_endpoint ends[2]; /* way 0 is from the first to the second */
    uint32_t frame;
    struct mpt_sighted_way ways[2];
    /* The flow that this one is, translated, if enough shows it. */
    uint64_t stands_for, stood_for_by; /* keys; 0: none */
    bool crossed;                      /* way 0 is its way 1 */
    uint16_t moved, same_id;
};

/* Counts from 1; the ring has the newest of them. */
static inline struct mpt_sighted *mpt_sighted_at(const mpt_sightings *s, uint32_t count)
{
    return &s->packets[(count - 1) & (s->packet_room - 1)];
}

/* An odd multiplier spreads every bit upwards; the shift brings them down again. */
static inline uint64_t mpt_sighted_spread(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ sum >> 32;
}

/* Stacks that number their packets: what has the same number is the same packet. */
static inline bool mpt_sighted_numbers(const struct mpt_sighted_way *d)
{
    return d->varied > 0 && d->varied >= 4 * d->constant;
}

/* How the second place differs from the first. */
static inline mpt_sighting mpt_sighted_difference(const struct mpt_sighted_place *a,
                                                  const struct mpt_sighted_place *b)
{
    if ((a->has & b->has & HAS_LINK && a->link != b->link) || (a->way && b->way && a->way != b->way))
        return MPT_SIGHTING_INTERFACE;
    if (a->has & b->has & HAS_TTL && a->ttl != b->ttl)
        return MPT_SIGHTING_TTL;
    return a->around && b->around && a->around != b->around ? MPT_SIGHTING_CARRIER : MPT_SIGHTING_AGAIN;
}

/* What the parts of a segment have in common if a host or a network interface cut it, or put it together. */
static inline uint32_t mpt_sighted_likeness(const mpt_segment *g)
{
    uint64_t sum = mpt_sighted_spread(g->window, g->flags & MPT_TCP_ACK ? g->ack : 0);

    if (g->presence & MPT_SEGMENT_TIMESTAMPS)
        sum = mpt_sighted_spread(sum, (uint64_t)g->tsval << 32 | g->tsecr);
    return (uint32_t)(sum >> 32);
}

/* Bytes that were seen before in other segments. */
typedef struct mpt_sighted_pieces {
    struct mpt_sighted *first, *newest; /* that has the first byte, and the last */
    uint32_t seq, length, likeness;
} mpt_sighted_pieces;

/* True if this segment, which goes this way, may be a copy of bytes that were cut into other segments: sets *mark and
 * *pieces. place: where it was seen. */
bool mpt_sighted_find_pieces(const mpt_sightings *s, const struct mpt_sighted_way *d, const mpt_segment *g,
                             const struct mpt_sighted_place *place, mpt_sighting_mark *mark,
                             mpt_sighted_pieces *pieces);
/* Notes that these have a copy. */
void mpt_sighted_note_pieces(const mpt_sightings *s, const mpt_sighted_pieces *pieces,
                             struct mpt_sighted_way *d, bool elsewhere);

#endif
