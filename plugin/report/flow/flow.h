/* flow.h - what windows share with the report `flow`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FLOW_H
#define MPT_FLOW_H

#include "flow_layout.h"

/* Writes the rows of a level as SVG; of very many the first ones. subflow: the only one that is drawn, or
 * MPT_FLOW_ANY_SUBFLOW. */
void mpt_flow_write_svg(const mpt_flow *f, const mpt_flow_rows *rows, unsigned level, uint32_t subflow,
                        mpt_sink *sink);

#endif
