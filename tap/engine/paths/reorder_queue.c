/* reorder_queue.c - see paths.h: the data level at each end.
 *
 * Bytes that arrive above a gap in the data sequence wait in the receiver's reorder queue until the gap is
 * filled. DATA_ACKs of the receiver show that a gap was filled that the capture does not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "paths_internal.h"
#include "tap/engine/figures/discarded.h"

/* What arrived of one direction of a connection, as one end sees it. */
struct arrival {
    bool begun;
    int64_t next;   /* all before it is in order */
    mpt_runs early; /* above a gap; value: arrival, owner: the subflow's */
};

void mpt_paths_arrivals_free(gpointer arrivals)
{
    struct arrival *a = arrivals;

    mpt_runs_clear(&a[MPT_CONN_SIDE_A].early);
    mpt_runs_clear(&a[MPT_CONN_SIDE_B].early);
    g_free(a);
}

static mpt_path_lane *lane_of(mpt_paths_view *v, const mpt_connection *c, mpt_conn_side side, uint16_t owner)
{
    const mpt_subflow *s = mpt_connection_subflow(c, owner);

    if (!s)
        return NULL;
    return &mpt_paths_find(v, s)->lanes[mpt_subflow_side(s, side)];
}

/* Hands over what is in order now; `filler` is whose bytes closed the gap. */
static void advance(mpt_paths_view *v, const mpt_connection *c, mpt_conn_side side, struct arrival *a,
                    mpt_path_lane *filler, int64_t now)
{
    mpt_runs_at place;
    mpt_run *r;

    while ((r = mpt_runs_first(&a->early, &place)) && r->start <= a->next) {
        mpt_path_lane *lane = lane_of(v, c, side, r->owner);
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

static void arrive(mpt_paths_view *v, const mpt_data_piece *p, mpt_conn_side side, mpt_path_lane *lane)
{
    const mpt_connection *c = p->connection;
    const mpt_data_level *d = &c->level[side];
    struct arrival *a = g_hash_table_lookup(v->connections, c);
    int64_t end = p->dsn + p->length;

    if (!a) {
        a = g_new0(struct arrival, MPT_CONN_SIDES);
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

/* --- fates --- */

/* The latest word counts: an earlier copy of what was taken for the first one may turn up. */
static void set_fate(struct mpt_lane *l, int64_t start, int64_t end, enum fate fate, unsigned flags)
{
    mpt_stamp claim = {.owner = (uint16_t)fate, .flags = (uint16_t)flags};

    mpt_ranges_take(&l->fate, start, end, NULL, NULL);
    mpt_ranges_claim(&l->fate, start, end, &claim, NULL, NULL);
}

static bool position_at(const mpt_connection *c, mpt_conn_side side, uint16_t owner, int64_t dsn,
                        int64_t *position)
{
    const mpt_subflow *s = mpt_connection_subflow(c, owner);

    return s && mpt_mapping_position(&s->half[mpt_subflow_side(s, side)].mapping, dsn, position);
}

/* An earlier copy took the place of the first one, which is a reinjection now. */
static void first_lost_its_place(mpt_paths_view *v, const mpt_data_piece *p, mpt_conn_side side)
{
    mpt_path_lane *loser = lane_of(v, p->connection, side, p->first_owner);
    int64_t position;

    if (loser && p->first_owner != p->subflow->owner &&
        position_at(p->connection, side, p->first_owner, p->dsn, &position))
        set_fate(loser->private_, position, position + p->length, FATE_REINJECTED, 0);
}

typedef struct copies {
    struct mpt_lane *first, *later;
    int64_t shift;    /* from positions of the first copy to those of the later one */
    GArray *replaced; /* mpt_piece */
} copies;

static void replace_piece(const mpt_piece *piece, void *data)
{
    copies *x = data;

    if (piece->fresh || piece->was.flags != FATE_REFUSED)
        return;
    set_fate(x->later, piece->start + x->shift, piece->end + x->shift, FATE_REINJECTED, FATE_NEEDED);
    g_array_append_vals(x->replaced, piece, 1);
}

/* A later copy of bytes that were refused when they came first, and that no DATA_ACK has: they are taken. */
static void replace_refused(mpt_paths_view *v, const mpt_data_piece *p, mpt_conn_side side,
                            struct mpt_lane *later)
{
    const mpt_data_level *d = &p->connection->level[side];
    mpt_path_lane *lane = lane_of(v, p->connection, side, p->first_owner);
    int64_t dsn = d->acked_known ? MAX(p->dsn, d->acked) : p->dsn, first;
    copies x = {.later = later};

    if (!lane || !position_at(p->connection, side, p->first_owner, dsn, &first))
        return;
    x.first = lane->private_;
    x.shift = p->position + (dsn - p->dsn) - first;
    x.replaced = g_array_new(FALSE, FALSE, sizeof(mpt_piece));
    mpt_ranges_look(&x.first->fate, first, first + (p->dsn + p->length - dsn), replace_piece, &x);
    for (guint i = 0; i < x.replaced->len; i++) {
        const mpt_piece *piece = &g_array_index(x.replaced, mpt_piece, i);
        set_fate(x.first, piece->start, piece->end, (enum fate)piece->was.owner,
                 FATE_REFUSED | FATE_REPLACED);
    }
    g_array_unref(x.replaced);
}

void mpt_paths_data(mpt_paths_view *v, const mpt_data_piece *p)
{
    mpt_conn_side side = mpt_subflow_conn_side(p->subflow, p->side);
    const mpt_data_level *d = &p->connection->level[side];
    int64_t acked = d->acked_known ? CLAMP(d->acked - p->dsn, 0, (int64_t)p->length) : 0;
    const bool again = p->what == MPT_DATA_REINJECTED;
    struct mpt_lane *l;
    mpt_path_end *e;
    bool refused;

    if (p->what == MPT_DATA_RETRANSMITTED) {
        e = mpt_paths_find(v, p->subflow);
        e->lanes[p->side].again_segments += e->store[p->side].again_frame != p->frame;
        e->store[p->side].again_frame = p->frame;
    }
    if (p->what != MPT_DATA_FIRST && p->what != MPT_DATA_REINJECTED)
        return;
    e = mpt_paths_find(v, p->subflow);
    l = &e->store[p->side];
    if (!again && p->first_frame > 0)
        first_lost_its_place(v, p, side);
    else if (!again && !p->resolved)
        arrive(v, p, side, &e->lanes[p->side]);
    refused =
        mpt_discarded_after_reset(p->subflow, p->time_ns) || (l->refuses && p->position >= l->refused_from);
    /* How many bytes are one piece depends on what else is asked of the engine: each has its own fate. */
    set_fate(l, p->position, p->position + p->length, again ? FATE_REINJECTED : FATE_FIRST,
             refused ? FATE_REFUSED : 0);
    if (again && acked > 0)
        set_fate(l, p->position, p->position + acked, FATE_USELESS, refused ? FATE_REFUSED : 0);
    if (again && acked < p->length && !refused)
        replace_refused(v, p, side, l);
}

static void refuse_piece(const mpt_piece *piece, void *data)
{
    if (!piece->fresh && !piece->was.flags)
        g_array_append_vals(data, piece, 1);
}

void mpt_paths_fail(mpt_paths_view *v, const mpt_connection *c, const mpt_event *fail)
{
    mpt_path_lane *lane = lane_of(v, c, mpt_conn_side_other(fail->side), fail->owner);
    int64_t from, first, end;
    struct mpt_lane *l;
    GArray *pieces;

    if (!lane || !mpt_discarded_from(c, fail, &from))
        return;
    l = lane->private_;
    if (l->refuses && l->refused_from <= from)
        return;
    l->refuses = true;
    l->refused_from = from;
    if (!mpt_ranges_bounds(&l->fate, &first, &end) || from >= end)
        return;
    pieces = g_array_new(FALSE, FALSE, sizeof(mpt_piece));
    mpt_ranges_look(&l->fate, from, end, refuse_piece, pieces);
    for (guint i = 0; i < pieces->len; i++) {
        const mpt_piece *piece = &g_array_index(pieces, mpt_piece, i);
        set_fate(l, piece->start, piece->end, (enum fate)piece->was.owner, FATE_REFUSED);
    }
    g_array_unref(pieces);
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

    if (piece->fresh || piece->was.flags & FATE_REFUSED)
        j->sums.lost += bytes;
    else if (piece->was.owner == FATE_FIRST || piece->was.flags & FATE_NEEDED)
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

mpt_path_reinjected mpt_paths_reinjected(const mpt_path_flow *f, mpt_side side, mpt_end from)
{
    mpt_end to = mpt_end_other(from);
    judgement j = {0};
    const mpt_ranges *sent;
    int64_t first, end;

    if (!f->subflow[from])
        return j.sums;
    sent = &f->lane[from][side]->private_->fate;
    if (f->subflow[to]) {
        const mpt_subflow *a = f->subflow[from], *b = f->subflow[to];
        j.at_receiver = &f->lane[to][side]->private_->fate;
        j.shift = mpt_match_half_shift(&a->half[mpt_path_side(f, from, side)],
                                       &b->half[mpt_path_side(f, to, side)]);
    }
    if (mpt_ranges_bounds(sent, &first, &end))
        mpt_ranges_look(sent, first, end, judge_sent, &j);
    return j.sums;
}
