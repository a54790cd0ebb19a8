/* checks_syn_flood.c - the check of SYNs with MP_CAPABLE that nobody goes on with.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

/* Fewer to one address and port are no flood. */
#define FLOOD        64
/* A handshake that takes longer is not going on any more. */
#define HANDSHAKE_NS INT64_C(1000000000)

/* Half-open connections to one address and port; the key is `to`. */
struct half_open {
    mpt_endpoint to;
    bool works; /* for others */
    uint64_t count, answered;
    const mpt_subflow *first;
    GArray *sources;
};

static guint hash(gconstpointer h)
{
    return mpt_endpoint_hash(&((const struct half_open *)h)->to);
}

static gboolean equal(gconstpointer a, gconstpointer b)
{
    return mpt_endpoint_equal(&((const struct half_open *)a)->to, &((const struct half_open *)b)->to);
}

static void clear(gpointer data)
{
    struct half_open *h = data;

    if (h->sources)
        g_array_free(h->sources, TRUE);
    g_free(h);
}

static const mpt_endpoint *server_of(const mpt_subflow *s)
{
    return &s->ends[mpt_side_other(s->initiator)];
}

/* One SYN with MP_CAPABLE, and the client is never heard again: one that wants the connection repeats its SYN. */
static bool is_lone_syn(const mpt_subflow *s)
{
    return s && s->syn_seen && s->state == MPT_STATE_SYN_SENT && !s->ack_seen && s->evidence &&
           s->evidence->syns == 1 && !s->half[s->initiator].bytes.segments;
}

static struct half_open *group_of(GHashTable *groups, const mpt_subflow *s)
{
    struct half_open key = {.to = *server_of(s)}, *h = g_hash_table_lookup(groups, &key);

    if (!h) {
        h = g_new0(struct half_open, 1);
        h->to = key.to;
        h->sources = g_array_new(FALSE, FALSE, sizeof(mpt_endpoint));
        g_hash_table_add(groups, h);
    }
    return h;
}

/* To servers that work, or answer, a SYN of just now may become a connection. */
static void add_lone(struct half_open *h, const mpt_subflow *s, int64_t end_ns)
{
    if ((h->works || s->synack_seen) && end_ns - s->start_ns < HANDSHAKE_NS)
        return;
    h->first = h->first ? h->first : s;
    h->answered += s->synack_seen;
    h->count++;
    mpt_add_source(h->sources, &s->ends[s->initiator]);
}

static GHashTable *collect(const GPtrArray *all)
{
    GHashTable *groups = g_hash_table_new_full(hash, equal, clear, NULL);
    int64_t end_ns = INT64_MIN;

    for (guint i = 0; i < all->len; i++) {
        const mpt_connection *c = g_ptr_array_index(all, i);
        const mpt_subflow *s = mpt_connection_capable(c);
        end_ns = MAX(end_ns, c->end_ns);
        if (s && s->initiator_known && s->state >= MPT_STATE_ESTABLISHED)
            group_of(groups, s)->works = true;
    }
    for (guint i = 0; i < all->len; i++) {
        const mpt_subflow *s = mpt_connection_capable(g_ptr_array_index(all, i));
        if (is_lone_syn(s))
            add_lone(group_of(groups, s), s, end_ns);
    }
    return groups;
}

void mpt_check_syn_flood(mpt_checking *x)
{
    const GPtrArray *all = mpt_engine_connections(x->engine);
    GHashTableIter iter;
    GHashTable *groups;
    gpointer key;

    if (all->len < FLOOD || mpt_engine_get_counts(x->engine)->lost_segments)
        return;
    groups = collect(all);
    g_hash_table_iter_init(&iter, groups);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const struct half_open *h = key;
        if (h->count >= FLOOD)
            mpt_say(mpt_found(x, MPT_FINDING_SYN_FLOOD, h->first->start_ns, h->first->first_frame, h->count),
                    MPT_PHRASE_SYN_FLOOD, mpt_term_of(MPT_TERM_COUNT, h->count),
                    mpt_term_endpoint(MPT_TERM_ENDPOINT, &h->to),
                    mpt_term_of(MPT_TERM_COUNT, h->sources->len),
                    mpt_term_of(MPT_TERM_FLAG, h->sources->len == MPT_MAX_SOURCES),
                    mpt_term_of(MPT_TERM_COUNT, h->answered),
                    mpt_term_of(MPT_TERM_FLAG, h->answered == h->count));
    }
    g_hash_table_destroy(groups);
}
