/* event_json.h - the events of one connection as the JSON document has them (report.md).
 *
 * Invariant: every event has time, frame, subflow, direction and type; what follows depends on the type alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EVENT_JSON_H
#define MPT_EVENT_JSON_H

#include <stdint.h>

#include "../../tap/engine/metrics.h"
#include "json.h"

/* Writes the member `events`. directions: those whose events are shown; epoch_ns: time 0. */
void mpt_event_json(mpt_json *json, const mpt_connection_view *v, unsigned directions, int64_t epoch_ns);

/* The id that reports give the subflow with this owner number. */
uint32_t mpt_event_subflow(const mpt_connection_view *v, uint16_t owner);

/* The HMAC of an ADD_ADDR, verified (RFC 8684 3.4.1); side: that of the connection which sent it. */
mpt_verdict mpt_event_add_addr_verdict(const mpt_connection *c, unsigned side, const mpt_add_addr *option);

#endif
