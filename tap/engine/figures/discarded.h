/* discarded.h - what arrived at a receiver and was discarded there.
 *
 * Invariant: derived from const state and from what the caller keeps for these functions; in doubt nothing was discarded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_DISCARDED_H
#define MPT_DISCARDED_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/state/connection.h"

/* A receiver that sends MP_FAIL has discarded the mapping that begins at its DSN, and discards all that
 * follows it on the subflow (RFC 8684 3.7). True: *position is where that begins, on the subflow. */
bool mpt_discarded_from(const mpt_connection *c, const mpt_event *fail, int64_t *position);

/* After a RST of either side whatever arrives on the subflow is discarded (RFC 9293 3.10.7). time_ns:
 * of the capture. */
static inline bool mpt_discarded_after_reset(const mpt_subflow *s, int64_t time_ns)
{
    return s->state == MPT_STATE_RESET && time_ns > s->closed_ns;
}

/* How long the DATA_ACK of one direction has stood where it is. A zeroed one has seen none. */
typedef struct mpt_standing {
    uint64_t acks;    /* DATA_ACKs so far */
    bool seen;        /* last_ns is valid */
    int64_t last_ns;  /* when the last came that was as high as the highest */
    int64_t at;       /* where since_ns was found */
    bool waits;       /* since_ns is valid */
    uint16_t owner;   /* of the byte there */
    int64_t since_ns; /* by then TCP had acknowledged that byte */
} mpt_standing;

/* Call after each segment that may have a DATA_ACK of level[side]. True if it has one, as high as the highest: segments
 * may carry older ones. */
bool mpt_standing_note(mpt_standing *w, const mpt_data_level *level, int64_t time_ns);

/* In the next two `firsts` are first copies at the data level, at least of what no DATA_ACK has; value: when they came,
 * owner: their subflow's. What came in two segments is two runs. */

/* For a capture at the receiver, with checksums; false in any other. level[side] has stayed at its highest
 * DATA_ACK up to last_ack_ns. True if the byte there had by then been in the capture for so long that the
 * receiver must have discarded it, and lies at or before `position` on this subflow, which has acknowledged
 * that. */
bool mpt_discarded_by_data_ack(const mpt_connection *c, mpt_conn_side side, const mpt_runs *firsts,
                               uint16_t owner, int64_t position, int64_t last_ack_ns);

/* level[side] stands at its highest DATA_ACK, which has come (once more) on subflow `on` at w->last_ns. True if TCP has
 * acknowledged the first copy of the byte there for so long that the receiver must have thrown that segment away: every
 * byte before it is there, so nothing else keeps the DATA_ACK. *end: of the bytes of that segment. */
bool mpt_discarded_first(const mpt_connection *c, mpt_conn_side side, const mpt_runs *firsts, mpt_standing *w,
                         const mpt_subflow *on, int64_t *end);

#endif
