/* dissection.h - door 2: the TCP segments of the frame being dissected, for callers that can't wait for taps.
 *
 * Wireshark runs no taps in the first of two passes. What fields need in that pass is read from the TCP
 * header itself, by a wrapper around the dissector of IP protocol 6.
 *
 * Invariant: the wrapper is installed only between start and stop, and leaves the dissection itself to the
 * dissector that it replaces.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_DISSECTION_H
#define MPT_DISSECTION_H

#include "tap/engine/frames/frames.h"

/* Call once, while protocols are registered. */
void mpt_dissection_register(void);
/* start() takes effect with the next frame, stop() restores the dissector. Both may be called at any time,
 * also twice in a row. */
void mpt_dissection_start(void);
void mpt_dissection_stop(void);
/* Feeds the segments of this frame, in order, to both readings (NULL: none), and the frame's time, and
 * its ICMP error, to the kept one. Call it at the end of the frame's first dissection. Returns the number of segments. */
struct _packet_info;
unsigned mpt_dissection_feed(const struct _packet_info *pinfo, mpt_frames *live, mpt_frames *kept);

#endif
