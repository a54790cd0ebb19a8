/* tables.h - Statistics > MPTCP Connections and MPTCP Subflows; nstat:mptcp_connections and
 * nstat:mptcp_subflows of sharkd.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TABLES_H
#define MPT_TABLES_H

/* Once, at handoff. */
void mpt_tables_register(void);

#endif
