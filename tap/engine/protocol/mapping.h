/* mapping.h - one direction's DSS mappings of one subflow: subflow sequence numbers to data sequence numbers.
 *
 *   SSN  1 ........ 1401 ...... 2801 ...... 4201
 *        |-- DSN 1 --|-- DSN 1401 --|-- DSN 9801 --|      runs of equal DSN - SSN are one run
 *
 * Invariant: each SSN has at most one DSN, that of the mapping which came first (RFC 8684 3.3.1: a mapping is
 * not changed by a later one); a mapping that contradicts an earlier one is a conflict, not a change.
 * DSNs are computed modulo 2^64, so that a hostile one does no harm. A run made of several DSS keeps the
 * lowest of their frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_MAPPING_H
#define MPT_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tap/engine/base/runs.h"

typedef struct mpt_mapping {
    mpt_runs runs; /* start: SSN, value: DSN, frame: of the DSS that brought it */
    bool infinite; /* an infinite mapping (RFC 8684 3.7) from infinite_ssn on, where no DSS maps */
    int64_t infinite_ssn, infinite_dsn;
} mpt_mapping;

/* A piece [start, end) of subflow sequence numbers that one run maps, or the infinite mapping, or nothing. */
typedef struct mpt_mapped_piece {
    int64_t start, end;
    int64_t dsn; /* of start; only where mapped */
    bool mapped;
    bool implied; /* by the infinite mapping */
    uint32_t frame;
} mpt_mapped_piece;

typedef void (*mpt_mapped_func)(const mpt_mapped_piece *piece, void *data);

/* A zeroed mpt_mapping is empty. */
void mpt_mapping_clear(mpt_mapping *m);

/* Adds the mapping of `length` bytes (> 0) from ssn to dsn. Calls func (may be NULL) for each piece that no
 * DSS mapped before (the infinite mapping may have) and this one does, in order. Returns the number of bytes
 * that an earlier DSS maps otherwise (0: no conflict). Does nothing and returns 0 where the SSNs are not
 * within MPT_RUNS_LIMIT of zero. */
uint64_t mpt_mapping_add(mpt_mapping *m, int64_t ssn, int64_t dsn, uint32_t length, uint32_t frame,
                         mpt_mapped_func func, void *data);
/* From ssn on, what has no mapping continues at dsn. The first infinite mapping stays. */
void mpt_mapping_set_infinite(mpt_mapping *m, int64_t ssn, int64_t dsn);
/* Calls func for the pieces of [start, end) (any two numbers), in order, mapped or not. func must not
 * change the mapping. */
void mpt_mapping_look(const mpt_mapping *m, int64_t start, int64_t end, mpt_mapped_func func, void *data);
/* The DSN of ssn if it continues the nearest mapping by a DSS below it. False if there is none. */
bool mpt_mapping_continue(const mpt_mapping *m, int64_t ssn, int64_t *dsn);
/* Where a DSN is on the subflow; one of the places where it has several. False where none is found. */
bool mpt_mapping_position(const mpt_mapping *m, int64_t dsn, int64_t *ssn);
/* Adds delta to every DSN, that of the infinite mapping too (two connections turned out to be one). */
void mpt_mapping_shift(mpt_mapping *m, int64_t delta);

#endif
