/* path_numbers.c - see path_numbers.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "path_numbers.h"

static void add(GHashTable *table, const mpt_subflow *s, const mpt_path_ids *ids)
{
    g_hash_table_insert(table, (gpointer)s, g_memdup2(ids, sizeof *ids));
}

static void number_connections(GHashTable *table, const mpt_report_context *x)
{
    for (mpt_connection_view v = {0}; mpt_metrics_next(x->engine, x->connections, &v);)
        for (uint32_t i = 0; i < v.subflow_count; i++) {
            mpt_path_ids ids = {v.id, v.subflows[i].id, mpt_report_selected(x, &v)};
            add(table, v.subflows[i].subflow, &ids);
        }
}

/* Where figures are those of all places, each of them may have the first packet of a subflow. */
static void number_places(GHashTable *table, const mpt_report_context *x)
{
    unsigned order[MPT_VANTAGE_POINTS], count = mpt_vantage_engines_compared(x->points, order, NULL);
    GHashTable *begun;
    GHashTableIter all;
    gpointer subflow, ids;

    if (mpt_vantage_is_place(x->point) || !mpt_vantage_is_place(order[0]))
        return;
    begun = g_hash_table_new(NULL, NULL);
    g_hash_table_iter_init(&all, table);
    while (g_hash_table_iter_next(&all, &subflow, &ids))
        g_hash_table_insert(begun, GUINT_TO_POINTER(((const mpt_subflow *)subflow)->first_frame), ids);
    for (unsigned i = 0; i < count; i++) {
        const GPtrArray *subflows = mpt_engine_subflows(mpt_vantage_engines_at(x->points, order[i]));
        for (guint k = 0; k < subflows->len; k++) {
            const mpt_subflow *s = g_ptr_array_index(subflows, k);
            if ((ids = g_hash_table_lookup(begun, GUINT_TO_POINTER(s->first_frame))) != NULL)
                add(table, s, ids);
        }
    }
    g_hash_table_destroy(begun);
}

/* Gives the other end of each of a pair's flows the ids of the one that has them. True if any was new. */
static bool pass_on(GHashTable *table, const mpt_path_pair *pair)
{
    const GPtrArray *flows = mpt_paths_flows(pair->paths);
    bool any = false;

    for (guint i = 0; i < flows->len; i++) {
        const mpt_path_flow *f = g_ptr_array_index(flows, i);
        if (!f || !f->subflow[MPT_END_A] || !f->subflow[MPT_END_B])
            continue;
        const mpt_path_ids *a = g_hash_table_lookup(table, f->subflow[MPT_END_A]);
        const mpt_path_ids *b = g_hash_table_lookup(table, f->subflow[MPT_END_B]);
        if (!a == !b)
            continue;
        add(table, f->subflow[a ? MPT_END_B : MPT_END_A], a ? a : b);
        any = true;
    }
    return any;
}

GHashTable *mpt_path_number(const mpt_report_context *x, const GPtrArray *pairs)
{
    GHashTable *table = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    bool any = true;

    number_connections(table, x);
    number_places(table, x);
    while (any) {
        any = false;
        for (guint i = 0; i < pairs->len; i++)
            any |= pass_on(table, g_ptr_array_index(pairs, i));
    }
    return table;
}

const mpt_path_ids *mpt_path_ids_of(GHashTable *numbers, const mpt_path_flow *f)
{
    const mpt_path_ids *ids = NULL;

    for (mpt_end end = 0; !ids && end < MPT_ENDS; end++)
        ids = f->subflow[end] ? g_hash_table_lookup(numbers, f->subflow[end]) : NULL;
    return ids;
}
