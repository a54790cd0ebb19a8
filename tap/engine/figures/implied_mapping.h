/* implied_mapping.h - bytes without a DSS whose mapping follows from what is before them:
 * fallback_bytes of FIGURES.md.
 *
 * Invariant: derived from const state whenever it is asked for, because only the whole capture tells whether
 * a connection stayed with one subflow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_IMPLIED_MAPPING_H
#define MPT_IMPLIED_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/state/connection.h"

typedef struct mpt_implied_mapping {
    uint64_t fresh;     /* bytes whose data-level positions are new */
    uint64_t again;     /* bytes whose positions this subflow has had under other sequence numbers */
    int64_t first, end; /* positions; valid with fresh */
    bool own_numbers;   /* positions are the subflow's own relative sequence numbers: the IDSN is not known */
} mpt_implied_mapping;

/* Fills *implied for the pending bytes that `side` sent on s, the only subflow of c. After a fallback, and in
 * plain TCP, the data level goes on with the subflow's sequence numbers (RFC 8684 3.7). */
void mpt_implied_mapping_find(const mpt_connection *c, const mpt_subflow *s, mpt_side side,
                              mpt_connection_kind kind, mpt_fallback fallback, mpt_implied_mapping *implied);
/* The same for one position of `side` that no DSS maps. True: *dsn is its data-level position, and what
 * follows it without a mapping continues there. */
bool mpt_implied_mapping_position(const mpt_connection *c, const mpt_subflow *s, mpt_side side,
                                  mpt_connection_kind kind, mpt_fallback fallback, int64_t position,
                                  int64_t *dsn);
/* The order in which the bytes came that `side` sent on s, any subflow of c: that of plain TCP where bytes
 * without a DSS go on. */
const mpt_order *mpt_implied_mapping_order(const mpt_connection *c, const mpt_subflow *s, mpt_side side);
/* True if the data-level positions of a direction (level[side] of c) are the subflow's own
 * relative sequence numbers. */
bool mpt_implied_mapping_own_numbers(const mpt_connection *c, mpt_conn_side side, mpt_connection_kind kind,
                                     mpt_fallback fallback);

#endif
