/* data_level.c - see data_level.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "data_level.h"

#include "tap/engine/base/seq.h"

void mpt_data_level_clear(mpt_data_level *d)
{
    mpt_ranges_clear(&d->owned);
    mpt_runs_clear(&d->order.gaps);
    mpt_runs_clear(&d->unacked);
    mpt_histogram_clear(&d->rtt);
    if (d->copies)
        g_array_free(d->copies, TRUE);
    if (d->marks)
        g_array_free(d->marks, TRUE);
    *d = (mpt_data_level){0};
}

static bool in_reach(int64_t position)
{
    return position > -MPT_DATA_LEVEL_REACH && position < MPT_DATA_LEVEL_REACH;
}

/* A first 64-bit number settles the upper half of base: positions stay, base moves by a multiple of 2^32. */
static void anchor(mpt_data_level *d, uint64_t dsn, int64_t near)
{
    uint64_t widened = mpt_seq_widen((uint32_t)dsn, d->base + (uint64_t)near);

    d->base += dsn - widened;
    d->anchored = true;
}

static bool place(mpt_data_level *d, uint64_t dsn, bool is_64bit, int64_t near, int64_t *position)
{
    int64_t p;

    if (!d->based) {
        d->based = true;
        d->anchored = is_64bit;
        d->base = dsn;
        near = 0;
    } else if (is_64bit && !d->anchored) {
        anchor(d, dsn, near);
    }
    if (!is_64bit) {
        if (d->stray)
            return false;
        dsn = mpt_seq_widen((uint32_t)dsn, d->base + (uint64_t)near);
    }
    p = mpt_seq64_diff(dsn, d->base);
    d->stray = !in_reach(p);
    if (d->stray)
        return false;
    d->settled = true;
    *position = p;
    return true;
}

bool mpt_data_level_position(mpt_data_level *d, uint64_t dsn, bool is_64bit, int64_t *position)
{
    return place(d, dsn, is_64bit, d->expected, position);
}

bool mpt_data_level_ack_position(mpt_data_level *d, uint64_t ack, bool is_64bit, int64_t *position)
{
    return place(d, ack, is_64bit, d->ack_expected_known ? d->ack_expected : d->expected, position);
}

bool mpt_data_level_set_idsn(mpt_data_level *d, uint64_t idsn)
{
    int64_t p;

    if (!d->based) {
        d->based = d->anchored = d->relative_known = true;
        d->base = idsn;
        d->idsn = 0;
        d->expected = 1;
        return true;
    }
    if (!d->anchored)
        anchor(d, idsn, d->expected);
    p = mpt_seq64_diff(idsn, d->base);
    if (!in_reach(p) || (d->relative_known && p != d->idsn))
        return false;
    d->relative_known = true;
    d->idsn = p;
    return true;
}

bool mpt_data_level_relative(const mpt_data_level *d, int64_t position, int64_t *relative)
{
    if (!d->relative_known)
        return false;
    *relative = position - d->idsn;
    return true;
}
