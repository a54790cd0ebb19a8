/* judge_data.c - the rules of the data level: mappings, DATA_ACKs, DATA_FIN, checksums (RFC 8684 3.3), and of fallback
 * (3.7).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judging_internal.h"

/* A subflow that is in use so long after the connection was closed is not closed. */
#define CLOSED_NS INT64_C(60000000000)

/* The frame of the first data of this host; false: it sent none that is mapped. */
static bool first_data(const mpt_judging *j, mpt_role role, uint32_t *frame)
{
    mpt_runs runs = mpt_judging_level(j, role)->owned.runs;
    mpt_runs_at at;
    const mpt_run *first = mpt_runs_first(&runs, &at);

    *frame = first ? first->frame : 0;
    return first != NULL;
}

mpt_occasion mpt_judge_idsn(const mpt_judging *j, mpt_role role)
{
    const mpt_data_level *d = mpt_judging_level(j, role);
    uint32_t frame;

    if (d->relative_known && d->stray && !d->settled)
        return mpt_violated(j->evidence->far.frame);
    if (!first_data(j, role, &frame))
        return mpt_no_occasion();
    return d->relative_known ? mpt_kept(frame) : mpt_unseen(MPT_RULE_REASON_KEYS_UNKNOWN);
}

mpt_occasion mpt_judge_mapped(const mpt_judging *j, mpt_role role)
{
    uint32_t frame;

    return first_data(j, role, &frame) ? mpt_kept(frame) : mpt_no_occasion();
}

mpt_occasion mpt_judge_options_sent(const mpt_judging *j, mpt_role role)
{
    const mpt_seen *dss = &j->evidence->sights[MPT_SIGHT_DSS][j->v->side[role]];
    const mpt_event *capable = mpt_judging_event(j, MPT_EVENT_MP_CAPABLE, -1, role, INT64_MIN);
    const mpt_event *join = mpt_judging_event(j, MPT_EVENT_MP_JOIN, -1, role, INT64_MIN);

    if (capable || join)
        return mpt_kept(capable ? capable->frame : join->frame);
    return dss->count ? mpt_kept(dss->frame) : mpt_no_occasion();
}

/* --- checksums --- */

static bool known_required(const mpt_judging *j, bool required)
{
    return j->v->kind == MPT_KIND_MPTCP && j->v->checksum_required.known &&
           (j->v->checksum_required.value != 0) == required;
}

mpt_occasion mpt_judge_checksum_used(const mpt_judging *j, mpt_role role)
{
    const mpt_seen *with = &mpt_judging_evidence(j, role)->with_checksum;

    if (!known_required(j, true) || !with->count)
        return mpt_no_handshake(j);
    return mpt_kept(with->frame);
}

mpt_occasion mpt_judge_checksum_left_out(const mpt_judging *j, mpt_role role)
{
    const mpt_seen *without = &mpt_judging_evidence(j, role)->without_checksum;

    if (!known_required(j, false) || !without->count)
        return mpt_no_handshake(j);
    return mpt_kept(without->frame);
}

/* This host got what makes it reset the subflow. */
static mpt_occasion judge_reset(const mpt_judging *j, mpt_role role, const mpt_seen *seen)
{
    const mpt_subflow_view *sv = mpt_metrics_subflow_of(j->v, seen->owner);
    const mpt_event *rst = mpt_judging_event(j, MPT_EVENT_RST, seen->owner, role, seen->time_ns);

    if (rst)
        return mpt_kept(rst->frame);
    return sv && mpt_metrics_half(sv, mpt_role_sends(role))->last_ns - seen->time_ns >
                       mpt_judging_reaction_ns(sv)
               ? mpt_violated(seen->frame)
               : mpt_unseen(MPT_RULE_REASON_ENDS_EARLY);
}

mpt_occasion mpt_judge_checksum_reset(const mpt_judging *j, mpt_role role)
{
    const mpt_seen *without = &mpt_judging_evidence(j, mpt_role_other(role))->without_checksum;

    if (!known_required(j, true) || !without->count)
        return mpt_no_handshake(j);
    return judge_reset(j, role, without);
}

mpt_occasion mpt_judge_uninvited_reset(const mpt_judging *j, mpt_role role)
{
    const mpt_seen *with = &mpt_judging_evidence(j, mpt_role_other(role))->with_checksum;

    if (!known_required(j, false) || !with->count)
        return mpt_no_handshake(j);
    return judge_reset(j, role, with);
}

/* RFC 8684 3.3: that RST says why. */
mpt_occasion mpt_judge_reset_reason(const mpt_judging *j, mpt_role role)
{
    const mpt_level_evidence *e = mpt_judging_evidence(j, mpt_role_other(role));
    const mpt_seen *seen = known_required(j, true) ? &e->without_checksum : &e->with_checksum;
    const mpt_event *rst, *told;

    if (j->v->kind != MPT_KIND_MPTCP || !j->v->checksum_required.known || !seen->count)
        return mpt_no_handshake(j);
    rst = mpt_judging_event(j, MPT_EVENT_RST, seen->owner, role, seen->time_ns);
    if (!rst)
        return mpt_no_occasion();
    told = mpt_judging_event(j, MPT_EVENT_MP_TCPRST, seen->owner, role, rst->time_ns);
    return told && told->frame == rst->frame ? mpt_kept(rst->frame) : mpt_violated(rst->frame);
}

/* RFC 8684 3.7: who gets a wrong checksum says so with MP_FAIL. The segment must have got there: its TCP
 * acknowledged it. */
mpt_occasion mpt_judge_checksum_failed(const mpt_judging *j, mpt_role role)
{
    const mpt_event *bad = mpt_judging_event(j, MPT_EVENT_CHECKSUM_BAD, -1, mpt_role_other(role), INT64_MIN);
    const mpt_subflow_view *sv = bad ? mpt_metrics_subflow_of(j->v, bad->owner) : NULL;
    const mpt_event *fail, *rst;
    const mpt_half *sent;

    if (!sv)
        return mpt_no_occasion();
    sent = mpt_metrics_half(sv, mpt_role_sends(mpt_role_other(role)));
    fail = mpt_judging_event(j, MPT_EVENT_MP_FAIL, sv->subflow->owner, role, bad->time_ns);
    rst = mpt_judging_event(j, MPT_EVENT_RST, sv->subflow->owner, role, bad->time_ns);
    if (fail)
        return mpt_kept(fail->frame);
    if (!rst && sent->acked < sent->next)
        return mpt_unseen(MPT_RULE_REASON_LOSS);
    return rst || mpt_metrics_half(sv, mpt_role_sends(role))->last_ns - bad->time_ns >
                       mpt_judging_reaction_ns(sv)
               ? mpt_violated(bad->frame)
               : mpt_unseen(MPT_RULE_REASON_ENDS_EARLY);
}

/* --- DATA_ACKs and the window --- */

mpt_occasion mpt_judge_data_acks(const mpt_judging *j, mpt_role role)
{
    return mpt_judging_level(j, mpt_role_other(role))->acks ? mpt_kept(0) : mpt_no_occasion();
}

/* RFC 8684 3.3.2: data is acknowledged. Where the capture was not taken near its receiver, something may remove the
 * options on the way. */
mpt_occasion mpt_judge_acks_sent(const mpt_judging *j, mpt_role role)
{
    for (guint i = 0; i < j->findings->len; i++) {
        const mpt_finding *f = &g_array_index(j->findings, mpt_finding, i);
        if (f->id == MPT_FINDING_NO_DATA_ACKS && f->direction.known &&
            f->direction.value == (int64_t)mpt_role_sends(mpt_role_other(role)))
            return mpt_near_of(j->v) == (role == MPT_CLIENT ? MPT_NEAR_CLIENT : MPT_NEAR_SERVER)
                       ? mpt_violated(f->frame)
                       : mpt_unseen(MPT_RULE_REASON_ON_THE_WAY);
    }
    return mpt_judge_data_acks(j, role);
}

mpt_occasion mpt_judge_wide_acks(const mpt_judging *j, mpt_role role)
{
    mpt_role other = mpt_role_other(role);

    return mpt_judging_evidence(j, other)->wide && mpt_judging_level(j, other)->acks ? mpt_kept(0)
                                                                                     : mpt_no_occasion();
}

mpt_occasion mpt_judge_window(const mpt_judging *j, mpt_role role)
{
    const mpt_level_evidence *v = mpt_judging_evidence(j, role);
    uint32_t frame;

    if (!first_data(j, role, &frame))
        return mpt_no_occasion();
    if (!j->begun)
        return mpt_unseen(MPT_RULE_REASON_BEGAN_BEFORE);
    if (j->v->direction[mpt_role_sends(role)].data.dsn_gap_bytes)
        return mpt_unseen(MPT_RULE_REASON_SEGMENTS_MISSING);
    return v->window_known && !v->window_unsure ? mpt_kept(frame) : mpt_unseen(MPT_RULE_REASON_UNPROVEN);
}

/* RFC 8684 3.3.6: what goes on another subflow also goes again on its own. */
mpt_occasion mpt_judge_retransmitted(const mpt_judging *j, mpt_role role)
{
    mpt_direction direction = mpt_role_sends(role);
    const mpt_data_level *d = mpt_judging_level(j, role);

    if (!j->v->direction[direction].bytes.reinjected_bytes || !d->copies || !d->copies->len)
        return mpt_no_occasion();
    for (uint32_t i = 0; i < j->v->subflow_count; i++) {
        const mpt_half *h = mpt_metrics_half(&j->v->subflows[i], direction);
        if (h->bytes.segments && h->acked < h->next)
            return mpt_unseen(MPT_RULE_REASON_LOSS);
    }
    return mpt_kept(g_array_index(d->copies, mpt_copy, 0).frame);
}

mpt_occasion mpt_judge_backup(const mpt_judging *j, mpt_role role)
{
    mpt_role other = mpt_role_other(role);
    uint32_t frame;

    if (!first_data(j, role, &frame))
        return mpt_no_occasion();
    for (uint32_t i = 0; i < j->v->subflow_count; i++)
        if (j->v->subflows[i].backup[other].known && j->v->subflows[i].backup[other].value)
            return mpt_kept(frame);
    return mpt_no_occasion();
}

/* --- DATA_FIN --- */

mpt_occasion mpt_judge_data_fin(const mpt_judging *j, mpt_role role)
{
    const mpt_event *fin = mpt_judging_event(j, MPT_EVENT_DATA_FIN, -1, role, INT64_MIN);

    return fin ? mpt_kept(fin->frame) : mpt_no_occasion();
}

/* RFC 8684 3.3.3: without data, SSN 0 and length 1. */
mpt_occasion mpt_judge_data_fin_mapping(const mpt_judging *j, mpt_role role)
{
    mpt_occasion o = mpt_no_occasion();

    for (guint i = 0; i < j->events->len; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (event->type != MPT_EVENT_DATA_FIN || mpt_judging_role(j, event) != role ||
            event->data.length != 1)
            continue;
        if (event->data.ssn)
            return mpt_violated(event->frame);
        if (o.verdict != MPT_RULE_KEPT)
            o = mpt_kept(event->frame);
    }
    return o;
}

/* This host closed every subflow with a FIN, and no RST took the data away. */
static bool closes_all(const mpt_judging *j, mpt_role role)
{
    uint32_t closed = 0;

    for (uint32_t i = 0; i < j->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        const mpt_half *own = mpt_metrics_half(sv, mpt_role_sends(role)),
                       *other = mpt_metrics_half(sv, mpt_role_sends(mpt_role_other(role)));
        if (sv->subflow->state < MPT_STATE_ESTABLISHED)
            continue;
        if (!own->fin_acked || own->rst_seen || other->rst_seen)
            return false;
        closed++;
    }
    return closed > 0;
}

/* RFC 8684 3.3.3: data that is never acknowledged was outstanding when the last FIN was sent. A DATA_FIN alone may be. */
mpt_occasion mpt_judge_closed_early(const mpt_judging *j, mpt_role role)
{
    const mpt_data_level *d = mpt_judging_level(j, role);
    int64_t end = d->has_fin ? MIN(d->fin, d->order.high) : d->order.high;
    uint32_t frame;

    if (j->v->fallback != MPT_FALLBACK_NONE || !first_data(j, role, &frame) || !d->acked_known ||
        !closes_all(j, role))
        return mpt_no_occasion();
    if (!j->begun)
        return mpt_unseen(MPT_RULE_REASON_BEGAN_BEFORE);
    return d->acked < end ? mpt_violated(frame) : mpt_kept(frame);
}

static bool open_at(const mpt_subflow *s, int64_t time_ns)
{
    if (s->state < MPT_STATE_ESTABLISHED || s->start_ns > time_ns)
        return false;
    return s->state == MPT_STATE_ESTABLISHED || s->closed_ns >= time_ns;
}

mpt_occasion mpt_judge_subflows_closed(const mpt_judging *j, mpt_role role)
{
    const mpt_data_level *own = mpt_judging_level(j, role),
                         *other = mpt_judging_level(j, mpt_role_other(role));
    int64_t closed_ns = MAX(own->fin_acked_ns, other->fin_acked_ns);
    mpt_occasion o = mpt_no_occasion();

    if (!own->fin_acked || !other->fin_acked)
        return o;
    for (uint32_t i = 0; i < j->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &j->v->subflows[i];
        const mpt_half *h = mpt_metrics_half(sv, mpt_role_sends(role));
        if (!open_at(sv->subflow, closed_ns))
            continue;
        if (!h->fin_seen && !h->rst_seen && h->last_ns - closed_ns > CLOSED_NS)
            return mpt_violated(sv->subflow->last_frame);
        if (h->fin_seen && o.verdict == MPT_RULE_NOT_EXERCISED)
            o = mpt_kept(own->fin_frame);
        else if (!h->fin_seen)
            o = mpt_unseen(h->rst_seen ? MPT_RULE_REASON_UNPROVEN : MPT_RULE_REASON_ENDS_EARLY);
    }
    return o;
}

/* --- fallback --- */

/* A capture that has no data of this host before such a DATA_ACK began later. */
mpt_occasion mpt_judge_dss_until_acked(const mpt_judging *j, mpt_role role)
{
    const mpt_level_evidence *v = mpt_judging_evidence(j, role);

    if (!j->begun && (v->bare.count || v->mapped.count))
        return mpt_unseen(MPT_RULE_REASON_BEGAN_BEFORE);
    if (j->v->fallback != MPT_FALLBACK_NONE && v->bare.count)
        return mpt_unseen(MPT_RULE_REASON_ON_THE_WAY);
    if (v->bare.count)
        return mpt_violated(v->bare.frame);
    return v->mapped.count ? mpt_kept(v->mapped.frame) : mpt_no_occasion();
}

mpt_occasion mpt_judge_fell_back(const mpt_judging *j, mpt_role role)
{
    const mpt_event *fallback = NULL;

    for (guint i = 0; i < j->events->len && !fallback; i++)
        if (g_array_index(j->events, mpt_event, i).type == MPT_EVENT_FALLBACK)
            fallback = &g_array_index(j->events, mpt_event, i);
    if (!fallback)
        return mpt_no_occasion();
    for (uint32_t i = 0; i < j->v->subflow_count; i++)
        if (mpt_judging_joined(&j->v->subflows[i], role) &&
            j->v->subflows[i].subflow->start_ns > fallback->time_ns)
            return mpt_violated(j->v->subflows[i].subflow->first_frame);
    return mpt_kept(fallback->frame);
}
