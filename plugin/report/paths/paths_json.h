/* paths_json.h - report `paths` as part of the JSON document.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATHS_JSON_H
#define MPT_PATHS_JSON_H

#include "plugin/report/format/json.h"

/* Writes the elements of the array `paths`; below, the members beside it: `clock`, `paths_unmatched`. */
void mpt_paths_json(mpt_json *json, const GPtrArray *reports);
void mpt_paths_json_more(mpt_json *json, const GPtrArray *reports);

#endif
