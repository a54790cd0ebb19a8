/* reinjections.h - report `reinjections`: which bytes were sent twice, on which subflows, and whether it helped.
 *
 * What one capture can tell of a direction depends on where it was taken:
 *   the receiver's side  of two copies the later one is redundant, which is certain; a byte that was sent twice and
 *                        arrived once is not there to be seen
 *   the sender's side    all that was sent again is there; which copy got through first is inferred from the
 *                        acknowledgements and retransmissions on both subflows
 *   elsewhere            as the sender's side
 * How much of what was sent helped takes both: a merged capture, and the report `paths`.
 *
 * Invariant: the bytes of all runs are the reinjected bytes of `summary`, direction by direction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REINJECTIONS_H
#define MPT_REINJECTIONS_H

#include "plugin/report/format/json.h"
#include "plugin/report/registry.h"

void mpt_report_reinjections(const mpt_report_context *x, mpt_sink *sink);
/* Writes the elements of the array `reinjections`: one for each direction of each connection that one of
 * `reports` (const mpt_report_context *) is asked for. */
void mpt_reinjections_json(mpt_json *json, const GPtrArray *reports);

void mpt_reinjections_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs);
void *mpt_reinjections_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live,
                            uint32_t mark);
void mpt_reinjections_close(void *collected);

#endif
