/* evidence_waits.c - see state/evidence.h: data that waited for bytes before it.
 *
 *   at the receiver's end   bytes fill a gap in the order of the data: what was behind them had to wait
 *   at the sender's end     TCP acknowledges data on some subflow, and the DATA_ACK stands still before bytes
 *                           that were sent earlier, on another one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core.h"

static int64_t length_of(const mpt_wait *w)
{
    return w->end_ns - w->start_ns;
}

static bool overlap(const mpt_wait *a, const mpt_wait *b)
{
    return a->start_ns < b->end_ns && b->start_ns < a->end_ns;
}

static bool overlaps_any(const mpt_wait *w, const mpt_wait *waits, const unsigned *places, unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        if (overlap(w, &waits[places[k]]))
            return true;
    return false;
}

/* The longest, then the longest of those that do not overlap it, and so on: their places. */
static unsigned choose_longest(const mpt_wait *waits, unsigned count, unsigned *places, unsigned most)
{
    unsigned n = 0;

    while (n < most) {
        const mpt_wait *best = NULL;

        for (const mpt_wait *w = waits; w < waits + count; w++)
            if (!overlaps_any(w, waits, places, n) && length_of(w) > (best ? length_of(best) : 0))
                best = w;
        if (!best)
            break;
        places[n++] = (unsigned)(best - waits);
    }
    return n;
}

/* The shortest of those that a longer one overlaps; where there are none, the shortest. */
static mpt_wait *least_worth(mpt_wait *waits, unsigned count)
{
    unsigned places[MPT_WAITS_KEPT + 1], n = choose_longest(waits, count, places, count), chosen = 0;
    mpt_wait *least = NULL;

    for (unsigned k = 0; k < n; k++)
        chosen |= 1u << places[k];
    for (unsigned i = 0; i < count; i++)
        if ((n == count || !(chosen >> i & 1u)) && (!least || length_of(&waits[i]) < length_of(least)))
            least = &waits[i];
    return least;
}

void mpt_evidence_wait(mpt_connection *c, mpt_conn_side side, const mpt_wait *wait)
{
    mpt_level_evidence *v = &mpt_evidence_of(c)->level[side];
    mpt_wait all[MPT_WAITS_KEPT + 1], *least;

    if (length_of(wait) <= 0)
        return;
    /* Pieces of one gap share its start. */
    for (unsigned i = 0; i < v->wait_count; i++) {
        if (v->waits[i].start_ns == wait->start_ns) {
            if (length_of(wait) > length_of(&v->waits[i]))
                v->waits[i] = *wait;
            return;
        }
    }
    if (v->wait_count < MPT_WAITS_KEPT) {
        v->waits[v->wait_count++] = *wait;
        return;
    }
    memcpy(all, v->waits, sizeof(v->waits));
    all[MPT_WAITS_KEPT] = *wait;
    least = least_worth(all, MPT_WAITS_KEPT + 1);
    *least = *wait;
    memcpy(v->waits, all, sizeof(v->waits));
}

unsigned mpt_evidence_longest_waits(const mpt_level_evidence *v, mpt_wait longest[MPT_WAITS])
{
    unsigned places[MPT_WAITS], n = choose_longest(v->waits, v->wait_count, places, MPT_WAITS);

    for (unsigned k = 0; k < n; k++)
        longest[k] = v->waits[places[k]];
    return n;
}

/* --- the DATA_ACK stands still --- */

/* The first byte that no DATA_ACK has. */
static bool edge_of(const mpt_data_level *d, int64_t *edge)
{
    *edge = d->acked_known ? d->acked : d->relative_known ? d->idsn + 1 : 0;
    return d->acked_known || d->relative_known;
}

/* The first copy of the byte there; NULL: the capture does not have it. */
static const mpt_run *run_at(const mpt_data_level *d, int64_t position)
{
    mpt_runs owned = d->owned.runs; /* looking up moves its finger alone */
    mpt_runs_at at;
    const mpt_run *r = mpt_runs_find(&owned, position, &at);

    return r && r->start <= position ? r : NULL;
}

/* True if TCP has acknowledged this byte on the subflow of its first copy. */
static bool has_arrived(const mpt_connection *c, mpt_conn_side side, const mpt_run *r, int64_t dsn)
{
    const mpt_subflow *s = mpt_connection_subflow(c, r->owner);
    const mpt_half *h = &s->half[mpt_subflow_side(s, side)];
    int64_t position;

    return !mpt_mapping_position(&h->mapping, dsn, &position) || h->acked > position;
}

/* True if TCP has acknowledged all of the mapping that this byte is in, as far as it was sent: some hosts take in
 * whole mappings only, as all must with checksums (RFC 8684 3.3). */
static bool whole_mapping_arrived(const mpt_connection *c, mpt_conn_side side, const mpt_run *r, int64_t dsn)
{
    const mpt_subflow *s = mpt_connection_subflow(c, r->owner);
    const mpt_half *h = &s->half[mpt_subflow_side(s, side)];
    mpt_runs mappings = h->mapping.runs;
    int64_t position;
    mpt_runs_at at;
    const mpt_run *mapping;

    if (!mpt_mapping_position(&h->mapping, dsn, &position))
        return true;
    mapping = mpt_runs_find(&mappings, position, &at);
    return h->acked > position &&
           h->acked >= MIN(position + UINT16_MAX, MIN(h->next, mapping ? mpt_run_end(mapping) : h->next));
}

static void mapped_at(const mpt_mapped_piece *piece, void *data)
{
    if (piece->mapped)
        *(int64_t *)data = piece->dsn;
}

/* TCP acknowledges data on s behind the byte that is awaited, which has not arrived. */
static void note_behind(mpt_subflow *s, mpt_side sender, const mpt_segment *g)
{
    mpt_connection *c = s->connection;
    mpt_conn_side side = mpt_subflow_conn_side(s, sender);
    const mpt_data_level *d = &c->level[side];
    const mpt_half *h = &s->half[sender];
    mpt_held *held = &c->evidence->level[side].held;
    mpt_still *still = &c->evidence->level[side].still;
    int64_t edge, acked, behind = INT64_MIN;
    const mpt_run *r;

    if (!edge_of(d, &edge) || !(r = run_at(d, edge)) || r->value >= g->time_ns)
        return;
    if (!still->since_ns && whole_mapping_arrived(c, side, r, edge))
        *still =
            (mpt_still){.since_ns = g->time_ns, .last_ns = g->time_ns, .frame = g->frame, .owner = r->owner};
    if (held->since_ns)
        return;
    acked = h->fin_seen ? MIN(h->acked, h->fin) : h->acked;
    mpt_mapping_look(&h->mapping, acked - 1, acked, mapped_at, &behind);
    if (behind > edge && !has_arrived(c, side, r, edge))
        held->since_ns = g->time_ns;
}

/* The byte that is awaited is sent again. */
static void note_again(mpt_subflow *s, mpt_side sender, const mpt_segment *g, int64_t position)
{
    mpt_connection *c = s->connection;
    mpt_conn_side side = mpt_subflow_conn_side(s, sender);
    const mpt_data_level *d = &c->level[side];
    mpt_held *held = &c->evidence->level[side].held;
    int64_t edge, at;
    const mpt_run *r;

    if (held->again || !edge_of(d, &edge) || !(r = run_at(d, edge)) || r->value >= g->time_ns ||
        !mpt_mapping_position(&s->half[sender].mapping, edge, &at) || at < position ||
        at >= position + g->payload_len || has_arrived(c, side, r, edge))
        return;
    held->again = true;
    held->sent_ns = r->value;
}

void mpt_evidence_held(mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position, uint64_t fresh)
{
    mpt_side other = mpt_side_other(side);
    mpt_half_evidence *h = &s->evidence->half[other];

    if (s->half[other].acked > h->acked_before) {
        h->acked_before = s->half[other].acked;
        if (s->connection->evidence)
            note_behind(s, other, g);
    }
    if (g->payload_len > fresh && s->connection->evidence)
        note_again(s, side, g, position);
}

static void end_still(mpt_level_evidence *v)
{
    if (v->still.since_ns &&
        v->still.last_ns - v->still.since_ns > v->longest_still.last_ns - v->longest_still.since_ns)
        v->longest_still = v->still;
    v->still.since_ns = 0;
}

/* Another DATA_ACK at `edge`. */
static void stands_still(const mpt_connection *c, mpt_conn_side side, mpt_level_evidence *v, int64_t edge,
                         int64_t time_ns)
{
    const mpt_run *r = run_at(&c->level[side], edge);

    if (r && !whole_mapping_arrived(c, side, r, edge))
        end_still(v);
    else
        v->still.last_ns = MAX(v->still.last_ns, time_ns);
}

void mpt_evidence_let_go(mpt_connection *c, mpt_conn_side side, const mpt_segment *g, int64_t acked)
{
    const mpt_data_level *d = &c->level[side];
    mpt_level_evidence *v = &c->evidence->level[side];
    mpt_held *held = &v->held;
    int64_t edge;
    const mpt_run *r;

    if (!edge_of(d, &edge) || acked <= edge) {
        if (v->still.since_ns && acked == edge)
            stands_still(c, side, v, edge, g->time_ns);
        return;
    }
    end_still(v);
    r = run_at(d, edge);
    /* Without an acknowledgement behind it: it was lost, and data behind it was sent. */
    if (r && (held->since_ns || (held->again && d->order.high > mpt_run_end(r)))) {
        mpt_wait w = {.start_ns = held->since_ns ? held->since_ns : held->sent_ns,
                      .end_ns = g->time_ns,
                      .dsn = edge,
                      .frame = g->frame,
                      .owner = r->owner,
                      .by_ack = true};
        mpt_evidence_wait(c, side, &w);
    }
    *held = (mpt_held){0};
}
