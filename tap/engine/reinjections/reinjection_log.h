/* reinjection_log.h - collects, while a capture is read, which bytes were sent twice, on which subflows, and
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

/* Runs that are kept, over all connections; the bytes of further ones are summed up. */
#define MPT_REINJECTION_RUNS   262144
/* Pairs of subflows with a sum of their own, for each direction. */
#define MPT_REINJECTION_SUMS   64
/* Numbers of copies of a byte that are counted apart: 1, 2, ... and this many or more. */
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
    /* The later copy fills a gap of its subflow that was there before the first copy arrived. At the
     * receiver's side that means: it was sent before the first copy, was lost, and was retransmitted; the
     * first copy helped. */
    bool late_original;
    bool acked, first_acked; /* by their subflows */
    bool acked_before;       /* a DATA_ACK had covered these bytes when the later copy came */
    /* Arrived and was discarded (discarded.h). */
    bool refused, first_refused;
    /* At the receiver's side: DATA_ACKs show that the first copy was discarded. */
    bool first_missed;
    /* By the acknowledgements: a copy got through when it was last sent before its subflow acknowledged it.
     * The time of the acknowledgement itself shows less: it waits for what was lost before these bytes. */
    uint8_t verdict; /* mpt_usefulness of the later copy */
} mpt_reinjection;

/* Bytes of runs above the limit, by verdict. */
typedef struct mpt_reinjection_sum {
    /* Of each byte in it, but for the last sum of MPT_REINJECTION_SUMS + 1: that has all other pairs. */
    uint16_t owner, first_owner;
    uint64_t same;          /* both on one subflow: without verdict */
    uint64_t late_original; /* of the redundant ones */
    uint64_t bytes[MPT_USEFULNESSES];
} mpt_reinjection_sum;

typedef struct mpt_reinjection_log mpt_reinjection_log;

extern const mpt_observer MPT_REINJECTION_OBSERVER;

/* The engine must keep frames (want_frames), and outlive the log. Free with mpt_reinjection_log_free(). */
mpt_reinjection_log *mpt_reinjection_log_new(const mpt_engine *engine);
void mpt_reinjection_log_free(mpt_reinjection_log *log); /* NULL is allowed */

typedef void (*mpt_reinjection_func)(const mpt_reinjection *run, void *user);

/* Calls `func` for the runs that `side` of the connection sent, by time of the later copy. at_receiver: the
 * capture was taken at the receiver's side, so that whatever it has did arrive. */
void mpt_reinjection_log_runs(const mpt_reinjection_log *log, const mpt_connection *c, mpt_conn_side side,
                              bool at_receiver, mpt_reinjection_func func, void *user);
/* The runs above the limit as sums (mpt_reinjection_sum). Only bytes that are useful whatever became of their
 * other copies count as useful. Free with g_array_unref(). */
GArray *mpt_reinjection_log_unlisted(const mpt_reinjection_log *log, const mpt_connection *c,
                                     mpt_conn_side side, bool at_receiver);
/* copies[k] becomes the number of bytes with at least k + 1 copies, for k from 1 on; copies[0] is not set. */
void mpt_reinjection_log_copies(const mpt_reinjection_log *log, const mpt_connection *c, mpt_conn_side side,
                                uint64_t copies[MPT_REINJECTION_COPIES]);

#endif
