/* fields.h - the fields mptcpscope.* of each TCP segment, and findings as expert information.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FIELDS_H
#define MPT_FIELDS_H

#include "tap/engine/frames/frames.h"
#include "tap/engine/graphs/graphs.h"

/* Once, while protocols are registered, after mpt_prefs_register(). */
void mpt_fields_register(void);

/* The reading of the whole capture that is open, up to its last frame; NULL where there is none (no capture,
 * one pass of tshark, fields off). Valid until Wireshark is called again. */
mpt_frames *mpt_fields_frames(void);

/* The engine of that reading as it is, without what is still in its look-back; NULL where that is. */
const mpt_engine *mpt_fields_unfinished(void);

/* TCP segments of that reading so far, with those in its look-back. */
uint64_t mpt_fields_segments(void);

/* What graphs are drawn from, of the same reading; NULL where that is, and in programs without windows. */
const mpt_recorder *mpt_fields_recorder(void);
/* What was sent again, the same. */
const struct mpt_reinjection_log *mpt_fields_reinjections(void);
/* The one of these that this observer fills, as reports have it; NULL: neither. */
void *mpt_fields_collected(const mpt_observer *observer);

/* The number of the reading: with another one, all that came from the reading before is gone. Never 0. */
uint64_t mpt_fields_reading(void);
/* Calls `func` whenever a reading has gone. NULL: nobody. */
void mpt_fields_on_gone(void (*func)(void));

#endif
