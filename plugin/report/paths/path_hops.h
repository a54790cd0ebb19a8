/* path_hops.h - each connection's subflows on the hops between vantage points, for the findings.
 *
 * Invariant: hops are those between points next to each other, from the client's end to the server's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATH_HOPS_H
#define MPT_PATH_HOPS_H

#include "path_model.h"
#include "tap/engine/findings/findings.h"

typedef struct mpt_path_hops mpt_path_hops;

/* x: of a report whose needs.paths has MPT_PATHS_FLOWS. NULL if the capture has one vantage point.
 * Free with mpt_path_hops_free(). */
mpt_path_hops *mpt_path_hops_new(const mpt_report_context *x);
void mpt_path_hops_free(mpt_path_hops *w);
/* The hops of a connection (mpt_path_hop), from the client's end to the server's; NULL: none. Borrowed. */
const GArray *mpt_path_hops_of(const mpt_path_hops *w, uint32_t connection);

/* The names of the vantage points by their number: "the client (interface 0)". NULL where w is. Borrowed. */
const char *const *mpt_path_hops_names(const mpt_path_hops *w);

#endif
