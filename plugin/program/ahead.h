/* ahead.h - a second thread, which reads and decodes ahead of the one that draws conclusions.
 *
 *      thread of its own: fills batches ----> a ring of batches ----> the caller: hands them to the engines
 *
 * Invariant: batches come in the order in which they were filled, and all that were filled come. What fills them
 * runs in its own thread from mpt_ahead_start() until mpt_ahead_end() has returned; nobody else may touch what it
 * uses meanwhile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PROGRAM_AHEAD_H
#define MPT_PROGRAM_AHEAD_H

#include "tap/feed.h"

typedef struct mpt_ahead mpt_ahead;

/* Fills all batches, starting with `batch`: each that is filled is given to mpt_ahead_filled(), but the last one. */
typedef void (*mpt_ahead_fill)(mpt_ahead *ahead, mpt_feed_batch *batch, void *user);

mpt_ahead *mpt_ahead_start(mpt_ahead_fill fill, void *user);
/* For the thread that fills: the next batch, which is empty. Waits for one. */
mpt_feed_batch *mpt_ahead_filled(mpt_ahead *ahead);
/* For the caller: the next batch, to be left empty, until the next call. Waits for one; NULL: it was the last. */
mpt_feed_batch *mpt_ahead_next(mpt_ahead *ahead);
/* After mpt_ahead_next() gave NULL. */
void mpt_ahead_end(mpt_ahead *ahead);

#endif
