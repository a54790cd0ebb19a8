/* path_numbers.h - gives subflows captured anywhere the ids that they have at the vantage point
 * where reports count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATH_NUMBERS_H
#define MPT_PATH_NUMBERS_H

#include "path_model.h"

typedef struct mpt_path_ids {
    uint32_t connection, subflow;
    bool selected;
} mpt_path_ids;

/* Returns a table const mpt_subflow * -> mpt_path_ids. pairs: mpt_path_pair, whose flows carry the ids from
 * point to point. Free with g_hash_table_destroy(). */
GHashTable *mpt_path_number(const mpt_report_context *x, const GPtrArray *pairs);
/* The ids of a flow; NULL: it was not found at the point where reports count. */
const mpt_path_ids *mpt_path_ids_of(GHashTable *numbers, const mpt_path_flow *f);

#endif
