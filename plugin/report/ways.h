/* ways.h - the subflows of each connection between vantage points, for the findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_WAYS_H
#define MPT_WAYS_H

#include "../../tap/engine/findings.h"
#include "path_model.h"

typedef struct mpt_ways mpt_ways;

/* Of all pairs of points next to each other; x: of a report with one of the collectors of path_model.h. NULL
 * where the capture has one vantage point. Free with mpt_ways_free(). */
mpt_ways *mpt_ways_new(const mpt_report_context *x);
void mpt_ways_free(mpt_ways *w);
/* Those of a connection, mpt_way, from the client's end to the server's; NULL: none. Borrowed. */
const GArray *mpt_ways_of(const mpt_ways *w, uint32_t connection);

#endif
