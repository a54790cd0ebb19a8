/* checks_capable_rules.c - checks of the rules of the first handshake (RFC 8684 3.1): versions, flags, keys.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

static mpt_term version_of(const mpt_event *event)
{
    return mpt_term_of(MPT_TERM_NUMBER, event->capable.version);
}

static mpt_finding *found_on_first(mpt_checking *x, mpt_finding_id id, const mpt_event *event)
{
    mpt_finding *f = mpt_found(x, id, event->time_ns, event->frame, 1);

    mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, event->owner));
    return f;
}

/* The answer's version is at most that of the SYN; a lower one is good only if the client speaks it. */
static void check_version(mpt_checking *x, const mpt_capable_steps *steps)
{
    if (!steps->syn || !steps->synack)
        return;
    if (steps->synack->capable.version > steps->syn->capable.version)
        mpt_say(found_on_first(x, MPT_FINDING_VERSION_MISMATCH, steps->synack), MPT_PHRASE_VERSION_MISMATCH,
                version_of(steps->syn), version_of(steps->synack));
    else if (steps->synack->capable.version < steps->syn->capable.version &&
             x->v->fallback == MPT_FALLBACK_ACK && x->reliable)
        mpt_say(found_on_first(x, MPT_FINDING_VERSION_MISMATCH, steps->synack), MPT_PHRASE_VERSION_DROPPED,
                version_of(steps->syn), version_of(steps->synack));
}

/* Whether the other side went on with MPTCP after this step. */
static bool accepted(const mpt_checking *x, const mpt_capable_steps *steps, const mpt_event *event)
{
    if (event == steps->syn)
        return steps->synack != NULL;
    return x->v->kind == MPT_KIND_MPTCP && x->v->fallback == MPT_FALLBACK_NONE && x->c->dss_seen;
}

static bool check_flags(mpt_checking *x, const mpt_capable_steps *steps, const mpt_event *event)
{
    mpt_phrase why = mpt_capable_invalid(steps, event);
    mpt_finding *f;

    if ((why != MPT_PHRASE_INVALID_FLAG_B && why != MPT_PHRASE_INVALID_NO_ALGORITHM) ||
        !accepted(x, steps, event))
        return false;
    f = found_on_first(x, MPT_FINDING_CAPABLE_FLAGS, event);
    mpt_say_invalid(x, f, steps, event);
    mpt_say(f, MPT_PHRASE_FLAGS_ACCEPTED, mpt_term_role(mpt_role_other(mpt_metrics_role(x->v, event->side))));
    return true;
}

/* The server chooses of what the client offers. */
static void check_algorithm(mpt_checking *x, const mpt_capable_steps *steps)
{
    const mpt_mp_capable *offer = steps->syn ? &steps->syn->capable : NULL,
                         *choice = steps->synack ? &steps->synack->capable : NULL;
    unsigned chosen;

    if (!offer || !choice || offer->version > 1 || choice->version != offer->version)
        return;
    chosen = choice->flags & mpt_capable_algorithms(choice);
    if (chosen & ~(unsigned)offer->flags)
        mpt_say(found_on_first(x, MPT_FINDING_CAPABLE_FLAGS, steps->synack), MPT_PHRASE_CAPABLE_FLAGS);
    else if (chosen && !(chosen & MPT_CAPABLE_H))
        mpt_say(found_on_first(x, MPT_FINDING_CAPABLE_FLAGS, steps->synack), MPT_PHRASE_ALGORITHM_UNKNOWN);
}

static void check_keys(mpt_checking *x)
{
    for (mpt_role role = 0; role < MPT_ROLES && x->c->evidence; role++) {
        const mpt_seen *seen = &x->c->evidence->sights[MPT_SIGHT_KEYS][x->v->side[role]];
        mpt_finding *f;
        if (!seen->count)
            continue;
        f = mpt_say(mpt_found(x, MPT_FINDING_KEY_CHANGED, seen->time_ns, seen->frame, seen->count),
                    MPT_PHRASE_KEY_CHANGED, mpt_term_role(role));
        mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, seen->owner));
    }
}

/* v1 has the client's key there alone; without it nobody can verify a join. */
static void check_keys_missing(mpt_checking *x)
{
    const mpt_subflow *s = x->v->subflows[0].subflow;

    if (x->v->kind != MPT_KIND_MPTCP || !x->v->version.known || x->v->version.value != 1 || !x->whole ||
        !x->reliable || !s->synack_capable || !s->ack_seen || s->ack_capable || !x->c->dss_seen ||
        x->v->fallback != MPT_FALLBACK_NONE || x->v->direction[MPT_C2S].data.dsn_gap_bytes)
        return;
    mpt_found_subflow(
        mpt_say(mpt_found(x, MPT_FINDING_KEYS_MISSING, s->ack_ns, s->ack_frame, 1), MPT_PHRASE_KEYS_MISSING),
        &x->v->subflows[0]);
}

/* Both are in use at one time, at one host, and are two connections: of the same two hosts' keys it is one that was
 * captured twice. */
static bool reuses(const mpt_checking *x, const mpt_connection *twin, mpt_role role)
{
    mpt_conn_side side = x->v->side[role], other = mpt_conn_side_other(side);
    const mpt_host *own = x->c->host, *twins = twin->host;
    const mpt_subflow *s = mpt_connection_capable(twin);
    mpt_conn_side at;

    if (!s || twin->partial || twin->end_ns < x->c->start_ns || x->c->end_ns < twin->start_ns)
        return false;
    at = twins[side].token_known && twins[side].token == own[side].token ? side : other;
    if (twins[mpt_conn_side_other(at)].token_known && own[other].token_known &&
        twins[mpt_conn_side_other(at)].token == own[other].token)
        return false;
    return twins[mpt_conn_side_other(at)].token_known && own[other].token_known &&
           mpt_endpoint_same_address(&s->ends[mpt_subflow_side(s, at)], &x->v->end[role]);
}

static void check_reuse(mpt_checking *x)
{
    for (mpt_role role = 0; role < MPT_ROLES && !x->c->partial; role++) {
        const mpt_connection *twin = mpt_engine_token_twin(x->engine, x->c, x->v->side[role]);
        if (!twin || !reuses(x, twin, role))
            continue;
        mpt_say(mpt_found(x, MPT_FINDING_KEY_REUSED, x->c->start_ns, x->c->first_frame, 2),
                MPT_PHRASE_KEY_REUSED, mpt_term_role(role),
                mpt_term_of(MPT_TERM_TOKEN, x->c->host[x->v->side[role]].token),
                mpt_term_of(MPT_TERM_FRAME, twin->first_frame));
    }
}

static void check_denied(mpt_checking *x, const mpt_event *event)
{
    mpt_role role;

    /* In v0 flag C is one of the algorithms. */
    if (!event || event->capable.version != 1 || !(event->capable.flags & MPT_CAPABLE_C))
        return;
    role = mpt_metrics_role(x->v, event->side);
    mpt_say(found_on_first(x, MPT_FINDING_JOINS_DENIED, event), MPT_PHRASE_JOINS_DENIED, mpt_term_role(role),
            mpt_term_endpoint(MPT_TERM_ENDPOINT, &x->v->end[role]));
}

static void check_reserved(mpt_checking *x)
{
    for (mpt_role role = 0; role < MPT_ROLES && x->c->evidence; role++) {
        const mpt_seen *seen = &x->c->evidence->sights[MPT_SIGHT_RESERVED][x->v->side[role]];
        mpt_finding *f;
        if (!seen->count)
            continue;
        f = mpt_say(mpt_found(x, MPT_FINDING_RESERVED_BITS, seen->time_ns, seen->frame, seen->count),
                    MPT_PHRASE_RESERVED_BITS, mpt_term_role(role), mpt_term_of(MPT_TERM_COUNT, seen->count),
                    mpt_term_of(MPT_TERM_OPTION, x->c->evidence->reserved_subtype));
        mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, seen->owner));
    }
}

void mpt_check_capable_rules(mpt_checking *x)
{
    mpt_capable_steps steps = mpt_checking_capable(x);

    check_version(x, &steps);
    if (!check_flags(x, &steps, steps.syn) && !check_flags(x, &steps, steps.synack) &&
        !check_flags(x, &steps, steps.ack))
        check_algorithm(x, &steps);
    check_keys(x);
    check_keys_missing(x);
    check_reuse(x);
    check_denied(x, steps.syn);
    check_denied(x, steps.synack);
    check_reserved(x);
}
