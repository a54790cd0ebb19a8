/* links.c - the headers in front of IP: see reader_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "reader_internal.h"
#include "tap/engine/base/bytes.h"

/* Types up to here are lengths (IEEE 802.3). */
#define MOST_LENGTH 1500

enum { TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd };

/* --- what a type of Ethernet says --- */

/* A tag of four bytes: what it says, and the type of what follows. */
static void read_type_or_length(mpt_walk *w, uint16_t type, mpt_span s)
{
    if (type > MOST_LENGTH)
        mpt_reader_ethertype(w, type, s);
    else
        mpt_reader_llc(w, mpt_span_limit(s, type));
}

static void read_vlan(mpt_walk *w, mpt_span s)
{
    if (s.captured < 4)
        return;
    w->vlan = mpt_be16(s.bytes) & 0x0fff;
    read_type_or_length(w, mpt_be16(s.bytes + 2), mpt_span_skip(s, 4));
}

/* IEEE 802.1ah: a tag of 4 bytes, then a whole Ethernet frame. */
static void read_backbone(mpt_walk *w, mpt_span s)
{
    mpt_reader_ethernet(w, mpt_span_skip(s, 4));
}

/* IEEE 802.1CB: 2 bytes reserved, sequence number, type. HSR: path and length, sequence number, type. */
static void read_redundancy(mpt_walk *w, mpt_span s)
{
    if (s.captured >= 6)
        read_type_or_length(w, mpt_be16(s.bytes + 4), mpt_span_skip(s, 6));
}

static void read_hsr(mpt_walk *w, mpt_span s)
{
    if (s.captured >= 6)
        read_type_or_length(w, mpt_be16(s.bytes + 4), mpt_span_skip(s, 6));
}

static const mpt_next TYPES[] = {
    {TYPE_IPV6, mpt_reader_ipv6, NULL},
    {0x8100, read_vlan, NULL},
    {0x88a8, read_vlan, NULL},
    {0x9100, read_vlan, NULL},
    {0x8864, mpt_reader_pppoe, NULL},
    {0x8847, mpt_reader_mpls, NULL},
    {0x8848, mpt_reader_mpls, NULL},
    {0x6558, mpt_reader_ethernet, NULL},
    {0x88e7, read_backbone, NULL},
    {0xf1c1, read_redundancy, NULL},
    {0x892f, read_hsr, NULL},
    {0x8870, mpt_reader_llc, NULL},
    {0x22f3, NULL, "TRILL"},
    {0x4305, NULL, "B.A.T.M.A.N."},
    {0x8909, NULL, "Cisco MetaData"},
    {0x8926, NULL, "VN-Tag"},
    {0x893f, NULL, "IEEE 802.1BR tags"},
    {0x894f, NULL, "NSH"},
    {0x890d, NULL, "802.11 in Ethernet"},
};

bool mpt_reader_ethertype(mpt_walk *w, uint16_t type, mpt_span s)
{
    if (type == TYPE_IPV4) {
        mpt_reader_ip(w, s);
        return true;
    }
    return mpt_reader_next(w, TYPES, G_N_ELEMENTS(TYPES), type, s);
}

/* --- IEEE 802.2 --- */

/* Organizations of SNAP whose protocol is a type of Ethernet; and that of bridged frames (RFC 2684 5.2). */
enum { OUI_ETHERNET = 0x000000, OUI_CISCO_90 = 0x0000f8, OUI_BRIDGED = 0x0080c2 };

static void read_snap(mpt_walk *w, mpt_span s)
{
    uint32_t oui;
    uint16_t type;

    if (s.captured < 5)
        return;
    oui = mpt_be16(s.bytes) << 8 | s.bytes[2];
    type = mpt_be16(s.bytes + 3);
    s = mpt_span_skip(s, 5);
    if (oui == OUI_ETHERNET || oui == OUI_CISCO_90)
        mpt_reader_ethertype(w, type, s);
    else if (oui == OUI_BRIDGED && (type == 1 || type == 7))
        mpt_reader_ethernet(w, s);
}

void mpt_reader_llc(mpt_walk *w, mpt_span s)
{
    enum { SAP_SNAP = 0xaa, SAP_IP = 0x06, UNNUMBERED = 3, POLL = 0x10 };

    if (s.captured < 3 || ++w->depth > MPT_READER_DEPTH)
        return;
    if ((s.bytes[2] & ~POLL) != UNNUMBERED)
        return;
    if (s.bytes[0] == SAP_SNAP && s.bytes[1] == SAP_SNAP)
        read_snap(w, mpt_span_skip(s, 3));
    else if (s.bytes[0] == SAP_IP)
        mpt_reader_ip(w, mpt_span_skip(s, 3));
}

void mpt_reader_ethernet(mpt_walk *w, mpt_span s)
{
    if (s.captured >= 14)
        read_type_or_length(w, mpt_be16(s.bytes + 12), mpt_span_skip(s, 14));
}

/* --- Linux's "any" interface --- */

enum { SLL_HEADER = 16, SLL2_HEADER = 20, OUTGOING = 4 };

/* `kind`: of hardware. Small protocols are Linux's own. */
static void read_cooked(mpt_walk *w, uint16_t kind, uint16_t protocol, mpt_span s)
{
    enum { KIND_NETLINK = 824 };
    static const mpt_next own[] = {
        {4, mpt_reader_llc, NULL}, {3, mpt_reader_ethernet, NULL}, {7, mpt_reader_ppp_hdlc, NULL}};

    if (kind != KIND_NETLINK && !mpt_reader_next(w, own, G_N_ELEMENTS(own), protocol, s))
        mpt_reader_ethertype(w, protocol, s);
}

static void read_sll(mpt_walk *w, mpt_span s)
{
    if (s.captured < SLL_HEADER)
        return;
    w->way = mpt_be16(s.bytes) == OUTGOING ? MPT_WAY_OUT : MPT_WAY_IN;
    read_cooked(w, mpt_be16(s.bytes + 2), mpt_be16(s.bytes + 14), mpt_span_skip(s, SLL_HEADER));
}

static void read_sll2(mpt_walk *w, mpt_span s)
{
    if (s.captured < SLL2_HEADER)
        return;
    w->link_index = mpt_be32(s.bytes + 4);
    w->has_link_index = true;
    w->way = s.bytes[10] == OUTGOING ? MPT_WAY_OUT : MPT_WAY_IN;
    read_cooked(w, mpt_be16(s.bytes + 8), mpt_be16(s.bytes), mpt_span_skip(s, SLL2_HEADER));
}

/* --- BSD's loopback --- */

/* The families of IPv6 are those of BSD, FreeBSD and macOS. */
enum { FAMILY_IPV4 = 2, FAMILY_IPV6 = 24, FAMILY_IPV6_FREEBSD = 28, FAMILY_IPV6_MACOS = 30 };

static void read_family(mpt_walk *w, uint32_t family, mpt_span s)
{
    if (family > MOST_LENGTH)
        mpt_reader_ethertype(w, (uint16_t)family, s);
    else if (family == FAMILY_IPV4)
        mpt_reader_ip(w, s);
    else if (family == FAMILY_IPV6 || family == FAMILY_IPV6_FREEBSD || family == FAMILY_IPV6_MACOS)
        mpt_reader_ipv6(w, s);
}

static uint32_t little32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The family is in the byte order of whoever captured; IRIX has it in two bytes, Linux a type of Ethernet. */
static void read_null(mpt_walk *w, mpt_span s)
{
    uint32_t family;

    if (s.captured >= 2 && s.bytes[0] == 0xff && s.bytes[1] == 0x03) {
        mpt_reader_ppp_hdlc(w, s);
        return;
    }
    if (s.captured < 4)
        return;
    family = little32(s.bytes);
    if (family & 0xffff0000) {
        if (family & 0xff000000 || (family & 0x00ff0000) >= 0x00060000)
            family = mpt_be32(s.bytes);
        else
            family >>= 16;
    } else if (!(family & 0xff) && (family & 0xff00) < 0x0600) {
        family = mpt_be16(s.bytes);
    }
    read_family(w, family, mpt_span_skip(s, 4));
}

static void read_loop(mpt_walk *w, mpt_span s)
{
    if (s.captured >= 4)
        read_family(w, mpt_be32(s.bytes), mpt_span_skip(s, 4));
}

/* --- others --- */

/* Linux's PPP and ISDN drivers left parts of their headers in front of "raw" packets. */
static void read_raw(mpt_walk *w, mpt_span s)
{
    static const uint8_t zeros[10], hdlc[2] = {0xff, 0x03};
    static const uint8_t places[] = {0, 6, 1};

    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++)
        if (s.captured >= places[i] + 2u && !memcmp(s.bytes + places[i], hdlc, 2)) {
            mpt_reader_ppp_hdlc(w, mpt_span_skip(s, places[i]));
            return;
        }
    if (s.captured >= sizeof zeros && !memcmp(s.bytes, zeros, sizeof zeros))
        s = mpt_span_skip(s, sizeof zeros);
    mpt_reader_ip(w, s);
}

static uint16_t host16(const uint8_t *bytes)
{
    uint16_t v;

    memcpy(&v, bytes, sizeof v);
    return v;
}

/* Attributes of netfilter's log; libwiretap puts their numbers into the order of this machine. */
static void read_nflog(mpt_walk *w, mpt_span s)
{
    enum { HEADER = 4, PAYLOAD = 9, INET = 2, INET6 = 10 };
    uint8_t family = s.captured ? s.bytes[0] : 0;

    for (s = mpt_span_skip(s, HEADER); s.captured >= 4;) {
        uint32_t length = host16(s.bytes);
        mpt_span body = mpt_span_skip(mpt_span_limit(s, length), 4);
        if (length < 4)
            return;
        if ((host16(s.bytes + 2) & 0x7fff) != PAYLOAD)
            s = mpt_span_skip(s, (length + 3) / 4 * 4);
        else if (family == INET || family == INET6) {
            (family == INET ? mpt_reader_ip : mpt_reader_ipv6)(w, body);
            return;
        } else {
            return;
        }
    }
}

/* Link types of libpcap (LINKTYPE_*) that macOS puts behind its header. */
static mpt_link link_of_number(uint32_t number)
{
    static const struct {
        uint8_t number, link;
    } links[] = {
        {0, MPT_LINK_NULL},   {1, MPT_LINK_ETHERNET}, {9, MPT_LINK_PPP_HDLC},        {12, MPT_LINK_IP},
        {14, MPT_LINK_IP},    {101, MPT_LINK_IP},     {104, MPT_LINK_CISCO_HDLC},    {105, MPT_LINK_WIFI},
        {108, MPT_LINK_LOOP}, {113, MPT_LINK_SLL},    {127, MPT_LINK_WIFI_RADIOTAP}, {228, MPT_LINK_IP4},
        {229, MPT_LINK_IP6},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(links); i++)
        if (links[i].number == number)
            return (mpt_link)links[i].link;
    return MPT_LINK_OTHER;
}

static void read_link(mpt_walk *w, mpt_link link, mpt_span s);

static void read_pktap(mpt_walk *w, mpt_span s)
{
    enum { HEADER = 108, PACKET = 1 };
    uint32_t header;

    if (s.captured < HEADER)
        return;
    header = little32(s.bytes);
    if (header >= HEADER && little32(s.bytes + 4) == PACKET && ++w->depth <= MPT_READER_DEPTH)
        read_link(w, link_of_number(little32(s.bytes + 8)), mpt_span_skip(s, header));
}

static void read_link(mpt_walk *w, mpt_link link, mpt_span s)
{
    static const mpt_step steps[MPT_LINK_COUNT] = {
        [MPT_LINK_ETHERNET] = mpt_reader_ethernet,
        [MPT_LINK_IP] = read_raw,
        [MPT_LINK_IP4] = mpt_reader_ip,
        [MPT_LINK_IP6] = mpt_reader_ipv6,
        [MPT_LINK_SLL] = read_sll,
        [MPT_LINK_SLL2] = read_sll2,
        [MPT_LINK_NULL] = read_null,
        [MPT_LINK_LOOP] = read_loop,
        [MPT_LINK_PPP] = mpt_reader_ppp,
        [MPT_LINK_PPP_HDLC] = mpt_reader_ppp_hdlc,
        [MPT_LINK_PPPOE] = mpt_reader_pppoe,
        [MPT_LINK_MPLS] = mpt_reader_mpls,
        [MPT_LINK_PKTAP] = read_pktap,
        [MPT_LINK_NFLOG] = read_nflog,
        [MPT_LINK_WIFI] = mpt_reader_wifi,
        [MPT_LINK_WIFI_RADIOTAP] = mpt_reader_radiotap,
        [MPT_LINK_WIFI_PRISM] = mpt_reader_prism,
        [MPT_LINK_WIFI_AVS] = mpt_reader_avs,
        [MPT_LINK_CISCO_HDLC] = mpt_reader_cisco_hdlc,
        [MPT_LINK_FRAME_RELAY] = mpt_reader_frame_relay,
    };

    if (link < MPT_LINK_COUNT && steps[link])
        steps[link](w, s);
}

void mpt_reader_link(mpt_walk *w, mpt_span s)
{
    read_link(w, (mpt_link)w->frame->link, s);
}
