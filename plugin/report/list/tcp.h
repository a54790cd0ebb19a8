/* tcp.h - report `tcp`: every TCP stream, and what it has to do with MPTCP.
 *
 * Invariant: a row a stream, in the order of their first frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TCP_H
#define MPT_TCP_H

#include <glib.h>

#include "plugin/report/format/json.h"

/* Writes the elements of the array `tcp`: the streams that one of `reports` (const mpt_report_context *)
 * selects. */
void mpt_tcp_json(mpt_json *json, const GPtrArray *reports);

#endif
