/* paths.h - report `paths`: delay, jitter and loss per path, of a capture that was merged from two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REPORT_PATHS_H
#define MPT_REPORT_PATHS_H

#include "plugin/report/format/json.h"
#include "plugin/report/registry.h"

void mpt_report_paths(const mpt_report_context *x, mpt_sink *sink, GString *sentence);
void mpt_report_paths_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs);

/* Elements of the array `paths`, and then the members beside it: `clock`, `paths_unmatched`. */
void mpt_paths_json(mpt_json *json, const GPtrArray *reports);
void mpt_paths_json_more(mpt_json *json, const GPtrArray *reports);

#endif
