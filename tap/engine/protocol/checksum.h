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

/* A mapping with a checksum. */
typedef struct mpt_checksummed {
    int64_t position;    /* on the subflow, of its first byte */
    uint64_t dsn;        /* all 64 bits, whatever the DSS carries */
    uint32_t ssn;        /* this and the next two as on the wire */
    uint16_t dss_length; /* data-level length: the DATA_FIN has a place in it */
    uint16_t checksum;
    uint32_t length; /* bytes of payload */
} mpt_checksummed;

/* What the bad ones have in common. */
typedef struct mpt_checksum_faults {
    uint64_t swapped; /* those whose checksum fits with its two bytes swapped */
    bool differ;      /* not all are off by `residue` */
    uint16_t residue; /* by how much the ones' complement sum of the first is off 0xffff */
} mpt_checksum_faults;

typedef struct mpt_checksums {
    GTree *open;      /* struct open_mapping by position; NULL when none */
    mpt_ranges done;  /* positions of mappings that have been counted */
    mpt_ranges wrong; /* positions of those that turned out bad */
    uint64_t ok, bad;
    mpt_checksum_faults faults; /* of `bad` */
    uint32_t longest;           /* mapping opened */
} mpt_checksums;

/* A zeroed mpt_checksums is empty. */
void mpt_checksums_clear(mpt_checksums *c);

/* A DSS with a checksum. A mapping that was counted or is open already is ignored, as is one without payload. */
void mpt_checksums_open(mpt_checksums *c, const mpt_checksummed *mapping);

/* The payload of a segment: `length` bytes by the IP length, of which the first `captured` are at `payload`.
 * Bytes that a mapping already has are skipped. Returns the number of mappings that it completed and that are
 * bad, and the first of these in *first_bad (may be NULL). */
unsigned mpt_checksums_payload(mpt_checksums *c, int64_t position, const uint8_t *payload, uint32_t length,
                               uint32_t captured, mpt_checksummed *first_bad);

/* Mappings that have a checksum and some payload, but part of it is not in the capture. */
uint64_t mpt_checksums_incomplete(const mpt_checksums *c);

#endif
