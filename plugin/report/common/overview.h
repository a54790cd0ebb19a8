/* overview.h - what the text reports share: the lines about the capture, and the heading of a connection.
 *
 * Invariant: what is usual is not mentioned; what makes figures incomplete always is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_OVERVIEW_H
#define MPT_OVERVIEW_H

#include <glib.h>

#include "plugin/report/format/sink.h"
#include "plugin/report/report.h"

/* How many segments, connections, fallbacks; what is missing in the capture; what part of it is counted. */
void mpt_overview_capture(const mpt_report_context *x, mpt_sink *sink);
/* "Connection 0: 192.0.2.1:40000 -> 192.0.2.2:5001, MPTCP v1", why it fell back, how long it lasted, how
 * it ended. */
void mpt_overview_connection(const mpt_connection_view *v, mpt_sink *sink);
/* Appends "1,435,648 bytes (1.44 MB)", "300 bytes". */
void mpt_overview_bytes(GString *out, uint64_t bytes);

/* Appends what the connection is, in words: "MPTCP v1", "MPTCP v1, fell back to TCP: infinite mapping",
 * ... */
void mpt_overview_kind(const mpt_connection_view *v, GString *out);

#endif
