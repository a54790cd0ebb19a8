/* reinjection_runs.h - cuts, joins and judges runs of bytes that were sent again; for reinjection_log.c
 * alone.
 *
 * Invariant: cutting and joining keep every byte; neighbours become one run only with the same verdict.
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
/* How many of the last runs a new one may continue: a scheduler may fill several subflows in turn. */
#define MPT_REINJECTION_NEIGHBOURS 4

/* Joins a judged run to one of the last of `runs`, if it follows that one in a burst. False:
 * it follows none. */
bool mpt_reinjection_join(GArray *runs, const mpt_reinjection *r);
/* True if the first copy was retransmitted after the later one had been sent. */
bool mpt_reinjection_original_lost(const mpt_reinjection *r);
/* The position on this subflow of a DSN of level[side]; INT64_MIN: no mapping has it. */
int64_t mpt_reinjection_position(const mpt_connection *c, mpt_conn_side side, uint16_t owner, int64_t dsn);

/* Where judged runs go, for one direction. */
typedef struct mpt_reinjection_closing {
    const mpt_connection *c;
    mpt_conn_side side;
    GArray *runs;
    guint *count; /* runs so far, of `limit`; NULL: no limit */
    guint limit;
    GArray *sums
        [2]; /* mpt_reinjection_sum of runs above the limit, as judged: [1] at the receiver, [0] elsewhere */
    mpt_reinjection *rest;
} mpt_reinjection_closing;

/* Judges a run by the acknowledgements of its subflows and adds it to the others. useful: the bytes that some
 * later copy delivered, so that no other copy did; updated. */
void mpt_reinjection_close(mpt_reinjection_closing *x, mpt_ranges *useful, const mpt_reinjection *run);
/* Judges again, by what was discarded, a run that mpt_reinjection_close() has judged, and adds it to the
 * others, all of which came before it. useful: as above; unless at_receiver it also holds the bytes of all
 * runs that are useful by acknowledgements. */
void mpt_reinjection_judge_again(mpt_reinjection_closing *x, mpt_ranges *useful, const mpt_reinjection *run,
                                 bool at_receiver);

#endif
