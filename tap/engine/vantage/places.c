/* places.c - see places.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "places.h"

#include <glib.h>

#include "tap/engine/base/axes.h"

/* Bounds of what is held, how often that may pass without a copy, and of the flows that are remembered. */
#define MAX_HELD  4096u
#define MAX_VAIN  4u
#define MAX_FLOWS (1u << 16)
/* So many packets must have been seen at two places. */
#define ENOUGH    3u

/* One direction of a flow, where the order of sightings tells. */
typedef struct lane {
    uint32_t frame; /* of the last packet that was new */
    uint32_t mark;  /* what it had there: TTL, or bytes around it */
    uint32_t marks[2];
    bool marks_known; /* what packets have at the sender's side, and beyond */
    bool beyond;      /* its addresses are those beyond a translation */
} lane;

typedef struct flow {
    mpt_endpoint ends[2]; /* the client's first */
    lane lanes[2];        /* from the client, from the server */
} flow;

struct mpt_places {
    mpt_vantage_deliver deliver;
    void *user;
    int64_t hold_ns;
    mpt_places_by by;
    mpt_sighting how;
    mpt_sightings sightings;
    GArray *held; /* mpt_segment, payload owned, with its mark */
    unsigned vain, copies;
    guint next_survey; /* not before so many are held */
    mpt_vantage *links;
    GHashTable *flows; /* flow, by its ends */
    GHashTable *hosts; /* address, port 0 -> mpt_role + 1 */
};

static guint host_hash(gconstpointer e)
{
    return mpt_endpoint_hash(e);
}

static gboolean host_equal(gconstpointer a, gconstpointer b)
{
    return mpt_endpoint_equal(a, b);
}

mpt_places *mpt_places_new(int64_t hold_ns, mpt_vantage_deliver deliver, void *user)
{
    mpt_places *p = g_new0(mpt_places, 1);

    p->deliver = deliver;
    p->user = user;
    p->hold_ns = hold_ns;
    p->held = g_array_new(FALSE, FALSE, sizeof(mpt_segment));
    p->flows = g_hash_table_new_full(mpt_endpoint_pair_hash, mpt_endpoint_pair_equal, g_free, NULL);
    p->hosts = g_hash_table_new_full(host_hash, host_equal, g_free, NULL);
    return p;
}

static void drop_held(mpt_places *p)
{
    for (guint i = 0; i < p->held->len; i++)
        g_free((gpointer)g_array_index(p->held, mpt_segment, i).payload);
    g_array_set_size(p->held, 0);
}

void mpt_places_free(mpt_places *p)
{
    if (!p)
        return;
    drop_held(p);
    g_array_free(p->held, TRUE);
    mpt_sightings_clear(&p->sightings);
    mpt_vantage_free(p->links);
    g_hash_table_destroy(p->flows);
    g_hash_table_destroy(p->hosts);
    g_free(p);
}

/* --- the client's side --- */

static mpt_role host_role(const mpt_places *p, const mpt_endpoint *e, bool *known)
{
    mpt_endpoint address = *e;
    gpointer role;

    address.port = 0;
    role = g_hash_table_lookup(p->hosts, &address);
    *known = role != NULL;
    return (mpt_role)(GPOINTER_TO_UINT(role) - *known);
}

static void note_host(mpt_places *p, const mpt_endpoint *e, mpt_role role)
{
    mpt_endpoint address = *e;
    bool known;

    address.port = 0;
    host_role(p, e, &known);
    if (!known && g_hash_table_size(p->hosts) < MAX_FLOWS)
        g_hash_table_insert(p->hosts, g_memdup2(&address, sizeof address), GUINT_TO_POINTER(role + 1u));
}

/* True if it comes from the side where clients are: by where its hosts are, as subflows before showed it. A
 * server may open a subflow, too. */
static bool is_from_client(mpt_places *p, const mpt_segment *g)
{
    bool src_known, dst_known, from_client;
    mpt_role src = host_role(p, &g->src, &src_known), dst = host_role(p, &g->dst, &dst_known);

    if (src_known && (!dst_known || src != dst))
        from_client = src == MPT_CLIENT;
    else if (dst_known && !src_known)
        from_client = dst == MPT_SERVER;
    else if (g->flags & MPT_TCP_SYN)
        from_client = !(g->flags & MPT_TCP_ACK);
    else /* services have low numbers */
        return g->src.port >= g->dst.port;
    note_host(p, &g->src, from_client ? MPT_CLIENT : MPT_SERVER);
    note_host(p, &g->dst, from_client ? MPT_SERVER : MPT_CLIENT);
    return from_client;
}

static flow *flow_of(mpt_places *p, const mpt_segment *g)
{
    mpt_endpoint ends[2] = {g->src, g->dst};
    flow *f = g_hash_table_lookup(p->flows, ends);
    bool from_client;

    if (f)
        return f;
    if (g_hash_table_size(p->flows) >= MAX_FLOWS)
        g_hash_table_remove_all(p->flows);
    from_client = is_from_client(p, g);
    f = g_new0(flow, 1);
    f->ends[0] = ends[!from_client];
    f->ends[1] = ends[from_client];
    g_hash_table_add(p->flows, f);
    return f;
}

/* --- the place of a segment --- */

/* By what else was seen of the packet, and of those before it. */
static bool is_beyond_by_order(const mpt_places *p, lane *l, const mpt_segment *g)
{
    uint32_t mark = p->how == MPT_SIGHTING_CARRIER ? g->around : g->ttl;

    if (g->sighting.how == MPT_SIGHTING_ADDRESSES) {
        l->beyond = true;
        return true;
    }
    if (g->sighting.how > MPT_SIGHTING_AGAIN) {
        if (l->frame == g->sighting.of) {
            l->marks[0] = l->mark;
            l->marks[1] = mark;
            l->marks_known = true;
        }
        return true;
    }
    if (g->sighting.how == MPT_SIGHTING_NONE) {
        l->frame = g->frame;
        l->mark = mark;
    }
    return l->beyond || (l->marks_known && mark == l->marks[1] && mark != l->marks[0]);
}

/* True if the packet was seen there after it had passed the host. */
static bool is_beyond(mpt_places *p, flow *f, mpt_role sender, const mpt_segment *g)
{
    return p->by == MPT_PLACES_WAY ? g->way == MPT_WAY_OUT : is_beyond_by_order(p, &f->lanes[sender], g);
}

/* The role of the end whose side it is. */
static mpt_role side_of(mpt_places *p, const mpt_segment *g)
{
    flow *f = flow_of(p, g);
    mpt_role sender = mpt_endpoint_equal(&f->ends[MPT_CLIENT], &g->src) ? MPT_CLIENT : MPT_SERVER;

    return is_beyond(p, f, sender, g) ? mpt_role_other(sender) : sender;
}

/* A segment on its way through vantage.h has Linux' number as its interface's. */
static void swap_interface(mpt_segment *g)
{
    uint32_t index = g->link_index;

    g->link_index = g->interface_id;
    g->interface_id = index;
}

static void deliver_link(const mpt_segment *segment, unsigned point, void *user)
{
    const mpt_places *p = user;
    mpt_segment g = *segment;

    swap_interface(&g);
    p->deliver(&g, point, p->user);
}

static void hand_on(mpt_places *p, mpt_segment *g)
{
    unsigned place = p->by == MPT_PLACES_LINK ? 0 : side_of(p, g);

    g->sighting = (mpt_sighting_mark){0};
    if (p->by == MPT_PLACES_LINK) {
        swap_interface(g);
        mpt_vantage_feed(p->links, g);
    } else {
        p->deliver(g, place, p->user);
    }
}

/* --- deciding --- */

static const mpt_segment *find_held(const mpt_places *p, uint32_t frame)
{
    guint low = 0, high = p->held->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(p->held, mpt_segment, middle).frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == p->held->len || g_array_index(p->held, mpt_segment, low).frame != frame)
        return NULL;
    return &g_array_index(p->held, mpt_segment, low);
}

/* What two sightings of one packet are told apart by. */
static mpt_places_by difference(const mpt_segment *first, const mpt_segment *g)
{
    if (first->presence & g->presence & MPT_SEGMENT_LINK && first->link_index != g->link_index)
        return MPT_PLACES_LINK;
    if (first->way && g->way && first->way != g->way)
        return MPT_PLACES_WAY;
    return MPT_PLACES_ORDER;
}

/* True if there is enough; sets what the places are known by. */
static bool survey(mpt_places *p)
{
    unsigned by[MPT_PLACES_ORDER + 1] = {0}, how[MPT_SIGHTINGS] = {0}, all = 0;

    for (guint i = 0; i < p->held->len; i++) {
        const mpt_segment *g = &g_array_index(p->held, mpt_segment, i), *first;
        if (g->sighting.how <= MPT_SIGHTING_AGAIN || !(first = find_held(p, g->sighting.of)) ||
            !mpt_sightings_is_copy(&p->sightings, g, &g->sighting))
            continue;
        by[difference(first, g)]++;
        how[g->sighting.how]++;
        all++;
    }
    if (all < ENOUGH)
        return false;
    p->by = by[MPT_PLACES_LINK] * 2 >= all  ? MPT_PLACES_LINK
            : by[MPT_PLACES_WAY] * 2 >= all ? MPT_PLACES_WAY
                                            : MPT_PLACES_ORDER;
    for (mpt_sighting k = MPT_SIGHTING_AGAIN; k < MPT_SIGHTINGS; k++)
        if (how[k] > how[p->how])
            p->how = k;
    return true;
}

static void release(mpt_places *p)
{
    if (p->by == MPT_PLACES_LINK) {
        p->links = mpt_vantage_new(p->hold_ns, deliver_link, p);
        mpt_sightings_clear(&p->sightings);
    }
    for (guint i = 0; i < p->held->len; i++)
        hand_on(p, &g_array_index(p->held, mpt_segment, i));
    drop_held(p);
}

/* Nothing so far: the older half may go. */
static void go_on(mpt_places *p)
{
    p->next_survey = 2 * p->held->len;
    if (p->held->len < MAX_HELD)
        return;
    p->next_survey = 0;
    if (++p->vain >= MAX_VAIN) {
        p->by = MPT_PLACES_NONE;
        drop_held(p);
        mpt_sightings_clear(&p->sightings);
        return;
    }
    for (guint i = 0; i < MAX_HELD / 2; i++)
        g_free((gpointer)g_array_index(p->held, mpt_segment, i).payload);
    g_array_remove_range(p->held, 0, MAX_HELD / 2);
}

static void hold(mpt_places *p, const mpt_segment *g)
{
    mpt_segment copy = *g;

    if (g->payload)
        copy.payload = g_memdup2(g->payload, g->captured_payload);
    g_array_append_val(p->held, copy);
}

static bool held_enough(const mpt_places *p, const mpt_segment *g)
{
    const mpt_segment *first = &g_array_index(p->held, mpt_segment, 0);

    return p->held->len >= MAX_HELD || (p->copies >= ENOUGH && p->held->len >= p->next_survey &&
                                        g->time_ns - first->time_ns > p->hold_ns);
}

void mpt_places_feed(mpt_places *p, const mpt_segment *segment)
{
    mpt_segment g = *segment;

    if (p->by == MPT_PLACES_NONE)
        return;
    if (p->by != MPT_PLACES_LINK)
        g.sighting = mpt_sightings_meet(&p->sightings, segment);
    if (p->by != MPT_PLACES_UNDECIDED) {
        hand_on(p, &g);
        return;
    }
    p->copies += g.sighting.how > MPT_SIGHTING_AGAIN;
    hold(p, &g);
    if (!held_enough(p, &g))
        return;
    if (survey(p))
        release(p);
    else
        go_on(p);
}

void mpt_places_flush(mpt_places *p)
{
    if (p->by == MPT_PLACES_UNDECIDED && survey(p))
        release(p);
    if (p->links)
        mpt_vantage_flush(p->links);
}

/* --- reading --- */

mpt_places_by mpt_places_known_by(const mpt_places *p)
{
    return p->by;
}

mpt_sighting mpt_places_how(const mpt_places *p)
{
    return p->how;
}

bool mpt_places_link(const mpt_places *p, unsigned place, unsigned k, uint32_t *index)
{
    return p->links && mpt_vantage_interface(p->links, place, k, index);
}
