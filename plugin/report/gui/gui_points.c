/* gui_points.c - see gui_points.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_points.h"

#include "plugin/report/common/vantage_words.h"

void mpt_gui_points_fill(mpt_gui_points *to, const mpt_report_context *x)
{
    unsigned order[MPT_VANTAGE_POINTS] = {0};

    *to = (mpt_gui_points){.count = x->points ? mpt_vantage_engines_count(x->points) : 1};
    to->names = g_new0(char *, to->count + 1);
    if (to->count > 1)
        mpt_vantage_engines_order(x->points, order);
    for (unsigned i = 0; to->count > 1 && i < to->count; i++) {
        GString *name = g_string_new(NULL);

        mpt_vantage_describe(x->points, order[i], name);
        to->names[i] = g_string_free(name, FALSE);
        if (order[i] == x->point)
            to->chosen = i;
    }
}

void mpt_gui_points_clear(mpt_gui_points *points)
{
    g_strfreev(points->names);
    *points = (mpt_gui_points){0};
}

unsigned mpt_gui_points_number(mpt_vantage_engines *points, unsigned place, unsigned usual)
{
    unsigned order[MPT_VANTAGE_POINTS] = {0};

    if (place >= mpt_vantage_engines_count(points))
        return usual;
    mpt_vantage_engines_order(points, order);
    return order[place];
}
