/* order.c - see state/order.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/state/order.h"

#include "core.h"

static void begin(mpt_order *o, const mpt_order_piece *p)
{
    o->any = true;
    o->low = p->start;
    o->high = p->end;
    o->high_came = p->came;
    o->low_ns = p->time_ns;
    o->delivered = p->delivered;
}

static void add_gap(mpt_order *o, int64_t start, int64_t end, int64_t since_ns, uint32_t came)
{
    if (start < end && end - start <= UINT32_MAX)
        mpt_runs_add(
            &o->gaps,
            &(mpt_run){.start = start, .length = (uint32_t)(end - start), .value = since_ns, .frame = came});
}

/* What is below all that was seen has been missing since the first byte came. True where these bytes came before
 * that: what waited for its mapping. */
static bool go_below(mpt_order *o, const mpt_order_piece *p)
{
    bool before = p->resolved && p->time_ns < o->low_ns;

    o->unknown |= p->resolved && p->time_ns == o->low_ns;
    add_gap(o, before ? p->start : MAX(p->start, o->delivered), o->low, o->low_ns, 0);
    o->low = p->start;
    if (before)
        o->low_ns = p->time_ns;
    return before;
}

/* Bytes below the highest seen fill (a part of) a gap, which has been there since *since_ns. True where they
 * came before it: what waited for its mapping. */
static bool fill_gaps(mpt_order *o, const mpt_order_piece *p, int64_t *since_ns)
{
    bool before = false;
    mpt_runs_at at;
    mpt_run *r;

    while ((r = mpt_runs_find(&o->gaps, p->start, &at)) && r->start < p->end) {
        mpt_run gap = *r;

        before = p->resolved && p->time_ns < gap.value;
        o->unknown |= p->resolved && p->time_ns == gap.value; /* of one segment */
        if (before)
            o->unknown |= gap.frame > p->came || gap.start > p->start || mpt_run_end(&gap) < p->end;
        else
            *since_ns = MIN(*since_ns, gap.value);
        mpt_runs_remove(&o->gaps, &at);
        add_gap(o, gap.start, p->start, MIN(gap.value, p->time_ns), gap.frame);
        if (mpt_run_end(&gap) > p->end) {
            add_gap(o, p->end, mpt_run_end(&gap), gap.value, p->came);
            break;
        }
    }
    return before;
}

static void count(mpt_order *o, const mpt_order_piece *p, int64_t since_ns)
{
    if (!p->counted)
        return;
    /* Whether its other bytes were counted when they came can't be told any more. */
    o->unknown |= p->part && o->counted_frame != p->frame;
    o->bytes += (uint64_t)(p->end - p->start);
    o->segments += o->counted_frame != p->frame;
    o->counted_frame = p->frame;
    if (since_ns == INT64_MAX || p->time_ns < since_ns || (o->frame && p->time_ns - since_ns <= o->delay_ns))
        return;
    o->delay_ns = p->time_ns - since_ns;
    o->frame = p->frame;
    o->owner = p->owner;
}

bool mpt_order_note(mpt_order *o, const mpt_order_piece *p, int64_t *since_ns)
{
    bool before = false;

    *since_ns = INT64_MAX;
    if (!o->any) {
        begin(o, p);
        return false;
    }
    if (p->start >= o->high) {
        add_gap(o, o->high, p->start, p->time_ns, o->high_came);
        o->unknown |= o->high_came > p->came;
        o->high = p->end;
        o->high_came = p->came;
        return false;
    }
    if (p->start < o->low)
        before = go_below(o, p);
    before |= fill_gaps(o, p, since_ns);
    if (!before)
        count(o, p, *since_ns);
    return *since_ns != INT64_MAX;
}

/* --- plain TCP --- */

struct seed {
    mpt_order *plain;
    const mpt_half *h;
    const mpt_data_level *d;
    int64_t end; /* of what was received, so far */
};

/* When a hole appeared that ends at `end`, where bytes with a mapping were seen. */
static void since_of(const mpt_mapped_piece *m, void *data)
{
    struct seed *x = data;
    mpt_runs *gaps = (mpt_runs *)&x->d->order.gaps; /* the finger moves, nothing else */
    mpt_runs_at at;
    const mpt_run *gap = m->mapped ? mpt_runs_find(gaps, m->dsn - 1, &at) : NULL;

    if (gap && gap->start < m->dsn)
        add_gap(x->plain, x->end, m->start, gap->value, 0);
    else
        x->plain->unknown = true;
}

static void seed_with(struct seed *x, int64_t start, int64_t end)
{
    if (!x->plain->any) {
        x->plain->any = true;
        x->plain->low = start;
    } else if (start > x->end) {
        mpt_mapping_look(&x->h->mapping, start, start + 1, since_of, x);
    }
    x->plain->high = x->end = end;
}

mpt_order *mpt_order_of_payload(const mpt_half *h, const mpt_data_level *d, int64_t start, int64_t end)
{
    mpt_order *o = g_new0(mpt_order, 1);
    struct seed x = {.plain = o, .h = h, .d = d};
    mpt_runs *received = (mpt_runs *)&h->received.runs;
    mpt_runs_at at;
    const mpt_run *r;

    *o = d->order;
    o->gaps = (mpt_runs){0};
    o->any = false;
    o->high_came = 0;
    o->delivered = INT64_MIN;
    o->unknown |= h->pending_joined;
    for (r = mpt_runs_first(received, &at); r; r = mpt_runs_next(received, &at)) {
        if (r->start < MIN(mpt_run_end(r), start))
            seed_with(&x, r->start, MIN(mpt_run_end(r), start));
        if (MAX(r->start, end) < mpt_run_end(r))
            seed_with(&x, MAX(r->start, end), mpt_run_end(r));
    }
    return o;
}
