/* bytes.h - numbers in network order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_BYTES_H
#define MPT_BYTES_H

#include <stdint.h>

static inline uint16_t mpt_be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t mpt_be32(const uint8_t *p)
{
    return (uint32_t)mpt_be16(p) << 16 | mpt_be16(p + 2);
}

#endif
