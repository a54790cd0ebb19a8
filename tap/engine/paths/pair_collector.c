/* pair_collector.c - see pair_collector.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pair_collector.h"

#include "tap/engine/base/compare.h"
#include "tap/engine/vantage/vantage_engines.h"

/* Segments that wait for their partner, where not all have to. */
#define WAITING 100000

/* The observer's user for a point's engine: it passes each call on to all pairs with this point. */
typedef struct tap {
    mpt_path_collector *collector;
    void *views[MPT_PATH_POINTS];
    unsigned count;
} tap;

struct mpt_path_collector {
    unsigned wants;
    tap taps[MPT_PATH_POINTS];
    mpt_path_pair pairs[MPT_PATH_POINTS][MPT_PATH_POINTS]; /* [a][b], a < b */
    unsigned first, points; /* the number of the first one; points, or places */
    mpt_engine *whole;      /* of point 0 */
    bool alone;             /* no other point can come: the capture knows no interfaces */
};

static void on_segment(const mpt_connection *connection, const mpt_subflow *subflow, mpt_side side,
                       const mpt_segment *g, int64_t position, void *user)
{
    tap *t = user;

    t->collector->alone = t->collector->points == 1 && !(g->presence & MPT_SEGMENT_INTERFACE);
    for (unsigned i = 0; i < t->count && !t->collector->alone; i++)
        MPT_PATHS_OBSERVER.segment(connection, subflow, side, g, position, t->views[i]);
}

static void on_data(const mpt_data_piece *piece, void *user)
{
    tap *t = user;

    for (unsigned i = 0; i < t->count && !t->collector->alone; i++)
        MPT_PATHS_OBSERVER.data(piece, t->views[i]);
}

static void on_event(const mpt_connection *connection, const mpt_event *event, void *user)
{
    tap *t = user;

    for (unsigned i = 0; i < t->count; i++)
        MPT_PATHS_OBSERVER.event(connection, event, t->views[i]);
}

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    tap *t = user;

    for (unsigned i = 0; i < t->count; i++)
        MPT_PATHS_OBSERVER.merge(to, from, offset, flipped, t->views[i]);
}

static void on_forget(const mpt_connection *connection, const mpt_subflow *subflow, void *user)
{
    tap *t = user;

    for (unsigned i = 0; i < t->count; i++)
        MPT_PATHS_OBSERVER.forget(connection, subflow, t->views[i]);
}

static const mpt_observer EVERYTHING = {
    .segment = on_segment,
    .data = on_data,
    .event = on_event,
    .merge = on_merge,
    .forget = on_forget,
};

static const mpt_observer SEGMENTS = {
    .segment = on_segment,
    .merge = on_merge,
    .forget = on_forget,
};

static void take_alone(uint32_t frame, bool uncaptured, void *user)
{
    mpt_path_alone_packet alone = {.frame = frame, .uncaptured = uncaptured};

    g_array_append_val((GArray *)user, alone);
}

static void make_pair(mpt_path_collector *c, unsigned a, unsigned b)
{
    mpt_path_pair *pair = &c->pairs[a][b];

    if (c->wants & MPT_PATHS_SAMPLES) {
        pair->store = mpt_path_store_new();
        pair->paths = mpt_paths_new(mpt_path_store_add, pair->store);
    } else {
        pair->paths = mpt_paths_new(NULL, NULL);
    }
    if (c->wants & MPT_PATHS_ALONE) {
        pair->alone = g_array_new(FALSE, FALSE, sizeof(mpt_path_alone_packet));
        mpt_paths_tell_alone(pair->paths, take_alone, pair->alone);
    }
    if (!(c->wants & MPT_PATHS_ALL))
        mpt_paths_set_limit(pair->paths, WAITING);
    c->taps[a].views[c->taps[a].count++] = mpt_paths_end(pair->paths, MPT_END_A);
}

mpt_path_collector *mpt_path_collector_new(unsigned wants)
{
    mpt_path_collector *c = g_new0(mpt_path_collector, 1);

    c->wants = wants;
    return c;
}

static void clear(mpt_path_collector *c)
{
    for (unsigned a = 0; a < MPT_PATH_POINTS; a++)
        for (unsigned b = a + 1; b < MPT_PATH_POINTS; b++) {
            mpt_paths_free(c->pairs[a][b].paths);
            mpt_path_store_free(c->pairs[a][b].store);
            if (c->pairs[a][b].alone)
                g_array_unref(c->pairs[a][b].alone);
        }
}

static const mpt_observer *observer(const mpt_path_collector *c)
{
    return c->wants & MPT_PATHS_DATA ? &EVERYTHING : &SEGMENTS;
}

/* The places of the only point are compared from now on. */
static void begin_places(mpt_path_collector *c)
{
    if (c->whole)
        mpt_engine_unobserve(c->whole, observer(c), &c->taps[0]);
    clear(c);
    *c = (mpt_path_collector){.wants = c->wants, .first = MPT_VANTAGE_POINTS};
}

void mpt_path_collector_watch(mpt_path_collector *c, mpt_engine *engine, unsigned point)
{
    if (mpt_vantage_is_place(point) && !c->first)
        begin_places(c);
    point -= c->first;
    if (point >= MPT_PATH_POINTS)
        return;
    if (point == 0)
        c->whole = engine;
    c->points = MAX(c->points, point + 1);
    c->taps[point].collector = c;
    for (unsigned a = 0; a < point; a++) {
        if (!c->pairs[a][point].paths)
            make_pair(c, a, point);
        c->taps[point].views[c->taps[point].count++] = mpt_paths_end(c->pairs[a][point].paths, MPT_END_B);
    }
    /* Whoever comes next finds what it missed. */
    if (point == 0)
        make_pair(c, 0, 1);
    mpt_engine_observe(engine, observer(c), &c->taps[point]);
}

static gint by_frame(gconstpointer a, gconstpointer b)
{
    return mpt_compare(((const mpt_path_alone_packet *)a)->frame, ((const mpt_path_alone_packet *)b)->frame);
}

mpt_path_pair *mpt_path_collector_pair(mpt_path_collector *c, mpt_vantage_engines *engines, unsigned from,
                                       unsigned to)
{
    unsigned a, b;
    mpt_path_pair *pair;

    if (!c || MIN(from, to) < c->first || MAX(from, to) >= c->first + c->points)
        return NULL;
    a = MIN(from, to) - c->first;
    b = MAX(from, to) - c->first;
    pair = &c->pairs[a][b];
    pair->from = from;
    pair->to = to;
    pair->client_end = from > to ? MPT_END_B : MPT_END_A;
    mpt_paths_finish(pair->paths,
                     (const mpt_engine *const[]){mpt_vantage_engines_at(engines, MIN(from, to)),
                                                 mpt_vantage_engines_at(engines, MAX(from, to))});
    if (pair->alone)
        g_array_sort(pair->alone, by_frame);
    return pair;
}

const mpt_path_alone_packet *mpt_path_pair_alone(const mpt_path_pair *pair, uint32_t frame)
{
    mpt_path_alone_packet key = {.frame = frame};
    guint i;

    return pair->alone && pair->alone->len && g_array_binary_search(pair->alone, &key, by_frame, &i)
               ? &g_array_index(pair->alone, mpt_path_alone_packet, i)
               : NULL;
}

uint64_t mpt_path_collector_forgotten(const mpt_path_collector *c)
{
    uint64_t sum = 0;

    /* What waits for a point that never came is none. */
    for (unsigned b = 1; c && b < c->points; b++)
        for (unsigned a = 0; a < b; a++)
            sum += mpt_paths_forgotten(c->pairs[a][b].paths);
    return sum;
}

void mpt_path_collector_free(mpt_path_collector *c)
{
    if (!c)
        return;
    clear(c);
    g_free(c);
}
