/* unfold_pcapng.h - report `unfold`: a connection written as the packets of one plain TCP connection,
 * for any dissector.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_UNFOLD_PCAPNG_H
#define MPT_UNFOLD_PCAPNG_H

/* Adds the report to the registry. Call it once, at start. */
void mpt_unfold_register(void);

#endif
