/* checks_data.c - checks of the data level: mappings, DATA_ACKs, the DATA_FIN, checksums (RFC 8684 3.3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"
#include "tap/engine/figures/unseen.h"

static const mpt_level_evidence *level_evidence(const mpt_checking *x, mpt_direction direction)
{
    return x->c->evidence ? &x->c->evidence->level[x->v->side[mpt_direction_sender(direction)]] : NULL;
}

/* Numbers of a direction can be judged: its start is known, and all its segments are there. */
static bool judgeable(const mpt_checking *x, mpt_direction direction)
{
    return x->whole && x->reliable && x->v->fallback == MPT_FALLBACK_NONE &&
           x->v->direction[direction].data.dsn_gap_bytes == 0;
}

/* --- mappings --- */

/* The segment before these bytes, with which their mapping may have begun, is not in the capture. */
static bool is_after_hole(const mpt_half *h, int64_t position)
{
    mpt_runs mappings = h->mapping.runs;
    mpt_runs_at at;
    const mpt_run *r;
    int64_t start;

    mpt_runs_find(&mappings, position, &at);
    r = mpt_runs_prev(&mappings, &at);
    start = r ? mpt_run_end(r) : h->shift_known ? h->ssn_shift + 1 : position;
    return start < position &&
           mpt_ranges_covered(&h->received, start, position) < (uint64_t)(position - start);
}

static bool all_after_holes(const mpt_half *h)
{
    mpt_runs runs = h->pending.runs;
    mpt_runs_at at;

    for (const mpt_run *r = mpt_runs_first(&runs, &at); r; r = mpt_runs_next(&runs, &at))
        if (!is_after_hole(h, r->start))
            return false;
    return true;
}

static void check_unmapped(mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction)
{
    const mpt_half *h = mpt_metrics_half(sv, direction);
    uint64_t bytes = sv->direction[direction].bytes.unmapped_bytes;
    mpt_ranges pending = h->pending;
    const mpt_run *first;
    mpt_runs_at at;
    mpt_finding *f;

    if (!bytes || mpt_subflow_misplaced(h) || !(first = mpt_runs_first(&pending.runs, &at)))
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_DATA_UNMAPPED, first->value, first->frame, bytes),
                MPT_PHRASE_DATA_UNMAPPED, mpt_term_of(MPT_TERM_BYTES, bytes), mpt_term_sender(direction),
                mpt_term_subflow(sv));
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
    /* Other segments of this direction are not in the capture either: the mapping may have been in
     * one of them. */
    if (x->v->direction[direction].data.dsn_gap_bytes > bytes || all_after_holes(h))
        f->severity = MPT_SEVERITY_NOTE;
}

void mpt_check_unmapped(mpt_checking *x)
{
    if (!x->whole || !x->reliable || x->v->fallback != MPT_FALLBACK_NONE)
        return;
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++)
            if (x->v->subflows[i].subflow->kind != MPT_SUBFLOW_UNKNOWN)
                check_unmapped(x, &x->v->subflows[i], direction);
}

static void check_misplaced(mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction)
{
    const mpt_half *h = mpt_metrics_half(sv, direction);
    const mpt_misplaced *m = h->misplaced;
    mpt_phrase why = MPT_PHRASE_MISPLACED_LENGTH;
    uint64_t bytes = h->pending.size;
    mpt_finding *f;

    /* With segments missing, another one may have had the mapping. */
    if (!mpt_subflow_misplaced(h) || (!m->absolute && x->v->direction[direction].data.dsn_gap_bytes > bytes))
        return;
    if (m->absolute)
        why = MPT_PHRASE_MISPLACED_ABSOLUTE;
    else if (m->off == 1 || m->off == -1)
        why = MPT_PHRASE_MISPLACED_OFF_BY_ONE;
    f = mpt_say(mpt_found(x, MPT_FINDING_MAPPING_MISPLACED, m->time_ns, m->frame, bytes),
                MPT_PHRASE_MAPPING_MISPLACED, mpt_term_subflow(sv), mpt_term_sender(direction),
                mpt_term_of(MPT_TERM_BYTES, bytes));
    mpt_say(f, why);
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
}

void mpt_check_misplaced(mpt_checking *x)
{
    if (!x->reliable)
        return;
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++)
            check_misplaced(x, &x->v->subflows[i], direction);
}

void mpt_check_conflicts(mpt_checking *x)
{
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        const mpt_seen *seen = &x->c->conflicts[x->v->side[mpt_direction_sender(direction)]];
        mpt_finding *f;

        if (!seen->count)
            continue;
        f = mpt_say(mpt_found(x, MPT_FINDING_MAPPING_CONFLICT, seen->time_ns, seen->frame, seen->count),
                    MPT_PHRASE_MAPPING_CONFLICT, mpt_term_of(MPT_TERM_BYTES, seen->count),
                    mpt_term_sender(direction));
        mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, seen->owner));
        mpt_found_direction(f, direction);
    }
}

/* Not one number of a direction lies where its key says (RFC 8684 3.1). */
static bool not_of_key(const mpt_connection *c)
{
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++)
        if (c->level[side].relative_known && c->level[side].stray && !c->level[side].settled)
            return true;
    return false;
}

void mpt_check_far(mpt_checking *x)
{
    const mpt_seen *far = x->c->evidence ? &x->c->evidence->far : NULL;
    mpt_finding *f;

    if (!far || !far->count)
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_DSN_FAR, far->time_ns, far->frame, far->count),
                not_of_key(x->c) ? MPT_PHRASE_DSN_NOT_OF_KEY : MPT_PHRASE_DSN_FAR,
                mpt_term_of(MPT_TERM_COUNT, far->count));
    mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, far->owner));
}

/* --- numbers that can't be --- */

static void mark(const mpt_checking *x, mpt_finding *f, const mpt_seen *seen, mpt_direction direction)
{
    mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, seen->owner));
    mpt_found_direction(f, direction);
}

void mpt_check_beyond_window(mpt_checking *x)
{

    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        const mpt_level_evidence *v = level_evidence(x, direction);
        const mpt_seen *seen = v ? &v->beyond_window : NULL;
        if (!seen || !seen->count || v->window_unsure || !judgeable(x, direction))
            continue;
        mark(x,
             mpt_say(mpt_found(x, MPT_FINDING_DSN_BEYOND_WINDOW, seen->time_ns, seen->frame, seen->count),
                     MPT_PHRASE_DSN_BEYOND_WINDOW, mpt_term_sender(direction),
                     mpt_term_of(MPT_TERM_BYTES, seen->count)),
             seen, direction);
    }
}

/* The sender went on to send all that was acknowledged too early: it was nowhere before. What comes again
 * because a DATA_ACK was lost is not all of what was carried elsewhere. */
static bool sent_later(const mpt_data_level *d, const mpt_level_evidence *v)
{
    return v->beyond_sent_later &&
           mpt_unseen_find(d, d->unique > 0, d->counted_first, d->counted_end, true, INT64_MIN).acked == 0;
}

bool mpt_checking_never_sent(const mpt_connection *c, mpt_conn_side side)
{
    const mpt_level_evidence *v = c->evidence ? &c->evidence->level[side] : NULL;
    int64_t fin = INT64_MIN;

    if (!v || !v->acks_beyond.count)
        return false;
    for (guint i = 0; c->events && i < c->events->len; i++) {
        const mpt_event *event = &g_array_index(c->events, mpt_event, i);
        if (event->type == MPT_EVENT_DATA_FIN && event->side == side)
            fin = MAX(fin, event->data.dsn);
    }
    return v->beyond_taken_back || (fin != INT64_MIN && v->beyond > fin + 1) ||
           sent_later(&c->level[side], v);
}

static void check_data_acks(mpt_checking *x, const mpt_level_evidence *v, mpt_direction direction)
{

    if (x->whole && x->reliable && x->v->fallback == MPT_FALLBACK_NONE &&
        mpt_checking_never_sent(x->c, x->v->side[mpt_direction_sender(direction)]))
        mark(x,
             mpt_say(mpt_found(x, MPT_FINDING_DATA_ACK_BEYOND, v->acks_beyond.time_ns, v->acks_beyond.frame,
                               v->acks_beyond.count),
                     MPT_PHRASE_DATA_ACK_BEYOND, mpt_term_of(MPT_TERM_COUNT, v->acks_beyond.count),
                     mpt_term_sender(mpt_direction_other(direction))),
             &v->acks_beyond, direction);
    if (v->acks_back.count && x->reliable)
        mark(x,
             mpt_say(mpt_found(x, MPT_FINDING_DATA_ACK_BACK, v->acks_back.time_ns, v->acks_back.frame,
                               v->acks_back.count),
                     MPT_PHRASE_DATA_ACK_BACK, mpt_term_of(MPT_TERM_COUNT, v->acks_back.count),
                     mpt_term_sender(mpt_direction_other(direction))),
             &v->acks_back, direction);
}

void mpt_check_data_acks(mpt_checking *x)
{
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        const mpt_level_evidence *v = level_evidence(x, direction);
        if (v)
            check_data_acks(x, v, direction);
    }
}

void mpt_check_after_fin(mpt_checking *x)
{

    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        const mpt_level_evidence *v = level_evidence(x, direction);
        const mpt_seen *seen = v ? &v->after_fin : NULL;
        if (!seen || !seen->count || !x->reliable)
            continue;
        mark(x,
             mpt_say(mpt_found(x, MPT_FINDING_DATA_AFTER_FIN, seen->time_ns, seen->frame, seen->count),
                     MPT_PHRASE_DATA_AFTER_FIN, mpt_term_sender(direction),
                     mpt_term_of(MPT_TERM_BYTES, seen->count),
                     mpt_term_of(MPT_TERM_FRAME, mpt_metrics_level(x->v, direction)->fin_frame)),
             seen, direction);
    }
}

/* A DATA_FIN is sent again as it was, like the FIN of TCP (RFC 8684 3.3.3). */
void mpt_check_fin_moved(mpt_checking *x)
{
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        const mpt_event *first =
            mpt_checking_event(x, MPT_EVENT_DATA_FIN, -1, (int)mpt_direction_sender(direction), INT64_MIN);
        const mpt_event *moved = NULL;
        uint64_t times = 0;
        for (guint i = 0; first && i < x->events->len; i++) {
            const mpt_event *event = &g_array_index(x->events, mpt_event, i);
            if (event->type != MPT_EVENT_DATA_FIN || event->side != first->side ||
                event->data.dsn == first->data.dsn)
                continue;
            moved = moved ? moved : event;
            times += event->count;
        }
        if (!moved)
            continue;
        mpt_finding *f =
            mpt_say(mpt_found(x, MPT_FINDING_DATA_FIN_MOVED, moved->time_ns, moved->frame, times),
                    MPT_PHRASE_DATA_FIN_MOVED, mpt_term_sender(direction),
                    mpt_term_of(MPT_TERM_FLAG, moved->data.dsn > first->data.dsn),
                    mpt_term_of(MPT_TERM_BYTES, (uint64_t)ABS(moved->data.dsn - first->data.dsn)),
                    mpt_term_of(MPT_TERM_FRAME, first->frame), mpt_term_of(MPT_TERM_COUNT, times));
        mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, moved->owner));
        mpt_found_direction(f, direction);
    }
}

/* --- what TCP acknowledged and the data level did not --- */

struct undelivered {
    uint64_t bytes;
    const mpt_subflow_view *sv;
    uint32_t frame;
    int64_t time_ns;
};

/* Bytes that nobody acknowledged at the data level though their subflow has all that
 * it carried acknowledged. */
static void find_undelivered(const mpt_checking *x, mpt_direction direction, struct undelivered *u)
{
    const mpt_data_level *d = mpt_metrics_level(x->v, direction);
    mpt_runs runs = d->owned.runs;
    mpt_runs_at at;

    for (const mpt_run *r = mpt_runs_find(&runs, d->acked, &at); r; r = mpt_runs_next(&runs, &at)) {
        const mpt_subflow_view *sv = mpt_metrics_subflow_of(x->v, r->owner);
        const mpt_half *h = mpt_metrics_half(sv, direction);
        if (h->acked < h->next)
            continue;
        if (!u->bytes) {
            u->sv = sv;
            u->frame = r->frame;
            u->time_ns = r->value;
        }
        u->bytes += (uint64_t)(mpt_run_end(r) - MAX(r->start, d->acked));
    }
}

void mpt_check_not_delivered(mpt_checking *x)
{

    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        const mpt_data_level *d = mpt_metrics_level(x->v, direction);
        struct undelivered u = {0};
        mpt_finding *f;
        if (!judgeable(x, direction) || !d->acked_known || d->acked >= d->order.high ||
            x->v->close == MPT_CLOSE_OPEN)
            continue;
        find_undelivered(x, direction, &u);
        if (!u.bytes)
            continue;
        f = mpt_say(mpt_found(x, MPT_FINDING_DATA_NOT_ACKED, u.time_ns, u.frame, u.bytes),
                    MPT_PHRASE_DATA_NOT_ACKED, mpt_term_of(MPT_TERM_BYTES, u.bytes),
                    mpt_term_sender(direction));
        mpt_found_subflow(f, u.sv);
        mpt_found_direction(f, direction);
        /* A host that aborts discards what it has not read (RFC 8684 3.5). */
        if (x->v->close == MPT_CLOSE_FASTCLOSE)
            f->severity = MPT_SEVERITY_CHAT;
    }
}

/* --- checksums, MP_FAIL --- */

static void check_checksums(mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction)
{
    static const mpt_phrase phrases[] = {
        [MPT_CHECKSUM_ALTERED] = MPT_PHRASE_CHECKSUM_BAD,
        [MPT_CHECKSUM_SWAPPED] = MPT_PHRASE_CHECKSUM_SWAPPED,
        [MPT_CHECKSUM_OFF] = MPT_PHRASE_CHECKSUM_OFF,
    };
    const mpt_checksum_figures *k = &sv->direction[direction].checksums;
    const mpt_event *bad = mpt_checking_event(x, MPT_EVENT_CHECKSUM_BAD, sv->subflow->owner,
                                              (int)mpt_direction_sender(direction), INT64_MIN);
    mpt_term all = mpt_term_of(MPT_TERM_COUNT, k->ok + k->bad + k->incomplete);
    mpt_finding *f;

    if (!k->known)
        return;
    if (k->bad) {
        f = mpt_say(mpt_found(x, MPT_FINDING_CHECKSUM_BAD, bad ? bad->time_ns : INT64_MIN,
                              bad ? bad->frame : 0, k->bad),
                    phrases[mpt_metrics_checksum_fault(x->v, direction)], mpt_term_of(MPT_TERM_COUNT, k->bad),
                    all, mpt_term_sender(direction), mpt_term_subflow(sv));
        mpt_found_subflow(f, sv);
        mpt_found_direction(f, direction);
    }
    if (k->incomplete) {
        f = mpt_say(mpt_found(x, MPT_FINDING_CHECKSUM_UNVERIFIED, INT64_MIN, 0, k->incomplete),
                    MPT_PHRASE_CHECKSUM_UNVERIFIED, mpt_term_of(MPT_TERM_COUNT, k->incomplete), all,
                    mpt_term_sender(direction), mpt_term_subflow(sv));
        mpt_found_subflow(f, sv);
        mpt_found_direction(f, direction);
    }
}

void mpt_check_checksums(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++)
            check_checksums(x, &x->v->subflows[i], direction);
}

static const mpt_event *fail_before(const mpt_checking *x, const mpt_event *fail)
{
    const mpt_event *first = mpt_checking_event(x, MPT_EVENT_MP_FAIL, fail->owner, -1, INT64_MIN);

    return first == fail ? NULL : first;
}

void mpt_check_mp_fail(mpt_checking *x)
{

    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *fail = &g_array_index(x->events, mpt_event, i);
        const mpt_subflow_view *sv;
        const mpt_event *rst, *infinite;
        mpt_finding *f;
        if (fail->type != MPT_EVENT_MP_FAIL || fail_before(x, fail))
            continue;
        sv = mpt_metrics_subflow_of(x->v, fail->owner);
        rst = mpt_checking_event(x, MPT_EVENT_RST, fail->owner, -1, fail->time_ns);
        infinite = mpt_checking_event(x, MPT_EVENT_INFINITE_MAPPING, fail->owner, -1, fail->time_ns);
        f = mpt_found(x, MPT_FINDING_MP_FAIL, fail->time_ns, fail->frame, 1);
        mpt_say(f,
                infinite ? MPT_PHRASE_MP_FAIL_INFINITE
                : rst    ? MPT_PHRASE_MP_FAIL_RESET
                         : MPT_PHRASE_MP_FAIL,
                mpt_term_role(mpt_metrics_role(x->v, fail->side)), mpt_term_subflow(sv),
                mpt_term_of(MPT_TERM_FRAME, infinite ? infinite->frame
                                            : rst    ? rst->frame
                                                     : 0));
        mpt_found_subflow(f, sv);
    }
}
