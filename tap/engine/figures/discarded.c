/* discarded.c - see discarded.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "discarded.h"

#include "tap/engine/base/seq.h"

/* A host may need this long to take in what came, and the capture is up to a quarter of the way from it. */
#define TAKES_NS INT64_C(20000000)
#define WAY      4

bool mpt_discarded_from(const mpt_connection *c, const mpt_event *fail, int64_t *position)
{
    mpt_conn_side side = mpt_conn_side_other(fail->side);
    const mpt_data_level *d = &c->level[side];
    const mpt_subflow *s = mpt_connection_subflow(c, fail->owner);
    int64_t near = d->acked_known ? d->acked : d->expected;
    int64_t dsn = near + mpt_seq32_diff((uint32_t)fail->fail.dsn, (uint32_t)mpt_data_level_dsn(d, near));

    return mpt_mapping_position(&s->half[mpt_subflow_side(s, side)].mapping, dsn, position);
}

static int64_t round_trip(const mpt_subflow *s)
{
    return s->syn_seen && s->third_seen ? s->ack_ns - s->syn_ns : 0;
}

bool mpt_discarded_by_data_ack(const mpt_connection *c, mpt_conn_side side, uint16_t owner, int64_t position,
                               int64_t last_ack_ns)
{
    const mpt_data_level *d = &c->level[side];
    const mpt_subflow *s = mpt_connection_subflow(c, owner);
    mpt_runs owned = d->owned.runs; /* looking up moves its finger alone */
    mpt_runs_at at;
    const mpt_run *r = d->acked_known ? mpt_runs_find(&owned, d->acked, &at) : NULL;
    const mpt_half *h = &s->half[mpt_subflow_side(s, side)];
    int64_t first;

    /* What its subflow has not acknowledged waits there, for bytes before it. Without checksums a receiver
     * has no such reason to throw away what it acknowledged. */
    if (!c->checksum_required || h->acked <= position)
        return false;
    if (!r || r->start > d->acked || r->owner != owner ||
        last_ack_ns - MAX(r->value, h->acked_ns) < TAKES_NS + round_trip(s) / WAY)
        return false;
    return mpt_mapping_position(&h->mapping, d->acked, &first) && first <= position;
}

bool mpt_discarded_first(const mpt_connection *c, mpt_conn_side side, const mpt_subflow *on, int64_t now_ns,
                         int64_t *end)
{
    const mpt_data_level *d = &c->level[side];
    mpt_runs owned = d->owned.runs;
    mpt_runs_at at;
    const mpt_run *r = d->acked_known ? mpt_runs_find(&owned, d->acked, &at) : NULL;
    const mpt_subflow *s = r && r->start <= d->acked ? mpt_connection_subflow(c, r->owner) : NULL;
    const mpt_half *h = s ? &s->half[mpt_subflow_side(s, side)] : NULL;
    int64_t position, way;

    if (!h || !mpt_mapping_position(&h->mapping, d->acked, &position) || h->acked <= position)
        return false;
    /* What another subflow tells is older by what its way back is longer. */
    way = round_trip(s) / WAY + (on == s ? 0 : 2 * round_trip(on));
    if (now_ns - MAX(r->value, h->acked_ns) < TAKES_NS + way)
        return false;
    *end = mpt_run_end(r);
    return true;
}
