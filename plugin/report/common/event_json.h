/* event_json.h - the events of one connection as the JSON document has them (FIGURES.md).
 *
 * Invariant: every event has time, frame, subflow, direction and type; its other members depend on
 * the type alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EVENT_JSON_H
#define MPT_EVENT_JSON_H

#include <stdint.h>

#include "plugin/report/format/json.h"
#include "tap/engine/figures/metrics.h"

/* Writes the member `events`. directions: bit 1 << mpt_direction for each to show. */
void mpt_event_json(mpt_json *json, const mpt_connection_view *v, unsigned directions,
                    const mpt_engine *engine);

/* True if the event is of one of these directions and within the window of time that the engine counts. */
bool mpt_event_shown(const mpt_engine *engine, const mpt_connection_view *v, unsigned directions,
                     const mpt_event *e);

#endif
