/* ranges.c - claims on byte ranges.
 *
 * Invariant: between calls no two runs that touch could be one. During a claim runs are joined to the left
 * only, so that what lies ahead is judged as it was before the claim.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ranges.h"

#include <glib.h>

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool earlier(int64_t time_ns, uint32_t frame, const mpt_run *than)
{
    return time_ns < than->value || (time_ns == than->value && frame < than->frame);
}

static void lower_stamp(mpt_run *r, int64_t time_ns, uint32_t frame)
{
    if (earlier(time_ns, frame, r)) {
        r->value = time_ns;
        r->frame = frame;
    }
}

/* What two runs must have in common to be one, as one number: that is one load and one comparison. */
static uint64_t kind(uint32_t epoch, uint16_t owner, uint16_t flags)
{
    return epoch | (uint64_t)owner << 32 | (uint64_t)flags << 48;
}

static bool of_claim(const mpt_run *r, const mpt_stamp *claim)
{
    return kind(r->epoch, r->owner, r->flags) == kind(claim->epoch, claim->owner, claim->flags);
}

static mpt_stamp claim_of(const mpt_run *r)
{
    return (mpt_stamp){
        .time_ns = r->value, .frame = r->frame, .epoch = r->epoch, .owner = r->owner, .flags = r->flags};
}

/* The finger, which a search moves, is no part of the value. */
static mpt_runs *searchable(const mpt_ranges *ranges)
{
    return (mpt_runs *)&ranges->runs;
}

void mpt_ranges_clear(mpt_ranges *ranges)
{
    mpt_runs_clear(&ranges->runs);
    ranges->size = 0;
}

/* Joins the runs that meet at `position`, where they could be one. */
static void join(mpt_runs *runs, int64_t position)
{
    mpt_runs_at at;
    const mpt_run *right = mpt_runs_find(runs, position, &at);
    if (!right || right->start != position)
        return;
    mpt_runs_at before = at;
    mpt_run *left = mpt_runs_prev(runs, &before);
    const mpt_stamp c = claim_of(right);
    if (!left || mpt_run_end(left) != position || !of_claim(left, &c) ||
        right->length > UINT32_MAX - left->length)
        return;
    left->length += right->length;
    lower_stamp(left, right->value, right->frame);
    mpt_runs_remove(runs, &at);
}

/* Makes `position`, which lies in the run, a border between two runs. */
static void split(mpt_runs *runs, mpt_run *run, int64_t position)
{
    mpt_run upper = *run;
    upper.start = position;
    upper.length = (uint32_t)(mpt_run_end(run) - position);
    run->length -= upper.length;
    mpt_runs_add(runs, &upper);
}

/* [start, end), in no run and shorter than 4 GiB, becomes the claimant's. `at` is where it belongs. */
static void add(mpt_ranges *ranges, mpt_runs_at at, int64_t start, int64_t end, const mpt_stamp *claim)
{
    const uint32_t length = (uint32_t)(end - start);
    ranges->size += length;
    mpt_runs_at before = at;
    mpt_run *left = mpt_runs_prev(&ranges->runs, &before);
    if (left && mpt_run_end(left) == start && of_claim(left, claim) && length <= UINT32_MAX - left->length) {
        left->length += length;
        lower_stamp(left, claim->time_ns, claim->frame);
        return;
    }
    mpt_runs_insert(&ranges->runs, &at,
                    &(mpt_run){.start = start,
                               .value = claim->time_ns,
                               .length = length,
                               .frame = claim->frame,
                               .epoch = claim->epoch,
                               .owner = claim->owner,
                               .flags = claim->flags});
}

/* [start, end), which is in `run`, becomes the claimant's. */
static void take_over(mpt_runs *runs, mpt_run *run, int64_t start, int64_t end, const mpt_stamp *claim)
{
    if (!of_claim(run, claim)) {
        mpt_runs_at at;
        if (run->start < start) {
            split(runs, run, start);
            run = mpt_runs_find(runs, start, &at);
        }
        if (mpt_run_end(run) > end) {
            split(runs, run, end);
            run = mpt_runs_find(runs, start, &at);
        }
        run->owner = claim->owner;
        run->epoch = claim->epoch;
        run->flags = claim->flags;
    }
    run->value = claim->time_ns;
    run->frame = claim->frame;
}

/* Deals with the first piece of [start, end); returns its end. */
static int64_t claim_piece(mpt_ranges *ranges, int64_t start, int64_t end, const mpt_stamp *claim,
                           mpt_piece_func func, void *data)
{
    mpt_piece piece = {.start = start};
    mpt_runs_at at;
    mpt_run *run = mpt_runs_find(&ranges->runs, start, &at);
    if (run && run->start <= start) {
        piece.end = smaller(end, mpt_run_end(run));
        piece.was = claim_of(run);
        piece.taken_over = earlier(claim->time_ns, claim->frame, run);
        if (piece.taken_over)
            take_over(&ranges->runs, run, start, piece.end, claim);
        join(&ranges->runs, start);
    } else {
        piece.end = smaller(end, run ? run->start : end);
        piece.end = smaller(piece.end, start + UINT32_MAX);
        piece.fresh = true;
        add(ranges, at, start, piece.end, claim);
    }
    if (func)
        func(&piece, data);
    return piece.end;
}

/* Out of line: its frame and its saved registers would double the cost of the usual claim. */
static G_GNUC_NO_INLINE bool claim_anywhere(mpt_ranges *ranges, int64_t start, int64_t end,
                                            const mpt_stamp *claim, mpt_piece_func func, void *data)
{
    if (start >= end || start < -MPT_RUNS_LIMIT || end > MPT_RUNS_LIMIT)
        return false;
    if (end - start > MPT_RANGES_CLAIM_MAX)
        return false;
    while (start < end)
        start = claim_piece(ranges, start, end, claim, func, data);
    join(&ranges->runs, end);
    return true;
}

bool mpt_ranges_claim(mpt_ranges *ranges, int64_t start, int64_t end, const mpt_stamp *claim,
                      mpt_piece_func func, void *data)
{
    /* The usual segment: the next bytes of the same subflow. An end at or below start makes a huge length. */
    mpt_run *last = mpt_runs_last(&ranges->runs);
    const uint64_t length = (uint64_t)end - (uint64_t)start;
    if (!last || mpt_run_end(last) != start || !of_claim(last, claim) ||
        length - 1 >= UINT32_MAX - last->length || end > MPT_RUNS_LIMIT)
        return claim_anywhere(ranges, start, end, claim, func, data);

    last->length += (uint32_t)length;
    ranges->size += length;
    lower_stamp(last, claim->time_ns, claim->frame);
    if (func) {
        const mpt_piece piece = {.start = start, .end = end, .fresh = true};
        func(&piece, data);
    }
    return true;
}

/* Cuts [start, end), which is in the run at `at`, out of it. */
static void cut(mpt_runs *runs, mpt_runs_at at, mpt_run *run, int64_t start, int64_t end)
{
    const uint32_t length = (uint32_t)(end - start);
    if (length == run->length) {
        mpt_runs_remove(runs, &at);
        return;
    }
    if (run->start < start && end < mpt_run_end(run)) {
        split(runs, run, end);
        run = mpt_runs_find(runs, start, &at);
        run->length = (uint32_t)(start - run->start);
        return;
    }
    if (run->start == start)
        run->start = end;
    run->length -= length;
}

void mpt_ranges_take(mpt_ranges *ranges, int64_t start, int64_t end, mpt_piece_func func, void *data)
{
    while (start < end) {
        mpt_runs_at at;
        mpt_run *run = mpt_runs_find(&ranges->runs, start, &at);
        if (!run || run->start >= end)
            return;
        const mpt_piece piece = {
            .start = larger(start, run->start), .end = smaller(end, mpt_run_end(run)), .was = claim_of(run)};
        cut(&ranges->runs, at, run, piece.start, piece.end);
        ranges->size -= (uint64_t)(piece.end - piece.start);
        if (func)
            func(&piece, data);
        start = piece.end;
    }
}

void mpt_ranges_look(const mpt_ranges *ranges, int64_t start, int64_t end, mpt_piece_func func, void *data)
{
    if (start >= end)
        return;
    mpt_runs *runs = searchable(ranges);
    mpt_runs_at at;
    const mpt_run *run = mpt_runs_find(runs, start, &at);
    while (start < end) {
        mpt_piece piece = {.start = start};
        if (run && run->start <= start) {
            piece.end = smaller(end, mpt_run_end(run));
            piece.was = claim_of(run);
            run = mpt_runs_next(runs, &at);
        } else {
            piece.end = run ? smaller(end, run->start) : end;
            piece.fresh = true;
        }
        func(&piece, data);
        start = piece.end;
    }
}

uint64_t mpt_ranges_covered(const mpt_ranges *ranges, int64_t start, int64_t end)
{
    mpt_runs *runs = searchable(ranges);
    mpt_runs_at at;
    uint64_t covered = 0;
    const mpt_run *run = start < end ? mpt_runs_find(runs, start, &at) : NULL;
    for (; run && run->start < end; run = mpt_runs_next(runs, &at))
        covered += (uint64_t)(smaller(end, mpt_run_end(run)) - larger(start, run->start));
    return covered;
}

bool mpt_ranges_bounds(const mpt_ranges *ranges, int64_t *first, int64_t *end)
{
    mpt_runs *runs = searchable(ranges);
    mpt_runs_at at;
    const mpt_run *run = mpt_runs_first(runs, &at);
    if (!run)
        return false;
    *first = run->start;
    *end = mpt_run_end(mpt_runs_last(runs));
    return true;
}
