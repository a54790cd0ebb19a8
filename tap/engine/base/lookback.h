/* lookback.h - a bounded look-back that hands segments on in time order.
 *
 * Captures of several interfaces are not in time order. A segment is held until it is more than `horizon_ns`
 * older than the newest one, or more than `capacity` are held; the oldest (time, then frame) leaves first.
 * With capacity 0 nothing is held and each segment is released as it is pushed.
 *
 * Segments may leave in batches: their order stays the same, but the caller's code and data stay in the
 * processor's cache from one to the next, and the memory that each will need can be prefetched meanwhile.
 *
 * Invariant: segments leave in the order (time_ns, frame), except that one older than what has already left
 * is released at once and flagged late. A segment in order costs O(1), any other O(log n).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_LOOKBACK_H
#define MPT_LOOKBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tap/segment.h"

typedef struct mpt_lookback mpt_lookback;

/* Receives each segment once, in order. The segment is borrowed for the call. Must not call back
 * into the mpt_lookback. */
typedef void (*mpt_lookback_release)(const mpt_segment *segment, bool late, void *data);

/* Called for a segment of a batch `places` releases before its own, first MPT_LOOKBACK_FAR and then
 * MPT_LOOKBACK_NEAR, so that its memory can be prefetched. Must not change anything. */
typedef void (*mpt_lookback_announce)(const mpt_segment *segment, unsigned places, void *data);

enum { MPT_LOOKBACK_NEAR = 2, MPT_LOOKBACK_FAR = 4 };

/* horizon_ns >= 0. The caller frees with mpt_lookback_free(), which drops what is held. */
mpt_lookback *mpt_lookback_new(int64_t horizon_ns, size_t capacity, mpt_lookback_release release, void *data);
/* Segments leave `batch` (>0; 1 unless set) at a time; announce may be NULL. Before the first segment. */
void mpt_lookback_set_batch(mpt_lookback *t, size_t batch, mpt_lookback_announce announce);
void mpt_lookback_free(mpt_lookback *t);

/* Takes a copy of the segment, and of its payload where it has one; may release any number of segments. */
void mpt_lookback_push(mpt_lookback *t, const mpt_segment *segment);
/* Releases those that may leave, and wait for their batch to be full. */
void mpt_lookback_hand_on(mpt_lookback *t);
/* Releases everything that is held. */
void mpt_lookback_flush(mpt_lookback *t);
/* Segments held now that may not leave yet. */
size_t mpt_lookback_held(const mpt_lookback *t);

#endif
