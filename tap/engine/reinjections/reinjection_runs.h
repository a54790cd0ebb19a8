/* reinjection_runs.h - runs of bytes that were sent again: cut, joined and judged. For reinjection_log.c
 * alone.
 *
 * Invariant: cutting and joining keep every byte, and neighbours are one run only where they
 * were judged alike.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REINJECTION_RUNS_H
#define MPT_REINJECTION_RUNS_H

#include "reinjection_log.h"

static inline int64_t mpt_reinjection_length(const mpt_reinjection *r)
{
    return r->end - r->dsn;
}

/* Takes the first n bytes off *r and returns them. */
mpt_reinjection mpt_reinjection_split(mpt_reinjection *r, int64_t n);
/* Runs at the end that a new one may continue: a scheduler may fill several subflows in turn. */
#define MPT_REINJECTION_NEIGHBOURS 4

/* Judged runs are one where they follow each other in a burst: joins r to one of the last of `runs`,
 * or is false. */
bool mpt_reinjection_join(GArray *runs, const mpt_reinjection *r);
/* The first copy was retransmitted after the later one had been sent. */
bool mpt_reinjection_original_lost(const mpt_reinjection *r);
/* Where a DSN of level[side] is on a subflow; INT64_MIN where no mapping tells. */
int64_t mpt_reinjection_position(const mpt_connection *c, unsigned side, uint16_t owner, int64_t dsn);

/* Where judged runs go. */
typedef struct mpt_reinjection_closing {
    const mpt_connection *c;
    unsigned side;
    GArray *runs;
    guint *count; /* runs so far, of `limit`; NULL: no limit */
    guint limit;
    GArray *sums
        [2]; /* mpt_reinjection_sum of what is beyond the limit: as judged [1] at the receiver, [0] elsewhere */
    mpt_reinjection *rest;
} mpt_reinjection_closing;

/* Judges a run by the acknowledgements of its subflows and puts it to the others. useful: bytes that some
 * later copy brought, so that no other one did. */
void mpt_reinjection_close(mpt_reinjection_closing *x, mpt_ranges *useful, const mpt_reinjection *run);
/* Judges a run that is judged by acknowledgements again, with what was thrown away, and puts it to the
 * others, which came before it. useful: as above, and with it the bytes of all runs that are useful by
 * acknowledgements, unless at_receiver. */
void mpt_reinjection_judge_again(mpt_reinjection_closing *x, mpt_ranges *useful, const mpt_reinjection *run,
                                 bool at_receiver);

#endif
