/* histogram.c - min, median, p95, max and mean of many durations in little memory.
 *
 * Invariant: buckets are sorted by key, keys are unique, no count is 0, the counts add up to `samples`.
 *
 * A key is the sign and the magnitude's 7 leading bits with their exponent: below 128 every value has a
 * bucket of its own, above it an octave has 64 buckets, so the middle of one is at most 1/128 = 0.8 % away
 * from any value in it. A fine one has 11 leading bits: 1/2048 = 0.05 %.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "histogram.h"

#include <float.h>
#include <glib.h>
#include <string.h>

#define STEP_BITS 6
#define FINE_BITS 10
#define KEY_BIAS  0x80000

struct mpt_histogram_bucket {
    uint64_t key : 20;   /* biased */
    uint64_t count : 44; /* more samples than that no capture has */
};

G_STATIC_ASSERT(sizeof(struct mpt_histogram_bucket) == 8);

static unsigned step_bits(const mpt_histogram *d)
{
    return d->fine ? FINE_BITS : STEP_BITS;
}

/* The number of its highest bit; value is above 0. */
static unsigned highest_bit(uint64_t value)
{
#ifdef __GNUC__
    return 63u - (unsigned)__builtin_clzll(value);
#else
    unsigned bit = 0;

    for (unsigned step = 32; step; step /= 2)
        if (value >> step) {
            value >>= step;
            bit += step;
        }
    return bit;
#endif
}

static unsigned key_of(unsigned bits, int64_t ns)
{
    uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    unsigned index;
    if (magnitude < 2u << bits) {
        index = (unsigned)magnitude;
    } else {
        unsigned shift = highest_bit(magnitude) - bits;
        index = (shift << bits) + (unsigned)(magnitude >> shift);
    }
    return ns < 0 ? KEY_BIAS - index : KEY_BIAS + index;
}

/* The middle of the bucket. */
static int64_t value_of(unsigned bits, unsigned key)
{
    bool negative = key < KEY_BIAS;
    unsigned index = negative ? KEY_BIAS - key : key - KEY_BIAS;
    uint64_t magnitude = index;
    if (index >= 2u << bits) {
        unsigned shift = (index >> bits) - 1;
        uint64_t leading = (index & ((1u << bits) - 1)) | 1u << bits;
        magnitude = (leading << shift) + (UINT64_C(1) << (shift - 1));
    }
    if (!negative)
        return (int64_t)MIN(magnitude, (uint64_t)INT64_MAX);
    return magnitude > INT64_MAX ? INT64_MIN : -(int64_t)magnitude;
}

/* The first bucket that is not below key; d->used where there is none. */
static uint32_t lower_bound(const mpt_histogram *d, unsigned key)
{
    uint32_t low = 0, high = d->used;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (d->buckets[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_to_bucket(mpt_histogram *d, unsigned key, uint64_t count)
{
    uint32_t at = lower_bound(d, key);
    if (at < d->used && d->buckets[at].key == key) {
        d->buckets[at].count += count;
        return;
    }
    if (d->used == d->room) {
        d->room = d->room ? d->room * 2 : 4;
        d->buckets = g_renew(struct mpt_histogram_bucket, d->buckets, d->room);
    }
    memmove(d->buckets + at + 1, d->buckets + at, (d->used - at) * sizeof *d->buckets);
    d->buckets[at].key = key;
    d->buckets[at].count = count;
    d->used++;
}

static void widen_to(mpt_histogram *d, int64_t min, int64_t max)
{
    d->min = d->samples ? MIN(d->min, min) : min;
    d->max = d->samples ? MAX(d->max, max) : max;
}

void mpt_histogram_clear(mpt_histogram *d)
{
    g_free(d->buckets);
    memset(d, 0, sizeof *d);
}

void mpt_histogram_add(mpt_histogram *d, int64_t ns)
{
    widen_to(d, ns, ns);
    d->samples++;
    d->sum += (double)ns;
    add_to_bucket(d, key_of(step_bits(d), ns), 1);
}

void mpt_histogram_merge(mpt_histogram *to, const mpt_histogram *from)
{
    if (from->samples == 0)
        return;
    widen_to(to, from->min, from->max);
    to->samples += from->samples;
    to->sum += from->sum;
    for (uint32_t i = 0; i < from->used; i++)
        add_to_bucket(to, from->buckets[i].key, from->buckets[i].count);
}

/* ceil(q * samples), at least 1, at most samples. */
static uint64_t rank_of(double q, uint64_t samples)
{
    /* q is rarely a binary fraction: without the margin 0.07 of 100 samples would be the 8th. */
    double rank = q * (double)samples * (1 - 2 * DBL_EPSILON);
    if (!(rank > 0))
        return 1;
    if (rank >= (double)samples)
        return samples;
    uint64_t whole = (uint64_t)rank;
    return (double)whole < rank ? whole + 1 : whole;
}

bool mpt_histogram_quantile(const mpt_histogram *d, double q, int64_t *ns)
{
    if (d->samples == 0)
        return false;

    uint64_t rank = rank_of(q, d->samples), seen = 0;
    uint32_t at = 0;
    while (at < d->used - 1 && seen + d->buckets[at].count < rank)
        seen += d->buckets[at++].count;

    int64_t value = value_of(step_bits(d), d->buckets[at].key);
    if (rank == 1)
        value = d->min;
    else if (rank == d->samples)
        value = d->max;
    *ns = CLAMP(value, d->min, d->max);
    return true;
}
