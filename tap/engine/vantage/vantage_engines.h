/* vantage_engines.h - the engines of one window of time: one for each vantage point of the capture.
 *
 * Reports count each packet once: they read one engine, that of the vantage point that `at` names (by default
 * the client's end). A capture with one vantage point has one engine.
 *
 * One interface that shows each packet at several places (places.h) is one point still, where each packet counts
 * once, at its first sighting. The places have engines of their own where somebody compares points, or counts
 * at one of them; their numbers are beyond those of points.
 *
 * Invariant: the engine of a point gets each segment that was captured there once, and nothing else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_VANTAGE_ENGINES_H
#define MPT_VANTAGE_ENGINES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "places.h"
#include "tap/engine/core/engine.h"
#include "vantage.h"
#include "vantage_request.h"

typedef struct mpt_vantage_engines mpt_vantage_engines;

/* Numbers of engines: those of points, then those of places. */
#define MPT_VANTAGE_ENGINES (2 * MPT_VANTAGE_POINTS)

static inline bool mpt_vantage_is_place(unsigned point)
{
    return point >= MPT_VANTAGE_POINTS;
}

/* Called for each new engine, before its first segment; also for those of places. */
typedef void (*mpt_vantage_engines_opened)(mpt_engine *engine, unsigned point, void *user);

/* The lists of `request` must outlive the engines. Free with mpt_vantage_engines_free(). */
mpt_vantage_engines *mpt_vantage_engines_new(const mpt_vantage_request *request,
                                             const mpt_engine_config *config,
                                             mpt_vantage_engines_opened opened, void *user);
void mpt_vantage_engines_free(mpt_vantage_engines *p);

/* As the functions of mpt_engine with these names; segments are borrowed for the call. */
void mpt_vantage_engines_feed(mpt_vantage_engines *p, const mpt_segment *segments, unsigned count);
void mpt_vantage_engines_note_time(mpt_vantage_engines *p, int64_t time_ns);
void mpt_vantage_engines_note_lost(mpt_vantage_engines *p);
void mpt_vantage_engines_note_icmp(mpt_vantage_engines *p, const mpt_icmp_error *error);
/* Call at the end of the capture. */
void mpt_vantage_engines_flush(mpt_vantage_engines *p);

/* Vantage points so far, at least 1. */
unsigned mpt_vantage_engines_count(const mpt_vantage_engines *p);
/* The engine of a point below that count, or of a place. */
mpt_engine *mpt_vantage_engines_at(mpt_vantage_engines *p, unsigned point);
/* Fills `order`, which has room for all points, from the client's end to the server's. False if nothing in
 * the capture shows which end is the client's: they are then in order of number. */
bool mpt_vantage_engines_order(mpt_vantage_engines *p, unsigned *order);
/* The same of the points that can be compared with each other: these, or the places of the only one; order has
 * room for MPT_VANTAGE_POINTS. Returns how many there are; known may be NULL. */
unsigned mpt_vantage_engines_compared(mpt_vantage_engines *p, unsigned *order, bool *known);
/* The point at which reports count. */
unsigned mpt_vantage_engines_chosen(mpt_vantage_engines *p);
/* Which interfaces are where; what was asked for. Borrowed. */
const mpt_vantage *mpt_vantage_engines_vantage(const mpt_vantage_engines *p);
const mpt_vantage_request *mpt_vantage_engines_request(const mpt_vantage_engines *p);
const mpt_places *mpt_vantage_engines_places(const mpt_vantage_engines *p); /* NULL: nobody asked for them */

#endif
