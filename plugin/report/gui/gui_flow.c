/* gui_flow.c - see gui_flow.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_flow.h"

#include "plugin/report/events/event_text.h"
#include "plugin/report/flow/flow.h"

G_STATIC_ASSERT((int)MPT_GUI_FLOW_LEVELS == (int)MPT_FLOW_LEVELS);
G_STATIC_ASSERT((int)MPT_GUI_FLOW_DATA == (int)MPT_FLOW_SHOW_DATA);
G_STATIC_ASSERT((int)MPT_GUI_FLOW_ACKS == (int)MPT_FLOW_SHOW_ACKS);
G_STATIC_ASSERT((int)MPT_GUI_FLOW_SIGNALS == (int)MPT_FLOW_SHOW_SIGNALS);

struct own {
    mpt_flow *flow;
    mpt_flow_rows *rows;
    uint32_t subflow; /* the only one that is drawn, or MPT_FLOW_ANY_SUBFLOW */
    mpt_flow_shape shape;
};

static void say_event(const mpt_connection_view *v, const GArray *events, guint event, GString *out)
{
    const mpt_event *e = &g_array_index(events, mpt_event, event);
    mpt_event_pairs pairs;

    mpt_event_pair(v, events, event, &pairs);
    mpt_event_text(v, e, &pairs, out);
    mpt_event_outcome_text(v, e, &pairs, out);
}

static void fill_lanes(mpt_gui_flow *flow, const mpt_flow *f)
{
    flow->lane_count = f->lane_count;
    flow->lanes = g_new0(mpt_gui_flow_lane, MAX(f->lane_count, 1));
    for (uint32_t i = 0; i < f->lane_count; i++)
        flow->lanes[i] = (mpt_gui_flow_lane){
            .title = f->lanes[i].title,
            .client = f->lanes[i].ends[MPT_CLIENT],
            .server = f->lanes[i].ends[MPT_SERVER],
        };
}

mpt_gui_flow *mpt_gui_flow_new(const mpt_report_context *x, uint32_t connection)
{
    mpt_gui_flow_filter all = {.directions = 3,
                               .show = MPT_FLOW_SHOW_ALL,
                               .subflow = MPT_FLOW_ANY_SUBFLOW,
                               .from_ns = INT64_MIN,
                               .to_ns = INT64_MAX};
    mpt_connection_view v;
    mpt_gui_flow *flow;
    struct own *own;

    if (connection >= x->connections->len)
        return NULL;
    mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, connection), connection, &v);
    flow = g_new0(mpt_gui_flow, 1);
    own = flow->own = g_new0(struct own, 1);
    own->flow = mpt_flow_new(x, &v, say_event);
    mpt_flow_shape_init(&own->shape);
    flow->title = own->flow->title;
    flow->both_ends = own->flow->both_ends;
    flow->from_ns = v.start_ns;
    flow->to_ns = v.end_ns;
    fill_lanes(flow, own->flow);
    mpt_gui_flow_set_filter(flow, &all);
    mpt_metrics_clear(&v);
    return flow;
}

void mpt_gui_flow_free(mpt_gui_flow *flow)
{
    struct own *own;

    if (!flow)
        return;
    own = flow->own;
    mpt_flow_shape_clear(&own->shape);
    mpt_flow_rows_free(own->rows);
    mpt_flow_free(own->flow);
    g_free(own);
    g_free(flow->lanes);
    g_free(flow);
}

void mpt_gui_flow_set_filter(mpt_gui_flow *flow, const mpt_gui_flow_filter *filter)
{
    struct own *own = flow->own;
    mpt_flow_filter wanted = {.directions = filter->directions,
                              .show = filter->show,
                              .subflow = filter->subflow,
                              .from_ns = filter->from_ns,
                              .to_ns = filter->to_ns};

    mpt_flow_rows_free(own->rows);
    own->rows = mpt_flow_rows_new(own->flow, &wanted);
    own->subflow = filter->subflow;
    flow->looks = mpt_flow_rows_looks(own->rows);
    flow->levels = mpt_flow_rows_levels(own->rows);
    for (unsigned level = 0; level < flow->levels; level++)
        flow->rows[level] = mpt_flow_rows_count(own->rows, level);
}

static void layout_of(const mpt_gui_flow *flow, double width, mpt_flow_layout *l)
{
    const struct own *own = flow->own;
    unsigned lanes = own->subflow == MPT_FLOW_ANY_SUBFLOW ? MAX(flow->lane_count, 1) : 1;

    mpt_flow_layout_init(l, lanes, flow->both_ends, width);
}

void mpt_gui_flow_space_of(const mpt_gui_flow *flow, double width, mpt_gui_flow_space *space)
{
    mpt_flow_layout l;

    layout_of(flow, width, &l);
    *space = (mpt_gui_flow_space){.width = l.width,
                                  .row = MPT_FLOW_ROW,
                                  .top = MPT_FLOW_TOP,
                                  .time = MPT_FLOW_TIME,
                                  .frame = MPT_FLOW_FRAME,
                                  .lanes = l.lanes};
}

void mpt_gui_flow_edges(const mpt_gui_flow *flow, double width, unsigned lane, double edges[2])
{
    mpt_flow_layout l;

    layout_of(flow, width, &l);
    edges[0] = mpt_flow_layout_edge(&l, lane, MPT_CLIENT);
    edges[1] = mpt_flow_layout_edge(&l, lane, MPT_SERVER);
}

void mpt_gui_flow_arrow(const mpt_gui_flow *flow, double width, unsigned level, uint32_t row,
                        mpt_gui_arrow *arrow)
{
    struct own *own = flow->own;
    mpt_flow_shape *s = &own->shape;
    double top = row * MPT_FLOW_ROW;
    mpt_flow_layout l;
    mpt_flow_row of;

    layout_of(flow, width, &l);
    mpt_flow_rows_at(own->rows, level, row, &of);
    mpt_flow_shape_set(s, &l, own->flow, own->rows, level, row,
                       own->subflow == MPT_FLOW_ANY_SUBFLOW ? of.subflow : 0);
    *arrow = (mpt_gui_arrow){
        .x0 = s->x0,
        .y0 = s->y0 - top,
        .x1 = s->x1,
        .y1 = s->y1 - top,
        .lost = s->lost,
        .run = s->run,
        .from_nowhere = s->from_nowhere,
        .look = s->look,
        .label_x = s->label_x,
        .label_y = s->label_y - top,
        .far_x = s->far_x,
        .far_ends = s->far_ends,
        .frame = g_array_index(own->flow->arrows, mpt_arrow, of.first).frame,
        .time_ns = of.time_ns,
    };
    g_strlcpy(arrow->label, s->label->str, sizeof arrow->label);
    g_strlcpy(arrow->time, s->time->str, sizeof arrow->time);
    g_strlcpy(arrow->frame_text, s->frame->str, sizeof arrow->frame_text);
    g_strlcpy(arrow->far, s->far->str, sizeof arrow->far);
    g_strlcpy(arrow->pause, s->pause->str, sizeof arrow->pause);
}

char *mpt_gui_flow_figures(const mpt_gui_flow *flow, unsigned level, uint32_t row)
{
    const struct own *own = flow->own;
    GString *text = g_string_new(NULL);
    mpt_flow_row of;

    mpt_flow_rows_at(own->rows, level, row, &of);
    mpt_flow_figures(own->flow, &of, text);
    return g_string_free(text, FALSE);
}

bool mpt_gui_flow_find(const mpt_gui_flow *flow, unsigned level, uint32_t frame, uint32_t *row)
{
    const struct own *own = flow->own;

    return mpt_flow_rows_find(own->rows, level, frame, row);
}

uint32_t mpt_gui_flow_after(const mpt_gui_flow *flow, unsigned level, int64_t time_ns)
{
    const struct own *own = flow->own;

    return mpt_flow_rows_after(own->rows, level, time_ns);
}

bool mpt_gui_flow_save(const mpt_gui_flow *flow, unsigned level, const char *path, char **why)
{
    const struct own *own = flow->own;
    mpt_sink *sink = mpt_sink_open(path, why);
    bool ok;

    if (sink)
        mpt_flow_write_svg(own->flow, own->rows, level, own->subflow, sink);
    ok = sink && mpt_sink_close(sink, why);
    mpt_sink_free(sink);
    return ok;
}
