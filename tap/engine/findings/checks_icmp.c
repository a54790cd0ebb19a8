/* checks_icmp.c - what routers and hosts say about segments of a connection with ICMP (RFC 9293 3.9.2.2), segments that
 * are too large without anybody saying so, RSTs that something in between sends, and interfaces that do not match.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

/* An error of one kind, from one router, about one direction of a subflow. */
struct complaint {
    const mpt_icmp_error *first; /* in the file */
    uint32_t count;
};

/* Is it about this subflow, not about another one with these ports? */
static bool is_about(const mpt_icmp_error *e, const mpt_subflow *s)
{
    return (!s->older || e->time_ns >= s->start_ns) && (!s->newer || e->time_ns < s->newer->start_ns);
}

static bool same_kind(const mpt_icmp_error *a, const mpt_icmp_error *b)
{
    return a->type == b->type && a->code == b->code && mpt_endpoint_equal(&a->router, &b->router) &&
           mpt_endpoint_equal(&a->ends[0], &b->ends[0]);
}

static bool is_known(const GArray *complaints, const mpt_icmp_error *e)
{
    for (guint i = 0; i < complaints->len; i++) {
        struct complaint *k = &g_array_index(complaints, struct complaint, i);
        if (same_kind(k->first, e)) {
            k->first = e; /* older */
            k->count++;
            return true;
        }
    }
    return false;
}

#define MAX_COMPLAINTS 8 /* kinds about one subflow */

static GArray *complaints_about(const mpt_checking *x, const mpt_subflow *s)
{
    GArray *complaints = g_array_new(FALSE, FALSE, sizeof(struct complaint));
    const mpt_icmp_error *e = mpt_engine_icmp(x->engine, s->ends);

    for (; e; e = mpt_engine_older_icmp(e)) {
        struct complaint k = {.first = e, .count = 1};
        if (is_about(e, s) && !is_known(complaints, e) && complaints->len < MAX_COMPLAINTS)
            g_array_append_val(complaints, k);
    }
    return complaints;
}

/* What became of the subflow. */
static void say_effect(mpt_finding *f, const mpt_subflow_view *sv, mpt_role sender, const mpt_icmp_error *e)
{
    const mpt_subflow *s = sv->subflow;
    const mpt_half *h = &s->half[sv->side[sender]];

    if (mpt_icmp_too_big(e))
        mpt_say(f, MPT_PHRASE_ICMP_MTU, mpt_term_of(MPT_TERM_NUMBER, e->mtu));
    else if (s->state == MPT_STATE_SYN_SENT || s->state == MPT_STATE_REFUSED)
        mpt_say(f, s->kind == MPT_SUBFLOW_JOIN ? MPT_PHRASE_ICMP_NO_JOIN : MPT_PHRASE_ICMP_NO_CONNECTION);
    else if (h->bytes.segments && h->next > MAX(h->acked, 0) && h->acked_ns < e->time_ns)
        mpt_say(f, MPT_PHRASE_ICMP_PATH_GONE);
    else
        mpt_say(f, MPT_PHRASE_ICMP_GOES_ON);
}

static void say_icmp(mpt_checking *x, const mpt_subflow_view *sv, const struct complaint *k)
{
    const mpt_icmp_error *e = k->first;
    mpt_role sender =
        mpt_endpoint_equal(&e->ends[0], mpt_metrics_endpoint(sv, MPT_CLIENT)) ? MPT_CLIENT : MPT_SERVER;
    mpt_finding *f = mpt_found(x, MPT_FINDING_ICMP_ERROR, e->time_ns, e->frame, k->count);

    mpt_say(f, MPT_PHRASE_ICMP_ERROR, mpt_term_endpoint(MPT_TERM_ADDRESS, &e->router), mpt_term_role(sender),
            mpt_term_subflow(sv), mpt_term_icmp(e), mpt_term_of(MPT_TERM_COUNT, k->count));
    say_effect(f, sv, sender, e);
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, mpt_role_sends(sender));
}

void mpt_check_icmp(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        GArray *complaints = complaints_about(x, sv->subflow);

        for (guint k = 0; k < complaints->len; k++)
            say_icmp(x, sv, &g_array_index(complaints, struct complaint, k));
        g_array_free(complaints, TRUE);
    }
}

bool mpt_checking_icmp(const mpt_checking *x, const mpt_subflow *s)
{
    const mpt_icmp_error *e = mpt_engine_icmp(x->engine, s->ends);

    while (e && !is_about(e, s))
        e = mpt_engine_older_icmp(e);
    return e != NULL;
}

/* --- segments that are too large (RFC 2923 2.1) --- */

/* Sent so often, a segment is not lost by chance. */
#define STUCK_TIMES 3

/* What does not get through this way because of its size, or NULL. */
static const mpt_sizes *stuck_size(const mpt_subflow_view *sv, mpt_direction direction)
{
    const mpt_sizes *z =
        &sv->subflow->evidence->half[sv->side[mpt_direction_sender(direction)]].hearing.sizes;

    return z->stuck_count >= STUCK_TIMES && z->stuck_heard && z->acked && z->stuck > z->acked ? z : NULL;
}

bool mpt_checking_too_big(const mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction,
                          int64_t from_ns, int64_t to_ns)
{
    const mpt_endpoint *sender = mpt_metrics_endpoint(sv, mpt_direction_sender(direction));
    const mpt_sizes *z = stuck_size(sv, direction);

    if (z && z->stuck_ns <= to_ns)
        return true;
    for (const mpt_icmp_error *e = mpt_engine_icmp(x->engine, sv->subflow->ends); e;
         e = mpt_engine_older_icmp(e))
        if (mpt_icmp_too_big(e) && mpt_endpoint_equal(&e->ends[0], sender) && e->time_ns >= from_ns &&
            e->time_ns <= to_ns)
            return true;
    return false;
}

static void check_sizes(mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction)
{
    const mpt_sizes *z = stuck_size(sv, direction);
    mpt_finding *f;

    if (!z)
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_PATH_MTU, z->stuck_ns, z->stuck_frame, z->stuck_count),
                MPT_PHRASE_PATH_MTU, mpt_term_of(MPT_TERM_BYTES, z->stuck), mpt_term_sender(direction),
                mpt_term_subflow(sv), mpt_term_of(MPT_TERM_COUNT, z->stuck_count),
                mpt_term_of(MPT_TERM_BYTES, z->acked),
                mpt_term_of(MPT_TERM_FLAG, mpt_checking_icmp(x, sv->subflow)));
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
}

void mpt_check_sizes(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count && x->reliable; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        for (mpt_direction direction = 0; direction < MPT_DIRECTIONS && sv->subflow->evidence; direction++)
            if (!mpt_metrics_one_way(sv))
                check_sizes(x, sv, direction);
    }
}

/* --- RSTs of something in between --- */

/* Packets whose TTL shows how far away their sender is. */
#define ENOUGH_TTLS 2

bool mpt_checking_foreign_reset(const mpt_subflow *s)
{
    const mpt_seen_at *at = &s->half[s->rst_side].seen_at;

    return s->rst_frame && s->rst_ttl && s->state == MPT_STATE_RESET && at->ttls >= ENOUGH_TTLS &&
           (s->rst_ttl < at->ttl_low || s->rst_ttl > at->ttl_high);
}

void mpt_check_foreign_resets(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        const mpt_seen_at *at = &s->half[s->rst_side].seen_at;

        if (!mpt_checking_foreign_reset(s))
            continue;
        mpt_found_subflow(
            mpt_say(mpt_found(x, MPT_FINDING_RESET_FOREIGN, s->closed_ns, s->rst_frame, 1),
                    MPT_PHRASE_RESET_FOREIGN, mpt_term_subflow(sv),
                    mpt_term_role(s->rst_side == sv->side[MPT_CLIENT] ? MPT_CLIENT : MPT_SERVER),
                    mpt_term_of(MPT_TERM_NUMBER, s->rst_ttl), mpt_term_of(MPT_TERM_NUMBER, at->ttl_low),
                    mpt_term_of(MPT_TERM_NUMBER, at->ttl_high),
                    mpt_term_of(MPT_TERM_FLAG, at->ttl_low == at->ttl_high)),
            sv);
    }
}

/* --- interfaces --- */

/* A host's own capture: what it sends leaves it there, or is answered at once. */
static bool own_capture(const mpt_checking *x, const mpt_seen_at *client, const mpt_seen_at *server)
{
    if ((client->presence | server->presence) & (MPT_SEEN_OUT | MPT_SEEN_IN))
        return (client->presence & MPT_SEEN_OUT && server->presence & MPT_SEEN_IN) ||
               (client->presence & MPT_SEEN_IN && server->presence & MPT_SEEN_OUT);
    return x->near != MPT_NEAR_UNKNOWN;
}

static bool mismatch(const mpt_seen_at *client, const mpt_seen_at *server)
{
    const uint8_t known = MPT_SEEN_INTERFACE | MPT_SEEN_LINK;

    return client->presence & server->presence & known && !client->moved && !server->moved &&
           (client->interface_id != server->interface_id || client->link_index != server->link_index);
}

void mpt_check_interfaces(mpt_checking *x)
{
    /* Where packets pass several interfaces of the host, the first says nothing. */
    if (mpt_engine_get_counts(x->engine)->twice.segments)
        return;
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_seen_at *client = &mpt_metrics_half(sv, MPT_C2S)->seen_at;
        const mpt_seen_at *server = &mpt_metrics_half(sv, MPT_S2C)->seen_at;
        bool links = client->interface_id == server->interface_id;

        if (!mismatch(client, server) || !own_capture(x, client, server))
            continue;
        mpt_found_subflow(
            mpt_say(mpt_found(x, MPT_FINDING_INTERFACE_MISMATCH, sv->subflow->start_ns,
                              sv->subflow->first_frame, 1),
                    MPT_PHRASE_INTERFACE_MISMATCH, mpt_term_subflow(sv),
                    mpt_term_of(MPT_TERM_NUMBER, links ? client->link_index : client->interface_id),
                    mpt_term_of(MPT_TERM_NUMBER, links ? server->link_index : server->interface_id),
                    mpt_term_of(MPT_TERM_FLAG, links)),
            sv);
    }
}
