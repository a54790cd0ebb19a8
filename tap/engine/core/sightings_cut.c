/* sightings_cut.c - see sightings.h: copies that were cut into other segments, or put together.
 *
 *      one place   [ 1000 ........ 3896 )             before the interface cuts it (TSO)
 *      another     [ 1000 . 2448 )[ 2448 . 3896 )     on the wire; a receiver may put them together again (GRO)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sightings_internal.h"

/* Packets with payload that are looked through, and in a second part of the file. */
#define MAX_PIECES    512u
#define MAX_BEHIND    16384u
#define SMALL_SEGMENT 536u  /* RFC 9293 3.7.1 */
#define FRAME_SEGMENT 1460u /* what a frame of Ethernet has room for: no interface cuts that */

typedef struct mpt_sighted packet;
typedef struct mpt_sighted_way direction;

/* Goes through the packets of the direction from the newest on, which brought the last of the bytes. */
static bool find(const mpt_sightings *s, const direction *d, const mpt_segment *g, bool late,
                 mpt_sighted_pieces *x)
{
    uint32_t at = d->data, need = g->payload_len; /* bytes at the front that are still to be found */
    unsigned most = late ? MAX_BEHIND : MAX_PIECES;

    *x = (mpt_sighted_pieces){.seq = g->seq, .length = g->payload_len, .likeness = mpt_sighted_likeness(g)};
    for (unsigned i = 0; at && s->packets_met - at < s->packet_room && i < most; i++) {
        packet *p = mpt_sighted_at(s, at);
        uint32_t into = g->seq + need - p->seq; /* of the bytes there, those that are needed */
        if (ABS(g->time_ns - p->time_ns) > FAR_ELSEWHERE)
            break;
        if (p->likeness == x->likeness && into && into <= p->length) {
            x->newest = x->newest ? x->newest : p;
            x->first = p;
            if (into >= need)
                return p->length != g->payload_len || p->seq != g->seq;
            need -= into;
        }
        at = p->data_before;
    }
    return false;
}

void mpt_sighted_note_pieces(const mpt_sightings *s, const mpt_sighted_pieces *x, direction *d,
                             bool elsewhere)
{
    bool more = true;

    for (packet *p = x->newest; more; p = mpt_sighted_at(s, p->data_before)) {
        more = p != x->first;
        uint32_t over = p->seq + p->length - x->seq; /* bytes from the first on, or a negative number */
        if (p->likeness != x->likeness || over - 1 >= x->length + p->length - 1)
            continue;
        d->elsewhere += elsewhere && !p->elsewhere;
        d->again += !elsewhere && !p->again && !p->behind;
        p->elsewhere |= elsewhere;
        p->again |= !elsewhere;
    }
}

/* A stack that numbers its packets numbers those that a segment is cut into one by one, from its own number on. True
 * too where there are no numbers. */
static bool numbers_fit(const direction *d, const packet *first, const mpt_segment *g,
                        const struct mpt_sighted_place *at, bool *known)
{
    uint32_t into = g->seq - first->seq;
    uint16_t later = (uint16_t)(at->id - first->place.id);

    *known = at->has & first->place.has & HAS_ID && (at->id || first->place.id) && mpt_sighted_numbers(d);
    if (!*known || !into)
        return !*known || !later;
    return later && later <= MAX(into / MAX(g->payload_len, SMALL_SEGMENT), 1);
}

/* A segment of this direction whose bytes were seen before in segments that were cut otherwise: by a host or an
 * interface that cuts large ones after the place of the capture (TSO), or puts small ones together (GRO). A copy has the
 * same acknowledgement, window and timestamp; without timestamps its place is another one, or numbers
 * fit and one of the two is larger than a frame. */
bool mpt_sighted_find_pieces(const mpt_sightings *s, const direction *d, const mpt_segment *g,
                             const struct mpt_sighted_place *at, mpt_sighting_mark *mark,
                             mpt_sighted_pieces *x)
{
    bool numbered, large;

    if (!find(s, d, g, mark->late, x))
        return false;
    mark->how = (uint8_t)mpt_sighted_difference(&x->first->place, at);
    mark->of = x->first->frame;
    mark->later_ns = ABS(g->time_ns - x->first->time_ns);
    mark->cut = true;
    large = MAX(x->first->length, g->payload_len) > FRAME_SEGMENT;
    return numbers_fit(d, x->first, g, at, &numbered) &&
           ((numbered && large) || mark->how != MPT_SIGHTING_AGAIN || g->presence & MPT_SEGMENT_TIMESTAMPS);
}
