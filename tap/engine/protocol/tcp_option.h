/* tcp_option.h - what a segment keeps of its TCP options, from their raw bytes: the same through both doors.
 *
 * Invariant: an option whose bytes are not all there, or that has the wrong length, changes nothing; MPTCP
 * options are kept as far as they are there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TCP_OPTION_H
#define MPT_TCP_OPTION_H

#include "tap/segment.h"

/* RFC 9293 3.2, RFC 7323. */
enum {
    MPT_TCP_OPTION_END = 0,
    MPT_TCP_OPTION_NOP = 1,
    MPT_TCP_OPTION_MSS = 2,
    MPT_TCP_OPTION_WINDOW_SCALE = 3,
    MPT_TCP_OPTION_SACK = 5, /* RFC 2018 */
    MPT_TCP_OPTION_TIMESTAMPS = 8,
};

/* Takes the options of a header, which has `length` bytes of them, of which at most `captured` are there: timestamps and
 * window scale (RFC 7323 3.2, 2.2), the MSS (RFC 9293 3.7.1), SACK (RFC 2018 3); with mptcp those of MPTCP, too. Others
 * change nothing, and one that is longer than the rest of the header ends them. False where the bytes that are there
 * end before the options say that they do. */
bool mpt_tcp_option_take_all(mpt_segment *segment, const uint8_t *options, unsigned length, unsigned captured,
                             bool mptcp);

#endif
