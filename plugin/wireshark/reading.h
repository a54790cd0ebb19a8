/* reading.h - the reading of the open capture behind fields, expert information, windows, tables and Follow.
 *
 * When a frame is first dissected, its segments are fed to up to two readings: a live one if a field is
 * already in use, and a kept one if Wireshark keeps its frames and may come back to them (windows, sharkd,
 * tshark -2). If neither is needed, the wrapper around TCP is removed after the first frame.
 *
 * Invariant: there is at most one kept reading, and all that show it share it. It belongs to the file that is
 * open: Wireshark's clean-up at its end, or before it is read again, frees it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_READING_H
#define MPT_READING_H

#include "plugin/report/report.h"
#include "tap/engine/frames/frames.h"
#include "tap/engine/graphs/graphs.h"
#include "tap/engine/reinjections/reinjection_log.h"

/* Call it once, while protocols are registered, after mpt_prefs_register(). */
void mpt_reading_register(void);

/* Takes the frame that is being dissected, once. used: fields are wanted of it. Returns the reading that
 * knows it now; NULL: none does. */
struct _packet_info;
mpt_frames *mpt_reading_take(struct _packet_info *pinfo, bool used);

/* The kept reading, finished up to its last frame so far; NULL if there is none (no capture, one pass of
 * tshark, fields off). Valid until Wireshark is called again. */
mpt_frames *mpt_reading_frames(void);
/* The same without what is still in its look-back. */
mpt_frames *mpt_reading_unfinished(void);
/* The number of TCP segments of that reading so far, with those in its look-back. */
uint64_t mpt_reading_segments(void);

/* What is recorded of a vantage point for graphs; NULL if there is no reading, or no window can show them. */
const mpt_recorder *mpt_reading_recorder(unsigned point);

/* Fills what a report is made from, of this vantage point: engine, connections (its own, to be freed by
 * mpt_reading_context_clear()), notes, points, paths and what it collects. */
void mpt_reading_context(mpt_report_context *x, unsigned point, const mpt_arguments *arguments);
void mpt_reading_context_clear(mpt_report_context *x);

/* The number of the reading, never 0. When it changes, everything from the previous reading is gone. */
uint64_t mpt_reading_number(void);
/* Calls `func` whenever a reading is gone. */
void mpt_reading_on_gone(void (*func)(void));

#endif
