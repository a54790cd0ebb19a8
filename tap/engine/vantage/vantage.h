/* vantage.h - vantage points: which interfaces of a merged capture look at the traffic from the same place.
 *
 *      client                                server           segments of interface 0 and 1 go to point A,
 *     [ 0 ]--------------- path --------------[ 2 ]           those of 2 and 3 to point B: each point has
 *     [ 1 ]--------------- path --------------[ 3 ]           every packet that it can see, once
 *
 * Two interfaces that show the same segment are different points; arrange.h says how all are put to points.
 * When a new interface appears, or shows that it is not where it was put, segments are held for a while, so
 * that all that appear together are decided together, with the handshakes that they show.
 *
 * Invariant: segments are delivered in the order in which they were fed; with one interface at once, and
 * nothing is ever held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_VANTAGE_H
#define MPT_VANTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/segment.h"

/* Points beyond are not told apart; interfaces beyond go to the point of the nearest number. */
#define MPT_VANTAGE_POINTS     8
#define MPT_VANTAGE_INTERFACES 64

typedef struct mpt_vantage mpt_vantage;

/* Receives each segment once, with its point (0 is that of the first segment, or the first one named). */
typedef void (*mpt_vantage_deliver)(const mpt_segment *segment, unsigned point, void *user);

/* hold_ns: the longest time in the capture that segments are held. Free with mpt_vantage_free(). */
mpt_vantage *mpt_vantage_new(int64_t hold_ns, mpt_vantage_deliver deliver, void *user);
void mpt_vantage_free(mpt_vantage *v);

/* Before the first segment: the user says where an interface is. Once any is named, nothing is concluded from
 * the traffic: segments of other interfaces go to `rest`, or are dropped where it is below 0. */
void mpt_vantage_name(mpt_vantage *v, uint32_t interface_id, unsigned point);
void mpt_vantage_rest(mpt_vantage *v, int point);

/* Delivers the segment, or holds a copy of it and of its payload. */
void mpt_vantage_feed(mpt_vantage *v, const mpt_segment *segment);
/* Decides by what there is and delivers all that is held. */
void mpt_vantage_flush(mpt_vantage *v);

/* Points so far. */
unsigned mpt_vantage_points(const mpt_vantage *v);
/* The point of an interface; false where it was never seen, or its segments are dropped. */
bool mpt_vantage_point_of(const mpt_vantage *v, uint32_t interface_id, unsigned *point);
/* The k-th interface of a point, in order of number; false where there are not so many. */
bool mpt_vantage_interface(const mpt_vantage *v, unsigned point, unsigned k, uint32_t *interface_id);
/* The k-th interface with segments, also one of which they are dropped; false where there are not so many. */
bool mpt_vantage_seen(const mpt_vantage *v, unsigned k, uint32_t *interface_id);
/* True where nothing but its number says which point an interface with MPTCP is of. */
bool mpt_vantage_is_uncertain(const mpt_vantage *v, uint32_t interface_id);
/* True where an interface went to another point after some of its segments had been delivered. */
bool mpt_vantage_has_moved(const mpt_vantage *v, uint32_t interface_id);
/* Segments dropped because nobody named their interface. */
uint64_t mpt_vantage_dropped(const mpt_vantage *v);

#endif
