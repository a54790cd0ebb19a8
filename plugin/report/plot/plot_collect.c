/* plot_collect.c - what the report `plot` collects, see plot_internal.h: a recorder for each vantage point,
 * and what one point has of the other's segments, where one-way delays may be drawn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plot_internal.h"
#include "plugin/report/paths/path_model.h"
#include "tap/engine/vantage/vantage.h"
#include "tap/engine/vantage/vantage_engines.h"

bool mpt_plot_asks_for(const mpt_arguments *a, mpt_graph_type type)
{
    mpt_graph_type asked;

    return mpt_arguments_has(a, MPT_ARG_TYPE) && mpt_graph_find(a->type, &asked) && asked == type;
}

static bool may_draw(const mpt_arguments *a, mpt_graph_type type)
{
    return mpt_arguments_has(a, MPT_ARG_TYPE) ? mpt_plot_asks_for(a, type)
                                              : a->format == MPT_FORMAT_HTML || a->format == MPT_FORMAT_CSV;
}

static bool may_draw_delays(const mpt_arguments *a)
{
    return may_draw(a, MPT_GRAPH_OWD);
}

void mpt_plot_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    needs->hmacs = true;
    if (arguments->format == MPT_FORMAT_HTML)
        needs->rtt = needs->evidence = needs->reinjections = needs->checksums = true;
    /* Reinjected bytes are drawn with the frame of their first copy. */
    needs->frames =
        !mpt_arguments_has(arguments, MPT_ARG_TYPE) || mpt_plot_asks_for(arguments, MPT_GRAPH_SEQUENCE);
    if (mpt_plot_asks_for(arguments, MPT_GRAPH_SUBFLOWS) && arguments->format == MPT_FORMAT_SVG)
        needs->rtt = needs->evidence = needs->reinjections = needs->frames = needs->interfaces = true;
    needs->spans = may_draw(arguments, MPT_GRAPH_LIMIT);
    needs->evidence |= needs->spans;
    if (may_draw_delays(arguments))
        needs->paths = MPT_PATHS_FLOWS | MPT_PATHS_SAMPLES |
                       (mpt_plot_asks_for(arguments, MPT_GRAPH_OWD) ? MPT_PATHS_ALL : 0);
}

void *mpt_plot_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark)
{
    (void)live;
    (void)mark;
    return mpt_recorder_new(engine, mpt_plot_asks_for(arguments, MPT_GRAPH_MAPPINGS));
}

void mpt_plot_close(void *collected)
{
    mpt_recorder_free(collected);
}

static unsigned points(const mpt_report_context *x)
{
    unsigned order[MPT_VANTAGE_POINTS];

    return x->points ? mpt_vantage_engines_compared(x->points, order, NULL) : 1;
}

/* --- one-way delays --- */

bool mpt_plot_has_delays(const mpt_report_context *x)
{
    return x->paths && points(x) > 1;
}

struct teller {
    const mpt_series_request *request;
    const mpt_arguments *arguments;
    mpt_end end; /* whose frames and clock the points have */
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
    struct teller t = {.request = request, .arguments = x->arguments, .func = func, .user = user};
    mpt_path_model *m;

    m = mpt_path_model_new_whole(x);
    if (m->pairs->len > 0) {
        const mpt_path_pair *pair = g_ptr_array_index(m->pairs, 0);
        bool at_far_end = x->point == pair->to;
        t.end = at_far_end ? mpt_end_other(pair->client_end) : pair->client_end;
        mpt_path_model_samples_at(m, pair, t.end, tell, &t);
    }
    mpt_path_model_free(m);
}
