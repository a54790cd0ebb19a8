/* stat_tables.h - Statistics > MPTCP Connections and MPTCP Subflows; nstat:mptcp_connections and
 * nstat:mptcp_subflows of sharkd.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_STAT_TABLES_H
#define MPT_STAT_TABLES_H

/* Registers both tables, once, at handoff. */
void mpt_stat_tables_register(void);

#endif
