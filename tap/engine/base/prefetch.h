/* prefetch.h - tells the processor which memory is about to be used.
 *
 * With many connections nothing that a segment needs is in a cache. Lines that are requested together arrive
 * together; lines that are touched one after the other cost a miss each. Only speed depends on this: the
 * memory need not exist.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PREFETCH_H
#define MPT_PREFETCH_H

#include <stddef.h>

#ifdef __GNUC__
#define MPT_PREFETCH(memory) __builtin_prefetch((memory), 1)
#else
#define MPT_PREFETCH(memory) ((void)(memory))
#endif

static inline void mpt_prefetch(const void *memory, size_t size)
{
    for (size_t at = 0; at < size; at += 64)
        MPT_PREFETCH((const char *)memory + at);
}

#endif
