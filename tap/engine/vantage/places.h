/* places.h - one interface of a capture file that shows each packet at several places of one host: tells these
 * apart, as vantage points whose clock is the same.
 *
 *      client        the capturing host        server          a router under tcpdump -i any: each packet in at
 *        ------> [ index 2 ]------[ index 3 ] ----->           one place and out at the other
 *        <------ [ index 2 ]------[ index 3 ] <-----
 *
 * Segments are held until it is known whether packets have several sightings, and what these differ in:
 *   a number of Linux' interface (SLL2)     each number is an interface for vantage.h
 *   the way, in or out (SLL)                in from the client and out to it are the client's side
 *   anything else: TTL, carrier, addresses  what came first is on the sender's side, what came later beyond
 * Copies without any difference are of no place of their own.
 *
 * Invariant: without copies nothing is ever delivered, and memory is bounded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PLACES_H
#define MPT_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/core/sightings.h"
#include "vantage.h"

/* What the places are known by. */
typedef enum mpt_places_by {
    MPT_PLACES_UNDECIDED,
    MPT_PLACES_NONE, /* there are none */
    MPT_PLACES_LINK,
    MPT_PLACES_WAY,
    MPT_PLACES_ORDER,
} mpt_places_by;

typedef struct mpt_places mpt_places;

/* hold_ns: how long segments are held until there is enough to decide by. Place 0 is the client's side, unless
 * the places are numbers of interfaces. Free with mpt_places_free(). */
mpt_places *mpt_places_new(int64_t hold_ns, mpt_vantage_deliver deliver, void *user);
void mpt_places_free(mpt_places *p); /* NULL is allowed */

/* Call in the order of the file. The segment is borrowed for the call. */
void mpt_places_feed(mpt_places *p, const mpt_segment *segment);
/* Decides by what there is. */
void mpt_places_flush(mpt_places *p);

mpt_places_by mpt_places_known_by(const mpt_places *p);
/* What most sightings of a packet differ in. */
mpt_sighting mpt_places_how(const mpt_places *p);
/* The k-th of Linux' interfaces that are one place, by number; false if there are not so many. */
bool mpt_places_link(const mpt_places *p, unsigned place, unsigned k, uint32_t *index);

#endif
