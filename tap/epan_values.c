/* epan_values.c - see epan_values.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "epan_values.h"

#include <wiretap/wtap.h>

int64_t mpt_epan_time(const packet_info *pinfo)
{
    const int64_t limit = INT64_MAX / 1000000000 - 1;

    return CLAMP((int64_t)pinfo->abs_ts.secs, -limit, limit) * 1000000000 + pinfo->abs_ts.nsecs;
}

void mpt_epan_set_frame(mpt_segment *segment, const packet_info *pinfo)
{
    segment->frame = pinfo->num;
    segment->time_ns = mpt_epan_time(pinfo);
    if (pinfo->rec->presence_flags & WTAP_HAS_INTERFACE_ID) {
        segment->presence |= MPT_SEGMENT_INTERFACE;
        segment->interface_id = pinfo->rec->rec_header.packet_header.interface_id;
    }
}

static void set_endpoint(mpt_endpoint *e, const address *a, uint16_t port)
{
    bool ip = (a->type == AT_IPv4 && a->len == 4) || (a->type == AT_IPv6 && a->len == 16);

    mpt_endpoint_set(e, ip ? a->data : NULL, ip ? (size_t)a->len : 0, port);
}

void mpt_epan_set_ends(mpt_segment *segment, const address *src, uint16_t src_port, const address *dst,
                       uint16_t dst_port)
{
    set_endpoint(&segment->src, src, src_port);
    set_endpoint(&segment->dst, dst, dst_port);
}
