/* plot_page_data.c - the points of graphs as the script element that page.js reads, see plot_internal.h.
 *
 * Times, frames and whole values are differences to the point before: they are short.
 *
 * Invariant: no `<` of the data gets into the script: in JSON it stands in strings only, and is \u003c there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include "plot_internal.h"
#include "tap/engine/base/units.h"

/* A string of JSON that may stand in a script element. */
static void put_string(mpt_sink *sink, const char *text)
{
    GString *printable = g_string_new(NULL);

    mpt_units_printable(printable, text);
    mpt_sink_putc(sink, '"');
    for (const char *c = printable->str; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\' || *c == '<' || *c == '>' || *c == '&')
            mpt_sink_printf(sink, "\\u%04x", (unsigned)*c);
        else
            mpt_sink_putc(sink, *c);
    }
    mpt_sink_putc(sink, '"');
    g_string_free(printable, TRUE);
}

static void put_int(mpt_sink *sink, int64_t value, size_t i)
{
    mpt_sink_printf(sink, i ? ",%" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, value);
}

static void put_values(mpt_sink *sink, mpt_unit unit, const mpt_series_point *p, size_t n)
{
    double before = 0;

    if (unit == MPT_UNIT_SHARE) {
        GString *text = g_string_new(NULL);
        mpt_sink_puts(sink, "\"v\":[");
        for (size_t i = 0; i < n; i++) {
            g_string_assign(text, i ? "," : "");
            mpt_units_double(text, p[i].value, 6);
            mpt_sink_puts(sink, text->str);
        }
        g_string_free(text, TRUE);
    } else {
        mpt_sink_puts(sink, "\"differences\":true,\"v\":[");
        for (size_t i = 0; i < n; i++) {
            double value = round(p[i].value);
            put_int(sink, (int64_t)(value - before), i);
            before = value;
        }
    }
    mpt_sink_putc(sink, ']');
}

static void put_times_and_frames(mpt_sink *sink, const mpt_series_point *p, size_t n)
{
    mpt_sink_puts(sink, ",\"t\":[");
    for (size_t i = 0; i < n; i++)
        put_int(sink, p[i].time_ns - (i ? p[i - 1].time_ns : 0), i);
    mpt_sink_puts(sink, "],\"f\":[");
    for (size_t i = 0; i < n; i++)
        put_int(sink, (int64_t)p[i].frame - (i ? p[i - 1].frame : 0), i);
    mpt_sink_putc(sink, ']');
}

static void put_lengths(mpt_sink *sink, const mpt_series_point *p, size_t n)
{
    bool lengths = false, firsts = false;

    for (size_t i = 0; i < n; i++) {
        lengths |= p[i].length != 0;
        firsts |= p[i].first_frame != 0;
    }
    if (lengths) {
        mpt_sink_puts(sink, ",\"l\":[");
        for (size_t i = 0; i < n; i++)
            put_int(sink, p[i].length, i);
        mpt_sink_putc(sink, ']');
    }
    if (firsts) {
        mpt_sink_puts(sink, ",\"ff\":[");
        for (size_t i = 0; i < n; i++)
            put_int(sink, p[i].first_frame, i);
        mpt_sink_putc(sink, ']');
    }
}

static void put_series(mpt_sink *sink, mpt_unit unit, const mpt_series *s, const mpt_series_point *p,
                       size_t n)
{
    static const char *const styles[] = {[MPT_STYLE_BARS] = "bars",
                                         [MPT_STYLE_STEP] = "step",
                                         [MPT_STYLE_DOTS] = "dots",
                                         [MPT_STYLE_LINE] = "line"};
    GString *title = g_string_new(NULL);

    mpt_plot_series_title(s, title);
    mpt_sink_puts(sink, "{\"title\":");
    put_string(sink, title->str);
    mpt_sink_printf(sink, ",\"name\":\"%s\",\"style\":\"%s\",\"stacks\":%s,\"subflow\":", s->name,
                    styles[s->style], s->stacks ? "true" : "false");
    if (s->subflow == MPT_NO_SUBFLOW)
        mpt_sink_puts(sink, "null,");
    else
        mpt_sink_printf(sink, "%u,", s->subflow);
    put_values(sink, unit, p, n);
    put_times_and_frames(sink, p, n);
    put_lengths(sink, p, n);
    mpt_sink_putc(sink, '}');
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
static bool put_graph(mpt_sink *sink, mpt_plot *plot, mpt_graph_type type, bool first)
{
    mpt_plot_graph *g = &plot->graphs[type];
    GString *title;
    bool any = false;

    if (!(plot->request.types >> type & 1u) || mpt_thinner_total(g->points) == 0)
        return false;
    title = g_string_new(NULL);
    mpt_plot_graph_title(plot, type, title);
    mpt_sink_printf(sink, "%s{\"type\":\"%s\",\"title\":", first ? "" : ",\n", mpt_graph_name(type));
    put_string(sink, title->str);
    g_string_free(title, TRUE);
    mpt_sink_printf(sink,
                    ",\"unit\":\"%s\",\"unitTitle\":\"%s\",\"total\":%" G_GUINT64_FORMAT
                    ",\"kept\":%" G_GSIZE_FORMAT ",\"series\":[",
                    mpt_plot_unit_name(g->graph.unit), mpt_plot_unit_title(g->graph.unit),
                    mpt_thinner_total(g->points), mpt_thinner_kept(g->points));
    for (unsigned s = 0; s < g->graph.count; s++) {
        size_t n;
        const mpt_series_point *p = mpt_thinner_points(g->points, s, &n);

        if (n == 0)
            continue;
        if (any)
            mpt_sink_puts(sink, ",\n");
        any = true;
        put_series(sink, g->graph.unit, &g->graph.series[s], p, n);
    }
    mpt_sink_puts(sink, "]}");
    return true;
}

static void put_seconds(mpt_sink *sink, int64_t ns)
{
    GString *text = g_string_new(NULL);

    mpt_units_seconds(text, ns, 9);
    mpt_sink_puts(sink, text->str);
    g_string_free(text, TRUE);
}

void mpt_plot_data(mpt_plot *plot, mpt_sink *sink)
{
    bool first = true;

    mpt_sink_puts(sink, "<script type=\"application/json\" id=\"data\">{\"start\":");
    put_seconds(sink, plot->view.start_ns);
    mpt_sink_puts(sink, ",\"end\":");
    put_seconds(sink, plot->view.end_ns);
    mpt_sink_puts(sink, ",\"subflows\":[");
    for (uint32_t i = 0; i < plot->view.subflow_count; i++)
        mpt_sink_printf(sink, "%s%u", i ? "," : "", i);
    mpt_sink_puts(sink, "],\n\"events\":[");
    for (guint i = 0; i < MIN(plot->events->len, MPT_PLOT_EVENTS); i++) {
        const mpt_event *e = &g_array_index(plot->events, mpt_event, i);
        mpt_sink_printf(sink, "%s{\"t\":%" G_GINT64_FORMAT ",\"type\":\"%s\",\"frame\":%u}", i ? "," : "",
                        e->time_ns - plot->view.epoch_ns, mpt_event_type_name(e->type), e->frame);
    }
    mpt_sink_puts(sink, "],\n\"graphs\":[\n");
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        if (put_graph(sink, plot, (mpt_graph_type)t, first))
            first = false;
    mpt_sink_puts(sink, "]}</script>\n");
}
