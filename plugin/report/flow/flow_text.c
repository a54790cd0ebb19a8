/* flow_text.c - a ladder as text, as tshark draws `-z flow`, see flow_internal.h.
 *
 *     time (s)   frame  sub  client                                    server
 *     0.012345       7    0  |--------------- DSN 1-1,428 ---------------->|
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_internal.h"
#include "plugin/report/format/text.h"
#include "tap/engine/base/units.h"

/* Columns before the ladder, of it at least, and after it where both ends were captured. */
enum { BEFORE = 28, LADDER = 40, DELAY = 11 };

static char stroke_of(mpt_flow_look look)
{
    static const char strokes[MPT_FLOW_LOOKS] = {
        [MPT_FLOW_NEW] = '-',           [MPT_FLOW_OUT_OF_ORDER] = '-',
        [MPT_FLOW_REINJECTED] = '=',    [MPT_FLOW_REINJECTED_SAME] = '=',
        [MPT_FLOW_RETRANSMITTED] = '~', [MPT_FLOW_UNMAPPED] = '-',
        [MPT_FLOW_LOST] = '-',          [MPT_FLOW_ACK] = '.',
        [MPT_FLOW_SIGNAL] = '-',
    };

    return strokes[look];
}

/* Blanks where a lost one did not get. */
static void draw_line(char *line, size_t width, mpt_flow_look look, const mpt_flow_row *row)
{
    bool back = row->direction == MPT_S2C, lost = row->flags & MPT_ARROW_LOST;
    size_t head = back ? 0 : width - 1, gone = lost ? width / 8 : 0;

    memset(line, stroke_of(look), width);
    line[width] = '\0';
    if (row->flags & MPT_ARROW_UNCAPTURED)
        memset(back ? line + width - width / 8 : line, ' ', width / 8);
    if (lost) {
        memset(back ? line : line + width - gone, ' ', gone);
        head = back ? gone : width - 1 - gone;
    }
    line[head] = "><x"[lost ? 2 : back];
}

static void draw_ladder(const mpt_flow *f, const mpt_flow_row *row, size_t width, GString *out)
{
    GString *label = g_string_new(" ");
    char *line = g_malloc(width + 1);
    size_t at;

    mpt_flow_label(f, row, label);
    g_string_append_c(label, ' ');
    if (label->len > width - 4) {
        g_string_truncate(label, width - 8);
        g_string_append(label, "... ");
    }
    draw_line(line, width, mpt_flow_look_of(row), row);
    at = (width - label->len) / 2;
    memcpy(line + at, label->str, label->len);
    g_string_append_printf(out, "|%s|", line);
    g_string_free(label, TRUE);
    g_free(line);
}

static void text_row(const mpt_flow_shown *shown, uint32_t index, size_t width, mpt_sink *sink)
{
    const mpt_flow *f = shown->flow;
    GString *line = g_string_new(NULL), *time = g_string_new(NULL);
    mpt_flow_row row;
    int64_t pause;

    mpt_flow_rows_at(shown->rows, shown->level, index, &row);
    pause = mpt_flow_pause(shown->rows, shown->level, index, &row);
    if (pause) {
        mpt_units_duration(time, pause);
        mpt_sink_printf(sink, "%12s later\n", time->str);
        g_string_truncate(time, 0);
    }
    mpt_units_seconds(time, row.time_ns, 6);
    g_string_append_printf(line, "%12s %8u %4u  ", time->str,
                           g_array_index(f->arrows, mpt_arrow, row.first).frame, row.subflow);
    draw_ladder(f, &row, width, line);
    if (row.delays) {
        g_string_append(line, "  ");
        mpt_units_duration(line, row.delay_low);
    }
    g_string_append_c(line, '\n');
    mpt_sink_puts(sink, line->str);
    g_string_free(line, TRUE);
    g_string_free(time, TRUE);
}

static void text_legend(const mpt_flow_shown *shown, mpt_sink *sink)
{
    GString *text = g_string_new("-- new data, == reinjected, ~~ retransmitted, .. acknowledgements");

    if (shown->flow->both_ends)
        g_string_append(text, ", x lost on the way; last column: how long it took");
    if (shown->level)
        g_string_append_printf(text, "; a line stands for up to %llu packets of one kind: `full` shows each",
                               1ull << (3 * shown->level));
    mpt_text_paragraph(sink, 2, 0, text->str);
    g_string_free(text, TRUE);
}

void mpt_flow_text(const mpt_flow_shown *shown, mpt_sink *sink)
{
    size_t given = mpt_sink_width(sink), columns = given == MPT_SINK_UNLIMITED ? MPT_SINK_WIDTH : given,
           taken = BEFORE + (shown->flow->both_ends ? DELAY : 0) + 2;
    size_t width = MAX(columns > taken ? columns - taken : 0, LADDER);

    text_legend(shown, sink);
    mpt_sink_putc(sink, '\n');
    mpt_sink_printf(sink, "%12s %8s %4s  client%*s\n", "time (s)", "frame", "sub", (int)width - 4, "server");
    for (uint32_t i = 0; i < shown->count; i++)
        text_row(shown, i, width, sink);
}
