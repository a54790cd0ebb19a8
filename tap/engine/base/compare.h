/* compare.h - the order of two numbers, for functions that sort.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_COMPARE_H
#define MPT_COMPARE_H

#include <stdint.h>

/* -1, 0 or 1: a is less than b, equal, greater. */
static inline int mpt_compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

#endif
