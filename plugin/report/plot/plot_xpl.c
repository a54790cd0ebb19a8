/* plot_xpl.c - one graph in the language of xplot, as tcptrace writes it. See plot_internal.h.
 *
 * Invariant: times are those of the capture, to the microsecond, as xplot's timeval has them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plot_internal.h"
#include "tap/engine/base/units.h"

static const char *const COLOURS[] = {"green",  "red",    "blue",    "yellow",
                                      "purple", "orange", "magenta", "pink"};

struct writer {
    mpt_sink *sink;
    const mpt_plot *plot;
    mpt_unit unit;
};

static void put_time(const struct writer *w, int64_t time_ns)
{
    GString *text = g_string_new(NULL);

    mpt_units_seconds(text, time_ns + w->plot->view.epoch_ns, 6);
    mpt_sink_printf(w->sink, " %s", text->str);
    g_string_free(text, TRUE);
}

static void put_value(const struct writer *w, double value)
{
    GString *text = g_string_new(" ");

    if (w->unit == MPT_UNIT_NS)
        mpt_units_double(text, value / 1e9, 9);
    else
        mpt_units_double(text, value, w->unit == MPT_UNIT_SHARE ? 9 : 0);
    mpt_sink_puts(w->sink, text->str);
    g_string_free(text, TRUE);
}

static void put_line(const struct writer *w, int64_t from_ns, double from, int64_t to_ns, double to)
{
    mpt_sink_puts(w->sink, "line");
    put_time(w, from_ns);
    put_value(w, from);
    put_time(w, to_ns);
    put_value(w, to);
    mpt_sink_putc(w->sink, '\n');
}

static void put_mark(const struct writer *w, const char *mark, const mpt_series_point *p)
{
    mpt_sink_puts(w->sink, mark);
    put_time(w, p->time_ns);
    put_value(w, p->value);
    mpt_sink_putc(w->sink, '\n');
}

static void put_points(const struct writer *w, const mpt_series *s, const mpt_series_point *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s->style == MPT_STYLE_BARS) {
            put_mark(w, "darrow", &p[i]);
            put_line(w, p[i].time_ns, p[i].value, p[i].time_ns, p[i].value + p[i].length);
        } else if (s->style == MPT_STYLE_DOTS) {
            put_mark(w, "diamond", &p[i]);
        } else if (i > 0) {
            bool step = s->style == MPT_STYLE_STEP;
            put_line(w, p[i - 1].time_ns, p[i - 1].value, p[i].time_ns, step ? p[i - 1].value : p[i].value);
            if (step)
                put_line(w, p[i].time_ns, p[i - 1].value, p[i].time_ns, p[i].value);
        }
    }
}

/* One line of text: xplot has no way to quote its end. */
static void put_text(const struct writer *w, const char *text)
{
    GString *line = g_string_new(NULL);

    mpt_units_printable(line, text);
    mpt_sink_puts(w->sink, line->str);
    mpt_sink_putc(w->sink, '\n');
    g_string_free(line, TRUE);
}

static void put_events(const struct writer *w)
{
    mpt_sink_puts(w->sink, "white\n");
    for (guint i = 0; i < w->plot->events->len; i++) {
        const mpt_event *e = &g_array_index(w->plot->events, mpt_event, i);

        if (!e->frame)
            continue;
        mpt_sink_puts(w->sink, "atext");
        put_time(w, e->time_ns - w->plot->view.epoch_ns);
        put_value(w, 0);
        mpt_sink_putc(w->sink, '\n');
        put_text(w, mpt_event_name(e));
    }
}

void mpt_plot_xpl(mpt_plot *plot, mpt_graph_type type, mpt_sink *sink)
{
    mpt_plot_graph *g = &plot->graphs[type];
    struct writer w = {.sink = sink, .plot = plot, .unit = g->graph.unit};
    GString *title = g_string_new(NULL);

    mpt_plot_title(plot, title);
    mpt_sink_puts(sink, "timeval double\ntitle\n");
    put_text(&w, title->str);
    mpt_sink_puts(sink, "xlabel\ntime\nylabel\n");
    put_text(&w, mpt_plot_unit_title(w.unit));
    for (unsigned s = 0; s < g->graph.count; s++) {
        const mpt_series *series = &g->graph.series[s];
        size_t n;
        const mpt_series_point *p = mpt_thinner_points(g->points, s, &n);

        mpt_sink_printf(sink, "%s\n", COLOURS[s % G_N_ELEMENTS(COLOURS)]);
        put_points(&w, series, p, n);
    }
    if (type == MPT_GRAPH_SEQUENCE || type == MPT_GRAPH_SUBFLOWS)
        put_events(&w);
    mpt_sink_puts(sink, "go\n");
    g_string_free(title, TRUE);
}
