/* path_hops.c - see path_hops.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "path_hops.h"

#include "path_numbers.h"
#include "plugin/report/common/vantage_words.h"
#include "tap/engine/vantage/vantage.h"

struct mpt_path_hops {
    char *name[MPT_VANTAGE_ENGINES];
    GHashTable *connections; /* id -> GArray of mpt_path_hop */
};

static bool is_reliable(const mpt_report_context *x, unsigned point)
{
    const mpt_engine_counts *c = mpt_engine_get_counts(mpt_vantage_engines_at(x->points, point));

    return !c->cut_options && !c->lost_segments && !c->late_segments;
}

static void add_pair(mpt_path_hops *w, const mpt_report_context *x, const mpt_path_pair *pair,
                     GHashTable *numbers)
{
    const GPtrArray *flows = mpt_paths_flows(pair->paths);
    bool reliable = is_reliable(x, pair->from) && is_reliable(x, pair->to);

    for (guint i = 0; i < flows->len; i++) {
        const mpt_path_flow *f = g_ptr_array_index(flows, i);
        const mpt_path_ids *ids = f ? mpt_path_ids_of(numbers, f) : NULL;
        mpt_path_hop way = {.flow = f, .client_end = pair->client_end, .reliable = reliable};
        GArray *list;
        if (!ids)
            continue;
        way.subflow = ids->subflow;
        way.point[MPT_CLIENT] = pair->from;
        way.point[MPT_SERVER] = pair->to;
        list = g_hash_table_lookup(w->connections, GUINT_TO_POINTER(ids->connection));
        if (!list) {
            list = g_array_new(FALSE, FALSE, sizeof(mpt_path_hop));
            g_hash_table_insert(w->connections, GUINT_TO_POINTER(ids->connection), list);
        }
        g_array_append_val(list, way);
    }
}

mpt_path_hops *mpt_path_hops_new(const mpt_report_context *x)
{
    unsigned order[MPT_VANTAGE_POINTS], points = 1;
    GPtrArray *pairs;
    GHashTable *numbers;
    mpt_path_hops *w;

    if (x->points)
        points = mpt_vantage_engines_compared(x->points, order, NULL);
    if (points < 2)
        return NULL;
    w = g_new0(mpt_path_hops, 1);
    w->connections = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    pairs = g_ptr_array_new();
    for (unsigned i = 0; i < points; i++) {
        GString *name = g_string_new(NULL);
        mpt_vantage_describe(x->points, order[i], name);
        w->name[order[i]] = g_string_free(name, FALSE);
    }
    for (unsigned i = 0; i + 1 < points; i++) {
        mpt_path_pair *pair = mpt_path_collector_pair(x->paths, x->points, order[i], order[i + 1]);
        if (pair)
            g_ptr_array_add(pairs, pair);
    }
    numbers = mpt_path_number(x, pairs);
    for (guint i = 0; i < pairs->len; i++)
        add_pair(w, x, g_ptr_array_index(pairs, i), numbers);
    g_hash_table_destroy(numbers);
    g_ptr_array_free(pairs, TRUE);
    return w;
}

void mpt_path_hops_free(mpt_path_hops *w)
{
    if (!w)
        return;
    for (unsigned i = 0; i < MPT_VANTAGE_ENGINES; i++)
        g_free(w->name[i]);
    g_hash_table_destroy(w->connections);
    g_free(w);
}

const GArray *mpt_path_hops_of(const mpt_path_hops *w, uint32_t connection)
{
    return w ? g_hash_table_lookup(w->connections, GUINT_TO_POINTER(connection)) : NULL;
}

const char *const *mpt_path_hops_names(const mpt_path_hops *w)
{
    return w ? (const char *const *)w->name : NULL;
}
