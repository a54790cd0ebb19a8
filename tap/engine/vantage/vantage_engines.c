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
    mpt_places *places; /* NULL: not wanted, or there are several points */
    mpt_engine *engines[MPT_VANTAGE_ENGINES];
    unsigned count, place_count;
    /* The order, as of the last flush; a cache. */
    bool ordered, order_known;
    unsigned order[MPT_VANTAGE_POINTS];
};

static void open_engine(mpt_vantage_engines *p, unsigned number)
{
    mpt_engine *e = mpt_engine_new(&p->config);

    if (number > 0 && mpt_engine_get_counts(p->engines[0])->has_earliest)
        mpt_engine_note_time(e, mpt_engine_get_counts(p->engines[0])->earliest_ns);
    p->engines[number] = e;
    p->opened(e, number, p->user);
}

static mpt_engine *engine_of(mpt_vantage_engines *p, unsigned point)
{
    while (p->count <= point)
        open_engine(p, p->count++);
    return p->engines[point];
}

static void deliver(const mpt_segment *segment, unsigned point, void *user)
{
    mpt_vantage_engines *p = user;

    mpt_engine_feed(engine_of(p, point), segment);
    if (!p->places)
        return;
    if (p->count == 1)
        mpt_places_feed(p->places, segment);
    else
        g_clear_pointer(&p->places, mpt_places_free);
}

static void deliver_place(const mpt_segment *segment, unsigned place, void *user)
{
    mpt_vantage_engines *p = user;

    while (p->place_count <= place)
        open_engine(p, MPT_VANTAGE_POINTS + p->place_count++);
    mpt_engine_feed(p->engines[MPT_VANTAGE_POINTS + place], segment);
}

/* The next engine after this one; NULL: it was the last. */
static mpt_engine *next_engine(const mpt_vantage_engines *p, unsigned *number)
{
    if (*number == p->count)
        *number = MPT_VANTAGE_POINTS;
    return *number == MPT_VANTAGE_POINTS + p->place_count ? NULL : p->engines[(*number)++];
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
    if (config->horizon_ns > 0 && !is_named(request) && (config->in_step || request->has_at))
        p->places = mpt_places_new(config->horizon_ns, deliver_place, p);
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
    mpt_places_free(p->places);
    for (unsigned i = 0; i < MPT_VANTAGE_ENGINES; i++)
        if (p->engines[i])
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
    unsigned number = 0;

    for (mpt_engine *e; (e = next_engine(p, &number)) != NULL;)
        mpt_engine_note_time(e, time_ns);
}

void mpt_vantage_engines_note_lost(mpt_vantage_engines *p)
{
    unsigned number = 0;

    /* Nothing is known of the segment, so it may be missing anywhere. */
    for (mpt_engine *e; (e = next_engine(p, &number)) != NULL;)
        mpt_engine_note_lost(e);
}

void mpt_vantage_engines_note_icmp(mpt_vantage_engines *p, const mpt_icmp_error *error)
{
    unsigned number = 0;

    /* It says the same wherever it was captured. */
    for (mpt_engine *e; (e = next_engine(p, &number)) != NULL;)
        mpt_engine_note_icmp(e, error);
}

void mpt_vantage_engines_flush(mpt_vantage_engines *p)
{
    unsigned number = 0;

    mpt_vantage_flush(p->vantage);
    if (p->places)
        mpt_places_flush(p->places);
    for (mpt_engine *e; (e = next_engine(p, &number)) != NULL;)
        mpt_engine_flush(e);
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

/* Sorts the points, or the places, from `first` on. False where nothing shows their order. */
static bool sort_by_position(const mpt_vantage_engines *p, unsigned first, unsigned count, unsigned *order)
{
    double position[MPT_VANTAGE_POINTS];
    bool known = true, named = is_named(&p->request);

    for (unsigned i = 0; i < count; i++) {
        order[i] = first + i;
        if (count > 1 && !named && !mpt_path_position_of_engine(p->engines[first + i], &position[i]))
            known = false;
    }
    for (unsigned i = 1; known && !named && i < count; i++) {
        unsigned k = i;
        for (; k > 0 && position[order[k - 1] - first] > position[i]; k--)
            order[k] = order[k - 1];
        order[k] = first + i;
    }
    return known;
}

bool mpt_vantage_engines_order(mpt_vantage_engines *p, unsigned *order)
{
    if (!p->ordered)
        p->order_known = sort_by_position(p, 0, p->count, p->order);
    p->ordered = true;
    memcpy(order, p->order, p->count * sizeof *order);
    return p->order_known;
}

static bool has_places(const mpt_vantage_engines *p)
{
    return p->places && p->count == 1 && p->place_count > 1;
}

unsigned mpt_vantage_engines_compared(mpt_vantage_engines *p, unsigned *order, bool *known)
{
    bool order_known = true;

    if (!has_places(p)) {
        order_known = mpt_vantage_engines_order(p, order);
    } else if (mpt_places_known_by(p->places) == MPT_PLACES_LINK) {
        order_known = sort_by_position(p, MPT_VANTAGE_POINTS, p->place_count, order);
    } else {
        for (unsigned i = 0; i < p->place_count; i++)
            order[i] = MPT_VANTAGE_POINTS + i;
    }
    if (known)
        *known = order_known;
    return has_places(p) ? p->place_count : p->count;
}

unsigned mpt_vantage_engines_chosen(mpt_vantage_engines *p)
{
    const mpt_vantage_request *r = &p->request;
    unsigned order[MPT_VANTAGE_POINTS] = {0}, point, compared;

    if (!r->has_at || r->at == MPT_AT_INTERFACE) {
        mpt_vantage_engines_order(p, order);
        return r->has_at && mpt_vantage_point_of(p->vantage, r->at_interface, &point) ? point : order[0];
    }
    compared = mpt_vantage_engines_compared(p, order, NULL);
    return order[r->at == MPT_AT_CLIENT ? 0 : compared - 1];
}

const mpt_places *mpt_vantage_engines_places(const mpt_vantage_engines *p)
{
    return p->places;
}
