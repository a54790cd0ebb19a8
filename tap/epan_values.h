/* epan_values.h - what both doors take from Wireshark's packet_info, as plain values.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EPAN_VALUES_H
#define MPT_EPAN_VALUES_H

#include <wireshark.h>

#include <epan/packet.h>

#include "segment.h"

/* The frame's time in nanoseconds since the epoch, clamped to what 64 bits hold. */
int64_t mpt_epan_time(const packet_info *pinfo);
/* Sets the frame's number and time, and the interface where the file's format has interfaces. */
void mpt_epan_set_frame(mpt_segment *segment, const packet_info *pinfo);
/* Sets src and dst. An address that is neither IPv4 nor IPv6 is left out: the endpoint has its port alone. */
void mpt_epan_set_ends(mpt_segment *segment, const address *src, uint16_t src_port, const address *dst,
                       uint16_t dst_port);
/* Sets where the frame was captured below the capture file's interface, as its link header tells (link_index,
 * way). */
void mpt_epan_set_link(mpt_segment *segment, const packet_info *pinfo);
/* Sets `around`; the segment has `header` bytes of TCP header, and its payload_len. */
void mpt_epan_set_around(mpt_segment *segment, const packet_info *pinfo, uint32_t header);
/* Sets what the IP header before the segment says (ttl, ip_id): the nearest one with its addresses, which are set.
 * `before` bytes come before the segment. False: it is not there, as where fragments were put together. */
bool mpt_epan_set_ip(mpt_segment *segment, const uint8_t *bytes, unsigned before);
/* The same of the last IP header anywhere in the frame with the segment's addresses. */
bool mpt_epan_find_ip(mpt_segment *segment, const uint8_t *frame, unsigned length);

#endif
