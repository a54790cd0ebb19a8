/* streams.c - see streams.h.
 *
 * Wireshark's dissector of TCP finds the connection of a packet by addresses and ports alone. A SYN begins a new
 * one where its sequence number is not that of the connection found; since 4.4 it also does after a FIN or RST.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "streams.h"

#include <glib.h>
#include <string.h>

enum { SCALE_UNKNOWN = -1, SCALE_NONE = -2 };

/* Places of the table, less one: a power of two, less one. */
#define SMALLEST      255
/* Ages at which a connection is forgotten: minutes. */
#define OLD_IF_CLOSED 2
#define OLD           240

struct side {
    uint32_t base; /* the ISN, as far as it is known */
    bool has_base;
    int8_t scale;
};

/* A connection; a newer one of the same ends takes its place. */
struct stream {
    mpt_endpoint low, high; /* low is sides[0] */
    uint32_t hash, number;
    bool used, closed; /* closed: a FIN or RST was seen */
    uint8_t age;       /* calls of mpt_streams_grow_older() since it was last looked up */
    struct side sides[2];
};

struct mpt_streams {
    bool close_ends;       /* Wireshark 4.4 on */
    uint32_t next;         /* number of the next connection */
    struct stream *table;  /* open addressing */
    uint32_t mask, filled; /* the table has mask + 1 places */
    struct stream *newest; /* that was looked up; NULL: none */
};

mpt_streams *mpt_streams_new(bool close_ends)
{
    mpt_streams *s = g_new0(mpt_streams, 1);

    s->close_ends = close_ends;
    s->mask = SMALLEST;
    s->table = g_new0(struct stream, s->mask + 1);
    return s;
}

void mpt_streams_free(mpt_streams *s)
{
    if (!s)
        return;
    g_free(s->table);
    g_free(s);
}

static uint32_t hash_ends(const mpt_endpoint *low, const mpt_endpoint *high)
{
    uint64_t words[5], h = 0;

    G_STATIC_ASSERT(sizeof(mpt_endpoint) == 20);
    memcpy(words, low, sizeof *low);
    memcpy((char *)words + sizeof *low, high, sizeof *high);
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        h = (h ^ words[i]) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    return (uint32_t)(h ^ h >> 32);
}

static bool is_of(const struct stream *t, const mpt_endpoint *low, const mpt_endpoint *high)
{
    return !memcmp(&t->low, low, sizeof *low) && !memcmp(&t->high, high, sizeof *high);
}

static struct stream *place(struct stream *table, uint32_t mask, uint32_t hash, const mpt_endpoint *low,
                            const mpt_endpoint *high)
{
    uint32_t i = hash & mask;

    while (table[i].used && (table[i].hash != hash || !is_of(&table[i], low, high)))
        i = (i + 1) & mask;
    return &table[i];
}

static void move_to(mpt_streams *s, uint32_t mask)
{
    struct stream *table = g_new0(struct stream, (size_t)mask + 1);

    for (uint32_t i = 0; i <= s->mask; i++) {
        const struct stream *t = &s->table[i];
        if (t->used)
            *place(table, mask, t->hash, &t->low, &t->high) = *t;
    }
    g_free(s->table);
    s->table = table;
    s->mask = mask;
    s->newest = NULL;
}

void mpt_streams_grow_older(mpt_streams *s)
{
    uint32_t mask = SMALLEST;

    s->filled = 0;
    for (uint32_t i = 0; i <= s->mask; i++) {
        struct stream *t = &s->table[i];

        t->age += t->used;
        t->used = t->used && t->age < (t->closed ? OLD_IF_CLOSED : OLD);
        s->filled += t->used;
    }
    while (s->filled > mask / 2)
        mask = mask * 2 + 1;
    move_to(s, mask);
}

static void begin(mpt_streams *s, struct stream *t)
{
    t->number = s->next++;
    t->closed = false;
    t->sides[0] = t->sides[1] = (struct side){.scale = SCALE_UNKNOWN};
}

/* The connection; a new one where there is none. */
static struct stream *find(mpt_streams *s, const mpt_endpoint *low, const mpt_endpoint *high)
{
    struct stream *t = s->newest;
    uint32_t hash;

    if (t && is_of(t, low, high))
        return t;
    if (s->filled > s->mask - s->mask / 4)
        move_to(s, s->mask * 2 + 1);
    hash = hash_ends(low, high);
    t = s->newest = place(s->table, s->mask, hash, low, high);
    t->age = 0;
    if (t->used)
        return t;
    t->low = *low;
    t->high = *high;
    t->hash = hash;
    t->used = true;
    s->filled++;
    begin(s, t);
    return t;
}

static bool begins_anew(const mpt_streams *s, const struct stream *t, const struct side *own,
                        const mpt_segment *g)
{
    if (!(g->flags & MPT_TCP_SYN) || !own->has_base)
        return false;
    if (g->flags & MPT_TCP_ACK)
        return s->close_ends && (g->seq != own->base || t->closed);
    return g->seq != own->base || (s->close_ends && t->closed);
}

static void note_bases(struct side *own, struct side *other, const mpt_segment *g)
{
    if (!own->has_base) {
        own->base = g->flags & MPT_TCP_SYN ? g->seq : g->seq - 1;
        own->has_base = true;
    }
    if (!other->has_base && g->flags & MPT_TCP_ACK) {
        other->base = g->ack - 1;
        other->has_base = true;
    }
}

/* A SYN without the option ends scaling for both (RFC 7323 2.2). */
static void note_scale(struct side *own, struct side *other, const mpt_segment *g)
{
    if (g->presence & MPT_SEGMENT_WINDOW_SCALE)
        own->scale = (int8_t)g->window_scale;
    if (!(g->flags & MPT_TCP_SYN) || g->presence & MPT_SEGMENT_CUT_OPTIONS)
        return;
    if (own->scale == SCALE_UNKNOWN)
        own->scale = other->scale = SCALE_NONE;
    else if (g->flags & MPT_TCP_ACK && other->scale == SCALE_NONE)
        own->scale = SCALE_NONE;
}

static struct stream *stream_of(mpt_streams *s, mpt_segment *g, struct side **own, struct side **other)
{
    int order = memcmp(g->src.address, g->dst.address, sizeof g->src.address);
    bool low = order < 0 || (order == 0 && g->src.port <= g->dst.port);
    struct stream *t = low ? find(s, &g->src, &g->dst) : find(s, &g->dst, &g->src);

    *own = &t->sides[!low];
    *other = &t->sides[low];
    if ((g->flags & (MPT_TCP_SYN | MPT_TCP_ACK)) == MPT_TCP_SYN && !(*own)->has_base)
        t->closed = false; /* so far only the other side was seen, and its end: this may be the beginning */
    if (begins_anew(s, t, *own, g))
        begin(s, t);
    else if ((g->flags & (MPT_TCP_SYN | MPT_TCP_ACK)) == (MPT_TCP_SYN | MPT_TCP_ACK) && (*own)->has_base)
        (*own)->base = g->seq;
    if (g->flags & (MPT_TCP_FIN | MPT_TCP_RST))
        t->closed = true;
    return t;
}

void mpt_streams_label(mpt_streams *s, mpt_segment *g)
{
    struct side *own, *other;
    const struct stream *t = stream_of(s, g, &own, &other);

    g->presence |= MPT_SEGMENT_STREAM;
    g->tcp_stream = t->number;
    if (!(g->presence & MPT_SEGMENT_LENGTH_UNKNOWN)) {
        note_bases(own, other, g);
        if (!(g->flags & MPT_TCP_SYN) && own->scale >= 0)
            g->window <<= own->scale;
    }
    note_scale(own, other, g);
}

void mpt_streams_note_quoted(mpt_streams *s, mpt_segment *g)
{
    struct side *own, *other;

    stream_of(s, g, &own, &other);
}
