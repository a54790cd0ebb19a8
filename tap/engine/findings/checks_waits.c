/* checks_waits.c - checks of data that waited for bytes before it (RFC 8684 3.3.4).
 *
 * Invariant: a subflow is named where it kept the data waiting: the bytes were given to it first, and came late or never.
 * Another one that brought them in the end is named as that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

#include "tap/engine/reinjections/reinjection_figures.h"

/* Shorter waits are as usual as paths that differ in delay. */
#define WAIT_NS INT64_C(100000000)

/* Looks for a copy of the byte that was sent on another subflow before the one that came first. */
struct search {
    int64_t dsn;
    uint16_t came_on; /* subflow */
    int original;     /* subflow; -1: not found */
};

static void look_for_original(const mpt_reinjection *run, void *user)
{
    struct search *s = user;

    if (!run->same && run->late_original && run->first_owner == s->came_on && run->dsn <= s->dsn &&
        run->end > s->dsn)
        s->original = run->owner;
}

/* A subflow has a mapping for the bytes, and never carried them. */
static int mapped_in_vain(const mpt_checking *x, mpt_direction direction, const mpt_wait *w)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_half *h = mpt_metrics_half(sv, direction);
        int64_t position;
        if (sv->subflow->owner != w->owner && mpt_mapping_position(&h->mapping, w->dsn, &position) &&
            !mpt_ranges_covered(&h->received, position, position + 1))
            return sv->subflow->owner;
    }
    return -1;
}

/* The subflow that brought the bytes had carried later data before: its sender had not meant them for it. */
static bool goes_back(const mpt_half *h, int64_t dsn)
{
    mpt_runs runs = h->mapping.runs;
    mpt_runs_at at;
    int64_t position;

    if (!mpt_mapping_position(&h->mapping, dsn, &position))
        return false;
    for (const mpt_run *r = mpt_runs_first(&runs, &at); r && r->start < position;
         r = mpt_runs_next(&runs, &at))
        if (r->value > dsn)
            return true;
    return false;
}

/* The only other subflow that was up when the wait began; -1: there were several, or none. */
static int only_other(const mpt_checking *x, const mpt_wait *w)
{
    int found = -1;

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow *s = x->v->subflows[i].subflow;
        if (s->owner == w->owner || s->state == MPT_STATE_SYN_SENT || s->state == MPT_STATE_REFUSED ||
            s->start_ns > w->start_ns || (s->closed_ns && s->closed_ns < w->start_ns))
            continue;
        if (found >= 0)
            return -1;
        found = s->owner;
    }
    return found;
}

/* The subflow that the bytes were given to first; -1: the capture does not show it. */
static int given_to(const mpt_checking *x, mpt_direction direction, const mpt_wait *w)
{
    const mpt_subflow_view *sv = mpt_metrics_subflow_of(x->v, w->owner);
    struct search search = {.dsn = w->dsn, .came_on = w->owner, .original = -1};
    int other;

    if (w->by_ack || w->behind || x->c->subflows->len == 1)
        return w->owner;
    if (x->log)
        mpt_reinjection_log_runs(x->log, x->c, x->v->side[mpt_direction_sender(direction)], true,
                                 look_for_original, &search);
    other = search.original < 0 ? mapped_in_vain(x, direction, w) : search.original;
    if (other >= 0)
        return other;
    return goes_back(mpt_metrics_half(sv, direction), w->dsn) ? only_other(x, w) : w->owner;
}

static void say_wait(mpt_checking *x, mpt_direction direction, const mpt_wait *w)
{
    int first = given_to(x, direction, w);
    const mpt_subflow_view *came_on = mpt_metrics_subflow_of(x->v, w->owner);
    const mpt_subflow_view *sv = first < 0 ? came_on : mpt_metrics_subflow_of(x->v, (uint16_t)first);
    mpt_finding *f = mpt_found(x, MPT_FINDING_DATA_WAITED, w->end_ns, w->frame, 1);
    mpt_term sender = mpt_term_sender(direction);
    mpt_term wait = mpt_term_of(MPT_TERM_TIME, (uint64_t)(w->end_ns - w->start_ns));

    if (first < 0)
        mpt_say(f, MPT_PHRASE_WAITED_UNKNOWN, sender, wait, mpt_term_subflow(came_on));
    else if (w->by_ack || sv != came_on)
        mpt_say(f, MPT_PHRASE_WAITED_FIRST_SENT, sender, wait, mpt_term_subflow(sv),
                mpt_term_of(MPT_TERM_FLAG, !w->by_ack), mpt_term_subflow(came_on));
    else
        mpt_say(f, MPT_PHRASE_DATA_WAITED, sender, wait, mpt_term_subflow(sv),
                mpt_term_of(MPT_TERM_FLAG,
                            x->near == (direction == MPT_S2C ? MPT_NEAR_SERVER : MPT_NEAR_CLIENT)));
    if (first >= 0)
        mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
}

void mpt_check_waits(mpt_checking *x)
{
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS && x->c->evidence; direction++) {
        mpt_wait waits[MPT_WAITS];
        unsigned count = mpt_evidence_longest_waits(
            &x->c->evidence->level[x->v->side[mpt_direction_sender(direction)]], waits);
        for (unsigned i = 0; i < count; i++)
            if (waits[i].end_ns - waits[i].start_ns >= WAIT_NS)
                say_wait(x, direction, &waits[i]);
    }
}
