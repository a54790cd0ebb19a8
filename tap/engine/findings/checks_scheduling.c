/* checks_scheduling.c - checks of how the paths were used: backup, failover, waiting, reinjections (RFC 8684 3.3.4 to 3.3.8).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

/* What a regular subflow may miss without being idle. */
#define IDLE_BYTES  100000
#define IDLE_NS     INT64_C(1000000000)
/* A path is dead after this long without progress. */
#define DEAD_NS     INT64_C(500000000)
/* Waits below are as usual as paths that differ in delay. */
#define WAIT_NS     INT64_C(100000000)
/* Data sent again: what is worth a finding, and what is a redundant scheduler. */
#define AGAIN_BYTES 20000
#define AGAIN_SHARE 0.10
#define TWICE_SHARE 0.80

static const mpt_half *half_of(const mpt_subflow_view *sv, unsigned direction)
{
    return &sv->subflow->half[sv->side[direction]];
}

/* --- backup --- */

static void check_backup(mpt_checking *x, const mpt_subflow_view *sv, unsigned direction)
{
    const mpt_half_evidence *h = &sv->subflow->evidence->half[sv->side[direction]];
    const mpt_subflow_view *regular;
    char name[MPT_SUBFLOW_WORDS], n[MPT_WORD], fresh[MPT_WORD];
    mpt_finding *f;

    if (!h->backup.count)
        return;
    regular = mpt_checking_subflow(x, h->backup.owner);
    f = mpt_found(
        x, MPT_FINDING_BACKUP_USED, h->backup.time_ns, h->backup.frame, h->backup.count,
        "The %s sends %s on %s, a backup, although subflow %u is regular and up; %s of them %s new data.",
        mpt_word_end(direction), mpt_word_bytes(h->backup.count, n), mpt_labels_subflow(sv, name),
        regular->id, h->backup_new ? mpt_word_bytes(h->backup_new, fresh) : "none",
        h->backup_new ? "are" : "is");
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
    /* Only reinjections: what a sender does to save what may be lost (RFC 8684 3.3.6). */
    if (!h->backup_new)
        f->severity = MPT_SEVERITY_NOTE;
}

void mpt_check_backup(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        for (unsigned direction = 0; direction < 2 && x->v->subflows[i].subflow->evidence; direction++)
            check_backup(x, &x->v->subflows[i], direction);
}

/* What the connection sent after this subflow was there, on others; a lower bound. */
static uint64_t sent_since(const mpt_checking *x, unsigned direction, int64_t from_ns)
{
    mpt_runs runs = x->c->level[x->v->side[direction]].owned.runs;
    uint64_t bytes = 0;
    mpt_runs_at at;

    for (const mpt_run *r = mpt_runs_first(&runs, &at); r; r = mpt_runs_next(&runs, &at))
        if (r->value >= from_ns)
            bytes += r->length;
    return bytes;
}

static int64_t established_ns(const mpt_subflow *s)
{
    return s->established_ns ? s->established_ns : s->start_ns;
}

void mpt_check_idle(mpt_checking *x)
{
    char name[MPT_SUBFLOW_WORDS], n[MPT_WORD];

    for (uint32_t i = 0; i < x->v->subflow_count && x->v->subflow_count > 1; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        int64_t from = established_ns(s);
        uint64_t sent;
        if (s->half[0].bytes.segments || s->half[1].bytes.segments || s->backup[0] || s->backup[1] ||
            s->state == MPT_STATE_REFUSED || s->state == MPT_STATE_SYN_SENT || s->end_ns - from < IDLE_NS ||
            mpt_checking_one_way(sv))
            continue;
        sent = sent_since(x, 0, from) + sent_since(x, 1, from);
        if (sent < IDLE_BYTES)
            continue;
        mpt_found_subflow(
            mpt_found(x, MPT_FINDING_SUBFLOW_IDLE, from, s->first_frame, sent,
                      "No data ever goes over %s, a regular subflow, while the others carry %s.",
                      mpt_labels_subflow(sv, name), mpt_word_bytes(sent, n)),
            sv);
    }
}

/* --- failover --- */

/* The first new data on another subflow after a path's last progress. */
static bool first_elsewhere(const mpt_checking *x, unsigned direction, uint16_t owner, int64_t after_ns,
                            mpt_run *found)
{
    mpt_runs runs = x->c->level[x->v->side[direction]].owned.runs;
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

/* Bytes first sent on `owner` that went again on another subflow after that time: the sender gave up on it. */
static uint64_t rescued(const mpt_checking *x, unsigned direction, uint16_t owner, int64_t after_ns)
{
    const mpt_data_level *d = &x->c->level[x->v->side[direction]];
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

static void check_failover(mpt_checking *x, const mpt_subflow_view *sv, unsigned direction)
{
    const mpt_subflow *s = sv->subflow;
    const mpt_half *h = half_of(sv, direction);
    char name[MPT_SUBFLOW_WORDS], flight[MPT_WORD], again[MPT_WORD], gap[MPT_WORD], at[MPT_WORD];
    int64_t progress = MAX(h->acked_ns, h->first_data_ns), in_flight = h->next - MAX(h->acked, 0);
    int64_t end_ns = s->state == MPT_STATE_RESET ? s->closed_ns : x->c->end_ns;
    uint64_t saved;
    mpt_run next = {0};
    mpt_finding *f;

    if (!h->bytes.segments || h->fin_seen || in_flight <= 0 || s->state == MPT_STATE_SYN_SENT ||
        s->state == MPT_STATE_REFUSED || end_ns - progress < DEAD_NS || mpt_checking_one_way(sv))
        return;
    saved = rescued(x, direction, s->owner, progress);
    if (!saved || !first_elsewhere(x, direction, s->owner, progress, &next))
        return;
    f = mpt_found(
        x, MPT_FINDING_FAILOVER, next.value, next.frame, (uint64_t)in_flight,
        "The path of %s stops making progress for data of the %s at %s s: %s stay in flight, and %s go again "
        "elsewhere; the first new data elsewhere is %s later, on subflow %u (frame %u).",
        mpt_labels_subflow(sv, name), mpt_word_end(direction),
        mpt_word_seconds(progress - x->v->epoch_ns, at), mpt_word_bytes((uint64_t)in_flight, flight),
        mpt_word_bytes(saved, again), mpt_word_time(next.value - progress, gap),
        mpt_checking_subflow(x, next.owner)->id, next.frame);
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
}

void mpt_check_failover(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count && x->v->subflow_count > 1 && x->reliable; i++)
        for (unsigned direction = 0; direction < 2; direction++)
            check_failover(x, &x->v->subflows[i], direction);
}

/* --- waiting --- */

void mpt_check_waits(mpt_checking *x)
{
    char name[MPT_SUBFLOW_WORDS], n[MPT_WORD];

    for (unsigned direction = 0; direction < 2 && x->c->evidence && x->c->subflows->len > 1; direction++) {
        mpt_wait waits[MPT_WAITS];
        unsigned count = mpt_evidence_longest_waits(&x->c->evidence->level[x->v->side[direction]], waits);
        for (unsigned i = 0; i < count; i++) {
            const mpt_wait *w = &waits[i];
            const mpt_subflow_view *sv = mpt_checking_subflow(x, w->owner);
            mpt_finding *f;
            if (w->end_ns - w->start_ns < WAIT_NS)
                continue;
            f = mpt_found(x, MPT_FINDING_DATA_WAITED, w->end_ns, w->frame, 1,
                          "Data of the %s waited %s for bytes before it, which came late on %s%s.",
                          mpt_word_end(direction), mpt_word_time(w->end_ns - w->start_ns, n),
                          mpt_labels_subflow(sv, name),
                          x->near == (direction ? MPT_NEAR_SERVER : MPT_NEAR_CLIENT)
                              ? "; this is the order in which they were sent"
                              : "");
            mpt_found_subflow(f, sv);
            mpt_found_direction(f, direction);
        }
    }
}

/* The windows that one host told on all subflows: the same window (RFC 8684 3.3.4). */
static void check_window(mpt_checking *x, unsigned end)
{
    const mpt_half_evidence *worst = NULL;
    const mpt_subflow_view *where = NULL;
    int64_t longest = 0;
    uint64_t count = 0;
    bool for_ever = false;
    char n[MPT_WORD];
    mpt_finding *f;

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_half_evidence *h =
            sv->subflow->evidence ? &sv->subflow->evidence->half[sv->side[end]] : NULL;
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
    f = mpt_found(x, MPT_FINDING_WINDOW_CLOSED, worst->window_closed.time_ns, worst->window_closed.frame,
                  count,
                  "The receive window of the %s closed %u time%s, at most %s (on subflow %u)%s: its "
                  "application does not "
                  "read fast enough.",
                  mpt_word_end(end), (unsigned)count, count == 1 ? "" : "s", mpt_word_time(longest, n),
                  where->id, for_ever ? ", and did not open again" : "");
    mpt_found_subflow(f, where);
    mpt_found_direction(f, !end);
}

void mpt_check_window_closed(mpt_checking *x)
{
    check_window(x, 0);
    check_window(x, 1);
}

/* --- reinjections --- */

/* Bytes sent on two subflows of which surely both copies arrived. Near the receiver what is captured has arrived;
 * elsewhere the first copy's subflow tells: all that it carried is acknowledged. */
static uint64_t redundant_bytes(const mpt_checking *x, unsigned direction)
{
    const mpt_data_level *d = &x->c->level[x->v->side[direction]];
    bool at_receiver = x->near == (direction ? MPT_NEAR_CLIENT : MPT_NEAR_SERVER);
    mpt_runs runs = d->owned.runs;
    uint64_t bytes = 0;

    for (guint i = 0; d->copies && i < d->copies->len; i++) {
        const mpt_copy *copy = &g_array_index(d->copies, mpt_copy, i);
        const mpt_subflow_view *first;
        const mpt_half *h;
        const mpt_run *r;
        mpt_runs_at at;
        if (copy->same || !copy->counted)
            continue;
        r = mpt_runs_find(&runs, copy->start, &at);
        if (!r || r->start > copy->start)
            continue;
        first = mpt_checking_subflow(x, r->owner);
        h = half_of(first, direction);
        /* What came on a subflow that was reset may have been thrown away. */
        if (first->subflow->state != MPT_STATE_RESET && (at_receiver || h->acked >= h->next))
            bytes += (uint64_t)(copy->end - copy->start);
    }
    return bytes;
}

static const mpt_copy *first_copy(const mpt_data_level *d)
{
    const mpt_copy *first = NULL;

    for (guint i = 0; d->copies && i < d->copies->len; i++) {
        const mpt_copy *copy = &g_array_index(d->copies, mpt_copy, i);
        if (!copy->same && (!first || copy->time_ns < first->time_ns))
            first = copy;
    }
    return first;
}

static void check_reinjections(mpt_checking *x, unsigned direction)
{
    const mpt_data_level *d = &x->c->level[x->v->side[direction]];
    uint64_t again = x->v->direction[direction].bytes.reinjected_bytes;
    uint64_t all = x->v->direction[direction].data.dsn_unique_bytes, redundant;
    const mpt_copy *first = first_copy(d);
    double share = all ? (double)again / (double)all : 0;
    char n[MPT_WORD], percent[MPT_WORD];
    mpt_finding *f;

    if (again < AGAIN_BYTES || !first)
        return;
    mpt_word_bytes(again, n);
    mpt_word_percent(again, all, percent);
    if (share >= TWICE_SHARE)
        mpt_found_direction(
            mpt_found(x, MPT_FINDING_SAME_DATA_TWICE, first->time_ns, first->frame, again,
                      "The %s sends nearly all data on more than one subflow (%s, %s of the data, again): "
                      "a redundant scheduler. This adds no throughput.",
                      mpt_word_end(direction), n, percent),
            direction);
    else if (share >= AGAIN_SHARE)
        mpt_found_direction(mpt_found(x, MPT_FINDING_REINJECTIONS, first->time_ns, first->frame, again,
                                      "The %s sends %s again on another subflow, %s of its data.",
                                      mpt_word_end(direction), n, percent),
                            direction);
    redundant = share >= TWICE_SHARE ? 0 : redundant_bytes(x, direction);
    if (redundant < AGAIN_BYTES)
        return;
    mpt_word_bytes(redundant, n);
    mpt_word_percent(redundant, again, percent);
    if (x->near == (direction ? MPT_NEAR_CLIENT : MPT_NEAR_SERVER))
        f = mpt_found(x, MPT_FINDING_REINJECTIONS_REDUNDANT, first->time_ns, first->frame, redundant,
                      "%s of the %s arrive twice, on two subflows: one copy was not needed.", n,
                      mpt_word_end(direction));
    else
        f = mpt_found(
            x, MPT_FINDING_REINJECTIONS_REDUNDANT, first->time_ns, first->frame, redundant,
            "Of what the %s sends again on another subflow, %s (%s) had no need to be: the first copy was "
            "acknowledged on its subflow (inferred).",
            mpt_word_end(direction), n, percent);
    mpt_found_direction(f, direction);
}

void mpt_check_reinjections(mpt_checking *x)
{
    for (unsigned direction = 0; direction < 2; direction++)
        if (x->c->subflows->len > 1)
            check_reinjections(x, direction);
}
