/* plot_svg.c - one graph as plain SVG for papers, see plot_internal.h.
 *
 * Invariant: series look as in windows and on the page (series_look.h); no script, no outside reference.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include "plot_internal.h"
#include "plugin/qt/series_look.h"
#include "strips.h"
#include "tap/engine/base/units.h"

enum {
    WIDTH = 960,
    HEIGHT = 540,
    LEFT = 96,
    RIGHT = 24,
    TOP = 48,
    BOTTOM = 56,
    LEGEND_ROW = 20,
    LEGEND_WIDTH = 290
};

static const char *const DASHES[MPT_LOOK_DASHES] = {"none", "8 3", "2 3", "8 3 2 3"};
/* From the point on. */
static const char *const SHAPES[MPT_LOOK_SYMBOLS] = {"m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
                                                     "m-3 -3h6v6h-6z",
                                                     "m0 -4l4 7h-8z",
                                                     "m0 -4l4 4l-4 4l-4 -4z",
                                                     "m-3 -3l6 6m0 -6l-6 6",
                                                     "m-3 0h6m-3 -3v6"};

struct frame {
    mpt_sink *sink;
    const mpt_graph *graph;
    double t0, t1, v0, v1;
};

static double x_of(const struct frame *f, double t)
{
    return LEFT + (t - f->t0) / (f->t1 - f->t0) * (WIDTH - LEFT - RIGHT);
}

static double y_of(const struct frame *f, double v)
{
    return HEIGHT - BOTTOM - (v - f->v0) / (f->v1 - f->v0) * (HEIGHT - TOP - BOTTOM);
}

static void put_number(mpt_sink *sink, double value)
{
    GString *text = g_string_new(NULL);

    mpt_units_double(text, value, 2);
    mpt_sink_puts(sink, text->str);
    g_string_free(text, TRUE);
}

static void put_point(const struct frame *f, char command, double t, double v)
{
    mpt_sink_putc(f->sink, command);
    put_number(f->sink, x_of(f, t));
    mpt_sink_putc(f->sink, ' ');
    put_number(f->sink, y_of(f, v));
}

/* The value as it is drawn: durations in seconds, shares in percent. */
static double shown(const struct frame *f, double value)
{
    return f->graph->unit == MPT_UNIT_NS      ? value / 1e9
           : f->graph->unit == MPT_UNIT_SHARE ? 100 * value
                                              : value;
}

static double seconds(const mpt_series_point *p)
{
    return (double)p->time_ns / 1e9;
}

/* --- the axes --- */

static void bounds(struct frame *f, mpt_plot_graph *g)
{
    f->t0 = f->v0 = INFINITY;
    f->t1 = f->v1 = -INFINITY;
    for (unsigned s = 0; s < g->graph.count; s++) {
        size_t n;
        const mpt_series_point *p = mpt_thinner_points(g->points, s, &n);

        for (size_t i = 0; i < n && !g->graph.series[s].aside; i++) {
            f->t0 = fmin(f->t0, seconds(&p[i]));
            f->t1 = fmax(f->t1, seconds(&p[i]));
            f->v0 = fmin(f->v0, shown(f, p[i].value));
            f->v1 = fmax(f->v1,
                         shown(f, p[i].value + p[i].length * (g->graph.series[s].style == MPT_STYLE_BARS)));
        }
    }
    if (!isfinite(f->t0))
        f->t0 = f->v0 = 0, f->t1 = f->v1 = 1;
    if (f->graph->unit != MPT_UNIT_DSN && f->graph->unit != MPT_UNIT_SSN)
        f->v0 = fmin(f->v0, 0);
    if (f->t1 <= f->t0)
        f->t1 = f->t0 + 0.001;
    if (f->v1 <= f->v0)
        f->v1 = f->v0 + 1;
}

/* 1, 2 or 5 times a power of ten: about `count` steps in the range. */
static double step_of(double range, int count)
{
    double power = pow(10, floor(log10(range / count))), digit = range / count / power;

    return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}

static void label(const struct frame *f, double x, double y, const char *anchor, double value, double step)
{
    static const char *const prefixes[] = {"", " k", " M", " G", " T"};
    GString *text = g_string_new(NULL);
    unsigned k = 0;
    int decimals;

    while (step >= 1 && fabs(value) >= 1000 && k + 1 < G_N_ELEMENTS(prefixes))
        value /= 1000, step /= 1000, k++;
    decimals = step >= 1 ? 0 : (int)fmin(9, ceil(-log10(step) - 1e-9));
    mpt_units_double(text, value, decimals);
    mpt_sink_puts(f->sink, "<text x=\"");
    put_number(f->sink, x);
    mpt_sink_puts(f->sink, "\" y=\"");
    put_number(f->sink, y);
    mpt_sink_printf(f->sink, "\" text-anchor=\"%s\">%s%s</text>\n", anchor, text->str, prefixes[k]);
    g_string_free(text, TRUE);
}

/* More than there are labels on an axis. */
#define TICKS 32

/* The multiples of `step` between two values; how many there are. */
static unsigned ticks_between(double from, double to, double step, double *ticks)
{
    unsigned count = 0;
    double value = ceil(from / step) * step;

    while (count < TICKS && value <= to) {
        ticks[count++] = value;
        value += step;
    }
    return count;
}

static void axes(const struct frame *f)
{
    double step = step_of(f->t1 - f->t0, 8), ticks[TICKS];
    unsigned count = ticks_between(f->t0, f->t1, step, ticks);

    mpt_sink_puts(f->sink, "<g fill=\"#333\" stroke=\"none\">\n");
    for (unsigned i = 0; i < count; i++)
        label(f, x_of(f, ticks[i]), HEIGHT - BOTTOM + 18, "middle", ticks[i], step);
    step = step_of(f->v1 - f->v0, 6);
    count = ticks_between(f->v0, f->v1, step, ticks);
    for (unsigned i = 0; i < count; i++)
        label(f, LEFT - 8, y_of(f, ticks[i]) + 4, "end", ticks[i], step);
    mpt_sink_puts(f->sink, "</g>\n<path fill=\"none\" stroke=\"#ddd\" d=\"");
    for (unsigned i = 0; i < count; i++) {
        put_point(f, 'M', f->t0, ticks[i]);
        put_point(f, 'L', f->t1, ticks[i]);
    }
    mpt_sink_printf(f->sink, "\"/>\n<path fill=\"none\" stroke=\"#333\" d=\"M%d %dV%dH%d\"/>\n", LEFT, TOP,
                    HEIGHT - BOTTOM, WIDTH - RIGHT);
}

/* --- the series --- */

static bool is_whole(const mpt_series *s)
{
    return s->subflow == MPT_NO_SUBFLOW;
}

static unsigned kind_of(const struct frame *f, unsigned series)
{
    return mpt_plot_series_kind(f->graph, series);
}

static const char *colour_of(const struct frame *f, unsigned series)
{
    const mpt_series *s = &f->graph->series[series];

    if (mpt_look_is_area(is_whole(s), s->stacks))
        return MPT_LOOK_LIGHT[kind_of(f, series) % MPT_LOOK_COLOURS];
    return is_whole(s) ? MPT_LOOK_WHOLE_LIGHT[kind_of(f, series) > 0]
                       : MPT_LOOK_LIGHT[s->subflow % MPT_LOOK_COLOURS];
}

static const char *dash_of(const struct frame *f, unsigned series)
{
    const mpt_series *s = &f->graph->series[series];

    return s->style == MPT_STYLE_STEP ? DASHES[mpt_look_dash_of(is_whole(s), s->subflow, kind_of(f, series))]
                                      : "none";
}

static const char *shape_of(const struct frame *f, unsigned series)
{
    return SHAPES[mpt_look_symbol_of(is_whole(&f->graph->series[series]), kind_of(f, series))];
}

static void lines(const struct frame *f, const mpt_series_point *p, size_t n, bool steps)
{
    mpt_sink_puts(f->sink, " d=\"");
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && steps)
            put_point(f, 'L', seconds(&p[i]), shown(f, p[i - 1].value));
        put_point(f, i == 0 ? 'M' : 'L', seconds(&p[i]), shown(f, p[i].value));
    }
    mpt_sink_puts(f->sink, "\"/>\n");
}

static void bars(const struct frame *f, const mpt_series_point *p, size_t n)
{
    mpt_sink_puts(f->sink, " d=\"");
    for (size_t i = 0; i < n; i++) {
        put_point(f, 'M', seconds(&p[i]), shown(f, p[i].value));
        put_point(f, 'L', seconds(&p[i]), shown(f, p[i].value + p[i].length));
    }
    mpt_sink_puts(f->sink, "\"/>\n");
}

static void marks(const struct frame *f, const mpt_series_point *p, size_t n, const char *shape)
{
    mpt_sink_puts(f->sink, " d=\"");
    for (size_t i = 0; i < n; i++) {
        put_point(f, 'M', seconds(&p[i]), shown(f, p[i].value));
        mpt_sink_puts(f->sink, shape);
    }
    mpt_sink_puts(f->sink, "\"/>\n");
}

static void series(const struct frame *f, mpt_plot_graph *g, unsigned s)
{
    const mpt_series *what = &g->graph.series[s];
    bool framed = what->style == MPT_STYLE_BARS && kind_of(f, s) > 0;
    size_t n;
    const mpt_series_point *p = mpt_thinner_points(g->points, s, &n);

    if (n == 0)
        return;
    mpt_sink_printf(
        f->sink,
        "<path clip-path=\"url(#area)\" fill=\"%s\" fill-opacity=\"0.4\" stroke=\"%s\" stroke-width=\"%s\" stroke-dasharray=\"%s\"",
        mpt_look_is_area(is_whole(what), what->stacks) ? colour_of(f, s) : "none", colour_of(f, s),
        what->style == MPT_STYLE_BARS ? "2" : "1.2", dash_of(f, s));
    if (what->style == MPT_STYLE_BARS && !framed)
        bars(f, p, n);
    else if (what->style == MPT_STYLE_DOTS || framed)
        marks(f, p, n, shape_of(f, s));
    else
        lines(f, p, n, what->style == MPT_STYLE_STEP);
}

static void legend(const struct frame *f, mpt_plot_graph *g)
{
    unsigned at = 0, columns = (WIDTH - LEFT - RIGHT) / LEGEND_WIDTH;

    for (unsigned s = 0; s < g->graph.count; s++) {
        GString *title = g_string_new(NULL);
        int x = LEFT + (int)(at % columns) * LEGEND_WIDTH, y = HEIGHT + 4 + (int)(at / columns) * LEGEND_ROW;
        const mpt_series *what = &g->graph.series[s];
        size_t n;

        mpt_thinner_points(g->points, s, &n);
        mpt_plot_series_title(what, title);
        if (n > 0) {
            bool mark = what->style == MPT_STYLE_DOTS || (what->style == MPT_STYLE_BARS && kind_of(f, s) > 0);

            mpt_sink_printf(f->sink,
                            "<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" "
                            "d=\"M%d %d%s\"/>"
                            "<text x=\"%d\" y=\"%d\">",
                            colour_of(f, s), dash_of(f, s), mark ? x + 12 : x, y,
                            mark ? shape_of(f, s) : "h24", x + 32, y + 4);
            mpt_plot_escape(f->sink, title->str);
            mpt_sink_puts(f->sink, "</text>\n");
            at++;
        }
        g_string_free(title, TRUE);
    }
}

static void thinned(const struct frame *f, mpt_plot_graph *g)
{
    GString *text = g_string_new(NULL);
    uint64_t total = mpt_thinner_total(g->points);
    size_t kept = mpt_thinner_kept(g->points);

    if (kept < total) {
        mpt_units_grouped(text, kept);
        g_string_append(text, " of ");
        mpt_units_grouped(text, total);
        g_string_append(text, " points drawn");
        mpt_sink_printf(f->sink, "<text x=\"%d\" y=\"40\" text-anchor=\"end\" font-size=\"11\">%s</text>\n",
                        WIDTH - RIGHT, text->str);
    }
    g_string_free(text, TRUE);
}

static void strips(const mpt_plot *plot, mpt_sink *sink)
{
    mpt_gui_strips *all = mpt_strips_new(plot);
    GString *title = g_string_new(NULL), *subtitle = g_string_new(NULL);

    g_string_append(title, "Paths over time: throughput of each subflow (average over ");
    mpt_units_duration(title, plot->request.window_ns);
    g_string_append_c(title, ')');
    mpt_plot_title(plot, subtitle);
    mpt_strips_svg(all, title->str, subtitle->str, sink);
    g_string_free(subtitle, TRUE);
    g_string_free(title, TRUE);
    mpt_strips_free(all);
}

static void graph(const mpt_plot *plot, mpt_graph_type type, mpt_plot_graph *g, mpt_sink *sink)
{
    struct frame f = {.sink = sink, .graph = &g->graph};
    GString *title = g_string_new(NULL), *heading = g_string_new(NULL);
    /* Room for the legend, whose rows are as many as series at most. */
    unsigned height = HEIGHT + 16 + (g->graph.count + 2) / 3 * LEGEND_ROW;

    bounds(&f, g);
    mpt_plot_title(plot, title);
    mpt_sink_printf(
        sink,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %u\" width=\"%d\" height=\"%u\" "
        "font-family=\"sans-serif\" font-size=\"12\">\n<title>",
        WIDTH, height, WIDTH, height);
    mpt_plot_escape(sink, title->str);
    mpt_sink_puts(sink,
                  "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"96\" y=\"20\" "
                  "font-size=\"15\">");
    mpt_plot_graph_title(plot, type, heading);
    mpt_plot_escape(sink, heading->str);
    mpt_sink_puts(sink, "</text>\n<text x=\"96\" y=\"38\" font-size=\"11\">");
    mpt_plot_escape(sink, title->str);
    mpt_sink_printf(
        sink,
        "</text>\n<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">seconds since the first frame</text>\n"
        "<text transform=\"translate(20 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
        (WIDTH + LEFT) / 2, HEIGHT - BOTTOM + 38, (HEIGHT - BOTTOM + TOP) / 2,
        g->graph.unit == MPT_UNIT_SHARE ? "share, percent" : mpt_plot_unit_title(g->graph.unit));
    thinned(&f, g);
    axes(&f);
    mpt_sink_printf(sink,
                    "<clipPath id=\"area\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>\n",
                    LEFT - 4, TOP - 4, WIDTH - LEFT - RIGHT + 8, HEIGHT - TOP - BOTTOM + 8);
    /* Those of the subflows upon those of the connection. */
    for (unsigned s = 0; s < g->graph.count; s++)
        if (is_whole(&g->graph.series[s]))
            series(&f, g, s);
    for (unsigned s = 0; s < g->graph.count; s++)
        if (!is_whole(&g->graph.series[s]))
            series(&f, g, s);
    legend(&f, g);
    mpt_sink_puts(sink, "</svg>\n");
    g_string_free(heading, TRUE);
    g_string_free(title, TRUE);
}

void mpt_plot_svg(mpt_plot *plot, mpt_graph_type type, mpt_sink *sink)
{
    mpt_plot_graph *g = &plot->graphs[type];

    if (type == MPT_GRAPH_SUBFLOWS)
        strips(plot, sink);
    else
        graph(plot, type, g, sink);
}
