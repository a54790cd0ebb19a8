/* idsn.h - the initial data sequence number of a key alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TESTS_IDSN_H
#define MPT_TESTS_IDSN_H

#include "tap/engine/protocol/key.h"

static inline uint64_t idsn_of_key(uint64_t key, unsigned version)
{
    uint32_t token;
    uint64_t idsn;

    mpt_key_derive(key, version, &token, &idsn);
    return idsn;
}

#endif
