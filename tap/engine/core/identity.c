/* identity.c - finds the connection of a subflow, by key, token or 64-bit DSN, and merges connections that
 * turn out to be one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core.h"
#include "tap/engine/base/seq.h"
#include "tap/engine/protocol/key.h"

/* A host of a connection, as found under its token or its DSN. */
struct host_ref {
    mpt_connection *c;
    mpt_conn_side side;
};

/* Entries kept under one token or DSN, the newest: collisions are an attack. */
#define MAX_COLLISIONS 64

static void free_refs(gpointer list)
{
    g_slist_free_full(list, g_free);
}

static void add_ref(GHashTable **table, uint32_t key, mpt_connection *c, mpt_conn_side side)
{
    struct host_ref *ref;
    GSList *list, *last;

    if (!*table)
        *table = g_hash_table_new_full(NULL, NULL, NULL, free_refs);
    list = g_hash_table_lookup(*table, GUINT_TO_POINTER(key));
    ref = g_new(struct host_ref, 1);
    *ref = (struct host_ref){.c = c, .side = side};
    if ((last = g_slist_nth(list, MAX_COLLISIONS - 2))) {
        g_slist_free_full(last->next, g_free);
        last->next = NULL;
    }
    g_hash_table_steal(*table, GUINT_TO_POINTER(key));
    g_hash_table_insert(*table, GUINT_TO_POINTER(key), g_slist_prepend(list, ref));
}

static void remove_refs(GHashTable *table, uint32_t key, const mpt_connection *c, mpt_conn_side side)
{
    GSList *list = table ? g_hash_table_lookup(table, GUINT_TO_POINTER(key)) : NULL, *l, *next;

    if (!list)
        return;
    g_hash_table_steal(table, GUINT_TO_POINTER(key));
    for (l = list; l; l = next) {
        struct host_ref *ref = l->data;
        next = l->next;
        if (ref->c == c && ref->side == side) {
            g_free(ref);
            list = g_slist_delete_link(list, l);
        }
    }
    if (list)
        g_hash_table_insert(table, GUINT_TO_POINTER(key), list);
}

void mpt_identity_free(mpt_engine *e)
{
    g_clear_pointer(&e->tokens, g_hash_table_destroy);
    g_clear_pointer(&e->dsns, g_hash_table_destroy);
}

mpt_connection *mpt_identity_new_connection(mpt_engine *e, mpt_subflow *s, bool partial)
{
    mpt_connection *c;

    if (e->connections->len - e->idle.connections_gone >= e->config.max_connections) {
        e->counts.connections_dropped += !s->left_out;
        s->left_out = true;
        return NULL;
    }
    c = mpt_connection_new();
    c->index = mpt_eviction_place(e->connections, e->idle.free_connections, &e->idle.connections_gone, c);
    c->partial = partial;
    c->start_ns = c->end_ns = e->segment->time_ns;
    c->first_frame = e->segment->frame;
    mpt_eviction_connection(e);
    return c;
}

bool mpt_identity_attach(mpt_engine *e, mpt_connection *c, mpt_subflow *s, mpt_side side,
                         mpt_conn_side conn_side)
{
    if (c->subflows->len >= e->config.max_subflows) {
        e->counts.subflows_dropped++;
        return false;
    }
    s->connection = c;
    s->flip = (unsigned)side != (unsigned)conn_side;
    s->owner = (uint16_t)c->subflows->len;
    g_ptr_array_add(c->subflows, s);
    c->start_ns = MIN(c->start_ns, s->start_ns);
    c->end_ns = MAX(c->end_ns, s->end_ns);
    c->first_frame = MIN(c->first_frame, s->first_frame);
    mpt_account_adopt(s);
    if (!s->idle)
        mpt_eviction_carries(e, s);
    return true;
}

mpt_connection *mpt_identity_find_token(mpt_engine *e, uint32_t token, mpt_conn_side *side)
{
    GSList *list = e->tokens ? g_hash_table_lookup(e->tokens, GUINT_TO_POINTER(token)) : NULL;
    const struct host_ref *ref;

    if (!list)
        return NULL;
    ref = list->data;
    *side = ref->side;
    return ref->c;
}

const mpt_connection *mpt_engine_token_twin(const mpt_engine *e, const mpt_connection *c, mpt_conn_side side)
{
    const mpt_host *h = &c->host[side];
    GSList *l =
        h->token_known && e->tokens ? g_hash_table_lookup(e->tokens, GUINT_TO_POINTER(h->token)) : NULL;

    for (; l; l = l->next) {
        const struct host_ref *ref = l->data;
        if (ref->c != c && ref->c->index < c->index)
            return ref->c;
    }
    return NULL;
}

/* A partial connection that was found by a token, before the key that the token belongs to was seen. */
static void adopt_partial(mpt_engine *e, mpt_connection *c, mpt_conn_side side, uint32_t token)
{
    GSList *l = e->tokens ? g_hash_table_lookup(e->tokens, GUINT_TO_POINTER(token)) : NULL;
    unsigned i;

    for (i = 0; l && i < MAX_COLLISIONS; l = l->next, i++) {
        const struct host_ref *ref = l->data;
        if (ref->c != c && ref->c->partial) {
            mpt_identity_merge(e, c, ref->c, ref->side != side);
            return;
        }
    }
}

/* The user may have given the keys that the capture lacks. */
static void use_given_keys(mpt_engine *e, mpt_connection *c, mpt_conn_side side, uint32_t token)
{
    mpt_role whose;
    const mpt_key_pair *pair = mpt_keylist_find(e->config.keys, token, &whose);

    if (!pair || c->keys_given)
        return;
    c->keys_given = true;
    c->given = *pair;
    c->given.key[side] = pair->key[whose];
    c->given.key[mpt_conn_side_other(side)] = pair->key[mpt_role_other(whose)];
}

void mpt_identity_set_token(mpt_engine *e, mpt_connection *c, mpt_conn_side side, uint32_t token)
{
    mpt_host *h = &c->host[side];

    if (h->token_known && h->token == token)
        return;
    if (h->token_known)
        remove_refs(e->tokens, h->token, c, side);
    h->token_known = true;
    h->token = token;
    if (!c->partial)
        adopt_partial(e, c, side, token);
    else if (e->config.keys)
        use_given_keys(e, c, side, token);
    add_ref(&e->tokens, token, c, side);
}

void mpt_identity_set_key(mpt_engine *e, mpt_connection *c, mpt_conn_side side, uint64_t key,
                          unsigned version)
{
    mpt_host *h = &c->host[side];
    uint32_t token;
    guint i;

    if (version > MPT_V1 || (h->key_known && h->key == key))
        return;
    if (h->key_known) /* the first key stays */
        return;
    h->key_known = h->idsn_known = true;
    h->key = key;
    mpt_key_derive(key, version, &token, &h->idsn);
    mpt_data_level_set_idsn(&c->level[side], h->idsn);
    mpt_identity_set_token(e, c, side, token);
    mpt_identity_index_dsn(e, c, side);
    for (i = 0; i < c->subflows->len; i++) {
        mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        mpt_account_syn_data(e, s, mpt_subflow_side(s, side));
    }
}

/* Where level[side] is now: the DSN expected next. */
static uint64_t current_dsn(const mpt_data_level *d)
{
    return mpt_data_level_dsn(d, d->expected);
}

mpt_connection *mpt_identity_find_dsn(mpt_engine *e, uint64_t dsn, const mpt_connection *except,
                                      mpt_conn_side *side)
{
    int step;

    if (!e->dsns)
        return NULL;
    for (step = -1; step <= 1; step++) {
        uint32_t upper = (uint32_t)(dsn >> 32) + (uint32_t)step;
        GSList *l = g_hash_table_lookup(e->dsns, GUINT_TO_POINTER(upper));
        unsigned i;

        for (i = 0; l && i < MAX_COLLISIONS; l = l->next, i++) {
            const struct host_ref *ref = l->data;
            int64_t d = mpt_seq64_diff(dsn, current_dsn(&ref->c->level[ref->side]));

            if (ref->c != except && d > -(INT64_C(1) << 32) && d < INT64_C(1) << 32) {
                *side = ref->side;
                return ref->c;
            }
        }
    }
    return NULL;
}

void mpt_identity_index_dsn(mpt_engine *e, mpt_connection *c, mpt_conn_side side)
{
    const mpt_data_level *d = &c->level[side];
    uint64_t upper = current_dsn(d) >> 32;

    if (!d->anchored || (c->dsn_indexed[side] && c->indexed_dsn[side] == upper))
        return;
    if (c->dsn_indexed[side])
        remove_refs(e->dsns, c->indexed_dsn[side], c, side);
    c->dsn_indexed[side] = true;
    c->indexed_dsn[side] = (uint32_t)upper;
    add_ref(&e->dsns, (uint32_t)upper, c, side);
}

/* --- merging --- */

/* How far positions of `from` move to be positions of `to`. */
static int64_t level_shift(mpt_data_level *to, mpt_data_level *from)
{
    int64_t position = 0;

    if (!from->based)
        return 0;
    if (!to->based) {
        to->based = true;
        to->anchored = from->anchored;
        to->base = from->base;
        to->expected = from->expected;
        return 0;
    }
    return mpt_data_level_position(to, from->base, from->anchored, &position) ? position : 0;
}

/* A DATA_ACK of the other connection: the two highest stay, each with the time when it was first reached. */
static void merge_acked(mpt_data_level *to, int64_t acked, int64_t time_ns)
{
    if (!to->acked_known || acked > to->acked) {
        to->earlier_known = to->acked_known;
        to->earlier = to->acked;
        to->earlier_ns = to->acked_ns;
        to->acked_known = true;
        to->acked = acked;
        to->acked_ns = time_ns;
    } else if (acked == to->acked) {
        to->acked_ns = MIN(to->acked_ns, time_ns);
    } else if (!to->earlier_known || acked > to->earlier) {
        to->earlier_known = true;
        to->earlier = acked;
        to->earlier_ns = time_ns;
    } else if (acked == to->earlier) {
        to->earlier_ns = MIN(to->earlier_ns, time_ns);
    }
}

static void merge_level_state(mpt_data_level *to, const mpt_data_level *from, int64_t shift)
{
    to->expected = MAX(to->expected, from->expected + shift);
    if (from->has_fin && (!to->has_fin || from->fin_ns < to->fin_ns)) {
        to->has_fin = true;
        to->fin = from->fin + shift;
        to->fin_ns = from->fin_ns;
        to->fin_frame = from->fin_frame;
        to->fin_acked = from->fin_acked;
        to->fin_acked_ns = from->fin_acked_ns;
    }
    to->fins += from->fins;
    to->acks += from->acks;
    if (from->ack_expected_known) {
        to->ack_expected_known = true;
        to->ack_expected = from->ack_expected + shift;
    }
    if (from->earlier_known)
        merge_acked(to, from->earlier + shift, from->earlier_ns);
    if (from->acked_known)
        merge_acked(to, from->acked + shift, from->acked_ns);
    if (to->has_fin)
        mpt_account_data_fin(to);
    mpt_histogram_merge(&to->rtt, &from->rtt);
}

static void move_subflows(mpt_connection *to, mpt_connection *from, bool flip,
                          const int64_t shift[MPT_CONN_SIDES])
{
    guint i;

    for (i = 0; i < from->subflows->len; i++) {
        mpt_subflow *s = g_ptr_array_index(from->subflows, i);

        for (mpt_side side = 0; side < MPT_SIDES; side++) {
            mpt_conn_side from_side = mpt_subflow_conn_side(s, side);
            guint k, n = s->half[side].waiting ? s->half[side].waiting->len : 0;

            mpt_mapping_shift(&s->half[side].mapping, shift[from_side]);
            for (k = 0; k < n; k++)
                g_array_index(s->half[side].waiting, mpt_waiting_mapping, k).dsn += shift[from_side];
            if (s->half[side].infinite)
                s->half[side].infinite->dsn += shift[from_side];
        }
        s->connection = to;
        s->flip ^= flip;
        s->owner = (uint16_t)to->subflows->len;
        g_ptr_array_add(to->subflows, s);
    }
}

static void move_place(uint32_t *place, guint by)
{
    if (*place && *place != PLACE_DROPPED)
        *place += by;
}

/* DATA_FINs at one position are one event: those from `by` on were another connection's. */
static void join_data_fins(mpt_engine *e, mpt_connection *c, guint by)
{
    for (guint i = c->events->len; i > by; i--) {
        const mpt_event moved = g_array_index(c->events, mpt_event, i - 1);
        if (moved.type != MPT_EVENT_DATA_FIN)
            continue;
        e->work += by + c->subflows->len;
        if (!mpt_engine_affords(e))
            return;
        for (guint k = 0; k < by; k++) {
            mpt_event *event = &g_array_index(c->events, mpt_event, k);
            if (event->type != MPT_EVENT_DATA_FIN || event->side != moved.side ||
                event->data.dsn != moved.data.dsn)
                continue;
            event->count += moved.count;
            event->last_ns = MAX(event->last_ns, moved.last_ns);
            if (moved.time_ns < event->time_ns) {
                event->time_ns = moved.time_ns;
                event->frame = moved.frame;
                event->owner = moved.owner;
            }
            mpt_signal_remove_event(c, i, k + 1);
            break;
        }
    }
}

/* The subflows of `from` are those from `offset` on already. */
static void move_events(mpt_engine *e, mpt_connection *to, mpt_connection *from, unsigned offset, bool flip,
                        const int64_t shift[MPT_CONN_SIDES])
{
    guint i, by = to->events ? to->events->len : 0;

    if (!from->events)
        return;
    if (!to->events)
        to->events = g_array_new(FALSE, TRUE, sizeof(mpt_event));
    for (i = offset; i < to->subflows->len; i++) {
        mpt_subflow *s = g_ptr_array_index(to->subflows, i);
        for (mpt_half *h = s->half; h < s->half + MPT_SIDES; h++) {
            move_place(&h->fin_event, by);
            move_place(&h->rst_event, by);
            move_place(&h->ignored_event, by);
            move_place(&h->infinite_event, by);
        }
    }
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        mpt_data_level *d = &to->level[mpt_conn_side_flip(side, flip)];
        move_place(&from->level[side].fin_event, by);
        if (!d->fin_event)
            d->fin_event = from->level[side].fin_event;
    }
    for (i = 0; i < from->events->len; i++) {
        mpt_event event = g_array_index(from->events, mpt_event, i);
        if (event.type == MPT_EVENT_DATA_FIN || event.type == MPT_EVENT_INFINITE_MAPPING ||
            event.type == MPT_EVENT_CHECKSUM_BAD)
            event.data.dsn += shift[event.side];
        event.owner = (uint16_t)(event.owner + offset);
        event.side = mpt_conn_side_flip(event.side, flip);
        g_array_append_val(to->events, event);
    }
    join_data_fins(e, to, by);
}

void mpt_identity_forget(mpt_engine *e, mpt_connection *c)
{
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        if (c->host[side].token_known)
            remove_refs(e->tokens, c->host[side].token, c, side);
        if (c->dsn_indexed[side])
            remove_refs(e->dsns, c->indexed_dsn[side], c, side);
        c->dsn_indexed[side] = false;
        mpt_data_level_clear(&c->level[side]);
        c->host[side] = (mpt_host){0};
    }
    if (c->events)
        g_array_set_size(c->events, 0);
    g_ptr_array_set_size(c->subflows, 0);
}

static void merge_conflicts(mpt_seen *to, const mpt_seen *from, unsigned offset)
{
    uint64_t count = to->count + from->count;

    if (from->count && (!to->count || from->frame < to->frame)) {
        *to = *from;
        to->owner = (uint16_t)(from->owner + offset);
    }
    to->count = count;
}

void mpt_identity_merge(mpt_engine *e, mpt_connection *to, mpt_connection *from, bool flip)
{
    unsigned offset = to->subflows->len;
    int64_t shift[MPT_CONN_SIDES];
    mpt_host host[MPT_CONN_SIDES];
    guint i;

    if (to == from || offset + from->subflows->len > e->config.max_subflows)
        return;
    e->work += from->subflows->len + from->level[MPT_CONN_SIDE_A].owned.runs.count +
               from->level[MPT_CONN_SIDE_B].owned.runs.count;
    if (!mpt_engine_affords(e))
        return;
    mpt_eviction_merged(e, to, from);
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++)
        shift[side] = level_shift(&to->level[mpt_conn_side_flip(side, flip)], &from->level[side]);
    move_subflows(to, from, flip, shift);
    move_events(e, to, from, offset, flip, shift);
    if (e->config.want_evidence)
        mpt_evidence_merged(to, offset);
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        mpt_conn_side to_side = mpt_conn_side_flip(side, flip);
        mpt_account_merge_level(e, to, to_side, from, side, offset, shift[side]);
        merge_conflicts(&to->conflicts[to_side], &from->conflicts[side], offset);
        merge_level_state(&to->level[to_side], &from->level[side], shift[side]);
        mpt_identity_index_dsn(e, to, to_side);
    }
    to->start_ns = MIN(to->start_ns, from->start_ns);
    to->end_ns = MAX(to->end_ns, from->end_ns);
    to->first_frame = MIN(to->first_frame, from->first_frame);
    to->dss_seen |= from->dss_seen;
    to->infinite_mapping |= from->infinite_mapping;
    to->infinite_waiting += from->infinite_waiting;
    to->mp_fail |= from->mp_fail;
    if (from->fastclose && (!to->fastclose || from->fastclose_ns < to->fastclose_ns)) {
        to->fastclose = true;
        to->fastclose_side = mpt_conn_side_flip(from->fastclose_side, flip);
        to->fastclose_ns = from->fastclose_ns;
    }
    to->events_dropped += from->events_dropped;
    to->far_mappings += from->far_mappings;
    for (i = 0; i < e->observers->len; i++) {
        const mpt_observed *o = &g_array_index(e->observers, mpt_observed, i);
        if (o->observer->merge)
            o->observer->merge(to, from, offset, flip, o->user);
    }
    memcpy(host, from->host, sizeof host);
    /* Before its tokens are set for `to`: they would find `from` again. */
    mpt_identity_forget(e, from);
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        mpt_conn_side to_side = mpt_conn_side_flip(side, flip);
        if (host[side].token_known && !to->host[to_side].token_known)
            mpt_identity_set_token(e, to, to_side, host[side].token);
    }
}
