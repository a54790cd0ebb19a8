/* icmp_errors.h - the ICMP errors of a capture, by the TCP connection that they are about.
 *
 * Invariant: memory is bounded; what comes after the first MPT_ICMP_ERRORS is not kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ICMP_ERRORS_H
#define MPT_ICMP_ERRORS_H

#include <glib.h>

#include "tap/icmp_error.h"

#define MPT_ICMP_ERRORS 10000

typedef struct mpt_icmp_errors mpt_icmp_errors;

/* `all`: NULL before the first one, which makes it. Free with mpt_icmp_errors_free(). */
void mpt_icmp_errors_add(mpt_icmp_errors **all, const mpt_icmp_error *error);
void mpt_icmp_errors_free(mpt_icmp_errors *all);
/* The newest one about a connection between these ends, whichever sent; NULL: none. Borrowed. */
const mpt_icmp_error *mpt_icmp_errors_newest(const mpt_icmp_errors *all, const mpt_endpoint ends[2]);
/* The one before that; NULL: none. */
const mpt_icmp_error *mpt_icmp_errors_older(const mpt_icmp_error *error);

#endif
