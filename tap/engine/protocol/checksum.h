/* checksum.h - DSS checksums (RFC 8684 3.3): the mappings of one direction of a subflow that
 * are being verified.
 *
 * Invariant: a distinct mapping (SSN) is counted once, as ok, bad or (while open) incomplete; memory is held
 * for mappings whose payload has not come in full.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CHECKSUM_H
#define MPT_CHECKSUM_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/base/ranges.h"

typedef struct mpt_checksums {
    GTree *open;      /* struct open_mapping by position; NULL when none */
    mpt_ranges done;  /* positions of mappings that have been counted */
    mpt_ranges wrong; /* positions of those that turned out bad */
    uint64_t ok, bad;
    uint32_t longest; /* mapping opened */
} mpt_checksums;

/* A zeroed mpt_checksums is empty. */
void mpt_checksums_clear(mpt_checksums *c);

/* A DSS with a checksum: payload of `length` bytes (without the DATA_FIN) from `position`. dsn: 64 bits as on
 * the wire after widening, ssn and data_level_length as on the wire. A mapping that was counted or is open
 * already is ignored. Does nothing where length is 0. */
void mpt_checksums_open(mpt_checksums *c, int64_t position, uint32_t length, uint64_t dsn, uint32_t ssn,
                        uint16_t data_level_length, uint16_t checksum);

/* The payload of a segment: `length` bytes by the IP length, of which the first `captured` are at `payload`.
 * Bytes that a mapping already has are skipped. Returns the number of mappings that it completed and that are
 * bad, and the position of the last of these in *bad_position (may be NULL). */
unsigned mpt_checksums_payload(mpt_checksums *c, int64_t position, const uint8_t *payload, uint32_t length,
                               uint32_t captured, int64_t *bad_position);

/* Mappings that have a checksum and some payload, but part of it is not in the capture. */
uint64_t mpt_checksums_incomplete(const mpt_checksums *c);

#endif
