/* timeorder.h - a bounded look-back that hands segments on in time order.
 *
 * Captures of several interfaces are not in the order of time. Segments are held until a newer one shows that
 * nothing older can be expected: they leave once they are more than `horizon_ns` older than the newest one,
 * or once more than `capacity` are held, the oldest (time, then frame) first. With capacity 0 nothing is held and
 * each segment comes out as it is pushed.
 *
 * Invariant: segments come out in the order (time_ns, frame), except that one which is older than what has
 * already left comes out at once and is flagged late. A segment in order costs O(1), any other O(log n).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TIMEORDER_H
#define MPT_TIMEORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../segment.h"

typedef struct mpt_timeorder mpt_timeorder;

/* Receives each segment once, in order. The segment is borrowed for the call. Must not call back into the
 * mpt_timeorder. */
typedef void (*mpt_timeorder_release)(const mpt_segment *segment, bool late, void *data);

/* horizon_ns >= 0. The caller frees with mpt_timeorder_free(), which drops what is held. */
mpt_timeorder *mpt_timeorder_new(int64_t horizon_ns, size_t capacity, mpt_timeorder_release release,
                                 void *data);
void mpt_timeorder_free(mpt_timeorder *t);

/* Takes a copy of the segment, and of its payload where it has one; may release any number of segments. */
void mpt_timeorder_push(mpt_timeorder *t, const mpt_segment *segment);
/* Releases all that is held. */
void mpt_timeorder_flush(mpt_timeorder *t);
/* Segments held now. */
size_t mpt_timeorder_held(const mpt_timeorder *t);

#endif
