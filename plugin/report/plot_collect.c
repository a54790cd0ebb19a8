/* plot_collect.c - what the report `plot` collects, see plot_internal.h: a recorder for each vantage point,
 * and what one point has of the other's segments, where one-way delays may be drawn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../../tap/engine/vantage.h"
#include "path_model.h"
#include "plot_internal.h"
#include "points.h"

/* Segments of the first point that are kept until a second one shows up, where nobody asked for delays. */
#define WAITING 100000

struct collected;

/* What the engine of a point tells. */
struct tap {
    mpt_recorder *recorder;
    void *ways; /* NULL: not compared with other points */
};

struct collected {
    bool mappings;
    void *paths; /* the collector of path_model.h; NULL: no delays */
    struct tap taps[MPT_VANTAGE_POINTS];
};

static void on_segment(const mpt_connection *connection, const mpt_subflow *subflow, unsigned side,
                       const mpt_segment *g, int64_t position, void *user)
{
    struct tap *t = user;

    mpt_recorder_observer.segment(connection, subflow, side, g, position, t->recorder);
    if (t->ways)
        MPT_WAY_OBSERVER.segment(connection, subflow, side, g, position, t->ways);
}

static void on_data(const mpt_data_piece *piece, void *user)
{
    struct tap *t = user;

    mpt_recorder_observer.data(piece, t->recorder);
}

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    struct tap *t = user;

    mpt_recorder_observer.merge(to, from, offset, flipped, t->recorder);
    if (t->ways)
        MPT_WAY_OBSERVER.merge(to, from, offset, flipped, t->ways);
}

static void on_forget(const mpt_connection *connection, const mpt_subflow *subflow, void *user)
{
    struct tap *t = user;

    mpt_recorder_observer.forget(connection, subflow, t->recorder);
    if (t->ways)
        MPT_WAY_OBSERVER.forget(connection, subflow, t->ways);
}

const mpt_observer MPT_PLOT_OBSERVER = {
    .data = on_data,
    .segment = on_segment,
    .merge = on_merge,
    .forget = on_forget,
};

static bool asks_for(const mpt_arguments *a, mpt_graph_type type)
{
    mpt_graph_type asked;

    return mpt_arguments_has(a, MPT_ARG_TYPE) && mpt_graph_find(a->type, &asked) && asked == type;
}

static bool may_draw_delays(const mpt_arguments *a)
{
    return mpt_arguments_has(a, MPT_ARG_TYPE) ? asks_for(a, MPT_GRAPH_OWD)
                                              : a->format == MPT_FORMAT_HTML || a->format == MPT_FORMAT_CSV;
}

void mpt_plot_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    needs->hmacs = true;
    if (arguments->format == MPT_FORMAT_HTML)
        needs->rtt = needs->evidence = true;
    /* Reinjected bytes are told with the frame of their first copy. */
    needs->frames = !mpt_arguments_has(arguments, MPT_ARG_TYPE) || asks_for(arguments, MPT_GRAPH_SEQUENCE);
    needs->tcp_options = may_draw_delays(arguments);
}

void *mpt_plot_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark)
{
    struct collected *c = g_new0(struct collected, 1);

    c->mappings = asks_for(arguments, MPT_GRAPH_MAPPINGS);
    if (may_draw_delays(arguments))
        c->paths = mpt_path_open(arguments, engine, live, mark);
    if (c->paths && !asks_for(arguments, MPT_GRAPH_OWD))
        mpt_path_limit(c->paths, WAITING);
    return c;
}

void *mpt_plot_join(void *collected, const mpt_engine *engine, unsigned point)
{
    struct collected *c = collected;
    struct tap *t = &c->taps[point];

    t->recorder = mpt_recorder_new(engine, c->mappings);
    t->ways = c->paths ? mpt_path_join(c->paths, engine, point) : NULL;
    return t;
}

void mpt_plot_close(void *collected)
{
    struct collected *c = collected;

    for (unsigned i = 0; i < MPT_VANTAGE_POINTS; i++)
        mpt_recorder_free(c->taps[i].recorder);
    if (c->paths)
        mpt_path_close(c->paths);
    g_free(c);
}

void *mpt_plot_borrow(const mpt_recorder *recorder)
{
    struct collected *c = g_new0(struct collected, 1);

    c->taps[0].recorder = (mpt_recorder *)recorder;
    return c;
}

static unsigned points(const mpt_report_context *x)
{
    return x->points ? mpt_points_count(x->points) : 1;
}

const mpt_recorder *mpt_plot_recorder(const mpt_report_context *x)
{
    const struct collected *c = x->collected;

    return c->taps[points(x) > 1 ? mpt_points_chosen(x->points) : 0].recorder;
}

/* --- one-way delays --- */

bool mpt_plot_has_delays(const mpt_report_context *x)
{
    const struct collected *c = x->collected;

    return c->paths && points(x) > 1;
}

struct teller {
    const mpt_series_request *request;
    const mpt_arguments *arguments;
    unsigned end; /* whose frames and clock the points have */
    mpt_point_func func;
    void *user;
};

static void tell(const mpt_path_sample *sample, mpt_path_row *row, int64_t delay_ns, void *user)
{
    const struct teller *t = user;
    mpt_series_point point = {
        .value = (double)delay_ns, .frame = sample->frame[t->end], .length = sample->length};

    point.time_ns = sample->time_ns[t->end] - t->request->view->epoch_ns;
    if (!row || row->connection != t->request->view->id || row->direction != t->request->direction ||
        point.time_ns < t->arguments->from_ns || point.time_ns >= t->arguments->to_ns)
        return;
    t->func(t->user, MPT_GRAPH_OWD, row->subflow, &point);
}

void mpt_plot_delays(const mpt_report_context *x, const mpt_series_request *request, mpt_point_func func,
                     void *user)
{
    const struct collected *c = x->collected;
    mpt_report_context y = *x;
    struct teller t = {.request = request, .arguments = x->arguments, .func = func, .user = user};
    mpt_path_model *m;

    y.collected = c->paths;
    m = mpt_path_model_new_whole(&y);
    if (m->pairs->len > 0) {
        const mpt_path_pair *pair = g_ptr_array_index(m->pairs, 0);
        bool at_far_end = mpt_points_chosen(x->points) == pair->to;
        t.end = pair->client_end ^ at_far_end;
        mpt_path_model_samples_at(m, pair, t.end, tell, &t);
    }
    mpt_path_model_free(m);
}
