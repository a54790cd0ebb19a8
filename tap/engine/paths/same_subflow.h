/* same_subflow.h - is a subflow at one vantage point the same as one at another: by what no NAT changes (keys,
 * token and nonce of the join, initial sequence numbers), otherwise by 4-tuple and sequence numbers.
 *
 * Invariant: depends on the two subflows alone, not on their order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SAME_SUBFLOW_H
#define MPT_SAME_SUBFLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/state/connection.h"

/* The reasons to take two subflows for one, each with its score. */
enum {
    MPT_PATH_KEY = 1 << 0,      /* 50: a key of the connection */
    MPT_PATH_NONCE = 1 << 1,    /* 50: token and nonce of the join */
    MPT_PATH_ISN = 1 << 2,      /* 30: initial sequence number of the initiator */
    MPT_PATH_PEER_ISN = 1 << 3, /* 30: of its peer */
    MPT_PATH_TUPLE = 1 << 4,    /* 20: addresses and ports */
    MPT_PATH_SEQUENCE =
        1 << 5, /* 30: 4-tuple and overlapping sequence numbers, where the handshake was not seen */
    MPT_PATH_REASONS = 6,
};

/* "key of the connection", ...: the k-th reason, static. */
const char *mpt_path_reason(unsigned k);

/* The score from which on two subflows are one. */
#define MPT_SAME_ENOUGH 50

/* What has to be equal for the k-th reason, as a hash that differs between reasons; false where the subflow
 * does not have it, or not yet. */
bool mpt_same_name(const mpt_subflow *s, unsigned k, uint64_t *name);
/* The sum of the reasons that hold, and these. */
uint32_t mpt_same_score(const mpt_subflow *a, const mpt_subflow *b, uint32_t *reasons);
/* True where they can't be one, whatever the score. */
bool mpt_same_contradict(const mpt_subflow *a, const mpt_subflow *b);
/* The same two endpoints, in either order. */
bool mpt_same_tuple(const mpt_subflow *a, const mpt_subflow *b);
/* Of one subflow: side A of `a` is side B of `b`. */
bool mpt_same_is_flipped(const mpt_subflow *a, const mpt_subflow *b);

#endif
