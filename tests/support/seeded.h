/* seeded.h - random numbers that a failing test can repeat.
 *
 * Invariant: the seed is fixed unless MPT_TEST_SEED says otherwise, and it is always printed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TESTS_SEEDED_H
#define MPT_TESTS_SEEDED_H

#include <glib.h>

/* Free with g_rand_free. */
static inline GRand *seeded(void)
{
    const char *text = g_getenv("MPT_TEST_SEED");
    const guint32 seed = text ? (guint32)g_ascii_strtoull(text, NULL, 0) : 8684;
    g_print("MPT_TEST_SEED=%u\n", seed);
    return g_rand_new_with_seed(seed);
}

/* One of 0 .. n - 1. */
static inline guint32 below(GRand *rand, guint32 n)
{
    return (guint32)g_rand_int_range(rand, 0, (gint32)n);
}

#endif
