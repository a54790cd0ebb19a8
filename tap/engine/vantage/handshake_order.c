/* handshake_order.c - see handshake_order.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "handshake_order.h"

#include <glib.h>
#include <stdbool.h>

#include "tap/engine/protocol/key.h"
#include "tap/engine/protocol/option.h"

/* A power of two: handshakes of which it takes but a few. */
#define SLOTS      4096u
#define MAX_TOKENS (1u << 16)

enum { OF_SERVER, OF_CLIENT, ASKED_FOR }; /* bits of tokens */
/* Who sent the SYN. */
enum { BY_SERVER = -2, MAYBE_BY_CLIENT = 1, BY_CLIENT = 2 };

/* A SYN (when, its sequence number), or how long one waited for its answer. */
struct mpt_pending_handshake {
    uint64_t key; /* 0: free */
    int64_t ns;
    uint32_t isn;
    int by;
};

void mpt_handshake_order_clear(mpt_handshake_order *a)
{
    g_free(a->slots);
    a->slots = NULL;
    mpt_signature_set_clear(&a->tokens);
}

static struct mpt_pending_handshake *slot_of(mpt_handshake_order *a, uint64_t key)
{
    if (!a->slots)
        a->slots = g_new0(struct mpt_pending_handshake, SLOTS);
    return &a->slots[key & (SLOTS - 1)];
}

static uint64_t flow_key(const mpt_endpoint *initiator, const mpt_endpoint *responder, unsigned self)
{
    uint64_t flow = (uint64_t)mpt_endpoint_hash(initiator) << 32 | mpt_endpoint_hash(responder);

    return mpt_signature_set_mix(flow, self + 1) | 1;
}

static bool read_option(const mpt_segment *g, mpt_option *o)
{
    size_t used;

    return g->option_len && mpt_option_parse(g->options, g->option_len, o, &used) == MPT_OPTION_OK;
}

void mpt_handshake_order_note_keys(mpt_handshake_order *a, const mpt_segment *g)
{
    bool syn = g->flags & MPT_TCP_SYN, ack = g->flags & MPT_TCP_ACK;
    mpt_option o;

    if (!read_option(g, &o) || o.subtype != MPT_MP_CAPABLE || !o.capable.has_sender_key)
        return;
    mpt_signature_set_add(&a->tokens, mpt_key_token(o.capable.sender_key, o.capable.version),
                          syn && ack ? OF_SERVER : OF_CLIENT, MAX_TOKENS);
}

static int sent_by(mpt_handshake_order *a, const mpt_segment *g)
{
    mpt_option o;
    uint64_t of;

    if (!read_option(g, &o) || (o.subtype != MPT_MP_CAPABLE && o.subtype != MPT_MP_JOIN))
        return MAYBE_BY_CLIENT;
    if (o.subtype == MPT_MP_CAPABLE)
        return BY_CLIENT;
    of = mpt_signature_set_add(&a->tokens, o.join.token, ASKED_FOR, MAX_TOKENS);
    return of >> OF_SERVER & 1u ? BY_CLIENT : of >> OF_CLIENT & 1u ? BY_SERVER : MAYBE_BY_CLIENT;
}

void mpt_handshake_order_syn(mpt_handshake_order *a, unsigned self, const mpt_segment *g)
{
    uint64_t key = flow_key(&g->src, &g->dst, self);
    struct mpt_pending_handshake *s = slot_of(a, key);

    /* Of a SYN that is sent again the first counts: so the wait is the longer the nearer to
     * the sender, always. */
    if (s->key == key && s->isn == g->seq)
        return;
    *s = (struct mpt_pending_handshake){.key = key, .ns = g->time_ns, .isn = g->seq, .by = sent_by(a, g)};
}

static void add(int8_t *sum, int one)
{
    *sum = (int8_t)CLAMP(*sum + one, -100, 100);
}

static void tell(mpt_assignment *all, unsigned self, unsigned other, int64_t longer_ns, int by)
{
    bool weak = by == MAYBE_BY_CLIENT;
    int nearer = (longer_ns > 0) == (by > 0) ? 1 : -1;

    if (longer_ns == 0)
        return;
    add(&all[self].before[weak][other], nearer);
    add(&all[other].before[weak][self], -nearer);
}

void mpt_handshake_order_synack(mpt_handshake_order *a, mpt_assignment *all, unsigned self,
                                const mpt_segment *g, const uint64_t signatures[2], const uint64_t masks[2])
{
    uint64_t key = flow_key(&g->dst, &g->src, self), told = UINT64_C(1) << self;
    struct mpt_pending_handshake *syn = slot_of(a, key);
    int64_t waited;
    int by;

    if (syn->key != key)
        return;
    waited = g->time_ns - syn->ns;
    by = syn->by;
    /* One that is sent again waits longer, which tells nothing. */
    syn->key = 0;
    for (unsigned k = 0; k < 2; k++) {
        for (unsigned i = 0; signatures[k] && i < MPT_VANTAGE_INTERFACES; i++) {
            uint64_t other = mpt_signature_set_mix(signatures[k], i + 1) & ~UINT64_C(1);
            if (!(masks[k] >> i & 1u) || told >> i & 1u || slot_of(a, other)->key != other)
                continue;
            tell(all, self, i, waited - slot_of(a, other)->ns, by);
            told |= UINT64_C(1) << i;
        }
        if (signatures[k]) {
            uint64_t own = mpt_signature_set_mix(signatures[k], self + 1) & ~UINT64_C(1);
            *slot_of(a, own) = (struct mpt_pending_handshake){.key = own, .ns = waited};
        }
    }
}
