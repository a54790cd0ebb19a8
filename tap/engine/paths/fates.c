/* fates.c - see paths.h: what became of each copy of the data at each end.
 *
 * At the receiver's end every copy arrived; it is not the first one that was taken where that was thrown away: after a
 * reset, with a wrong checksum, or behind the place of the capture, where DATA_ACKs stand still (discarded.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "paths_internal.h"

/* Pieces that are kept of one direction until a DATA_ACK has them: of those beyond nothing is concluded. */
#define MAX_FLYING 8192u

/* --- what arrived --- */

static void clear_arrivals(mpt_path_arrivals *a)
{
    mpt_runs_clear(&a->early);
    mpt_ranges_clear(&a->flying);
    mpt_ranges_clear(&a->again);
}

void mpt_paths_arrivals_free(gpointer arrivals)
{
    mpt_path_arrivals *a = arrivals;

    clear_arrivals(&a[MPT_CONN_SIDE_A]);
    clear_arrivals(&a[MPT_CONN_SIDE_B]);
    g_free(a);
}

/* Those of all sides of a connection; NULL: none yet. */
static mpt_path_arrivals *find_arrivals(mpt_paths_view *v, const mpt_connection *c)
{
    if (v->last_connection != c) {
        v->last_connection = c;
        v->last_arrivals = g_hash_table_lookup(v->connections, c);
    }
    return v->last_arrivals;
}

static mpt_path_arrivals *get_arrivals(mpt_paths_view *v, const mpt_connection *c, mpt_conn_side side)
{
    mpt_path_arrivals *a = find_arrivals(v, c);

    if (!a) {
        v->last_arrivals = a = g_new0(mpt_path_arrivals, MPT_CONN_SIDES);
        g_hash_table_insert(v->connections, (gpointer)c, a);
    }
    return &a[side];
}

void mpt_paths_forget_arrivals(mpt_paths_view *v, const mpt_connection *c)
{
    v->last_connection = NULL;
    v->last_arrivals = NULL;
    g_hash_table_remove(v->connections, c);
}

mpt_path_lane *mpt_paths_lane(mpt_paths_view *v, const mpt_connection *c, mpt_conn_side side, uint16_t owner)
{
    const mpt_subflow *s = mpt_connection_subflow(c, owner);

    if (!s)
        return NULL;
    return &mpt_paths_find(v, s)->lanes[mpt_subflow_side(s, side)];
}

/* Pieces of one segment are one run, those of different segments are not. */
static void note_flying(mpt_ranges *flying, const mpt_data_piece *p, int64_t from)
{
    mpt_stamp claim = {
        .time_ns = p->time_ns, .frame = p->frame, .epoch = p->frame, .owner = p->subflow->owner};

    if (flying->runs.count < MAX_FLYING && from < p->dsn + p->length)
        mpt_ranges_claim(flying, from, p->dsn + p->length, &claim, NULL, NULL);
}

static void drop_acknowledged(mpt_ranges *flying, int64_t acked)
{
    int64_t first, end;

    if (mpt_ranges_bounds(flying, &first, &end) && first < acked)
        mpt_ranges_take(flying, first, acked, NULL, NULL);
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
    mpt_path_lane *loser = mpt_paths_lane(v, p->connection, side, p->first_owner);
    int64_t position;

    if (loser && p->first_owner != p->subflow->owner &&
        position_at(p->connection, side, p->first_owner, p->dsn, &position))
        set_fate(loser->private_, position, position + p->length, FATE_REINJECTED, 0);
}

typedef struct copies {
    mpt_paths_view *view;
    const mpt_connection *connection;
    mpt_conn_side side;
    uint16_t first; /* owner of the first copy */
} copies;

/* The pieces of what arrived from `start` on that `choose` takes; free with g_array_unref(). */
static GArray *choose_pieces(const mpt_ranges *fate, int64_t start, int64_t end, mpt_piece_func choose)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(mpt_piece));

    mpt_ranges_look(fate, start, end, choose, pieces);
    return pieces;
}

static void choose_accepted(const mpt_piece *piece, void *data)
{
    if (!piece->fresh && !piece->was.flags)
        g_array_append_vals(data, piece, 1);
}

static void choose_refused(const mpt_piece *piece, void *data)
{
    if (!piece->fresh && piece->was.flags == FATE_REFUSED)
        g_array_append_vals(data, piece, 1);
}

/* The receiver threw away what lies in [start, end) of the subflow. */
static void refuse(struct mpt_lane *l, int64_t start, int64_t end)
{
    GArray *pieces = choose_pieces(&l->fate, start, end, choose_accepted);

    for (guint i = 0; i < pieces->len; i++) {
        const mpt_piece *piece = &g_array_index(pieces, mpt_piece, i);
        set_fate(l, piece->start, piece->end, (enum fate)piece->was.owner, FATE_REFUSED);
    }
    g_array_unref(pieces);
}

/* What was refused of [dsn, end) when it came first was taken when another subflow brought it. */
static void replace_refused(const copies *x, int64_t dsn, int64_t end, uint16_t later)
{
    mpt_path_lane *lane = mpt_paths_lane(x->view, x->connection, x->side, x->first),
                  *its = mpt_paths_lane(x->view, x->connection, x->side, later);
    int64_t first, again;
    GArray *pieces;

    if (dsn >= end || !lane || !its || !position_at(x->connection, x->side, x->first, dsn, &first) ||
        !position_at(x->connection, x->side, later, dsn, &again))
        return;
    pieces = choose_pieces(&lane->private_->fate, first, first + (end - dsn), choose_refused);
    for (guint i = 0; i < pieces->len; i++) {
        const mpt_piece *piece = &g_array_index(pieces, mpt_piece, i);
        set_fate(its->private_, piece->start + (again - first), piece->end + (again - first), FATE_REINJECTED,
                 FATE_NEEDED);
        set_fate(lane->private_, piece->start, piece->end, (enum fate)piece->was.owner,
                 FATE_REFUSED | FATE_REPLACED);
    }
    g_array_unref(pieces);
}

/* DATA_ACKs show that the first copy of [dsn, end) was thrown away. */
static void throw_first(const copies *x, int64_t dsn, int64_t end)
{
    mpt_path_lane *lane = mpt_paths_lane(x->view, x->connection, x->side, x->first);
    int64_t first;

    if (lane && position_at(x->connection, x->side, x->first, dsn, &first))
        refuse(lane->private_, first, first + (end - dsn));
}

static void first_copy(mpt_path_arrivals *a, mpt_paths_view *v, const mpt_data_piece *p, mpt_conn_side side,
                       int64_t unacked)
{
    if (p->first_frame > 0)
        first_lost_its_place(v, p, side);
    else if (!p->resolved)
        mpt_paths_queue(v, a, p, side, mpt_paths_lane(v, p->connection, side, p->subflow->owner));
    note_flying(&a->flying, p, unacked);
}

/* unacked: where what no DATA_ACK has begins. */
static void later_copy(mpt_path_arrivals *a, mpt_paths_view *v, const mpt_data_piece *p, mpt_conn_side side,
                       int64_t unacked)
{
    copies x = {.view = v, .connection = p->connection, .side = side, .first = p->first_owner};
    int64_t end = p->dsn + p->length, first;

    if (unacked >= end)
        return;
    note_flying(&a->again, p, unacked);
    if (a->standing.seen && position_at(p->connection, side, p->first_owner, unacked, &first) &&
        mpt_discarded_by_data_ack(p->connection, side, &a->flying.runs, p->first_owner, first,
                                  a->standing.last_ns))
        throw_first(&x, unacked, end);
    replace_refused(&x, unacked, end, p->subflow->owner);
}

void mpt_paths_data(mpt_paths_view *v, const mpt_data_piece *p)
{
    mpt_conn_side side = mpt_subflow_conn_side(p->subflow, p->side);
    const mpt_data_level *d = &p->connection->level[side];
    int64_t acked = d->acked_known ? CLAMP(d->acked - p->dsn, 0, (int64_t)p->length) : 0;
    const bool again = p->what == MPT_DATA_REINJECTED;
    mpt_path_arrivals *a;
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
    a = get_arrivals(v, p->connection, side);
    if (!again)
        first_copy(a, v, p, side, p->dsn + acked);
    refused =
        mpt_discarded_after_reset(p->subflow, p->time_ns) || (l->refuses && p->position >= l->refused_from);
    /* How many bytes are one piece depends on what else is asked of the engine: each has its own fate. */
    set_fate(l, p->position, p->position + p->length, again ? FATE_REINJECTED : FATE_FIRST,
             refused ? FATE_REFUSED : 0);
    if (again && acked > 0)
        set_fate(l, p->position, p->position + acked, FATE_USELESS, refused ? FATE_REFUSED : 0);
    if (again && !refused)
        later_copy(a, v, p, side, p->dsn + acked);
}

void mpt_paths_fail(mpt_paths_view *v, const mpt_connection *c, const mpt_event *fail)
{
    mpt_path_lane *lane = mpt_paths_lane(v, c, mpt_conn_side_other(fail->side), fail->owner);
    int64_t from, first, end;
    struct mpt_lane *l;

    if (!lane || !mpt_discarded_from(c, fail, &from))
        return;
    l = lane->private_;
    if (l->refuses && l->refused_from <= from)
        return;
    l->refuses = true;
    l->refused_from = from;
    if (mpt_ranges_bounds(&l->fate, &first, &end) && from < end)
        refuse(l, from, end);
}

/* A later copy that had come by the time at which the first one proved to be thrown away. */
static void replace_by_again(const mpt_piece *piece, void *data)
{
    if (!piece->fresh)
        replace_refused(data, piece->start, piece->end, piece->was.owner);
}

void mpt_paths_data_ack(mpt_paths_view *v, const mpt_connection *c, const mpt_subflow *on, mpt_side side,
                        int64_t time_ns)
{
    mpt_conn_side of = mpt_subflow_conn_side(on, mpt_side_other(side));
    mpt_path_arrivals *a = find_arrivals(v, c);
    int64_t acked = c->level[of].acked, end;
    copies x = {.view = v, .connection = c, .side = of};

    if (!a)
        return;
    a += of;
    if (!mpt_standing_note(&a->standing, &c->level[of], time_ns))
        return;
    drop_acknowledged(&a->flying, acked);
    drop_acknowledged(&a->again, acked);
    if (!mpt_discarded_first(c, of, &a->flying.runs, &a->standing, on, &end))
        return;
    x.first = a->standing.owner;
    throw_first(&x, acked, end);
    mpt_ranges_look(&a->again, acked, end, replace_by_again, &x);
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
