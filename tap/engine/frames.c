/* frames.c - see frames.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "frames.h"

#include <string.h>

#include "implied.h"
#include "internal.h"
#include "metrics.h"

#define RECORDS_PER_CHUNK 512

/* What the engine forgets of one segment. */
struct record {
    struct record *next;        /* of the same frame */
    const mpt_subflow *subflow; /* NULL: not taken yet */
    int64_t position;           /* of the payload, on its subflow */
    int64_t again_start;        /* of the payload, what was retransmitted */
    GArray *more_again;         /* struct range; NULL: none */
    int64_t data_ack;           /* data-level position, less the shift of its subflow by then */
    int64_t rtt_ns;
    uint64_t inflight, subflow_inflight;
    uint32_t frame, length, again_length, out_of_order, window, data_ack_of;
    uint8_t side;
    bool duplicate : 1, has_data_ack : 1, has_rtt : 1, has_inflight : 1, has_subflow_inflight : 1;
    bool window_known : 1, has_window : 1, backup_known : 1, backup : 1;
};

struct range {
    int64_t start, end;
};

/* Beside each subflow of the engine. */
struct subflow_state {
    mpt_ranges mapped_by[2]; /* positions; stamp: the DSS that came first */
    int64_t shift[2];        /* by which data-level positions of that sender moved since they were recorded */
    bool has_id;
    uint32_t id;
};

/* Beside each connection of the engine. */
struct connection_state {
    uint64_t out_of_order[2];
    int64_t acked[2];
    bool acked_known[2];
    bool has_id;
    uint32_t id, next_subflow;
};

struct mpt_frames {
    mpt_engine *engine;
    bool kept, finished;
    GPtrArray *chunks;              /* struct record[RECORDS_PER_CHUNK] */
    guint used;                     /* of the last chunk */
    GPtrArray *frames;              /* kept: first record of each frame */
    struct record *live;            /* else: those of the newest frame */
    GArray *subflows, *connections; /* states, by index */
    uint32_t next_id;
    bool stale; /* ids have to be found again */
    GPtrArray *by_id;
};

/* --- states --- */

static struct subflow_state *subflow_state(mpt_frames *f, const mpt_subflow *s)
{
    if (s->index >= f->subflows->len)
        g_array_set_size(f->subflows, s->index + 1);
    return &g_array_index(f->subflows, struct subflow_state, s->index);
}

static struct connection_state *connection_state(mpt_frames *f, const mpt_connection *c)
{
    if (c->index >= f->connections->len)
        g_array_set_size(f->connections, c->index + 1);
    return &g_array_index(f->connections, struct connection_state, c->index);
}

/* --- records --- */

static void free_record(struct record *r)
{
    if (r->more_again)
        g_array_free(r->more_again, TRUE);
}

static void drop_live(mpt_frames *f)
{
    struct record *r, *next;

    for (r = f->live; r; r = next) {
        next = r->next;
        free_record(r);
        g_free(r);
    }
    f->live = NULL;
}

static struct record *first_record(const mpt_frames *f, uint32_t frame)
{
    if (!f->kept)
        return f->live && f->live->frame == frame ? f->live : NULL;
    return frame < f->frames->len ? g_ptr_array_index(f->frames, frame) : NULL;
}

static struct record *new_record(mpt_frames *f)
{
    if (!f->kept)
        return g_new0(struct record, 1);
    if (!f->chunks->len || f->used == RECORDS_PER_CHUNK) {
        g_ptr_array_add(f->chunks, g_new0(struct record, RECORDS_PER_CHUNK));
        f->used = 0;
    }
    return (struct record *)g_ptr_array_index(f->chunks, f->chunks->len - 1) + f->used++;
}

static struct record *add_record(mpt_frames *f, const mpt_segment *g, bool window_known)
{
    struct record *r, *last;

    if (!f->kept && f->live && f->live->frame != g->frame)
        drop_live(f);
    r = new_record(f);
    r->frame = g->frame;
    r->length = g->payload_len;
    r->window = g->window;
    r->window_known = window_known;
    last = first_record(f, g->frame);
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
static struct record *taking(const mpt_frames *f, uint32_t frame)
{
    struct record *r = first_record(f, frame);

    while (r && r->subflow)
        r = r->next;
    return r;
}

/* --- what the engine tells --- */

static void on_data(const mpt_data_piece *p, void *user)
{
    mpt_frames *f = user;
    struct record *r;
    struct range more = {p->position, p->position + p->length};

    if (p->what != MPT_DATA_RETRANSMITTED || !(r = taking(f, p->frame)))
        return;
    if (!r->again_length) {
        r->again_start = p->position;
        r->again_length = p->length;
    } else if (!r->more_again && r->again_start + r->again_length == p->position) {
        r->again_length += p->length;
    } else {
        if (!r->more_again)
            r->more_again = g_array_new(FALSE, FALSE, sizeof more);
        g_array_append_val(r->more_again, more);
    }
}

static void note_mapping(mpt_frames *f, const mpt_subflow *s, unsigned side, const mpt_segment *g,
                         uint32_t ssn, uint32_t length, int64_t position)
{
    mpt_claim stamp = {.time_ns = g->time_ns, .frame = g->frame, .epoch = g->frame};
    int64_t start;

    if (length && mpt_account_ssn_position(s, side, ssn, position, &start))
        mpt_ranges_claim(&subflow_state(f, s)->mapped_by[side], start, start + length, &stamp, NULL, NULL);
}

static void note_data_ack(mpt_frames *f, struct record *r, const mpt_connection *c, const mpt_subflow *s,
                          unsigned side)
{
    const mpt_data_level *d = &c->level[!(side ^ s->flip)];
    const struct subflow_state *state = subflow_state(f, s);

    if (!d->ack_expected_known)
        return;
    r->has_data_ack = true;
    r->data_ack = d->ack_expected - state->shift[!side];
    r->has_window = r->window_known;
}

static void read_options(mpt_frames *f, struct record *r, const mpt_connection *c, const mpt_subflow *s,
                         unsigned side, const mpt_segment *g, int64_t position)
{
    mpt_option_result result;
    mpt_option o;
    size_t at = 0, used;

    for (; (result = mpt_option_parse(g->options + at, g->option_len - at, &o, &used)) != MPT_OPTION_END;
         at += used) {
        if (result != MPT_OPTION_OK)
            continue;
        if (o.subtype == MPT_MP_CAPABLE && o.capable.has_data && !(g->flags & MPT_TCP_SYN))
            note_mapping(f, s, side, g, 1, o.capable.data_len, position);
        if (o.subtype != MPT_DSS)
            continue;
        if (o.dss.has_mapping)
            note_mapping(f, s, side, g, o.dss.ssn, o.dss.length - (o.dss.data_fin && o.dss.length), position);
        if (o.dss.has_ack)
            note_data_ack(f, r, c, s, side);
    }
}

/* A DATA_ACK that is higher than all before it: how long its last byte took. */
static void note_rtt(mpt_frames *f, struct record *r, const mpt_connection *c, unsigned side, int64_t time_ns)
{
    const mpt_data_level *d = &c->level[side];
    struct connection_state *state = connection_state(f, c);
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

static void note_flight(struct record *r, const mpt_data_level *d, const mpt_half *h)
{
    int64_t low = d->acked_known ? d->acked : d->idsn + 1,
            first = h->isn_known ? h->ssn_shift - h->syn_data + 1 : 0;
    int64_t acked = h->acked == INT64_MIN ? first : h->acked,
            next = h->fin_seen ? MIN(h->next, h->fin) : h->next;

    if (!r->length)
        return;
    if (d->owned.size && (d->acked_known || d->relative_known)) {
        r->has_inflight = true;
        r->inflight = d->high > low ? (uint64_t)(d->high - low) : 0;
    }
    r->has_subflow_inflight = h->acked != INT64_MIN || h->isn_known;
    r->subflow_inflight = next > acked ? (uint64_t)(next - acked) : 0;
}

static void first_part(const mpt_mapped *m, void *data)
{
    mpt_mapped *first = data;

    if (!first->end)
        *first = *m;
}

static void note_data_level(mpt_frames *f, struct record *r, const mpt_connection *c, const mpt_subflow *s,
                            unsigned side)
{
    const mpt_data_level *d = &c->level[side ^ s->flip];
    struct connection_state *state = connection_state(f, c);
    uint64_t *counted = &state->out_of_order[side ^ s->flip];
    mpt_mapped m = {0};

    r->out_of_order = (uint32_t)(d->out_of_order_bytes - *counted);
    *counted = d->out_of_order_bytes;
    if (!r->length || !state->acked_known[side ^ s->flip])
        return;
    mpt_mapping_look(&s->half[side].mapping, r->position, r->position + r->length, first_part, &m);
    r->duplicate = m.mapped && m.end == r->position + r->length &&
                   m.dsn + (int64_t)r->length <= state->acked[side ^ s->flip];
}

static void on_segment(const mpt_connection *c, const mpt_subflow *s, unsigned side, const mpt_segment *g,
                       int64_t position, void *user)
{
    mpt_frames *f = user;
    struct record *r = taking(f, g->frame);

    if (!r)
        return;
    f->stale = true;
    r->subflow = s;
    r->side = (uint8_t)side;
    r->position = position;
    r->backup_known = s->kind == MPT_SUBFLOW_CAPABLE || s->kind == MPT_SUBFLOW_JOIN || s->backup_known[side];
    r->backup = s->backup[side];
    if (!c) {
        static const mpt_data_level nothing;
        note_flight(r, &nothing, &s->half[side]);
        return;
    }
    note_data_level(f, r, c, s, side);
    if (g->option_len)
        read_options(f, r, c, s, side, g, position);
    note_rtt(f, r, c, !(side ^ s->flip), g->time_ns);
    note_flight(r, &c->level[side ^ s->flip], &s->half[side]);
}

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    mpt_frames *f = user;
    struct connection_state was = *connection_state(f, from), *state = connection_state(f, to);
    unsigned side;
    guint i;

    f->stale = true;
    for (side = 0; side < 2; side++) {
        mpt_data_level copy = to->level[side];
        const mpt_data_level *old = &from->level[side ^ flipped];
        int64_t shift = 0;

        if (old->based && !mpt_data_level_position(&copy, old->base, old->anchored, &shift))
            shift = 0;
        for (i = offset; i < to->subflows->len; i++) {
            const mpt_subflow *s = g_ptr_array_index(to->subflows, i);
            subflow_state(f, s)->shift[mpt_subflow_side(s, side)] += shift;
            subflow_state(f, s)->has_id = false;
        }
        state->acked_known[side] = to->level[side].acked_known;
        state->acked[side] = to->level[side].acked;
        state->out_of_order[side] = to->level[side].out_of_order_bytes;
    }
    if (!state->has_id && was.has_id) {
        state->has_id = true;
        state->id = was.id;
    }
}

static const mpt_observer observer = {.data = on_data, .segment = on_segment, .merge = on_merge};

/* --- ids --- */

static gint by_first_frame(gconstpointer a, gconstpointer b)
{
    const mpt_subflow *x = *(mpt_subflow *const *)a, *y = *(mpt_subflow *const *)b;

    return x->first_frame < y->first_frame ? -1 : x->first_frame > y->first_frame;
}

/* The ids of `list`: by first frame. */
static void find_ids(mpt_frames *f)
{
    guint i, k;

    if (!f->stale && f->by_id)
        return;
    f->stale = false;
    g_clear_pointer(&f->by_id, g_ptr_array_unref);
    f->by_id = mpt_metrics_connections(f->engine);
    for (i = 0; i < f->by_id->len; i++) {
        const mpt_connection *c = g_ptr_array_index(f->by_id, i);
        GPtrArray *order = g_ptr_array_sized_new(c->subflows->len);

        connection_state(f, c)->id = i;
        for (k = 0; k < c->subflows->len; k++)
            g_ptr_array_add(order, g_ptr_array_index(c->subflows, k));
        g_ptr_array_sort(order, by_first_frame);
        for (k = 0; k < order->len; k++)
            subflow_state(f, g_ptr_array_index(order, k))->id = k;
        g_ptr_array_free(order, TRUE);
    }
}

/* Live: numbered when they are first known. A partial connection may turn out to be part of another as long
 * as it has only shown an MP_JOIN, so it waits for its first DSS. */
static bool live_ids(mpt_frames *f, const mpt_connection *c, const mpt_subflow *s)
{
    struct connection_state *state = connection_state(f, c);
    struct subflow_state *sub = subflow_state(f, s);

    if (!state->has_id) {
        if (c->partial && !c->dss_seen)
            return false;
        state->has_id = true;
        state->id = f->next_id++;
    }
    if (!sub->has_id) {
        sub->has_id = true;
        sub->id = state->next_subflow++;
    }
    return true;
}

/* --- telling of a frame --- */

struct telling {
    mpt_frames *f;
    const struct record *r;
    const mpt_connection *c;
    const mpt_data_level *level;
    mpt_frame_facts *facts;
    mpt_frame_part part; /* what is known of it so far */
    int64_t dsn;         /* position on the data level */
};

static void add_part(struct telling *x, const mpt_frame_part *part)
{
    mpt_frame_part *last = x->facts->parts ? &x->facts->part[x->facts->parts - 1] : NULL;

    if (last &&
        ((last->kind == part->kind && last->mapped == part->mapped &&
          (!part->mapped || (last->relative_known && last->relative + last->length == part->relative &&
                             last->first_frame == part->first_frame))) ||
         x->facts->parts == MPT_FRAME_PARTS)) {
        last->length += part->length;
        return;
    }
    x->facts->part[x->facts->parts++] = *part;
}

/* Is this a second copy on the same subflow, under other numbers? Else its run only begins in another frame.
 * */
static bool is_same_copy(const struct telling *x, int64_t start)
{
    const GArray *copies = x->level->copies;
    guint i;

    for (i = 0; copies && i < copies->len; i++) {
        const mpt_copy *k = &g_array_index(copies, mpt_copy, i);
        if (k->same && k->owner == x->r->subflow->owner && k->start <= start && start < k->end)
            return true;
    }
    return false;
}

static void owned_part(const mpt_piece *p, void *data)
{
    struct telling *x = data;
    mpt_frame_part part = x->part;
    bool own = p->fresh || p->was.owner == x->r->subflow->owner;

    part.length = (uint32_t)(p->end - p->start);
    part.dsn_known = true;
    part.dsn = mpt_data_level_dsn(x->level, p->start);
    part.relative_known = mpt_data_level_relative(x->level, p->start, &part.relative);
    if (!p->fresh && p->was.frame != x->r->frame)
        part.first_frame = p->was.frame;
    if (part.kind != MPT_PART_RETRANSMISSION) {
        part.kind = !own                                            ? MPT_PART_REINJECTION
                    : part.first_frame && is_same_copy(x, p->start) ? MPT_PART_REINJECTION_SAME
                                                                    : MPT_PART_FIRST;
        if (part.kind == MPT_PART_FIRST)
            part.first_frame = 0;
    }
    add_part(x, &part);
}

static void mapped_by(const mpt_piece *p, void *data)
{
    uint32_t *frame = data;

    if (!*frame && !p->fresh)
        *frame = p->was.frame;
}

/* What continues without DSS, where a connection has one subflow (implied.h). */
static void implied_part(struct telling *x, int64_t start, int64_t end)
{
    const mpt_subflow *s = x->r->subflow;
    mpt_connection_kind kind = mpt_connection_get_kind(x->c);
    mpt_fallback fallback = mpt_connection_get_fallback(x->c);
    mpt_frame_part part = x->part;
    bool again = part.kind == MPT_PART_RETRANSMISSION;
    int64_t dsn;

    part.length = (uint32_t)(end - start);
    if (!mpt_implied_position(x->c, s, x->r->side, kind, fallback, start, &dsn)) {
        part.kind = again ? part.kind : MPT_PART_UNMAPPED;
        add_part(x, &part);
        return;
    }
    part.mapped = part.implied = true;
    if (mpt_implied_own_numbers(x->c, x->r->side ^ s->flip, kind, fallback)) {
        part.relative_known = true;
        part.relative = dsn;
        part.kind = again ? part.kind : MPT_PART_FIRST;
        add_part(x, &part);
        return;
    }
    x->part = part;
    mpt_ranges_look(&x->level->owned, dsn, dsn + (end - start), owned_part, x);
}

static void mapped_part(const mpt_mapped *m, void *data)
{
    struct telling *x = data;
    struct telling part = *x;

    if (!m->mapped) {
        implied_part(&part, m->start, m->end);
        return;
    }
    part.part.mapped = true;
    part.part.implied = m->implied;
    mpt_ranges_look(&subflow_state(x->f, x->r->subflow)->mapped_by[x->r->side], m->start, m->start + 1,
                    mapped_by, &part.part.mapped_by);
    if (!part.part.mapped_by && !m->implied)
        part.part.mapped_by = m->frame;
    mpt_ranges_look(&x->level->owned, m->dsn, m->dsn + (m->end - m->start), owned_part, &part);
}

static void tell_range(struct telling *x, int64_t start, int64_t end, mpt_part_kind kind)
{
    x->part = (mpt_frame_part){.kind = kind};
    mpt_mapping_look(&x->r->subflow->half[x->r->side].mapping, start, end, mapped_part, x);
}

/* The payload in order: retransmitted ranges, and what lies between them. */
static void tell_payload(struct telling *x)
{
    const struct record *r = x->r;
    int64_t at = r->position, end = r->position + r->length;
    guint i, n = r->again_length ? 1 + (r->more_again ? r->more_again->len : 0) : 0;

    for (i = 0; i < n; i++) {
        struct range again = i ? g_array_index(r->more_again, struct range, i - 1)
                               : (struct range){r->again_start, r->again_start + r->again_length};
        tell_range(x, at, again.start, MPT_PART_FIRST);
        tell_range(x, again.start, again.end, MPT_PART_RETRANSMISSION);
        at = again.end;
    }
    tell_range(x, at, end, MPT_PART_FIRST);
}

static void tell_notes(mpt_frames *f, const struct record *r, mpt_frame_facts *facts)
{
    facts->backup_known = r->backup_known;
    facts->backup = r->backup;
    facts->out_of_order = r->out_of_order;
    facts->duplicate = r->duplicate;
    facts->has_data_ack = r->has_data_ack && facts->connection;
    if (facts->has_data_ack)
        facts->data_ack_relative_known = mpt_data_level_relative(
            &facts->connection->level[!(r->side ^ r->subflow->flip)],
            r->data_ack + subflow_state(f, r->subflow)->shift[!r->side], &facts->data_ack);
    facts->has_data_ack_rtt = r->has_rtt;
    facts->data_ack_rtt_ns = r->rtt_ns;
    facts->data_ack_of = r->data_ack_of;
    facts->has_inflight = r->has_inflight;
    facts->inflight = r->inflight;
    facts->has_subflow_inflight = r->has_subflow_inflight;
    facts->subflow_inflight = r->subflow_inflight;
    facts->has_window = r->has_window;
    facts->window = r->window;
}

bool mpt_frames_look(mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_facts *facts)
{
    const struct record *r = first_record(f, frame);
    const mpt_subflow *s;
    const mpt_connection *c;

    for (; r && index; index--)
        r = r->next;
    *facts = (mpt_frame_facts){0};
    if (!r)
        return false;
    s = facts->subflow = r->subflow;
    c = facts->connection = s ? s->connection : NULL;
    if (!c)
        return true;
    if (f->kept)
        find_ids(f);
    facts->ids_known = f->kept || live_ids(f, c, s);
    facts->connection_id = connection_state(f, c)->id;
    facts->subflow_id = subflow_state(f, s)->id;
    facts->final = f->kept && f->finished;
    facts->role = r->side ^ s->flip ^ mpt_connection_client_side(c);
    tell_notes(f, r, facts);
    if (r->length) {
        struct telling x = {.f = f, .r = r, .c = c, .level = &c->level[r->side ^ s->flip], .facts = facts};
        tell_payload(&x);
    }
    return true;
}

bool mpt_frames_ids(mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_ids *ids)
{
    const struct record *r = first_record(f, frame);

    for (; r && index; index--)
        r = r->next;
    *ids = (mpt_frame_ids){0};
    if (!r)
        return false;
    ids->subflow = r->subflow;
    ids->connection = r->subflow ? r->subflow->connection : NULL;
    if (!ids->connection)
        return true;
    if (f->kept)
        find_ids(f);
    else if (!live_ids(f, ids->connection, ids->subflow))
        ids->connection = NULL;
    if (ids->connection) {
        ids->connection_id = connection_state(f, ids->connection)->id;
        ids->subflow_id = subflow_state(f, ids->subflow)->id;
    }
    return true;
}

bool mpt_frames_payload(const mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_payload *payload)
{
    const struct record *r = first_record(f, frame);

    for (; r && index; index--)
        r = r->next;
    *payload = (mpt_frame_payload){0};
    if (!r)
        return false;
    *payload = (mpt_frame_payload){
        .subflow = r->subflow, .side = r->side, .position = r->position, .length = r->length};
    return true;
}

uint32_t mpt_frames_last(const mpt_frames *f)
{
    if (!f->kept)
        return f->live ? f->live->frame : 0;
    return f->frames->len ? f->frames->len - 1 : 0;
}

/* --- public --- */

mpt_frames *mpt_frames_new(const mpt_engine_config *config, bool kept)
{
    mpt_frames *f = g_new0(mpt_frames, 1);
    mpt_engine_config own = *config;

    own.want_frames = true;
    own.max_idle = SIZE_MAX; /* records point to flows */
    if (!kept)
        own.horizon_segments = 0;
    f->engine = mpt_engine_new(&own);
    f->kept = kept;
    f->chunks = g_ptr_array_new_with_free_func(g_free);
    f->frames = g_ptr_array_new();
    f->subflows = g_array_new(FALSE, TRUE, sizeof(struct subflow_state));
    f->connections = g_array_new(FALSE, TRUE, sizeof(struct connection_state));
    mpt_engine_observe(f->engine, &observer, f);
    return f;
}

void mpt_frames_free(mpt_frames *f)
{
    guint i;

    if (!f)
        return;
    drop_live(f);
    for (i = 0; i < f->frames->len; i++) {
        struct record *r;
        for (r = g_ptr_array_index(f->frames, i); r; r = r->next)
            free_record(r);
    }
    for (i = 0; i < f->subflows->len; i++) {
        struct subflow_state *s = &g_array_index(f->subflows, struct subflow_state, i);
        mpt_ranges_clear(&s->mapped_by[0]);
        mpt_ranges_clear(&s->mapped_by[1]);
    }
    g_clear_pointer(&f->by_id, g_ptr_array_unref);
    g_ptr_array_free(f->chunks, TRUE);
    g_ptr_array_free(f->frames, TRUE);
    g_array_free(f->subflows, TRUE);
    g_array_free(f->connections, TRUE);
    mpt_engine_free(f->engine);
    g_free(f);
}

void mpt_frames_feed(mpt_frames *f, const mpt_segment *segment, bool window_known)
{
    add_record(f, segment, window_known);
    f->finished = false;
    mpt_engine_feed(f->engine, segment);
}

void mpt_frames_note_time(mpt_frames *f, int64_t time_ns)
{
    mpt_engine_note_time(f->engine, time_ns);
}

void mpt_frames_finish(mpt_frames *f)
{
    if (!f->finished)
        mpt_engine_flush(f->engine);
    f->finished = true;
}

void mpt_frames_observe(mpt_frames *f, const mpt_observer *by, void *user)
{
    mpt_engine_observe(f->engine, by, user);
}

const mpt_engine *mpt_frames_engine(const mpt_frames *f)
{
    return f->engine;
}

const GPtrArray *mpt_frames_connections(mpt_frames *f)
{
    f->stale |= !f->by_id;
    find_ids(f);
    return f->by_id;
}

const char *mpt_part_kind_name(mpt_part_kind kind)
{
    static const char *const names[] = {
        [MPT_PART_FIRST] = "first",
        [MPT_PART_REINJECTION] = "reinjection",
        [MPT_PART_REINJECTION_SAME] = "reinjection_same",
        [MPT_PART_RETRANSMISSION] = "retransmission",
        [MPT_PART_UNMAPPED] = "unmapped",
    };

    return names[kind];
}
