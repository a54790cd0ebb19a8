/* reorder_queue.c - see paths.h: the reorder queue at each end.
 *
 * Bytes that arrive above a gap in the data sequence wait in the receiver's reorder queue until the gap is
 * filled. DATA_ACKs of the receiver show that a gap was filled that the capture does not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "paths_internal.h"

/* Hands over what is in order now; `filler` is whose bytes closed the gap. */
static void advance(mpt_paths_view *v, const mpt_connection *c, mpt_conn_side side, mpt_path_arrivals *a,
                    mpt_path_lane *filler, int64_t now)
{
    mpt_runs_at place;
    mpt_run *r;

    while ((r = mpt_runs_first(&a->early, &place)) && r->start <= a->next) {
        mpt_path_lane *lane = mpt_paths_lane(v, c, side, r->owner);
        int64_t wait = MAX(now - r->value, 0);
        if (lane)
            mpt_histogram_add(&lane->queued, wait);
        if (filler && lane != filler) {
            filler->waited_bytes += r->length;
            filler->waited_ns = MAX(filler->waited_ns, wait);
        }
        a->next = MAX(a->next, mpt_run_end(r));
        mpt_runs_remove(&a->early, &place);
    }
}

void mpt_paths_queue(mpt_paths_view *v, mpt_path_arrivals *a, const mpt_data_piece *p, mpt_conn_side side,
                     mpt_path_lane *lane)
{
    const mpt_connection *c = p->connection;
    const mpt_data_level *d = &c->level[side];
    int64_t end = p->dsn + p->length;

    if (!a->begun) {
        a->begun = true;
        a->next = d->relative_known ? MIN(d->idsn + 1, p->dsn) : p->dsn;
    }
    if (d->acked_known && d->acked > a->next) {
        a->next = d->acked;
        advance(v, c, side, a, NULL, p->time_ns);
    }
    if (p->dsn <= a->next) {
        mpt_histogram_add(&lane->queued, 0);
        a->next = MAX(a->next, end);
        advance(v, c, side, a, lane, p->time_ns);
        return;
    }
    mpt_runs_at place;
    mpt_run run = {.start = p->dsn, .value = p->time_ns, .length = p->length, .owner = p->subflow->owner};
    mpt_run *after = mpt_runs_find(&a->early, p->dsn, &place);
    if (p->length > 0 && (!after || after->start >= end))
        mpt_runs_insert(&a->early, &place, &run);
}
