/* signature_set.h - which interfaces captured a segment: a set of signatures with a bit for each interface.
 *
 * Invariant: each signature is stored once; the set never holds more than the bound of its last addition.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SIGNATURE_SET_H
#define MPT_SIGNATURE_SET_H

#include <stdint.h>

/* A zeroed one is empty. */
typedef struct mpt_signature_set {
    struct mpt_signature *slots;
    uint32_t used, room; /* room is a power of two, or 0 */
} mpt_signature_set;

void mpt_signature_set_clear(mpt_signature_set *s);

/* Spreads two numbers over 64 bits. */
static inline uint64_t mpt_signature_set_mix(uint64_t a, uint64_t b)
{
    uint64_t x = (a ^ b * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xff51afd7ed558ccd);

    x = (x ^ x >> 32) * UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 29;
}

/* Adds a sighting by interface `bit` (below 64) and returns the bits that the signature had before. Beyond
 * `bound` signatures new ones are not kept. */
uint64_t mpt_signature_set_add(mpt_signature_set *s, uint64_t signature, unsigned bit, uint32_t bound);

#endif
