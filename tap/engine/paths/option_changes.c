/* option_changes.c - see option_changes.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "option_changes.h"

#include <string.h>

/* An option has 3 bytes at least. */
#define MAX_OPTIONS 14

/* The options of a segment at one end. */
typedef struct list {
    unsigned count;
    mpt_option option[MAX_OPTIONS];
    bool used[MAX_OPTIONS];
} list;

static void parse(list *l, const uint8_t *bytes, size_t length)
{
    mpt_option_result result;
    size_t used;

    l->count = 0;
    memset(l->used, 0, sizeof l->used);
    while (l->count < MAX_OPTIONS) {
        result = mpt_option_parse(bytes, length, &l->option[l->count], &used);
        if (result == MPT_OPTION_END)
            break;
        l->count += result == MPT_OPTION_OK;
        bytes += used;
        length -= used;
    }
}

static bool same_number(uint64_t a, bool a_64bit, uint64_t b, bool b_64bit)
{
    return a_64bit && b_64bit ? a == b : (uint32_t)a == (uint32_t)b;
}

/* False: they say the same. */
static bool compare_dss(const mpt_dss *a, const mpt_dss *b, mpt_option_change_part *part)
{
    if (a->has_mapping != b->has_mapping || a->data_fin != b->data_fin ||
        (a->has_mapping && (!same_number(a->dsn, a->dsn_64bit, b->dsn, b->dsn_64bit) || a->ssn != b->ssn ||
                            a->length != b->length)))
        *part = MPT_OPTION_CHANGE_MAPPING;
    else if (a->has_ack != b->has_ack ||
             (a->has_ack && !same_number(a->data_ack, a->ack_64bit, b->data_ack, b->ack_64bit)))
        *part = MPT_OPTION_CHANGE_DATA_ACK;
    else if (a->has_checksum != b->has_checksum || a->checksum != b->checksum)
        *part = MPT_OPTION_CHANGE_CHECKSUM;
    else
        return false;
    return true;
}

static bool compare_add_addr(const mpt_add_addr *a, const mpt_add_addr *b, mpt_option_change_part *part)
{
    bool same = a->address_id == b->address_id && mpt_endpoint_equal(&a->address, &b->address);

    *part = same ? MPT_OPTION_CHANGE_CONTENT : MPT_OPTION_CHANGE_ADDRESS;
    return !same || a->echo != b->echo || a->has_hmac != b->has_hmac ||
           memcmp(a->hmac, b->hmac, sizeof a->hmac) != 0;
}

static bool compare_capable(const mpt_mp_capable *a, const mpt_mp_capable *b, mpt_option_change_part *part)
{
    bool same = a->has_sender_key == b->has_sender_key && a->has_receiver_key == b->has_receiver_key &&
                a->sender_key == b->sender_key && a->receiver_key == b->receiver_key;

    *part = same ? MPT_OPTION_CHANGE_CONTENT : MPT_OPTION_CHANGE_KEYS;
    return !same || a->version != b->version || a->flags != b->flags || a->has_data != b->has_data ||
           a->data_len != b->data_len || a->has_checksum != b->has_checksum || a->checksum != b->checksum;
}

static bool compare_join(const mpt_mp_join *a, const mpt_mp_join *b, mpt_option_change_part *part)
{
    bool same = a->step == b->step && a->token == b->token && a->nonce == b->nonce &&
                memcmp(a->hmac, b->hmac, sizeof a->hmac) == 0;

    *part = same ? MPT_OPTION_CHANGE_CONTENT : MPT_OPTION_CHANGE_KEYS;
    return !same || a->backup != b->backup || a->address_id != b->address_id;
}

/* Of options that have no such parts. */
static bool differ(const mpt_option *a, const mpt_option *b)
{
    switch (a->subtype) {
    case MPT_REMOVE_ADDR:
        return a->remove_addr.count != b->remove_addr.count ||
               memcmp(a->remove_addr.ids, b->remove_addr.ids, a->remove_addr.count) != 0;
    case MPT_MP_PRIO:
        return a->prio.backup != b->prio.backup || a->prio.has_address_id != b->prio.has_address_id ||
               a->prio.address_id != b->prio.address_id;
    case MPT_MP_FAIL:
        return a->fail.dsn != b->fail.dsn;
    case MPT_MP_FASTCLOSE:
        return a->fastclose.receiver_key != b->fastclose.receiver_key;
    default:
        return a->tcprst.flags != b->tcprst.flags || a->tcprst.reason != b->tcprst.reason;
    }
}

static bool compare(const mpt_option *a, const mpt_option *b, mpt_option_change_part *part)
{
    *part = MPT_OPTION_CHANGE_CONTENT;
    switch (a->subtype) {
    case MPT_MP_CAPABLE:
        return compare_capable(&a->capable, &b->capable, part);
    case MPT_MP_JOIN:
        return compare_join(&a->join, &b->join, part);
    case MPT_DSS:
        return compare_dss(&a->dss, &b->dss, part);
    case MPT_ADD_ADDR:
        return compare_add_addr(&a->add_addr, &b->add_addr, part);
    default:
        return differ(a, b);
    }
}

static mpt_option_change *find(GArray **changes, const mpt_option_change *like)
{
    if (!*changes)
        *changes = g_array_new(FALSE, FALSE, sizeof(mpt_option_change));
    for (guint i = 0; i < (*changes)->len; i++) {
        mpt_option_change *c = &g_array_index(*changes, mpt_option_change, i);
        if (c->subtype == like->subtype && c->part == like->part && c->ends == like->ends &&
            c->side == like->side)
            return c;
    }
    g_array_append_val(*changes, *like);
    return &g_array_index(*changes, mpt_option_change, (*changes)->len - 1);
}

/* a, b: the option at each end; NULL: not there. */
static void add(GArray **changes, const mpt_option_change_segment *g, const mpt_option *a,
                const mpt_option *b, mpt_option_change_part part)
{
    mpt_option_change like = {
        .subtype = a ? a->subtype : b->subtype, .part = part, .side = g->side, .flags = g->flags};
    mpt_option_change *c;

    like.ends = (a ? 1u << MPT_END_A : 0u) | (b ? 1u << MPT_END_B : 0u);
    memcpy(like.frame, g->frame, sizeof like.frame);
    memcpy(like.time_ns, g->time_ns, sizeof like.time_ns);
    if (a)
        like.option[MPT_END_A] = *a;
    if (b)
        like.option[MPT_END_B] = *b;
    c = find(changes, &like);
    /* A segment that is split on the way comes here once for each part. */
    c->segments += c->segments == 0 || (c->last[0] != g->frame[0] && c->last[1] != g->frame[1]);
    memcpy(c->last, g->frame, sizeof c->last);
}

static unsigned like(const list *l, mpt_subtype subtype)
{
    for (unsigned i = 0; i < l->count; i++)
        if (!l->used[i] && l->option[i].subtype == subtype)
            return i;
    return l->count;
}

void mpt_option_changes_note(GArray **changes, const mpt_option_change_segment *g)
{
    mpt_option_change_part part;
    list a, b;

    if (g->length[0] == g->length[1] && memcmp(g->options[0], g->options[1], g->length[0]) == 0)
        return;
    parse(&a, g->options[0], g->length[0]);
    parse(&b, g->options[1], g->length[1]);
    for (unsigned i = 0; i < a.count; i++) {
        unsigned k = like(&b, a.option[i].subtype);
        if (k == b.count) {
            add(changes, g, &a.option[i], NULL, MPT_OPTION_CHANGE_PRESENCE);
            continue;
        }
        b.used[k] = true;
        if (compare(&a.option[i], &b.option[k], &part))
            add(changes, g, &a.option[i], &b.option[k], part);
    }
    for (unsigned k = 0; k < b.count; k++)
        if (!b.used[k])
            add(changes, g, NULL, &b.option[k], MPT_OPTION_CHANGE_PRESENCE);
}

const char *mpt_option_change_part_name(mpt_option_change_part part)
{
    static const char *const names[] = {
        [MPT_OPTION_CHANGE_PRESENCE] = "presence", [MPT_OPTION_CHANGE_ADDRESS] = "address",
        [MPT_OPTION_CHANGE_MAPPING] = "mapping",   [MPT_OPTION_CHANGE_CHECKSUM] = "checksum",
        [MPT_OPTION_CHANGE_DATA_ACK] = "data_ack", [MPT_OPTION_CHANGE_KEYS] = "keys",
        [MPT_OPTION_CHANGE_CONTENT] = "content",
    };

    return names[part];
}
