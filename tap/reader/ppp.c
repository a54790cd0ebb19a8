/* ppp.c - PPP, PPPoE, Cisco's HDLC and Frame Relay: see reader_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reader_internal.h"
#include "tap/engine/base/bytes.h"

static const mpt_next PPP[] = {
    {0x0021, mpt_reader_ip, NULL},
    {0x0057, mpt_reader_ipv6, NULL},
    {0x0281, mpt_reader_mpls, NULL},
    {0x0283, mpt_reader_mpls, NULL},
    {0x002d, NULL, "PPP with Van Jacobson's compression"},
    {0x002f, NULL, "PPP with Van Jacobson's compression"},
    {0x003d, NULL, "multilink PPP"},
    {0x0059, NULL, "PPP multiplexing"},
    {0x004b, mpt_reader_llc, NULL},
};

/* RFC 1661 2, 6.5: a protocol of one byte is odd. Address and control are not expected here, but come (PPTP). */
void mpt_reader_ppp(mpt_walk *w, mpt_span s)
{
    bool one;

    if (s.captured >= 2 && s.bytes[0] == 0xff && s.bytes[1] == 0x03)
        s = mpt_span_skip(s, 2);
    one = s.captured && s.bytes[0] & 1;
    if (s.captured >= 2)
        mpt_reader_next(w, PPP, G_N_ELEMENTS(PPP), one ? s.bytes[0] : mpt_be16(s.bytes),
                        mpt_span_skip(s, one ? 1 : 2));
}

/* RFC 1662 3.1; Cisco's addresses are others. */
void mpt_reader_ppp_hdlc(mpt_walk *w, mpt_span s)
{
    enum { ALL_STATIONS = 0xff, CISCO_UNICAST = 0x0f, CISCO_MULTICAST = 0x8f, UNNUMBERED = 3 };

    if (s.captured < 2)
        return;
    if (s.bytes[0] == CISCO_UNICAST || s.bytes[0] == CISCO_MULTICAST)
        mpt_reader_cisco_hdlc(w, s);
    else
        mpt_reader_ppp(w,
                       s.bytes[0] == ALL_STATIONS ? mpt_span_skip(s, s.bytes[1] == UNNUMBERED ? 2 : 1) : s);
}

/* RFC 2516 4 */
void mpt_reader_pppoe(mpt_walk *w, mpt_span s)
{
    enum { HEADER = 6, SESSION = 0 };

    if (s.captured < HEADER || s.bytes[1] != SESSION)
        return;
    mpt_reader_ppp(w, mpt_span_limit(mpt_span_skip(s, HEADER), mpt_be16(s.bytes + 4)));
}

static const mpt_next HDLC[] = {
    {0x0800, mpt_reader_ip, NULL},   {0x86dd, mpt_reader_ipv6, NULL},     {0x8847, mpt_reader_mpls, NULL},
    {0x8848, mpt_reader_mpls, NULL}, {0x6558, mpt_reader_ethernet, NULL},
};

void mpt_reader_cisco_hdlc(mpt_walk *w, mpt_span s)
{
    if (s.captured >= 4)
        mpt_reader_next(w, HDLC, G_N_ELEMENTS(HDLC), mpt_be16(s.bytes + 2), mpt_span_skip(s, 4));
}

/* A SNAP header behind its own number (RFC 2427 4.1). */
static void read_snap(mpt_walk *w, mpt_span s)
{
    uint16_t type;

    if (s.captured < 5)
        return;
    type = mpt_be16(s.bytes + 3);
    if (!s.bytes[0] && !s.bytes[1] && !s.bytes[2])
        mpt_reader_ethertype(w, type, mpt_span_skip(s, 5));
    else if (!s.bytes[0] && s.bytes[1] == 0x80 && s.bytes[2] == 0xc2 && (type == 1 || type == 7))
        mpt_reader_ethernet(w, mpt_span_skip(s, 5));
}

static const mpt_next NLPIDS[] = {
    {0xcc, mpt_reader_ip, NULL},
    {0x8e, mpt_reader_ipv6, NULL},
    {0xcf, mpt_reader_ppp, NULL},
    {0x80, read_snap, NULL},
};

/* RFC 2427 3, or Cisco's type in place of the control field. */
void mpt_reader_frame_relay(mpt_walk *w, mpt_span s)
{
    enum { UNNUMBERED = 3, LAST = 1 };
    uint32_t at = 0;

    while (at < s.captured && at < 4 && !(s.bytes[at] & LAST))
        at++;
    s = mpt_span_skip(s, at + 1);
    if (s.captured < 3)
        return;
    if (s.bytes[0] != UNNUMBERED) {
        mpt_reader_ethertype(w, mpt_be16(s.bytes), mpt_span_skip(s, 2));
        return;
    }
    s = mpt_span_skip(s, s.bytes[1] ? 1 : 2); /* a byte of padding */
    if (s.captured)
        mpt_reader_next(w, NLPIDS, G_N_ELEMENTS(NLPIDS), s.bytes[0], mpt_span_skip(s, 1));
}
