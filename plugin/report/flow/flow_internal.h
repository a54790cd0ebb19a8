/* flow_internal.h - what the files of `flow` share; nobody else includes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FLOW_INTERNAL_H
#define MPT_FLOW_INTERNAL_H

#include "flow.h"
#include "plugin/report/format/json.h"

/* Rows that are shown unless `full` asks for an arrow each; a picture has no more of these than the second. */
#define MPT_FLOW_ROWS     160
#define MPT_FLOW_ROWS_ALL 4000

/* What is shown: the rows of one level. */
typedef struct mpt_flow_shown {
    const mpt_flow *flow;
    const mpt_flow_rows *rows;
    unsigned level;
    uint32_t count;
    uint32_t subflow; /* the only one that is drawn, or MPT_FLOW_ANY_SUBFLOW */
} mpt_flow_shown;

void mpt_flow_text(const mpt_flow_shown *shown, mpt_sink *sink);
void mpt_flow_svg(const mpt_flow_shown *shown, mpt_sink *sink);
void mpt_flow_csv_titles(mpt_sink *sink);
void mpt_flow_csv(const mpt_flow_shown *shown, mpt_sink *sink);
/* Writes an element of the array `flow`. */
void mpt_flow_json(const mpt_flow_shown *shown, mpt_json *json);

#endif
