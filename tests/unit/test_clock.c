/* test_clock.c - offset and drift against delays that are built from a known clock.
 *
 * Invariant: every built delay is the path's, plus what a queue adds (never less than nothing), seen by a
 * second clock with a known offset and drift.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/paths/clock.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/seeded.h"

#define US     INT64_C(1000)
#define MS     INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define START  (INT64_C(1700000000) * SECOND)

/* --- the hull --- */

static void test_hull__empty__no_slope(void **state)
{
    mpt_hull h = {0};
    double slope = 7;

    (void)state;
    assert_false(mpt_hull_slope(&h, &slope));
    assert_true(slope == 7);
    mpt_hull_clear(&h);
}

static void test_hull__one_point__least_but_no_slope(void **state)
{
    mpt_hull h = {0};
    double slope;

    (void)state;
    mpt_hull_add(&h, 100, -5);
    assert_false(mpt_hull_slope(&h, &slope));
    assert_true(mpt_hull_least(&h, 0, 0) == -5);
    mpt_hull_clear(&h);
}

static void test_hull__same_x__the_lower_stays(void **state)
{
    mpt_hull h = {0};
    double slope;

    (void)state;
    mpt_hull_add(&h, 100, 9);
    mpt_hull_add(&h, 100, 4);
    mpt_hull_add(&h, 100, 6);
    assert_false(mpt_hull_slope(&h, &slope));
    assert_int_equal(h.samples, 3);
    assert_int_equal(h.points->len, 1);
    assert_true(mpt_hull_least(&h, 0, 0) == 4);
    mpt_hull_clear(&h);
}

static void test_hull__x_falls_back__counts_at_the_last_x(void **state)
{
    mpt_hull h = {0};

    (void)state;
    mpt_hull_add(&h, 100, 9);
    mpt_hull_add(&h, 200, 9);
    mpt_hull_add(&h, 150, 3);
    assert_int_equal(h.last, 200);
    assert_int_equal(h.points->len, 2);
    assert_true(mpt_hull_least(&h, 0, 0) == 3);
    mpt_hull_clear(&h);
}

static void test_hull__points_above_the_line__not_kept(void **state)
{
    mpt_hull h = {0};
    double slope;

    (void)state;
    for (int64_t i = 0; i <= 1000; i++)
        mpt_hull_add(&h, i * 10, 2 * i + (i % 100 ? 50 : 0));
    assert_true(mpt_hull_slope(&h, &slope));
    assert_true(fabs(slope - 0.2) < 1e-12);
    assert_int_equal(h.points->len, 2); /* points on one line are its ends */
    mpt_hull_clear(&h);
}

/* All samples lie on or above each edge, whatever they are; the edge of the slope is the one
 * under the middle. */
static void test_hull__random__no_sample_below_any_edge(void **state)
{
    enum { SAMPLES = 2000 };
    GRand *rand = seeded();
    int64_t x[SAMPLES], y[SAMPLES];

    (void)state;
    for (unsigned round = 0; round < 50; round++) {
        mpt_hull h = {0};
        double least = INFINITY, slope;
        for (unsigned i = 0; i < SAMPLES; i++) {
            x[i] = (i ? x[i - 1] : 0) + below(rand, 1000);
            y[i] = (int64_t)below(rand, 1000000) - 500000;
            mpt_hull_add(&h, x[i], y[i]);
        }
        assert_true(mpt_hull_slope(&h, &slope));
        for (guint k = 1; k < h.points->len; k++) {
            const int64_t *a = (const int64_t *)h.points->data + 2 * (k - 1), *b = a + 2;
            assert_true(a[0] < b[0]);
            for (unsigned i = 0; i < SAMPLES; i++)
                assert_true((double)(y[i] - a[1]) * (double)(b[0] - a[0]) >=
                            (double)(b[1] - a[1]) * (double)(x[i] - a[0]) - 1e-3);
        }
        for (unsigned i = 0; i < SAMPLES; i++)
            least = MIN(least, (double)y[i] - slope * (double)x[i]);
        assert_true(fabs(mpt_hull_least(&h, slope, 0) - least) < 1e-3);
        mpt_hull_clear(&h);
    }
    g_rand_free(rand);
}

/* --- two hosts --- */

typedef struct path {
    int64_t there_ns, back_ns; /* of the empty path */
    double queue_ns;           /* mean of what a queue adds: most packets meet one */
} path;

static int64_t queue(GRand *rand, double mean)
{
    return (int64_t)(-mean * log(1 - g_rand_double(rand)));
}

/* The second clock shows of a moment. */
static int64_t second(int64_t true_ns, int64_t offset, double drift)
{
    return true_ns + offset + (int64_t)(drift * (double)(true_ns - START));
}

/* A segment each way every 10 ms. */
static void measure(mpt_clock_evidence *e, GRand *rand, const path *p, int64_t length, int64_t offset,
                    double drift)
{
    for (int64_t t = START; t < START + length; t += 10 * MS) {
        int64_t arrival = t + p->there_ns + queue(rand, p->queue_ns), reply = t + 3 * MS;
        int64_t back = reply + p->back_ns + queue(rand, p->queue_ns);
        mpt_hull_add(&e->there, t, second(arrival, offset, drift) - t);
        mpt_hull_add(&e->back, back, back - second(reply, offset, drift));
    }
}

static mpt_clock_estimate estimate(const path *paths, size_t count, int64_t length, int64_t offset,
                                   double drift, bool want_drift)
{
    mpt_clock_evidence e[4] = {0};
    mpt_clock_estimate c;
    GRand *rand = seeded();

    assert_true(count <= G_N_ELEMENTS(e));
    for (size_t i = 0; i < count; i++)
        measure(&e[i], rand, &paths[i], length, offset, drift);
    mpt_clock_estimate_from(e, count, want_drift, &c);
    for (size_t i = 0; i < count; i++) {
        mpt_hull_clear(&e[i].there);
        mpt_hull_clear(&e[i].back);
    }
    g_rand_free(rand);
    return c;
}

static const path TWO_PATHS[] = {
    {.there_ns = 20 * MS, .back_ns = 20 * MS, .queue_ns = 8e6},
    {.there_ns = 45 * MS, .back_ns = 30 * MS, .queue_ns = 15e6},
};

static void test_estimate__queues_and_no_drift__offset_within_100_us(void **state)
{
    static const int64_t offsets[] = {0, 750 * MS, -3 * SECOND, 86400 * SECOND, -17 * US};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++) {
        mpt_clock_estimate c = estimate(TWO_PATHS, 2, 20 * SECOND, offsets[i], 0, true);
        assert_true(c.offset_known);
        assert_true(fabs(c.offset_ns - (double)offsets[i]) < 100e3);
        assert_true(c.drift_known && fabs(c.drift) < 5e-6);
        assert_int_equal(c.subflows, 2);
        assert_int_equal(c.samples, 4 * 2000);
    }
}

/* The asymmetric path would be 7.5 ms wrong: the one with the least round trip gives the offset. */
static void test_estimate__one_path_asymmetric__least_round_trip_counts(void **state)
{
    path first[2] = {TWO_PATHS[1], TWO_PATHS[0]};
    mpt_clock_estimate c = estimate(first, 2, 20 * SECOND, 10 * MS, 0, false);

    (void)state;
    assert_true(fabs(c.offset_ns - 10e6) < 100e3);
    assert_true(fabs(c.least_rtt_ns - 40e6) < 400e3);
}

static void test_estimate__drift_of_50_ppm__within_5_ppm(void **state)
{
    static const struct {
        double drift;
        int64_t length;
    } cases[] = {{50e-6, 30 * SECOND},
                 {-50e-6, 30 * SECOND},
                 {50e-6, 600 * SECOND},
                 {300e-6, 60 * SECOND},
                 {0, 600 * SECOND}};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        mpt_clock_estimate c = estimate(TWO_PATHS, 2, cases[i].length, 250 * MS, cases[i].drift, true);
        assert_true(c.drift_known);
        assert_true(fabs(c.drift - cases[i].drift) < 5e-6);
        assert_true(c.drift_error < 5e-6);
        assert_true(c.offset_known && fabs(c.offset_ns - 250e6) < 100e3);
    }
}

static void test_estimate__shorter_than_10_s__no_drift_told(void **state)
{
    mpt_clock_estimate c = estimate(TWO_PATHS, 2, 9 * SECOND, 5 * MS, 50e-6, true);

    (void)state;
    assert_false(c.drift_known);
    assert_true(c.offset_known);
}

static void test_estimate__drift_not_wanted__none(void **state)
{
    mpt_clock_estimate c = estimate(TWO_PATHS, 2, 30 * SECOND, 5 * MS, 0, false);

    (void)state;
    assert_false(c.drift_known);
    assert_true(c.drift == 0);
    assert_true(fabs(c.offset_ns - 5e6) < 100e3);
}

/* Delay that grows in one direction all along is a queue, or a path that moves away, but no drift. */
static void test_estimate__directions_disagree__no_drift_told(void **state)
{
    mpt_clock_evidence e = {0};
    mpt_clock_estimate c;

    (void)state;
    for (int64_t t = 0; t < 30 * SECOND; t += 10 * MS) {
        mpt_hull_add(&e.there, START + t, 20 * MS + t / 1000);
        mpt_hull_add(&e.back, START + t, 20 * MS);
    }
    mpt_clock_estimate_from(&e, 1, true, &c);
    assert_false(c.drift_known);
    assert_true(c.drift_error > 20e-6);
    mpt_hull_clear(&e.there);
    mpt_hull_clear(&e.back);
}

static void test_estimate__one_way_only__nothing_known(void **state)
{
    mpt_clock_evidence e[2] = {0};
    mpt_clock_estimate c;

    (void)state;
    mpt_hull_add(&e[0].there, START, 20 * MS);
    mpt_hull_add(&e[1].back, START, 20 * MS);
    mpt_clock_estimate_from(e, 2, true, &c);
    assert_false(c.offset_known);
    assert_false(c.drift_known);
    assert_int_equal(c.subflows, 0);
    assert_int_equal(c.samples, 0);
    mpt_clock_estimate_from(NULL, 0, true, &c);
    assert_false(c.offset_known);
    mpt_hull_clear(&e[0].there);
    mpt_hull_clear(&e[1].back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hull__empty__no_slope),
        cmocka_unit_test(test_hull__one_point__least_but_no_slope),
        cmocka_unit_test(test_hull__same_x__the_lower_stays),
        cmocka_unit_test(test_hull__x_falls_back__counts_at_the_last_x),
        cmocka_unit_test(test_hull__points_above_the_line__not_kept),
        cmocka_unit_test(test_hull__random__no_sample_below_any_edge),
        cmocka_unit_test(test_estimate__queues_and_no_drift__offset_within_100_us),
        cmocka_unit_test(test_estimate__one_path_asymmetric__least_round_trip_counts),
        cmocka_unit_test(test_estimate__drift_of_50_ppm__within_5_ppm),
        cmocka_unit_test(test_estimate__shorter_than_10_s__no_drift_told),
        cmocka_unit_test(test_estimate__drift_not_wanted__none),
        cmocka_unit_test(test_estimate__directions_disagree__no_drift_told),
        cmocka_unit_test(test_estimate__one_way_only__nothing_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
