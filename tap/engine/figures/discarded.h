/* discarded.h - what arrived at a receiver and was discarded there.
 *
 * Invariant: derived from const state; in doubt nothing was discarded.
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

/* For a capture at the receiver, with checksums; false in any other. level[side] has stayed at its highest
 * DATA_ACK up to last_ack_ns. True if the byte there had by then been in the capture for so long that the
 * receiver must have discarded it, and lies at or before `position` on this subflow, which has acknowledged
 * that. The engine must keep frames (want_frames): the stamps of `owned` must be those of each byte. */
bool mpt_discarded_by_data_ack(const mpt_connection *c, mpt_conn_side side, uint16_t owner, int64_t position,
                               int64_t last_ack_ns);

/* level[side] stands at its highest DATA_ACK, which has come once more, on subflow `on`, at this time. True if TCP has
 * acknowledged the first copy of the byte there for so long that the receiver must have thrown that segment away: every
 * byte before it is there, so nothing else keeps the DATA_ACK. *end: of the bytes of that segment. The engine must keep
 * frames, as above. */
bool mpt_discarded_first(const mpt_connection *c, mpt_conn_side side, const mpt_subflow *on, int64_t now_ns,
                         int64_t *end);

#endif
