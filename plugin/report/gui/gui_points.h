/* gui_points.h - the vantage points of a capture for windows (plugin/qt/interface.h), in the order of places.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GUI_POINTS_H
#define MPT_GUI_POINTS_H

#include "plugin/qt/interface.h"
#include "plugin/report/report.h"

/* Those of x->points (NULL: one), x->point being the chosen one; of a capture with one point that shows several
 * places, the point and then the places. Clear with mpt_gui_points_clear(). */
void mpt_gui_points_fill(mpt_gui_points *to, const mpt_report_context *x);
void mpt_gui_points_clear(mpt_gui_points *points);
/* The number of the point at this place; MPT_GUI_USUAL_POINT, or one that is not there: `usual`. */
unsigned mpt_gui_points_number(mpt_vantage_engines *points, unsigned place, unsigned usual);

#endif
