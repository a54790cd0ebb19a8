/* frames.c - see frames.h: what is kept of frames, and their ids.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "frames_internal.h"

#include <string.h>

#include "tap/engine/figures/metrics.h"
#include "tap/engine/speed/speed.h"

#define RECORDS_PER_CHUNK 512

/* --- states --- */

struct mpt_frame_subflow *mpt_frames_subflow(struct mpt_frame_point *p, const mpt_subflow *s)
{
    if (s->index >= p->subflows->len)
        g_array_set_size(p->subflows, s->index + 1);
    return &g_array_index(p->subflows, struct mpt_frame_subflow, s->index);
}

struct mpt_frame_connection *mpt_frames_connection(struct mpt_frame_point *p, const mpt_connection *c)
{
    if (c->index >= p->connections->len)
        g_array_set_size(p->connections, c->index + 1);
    return &g_array_index(p->connections, struct mpt_frame_connection, c->index);
}

/* --- records --- */

static void free_record(struct mpt_frame_record *r)
{
    if (r->more_again)
        g_array_free(r->more_again, TRUE);
}

static void drop_live(mpt_frames *f)
{
    struct mpt_frame_record *r, *next;

    for (r = f->live; r; r = next) {
        next = r->next;
        free_record(r);
        g_free(r);
    }
    f->live = NULL;
}

struct mpt_frame_record *mpt_frames_record(const mpt_frames *f, uint32_t frame)
{
    if (!f->kept)
        return f->live && f->live->frame == frame ? f->live : NULL;
    return frame < f->frames->len ? g_ptr_array_index(f->frames, frame) : NULL;
}

const mpt_subflow *mpt_frames_subflow_of(const mpt_frames *f, const struct mpt_frame_record *r)
{
    const mpt_subflow *s =
        r->subflow ? g_ptr_array_index(mpt_engine_subflows(f->points[r->point].engine), r->subflow - 1)
                   : NULL;

    return s && !mpt_engine_forgot(s) ? s : NULL;
}

static struct mpt_frame_record *new_record(mpt_frames *f)
{
    if (!f->kept)
        return g_new0(struct mpt_frame_record, 1);
    if (!f->chunks->len || f->used == RECORDS_PER_CHUNK) {
        g_ptr_array_add(f->chunks, g_new0(struct mpt_frame_record, RECORDS_PER_CHUNK));
        f->used = 0;
    }
    return (struct mpt_frame_record *)g_ptr_array_index(f->chunks, f->chunks->len - 1) + f->used++;
}

static struct mpt_frame_record *add_record(mpt_frames *f, const mpt_segment *g, bool window_known)
{
    struct mpt_frame_record *r, *last;

    if (!f->kept && f->live && f->live->frame != g->frame)
        drop_live(f);
    r = new_record(f);
    r->frame = g->frame;
    r->length = g->payload_len;
    r->window = g->window;
    r->window_known = window_known;
    last = mpt_frames_record(f, g->frame);
    while (last && last->next)
        last = last->next;
    if (last) {
        last->next = r;
    } else if (f->kept) {
        if (g->frame >= f->frames->len)
            g_ptr_array_set_size(f->frames, (gint)g->frame + 1);
        g_ptr_array_index(f->frames, g->frame) = r;
    } else {
        f->live = r;
    }
    return r;
}

/* The record of the segment that the engine takes in now: segments of one frame come in their order. */
static struct mpt_frame_record *taking(const mpt_frames *f, uint32_t frame)
{
    struct mpt_frame_record *r = mpt_frames_record(f, frame);

    while (r && r->subflow)
        r = r->next;
    return r;
}

/* --- what the engine tells --- */

/* What was counted as out of order since the last time is the record's. */
static void note_out_of_order(struct mpt_frame_point *p, struct mpt_frame_record *r, const mpt_connection *c,
                              mpt_conn_side side)
{
    uint64_t *counted = &mpt_frames_connection(p, c)->out_of_order[side];

    r->out_of_order += (uint32_t)(c->level[side].order.bytes - *counted);
    *counted = c->level[side].order.bytes;
}

/* The same, if what has no mapping goes on as plain TCP. */
static void note_plain_order(struct mpt_frame_point *p, struct mpt_frame_record *r, const mpt_subflow *s,
                             mpt_side side)
{
    const mpt_order *plain = s->half[side].plain;
    struct mpt_frame_subflow *state = mpt_frames_subflow(p, s);
    uint64_t *counted = &state->plain_out_of_order[side];

    if (!plain)
        return;
    if (!state->plain[side])
        *counted = mpt_frames_connection(p, s->connection)->out_of_order[mpt_subflow_conn_side(s, side)];
    state->plain[side] = r->plain = true;
    r->plain_out_of_order = (uint32_t)(plain->bytes - *counted);
    *counted = plain->bytes;
}

static void on_data(const mpt_data_piece *piece, void *user)
{
    struct mpt_frame_point *p = user;
    struct mpt_frame_record *r;
    struct mpt_frame_range more = {piece->position, piece->position + piece->length};

    if (piece->resolved && piece->connection && (r = taking(p->frames, piece->frame)))
        note_out_of_order(p, r, piece->connection, mpt_subflow_conn_side(piece->subflow, piece->side));
    if (piece->what != MPT_DATA_RETRANSMITTED || !(r = taking(p->frames, piece->frame)))
        return;
    if (!r->again_length) {
        r->again_start = piece->position;
        r->again_length = piece->length;
    } else if (!r->more_again && r->again_start + r->again_length == piece->position) {
        r->again_length += piece->length;
    } else {
        if (!r->more_again)
            r->more_again = g_array_new(FALSE, FALSE, sizeof more);
        g_array_append_val(r->more_again, more);
    }
}

static void note_mapping(struct mpt_frame_point *p, const mpt_subflow *s, mpt_side side, const mpt_segment *g,
                         uint32_t ssn, uint32_t length, int64_t position)
{
    mpt_stamp stamp = {.time_ns = g->time_ns, .frame = g->frame, .epoch = g->frame};
    int64_t start;

    if (length && mpt_subflow_ssn_position(s, side, ssn, position, &start))
        mpt_ranges_claim(&mpt_frames_subflow(p, s)->mapped_by[side], start, start + length, &stamp, NULL,
                         NULL);
}

/* The window is one for all subflows, and never ends earlier than was announced (RFC 8684 3.3.4). */
static void note_edge(struct mpt_frame_connection *state, mpt_conn_side side, int64_t edge)
{
    if (!state->edge_known[side] || edge > state->edge[side])
        state->edge[side] = edge;
    state->edge_known[side] = true;
}

static void note_data_ack(struct mpt_frame_point *p, struct mpt_frame_record *r, const mpt_connection *c,
                          const mpt_subflow *s, mpt_side side)
{
    const mpt_data_level *d = &c->level[mpt_conn_side_other(mpt_subflow_conn_side(s, side))];
    const struct mpt_frame_subflow *state = mpt_frames_subflow(p, s);

    if (!d->ack_expected_known)
        return;
    r->has_data_ack = true;
    r->data_ack = d->ack_expected - state->shift[mpt_side_other(side)];
    r->has_window = r->window_known;
    if (r->has_window)
        note_edge(mpt_frames_connection(p, c), mpt_conn_side_other(mpt_subflow_conn_side(s, side)),
                  d->ack_expected + r->window);
}

static void read_options(struct mpt_frame_point *p, struct mpt_frame_record *r, const mpt_connection *c,
                         const mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position)
{
    mpt_option_result result;
    mpt_option o;
    size_t at = 0, used;

    for (; (result = mpt_option_parse(g->options + at, g->option_len - at, &o, &used)) != MPT_OPTION_END;
         at += used) {
        if (result != MPT_OPTION_OK)
            continue;
        if (o.subtype == MPT_MP_CAPABLE && o.capable.has_data && !(g->flags & MPT_TCP_SYN))
            note_mapping(p, s, side, g, 1, o.capable.data_len, position);
        if (o.subtype != MPT_DSS)
            continue;
        if (o.dss.has_mapping)
            note_mapping(p, s, side, g, o.dss.ssn, o.dss.length - (o.dss.data_fin && o.dss.length), position);
        if (o.dss.has_ack)
            note_data_ack(p, r, c, s, side);
    }
}

/* A DATA_ACK that is higher than all before it: how long its last byte took. */
static void note_rtt(struct mpt_frame_point *p, struct mpt_frame_record *r, const mpt_connection *c,
                     mpt_conn_side side, int64_t time_ns)
{
    const mpt_data_level *d = &c->level[side];
    struct mpt_frame_connection *state = mpt_frames_connection(p, c);
    bool before = state->acked_known[side];
    int64_t last = d->acked - 1, acked = state->acked[side];
    mpt_runs_at at;
    const mpt_run *run;

    if (!d->acked_known || (before && d->acked <= acked))
        return;
    state->acked_known[side] = true;
    state->acked[side] = d->acked;
    if (d->has_fin && last >= d->fin)
        last = d->fin - 1;
    if (before && last < acked)
        return;
    run = mpt_runs_find((mpt_runs *)&d->owned.runs, last, &at);
    if (!run || run->start > last)
        return;
    r->has_rtt = true;
    r->rtt_ns = time_ns - run->value;
    r->data_ack_of = run->frame;
}

static void note_flight(struct mpt_frame_record *r, const mpt_data_level *d, const mpt_half *h)
{
    int64_t low = d->acked_known ? d->acked : d->idsn + 1,
            first = h->isn_known ? h->ssn_shift - h->syn_data + 1 : 0;
    int64_t acked = h->acked == INT64_MIN ? first : h->acked,
            next = h->fin_seen ? MIN(h->next, h->fin) : h->next;

    if (!r->length)
        return;
    if (d->owned.size && (d->acked_known || d->relative_known)) {
        r->has_inflight = true;
        r->inflight = d->order.high > low ? (uint64_t)(d->order.high - low) : 0;
    }
    r->has_subflow_inflight = h->acked != INT64_MIN || h->isn_known;
    r->subflow_inflight = next > acked ? (uint64_t)(next - acked) : 0;
}

static void first_part(const mpt_mapped_piece *m, void *data)
{
    mpt_mapped_piece *first = data;

    if (!first->end)
        *first = *m;
}

static void note_data_level(struct mpt_frame_point *p, struct mpt_frame_record *r, const mpt_connection *c,
                            const mpt_subflow *s, mpt_side side)
{
    struct mpt_frame_connection *state = mpt_frames_connection(p, c);
    mpt_conn_side sender = mpt_subflow_conn_side(s, side);
    mpt_mapped_piece m = {0};

    note_plain_order(p, r, s, side);
    note_out_of_order(p, r, c, sender);
    if (!r->length || !state->acked_known[sender])
        return;
    if (state->edge_known[sender]) {
        r->has_peer_window = true;
        r->peer_window = (uint32_t)CLAMP(state->edge[sender] - state->acked[sender], 0, UINT32_MAX);
    }
    mpt_mapping_look(&s->half[side].mapping, r->position, r->position + r->length, first_part, &m);
    r->duplicate =
        m.mapped && m.end == r->position + r->length && m.dsn + (int64_t)r->length <= state->acked[sender];
}

static void on_segment(const mpt_connection *c, const mpt_subflow *s, mpt_side side, const mpt_segment *g,
                       int64_t position, void *user)
{
    struct mpt_frame_point *p = user;
    struct mpt_frame_record *r = taking(p->frames, g->frame);
    mpt_conn_side sender;

    if (!r)
        return;
    p->stale = true;
    if (c && p->frames->twins)
        mpt_twins_seen(p->frames->twins, p->number, s);
    r->point = (uint8_t)p->number;
    r->subflow = s->index + 1;
    r->side = side;
    r->position = position;
    r->backup_known = s->kind == MPT_SUBFLOW_CAPABLE || s->backup_known[side];
    r->backup = s->backup[side];
    if (!c) {
        static const mpt_data_level nothing;
        note_flight(r, &nothing, &s->half[side]);
        return;
    }
    note_data_level(p, r, c, s, side);
    if (g->option_len)
        read_options(p, r, c, s, side, g, position);
    sender = mpt_subflow_conn_side(s, side);
    note_rtt(p, r, c, mpt_conn_side_other(sender), g->time_ns);
    note_flight(r, &c->level[sender], &s->half[side]);
}

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    struct mpt_frame_point *p = user;
    struct mpt_frame_connection was = *mpt_frames_connection(p, from), *state = mpt_frames_connection(p, to);
    guint i;

    p->stale = true;
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        mpt_data_level copy = to->level[side];
        const mpt_data_level *old = &from->level[mpt_conn_side_flip(side, flipped)];
        int64_t shift = 0;

        if (old->based && !mpt_data_level_position(&copy, old->base, old->anchored, &shift))
            shift = 0;
        for (i = offset; i < to->subflows->len; i++) {
            const mpt_subflow *s = g_ptr_array_index(to->subflows, i);
            mpt_frames_subflow(p, s)->shift[mpt_subflow_side(s, side)] += shift;
        }
        state->acked_known[side] = to->level[side].acked_known;
        state->acked[side] = to->level[side].acked;
        state->edge_known[side] = false; /* on another line of positions */
        state->out_of_order[side] = to->level[side].order.bytes;
    }
    state->merged = true;
    if (!was.has_id)
        return;
    if (state->has_id && MAX(state->id, was.id) + 1 == p->next_id)
        p->next_id--;
    state->id = state->has_id ? MIN(state->id, was.id) : was.id;
    p->partials -= !to->partial || state->has_id; /* `from` is always partial */
    state->has_id = true;
}

/* Its number stays its own: nobody who comes later gets it. */
static void on_forget(const mpt_connection *c, const mpt_subflow *s, void *user)
{
    struct mpt_frame_point *p = user;
    struct mpt_frame_connection *state = c ? mpt_frames_connection(p, c) : NULL;

    p->stale = true;
    if (p->frames->twins)
        mpt_twins_forget(p->frames->twins, p->number, s);
    if (state && state->has_id)
        p->partials -= c->partial;
    if (state)
        state->has_id = false;
}

static const mpt_observer observer = {
    .data = on_data, .segment = on_segment, .merge = on_merge, .forget = on_forget};

/* --- ids --- */

void mpt_frames_find_ids(struct mpt_frame_point *p)
{
    guint i, k;

    if (!p->stale && p->by_id)
        return;
    p->stale = false;
    g_clear_pointer(&p->by_id, g_ptr_array_unref);
    p->by_id = mpt_metrics_connections(p->engine);
    for (i = 0; i < p->by_id->len; i++) {
        const mpt_connection *c = g_ptr_array_index(p->by_id, i);
        GPtrArray *order = mpt_connection_subflows_by_id(c);

        mpt_frames_connection(p, c)->id = i;
        for (k = 0; k < order->len; k++)
            mpt_frames_subflow(p, g_ptr_array_index(order, k))->id = k;
        g_ptr_array_unref(order);
    }
}

/* An MP_CAPABLE SYN of v1 has no key (RFC 8684 3.1): where it may be that of a partial connection,
 * the answer tells. */
static bool is_waiting(const struct mpt_frame_point *p, const mpt_connection *c)
{
    const mpt_subflow *s = mpt_connection_capable(c);

    return s && p->partials && !c->host[0].token_known && !c->host[1].token_known && !s->synack_seen &&
           !s->ack_seen;
}

static void number_anew(struct mpt_frame_point *p, const mpt_connection *c,
                        struct mpt_frame_connection *state)
{
    GPtrArray *order = mpt_connection_subflows_by_id(c);

    for (guint k = 0; k < order->len; k++) {
        struct mpt_frame_subflow *sub = mpt_frames_subflow(p, g_ptr_array_index(order, k));
        sub->has_id = true;
        sub->id = k;
    }
    state->next_subflow = order->len;
    state->merged = false;
    g_ptr_array_unref(order);
}

/* A partial connection may turn out to be part of another as long as it has only shown an MP_JOIN, so it
 * waits for its first DSS. */
bool mpt_frames_live_ids(struct mpt_frame_point *p, const mpt_connection *c, const mpt_subflow *s)
{
    struct mpt_frame_connection *state = mpt_frames_connection(p, c);
    struct mpt_frame_subflow *sub = s ? mpt_frames_subflow(p, s) : NULL;

    if (!state->has_id) {
        if (c->partial && !c->dss_seen)
            return false;
        state->has_id = true;
        state->id = p->next_id++;
        state->next_subflow = !c->partial; /* 0 is that of MP_CAPABLE, whoever is shown first */
        p->partials += c->partial;
    }
    if (state->merged)
        number_anew(p, c, state);
    if (sub && !sub->has_id) {
        sub->has_id = true;
        sub->id = s->kind == MPT_SUBFLOW_CAPABLE ? 0 : state->next_subflow++;
    }
    return !is_waiting(p, c);
}

/* --- vantage points --- */

/* What was read of the other points by now may have twins at a new one. */
static void meet_others(mpt_frames *f)
{
    if (f->twins)
        return;
    f->twins = mpt_twins_new(MPT_VANTAGE_POINTS);
    for (unsigned i = 0; i + 1 < f->count; i++) {
        const GPtrArray *all = mpt_engine_subflows(f->points[i].engine);
        for (guint k = 0; k < all->len; k++) {
            const mpt_subflow *s = g_ptr_array_index(all, k);
            if (s->connection && !mpt_engine_forgot(s))
                mpt_twins_seen(f->twins, i, s);
        }
    }
}

/* Live: looking at all handshakes for each segment would take too long, and it hardly changes. */
struct mpt_frame_point *mpt_frames_counted(mpt_frames *f)
{
    if (f->count > 1 && (f->kept || f->fed >= f->patience)) {
        f->counted = mpt_vantage_engines_chosen(f->engines);
        f->patience = f->fed + f->fed / 64;
    }
    return &f->points[f->counted];
}

static const mpt_subflow *twin_of(const mpt_frames *f, unsigned point, const mpt_subflow *s)
{
    const mpt_subflow *twin = mpt_twins_at(f->twins, point, s, f->counted);

    return twin && twin->connection ? twin : NULL;
}

void mpt_frames_same(mpt_frames *f, unsigned point, const mpt_subflow *s, const mpt_connection **connection,
                     const mpt_subflow **subflow)
{
    *subflow = s;
    if (point != mpt_frames_counted(f)->number) {
        *subflow = twin_of(f, point, s);
        /* The counted point may have missed this subflow only. */
        for (guint i = 0; !*subflow && i < s->connection->subflows->len; i++) {
            const mpt_subflow *other = twin_of(f, point, g_ptr_array_index(s->connection->subflows, i));
            if (other) {
                *connection = other->connection;
                return;
            }
        }
    }
    *connection = *subflow ? (*subflow)->connection : NULL;
}

/* --- public --- */

/* Observes a point's engine, before whoever asked for it. */
static void open_point(mpt_engine *engine, unsigned number, void *user)
{
    mpt_frames *f = user;
    struct mpt_frame_point *p;

    /* Frames are judged where each packet counts once. */
    if (mpt_vantage_is_place(number)) {
        if (f->opened)
            f->opened(engine, number, f->user);
        return;
    }
    p = &f->points[number];
    *p = (struct mpt_frame_point){.frames = f, .number = number, .engine = engine};
    p->subflows = g_array_new(FALSE, TRUE, sizeof(struct mpt_frame_subflow));
    p->connections = g_array_new(FALSE, TRUE, sizeof(struct mpt_frame_connection));
    f->count = number + 1;
    if (number > 0)
        meet_others(f);
    mpt_engine_observe(engine, &observer, p);
    if (mpt_engine_get_config(engine)->want_evidence)
        mpt_speed_open(engine, f->kept);
    if (f->opened)
        f->opened(engine, number, f->user);
}

mpt_frames *mpt_frames_new(const mpt_engine_config *config, const mpt_vantage_request *request, bool kept,
                           mpt_vantage_engines_opened opened, void *user)
{
    mpt_frames *f = g_new0(mpt_frames, 1);
    mpt_engine_config own = *config;

    own.want_frames = true;
    if (!kept)
        own.horizon_segments = 0, own.horizon_ns = 0;
    f->kept = kept;
    f->opened = opened;
    f->user = user;
    f->chunks = g_ptr_array_new_with_free_func(g_free);
    f->frames = g_ptr_array_new();
    f->engines = mpt_vantage_engines_new(request, &own, open_point, f);
    return f;
}

static void close_point(struct mpt_frame_point *p)
{
    for (guint i = 0; i < p->subflows->len; i++) {
        struct mpt_frame_subflow *s = &g_array_index(p->subflows, struct mpt_frame_subflow, i);
        mpt_ranges_clear(&s->mapped_by[MPT_SIDE_A]);
        mpt_ranges_clear(&s->mapped_by[MPT_SIDE_B]);
    }
    g_clear_pointer(&p->by_id, g_ptr_array_unref);
    g_array_free(p->subflows, TRUE);
    g_array_free(p->connections, TRUE);
}

void mpt_frames_free(mpt_frames *f)
{
    guint i;

    if (!f)
        return;
    drop_live(f);
    for (i = 0; i < f->frames->len; i++) {
        struct mpt_frame_record *r;
        for (r = g_ptr_array_index(f->frames, i); r; r = r->next)
            free_record(r);
    }
    for (i = 0; i < f->count; i++)
        close_point(&f->points[i]);
    mpt_twins_free(f->twins);
    g_ptr_array_free(f->chunks, TRUE);
    g_ptr_array_free(f->frames, TRUE);
    mpt_vantage_engines_free(f->engines);
    g_free(f);
}

void mpt_frames_feed(mpt_frames *f, const mpt_segment *segment, bool window_known)
{
    add_record(f, segment, window_known);
    f->finished = false;
    f->fed++;
    mpt_vantage_engines_feed(f->engines, segment, 1);
}

void mpt_frames_note_time(mpt_frames *f, int64_t time_ns)
{
    mpt_vantage_engines_note_time(f->engines, time_ns);
}

void mpt_frames_note_icmp(mpt_frames *f, const mpt_icmp_error *error)
{
    mpt_vantage_engines_note_icmp(f->engines, error);
}

void mpt_frames_finish(mpt_frames *f)
{
    if (f->finished)
        return;
    mpt_vantage_engines_flush(f->engines);
    if (f->twins)
        mpt_twins_finish(f->twins);
    f->finished = true;
}

mpt_vantage_engines *mpt_frames_engines(mpt_frames *f)
{
    return f->engines;
}

unsigned mpt_frames_point(mpt_frames *f)
{
    return mpt_frames_counted(f)->number;
}

const mpt_engine *mpt_frames_engine(mpt_frames *f)
{
    return mpt_frames_counted(f)->engine;
}

const GPtrArray *mpt_frames_connections(mpt_frames *f)
{
    struct mpt_frame_point *p = mpt_frames_counted(f);

    p->stale |= !p->by_id;
    mpt_frames_find_ids(p);
    return p->by_id;
}
