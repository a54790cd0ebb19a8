/* gui_graph.c - see gui_graph.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_graph.h"

#include <string.h>

#include "gui_points.h"
#include "gui_table.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/events/event_text.h"
#include "plugin/report/plot/plot.h"
#include "tap/engine/base/units.h"
#include "tap/engine/base/whole.h"

static const char NO_DELAYS[] = "One-way delays need a merged capture of both ends; this one has only one.";

const mpt_gui_type *mpt_gui_types(unsigned *count)
{
    static mpt_gui_type types[MPT_GRAPH_TYPES];

    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        types[t] = (mpt_gui_type){
            .name = mpt_graph_name((mpt_graph_type)t),
            .title = mpt_graph_title((mpt_graph_type)t),
            .one_subflow = t == MPT_GRAPH_TCP,
            .averaged = t == MPT_GRAPH_THROUGHPUT || t == MPT_GRAPH_GOODPUT,
            .missing = t == MPT_GRAPH_OWD ? NO_DELAYS : NULL,
        };
    *count = MPT_GRAPH_TYPES;
    return types;
}

/* --- the capture --- */

static char *path_title(const mpt_endpoint *from, const mpt_endpoint *to)
{
    char a[MPT_ENDPOINT_TEXT], b[MPT_ENDPOINT_TEXT];

    return g_strdup_printf("%s -> %s", mpt_endpoint_text(from, a), mpt_endpoint_text(to, b));
}

static void fill_connection(mpt_gui_connection *out, const mpt_connection_view *v)
{
    uint64_t payload[MPT_DIRECTIONS] = {v->direction[MPT_C2S].bytes.payload_bytes,
                                        v->direction[MPT_S2C].bytes.payload_bytes};
    char *ends = path_title(&v->end[MPT_CLIENT], &v->end[MPT_SERVER]);

    out->id = v->id;
    out->title = g_strdup_printf("%u: %s", v->id, ends);
    out->busiest = payload[1] > payload[0];
    out->payload = payload[0] + payload[1];
    out->subflow_count = v->subflow_count;
    out->subflows = g_new0(char *, v->subflow_count + 1);
    for (uint32_t id = 0; id < v->subflow_count; id++) {
        const mpt_subflow_view *s = &v->subflows[id];

        out->subflows[id] =
            path_title(mpt_metrics_endpoint(s, MPT_CLIENT), mpt_metrics_endpoint(s, MPT_SERVER));
        for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++)
            if (s->direction[d].bytes.payload_bytes >
                v->subflows[out->largest[d]].direction[d].bytes.payload_bytes)
                out->largest[d] = id;
    }
    g_free(ends);
}

mpt_gui_capture *mpt_gui_capture_new(const mpt_report_context *x, uint64_t reading, const char *path)
{
    mpt_gui_capture *c = g_new0(mpt_gui_capture, 1);

    c->name = mpt_gui_file_name(path);
    c->reading = reading;
    c->selected = MPT_GUI_NO_CONNECTION;
    c->selected_subflow = MPT_GUI_NO_SUBFLOW;
    c->count = x->connections->len;
    c->connections = g_new0(mpt_gui_connection, c->count);
    mpt_gui_points_fill(&c->points, x);
    for (mpt_connection_view v = {0}; mpt_metrics_next(x->engine, x->connections, &v);) {
        fill_connection(&c->connections[v.id], &v);
        c->epoch_ns = v.epoch_ns;
    }
    return c;
}

void mpt_gui_capture_free(mpt_gui_capture *capture)
{
    if (!capture)
        return;
    for (uint32_t i = 0; i < capture->count; i++) {
        g_free(capture->connections[i].title);
        g_strfreev(capture->connections[i].subflows);
    }
    mpt_gui_points_clear(&capture->points);
    g_free(capture->connections);
    g_free(capture->name);
    g_free(capture);
}

/* --- what is asked for --- */

static mpt_series_request request_of(const mpt_gui_request *q, const mpt_connection_view *v)
{
    mpt_direction direction = q->direction ? MPT_S2C : MPT_C2S;

    return (mpt_series_request){
        .view = v,
        .direction = direction,
        .types = 1u << q->type,
        .window_ns = q->window_ns > 0 ? q->window_ns : mpt_series_default_window(v, direction),
        .tcp_subflow = MIN(q->subflow, v->subflow_count - 1),
    };
}

/* False where there is no such connection or type; else clear *v. */
static bool find(const mpt_report_context *x, const mpt_gui_request *q, mpt_connection_view *v)
{
    bool found = q->connection < x->connections->len && q->type < MPT_GRAPH_TYPES;

    if (found)
        mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, q->connection), q->connection, v);
    return found;
}

/* --- points --- */

/* One before and one after the range of each series: steps reach over its ends. */
struct lane {
    mpt_series_point before;
    bool has_before, begun, ended;
};

struct filler {
    const mpt_gui_request *request;
    mpt_thinner *points;
    struct lane *lanes;
};

static void take(void *user, mpt_graph_type type, unsigned series, const mpt_series_point *p)
{
    struct filler *f = user;
    struct lane *lane = &f->lanes[series];

    (void)type;
    if (f->request->has_range && p->time_ns < f->request->from_ns) {
        lane->before = *p;
        lane->has_before = true;
        return;
    }
    if (lane->ended)
        return;
    if (!lane->begun && lane->has_before)
        mpt_thinner_add(f->points, series, &lane->before);
    lane->begun = true;
    lane->ended = f->request->has_range && p->time_ns > f->request->to_ns;
    mpt_thinner_add(f->points, series, p);
}

static void copy_points(mpt_gui_series *out, const mpt_series_point *p, size_t n)
{
    out->points = g_new(mpt_gui_point, n);
    out->count = n;
    for (size_t i = 0; i < n; i++)
        out->points[i] = (mpt_gui_point){.time_ns = p[i].time_ns,
                                         .value = p[i].value,
                                         .frame = p[i].frame,
                                         .length = p[i].length,
                                         .first_frame = p[i].first_frame};
}

static mpt_gui_style style_of(mpt_series_style style)
{
    static const mpt_gui_style styles[MPT_STYLES] = {[MPT_STYLE_BARS] = MPT_GUI_BARS,
                                                     [MPT_STYLE_STEP] = MPT_GUI_STEP,
                                                     [MPT_STYLE_DOTS] = MPT_GUI_DOTS,
                                                     [MPT_STYLE_LINE] = MPT_GUI_LINE};

    return styles[style];
}

static void fill_series(mpt_gui_graph *out, const mpt_graph *graph, mpt_thinner *points)
{
    out->count = graph->count;
    out->series = g_new0(mpt_gui_series, graph->count);
    for (unsigned s = 0; s < graph->count; s++) {
        GString *title = g_string_new(NULL);
        size_t n;
        const mpt_series_point *p = mpt_thinner_points(points, s, &n);

        mpt_plot_series_title(&graph->series[s], title);
        out->series[s] = (mpt_gui_series){.title = g_string_free(title, FALSE),
                                          .subflow = graph->series[s].subflow,
                                          .kind = mpt_plot_series_kind(graph, s),
                                          .style = style_of(graph->series[s].style),
                                          .stacks = graph->series[s].stacks,
                                          .aside = graph->series[s].aside};
        copy_points(&out->series[s], p, n);
    }
}

static void fill_points(mpt_gui_graph *out, const mpt_report_context *x, const mpt_gui_request *q,
                        const mpt_series_request *request)
{
    struct filler f = {.request = q};
    mpt_graph graph;

    mpt_graph_init(&graph, (mpt_graph_type)q->type, request);
    f.points = mpt_thinner_new(&graph, q->limit);
    f.lanes = g_new0(struct lane, graph.count);
    if (q->type != MPT_GRAPH_OWD)
        mpt_series_play(x->collected, request, take, &f);
    else if (mpt_plot_has_delays(x))
        mpt_plot_delays(x, request, take, &f);
    for (unsigned s = 0; s < graph.count; s++)
        if (!f.lanes[s].begun && f.lanes[s].has_before)
            mpt_thinner_add(f.points, s, &f.lanes[s].before);
    mpt_plot_drop_sums(&graph, f.points);
    fill_series(out, &graph, f.points);
    out->unit = graph.unit;
    out->total = mpt_thinner_total(f.points);
    out->kept = mpt_thinner_kept(f.points);
    g_free(f.lanes);
    mpt_thinner_free(f.points);
    mpt_graph_clear(&graph);
}

/* --- what is around them --- */

static void fill_events(mpt_gui_graph *out, mpt_plot *plot)
{
    out->event_count = MIN(plot->events->len, MPT_PLOT_EVENTS);
    out->events = g_new0(mpt_gui_event, out->event_count);
    for (guint i = 0; i < out->event_count; i++) {
        const mpt_event *e = &g_array_index(plot->events, mpt_event, i);
        GString *text = g_string_new(NULL);
        mpt_event_pairs pairs;

        mpt_event_pair(&plot->view, plot->events, i, &pairs);
        mpt_event_text(&plot->view, e, &pairs, text);
        out->events[i] = (mpt_gui_event){.time_ns = e->time_ns - plot->view.epoch_ns,
                                         .name = mpt_event_name(e),
                                         .text = g_string_free(text, FALSE),
                                         .frame = e->frame,
                                         .subflow = mpt_metrics_subflow_of(&plot->view, e->owner)->id};
    }
}

static void fill_axis(mpt_gui_graph *out, mpt_unit unit)
{
    out->axis = unit == MPT_UNIT_SHARE     ? MPT_GUI_PERCENT
                : unit == MPT_UNIT_SUBFLOW ? MPT_GUI_SUBFLOWS
                                           : MPT_GUI_NUMBERS;
    out->scale = unit == MPT_UNIT_NS ? 1e-9 : 1;
    out->axis_title = unit == MPT_UNIT_SUBFLOW ? "" : mpt_plot_unit_title(unit);
    out->unit_title = unit == MPT_UNIT_NS      ? "s"
                      : unit == MPT_UNIT_BPS   ? "bit/s"
                      : unit == MPT_UNIT_BYTES ? "B"
                                               : NULL;
    out->from_zero = unit != MPT_UNIT_DSN && unit != MPT_UNIT_SSN;
}

mpt_gui_graph *mpt_gui_graph_new(const mpt_report_context *x, const mpt_gui_request *request)
{
    mpt_plot plot = {.context = x};
    mpt_gui_graph *graph;
    GString *title, *subtitle;

    if (!find(x, request, &plot.view))
        return NULL;
    graph = g_new0(mpt_gui_graph, 1);
    title = g_string_new(NULL);
    subtitle = g_string_new(NULL);
    plot.request = request_of(request, &plot.view);
    plot.events = mpt_metrics_events(plot.view.connection);
    fill_points(graph, x, request, &plot.request);
    fill_axis(graph, (mpt_unit)graph->unit);
    fill_events(graph, &plot);
    mpt_plot_graph_title(&plot, (mpt_graph_type)request->type, title);
    mpt_plot_title(&plot, subtitle);
    if (mpt_recorder_left_out(x->collected))
        g_string_append(subtitle, "; ");
    mpt_plot_left_out(x->collected, subtitle);
    graph->title = g_string_free(title, FALSE);
    graph->subtitle = g_string_free(subtitle, FALSE);
    graph->from_ns = plot.view.start_ns;
    graph->to_ns = plot.view.end_ns;
    g_array_unref(plot.events);
    mpt_metrics_clear(&plot.view);
    return graph;
}

void mpt_gui_graph_free(mpt_gui_graph *graph)
{
    if (!graph)
        return;
    for (unsigned s = 0; s < graph->count; s++) {
        g_free(graph->series[s].title);
        g_free(graph->series[s].points);
    }
    for (size_t i = 0; i < graph->event_count; i++)
        g_free(graph->events[i].text);
    g_free(graph->series);
    g_free(graph->events);
    g_free(graph->title);
    g_free(graph->subtitle);
    g_free(graph);
}

/* --- a point in words --- */

static void append_value(GString *out, mpt_unit unit, const mpt_gui_series *s, const mpt_gui_point *p)
{
    switch (unit) {
    case MPT_UNIT_BPS:
        mpt_units_rate(out, p->value);
        break;
    case MPT_UNIT_SHARE:
        mpt_units_percent(out, 100 * p->value);
        break;
    case MPT_UNIT_NS:
        mpt_units_duration(out, mpt_whole(p->value));
        break;
    case MPT_UNIT_SUBFLOW:
        break;
    default:
        mpt_units_grouped_signed(out, mpt_whole(p->value));
        if (s->style == MPT_GUI_BARS && p->length > 1) {
            g_string_append(out, " to ");
            mpt_units_grouped_signed(out, mpt_whole(p->value + p->length - 1));
        }
        if (unit == MPT_UNIT_BYTES)
            g_string_append(out, p->value == 1 ? " byte" : " bytes");
    }
}

void mpt_gui_describe(const mpt_gui_graph *graph, unsigned series, size_t point, char *text, size_t room)
{
    const mpt_gui_series *s = &graph->series[series];
    const mpt_gui_point *p = &s->points[point];
    GString *out = g_string_new(NULL);

    mpt_units_seconds(out, p->time_ns, 9);
    g_string_append_printf(out, " s, %s%s", s->title, graph->unit == MPT_UNIT_SUBFLOW ? "" : ": ");
    append_value(out, (mpt_unit)graph->unit, s, p);
    if (p->length && s->style != MPT_GUI_BARS && graph->unit != MPT_UNIT_BYTES)
        g_string_append_printf(out, ", %u bytes", p->length);
    if (p->frame)
        g_string_append_printf(out, ", frame %u", p->frame);
    else
        g_string_append(out, ", no frame: a byte left the window");
    if (p->first_frame)
        g_string_append_printf(out, ", first copy in frame %u", p->first_frame);
    g_strlcpy(text, out->str, room);
    g_string_free(out, TRUE);
}

/* --- all points --- */

bool mpt_gui_save_csv(const mpt_report_context *x, const mpt_gui_request *request, const char *path,
                      char **why)
{
    mpt_connection_view v;
    mpt_series_request all;
    mpt_sink *sink;
    bool ok;

    if (!find(x, request, &v)) {
        *why = g_strdup("this connection is no longer in the capture");
        return false;
    }
    sink = mpt_sink_open(path, why);
    if (sink) {
        all = request_of(request, &v);
        mpt_plot_csv(x->collected, x, &all, sink);
    }
    ok = sink && mpt_sink_close(sink, why);
    mpt_sink_free(sink);
    mpt_metrics_clear(&v);
    return ok;
}
