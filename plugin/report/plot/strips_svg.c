/* strips_svg.c - paths over time as SVG, see strips.h: where things lie is in plugin/qt/strips_geometry.h.
 *
 * Invariant: no script, no outside reference; what comes from the capture is escaped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include "plot_internal.h"
#include "plugin/qt/series_look.h"
#include "plugin/qt/strips_geometry.h"
#include "plugin/qt/strips_look.h"
#include "strips.h"
#include "tap/engine/base/units.h"

enum { WIDTH = 960, LEFT = 190, RIGHT = 24, STRIP = 92, HEAD = 52, FOOT = 44, LEGEND = 26, TICKS = 32 };

struct drawing {
    mpt_sink *sink;
    const mpt_gui_strips *strips;
    mpt_strips_area area;
};

static void put(const struct drawing *d, double value)
{
    GString *text = g_string_new(NULL);

    mpt_units_double(text, value, 1);
    mpt_sink_puts(d->sink, text->str);
    g_string_free(text, TRUE);
}

static void put_attribute(const struct drawing *d, const char *name, double value)
{
    mpt_sink_printf(d->sink, " %s=\"", name);
    put(d, value);
    mpt_sink_putc(d->sink, '"');
}

static void put_text(const struct drawing *d, double x, double y, const char *more, const char *text)
{
    mpt_sink_puts(d->sink, "<text");
    put_attribute(d, "x", x);
    put_attribute(d, "y", y);
    mpt_sink_printf(d->sink, "%s>", more);
    mpt_plot_escape(d->sink, text);
    mpt_sink_puts(d->sink, "</text>\n");
}

static void put_rect(const struct drawing *d, double x, double y, double width, double height,
                     const char *more)
{
    mpt_sink_puts(d->sink, "<rect");
    put_attribute(d, "x", x);
    put_attribute(d, "y", y);
    put_attribute(d, "width", width);
    put_attribute(d, "height", height);
    mpt_sink_printf(d->sink, "%s/>\n", more);
}

/* --- a strip --- */

static void put_span(const struct drawing *d, unsigned i, const mpt_gui_span *span)
{
    double top = mpt_strips_top(&d->area, i), base = mpt_strips_base(&d->area, i), left, right;
    char *more;

    if (!mpt_strips_span(&d->area, span, &left, &right))
        return;
    more = g_strdup_printf(" fill=\"%s\" fill-opacity=\"%s\"", MPT_STRIPS_SPAN_LIGHT[span->kind],
                           MPT_STRIPS_SPAN_OPACITY);
    put_rect(d, left, top, right - left, base - top, more);
    g_free(more);
    /* A bar along one edge tells them apart without colour: backup none, waited below, out above. */
    more = g_strdup_printf(" fill=\"%s\"", MPT_STRIPS_SPAN_LIGHT[span->kind]);
    if (span->kind == MPT_GUI_SPAN_OUT)
        put_rect(d, left, top - MPT_STRIPS_EDGE, right - left, MPT_STRIPS_EDGE, more);
    else if (span->kind == MPT_GUI_SPAN_WAITED)
        put_rect(d, left, base, right - left, MPT_STRIPS_EDGE, more);
    g_free(more);
}

static void put_outline(const struct drawing *d, unsigned i, const mpt_gui_strip *strip)
{
    mpt_strips_point *points = g_new(mpt_strips_point, 2 * strip->rate_count + 2);
    size_t n = mpt_strips_outline(&d->area, i, strip, points);
    const char *colour = MPT_LOOK_LIGHT[strip->subflow % MPT_LOOK_COLOURS];

    if (n)
        mpt_sink_printf(d->sink,
                        "<path fill=\"%s\" fill-opacity=\"0.55\" stroke=\"%s\" stroke-width=\"0.8\" d=\"",
                        colour, colour);
    for (size_t k = 0; k < n; k++) {
        mpt_sink_putc(d->sink, k ? 'L' : 'M');
        put(d, points[k].x);
        mpt_sink_putc(d->sink, ' ');
        put(d, points[k].y);
    }
    if (n)
        mpt_sink_puts(d->sink, "z\"/>\n");
    g_free(points);
}

static void put_symbol(const struct drawing *d, mpt_gui_mark_kind kind, double x, double y)
{
    static const char *const shapes[MPT_GUI_MARKS] = {
        [MPT_GUI_MARK_JOIN] = "m0 -4l4 7h-8z",
        [MPT_GUI_MARK_ADDRESS] = "m0 -4l4 4l-4 4l-4 -4z",
        [MPT_GUI_MARK_PRIORITY] = "m-3 -3h6v6h-6z",
        [MPT_GUI_MARK_RESET] = "m-4 -4l8 8m0 -8l-8 8",
        [MPT_GUI_MARK_AGAIN] = "v5",
    };

    mpt_sink_puts(d->sink, "M");
    put(d, x);
    mpt_sink_putc(d->sink, ' ');
    put(d, y);
    mpt_sink_puts(d->sink, shapes[kind]);
}

static void put_marks(const struct drawing *d, unsigned i, const mpt_gui_strip *strip, mpt_gui_mark_kind kind)
{
    double y = kind == MPT_GUI_MARK_AGAIN ? mpt_strips_base(&d->area, i) + 1 : mpt_strips_top(&d->area, i),
           last = -1;
    bool any = false;

    for (size_t k = 0; k < strip->mark_count; k++) {
        double x = mpt_strips_x(&d->area, (double)strip->marks[k].time_ns);

        if (strip->marks[k].kind != kind || (any && x - last < 1))
            continue;
        if (!any)
            mpt_sink_printf(d->sink, "<path %s d=\"", MPT_STRIPS_MARK_STYLE[kind]);
        put_symbol(d, kind, x, y);
        last = x;
        any = true;
    }
    if (any)
        mpt_sink_puts(d->sink, "\"/>\n");
}

static void put_labels(const struct drawing *d, unsigned i, const mpt_gui_strip *strip)
{
    double y = (mpt_strips_top(&d->area, i) + mpt_strips_base(&d->area, i)) / 2 - 18;
    char *name = g_strdup_printf("subflow %u", strip->subflow),
         *server = g_strdup_printf("-> %s", strip->server);
    const char *lines[] = {strip->client, server, strip->interfaces};

    put_text(d, 8, y, " font-weight=\"bold\"", name);
    for (size_t k = 0; k < G_N_ELEMENTS(lines); k++)
        if (lines[k])
            put_text(d, 8, y + 15 * (double)(k + 1), " font-size=\"11\"", lines[k]);
    g_free(server);
    g_free(name);
}

static void put_strip(const struct drawing *d, unsigned i)
{
    const mpt_gui_strip *strip = &d->strips->strips[i];
    double base = mpt_strips_base(&d->area, i), left = mpt_strips_x(&d->area, (double)strip->from_ns);

    put_labels(d, i, strip);
    put_rect(d, d->area.left, mpt_strips_top(&d->area, i), d->area.right - d->area.left,
             base - mpt_strips_top(&d->area, i), " fill=\"#f6f8fa\"");
    for (size_t k = 0; k < strip->span_count; k++)
        put_span(d, i, &strip->spans[k]);
    put_outline(d, i, strip);
    put_rect(d, left, base, mpt_strips_x(&d->area, (double)strip->to_ns) - left, 1, " fill=\"#1b1f24\"");
    for (mpt_gui_mark_kind kind = 0; kind < MPT_GUI_MARKS; kind++)
        put_marks(d, i, strip, kind);
}

/* --- around them --- */

/* 1, 2 or 5 times a power of ten: about eight steps in the range. */
static double step_of(double range)
{
    double power = pow(10, floor(log10(range / 8))), digit = range / 8 / power;

    return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}

static void put_times(const struct drawing *d)
{
    double from = d->area.from / 1e9, to = d->area.to / 1e9, step = step_of(to - from);
    int decimals = step >= 1 ? 0 : (int)fmin(9, ceil(-log10(step) - 1e-9));
    double first = ceil(from / step);

    for (unsigned k = 0; k < TICKS && (first + k) * step <= to; k++) {
        GString *text = g_string_new(NULL);
        double x = mpt_strips_x(&d->area, (first + k) * step * 1e9);

        mpt_units_double(text, (first + k) * step, decimals);
        put_rect(d, x, d->area.top, 0.5, d->area.bottom - d->area.top, " fill=\"#d0d7de\"");
        put_text(d, x, d->area.bottom + 16, " text-anchor=\"middle\"", text->str);
        g_string_free(text, TRUE);
    }
    put_text(d, (d->area.left + d->area.right) / 2, d->area.bottom + 34, " text-anchor=\"middle\"",
             "seconds since the first frame");
}

/* Only of what there is. */
static void legend(const struct drawing *d, double y)
{
    bool spans[MPT_GUI_SPANS] = {false}, marks[MPT_GUI_MARKS] = {false};
    double x = d->area.left;

    for (unsigned i = 0; i < d->strips->count; i++) {
        const mpt_gui_strip *strip = &d->strips->strips[i];
        for (size_t k = 0; k < strip->span_count; k++)
            spans[strip->spans[k].kind] = true;
        for (size_t k = 0; k < strip->mark_count; k++)
            marks[strip->marks[k].kind] = true;
    }
    for (mpt_gui_span_kind kind = 0; kind < MPT_GUI_SPANS; kind++) {
        char *more;
        if (!spans[kind])
            continue;
        more = g_strdup_printf(" fill=\"%s\" fill-opacity=\"%s\"", MPT_STRIPS_SPAN_LIGHT[kind],
                               MPT_STRIPS_SPAN_OPACITY);
        put_rect(d, x, y - 9, 18, 11, more);
        g_free(more);
        more = g_strdup_printf(" fill=\"%s\"", MPT_STRIPS_SPAN_LIGHT[kind]);
        if (kind != MPT_GUI_SPAN_BACKUP)
            put_rect(d, x, kind == MPT_GUI_SPAN_OUT ? y - 12 : y + 2, 18, MPT_STRIPS_EDGE, more);
        g_free(more);
        put_text(d, x + 24, y, "", mpt_strips_span_name(kind));
        x += 40 + 7 * (double)strlen(mpt_strips_span_name(kind));
    }
    for (mpt_gui_mark_kind kind = 0; kind < MPT_GUI_MARKS; kind++) {
        if (!marks[kind])
            continue;
        mpt_sink_printf(d->sink, "<path %s d=\"", MPT_STRIPS_MARK_STYLE[kind]);
        put_symbol(d, kind, x + 5, kind == MPT_GUI_MARK_AGAIN ? y - 7 : y - 4);
        mpt_sink_puts(d->sink, "\"/>\n");
        put_text(d, x + 15, y, "", mpt_strips_mark_name(kind));
        x += 32 + 7 * (double)strlen(mpt_strips_mark_name(kind));
    }
}

static void put_scale(const struct drawing *d, double y)
{
    GString *text = g_string_new("Height of a strip: ");

    if (d->strips->highest > 0)
        mpt_units_rate(text, d->strips->highest);
    else
        g_string_assign(text, "No data in this direction");
    put_text(d, d->area.right, y, " text-anchor=\"end\" font-size=\"11\"", text->str);
    g_string_free(text, TRUE);
}

static mpt_strips_area area_of(const mpt_gui_strips *strips, double top)
{
    unsigned count = MAX(strips->count, 1);
    mpt_strips_area a = {.left = LEFT,
                         .right = WIDTH - RIGHT,
                         .top = top,
                         .bottom = top + (double)count * STRIP,
                         .from = (double)strips->from_ns,
                         .to = (double)strips->to_ns,
                         .count = count,
                         .highest = strips->highest > 0 ? strips->highest : 1};

    if (a.to <= a.from)
        a.to = a.from + 1e6;
    return a;
}

void mpt_strips_svg(const mpt_gui_strips *strips, const char *title, const char *subtitle, mpt_sink *sink)
{
    struct drawing d = {.sink = sink, .strips = strips, .area = area_of(strips, title ? HEAD : 20)};
    unsigned height = (unsigned)d.area.bottom + FOOT + LEGEND;

    mpt_sink_printf(
        sink,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %u\" width=\"%d\" height=\"%u\" "
        "font-family=\"sans-serif\" font-size=\"12\" fill=\"#1b1f24\">\n",
        WIDTH, height, WIDTH, height);
    if (title) {
        mpt_sink_puts(sink, "<title>");
        mpt_plot_escape(sink, subtitle);
        mpt_sink_puts(sink, "</title>\n");
    }
    mpt_sink_puts(sink, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    if (title) {
        put_text(&d, 8, 20, " font-size=\"15\"", title);
        put_text(&d, 8, 38, " font-size=\"11\"", subtitle);
    }
    for (unsigned i = 0; i < strips->count; i++)
        put_strip(&d, i);
    put_times(&d);
    put_scale(&d, title ? 38 : 12);
    legend(&d, d.area.bottom + FOOT + 12);
    mpt_sink_puts(sink, "</svg>\n");
}
