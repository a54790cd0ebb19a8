/* ranges.h - a set of byte ranges, and who had each byte first.
 *
 *   a line of positions (relative subflow sequence numbers, or relative DSNs)
 *
 *      0         10        20        30
 *      [ A, t=1 )[ B, t=2 )          [ A, t=5 )        runs: owner, stamp (time, frame) of the first copy
 *           |<-- new piece by A, t=6 -->|
 *           [owned by B][ fresh  ]               a claim is split into pieces: fresh or owned
 *
 * Invariant: runs are disjoint; the owner of a byte is the subflow with the smallest stamp that claimed it.
 * Neighbours with the same owner, epoch and flags are one run (as long as its length fits in 32 bits), which
 * keeps the smallest of their stamps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_RANGES_H
#define MPT_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runs.h"

/* The longest claim: one run holds less than 4 GiB, so a longer claim would be a cheap way to fill memory. */
#define MPT_RANGES_CLAIM_MAX (INT64_C(1) << 40)

typedef struct mpt_ranges {
    mpt_runs runs;
    uint64_t size; /* bytes in the set */
} mpt_ranges;

/* Who claims, and when. Stamps are ordered by time_ns, then frame. */
typedef struct mpt_stamp {
    int64_t time_ns;
    uint32_t frame;
    uint32_t epoch;
    uint16_t owner;
    uint16_t flags;
} mpt_stamp;

/* The piece [start, end) of a claim that is all fresh or all of one owner, judged by what the set held before
 * the claim. Neighbouring pieces may be alike. */
typedef struct mpt_piece {
    int64_t start, end;
    bool fresh;      /* nobody had it: now the claimant's */
    bool taken_over; /* it was of `was`, whose stamp is later: now the claimant's */
    mpt_stamp was;   /* the other owner (fresh: unset) with its stamp */
} mpt_piece;

/* Called in order of position. Must not change the ranges. */
typedef void (*mpt_piece_func)(const mpt_piece *piece, void *data);

/* A zeroed mpt_ranges is empty. */
void mpt_ranges_clear(mpt_ranges *ranges);

/* Claims [start, end) (start < end) and calls func (may be NULL) for each piece. A byte of another claim with
 * a later stamp is taken over, also one of the same owner; with an equal stamp its owner keeps it. False,
 * without a change or a call, if the range is empty, longer than MPT_RANGES_CLAIM_MAX or not within
 * MPT_RUNS_LIMIT of zero: no honest transfer has such numbers. */
bool mpt_ranges_claim(mpt_ranges *ranges, int64_t start, int64_t end, const mpt_stamp *claim,
                      mpt_piece_func func, void *data);
/* Removes the bytes of [start, end) that are in the set, and calls func for each removed piece (fresh
 * is false, was is its owner). This and the functions below take any start and end; if start >= end
 * they do nothing. */
void mpt_ranges_take(mpt_ranges *ranges, int64_t start, int64_t end, mpt_piece_func func, void *data);
/* Calls func for the pieces of [start, end), fresh for what is not in the set; changes nothing. */
void mpt_ranges_look(const mpt_ranges *ranges, int64_t start, int64_t end, mpt_piece_func func, void *data);
/* Bytes of [start, end) in the set. */
uint64_t mpt_ranges_covered(const mpt_ranges *ranges, int64_t start, int64_t end);
/* First position and one past the last; false when empty. */
bool mpt_ranges_bounds(const mpt_ranges *ranges, int64_t *first, int64_t *end);

#endif
