/* fields.h - the fields mptcpscope.* of each TCP segment, and findings as expert information.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FIELDS_H
#define MPT_FIELDS_H

/* Once, while protocols are registered, after mpt_prefs_register(). */
void mpt_fields_register(void);

#endif
