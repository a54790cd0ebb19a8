/* implied_mapping.h - bytes without DSS that continue what is before them: fallback_bytes of FIGURES.md.
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
    uint64_t fresh;     /* bytes whose data-level positions nobody had */
    uint64_t again;     /* bytes whose positions this subflow had under other sequence numbers */
    int64_t first, end; /* positions; valid with fresh */
    bool own_numbers;   /* positions are the subflow's own relative sequence numbers: the IDSN is not known */
} mpt_implied_mapping;

/* What of side's pending bytes of the only subflow s of c has an implied mapping (RFC 8684 3.7: after a
 * fallback, and in plain TCP, the data level goes on with the subflow's sequence numbers). */
void mpt_implied_mapping_find(const mpt_connection *c, const mpt_subflow *s, mpt_side side,
                              mpt_connection_kind kind, mpt_fallback fallback, mpt_implied_mapping *implied);
/* The same for one position on side's line that nothing maps; true: *dsn is set. It holds for what follows it
 * without a mapping as well. */
bool mpt_implied_mapping_position(const mpt_connection *c, const mpt_subflow *s, mpt_side side,
                                  mpt_connection_kind kind, mpt_fallback fallback, int64_t position,
                                  int64_t *dsn);
/* Are the data-level positions of a direction (level[side] of c) the subflow's own
 * relative sequence numbers? */
bool mpt_implied_mapping_own_numbers(const mpt_connection *c, mpt_conn_side side, mpt_connection_kind kind,
                                     mpt_fallback fallback);

#endif
