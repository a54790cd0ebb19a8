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

#include "tap/engine/frames/frames.h"

/* Once, while protocols are registered. */
void mpt_dissection_register(void);
/* From the next frame on; stop() puts the dissector back. Both may be called at any time, also twice. */
void mpt_dissection_start(void);
void mpt_dissection_stop(void);
/* Feeds the segments of this frame, in order, to both readings (NULL: none), and its time to the kept one;
 * to be called when the frame is dissected for the first time, once all of it is. Returns how many
 * segments there are. */
struct _packet_info;
unsigned mpt_dissection_feed(const struct _packet_info *pinfo, mpt_frames *live, mpt_frames *kept);

#endif
