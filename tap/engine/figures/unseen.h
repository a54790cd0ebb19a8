/* unseen.h - data that the capture never shows.
 *
 *   DSN  1        first                 end       DATA_ACK
 *        |..acked..|[ seen ]..gap..[ seen ]|...acked...|        dots: unseen
 *
 * Invariant: derived from const state. A byte without mapping is unseen: its DSN is not known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_UNSEEN_H
#define MPT_UNSEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/state/connection.h"

typedef struct mpt_unseen {
    uint64_t bytes; /* between the first and the last byte seen, and acknowledged ones outside */
    uint64_t acked; /* part of it that DATA_ACKs cover */
} mpt_unseen;

/* What of [first, end), which the capture shows in part, and of what was acknowledged around it is unseen.
 * any: there is such a range. acked_too: DATA_ACKs count (after a fallback they don't). above: only from this
 * position on; INT64_MIN: all. */
mpt_unseen mpt_unseen_find(const mpt_data_level *d, bool any, int64_t first, int64_t end, bool acked_too,
                           int64_t above);
/* Bytes that one side of a subflow has sent, as sequence numbers and acknowledgements show, and that the
 * capture does not have. */
uint64_t mpt_unseen_on_subflow(const mpt_half *h);

#endif
