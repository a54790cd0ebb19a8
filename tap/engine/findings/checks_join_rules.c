/* checks_join_rules.c - checks of the rules of joins (RFC 8684 3.1, 3.2): when they come, to which address, how many;
 * and of MP_PRIO (3.3.8).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

/* Joins with one token that get nowhere, unknown tokens: fewer are no flood, and no scan. */
#define FLOOD             16
/* A scan has this many tokens for each source, at least. */
#define TOKENS_PER_SOURCE 4
/* Changes of priority to and fro that are none of a path that changed. */
#define FLAPS             4

static mpt_finding *found(mpt_checking *x, mpt_finding_id id, const mpt_subflow_view *sv)
{
    mpt_finding *f = mpt_found(x, id, sv->subflow->start_ns, sv->subflow->first_frame, 1);

    mpt_found_subflow(f, sv);
    return f;
}

/* --- one join --- */

/* RFC 8684 3.1, flag C: the receiver must not open subflows toward this address and port. */
static void check_denied(mpt_checking *x, const mpt_capable_steps *steps, const mpt_subflow_view *sv)
{
    mpt_role by = (mpt_role)sv->initiator.value, to = mpt_role_other(by);
    const mpt_event *told = to == MPT_CLIENT ? steps->syn : steps->synack;

    if (!told || told->capable.version != 1 || !(told->capable.flags & MPT_CAPABLE_C) ||
        !mpt_endpoint_equal(mpt_metrics_endpoint(sv, to), &x->v->end[to]))
        return;
    mpt_say(found(x, MPT_FINDING_JOIN_DENIED_ADDRESS, sv), MPT_PHRASE_JOIN_DENIED_ADDRESS,
            mpt_term_subflow(sv), mpt_term_role(by), mpt_term_of(MPT_TERM_FRAME, told->frame));
}

static bool data_before(const mpt_subflow_view *sv, mpt_role role, int64_t time_ns)
{
    const mpt_half *h = mpt_metrics_half(sv, mpt_role_sends(role));

    return h->bytes.segments && h->first_data_ns < time_ns;
}

/* RFC 8684 3.1: no new subflow until a DSS was received. That is to be sure that the other host has MPTCP and the keys,
 * which its ADD_ADDR shows as well; Linux joins after one (conformance knows the rule to the letter). */
static void check_early(mpt_checking *x, const mpt_subflow_view *sv)
{
    mpt_role by = (mpt_role)sv->initiator.value;
    const mpt_event *address;
    const mpt_seen *dss;

    if (!x->whole || !x->reliable || !x->c->evidence || mpt_metrics_one_way(&x->v->subflows[0]))
        return;
    /* Of data that was sent before, the acknowledgement may be missing in the capture. */
    if (data_before(&x->v->subflows[0], by, sv->subflow->start_ns))
        return;
    dss = &x->c->evidence->sights[MPT_SIGHT_DSS][x->v->side[mpt_role_other(by)]];
    if (dss->count && dss->time_ns <= sv->subflow->start_ns)
        return;
    address = mpt_checking_event(x, MPT_EVENT_ADD_ADDR, -1, (int)mpt_role_other(by), INT64_MIN);
    if (address && address->time_ns <= sv->subflow->start_ns)
        return;
    mpt_say(found(x, MPT_FINDING_JOIN_EARLY, sv), MPT_PHRASE_JOIN_EARLY, mpt_term_subflow(sv),
            mpt_term_role(by));
}

static void check_data_early(mpt_checking *x, const mpt_subflow_view *sv)
{
    const mpt_subflow_evidence *v = sv->subflow->evidence;
    mpt_finding *f;

    if (!v || !v->data_early.count || !x->reliable || mpt_metrics_one_way(sv))
        return;
    f = mpt_say(
        mpt_found(x, MPT_FINDING_JOIN_DATA_EARLY, v->data_early.time_ns, v->data_early.frame,
                  v->data_early.count),
        MPT_PHRASE_JOIN_DATA_EARLY, mpt_term_subflow(sv), mpt_term_role((mpt_role)sv->initiator.value),
        mpt_term_of(MPT_TERM_BYTES, v->data_early.count), mpt_term_of(MPT_TERM_FLAG, v->data_early_proven));
    mpt_found_subflow(f, sv);
    /* The capture may lack the fourth ACK. */
    if (!v->data_early_proven)
        f->severity = MPT_SEVERITY_NOTE;
}

static void check_after_close(mpt_checking *x, const mpt_subflow_view *sv)
{
    const mpt_subflow *s = sv->subflow;
    const mpt_event *fin, *fast;

    if (s->start_ns <= x->closing_ns)
        return;
    fin = mpt_checking_event(x, MPT_EVENT_DATA_FIN, -1, -1, INT64_MIN);
    /* One with a wrong key closes nothing. */
    fast = x->c->fastclose ? mpt_checking_event(x, MPT_EVENT_MP_FASTCLOSE, -1, -1, x->c->fastclose_ns) : NULL;
    if (!fast && !fin) /* above the limit of events */
        return;
    if (fast && fin && fin->time_ns <= fast->time_ns)
        fast = NULL;
    mpt_say(found(x, MPT_FINDING_JOIN_AFTER_CLOSE, sv), MPT_PHRASE_JOIN_AFTER_CLOSE, mpt_term_subflow(sv),
            mpt_term_role((mpt_role)sv->initiator.value), mpt_term_of(MPT_TERM_FLAG, fast != NULL),
            mpt_term_of(MPT_TERM_FRAME, fast ? fast->frame : fin->frame),
            mpt_term_of(MPT_TERM_FLAG, s->state == MPT_STATE_REFUSED),
            mpt_term_of(MPT_TERM_FLAG, s->state == MPT_STATE_SYN_SENT));
}

/* --- many --- */

static bool failed(const mpt_subflow *s)
{
    return s->kind == MPT_SUBFLOW_JOIN && s->syn_seen &&
           (s->state == MPT_STATE_SYN_SENT || s->state == MPT_STATE_REFUSED);
}

/* Without a reason: a RST that gives one (a limit, a policy) is told by itself. */
static bool unexplained(const mpt_checking *x, const mpt_subflow *s)
{
    return failed(s) && (s->state != MPT_STATE_REFUSED ||
                         !mpt_checking_event(x, MPT_EVENT_MP_TCPRST, s->owner, -1, INT64_MIN));
}

static uint32_t failures(const mpt_checking *x)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        n += unexplained(x, x->v->subflows[i].subflow);
    return n;
}

bool mpt_checking_flooded(const mpt_checking *x)
{
    return x->v->subflow_count >= FLOOD && failures(x) >= FLOOD;
}

void mpt_add_source(GArray *sources, const mpt_endpoint *e)
{
    for (guint i = 0; i < sources->len; i++)
        if (mpt_endpoint_same_address(&g_array_index(sources, mpt_endpoint, i), e))
            return;
    if (sources->len < MPT_MAX_SOURCES)
        g_array_append_vals(sources, e, 1);
}

static void check_flood(mpt_checking *x)
{
    GArray *sources = g_array_new(FALSE, FALSE, sizeof(mpt_endpoint));
    const mpt_subflow *first = NULL;
    uint32_t refused = 0;
    mpt_finding *f;

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow *s = x->v->subflows[i].subflow;
        if (!unexplained(x, s))
            continue;
        first = first ? first : s;
        refused += s->state == MPT_STATE_REFUSED;
        mpt_add_source(sources, &s->ends[s->initiator]);
    }
    f = mpt_found(x, MPT_FINDING_JOIN_FLOOD, first->start_ns, first->first_frame, failures(x));
    mpt_say(f, MPT_PHRASE_JOIN_FLOOD, mpt_term_of(MPT_TERM_COUNT, failures(x)),
            mpt_term_of(MPT_TERM_TOKEN, first->join->token), mpt_term_of(MPT_TERM_COUNT, sources->len),
            mpt_term_of(MPT_TERM_COUNT, refused),
            mpt_term_of(MPT_TERM_FLAG, sources->len == MPT_MAX_SOURCES));
    g_array_free(sources, TRUE);
}

static void check_on_join(mpt_checking *x)
{
    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        const mpt_subflow_view *sv;
        if (event->type != MPT_EVENT_IGNORED || event->other.why != MPT_IGNORED_ON_JOIN)
            continue;
        sv = mpt_metrics_subflow_of(x->v, event->owner);
        mpt_found_subflow(mpt_say(mpt_found(x, MPT_FINDING_SUBTYPE_ON_JOIN, event->time_ns, event->frame, 1),
                                  MPT_PHRASE_SUBTYPE_ON_JOIN, mpt_term_subflow(sv),
                                  mpt_term_role(mpt_metrics_role(x->v, event->side))),
                          sv);
    }
}

void mpt_check_join_rules(mpt_checking *x)
{
    mpt_capable_steps steps = mpt_checking_capable(x);

    check_on_join(x);
    if (mpt_checking_flooded(x)) {
        check_flood(x);
        return;
    }
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        if (sv->subflow->kind != MPT_SUBFLOW_JOIN || !sv->subflow->syn_seen || !sv->initiator.known)
            continue;
        check_denied(x, &steps, sv);
        check_early(x, sv);
        check_data_early(x, sv);
        check_after_close(x, sv);
    }
}

/* --- tokens of no connection --- */

/* A connection that is nothing but joins which got nowhere. */
static bool is_guess(const mpt_connection *c)
{
    if (!c->partial || c->dss_seen || !c->subflows->len)
        return false;
    for (guint i = 0; i < c->subflows->len; i++)
        if (!failed(g_ptr_array_index(c->subflows, i)))
            return false;
    return true;
}

void mpt_check_token_scan(mpt_checking *x)
{
    const GPtrArray *all = mpt_engine_connections(x->engine);
    GArray *sources = g_array_new(FALSE, FALSE, sizeof(mpt_endpoint));
    const mpt_connection *first = NULL;
    uint64_t tokens = 0;

    for (guint i = 0; i < all->len; i++) {
        const mpt_connection *c = g_ptr_array_index(all, i);
        const mpt_subflow *s;
        if (!is_guess(c))
            continue;
        s = g_ptr_array_index(c->subflows, 0);
        mpt_add_source(sources, &s->ends[s->initiator]);
        first = first ? first : c;
        tokens++;
    }
    if (tokens >= FLOOD && sources->len < MPT_MAX_SOURCES &&
        tokens >= TOKENS_PER_SOURCE * (uint64_t)sources->len)
        mpt_say(mpt_found(x, MPT_FINDING_TOKEN_SCAN, first->start_ns, first->first_frame, tokens),
                MPT_PHRASE_TOKEN_SCAN, mpt_term_of(MPT_TERM_COUNT, tokens),
                mpt_term_of(MPT_TERM_COUNT, sources->len));
    g_array_free(sources, TRUE);
}

/* --- MP_PRIO --- */

/* Changes to and fro of what one side tells of a subflow. */
static void check_flapping(mpt_checking *x, const mpt_subflow_view *sv, mpt_role role)
{
    const GArray *some = x->of_subflow[sv->subflow->owner];
    const mpt_event *first = NULL, *before = NULL;
    uint64_t changes = 0;

    for (guint i = 0; some && i < some->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, g_array_index(some, guint, i));
        if (event->type != MPT_EVENT_MP_PRIO || mpt_metrics_role(x->v, event->side) != role)
            continue;
        first = first ? first : event;
        changes += before && before->prio.backup != event->prio.backup;
        before = event;
    }
    if (changes > FLAPS)
        mpt_found_subflow(
            mpt_say(mpt_found(x, MPT_FINDING_PRIO_FLAPPING, first->time_ns, first->frame, changes),
                    MPT_PHRASE_PRIO_FLAPPING, mpt_term_role(role), mpt_term_subflow(sv),
                    mpt_term_of(MPT_TERM_COUNT, changes),
                    mpt_term_of(MPT_TERM_TIME, (uint64_t)(before->time_ns - first->time_ns))),
            sv);
}

static void check_all_backup(mpt_checking *x)
{
    const mpt_subflow *last = NULL;
    uint32_t n = 0;

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        if (sv->subflow->state < MPT_STATE_ESTABLISHED)
            continue;
        if (!(sv->backup[MPT_CLIENT].known && sv->backup[MPT_CLIENT].value) &&
            !(sv->backup[MPT_SERVER].known && sv->backup[MPT_SERVER].value))
            return;
        last = sv->subflow;
        n++;
    }
    if (n)
        mpt_say(mpt_found(x, MPT_FINDING_ALL_BACKUP, last->start_ns, last->first_frame, n),
                MPT_PHRASE_ALL_BACKUP, mpt_term_of(MPT_TERM_COUNT, n));
}

void mpt_check_prio(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        for (mpt_role role = 0; role < MPT_ROLES; role++)
            check_flapping(x, &x->v->subflows[i], role);
    if (x->whole)
        check_all_backup(x);
}
