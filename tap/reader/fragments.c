/* fragments.c - see fragments.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fragments.h"

#include <glib.h>
#include <string.h>

/* Datagrams of one frame, one inside the other, whose bytes are borrowed at a time. */
#define KEPT 5

struct piece {
    struct piece *next; /* by offset, then by arrival */
    uint32_t offset, length;
    uint8_t bytes[];
};

struct key {
    mpt_endpoint src, dst;
    uint32_t id;
};

struct datagram {
    struct key key;
    struct piece *pieces;
    uint32_t length; /* by the last fragment */
    bool has_length;
    uint32_t bytes; /* of all pieces */
    GList place;    /* in the order in which they began */
};

struct mpt_fragments {
    GHashTable *datagrams; /* key -> struct datagram */
    GQueue began;
    uint32_t bytes;
    uint8_t *whole[KEPT]; /* the newest that were completed */
    unsigned newest;
};

static guint key_hash(gconstpointer k)
{
    const struct key *key = k;

    return mpt_endpoint_hash(&key->src) ^ mpt_endpoint_hash(&key->dst) * 31 ^ key->id * 2654435761u;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    G_STATIC_ASSERT(sizeof(struct key) == 44);
    return !memcmp(a, b, sizeof(struct key));
}

static void free_datagram(gpointer p)
{
    struct datagram *d = p;

    for (struct piece *piece = d->pieces, *next; piece; piece = next) {
        next = piece->next;
        g_free(piece);
    }
    g_free(d);
}

mpt_fragments *mpt_fragments_new(void)
{
    mpt_fragments *f = g_new0(mpt_fragments, 1);

    f->datagrams = g_hash_table_new_full(key_hash, key_equal, NULL, free_datagram);
    g_queue_init(&f->began);
    return f;
}

void mpt_fragments_free(mpt_fragments *f)
{
    if (!f)
        return;
    g_hash_table_destroy(f->datagrams);
    for (unsigned i = 0; i < KEPT; i++)
        g_free(f->whole[i]);
    g_free(f);
}

static void forget(mpt_fragments *f, struct datagram *d)
{
    g_queue_unlink(&f->began, &d->place);
    f->bytes -= d->bytes;
    g_hash_table_remove(f->datagrams, &d->key);
}

static struct datagram *datagram_of(mpt_fragments *f, const mpt_fragment *fragment)
{
    struct key key = {fragment->src, fragment->dst, fragment->id};
    struct datagram *d = g_hash_table_lookup(f->datagrams, &key);

    if (d)
        return d;
    d = g_new0(struct datagram, 1);
    d->key = key;
    d->place.data = d;
    g_hash_table_insert(f->datagrams, &d->key, d);
    g_queue_push_tail_link(&f->began, &d->place);
    return d;
}

static void insert(mpt_fragments *f, struct datagram *d, const mpt_fragment *fragment)
{
    struct piece **at = &d->pieces, *piece = g_malloc(sizeof *piece + fragment->length);
    uint32_t size = (uint32_t)sizeof *piece + fragment->length;

    piece->offset = fragment->offset;
    piece->length = fragment->length;
    memcpy(piece->bytes, fragment->bytes, fragment->length);
    while (*at && (*at)->offset <= piece->offset)
        at = &(*at)->next;
    piece->next = *at;
    *at = piece;
    d->bytes += size;
    f->bytes += size;
    if (!fragment->more && !d->has_length) {
        d->has_length = true;
        d->length = fragment->offset + fragment->length;
    }
}

static bool is_complete(const struct datagram *d)
{
    uint32_t end = 0;

    for (const struct piece *p = d->pieces; p && p->offset <= end; p = p->next)
        end = MAX(end, p->offset + p->length);
    return d->has_length && end >= d->length;
}

static const uint8_t *put_together(mpt_fragments *f, const struct datagram *d)
{
    uint8_t *whole = g_malloc(MAX(d->length, 1));
    uint32_t end = 0;

    for (const struct piece *p = d->pieces; p && end < d->length; p = p->next) {
        uint32_t to = MIN(p->offset + p->length, d->length);
        if (to <= end)
            continue;
        memcpy(whole + end, p->bytes + (end - p->offset), to - end);
        end = to;
    }
    f->newest = (f->newest + 1) % KEPT;
    g_free(f->whole[f->newest]);
    return f->whole[f->newest] = whole;
}

const uint8_t *mpt_fragments_add(mpt_fragments *f, const mpt_fragment *fragment, uint32_t *length,
                                 unsigned *forgotten)
{
    struct datagram *d = datagram_of(f, fragment);
    const uint8_t *whole = NULL;

    insert(f, d, fragment);
    if (is_complete(d)) {
        *length = d->length;
        whole = put_together(f, d);
        forget(f, d);
    }
    while (f->bytes > MPT_FRAGMENTS_BYTES) {
        forget(f, f->began.head->data);
        ++*forgotten;
    }
    return whole;
}
