/* epan_values.h - what both doors take from a packet of Wireshark's, as plain values.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EPAN_VALUES_H
#define MPT_EPAN_VALUES_H

#include <wireshark.h>

#include <epan/packet.h>

#include "segment.h"

/* The time of the frame in nanoseconds, within what 64 bits hold. */
int64_t mpt_epan_time(const packet_info *pinfo);
/* Sets the frame's number and time. */
void mpt_epan_set_frame(mpt_segment *segment, const packet_info *pinfo);
/* Sets src and dst. Addresses other than of IP are none. */
void mpt_epan_set_ends(mpt_segment *segment, const address *src, uint16_t src_port, const address *dst,
                       uint16_t dst_port);

#endif
