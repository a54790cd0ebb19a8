/* sample_store.h - samples of one-way delay, kept outside memory until the clocks are known.
 *
 * How a delay has to be corrected is known at the end of the capture only, and there is a sample a packet:
 * they go to a temporary file, which the system removes with the program.
 *
 * Invariant: what is read is what was added; in order of arrival as far as samples were added
 * nearly in order.
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
/* user: the store. */
void mpt_path_store_add(const mpt_path_sample *sample, void *user);
/* False where the temporary file could not be written or read: what is shown of it would be incomplete. */
bool mpt_path_store_ok(const mpt_path_store *s);

/* The end (0 or 1) at which a sample arrived. */
typedef unsigned (*mpt_path_receiver)(const mpt_path_sample *sample, void *user);
typedef void (*mpt_path_each)(const mpt_path_sample *sample, void *user);
/* Tells of all samples, by time of arrival as the clock of end 0 has it, as nearly as the
 * samples themselves show. */
void mpt_path_store_read(mpt_path_store *s, mpt_path_receiver receiver, mpt_path_each each, void *user);

#endif
