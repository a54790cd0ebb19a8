/* sightings.h - which interfaces have shown a segment: a set of signatures with a bit for each interface.
 *
 * Invariant: a signature is there once; the set never holds more than the bound of its last addition.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SIGHTINGS_H
#define MPT_SIGHTINGS_H

#include <stdint.h>

/* A zeroed one is empty. */
typedef struct mpt_sightings {
    struct mpt_sighting *slots;
    uint32_t used, room; /* room is a power of two, or 0 */
} mpt_sightings;

void mpt_sightings_clear(mpt_sightings *s);

/* Spreads two numbers over 64 bits. */
static inline uint64_t mpt_sightings_mix(uint64_t a, uint64_t b)
{
    uint64_t x = (a ^ b * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xff51afd7ed558ccd);

    x = (x ^ x >> 32) * UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 29;
}

/* Adds a sighting by interface `bit` (below 64) and returns the bits that the signature had before. Beyond `bound`
 * signatures new ones are not kept. */
uint64_t mpt_sightings_add(mpt_sightings *s, uint64_t signature, unsigned bit, uint32_t bound);

#endif
