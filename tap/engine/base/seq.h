/* seq.h - sequence numbers that wrap: comparison, and widening to the nearest.
 *
 * Invariant: everything is exact modulo 2^32 or 2^64; no function assumes that a number has not wrapped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SEQ_H
#define MPT_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* How far a is ahead of b (negative: behind), RFC 9293 3.4. At a distance of exactly 2^31
 * (2^63): the minimum. */
static inline int32_t mpt_seq32_diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static inline int64_t mpt_seq64_diff(uint64_t a, uint64_t b)
{
    return (int64_t)(a - b);
}

/* The number whose low 32 bits are `low` and that lies nearest to `near` (RFC 8684 3.3.1: the upper half of
 * a 32-bit DSN or DATA_ACK is the receiver's to find). A tie, 2^31 each way, goes below. */
static inline uint64_t mpt_seq_widen(uint32_t low, uint64_t near)
{
    return near + (uint64_t)(int64_t)mpt_seq32_diff(low, (uint32_t)near);
}

#endif
