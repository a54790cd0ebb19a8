/* test_clock_steps.c - a clock that is set back in mid-capture, against a file whose parts are in the wrong order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/core/clock_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/segments.h"

#define MS     INT64_C(1000000)
#define SECOND (1000 * MS)
#define COUNT  400u

/* The k-th of COUNT segments of a connection: data and acknowledgements in turn. */
static mpt_segment segment(unsigned k)
{
    mpt_endpoint ends[2] = {endpoint_of("192.0.2.1", 40000), endpoint_of("198.51.100.1", 80)};
    unsigned side = k % 2;

    return (mpt_segment){.time_ns = WIRE_START_NS + k * 20 * MS,
                         .frame = k + 1,
                         .src = ends[side],
                         .dst = ends[!side],
                         .seq = side ? 77 : UINT32_MAX - 5000 + 100 * (k / 2),
                         .ack = side ? UINT32_MAX - 5000 + 100 * (k / 2 + 1) : 77,
                         .window = 65535,
                         .payload_len = side ? 0 : 100,
                         .flags = MPT_TCP_ACK};
}

static mpt_engine *open_engine(void)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    return mpt_engine_new(&config);
}

/* Steps of the clock, and segments counted as late; one connection in any case. */
static void end(mpt_engine *e, uint64_t steps, bool late)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(e);

    mpt_engine_flush(e);
    assert_int_equal(counts->segments, COUNT);
    assert_int_equal(counts->stepped.steps, steps);
    assert_int_equal(counts->late_segments > 0, late);
    assert_int_equal(mpt_engine_subflows(e)->len, 1);
    mpt_engine_free(e);
}

static void test_feed__clock_set_back__times_go_on(void **state)
{
    static const int64_t back[] = {3 * SECOND, 6 * SECOND, 3600 * SECOND};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(back); i++) {
        mpt_engine *e = open_engine();
        for (unsigned k = 0; k < COUNT; k++) {
            mpt_segment g = segment(k);
            g.time_ns -= k >= 250 ? back[i] : 0;
            mpt_engine_feed(e, &g);
        }
        const mpt_engine_counts *counts = mpt_engine_get_counts(e);
        mpt_engine_flush(e);
        assert_int_equal(counts->stepped.frame, 251);
        assert_in_range(counts->stepped.back_ns, back[i] - 20 * MS, back[i]);
        assert_int_equal(counts->earliest_ns, WIRE_START_NS);
        end(e, 1, false);
    }
}

/* Also where hardly anything comes after it. */
static void test_feed__clock_set_back_at_the_end__times_go_on(void **state)
{
    mpt_engine *e = open_engine();

    (void)state;
    for (unsigned k = 0; k < COUNT; k++) {
        mpt_segment g = segment(k);
        g.time_ns -= k + 2 >= COUNT ? 10 * SECOND : 0;
        mpt_engine_feed(e, &g);
    }
    end(e, 1, false);
}

static void test_feed__clock_set_back_twice__times_go_on(void **state)
{
    mpt_engine *e = open_engine();

    (void)state;
    for (unsigned k = 0; k < COUNT; k++) {
        mpt_segment g = segment(k);
        g.time_ns -= (k >= 100 ? 4 * SECOND : 0) + (k >= 300 ? 4 * SECOND : 0);
        mpt_engine_feed(e, &g);
    }
    end(e, 2, false);
}

/* The second interface of the host, whose part of the file begins after the step of the first. */
static void test_feed__other_interface_after_the_step__shifted_too(void **state)
{
    mpt_engine *e = open_engine();

    (void)state;
    for (unsigned k = 0; k < COUNT; k++) {
        mpt_segment g = segment(k);
        g.interface_id = k >= 300;
        g.time_ns -= k >= 250 ? 5 * SECOND : 0;
        mpt_engine_feed(e, &g);
    }
    end(e, 1, false);
}

static void test_feed__parts_in_the_wrong_order__no_step(void **state)
{
    mpt_engine *e = open_engine();

    (void)state;
    for (unsigned k = 0; k < COUNT; k++) {
        mpt_segment g = segment(k < 150 ? k + 250 : k - 150);
        g.frame = k + 1;
        mpt_engine_feed(e, &g);
    }
    end(e, 0, true);
}

/* A few segments that a queue kept for 3 s. */
static void test_feed__late_segments__no_step(void **state)
{
    mpt_engine *e = open_engine();

    (void)state;
    for (unsigned k = 0; k < COUNT; k++) {
        mpt_segment g = segment(k < 20 ? k : k < 370 ? k + 30 : k - 350);
        g.frame = k + 1;
        mpt_engine_feed(e, &g);
    }
    end(e, 0, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_feed__clock_set_back__times_go_on),
        cmocka_unit_test(test_feed__clock_set_back_at_the_end__times_go_on),
        cmocka_unit_test(test_feed__clock_set_back_twice__times_go_on),
        cmocka_unit_test(test_feed__other_interface_after_the_step__shifted_too),
        cmocka_unit_test(test_feed__parts_in_the_wrong_order__no_step),
        cmocka_unit_test(test_feed__late_segments__no_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
