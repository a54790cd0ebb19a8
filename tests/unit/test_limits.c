/* test_limits.c - what limits a direction, moment by moment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tap/engine/speed/limits.h"

#define MS      INT64_C(1000000)
#define UNKNOWN INT64_MIN

static void sent(mpt_limiter *l, int64_t ms, int64_t from, int64_t to)
{
    mpt_limiter_sent(l, ms * MS, 1, from, to, false, 1000);
}

static void again(mpt_limiter *l, int64_t ms, int64_t from, int64_t to)
{
    mpt_limiter_sent(l, ms * MS, 1, from, to, true, 1000);
}

static void acked(mpt_limiter *l, int64_t ms, int64_t up_to, int64_t edge)
{
    mpt_limiter_acked(l, ms * MS, 1, 0, up_to, edge);
}

/* Ends it and compares, in milliseconds. */
static void expect(mpt_limiter *l, int64_t window, int64_t application, int64_t recovery, int64_t congestion)
{
    mpt_limiter_finish(l);
    assert_int_equal(l->ns[MPT_LIMIT_WINDOW], window * MS);
    assert_int_equal(l->ns[MPT_LIMIT_APPLICATION], application * MS);
    assert_int_equal(l->ns[MPT_LIMIT_RECOVERY], recovery * MS);
    assert_int_equal(l->ns[MPT_LIMIT_CONGESTION], congestion * MS);
    assert_int_equal(l->last_ns - l->first_ns, (window + application + recovery + congestion) * MS);
    mpt_limiter_clear(l);
}

static void test_judge__window_full_to_nine_tenths__window(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    acked(&l, 10, 1000, 31000); /* 19,000 of 30,000 */
    sent(&l, 20, 20000, 28000); /* 27,000 */
    sent(&l, 50, 28000, 29000);
    expect(&l, 30, 0, 0, 20);
}

static void test_judge__window_just_below_nine_tenths__congestion(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    acked(&l, 10, 1000, 31000);
    sent(&l, 20, 20000, 27999); /* 26,999, and 3,001 are left */
    sent(&l, 50, 27999, 28100);
    expect(&l, 0, 0, 0, 50);
}

static void test_judge__less_than_a_segment_left__window(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    acked(&l, 10, 17000, 21900); /* 3,000 of 4,900: room for one more */
    sent(&l, 20, 20000, 21000);  /* 4,000: for none */
    sent(&l, 40, 21000, 21900);
    expect(&l, 20, 0, 0, 20);
}

static void test_judge__window_closed_and_nothing_in_flight__window(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    acked(&l, 10, 20000, 20000);
    acked(&l, 500, 20000, 40000);
    sent(&l, 510, 20000, 21000);
    expect(&l, 490, 10, 0, 10);
}

static void test_judge__nothing_in_flight_for_long__application_since_the_last_data(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    sent(&l, 5, 20000, 40000);
    acked(&l, 10, 20000, UNKNOWN);
    acked(&l, 15, 40000, UNKNOWN);
    sent(&l, 100, 40000, 60000);
    expect(&l, 0, 95, 0, 5);
}

/* Slow start: the sender goes on with more at once. */
static void test_judge__nothing_in_flight_for_a_moment__congestion(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    acked(&l, 10, 20000, UNKNOWN);
    sent(&l, 10, 20000, 60000);
    expect(&l, 0, 0, 0, 10);
}

/* One request after the other, each below an initial window. */
static void test_judge__stop_and_wait__application(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    for (int64_t i = 0; i < 10; i++) {
        sent(&l, 10 * i, 1000 * i, 1000 * (i + 1));
        acked(&l, 10 * (i + 1), 1000 * (i + 1), UNKNOWN);
    }
    sent(&l, 100, 10000, 11000);
    expect(&l, 0, 100, 0, 0);
}

static void test_judge__loss__recovery_since_there_was_no_progress(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    sent(&l, 10, 20000, 40000);
    acked(&l, 20, 20000, UNKNOWN);
    sent(&l, 20, 40000, 50000);
    again(&l, 220, 20000, 21000);   /* a timeout */
    acked(&l, 230, 45000, UNKNOWN); /* not yet all that was sent by then */
    acked(&l, 240, 50000, UNKNOWN);
    sent(&l, 240, 50000, 60000);
    sent(&l, 250, 60000, 70000);
    expect(&l, 0, 0, 220, 30);
}

static void test_judge__loss_while_the_window_is_full__recovery(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    acked(&l, 10, 10000, 40000);
    sent(&l, 10, 20000, 40000);
    again(&l, 110, 10000, 11000);
    sent(&l, 120, 10000, 10001);
    expect(&l, 0, 0, 110, 10);
}

static void test_judge__copy_of_what_is_not_waited_for__no_recovery(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    again(&l, 10, 10000, 11000);
    sent(&l, 20, 20000, 21000);
    acked(&l, 30, 10500, UNKNOWN); /* now it is */
    sent(&l, 40, 21000, 22000);
    expect(&l, 0, 0, 10, 30);
}

static void test_sent__again_although_acknowledged__no_recovery_and_not_the_end(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    acked(&l, 10, 10000, UNKNOWN);
    sent(&l, 20, 20000, 30000);
    again(&l, 500, 5000, 6000);
    expect(&l, 0, 0, 0, 20);
}

static void test_acked__seen_elsewhere__takes_effect_later(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 20000);
    mpt_limiter_acked(&l, 1 * MS, 1, 30 * MS, 20000, UNKNOWN);
    sent(&l, 100, 20000, 21000);
    expect(&l, 0, 100, 0, 0);

    sent(&l, 0, 0, 20000);
    mpt_limiter_acked(&l, 1 * MS, 1, 30 * MS, 20000, UNKNOWN);
    sent(&l, 25, 20000, 40000); /* it is still in flight */
    expect(&l, 0, 0, 0, 25);
}

/* A queue with room for some: nothing is lost but their exact times. */
static void test_acked__very_many_on_their_way__the_last_one_counts(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 1000000);
    for (int64_t i = 1; i <= 1000; i++)
        mpt_limiter_acked(&l, i * MS / 10, 1, 200 * MS, 1000 * i, UNKNOWN);
    mpt_limiter_advance(&l, 290 * MS);
    assert_true(l.acked < l.high);
    mpt_limiter_advance(&l, 301 * MS);
    assert_int_equal(l.acked, 1000000);
    mpt_limiter_clear(&l);
}

static void test_acked__data_fin__is_no_data(void **state)
{
    mpt_limiter l = {0};

    (void)state;
    sent(&l, 0, 0, 1000);
    acked(&l, 10, 1001, UNKNOWN);
    assert_false(l.unseen);
    assert_int_equal(l.acked, 1000);
    acked(&l, 20, 1002, UNKNOWN);
    assert_true(l.unseen);
    mpt_limiter_clear(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge__window_full_to_nine_tenths__window),
        cmocka_unit_test(test_judge__window_just_below_nine_tenths__congestion),
        cmocka_unit_test(test_judge__less_than_a_segment_left__window),
        cmocka_unit_test(test_judge__window_closed_and_nothing_in_flight__window),
        cmocka_unit_test(test_judge__nothing_in_flight_for_long__application_since_the_last_data),
        cmocka_unit_test(test_judge__nothing_in_flight_for_a_moment__congestion),
        cmocka_unit_test(test_judge__stop_and_wait__application),
        cmocka_unit_test(test_judge__loss__recovery_since_there_was_no_progress),
        cmocka_unit_test(test_judge__loss_while_the_window_is_full__recovery),
        cmocka_unit_test(test_judge__copy_of_what_is_not_waited_for__no_recovery),
        cmocka_unit_test(test_sent__again_although_acknowledged__no_recovery_and_not_the_end),
        cmocka_unit_test(test_acked__seen_elsewhere__takes_effect_later),
        cmocka_unit_test(test_acked__very_many_on_their_way__the_last_one_counts),
        cmocka_unit_test(test_acked__data_fin__is_no_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
