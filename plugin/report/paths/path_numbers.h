/* path_numbers.h - the ids that subflows have at the vantage point which reports count at, wherever
 * they were captured.
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

/* const mpt_subflow * -> mpt_path_ids. pairs: mpt_path_pair, through which the ids are found elsewhere. Free
 * with g_hash_table_destroy(). */
GHashTable *mpt_path_number(const mpt_report_context *x, const GPtrArray *pairs);
/* NULL: the subflow was not found at the point that numbers them. */
const mpt_path_ids *mpt_path_ids_of(GHashTable *numbers, const mpt_path_flow *f);

#endif
