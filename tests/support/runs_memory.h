/* runs_memory.h - how much memory a store of runs has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TESTS_RUNS_MEMORY_H
#define MPT_TESTS_RUNS_MEMORY_H

#include "tap/engine/base/runs.h"

/* Bytes of the chunks and of what points to them, without mpt_runs itself. */
static inline size_t runs_memory(const mpt_runs *runs)
{
    size_t size = runs->room * sizeof *runs->many;

    for (uint32_t i = 0; i < runs->n_chunks; i++) {
        const struct mpt_runs_chunk *c = mpt_runs_chunk(runs, i);
        size += sizeof *c + c->room * sizeof c->run[0];
    }
    return size;
}

#endif
