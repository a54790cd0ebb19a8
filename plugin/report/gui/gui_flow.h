/* gui_flow.h - a connection as a ladder, for windows (plugin/qt/interface.h).
 *
 * Invariant: what is returned here needs neither the engine nor the recorder any more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GUI_FLOW_H
#define MPT_GUI_FLOW_H

#include "plugin/qt/interface.h"
#include "plugin/report/report.h"

/* x: of a point of the capture; x->collected is its recorder. NULL: there is no such connection. Free with
 * mpt_gui_flow_free(). */
mpt_gui_flow *mpt_gui_flow_new(const mpt_report_context *x, uint32_t connection);
void mpt_gui_flow_free(mpt_gui_flow *flow); /* NULL is allowed */

/* As mpt_gui_plugin has them. */
void mpt_gui_flow_set_filter(mpt_gui_flow *flow, const mpt_gui_flow_filter *filter);
void mpt_gui_flow_space_of(const mpt_gui_flow *flow, double width, mpt_gui_flow_space *space);
void mpt_gui_flow_edges(const mpt_gui_flow *flow, double width, unsigned lane, double edges[2]);
void mpt_gui_flow_arrow(const mpt_gui_flow *flow, double width, unsigned level, uint32_t row,
                        mpt_gui_arrow *arrow);
char *mpt_gui_flow_figures(const mpt_gui_flow *flow, unsigned level, uint32_t row);
bool mpt_gui_flow_find(const mpt_gui_flow *flow, unsigned level, uint32_t frame, uint32_t *row);
uint32_t mpt_gui_flow_after(const mpt_gui_flow *flow, unsigned level, int64_t time_ns);
bool mpt_gui_flow_save(const mpt_gui_flow *flow, unsigned level, const char *path, char **why);

#endif
