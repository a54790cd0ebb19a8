/* options.h - MPTCP options of the frame that is being dissected, for door 1: a wrapper around the dissector of TCP
 * options of kind 30.
 *
 * Invariant: the wrapper is installed only between start and stop, and leaves the dissection itself to the
 * dissector that it replaces. It has no tap: what it finds waits for the segment's own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_OPTIONS_H
#define MPT_OPTIONS_H

#include "segment.h"

struct tcpheader;

/* Call once, while protocols are registered. */
void mpt_options_register(void);
void mpt_options_start(void);
void mpt_options_stop(void);
/* Sets the options of the newest frame's segment with this header. */
void mpt_options_fill(mpt_segment *segment, const struct tcpheader *header);
/* The frame's last header with an option of MPTCP, but for those that ICMP quotes; NULL: none. */
const struct tcpheader *mpt_options_last(uint32_t frame);

#endif
