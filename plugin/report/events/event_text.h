/* event_text.h - events in words.
 *
 * Invariant: a sentence says who did what on which subflow, without a full stop or newline; of the capture it
 * holds only numbers and addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EVENT_TEXT_H
#define MPT_EVENT_TEXT_H

#include <glib.h>

#include "plugin/report/common/event_pairs.h"
#include "tap/engine/figures/metrics.h"

/* Appends what happened, and the earlier event to which it belongs: "server announces 198.51.100.2 as id
 * 1, HMAC valid". */
void mpt_event_text(const mpt_connection_view *v, const mpt_event *e, const mpt_event_pairs *pairs,
                    GString *out);

/* Appends the outcome: "; confirmed after 12.3 ms (frame 20); used by subflow 1". Most events have none. */
void mpt_event_outcome_text(const mpt_connection_view *v, const mpt_event *e, const mpt_event_pairs *pairs,
                            GString *out);

#endif
