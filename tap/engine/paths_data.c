/* paths_data.c - see paths.h: the data level at each end.
 *
 * Bytes that arrive above a gap in the data sequence wait in the receiver's reorder queue until the gap is filled.
 * DATA_ACKs of the receiver show that a gap was filled that the capture does not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "paths_internal.h"
#include "seq.h"

/* What arrived of one direction of a connection, as one end sees it. */
struct arrival {
    bool begun;
    int64_t next;  /* all before it is in order */
    mpt_runs early; /* above a gap; value: arrival, owner: the subflow's */
};

void mpt_paths_arrivals_free(gpointer arrivals)
{
    struct arrival *a = arrivals;

    mpt_runs_clear(&a[0].early);
    mpt_runs_clear(&a[1].early);
    g_free(a);
}

static mpt_path_lane *lane_of(mpt_paths_view *v, const mpt_connection *c, unsigned side, uint16_t owner)
{
    const mpt_subflow *s;

    if (owner >= c->subflows->len)
        return NULL;
    s = g_ptr_array_index(c->subflows, owner);
    return &mpt_paths_find(v, s)->lanes[mpt_subflow_side(s, side)];
}

/* Hands over what is in order now; `filler` is whose bytes closed the gap. */
static void advance(mpt_paths_view *v, const mpt_connection *c, unsigned side, struct arrival *a,
                    mpt_path_lane *filler, int64_t now)
{
    mpt_runs_at place;
    mpt_run *r;

    while ((r = mpt_runs_first(&a->early, &place)) && r->start <= a->next) {
        mpt_path_lane *lane = lane_of(v, c, side, r->owner);
        int64_t wait = MAX(now - r->value, 0);
        if (lane)
            mpt_distribution_add(&lane->queued, wait);
        if (filler && lane != filler) {
            filler->waited_bytes += r->length;
            filler->waited_ns = MAX(filler->waited_ns, wait);
        }
        a->next = MAX(a->next, mpt_run_end(r));
        mpt_runs_remove(&a->early, &place);
    }
}

static void arrive(mpt_paths_view *v, const mpt_data_piece *p, unsigned side, mpt_path_lane *lane)
{
    const mpt_connection *c = p->connection;
    const mpt_data_level *d = &c->level[side];
    struct arrival *a = g_hash_table_lookup(v->connections, c);
    int64_t end = p->dsn + p->length;

    if (!a) {
        a = g_new0(struct arrival, 2);
        g_hash_table_insert(v->connections, (gpointer)c, a);
    }
    a += side;
    if (!a->begun) {
        a->begun = true;
        a->next = d->relative_known ? MIN(d->idsn + 1, p->dsn) : p->dsn;
    }
    if (d->acked_known && d->acked > a->next) {
        a->next = d->acked;
        advance(v, c, side, a, NULL, p->time_ns);
    }
    if (p->dsn <= a->next) {
        mpt_distribution_add(&lane->queued, 0);
        a->next = MAX(a->next, end);
        advance(v, c, side, a, lane, p->time_ns);
        return;
    }
    mpt_runs_at place;
    mpt_run run = { .start = p->dsn, .value = p->time_ns, .length = p->length, .owner = p->subflow->owner };
    mpt_run *after = mpt_runs_find(&a->early, p->dsn, &place);
    if (p->length > 0 && (!after || after->start >= end))
        mpt_runs_insert(&a->early, &place, &run);
}

/* The latest word counts: an earlier copy of what was taken for the first one may turn up. */
static void set_fate(struct mpt_lane *l, const mpt_data_piece *p, enum fate fate)
{
    mpt_claim claim = { .owner = (uint16_t)fate };

    mpt_ranges_take(&l->fate, p->dsn, p->dsn + p->length, NULL, NULL);
    mpt_ranges_claim(&l->fate, p->dsn, p->dsn + p->length, &claim, NULL, NULL);
}

void mpt_paths_data(mpt_paths_view *v, const mpt_data_piece *p)
{
    unsigned side = p->side ^ p->subflow->flip;
    const mpt_data_level *d = &p->connection->level[side];
    enum fate fate = FATE_FIRST;
    mpt_path_end *e;

    if (p->what == MPT_DATA_RETRANSMITTED) {
        e = mpt_paths_find(v, p->subflow);
        e->lanes[p->side].again_segments += e->store[p->side].again_frame != p->frame;
        e->store[p->side].again_frame = p->frame;
    }
    if (p->what != MPT_DATA_FIRST && p->what != MPT_DATA_REINJECTED)
        return;
    e = mpt_paths_find(v, p->subflow);
    if (p->what == MPT_DATA_REINJECTED) {
        bool useless = d->acked_known && d->acked >= p->dsn + p->length;
        fate = useless ? FATE_USELESS : FATE_REINJECTED;
    } else if (p->first_frame > 0) {
        mpt_path_lane *loser = lane_of(v, p->connection, side, p->first_owner);
        if (loser)
            set_fate(loser->private_, p, FATE_REINJECTED);
    } else if (!p->resolved) {
        arrive(v, p, side, &e->lanes[p->side]);
    }
    set_fate(&e->store[p->side], p, fate);
}

/* --- reinjections --- */

typedef struct judgement {
    mpt_path_reinjected sums;
    const mpt_ranges *at_receiver; /* NULL: the subflow is not there */
    int64_t shift;
} judgement;

static void judge_arrived(const mpt_piece *piece, void *data)
{
    judgement *j = data;
    uint64_t bytes = (uint64_t)(piece->end - piece->start);

    if (piece->fresh)
        j->sums.lost += bytes;
    else if (piece->was.owner == FATE_FIRST)
        j->sums.useful += bytes;
    else
        j->sums.redundant += bytes;
}

static void judge_sent(const mpt_piece *piece, void *data)
{
    judgement *j = data;
    uint64_t bytes = (uint64_t)(piece->end - piece->start);

    if (piece->fresh || piece->was.owner == FATE_FIRST)
        return;
    if (piece->was.owner == FATE_USELESS)
        j->sums.useless += bytes;
    else if (!j->at_receiver)
        j->sums.lost += bytes;
    else
        mpt_ranges_look(j->at_receiver, piece->start + j->shift, piece->end + j->shift, judge_arrived, j);
}

/* The data level of what a side of the flow sends, as an end has it; NULL: plain TCP there. */
static const mpt_data_level *level_of(const mpt_path_flow *f, unsigned side, unsigned end)
{
    const mpt_subflow *s = f->subflow[end];

    return s->connection ? &s->connection->level[side ^ f->flip[end] ^ s->flip] : NULL;
}

mpt_path_reinjected mpt_paths_reinjected(const mpt_path_flow *f, unsigned side, unsigned from)
{
    judgement j = { 0 };
    const mpt_ranges *sent;
    int64_t first, end;

    if (!f->subflow[from])
        return j.sums;
    sent = &f->lane[from][side]->private_->fate;
    if (f->subflow[!from]) {
        const mpt_data_level *a = level_of(f, side, from), *b = level_of(f, side, !from);
        j.at_receiver = &f->lane[!from][side]->private_->fate;
        j.shift = a && b ? mpt_seq64_diff(a->base, b->base) : 0;
    }
    if (mpt_ranges_bounds(sent, &first, &end))
        mpt_ranges_look(sent, first, end, judge_sent, &j);
    return j.sums;
}
