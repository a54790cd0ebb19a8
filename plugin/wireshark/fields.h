/* fields.h - the fields mptcpscope.* of each TCP segment, findings as expert information, and the reading of
 * the capture from which both come.
 *
 * Invariant: there is at most one reading of the whole capture, and windows, tables and Follow share it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FIELDS_H
#define MPT_FIELDS_H

#include "tap/engine/frames/frames.h"
#include "tap/engine/graphs/graphs.h"

/* Call it once, while protocols are registered, after mpt_prefs_register(). */
void mpt_fields_register(void);

/* The reading of the open capture, finished up to its last frame so far; NULL if there is none (no capture,
 * one pass of tshark, fields off). Valid until Wireshark is called again. */
mpt_frames *mpt_fields_frames(void);

/* The engine of that reading, without what is still in its look-back; NULL if there is no reading. */
const mpt_engine *mpt_fields_unfinished(void);

/* The number of TCP segments of that reading so far, with those in its look-back. */
uint64_t mpt_fields_segments(void);

/* What graphs of that reading are drawn from; NULL if there is no reading, or no window can show them. */
const mpt_recorder *mpt_fields_recorder(void);
/* The log of reinjections, likewise. */
const struct mpt_reinjection_log *mpt_fields_reinjections(void);
/* The recorder, if this is its observer, as a report's collected data; else NULL. */
void *mpt_fields_collected(const mpt_observer *observer);

/* The number of the reading, never 0. When it changes, everything from the previous reading is gone. */
uint64_t mpt_fields_reading(void);
/* Calls `func` whenever a reading is gone; NULL: nobody. */
void mpt_fields_on_gone(void (*func)(void));

#endif
