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

bool mpt_standing_note(mpt_standing *w, const mpt_data_level *level, int64_t time_ns)
{
    if (level->acks == w->acks)
        return false;
    w->acks = level->acks;
    if (!level->acked_known || level->ack_expected != level->acked)
        return false;
    w->seen = true;
    w->last_ns = time_ns;
    return true;
}

/* The first copy of the byte that the DATA_ACK waits for; NULL: none was seen. *end: of the bytes of its segment,
 * which may lie in several mappings. */
static const mpt_run *waited_for(const mpt_data_level *d, const mpt_runs *firsts, int64_t *end)
{
    mpt_runs runs = *firsts; /* looking up moves its finger alone */
    mpt_runs_at at;
    const mpt_run *r = d->acked_known ? mpt_runs_find(&runs, d->acked, &at) : NULL, *next;

    if (!r || r->start > d->acked)
        return NULL;
    *end = mpt_run_end(r);
    while ((next = mpt_runs_next(&runs, &at)) && next->start == *end && next->frame == r->frame &&
           next->owner == r->owner)
        *end = mpt_run_end(next);
    return r;
}

bool mpt_discarded_by_data_ack(const mpt_connection *c, mpt_conn_side side, const mpt_runs *firsts,
                               uint16_t owner, int64_t position, int64_t last_ack_ns)
{
    const mpt_data_level *d = &c->level[side];
    const mpt_subflow *s = mpt_connection_subflow(c, owner);
    const mpt_half *h = &s->half[mpt_subflow_side(s, side)];
    const mpt_run *r;
    int64_t first, end;

    /* What its subflow has not acknowledged waits there, for bytes before it. Without checksums a receiver
     * has no such reason to throw away what it acknowledged. */
    if (!c->checksum_required || h->acked <= position)
        return false;
    r = waited_for(d, firsts, &end);
    if (!r || r->owner != owner || last_ack_ns - MAX(r->value, h->acked_ns) < TAKES_NS + round_trip(s) / WAY)
        return false;
    return mpt_mapping_position(&h->mapping, d->acked, &first) && first <= position;
}

bool mpt_discarded_first(const mpt_connection *c, mpt_conn_side side, const mpt_runs *firsts, mpt_standing *w,
                         const mpt_subflow *on, int64_t *end)
{
    const mpt_data_level *d = &c->level[side];
    const mpt_run *r = waited_for(d, firsts, end);
    const mpt_subflow *s = r ? mpt_connection_subflow(c, r->owner) : NULL;
    const mpt_half *h = s ? &s->half[mpt_subflow_side(s, side)] : NULL;
    int64_t position, way;

    if (!h || !mpt_mapping_position(&h->mapping, d->acked, &position) || h->acked <= position)
        return false;
    /* Its acknowledgement was the last on its subflow, or one before. */
    if (!w->waits || w->at != d->acked || w->owner != r->owner) {
        w->since_ns = MAX(r->value, h->acked_ns);
        w->waits = true;
        w->at = d->acked;
        w->owner = r->owner;
    }
    /* What another subflow tells is older by what its way back is longer. */
    way = round_trip(s) / WAY + (on == s ? 0 : 2 * round_trip(on));
    return w->last_ns - w->since_ns >= TAKES_NS + way;
}
