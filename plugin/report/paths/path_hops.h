/* path_hops.h - the subflows of each connection between vantage points, for the findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATH_HOPS_H
#define MPT_PATH_HOPS_H

#include "path_model.h"
#include "tap/engine/findings/findings.h"

typedef struct mpt_path_hops mpt_path_hops;

/* Of all pairs of points next to each other; x: of a report with one of the collectors of path_model.h. NULL
 * where the capture has one vantage point. Free with mpt_path_hops_free(). */
mpt_path_hops *mpt_path_hops_new(const mpt_report_context *x);
void mpt_path_hops_free(mpt_path_hops *w);
/* Those of a connection, mpt_path_hop, from the client's end to the server's; NULL: none. Borrowed. */
const GArray *mpt_path_hops_of(const mpt_path_hops *w, uint32_t connection);

/* The names of the vantage points by their number: "the client (interface 0)". NULL where w is. Borrowed. */
const char *const *mpt_path_hops_names(const mpt_path_hops *w);

#endif
