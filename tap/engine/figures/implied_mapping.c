/* implied_mapping.c - see implied_mapping.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "implied_mapping.h"

struct search {
    mpt_implied_mapping *implied;
    mpt_ranges claimed; /* positions found here */
};

static void found(const mpt_piece *p, void *data)
{
    mpt_implied_mapping *implied = data;
    uint64_t n = (uint64_t)(p->end - p->start);

    if (!p->fresh) {
        implied->again += n;
        return;
    }
    implied->first = implied->fresh ? MIN(implied->first, p->start) : p->start;
    implied->end = implied->fresh ? MAX(implied->end, p->end) : p->end;
    implied->fresh += n;
}

static void look_further(const mpt_piece *p, void *data)
{
    static const mpt_stamp nobody;
    struct search *x = data;

    if (p->fresh)
        mpt_ranges_claim(&x->claimed, p->start, p->end, &nobody, found, x->implied);
    else
        found(p, x->implied);
}

/* The data-level position of a pending byte; false where nothing implies one. */
static bool implied_position(const mpt_connection *c, const mpt_half *h, const mpt_data_level *d,
                             int64_t position, bool own_numbers, int64_t *dsn)
{
    if (own_numbers) {
        *dsn = position - h->ssn_shift;
        return true;
    }
    if (mpt_subflow_far(h))
        return false;
    if (mpt_mapping_continue(&h->mapping, position, dsn))
        return true;
    if (c->partial || !d->relative_known || !h->shift_known)
        return false;
    *dsn = d->idsn + (position - h->ssn_shift);
    return true;
}

bool mpt_implied_mapping_own_numbers(const mpt_connection *c, mpt_conn_side side, mpt_connection_kind kind,
                                     mpt_fallback fallback)
{
    return kind == MPT_KIND_TCP || (fallback == MPT_FALLBACK_ACK && !c->level[side].relative_known);
}

bool mpt_implied_mapping_position(const mpt_connection *c, const mpt_subflow *s, mpt_side side,
                                  mpt_connection_kind kind, mpt_fallback fallback, int64_t position,
                                  int64_t *dsn)
{
    return c->subflows->len == 1 &&
           implied_position(
               c, &s->half[side], &c->level[mpt_subflow_conn_side(s, side)], position,
               mpt_implied_mapping_own_numbers(c, mpt_subflow_conn_side(s, side), kind, fallback), dsn);
}

const mpt_order *mpt_implied_mapping_order(const mpt_connection *c, const mpt_subflow *s, mpt_side side)
{
    const mpt_half *h = &s->half[side];
    int64_t dsn;

    if (h->plain && h->pending.size && c->subflows->len == 1 &&
        mpt_implied_mapping_position(c, s, side, mpt_connection_get_kind(c), mpt_connection_get_fallback(c),
                                     mpt_runs_last(&h->pending.runs)->start, &dsn))
        return h->plain;
    return &c->level[mpt_subflow_conn_side(s, side)].order;
}

void mpt_implied_mapping_find(const mpt_connection *c, const mpt_subflow *s, mpt_side side,
                              mpt_connection_kind kind, mpt_fallback fallback, mpt_implied_mapping *implied)
{
    const mpt_half *h = &s->half[side];
    const mpt_data_level *d = &c->level[mpt_subflow_conn_side(s, side)];
    struct search x = {.implied = implied};
    mpt_runs *runs = (mpt_runs *)&h->pending.runs; /* the finger moves, nothing else */
    mpt_runs_at at;
    const mpt_run *r;

    *implied = (mpt_implied_mapping){
        .own_numbers = mpt_implied_mapping_own_numbers(c, mpt_subflow_conn_side(s, side), kind, fallback),
    };
    for (r = mpt_runs_first(runs, &at); r; r = mpt_runs_next(runs, &at)) {
        int64_t dsn;
        if ((r->flags & MPT_STAMP_COUNTED) && implied_position(c, h, d, r->start, implied->own_numbers, &dsn))
            mpt_ranges_look(&d->owned, dsn, dsn + r->length, look_further, &x);
    }
    mpt_ranges_clear(&x.claimed);
}
