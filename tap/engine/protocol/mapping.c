/* mapping.c - DSS mappings as runs of equal DSN - SSN.
 *
 * Invariant: between calls no two runs that touch have the same DSN - SSN, save where their joint length
 * would not fit in 32 bits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mapping.h"

#include <glib.h>

/* Runs looked through where those of a subflow are not in order. */
#define MAX_LOOKED_THROUGH 1024

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* dsn, which belongs to `from`, carried on to `to`; modulo 2^64. */
static int64_t dsn_at(int64_t dsn, int64_t from, int64_t to)
{
    return (int64_t)((uint64_t)dsn + ((uint64_t)to - (uint64_t)from));
}

/* The finger, which a search moves, is no part of the value. */
static mpt_runs *searchable(const mpt_mapping *m)
{
    return (mpt_runs *)&m->runs;
}

void mpt_mapping_clear(mpt_mapping *m)
{
    mpt_runs_clear(&m->runs);
    *m = (mpt_mapping){0};
}

static bool continues(const mpt_run *left, int64_t ssn, int64_t dsn, uint32_t length)
{
    return mpt_run_end(left) == ssn && dsn_at(left->value, left->start, ssn) == dsn &&
           length <= UINT32_MAX - left->length;
}

/* Adds a mapping where there is none; `at` is where it belongs. Joined with what it touches. */
static void add_part(mpt_runs *runs, mpt_runs_at at, const mpt_run *part)
{
    mpt_runs_at before = at;
    mpt_run *left = mpt_runs_prev(runs, &before);
    if (left && continues(left, part->start, part->value, part->length)) {
        left->length += part->length;
        left->frame = part->frame < left->frame ? part->frame : left->frame;
    } else {
        mpt_runs_insert(runs, &at, part);
    }

    const mpt_run *right = mpt_runs_find(runs, mpt_run_end(part), &at);
    if (!right)
        return;
    before = at;
    left = mpt_runs_prev(runs, &before);
    if (continues(left, right->start, right->value, right->length)) {
        left->length += right->length;
        left->frame = right->frame < left->frame ? right->frame : left->frame;
        mpt_runs_remove(runs, &at);
    }
}

static void tell(int64_t start, int64_t end, int64_t dsn, uint32_t frame, mpt_mapped_func func, void *data)
{
    const mpt_mapped_piece piece = {.start = start, .end = end, .dsn = dsn, .mapped = true, .frame = frame};
    if (func)
        func(&piece, data);
}

/* Out of line: its frame and its saved registers would double the cost of the usual DSS. */
static G_GNUC_NO_INLINE uint64_t add_anywhere(mpt_mapping *m, int64_t ssn, int64_t dsn, uint32_t length,
                                              uint32_t frame, mpt_mapped_func func, void *data)
{
    if (ssn < -MPT_RUNS_LIMIT || ssn > MPT_RUNS_LIMIT - length)
        return 0;
    const int64_t end = ssn + length;
    uint64_t conflict = 0;
    for (int64_t stop; ssn < end; dsn = dsn_at(dsn, ssn, stop), ssn = stop) {
        mpt_runs_at at;
        const mpt_run *r = mpt_runs_find(&m->runs, ssn, &at);
        if (r && r->start <= ssn) {
            stop = smaller(end, mpt_run_end(r));
            if (dsn_at(r->value, r->start, ssn) != dsn)
                conflict += (uint64_t)(stop - ssn);
            continue;
        }
        stop = r ? smaller(end, r->start) : end;
        add_part(&m->runs, at,
                 &(mpt_run){.start = ssn, .value = dsn, .length = (uint32_t)(stop - ssn), .frame = frame});
        tell(ssn, stop, dsn, frame, func, data);
    }
    return conflict;
}

uint64_t mpt_mapping_add(mpt_mapping *m, int64_t ssn, int64_t dsn, uint32_t length, uint32_t frame,
                         mpt_mapped_func func, void *data)
{
    /* The usual DSS repeats the last one, is a part of it, or goes on where it ended. */
    mpt_run *last = mpt_runs_last(&m->runs);
    if (!last)
        return add_anywhere(m, ssn, dsn, length, frame, func, data);
    const uint64_t offset = (uint64_t)ssn - (uint64_t)last->start; /* huge where ssn is below */
    if (offset > last->length || (uint64_t)dsn - (uint64_t)last->value != offset)
        return add_anywhere(m, ssn, dsn, length, frame, func, data);
    if (offset + length <= last->length)
        return 0;
    if (offset < last->length || length > UINT32_MAX - last->length || ssn > MPT_RUNS_LIMIT - length)
        return add_anywhere(m, ssn, dsn, length, frame, func, data);

    last->length += length;
    last->frame = frame < last->frame ? frame : last->frame;
    tell(ssn, ssn + length, dsn, frame, func, data);
    return 0;
}

void mpt_mapping_set_infinite(mpt_mapping *m, int64_t ssn, int64_t dsn)
{
    if (m->infinite)
        return;
    m->infinite = true;
    m->infinite_ssn = ssn;
    m->infinite_dsn = dsn;
}

/* A part that no DSS maps: the infinite mapping may, from some place on. */
static void tell_gap(const mpt_mapping *m, int64_t start, int64_t end, mpt_mapped_func func, void *data)
{
    const int64_t border = m->infinite ? smaller(m->infinite_ssn, end) : end;
    if (start < border) {
        const mpt_mapped_piece piece = {.start = start, .end = border};
        func(&piece, data);
        start = border;
    }
    if (start < end) {
        const mpt_mapped_piece piece = {.start = start,
                                        .end = end,
                                        .mapped = true,
                                        .implied = true,
                                        .dsn = dsn_at(m->infinite_dsn, m->infinite_ssn, start)};
        func(&piece, data);
    }
}

void mpt_mapping_look(const mpt_mapping *m, int64_t start, int64_t end, mpt_mapped_func func, void *data)
{
    if (start >= end)
        return;
    mpt_runs *runs = searchable(m);
    mpt_runs_at at;
    const mpt_run *r = mpt_runs_find(runs, start, &at);
    while (start < end) {
        int64_t stop;
        if (r && r->start <= start) {
            stop = smaller(end, mpt_run_end(r));
            tell(start, stop, dsn_at(r->value, r->start, start), r->frame, func, data);
            if (stop < end)
                r = mpt_runs_next(runs, &at);
        } else {
            stop = r ? smaller(end, r->start) : end;
            tell_gap(m, start, stop, func, data);
        }
        start = stop;
    }
}

bool mpt_mapping_continue(const mpt_mapping *m, int64_t ssn, int64_t *dsn)
{
    mpt_runs *runs = searchable(m);
    mpt_runs_at at;
    const mpt_run *r = mpt_runs_find(runs, ssn, &at);
    if (!r || r->start >= ssn)
        r = mpt_runs_prev(runs, &at);
    if (!r)
        return false;
    *dsn = dsn_at(r->value, r->start, ssn);
    return true;
}

static bool run_position(const mpt_run *r, int64_t dsn, int64_t *ssn)
{
    if (!r || dsn < r->value || dsn - r->value >= r->length)
        return false;
    *ssn = r->start + (dsn - r->value);
    return true;
}

/* Mappings mostly rise with the subflow's numbers: halving finds those; others are looked for,
 * from the end. */
bool mpt_mapping_position(const mpt_mapping *m, int64_t dsn, int64_t *ssn)
{
    mpt_runs *runs = searchable(m);
    const mpt_run *last = mpt_runs_last(runs), *r;
    mpt_runs_at at;
    int64_t low, high;

    if (m->infinite && dsn >= m->infinite_dsn) {
        *ssn = m->infinite_ssn + (dsn - m->infinite_dsn);
        return true;
    }
    if (!last)
        return false;
    low = mpt_runs_first(runs, &at)->start;
    high = mpt_run_end(last);
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        r = mpt_runs_find(runs, middle, &at);
        if (run_position(r, dsn, ssn))
            return true;
        if (dsn < r->value)
            high = middle;
        else
            low = mpt_run_end(r);
    }
    r = mpt_runs_find(runs, last->start, &at);
    for (unsigned n = 0; r && n < MAX_LOOKED_THROUGH; n++, r = mpt_runs_prev(runs, &at))
        if (run_position(r, dsn, ssn))
            return true;
    return false;
}

void mpt_mapping_shift(mpt_mapping *m, int64_t delta)
{
    mpt_runs_at at;
    for (mpt_run *r = mpt_runs_first(&m->runs, &at); r; r = mpt_runs_next(&m->runs, &at))
        r->value = (int64_t)((uint64_t)r->value + (uint64_t)delta);
    if (m->infinite)
        m->infinite_dsn = (int64_t)((uint64_t)m->infinite_dsn + (uint64_t)delta);
}
