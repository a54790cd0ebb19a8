/* fields.h - the fields mptcpscope.* of each TCP segment, and findings as expert information.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FIELDS_H
#define MPT_FIELDS_H

#include "../tap/engine/frames.h"

/* Once, while protocols are registered, after mpt_prefs_register(). */
void mpt_fields_register(void);

/* The reading of the whole capture that is open, up to its last frame; NULL where there is none (no capture,
 * one pass of tshark, fields off). Valid until Wireshark is called again. */
mpt_frames *mpt_fields_frames(void);

#endif
