/* overview.h - what the text reports share: the lines about the capture, and the heading of a connection.
 *
 * Invariant: what is usual is not mentioned; what makes figures incomplete always is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_OVERVIEW_H
#define MPT_OVERVIEW_H

#include <glib.h>

#include "reports.h"
#include "sink.h"

/* How many segments, connections, fallbacks; what is missing in the capture; what part of it is counted. */
void mpt_overview_capture(const mpt_report_context *x, mpt_sink *sink);
/* Says that no `what` ("connection") was reported, and why. */
void mpt_overview_nothing(const mpt_report_context *x, const char *what, mpt_sink *sink);
/* "Connection 0: 192.0.2.1:40000 -> 192.0.2.2:5001, MPTCP v1", and how long it lasted and how it ended. */
void mpt_overview_connection(const mpt_connection_view *v, mpt_sink *sink);
/* Appends "MPTCP v1", "fell back to TCP: no MP_CAPABLE in the SYN/ACK", ... */
void mpt_overview_kind(const mpt_connection_view *v, GString *out);

#endif
