/* event_csv.h - events as rows of CSV.
 *
 * Invariant: one event a row, one unit a column; columns that the type does not have are empty.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EVENT_CSV_H
#define MPT_EVENT_CSV_H

#include <glib.h>

#include "plugin/report/format/sink.h"
#include "tap/engine/figures/metrics.h"

void mpt_event_csv_header(mpt_sink *sink);
/* The row of element `index` of the events of a connection, which are in order. */
void mpt_event_csv_row(mpt_sink *sink, const mpt_connection_view *v, const GArray *events, guint index);

#endif
