/* links.c - the headers in front of IP: see reader_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reader_internal.h"
#include "tap/engine/base/bytes.h"

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd };

void mpt_reader_ethertype(mpt_walk *w, uint16_t type, mpt_span s)
{
    if (type == ETHERTYPE_IPV4)
        mpt_reader_ipv4(w, s);
    else if (type == ETHERTYPE_IPV6)
        mpt_reader_ipv6(w, s);
}

static void read_ethernet(mpt_walk *w, mpt_span s)
{
    if (s.captured >= 14)
        mpt_reader_ethertype(w, mpt_be16(s.bytes + 12), mpt_span_skip(s, 14));
}

void mpt_reader_link(mpt_walk *w, mpt_span s)
{
    static void (*const steps[MPT_LINK_COUNT])(mpt_walk *, mpt_span) = {
        [MPT_LINK_ETHERNET] = read_ethernet,
        [MPT_LINK_IP] = mpt_reader_ip,
        [MPT_LINK_IP4] = mpt_reader_ipv4,
        [MPT_LINK_IP6] = mpt_reader_ipv6,
    };

    if (w->frame->link < MPT_LINK_COUNT && steps[w->frame->link])
        steps[w->frame->link](w, s);
}
