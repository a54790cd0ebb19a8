/* path_model.c - see path_model.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "path_model.h"

#include <math.h>
#include <stdlib.h>

#include "path_numbers.h"
#include "tap/engine/base/compare.h"
#include "tap/engine/base/whole.h"
#include "tap/engine/figures/path_position.h"
#include "tap/engine/vantage/vantage.h"
#include "tap/engine/vantage/vantage_engines.h"

/* What is at hand while a pair's samples are read. */
typedef struct reading {
    const mpt_path_model *model;
    const mpt_path_pair *pair;
    mpt_path_row **rows;          /* by 2 * flow + side; NULL: no such row */
    mpt_clock_evidence *evidence; /* by flow */
    guint flows;
    mpt_end end;
    mpt_path_model_each each;
    void *user;
} reading;

/* --- who sent --- */

/* Hosts may be client in one connection and server in another: a subflow's own handshake says it best. */
static mpt_end client_end(const mpt_path_pair *pair, const mpt_path_flow *f)
{
    const mpt_subflow *a = f->subflow[MPT_END_A], *b = f->subflow[MPT_END_B];
    double at_a, at_b;

    if (a && b && mpt_path_position_of_subflow(a, &at_a) && mpt_path_position_of_subflow(b, &at_b) &&
        fabs(at_a - at_b) > 0.05)
        return at_a < at_b ? MPT_END_A : MPT_END_B;
    return pair->client_end;
}

/* The direction of what a side of the flow sends. */
static mpt_direction direction_of(const mpt_path_flow *f, mpt_side side)
{
    return mpt_role_sends(mpt_path_sender(f, side));
}

static mpt_end from_end(const mpt_path_pair *pair, const mpt_path_flow *f, mpt_side side)
{
    mpt_end client = client_end(pair, f);

    return direction_of(f, side) == MPT_C2S ? client : mpt_end_other(client);
}

static const mpt_path_flow *flow_of(const mpt_path_pair *pair, uint32_t flow)
{
    return g_ptr_array_index(mpt_paths_flows(pair->paths), flow);
}

static mpt_end receiver(const mpt_path_sample *sample, void *user)
{
    const reading *r = user;
    const mpt_path_flow *f = flow_of(r->pair, sample->flow);

    return f ? mpt_end_other(from_end(r->pair, f, sample->side)) : MPT_END_B;
}

/* --- the clocks --- */

static void take_evidence(const mpt_path_sample *sample, void *user)
{
    reading *r = user;
    const mpt_path_pair *pair = r->pair;
    mpt_end to = receiver(sample, user), from = mpt_end_other(to);
    int64_t delay = sample->time_ns[to] - sample->time_ns[from];
    mpt_clock_evidence *e = &r->evidence[sample->flow];

    mpt_hull_add(from == pair->client_end ? &e->there : &e->back, sample->time_ns[pair->client_end], delay);
}

static void estimate(const mpt_path_model *m, mpt_path_pair *pair, mpt_clock clock)
{
    reading r = {.model = m, .pair = pair, .flows = mpt_paths_flows(pair->paths)->len};

    if (mpt_vantage_is_place(pair->from)) {
        pair->clock = pair->applied = (mpt_clock_estimate){.offset_known = true, .drift_known = true};
        return;
    }
    r.evidence = g_new0(mpt_clock_evidence, r.flows);
    mpt_path_store_read(pair->store, receiver, take_evidence, &r);
    mpt_clock_estimate_from(r.evidence, r.flows, true, &pair->clock);
    if (clock == MPT_CLOCK_DRIFT)
        pair->applied = pair->clock;
    else if (clock == MPT_CLOCK_OFFSET)
        mpt_clock_estimate_from(r.evidence, r.flows, false, &pair->applied);
    else
        pair->applied = (mpt_clock_estimate){0};
    for (guint i = 0; i < r.flows; i++) {
        mpt_hull_clear(&r.evidence[i].there);
        mpt_hull_clear(&r.evidence[i].back);
    }
    g_free(r.evidence);
}

/* How much the second clock is ahead at a moment of the first. */
static double ahead(const mpt_clock_estimate *c, int64_t time_ns)
{
    double ns = 0;

    if (c->offset_known)
        ns += c->offset_ns;
    if (c->drift_known)
        ns += c->drift * (double)(time_ns - c->reference_ns);
    return round(ns);
}

int64_t mpt_path_model_ahead(const mpt_path_pair *pair, int64_t time_ns)
{
    return mpt_whole(ahead(&pair->applied, time_ns));
}

/* --- samples --- */

static int64_t corrected(const mpt_path_pair *pair, const mpt_path_sample *sample, mpt_end to)
{
    int64_t delay = sample->time_ns[to] - sample->time_ns[mpt_end_other(to)];
    double off = ahead(&pair->applied, sample->time_ns[pair->client_end]);

    return mpt_whole_add(delay, mpt_whole(to == pair->client_end ? off : -off));
}

static void pass_on(const mpt_path_sample *sample, void *user)
{
    reading *r = user;
    mpt_path_row *row = r->rows[2 * sample->flow + sample->side];

    r->each(sample, row, corrected(r->pair, sample, receiver(sample, user)), r->user);
}

static void read_samples(reading *r, mpt_path_receiver order)
{
    const GPtrArray *rows = r->model->rows;

    r->rows = g_new0(mpt_path_row *, 2 * r->flows + 1);
    for (guint i = 0; i < rows->len; i++) {
        mpt_path_row *row = g_ptr_array_index(rows, i);
        if (row->pair == r->pair)
            r->rows[2 * row->flow->index + row->side] = row;
    }
    mpt_path_store_read(r->pair->store, order, pass_on, r);
    g_free(r->rows);
}

void mpt_path_model_samples(const mpt_path_model *m, const mpt_path_pair *pair, mpt_path_model_each each,
                            void *user)
{
    reading r = {
        .model = m, .pair = pair, .flows = mpt_paths_flows(pair->paths)->len, .each = each, .user = user};

    read_samples(&r, receiver);
}

static mpt_end at_end(const mpt_path_sample *sample, void *user)
{
    const reading *r = user;

    (void)sample;
    return r->end;
}

void mpt_path_model_samples_at(const mpt_path_model *m, const mpt_path_pair *pair, mpt_end end,
                               mpt_path_model_each each, void *user)
{
    reading r = {.model = m,
                 .pair = pair,
                 .flows = mpt_paths_flows(pair->paths)->len,
                 .each = each,
                 .user = user,
                 .end = end};

    read_samples(&r, at_end);
}

/* Reordered: sent before something that arrived before it (RFC 4737 3.3). */
static void count_sample(const mpt_path_sample *sample, mpt_path_row *row, int64_t delay_ns, void *user)
{
    int64_t sent;

    (void)user;
    if (!row)
        return;
    sent = sample->time_ns[row->from_end];
    if (row->delays.samples > 0) {
        row->jitter_ns += (fabs((double)(delay_ns - row->last_transit_ns)) - row->jitter_ns) / 16;
        if (sent < row->latest_sent_ns && sample->length > 0) {
            row->segments.reordered++;
            row->bytes.reordered += sample->length;
        }
    }
    row->latest_sent_ns = row->delays.samples > 0 ? MAX(row->latest_sent_ns, sent) : sent;
    row->last_transit_ns = delay_ns;
    row->negative += delay_ns < 0;
    mpt_histogram_add(&row->delays, delay_ns);
}

/* --- rows --- */

static mpt_distribution distribution_of(const mpt_histogram *h)
{
    mpt_distribution d = {.samples = h->samples};

    if (h->samples == 0)
        return d;
    d.min = (mpt_maybe_ns){true, h->min};
    d.max = (mpt_maybe_ns){true, h->max};
    d.mean = (mpt_maybe_ns){true, mpt_whole(h->sum / (double)h->samples)};
    d.median.known = mpt_histogram_quantile(h, 0.5, &d.median.ns);
    d.p95.known = mpt_histogram_quantile(h, 0.95, &d.p95.ns);
    return d;
}

/* What its samples tell. */
static void finish_row(mpt_path_row *row)
{
    row->owd = distribution_of(&row->delays);
    row->jitter = (mpt_maybe_ns){row->owd.samples > 1, mpt_whole(row->jitter_ns)};
    row->p95_min = (mpt_maybe_ns){row->owd.p95.known, row->owd.p95.ns - row->owd.min.ns};
}

static void fill_row(mpt_path_row *row)
{
    const mpt_path_flow *f = row->flow;
    mpt_end from = row->from_end, to = mpt_end_other(from);
    mpt_side sender = mpt_path_side(f, from, row->side), receiving = mpt_path_side(f, to, row->side);
    const mpt_bytes *sent = &f->subflow[from]->half[sender].bytes;
    const mpt_bytes *arrived = &f->subflow[to]->half[receiving].bytes;
    const mpt_path_lane *lane = f->lane[to][row->side];
    const mpt_path_alone *lost = &f->lane[from][row->side]->alone, *extra = &lane->alone;

    row->sender = &f->subflow[from]->ends[sender];
    row->receiver = &f->subflow[from]->ends[mpt_side_other(sender)];
    row->segments = (mpt_path_counts){.sent = sent->segments,
                                      .arrived = arrived->segments,
                                      .lost = lost->segments - lost->uncaptured_segments,
                                      .duplicated = lane->again_segments};
    row->bytes = (mpt_path_counts){.sent = sent->payload,
                                   .arrived = arrived->payload,
                                   .lost = lost->bytes - lost->uncaptured_bytes,
                                   .duplicated = arrived->retrans};
    row->lost_percent = sent->payload ? 100.0 * (double)row->bytes.lost / (double)sent->payload : NAN;
    row->uncaptured_bytes[0] = extra->bytes;
    row->uncaptured_bytes[1] = lost->uncaptured_bytes;
    row->uncaptured = extra->bytes + lost->uncaptured_bytes;
    row->reinjected = mpt_paths_reinjected(f, row->side, from);
    row->wait = distribution_of(&lane->queued);
    row->held_up_bytes = lane->waited_bytes;
    row->held_up_longest = (mpt_maybe_ns){true, lane->waited_ns};
}

/* A subflow that both points have: a row for each direction. ids: NULL: of no connection of
 * the chosen point. */
static void add_flow(mpt_path_model *m, const mpt_report_context *x, const mpt_path_pair *pair,
                     const mpt_path_flow *f, const mpt_path_ids *ids)
{
    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        mpt_path_row *row;
        mpt_direction direction = direction_of(f, side);
        if (!(mpt_report_directions(x->arguments) >> direction & 1u))
            continue;
        row = g_new0(mpt_path_row, 1);
        row->pair = pair;
        row->delays.fine = true;
        row->flow = f;
        row->side = side;
        row->direction = direction;
        row->from_end = from_end(pair, f, side);
        row->connection = ids ? ids->connection : UINT32_MAX;
        row->subflow = ids ? ids->subflow : UINT32_MAX;
        fill_row(row);
        g_ptr_array_add(m->rows, row);
    }
}

static void add_rows(mpt_path_model *m, const mpt_report_context *x, const mpt_path_pair *pair,
                     GHashTable *numbers)
{
    const GPtrArray *flows = mpt_paths_flows(pair->paths);

    for (guint i = 0; i < flows->len; i++) {
        const mpt_path_flow *f = g_ptr_array_index(flows, i);
        if (!f || !mpt_path_subflow(f)->connection)
            continue;
        const mpt_path_ids *ids = mpt_path_ids_of(numbers, f);
        if (ids && !ids->selected)
            continue;
        if (f->subflow[MPT_END_A] && f->subflow[MPT_END_B]) {
            add_flow(m, x, pair, f, ids);
            continue;
        }
        mpt_path_single single = {.pair = pair, .subflow = mpt_path_subflow(f)};
        single.point = f->subflow[pair->client_end] ? pair->from : pair->to;
        g_array_append_val(m->singles, single);
    }
}

static gint by_ids(gconstpointer a, gconstpointer b)
{
    const mpt_path_row *x = *(mpt_path_row *const *)a, *y = *(mpt_path_row *const *)b;

    if (x->connection != y->connection)
        return mpt_compare(x->connection, y->connection);
    return x->subflow != y->subflow ? mpt_compare(x->subflow, y->subflow)
                                    : mpt_compare(x->direction, y->direction);
}

static void add_pair(mpt_path_model *m, const mpt_report_context *x, unsigned from, unsigned to)
{
    mpt_path_pair *pair = mpt_path_collector_pair(x->paths, x->points, from, to);

    if (!pair)
        return;
    estimate(m, pair, x->arguments->clock);
    if (!m->order_known && pair->clock.offset_known && pair->clock.least_rtt_ns < 0) {
        /* Answers before questions: it is the other way round. */
        pair->from = to;
        pair->to = from;
        pair->client_end = mpt_end_other(pair->client_end);
        estimate(m, pair, x->arguments->clock);
    }
    m->incomplete |= !mpt_path_store_ok(pair->store);
    g_ptr_array_add(m->pairs, pair);
}

static void free_row(gpointer data)
{
    mpt_path_row *row = data;

    mpt_histogram_clear(&row->delays);
    g_free(row);
}

static mpt_path_model *new_model(const mpt_report_context *x, bool whole)
{
    mpt_path_model *m = g_new0(mpt_path_model, 1);
    unsigned order[MPT_VANTAGE_POINTS];
    GHashTable *numbers;

    m->points = mpt_vantage_engines_compared(x->points, order, &m->order_known);
    m->pairs = g_ptr_array_new();
    m->rows = g_ptr_array_new_with_free_func(free_row);
    m->singles = g_array_new(FALSE, FALSE, sizeof(mpt_path_single));
    if (whole && m->points > 1)
        add_pair(m, x, order[0], order[m->points - 1]);
    for (unsigned i = 0; !whole && i + 1 < m->points; i++)
        add_pair(m, x, order[i], order[i + 1]);
    numbers = mpt_path_number(x, m->pairs);
    for (guint i = 0; i < m->pairs->len; i++)
        add_rows(m, x, g_ptr_array_index(m->pairs, i), numbers);
    g_ptr_array_sort(m->rows, by_ids);
    for (guint i = 0; i < m->pairs->len; i++)
        mpt_path_model_samples(m, g_ptr_array_index(m->pairs, i), count_sample, NULL);
    for (guint i = 0; i < m->rows->len; i++)
        finish_row(g_ptr_array_index(m->rows, i));
    g_hash_table_destroy(numbers);
    return m;
}

mpt_path_model *mpt_path_model_new(const mpt_report_context *x)
{
    return new_model(x, false);
}

mpt_path_model *mpt_path_model_new_whole(const mpt_report_context *x)
{
    return new_model(x, true);
}

void mpt_path_model_free(mpt_path_model *m)
{
    if (!m)
        return;
    g_ptr_array_free(m->pairs, TRUE);
    g_ptr_array_free(m->rows, TRUE);
    g_array_free(m->singles, TRUE);
    g_free(m);
}
