/* vantage_engines.c - see vantage_engines.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "vantage_engines.h"

#include <string.h>

#include "tap/engine/figures/path_position.h"

enum { CLIENT_POINT, SERVER_POINT };

struct mpt_vantage_engines {
    mpt_vantage_request request;
    mpt_engine_config config;
    mpt_vantage_engines_opened opened;
    void *user;
    mpt_vantage *vantage;
    mpt_engine *engines[MPT_VANTAGE_POINTS];
    unsigned count;
    /* The order, as of the last flush; a cache. */
    bool ordered, order_known;
    unsigned order[MPT_VANTAGE_POINTS];
};

static mpt_engine *engine_of(mpt_vantage_engines *p, unsigned point)
{
    while (p->count <= point) {
        mpt_engine *e = mpt_engine_new(&p->config);
        if (p->count > 0 && mpt_engine_get_counts(p->engines[0])->has_earliest)
            mpt_engine_note_time(e, mpt_engine_get_counts(p->engines[0])->earliest_ns);
        p->engines[p->count] = e;
        p->opened(e, p->count++, p->user);
    }
    return p->engines[point];
}

static void deliver(const mpt_segment *segment, unsigned point, void *user)
{
    mpt_vantage_engines *p = user;

    mpt_engine_feed(engine_of(p, point), segment);
}

static bool is_named(const mpt_vantage_request *r)
{
    return r->client || r->server;
}

static void name_all(mpt_vantage_engines *p, const GArray *ids, unsigned point)
{
    for (guint i = 0; ids && i < ids->len; i++)
        mpt_vantage_name(p->vantage, g_array_index(ids, uint32_t, i), point);
}

mpt_vantage_engines *mpt_vantage_engines_new(const mpt_vantage_request *request,
                                             const mpt_engine_config *config,
                                             mpt_vantage_engines_opened opened, void *user)
{
    mpt_vantage_engines *p = g_new0(mpt_vantage_engines, 1);

    p->request = *request;
    p->config = *config;
    p->opened = opened;
    p->user = user;
    p->vantage = mpt_vantage_new(config->horizon_ns, deliver, p);
    name_all(p, request->client, CLIENT_POINT);
    name_all(p, request->server, SERVER_POINT);
    if (is_named(request) && !(request->client && request->server))
        mpt_vantage_rest(p->vantage, request->client ? SERVER_POINT : CLIENT_POINT);
    engine_of(p, is_named(request) ? SERVER_POINT : 0);
    return p;
}

void mpt_vantage_engines_free(mpt_vantage_engines *p)
{
    if (!p)
        return;
    mpt_vantage_free(p->vantage);
    for (unsigned i = 0; i < p->count; i++)
        mpt_engine_free(p->engines[i]);
    g_free(p);
}

void mpt_vantage_engines_feed(mpt_vantage_engines *p, const mpt_segment *segments, unsigned count)
{
    p->ordered = false;
    for (unsigned i = 0; i < count; i++)
        mpt_vantage_feed(p->vantage, &segments[i]);
}

void mpt_vantage_engines_note_time(mpt_vantage_engines *p, int64_t time_ns)
{
    for (unsigned i = 0; i < p->count; i++)
        mpt_engine_note_time(p->engines[i], time_ns);
}

void mpt_vantage_engines_note_lost(mpt_vantage_engines *p)
{
    /* Nothing is known of the segment, so it may be missing anywhere. */
    for (unsigned i = 0; i < p->count; i++)
        mpt_engine_note_lost(p->engines[i]);
}

void mpt_vantage_engines_note_icmp(mpt_vantage_engines *p, const mpt_icmp_error *error)
{
    /* It says the same wherever it was captured. */
    for (unsigned i = 0; i < p->count; i++)
        mpt_engine_note_icmp(p->engines[i], error);
}

void mpt_vantage_engines_flush(mpt_vantage_engines *p)
{
    mpt_vantage_flush(p->vantage);
    for (unsigned i = 0; i < p->count; i++)
        mpt_engine_flush(p->engines[i]);
    p->ordered = false;
}

const mpt_vantage *mpt_vantage_engines_vantage(const mpt_vantage_engines *p)
{
    return p->vantage;
}

const mpt_vantage_request *mpt_vantage_engines_request(const mpt_vantage_engines *p)
{
    return &p->request;
}

unsigned mpt_vantage_engines_count(const mpt_vantage_engines *p)
{
    return p->count;
}

mpt_engine *mpt_vantage_engines_at(mpt_vantage_engines *p, unsigned point)
{
    return p->engines[point];
}

/* --- the order of points --- */

static void sort_by_place(mpt_vantage_engines *p)
{
    double place[MPT_VANTAGE_POINTS];

    p->ordered = true;
    p->order_known = true;
    for (unsigned i = 0; i < p->count; i++) {
        p->order[i] = i;
        if (p->count > 1 && !is_named(&p->request) && !mpt_path_position_of_engine(p->engines[i], &place[i]))
            p->order_known = false;
    }
    if (!p->order_known || is_named(&p->request))
        return;
    for (unsigned i = 1; i < p->count; i++) {
        unsigned moved = p->order[i], k = i;
        for (; k > 0 && place[p->order[k - 1]] > place[moved]; k--)
            p->order[k] = p->order[k - 1];
        p->order[k] = moved;
    }
}

bool mpt_vantage_engines_order(mpt_vantage_engines *p, unsigned *order)
{
    if (!p->ordered)
        sort_by_place(p);
    memcpy(order, p->order, p->count * sizeof *order);
    return p->order_known;
}

unsigned mpt_vantage_engines_chosen(mpt_vantage_engines *p)
{
    const mpt_vantage_request *r = &p->request;
    unsigned order[MPT_VANTAGE_POINTS] = {0}, point;

    mpt_vantage_engines_order(p, order);
    if (!r->has_at || r->at == MPT_AT_CLIENT)
        return order[0];
    if (r->at == MPT_AT_SERVER)
        return order[p->count - 1];
    return mpt_vantage_point_of(p->vantage, r->at_interface, &point) ? point : order[0];
}
