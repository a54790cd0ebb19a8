/* flow_layout.c - see flow_layout.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_layout.h"

#include "tap/engine/base/units.h"

enum { LANE_LEAST = 300, GAP = 28, RIGHT = 16 };
/* Of a letter, where the text has 11 pixels. */
#define LETTER   6.1
/* A lane that is wider has room for the time at both ends of an arrow. */
#define WIDE     380.0
/* Pauses below are not worth a word. */
#define PAUSE_NS INT64_C(10000000)

void mpt_flow_layout_init(mpt_flow_layout *l, unsigned lanes, bool both_ends, double width)
{
    double room = (width - MPT_FLOW_LEFT - RIGHT - GAP * (lanes - 1.0)) / lanes;

    l->lanes = lanes;
    l->gap = GAP;
    l->lane = MAX(room, LANE_LEAST);
    l->wide = both_ends && l->lane >= WIDE;
    l->width = MPT_FLOW_LEFT + RIGHT + lanes * l->lane + GAP * (lanes - 1.0);
}

double mpt_flow_layout_edge(const mpt_flow_layout *l, unsigned lane, mpt_role role)
{
    return MPT_FLOW_LEFT + lane * (l->lane + l->gap) + (role == MPT_SERVER ? l->lane : 0);
}

void mpt_flow_shape_init(mpt_flow_shape *s)
{
    *s = (mpt_flow_shape){.label = g_string_new(NULL),
                          .time = g_string_new(NULL),
                          .frame = g_string_new(NULL),
                          .far = g_string_new(NULL),
                          .pause = g_string_new(NULL)};
}

void mpt_flow_shape_clear(mpt_flow_shape *s)
{
    g_string_free(s->label, TRUE);
    g_string_free(s->time, TRUE);
    g_string_free(s->frame, TRUE);
    g_string_free(s->far, TRUE);
    g_string_free(s->pause, TRUE);
}

/* A twentieth of all that is shown. */
int64_t mpt_flow_pause(const mpt_flow_rows *r, unsigned level, uint32_t index, const mpt_flow_row *row)
{
    uint32_t count = mpt_flow_rows_count(r, level);
    mpt_flow_row first, last, before;
    int64_t pause;

    if (index == 0)
        return 0;
    mpt_flow_rows_at(r, level, 0, &first);
    mpt_flow_rows_at(r, level, count - 1, &last);
    mpt_flow_rows_at(r, level, index - 1, &before);
    pause = row->time_ns - before.last_ns;
    return pause >= PAUSE_NS && pause >= (last.last_ns - first.time_ns) / 20 ? pause : 0;
}

/* The longer it took, the steeper. */
static double slope_of(const mpt_flow *f, const mpt_flow_row *row)
{
    double part = f->slowest_ns > 0 ? (double)MAX(row->delay_low, 0) / (double)f->slowest_ns : 0;

    return row->delays ? 2 + 9 * MIN(part, 1) : 4;
}

static void set_line(mpt_flow_shape *s, const mpt_flow_layout *l, const mpt_flow *f, const mpt_flow_row *row,
                     unsigned lane)
{
    mpt_role sender = mpt_direction_sender((mpt_direction)row->direction);
    double part = row->flags & MPT_ARROW_LOST ? 0.72 : 1, slope = slope_of(f, row);

    s->lost = row->flags & MPT_ARROW_LOST;
    s->from_nowhere = row->flags & MPT_ARROW_UNCAPTURED;
    s->run = row->packets > 1;
    s->x0 = mpt_flow_layout_edge(l, lane, sender);
    s->x1 = mpt_flow_layout_edge(l, lane, mpt_role_other(sender));
    s->y0 += MPT_FLOW_ROW - 10;
    s->y1 = s->y0 + slope * part;
    s->x1 = s->x0 + (s->x1 - s->x0) * part;
    if (s->from_nowhere)
        s->x0 += (s->x1 - s->x0) * 0.28;
}

static void cut_label(GString *label, double room)
{
    size_t letters = (size_t)MAX(room / LETTER, 4);

    if (label->len <= letters)
        return;
    g_string_truncate(label, letters - 3);
    g_string_append(label, "...");
}

static void set_texts(mpt_flow_shape *s, const mpt_flow_layout *l, const mpt_flow *f, const mpt_flow_row *row,
                      unsigned lane)
{
    const mpt_arrow *first = &g_array_index(f->arrows, mpt_arrow, row->first);
    const mpt_flow_far *far = mpt_flow_far_of(f, first);
    mpt_role receiver = mpt_role_other(mpt_direction_sender((mpt_direction)row->direction));
    double far_room = 0;

    s->far_ends = receiver == MPT_SERVER;
    mpt_flow_label(f, row, s->label);
    mpt_units_seconds(s->time, row->time_ns, 6);
    g_string_append_printf(s->frame, "%u", first->frame);
    if (l->wide && far) {
        mpt_units_seconds(s->far, row->time_ns + far->delay_ns, 6);
        s->far_x = mpt_flow_layout_edge(l, lane, receiver) + (s->far_ends ? -6 : 6);
        far_room = (double)s->far->len * LETTER + 12;
    }
    cut_label(s->label, (s->lost || s->from_nowhere ? 0.72 : 1) * l->lane - 12 - far_room);
    s->label_x = (s->x0 + s->x1 + (s->far_ends ? -far_room : far_room)) / 2;
}

void mpt_flow_shape_set(mpt_flow_shape *s, const mpt_flow_layout *l, const mpt_flow *f,
                        const mpt_flow_rows *r, unsigned level, uint32_t index, unsigned lane)
{
    GString *const texts[] = {s->label, s->time, s->frame, s->far, s->pause};
    mpt_flow_row row;
    int64_t pause;

    mpt_flow_rows_at(r, level, index, &row);
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        g_string_truncate(texts[i], 0);
    s->y0 = index * MPT_FLOW_ROW;
    s->label_y = s->y0 + 11;
    s->look = mpt_flow_look_of(&row);
    set_line(s, l, f, &row, lane);
    set_texts(s, l, f, &row, lane);
    pause = mpt_flow_pause(r, level, index, &row);
    if (pause)
        mpt_units_duration(s->pause, pause);
}
