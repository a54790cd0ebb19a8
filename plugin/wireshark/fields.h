/* fields.h - the fields mptcpscope.* of each TCP segment, and findings as expert information: a postdissector
 * that shows what the reading of the capture (reading.h) knows of a frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FIELDS_H
#define MPT_FIELDS_H

/* Call it once, while protocols are registered, after mpt_prefs_register(). */
void mpt_fields_register(void);

#endif
