/* dissection.h - the second door: the TCP segments of the frame that is being dissected, for who can't wait
 * for taps.
 *
 * Taps are not run in the first of two passes, so that what has to be known then is read from the TCP header
 * itself, by a wrapper around the dissector of IP protocol 6.
 *
 * Invariant: installed only between start and stop; the dissector that was there before does all else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_DISSECTION_H
#define MPT_DISSECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "segment.h"

typedef struct mpt_dissected {
    mpt_segment segment; /* no payload, no labels */
    bool window_known;   /* segment.window is scaled where both SYNs said so (RFC 7323 2.2) */
} mpt_dissected;

/* Once, while protocols are registered. */
void mpt_dissection_register(void);
/* From the next frame on; stop() puts the dissector back. Both may be called at any time, also twice. */
void mpt_dissection_start(void);
void mpt_dissection_stop(void);
/* A frame's time in nanoseconds, as segments have it. */
int64_t mpt_dissection_time(int64_t seconds, int nanoseconds);
/* The segments of this frame, in order, if it was dissected for the first time; NULL with *n 0 where there
 * is none. */
const mpt_dissected *mpt_dissection_segments(uint32_t frame, unsigned *n);

#endif
