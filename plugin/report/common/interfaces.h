/* interfaces.h - by which interface of the capture the packets of a subflow passed, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REPORT_INTERFACES_H
#define MPT_REPORT_INTERFACES_H

#include "tap/engine/figures/metrics.h"

/* The name that the capture file has for an interface; NULL: none. */
typedef const char *(*mpt_interface_namer)(uint32_t interface_id);

/* "eth0", "index 3" (Linux's number, where the capture is of any interface), "eth0 and others"; NULL where the
 * file does not say. Free with g_free(). name may be NULL. */
char *mpt_interfaces_of(const mpt_half *sender, mpt_interface_namer name);
/* Of both directions in one: "eth0", or "client eth0, server eth1" by who sends. As above. */
char *mpt_interfaces_of_both(const mpt_subflow_view *s, mpt_interface_namer name);

#endif
