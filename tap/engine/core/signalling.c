/* signalling.c - what the MPTCP options and TCP flags of a segment change in its subflow and its connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core.h"
#include "tap/engine/protocol/key.h"

/* Options of kind 30 are at least 3 bytes long. */
#define MAX_OPTIONS (MPT_SEGMENT_OPTION_BYTES / 3)

struct context {
    mpt_engine *e;
    mpt_subflow *s;
    mpt_side side;
    const mpt_segment *g;
    int64_t position; /* of the payload */
};

static mpt_conn_side conn_side_of(const struct context *x)
{
    return mpt_subflow_conn_side(x->s, x->side);
}

/* --- events --- */

/* NULL without a connection, or above max_events. */
static mpt_event *append_event(mpt_engine *e, const mpt_subflow *s, mpt_side side, const mpt_event *what)
{
    mpt_connection *c = s->connection;
    mpt_event event = *what;

    if (!c)
        return NULL;
    event.time_ns = event.last_ns = e->segment->time_ns;
    event.frame = e->segment->frame;
    event.count = MAX(what->count, 1);
    event.owner = s->owner;
    event.side = mpt_subflow_conn_side(s, side);
    if (e->events >= e->config.max_events) {
        c->events_dropped++;
        e->counts.events_dropped++;
        return NULL;
    }
    if (!c->events)
        c->events = g_array_new(FALSE, TRUE, sizeof(mpt_event));
    e->events++;
    g_array_append_val(c->events, event);
    return &g_array_index(c->events, mpt_event, c->events->len - 1);
}

static void tell(mpt_engine *e, const mpt_connection *c, const mpt_event *event)
{
    guint i;

    for (i = 0; i < e->observers->len; i++) {
        const mpt_observed *o = &g_array_index(e->observers, mpt_observed, i);
        if (o->observer->event)
            o->observer->event(c, event, o->user);
    }
}

uint32_t mpt_signal_event(mpt_engine *e, const mpt_subflow *s, mpt_side side, const mpt_event *what)
{
    const mpt_event *event = append_event(e, s, side, what);

    if (!event)
        return PLACE_DROPPED;
    tell(e, s->connection, event);
    return s->connection->events->len;
}

/* Repetitions of one thing are one event, at `place` (see mpt_half): counts one more, or returns false. */
static bool repeated(mpt_connection *c, uint32_t place, int64_t time_ns)
{
    mpt_event *event;

    if (!place)
        return false;
    if (place == PLACE_DROPPED)
        return true;
    event = &g_array_index(c->events, mpt_event, place - 1);
    event->count++;
    event->last_ns = MAX(event->last_ns, time_ns);
    return true;
}

static void close_up(uint32_t *place, uint32_t removed, uint32_t same)
{
    if (*place == removed)
        *place = same;
    else if (*place > removed && *place != PLACE_DROPPED)
        --*place;
}

void mpt_signal_remove_event(mpt_connection *c, uint32_t removed, uint32_t same)
{
    for (guint i = 0; i < c->subflows->len; i++) {
        mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        for (mpt_half *h = s->half; h < s->half + MPT_SIDES; h++) {
            close_up(&h->fin_event, removed, same);
            close_up(&h->rst_event, removed, same);
            close_up(&h->ignored_event, removed, same);
            close_up(&h->infinite_event, removed, same);
        }
    }
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++)
        close_up(&c->level[side].fin_event, removed, same);
    g_array_remove_index(c->events, removed - 1);
}

/* The subflow goes on: its RST was ignored, and it was not closed. */
static void withdraw_rst(mpt_engine *e, mpt_subflow *s, mpt_half *h)
{
    mpt_connection *c = s->connection;
    mpt_event *event;
    uint32_t place;

    if (h->rst_event && h->rst_event != PLACE_DROPPED) {
        event = &g_array_index(c->events, mpt_event, h->rst_event - 1);
        event->type = MPT_EVENT_IGNORED;
        event->other.subtype = MPT_IGNORED_RST;
        event->other.length = 0;
        event->other.why = MPT_IGNORED_WINDOW;
    }
    h->ignored_event = h->rst_event;
    h->rst_event = 0;
    for (place = c->events ? c->events->len : 0; place > 0; place--) {
        event = &g_array_index(c->events, mpt_event, place - 1);
        e->work++;
        if (event->type == MPT_EVENT_SUBFLOW_CLOSED && event->owner == s->owner)
            break;
    }
    if (place > 0) {
        mpt_signal_remove_event(c, place, 0);
        e->events--;
    }
}

void mpt_signal_flags(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_segment *g,
                      mpt_subflow_state before)
{
    mpt_connection *c = s->connection;
    mpt_half *h = &s->half[side];

    if (!c)
        return;
    if (before == MPT_STATE_RESET && s->state == MPT_STATE_SYN_SENT && mpt_engine_affords(e))
        withdraw_rst(e, s, &s->half[s->rst_side]);
    if (s->rst_ignored && !repeated(c, h->ignored_event, g->time_ns))
        h->ignored_event =
            mpt_signal_event(e, s, side,
                             &(mpt_event){.type = MPT_EVENT_IGNORED,
                                          .other = {.subtype = MPT_IGNORED_RST, .why = MPT_IGNORED_WINDOW}});
    if (g->flags & MPT_TCP_RST && !s->rst_ignored && !repeated(c, h->rst_event, g->time_ns))
        h->rst_event = mpt_signal_event(e, s, side, &(mpt_event){.type = MPT_EVENT_RST});
    if (g->flags & MPT_TCP_FIN && !repeated(c, h->fin_event, g->time_ns))
        h->fin_event = mpt_signal_event(e, s, side, &(mpt_event){.type = MPT_EVENT_FIN});
    if (s->state != before && s->state != MPT_STATE_SYN_SENT)
        mpt_signal_event(e, s, side,
                         &(mpt_event){.type = s->state == MPT_STATE_ESTABLISHED
                                                  ? MPT_EVENT_SUBFLOW_ESTABLISHED
                                                  : MPT_EVENT_SUBFLOW_CLOSED,
                                      .reason = s->state});
}

static uint32_t signal_event(const struct context *x, const mpt_event *what)
{
    return mpt_signal_event(x->e, x->s, x->side, what);
}

/* --- MP_CAPABLE --- */

static bool capable_connection(struct context *x, const mpt_mp_capable *o)
{
    mpt_subflow *s = x->s;
    mpt_connection *c, *partial = s->connection;
    mpt_side client;
    bool syn = x->g->flags & MPT_TCP_SYN, ack = x->g->flags & MPT_TCP_ACK;

    if (s->kind == MPT_SUBFLOW_CAPABLE)
        return partial != NULL;
    /* What came before its handshake made it a partial connection, which is whole now. */
    if (partial && (!partial->partial || s->kind != MPT_SUBFLOW_UNKNOWN || s->join))
        return false;
    /* Only the client sends both keys; a SYN/ACK is the server's (RFC 8684 3.1). */
    if (!syn && !o->has_receiver_key)
        return false;
    client = syn && ack ? mpt_side_other(x->side) : x->side;
    c = mpt_identity_new_connection(x->e, s, false);
    if (!c)
        return false;
    s->kind = MPT_SUBFLOW_CAPABLE;
    s->initiator_known = true;
    s->initiator = client;
    if (!partial)
        return mpt_identity_attach(x->e, c, s, client, MPT_CONN_SIDE_A);
    mpt_identity_merge(x->e, c, partial, mpt_subflow_conn_side(s, client) != MPT_CONN_SIDE_A);
    if (s->connection == c)
        return true;
    s->kind = MPT_SUBFLOW_UNKNOWN; /* above a limit */
    return false;
}

static void capable_version(mpt_connection *c, mpt_subflow *s, bool syn, bool ack, uint8_t version)
{
    int8_t *v = !syn ? &c->version_ack : ack ? &c->version_synack : &c->version_syn;

    if (*v < 0 || (syn && !ack))
        *v = (int8_t)version;
    if (!syn)
        s->ack_capable = true;
    else if (ack)
        s->synack_capable = true;
    else
        s->syn_capable = true;
}

static void capable_data(const struct context *x, const mpt_mp_capable *o)
{
    mpt_connection *c = x->s->connection;
    mpt_conn_side side = conn_side_of(x);
    mpt_data_level *d = &c->level[side];

    if (!o->data_len || !d->relative_known)
        return;
    d->expected = MAX(d->expected, d->idsn + 1 + o->data_len);
    mpt_account_mapping(x->e, x->s, x->side,
                        &(mpt_waiting_mapping){.position = x->position,
                                               .dsn = d->idsn + 1,
                                               .ssn = 1,
                                               .length = o->data_len,
                                               .frame = x->g->frame,
                                               .dss_length = o->data_len,
                                               .checksum = o->checksum,
                                               .has_checksum = o->has_checksum},
                        x->g->payload_len);
}

static void third_ack(const struct context *x)
{
    if (!x->g->payload_len && !(x->g->flags & (MPT_TCP_RST | MPT_TCP_FIN)))
        mpt_subflow_third_ack(x->s, x->side, x->g);
}

/* RFC 8684 3.1: the keys of the third ACK, and of MP_CAPABLE with data, are those exchanged before. */
static bool other_keys(const mpt_connection *c, mpt_conn_side side, const mpt_mp_capable *o)
{
    const mpt_host *own = &c->host[side], *peer = &c->host[mpt_conn_side_other(side)];

    return (o->has_sender_key && own->key_known && own->key != o->sender_key) ||
           (o->has_receiver_key && peer->key_known && peer->key != o->receiver_key);
}

static void take_capable(struct context *x, const mpt_mp_capable *o)
{
    bool syn = x->g->flags & MPT_TCP_SYN, ack = x->g->flags & MPT_TCP_ACK, again;
    mpt_subflow *s = x->s;
    mpt_connection *c;
    mpt_conn_side side;
    unsigned version;

    if (!capable_connection(x, o)) {
        if (s->connection && s->join)
            signal_event(x, &(mpt_event){.type = MPT_EVENT_IGNORED,
                                         .other = {MPT_MP_CAPABLE, 0, MPT_IGNORED_ON_JOIN}});
        return;
    }
    c = s->connection;
    side = conn_side_of(x);
    again = syn ? (ack ? s->synack_capable : s->syn_capable) : s->ack_capable;
    capable_version(c, s, syn, ack, o->version);
    /* Flag A of the third ACK says what both asked for: enough where neither SYN nor SYN/ACK is there. */
    if (syn || (o->checksum_required && !c->checksum_told)) {
        c->checksum_told = true;
        c->checksum_required |= o->checksum_required;
    }
    version = (unsigned)mpt_connection_version(c);
    /* A v1 SYN has no key; its receiver may answer in v0, so a SYN's key waits for no SYN/ACK
     * (RFC 8684 3.1). */
    if (x->e->config.want_evidence && !syn && other_keys(c, side, o))
        mpt_evidence_sight(s, x->side, x->g, MPT_SIGHT_KEYS, MPT_MP_CAPABLE);
    if (o->has_sender_key)
        mpt_identity_set_key(x->e, c, side, o->sender_key, version);
    if (o->has_receiver_key)
        mpt_identity_set_key(x->e, c, mpt_conn_side_other(side), o->receiver_key, version);
    if (!syn && o->has_receiver_key)
        third_ack(x);
    if (!syn && o->has_data)
        capable_data(x, o);
    if (x->e->config.want_evidence && o->has_data && o->data_len)
        mpt_evidence_sight(s, x->side, x->g, MPT_SIGHT_DSS, MPT_MP_CAPABLE);
    if (!again)
        signal_event(x, &(mpt_event){.type = MPT_EVENT_MP_CAPABLE, .capable = *o});
}

/* A subflow whose handshake is not in the capture: any option shows that it is MPTCP's. Which connection it
 * is of turns out with the first 64-bit number (find_relatives). */
static bool any_connection(const struct context *x)
{
    mpt_subflow *s = x->s;
    mpt_connection *c = s->connection ? NULL : mpt_identity_new_connection(x->e, s, true);

    if (s->connection)
        return true;
    s->kind = MPT_SUBFLOW_UNKNOWN;
    return c && mpt_identity_attach(x->e, c, s, MPT_SIDE_A, MPT_CONN_SIDE_A);
}

/* --- MP_JOIN --- */

static void join_connection(struct context *x, const mpt_mp_join *o)
{
    mpt_subflow *s = x->s;
    mpt_connection *c;
    mpt_conn_side receiver = MPT_CONN_SIDE_B;

    c = mpt_identity_find_token(x->e, o->token, &receiver);
    if (!c) {
        c = mpt_identity_new_connection(x->e, s, true);
        if (!c)
            return;
        mpt_identity_set_token(x->e, c, receiver, o->token);
    }
    /* The token is the receiver's: it tells which side of the connection this one is not (RFC 8684 3.2). */
    s->kind = MPT_SUBFLOW_JOIN;
    mpt_identity_attach(x->e, c, s, x->side, mpt_conn_side_other(receiver));
}

/* What came before its SYN put the subflow into a connection, perhaps one of its own: the token tells which
 * one it is of. */
static void join_after_all(struct context *x, const mpt_mp_join *o)
{
    mpt_subflow *s = x->s;
    mpt_connection *own = s->connection, *c;
    mpt_conn_side receiver = mpt_conn_side_other(conn_side_of(x));

    c = mpt_identity_find_token(x->e, o->token, &receiver);
    if (!c && own->partial && !own->host[receiver].token_known)
        mpt_identity_set_token(x->e, own, receiver, o->token);
    if (c && c != own) {
        bool flip = conn_side_of(x) == receiver;
        if (own->partial)
            mpt_identity_merge(x->e, c, own, flip);
        else if (c->partial)
            mpt_identity_merge(x->e, own, c, flip);
        else
            return;
    }
    s->kind = MPT_SUBFLOW_JOIN;
}

static void join_values(struct context *x, const mpt_mp_join *o)
{
    mpt_subflow *s = x->s;
    mpt_join *j = s->join;

    switch (o->step) {
    case MPT_JOIN_SYN:
        j->syn_seen = true;
        j->token = o->token;
        j->nonce[0] = o->nonce;
        j->verdict[0] = j->verdict[1] = MPT_VERDICT_NONE;
        break;
    case MPT_JOIN_SYNACK:
        j->synack_seen = true;
        j->nonce[1] = o->nonce;
        j->verdict[0] = j->verdict[1] = MPT_VERDICT_NONE;
        j->synack_frame = x->g->frame;
        j->synack_ns = x->g->time_ns;
        memcpy(j->synack_hmac, o->hmac, sizeof j->synack_hmac);
        break;
    case MPT_JOIN_ACK:
        j->ack_seen = true;
        j->verdict[1] = MPT_VERDICT_NONE;
        j->ack_is_third = s->third_seen && s->ack_frame == x->g->frame;
        j->ack_frame = x->g->frame;
        j->ack_ns = x->g->time_ns;
        memcpy(j->ack_hmac, o->hmac, sizeof j->ack_hmac);
        return;
    }
    s->address_id_known[x->side] = s->backup_known[x->side] = true;
    s->address_id[x->side] = o->address_id;
    s->backup[x->side] = o->backup;
}

static void join_verify(struct context *x, mpt_join_step step)
{
    if (x->e->config.want_hmacs && step != MPT_JOIN_SYN &&
        mpt_connection_verify_join(x->s->connection, x->s, step) == MPT_VERDICT_BAD)
        signal_event(x, &(mpt_event){.type = MPT_EVENT_HMAC_BAD, .reason = step});
}

static void take_join(struct context *x, const mpt_mp_join *o)
{
    bool syn = x->g->flags & MPT_TCP_SYN, ack = x->g->flags & MPT_TCP_ACK, again;
    mpt_subflow *s = x->s;

    if (o->step != (syn ? (ack ? MPT_JOIN_SYNACK : MPT_JOIN_SYN) : MPT_JOIN_ACK))
        return;
    if (o->step != MPT_JOIN_SYN)
        any_connection(x);
    else if (!s->connection)
        join_connection(x, o);
    else if (s->kind == MPT_SUBFLOW_UNKNOWN)
        join_after_all(x, o);
    if (!s->join)
        s->join = g_new0(mpt_join, 1);
    if (s->kind == MPT_SUBFLOW_TCP)
        s->kind = MPT_SUBFLOW_UNKNOWN;
    again = o->step == MPT_JOIN_SYN      ? s->join->syn_seen
            : o->step == MPT_JOIN_SYNACK ? s->join->synack_seen
                                         : s->join->ack_seen;
    if (again)
        return;
    join_values(x, o);
    if (o->step == MPT_JOIN_ACK)
        third_ack(x);
    if (signal_event(x, &(mpt_event){.type = MPT_EVENT_MP_JOIN, .join = *o}) != PLACE_DROPPED)
        join_verify(x, o->step);
}

/* --- DSS --- */

/* A subflow without MP_CAPABLE or the SYN with MP_JOIN: its connection is found by 64-bit numbers,
 * or is new. */
static bool dss_connection(struct context *x, const mpt_dss *o)
{
    mpt_subflow *s = x->s;
    mpt_connection *c = NULL;
    mpt_conn_side side;

    if (s->connection)
        return true;
    if (o->has_mapping && o->dsn_64bit)
        c = mpt_identity_find_dsn(x->e, o->dsn, NULL, &side);
    if (!c && o->has_ack && o->ack_64bit && (c = mpt_identity_find_dsn(x->e, o->data_ack, NULL, &side)))
        side = mpt_conn_side_other(side);
    if (!c)
        return any_connection(x);
    s->kind = MPT_SUBFLOW_UNKNOWN;
    return mpt_identity_attach(x->e, c, s, x->side, side);
}

/* level[side] of a partial connection has its first 64-bit number: is it a direction of one that is known? */
static void find_relatives(struct context *x, mpt_conn_side side, uint64_t dsn)
{
    mpt_connection *c = x->s->connection, *other;
    mpt_conn_side other_side;
    bool flip;

    other = c->partial ? mpt_identity_find_dsn(x->e, dsn, c, &other_side) : NULL;
    mpt_identity_index_dsn(x->e, c, side);
    if (!other)
        return;
    flip = side != other_side;
    if (!other->partial || other->index < c->index)
        mpt_identity_merge(x->e, other, c, flip);
    else
        mpt_identity_merge(x->e, c, other, flip);
}

static void dss_event(const struct context *x, mpt_event_type type, int64_t dsn, const mpt_dss *o,
                      uint32_t *place)
{
    if (!repeated(x->s->connection, *place, x->g->time_ns))
        *place = signal_event(
            x, &(mpt_event){.type = type, .data = {.dsn = dsn, .ssn = o->ssn, .length = o->length}});
}

/* The event of a DATA_FIN at another position than the last one's, if there is one already. */
static uint32_t find_data_fin(const struct context *x, int64_t fin, uint32_t last)
{
    const mpt_connection *c = x->s->connection;
    const mpt_event *event =
        last && last != PLACE_DROPPED ? &g_array_index(c->events, mpt_event, last - 1) : NULL;
    guint i = c->events ? c->events->len : 0;

    if (!event || event->data.dsn == fin)
        return last;
    x->e->work += i;
    if (!mpt_engine_affords(x->e))
        return last;
    for (; i > 0; i--) {
        event = &g_array_index(c->events, mpt_event, i - 1);
        if (event->type == MPT_EVENT_DATA_FIN && event->side == conn_side_of(x) && event->data.dsn == fin)
            return i;
    }
    return 0;
}

static void take_data_fin(const struct context *x, const mpt_dss *o, int64_t fin)
{
    mpt_data_level *d = &x->s->connection->level[conn_side_of(x)];

    d->fins++;
    if (!d->has_fin) {
        d->has_fin = true;
        d->fin_frame = x->g->frame;
        d->fin_ns = x->g->time_ns;
        d->fin = fin;
        mpt_account_data_fin(d);
    }
    d->fin_event = find_data_fin(x, fin, d->fin_event);
    dss_event(x, MPT_EVENT_DATA_FIN, fin, o, &d->fin_event);
}

static void far_number(const struct context *x)
{
    x->s->connection->far_mappings++;
    if (x->e->config.want_evidence)
        mpt_evidence_far(x->s->connection, x->s, x->g);
}

/* RFC 8684 3.7: where it has data, or data without mapping follows, or nothing. */
static void take_infinite(const struct context *x, const mpt_dss *o, int64_t dsn)
{
    mpt_connection *c = x->s->connection;
    mpt_half *h = &x->s->half[x->side];

    dss_event(x, MPT_EVENT_INFINITE_MAPPING, dsn, o, &h->infinite_event);
    if (x->g->payload_len || c->mp_fail) {
        c->infinite_mapping = true;
        mpt_account_infinite(x->e, x->s, x->side, o->ssn, dsn, x->position);
    } else if (!c->infinite_mapping && !h->infinite) {
        h->infinite = g_new(mpt_waiting_mapping, 1);
        *h->infinite =
            (mpt_waiting_mapping){.position = x->position, .dsn = dsn, .ssn = o->ssn, .frame = x->g->frame};
        c->infinite_waiting++;
    }
}

static void forget_infinite(mpt_connection *c, mpt_half *h)
{
    c->infinite_waiting--;
    g_clear_pointer(&h->infinite, g_free);
}

void mpt_signal_infinite(mpt_engine *e, mpt_subflow *s, mpt_side side, int64_t end)
{
    mpt_half *h = &s->half[side];

    if (!s->connection || end <= h->infinite->position)
        return;
    s->connection->infinite_mapping = true;
    mpt_account_infinite(e, s, side, h->infinite->ssn, h->infinite->dsn, h->infinite->position);
    forget_infinite(s->connection, h);
}

/* Another mapping follows the one of length 0, which was none that ends MPTCP. */
static void not_infinite(const struct context *x, mpt_half *h)
{
    mpt_connection *c = x->s->connection;

    if (h->infinite_event && h->infinite_event != PLACE_DROPPED) {
        mpt_event *event = &g_array_index(c->events, mpt_event, h->infinite_event - 1);
        event->type = MPT_EVENT_IGNORED;
        event->other.subtype = MPT_DSS;
        event->other.length = 0;
        event->other.why = MPT_IGNORED_NOT_INFINITE;
    }
    h->infinite_event = 0;
    forget_infinite(c, h);
}

/* A DSS that maps less than the payload of its segment, or other bytes: the first one stays for which no other
 * DSS makes up. */
static void note_misplaced(const struct context *x, const mpt_dss *o, uint32_t length)
{
    mpt_half *h = &x->s->half[x->side];
    int64_t end = x->position + x->g->payload_len, at;

    if (!mpt_subflow_ssn_position(x->s, x->side, o->ssn, x->position, &at) ||
        (at <= x->position && at + length >= end) || x->g->flags & MPT_TCP_SYN || mpt_subflow_misplaced(h))
        return;
    if (!h->misplaced)
        h->misplaced = g_new(mpt_misplaced, 1);
    *h->misplaced = (mpt_misplaced){.start = x->position,
                                    .end = end,
                                    .time_ns = x->g->time_ns,
                                    .frame = x->g->frame,
                                    .off = at - x->position,
                                    .absolute = o->ssn == x->g->seq};
}

static void take_mapping(const struct context *x, const mpt_dss *o)
{
    mpt_connection *c = x->s->connection;
    mpt_conn_side side = conn_side_of(x);
    mpt_data_level *d = &c->level[side];
    mpt_half *h = &x->s->half[x->side];
    uint32_t length = o->length - (o->data_fin && o->length);
    int64_t dsn;

    if (!mpt_data_level_position(d, o->dsn, o->dsn_64bit, &dsn)) {
        if (x->g->payload_len)
            h->far_frame = x->g->frame;
        far_number(x);
        return;
    }
    if (!o->length) {
        take_infinite(x, o, dsn);
        return;
    }
    if (G_UNLIKELY(h->infinite))
        not_infinite(x, h);
    if (length && x->g->payload_len)
        note_misplaced(x, o, length);
    d->expected = MAX(d->expected, dsn + o->length);
    if (length)
        mpt_account_mapping(x->e, x->s, x->side,
                            &(mpt_waiting_mapping){.position = x->position,
                                                   .dsn = dsn,
                                                   .ssn = o->ssn,
                                                   .length = length,
                                                   .frame = x->g->frame,
                                                   .dss_length = o->length,
                                                   .checksum = o->checksum,
                                                   .has_checksum = o->has_checksum},
                            x->g->payload_len);
    if (o->data_fin)
        take_data_fin(x, o, dsn + o->length - 1);
}

static void take_dss(struct context *x, const mpt_dss *o)
{
    mpt_connection *c;
    mpt_data_level *d;
    int64_t acked;
    bool was_anchored[MPT_CONN_SIDES];
    mpt_conn_side side, other;

    if (!dss_connection(x, o))
        return;
    c = x->s->connection;
    side = conn_side_of(x);
    other = mpt_conn_side_other(side);
    x->s->dss_seen = c->dss_seen = true;
    if (x->e->config.want_evidence)
        mpt_evidence_sight(x->s, x->side, x->g, MPT_SIGHT_DSS, MPT_DSS);
    if (o->has_mapping && x->g->payload_len)
        x->s->dss_on_data = true;
    was_anchored[MPT_CONN_SIDE_A] = c->level[MPT_CONN_SIDE_A].anchored;
    was_anchored[MPT_CONN_SIDE_B] = c->level[MPT_CONN_SIDE_B].anchored;
    if (o->has_mapping)
        take_mapping(x, o);
    if (o->has_ack) {
        d = &c->level[other];
        if (!mpt_data_level_ack_position(d, o->data_ack, o->ack_64bit, &acked)) {
            far_number(x);
        } else {
            if (x->e->config.want_evidence)
                mpt_evidence_data_ack(x->s, x->side, x->g, acked);
            mpt_account_ack(x->e, c, other, acked);
        }
    }
    if (x->e->config.want_evidence)
        mpt_evidence_dss(x->s, x->side, x->g, o);
    if (!was_anchored[side] && c->level[side].anchored && o->has_mapping)
        find_relatives(x, side, o->dsn);
    c = x->s->connection;
    other = mpt_conn_side_other(conn_side_of(x));
    if (!was_anchored[other] && c->level[other].anchored && o->has_ack)
        find_relatives(x, other, o->data_ack);
    mpt_identity_index_dsn(x->e, x->s->connection, conn_side_of(x));
}

/* --- the rest --- */

static void take_prio(struct context *x, const mpt_mp_prio *o, mpt_event *event)
{
    mpt_connection *c = x->s->connection;
    mpt_conn_side side = conn_side_of(x);
    guint i;

    if (event)
        event->prio = *o;
    if (!o->has_address_id) {
        x->s->backup_known[x->side] = true;
        x->s->backup[x->side] = o->backup;
        return;
    }
    /* RFC 6824 3.3.8: about all subflows of that address id of the sender. */
    x->e->work += c->subflows->len;
    if (!mpt_engine_affords(x->e))
        return;
    for (i = 0; i < c->subflows->len; i++) {
        mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        mpt_side k = mpt_subflow_side(s, side);

        if (s->kind == MPT_SUBFLOW_CAPABLE ? o->address_id == 0
                                           : s->address_id_known[k] && s->address_id[k] == o->address_id) {
            s->backup_known[k] = true;
            s->backup[k] = o->backup;
        }
    }
}

static void take_add_addr(struct context *x, const mpt_add_addr *o, mpt_event *event)
{
    if (event)
        event->add_addr = *o;
    if (x->e->config.want_hmacs &&
        mpt_connection_verify_add_addr(x->s->connection, conn_side_of(x), o) == MPT_VERDICT_BAD)
        signal_event(x, &(mpt_event){.type = MPT_EVENT_HMAC_BAD, .reason = MPT_HMAC_ADD_ADDR});
}

static void take_fastclose(struct context *x, const mpt_mp_fastclose *o, mpt_event *event)
{
    mpt_connection *c = x->s->connection;
    const mpt_host *receiver = &c->host[mpt_conn_side_other(conn_side_of(x))];

    if (event)
        event->fastclose = *o;
    /* With another key than its receiver's it is to be ignored (RFC 8684 3.5). */
    if (!c->fastclose && (!receiver->key_known || receiver->key == o->receiver_key)) {
        c->fastclose = true;
        c->fastclose_side = conn_side_of(x);
        c->fastclose_ns = x->g->time_ns;
    }
}

/* What the other version's layout has, or nothing in this segment asks for, is no option to act on. */
static bool ignored(const struct context *x, const mpt_option *o, mpt_ignoring *why)
{
    int version = mpt_connection_version(x->s->connection);
    bool known = version == MPT_V0 || version == MPT_V1, v1 = version == MPT_V1;

    *why = MPT_IGNORED_LENGTH;
    switch (o->subtype) {
    case MPT_MP_PRIO: /* RFC 8684 3.3.8: 3 bytes; RFC 6824 3.3.8: 3 or 4 */
        return v1 && o->prio.has_address_id;
    case MPT_ADD_ADDR: /* RFC 8684 3.4.1: an HMAC, or the echo flag; RFC 6824 3.4.1: neither */
        return known && v1 != (o->add_addr.echo || o->add_addr.has_hmac);
    case MPT_MP_TCPRST:
        *why = MPT_IGNORED_NO_RST;
        return !(x->g->flags & MPT_TCP_RST);
    default:
        return false;
    }
}

static void take_other(struct context *x, const mpt_option *o)
{
    mpt_event_type type =
        o->subtype == MPT_MP_EXPERIMENTAL ? MPT_EVENT_MP_EXPERIMENTAL : MPT_EVENT_UNKNOWN_OPTION;

    if (x->s->connection)
        signal_event(
            x, &(mpt_event){.type = type, .other = {.subtype = (uint8_t)o->subtype, .length = o->length}});
}

static void take_control(struct context *x, const mpt_option *o)
{
    static const mpt_event_type types[MPT_SUBTYPES] = {
        [MPT_ADD_ADDR] = MPT_EVENT_ADD_ADDR,         [MPT_REMOVE_ADDR] = MPT_EVENT_REMOVE_ADDR,
        [MPT_MP_PRIO] = MPT_EVENT_MP_PRIO,           [MPT_MP_FAIL] = MPT_EVENT_MP_FAIL,
        [MPT_MP_FASTCLOSE] = MPT_EVENT_MP_FASTCLOSE, [MPT_MP_TCPRST] = MPT_EVENT_MP_TCPRST,
    };
    mpt_event_type type = types[o->subtype];
    mpt_ignoring why;
    mpt_event *event;
    guint index;

    if (!any_connection(x))
        return;
    if (ignored(x, o, &why)) {
        signal_event(x, &(mpt_event){.type = MPT_EVENT_IGNORED,
                                     .other = {(uint8_t)o->subtype, o->length, (uint8_t)why}});
        return;
    }
    if (o->subtype == MPT_ADD_ADDR && o->add_addr.echo)
        type = MPT_EVENT_ADD_ADDR_ECHO;
    event = append_event(x->e, x->s, x->side, &(mpt_event){.type = type});
    index = x->s->connection->events ? x->s->connection->events->len - 1 : 0;
    switch (o->subtype) {
    case MPT_ADD_ADDR:
        take_add_addr(x, &o->add_addr, event);
        break;
    case MPT_REMOVE_ADDR:
        if (event)
            event->remove_addr = o->remove_addr;
        break;
    case MPT_MP_PRIO:
        take_prio(x, &o->prio, event);
        break;
    case MPT_MP_FAIL:
        x->s->connection->mp_fail = true;
        if (event)
            event->fail = o->fail;
        break;
    case MPT_MP_FASTCLOSE:
        take_fastclose(x, &o->fastclose, event);
        break;
    default:
        if (event)
            event->tcprst = o->tcprst;
        break;
    }
    if (event)
        tell(x->e, x->s->connection, &g_array_index(x->s->connection->events, mpt_event, index));
}

static void note_malformed(const struct context *x)
{
    mpt_engine_counts *counts = &x->e->counts;

    if (counts->malformed_options++)
        return;
    counts->malformed_ns = x->g->time_ns;
    counts->malformed_frame = x->g->frame;
    counts->malformed_flow = x->s->index;
}

void mpt_signal_options(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position)
{
    struct context x = {.e = e, .s = s, .side = side, .g = g, .position = position};
    mpt_option options[MAX_OPTIONS + 1];
    unsigned n = 0, i;
    size_t at = 0, used;
    mpt_option_result result;

    while (n <= MAX_OPTIONS && (result = mpt_option_parse(g->options + at, g->option_len - at, &options[n],
                                                          &used)) != MPT_OPTION_END) {
        at += used;
        if (result == MPT_OPTION_OK || result == MPT_OPTION_OTHER)
            n++;
        else if (result == MPT_OPTION_MALFORMED)
            note_malformed(&x);
    }
    /* The handshake first: what else the segment carries is about the connection that it makes. */
    for (i = 0; i < n; i++) {
        if (options[i].subtype == MPT_MP_CAPABLE)
            take_capable(&x, &options[i].capable);
        else if (options[i].subtype == MPT_MP_JOIN)
            take_join(&x, &options[i].join);
    }
    for (i = 0; i < n; i++) {
        if (G_UNLIKELY(options[i].reserved) && e->config.want_evidence && s->connection)
            mpt_evidence_sight(s, side, g, MPT_SIGHT_RESERVED, (uint8_t)options[i].subtype);
        if (options[i].subtype == MPT_DSS)
            take_dss(&x, &options[i].dss);
        else if (options[i].subtype >= MPT_SUBTYPES)
            take_other(&x, &options[i]);
        else if (options[i].subtype != MPT_MP_CAPABLE && options[i].subtype != MPT_MP_JOIN)
            take_control(&x, &options[i]);
    }
}
