/* clock_steps.h - the clock of a capturing host that is set back in mid-capture: later segments get times that go
 * on where those before ended.
 *
 *      time of the file   .-'  .-'-.  a step back of more than the look-back: is it the clock,
 *                      .-'  |-'       or does the file have its parts in another order?
 *
 * Segments from there on are held until they tell: what goes on with a connection beyond all that was
 * captured of it before is later, whatever its time; what lies before that is older.
 *
 * Invariant: memory is bounded; segments leave in the order in which they came, one interface after another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CLOCK_STEPS_H
#define MPT_CLOCK_STEPS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tap/segment.h"

#define MPT_CLOCKS 64 /* interfaces; those beyond have no steps */

/* Where a segment is, against what was captured of its connection before: below 0 before, above 0 beyond. */
typedef int (*mpt_clock_compare)(const mpt_segment *segment, void *user);
/* Receives each segment, its time put right. */
typedef void (*mpt_clock_deliver)(const mpt_segment *segment, void *user);

typedef struct mpt_clock_steps {
    int64_t horizon_ns; /* less is not looked at */
    mpt_clock_compare compare;
    mpt_clock_deliver deliver;
    void *user;
    struct mpt_stepping_clock *clocks;
    unsigned count, last; /* clocks; that of the last segment */
    GArray *held;         /* mpt_segment, payload owned; NULL: nothing is held */
    unsigned doubted;     /* the clock that they are held for */
    unsigned ahead, behind;
    /* What was found. */
    uint64_t steps;
    uint32_t frame; /* of the first, and when it would have been, and by how much the clock went back */
    int64_t time_ns, back_ns;
} mpt_clock_steps;

/* A zeroed one with its first four members set is ready. */
void mpt_clock_steps_clear(mpt_clock_steps *c);
void mpt_clock_steps_feed(mpt_clock_steps *c, const mpt_segment *segment);
/* Decides by what there is, and delivers what is held. */
void mpt_clock_steps_flush(mpt_clock_steps *c);

#endif
