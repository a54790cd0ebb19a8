/* reinjection_figures.h - what one direction of a connection sent again: its runs with their
 * verdicts, and sums.
 *
 * Invariant: "first" and "again" are in the order of the capture, as in all other reports.
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
    uint32_t frame, first_frame;     /* of the copy sent again, of the first one */
    int64_t time_ns, first_ns;       /* since the earliest frame */
    uint32_t subflow, first_subflow; /* ids */
    bool same;                       /* one subflow, other subflow sequence numbers; not judged */
    bool late_original; /* receiver's side: the copy that came first made up for this one, which was lost */
    mpt_usefulness verdict;
} mpt_reinjection_sum_run;

/* Sums of "first sent on, again on". */
typedef struct mpt_reinjection_pair {
    uint32_t first_subflow, subflow;
    uint64_t runs, bytes[MPT_USEFULNESSES]; /* runs: that are listed */
} mpt_reinjection_pair;

typedef struct mpt_reinjection_figures {
    mpt_direction direction;
    mpt_maybe_int vantage; /* 0: the capture is of the sender's side, 1: of the receiver's */
    uint64_t late_original_bytes;
    uint64_t data_bytes; /* of the data level, each once */
    uint64_t same_bytes, bytes[MPT_USEFULNESSES];
    uint64_t unlisted_bytes;                 /* of both: in runs above the limit */
    GArray *runs;                            /* mpt_reinjection_sum_run */
    GArray *pairs;                           /* mpt_reinjection_pair, without those of one subflow */
    bool has_copies;                         /* false where a window of time cuts copies off */
    uint64_t copies[MPT_REINJECTION_COPIES]; /* [k]: bytes with k + 1 copies, the last: or more */
} mpt_reinjection_figures;

/* The end where the capture was taken, 0 client, 1 server, as all its handshakes tell. */
mpt_maybe_int mpt_reinjection_figures_end(const mpt_engine *e);

void mpt_reinjection_figures_init(mpt_reinjection_figures *r, const mpt_engine *e,
                                  const mpt_reinjection_log *log, const mpt_connection_view *v,
                                  mpt_direction direction, mpt_maybe_int end);
void mpt_reinjection_figures_clear(mpt_reinjection_figures *r);

/* Bytes that were sent again on another subflow. */
uint64_t mpt_reinjection_bytes(const mpt_reinjection_figures *r);
/* True where the verdicts are not inferred: what arrived first is in the capture. */
bool mpt_reinjection_figures_certain(const mpt_reinjection_figures *r);

#endif
