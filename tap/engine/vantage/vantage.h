/* vantage.h - vantage points: which interfaces of a merged capture were captured at the same place.
 *
 *      client                                server           segments of interface 0 and 1 go to point A,
 *     [ 0 ]--------------- path --------------[ 2 ]           those of 2 and 3 to point B: each point has
 *     [ 1 ]--------------- path --------------[ 3 ]           every packet that it can see, once
 *
 * Two interfaces that show the same segment are different points; assignment.h describes how interfaces get
 * their points. When a new interface appears, or shows that it was assigned wrongly, segments are held for a
 * while, so that interfaces that appear together are decided together, by their handshakes.
 *
 * Invariant: segments are delivered in the order in which they were fed. With one interface nothing
 * is ever held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_VANTAGE_H
#define MPT_VANTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/segment.h"

/* More points are not told apart; further interfaces go to the point of the nearest number. */
#define MPT_VANTAGE_POINTS     8
#define MPT_VANTAGE_INTERFACES 64

typedef struct mpt_vantage mpt_vantage;

/* Receives each segment once, with its point: 0 is that of the first segment, or the first one named. The
 * segment is borrowed for the call. */
typedef void (*mpt_vantage_deliver)(const mpt_segment *segment, unsigned point, void *user);

/* hold_ns: how long segments are held at most, by the times of the capture; 0: none is. Free with mpt_vantage_free(). */
mpt_vantage *mpt_vantage_new(int64_t hold_ns, mpt_vantage_deliver deliver, void *user);
void mpt_vantage_free(mpt_vantage *v);

/* Call these before the first segment: the user says where an interface is. Once one is named, nothing is
 * concluded from the traffic; segments of other interfaces go to `rest`, or are dropped if it is below 0. */
void mpt_vantage_name(mpt_vantage *v, uint32_t interface_id, unsigned point);
void mpt_vantage_rest(mpt_vantage *v, int point);

/* Delivers the segment, or holds a copy of it and of its payload. */
void mpt_vantage_feed(mpt_vantage *v, const mpt_segment *segment);
/* Decides by what there is, and delivers everything that is held. */
void mpt_vantage_flush(mpt_vantage *v);

/* The number of points so far. */
unsigned mpt_vantage_points(const mpt_vantage *v);
/* The point of an interface; false if it was never seen, or its segments are dropped. */
bool mpt_vantage_point_of(const mpt_vantage *v, uint32_t interface_id, unsigned *point);
/* The k-th interface of a point, by number, from 0 on; false if there are not so many. */
bool mpt_vantage_interface(const mpt_vantage *v, unsigned point, unsigned k, uint32_t *interface_id);
/* The k-th interface with segments, even if they are dropped; false if there are not so many. */
bool mpt_vantage_seen(const mpt_vantage *v, unsigned k, uint32_t *interface_id);
/* True if an interface with MPTCP got its point by its number alone. */
bool mpt_vantage_is_uncertain(const mpt_vantage *v, uint32_t interface_id);
/* True if an interface changed its point after some of its segments had been delivered. */
bool mpt_vantage_has_moved(const mpt_vantage *v, uint32_t interface_id);
/* Segments dropped because their interface was not named. */
uint64_t mpt_vantage_dropped(const mpt_vantage *v);

#endif
