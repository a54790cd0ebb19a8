/* links.c - see links.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "links.h"

#include "plugin/compat.h"

#include <wiretap/wtap.h>

static const uint8_t links[] = {
    [WTAP_ENCAP_ETHERNET] = MPT_LINK_ETHERNET,
    [WTAP_ENCAP_RAW_IP] = MPT_LINK_IP,
    [WTAP_ENCAP_RAW_IP4] = MPT_LINK_IP4,
    [WTAP_ENCAP_RAW_IP6] = MPT_LINK_IP6,
    [WTAP_ENCAP_SLL] = MPT_LINK_SLL,
    [WTAP_ENCAP_SLL2] = MPT_LINK_SLL2,
    [WTAP_ENCAP_NULL] = MPT_LINK_NULL,
    [WTAP_ENCAP_LOOP] = MPT_LINK_LOOP,
    [WTAP_ENCAP_PPP] = MPT_LINK_PPP_HDLC,
    [WTAP_ENCAP_PPP_WITH_PHDR] = MPT_LINK_PPP_HDLC,
    [WTAP_ENCAP_PPP_ETHER] = MPT_LINK_PPPOE,
    [WTAP_ENCAP_PKTAP] = MPT_LINK_PKTAP,
    [WTAP_ENCAP_NFLOG] = MPT_LINK_NFLOG,
    [WTAP_ENCAP_IEEE_802_11] = MPT_LINK_WIFI,
    [WTAP_ENCAP_IEEE_802_11_RADIOTAP] = MPT_LINK_WIFI_RADIOTAP,
    [WTAP_ENCAP_IEEE_802_11_PRISM] = MPT_LINK_WIFI_PRISM,
    [WTAP_ENCAP_IEEE_802_11_AVS] = MPT_LINK_WIFI_AVS,
    [WTAP_ENCAP_CHDLC] = MPT_LINK_CISCO_HDLC,
    [WTAP_ENCAP_FRELAY] = MPT_LINK_FRAME_RELAY,
};

mpt_link mpt_links_of(int encapsulation)
{
    return encapsulation >= 0 && (size_t)encapsulation < sizeof links ? (mpt_link)links[encapsulation]
                                                                      : MPT_LINK_OTHER;
}

const char *mpt_links_name(int encapsulation)
{
    return wtap_encap_description(encapsulation);
}
