/* flow_ends.c - a ladder of a connection that was captured at both ends: each end has what it sent, and what of it was
 * seen at the other.
 *
 * Times are those of the clock where reports count; what the other end sent is put there by the same estimate that the
 * delays are corrected with (path_model.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_model.h"

#include "plugin/report/paths/path_model.h"
#include "tap/engine/base/compare.h"

/* A connection of one end. */
struct half {
    const mpt_engine *engine;
    const mpt_recorder *recorder;
    const mpt_connection *connection; /* NULL: it is not there */
    mpt_connection_view view;
    GArray *arrows; /* mpt_arrow, by time */
};

struct ends {
    mpt_flow *flow;
    const mpt_connection_view *view;
    mpt_path_model *model;
    const mpt_path_pair *pair;
    mpt_end base; /* whose clock and numbers are shown */
    struct half half[MPT_ENDS];
    mpt_path_row **rows; /* 2 * subflow + direction; NULL: that subflow was found at one end only */
};

static const mpt_engine *engine_of(const mpt_report_context *x, const mpt_path_pair *pair, mpt_end end)
{
    return mpt_vantage_engines_at(x->points, end == pair->client_end ? pair->from : pair->to);
}

static mpt_path_row *row_of(const struct ends *e, uint32_t subflow, mpt_direction direction)
{
    return e->rows[MPT_DIRECTIONS * subflow + direction];
}

/* --- what there is --- */

static void find_rows(struct ends *e)
{
    const GPtrArray *rows = e->model->rows;

    for (guint i = 0; i < rows->len; i++) {
        mpt_path_row *row = g_ptr_array_index(rows, i);

        if (row->connection != e->view->id || row->subflow >= e->view->subflow_count)
            continue;
        e->rows[MPT_DIRECTIONS * row->subflow + row->direction] = row;
        for (mpt_end end = 0; end < MPT_ENDS; end++)
            if (!e->half[end].connection)
                e->half[end].connection = row->flow->subflow[end]->connection;
    }
}

static bool open_half(const mpt_report_context *x, struct ends *e, mpt_end end)
{
    struct half *h = &e->half[end];

    h->engine = engine_of(x, e->pair, end);
    h->recorder =
        h->engine == x->engine ? x->collected : mpt_engine_observing(h->engine, &mpt_recorder_observer);
    if (!h->recorder || !h->connection)
        return false;
    mpt_metrics_connection(h->engine, h->connection, e->view->id, &h->view);
    h->arrows = mpt_arrows_new(h->recorder, &h->view);
    return true;
}

static void close_half(struct half *h)
{
    if (!h->arrows)
        return;
    g_array_unref(h->arrows);
    mpt_metrics_clear(&h->view);
}

/* --- one line of subflows --- */

/* The numbers that the connection's own point has for the subflows of an end; UINT32_MAX: none. Free with g_free(). */
static uint32_t *numbers_of(const struct ends *e, mpt_end end)
{
    const mpt_connection_view *v = &e->half[end].view;
    uint32_t *numbers = g_new(uint32_t, MAX(v->subflow_count, 1));
    GHashTable *known = g_hash_table_new(NULL, NULL); /* const mpt_subflow * of that end -> number + 1 */

    for (uint32_t i = 0; i < e->view->subflow_count; i++) {
        const mpt_path_row *row = row_of(e, i, MPT_C2S) ? row_of(e, i, MPT_C2S) : row_of(e, i, MPT_S2C);
        const mpt_subflow *s = row ? row->flow->subflow[end] : e->view->subflows[i].subflow;

        g_hash_table_insert(known, (gpointer)s, GUINT_TO_POINTER(i + 1));
    }
    for (uint32_t i = 0; i < v->subflow_count; i++)
        numbers[i] = GPOINTER_TO_UINT(g_hash_table_lookup(known, v->subflows[i].subflow)) - 1;
    g_hash_table_destroy(known);
    return numbers;
}

/* Nanoseconds since the earliest frame, by the clock of an end, as the shown one has them. */
static int64_t shown_time(const struct ends *e, mpt_end end, int64_t time_ns)
{
    int64_t own = time_ns + e->half[end].view.epoch_ns, ahead;

    if (end == e->base)
        return time_ns;
    ahead = mpt_path_model_ahead(e->pair, own);
    own += end == e->pair->client_end ? ahead : -ahead;
    return own - e->view->epoch_ns;
}

/* Where a subflow was found at one end only, an attempt that never got through is lost. */
static bool may_be_lost(const struct ends *e, uint32_t subflow, const mpt_path_row *row)
{
    const mpt_subflow *s = e->view->subflows[subflow].subflow;

    return row || (!s->synack_seen && !s->ack_seen);
}

/* False: it is the other end's to show. */
static bool take(const struct ends *e, mpt_end end, mpt_arrow *a)
{
    const mpt_path_row *row = row_of(e, a->subflow, (mpt_direction)a->direction);
    const mpt_path_alone_packet *alone = mpt_path_pair_alone(e->pair, a->frame);

    if (!row && end != e->base)
        return false;
    if (row && row->from_end != end) {
        if (!alone || !mpt_arrow_has_data(a))
            return false;
        a->flags |= MPT_ARROW_UNCAPTURED;
    } else if (alone && !alone->uncaptured && may_be_lost(e, a->subflow, row)) {
        a->flags |= MPT_ARROW_LOST;
    }
    return true;
}

struct taking {
    const struct ends *ends;
    mpt_end end;
};

/* What is signalled is taken from where it was sent. */
static bool takes_signal(uint32_t subflow, mpt_direction direction, void *user)
{
    const struct taking *t = user;
    const mpt_path_row *row = row_of(t->ends, subflow, direction);

    return t->end == (row ? row->from_end : t->ends->base);
}

static void take_half(struct ends *e, mpt_end end)
{
    struct taking taking = {.ends = e, .end = end};
    const struct half *h = &e->half[end];
    uint32_t *numbers = numbers_of(e, end);

    for (guint i = 0; i < h->arrows->len; i++) {
        mpt_arrow a = g_array_index(h->arrows, mpt_arrow, i);

        if (numbers[a.subflow] == UINT32_MAX)
            continue;
        a.subflow = (uint16_t)numbers[a.subflow];
        if (!take(e, end, &a))
            continue;
        a.time_ns = shown_time(e, end, a.time_ns);
        g_array_append_val(e->flow->arrows, a);
    }
    mpt_flow_add_signals(e->flow, &h->view, numbers, takes_signal, &taking);
    g_free(numbers);
}

/* --- the other end of each --- */

static gint by_frame(gconstpointer a, gconstpointer b)
{
    const mpt_arrow *x = a, *y = b;

    return x->frame != y->frame ? mpt_compare(x->frame, y->frame) : mpt_compare(x->number, y->number);
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const mpt_arrow *x = a, *y = b;

    return x->time_ns != y->time_ns ? mpt_compare(x->time_ns, y->time_ns) : by_frame(a, b);
}

/* The first arrow of a frame, while they are by frame. */
static guint first_of(const GArray *arrows, uint32_t frame)
{
    guint low = 0, high = arrows->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(arrows, mpt_arrow, middle).frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The earliest of the parts in which a segment arrived. */
static void take_sample(const mpt_path_sample *sample, mpt_path_row *row, int64_t delay_ns, void *user)
{
    struct ends *e = user;
    mpt_flow *f = e->flow;

    if (!row || row->connection != e->view->id)
        return;
    for (guint i = first_of(f->arrows, sample->frame[row->from_end]); i < f->arrows->len; i++) {
        mpt_arrow *a = &g_array_index(f->arrows, mpt_arrow, i);
        mpt_flow_far far = {.delay_ns = delay_ns, .frame = sample->frame[mpt_end_other(row->from_end)]};

        if (a->frame != sample->frame[row->from_end])
            return;
        if (a->subflow != row->subflow || a->direction != (unsigned)row->direction ||
            a->flags & MPT_ARROW_UNCAPTURED)
            continue;
        a->flags &= (uint8_t)~MPT_ARROW_LOST;
        if (!a->far) {
            g_array_append_val(f->far, far);
            a->far = f->far->len;
        } else if (mpt_flow_far_of(f, a)->delay_ns > delay_ns) {
            g_array_index(f->far, mpt_flow_far, a->far - 1) = far;
        }
    }
}

/* --- order --- */

struct arrival {
    int64_t time_ns;
    guint arrow;
};

static gint by_arrival(gconstpointer a, gconstpointer b)
{
    const struct arrival *x = a, *y = b;

    return x->time_ns != y->time_ns ? mpt_compare(x->time_ns, y->time_ns) : mpt_compare(x->arrow, y->arrow);
}

static GArray *arrivals_of(const mpt_flow *f)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct arrival));

    for (guint i = 0; i < f->arrows->len; i++) {
        const mpt_arrow *a = &g_array_index(f->arrows, mpt_arrow, i);
        const mpt_flow_far *far = mpt_flow_far_of(f, a);
        struct arrival arrival = {.arrow = i};

        if (!mpt_arrow_has_data(a) || !(a->flags & MPT_ARROW_NUMBERED) ||
            (!far && !(a->flags & MPT_ARROW_UNCAPTURED)))
            continue;
        arrival.time_ns = a->time_ns + (far ? far->delay_ns : 0);
        g_array_append_val(all, arrival);
    }
    g_array_sort(all, by_arrival);
    return all;
}

/* Out of order is what arrived so, not what was sent so: paths take different times. */
static void flag_order(mpt_flow *f)
{
    GArray *arrivals = arrivals_of(f);
    int64_t high[MPT_DIRECTIONS] = {INT64_MIN, INT64_MIN};

    for (guint i = 0; i < f->arrows->len; i++)
        g_array_index(f->arrows, mpt_arrow, i).flags &= (uint8_t)~MPT_ARROW_OUT_OF_ORDER;
    for (guint i = 0; i < arrivals->len; i++) {
        mpt_arrow *a = &g_array_index(f->arrows, mpt_arrow, g_array_index(arrivals, struct arrival, i).arrow);

        if (a->kind == MPT_ARROW_NEW && a->number < high[a->direction])
            a->flags |= MPT_ARROW_OUT_OF_ORDER;
        high[a->direction] = MAX(high[a->direction], a->number + a->length);
    }
    g_array_free(arrivals, TRUE);
}

static void fill(struct ends *e)
{
    mpt_flow *f = e->flow;

    f->arrows = g_array_new(FALSE, FALSE, sizeof(mpt_arrow));
    for (mpt_end end = 0; end < MPT_ENDS; end++)
        take_half(e, end);
    g_array_sort(f->arrows, by_frame);
    mpt_path_model_samples(e->model, e->pair, take_sample, e);
    g_array_sort(f->arrows, by_time);
    flag_order(f);
    for (guint i = 0; i < f->far->len; i++)
        f->slowest_ns = MAX(f->slowest_ns, g_array_index(f->far, mpt_flow_far, i).delay_ns);
    f->both_ends = true;
}

bool mpt_flow_join_ends(mpt_flow *f, const mpt_report_context *x, const mpt_connection_view *v)
{
    unsigned order[MPT_VANTAGE_POINTS];
    struct ends e = {.flow = f, .view = v};
    mpt_arguments all;
    mpt_report_context whole = *x;

    if (!x->points || !x->paths || mpt_vantage_engines_compared(x->points, order, NULL) < 2)
        return false;
    /* Both directions have to do with each other. */
    all = *x->arguments;
    all.presence &= ~(1u << MPT_ARG_DIRECTION);
    whole.arguments = &all;
    e.model = mpt_path_model_new_whole(&whole);
    e.pair = e.model->pairs->len ? g_ptr_array_index(e.model->pairs, 0) : NULL;
    e.rows = g_new0(mpt_path_row *, (gsize)v->subflow_count * MPT_DIRECTIONS + 1);
    if (e.pair) {
        e.base = x->point == e.pair->to ? mpt_end_other(e.pair->client_end) : e.pair->client_end;
        find_rows(&e);
        if (open_half(x, &e, MPT_END_A) && open_half(x, &e, MPT_END_B))
            fill(&e);
        close_half(&e.half[MPT_END_A]);
        close_half(&e.half[MPT_END_B]);
    }
    g_free(e.rows);
    mpt_path_model_free(e.model);
    return f->both_ends;
}
