/* reinjection_runs.c - see reinjection_runs.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reinjection_runs.h"

/* Neighbours that are this far apart are two runs. */
#define BURST_NS INT64_C(100000000)

static const mpt_stamp NOBODY;

int64_t mpt_reinjection_position(const mpt_connection *c, mpt_conn_side side, uint16_t owner, int64_t dsn)
{
    const mpt_subflow *s = mpt_connection_subflow(c, owner);
    int64_t position;

    return mpt_mapping_position(&s->half[mpt_subflow_side(s, side)].mapping, dsn, &position) ? position
                                                                                             : INT64_MIN;
}

/* --- runs --- */

mpt_reinjection mpt_reinjection_split(mpt_reinjection *r, int64_t n)
{
    mpt_reinjection head = *r;

    head.end = r->dsn = r->dsn + n;
    r->position += n;
    if (r->first_position != INT64_MIN)
        r->first_position += n;
    return head;
}

/* The later copy alone is acknowledged. The first one may have got through all the same: behind a gap of its
 * subflow, or before a reset, after which nothing is acknowledged. It did not where the gap begins with it,
 * nor where nothing came back on its subflow since. */
static mpt_usefulness judge_unacked_first(const mpt_connection *c, mpt_conn_side side,
                                          const mpt_reinjection *r)
{
    const mpt_subflow *s = mpt_connection_subflow(c, r->first_owner);
    mpt_side sender = mpt_subflow_side(s, side);
    const mpt_half *receiver = &s->half[mpt_side_other(sender)];

    if (s->state == MPT_STATE_RESET)
        return MPT_UNDECIDED;
    return s->half[sender].acked == r->first_position || !receiver->bytes.packets ||
                   receiver->last_ns < r->time_ns
               ? MPT_USEFUL
               : MPT_UNDECIDED;
}

bool mpt_reinjection_original_lost(const mpt_reinjection *r)
{
    return r->first_resent_ns != INT64_MIN && r->first_resent_ns > r->time_ns;
}

/* What was retransmitted had been lost, and got through at the latest then; of two that were, either
 * may be first. */
static mpt_usefulness judge(const mpt_connection *c, mpt_conn_side side, const mpt_reinjection *r)
{
    if (r->same || (!r->acked && !r->first_acked))
        return MPT_UNDECIDED;
    if (!r->first_acked)
        return judge_unacked_first(c, side, r);
    if (!mpt_reinjection_original_lost(r))
        return MPT_REDUNDANT;
    return r->acked && r->resent_ns == INT64_MIN ? MPT_USEFUL : MPT_UNDECIDED;
}

static bool adjoins(const mpt_reinjection *a, const mpt_reinjection *b)
{
    return a->end == b->dsn && a->owner == b->owner && a->first_owner == b->first_owner &&
           a->same == b->same && a->late_original == b->late_original && a->acked_before == b->acked_before &&
           a->refused == b->refused && a->first_refused == b->first_refused &&
           a->first_missed == b->first_missed && a->position + mpt_reinjection_length(a) == b->position &&
           b->time_ns - a->last_ns <= BURST_NS && b->time_ns >= a->last_ns;
}

static void extend(mpt_reinjection *a, const mpt_reinjection *b)
{
    a->segments += b->segments - (b->frame == a->last_frame);
    a->end = b->end;
    a->last_ns = b->last_ns;
    a->last_frame = b->last_frame;
}

bool mpt_reinjection_join(GArray *runs, const mpt_reinjection *r)
{
    guint stop = runs->len > MPT_REINJECTION_NEIGHBOURS ? runs->len - MPT_REINJECTION_NEIGHBOURS : 0;

    for (guint i = runs->len; i > stop; i--) {
        mpt_reinjection *last = &g_array_index(runs, mpt_reinjection, i - 1);
        if (last->verdict != r->verdict || !adjoins(last, r))
            continue;
        extend(last, r);
        return true;
    }
    return false;
}

static mpt_usefulness judge_at_receiver(const mpt_reinjection *r)
{
    if (r->same)
        return MPT_UNDECIDED;
    if (r->acked_before || r->refused || !(r->first_refused || r->first_missed))
        return MPT_REDUNDANT;
    return MPT_USEFUL;
}

/* --- what is beyond the limit --- */

static mpt_reinjection_sum *get_sum(GArray *sums, const mpt_reinjection *r)
{
    mpt_reinjection_sum sum = {.owner = r->owner, .first_owner = r->first_owner};

    for (guint i = 0; i < sums->len; i++) {
        mpt_reinjection_sum *s = &g_array_index(sums, mpt_reinjection_sum, i);
        if (i == MPT_REINJECTION_SUMS || (s->owner == r->owner && s->first_owner == r->first_owner))
            return s;
    }
    g_array_append_val(sums, sum);
    return &g_array_index(sums, mpt_reinjection_sum, sums->len - 1);
}

/* Which of several copies is the useful one is left open here. */
static void add_to_sum(GArray *sums, const mpt_reinjection *r, mpt_usefulness verdict, bool late_original)
{
    mpt_reinjection_sum *sum = get_sum(sums, r);
    uint64_t n = (uint64_t)mpt_reinjection_length(r);

    if (r->same)
        sum->same += n;
    else
        sum->bytes[verdict] += n;
    sum->late_original += late_original && verdict == MPT_REDUNDANT && !r->same ? n : 0;
}

static void put_sums(const mpt_reinjection_closing *x, const mpt_reinjection *r)
{
    mpt_usefulness arrived = judge_at_receiver(r);

    add_to_sum(x->sums[0], r,
               r->first_refused && !r->acked_before ? MPT_UNDECIDED : (mpt_usefulness)r->verdict, false);
    add_to_sum(x->sums[1], r, arrived == MPT_USEFUL ? MPT_UNDECIDED : arrived, r->late_original);
}

static void put_run(const mpt_reinjection_closing *x, const mpt_reinjection *r)
{
    if (mpt_reinjection_join(x->runs, r))
        return;
    if (x->count && *x->count >= x->limit) {
        put_sums(x, r);
        return;
    }
    if (x->count)
        ++*x->count;
    g_array_append_val(x->runs, *r);
}

/* A byte is of use once, whichever of several copies got there first. */
static void useful_piece(const mpt_piece *p, void *data)
{
    mpt_reinjection_closing *x = data;
    mpt_reinjection head = mpt_reinjection_split(x->rest, p->end - p->start);

    head.verdict = p->fresh ? MPT_USEFUL : MPT_REDUNDANT;
    put_run(x, &head);
}

static void put_judged(mpt_reinjection_closing *x, mpt_ranges *useful, mpt_reinjection *r,
                       mpt_usefulness verdict)
{
    r->verdict = (uint8_t)verdict;
    x->rest = r;
    if (verdict != MPT_USEFUL || !mpt_ranges_claim(useful, r->dsn, r->end, &NOBODY, useful_piece, x))
        put_run(x, r);
}

void mpt_reinjection_close(mpt_reinjection_closing *x, mpt_ranges *useful, const mpt_reinjection *run)
{
    mpt_reinjection r = *run;

    put_judged(x, useful, &r, judge(x->c, x->side, &r));
}

/* --- what was discarded --- */

/* An acknowledgement on its subflow does not show that the first copy counted. */
static mpt_usefulness judge_elsewhere(const mpt_connection *c, mpt_conn_side side, const mpt_reinjection *r)
{
    const mpt_subflow *s = mpt_connection_subflow(c, r->owner);
    int64_t acked = s->half[mpt_subflow_side(s, side)].acked;

    if (r->same || !(r->first_refused || r->first_missed) || r->acked_before)
        return r->verdict;
    return !r->refused && acked >= r->position + mpt_reinjection_length(r) ? MPT_USEFUL : MPT_UNDECIDED;
}

void mpt_reinjection_judge_again(mpt_reinjection_closing *x, mpt_ranges *useful, const mpt_reinjection *run,
                                 bool at_receiver)
{
    mpt_reinjection r = *run;
    mpt_usefulness verdict = at_receiver               ? judge_at_receiver(&r)
                             : r.verdict == MPT_USEFUL ? MPT_USEFUL
                                                       : judge_elsewhere(x->c, x->side, &r);
    bool claimed = !at_receiver && r.verdict == MPT_USEFUL;

    /* From here on neighbours that are judged alike are one. */
    r.acked_before = r.refused = r.first_refused = r.first_missed = false;
    if (claimed)
        put_run(x, &r);
    else
        put_judged(x, useful, &r, verdict);
}
