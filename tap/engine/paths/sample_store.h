/* sample_store.h - keeps samples of one-way delay in a temporary file until the clocks are known.
 *
 * There is one sample for each packet, and how delays are to be corrected is known only at the end of the
 * capture. The file has no name, so the system removes it however the program ends.
 *
 * Invariant: every sample added is read once; in order of arrival if the samples were added nearly in order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SAMPLE_STORE_H
#define MPT_SAMPLE_STORE_H

#include <stdbool.h>

#include "paths.h"

typedef struct mpt_path_store mpt_path_store;

mpt_path_store *mpt_path_store_new(void);
void mpt_path_store_free(mpt_path_store *s);
/* user: the store, as mpt_paths_sample passes it. */
void mpt_path_store_add(const mpt_path_sample *sample, void *user);
/* False if the temporary file could not be written or read: the samples are not complete. */
bool mpt_path_store_ok(const mpt_path_store *s);

/* The end at which a sample arrived. */
typedef mpt_end (*mpt_path_receiver)(const mpt_path_sample *sample, void *user);
typedef void (*mpt_path_each)(const mpt_path_sample *sample, void *user);
/* Calls `each` for all samples, by time of arrival on the clock of end A, which the samples
 * themselves give roughly. */
void mpt_path_store_read(mpt_path_store *s, mpt_path_receiver receiver, mpt_path_each each, void *user);

#endif
