/* icmp.h - ICMP errors about TCP segments, for both doors: wrappers around the dissectors of ICMP and ICMPv6.
 *
 * Invariant: the wrappers are installed only between start and stop, and leave the dissection itself to the
 * dissectors that they replace. TCP packets cost nothing more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ICMP_H
#define MPT_ICMP_H

#include "icmp_error.h"

/* Call once, while protocols are registered. */
void mpt_icmp_register(void);
/* start() takes effect with the next frame. Each start() needs its stop(). */
void mpt_icmp_start(void);
void mpt_icmp_stop(void);
/* The error of this frame, once it has been dissected, while it is the newest one; NULL: none. */
const mpt_icmp_error *mpt_icmp_of(uint32_t frame);
/* Another file begins. */
void mpt_icmp_forget(void);

#endif
