/* connection_json.h - one connection as the JSON document has it (FIGURES.md).
 *
 * Invariant: all connections have the same members, null where a value is not known; what `detail` and
 * `directions` leave out is absent from all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CONNECTION_JSON_H
#define MPT_CONNECTION_JSON_H

#include <stdint.h>

#include "plugin/report/format/json.h"
#include "plugin/report/report.h"

enum {
    MPT_DETAIL_FULL = 1 << 0,   /* join, checksums, rtt */
    MPT_DETAIL_EVENTS = 1 << 1, /* events */
    MPT_DETAIL_ACCOUNT = 1 << 2 /* account */
};

/* Writes the members of the connection's object, which is open. detail: bits MPT_DETAIL_*; directions: bit 1 << mpt_direction for
 * each to show. account: its sentences; NULL: there are none. */
void mpt_connection_json(mpt_json *json, const mpt_connection_view *v, unsigned detail, unsigned directions,
                         const GPtrArray *account, const mpt_report_context *x);

#endif
