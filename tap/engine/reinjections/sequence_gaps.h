/* sequence_gaps.h - what of one side of a subflow is still to come, and since when that shows.
 *
 *   positions  [ seen )    hole, since t=5    [ seen at t=5 )  high
 *
 * Invariant: holes lie below `high` and hold no byte that was seen.
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
    mpt_runs runs; /* value: time when the hole showed */
} mpt_sequence_gaps;

/* New bytes [start, end) of a subflow: how many of the first of them share one hole or none; *since is the
 * hole's time, INT64_MAX without one. Takes them out of the hole. */
int64_t mpt_sequence_gaps_fill(mpt_sequence_gaps *h, int64_t start, int64_t end, int64_t time_ns,
                               int64_t *since);

#endif
