/* flow_svg.c - a ladder as SVG, see flow_internal.h.
 *
 * Invariant: looks as in the window (flow_layout.h, flow_look.h); no script, no outside reference.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_internal.h"
#include "tap/engine/base/units.h"

#define WIDTH 1080.0
/* Above the heads of the lanes: the title. */
#define TITLE 36.0
/* Of the legend. */
enum { ENTRY = 250, ENTRY_ROW = 20 };

static void put_escaped(mpt_sink *sink, const char *text)
{
    char *escaped = g_markup_escape_text(text, -1);

    mpt_sink_puts(sink, escaped);
    g_free(escaped);
}

static void put(mpt_sink *sink, const char *before, double value)
{
    GString *text = g_string_new(NULL);

    mpt_units_double(text, value, 1);
    if (g_str_has_suffix(text->str, ".0"))
        g_string_truncate(text, text->len - 2);
    mpt_sink_puts(sink, before);
    mpt_sink_puts(sink, text->str);
    g_string_free(text, TRUE);
}

static void put_text(mpt_sink *sink, double x, double y, const char *class, const char *text)
{
    put(sink, "<text x=\"", x);
    put(sink, "\" y=\"", y);
    mpt_sink_printf(sink, "\" class=\"%s\">", class);
    put_escaped(sink, text);
    mpt_sink_puts(sink, "</text>\n");
}

static void put_rule(mpt_sink *sink, double x0, double y0, double x1, double y1, const char *class)
{
    put(sink, "<path d=\"M", x0);
    put(sink, " ", y0);
    put(sink, "L", x1);
    put(sink, " ", y1);
    mpt_sink_printf(sink, "\" class=\"%s\"/>\n", class);
}

static void put_styles(mpt_sink *sink)
{
    mpt_sink_puts(
        sink,
        "<style>\n"
        "text { fill: #1b1f24 } path { fill: none }\n"
        ".r { text-anchor: end } .m { text-anchor: middle } .b { text-anchor: middle; font-weight: bold }\n"
        ".g { fill: #59636e; text-anchor: end } .f { fill: #59636e; font-size: 9px }\n"
        ".fr { fill: #59636e; font-size: 9px; text-anchor: end }\n"
        ".l { text-anchor: middle; paint-order: stroke; stroke: #fff; stroke-width: 3px }\n"
        ".p { fill: #59636e; font-size: 9px; paint-order: stroke; stroke: #fff; stroke-width: 3px }\n"
        ".edge { stroke: #8b949e } .pause { stroke: #d0d7de; stroke-dasharray: 2 4 }\n");
    for (unsigned k = 0; k < MPT_FLOW_LOOKS; k++) {
        const mpt_flow_style *style = &MPT_FLOW_STYLES[k];

        mpt_sink_printf(sink, ".k%u { stroke: %s; fill: none", k, style->light);
        put(sink, "; stroke-width: ", style->width);
        for (unsigned i = 0; i < G_N_ELEMENTS(style->dash) && style->dash[i] > 0; i++)
            put(sink, i ? " " : "; stroke-dasharray: ", style->dash[i]);
        mpt_sink_printf(sink, " } .h%u { stroke: %s; fill: %s } .x%u { stroke: %s; stroke-width: 2 }\n", k,
                        style->light, style->light, k, style->light);
    }
    mpt_sink_puts(sink, ".run { stroke-width: 3.2 }\n</style>\n");
}

/* --- lanes --- */

static unsigned lanes_of(const mpt_flow_shown *shown)
{
    return shown->subflow == MPT_FLOW_ANY_SUBFLOW ? MAX(shown->flow->lane_count, 1) : 1;
}

/* Where a subflow is drawn; and back. */
static unsigned lane_of(const mpt_flow_shown *shown, unsigned subflow)
{
    return shown->subflow == MPT_FLOW_ANY_SUBFLOW ? subflow : 0;
}

static unsigned subflow_of(const mpt_flow_shown *shown, unsigned lane)
{
    return shown->subflow == MPT_FLOW_ANY_SUBFLOW ? lane : shown->subflow;
}

/* --- arrows --- */

static void put_head(mpt_sink *sink, const mpt_flow_shape *s, double y)
{
    double back = s->x1 > s->x0 ? -8 : 8;

    if (s->lost) {
        put(sink, "<path d=\"M", s->x1 - 4);
        put(sink, " ", s->y1 + y - 4);
        put(sink, "l8 8m0 -8l-8 8\" class=\"x", s->look);
    } else {
        put(sink, "<path d=\"M", s->x1);
        put(sink, " ", s->y1 + y);
        put(sink, "l", back);
        put(sink, " -3.5v7z\" class=\"h", s->look);
    }
    mpt_sink_puts(sink, "\"/>\n");
}

static void put_arrow(mpt_sink *sink, const mpt_flow_shape *s, double y)
{
    double head = s->lost ? 0 : s->x1 > s->x0 ? -6 : 6;

    mpt_sink_puts(sink, "<g>\n");
    put(sink, "<path d=\"M", s->x0);
    put(sink, " ", s->y0 + y);
    put(sink, "L", s->x1 + head);
    put(sink, " ", s->y1 + y);
    mpt_sink_printf(sink, "\" class=\"k%u%s\"/>\n", s->look, s->run ? " run" : "");
    put_head(sink, s, y);
    put_text(sink, s->label_x, s->label_y + y, "l", s->label->str);
    put_text(sink, MPT_FLOW_TIME, s->label_y + y + 4, "r", s->time->str);
    put_text(sink, MPT_FLOW_FRAME, s->label_y + y + 4, "g", s->frame->str);
    if (s->far->len)
        put_text(sink, s->far_x, s->label_y + y, s->far_ends ? "fr" : "f", s->far->str);
    mpt_sink_puts(sink, "</g>\n");
}

static void put_rows(const mpt_flow_shown *shown, const mpt_flow_layout *l, mpt_sink *sink)
{
    mpt_flow_shape s;
    double top = TITLE + MPT_FLOW_TOP;

    mpt_flow_shape_init(&s);
    for (uint32_t i = 0; i < shown->count; i++) {
        mpt_flow_row row;

        mpt_flow_rows_at(shown->rows, shown->level, i, &row);
        mpt_flow_shape_set(&s, l, shown->flow, shown->rows, shown->level, i, lane_of(shown, row.subflow));
        if (s.pause->len) {
            put_rule(sink, 8, i * MPT_FLOW_ROW + top, l->width - 8, i * MPT_FLOW_ROW + top, "pause");
            put_text(sink, 8, i * MPT_FLOW_ROW + top + 3, "p", s.pause->str);
        }
        put_arrow(sink, &s, top);
    }
    mpt_flow_shape_clear(&s);
}

/* --- around them --- */

static void put_lanes(const mpt_flow_shown *shown, const mpt_flow_layout *l, mpt_sink *sink)
{
    double bottom = TITLE + MPT_FLOW_TOP + shown->count * MPT_FLOW_ROW;

    put_text(sink, MPT_FLOW_TIME, TITLE + 46, "r", "time (s)");
    put_text(sink, MPT_FLOW_FRAME, TITLE + 46, "g", "frame");
    for (unsigned i = 0; i < lanes_of(shown) && shown->flow->lane_count; i++) {
        const mpt_flow_lane *lane = &shown->flow->lanes[subflow_of(shown, i)];
        double client = mpt_flow_layout_edge(l, i, MPT_CLIENT),
               server = mpt_flow_layout_edge(l, i, MPT_SERVER);

        put_text(sink, (client + server) / 2, TITLE + 14, "b", lane->title);
        put_text(sink, client, TITLE + 30, "", lane->ends[MPT_CLIENT]);
        put_text(sink, server, TITLE + 46, "r", lane->ends[MPT_SERVER]);
        put_rule(sink, client, TITLE + 34, client, bottom, "edge");
        put_rule(sink, server, TITLE + 50, server, bottom, "edge");
    }
}

static void put_legend(unsigned looks, unsigned columns, double y, mpt_sink *sink)
{
    unsigned at = 0;

    for (unsigned k = 0; k < MPT_FLOW_LOOKS; k++) {
        const unsigned line = at / columns;
        double x = 16 + at % columns * (double)ENTRY, row = y + line * (double)ENTRY_ROW;
        char class[] = "k0";

        if (!(looks >> k & 1u))
            continue;
        class[1] = (char)('0' + k);
        put_rule(sink, x, row - 4, x + 40, row - 4, class);
        put_text(sink, x + 48, row, "", MPT_FLOW_STYLES[k].name);
        at++;
    }
}

static void put_note(const mpt_flow_shown *shown, double width, mpt_sink *sink)
{
    uint32_t all = mpt_flow_rows_count(shown->rows, shown->level);
    GString *note = g_string_new(NULL);

    if (shown->count < all) {
        mpt_units_grouped(note, shown->count);
        g_string_append(note, " of ");
        mpt_units_grouped(note, all);
        g_string_append(note, " rows drawn");
    } else if (shown->level) {
        g_string_append(note, "thick: a run of packets of one kind");
    }
    if (shown->flow->both_ends)
        g_string_append_printf(note, "%sboth ends: the steeper, the longer on the way",
                               note->len ? "; " : "");
    if (note->len)
        put_text(sink, width - 16, 34, "g", note->str);
    g_string_free(note, TRUE);
}

void mpt_flow_svg(const mpt_flow_shown *shown, mpt_sink *sink)
{
    mpt_flow_layout l;
    unsigned looks = mpt_flow_rows_looks(shown->rows), columns, lines;
    double rows, height;

    mpt_flow_layout_init(&l, lanes_of(shown), shown->flow->both_ends, WIDTH);
    columns = (unsigned)MAX((l.width - 16) / ENTRY, 1);
    rows = TITLE + MPT_FLOW_TOP + shown->count * MPT_FLOW_ROW;
    lines = MPT_FLOW_LOOKS / columns + 1;
    height = rows + 20 + lines * (double)ENTRY_ROW;
    put(sink, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", l.width);
    put(sink, " ", height);
    put(sink, "\" width=\"", l.width);
    put(sink, "\" height=\"", height);
    mpt_sink_puts(sink, "\" font-family=\"sans-serif\" font-size=\"11\">\n<title>");
    put_escaped(sink, shown->flow->title);
    mpt_sink_puts(sink, "</title>\n");
    put_styles(sink);
    mpt_sink_puts(sink, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
                        "<text x=\"16\" y=\"22\" font-size=\"15\">");
    put_escaped(sink, shown->flow->title);
    mpt_sink_puts(sink, "</text>\n");
    put_note(shown, l.width, sink);
    put_lanes(shown, &l, sink);
    put_rows(shown, &l, sink);
    put_legend(looks, columns, rows + 24, sink);
    mpt_sink_puts(sink, "</svg>\n");
}

void mpt_flow_write_svg(const mpt_flow *f, const mpt_flow_rows *rows, unsigned level, uint32_t subflow,
                        mpt_sink *sink)
{
    mpt_flow_shown shown = {.flow = f, .rows = rows, .level = level, .subflow = subflow};

    shown.count = MIN(mpt_flow_rows_count(rows, level), MPT_FLOW_ROWS_ALL);
    mpt_flow_svg(&shown, sink);
}
