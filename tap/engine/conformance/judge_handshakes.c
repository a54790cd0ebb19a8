/* judge_handshakes.c - the rules of handshakes: MP_CAPABLE (RFC 8684 3.1), MP_JOIN (3.2), and what goes wrong there (3.8).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judging_internal.h"

/* Connections looked through for one of the same host at the same time, and joins whose answer is looked for: more are
 * an attack, and cost the square of their number. */
#define MAX_LOOKED_AT 500

/* --- MP_CAPABLE --- */

mpt_occasion mpt_judge_synack_capable(const mpt_judging *j, mpt_role role)
{
    (void)role;
    return j->steps.synack ? mpt_kept(j->steps.synack->frame) : mpt_no_handshake(j);
}

static bool has_flag_b(const mpt_mp_capable *o)
{
    return o->flags & MPT_CAPABLE_B;
}

static bool lacks_algorithm(const mpt_mp_capable *o)
{
    return !(o->flags & mpt_capable_algorithms(o));
}

/* Versions whose flags are known. */
static bool is_known(const mpt_event *event)
{
    return event->type == MPT_EVENT_MP_CAPABLE && event->capable.version <= 1;
}

static mpt_occasion judge_flags(const mpt_judging *j, mpt_role role, bool (*wrong)(const mpt_mp_capable *))
{
    mpt_occasion o = mpt_no_handshake(j);

    for (guint i = 0; i < j->events->len; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (!is_known(event) || mpt_judging_role(j, event) != role)
            continue;
        if (wrong(&event->capable))
            return mpt_violated(event->frame);
        if (o.verdict != MPT_RULE_KEPT)
            o = mpt_kept(event->frame);
    }
    return o;
}

/* That the receiver went on with MPTCP is a finding; here it did not. */
static mpt_occasion judge_ignored(const mpt_judging *j, mpt_role role, bool (*wrong)(const mpt_mp_capable *))
{
    mpt_role sender = mpt_role_other(role);
    const mpt_event *told = NULL;

    for (guint i = 0; i < j->events->len && !told; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (is_known(event) && mpt_judging_role(j, event) == sender && wrong(&event->capable))
            told = event;
    }
    if (!told)
        return mpt_no_handshake(j);
    return j->v->fallback == MPT_FALLBACK_NONE ? mpt_unseen(MPT_RULE_REASON_ENDS_EARLY)
                                               : mpt_kept(told->frame);
}

mpt_occasion mpt_judge_flag_b(const mpt_judging *j, mpt_role role)
{
    return judge_flags(j, role, has_flag_b);
}

mpt_occasion mpt_judge_flag_b_ignored(const mpt_judging *j, mpt_role role)
{
    return judge_ignored(j, role, has_flag_b);
}

mpt_occasion mpt_judge_algorithm(const mpt_judging *j, mpt_role role)
{
    return judge_flags(j, role, lacks_algorithm);
}

mpt_occasion mpt_judge_algorithm_ignored(const mpt_judging *j, mpt_role role)
{
    return judge_ignored(j, role, lacks_algorithm);
}

mpt_occasion mpt_judge_denied(const mpt_judging *j, mpt_role role)
{
    const mpt_event *told = role == MPT_CLIENT ? j->steps.synack : j->steps.syn;

    if (!told || told->capable.version != 1 || !(told->capable.flags & MPT_CAPABLE_C))
        return mpt_no_handshake(j);
    return mpt_kept(told->frame);
}

/* Both are in use at one time, at one host. */
static bool of_same_host(const mpt_judging *j, const mpt_connection *other, mpt_role role)
{
    const mpt_subflow *s = mpt_connection_capable(other);

    if (other == j->c || !s || other->end_ns < j->c->start_ns || j->c->end_ns < other->start_ns)
        return false;
    for (mpt_side side = 0; side < MPT_SIDES; side++)
        if (mpt_endpoint_same_address(&s->ends[side], &j->v->end[role]) &&
            other->host[mpt_subflow_conn_side(s, side)].token_known)
            return true;
    return false;
}

mpt_occasion mpt_judge_key_unique(const mpt_judging *j, mpt_role role)
{
    const GPtrArray *all = mpt_engine_connections(j->engine);

    if (!j->c->host[j->v->side[role]].token_known)
        return mpt_no_handshake(j);
    for (guint i = 0; i < MIN(all->len, MAX_LOOKED_AT); i++)
        if (of_same_host(j, g_ptr_array_index(all, i), role))
            return mpt_kept(j->c->first_frame);
    return mpt_no_occasion();
}

mpt_occasion mpt_judge_keys_again(const mpt_judging *j, mpt_role role)
{
    (void)role;
    if (!j->steps.ack || !j->steps.ack->capable.has_receiver_key)
        return mpt_no_handshake(j);
    return mpt_kept(j->steps.ack->frame);
}

mpt_occasion mpt_judge_keys_in_ack(const mpt_judging *j, mpt_role role)
{
    const mpt_subflow *s = j->v->subflows[0].subflow;

    (void)role;
    if (!j->begun || !s->synack_capable || !s->ack_seen)
        return mpt_no_handshake(j);
    return s->ack_capable ? mpt_kept(s->ack_frame) : mpt_unseen(MPT_RULE_REASON_ON_THE_WAY);
}

/* RFC 8684 3.1: flag A of the third ACK says what either host asked for. */
mpt_occasion mpt_judge_checksum_confirmed(const mpt_judging *j, mpt_role role)
{
    const mpt_capable_steps *steps = &j->steps;

    (void)role;
    if (!steps->syn || !steps->synack || !steps->ack || !steps->ack->capable.has_receiver_key)
        return mpt_no_handshake(j);
    return steps->ack->capable.checksum_required ==
                   (steps->syn->capable.checksum_required || steps->synack->capable.checksum_required)
               ? mpt_kept(steps->ack->frame)
               : mpt_violated(steps->ack->frame);
}

/* RFC 8684 3.1: the session is a regular, single-path one. */
mpt_occasion mpt_judge_plain_answer(const mpt_judging *j, mpt_role role)
{
    const mpt_subflow_view *first = &j->v->subflows[0];
    const mpt_subflow *s = first->subflow;
    const mpt_seen *dss = &j->evidence->sights[MPT_SIGHT_DSS][j->v->side[role]];

    if (!s->syn_capable || !s->synack_seen || s->synack_capable)
        return mpt_no_handshake(j);
    if (dss->count)
        return mpt_violated(dss->frame);
    if (j->steps.ack && j->steps.ack->capable.has_receiver_key)
        return mpt_violated(j->steps.ack->frame);
    return mpt_metrics_half(first, mpt_role_sends(role))->bytes.packets > 1
               ? mpt_kept(s->synack_frame)
               : mpt_unseen(MPT_RULE_REASON_ENDS_EARLY);
}

mpt_occasion mpt_judge_uninvited(const mpt_judging *j, mpt_role role)
{
    const mpt_subflow *s = j->v->subflows[0].subflow;

    (void)role;
    if (!s->syn_seen || !s->synack_seen)
        return mpt_no_handshake(j);
    if (!s->syn_capable && s->synack_capable)
        return mpt_violated(s->synack_frame);
    if (s->syn_capable && s->evidence && s->evidence->plain_syn.count && !s->synack_capable)
        return mpt_kept(s->synack_frame);
    return mpt_no_occasion();
}

/* --- MP_JOIN --- */

/* The first join by this host; NULL: none. */
static const mpt_subflow_view *first_join(const mpt_judging *j, mpt_role by)
{
    for (uint32_t i = 0; i < j->v->subflow_count; i++)
        if (mpt_judging_joined(&j->v->subflows[i], by))
            return &j->v->subflows[i];
    return NULL;
}

/* RFC 8684 3.1: a join with another token finds no connection, neither at the other host nor here. */
mpt_occasion mpt_judge_token(const mpt_judging *j, mpt_role role)
{
    const mpt_subflow_view *join = first_join(j, role);

    if (!join)
        return mpt_no_occasion();
    return j->c->host[j->v->side[mpt_role_other(role)]].key_known ? mpt_kept(join->subflow->first_frame)
                                                                  : mpt_unseen(MPT_RULE_REASON_KEYS_UNKNOWN);
}

/* A DSS of the other host that comes later shows that the capture has them. */
mpt_occasion mpt_judge_join_early(const mpt_judging *j, mpt_role role)
{
    const mpt_subflow_view *join = first_join(j, role);
    const mpt_seen *dss = &j->evidence->sights[MPT_SIGHT_DSS][j->v->side[mpt_role_other(role)]];
    const mpt_half *sent = mpt_metrics_half(&j->v->subflows[0], mpt_role_sends(role));

    if (!join)
        return mpt_no_occasion();
    if (!j->begun)
        return mpt_unseen(MPT_RULE_REASON_BEGAN_BEFORE);
    if (dss->count && dss->time_ns <= join->subflow->start_ns)
        return mpt_kept(join->subflow->first_frame);
    /* Of data that was sent before, the acknowledgement may be missing in the capture. */
    if (!dss->count || (sent->bytes.segments && sent->first_data_ns < join->subflow->start_ns))
        return mpt_unseen(MPT_RULE_REASON_UNPROVEN);
    return mpt_violated(join->subflow->first_frame);
}

mpt_occasion mpt_judge_on_join(const mpt_judging *j, mpt_role role)
{
    const mpt_subflow_view *join = first_join(j, role);

    return join ? mpt_kept(join->subflow->first_frame) : mpt_no_occasion();
}

/* The HMAC that this host sends in a join: when, and whether it is right. */
struct sent_hmac {
    bool seen;
    mpt_verdict verdict;
    uint32_t frame;
    int64_t time_ns;
};

static struct sent_hmac hmac_of(const mpt_subflow_view *sv, mpt_role role)
{
    const mpt_join *join = sv->subflow->join;
    bool opener = sv->initiator.known && sv->initiator.value == (int64_t)role;

    if (sv->subflow->kind != MPT_SUBFLOW_JOIN || !sv->initiator.known || !join)
        return (struct sent_hmac){false};
    if (opener)
        return (struct sent_hmac){join->ack_seen, mpt_metrics_join_verdict(sv, MPT_JOIN_ACK), join->ack_frame,
                                  join->ack_ns};
    return (struct sent_hmac){join->synack_seen, mpt_metrics_join_verdict(sv, MPT_JOIN_SYNACK),
                              join->synack_frame, join->synack_ns};
}

mpt_occasion mpt_judge_join_hmac(const mpt_judging *j, mpt_role role)
{
    mpt_occasion o = mpt_no_occasion();

    for (uint32_t i = 0; i < j->v->subflow_count; i++) {
        struct sent_hmac h = hmac_of(&j->v->subflows[i], role);
        if (h.seen && h.verdict == MPT_VERDICT_BAD)
            return mpt_violated(h.frame);
        if (h.seen && h.verdict == MPT_VERDICT_OK && o.verdict != MPT_RULE_KEPT)
            o = mpt_kept(h.frame);
        else if (h.seen && o.verdict == MPT_RULE_NOT_EXERCISED)
            o = mpt_unseen(MPT_RULE_REASON_KEYS_UNKNOWN);
    }
    return o;
}

/* RFC 8684 3.8, 3.9.3: whoever gets a wrong HMAC answers with a RST. */
mpt_occasion mpt_judge_hmac_refused(const mpt_judging *j, mpt_role role)
{
    mpt_occasion o = mpt_no_occasion();
    unsigned looked_at = 0;

    for (uint32_t i = 0; i < j->v->subflow_count && looked_at < MAX_LOOKED_AT; i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        struct sent_hmac h = hmac_of(sv, mpt_role_other(role));
        const mpt_event *rst;
        if (!h.seen || h.verdict != MPT_VERDICT_BAD)
            continue;
        looked_at++;
        rst = mpt_judging_event(j, MPT_EVENT_RST, sv->subflow->owner, role, h.time_ns);
        if (!rst && mpt_metrics_half(sv, mpt_role_sends(role))->last_ns > h.time_ns)
            return mpt_violated(h.frame);
        o = rst ? mpt_kept(rst->frame) : mpt_unseen(MPT_RULE_REASON_ENDS_EARLY);
    }
    return o;
}

mpt_occasion mpt_judge_token_refused(const mpt_judging *j, mpt_role role)
{
    for (guint i = 0; i < j->findings->len; i++) {
        const mpt_finding *f = &g_array_index(j->findings, mpt_finding, i);
        if (f->id == MPT_FINDING_JOIN_UNKNOWN_TOKEN && f->subflow.known &&
            mpt_judging_joined(&j->v->subflows[f->subflow.value], mpt_role_other(role)))
            return mpt_kept(f->frame);
    }
    return mpt_no_occasion();
}

mpt_occasion mpt_judge_join_data_early(const mpt_judging *j, mpt_role role)
{
    for (uint32_t i = 0; i < j->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        if (mpt_judging_joined(sv, role) && sv->subflow->join->ack_seen &&
            mpt_metrics_half(sv, mpt_role_sends(role))->bytes.segments)
            return mpt_kept(sv->subflow->first_frame);
    }
    return mpt_no_occasion();
}

/* That it is not in the capture does not say that it was not sent. */
mpt_occasion mpt_judge_fourth_ack(const mpt_judging *j, mpt_role role)
{
    mpt_occasion o = mpt_no_occasion();

    for (uint32_t i = 0; i < j->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        struct sent_hmac third = hmac_of(sv, mpt_role_other(role));
        if (!mpt_judging_joined(sv, mpt_role_other(role)) || !third.seen ||
            sv->subflow->state == MPT_STATE_REFUSED)
            continue;
        if (mpt_metrics_half(sv, mpt_role_sends(role))->last_ns > third.time_ns)
            return mpt_kept(third.frame);
        o = mpt_unseen(MPT_RULE_REASON_LOSS);
    }
    return o;
}

/* RFC 8684 3.8: a SYN/ACK without MP_JOIN. */
mpt_occasion mpt_judge_plain_join(const mpt_judging *j, mpt_role role)
{
    mpt_occasion o = mpt_no_occasion();
    unsigned looked_at = 0;

    for (uint32_t i = 0; i < j->v->subflow_count && looked_at < MAX_LOOKED_AT; i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        const mpt_event *rst;
        if (!mpt_judging_joined(sv, role) || !s->synack_seen || s->join->synack_seen || s->synack_cut)
            continue;
        looked_at++;
        rst = mpt_judging_event(j, MPT_EVENT_RST, s->owner, role, INT64_MIN);
        if (rst)
            o = mpt_kept(rst->frame);
        else if (mpt_metrics_half(sv, mpt_role_sends(role))->last_ns - s->synack_ns >
                     mpt_judging_reaction_ns(sv) ||
                 mpt_metrics_half(sv, mpt_role_sends(role))->bytes.segments)
            return mpt_violated(s->synack_frame);
        else
            o = mpt_unseen(MPT_RULE_REASON_ENDS_EARLY);
    }
    return o;
}
