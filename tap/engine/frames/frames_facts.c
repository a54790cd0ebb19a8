/* frames_facts.c - see frames.h: the facts of a frame, derived from the engine on request.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "frames_internal.h"

#include "tap/engine/figures/implied_mapping.h"

struct telling {
    struct mpt_frame_point *point;
    const struct mpt_frame_record *r;
    const mpt_subflow *s;
    const mpt_connection *c;
    const mpt_data_level *level;
    mpt_frame_facts *facts;
    mpt_frame_piece piece; /* what is known of it so far */
    int64_t dsn;           /* position on the data level */
};

static void add_piece(struct telling *x, const mpt_frame_piece *piece)
{
    mpt_frame_piece *last = x->facts->pieces ? &x->facts->piece[x->facts->pieces - 1] : NULL;

    if (last &&
        ((last->kind == piece->kind && last->mapped == piece->mapped &&
          (!piece->mapped || (last->relative_known && last->relative + last->length == piece->relative &&
                              last->first_frame == piece->first_frame))) ||
         x->facts->pieces == MPT_FRAME_PIECES)) {
        last->length += piece->length;
        return;
    }
    x->facts->piece[x->facts->pieces++] = *piece;
}

/* Is this a second copy on the same subflow, under other numbers? Else its run only begins in another frame.
 * */
static bool is_same_copy(const struct telling *x, int64_t start)
{
    const GArray *copies = x->level->copies;
    guint i;

    for (i = 0; copies && i < copies->len; i++) {
        const mpt_copy *k = &g_array_index(copies, mpt_copy, i);
        if (k->same && k->owner == x->s->owner && k->start <= start && start < k->end)
            return true;
    }
    return false;
}

static void owned_piece(const mpt_piece *p, void *data)
{
    struct telling *x = data;
    mpt_frame_piece piece = x->piece;
    bool own = p->fresh || p->was.owner == x->s->owner;

    piece.length = (uint32_t)(p->end - p->start);
    piece.dsn_known = true;
    piece.dsn = mpt_data_level_dsn(x->level, p->start);
    piece.relative_known = mpt_data_level_relative(x->level, p->start, &piece.relative);
    if (!p->fresh && p->was.frame != x->r->frame)
        piece.first_frame = p->was.frame;
    if (piece.kind != MPT_PIECE_RETRANSMISSION) {
        piece.kind = !own                                             ? MPT_PIECE_REINJECTION
                     : piece.first_frame && is_same_copy(x, p->start) ? MPT_PIECE_REINJECTION_SAME
                                                                      : MPT_PIECE_FIRST;
        if (piece.kind == MPT_PIECE_FIRST)
            piece.first_frame = 0;
    }
    add_piece(x, &piece);
}

static void mapped_by(const mpt_piece *p, void *data)
{
    uint32_t *frame = data;

    if (!*frame && !p->fresh)
        *frame = p->was.frame;
}

/* What continues without DSS, where a connection has one subflow (implied_mapping.h). */
static void implied_piece(struct telling *x, int64_t start, int64_t end)
{
    const mpt_subflow *s = x->s;
    mpt_connection_kind kind = mpt_connection_get_kind(x->c);
    mpt_fallback fallback = mpt_connection_get_fallback(x->c);
    mpt_frame_piece piece = x->piece;
    bool again = piece.kind == MPT_PIECE_RETRANSMISSION;
    int64_t dsn;

    piece.length = (uint32_t)(end - start);
    if (!mpt_implied_mapping_position(x->c, s, x->r->side, kind, fallback, start, &dsn)) {
        piece.kind = again ? piece.kind : MPT_PIECE_UNMAPPED;
        add_piece(x, &piece);
        return;
    }
    piece.mapped = piece.implied = true;
    if (mpt_implied_mapping_own_numbers(x->c, mpt_subflow_conn_side(s, x->r->side), kind, fallback)) {
        piece.relative_known = true;
        piece.relative = dsn;
        piece.kind = again ? piece.kind : MPT_PIECE_FIRST;
        add_piece(x, &piece);
        return;
    }
    x->piece = piece;
    mpt_ranges_look(&x->level->owned, dsn, dsn + (end - start), owned_piece, x);
}

static void mapped_piece(const mpt_mapped_piece *m, void *data)
{
    struct telling *x = data;
    struct telling piece = *x;

    if (!m->mapped) {
        implied_piece(&piece, m->start, m->end);
        return;
    }
    piece.piece.mapped = true;
    piece.piece.implied = m->implied;
    mpt_ranges_look(&mpt_frames_subflow(x->point, x->s)->mapped_by[x->r->side], m->start, m->start + 1,
                    mapped_by, &piece.piece.mapped_by);
    if (!piece.piece.mapped_by && !m->implied)
        piece.piece.mapped_by = m->frame;
    mpt_ranges_look(&x->level->owned, m->dsn, m->dsn + (m->end - m->start), owned_piece, &piece);
}

static void tell_range(struct telling *x, int64_t start, int64_t end, mpt_piece_kind kind)
{
    x->piece = (mpt_frame_piece){.kind = kind};
    mpt_mapping_look(&x->s->half[x->r->side].mapping, start, end, mapped_piece, x);
}

/* The payload in order: retransmitted ranges, and what lies between them. */
static void tell_payload(struct telling *x)
{
    const struct mpt_frame_record *r = x->r;
    int64_t at = r->position, end = r->position + r->length;
    guint i, n = r->again_length ? 1 + (r->more_again ? r->more_again->len : 0) : 0;

    for (i = 0; i < n; i++) {
        struct mpt_frame_range again =
            i ? g_array_index(r->more_again, struct mpt_frame_range, i - 1)
              : (struct mpt_frame_range){r->again_start, r->again_start + r->again_length};
        tell_range(x, at, again.start, MPT_PIECE_FIRST);
        tell_range(x, again.start, again.end, MPT_PIECE_RETRANSMISSION);
        at = again.end;
    }
    tell_range(x, at, end, MPT_PIECE_FIRST);
}

static void tell_notes(struct mpt_frame_point *p, const struct mpt_frame_record *r, mpt_frame_facts *facts)
{
    const mpt_subflow *s = facts->subflow;
    const mpt_conn_side sender = mpt_subflow_conn_side(s, r->side);
    const mpt_order *order = mpt_implied_mapping_order(s->connection, s, r->side);

    facts->role = mpt_connection_role(facts->connection, sender);
    facts->backup_known = r->backup_known;
    facts->backup = r->backup;
    facts->out_of_order_known = !order->unknown;
    if (facts->out_of_order_known)
        facts->out_of_order =
            r->plain && order == s->half[r->side].plain ? r->plain_out_of_order : r->out_of_order;
    facts->duplicate = r->duplicate;
    facts->has_data_ack = r->has_data_ack;
    if (facts->has_data_ack)
        facts->data_ack_relative_known = mpt_data_level_relative(
            &facts->connection->level[mpt_conn_side_other(sender)],
            r->data_ack + mpt_frames_subflow(p, s)->shift[mpt_side_other(r->side)], &facts->data_ack);
    facts->has_data_ack_rtt = r->has_rtt;
    facts->data_ack_rtt_ns = r->rtt_ns;
    facts->data_ack_of = r->data_ack_of;
    facts->has_inflight = r->has_inflight;
    facts->inflight = r->inflight;
    facts->has_subflow_inflight = r->has_subflow_inflight;
    facts->subflow_inflight = r->subflow_inflight;
    facts->has_window = r->has_window;
    facts->window = r->window;
    facts->has_peer_window = r->has_peer_window;
    facts->peer_window = r->peer_window;
}

static const struct mpt_frame_record *record_at(const mpt_frames *f, uint32_t frame, unsigned index)
{
    const struct mpt_frame_record *r = mpt_frames_record(f, frame);

    for (; r && index; index--)
        r = r->next;
    return r;
}

/* The numbers that the counted point gives to what this segment is of. */
static bool find_ids(mpt_frames *f, unsigned point, const mpt_subflow *s, mpt_frame_ids *ids)
{
    struct mpt_frame_point *counted = mpt_frames_counted(f);

    mpt_frames_same(f, point, s, &ids->connection, &ids->subflow);
    if (!ids->connection)
        return false;
    if (f->kept)
        mpt_frames_find_ids(counted);
    else if (!mpt_frames_live_ids(counted, ids->connection, ids->subflow))
        return false;
    ids->connection_id = mpt_frames_connection(counted, ids->connection)->id;
    if (ids->subflow)
        ids->subflow_id = mpt_frames_subflow(counted, ids->subflow)->id;
    return true;
}

bool mpt_frames_look(mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_facts *facts)
{
    const struct mpt_frame_record *r = record_at(f, frame, index);
    struct mpt_frame_point *p;
    mpt_frame_ids ids = {0};
    const mpt_subflow *s;
    const mpt_connection *c;

    *facts = (mpt_frame_facts){0};
    if (!r)
        return false;
    facts->more = r->next != NULL;
    s = facts->subflow = mpt_frames_subflow_of(f, r);
    c = facts->connection = s ? s->connection : NULL;
    if (!c)
        return true;
    p = &f->points[r->point];
    facts->points = f->count;
    facts->point = r->point;
    facts->counted = mpt_frames_counted(f) == p;
    facts->ids_known = find_ids(f, r->point, s, &ids);
    facts->subflow_known = facts->ids_known && ids.subflow;
    facts->connection_id = ids.connection_id;
    facts->subflow_id = ids.subflow_id;
    facts->final = f->kept && f->finished;
    tell_notes(p, r, facts);
    if (r->length) {
        const mpt_data_level *level = &c->level[mpt_subflow_conn_side(s, r->side)];
        struct telling x = {.point = p, .r = r, .s = s, .c = c, .level = level, .facts = facts};
        tell_payload(&x);
    }
    return true;
}

bool mpt_frames_ids(mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_ids *ids)
{
    const struct mpt_frame_record *r = record_at(f, frame, index);
    const mpt_subflow *s = r ? mpt_frames_subflow_of(f, r) : NULL;

    *ids = (mpt_frame_ids){0};
    if (s && s->connection)
        mpt_frames_numbers(f, r->point, s, ids);
    return r;
}

void mpt_frames_numbers(mpt_frames *f, unsigned point, const mpt_subflow *s, mpt_frame_ids *ids)
{
    *ids = (mpt_frame_ids){0};
    if (!find_ids(f, point, s, ids))
        *ids = (mpt_frame_ids){0};
}

bool mpt_frames_payload(mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_payload *payload)
{
    const struct mpt_frame_record *r = record_at(f, frame, index);

    *payload = (mpt_frame_payload){0};
    if (r && r->subflow && r->point == mpt_frames_counted(f)->number)
        *payload = (mpt_frame_payload){.subflow = mpt_frames_subflow_of(f, r),
                                       .side = r->side,
                                       .position = r->position,
                                       .length = r->length};
    return r;
}

uint32_t mpt_frames_last(const mpt_frames *f)
{
    if (!f->kept)
        return f->live ? f->live->frame : 0;
    return f->frames->len ? f->frames->len - 1 : 0;
}
