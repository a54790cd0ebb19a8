/* path_position.c - see path_position.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "path_position.h"

bool mpt_path_position_of_subflow(const mpt_subflow *s, double *place)
{
    int64_t beyond, before;

    if (!s->connection || !s->syn_seen || !s->synack_seen || !s->third_seen || !s->initiator_known)
        return false;
    beyond = s->synack_ns - s->syn_ns;
    before = s->ack_ns - s->synack_ns;
    if (beyond < 0 || before < 0 || beyond + before == 0)
        return false;
    *place = (double)before / (double)(beyond + before);
    if (mpt_subflow_side(s, mpt_connection_client_side(s->connection)) != s->initiator)
        *place = 1 - *place;
    return true;
}

static gint by_value(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

bool mpt_path_position_of_engine(const mpt_engine *e, double *place)
{
    const GPtrArray *subflows = mpt_engine_subflows(e);
    GArray *all = g_array_new(FALSE, FALSE, sizeof(double));
    bool known;

    for (guint i = 0; i < subflows->len; i++) {
        double one;
        if (mpt_path_position_of_subflow(g_ptr_array_index(subflows, i), &one))
            g_array_append_val(all, one);
    }
    known = all->len > 0;
    g_array_sort(all, by_value);
    if (known)
        *place = g_array_index(all, double, all->len / 2);
    g_array_free(all, TRUE);
    return known;
}
