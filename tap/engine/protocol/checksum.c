/* checksum.c - see checksum.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checksum.h"

#include <string.h>

/* Mappings under verification at once, per direction of a subflow; beyond it none is opened. */
#define MAX_OPEN      8192
/* Open mappings that one segment may be a part of. */
#define MAX_LOOKED_AT 1024

struct open_mapping {
    mpt_checksummed of; /* its position is the key */
    uint32_t received;
    uint64_t sum;       /* of 16-bit words, not folded */
    mpt_ranges covered; /* offsets in the mapping */
    bool touched;       /* has payload, captured or not */
};

static void open_mapping_free(gpointer p)
{
    struct open_mapping *m = p;

    mpt_ranges_clear(&m->covered);
    g_free(m);
}

static gint compare_positions(gconstpointer a, gconstpointer b, gpointer data)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    (void)data;
    return x < y ? -1 : x > y;
}

void mpt_checksums_clear(mpt_checksums *c)
{
    g_clear_pointer(&c->open, g_tree_destroy);
    mpt_ranges_clear(&c->done);
    mpt_ranges_clear(&c->wrong);
    c->ok = c->bad = 0;
}

/* 16-bit words of the pseudo-header of RFC 8684 3.3 (figure 10), with the checksum itself: a good mapping's
 * sum, folded, is 0xffff. */
static uint64_t header_sum(const mpt_checksummed *m)
{
    return (m->dsn >> 48) + ((m->dsn >> 32) & 0xffff) + ((m->dsn >> 16) & 0xffff) + (m->dsn & 0xffff) +
           (m->ssn >> 16) + (m->ssn & 0xffff) + m->dss_length + m->checksum;
}

/* Sum of big-endian words of bytes that lie at an even (or odd) offset of the mapping. */
static uint64_t payload_sum(const uint8_t *p, uint32_t n, bool odd)
{
    uint64_t sum = 0;
    uint32_t i;

    for (i = 0; i < n; i++)
        sum += (i & 1) == odd ? (uint64_t)p[i] << 8 : p[i];
    return sum;
}

static uint16_t folded(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

void mpt_checksums_open(mpt_checksums *c, const mpt_checksummed *mapping)
{
    struct open_mapping *m;
    int64_t position = mapping->position;

    if (!mapping->length || mpt_ranges_covered(&c->done, position, position + 1))
        return;
    if (!c->open)
        c->open = g_tree_new_full(compare_positions, NULL, NULL, open_mapping_free);
    if (g_tree_lookup(c->open, &position) || g_tree_nnodes(c->open) >= MAX_OPEN)
        return;
    m = g_new0(struct open_mapping, 1);
    m->of = *mapping;
    m->sum = header_sum(mapping);
    g_tree_insert(c->open, &m->of.position, m);
    c->longest = MAX(c->longest, mapping->length);
}

struct filling {
    struct open_mapping *mapping;
    const uint8_t *bytes; /* of offset `start` in the mapping */
    int64_t start;
};

static void fill(const mpt_piece *piece, void *data)
{
    struct filling *f = data;
    uint32_t n = (uint32_t)(piece->end - piece->start);

    if (!piece->fresh)
        return;
    f->mapping->sum += payload_sum(f->bytes + (piece->start - f->start), n, piece->start & 1);
    f->mapping->received += n;
}

/* Gives the mapping what it lacks of the segment's payload; true when it is complete. */
static bool feed(struct open_mapping *m, int64_t position, const uint8_t *payload, uint32_t length,
                 uint32_t captured)
{
    static const mpt_stamp nobody;
    int64_t start = MAX(position, m->of.position),
            end = MIN(position + length, m->of.position + m->of.length);
    struct filling f = {.mapping = m};

    if (start >= end)
        return false;
    m->touched = true;
    end = MIN(end, position + captured);
    if (start >= end || !payload)
        return false;
    f.bytes = payload + (start - position);
    f.start = start - m->of.position;
    mpt_ranges_claim(&m->covered, f.start, end - m->of.position, &nobody, fill, &f);
    return m->received == m->of.length;
}

/* Folded sums are off by the difference to 0xffff, in which 0 and 0xffff are the same number. */
static void note_fault(mpt_checksum_faults *f, const struct open_mapping *m, bool first)
{
    const uint16_t checksum = m->of.checksum, swapped = (uint16_t)(checksum << 8 | checksum >> 8);
    const uint16_t residue = folded(m->sum);

    f->swapped += folded(m->sum + (uint16_t)~checksum + swapped) == 0xffff;
    f->differ |= !first && residue != f->residue;
    if (first)
        f->residue = residue;
}

static void finish(mpt_checksums *c, struct open_mapping *m, unsigned *bad, mpt_checksummed *first_bad)
{
    static const mpt_stamp nobody;
    int64_t end = m->of.position + m->of.length;

    if (folded(m->sum) == 0xffff) {
        c->ok++;
    } else {
        note_fault(&c->faults, m, !c->bad);
        c->bad++;
        mpt_ranges_claim(&c->wrong, m->of.position, end, &nobody, NULL, NULL);
        if (!(*bad)++ && first_bad)
            *first_bad = m->of;
    }
    mpt_ranges_claim(&c->done, m->of.position, end, &nobody, NULL, NULL);
    g_tree_remove(c->open, &m->of.position);
}

unsigned mpt_checksums_payload(mpt_checksums *c, int64_t position, const uint8_t *payload, uint32_t length,
                               uint32_t captured, mpt_checksummed *first_bad)
{
    unsigned bad = 0;
    int64_t cursor = position - c->longest;
    unsigned looked_at = 0;
    GTreeNode *node;

    if (!c->open || !length)
        return 0;
    while ((node = g_tree_lower_bound(c->open, &cursor))) {
        struct open_mapping *m = g_tree_node_value(node);

        if (m->of.position >= position + length || ++looked_at > MAX_LOOKED_AT)
            break;
        cursor = m->of.position + 1;
        if (feed(m, position, payload, length, captured))
            finish(c, m, &bad, first_bad);
    }
    return bad;
}

static gboolean count_touched(gpointer key, gpointer value, gpointer data)
{
    (void)key;
    *(uint64_t *)data += ((struct open_mapping *)value)->touched;
    return FALSE;
}

uint64_t mpt_checksums_incomplete(const mpt_checksums *c)
{
    uint64_t n = 0;

    if (c->open)
        g_tree_foreach(c->open, count_touched, &n);
    return n;
}
