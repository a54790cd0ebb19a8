/* checks_capable.c - checks of the first handshake: MP_CAPABLE (RFC 8684 3.1), fallback (3.7).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

/* Connections looked through for one that shows what the server can do. */
#define MAX_WITNESSES 4096

/* --- the steps --- */

mpt_capable_steps mpt_capable_steps_of(const mpt_connection_view *v, const GArray *events)
{
    const mpt_subflow *s = v->subflows[0].subflow;
    mpt_capable_steps steps = {NULL};

    for (guint i = 0; i < events->len; i++) {
        const mpt_event *event = &g_array_index(events, mpt_event, i);
        if (event->type != MPT_EVENT_MP_CAPABLE || event->owner != s->owner)
            continue;
        if (mpt_metrics_role(v, event->side) == MPT_SERVER)
            steps.synack = steps.synack ? steps.synack : event;
        else if (s->syn_capable && !steps.syn)
            steps.syn = event;
        else
            steps.ack = steps.ack ? steps.ack : event;
    }
    return steps;
}

mpt_capable_steps mpt_checking_capable(const mpt_checking *x)
{
    return mpt_capable_steps_of(x->v, x->events);
}

/* v1 has the server's key in the SYN/ACK first, v0 the client's in the SYN (RFC 8684 3.1, RFC 6824 3.1). */
static bool length_fits(const mpt_capable_steps *steps, const mpt_event *event)
{
    const mpt_mp_capable *o = &event->capable;

    if (o->version > 1)
        return true;
    if (event == steps->ack)
        return o->has_receiver_key;
    return o->has_sender_key == (event == steps->synack || o->version == 0) && !o->has_receiver_key;
}

mpt_phrase mpt_capable_invalid(const mpt_capable_steps *steps, const mpt_event *event)
{
    const mpt_mp_capable *o = event ? &event->capable : NULL;

    if (!o)
        return MPT_PHRASES;
    if (event == steps->synack && steps->syn && o->version > steps->syn->capable.version)
        return MPT_PHRASE_INVALID_VERSION;
    if (event == steps->ack && steps->synack && o->version != steps->synack->capable.version)
        return MPT_PHRASE_INVALID_VERSION;
    if (o->version <= 1 && o->flags & MPT_CAPABLE_B)
        return MPT_PHRASE_INVALID_FLAG_B;
    if (o->version <= 1 && !(o->flags & mpt_capable_algorithms(o)))
        return MPT_PHRASE_INVALID_NO_ALGORITHM;
    return length_fits(steps, event) ? MPT_PHRASES : MPT_PHRASE_INVALID_LENGTH;
}

void mpt_say_invalid(const mpt_checking *x, mpt_finding *f, const mpt_capable_steps *steps,
                     const mpt_event *event)
{
    if (!event)
        return;
    mpt_say(f, mpt_capable_invalid(steps, event), mpt_term_role(mpt_metrics_role(x->v, event->side)),
            mpt_term_of(MPT_TERM_FLAG, event == steps->syn),
            mpt_term_of(MPT_TERM_FLAG, event == steps->synack), mpt_term_of(MPT_TERM_FRAME, event->frame),
            mpt_term_of(MPT_TERM_NUMBER, event->capable.version));
}

/* --- fallback --- */

/* Another connection of the capture to the same server that uses MPTCP, or NULL. */
static const mpt_subflow *witness(const mpt_checking *x)
{
    const GPtrArray *all = mpt_engine_connections(x->engine);

    for (guint i = 0; i < MIN(all->len, MAX_WITNESSES); i++) {
        const mpt_connection *c = g_ptr_array_index(all, i);
        const mpt_subflow *s;
        if (c == x->c || c->partial || !c->subflows->len)
            continue;
        s = mpt_connection_capable(c);
        if (s->initiator_known &&
            mpt_endpoint_equal(&s->ends[mpt_side_other(s->initiator)], &x->v->end[MPT_SERVER]) &&
            s->synack_capable && mpt_connection_get_fallback(c) == MPT_FALLBACK_NONE)
            return s;
    }
    return NULL;
}

/* The option of this step is one that its receiver has to ignore: says so, and returns true. */
static bool sender_is_culprit(const mpt_checking *x, mpt_finding *f, const mpt_event *event)
{
    mpt_capable_steps steps = mpt_checking_capable(x);

    if (mpt_capable_invalid(&steps, event) == MPT_PHRASES)
        return false;
    mpt_say_invalid(x, f, &steps, event);
    return true;
}

static void synack_culprit(const mpt_checking *x, mpt_finding *f)
{
    const mpt_subflow *other;
    unsigned version = (uint8_t)x->c->version_syn;

    if (sender_is_culprit(x, f, mpt_checking_capable(x).syn) || mpt_path_hop_culprit(x, f))
        return;
    if ((other = witness(x)) && (unsigned)mpt_connection_version(other->connection) != version)
        mpt_say(f, MPT_PHRASE_LIKELY_VERSION, mpt_term_of(MPT_TERM_FRAME, other->synack_frame),
                mpt_term_of(MPT_TERM_NUMBER, (uint64_t)mpt_connection_version(other->connection)),
                mpt_term_of(MPT_TERM_NUMBER, version));
    else if (other)
        mpt_say(f, MPT_PHRASE_LIKELY_OTHER_HOST, mpt_term_of(MPT_TERM_FRAME, other->synack_frame));
    else
        mpt_say(f,
                x->near == MPT_NEAR_SERVER ? MPT_PHRASE_LIKELY_SERVER : MPT_PHRASE_LIKELY_SERVER_OR_MIDDLEBOX,
                mpt_term_of(MPT_TERM_NUMBER, version));
}

static void ack_culprit(const mpt_checking *x, mpt_finding *f)
{
    if (!sender_is_culprit(x, f, mpt_checking_capable(x).synack) && !mpt_path_hop_culprit(x, f))
        mpt_say(f, x->near == MPT_NEAR_CLIENT ? MPT_PHRASE_LIKELY_CLIENT : MPT_PHRASE_LIKELY_MIDDLEBOX);
}

static void no_dss_culprit(const mpt_checking *x, mpt_finding *f)
{
    mpt_capable_steps steps = mpt_checking_capable(x);

    if (!sender_is_culprit(x, f, steps.ack) && !sender_is_culprit(x, f, steps.synack) &&
        !mpt_path_hop_culprit(x, f))
        mpt_say(f, steps.ack ? MPT_PHRASE_LIKELY_DATA_SEGMENTS : MPT_PHRASE_LIKELY_SYN_ONLY);
}

static void explain(const mpt_checking *x, mpt_finding *f)
{
    switch (x->v->fallback) {
    case MPT_FALLBACK_NONE:
        break;
    case MPT_FALLBACK_SYNACK:
        mpt_say(f, MPT_PHRASE_FALLBACK);
        synack_culprit(x, f);
        break;
    case MPT_FALLBACK_ACK:
        if (!x->v->subflows[0].subflow->synack_seen) {
            mpt_say(f, MPT_PHRASE_FALLBACK_ACK_UNSURE);
            break;
        }
        mpt_say(f, MPT_PHRASE_FALLBACK_ACK);
        ack_culprit(x, f);
        break;
    case MPT_FALLBACK_NO_DSS:
        mpt_say(f, MPT_PHRASE_FALLBACK_NO_DSS);
        no_dss_culprit(x, f);
        break;
    case MPT_FALLBACK_INFINITE_MAPPING:
        mpt_say(f, MPT_PHRASE_FALLBACK_INFINITE, mpt_term_of(MPT_TERM_FLAG, x->c->mp_fail));
        break;
    case MPT_FALLBACK_MP_FAIL:
        mpt_say(f, MPT_PHRASE_FALLBACK_MP_FAIL);
        break;
    case MPT_FALLBACK_DSS_LOST:
        mpt_say(f, MPT_PHRASE_FALLBACK_DSS_LOST);
        if (!mpt_path_hop_culprit(x, f))
            mpt_say(f, MPT_PHRASE_LIKELY_PATH_CHANGE);
        break;
    }
}

static uint64_t plain_syns(const mpt_checking *x)
{
    const mpt_subflow *s = x->v->subflows[0].subflow;

    return s->evidence ? s->evidence->plain_syn.count : 0;
}

void mpt_check_fallback(mpt_checking *x)
{
    const mpt_event *event = mpt_checking_event(x, MPT_EVENT_FALLBACK, -1, -1, INT64_MIN);
    mpt_finding *f;

    if (!event || (x->v->fallback == MPT_FALLBACK_SYNACK && plain_syns(x)))
        return;
    if (!x->reliable && x->v->fallback != MPT_FALLBACK_INFINITE_MAPPING &&
        x->v->fallback != MPT_FALLBACK_MP_FAIL)
        return;
    f = mpt_found(x, MPT_FINDING_FALLBACK, event->time_ns, event->frame, 1);
    explain(x, f);
    mpt_found_subflow(f, &x->v->subflows[0]);
}

/* A later plain TCP connection between the same hosts, to the same port, that was accepted; NULL: none. */
static const mpt_subflow *plain_success(const mpt_checking *x)
{
    const GPtrArray *all = mpt_engine_subflows(x->engine);
    const mpt_subflow *own = x->v->subflows[0].subflow;

    for (guint i = own->index; i < all->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(all, i);
        if (!s->connection && s->syn_seen && s->synack_seen && s->start_ns > own->start_ns &&
            mpt_endpoint_same_address(&s->ends[s->initiator], &x->v->end[MPT_CLIENT]) &&
            mpt_endpoint_equal(&s->ends[mpt_side_other(s->initiator)], &x->v->end[MPT_SERVER]))
            return s;
    }
    return NULL;
}

/* The host asks for plain TCP from then on, until it tries MPTCP again (Linux switches it off for a while). */
static void check_blackholed(mpt_checking *x, int64_t since_ns)
{
    const GPtrArray *all = mpt_engine_subflows(x->engine);
    const mpt_subflow *own = x->v->subflows[0].subflow, *first = NULL;
    int64_t until_ns = INT64_MAX;
    uint64_t n = 0;

    for (unsigned pass = 0; pass < 2; pass++)
        for (guint i = 0; i < all->len; i++) {
            const mpt_subflow *s = g_ptr_array_index(all, i);
            if (s == own || !s->syn_seen || s->start_ns <= since_ns || s->start_ns >= until_ns ||
                !mpt_endpoint_same_address(&s->ends[s->initiator], &x->v->end[MPT_CLIENT]) ||
                !mpt_endpoint_equal(&s->ends[mpt_side_other(s->initiator)], &x->v->end[MPT_SERVER]))
                continue;
            if (pass == 0 && s->syn_capable) {
                until_ns = s->start_ns;
            } else if (pass == 1 && !s->connection) {
                first = !first || s->start_ns < first->start_ns ? s : first;
                n++;
            }
        }
    if (n)
        mpt_say(mpt_found(x, MPT_FINDING_BLACKHOLED, first->start_ns, first->first_frame, n),
                MPT_PHRASE_BLACKHOLED, mpt_term_of(MPT_TERM_COUNT, n),
                mpt_term_endpoint(MPT_TERM_ADDRESS, &x->v->end[MPT_CLIENT]),
                mpt_term_endpoint(MPT_TERM_ENDPOINT, &x->v->end[MPT_SERVER]));
}

static void check_unanswered(mpt_checking *x, const mpt_subflow *s)
{
    const mpt_subflow *plain = plain_success(x);
    uint32_t syns = s->evidence ? s->evidence->syns : 1;
    mpt_term server = mpt_term_endpoint(MPT_TERM_ENDPOINT, &x->v->end[MPT_SERVER]);

    if (mpt_metrics_one_way(&x->v->subflows[0]))
        return;
    if (plain)
        mpt_say(mpt_found(x, MPT_FINDING_CAPABLE_DROPPED, s->start_ns, s->first_frame, syns),
                MPT_PHRASE_CAPABLE_DROPPED, server, mpt_term_of(MPT_TERM_COUNT, syns),
                mpt_term_of(MPT_TERM_FRAME, plain->synack_frame));
    if (plain)
        check_blackholed(x, s->start_ns);
    else if (syns > 1)
        mpt_say(mpt_found(x, MPT_FINDING_CAPABLE_UNANSWERED, s->start_ns, s->first_frame, syns),
                MPT_PHRASE_CAPABLE_UNANSWERED, server, mpt_term_of(MPT_TERM_COUNT, syns));
}

void mpt_check_capable(mpt_checking *x)
{
    const mpt_subflow *s = x->v->subflows[0].subflow;
    mpt_term server = mpt_term_endpoint(MPT_TERM_ENDPOINT, &x->v->end[MPT_SERVER]);

    if (s->kind != MPT_SUBFLOW_CAPABLE || !s->syn_seen)
        return;
    if (x->v->kind == MPT_KIND_UNANSWERED) {
        check_unanswered(x, s);
    } else if (x->v->kind == MPT_KIND_TCP && s->synack_seen && plain_syns(x)) {
        const mpt_seen *plain = &s->evidence->plain_syn;
        mpt_say(mpt_found(x, MPT_FINDING_CAPABLE_DROPPED, plain->time_ns, plain->frame,
                          s->evidence->syns - plain->count),
                MPT_PHRASE_CAPABLE_DROPPED_HERE, server,
                mpt_term_of(MPT_TERM_COUNT, s->evidence->syns - plain->count));
        check_blackholed(x, plain->time_ns);
    } else if (x->v->kind == MPT_KIND_TCP && s->state == MPT_STATE_REFUSED && !s->synack_seen) {
        mpt_say(mpt_found(x, MPT_FINDING_CAPABLE_REFUSED, s->refused_ns, s->last_frame, 1),
                MPT_PHRASE_CAPABLE_REFUSED, server);
    }
}
