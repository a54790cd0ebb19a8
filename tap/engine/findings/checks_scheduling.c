/* checks_scheduling.c - checks of how the paths were used: backup, failover, the receive window (RFC 8684 3.3.4 to 3.3.8).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

/* What a regular subflow may miss without being idle. */
#define IDLE_BYTES 100000
#define IDLE_NS    INT64_C(1000000000)
/* A path is dead after this long without progress. */
#define DEAD_NS    INT64_C(500000000)
/* A sender may probe it with new data, two round trips after the last answer (RFC 8985 7.2). */
#define PROBES     3

/* --- backup --- */

static void check_backup(mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction)
{
    const mpt_half_evidence *h = &sv->subflow->evidence->half[sv->side[mpt_direction_sender(direction)]];
    const mpt_subflow_view *regular;
    mpt_finding *f;

    if (!h->backup.count)
        return;
    regular = mpt_metrics_subflow_of(x->v, h->backup.owner);
    f = mpt_found(x, MPT_FINDING_BACKUP_USED, h->backup.time_ns, h->backup.frame, h->backup.count);
    mpt_say(f, h->backup_new ? MPT_PHRASE_BACKUP_USED : MPT_PHRASE_BACKUP_REINJECTED,
            mpt_term_sender(direction), mpt_term_of(MPT_TERM_BYTES, h->backup.count), mpt_term_subflow(sv),
            mpt_term_subflow(regular), mpt_term_of(MPT_TERM_BYTES, h->backup_new));
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
    /* Only reinjections: what a sender does to save what may be lost (RFC 8684 3.3.6). */
    if (!h->backup_new)
        f->severity = MPT_SEVERITY_NOTE;
}

void mpt_check_backup(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        for (mpt_direction direction = 0; direction < MPT_DIRECTIONS && x->v->subflows[i].subflow->evidence;
             direction++)
            check_backup(x, &x->v->subflows[i], direction);
}

void mpt_check_idle(mpt_checking *x)
{

    for (uint32_t i = 0; i < x->v->subflow_count && x->v->subflow_count > 1; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        int64_t from = mpt_checking_established_ns(s);
        uint64_t sent;
        if (s->half[MPT_SIDE_A].bytes.segments || s->half[MPT_SIDE_B].bytes.segments ||
            s->backup[MPT_SIDE_A] || s->backup[MPT_SIDE_B] || s->state == MPT_STATE_REFUSED ||
            s->state == MPT_STATE_SYN_SENT || s->end_ns - from < IDLE_NS || mpt_metrics_one_way(sv))
            continue;
        sent = mpt_checking_sent_since(x, MPT_C2S, from) + mpt_checking_sent_since(x, MPT_S2C, from);
        if (sent < IDLE_BYTES)
            continue;
        mpt_found_subflow(mpt_say(mpt_found(x, MPT_FINDING_SUBFLOW_IDLE, from, s->first_frame, sent),
                                  MPT_PHRASE_SUBFLOW_IDLE, mpt_term_subflow(sv),
                                  mpt_term_of(MPT_TERM_BYTES, sent)),
                          sv);
    }
}

/* --- failover --- */

/* The first new data on another subflow after a path's last progress. */
static bool first_elsewhere(const mpt_checking *x, mpt_direction direction, uint16_t owner, int64_t after_ns,
                            mpt_run *found)
{
    mpt_runs runs = mpt_metrics_level(x->v, direction)->owned.runs;
    mpt_runs_at at;
    bool any = false;

    for (const mpt_run *r = mpt_runs_first(&runs, &at); r; r = mpt_runs_next(&runs, &at)) {
        if (r->owner == owner || r->value <= after_ns || (any && r->value >= found->value))
            continue;
        *found = *r;
        any = true;
    }
    return any;
}

/* Bytes first sent on `owner` that went again on another subflow after that time: the sender gave
 * up on it. */
static uint64_t rescued(const mpt_checking *x, mpt_direction direction, uint16_t owner, int64_t after_ns)
{
    const mpt_data_level *d = mpt_metrics_level(x->v, direction);
    mpt_runs runs = d->owned.runs;
    uint64_t bytes = 0;

    for (guint i = 0; d->copies && i < d->copies->len; i++) {
        const mpt_copy *copy = &g_array_index(d->copies, mpt_copy, i);
        mpt_runs_at at;
        const mpt_run *r =
            copy->owner == owner || copy->time_ns <= after_ns ? NULL : mpt_runs_find(&runs, copy->start, &at);
        if (r && r->start <= copy->start && r->owner == owner)
            bytes += (uint64_t)(copy->end - copy->start);
    }
    return bytes;
}

/* New data went over it when the last progress was long ago: the path is there, only a hole is not filled. */
static bool used_on(const mpt_subflow_view *sv, mpt_direction direction, int64_t progress)
{
    const mpt_half_evidence *v = sv->subflow->evidence ? sv->subflow->evidence->half : NULL;
    const mpt_hearing *h = v ? &v[sv->side[mpt_direction_sender(direction)]].hearing : NULL;

    return h && h->new_ns - progress > MAX(DEAD_NS, PROBES * h->srtt_ns);
}

static void check_failover(mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction)
{
    const mpt_subflow *s = sv->subflow;
    const mpt_half *h = mpt_metrics_half(sv, direction);
    int64_t progress = MAX(h->acked_ns, h->first_data_ns), in_flight = h->next - MAX(h->acked, 0);
    int64_t end_ns = s->state == MPT_STATE_RESET ? s->closed_ns : x->c->end_ns;
    uint64_t saved;
    mpt_run next = {0};
    mpt_finding *f;

    if (!h->bytes.segments || h->fin_seen || in_flight <= 0 || s->state == MPT_STATE_SYN_SENT ||
        s->state == MPT_STATE_REFUSED || end_ns - progress < DEAD_NS || mpt_metrics_one_way(sv) ||
        used_on(sv, direction, progress))
        return;
    saved = rescued(x, direction, s->owner, progress);
    if (!saved || !first_elsewhere(x, direction, s->owner, progress, &next))
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_FAILOVER, next.value, next.frame, (uint64_t)in_flight),
                MPT_PHRASE_FAILOVER, mpt_term_subflow(sv), mpt_term_sender(direction),
                mpt_term_of(MPT_TERM_INSTANT, (uint64_t)(progress - x->v->epoch_ns)),
                mpt_term_of(MPT_TERM_BYTES, (uint64_t)in_flight), mpt_term_of(MPT_TERM_BYTES, saved),
                mpt_term_of(MPT_TERM_TIME, (uint64_t)(next.value - progress)),
                mpt_term_subflow(mpt_metrics_subflow_of(x->v, next.owner)),
                mpt_term_of(MPT_TERM_FRAME, next.frame));
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
}

void mpt_check_failover(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count && x->v->subflow_count > 1 && x->reliable; i++)
        for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++)
            check_failover(x, &x->v->subflows[i], direction);
}

/* --- the receive window --- */

/* The windows that one host announced on its subflows: they are one window (RFC 8684 3.3.4). */
static void check_window(mpt_checking *x, mpt_role role)
{
    const mpt_half_evidence *worst = NULL;
    const mpt_subflow_view *where = NULL;
    int64_t longest = 0;
    uint64_t count = 0;
    bool for_ever = false;
    mpt_finding *f;

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_half_evidence *h =
            sv->subflow->evidence ? &sv->subflow->evidence->half[sv->side[role]] : NULL;
        int64_t closed;
        if (!h || !h->window_closed.count)
            continue;
        closed = MAX(h->longest_closed_ns, h->closed_since_ns ? sv->subflow->end_ns - h->closed_since_ns : 0);
        count += h->window_closed.count;
        if (!worst || closed > longest) {
            worst = h;
            where = sv;
            longest = closed;
            for_ever = h->closed_since_ns != 0 && closed > h->longest_closed_ns;
        }
    }
    if (!worst)
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_WINDOW_CLOSED, worst->window_closed.time_ns,
                          worst->window_closed.frame, count),
                MPT_PHRASE_WINDOW_CLOSED, mpt_term_role(role), mpt_term_of(MPT_TERM_COUNT, count),
                mpt_term_of(MPT_TERM_TIME, (uint64_t)longest), mpt_term_subflow(where),
                mpt_term_of(MPT_TERM_FLAG, for_ever));
    mpt_found_subflow(f, where);
    mpt_found_direction(f, mpt_role_sends(mpt_role_other(role)));
}

void mpt_check_window_closed(mpt_checking *x)
{
    check_window(x, MPT_CLIENT);
    check_window(x, MPT_SERVER);
}
