/* discarded.h - what arrived at a receiver and was thrown away there.
 *
 * Invariant: derived from const state; in doubt nothing was thrown away.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_DISCARDED_H
#define MPT_DISCARDED_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/state/connection.h"

/* A receiver that sends MP_FAIL has thrown away the mapping that begins at its DSN and does the same with all
 * that follows it on the subflow (RFC 8684 3.7). True: *position is where that begins, on the subflow. */
bool mpt_discarded_from(const mpt_connection *c, const mpt_event *fail, int64_t *position);

/* Nobody takes what comes on a subflow after a RST, of either side. */
static inline bool mpt_discarded_after_reset(const mpt_subflow *s, int64_t time_ns)
{
    return s->state == MPT_STATE_RESET && time_ns > s->closed_ns;
}

/* For a capture of the receiver. level[side] has stayed at its highest DATA_ACK up to last_ack_ns: had the
 * byte there been in the capture for so long then that its receiver did not take it, and is it at or before
 * `position` on this subflow, which has acknowledged that? Only with checksums. The stamps of `owned` must be
 * those of each byte (want_frames). */
bool mpt_discarded_by_data_ack(const mpt_connection *c, mpt_conn_side side, uint16_t owner, int64_t position,
                               int64_t last_ack_ns);

#endif
