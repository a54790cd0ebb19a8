/* reinjection_figures.h - what one direction of a connection reinjected: runs with their verdicts, and sums.
 *
 * Invariant: "first" and "again" are in the order of the capture, as in all reports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REINJECTION_FIGURES_H
#define MPT_REINJECTION_FIGURES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "reinjection_log.h"
#include "tap/engine/figures/metrics.h"

typedef struct mpt_reinjection_sum_run {
    mpt_maybe_int dsn; /* relative, of the first byte */
    uint64_t bytes;
    uint32_t segments;
    uint32_t frame, first_frame;     /* of the later copy, of the first one */
    int64_t time_ns, first_ns;       /* since the earliest frame */
    uint32_t subflow, first_subflow; /* ids */
    bool same; /* both on one subflow, with other subflow sequence numbers: no verdict */
    /* Receiver's side: sent before the copy that arrived first, but lost and retransmitted. */
    bool late_original;
    mpt_usefulness verdict;
} mpt_reinjection_sum_run;

/* Sums for one pair: first on this subflow, again on that one. */
typedef struct mpt_reinjection_pair {
    uint32_t first_subflow, subflow;
    uint64_t runs, bytes[MPT_USEFULNESSES]; /* runs: that are listed */
} mpt_reinjection_pair;

typedef struct mpt_reinjection_figures {
    mpt_direction direction;
    mpt_maybe_int vantage; /* 0: captured at the sender's side, 1: at the receiver's */
    uint64_t late_original_bytes;
    uint64_t data_bytes; /* of the data level, each once */
    uint64_t same_bytes, bytes[MPT_USEFULNESSES];
    uint64_t unlisted_bytes;                 /* of both: in runs above the limit */
    GArray *runs;                            /* mpt_reinjection_sum_run */
    GArray *pairs;                           /* mpt_reinjection_pair, without those of one subflow */
    bool has_copies;                         /* false if a window of time may cut copies off */
    uint64_t copies[MPT_REINJECTION_COPIES]; /* [k]: bytes with k + 1 copies, the last: or more */
} mpt_reinjection_figures;

/* The end at which the capture was taken, by all its handshakes: an mpt_role; null: neither. */
mpt_maybe_int mpt_reinjection_figures_end(const mpt_engine *e);

void mpt_reinjection_figures_init(mpt_reinjection_figures *r, const mpt_engine *e,
                                  const mpt_reinjection_log *log, const mpt_connection_view *v,
                                  mpt_direction direction, mpt_maybe_int end);
void mpt_reinjection_figures_clear(mpt_reinjection_figures *r);

/* The bytes that were sent again on another subflow. */
uint64_t mpt_reinjection_bytes(const mpt_reinjection_figures *r);
/* True if the verdicts are certain, not inferred: the capture shows which copy arrived first. */
bool mpt_reinjection_figures_certain(const mpt_reinjection_figures *r);

#endif
