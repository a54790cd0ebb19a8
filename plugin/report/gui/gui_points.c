/* gui_points.c - see gui_points.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_points.h"

#include <string.h>

#include "plugin/report/common/vantage_words.h"

/* In the order of windows; returns how many there are. */
static unsigned points_of(mpt_vantage_engines *points, unsigned *order)
{
    unsigned count = mpt_vantage_engines_compared(points, order + 1, NULL);

    if (count > 1 && mpt_vantage_is_place(order[1])) {
        order[0] = 0;
        return count + 1;
    }
    memmove(order, order + 1, count * sizeof *order);
    return count;
}

void mpt_gui_points_fill(mpt_gui_points *to, const mpt_report_context *x)
{
    unsigned order[MPT_VANTAGE_POINTS + 1] = {0};

    *to = (mpt_gui_points){.count = x->points ? points_of(x->points, order) : 1};
    to->names = g_new0(char *, to->count + 1);
    for (unsigned i = 0; to->count > 1 && i < to->count; i++) {
        GString *name = g_string_new(NULL);

        if (i == 0 && mpt_vantage_is_place(order[1]))
            g_string_append(name, "all places, each packet once");
        else
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
    unsigned order[MPT_VANTAGE_POINTS + 1] = {0};

    return place < points_of(points, order) ? order[place] : usual;
}
