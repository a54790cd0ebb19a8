/* stream.c - see stream.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "stream.h"

#include <string.h>

#include "tap/engine/base/compare.h"
#include "tap/engine/figures/implied_mapping.h"

/* Captured payload, at its place on the subflow. */
struct chunk {
    int64_t position;
    int64_t time_ns;
    uint32_t frame;
    uint32_t length;
    uint8_t bytes[];
};

struct lane {
    GPtrArray *chunks[MPT_SIDES]; /* struct chunk; NULL: none */
};

/* What was decided of a connection. */
struct fate {
    bool ranked; /* looked at when its first payload came */
    bool out;    /* it will not have the id: nothing more is kept */
    bool lost;   /* payload was let go */
};

struct mpt_stream {
    const mpt_engine *engine;
    uint32_t id;
    bool all;          /* of any id */
    GHashTable *lanes; /* mpt_subflow -> struct lane */
    GArray *fates;     /* struct fate, by index of the connection */
    GQueue undecided;  /* mpt_connection in order of discovery: ranked again after the look-back */
};

/* --- whose payload is kept --- */

static void free_lane(gpointer data)
{
    struct lane *lane = data;

    for (mpt_side side = 0; side < MPT_SIDES; side++)
        if (lane->chunks[side])
            g_ptr_array_unref(lane->chunks[side]);
    g_free(lane);
}

static struct fate *fate_of(mpt_stream *m, const mpt_connection *c)
{
    if (c->index >= m->fates->len)
        g_array_set_size(m->fates, c->index + 1);
    return &g_array_index(m->fates, struct fate, c->index);
}

static void let_go(mpt_stream *m, const mpt_connection *c)
{
    struct fate *fate = fate_of(m, c);
    guint i;

    fate->out = fate->lost = true;
    for (i = 0; i < c->subflows->len; i++)
        g_hash_table_remove(m->lanes, g_ptr_array_index(c->subflows, i));
}

/* How many connections have a lower id as things stand, and how many of them can't become part of another. */
static void rank(const mpt_stream *m, const mpt_connection *c, uint32_t *now, uint32_t *certain)
{
    const GPtrArray *all = mpt_engine_connections(m->engine);
    guint i;

    *now = *certain = 0;
    for (i = 0; i < all->len && *certain <= m->id; i++) {
        const mpt_connection *other = g_ptr_array_index(all, i);
        if (!other->subflows->len || other->first_frame >= c->first_frame)
            continue;
        ++*now;
        *certain += !other->partial;
    }
}

static void look_again(mpt_stream *m, int64_t time_ns)
{
    int64_t horizon = mpt_engine_get_config(m->engine)->horizon_ns;
    uint32_t now, certain;

    while (!g_queue_is_empty(&m->undecided)) {
        const mpt_connection *c = g_queue_peek_head(&m->undecided);
        if (time_ns - c->start_ns <= horizon)
            return;
        g_queue_pop_head(&m->undecided);
        rank(m, c, &now, &certain);
        if (certain > m->id || now < m->id)
            let_go(m, c);
    }
}

static bool wanted(mpt_stream *m, const mpt_connection *c, int64_t time_ns)
{
    struct fate *fate = fate_of(m, c);

    if (m->all)
        return true;
    if (!fate->ranked) {
        fate->ranked = true;
        look_again(m, time_ns);
        /* Frames before its first one, its own and others', may still be in the look-back. */
        if (!c->partial)
            g_queue_push_tail(&m->undecided, (gpointer)c);
        fate = fate_of(m, c);
    }
    return !fate->out;
}

static void keep(mpt_stream *m, const mpt_data_piece *p)
{
    struct lane *lane = g_hash_table_lookup(m->lanes, p->subflow);
    struct chunk *chunk = g_malloc(sizeof *chunk + p->captured);

    if (!lane) {
        lane = g_new0(struct lane, 1);
        g_hash_table_insert(m->lanes, (gpointer)p->subflow, lane);
    }
    if (!lane->chunks[p->side])
        lane->chunks[p->side] = g_ptr_array_new_with_free_func(g_free);
    chunk->position = p->position;
    chunk->time_ns = p->time_ns;
    chunk->frame = p->frame;
    chunk->length = p->captured;
    memcpy(chunk->bytes, p->payload, p->captured);
    g_ptr_array_add(lane->chunks[p->side], chunk);
}

/* The first copy of a byte by time came as `first`, or as unmapped. Later copies are needed only where a
 * checksum may show that the first one was discarded by the receiver (RFC 8684 3.7). */
static bool may_be_needed(const mpt_data_piece *p)
{
    const mpt_checksums *checksums = &p->subflow->half[p->side].checksums;

    if (p->what == MPT_DATA_FIRST || p->what == MPT_DATA_UNMAPPED)
        return true;
    return p->what != MPT_DATA_RETRANSMITTED && (checksums->open || checksums->ok || checksums->bad);
}

static void on_data(const mpt_data_piece *p, void *user)
{
    mpt_stream *m = user;

    if (p->payload && p->captured && p->connection && may_be_needed(p) &&
        wanted(m, p->connection, p->time_ns))
        keep(m, p);
}

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    mpt_stream *m = user;
    bool lost = fate_of(m, from)->lost;

    (void)offset;
    (void)flipped;
    g_queue_remove(&m->undecided, from);
    fate_of(m, to)->lost |= lost;
    if (fate_of(m, to)->out)
        let_go(m, to);
}

/* Its place may be that of another connection next. */
static void on_forget(const mpt_connection *c, const mpt_subflow *s, void *user)
{
    mpt_stream *m = user;

    g_hash_table_remove(m->lanes, s);
    if (!c)
        return;
    g_queue_remove(&m->undecided, c);
    if (c->index < m->fates->len)
        g_array_index(m->fates, struct fate, c->index) = (struct fate){0};
}

const mpt_observer mpt_stream_observer = {.data = on_data, .merge = on_merge, .forget = on_forget};

mpt_stream *mpt_stream_new(const mpt_engine *engine, uint32_t id)
{
    mpt_stream *m = g_new0(mpt_stream, 1);

    m->engine = engine;
    m->id = id;
    m->lanes = g_hash_table_new_full(NULL, NULL, NULL, free_lane);
    m->fates = g_array_new(FALSE, TRUE, sizeof(struct fate));
    g_queue_init(&m->undecided);
    return m;
}

mpt_stream *mpt_stream_new_all(const mpt_engine *engine)
{
    mpt_stream *m = mpt_stream_new(engine, 0);

    m->all = true;
    return m;
}

void mpt_stream_free(mpt_stream *m)
{
    if (!m)
        return;
    g_hash_table_destroy(m->lanes);
    g_array_free(m->fates, TRUE);
    g_queue_clear(&m->undecided);
    g_free(m);
}

/* --- putting it together --- */

/* A copy of bytes. */
struct copy {
    mpt_stream_run run;
    bool wrong; /* of a mapping whose checksum is wrong */
};

struct placing {
    const mpt_connection *c;
    const mpt_subflow *s;
    mpt_side side;
    mpt_connection_kind kind;
    mpt_fallback fallback;
    const struct chunk *chunk;
    int64_t delta; /* position - DSN, in the part looked at */
    GArray *found; /* struct copy, any order, may overlap */
};

static void place(const mpt_piece *p, void *data)
{
    struct placing *x = data;
    const struct chunk *chunk = x->chunk;
    struct copy copy = {
        .run = {.dsn = p->start - x->delta,
                .length = (uint32_t)(p->end - p->start),
                .frame = chunk->frame,
                .time_ns = chunk->time_ns,
                .owner = x->s->owner,
                .bytes = chunk->bytes + (p->start - chunk->position)},
        .wrong = !p->fresh,
    };

    g_array_append_val(x->found, copy);
}

static void place_part(const mpt_mapped_piece *part, void *data)
{
    struct placing *x = data;
    int64_t dsn = part->dsn;

    if (!part->mapped &&
        !mpt_implied_mapping_position(x->c, x->s, x->side, x->kind, x->fallback, part->start, &dsn))
        return;
    x->delta = part->start - dsn;
    mpt_ranges_look(&x->s->half[x->side].checksums.wrong, part->start, part->end, place, x);
}

/* The first one is the one to take: a wrong copy only where there is no other. */
static int by_preference(gconstpointer a, gconstpointer b)
{
    const struct copy *x = a, *y = b;

    if (x->wrong != y->wrong)
        return x->wrong ? 1 : -1;
    if (x->run.time_ns != y->run.time_ns)
        return mpt_compare(x->run.time_ns, y->run.time_ns);
    return x->run.frame != y->run.frame ? mpt_compare(x->run.frame, y->run.frame)
                                        : mpt_compare(x->run.dsn, y->run.dsn);
}

static int by_dsn(gconstpointer a, gconstpointer b)
{
    const mpt_stream_run *x = a, *y = b;

    return mpt_compare(x->dsn, y->dsn);
}

struct choosing {
    const mpt_stream_run *run;
    GArray *runs;
};

static void choose(const mpt_piece *p, void *data)
{
    struct choosing *x = data;
    mpt_stream_run run = *x->run;

    if (!p->fresh)
        return;
    run.bytes += p->start - run.dsn;
    run.dsn = p->start;
    run.length = (uint32_t)(p->end - p->start);
    g_array_append_val(x->runs, run);
}

/* One copy of each byte. */
static GArray *first_copies(GArray *found)
{
    static const mpt_stamp anybody;
    struct choosing x = {.runs = g_array_new(FALSE, FALSE, sizeof(mpt_stream_run))};
    mpt_ranges taken = {0};
    guint i;

    g_array_sort(found, by_preference);
    for (i = 0; i < found->len; i++) {
        x.run = &g_array_index(found, struct copy, i).run;
        mpt_ranges_claim(&taken, x.run->dsn, x.run->dsn + x.run->length, &anybody, choose, &x);
    }
    mpt_ranges_clear(&taken);
    g_array_sort(x.runs, by_dsn);
    return x.runs;
}

static void find_runs(const mpt_stream *m, struct placing *x, mpt_conn_side side)
{
    guint i, k;

    for (i = 0; i < x->c->subflows->len; i++) {
        const struct lane *lane;
        x->s = g_ptr_array_index(x->c->subflows, i);
        x->side = mpt_subflow_side(x->s, side);
        lane = g_hash_table_lookup(m->lanes, x->s);
        for (k = 0; lane && lane->chunks[x->side] && k < lane->chunks[x->side]->len; k++) {
            x->chunk = g_ptr_array_index(lane->chunks[x->side], k);
            mpt_mapping_look(&x->s->half[x->side].mapping, x->chunk->position,
                             x->chunk->position + x->chunk->length, place_part, x);
        }
    }
}

/* The end of a plain TCP connection is where its FIN is, one of MPTCP where the DATA_FIN is. */
static void find_end(const struct placing *x, mpt_conn_side side, int64_t last,
                     mpt_stream_direction *direction)
{
    const mpt_data_level *d = &x->c->level[side];
    const mpt_subflow *s = x->c->subflows->len == 1 ? g_ptr_array_index(x->c->subflows, 0) : NULL;
    mpt_side half = s ? mpt_subflow_side(s, side) : MPT_SIDE_A;
    int64_t end;

    direction->end = last;
    if (mpt_ranges_bounds(&d->owned, &(int64_t){0}, &end))
        direction->end = MAX(last, end);
    if (d->has_fin) {
        end = d->fin;
    } else if (!s || !s->half[half].fin_seen ||
               !mpt_implied_mapping_position(x->c, s, half, x->kind, x->fallback, s->half[half].fin, &end)) {
        return;
    }
    direction->has_fin = end >= direction->end;
    direction->end = MAX(end, direction->end);
}

bool mpt_stream_direction_of(const mpt_stream *m, const mpt_connection *c, mpt_conn_side side,
                             mpt_stream_direction *direction)
{
    const mpt_data_level *d = &c->level[side];
    struct placing x = {
        .c = c, .kind = mpt_connection_get_kind(c), .fallback = mpt_connection_get_fallback(c)};
    bool lost = c->index < m->fates->len && g_array_index(m->fates, struct fate, c->index).lost;
    const mpt_stream_run *first = NULL, *last = NULL;

    *direction = (mpt_stream_direction){0};
    x.found = g_array_new(FALSE, FALSE, sizeof(struct copy));
    if (!lost)
        find_runs(m, &x, side);
    direction->runs = first_copies(x.found);
    g_array_free(x.found, TRUE);
    if (direction->runs->len) {
        first = &g_array_index(direction->runs, mpt_stream_run, 0);
        last = &g_array_index(direction->runs, mpt_stream_run, direction->runs->len - 1);
    }
    /* The first byte is the one after the IDSN (RFC 8684 3.1); Fast Open's bytes lie before it. */
    if (mpt_implied_mapping_own_numbers(c, side, x.kind, x.fallback))
        direction->start = 1;
    else if (d->relative_known && !c->partial)
        direction->start = d->idsn + 1;
    else if (!mpt_ranges_bounds(&d->owned, &direction->start, &(int64_t){0}))
        direction->start = first ? first->dsn : d->has_fin ? d->fin : 0;
    if (first && first->dsn < direction->start)
        direction->start = first->dsn;
    find_end(&x, side, last ? last->dsn + last->length : direction->start, direction);
    return !lost;
}

void mpt_stream_clear(mpt_stream_direction *direction)
{
    if (direction->runs)
        g_array_free(direction->runs, TRUE);
    *direction = (mpt_stream_direction){0};
}
