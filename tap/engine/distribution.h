/* distribution.h - min, median, p95, max and mean of many durations in little memory.
 *
 * Invariant: min, max and the number of samples are exact, the mean as far as a double's sum is; a quantile
 * is within 1 % of the sample of that rank, of a fine one within 0.05 % (a sparse logarithmic histogram: memory grows
 * with the number of different magnitudes, not of samples; an octave is 64 buckets of 8 bytes at most, or 1024).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_DISTRIBUTION_H
#define MPT_DISTRIBUTION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct mpt_distribution {
    uint64_t samples;
    int64_t min, max; /* nanoseconds; only with samples */
    double sum;
    struct mpt_distribution_bucket *buckets; /* sorted by magnitude */
    uint32_t used, room;
    bool fine;
} mpt_distribution;

/* A zeroed mpt_distribution is empty; `fine` may be set as long as it is. clear frees what it holds and zeroes it. */
void mpt_distribution_clear(mpt_distribution *d);
/* Adds a sample in nanoseconds. Negative values are allowed (one-way delays between two clocks). */
void mpt_distribution_add(mpt_distribution *d, int64_t ns);
/* Adds all samples of `from` to `to`. Both are fine, or neither. */
void mpt_distribution_merge(mpt_distribution *to, const mpt_distribution *from);
/* The sample of rank ceil(q * samples), 0 < q <= 1, in nanoseconds within 1 % (0.05 %), never outside [min, max].
 * False, and *ns untouched, without samples. */
bool mpt_distribution_quantile(const mpt_distribution *d, double q, int64_t *ns);

#endif
