/* totals.c - what a generated capture holds, counted as it is written, by an oracle of its own.
 *
 * Invariant: runs are sorted and disjoint, and neighbours with one owner are one run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "totals.h"

static void insert_run(GArray *runs, unsigned at, uint64_t start, uint64_t end, unsigned owner)
{
    const gen_run run = {start, end, owner};
    gen_run *before = at > 0 ? &g_array_index(runs, gen_run, at - 1) : NULL;
    gen_run *after = at < runs->len ? &g_array_index(runs, gen_run, at) : NULL;
    const bool joins_before = before != NULL && before->end == start && before->owner == owner;
    const bool joins_after = after != NULL && after->start == end && after->owner == owner;

    if (joins_before && joins_after) {
        before->end = after->end;
        g_array_remove_index(runs, at);
    } else if (joins_before) {
        before->end = end;
    } else if (joins_after) {
        after->start = start;
    } else {
        g_array_insert_val(runs, at, run);
    }
}

gen_added gen_runs_add(GArray *runs, uint64_t start, uint64_t end, unsigned owner)
{
    gen_added added = {0, 0, 0};

    while (start < end) {
        unsigned at = runs->len;
        uint64_t stop = end;
        /* From the end: nearly all that is added is new or recent. */
        while (at > 0 && g_array_index(runs, gen_run, at - 1).end > start)
            at--;
        const gen_run *next = at < runs->len ? &g_array_index(runs, gen_run, at) : NULL;
        if (next != NULL && next->start <= start) {
            stop = MIN(end, next->end);
            if (next->owner == owner)
                added.same += stop - start;
            else
                added.other += stop - start;
        } else {
            if (next != NULL)
                stop = MIN(end, next->start);
            added.fresh += stop - start;
            insert_run(runs, at, start, stop, owner);
        }
        start = stop;
    }
    return added;
}

static GArray *new_runs(void)
{
    return g_array_new(FALSE, FALSE, sizeof(gen_run));
}

void gen_bytes_init(gen_bytes *bytes)
{
    *bytes = (gen_bytes){.ssn_seen = new_runs()};
}

void gen_bytes_clear(gen_bytes *bytes)
{
    g_array_unref(bytes->ssn_seen);
}

void gen_data_level_init(gen_data_level *level)
{
    *level = (gen_data_level){.dsn_seen = new_runs()};
}

void gen_data_level_clear(gen_data_level *level)
{
    g_array_unref(level->dsn_seen);
}

void gen_count_payload(gen_bytes *bytes, gen_data_level *level, unsigned subflow, uint64_t ssn, uint64_t dsn,
                       uint32_t len, bool mapped)
{
    const gen_added on_subflow = gen_runs_add(bytes->ssn_seen, ssn, ssn + len, 0);

    /* The generator sends a segment again as it was, so it is new or not as a whole. */
    g_assert(on_subflow.fresh == 0 || on_subflow.fresh == len);
    bytes->payload += len;
    if (on_subflow.fresh == 0) {
        bytes->retrans += len;
    } else if (mapped) {
        const gen_added data = gen_runs_add(level->dsn_seen, dsn, dsn + len, subflow);
        bytes->first += data.fresh;
        bytes->reinjected += data.other;
        bytes->reinjected_same += data.same;
    }
}

void gen_bytes_add(gen_bytes *sum, const gen_bytes *bytes)
{
    sum->packets += bytes->packets;
    sum->payload += bytes->payload;
    sum->retrans += bytes->retrans;
    sum->first += bytes->first;
    sum->reinjected += bytes->reinjected;
    sum->reinjected_same += bytes->reinjected_same;
}
