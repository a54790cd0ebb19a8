/* sightings.c - see sightings.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sightings.h"

#include <string.h>

#include "sightings_internal.h"

#define FIRST_PACKETS (1u << 12)
#define MAX_PACKETS   (1u << 16)
#define FIRST_FLOWS   (1u << 6)
#define MAX_FLOWS     (1u << 14)
#define PACKET_GROWTH 16u
#define FLOW_GROWTH   4u
#define BUCKETS       2u /* for a packet */
#define PROBES        8u /* enough for one packet in two buckets, and for flows that take a third of their room */
#define MAX_ALIKE     256u /* packets without a number of their own that are looked through */

/* At most, while nothing is known of how far apart the copies of a direction are: below the least RTO of usual
 * stacks (200 ms) in one place; a long path between two places, as where both ends' files were merged into
 * one interface. */
#define FAR_AGAIN (150 * MS)
/* Counts are halved from here on, so that they show what has been usual of late. */
#define COUNTED   64u
/* Of this many packets nearly all must come again where nothing but that shows that they are copies. */
#define ENOUGH    3u

typedef struct mpt_sighted packet;
typedef struct mpt_sighted_flow flow;
typedef struct mpt_sighted_way direction;
typedef struct mpt_sighted_place place;

void mpt_sightings_clear(mpt_sightings *s)
{
    g_free(s->packets);
    g_free(s->buckets);
    g_free(s->flows);
    *s = (mpt_sightings){0};
}

/* --- tables --- */

static uint64_t end_hash(const mpt_endpoint *e)
{
    uint64_t words[2];

    memcpy(words, e->address, sizeof words);
    return mpt_sighted_spread(mpt_sighted_spread(words[0], words[1] * 31),
                              (uint64_t)e->family << 16 | e->port);
}

/* The same for both ways. */
static uint64_t flow_key(const mpt_segment *g)
{
    return (end_hash(&g->src) + end_hash(&g->dst)) | 1;
}

/* Members of a segment that are beside each other are one word. */
#define BESIDE(first, second)                                                                                \
    G_STATIC_ASSERT(offsetof(mpt_segment, second) ==                                                         \
                    offsetof(mpt_segment, first) + sizeof((mpt_segment){0}.first))
BESIDE(seq, ack);
BESIDE(window, payload_len);
BESIDE(tsval, tsecr);
G_STATIC_ASSERT(MPT_SEGMENT_OPTION_BYTES % sizeof(uint64_t) == 0);

static inline uint64_t spread_at(uint64_t sum, const void *word)
{
    uint64_t w;

    memcpy(&w, word, sizeof w);
    return mpt_sighted_spread(sum, w);
}

/* Of the headers of TCP and its options, and of the IP identification, which a packet keeps wherever it is seen. */
static inline uint64_t signature(const mpt_segment *g)
{
    uint64_t sum = (uint64_t)g->flags << 32 | (uint64_t)g->option_len << 16 | g->ip_id;

    sum = spread_at(sum, &g->seq);
    sum = spread_at(sum, &g->window);
    sum = spread_at(sum, &g->tsval);
    for (const uint8_t *at = g->options; at < g->options + g->option_len; at += sizeof(uint64_t))
        sum = spread_at(sum, at);
    return sum;
}

static uint32_t *bucket_of(const mpt_sightings *s, uint64_t number)
{
    return &s->buckets[number & (s->packet_room * BUCKETS - 1)];
}

static void put_into_bucket(const mpt_sightings *s, uint32_t count)
{
    packet *p = mpt_sighted_at(s, count);
    uint32_t *bucket = bucket_of(s, p->signature);

    p->before = *bucket;
    *bucket = count;
}

static void grow_packets(mpt_sightings *s)
{
    s->packet_room = s->packet_room ? PACKET_GROWTH * s->packet_room : FIRST_PACKETS;
    s->packets = g_renew(packet, s->packets, s->packet_room);
    g_free(s->buckets);
    s->buckets = g_new0(uint32_t, (gsize)s->packet_room * BUCKETS);
    for (uint32_t i = 1; i <= s->packets_met; i++)
        put_into_bucket(s, i);
}

/* The packet of this number, or the newest in its bucket before that which has this signature; NULL: the ring has
 * none. */
static packet *packet_before(const mpt_sightings *s, uint32_t at, uint64_t number)
{
    for (unsigned i = 0; at && s->packets_met - at < s->packet_room && i < PROBES; i++) {
        packet *p = mpt_sighted_at(s, at);
        if (p->signature == number)
            return p;
        at = p->before;
    }
    return NULL;
}

/* The newest packet with this signature; NULL: none of the ring has it. */
static packet *find_packet(const mpt_sightings *s, uint64_t number)
{
    return packet_before(s, s->packet_room ? *bucket_of(s, number) : 0, number);
}

static flow *flow_slot(flow *all, uint32_t room, uint64_t key)
{
    flow *oldest = NULL;

    for (uint32_t i = 0; i < PROBES; i++) {
        flow *f = &all[((uint32_t)(key >> 1) + i) & (room - 1)];
        if (!f->key || f->key == key)
            return f;
        if (!oldest || f->frame < oldest->frame)
            oldest = f;
    }
    return oldest;
}

static void grow_flows(mpt_sightings *s)
{
    uint32_t room = s->flow_room ? FLOW_GROWTH * s->flow_room : FIRST_FLOWS;
    flow *all = g_new0(flow, room);

    for (uint32_t i = 0; i < s->flow_room; i++)
        if (s->flows[i].key)
            *flow_slot(all, room, s->flows[i].key) = s->flows[i];
    g_free(s->flows);
    s->flows = all;
    s->flow_room = room;
    memset(s->guesses, 0, sizeof s->guesses);
}

/* The flow of this key; NULL: none is kept. */
static flow *find_flow(const mpt_sightings *s, uint64_t key)
{
    flow *f = s->flow_room && key ? flow_slot(s->flows, s->flow_room, key) : NULL;

    return f && f->key == key ? f : NULL;
}

static flow *get_flow(mpt_sightings *s, const mpt_segment *g)
{
    uint64_t key = flow_key(g);
    flow *f;

    if (s->flows_used >= s->flow_room / 3 && s->flow_room < MAX_FLOWS)
        grow_flows(s);
    f = flow_slot(s->flows, s->flow_room, key);
    if (f->key == key)
        return f;
    s->flows_used += !f->key;
    *f = (flow){.key = key, .ends = {g->src, g->dst}, .frame = g->frame};
    return f;
}

static unsigned way_of(const flow *f, const mpt_segment *g)
{
    return mpt_endpoint_equal(&f->ends[0], &g->src) ? 0 : 1;
}

/* Sets *way if the segment is of this flow. */
static inline bool has_ends(const flow *f, const mpt_segment *g, unsigned *way)
{
    *way = way_of(f, g);
    return mpt_endpoint_equal(&f->ends[!*way], &g->dst) &&
           (!*way || mpt_endpoint_equal(&f->ends[1], &g->src));
}

/* The flow of this segment, which was that of the last one with the same stream, mostly. */
static flow *flow_of(mpt_sightings *s, const mpt_segment *g, unsigned *way)
{
    flow **guess = &s->guesses[g->tcp_stream % MPT_SIGHTING_GUESSES];

    if (G_UNLIKELY(!*guess || !has_ends(*guess, g, way))) {
        flow *f = get_flow(s, g); /* forgets all guesses if flows move */
        *guess = f;
        *way = way_of(f, g);
    }
    return *guess;
}

/* --- what is usual --- */

static void age(direction *d)
{
    d->packets /= 2;
    d->again /= 2;
    d->elsewhere /= 2;
    d->thirds /= 2;
    d->varied /= 2;
    d->constant /= 2;
}

static inline void count_packet(direction *d, const mpt_segment *g)
{
    if (G_UNLIKELY(d->packets >= COUNTED))
        age(d);
    d->packets++;
    if (!(g->presence & HAS_ID))
        return;
    if (d->has_last && g->ip_id == d->last_id)
        d->constant++;
    else if (d->has_last)
        d->varied++;
    d->last_id = g->ip_id;
    d->has_last = true;
}

static bool usually(uint16_t copies, uint16_t packets)
{
    return packets >= ENOUGH && copies * 8u >= packets * 7u;
}

static void note_distance(int64_t *usual, int64_t now)
{
    *usual = *usual ? *usual + (now - *usual) / 8 : MAX(now, 1);
}

/* How long after the first a copy may come. */
static int64_t reach(const direction *d, mpt_sighting how, bool has_timestamps)
{
    if (how != MPT_SIGHTING_AGAIN)
        return d->elsewhere_ns ? MIN(MAX(8 * d->elsewhere_ns, 20 * MS), FAR_ELSEWHERE) : FAR_ELSEWHERE;
    /* A retransmission of the same millisecond has the same timestamp (RFC 7323). */
    return MIN(has_timestamps ? 8 * d->again_ns + MS : 4 * d->again_ns + 100 * US, FAR_AGAIN);
}

/* --- what is newer --- */

static bool beyond(uint32_t number, uint32_t than)
{
    return (int32_t)(number - than) > 0;
}

static uint32_t sequence_end(const mpt_segment *g)
{
    return g->seq + g->payload_len + ((g->flags & (MPT_TCP_SYN | MPT_TCP_FIN)) != 0);
}

static void note_numbers(direction *d, const mpt_segment *g)
{
    bool anew = !d->begun || g->flags & MPT_TCP_SYN;

    if (g->flags & MPT_TCP_RST)
        return;
    if (anew || beyond(sequence_end(g), d->next))
        d->next = sequence_end(g);
    if (g->flags & MPT_TCP_ACK && (anew || beyond(g->ack, d->acked)))
        d->acked = g->ack;
    d->begun = true;
}

int mpt_sightings_newer(const mpt_sightings *s, const mpt_segment *g)
{
    const flow *f = find_flow(s, flow_key(g));
    const direction *d;
    int sent, acked;

    if (!f || g->flags & (MPT_TCP_SYN | MPT_TCP_RST) || !(g->flags & MPT_TCP_ACK))
        return 0;
    d = &f->ways[way_of(f, g)];
    if (!d->begun)
        return 0;
    sent = beyond(sequence_end(g), d->next) - beyond(d->next, sequence_end(g));
    acked = beyond(g->ack, d->acked) - beyond(d->acked, g->ack);
    /* What was sent again acknowledges what is new. */
    return acked > 0 && sent <= 0 ? 1 : acked < 0 && sent > 0 ? 0 : sent ? sent : acked;
}

/* --- two sightings --- */

static place place_of(const mpt_segment *g)
{
    return (place){.link = g->link_index,
                   .id = g->ip_id,
                   .around = g->around,
                   .ttl = g->ttl,
                   .way = g->way,
                   .has = (uint16_t)(g->presence & (HAS_ID | HAS_TTL | HAS_LINK))};
}

/* In the place of the oldest where the ring is full. */
static packet *add_packet(mpt_sightings *s, direction *d, const mpt_segment *g, uint64_t number, uint64_t key,
                          unsigned way)
{
    packet *p;

    if (G_UNLIKELY(s->packets_met == s->packet_room) && s->packet_room < MAX_PACKETS)
        grow_packets(s);
    p = mpt_sighted_at(s, ++s->packets_met);
    p->signature = number;
    p->flow = key;
    p->time_ns = g->time_ns;
    p->frame = g->frame;
    p->place = place_of(g);
    p->way = way;
    p->again = p->behind = p->elsewhere = p->late = p->copy = p->more = false;
    put_into_bucket(s, s->packets_met);
    if (g->payload_len) {
        p->seq = g->seq;
        p->length = g->payload_len;
        p->likeness = mpt_sighted_likeness(g);
        p->data_before = d->data;
        d->data = s->packets_met;
    }
    return p;
}

/* Of the packets like p the oldest that has no copy yet there where g is; NULL: none that is so near in time. */
static packet *oldest_alone(const mpt_sightings *s, packet *p, const mpt_segment *g, bool late,
                            int64_t far_ns)
{
    packet *found = NULL;

    for (unsigned i = 0; p && i < MAX_ALIKE; i++, p = packet_before(s, p->before, p->signature)) {
        if (ABS(g->time_ns - p->time_ns) > far_ns) {
            if (!late)
                break;
        } else if (late ? !p->late && !p->behind : !p->again && !p->copy) {
            found = p;
        }
    }
    return found;
}

static void note_copy_of(packet *p, direction *d, mpt_sighting_mark *mark, int64_t later_ns)
{
    if (!p->more && !p->copy) {
        d->again += !p->again && !p->behind;
        note_distance(&d->again_ns, later_ns);
    }
    p->again |= !mark->late;
    p->behind |= mark->late;
    mark->of = p->frame;
    mark->later_ns = later_ns;
}

/* A segment like that of p in all, the place too, without a number that would tell them apart: RSTs, ACKs without IP
 * identification. A network that shows each packet twice shows all of these twice, in order: each has one copy. */
static bool meet_alike(mpt_sightings *s, packet *p, direction *d, const mpt_segment *g,
                       mpt_sighting_mark *mark)
{
    bool again = usually(d->again, d->packets), known = again || usually(d->elsewhere, d->packets);
    int64_t far_ns = known ? reach(d, MPT_SIGHTING_AGAIN, g->presence & MPT_SEGMENT_TIMESTAMPS) : FAR_AGAIN;
    packet *first = oldest_alone(s, p, g, mark->late, far_ns), *added;
    int64_t later_ns = first ? ABS(g->time_ns - first->time_ns) : 0;

    if (!first && mark->later_ns > far_ns)
        return false;
    if (first) {
        note_copy_of(first, d, mark, later_ns);
        if (again)
            return true;
    } else {
        mark->more = true;
        d->thirds += !p->more;
        p->more = true;
    }
    added = add_packet(s, d, g, p->signature, p->flow, p->way);
    added->late = mark->late;
    added->copy = !mark->more;
    added->more = mark->more;
    return true;
}

/* A segment like that of p, of the same flow. */
static bool meet_again(mpt_sightings *s, packet *p, direction *d, const mpt_segment *g, const place *at,
                       mpt_sighting_mark *mark)
{
    bool elsewhere, certain;

    mark->how = (uint8_t)mpt_sighted_difference(&p->place, at);
    elsewhere = mark->how != MPT_SIGHTING_AGAIN;
    certain = mark->same_id && mpt_sighted_numbers(d);
    if (!certain && !elsewhere)
        return meet_alike(s, p, d, g, mark);
    if (!certain && mark->later_ns > reach(d, mark->how, false))
        return false;
    /* A packet may have copies of both kinds. */
    if (elsewhere) {
        d->elsewhere += !p->elsewhere;
        p->elsewhere = true;
        note_distance(&d->elsewhere_ns, mark->later_ns);
    } else {
        note_copy_of(p, d, mark, mark->later_ns);
    }
    return true;
}

/* The direction of the flow that this one is translated from or to; NULL: none. */
static direction *translated_direction(const mpt_sightings *s, const flow *f, unsigned way)
{
    flow *other = s->translated ? find_flow(s, f->stands_for ? f->stands_for : f->stood_for_by) : NULL;

    return other ? &other->ways[way ^ (f->stands_for ? f->crossed : other->crossed)] : NULL;
}

/* A segment like that of p, whose flow is another one. */
static bool meet_translated(mpt_sightings *s, packet *p, flow *f, const mpt_segment *g, const place *at,
                            mpt_sighting_mark *mark)
{
    flow *other = find_flow(s, p->flow), *first, *second;
    bool crossed;

    if (!other || mark->later_ns > FAR_ELSEWHERE)
        return false;
    first = other->frame <= f->frame ? other : f;
    second = first == f ? other : f;
    crossed = way_of(f, g) != p->way;
    if (second->stands_for && (second->stands_for != first->key || second->crossed != crossed))
        return false;
    second->stands_for = first->key;
    second->crossed = crossed;
    first->stood_for_by = second->key;
    second->moved = (uint16_t)MIN(
        second->moved + (mpt_sighted_difference(&p->place, at) > MPT_SIGHTING_CARRIER), UINT16_MAX);
    second->same_id = (uint16_t)MIN(second->same_id + mark->same_id, UINT16_MAX);
    s->translated = true;
    mark->how = MPT_SIGHTING_ADDRESSES;
    return true;
}

/* A segment with bytes that may have been seen before; some packet of its flow was seen again as it was. */
static bool meet_cut(const mpt_sightings *s, flow *f, unsigned way, const mpt_segment *g,
                     mpt_sighting_mark *mark)
{
    const place at = place_of(g);
    direction *d = &f->ways[way], *other = translated_direction(s, f, way);
    bool copies = f->ways[0].again || f->ways[1].again || f->ways[0].elsewhere || f->ways[1].elsewhere;
    const mpt_sighting_mark before = *mark;
    mpt_sighted_pieces x;
    bool elsewhere;

    if (copies && mpt_sighted_find_pieces(s, d, g, &at, mark, &x)) {
        elsewhere = mark->how != MPT_SIGHTING_AGAIN;
        mpt_sighted_note_pieces(s, &x, d, elsewhere);
        note_distance(elsewhere ? &d->elsewhere_ns : &d->again_ns, mark->later_ns);
        return true;
    }
    *mark = before;
    if (other && beyond(other->next, g->seq) && mpt_sighted_find_pieces(s, other, g, &at, mark, &x)) {
        mark->how = MPT_SIGHTING_ADDRESSES;
        return true;
    }
    *mark = before;
    return false;
}

/* By its time a packet is from before what comes before it in the file, or it goes on where such packets did. */
static bool is_late(direction *d, const mpt_segment *g, const packet *p)
{
    bool late = d->newest_ns - g->time_ns > MS;

    if (late && !d->second)
        d->second = g->frame;
    if (!late && (!p || p->frame >= d->second))
        d->second = 0;
    return d->second > 0;
}

/* A segment with the signature of p. True if it may be a copy of it. */
static bool meet_signature(mpt_sightings *s, packet *p, flow *f, const mpt_segment *g,
                           mpt_sighting_mark *mark)
{
    place at = place_of(g);
    unsigned way = way_of(f, g);
    direction *d = &f->ways[way];

    mark->of = p->frame;
    mark->later_ns = ABS(g->time_ns - p->time_ns);
    mark->same_id = at.has & p->place.has & HAS_ID && at.id && at.id == p->place.id;
    if (p->flow == f->key && p->way == way && meet_again(s, p, d, g, &at, mark))
        return true;
    if (p->flow != f->key && meet_translated(s, p, f, g, &at, mark)) {
        count_packet(d, g);
        return true;
    }
    mark->how = MPT_SIGHTING_NONE;
    return false;
}

mpt_sighting_mark mpt_sightings_meet(mpt_sightings *s, const mpt_segment *g)
{
    mpt_sighting_mark mark = {.how = MPT_SIGHTING_NONE};
    uint64_t number = signature(g);
    unsigned way;
    flow *f = flow_of(s, g, &way);
    direction *d = &f->ways[way];
    packet *p = find_packet(s, number);
    const bool old = g->payload_len && ((d->begun && beyond(d->next, g->seq)) || s->translated);
    note_numbers(d, g);
    mark.late = is_late(d, g, p);
    d->newest_ns = MAX(d->newest_ns, g->time_ns);
    if (G_UNLIKELY(p) && meet_signature(s, p, f, g, &mark))
        return mark;
    if (G_UNLIKELY(old) && meet_cut(s, f, way, g, &mark))
        return mark;
    add_packet(s, d, g, number, f->key, way);
    count_packet(d, g);
    return mark;
}

/* --- verdicts --- */

static bool stands(const flow *f)
{
    bool numbered = mpt_sighted_numbers(&f->ways[0]) || mpt_sighted_numbers(&f->ways[1]);

    if (!f->stands_for)
        return false;
    if (numbered && f->same_id)
        return f->moved || f->same_id > 1;
    return f->moved > 1;
}

static bool is_translated(const mpt_sightings *s, const flow *f)
{
    const flow *second = find_flow(s, f->stood_for_by);

    return stands(f) || (second && second->stands_for == f->key && stands(second));
}

/* In a part of the file that has each packet once none is a copy of those before: what comes behind shows it. */
static bool has_copy_behind(const mpt_sightings *s, const mpt_segment *g)
{
    packet *p = find_packet(s, signature(g));

    for (unsigned i = 0; p && i < MAX_ALIKE; i++, p = packet_before(s, p->before, p->signature))
        if (p->frame == g->frame)
            return p->behind;
    return false;
}

bool mpt_sightings_is_copy(const mpt_sightings *s, const mpt_segment *g, const mpt_sighting_mark *mark)
{
    const flow *f = find_flow(s, flow_key(g));
    const direction *d;
    bool certain;

    if (!f || !mark->how)
        return false;
    if (mark->how == MPT_SIGHTING_ADDRESSES)
        return is_translated(s, f);
    d = &f->ways[way_of(f, g)];
    certain = mark->same_id && mpt_sighted_numbers(d);
    /* No network brings a packet again before it brought it first: two files are one behind the other. */
    if (mark->late && (certain || g->flags & MPT_TCP_SYN))
        return true;
    if (mark->how != MPT_SIGHTING_AGAIN)
        return certain || (d->elsewhere * 2u >= d->packets &&
                           (!mark->cut || mark->later_ns <= reach(d, mark->how, false)));
    if (certain)
        return d->again * 2u >= d->packets;
    return usually(d->again, d->packets) && (!mark->more || usually(d->thirds, d->packets)) &&
           (mark->late || !has_copy_behind(s, g)) &&
           mark->later_ns <= reach(d, MPT_SIGHTING_AGAIN, g->presence & MPT_SEGMENT_TIMESTAMPS);
}

bool mpt_sightings_translate(const mpt_sightings *s, const mpt_segment *g, mpt_endpoint *src,
                             mpt_endpoint *dst)
{
    const flow *f = s->translated ? find_flow(s, flow_key(g)) : NULL, *first;
    bool found = false;
    unsigned way;

    if (!f)
        return false;
    way = way_of(f, g);
    /* There may be one router after another. */
    while (stands(f) && (first = find_flow(s, f->stands_for)) != NULL && first->frame < f->frame) {
        way ^= f->crossed;
        f = first;
        found = true;
    }
    *src = f->ends[way];
    *dst = f->ends[!way];
    return found;
}
