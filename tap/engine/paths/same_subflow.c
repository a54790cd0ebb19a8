/* same_subflow.c - see same_subflow.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "same_subflow.h"

#include "tap/engine/base/signature_set.h"

static const struct reason {
    uint32_t points;
    const char *words;
} REASONS[MPT_PATH_REASONS] = {
    {50, "key of the connection"},   {50, "token and nonce of the join"},
    {30, "initial sequence number"}, {30, "initial sequence number of the answer"},
    {20, "addresses and ports"},     {30, "sequence numbers"},
};

const char *mpt_path_reason(unsigned k)
{
    return REASONS[k].words;
}

static uint32_t raw_isn(const mpt_half *h)
{
    return h->origin;
}

bool mpt_same_name(const mpt_subflow *s, unsigned k, uint64_t *name)
{
    const mpt_connection *c = s->connection;
    mpt_side opener = s->initiator_known ? s->initiator : MPT_SIDE_A;
    mpt_conn_side server;

    switch (1u << k) {
    case MPT_PATH_KEY:
        if (!c || s->kind != MPT_SUBFLOW_CAPABLE ||
            !(c->host[MPT_CONN_SIDE_A].key_known || c->host[MPT_CONN_SIDE_B].key_known))
            return false;
        /* The server's, which both versions have in the SYN/ACK. */
        server = mpt_conn_side_other(mpt_connection_client_side(c));
        if (!c->host[server].key_known)
            return false;
        *name = c->host[server].key;
        break;
    case MPT_PATH_NONCE:
        if (!s->join || !s->join->syn_seen)
            return false;
        *name = (uint64_t)s->join->token << 32 | s->join->nonce[0];
        break;
    case MPT_PATH_ISN:
    case MPT_PATH_PEER_ISN: {
        const mpt_half *h = &s->half[1u << k == MPT_PATH_ISN ? opener : mpt_side_other(opener)];
        if (!s->initiator_known || !h->isn_known)
            return false;
        *name = raw_isn(h);
        break;
    }
    case MPT_PATH_TUPLE:
        *name = mpt_signature_set_mix(mpt_endpoint_hash(&s->ends[0]) ^ mpt_endpoint_hash(&s->ends[1]), 1);
        break;
    default:
        return false;
    }
    *name = mpt_signature_set_mix(*name, k + 1u);
    return true;
}

bool mpt_same_tuple(const mpt_subflow *a, const mpt_subflow *b)
{
    return (mpt_endpoint_equal(&a->ends[0], &b->ends[0]) && mpt_endpoint_equal(&a->ends[1], &b->ends[1])) ||
           (mpt_endpoint_equal(&a->ends[0], &b->ends[1]) && mpt_endpoint_equal(&a->ends[1], &b->ends[0]));
}

/* Is side 0 of one side 1 of the other? */
bool mpt_same_is_flipped(const mpt_subflow *a, const mpt_subflow *b)
{
    if (a->initiator_known && b->initiator_known)
        return a->initiator != b->initiator;
    return !mpt_endpoint_equal(&a->ends[0], &b->ends[0]);
}

/* A later connection between the same ports has other sequence numbers. */
static bool sequences_overlap(const mpt_subflow *a, const mpt_subflow *b)
{
    bool flip = mpt_same_is_flipped(a, b);
    unsigned alike = 0;

    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        const mpt_half *x = &a->half[side], *y = &b->half[flip ? mpt_side_other(side) : side];
        if (!x->seen || !y->seen)
            continue;
        int64_t from = (int32_t)(x->origin - y->origin);
        if (from + x->next < 0 || from > y->next)
            return false;
        alike++;
    }
    return alike > 0;
}

bool mpt_same_contradict(const mpt_subflow *a, const mpt_subflow *b)
{
    return a->join && b->join && a->join->syn_seen && b->join->syn_seen &&
           a->join->nonce[0] != b->join->nonce[0];
}

static bool is_the_same(const mpt_subflow *a, const mpt_subflow *b, unsigned k)
{
    uint64_t x, y;

    if (1u << k == MPT_PATH_SEQUENCE)
        return !(a->initiator_known && b->initiator_known) && mpt_same_tuple(a, b) && sequences_overlap(a, b);
    return mpt_same_name(a, k, &x) && mpt_same_name(b, k, &y) && x == y;
}

uint32_t mpt_same_score(const mpt_subflow *a, const mpt_subflow *b, uint32_t *reasons)
{
    uint32_t score = 0;

    *reasons = 0;
    for (unsigned k = 0; k < MPT_PATH_REASONS; k++)
        if (is_the_same(a, b, k)) {
            *reasons |= 1u << k;
            score += REASONS[k].points;
        }
    return score;
}
