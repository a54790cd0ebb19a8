/* whole.h - whole numbers from doubles, towards 0, and from sums.
 *
 * C leaves it undefined where the integer has no room for the value: then it is the nearest that there is. What is no
 * number is 0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_WHOLE_H
#define MPT_WHOLE_H

#include <stdint.h>

static inline int64_t mpt_whole(double value)
{
    if (value >= 0x1p63)
        return INT64_MAX;
    return value > -0x1p63 ? (int64_t)value : value <= -0x1p63 ? INT64_MIN : 0;
}

static inline uint64_t mpt_whole_unsigned(double value)
{
    if (value >= 0x1p64)
        return UINT64_MAX;
    return value > 0 ? (uint64_t)value : 0;
}

/* The sum, or the nearest value that there is. */
static inline int64_t mpt_whole_add(int64_t a, int64_t b)
{
    if (b > 0)
        return a > INT64_MAX - b ? INT64_MAX : a + b;
    return a < INT64_MIN - b ? INT64_MIN : a + b;
}

#endif
