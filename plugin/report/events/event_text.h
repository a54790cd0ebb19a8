/* event_text.h - events in words that a person understands.
 *
 * Invariant: a sentence says who did what to which subflow; it has no full stop and no line end, and nothing
 * of the capture but numbers and addresses gets into it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EVENT_TEXT_H
#define MPT_EVENT_TEXT_H

#include <glib.h>

#include "plugin/report/common/event_pairs.h"
#include "tap/engine/figures/metrics.h"

/* Appends what happened: "server announces 198.51.100.2 as id 1, HMAC valid", and what it belongs to that
 * came before it. */
void mpt_event_text(const mpt_connection_view *v, const mpt_event *e, const mpt_event_pairs *pairs,
                    GString *out);

/* Appends what became of it: "; confirmed after 12.3 ms (frame 20); used by subflow 1". Nothing for most
 * events. */
void mpt_event_outcome_text(const mpt_connection_view *v, const mpt_event *e, const mpt_event_pairs *pairs,
                            GString *out);

#endif
