/* reinjection_log.h - collects, while a capture is read, which bytes were sent twice, where, and
 * which copy counted.
 *
 *   data level   ----[ first on 0, frame 40 ]----
 *                    [ again on 1, frame 55 ]        a run: bytes with one first copy and one later one
 *
 * Invariant: the bytes of all runs of a direction, with the sums of those above the limit, are its
 * reinjected_bytes and reinjected_same_bytes (FIGURES.md), also when a mapping comes late or two connections
 * turn out to be one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REINJECTION_LOG_H
#define MPT_REINJECTION_LOG_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/core/engine.h"

/* Runs that are kept, in all; what is beyond is summed up. */
#define MPT_REINJECTION_RUNS   262144
/* Pairs of subflows that have a sum of their own, of each direction. */
#define MPT_REINJECTION_SUMS   64
/* Copies of a byte that are told apart: 1, 2, ... and this many or more. */
#define MPT_REINJECTION_COPIES 8

typedef enum mpt_usefulness { MPT_UNDECIDED, MPT_USEFUL, MPT_REDUNDANT, MPT_USEFULNESSES } mpt_usefulness;

/* Bytes [dsn, end) that the capture shows a second time. "first" is in the order of the capture. */
typedef struct mpt_reinjection {
    int64_t dsn, end;       /* data-level positions */
    int64_t position;       /* on the subflow of the later copy */
    int64_t first_position; /* on that of the first; INT64_MIN: not known */
    int64_t time_ns, last_ns, first_ns;
    int64_t resent_ns, first_resent_ns; /* last retransmission before the acknowledgement; INT64_MIN: none */
    uint32_t frame, last_frame, first_frame;
    uint32_t segments;
    uint16_t owner, first_owner;
    bool same; /* both on one subflow */
    /* The later copy fills a hole of its subflow that was there before the first copy came. In a
     * capture of the receiver's side: it was sent before that one, got lost, and was retransmitted; the
     * first one helped. */
    bool late_original;
    bool acked, first_acked; /* by their subflows */
    bool acked_before;       /* a DATA_ACK had these bytes when the later copy came */
    /* Came and was thrown away (refused.h). */
    bool refused, first_refused;
    /* In a capture of the receiver's side: DATA_ACKs show that the first copy was not taken. */
    bool first_missed;
    /* What follows from the acknowledgements: a copy that its subflow acknowledged got through when it was
     * last sent before. An acknowledgement alone tells less: it waits for what was lost before these bytes.
     * */
    uint8_t verdict; /* mpt_usefulness of the later copy */
} mpt_reinjection;

/* Bytes of runs above the limit, by verdict. */
typedef struct mpt_reinjection_sum {
    uint16_t owner,
        first_owner;        /* of each byte in it; not of those in the last sum of MPT_REINJECTION_SUMS + 1 */
    uint64_t same;          /* both on one subflow: without verdict */
    uint64_t late_original; /* of the redundant ones */
    uint64_t bytes[MPT_USEFULNESSES];
} mpt_reinjection_sum;

typedef struct mpt_reinjection_log mpt_reinjection_log;

extern const mpt_observer MPT_REINJECTION_OBSERVER;

/* The engine must keep frames (want_frames), and outlive the log. */
mpt_reinjection_log *mpt_reinjection_log_new(const mpt_engine *engine);
void mpt_reinjection_log_free(mpt_reinjection_log *log); /* NULL is allowed */

typedef void (*mpt_reinjection_func)(const mpt_reinjection *run, void *user);

/* Tells of the runs whose sender is `side` of the connection, by time of the later copy. at_receiver: what is
 * captured had arrived. */
void mpt_reinjection_log_runs(const mpt_reinjection_log *log, const mpt_connection *c, unsigned side,
                              bool at_receiver, mpt_reinjection_func func, void *user);
/* The sums of mpt_reinjection_sum of the runs above the limit; useful is only what is so for certain without
 * the other copies. Free with g_array_unref(). */
GArray *mpt_reinjection_log_unlisted(const mpt_reinjection_log *log, const mpt_connection *c, unsigned side,
                                     bool at_receiver);
/* copies[k]: bytes of which there are at least k + 1 copies, for k from 1 on; copies[0] is not set. */
void mpt_reinjection_log_copies(const mpt_reinjection_log *log, const mpt_connection *c, unsigned side,
                                uint64_t copies[MPT_REINJECTION_COPIES]);

#endif
