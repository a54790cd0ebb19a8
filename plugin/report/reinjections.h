/* reinjections.h - report `reinjections`: which bytes were sent twice, on which subflows, and whether it helped.
 *
 * What one capture can tell of a direction depends on where it was taken:
 *   the receiver's side  which copy arrived first is certain. A byte that arrived once was sent twice, perhaps, but the
 *                        capture can't show it: lost originals are missing here.
 *   the sender's side    all that was sent again is there; which copy arrived first is inferred: the one whose subflow
 *                        acknowledged it first.
 *   elsewhere            as the sender's side.
 *
 * Invariant: the bytes of all runs are the reinjected bytes of `summary`, direction by direction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REINJECTIONS_H
#define MPT_REINJECTIONS_H

#include "json.h"
#include "kinds.h"

void mpt_report_reinjections(const mpt_report_context *x, mpt_sink *sink);
/* Writes the elements of the array `reinjections`: one for each direction of each connection that one of `reports`
 * (const mpt_report_context *) is asked for. */
void mpt_reinjections_json(mpt_json *json, const GPtrArray *reports);

void mpt_reinjections_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs);
void *mpt_reinjections_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark);
void mpt_reinjections_close(void *collected);

#endif
