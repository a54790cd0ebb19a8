/* checks_address.c - checks of ADD_ADDR (RFC 8684 3.4.1) and REMOVE_ADDR (3.4.2): what became of each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"
#include "tap/engine/base/seq.h"

/* An echo, or the end of a subflow, that is not there after this long was not on its way. */
#define REACTION_NS   INT64_C(1000000000)
/* Options looked at, of each kind: more are an attack, and cost the square of their number. */
#define MAX_LOOKED_AT 500
/* Numbers nearer than this are those of one TCP connection. */
#define NEAR          1000000

/* --- ADD_ADDR --- */

/* All ADD_ADDRs of one end for one address and id. */
struct announcement {
    const mpt_event *first;
    mpt_role role;
    uint64_t count, after_echo; /* how often, and how often although echoed before */
    const mpt_event *echo;
    bool used, removed;
    mpt_term address, id;
};

static bool same_announcement(const mpt_event *a, const mpt_event *b)
{
    return a->type == b->type && a->side == b->side && a->add_addr.address_id == b->add_addr.address_id &&
           mpt_endpoint_equal(&a->add_addr.address, &b->add_addr.address);
}

static bool is_first(const mpt_checking *x, guint at)
{
    for (guint i = 0; i < at; i++)
        if (same_announcement(&g_array_index(x->events, mpt_event, i),
                              &g_array_index(x->events, mpt_event, at)))
            return false;
    return true;
}

static bool removes(const mpt_event *event, uint8_t id)
{
    for (unsigned k = 0; k < event->remove_addr.count; k++)
        if (event->remove_addr.ids[k] == id)
            return true;
    return false;
}

static void follow_announcement(const mpt_checking *x, struct announcement *a)
{
    uint8_t id = a->first->add_addr.address_id;

    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event->time_ns < a->first->time_ns)
            continue;
        if (same_announcement(event, a->first)) {
            a->count++;
            a->after_echo += a->echo != NULL;
        } else if (event->type == MPT_EVENT_ADD_ADDR_ECHO && event->side != a->first->side &&
                   event->add_addr.address_id == id && !a->echo) {
            a->echo = event;
        } else if (event->type == MPT_EVENT_REMOVE_ADDR && event->side == a->first->side &&
                   removes(event, id)) {
            a->removed = true;
        }
    }
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        a->used |= mpt_endpoint_same_address(mpt_metrics_endpoint(sv, a->role), &a->first->add_addr.address);
    }
}

/* v0 has no echo. */
static bool lacks_echo(const mpt_checking *x, const struct announcement *a)
{
    const mpt_subflow_view *sv = mpt_metrics_subflow_of(x->v, a->first->owner);
    int64_t end_ns = MIN(x->c->end_ns, x->closing_ns);

    return x->v->version.known && x->v->version.value >= 1 && !a->echo && !a->removed && x->reliable &&
           !mpt_metrics_one_way(sv) && (a->count > 1 || end_ns - a->first->time_ns > REACTION_NS);
}

static void judge_announcement(mpt_checking *x, struct announcement *a)
{
    const mpt_event *first = a->first;
    mpt_finding *f = NULL;

    if (lacks_echo(x, a))
        f = mpt_say(mpt_found(x, MPT_FINDING_ADD_ADDR_NO_ECHO, first->time_ns, first->frame, a->count),
                    MPT_PHRASE_ADD_ADDR_NO_ECHO, mpt_term_role(a->role), a->address, a->id,
                    mpt_term_of(MPT_TERM_COUNT, a->count));
    else if (a->count > 1 && a->echo)
        f = mpt_say(mpt_found(x, MPT_FINDING_ADD_ADDR_REPEATED, first->time_ns, first->frame, a->count),
                    MPT_PHRASE_ADD_ADDR_REPEATED, mpt_term_role(a->role), a->address, a->id,
                    mpt_term_of(MPT_TERM_COUNT, a->count), mpt_term_of(MPT_TERM_FRAME, a->echo->frame),
                    mpt_term_of(MPT_TERM_COUNT, a->after_echo));
    if (f)
        mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, first->owner));
    if (a->used || a->removed ||
        mpt_checking_unreachable(x, a->role, &first->add_addr.address) != MPT_PHRASES ||
        x->c->subflows->len >= mpt_engine_get_config(x->engine)->max_subflows)
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_ADD_ADDR_UNUSED, first->time_ns, first->frame, a->count),
                MPT_PHRASE_ADD_ADDR_UNUSED, mpt_term_role(a->role), a->address, a->id);
    mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, first->owner));
}

void mpt_check_add_addr(mpt_checking *x)
{
    unsigned looked_at = 0;

    for (guint i = 0; i < x->events->len && looked_at < MAX_LOOKED_AT; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        struct announcement a = {.first = event};
        looked_at += event->type == MPT_EVENT_ADD_ADDR;
        if (event->type != MPT_EVENT_ADD_ADDR || !is_first(x, i))
            continue;
        a.role = mpt_metrics_role(x->v, event->side);
        a.address = mpt_term_endpoint(event->add_addr.has_port ? MPT_TERM_ENDPOINT : MPT_TERM_ADDRESS,
                                      &event->add_addr.address);
        a.id = mpt_term_of(MPT_TERM_NUMBER, event->add_addr.address_id);
        follow_announcement(x, &a);
        judge_announcement(x, &a);
    }
}

/* The ADD_ADDR of this segment. */
static bool truncated_at_the_wrong_end(const mpt_checking *x, const mpt_event *bad)
{
    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event->type == MPT_EVENT_ADD_ADDR && event->frame == bad->frame && event->side == bad->side &&
            mpt_connection_add_addr_leftmost(x->c, event->side, &event->add_addr))
            return true;
    }
    return false;
}

void mpt_check_add_addr_hmac(mpt_checking *x)
{
    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        const mpt_event *first = NULL;
        uint64_t count = 0;
        for (guint i = 0; i < x->events->len; i++) {
            const mpt_event *event = &g_array_index(x->events, mpt_event, i);
            if (event->type != MPT_EVENT_HMAC_BAD || event->reason != MPT_HMAC_ADD_ADDR ||
                mpt_metrics_role(x->v, event->side) != role)
                continue;
            first = first ? first : event;
            count++;
        }
        if (first)
            mpt_found_subflow(
                mpt_say(mpt_found(x, MPT_FINDING_ADD_ADDR_HMAC, first->time_ns, first->frame, count),
                        truncated_at_the_wrong_end(x, first) ? MPT_PHRASE_ADD_ADDR_HMAC_LEFT
                                                             : MPT_PHRASE_ADD_ADDR_HMAC,
                        mpt_term_role(role), mpt_term_of(MPT_TERM_COUNT, count)),
                mpt_metrics_subflow_of(x->v, first->owner));
    }
}

/* --- REMOVE_ADDR --- */

/* One id of a REMOVE_ADDR that was not removed just before. */
struct removal {
    const mpt_event *event;
    mpt_role role;
    uint8_t id;
};

static bool has_id(const mpt_subflow_view *sv, const struct removal *r)
{
    return sv->address_id[r->role].known && sv->address_id[r->role].value == r->id;
}

static bool open_at(const mpt_subflow *s, int64_t time_ns)
{
    if (s->start_ns > time_ns || s->state == MPT_STATE_REFUSED || s->state == MPT_STATE_SYN_SENT)
        return false;
    return s->state == MPT_STATE_ESTABLISHED || s->closed_ns >= time_ns;
}

static void check_outlived(mpt_checking *x, const struct removal *r, const mpt_subflow_view *sv)
{
    const mpt_subflow *s = sv->subflow;
    int64_t end_ns = s->state == MPT_STATE_ESTABLISHED ? s->end_ns : s->closed_ns, last = r->event->time_ns;
    mpt_finding *f;

    for (mpt_side side = 0; side < MPT_SIDES; side++)
        if (s->half[side].bytes.segments)
            last = MAX(last, s->half[side].last_data_ns);
    if (end_ns - r->event->time_ns <= REACTION_NS)
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_ADDRESS_OUTLIVED, r->event->time_ns, r->event->frame, 1),
                MPT_PHRASE_ADDRESS_OUTLIVED, mpt_term_role(r->role), mpt_term_of(MPT_TERM_NUMBER, r->id),
                mpt_term_subflow(sv), mpt_term_of(MPT_TERM_FLAG, last - r->event->time_ns > REACTION_NS),
                mpt_term_of(MPT_TERM_TIME, (uint64_t)(MAX(last, end_ns) - r->event->time_ns)));
    mpt_found_subflow(f, sv);
    if (last - r->event->time_ns <= REACTION_NS)
        f->severity = MPT_SEVERITY_NOTE;
}

static void closes_nothing(mpt_checking *x, const struct removal *r)
{
    bool announced = false, used = false;
    mpt_finding *f;

    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        announced |= event->type == MPT_EVENT_ADD_ADDR && event->side == r->event->side &&
                     event->add_addr.address_id == r->id && event->time_ns <= r->event->time_ns;
    }
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        used |= has_id(&x->v->subflows[i], r) && x->v->subflows[i].subflow->start_ns <= r->event->time_ns;
    f = mpt_say(mpt_found(x, MPT_FINDING_REMOVE_ADDR_NOTHING, r->event->time_ns, r->event->frame, 1),
                MPT_PHRASE_REMOVE_ADDR_NOTHING, mpt_term_role(r->role), mpt_term_of(MPT_TERM_NUMBER, r->id),
                mpt_term_of(MPT_TERM_FLAG, used), mpt_term_of(MPT_TERM_FLAG, announced));
    if (announced || used)
        f->severity = MPT_SEVERITY_CHAT;
    mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, r->event->owner));
}

static bool ids_known(const mpt_checking *x, mpt_role role)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        if (!x->v->subflows[i].address_id[role].known)
            return false;
    return true;
}

/* A REMOVE_ADDR that is sent again (on another subflow) is the same removal. */
static bool removed_before(const mpt_checking *x, const struct removal *r)
{
    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event == r->event)
            return false;
        if (event->type == MPT_EVENT_REMOVE_ADDR && event->side == r->event->side && removes(event, r->id) &&
            r->event->time_ns - event->time_ns < REACTION_NS)
            return true;
    }
    return false;
}

static void check_removal(mpt_checking *x, const struct removal *r)
{
    bool any = false;

    if (removed_before(x, r))
        return;
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        if (!has_id(sv, r) || !open_at(sv->subflow, r->event->time_ns))
            continue;
        any = true;
        check_outlived(x, r, sv);
    }
    if (!any && ids_known(x, r->role) && x->whole)
        closes_nothing(x, r);
}

void mpt_check_remove_addr(mpt_checking *x)
{
    unsigned looked_at = 0;

    for (guint i = 0; i < x->events->len && looked_at < MAX_LOOKED_AT; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event->type != MPT_EVENT_REMOVE_ADDR)
            continue;
        looked_at += event->remove_addr.count;
        for (unsigned k = 0; k < event->remove_addr.count; k++) {
            struct removal r = {
                .event = event, .role = mpt_metrics_role(x->v, event->side), .id = event->remove_addr.ids[k]};
            check_removal(x, &r);
        }
    }
}

/* --- addresses that change --- */

/* `late` begins where `early` ends, in both directions. */
static bool goes_on(const mpt_subflow_view *late, const mpt_subflow_view *early)
{
    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        const mpt_half *a = &early->subflow->half[early->side[role]],
                       *b = &late->subflow->half[late->side[role]];
        int32_t apart = mpt_seq32_diff(b->origin, a->origin + (uint32_t)a->next);
        if (!a->seen || !b->seen || apart > NEAR || apart < -NEAR)
            return false;
    }
    return early->subflow->start_ns < late->subflow->start_ns;
}

static void check_moved(mpt_checking *x, const mpt_subflow_view *late, const mpt_subflow_view *early)
{
    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        mpt_role other = mpt_role_other(role);
        const mpt_subflow *s = late->subflow;
        if (mpt_endpoint_equal(mpt_metrics_endpoint(late, role), mpt_metrics_endpoint(early, role)) ||
            !mpt_endpoint_equal(mpt_metrics_endpoint(late, other), mpt_metrics_endpoint(early, other)))
            continue;
        mpt_found_subflow(mpt_say(mpt_found(x, MPT_FINDING_SUBFLOW_MOVED, s->start_ns, s->first_frame, 1),
                                  MPT_PHRASE_SUBFLOW_MOVED, mpt_term_subflow(late), mpt_term_subflow(early),
                                  mpt_term_role(role)),
                          late);
    }
}

/* A NAT gave a subflow another address or port (RFC 8684 6). */
void mpt_check_moved(mpt_checking *x)
{
    uint32_t n = MIN(x->v->subflow_count, MAX_LOOKED_AT);

    for (uint32_t i = 0; i < n; i++) {
        const mpt_subflow *s = x->v->subflows[i].subflow;
        if (s->kind != MPT_SUBFLOW_UNKNOWN || s->syn_seen || s->synack_seen)
            continue;
        for (uint32_t k = 0; k < n; k++)
            if (k != i && goes_on(&x->v->subflows[i], &x->v->subflows[k]))
                check_moved(x, &x->v->subflows[i], &x->v->subflows[k]);
    }
}
