/* options.h - MPTCP options of the frame that is being dissected, for door 1: a wrapper around the dissector of TCP
 * options of kind 30.
 *
 * Invariant: the wrapper is installed only between start and stop, and leaves the dissection itself to the
 * dissector that it replaces. It has no tap: what it finds waits for the segment's own. It copies options only where
 * they may not be found in the frame's bytes.
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
/* Where the options of a header are. */
typedef enum mpt_options_where {
    MPT_OPTIONS_NONE,     /* it has none */
    MPT_OPTIONS_IN_FRAME, /* behind it in the frame's bytes */
    MPT_OPTIONS_FILLED    /* in the segment */
} mpt_options_where;

/* Sets the options of the newest frame's segment with this header, if they may not be in its bytes. */
mpt_options_where mpt_options_fill(mpt_segment *segment, const struct tcpheader *header);
/* They were not there: from now on all are copied. */
void mpt_options_not_in_frame(void);
/* The frame's last header with an option of MPTCP, but for those that ICMP quotes; NULL: none. */
const struct tcpheader *mpt_options_last(uint32_t frame);

#endif
