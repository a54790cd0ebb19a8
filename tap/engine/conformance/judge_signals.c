/* judge_signals.c - the rules of addresses (RFC 8684 3.4), MP_FASTCLOSE (3.5) and MP_TCPRST (3.6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judging_internal.h"

/* Subflows that are compared with each other: more are an attack. */
#define MAX_LOOKED_AT 50

/* --- ADD_ADDR --- */

mpt_occasion mpt_judge_add_addr(const mpt_judging *j, mpt_role role)
{
    const mpt_event *add = mpt_judging_event(j, MPT_EVENT_ADD_ADDR, -1, role, INT64_MIN);

    return add ? mpt_kept(add->frame) : mpt_no_occasion();
}

mpt_occasion mpt_judge_address_ids(const mpt_judging *j, mpt_role role)
{
    for (uint32_t i = 0; i < j->v->subflow_count; i++)
        if (mpt_judging_joined(&j->v->subflows[i], role))
            return mpt_kept(j->v->subflows[i].subflow->first_frame);
    return mpt_judge_add_addr(j, role);
}

mpt_occasion mpt_judge_add_addr_hmac(const mpt_judging *j, mpt_role role)
{
    mpt_occasion o = mpt_no_occasion();

    for (guint i = 0; i < j->events->len && o.verdict != MPT_RULE_KEPT; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (event->type != MPT_EVENT_ADD_ADDR || mpt_judging_role(j, event) != role)
            continue;
        o = mpt_connection_verify_add_addr(j->c, event->side, &event->add_addr) == MPT_VERDICT_OK
                ? mpt_kept(event->frame)
                : mpt_unseen(MPT_RULE_REASON_KEYS_UNKNOWN);
    }
    return o;
}

mpt_occasion mpt_judge_echo(const mpt_judging *j, mpt_role role)
{
    const mpt_event *echo = mpt_judging_event(j, MPT_EVENT_ADD_ADDR_ECHO, -1, role, INT64_MIN);

    return echo ? mpt_kept(echo->frame) : mpt_no_occasion();
}

/* RFC 8684 3.4.1: a fresh ADD_ADDR is echoed. Where the capture was not taken near its receiver, it may not have arrived. */
mpt_occasion mpt_judge_echoed(const mpt_judging *j, mpt_role role)
{
    for (guint i = 0; i < j->findings->len; i++) {
        const mpt_finding *f = &g_array_index(j->findings, mpt_finding, i);
        if (f->id == MPT_FINDING_ADD_ADDR_NO_ECHO && f->terms[0].number != role)
            return mpt_near_of(j->v) == (role == MPT_CLIENT ? MPT_NEAR_CLIENT : MPT_NEAR_SERVER)
                       ? mpt_violated(f->frame)
                       : mpt_unseen(MPT_RULE_REASON_LOSS);
    }
    return mpt_judge_echo(j, role);
}

static bool joins(const mpt_judging *j, mpt_role by, const mpt_endpoint *address, int64_t from_ns)
{
    for (uint32_t i = 0; i < j->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        if (mpt_judging_joined(sv, by) && sv->subflow->start_ns >= from_ns &&
            mpt_endpoint_same_address(mpt_metrics_endpoint(sv, mpt_role_other(by)), address))
            return true;
    }
    return false;
}

/* What this host did with an address whose HMAC is wrong: nothing, or it is against the rule. A right announcement of it,
 * and the address of the first subflow, it may use. */
static mpt_occasion judge_bad(const mpt_judging *j, mpt_role role, const mpt_event *add)
{
    if (mpt_endpoint_same_address(&add->add_addr.address, &j->v->end[mpt_role_other(role)]))
        return mpt_no_occasion();
    for (guint i = 0; i < j->events->len; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (event->type == MPT_EVENT_ADD_ADDR && event->side == add->side &&
            mpt_endpoint_same_address(&event->add_addr.address, &add->add_addr.address) &&
            mpt_connection_verify_add_addr(j->c, event->side, &event->add_addr) != MPT_VERDICT_BAD)
            return mpt_no_occasion();
    }
    for (guint i = 0; i < j->events->len; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (event->type == MPT_EVENT_ADD_ADDR_ECHO && event->side != add->side &&
            event->time_ns >= add->time_ns &&
            mpt_endpoint_equal(&event->add_addr.address, &add->add_addr.address))
            return mpt_violated(event->frame);
    }
    return joins(j, role, &add->add_addr.address, add->time_ns) ? mpt_violated(add->frame)
                                                                : mpt_kept(add->frame);
}

/* RFC 8684 3.4.1: an ADD_ADDR whose HMAC is wrong is ignored. */
mpt_occasion mpt_judge_bad_add_addr(const mpt_judging *j, mpt_role role)
{
    const mpt_event *bad = NULL;

    for (guint i = 0; i < j->events->len && !bad; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (event->type == MPT_EVENT_HMAC_BAD && event->reason == MPT_HMAC_ADD_ADDR &&
            mpt_judging_role(j, event) != role)
            bad = event;
    }
    for (guint i = 0; bad && i < j->events->len; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (event->type == MPT_EVENT_ADD_ADDR && event->frame == bad->frame && event->side == bad->side)
            return judge_bad(j, role, event);
    }
    return mpt_no_occasion();
}

/* --- where joins go --- */

/* The other host announced this address (and this port) in that time. */
static bool announced(const mpt_judging *j, mpt_role by, const mpt_endpoint *to, bool with_port,
                      int64_t from_ns, int64_t to_ns)
{
    for (guint i = 0; i < j->events->len; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (event->type == MPT_EVENT_ADD_ADDR && mpt_judging_role(j, event) == by &&
            event->time_ns >= from_ns && event->time_ns <= to_ns &&
            (with_port ? event->add_addr.has_port && mpt_endpoint_equal(&event->add_addr.address, to)
                       : mpt_endpoint_same_address(&event->add_addr.address, to)))
            return true;
    }
    return false;
}

/* An ADD_ADDR without a port, on a subflow to this one (RFC 8684 3.4.1). */
static bool announced_there(const mpt_judging *j, mpt_role by, const mpt_endpoint *to, int64_t to_ns)
{
    for (guint i = 0; i < j->events->len; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        const mpt_subflow_view *on = mpt_metrics_subflow_of(j->v, event->owner);
        if (event->type == MPT_EVENT_ADD_ADDR && mpt_judging_role(j, event) == by &&
            event->time_ns <= to_ns && !event->add_addr.has_port &&
            mpt_endpoint_same_address(&event->add_addr.address, to) && on &&
            mpt_metrics_endpoint(on, by)->port == to->port)
            return true;
    }
    return false;
}

/* RFC 8684 3.9.1: to the port of the first subflow, where no other one is announced. */
mpt_occasion mpt_judge_join_port(const mpt_judging *j, mpt_role role)
{
    mpt_role other = mpt_role_other(role);
    mpt_occasion o = mpt_no_occasion();

    for (uint32_t i = 0; i < MIN(j->v->subflow_count, MAX_LOOKED_AT); i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        const mpt_endpoint *to = mpt_metrics_endpoint(sv, other);
        if (!mpt_judging_joined(sv, role))
            continue;
        if (!j->begun)
            return mpt_unseen(MPT_RULE_REASON_BEGAN_BEFORE);
        if (announced(j, other, to, true, INT64_MIN, sv->subflow->start_ns))
            continue;
        if (to->port != j->v->end[other].port && !announced_there(j, other, to, sv->subflow->start_ns))
            return mpt_violated(sv->subflow->first_frame);
        if (o.verdict != MPT_RULE_KEPT)
            o = mpt_kept(sv->subflow->first_frame);
    }
    return o;
}

/* When it had failed; INT64_MAX: it has not. */
static int64_t failed_ns(const mpt_subflow *s)
{
    if (s->state == MPT_STATE_REFUSED)
        return s->refused_ns;
    return s->state == MPT_STATE_SYN_SENT && !s->synack_seen ? s->end_ns : INT64_MAX;
}

/* RFC 8684 3.4.1, 3.9.3: an address and port to which a join failed is not tried again unless it is announced again. */
static mpt_occasion judge_failed(const mpt_judging *j, mpt_role role, const mpt_subflow_view *failed)
{
    mpt_role other = mpt_role_other(role);
    const mpt_endpoint *to = mpt_metrics_endpoint(failed, other);
    int64_t from_ns = failed_ns(failed->subflow);

    for (uint32_t i = 0; i < MIN(j->v->subflow_count, MAX_LOOKED_AT); i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        if (mpt_judging_joined(sv, role) && sv->subflow->start_ns > from_ns &&
            mpt_endpoint_equal(mpt_metrics_endpoint(sv, other), to) &&
            !announced(j, other, to, false, failed->subflow->start_ns, sv->subflow->start_ns))
            return mpt_violated(sv->subflow->first_frame);
    }
    return mpt_kept(failed->subflow->first_frame);
}

mpt_occasion mpt_judge_join_again(const mpt_judging *j, mpt_role role)
{
    mpt_occasion o = mpt_no_occasion();

    for (uint32_t i = 0; i < MIN(j->v->subflow_count, MAX_LOOKED_AT) && o.verdict != MPT_RULE_VIOLATED; i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        if (mpt_judging_joined(sv, role) && failed_ns(sv->subflow) != INT64_MAX &&
            announced(j, mpt_role_other(role), mpt_metrics_endpoint(sv, mpt_role_other(role)), false,
                      INT64_MIN, sv->subflow->start_ns))
            o = judge_failed(j, role, sv);
    }
    return o;
}

/* --- REMOVE_ADDR --- */

static bool removes(const mpt_event *event, int64_t id)
{
    for (unsigned k = 0; k < event->remove_addr.count; k++)
        if (event->remove_addr.ids[k] == id)
            return true;
    return false;
}

/* The subflows of what was removed; that one lives on is a finding. */
mpt_occasion mpt_judge_removed(const mpt_judging *j, mpt_role role)
{
    const mpt_event *remove = mpt_judging_event(j, MPT_EVENT_REMOVE_ADDR, -1, role, INT64_MIN);
    mpt_occasion o = mpt_no_occasion();

    for (uint32_t i = 0; remove && i < j->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        bool over = s->state == MPT_STATE_CLOSED || s->state == MPT_STATE_RESET;
        if (!sv->address_id[role].known || !removes(remove, sv->address_id[role].value) ||
            s->start_ns > remove->time_ns || s->state < MPT_STATE_ESTABLISHED ||
            (over && s->closed_ns < remove->time_ns))
            continue;
        if (!over)
            return mpt_unseen(MPT_RULE_REASON_ENDS_EARLY);
        o = mpt_kept(remove->frame);
    }
    return o;
}

/* RFC 8684 3.4.2: who gets REMOVE_ADDR no longer uses the address for new subflows. */
static mpt_occasion judge_unused(const mpt_judging *j, mpt_role role, const mpt_subflow_view *of,
                                 const mpt_event *remove)
{
    mpt_role other = mpt_role_other(role);
    const mpt_endpoint *gone = mpt_metrics_endpoint(of, other);

    for (uint32_t i = 0; i < MIN(j->v->subflow_count, MAX_LOOKED_AT); i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        const mpt_endpoint *to = mpt_metrics_endpoint(sv, other);
        /* One that was under way already is not against the rule. */
        if (mpt_judging_joined(sv, role) && mpt_endpoint_same_address(to, gone) &&
            sv->subflow->start_ns - remove->time_ns > mpt_judging_reaction_ns(of) &&
            !announced(j, other, to, false, remove->time_ns, sv->subflow->start_ns))
            return mpt_violated(sv->subflow->first_frame);
    }
    return mpt_kept(remove->frame);
}

mpt_occasion mpt_judge_removed_unused(const mpt_judging *j, mpt_role role)
{
    mpt_role other = mpt_role_other(role);
    const mpt_event *remove = mpt_judging_event(j, MPT_EVENT_REMOVE_ADDR, -1, other, INT64_MIN);

    for (uint32_t i = 0; remove && i < MIN(j->v->subflow_count, MAX_LOOKED_AT); i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        if (sv->address_id[other].known && removes(remove, sv->address_id[other].value) &&
            sv->subflow->start_ns < remove->time_ns)
            return judge_unused(j, role, sv, remove);
    }
    return mpt_no_occasion();
}

/* --- MP_FASTCLOSE, MP_TCPRST --- */

mpt_occasion mpt_judge_fastclose_key(const mpt_judging *j, mpt_role role)
{
    const mpt_event *close = mpt_judging_event(j, MPT_EVENT_MP_FASTCLOSE, -1, role, INT64_MIN);

    if (!close)
        return mpt_no_occasion();
    return j->c->host[mpt_conn_side_other(close->side)].key_known ? mpt_kept(close->frame)
                                                                  : mpt_unseen(MPT_RULE_REASON_KEYS_UNKNOWN);
}

/* RFC 8684 3.5: a host answers MP_FASTCLOSE on an ACK with a RST; on a RST it needs no answer. */
mpt_occasion mpt_judge_fastclose_answered(const mpt_judging *j, mpt_role role)
{
    mpt_role other = mpt_role_other(role);
    const mpt_event *close = mpt_judging_event(j, MPT_EVENT_MP_FASTCLOSE, -1, other, INT64_MIN);
    const mpt_event *by_other =
        close ? mpt_judging_event(j, MPT_EVENT_RST, close->owner, other, close->time_ns) : NULL;
    const mpt_event *rst =
        close ? mpt_judging_event(j, MPT_EVENT_RST, close->owner, role, close->time_ns) : NULL;
    const mpt_host *own = &j->c->host[j->v->side[role]];

    if (!close || (by_other && by_other->frame == close->frame) || !own->key_known ||
        own->key != close->fastclose.receiver_key)
        return mpt_no_occasion();
    return rst ? mpt_kept(rst->frame) : mpt_unseen(MPT_RULE_REASON_ENDS_EARLY);
}

mpt_occasion mpt_judge_tcprst(const mpt_judging *j, mpt_role role)
{
    const mpt_event *with = mpt_judging_event(j, MPT_EVENT_MP_TCPRST, -1, role, INT64_MIN);

    for (guint i = 0; i < j->events->len; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (event->type == MPT_EVENT_IGNORED && event->other.why == MPT_IGNORED_NO_RST &&
            mpt_judging_role(j, event) == role)
            return mpt_violated(event->frame);
    }
    return with ? mpt_kept(with->frame) : mpt_no_occasion();
}

static bool same_path(const mpt_subflow_view *a, const mpt_subflow_view *b)
{
    return mpt_endpoint_same_address(mpt_metrics_endpoint(a, MPT_CLIENT),
                                     mpt_metrics_endpoint(b, MPT_CLIENT)) &&
           mpt_endpoint_same_address(mpt_metrics_endpoint(a, MPT_SERVER),
                                     mpt_metrics_endpoint(b, MPT_SERVER));
}

/* RFC 8684 3.6: after a permanent error no new subflow on that path. */
mpt_occasion mpt_judge_permanent(const mpt_judging *j, mpt_role role)
{
    const mpt_event *told = NULL;
    const mpt_subflow_view *on;

    for (guint i = 0; i < j->events->len && !told; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (event->type == MPT_EVENT_MP_TCPRST && mpt_judging_role(j, event) != role &&
            !event->tcprst.transient)
            told = event;
    }
    on = told ? mpt_metrics_subflow_of(j->v, told->owner) : NULL;
    for (uint32_t i = 0; on && i < MIN(j->v->subflow_count, MAX_LOOKED_AT); i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        if (mpt_judging_joined(sv, role) && same_path(sv, on) &&
            sv->subflow->start_ns - told->time_ns > mpt_judging_reaction_ns(on))
            return mpt_violated(sv->subflow->first_frame);
    }
    return on ? mpt_kept(told->frame) : mpt_no_occasion();
}
