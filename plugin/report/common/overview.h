/* overview.h - what text reports share: the lines about the capture, and the heading of a connection.
 *
 * Invariant: what is usual is left out; what makes figures incomplete is always mentioned.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_OVERVIEW_H
#define MPT_OVERVIEW_H

#include <glib.h>

#include "plugin/report/format/sink.h"
#include "plugin/report/format/table.h"
#include "plugin/report/report.h"

/* Writes how many segments, connections and fallbacks there are, what the capture lacks, and which part
 * of it counts. */
void mpt_overview_capture(const mpt_report_context *x, mpt_sink *sink);
/* What a report with a row for each connection or less begins with: in CSV the titles of these columns, else the
 * capture. */
void mpt_overview_begin(const mpt_report_context *x, const mpt_column *columns, size_t count, mpt_sink *sink);
/* Writes "Connection 0: 192.0.2.1:40000 -> 192.0.2.2:5001, MPTCP v1", why it fell back, how long it lasted
 * and how it ended. */
void mpt_overview_connection(const mpt_connection_view *v, mpt_sink *sink);
/* Appends "1,435,648 bytes (1.44 MB)", "300 bytes". */
void mpt_overview_bytes(GString *out, uint64_t bytes);

/* Appends the kind of connection: "MPTCP v1", "MPTCP v1, fell back to TCP: infinite mapping", ... */
void mpt_overview_kind(const mpt_connection_view *v, GString *out);

#endif
