/* checks_reinjections.c - checks of data that was sent on more than one subflow (RFC 8684 3.3.6).
 *
 * Invariant: which copy had no need to be is the answer of reinjection_figures.h, as in the report `reinjections`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

#include "tap/engine/reinjections/reinjection_figures.h"

/* What is worth a finding, and what is nearly all. */
#define AGAIN_BYTES 20000
#define AGAIN_SHARE 0.10
#define TWICE_SHARE 0.80
/* A scheduler that sends all twice does so within this part of the time in which it sends. */
#define TWICE_SOON  4

static const mpt_copy *first_copy(const mpt_data_level *d)
{
    const mpt_copy *first = NULL;

    for (guint i = 0; d->copies && i < d->copies->len; i++) {
        const mpt_copy *copy = &g_array_index(d->copies, mpt_copy, i);
        if (!copy->same && (!first || copy->time_ns < first->time_ns))
            first = copy;
    }
    return first;
}

/* How long the sender went on with new data. */
static int64_t new_data_ns(const mpt_data_level *d)
{
    mpt_runs runs = d->owned.runs;
    mpt_runs_at at;
    int64_t first = INT64_MAX, last = INT64_MIN;

    for (const mpt_run *r = mpt_runs_first(&runs, &at); r; r = mpt_runs_next(&runs, &at)) {
        first = MIN(first, r->value);
        last = MAX(last, r->value);
    }
    return last > first ? last - first : 0;
}

/* Most copies follow soon, while new data goes on. One window that goes again when its path has failed is
 * no pattern. */
static bool is_pattern(const mpt_data_level *d, const mpt_reinjection_figures *r)
{
    int64_t soon = new_data_ns(d) / TWICE_SOON;
    uint64_t bytes = 0;

    for (guint i = 0; i < r->runs->len; i++) {
        const mpt_reinjection_sum_run *run = &g_array_index(r->runs, mpt_reinjection_sum_run, i);
        if (!run->same && run->time_ns - run->first_ns < soon)
            bytes += run->bytes;
    }
    return 2 * bytes >= mpt_reinjection_bytes(r);
}

static void say_redundant(mpt_checking *x, mpt_direction direction, const mpt_copy *first,
                          const mpt_reinjection_figures *r)
{
    uint64_t redundant = r->bytes[MPT_REDUNDANT];
    mpt_finding *f;

    if (redundant < AGAIN_BYTES)
        return;
    f = mpt_found(x, MPT_FINDING_REINJECTIONS_REDUNDANT, first->time_ns, first->frame, redundant);
    if (mpt_reinjection_figures_certain(r))
        mpt_say(f, MPT_PHRASE_REDUNDANT_ARRIVED, mpt_term_sender(direction),
                mpt_term_of(MPT_TERM_BYTES, redundant));
    else
        mpt_say(f, MPT_PHRASE_REINJECTIONS_REDUNDANT, mpt_term_sender(direction),
                mpt_term_of(MPT_TERM_BYTES, redundant),
                mpt_term_of(MPT_TERM_BYTES, mpt_reinjection_bytes(r)));
    mpt_found_direction(f, direction);
}

static void check_direction(mpt_checking *x, mpt_direction direction)
{
    const mpt_data_level *d = mpt_metrics_level(x->v, direction);
    uint64_t again = x->v->direction[direction].bytes.reinjected_bytes;
    uint64_t all = x->v->direction[direction].data.dsn_unique_bytes;
    const mpt_copy *first = first_copy(d);
    double share = all ? (double)again / (double)all : 0;
    mpt_reinjection_figures r;
    bool twice;

    if (again < AGAIN_BYTES || !first || !x->log)
        return;
    mpt_reinjection_figures_init(&r, x->engine, x->log, x->v, direction,
                                 mpt_reinjection_figures_end(x->engine));
    twice = share >= TWICE_SHARE && is_pattern(d, &r);
    if (twice || share >= AGAIN_SHARE)
        mpt_found_direction(
            mpt_say(mpt_found(x, twice ? MPT_FINDING_SAME_DATA_TWICE : MPT_FINDING_REINJECTIONS,
                              first->time_ns, first->frame, again),
                    twice ? MPT_PHRASE_SAME_DATA_TWICE : MPT_PHRASE_REINJECTIONS, mpt_term_sender(direction),
                    mpt_term_of(MPT_TERM_BYTES, again), mpt_term_of(MPT_TERM_BYTES, all)),
            direction);
    if (!twice)
        say_redundant(x, direction, first, &r);
    mpt_reinjection_figures_clear(&r);
}

void mpt_check_reinjections(mpt_checking *x)
{
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++)
        if (x->c->subflows->len > 1)
            check_direction(x, direction);
}
