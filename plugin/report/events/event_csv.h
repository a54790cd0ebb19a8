/* event_csv.h - events as rows of CSV.
 *
 * Invariant: one row for each event, one unit for each column; columns that do not apply to the
 * type are empty.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EVENT_CSV_H
#define MPT_EVENT_CSV_H

#include <glib.h>

#include "plugin/report/format/sink.h"
#include "tap/engine/figures/metrics.h"

/* Writes the header line. */
void mpt_event_csv_header(mpt_sink *sink);
/* Writes the row of element `index` of a connection's events, which are in order of time. */
void mpt_event_csv_row(mpt_sink *sink, const mpt_connection_view *v, const GArray *events, guint index);

#endif
