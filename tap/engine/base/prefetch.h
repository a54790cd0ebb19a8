/* prefetch.h - a hint to the processor: memory that is about to be used.
 *
 * Of many connections, what a segment needs is in no cache; asked for at once it comes at once, used one by one it
 * comes one by one. Nothing but speed depends on it; the memory needs not even exist.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PREFETCH_H
#define MPT_PREFETCH_H

#include <stddef.h>

static inline void mpt_prefetch(const void *memory, size_t size)
{
    for (size_t at = 0; at < size; at += 64)
        __builtin_prefetch((const char *)memory + at, 1);
}

#endif
