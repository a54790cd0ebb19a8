/* plot_page_data.c - the points of graphs as the script element that page.js reads, see plot_internal.h.
 *
 * Times, frames and whole values are differences to the point before: they are short.
 *
 * Invariant: no `<` of the data gets into the script (mpt_json_new_in_script()).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include "plot_internal.h"
#include "tap/engine/base/units.h"

static void put_values(mpt_json *json, mpt_unit unit, const mpt_series_point *p, size_t n)
{
    double before = 0;

    if (unit != MPT_UNIT_SHARE)
        mpt_json_member_bool(json, "differences", true);
    mpt_json_member_array(json, "v");
    for (size_t i = 0; i < n; i++) {
        if (unit == MPT_UNIT_SHARE) {
            mpt_json_double(json, p[i].value, 6);
        } else {
            double more = round(p[i].value) - before;
            if (fabs(more) < 0x1p53)
                mpt_json_int(json, (int64_t)more);
            else
                mpt_json_double(json, more, 0);
            before += more; /* as the page adds them */
        }
    }
    mpt_json_end_array(json);
}

static void put_times_and_frames(mpt_json *json, const mpt_series_point *p, size_t n)
{
    mpt_json_member_array(json, "t");
    for (size_t i = 0; i < n; i++)
        mpt_json_int(json, p[i].time_ns - (i ? p[i - 1].time_ns : 0));
    mpt_json_end_array(json);
    mpt_json_member_array(json, "f");
    for (size_t i = 0; i < n; i++)
        mpt_json_int(json, (int64_t)p[i].frame - (i ? p[i - 1].frame : 0));
    mpt_json_end_array(json);
}

static void put_lengths(mpt_json *json, const mpt_series_point *p, size_t n)
{
    bool lengths = false, firsts = false;

    for (size_t i = 0; i < n; i++) {
        lengths |= p[i].length != 0;
        firsts |= p[i].first_frame != 0;
    }
    if (lengths) {
        mpt_json_member_array(json, "l");
        for (size_t i = 0; i < n; i++)
            mpt_json_uint(json, p[i].length);
        mpt_json_end_array(json);
    }
    if (firsts) {
        mpt_json_member_array(json, "ff");
        for (size_t i = 0; i < n; i++)
            mpt_json_uint(json, p[i].first_frame);
        mpt_json_end_array(json);
    }
}

static void put_series(mpt_json *json, const mpt_plot_graph *g, unsigned series)
{
    static const char *const styles[] = {[MPT_STYLE_BARS] = "bars",
                                         [MPT_STYLE_STEP] = "step",
                                         [MPT_STYLE_DOTS] = "dots",
                                         [MPT_STYLE_LINE] = "line"};
    const mpt_series *s = &g->graph.series[series];
    GString *title = g_string_new(NULL);
    size_t n;
    const mpt_series_point *p = mpt_thinner_points(g->points, series, &n);

    mpt_plot_series_title(s, title);
    mpt_json_begin_object(json);
    mpt_json_member_string(json, "title", title->str);
    mpt_json_member_string(json, "name", s->name);
    mpt_json_member_string(json, "style", styles[s->style]);
    mpt_json_member_bool(json, "stacks", s->stacks);
    mpt_json_member_bool(json, "aside", s->aside);
    mpt_json_member_uint(json, "kind", mpt_plot_series_kind(&g->graph, series));
    if (s->subflow == MPT_NO_SUBFLOW)
        mpt_json_member_null(json, "subflow");
    else
        mpt_json_member_uint(json, "subflow", s->subflow);
    put_values(json, g->graph.unit, p, n);
    put_times_and_frames(json, p, n);
    put_lengths(json, p, n);
    mpt_json_end_object(json);
    g_string_free(title, TRUE);
}

void mpt_plot_graph_title(const mpt_plot *plot, mpt_graph_type type, GString *title)
{
    g_string_append(title, mpt_graph_title(type));
    if (type == MPT_GRAPH_THROUGHPUT || type == MPT_GRAPH_GOODPUT) {
        g_string_append(title, " (average over ");
        mpt_units_duration(title, plot->request.window_ns);
        g_string_append_c(title, ')');
    } else if (type == MPT_GRAPH_TCP) {
        g_string_append_printf(title, ": subflow %u", plot->request.tcp_subflow);
    }
}

/* Series without points are left out, and graphs without any. */
static void put_graph(mpt_json *json, const mpt_plot *plot, mpt_graph_type type)
{
    const mpt_plot_graph *g = &plot->graphs[type];
    GString *title;
    bool any = false;

    if (!(plot->request.types >> type & 1u) || mpt_thinner_total(g->points) == 0)
        return;
    title = g_string_new(NULL);
    mpt_plot_graph_title(plot, type, title);
    mpt_json_break_line(json);
    mpt_json_begin_object(json);
    mpt_json_member_string(json, "type", mpt_graph_name(type));
    mpt_json_member_string(json, "title", title->str);
    mpt_json_member_string(json, "unit", mpt_plot_unit_name(g->graph.unit));
    mpt_json_member_string(json, "unitTitle", mpt_plot_unit_title(g->graph.unit));
    mpt_json_member_uint(json, "total", mpt_thinner_total(g->points));
    mpt_json_member_uint(json, "kept", mpt_thinner_kept(g->points));
    mpt_json_member_array(json, "series");
    for (unsigned s = 0; s < g->graph.count; s++) {
        size_t n;

        mpt_thinner_points(g->points, s, &n);
        if (n == 0)
            continue;
        if (any)
            mpt_json_break_line(json);
        any = true;
        put_series(json, g, s);
    }
    mpt_json_end_array(json);
    mpt_json_end_object(json);
    g_string_free(title, TRUE);
}

static void put_events(mpt_json *json, const mpt_plot *plot)
{
    mpt_json_break_line(json);
    mpt_json_member_array(json, "events");
    for (guint i = 0; i < MIN(plot->events->len, MPT_PLOT_EVENTS); i++) {
        const mpt_event *e = &g_array_index(plot->events, mpt_event, i);

        mpt_json_begin_object(json);
        mpt_json_member_int(json, "t", e->time_ns - plot->view.epoch_ns);
        mpt_json_member_string(json, "type", mpt_event_name(e));
        mpt_json_member_uint(json, "frame", e->frame);
        mpt_json_end_object(json);
    }
    mpt_json_end_array(json);
}

void mpt_plot_data(mpt_plot *plot, mpt_sink *sink)
{
    mpt_json *json = mpt_json_new_in_script(sink);

    mpt_sink_puts(sink, "<script type=\"application/json\" id=\"data\">");
    mpt_json_begin_object(json);
    mpt_json_member_seconds(json, "start", plot->view.start_ns);
    mpt_json_member_seconds(json, "end", plot->view.end_ns);
    mpt_json_member_array(json, "subflows");
    for (uint32_t i = 0; i < plot->view.subflow_count; i++)
        mpt_json_uint(json, i);
    mpt_json_end_array(json);
    put_events(json, plot);
    mpt_json_break_line(json);
    mpt_json_member_array(json, "graphs");
    mpt_json_break_line(json);
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        put_graph(json, plot, (mpt_graph_type)t);
    mpt_json_end_array(json);
    mpt_json_end_object(json);
    mpt_json_finish(json);
    mpt_json_free(json);
    mpt_sink_puts(sink, "</script>\n");
}
