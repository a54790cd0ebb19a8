/* test_histogram.c - figures of durations against the sorted samples themselves.
 *
 * Invariant: random input comes from a fixed seed, which is printed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/base/histogram.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define SEED 20240611u

static GRand *seeded(void)
{
    print_message("seed %u\n", SEED);
    return g_rand_new_with_seed(SEED);
}

/* Every magnitude up to 2^bits is as likely as any other. */
static int64_t random_duration(GRand *rand, int bits, bool negative_too)
{
    uint64_t all = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
    int64_t value = (int64_t)(all >> 1 >> g_rand_int_range(rand, 63 - bits, 63));
    return negative_too && g_rand_boolean(rand) ? -value : value;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void assert_within_1_percent(int64_t got, int64_t exact)
{
    long double distance = (long double)got - (long double)exact;
    long double magnitude = (long double)exact;
    distance = distance < 0 ? -distance : distance;
    magnitude = magnitude < 0 ? -magnitude : magnitude;
    if (distance > magnitude / 100)
        fail_msg("%" G_GINT64_FORMAT " is not within 1 %% of %" G_GINT64_FORMAT, got, exact);
}

static int64_t quantile(const mpt_histogram *d, double q)
{
    int64_t ns = 0;
    assert_true(mpt_histogram_quantile(d, q, &ns));
    return ns;
}

static void test_distribution_quantile__no_samples__is_false(void **state)
{
    (void)state;
    mpt_histogram d = {0};
    int64_t ns = 42;
    assert_false(mpt_histogram_quantile(&d, 0.5, &ns));
    assert_int_equal(ns, 42);
    mpt_histogram_clear(&d);
}

static void test_distribution_quantile__one_sample__is_that_sample(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 1, -1, 123456789, -987654321, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        mpt_histogram d = {0};
        mpt_histogram_add(&d, values[i]);
        assert_true(quantile(&d, 0.0001) == values[i]);
        assert_true(quantile(&d, 0.5) == values[i]);
        assert_true(quantile(&d, 1) == values[i]);
        mpt_histogram_clear(&d);
    }
}

static void test_distribution_quantile__every_rank_of_every_size__rounds_up(void **state)
{
    (void)state;
    /* Values below 128 have a bucket each, so a wrong rank shows at once. */
    mpt_histogram d = {0};
    for (int n = 1; n <= 127; n++) {
        mpt_histogram_add(&d, n);
        for (int rank = 1; rank <= n; rank++) {
            assert_int_equal(quantile(&d, (double)rank / n), rank);
            assert_int_equal(quantile(&d, (rank - 0.5) / n), rank);
        }
    }
    mpt_histogram_clear(&d);
}

static void test_distribution_quantile__decimal_fractions__rounds_up(void **state)
{
    (void)state;
    mpt_histogram d = {0};
    for (int i = 1; i <= 100; i++)
        mpt_histogram_add(&d, i);
    assert_int_equal(quantile(&d, 0.07), 7); /* 0.07 * 100 is above 7 in binary */
    assert_int_equal(quantile(&d, 0.95), 95);
    assert_int_equal(quantile(&d, 0.951), 96);
    assert_int_equal(quantile(&d, 0.55), 55);
    mpt_histogram_clear(&d);
}

static void test_distribution_quantile__boundaries_of_buckets__is_within_1_percent(void **state)
{
    (void)state;
    for (int bit = 0; bit < 63; bit++) {
        for (int part = 0; part < 128; part++) {
            int64_t base = INT64_C(1) << bit, step = (base >> 7) * part;
            for (int64_t near = -1; near <= 1; near++) {
                int64_t value = base + step + near;
                for (int sign = -1; sign <= 1; sign += 2) {
                    mpt_histogram d = {0};
                    mpt_histogram_add(&d, INT64_MIN);
                    mpt_histogram_add(&d, sign * value);
                    mpt_histogram_add(&d, INT64_MAX);
                    assert_within_1_percent(quantile(&d, 0.5), sign * value);
                    mpt_histogram_clear(&d);
                }
            }
        }
    }
}

static void test_distribution_quantile__extremes_twice__stays_within_them(void **state)
{
    (void)state;
    mpt_histogram d = {0};
    for (int i = 0; i < 3; i++) {
        mpt_histogram_add(&d, INT64_MIN);
        mpt_histogram_add(&d, INT64_MAX);
    }
    assert_true(quantile(&d, 2.0 / 6) == INT64_MIN);
    assert_within_1_percent(quantile(&d, 5.0 / 6), INT64_MAX);
    mpt_histogram_clear(&d);

    for (int i = 0; i < 9; i++)
        mpt_histogram_add(&d, 1000001 + i % 2);
    assert_true(quantile(&d, 0.5) >= 1000001 && quantile(&d, 0.5) <= 1000002);
    mpt_histogram_clear(&d);
}

static void check_against_sorted(const mpt_histogram *d, int64_t *samples, size_t n)
{
    static const double qs[] = {0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1};
    qsort(samples, n, sizeof *samples, by_value);
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (long double)samples[i];
    assert_int_equal(d->samples, n);
    assert_true(d->min == samples[0] && d->max == samples[n - 1]);
    /* Relative to the largest sample, as the sum itself may be near 0. */
    long double error = (long double)d->sum - sum, scale = (long double)d->max - (long double)d->min;
    assert_true((error < 0 ? -error : error) <= scale * 1e-9L);
    for (size_t i = 0; i < G_N_ELEMENTS(qs); i++) {
        size_t rank = (size_t)(qs[i] * (double)n + 0.999999);
        assert_within_1_percent(quantile(d, qs[i]), samples[(rank ? rank : 1) - 1]);
    }
}

static void test_distribution_add__random_samples__agrees_with_sorted_ones(void **state)
{
    (void)state;
    enum { N = 20000 };
    GRand *rand = seeded();
    int64_t *samples = g_new(int64_t, N);
    for (int round = 0; round < 6; round++) {
        mpt_histogram d = {0};
        for (size_t i = 0; i < N; i++) {
            samples[i] = random_duration(rand, 10 * (round % 3 + 1) + 20, round >= 3);
            mpt_histogram_add(&d, samples[i]);
        }
        check_against_sorted(&d, samples, N);
        mpt_histogram_clear(&d);
    }
    g_free(samples);
    g_rand_free(rand);
}

static void test_distribution_add__million_samples_of_one_octave__needs_65_buckets_at_most(void **state)
{
    (void)state;
    mpt_histogram d = {0};
    for (int64_t i = 0; i < 1000000; i++)
        mpt_histogram_add(&d, (INT64_C(1) << 20) + i);
    assert_in_range(d.used, 60, 65);
    assert_int_equal(d.samples, 1000000);
    mpt_histogram_clear(&d);
}

static void test_distribution_merge__parts__is_the_whole(void **state)
{
    (void)state;
    enum { N = 3000, PARTS = 4 };
    GRand *rand = seeded();
    int64_t samples[N];
    mpt_histogram parts[PARTS] = {0}, whole = {0}, merged = {0};
    for (size_t i = 0; i < N; i++) {
        samples[i] = random_duration(rand, 40, true);
        mpt_histogram_add(&parts[i % (PARTS - 1)], samples[i]); /* the last part stays empty */
        mpt_histogram_add(&whole, samples[i]);
    }
    for (size_t i = PARTS; i-- > 0;)
        mpt_histogram_merge(&merged, &parts[i]);
    check_against_sorted(&merged, samples, N);
    for (int percent = 1; percent <= 100; percent++)
        assert_true(quantile(&merged, percent / 100.0) == quantile(&whole, percent / 100.0));
    for (size_t i = 0; i < PARTS; i++)
        mpt_histogram_clear(&parts[i]);
    mpt_histogram_clear(&merged);
    mpt_histogram_clear(&whole);
    g_rand_free(rand);
}

static void test_distribution_merge__with_itself__doubles(void **state)
{
    (void)state;
    mpt_histogram d = {0};
    for (int i = 1; i <= 50; i++)
        mpt_histogram_add(&d, i);
    mpt_histogram_merge(&d, &d);
    assert_int_equal(d.samples, 100);
    assert_true(d.sum == 2550);
    for (int i = 1; i <= 50; i++)
        assert_int_equal(quantile(&d, 2 * i / 100.0), i);
    mpt_histogram_clear(&d);
}

static void test_distribution_merge__an_empty_one__changes_nothing(void **state)
{
    (void)state;
    mpt_histogram d = {0}, empty = {0};
    mpt_histogram_add(&d, 5);
    mpt_histogram_merge(&d, &empty);
    assert_int_equal(d.min, 5);
    assert_int_equal(d.samples, 1);
    mpt_histogram_merge(&empty, &d);
    assert_int_equal(empty.min, 5);
    assert_int_equal(empty.max, 5);
    mpt_histogram_clear(&d);
    mpt_histogram_clear(&empty);
}

static void test_distribution_clear__filled__is_empty_and_usable(void **state)
{
    (void)state;
    mpt_histogram d = {0};
    mpt_histogram_add(&d, -5);
    mpt_histogram_clear(&d);
    int64_t ns;
    assert_false(mpt_histogram_quantile(&d, 0.5, &ns));
    mpt_histogram_add(&d, 7);
    assert_int_equal(d.min, 7);
    assert_int_equal(d.max, 7);
    assert_true(d.sum == 7);
    mpt_histogram_clear(&d);
}

/* Of the same samples: each rank against the sorted ones. */
static void test_distribution_fine__random__within_a_twentieth_of_a_percent(void **state)
{
    enum { SAMPLES = 20000 };
    static int64_t all[SAMPLES];
    GRand *rand = seeded();

    (void)state;
    for (int bits = 10; bits <= 62; bits += 13) {
        mpt_histogram d = {.fine = true};
        for (int i = 0; i < SAMPLES; i++)
            mpt_histogram_add(&d, all[i] = random_duration(rand, bits, true));
        qsort(all, SAMPLES, sizeof *all, by_value);
        for (int rank = 1; rank <= SAMPLES; rank += 97) {
            int64_t got = quantile(&d, (double)rank / SAMPLES), exact = all[rank - 1];
            long double distance = got > exact ? (long double)got - exact : (long double)exact - got;
            assert_true(distance * 2000 <= (exact < 0 ? -(long double)exact : (long double)exact));
        }
        mpt_histogram_clear(&d);
    }
    g_rand_free(rand);
}

/* An octave has 1024 buckets: what is 0.2 % apart has buckets of its own, which the coarse one has not. */
static void test_distribution_fine__neighbours__told_apart(void **state)
{
    mpt_histogram fine = {.fine = true}, coarse = {0};

    (void)state;
    for (int64_t ns = 10000000; ns < 10000000 + 101 * 20000; ns += 20000) {
        mpt_histogram_add(&fine, ns);
        mpt_histogram_add(&coarse, ns);
    }
    assert_true(llabs(quantile(&fine, 0.5) - 11000000) < 5500);
    assert_true(fine.used > 4 * coarse.used);
    mpt_histogram_clear(&fine);
    assert_false(fine.fine);
    mpt_histogram_clear(&coarse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distribution_quantile__no_samples__is_false),
        cmocka_unit_test(test_distribution_quantile__one_sample__is_that_sample),
        cmocka_unit_test(test_distribution_quantile__every_rank_of_every_size__rounds_up),
        cmocka_unit_test(test_distribution_quantile__decimal_fractions__rounds_up),
        cmocka_unit_test(test_distribution_quantile__boundaries_of_buckets__is_within_1_percent),
        cmocka_unit_test(test_distribution_quantile__extremes_twice__stays_within_them),
        cmocka_unit_test(test_distribution_add__random_samples__agrees_with_sorted_ones),
        cmocka_unit_test(test_distribution_add__million_samples_of_one_octave__needs_65_buckets_at_most),
        cmocka_unit_test(test_distribution_merge__parts__is_the_whole),
        cmocka_unit_test(test_distribution_merge__with_itself__doubles),
        cmocka_unit_test(test_distribution_merge__an_empty_one__changes_nothing),
        cmocka_unit_test(test_distribution_clear__filled__is_empty_and_usable),
        cmocka_unit_test(test_distribution_fine__random__within_a_twentieth_of_a_percent),
        cmocka_unit_test(test_distribution_fine__neighbours__told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
