/* event_pairs.c - see event_pairs.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "event_pairs.h"

struct search {
    const mpt_connection_view *v;
    const GArray *events;
    guint index;
    const mpt_event *e;
};

typedef bool (*match_func)(const struct search *s, const mpt_event *other);

static const mpt_event *find_before(const struct search *s, match_func match)
{
    for (guint i = s->index, n = 0; i-- > 0 && n < MPT_PAIRS_REACH; n++) {
        const mpt_event *other = &g_array_index(s->events, mpt_event, i);
        if (match(s, other))
            return other;
    }
    return NULL;
}

static const mpt_event *find_after(const struct search *s, match_func match)
{
    for (guint i = s->index + 1, n = 0; i < s->events->len && n < MPT_PAIRS_REACH; i++, n++) {
        const mpt_event *other = &g_array_index(s->events, mpt_event, i);
        if (match(s, other))
            return other;
    }
    return NULL;
}

/* --- addresses --- */

static bool same_address(const mpt_add_addr *a, const mpt_add_addr *b)
{
    return a->address_id == b->address_id && mpt_endpoint_equal(&a->address, &b->address);
}

static bool is_same_announcement(const struct search *s, const mpt_event *other)
{
    return other->type == MPT_EVENT_ADD_ADDR && other->side == s->e->side &&
           same_address(&other->add_addr, &s->e->add_addr);
}

static bool is_announcement(const struct search *s, const mpt_event *other)
{
    return other->type == MPT_EVENT_ADD_ADDR && other->side != s->e->side &&
           same_address(&other->add_addr, &s->e->add_addr);
}

static bool is_echo(const struct search *s, const mpt_event *other)
{
    return other->type == MPT_EVENT_ADD_ADDR_ECHO && other->side != s->e->side &&
           same_address(&other->add_addr, &s->e->add_addr);
}

/* An announcement without a port is about the ports in use (RFC 8684 3.4.1). */
static bool is_at(const mpt_endpoint *end, const mpt_add_addr *announced)
{
    return announced->has_port ? mpt_endpoint_equal(end, &announced->address)
                               : mpt_endpoint_same_address(end, &announced->address);
}

static const mpt_endpoint *end_of(const mpt_connection_view *v, const mpt_subflow_view *s, mpt_conn_side side)
{
    return mpt_metrics_endpoint(s, mpt_metrics_role(v, side));
}

/* The other host announced the address that the join goes to. */
static bool is_destination(const struct search *s, const mpt_event *other)
{
    const mpt_subflow_view *subflow = mpt_metrics_subflow_of(s->v, s->e->owner);

    return other->type == MPT_EVENT_ADD_ADDR && other->side != s->e->side && subflow &&
           is_at(end_of(s->v, subflow, other->side), &other->add_addr);
}

static void pair_announcement(const struct search *s, mpt_event_pairs *pairs)
{
    pairs->cause = find_before(s, is_same_announcement);
    pairs->echo = find_after(s, is_echo);
    for (uint32_t i = 0; i < s->v->subflow_count && !pairs->count; i++) {
        const mpt_subflow_view *subflow = &s->v->subflows[i];
        if (is_at(end_of(s->v, subflow, s->e->side), &s->e->add_addr))
            pairs->subflows[pairs->count++].subflow = subflow;
    }
}

/* --- subflows that end --- */

/* RFC 8684 3.4.2: the id is one of the sender's addresses; 0 is that of the first subflow (3.2). */
static bool has_id(const mpt_connection_view *v, const mpt_subflow_view *s, const mpt_event *removal)
{
    mpt_maybe_int id = s->address_id[mpt_metrics_role(v, removal->side)];

    for (unsigned i = 0; id.known && i < removal->remove_addr.count; i++)
        if (removal->remove_addr.ids[i] == id.value)
            return true;
    return false;
}

static const mpt_event *end_after(const struct search *s, const mpt_subflow_view *subflow)
{
    for (guint i = s->index + 1, n = 0; i < s->events->len && n < MPT_PAIRS_REACH; i++, n++) {
        const mpt_event *other = &g_array_index(s->events, mpt_event, i);
        if (other->type == MPT_EVENT_SUBFLOW_CLOSED && other->owner == subflow->subflow->owner)
            return other;
    }
    return NULL;
}

static bool ended_before(const struct search *s, const mpt_subflow_view *subflow)
{
    for (guint i = s->index, n = 0; i-- > 0 && n < MPT_PAIRS_REACH; n++) {
        const mpt_event *other = &g_array_index(s->events, mpt_event, i);
        if (other->type == MPT_EVENT_SUBFLOW_CLOSED && other->owner == subflow->subflow->owner)
            return true;
    }
    return false;
}

/* The subflows that are open at the time of the event and, for REMOVE_ADDR, use its ids. */
static void pair_closing(const struct search *s, mpt_event_pairs *pairs)
{
    bool removal = s->e->type == MPT_EVENT_REMOVE_ADDR;

    for (uint32_t i = 0; i < s->v->subflow_count && pairs->count < MPT_PAIRS_SUBFLOWS; i++) {
        const mpt_subflow_view *subflow = &s->v->subflows[i];
        const mpt_event *end;

        if (subflow->subflow->start_ns > s->e->time_ns || (removal && !has_id(s->v, subflow, s->e)) ||
            ended_before(s, subflow))
            continue;
        end = end_after(s, subflow);
        if (!removal && (!end || end->reason != MPT_STATE_RESET))
            continue;
        pairs->subflows[pairs->count].subflow = subflow;
        pairs->subflows[pairs->count++].end = end;
    }
}

/* With another key than its receiver's it closes nothing. */
static bool has_wrong_key(const struct search *s, const mpt_event *fastclose)
{
    const mpt_host *receiver = &s->v->connection->host[mpt_conn_side_other(fastclose->side)];

    return receiver->key_known && receiver->key != fastclose->fastclose.receiver_key;
}

static bool is_closing(const struct search *s, const mpt_event *other)
{
    const mpt_subflow_view *subflow = mpt_metrics_subflow_of(s->v, s->e->owner);

    if (other->type == MPT_EVENT_MP_FASTCLOSE)
        return s->e->reason == MPT_STATE_RESET && !has_wrong_key(s, other);
    return other->type == MPT_EVENT_REMOVE_ADDR && subflow && other->time_ns >= subflow->subflow->start_ns &&
           has_id(s->v, subflow, other);
}

void mpt_event_pair(const mpt_connection_view *v, const GArray *events, guint index, mpt_event_pairs *pairs)
{
    struct search s = {
        .v = v, .events = events, .index = index, .e = &g_array_index(events, mpt_event, index)};

    *pairs = (mpt_event_pairs){0};
    switch (s.e->type) {
    case MPT_EVENT_ADD_ADDR:
        pair_announcement(&s, pairs);
        break;
    case MPT_EVENT_ADD_ADDR_ECHO:
        pairs->cause = find_before(&s, is_announcement);
        break;
    case MPT_EVENT_MP_JOIN:
        if (s.e->join.step == MPT_JOIN_SYN)
            pairs->cause = find_before(&s, is_destination);
        break;
    case MPT_EVENT_REMOVE_ADDR:
        pair_closing(&s, pairs);
        break;
    case MPT_EVENT_MP_FASTCLOSE:
        if (!has_wrong_key(&s, s.e))
            pair_closing(&s, pairs);
        break;
    case MPT_EVENT_SUBFLOW_CLOSED:
        pairs->cause = find_before(&s, is_closing);
        break;
    default:
        break;
    }
}
