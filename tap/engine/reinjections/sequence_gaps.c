/* sequence_gaps.c - see sequence_gaps.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sequence_gaps.h"

#include <glib.h>

static void add_hole(mpt_sequence_gaps *h, int64_t start, int64_t end, int64_t time_ns)
{
    mpt_run hole = {.start = start, .value = time_ns};

    if (start >= end || end - start > UINT32_MAX)
        return;
    hole.length = (uint32_t)(end - start);
    mpt_runs_add(&h->runs, &hole);
}

int64_t mpt_sequence_gaps_fill(mpt_sequence_gaps *h, int64_t start, int64_t end, int64_t time_ns,
                               int64_t *since)
{
    mpt_runs_at at;
    const mpt_run *r;
    mpt_run hole;

    *since = INT64_MAX;
    if (!h->any || start >= h->high) {
        if (h->any)
            add_hole(h, h->high, start, time_ns);
        h->any = true;
        h->high = end;
        return end - start;
    }
    r = mpt_runs_find(&h->runs, start, &at);
    if (!r || r->start > start)
        return MIN(end, r ? r->start : h->high) - start;
    hole = *r;
    *since = hole.value;
    end = MIN(end, mpt_run_end(&hole));
    mpt_runs_remove(&h->runs, &at);
    add_hole(h, hole.start, start, hole.value);
    add_hole(h, end, mpt_run_end(&hole), hole.value);
    return end - start;
}
