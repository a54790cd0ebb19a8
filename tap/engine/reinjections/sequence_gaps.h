/* sequence_gaps.h - the gaps in what one side of a subflow has sent so far, and when each of them appeared.
 *
 *   positions  [ seen )    gap, since t=5     [ seen at t=5 )  high
 *
 * Invariant: gaps lie below `high` and hold no byte that was seen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SEQUENCE_GAPS_H
#define MPT_SEQUENCE_GAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/base/runs.h"

/* A zeroed one is empty; mpt_runs_clear() of its runs frees it. */
typedef struct mpt_sequence_gaps {
    bool any;
    int64_t high;
    mpt_runs runs; /* value: time when the gap appeared, ns */
} mpt_sequence_gaps;

/* For new bytes [start, end) of a subflow: returns how many of them, from `start` on, lie in one gap, or in
 * none. *since is the time of that gap, INT64_MAX: none. Takes these bytes out of the gap. */
int64_t mpt_sequence_gaps_fill(mpt_sequence_gaps *h, int64_t start, int64_t end, int64_t time_ns,
                               int64_t *since);

#endif
