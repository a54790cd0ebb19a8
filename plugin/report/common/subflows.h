/* subflows.h - the table of a connection's subflows that text reports show.
 *
 * Invariant: one row for each subflow, in the order of their ids, the client's end first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SUBFLOWS_H
#define MPT_SUBFLOWS_H

#include "interfaces.h"
#include "plugin/report/format/sink.h"
#include "tap/engine/figures/metrics.h"

/* Writes the table, each line indented by two columns. interfaces: say by which each passes. */
void mpt_subflows_text(const mpt_connection_view *v, bool interfaces, mpt_interface_namer name,
                       mpt_sink *sink);
/* Who asked for this subflow to be a backup: client, server, `both` or no; NULL: not known. */
const char *mpt_subflows_backup(const mpt_subflow_view *s, const char *both);

#endif
