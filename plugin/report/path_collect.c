/* path_collect.c - see path_model.h: collects while the capture is read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "path_model.h"

#include "points.h"

/* Segments that wait for their partner, where only options are compared. */
#define WAITING 100000

/* A point's engine is told of here, and each pair that the point is in is told. */
typedef struct tap {
    void *views[MPT_PATH_POINTS];
    unsigned count;
} tap;

typedef struct collector {
    bool samples; /* false: only what became of subflows and options */
    uint64_t limit; /* of segments that wait; 0: the usual one */
    tap taps[MPT_PATH_POINTS];
    mpt_path_pair pairs[MPT_PATH_POINTS][MPT_PATH_POINTS]; /* [a][b], a < b */
    unsigned points;
} collector;

static void on_segment(const mpt_connection *connection, const mpt_subflow *subflow, unsigned side,
                       const mpt_segment *g, int64_t position, void *user)
{
    tap *t = user;

    for (unsigned i = 0; i < t->count; i++)
        MPT_PATHS_OBSERVER.segment(connection, subflow, side, g, position, t->views[i]);
}

static void on_data(const mpt_data_piece *piece, void *user)
{
    tap *t = user;

    for (unsigned i = 0; i < t->count; i++)
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

const mpt_observer MPT_PATH_OBSERVER = {
    .segment = on_segment,
    .data = on_data,
    .event = on_event,
    .merge = on_merge,
    .forget = on_forget,
};

const mpt_observer MPT_WAY_OBSERVER = {
    .segment = on_segment,
    .merge = on_merge,
    .forget = on_forget,
};

static void make_pair(collector *c, unsigned a, unsigned b)
{
    mpt_path_pair *pair = &c->pairs[a][b];

    if (c->samples) {
        pair->store = mpt_path_store_new();
        pair->paths = mpt_paths_new(mpt_path_store_add, pair->store);
    } else {
        pair->paths = mpt_paths_new(NULL, NULL);
        mpt_paths_set_limit(pair->paths, WAITING);
    }
    if (c->limit)
        mpt_paths_set_limit(pair->paths, c->limit);
    c->taps[a].views[c->taps[a].count++] = mpt_paths_end(pair->paths, 0);
}

void *mpt_path_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark)
{
    collector *c = g_new0(collector, 1);

    (void)engine;
    (void)live;
    (void)mark;
    c->samples = arguments->report != MPT_REPORT_DIAGNOSE;
    return c;
}

void *mpt_path_join(void *collected, const mpt_engine *engine, unsigned point)
{
    collector *c = collected;

    (void)engine;
    if (point >= MPT_PATH_POINTS)
        return NULL;
    c->points = MAX(c->points, point + 1);
    for (unsigned a = 0; a < point; a++) {
        if (!c->pairs[a][point].paths)
            make_pair(c, a, point);
        c->taps[point].views[c->taps[point].count++] = mpt_paths_end(c->pairs[a][point].paths, 1);
    }
    /* Whoever comes next finds what it missed. */
    if (point == 0)
        make_pair(c, 0, 1);
    return &c->taps[point];
}

mpt_path_pair *mpt_path_finish_pair(const mpt_report_context *x, unsigned from, unsigned to)
{
    collector *c = x->collected;
    unsigned a = MIN(from, to), b = MAX(from, to);
    mpt_path_pair *pair;

    if (b >= c->points)
        return NULL;
    pair = &c->pairs[a][b];
    pair->from = from;
    pair->to = to;
    pair->client_end = from > to;
    mpt_paths_finish(pair->paths, (const mpt_engine *const[]){ mpt_points_engine(x->points, a),
                                                               mpt_points_engine(x->points, b) });
    return pair;
}

void mpt_path_limit(void *collected, uint64_t segments)
{
    ((collector *)collected)->limit = segments;
}

void mpt_path_close(void *collected)
{
    collector *c = collected;

    for (unsigned a = 0; a < MPT_PATH_POINTS; a++)
        for (unsigned b = a + 1; b < MPT_PATH_POINTS; b++) {
            mpt_paths_free(c->pairs[a][b].paths);
            mpt_path_store_free(c->pairs[a][b].store);
        }
    g_free(c);
}
