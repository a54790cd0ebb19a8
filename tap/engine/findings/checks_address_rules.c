/* checks_address_rules.c - checks of the rules of addresses (RFC 8684 3.2, 3.4): their ids, echoes, and whether anybody can
 * reach them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

/* Options and subflows looked at: more are an attack, and cost the square of their number. */
#define MAX_LOOKED_AT 500

static mpt_term address_of(const mpt_event *event)
{
    return mpt_term_endpoint(event->add_addr.has_port ? MPT_TERM_ENDPOINT : MPT_TERM_ADDRESS,
                             &event->add_addr.address);
}

static mpt_finding *found(mpt_checking *x, mpt_finding_id id, const mpt_event *event)
{
    mpt_finding *f = mpt_found(x, id, event->time_ns, event->frame, 1);

    mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, event->owner));
    return f;
}

/* --- ids --- */

static bool removes(const mpt_event *event, mpt_conn_side side, uint8_t id)
{
    if (event->type != MPT_EVENT_REMOVE_ADDR || event->side != side)
        return false;
    for (unsigned k = 0; k < event->remove_addr.count; k++)
        if (event->remove_addr.ids[k] == id)
            return true;
    return false;
}

/* The same id, and another address, before this announcement and not removed since. */
static const mpt_event *other_of_id(const mpt_checking *x, guint at)
{
    const mpt_event *event = &g_array_index(x->events, mpt_event, at);

    for (guint i = at; i-- > 0 && at - i < MAX_LOOKED_AT;) {
        const mpt_event *before = &g_array_index(x->events, mpt_event, i);
        if (removes(before, event->side, event->add_addr.address_id))
            return NULL;
        if (before->type == MPT_EVENT_ADD_ADDR && before->side == event->side &&
            before->add_addr.address_id == event->add_addr.address_id)
            return mpt_endpoint_same_address(&before->add_addr.address, &event->add_addr.address) ? NULL
                                                                                                  : before;
    }
    return NULL;
}

static void check_announced_id(mpt_checking *x, guint at)
{
    const mpt_event *event = &g_array_index(x->events, mpt_event, at), *other = other_of_id(x, at);
    mpt_role role = mpt_metrics_role(x->v, event->side);

    if (other)
        mpt_say(found(x, MPT_FINDING_ADDRESS_ID_REUSED, event), MPT_PHRASE_ADDRESS_ID_REUSED,
                mpt_term_role(role), mpt_term_of(MPT_TERM_NUMBER, event->add_addr.address_id),
                address_of(other), address_of(event), mpt_term_of(MPT_TERM_FRAME, other->frame));
    if (!event->add_addr.address_id && x->whole &&
        !mpt_endpoint_same_address(&event->add_addr.address, &x->v->end[role]))
        mpt_say(found(x, MPT_FINDING_ADD_ADDR_ID_ZERO, event), MPT_PHRASE_ADD_ADDR_ID_ZERO,
                mpt_term_role(role), address_of(event),
                mpt_term_endpoint(MPT_TERM_ADDRESS, &x->v->end[role]));
}

static bool removed_between(const mpt_checking *x, mpt_role role, int64_t id, int64_t from_ns, int64_t to_ns)
{
    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event->time_ns >= from_ns && event->time_ns <= to_ns &&
            removes(event, x->v->side[role], (uint8_t)id))
            return true;
    }
    return false;
}

static bool over_before(const mpt_subflow *s, int64_t time_ns)
{
    return s->state == MPT_STATE_SYN_SENT || s->state == MPT_STATE_REFUSED ||
           (s->state != MPT_STATE_ESTABLISHED && s->closed_ns < time_ns);
}

/* A NAT may give one address two: only what its host itself sees is against the RFC. */
static void check_joined_id(mpt_checking *x, const mpt_subflow_view *late, mpt_role role)
{
    const mpt_endpoint *address = mpt_metrics_endpoint(late, role);
    mpt_finding *f;

    if (late->subflow->kind != MPT_SUBFLOW_JOIN || !late->address_id[role].known ||
        late->subflow->state < MPT_STATE_ESTABLISHED)
        return;
    for (uint32_t i = 0; i < late->id; i++) {
        const mpt_subflow_view *early = &x->v->subflows[i];
        if (!early->address_id[role].known || early->address_id[role].value != late->address_id[role].value ||
            mpt_endpoint_same_address(mpt_metrics_endpoint(early, role), address) ||
            over_before(early->subflow, late->subflow->start_ns) ||
            removed_between(x, role, late->address_id[role].value, early->subflow->start_ns,
                            late->subflow->start_ns))
            continue;
        f = mpt_say(mpt_found(x, MPT_FINDING_ADDRESS_ID_REUSED, late->subflow->start_ns,
                              late->subflow->first_frame, 1),
                    MPT_PHRASE_ID_OF_JOIN, mpt_term_role(role),
                    mpt_term_of(MPT_TERM_NUMBER, (uint64_t)late->address_id[role].value),
                    mpt_term_endpoint(MPT_TERM_ADDRESS, mpt_metrics_endpoint(early, role)),
                    mpt_term_endpoint(MPT_TERM_ADDRESS, address));
        if (x->near != (role == MPT_CLIENT ? MPT_NEAR_CLIENT : MPT_NEAR_SERVER))
            f->severity = MPT_SEVERITY_NOTE;
        mpt_found_subflow(f, late);
        return;
    }
}

/* --- echoes --- */

/* RFC 8684 3.4.1: the echo is the announcement, without its HMAC. */
static void check_echo(mpt_checking *x, const mpt_event *echo)
{
    const mpt_event *same_id = NULL;

    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event->type != MPT_EVENT_ADD_ADDR || event->side == echo->side ||
            event->add_addr.address_id != echo->add_addr.address_id)
            continue;
        if (mpt_endpoint_equal(&event->add_addr.address, &echo->add_addr.address))
            return;
        same_id = event;
    }
    if (same_id)
        mpt_say(found(x, MPT_FINDING_ADD_ADDR_ECHO_WRONG, echo), MPT_PHRASE_ADD_ADDR_ECHO_WRONG,
                mpt_term_role(mpt_metrics_role(x->v, echo->side)), address_of(echo),
                mpt_term_of(MPT_TERM_NUMBER, echo->add_addr.address_id), address_of(same_id),
                mpt_term_of(MPT_TERM_FRAME, same_id->frame));
    else if (x->whole && x->reliable && !mpt_metrics_one_way(mpt_metrics_subflow_of(x->v, echo->owner)) &&
             x->v->direction[MPT_C2S].data.dsn_gap_bytes + x->v->direction[MPT_S2C].data.dsn_gap_bytes == 0)
        mpt_say(found(x, MPT_FINDING_ADD_ADDR_ECHO_WRONG, echo), MPT_PHRASE_ECHO_OF_NOTHING,
                mpt_term_role(mpt_metrics_role(x->v, echo->side)), address_of(echo),
                mpt_term_of(MPT_TERM_NUMBER, echo->add_addr.address_id));
}

/* --- what can't be reached --- */

static bool starts(const mpt_endpoint *e, uint32_t prefix, unsigned bits)
{
    uint32_t address = (uint32_t)e->address[0] << 24 | (uint32_t)e->address[1] << 16 |
                       (uint32_t)e->address[2] << 8 | e->address[3];

    return (address ^ prefix) >> (32 - bits) == 0;
}

static bool is_v4(const mpt_endpoint *e)
{
    return mpt_endpoint_address_len(e) == 4;
}

/* ::1, RFC 4291 2.5.3; 127/8, RFC 1122 3.2.1.3 */
static bool is_loopback(const mpt_endpoint *e)
{
    unsigned sum = 0;

    if (is_v4(e))
        return starts(e, 0x7f000000, 8);
    for (unsigned i = 0; i < 15; i++)
        sum |= e->address[i];
    return !sum && e->address[15] == 1;
}

/* RFC 1918 3, RFC 6598 7, RFC 4193 3.1 */
static bool is_private(const mpt_endpoint *e)
{
    if (is_v4(e))
        return starts(e, 0x0a000000, 8) || starts(e, 0xac100000, 12) || starts(e, 0xc0a80000, 16) ||
               starts(e, 0x64400000, 10);
    return starts(e, 0xfc000000, 7);
}

static bool is_link_local(const mpt_endpoint *e)
{
    return is_v4(e) ? starts(e, 0xa9fe0000, 16) : starts(e, 0xfe800000, 10);
}

static bool is_multicast(const mpt_endpoint *e)
{
    return is_v4(e) ? starts(e, 0xe0000000, 4) : starts(e, 0xff000000, 8);
}

/* The whole connection may be on one link, or one host. */
mpt_phrase mpt_checking_unreachable(const mpt_checking *x, mpt_role role, const mpt_endpoint *address)
{
    const mpt_endpoint *other = &x->v->end[mpt_role_other(role)];

    if (!mpt_endpoint_address_len(address))
        return MPT_PHRASES;
    if (is_multicast(address))
        return MPT_PHRASE_UNREACHABLE_MULTICAST;
    if (is_loopback(address) && !is_loopback(other))
        return MPT_PHRASE_UNREACHABLE_LOOPBACK;
    if (is_link_local(address) && !is_link_local(other))
        return MPT_PHRASE_UNREACHABLE_LINK_LOCAL;
    if (is_private(address) && !is_private(other) && !is_loopback(other) && !is_link_local(other))
        return MPT_PHRASE_UNREACHABLE_PRIVATE;
    return MPT_PHRASES;
}

/* A subflow with this address got somewhere, or tried to and is told of. */
static bool in_use(const mpt_checking *x, mpt_role role, const mpt_endpoint *address)
{
    for (uint32_t i = 0; i < MIN(x->v->subflow_count, MAX_LOOKED_AT); i++)
        if (mpt_endpoint_same_address(mpt_metrics_endpoint(&x->v->subflows[i], role), address))
            return true;
    return false;
}

static bool announced_before(const mpt_checking *x, guint at)
{
    const mpt_event *event = &g_array_index(x->events, mpt_event, at);

    for (guint i = at; i-- > 0 && at - i < MAX_LOOKED_AT;) {
        const mpt_event *before = &g_array_index(x->events, mpt_event, i);
        if (before->type == event->type && before->side == event->side &&
            mpt_endpoint_same_address(&before->add_addr.address, &event->add_addr.address))
            return true;
    }
    return false;
}

static void check_reach(mpt_checking *x, guint at)
{
    const mpt_event *event = &g_array_index(x->events, mpt_event, at);
    mpt_role role = mpt_metrics_role(x->v, event->side);
    mpt_phrase why = mpt_checking_unreachable(x, role, &event->add_addr.address);
    mpt_finding *f;

    if (why == MPT_PHRASES || in_use(x, role, &event->add_addr.address) || announced_before(x, at))
        return;
    f = mpt_say(found(x, MPT_FINDING_JOIN_UNREACHABLE, event), MPT_PHRASE_JOIN_UNREACHABLE,
                mpt_term_role(role), address_of(event), mpt_term_of(MPT_TERM_FLAG, true));
    mpt_say(f, why, mpt_term_role(mpt_role_other(role)));
}

void mpt_check_address_rules(mpt_checking *x)
{
    unsigned looked_at = 0;

    for (guint i = 0; i < x->events->len && looked_at < MAX_LOOKED_AT; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event->type == MPT_EVENT_ADD_ADDR) {
            check_announced_id(x, i);
            check_reach(x, i);
        } else if (event->type == MPT_EVENT_ADD_ADDR_ECHO) {
            check_echo(x, event);
        } else {
            continue;
        }
        looked_at++;
    }
    if (mpt_checking_flooded(x))
        return;
    for (uint32_t i = 1; i < MIN(x->v->subflow_count, MAX_LOOKED_AT); i++)
        for (mpt_role role = 0; role < MPT_ROLES; role++)
            check_joined_id(x, &x->v->subflows[i], role);
}
