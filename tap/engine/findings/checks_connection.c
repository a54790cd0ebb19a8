/* checks_connection.c - checks of a connection as a whole: why it has one subflow only, and who aborted it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

/* --- one subflow --- */

/* What the capture shows of further subflows. */
struct attempts {
    uint32_t refused, unanswered, by_icmp, unfinished, up;
    const mpt_subflow *answered; /* another one between the ends of one without an answer, that had one */
    uint32_t announced[MPT_ROLES];
    bool denies[MPT_ROLES];
};

/* Joins without an answer for whose ends others are looked for. */
#define LOOKED_FOR 16

/* Another subflow, of whatever connection, between the same two addresses whose SYN was answered; NULL: none. */
static const mpt_subflow *answered_like(const mpt_checking *x, const mpt_subflow *s)
{
    const GPtrArray *all = mpt_engine_subflows(x->engine);

    for (guint i = 0; i < all->len; i++) {
        const mpt_subflow *other = g_ptr_array_index(all, i);
        if (other != s && other->synack_seen && other->syn_seen &&
            mpt_endpoint_same_address(&other->ends[other->initiator], &s->ends[s->initiator]) &&
            mpt_endpoint_same_address(&other->ends[mpt_side_other(other->initiator)],
                                      &s->ends[mpt_side_other(s->initiator)]))
            return other;
    }
    return NULL;
}

static void note_subflow(struct attempts *a, const mpt_checking *x, const mpt_subflow *s)
{
    if (s->state == MPT_STATE_REFUSED)
        a->refused++;
    else if (s->state != MPT_STATE_SYN_SENT)
        a->up++;
    else if (s->synack_seen)
        a->unfinished++;
    else if (mpt_checking_icmp(x, s))
        a->by_icmp++;
    else if (a->unanswered++ < LOOKED_FOR && !a->answered && s->syn_seen)
        a->answered = answered_like(x, s);
}

static void note_event(struct attempts *a, const mpt_checking *x, const mpt_event *event)
{
    mpt_role role = mpt_metrics_role(x->v, event->side);

    if (event->type == MPT_EVENT_ADD_ADDR)
        a->announced[role]++;
    else if (event->type == MPT_EVENT_MP_CAPABLE && x->v->version.known && x->v->version.value > 0)
        a->denies[role] |= (event->capable.flags & MPT_CAPABLE_C) != 0;
}

static void say_tried(mpt_finding *f, const struct attempts *a)
{
    mpt_say(f, MPT_PHRASE_SINGLE_TRIED,
            mpt_term_of(MPT_TERM_COUNT, a->refused + a->by_icmp + a->unanswered + a->unfinished));
    if (a->refused)
        mpt_say(f, MPT_PHRASE_SINGLE_REFUSED, mpt_term_of(MPT_TERM_COUNT, a->refused));
    if (a->by_icmp)
        mpt_say(f, MPT_PHRASE_SINGLE_ICMP, mpt_term_of(MPT_TERM_FLAG, a->refused > 0),
                mpt_term_of(MPT_TERM_COUNT, a->by_icmp));
    if (a->unanswered)
        mpt_say(f, MPT_PHRASE_SINGLE_UNANSWERED, mpt_term_of(MPT_TERM_FLAG, a->refused + a->by_icmp > 0),
                mpt_term_of(MPT_TERM_COUNT, a->unanswered));
    if (a->unfinished)
        mpt_say(f, MPT_PHRASE_SINGLE_UNFINISHED,
                mpt_term_of(MPT_TERM_FLAG, a->refused + a->by_icmp + a->unanswered > 0),
                mpt_term_of(MPT_TERM_COUNT, a->unfinished));
    mpt_say(f, MPT_PHRASE_SINGLE_NONE_WORKED);
    if (a->answered)
        mpt_say(
            f, MPT_PHRASE_SINGLE_BLACKHOLED,
            mpt_term_endpoint(MPT_TERM_ADDRESS, &a->answered->ends[a->answered->initiator]),
            mpt_term_endpoint(MPT_TERM_ADDRESS, &a->answered->ends[mpt_side_other(a->answered->initiator)]),
            mpt_term_of(MPT_TERM_FRAME, a->answered->synack_frame));
}

static void say_not_tried(mpt_finding *f, const struct attempts *a)
{
    for (mpt_role role = 0; role < MPT_ROLES; role++)
        if (a->denies[role])
            mpt_say(f, MPT_PHRASE_SINGLE_DENIED, mpt_term_role(role));
    if (!a->announced[MPT_CLIENT] && !a->announced[MPT_SERVER])
        mpt_say(f, MPT_PHRASE_SINGLE_NOTHING);
    for (mpt_role role = 0; role < MPT_ROLES; role++)
        if (a->announced[role])
            mpt_say(f, MPT_PHRASE_SINGLE_ANNOUNCED, mpt_term_role(role),
                    mpt_term_of(MPT_TERM_COUNT, a->announced[role]));
}

/* True if data is missing that may have passed elsewhere, on a subflow that the capture does not show. */
static bool data_missing(const mpt_checking *x, mpt_direction direction)
{
    const mpt_data_level *d = mpt_metrics_level(x->v, direction);

    return x->v->direction[direction].data.dsn_gap_bytes > 0 ||
           (d->acked_known && d->owned.size && d->acked > d->order.high + 1) ||
           (d->acked_known && !d->owned.size && d->relative_known && d->acked > d->idsn + 2);
}

void mpt_check_single_path(mpt_checking *x)
{
    const mpt_subflow *first;
    struct attempts a = {0};
    mpt_finding *f;

    if (!x->whole || !x->reliable || x->v->fallback != MPT_FALLBACK_NONE)
        return;
    first = x->v->subflows[0].subflow;
    if (first->state == MPT_STATE_SYN_SENT || first->state == MPT_STATE_REFUSED ||
        mpt_metrics_one_way(&x->v->subflows[0]) || data_missing(x, MPT_C2S) || data_missing(x, MPT_S2C))
        return;
    for (uint32_t i = 1; i < x->v->subflow_count; i++)
        note_subflow(&a, x, x->v->subflows[i].subflow);
    if (a.up)
        return;
    for (guint i = 0; i < x->events->len; i++)
        note_event(&a, x, &g_array_index(x->events, mpt_event, i));
    f = mpt_say(mpt_found(x, MPT_FINDING_SINGLE_PATH, first->start_ns, first->first_frame, 1),
                MPT_PHRASE_SINGLE_PATH);
    if (x->v->subflow_count > 1)
        say_tried(f, &a);
    else
        say_not_tried(f, &a);
}

/* --- aborted --- */

/* Sent, and not acknowledged at the data level; false: not known. */
static bool undelivered(const mpt_checking *x, mpt_direction direction, uint64_t *bytes)
{
    const mpt_data_level *d = mpt_metrics_level(x->v, direction);

    *bytes = 0;
    if (!d->owned.size)
        return true;
    if (!d->acked_known)
        return false;
    *bytes = (uint64_t)MAX(d->order.high - d->acked, 0);
    return true;
}

/* The event that ended it: the MP_FASTCLOSE, or the last RST. */
static const mpt_event *ending(const mpt_checking *x)
{
    const mpt_event *last = NULL;
    mpt_event_type type = x->v->close == MPT_CLOSE_FASTCLOSE ? MPT_EVENT_MP_FASTCLOSE : MPT_EVENT_RST;

    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event->type != type)
            continue;
        if (type == MPT_EVENT_MP_FASTCLOSE)
            return event;
        last = event;
    }
    return last;
}

static bool ever_up(const mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        if (x->v->subflows[i].subflow->state == MPT_STATE_RESET)
            return true;
    return false;
}

void mpt_check_aborted(mpt_checking *x)
{
    bool fast = x->v->close == MPT_CLOSE_FASTCLOSE, lost = false;
    const mpt_event *end = ending(x);
    mpt_finding *f;

    if ((!fast && (x->v->close != MPT_CLOSE_RESET || !ever_up(x))) || !end)
        return;
    f = mpt_found(x, MPT_FINDING_ABORTED, end->time_ns, end->frame, 1);
    mpt_say(f, fast ? MPT_PHRASE_ABORTED_FASTCLOSE : MPT_PHRASE_ABORTED,
            mpt_term_role(mpt_metrics_role(x->v, end->side)),
            mpt_term_of(MPT_TERM_COUNT, x->v->subflow_count));
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        uint64_t bytes;
        if (!undelivered(x, direction, &bytes))
            mpt_say(f, MPT_PHRASE_ABORTED_UNKNOWN, mpt_term_sender(direction));
        else if (bytes)
            mpt_say(f, MPT_PHRASE_ABORTED_LOST, mpt_term_of(MPT_TERM_BYTES, bytes),
                    mpt_term_sender(direction));
        lost |= bytes > 0;
    }
    if (!lost)
        f->severity = MPT_SEVERITY_NOTE;
}
