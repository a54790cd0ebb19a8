/* connection.c - see connection.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "connection.h"

#include <string.h>

#include "tap/engine/base/compare.h"
#include "tap/engine/base/prefetch.h"
#include "tap/engine/protocol/key.h"

mpt_connection *mpt_connection_new(void)
{
    mpt_connection *c = g_new0(mpt_connection, 1);

    c->subflows = g_ptr_array_new();
    c->version_syn = c->version_synack = c->version_ack = -1;
    return c;
}

void mpt_connection_free(mpt_connection *c)
{
    if (!c)
        return;
    g_ptr_array_free(c->subflows, TRUE);
    mpt_data_level_clear(&c->level[MPT_CONN_SIDE_A]);
    mpt_data_level_clear(&c->level[MPT_CONN_SIDE_B]);
    if (c->events)
        g_array_unref(c->events);
    g_free(c->evidence);
    g_free(c);
}

int mpt_connection_version(const mpt_connection *c)
{
    return c->version_synack >= 0 ? c->version_synack : c->version_ack >= 0 ? c->version_ack : c->version_syn;
}

static const mpt_subflow *first_subflow(const mpt_connection *c)
{
    const mpt_subflow *first = NULL;
    guint i;

    for (i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        if (!first || s->first_frame < first->first_frame)
            first = s;
    }
    return first;
}

/* FIGURES.md, mptcp_partial: the sender of the first MP_JOIN SYN, else of any SYN, else the higher port. */
mpt_conn_side mpt_connection_client_side(const mpt_connection *c)
{
    const mpt_subflow *join = NULL, *syn = NULL, *first;
    guint i;

    if (!c->partial)
        return MPT_CONN_SIDE_A;
    for (i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        if (s->join && s->join->syn_seen && (!join || s->first_frame < join->first_frame))
            join = s;
        if (s->initiator_known && (!syn || s->first_frame < syn->first_frame))
            syn = s;
    }
    if (join || syn) {
        const mpt_subflow *s = join ? join : syn;
        return mpt_subflow_conn_side(s, s->initiator);
    }
    first = first_subflow(c);
    if (!first)
        return MPT_CONN_SIDE_A;
    return mpt_subflow_conn_side(
        first, first->ends[MPT_SIDE_A].port >= first->ends[MPT_SIDE_B].port ? MPT_SIDE_A : MPT_SIDE_B);
}

int mpt_connection_order(const mpt_connection *a, const mpt_connection *b)
{
    return a->first_frame != b->first_frame ? mpt_compare(a->first_frame, b->first_frame)
                                            : mpt_compare(a->index, b->index);
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    return mpt_subflow_order(*(mpt_subflow *const *)a, *(mpt_subflow *const *)b);
}

GPtrArray *mpt_connection_subflows_by_id(const mpt_connection *c)
{
    GPtrArray *subflows = g_ptr_array_copy(c->subflows, NULL, NULL);

    for (guint i = 0; i < subflows->len; i++)
        mpt_prefetch(subflows->pdata[i], sizeof(mpt_subflow));
    g_ptr_array_sort(subflows, by_id);
    return subflows;
}

const mpt_subflow *mpt_connection_capable(const mpt_connection *c)
{
    guint i;

    for (i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        if (s->kind == MPT_SUBFLOW_CAPABLE)
            return s;
    }
    return NULL;
}

mpt_connection_kind mpt_connection_get_kind(const mpt_connection *c)
{
    const mpt_subflow *s = mpt_connection_capable(c);
    const mpt_half *responder;

    if (c->partial)
        return MPT_KIND_MPTCP_PARTIAL;
    if (!s || s->synack_capable || s->ack_capable || (c->dss_seen && !s->synack_seen) || s->synack_cut)
        return MPT_KIND_MPTCP;
    /* Whoever goes on after the SYN was answered, if not in this capture. */
    responder = &s->half[mpt_side_other(s->initiator)];
    if (!responder->bytes.packets && !responder->seen && !responder->rst_seen && !s->ack_seen)
        return MPT_KIND_UNANSWERED;
    return MPT_KIND_TCP;
}

/* Payload that MP_CAPABLE does not map: a first request of which the capture shows no more says nothing. */
static bool unmapped_data_on(const mpt_subflow *s)
{
    return s->half[MPT_SIDE_A].pending.size || s->half[MPT_SIDE_B].pending.size;
}

/* Data without mapping on the only subflow, after DSS was in use: the last new payload of a side came later
 * than its last mapping and none covers it. Where the segments have DSSs that map other bytes, or to
 * impossible DSNs, none is lost. */
static bool dss_lost(const mpt_subflow *s)
{
    for (mpt_side side = 0; side < MPT_SIDES; side++)
        if (s->half[side].data_without_dss_last && s->half[side].pending.size &&
            !mpt_subflow_misplaced(&s->half[side]) && !mpt_subflow_far(&s->half[side]))
            return true;
    return false;
}

mpt_fallback mpt_connection_get_fallback(const mpt_connection *c)
{
    const mpt_subflow *s = mpt_connection_capable(c);

    switch (mpt_connection_get_kind(c)) {
    case MPT_KIND_MPTCP:
        break;
    case MPT_KIND_TCP:
        return s->synack_seen                        ? MPT_FALLBACK_SYNACK
               : s->ack_seen && s->ack_without_mptcp ? MPT_FALLBACK_ACK
                                                     : MPT_FALLBACK_NONE;
    default:
        return MPT_FALLBACK_NONE;
    }
    if (s && s->ack_seen && s->ack_without_mptcp && !s->ack_capable && !s->dss_on_data)
        return MPT_FALLBACK_ACK;
    if (s && unmapped_data_on(s) && !c->dss_seen && !s->options_cut)
        return MPT_FALLBACK_NO_DSS;
    if (c->infinite_mapping || c->infinite_waiting)
        return MPT_FALLBACK_INFINITE_MAPPING;
    if (c->subflows->len > 1 || !s)
        return MPT_FALLBACK_NONE;
    if (c->mp_fail)
        return MPT_FALLBACK_MP_FAIL;
    return c->dss_seen && !s->options_cut && dss_lost(s) ? MPT_FALLBACK_DSS_LOST : MPT_FALLBACK_NONE;
}

/* The keys of both sides: from the capture, else as given by the user. */
static bool keys_of(const mpt_connection *c, uint64_t key[MPT_CONN_SIDES], int *version)
{
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++)
        key[side] = c->keys_given ? c->given.key[side] : c->host[side].key;
    *version = c->keys_given ? c->given.version : mpt_connection_version(c);
    return c->keys_given || (c->host[MPT_CONN_SIDE_A].key_known && c->host[MPT_CONN_SIDE_B].key_known);
}

mpt_verdict mpt_connection_verify_join(const mpt_connection *c, const mpt_subflow *s, mpt_join_step step)
{
    mpt_join *j = s->join;
    bool ack = step == MPT_JOIN_ACK;
    mpt_conn_side initiator, sender;
    uint64_t key[MPT_CONN_SIDES];
    uint8_t hmac[20];
    int version;

    if (!j || !j->syn_seen || !j->synack_seen || (ack && !j->ack_seen))
        return MPT_VERDICT_NONE;
    if (j->verdict[ack] != MPT_VERDICT_NONE)
        return (mpt_verdict)j->verdict[ack];
    if (!keys_of(c, key, &version) || (version != MPT_V0 && version != MPT_V1))
        return MPT_VERDICT_NONE;
    initiator = mpt_subflow_conn_side(s, s->initiator);
    sender = ack ? initiator : mpt_conn_side_other(initiator);
    mpt_key_join_hmac((unsigned)version, key[sender], key[mpt_conn_side_other(sender)],
                      j->nonce[sender != initiator], j->nonce[sender == initiator], hmac);
    if (memcmp(hmac, ack ? j->ack_hmac : j->synack_hmac, ack ? sizeof j->ack_hmac : sizeof j->synack_hmac) !=
        0)
        j->verdict[ack] = MPT_VERDICT_BAD;
    else
        j->verdict[ack] = MPT_VERDICT_OK;
    return (mpt_verdict)j->verdict[ack];
}

mpt_verdict mpt_connection_verify_add_addr(const mpt_connection *c, mpt_conn_side side,
                                           const mpt_add_addr *option)
{
    uint8_t hmac[sizeof option->hmac];
    uint64_t key[MPT_CONN_SIDES];
    int version;

    if (!option->has_hmac || !keys_of(c, key, &version))
        return MPT_VERDICT_NONE;
    mpt_key_add_addr_hmac(key[side], key[mpt_conn_side_other(side)], option->address_id, &option->address,
                          hmac);
    return memcmp(hmac, option->hmac, sizeof hmac) ? MPT_VERDICT_BAD : MPT_VERDICT_OK;
}

bool mpt_connection_add_addr_leftmost(const mpt_connection *c, mpt_conn_side side, const mpt_add_addr *option)
{
    uint8_t hmac[sizeof option->hmac];
    uint64_t key[MPT_CONN_SIDES];
    int version;

    if (!option->has_hmac || !keys_of(c, key, &version))
        return false;
    mpt_key_add_addr_hmac_left(key[side], key[mpt_conn_side_other(side)], option->address_id,
                               &option->address, hmac);
    return memcmp(hmac, option->hmac, sizeof hmac) == 0;
}

const char *mpt_connection_kind_name(mpt_connection_kind kind)
{
    static const char *const names[] = {
        [MPT_KIND_MPTCP] = "mptcp",
        [MPT_KIND_MPTCP_PARTIAL] = "mptcp_partial",
        [MPT_KIND_UNANSWERED] = "unanswered",
        [MPT_KIND_TCP] = "tcp",
    };

    return names[kind];
}

const char *mpt_fallback_name(mpt_fallback fallback)
{
    static const char *const names[] = {
        [MPT_FALLBACK_NONE] = NULL,
        [MPT_FALLBACK_SYNACK] = "synack",
        [MPT_FALLBACK_ACK] = "ack",
        [MPT_FALLBACK_NO_DSS] = "no_dss",
        [MPT_FALLBACK_INFINITE_MAPPING] = "infinite_mapping",
        [MPT_FALLBACK_MP_FAIL] = "mp_fail",
        [MPT_FALLBACK_DSS_LOST] = "dss_lost",
    };

    return names[fallback];
}
