/* clock.h - compares two clocks by delays that were measured with both.
 *
 *   there:  arrival - departure = delay + offset + drift * t
 *   back:   arrival - departure = delay - offset - drift * t
 *
 *     |  .   :  .    .               Queues only add to the least delay, so the true line lies below all
 *     | . .    . .   :. .            samples. It is taken for an edge of their lower hull: the one below the
 *     |.____.__________.___ hull     middle of the time, which has the least sum of distances to the samples.
 *
 * Offset: half the difference of the least delays there and back, on the subflow with the least round-trip
 * time. It assumes that these two delays are equal.
 *
 * Invariant: nothing here reads a clock; the same samples give the same estimate.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CLOCK_H
#define MPT_CLOCK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The lower hull of points (x, y) in ns. A zeroed one is empty. */
typedef struct mpt_hull {
    GArray *points;
    uint64_t samples;
    int64_t first, last; /* x */
    double sum_x;        /* of x - first */
} mpt_hull;

void mpt_hull_clear(mpt_hull *h);
/* Call with rising x; a point whose x is below the last one counts at the last one. */
void mpt_hull_add(mpt_hull *h, int64_t x, int64_t y);
/* The slope of the line below all points. False with fewer than two different x. */
bool mpt_hull_slope(const mpt_hull *h, double *slope);
/* The least y - slope * (x - x0), in ns. Needs at least one sample. */
double mpt_hull_least(const mpt_hull *h, double slope, int64_t x0);

/* The second clock against the first. */
typedef struct mpt_clock_estimate {
    bool offset_known, drift_known;
    double offset_ns;     /* second - first, at reference_ns */
    double drift;         /* how much faster the second runs: 1e-6 is a microsecond a second */
    double drift_error;   /* half the difference between the two directions */
    double least_rtt_ns;  /* of the subflow that gave the offset */
    int64_t reference_ns; /* by the first clock */
    uint64_t samples;     /* on which it rests */
    uint32_t subflows;    /* with samples both ways */
} mpt_clock_estimate;

/* One subflow's samples in both directions: uncorrected delays, by time of the first clock. */
typedef struct mpt_clock_evidence {
    mpt_hull there, back;
} mpt_clock_evidence;

/* Fills *estimate from `count` subflows. want_drift false: the clocks are taken to run equally fast. */
void mpt_clock_estimate_from(const mpt_clock_evidence *evidence, size_t count, bool want_drift,
                             mpt_clock_estimate *estimate);

#endif
