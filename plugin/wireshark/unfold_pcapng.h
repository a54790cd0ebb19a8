/* unfold_pcapng.h - -z mptcp,unfold: a connection written as one plain TCP connection, which any
 * dissector can read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_UNFOLD_PCAPNG_H
#define MPT_UNFOLD_PCAPNG_H

/* Adds the report to the registry; once, at start. */
void mpt_unfold_register(void);

#endif
