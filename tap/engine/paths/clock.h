/* clock.h - two clocks compared by delays that were measured with both.
 *
 *   there:  arrival - departure = delay + offset + drift * t      The least of it over time shows the drift: queues
 *   back:   arrival - departure = delay - offset - drift * t      only add, so the true line lies below all samples.
 *
 *     |  .   :  .    .               The line under all samples is an edge of their lower hull: the one below the
 *     | . .    . .   :. .            middle of the time, with the least sum of distances to the samples.
 *     |.____.__________.___ hull
 *
 * Offset: half the difference of the least delays there and back on the subflow with the least round-trip
 * time, which assumes that they are alike on it.
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
/* x should not fall; where it does by little, the point counts at the last x. */
void mpt_hull_add(mpt_hull *h, int64_t x, int64_t y);
/* The slope of the line under all points. False with fewer than two different x. */
bool mpt_hull_slope(const mpt_hull *h, double *slope);
/* The least of y - slope * (x - x0). Only with samples. */
double mpt_hull_least(const mpt_hull *h, double slope, int64_t x0);

/* What is known of the second clock against the first. */
typedef struct mpt_clock_estimate {
    bool offset_known, drift_known;
    double offset_ns;     /* second - first, at reference_ns */
    double drift;         /* of 1: how much faster the second runs */
    double drift_error;   /* half of what both directions differ by */
    double least_rtt_ns;  /* there and back, of the subflow that gave the offset */
    int64_t reference_ns; /* by the first clock */
    uint64_t samples;     /* that it rests on */
    uint32_t subflows;    /* with samples both ways */
} mpt_clock_estimate;

/* One subflow's samples both ways: raw delays, by time of the first clock. */
typedef struct mpt_clock_evidence {
    mpt_hull there, back;
} mpt_clock_evidence;

/* Estimates from `count` subflows. want_drift: false takes the clocks for equally fast. */
void mpt_clock_estimate_from(const mpt_clock_evidence *evidence, size_t count, bool want_drift,
                             mpt_clock_estimate *estimate);

#endif
