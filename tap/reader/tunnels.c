/* tunnels.c - MPLS, GRE and what is carried by UDP: see reader_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reader_internal.h"
#include "tap/engine/base/bytes.h"

/* --- MPLS (RFC 3032) --- */

static bool has_type_of_ip(mpt_span s)
{
    uint16_t type = s.captured >= 14 ? mpt_be16(s.bytes + 12) : 0;

    return type == 0x0800 || type == 0x86dd;
}

/* Ethernet over MPLS (RFC 4448), with a control word or without: nothing says which. */
static void read_pseudowire(mpt_walk *w, mpt_span s)
{
    mpt_span behind_word = mpt_span_skip(s, 4);

    if (s.captured && !(s.bytes[0] >> 4) && has_type_of_ip(behind_word))
        mpt_reader_ethernet(w, behind_word);
    else if (has_type_of_ip(s))
        mpt_reader_ethernet(w, s);
}

/* No field says what is inside: the first four bits are IP's version, or those of an address of Ethernet. */
static void read_labelled(mpt_walk *w, mpt_span s)
{
    unsigned first, length;

    if (s.captured < 8)
        return;
    first = s.bytes[0] >> 4;
    length = first == 4 ? mpt_be16(s.bytes + 2) : mpt_be16(s.bytes + 4) + 40u;
    if ((first == 4 || first == 6) && (length <= s.length || !has_type_of_ip(s)))
        mpt_reader_ip(w, s);
    else if (first == 4 || first == 6 || first == 0)
        read_pseudowire(w, s);
}

void mpt_reader_mpls(mpt_walk *w, mpt_span s)
{
    enum { BOTTOM = 1 };
    bool bottom = false;

    while (!bottom && s.captured >= 4) {
        bottom = s.bytes[2] & BOTTOM;
        s = mpt_span_skip(s, 4);
    }
    if (bottom)
        read_labelled(w, s);
}

/* --- GRE (RFC 2784, RFC 2890, RFC 2637) --- */

/* Version 1 is the type that most use: 8 bytes, or none where GRE has no sequence number. */
static void read_erspan(mpt_walk *w, mpt_span s)
{
    mpt_reader_ethernet(w, mpt_span_skip(s, 8));
}

/* WCCP's redirect header in front of IP, or not: RFC 3040's authors left it out of GRE's type. */
static void read_redirected(mpt_walk *w, mpt_span s)
{
    mpt_reader_ip(w, s.captured && s.bytes[0] >> 4 != 4 ? mpt_span_skip(s, 4) : s);
}

static const mpt_next GRE[] = {
    {0x0800, mpt_reader_ip, NULL},       {0x86dd, mpt_reader_ipv6, NULL},
    {0x6558, mpt_reader_ethernet, NULL}, {0x6400, mpt_reader_ethernet, NULL},
    {0x8847, mpt_reader_mpls, NULL},     {0x8848, mpt_reader_mpls, NULL},
    {0x880b, mpt_reader_ppp, NULL},      {0x8881, mpt_reader_ppp_hdlc, NULL},
    {0x88d2, mpt_reader_ppp_hdlc, NULL}, {0x883e, read_redirected, NULL},
    {0x88be, read_erspan, NULL},         {0x6559, mpt_reader_frame_relay, NULL},
    {0x22eb, NULL, "ERSPAN III"},        {0x894f, NULL, "NSH"},
};

/* Source routes: address family, offset, length, and an end of zeros (RFC 1701). */
static uint32_t skip_routes(mpt_span s, uint32_t at)
{
    while (at + 4 <= s.captured) {
        bool last = !mpt_be16(s.bytes + at) && !s.bytes[at + 3];
        at += 4u + s.bytes[at + 3];
        if (last)
            break;
    }
    return at;
}

void mpt_reader_gre(mpt_walk *w, mpt_span s)
{
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, ACK = 0x0080 };
    uint32_t at = 4;
    uint16_t flags, type;

    if (s.captured < 4)
        return;
    flags = mpt_be16(s.bytes);
    type = mpt_be16(s.bytes + 2);
    at += flags & (CHECKSUM | ROUTING) ? 4 : 0;
    at += flags & KEY ? 4 : 0;
    at += flags & SEQUENCE ? 4 : 0;
    at += flags & ACK ? 4 : 0;
    if (flags & ROUTING)
        at = skip_routes(s, at);
    if ((type & 0xfc0f) == 0x8000 && type >= 0x8200 && type <= 0x8370)
        mpt_reader_count_unread(w, "802.11 in GRE");
    else if (type == 0x88be && !(flags & SEQUENCE))
        mpt_reader_ethernet(w, mpt_span_skip(s, at));
    else
        mpt_reader_next(w, GRE, G_N_ELEMENTS(GRE), type, mpt_span_skip(s, at));
}

/* --- over UDP --- */

/* RFC 7348 5 */
static void read_vxlan(mpt_walk *w, mpt_span s)
{
    mpt_reader_ethernet(w, mpt_span_skip(s, 8));
}

/* draft-ietf-nvo3-vxlan-gpe: the last byte in front of the network's number says what follows. */
static void read_vxlan_gpe(mpt_walk *w, mpt_span s)
{
    static const mpt_next next[] = {
        {1, mpt_reader_ip, NULL}, {2, mpt_reader_ipv6, NULL}, {3, mpt_reader_ethernet, NULL},
        {4, NULL, "NSH"},         {5, mpt_reader_mpls, NULL},
    };

    if (s.captured >= 8)
        mpt_reader_next(w, next, G_N_ELEMENTS(next), s.bytes[3], mpt_span_skip(s, 8));
}

/* RFC 8926 3.4: options in words of four bytes */
static void read_geneve(mpt_walk *w, mpt_span s)
{
    if (s.captured >= 8 && !(s.bytes[0] >> 6))
        mpt_reader_ethertype(w, mpt_be16(s.bytes + 2), mpt_span_skip(s, 8 + (s.bytes[0] & 0x3fu) * 4u));
}

/* 3GPP TS 29.281 5.1, 5.2: extension headers are as long as their first byte says, in words of four. */
static uint32_t skip_gtp_extensions(mpt_span s, uint32_t at)
{
    while (at < s.captured && s.bytes[at - 1]) {
        if (!s.bytes[at])
            return s.length;
        at += s.bytes[at] * 4u;
        if (at > s.captured)
            return s.length;
    }
    return at;
}

static void read_gtp_user(mpt_walk *w, mpt_span s)
{
    enum { FIXED = 8, EXTENSION = 4, ANY = 7, TPDU = 255, V0 = 20 };
    uint32_t at = FIXED;
    uint8_t first;

    if (s.captured < FIXED + 4 || s.bytes[1] != TPDU || s.bytes[0] >> 5 > 1)
        return;
    if (!(s.bytes[0] >> 5))
        at = V0;
    else if (s.bytes[0] & ANY)
        at = s.bytes[0] & EXTENSION ? skip_gtp_extensions(s, FIXED + 4) : FIXED + 4;
    s = mpt_span_skip(s, at);
    first = s.captured ? s.bytes[0] : 0;
    if ((first >= 0x45 && first <= 0x4e) || first >> 4 == 6)
        mpt_reader_ip(w, s);
    else if (has_type_of_ip(s))
        mpt_reader_ethernet(w, s);
}

/* RFC 9300 5.1 */
static void read_lisp(mpt_walk *w, mpt_span s)
{
    mpt_reader_ip(w, mpt_span_skip(s, 8));
}

static const mpt_next PORTS[] = {
    {4789, read_vxlan, NULL},     {2152, read_gtp_user, NULL}, {6081, read_geneve, NULL},
    {4790, read_vxlan_gpe, NULL}, {3386, read_gtp_user, NULL}, {6635, mpt_reader_mpls, NULL},
    {4754, mpt_reader_gre, NULL}, {4341, read_lisp, NULL},     {1701, NULL, "L2TP"},
    {3544, NULL, "Teredo"},       {5247, NULL, "CAPWAP"},      {37008, NULL, "TZSP"},
    {5072, NULL, "AYIYA"},
};

void mpt_reader_udp(mpt_walk *w, mpt_span s)
{
    enum { HEADER = 8 };
    uint16_t a, b, length;

    if (s.captured < HEADER)
        return;
    a = mpt_be16(s.bytes);
    b = mpt_be16(s.bytes + 2);
    length = mpt_be16(s.bytes + 4);
    if (length && length < HEADER)
        return;
    s = mpt_span_skip(length ? mpt_span_limit(s, length) : s, HEADER);
    /* Wireshark asks for the lower port first. */
    if (!mpt_reader_next(w, PORTS, G_N_ELEMENTS(PORTS), MIN(a, b), s))
        mpt_reader_next(w, PORTS, G_N_ELEMENTS(PORTS), MAX(a, b), s);
}
