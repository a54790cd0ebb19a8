/* checks_handshake.c - checks of the handshakes of further subflows, MP_JOIN (RFC 8684 3.2), and of resets (3.6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

/* An answer that is not there after this long does not come any more. */
#define ANSWER_NS     INT64_C(1000000000)
/* Subflows looked through for those that were up: more are an attack. */
#define MAX_COUNTED   64
/* Connections looked through for one that a join may belong to: more are an attack. */
#define MAX_LOOKED_AT 500

/* --- joins --- */

/* A join, and what became of it. */
struct join {
    mpt_checking *x;
    const mpt_subflow_view *sv;
    const mpt_subflow *s;
    const mpt_join *j;
    mpt_role initiator;
    mpt_term name, by; /* the subflow; the initiator */
};

static mpt_finding *join_found(struct join *k, mpt_finding_id id, int64_t time_ns, uint32_t frame)
{
    mpt_finding *f = mpt_found(k->x, id, time_ns, frame, 1);

    mpt_found_subflow(f, k->sv);
    return f;
}

/* What an end gave with a RST. */
struct given {
    mpt_term reason; /* MPT_TERM_NONE: none */
    mpt_term transient;
};

static struct given reason_given(const mpt_checking *x, const mpt_subflow *s, int role)
{
    const mpt_event *event = mpt_checking_event(x, MPT_EVENT_MP_TCPRST, s->owner, role, INT64_MIN);

    if (!event)
        return (struct given){.reason = {.type = MPT_TERM_NONE}};
    return (struct given){mpt_term_of(MPT_TERM_REASON, event->tcprst.reason),
                          mpt_term_of(MPT_TERM_FLAG, event->tcprst.transient)};
}

/* A connection that began before the capture, whose token is not known, goes on then: the join may be its own. */
static bool may_be_of_another(const mpt_checking *x)
{
    const GPtrArray *all = mpt_engine_connections(x->engine);

    for (guint i = 0; i < MIN(all->len, MAX_LOOKED_AT); i++) {
        const mpt_connection *c = g_ptr_array_index(all, i);
        if (c != x->c && c->partial && c->dss_seen && c->start_ns <= x->c->end_ns &&
            x->c->start_ns <= c->end_ns && !c->host[MPT_CONN_SIDE_A].token_known &&
            !c->host[MPT_CONN_SIDE_B].token_known)
            return true;
    }
    return false;
}

/* No other subflow of this connection ever worked, and nobody's key gives this token. */
static bool token_unknown(const mpt_checking *x)
{
    if (!x->c->partial || x->c->dss_seen)
        return false;
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        if (x->v->subflows[i].subflow->state != MPT_STATE_REFUSED)
            return false;
    return !may_be_of_another(x);
}

/* Subflows that are up at this time, without `but`. */
static unsigned up_at(const mpt_checking *x, const mpt_subflow *but, int64_t time_ns)
{
    unsigned n = 0;

    for (uint32_t i = 0; i < MIN(x->v->subflow_count, MAX_COUNTED); i++) {
        const mpt_subflow *s = x->v->subflows[i].subflow;
        bool over = s->state == MPT_STATE_CLOSED || s->state == MPT_STATE_RESET;
        n += s != but && s->state >= MPT_STATE_ESTABLISHED && s->established_ns <= time_ns &&
             !(over && s->closed_ns <= time_ns);
    }
    return n;
}

/* Another join was accepted although no fewer subflows were up then. */
static bool limit_not_reached(const struct join *k, int64_t refused_ns)
{
    unsigned up = up_at(k->x, k->s, refused_ns);

    for (uint32_t i = 0; i < MIN(k->x->v->subflow_count, MAX_COUNTED); i++) {
        const mpt_subflow *s = k->x->v->subflows[i].subflow;
        if (s != k->s && s->kind == MPT_SUBFLOW_JOIN && s->state >= MPT_STATE_ESTABLISHED &&
            up_at(k->x, s, s->established_ns) >= up)
            return true;
    }
    return false;
}

/* In v1 a host that refuses a join, for its token or a limit, says so in MP_TCPRST (RFC 8684 3.2): this RST is TCP's. */
static bool is_no_mptcp(const struct join *k, const struct given *why)
{
    return k->x->v->version.known && k->x->v->version.value >= 1 && !k->s->synack_seen &&
           why->reason.type == MPT_TERM_NONE;
}

static void refused_by_responder(struct join *k, const mpt_event *rst)
{
    mpt_checking *x = k->x;
    struct given why = reason_given(x, k->s, (int)mpt_role_other(k->initiator));
    bool closing = x->closing_ns <= rst->time_ns;

    if (k->s->start_ns > x->closing_ns) /* join_after_close */
        return;
    if (token_unknown(x))
        mpt_say(join_found(k, MPT_FINDING_JOIN_UNKNOWN_TOKEN, rst->time_ns, rst->frame),
                MPT_PHRASE_JOIN_UNKNOWN_TOKEN, k->name, k->by, why.reason, why.transient,
                mpt_term_of(MPT_TERM_TOKEN, k->j->token));
    else if (!closing && why.reason.number == 3 && !limit_not_reached(k, rst->time_ns))
        mpt_say(join_found(k, MPT_FINDING_JOIN_LIMIT, rst->time_ns, rst->frame), MPT_PHRASE_JOIN_LIMIT,
                k->name, k->by, why.reason, why.transient);
    else if (!closing && is_no_mptcp(k, &why))
        mpt_say(
            join_found(k, MPT_FINDING_JOIN_REFUSED, rst->time_ns, rst->frame), MPT_PHRASE_JOIN_NO_LISTENER,
            k->name, k->by,
            mpt_term_endpoint(MPT_TERM_ENDPOINT, mpt_metrics_endpoint(k->sv, mpt_role_other(k->initiator))));
    else
        mpt_say(join_found(k, MPT_FINDING_JOIN_REFUSED, rst->time_ns, rst->frame),
                closing ? MPT_PHRASE_JOIN_CLOSING : MPT_PHRASE_JOIN_REFUSED, k->name, k->by, why.reason,
                why.transient)
            ->severity = closing ? MPT_SEVERITY_CHAT : MPT_SEVERITY_WARNING;
}

static void refused(struct join *k)
{
    int64_t refused_ns = k->s->refused_ns;
    const mpt_event *by_other =
        mpt_checking_event(k->x, MPT_EVENT_RST, k->s->owner, (int)mpt_role_other(k->initiator), INT64_MIN);
    const mpt_event *by_self =
        mpt_checking_event(k->x, MPT_EVENT_RST, k->s->owner, (int)k->initiator, INT64_MIN);
    struct given why;

    if (by_other && (!by_self || by_other->time_ns <= by_self->time_ns)) {
        refused_by_responder(k, by_other);
        return;
    }
    if (k->s->synack_seen && !k->j->synack_seen && k->x->reliable) {
        mpt_say(join_found(k, MPT_FINDING_JOIN_UNFINISHED, refused_ns, k->s->synack_frame),
                MPT_PHRASE_JOIN_PLAIN_ANSWER, k->name, k->by);
        return;
    }
    if (k->x->closing_ns <= refused_ns)
        return;
    why = reason_given(k->x, k->s, (int)k->initiator);
    mpt_say(join_found(k, MPT_FINDING_JOIN_REFUSED, refused_ns, by_self ? by_self->frame : k->s->last_frame),
            MPT_PHRASE_JOIN_GIVEN_UP, k->name, k->by, why.reason, why.transient);
}

/* The address says why there is no answer. */
static bool no_way(struct join *k)
{
    mpt_role responder = mpt_role_other(k->initiator);
    const mpt_endpoint *to = mpt_metrics_endpoint(k->sv, responder);
    mpt_phrase why = mpt_checking_unreachable(k->x, responder, to);
    mpt_finding *f;

    if (why == MPT_PHRASES)
        return false;
    f = mpt_say(join_found(k, MPT_FINDING_JOIN_UNREACHABLE, k->s->start_ns, k->s->first_frame),
                MPT_PHRASE_JOIN_UNREACHABLE, mpt_term_role(responder),
                mpt_term_endpoint(MPT_TERM_ADDRESS, to), mpt_term_of(MPT_TERM_FLAG, false), k->name);
    mpt_say(f, why, k->by);
    return true;
}

/* What would answer passes elsewhere. */
static bool answers_not_captured(const mpt_checking *x)
{
    for (uint32_t i = 0; i < MIN(x->v->subflow_count, MAX_COUNTED); i++)
        if (mpt_metrics_one_way(&x->v->subflows[i]))
            return true;
    return false;
}

static void no_answer(struct join *k)
{
    const mpt_subflow *s = k->s;
    uint32_t syns = s->evidence ? s->evidence->syns : 1;

    /* Where ICMP gives the reason, that finding has it. */
    if (answers_not_captured(k->x) || mpt_checking_icmp(k->x, s) || no_way(k) ||
        k->s->start_ns > k->x->closing_ns || (syns < 2 && k->x->c->end_ns - s->start_ns < ANSWER_NS))
        return;
    mpt_say(join_found(k, MPT_FINDING_JOIN_UNANSWERED, s->start_ns, s->first_frame),
            MPT_PHRASE_JOIN_UNANSWERED, k->name, k->by, mpt_term_of(MPT_TERM_COUNT, syns));
}

static void unfinished(struct join *k)
{
    const mpt_subflow *s = k->s;

    if (mpt_metrics_one_way(k->sv) || k->x->c->end_ns - s->synack_ns < ANSWER_NS ||
        k->x->closing_ns < s->synack_ns + ANSWER_NS || !k->x->reliable)
        return;
    mpt_say(join_found(k, MPT_FINDING_JOIN_UNFINISHED, s->synack_ns, s->synack_frame),
            !k->j->synack_seen ? MPT_PHRASE_JOIN_UNFINISHED
            : k->j->ack_seen   ? MPT_PHRASE_JOIN_UNCONFIRMED
                               : MPT_PHRASE_JOIN_NO_THIRD_ACK,
            k->name, k->by);
}

/* A wrong HMAC, in the SYN/ACK or in the third ACK. */
static void wrong_hmac(struct join *k, bool synack)
{
    uint64_t bytes =
        k->sv->direction[MPT_C2S].bytes.payload_bytes + k->sv->direction[MPT_S2C].bytes.payload_bytes;
    mpt_finding *f = join_found(k, MPT_FINDING_JOIN_HMAC, synack ? k->j->synack_ns : k->j->ack_ns,
                                synack ? k->j->synack_frame : k->j->ack_frame);

    mpt_say(f, MPT_PHRASE_JOIN_HMAC, k->name, k->by, mpt_term_of(MPT_TERM_FLAG, synack));
    if (bytes)
        mpt_say(f, MPT_PHRASE_JOIN_HMAC_USED, mpt_term_of(MPT_TERM_BYTES, bytes));
}

static void check_join(struct join *k)
{
    bool synack = mpt_metrics_join_verdict(k->sv, MPT_JOIN_SYNACK) == MPT_VERDICT_BAD;

    if (synack || mpt_metrics_join_verdict(k->sv, MPT_JOIN_ACK) == MPT_VERDICT_BAD)
        wrong_hmac(k, synack);
    else if (k->s->state == MPT_STATE_REFUSED)
        refused(k);
    else if (k->s->state == MPT_STATE_SYN_SENT && !k->s->synack_seen)
        no_answer(k);
    else if (k->s->state == MPT_STATE_SYN_SENT)
        unfinished(k);
}

void mpt_check_joins(mpt_checking *x)
{
    if (mpt_checking_flooded(x))
        return;
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        struct join k = {.x = x, .sv = &x->v->subflows[i], .s = x->v->subflows[i].subflow};
        if (k.s->kind != MPT_SUBFLOW_JOIN || !k.s->syn_seen)
            continue;
        k.j = k.s->join;
        k.initiator = (mpt_role)k.sv->initiator.value;
        k.name = mpt_term_subflow(k.sv);
        k.by = mpt_term_role(k.initiator);
        check_join(&k);
    }
}

static bool announced(const mpt_checking *x, mpt_role role, const mpt_endpoint *address, int64_t before_ns)
{
    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event->type == MPT_EVENT_ADD_ADDR && event->time_ns <= before_ns &&
            mpt_metrics_role(x->v, event->side) == role &&
            mpt_endpoint_same_address(&event->add_addr.address, address))
            return true;
    }
    return false;
}

void mpt_check_join_address(mpt_checking *x)
{
    if (!x->whole || !x->reliable)
        return;
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        mpt_role responder = mpt_role_other((mpt_role)sv->initiator.value);
        const mpt_endpoint *to = mpt_metrics_endpoint(sv, responder);

        if (s->kind != MPT_SUBFLOW_JOIN || !sv->initiator.known ||
            mpt_endpoint_same_address(to, &x->v->end[responder]) || announced(x, responder, to, s->start_ns))
            continue;
        mpt_found_subflow(mpt_say(mpt_found(x, MPT_FINDING_JOIN_ADDRESS, s->start_ns, s->first_frame, 1),
                                  MPT_PHRASE_JOIN_ADDRESS, mpt_term_subflow(sv),
                                  mpt_term_role(mpt_role_other(responder)),
                                  mpt_term_endpoint(MPT_TERM_ADDRESS, to)),
                          sv);
    }
}

void mpt_check_join_slow(mpt_checking *x)
{
    const mpt_maybe_ns *first = &x->v->subflows[0].syn_to_synack;

    if (!x->whole || !first->known)
        return;
    for (uint32_t i = 1; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        uint32_t syns = s->evidence ? s->evidence->syns : 1;

        /* Seen from the server, the SYN/ACK follows the SYN at once, on any path. */
        if (s->kind != MPT_SUBFLOW_JOIN || !sv->syn_to_synack.known || sv->syn_to_synack.ns < 3 * first->ns ||
            sv->syn_to_synack.ns - first->ns < 100 * INT64_C(1000000))
            continue;
        mpt_found_subflow(mpt_say(mpt_found(x, MPT_FINDING_JOIN_SLOW, s->start_ns, s->first_frame, syns),
                                  MPT_PHRASE_JOIN_SLOW, mpt_term_subflow(sv),
                                  mpt_term_of(MPT_TERM_TIME, (uint64_t)sv->syn_to_synack.ns),
                                  mpt_term_of(MPT_TERM_COUNT, syns),
                                  mpt_term_of(MPT_TERM_TIME, (uint64_t)first->ns)),
                          sv);
    }
}

/* --- resets --- */

static bool address_removed(const mpt_checking *x, const mpt_subflow_view *sv, int64_t before_ns)
{
    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        const mpt_maybe_int *id;
        if (event->type != MPT_EVENT_REMOVE_ADDR || event->time_ns > before_ns)
            continue;
        id = &sv->address_id[mpt_metrics_role(x->v, event->side)];
        for (unsigned k = 0; id->known && k < event->remove_addr.count; k++)
            if (event->remove_addr.ids[k] == id->value)
                return true;
    }
    return false;
}

void mpt_check_resets(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        const mpt_event *rst = mpt_checking_event(x, MPT_EVENT_RST, s->owner, -1, s->closed_ns);
        mpt_finding *f;
        mpt_role by;
        struct given why;

        if (s->state != MPT_STATE_RESET || !rst || mpt_checking_foreign_reset(s) ||
            x->closing_ns <= s->closed_ns || address_removed(x, sv, s->closed_ns))
            continue;
        by = mpt_metrics_role(x->v, rst->side);
        why = reason_given(x, s, (int)by);
        f = mpt_say(mpt_found(x, MPT_FINDING_SUBFLOW_RESET, rst->time_ns, rst->frame, 1),
                    MPT_PHRASE_SUBFLOW_RESET, mpt_term_role(by), mpt_term_subflow(sv), why.reason,
                    why.transient);
        mpt_found_subflow(f, sv);
        /* What TCP or the application may have had of its own. */
        if (why.reason.number == 0)
            f->severity = MPT_SEVERITY_NOTE;
    }
}
