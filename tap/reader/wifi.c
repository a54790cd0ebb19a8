/* wifi.c - data frames of 802.11 that are not encrypted: see reader_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "reader_internal.h"
#include "tap/engine/base/bytes.h"

enum { ADDRESS = 6, HEADER = 24, DATA = 2 };
enum { SUBTYPE_NO_DATA = 4, SUBTYPE_QOS = 8 };
enum { TO_DS = 0x01, FROM_DS = 0x02, MORE_FRAGMENTS = 0x04, PROTECTED = 0x40, ORDER = 0x80 };
enum { QOS_AMSDU = 0x80, QOS_MESH = 0x01 };

static uint32_t little(const uint8_t *b, unsigned bytes)
{
    uint32_t v = 0;

    for (unsigned i = 0; i < bytes; i++)
        v |= (uint32_t)b[i] << 8 * i;
    return v;
}

/* LLC; some bridges put a whole Ethernet frame there. */
static void read_data(mpt_walk *w, const uint8_t *to, const uint8_t *from, mpt_span s)
{
    if (s.captured < 3)
        return;
    if (s.bytes[0] != 0xaa || s.bytes[1] != 0xaa) {
        bool begins_with_to = s.captured >= ADDRESS && !memcmp(s.bytes, to, ADDRESS);
        if (begins_with_to || (s.captured >= 2 * ADDRESS && !memcmp(s.bytes + ADDRESS, from, ADDRESS))) {
            mpt_reader_ethernet(w, s);
            return;
        }
        if (!s.bytes[0] && !s.bytes[1])
            s = mpt_span_skip(s, 2);
    }
    mpt_reader_llc(w, s);
}

/* Several frames in one, each with addresses and length, at offsets that 4 divides (IEEE 802.11 9.3.2.2). */
static void read_aggregate(mpt_walk *w, mpt_span s)
{
    enum { SUBFRAME = 14 };

    for (unsigned depth = w->depth; s.captured > SUBFRAME; w->depth = depth) {
        uint32_t length = mpt_be16(s.bytes + 12);
        mpt_reader_llc(w, mpt_span_limit(mpt_span_skip(s, SUBFRAME), length));
        s = mpt_span_skip(s, (SUBFRAME + length + 3) / 4 * 4);
    }
}

/* The mesh's own header: flags say how many addresses more it has (IEEE 802.11 9.2.4.7.3). */
static mpt_span skip_mesh(mpt_span s)
{
    return s.captured ? mpt_span_skip(s, 6u + (s.bytes[0] & 3u) * ADDRESS) : s;
}

/* `padded`: the header is filled up to a multiple of 4. */
static void read_frame(mpt_walk *w, mpt_span s, bool padded)
{
    const uint8_t *b = s.bytes, *to, *from;
    uint8_t subtype, qos = 0, mesh = 0;
    uint32_t header = HEADER;
    bool four;

    if (s.captured < HEADER || (b[0] >> 2 & 3) != DATA || b[0] & 3)
        return;
    subtype = b[0] >> 4;
    if (subtype & SUBTYPE_NO_DATA || b[1] & PROTECTED)
        return;
    four = (b[1] & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS);
    if (four)
        header += ADDRESS;
    if (subtype & SUBTYPE_QOS) {
        if (s.captured < header + 2)
            return;
        qos = b[header];
        mesh = b[header + 1];
        header += b[1] & ORDER ? 6 : 2;
    }
    if (s.captured <= header)
        return;
    if (b[1] & MORE_FRAGMENTS || b[22] & 0x0f) {
        mpt_reader_count_unread(w, "fragments of 802.11");
        return;
    }
    to = b + (b[1] & TO_DS ? 16 : 4);
    from = b + (four ? 24 : b[1] & FROM_DS ? 16 : 10);
    s = mpt_span_skip(s, padded ? (header + 3) / 4 * 4 : header);
    if (four && subtype & SUBTYPE_QOS && mesh & QOS_MESH)
        s = skip_mesh(s);
    if (qos & QOS_AMSDU)
        read_aggregate(w, s);
    else
        read_data(w, to, from, s);
}

void mpt_reader_wifi(mpt_walk *w, mpt_span s)
{
    read_frame(w, s, false);
}

/* The byte "flags" of radiotap, behind the words that say what is there and the time; 0 where there is none. */
static uint8_t radiotap_flags(mpt_span s, uint32_t header)
{
    enum { TIME = 1, FLAGS = 2 };
    uint32_t present = little(s.bytes + 4, 4), at = 4;

    while (at + 4 <= s.captured && little(s.bytes + at, 4) & 0x80000000)
        at += 4;
    at += 4;
    if (!(present & FLAGS))
        return 0;
    if (present & TIME)
        at = (at + 7) / 8 * 8 + 8;
    return at < MIN(header, s.captured) ? s.bytes[at] : 0;
}

void mpt_reader_radiotap(mpt_walk *w, mpt_span s)
{
    enum { FIXED = 8, FCS = 0x10, PADDED = 0x20 };
    uint32_t header;
    uint8_t flags;

    if (s.captured < FIXED)
        return;
    header = little(s.bytes + 2, 2);
    if (header < FIXED)
        return;
    flags = radiotap_flags(s, header);
    s = mpt_span_skip(s, header);
    if (flags & FCS && s.length >= 4)
        s = mpt_span_limit(s, s.length - 4);
    read_frame(w, s, flags & PADDED);
}

/* The length of AVS's header is in network order. */
void mpt_reader_avs(mpt_walk *w, mpt_span s)
{
    if (s.captured >= 8)
        read_frame(w, mpt_span_skip(s, mpt_be32(s.bytes + 4)), false);
}

/* Some drivers write AVS's header where Prism's is announced: its first word tells. */
void mpt_reader_prism(mpt_walk *w, mpt_span s)
{
    enum { HEADER_BYTES = 144 };
    uint32_t first;

    if (s.captured < 8)
        return;
    first = mpt_be32(s.bytes) & 0xfffff000;
    if (first == 0x80211000)
        mpt_reader_avs(w, s);
    else
        read_frame(w, mpt_span_skip(s, HEADER_BYTES), false);
}
