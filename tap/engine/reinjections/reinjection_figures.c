/* reinjection_figures.c - see reinjection_figures.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reinjection_figures.h"

#include "tap/engine/base/compare.h"
#include "tap/engine/figures/path_position.h"

/* Nearer to an end than this is at it; of the way from the client to the server. */
#define AT_AN_END 0.25

/* The whole capture is taken at one place. */
mpt_maybe_int mpt_reinjection_figures_end(const mpt_engine *e)
{
    double place;

    if (!mpt_path_position_of_engine(e, &place) || (place > AT_AN_END && place < 1 - AT_AN_END))
        return (mpt_maybe_int){false, 0};
    return (mpt_maybe_int){true, place > 0.5};
}

static mpt_reinjection_sum_run run_of(const mpt_reinjection *r, const mpt_connection_view *v,
                                      mpt_conn_side side, bool certain)
{
    return (mpt_reinjection_sum_run){
        .dsn = mpt_metrics_relative(v->connection, side, r->dsn),
        .bytes = (uint64_t)(r->end - r->dsn),
        .segments = r->segments,
        .frame = r->frame,
        .first_frame = r->first_frame,
        .time_ns = r->time_ns - v->epoch_ns,
        .first_ns = r->first_ns - v->epoch_ns,
        .subflow = mpt_metrics_subflow_of(v, r->owner)->id,
        .first_subflow = mpt_metrics_subflow_of(v, r->first_owner)->id,
        .same = r->same,
        .late_original = certain && r->late_original && r->verdict == MPT_REDUNDANT,
        .verdict = r->same ? MPT_UNDECIDED : (mpt_usefulness)r->verdict,
    };
}

static mpt_reinjection_pair *get_pair(GArray *pairs, uint32_t first_subflow, uint32_t subflow)
{
    mpt_reinjection_pair pair = {.first_subflow = first_subflow, .subflow = subflow};

    for (guint i = 0; i < pairs->len; i++) {
        mpt_reinjection_pair *p = &g_array_index(pairs, mpt_reinjection_pair, i);
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): an array that is not empty has data */
        if (p->first_subflow == first_subflow && p->subflow == subflow)
            return p;
    }
    g_array_append_val(pairs, pair);
    return &g_array_index(pairs, mpt_reinjection_pair, pairs->len - 1);
}

static gint by_subflows(gconstpointer a, gconstpointer b)
{
    const mpt_reinjection_pair *x = a, *y = b;

    return x->first_subflow != y->first_subflow ? mpt_compare(x->first_subflow, y->first_subflow)
                                                : mpt_compare(x->subflow, y->subflow);
}

static void take_run(mpt_reinjection_figures *r, const mpt_reinjection_sum_run *run)
{
    mpt_reinjection_pair *pair;

    g_array_append_val(r->runs, *run);
    if (run->same) {
        r->same_bytes += run->bytes;
        return;
    }
    r->bytes[run->verdict] += run->bytes;
    r->late_original_bytes += run->late_original ? run->bytes : 0;
    pair = get_pair(r->pairs, run->first_subflow, run->subflow);
    pair->runs++;
    pair->bytes[run->verdict] += run->bytes;
}

struct taking {
    mpt_reinjection_figures *resent;
    const mpt_connection_view *v;
    mpt_conn_side side;
};

static void take_listed(const mpt_reinjection *run, void *user)
{
    const struct taking *t = user;
    mpt_reinjection_sum_run taken = run_of(run, t->v, t->side, mpt_reinjection_figures_certain(t->resent));

    take_run(t->resent, &taken);
}

static void take_unlisted(mpt_reinjection_figures *r, const mpt_reinjection_log *log,
                          const mpt_connection_view *v, mpt_conn_side side)
{
    GArray *sums = mpt_reinjection_log_unlisted(log, v->connection, side, mpt_reinjection_figures_certain(r));

    for (guint i = 0; i < sums->len; i++) {
        const mpt_reinjection_sum *sum = &g_array_index(sums, mpt_reinjection_sum, i);
        mpt_reinjection_pair *pair = NULL;

        r->same_bytes += sum->same;
        r->unlisted_bytes += sum->same;
        r->late_original_bytes += sum->late_original;
        if (i < MPT_REINJECTION_SUMS && sum->owner != sum->first_owner)
            pair = get_pair(r->pairs, mpt_metrics_subflow_of(v, sum->first_owner)->id,
                            mpt_metrics_subflow_of(v, sum->owner)->id);
        for (unsigned k = 0; k < MPT_USEFULNESSES; k++) {
            r->bytes[k] += sum->bytes[k];
            r->unlisted_bytes += sum->bytes[k];
            if (pair)
                pair->bytes[k] += sum->bytes[k];
        }
    }
    g_array_unref(sums);
}

/* From "at least" to "exactly". */
static void take_copies(mpt_reinjection_figures *r, const mpt_reinjection_log *log, const mpt_connection *c,
                        mpt_conn_side side)
{
    mpt_reinjection_log_copies(log, c, side, r->copies);
    r->copies[0] = r->data_bytes;
    for (unsigned k = 0; k + 1 < MPT_REINJECTION_COPIES; k++)
        r->copies[k] -= MIN(r->copies[k], r->copies[k + 1]);
}

void mpt_reinjection_figures_init(mpt_reinjection_figures *r, const mpt_engine *e,
                                  const mpt_reinjection_log *log, const mpt_connection_view *v,
                                  mpt_direction direction, mpt_maybe_int end)
{
    const mpt_engine_config *config = mpt_engine_get_config(e);
    mpt_conn_side side = v->side[mpt_direction_sender(direction)];
    struct taking t = {.resent = r, .v = v, .side = side};

    *r = (mpt_reinjection_figures){
        .direction = direction,
        .vantage = {end.known, (end.value == MPT_CLIENT) == (direction == MPT_S2C)},
        .data_bytes = v->direction[direction].data.dsn_unique_bytes,
        .runs = g_array_new(FALSE, FALSE, sizeof(mpt_reinjection_sum_run)),
        .pairs = g_array_new(FALSE, FALSE, sizeof(mpt_reinjection_pair)),
        .has_copies = !config->has_from && !config->has_to,
    };
    mpt_reinjection_log_runs(log, v->connection, side, mpt_reinjection_figures_certain(r), take_listed, &t);
    take_unlisted(r, log, v, side);
    g_array_sort(r->pairs, by_subflows);
    take_copies(r, log, v->connection, side);
}

void mpt_reinjection_figures_clear(mpt_reinjection_figures *r)
{
    g_array_unref(r->runs);
    g_array_unref(r->pairs);
}

uint64_t mpt_reinjection_bytes(const mpt_reinjection_figures *r)
{
    return r->bytes[MPT_UNDECIDED] + r->bytes[MPT_USEFUL] + r->bytes[MPT_REDUNDANT];
}

bool mpt_reinjection_figures_certain(const mpt_reinjection_figures *r)
{
    return r->vantage.known && r->vantage.value == 1;
}
