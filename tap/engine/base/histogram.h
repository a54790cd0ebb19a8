/* histogram.h - min, median, p95, max and mean of many durations in little memory.
 *
 * Invariant: min, max and the number of samples are exact, the mean as far as a double's sum is; a quantile
 * is within 1 % of the sample of that rank, of a fine one within 0.05 % (a sparse logarithmic histogram:
 * memory grows with the number of different magnitudes, not of samples; an octave is 64 buckets of 8 bytes at
 * most, or 1024).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_HISTOGRAM_H
#define MPT_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct mpt_histogram {
    uint64_t samples;
    int64_t min, max; /* nanoseconds; only with samples */
    double sum;
    struct mpt_histogram_bucket *buckets; /* sorted by magnitude */
    uint32_t used, room;
    bool fine;
} mpt_histogram;

/* A zeroed mpt_histogram is empty; `fine` may be set as long as it is. mpt_histogram_clear() frees
 * and zeroes it. */
void mpt_histogram_clear(mpt_histogram *d);
/* Adds a sample in nanoseconds. Negative values are allowed (one-way delays between two clocks). */
void mpt_histogram_add(mpt_histogram *d, int64_t ns);
/* Adds all samples of `from` to `to`. Both are fine, or neither. */
void mpt_histogram_merge(mpt_histogram *to, const mpt_histogram *from);
/* The sample of rank ceil(q * samples), 0 < q <= 1, in nanoseconds within 1 % (0.05 %), never outside [min,
 * max]. False, and *ns untouched, without samples. */
bool mpt_histogram_quantile(const mpt_histogram *d, double q, int64_t *ns);

#endif
