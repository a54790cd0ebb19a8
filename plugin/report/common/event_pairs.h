/* event_pairs.h - which events of a connection belong together: an announced address, its echo and the
 * subflow that uses it; a withdrawn address and the subflows that it closes; an abort and its resets.
 *
 * Invariant: keeps nothing; looks at no more than MPT_PAIRS_REACH events before and after an event, so that a
 * flood of them takes linear time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EVENT_PAIRS_H
#define MPT_EVENT_PAIRS_H

#include <glib.h>
#include <stdbool.h>

#include "tap/engine/figures/metrics.h"

#define MPT_PAIRS_REACH    4096
#define MPT_PAIRS_SUBFLOWS 8

typedef struct mpt_event_pairs {
    /* The earlier event. ADD_ADDR: the same announcement; ADD_ADDR_ECHO and the SYN of MP_JOIN: the
     * announcement; SUBFLOW_CLOSED: the REMOVE_ADDR of its address or the MP_FASTCLOSE. NULL: none. */
    const mpt_event *cause;
    const mpt_event *echo; /* ADD_ADDR: NULL without one */
    /* ADD_ADDR: the first subflow at the address; REMOVE_ADDR: the subflows of its ids that were open then;
     * MP_FASTCLOSE: those that were reset then. end: the event that closed it, NULL where it stays open. */
    unsigned count; /* at most MPT_PAIRS_SUBFLOWS are listed */
    struct {
        const mpt_subflow_view *subflow;
        const mpt_event *end;
    } subflows[MPT_PAIRS_SUBFLOWS];
} mpt_event_pairs;

/* Fills *pairs for element `index` of a connection's events, which are in order of time. *pairs
 * borrows from both. */
void mpt_event_pair(const mpt_connection_view *v, const GArray *events, guint index, mpt_event_pairs *pairs);

#endif
