/* test_seq.c - seq.h at the boundaries of 2^31, 2^32, 2^63 and 2^64.
 *
 * Invariant: no case depends on another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/base/seq.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TWO_31 (UINT64_C(1) << 31)
#define TWO_32 (UINT64_C(1) << 32)
#define TWO_63 (UINT64_C(1) << 63)

static void test_seq32_diff__across_2_32__counts_on(void **state)
{
    (void)state;
    assert_true(mpt_seq32_diff(0, UINT32_MAX) == 1);
    assert_true(mpt_seq32_diff(UINT32_MAX, 0) == -1);
    assert_true(mpt_seq32_diff(5, UINT32_MAX - 4) == 10);
    assert_true(mpt_seq32_diff(7, 7) == 0);
}

static void test_seq32_diff__around_2_31__changes_sign(void **state)
{
    (void)state;
    assert_true(mpt_seq32_diff(0x7fffffff, 0) == INT32_MAX);
    assert_true(mpt_seq32_diff(0x80000000, 0) == INT32_MIN);
    assert_true(mpt_seq32_diff(0, 0x80000000) == INT32_MIN);
    assert_true(mpt_seq32_diff(0x80000001, 0) == -INT32_MAX);
    assert_true(mpt_seq32_diff(0x80000000, 0x7fffffff) == 1);
}

static void test_seq64_diff__across_2_64__counts_on(void **state)
{
    (void)state;
    assert_true(mpt_seq64_diff(0, UINT64_MAX) == 1);
    assert_true(mpt_seq64_diff(UINT64_MAX, 0) == -1);
    assert_true(mpt_seq64_diff(99, UINT64_MAX - 900) == 1000);
}

static void test_seq64_diff__around_2_63__changes_sign(void **state)
{
    (void)state;
    assert_true(mpt_seq64_diff(TWO_63 - 1, 0) == INT64_MAX);
    assert_true(mpt_seq64_diff(TWO_63, 0) == INT64_MIN);
    assert_true(mpt_seq64_diff(0, TWO_63) == INT64_MIN);
    assert_true(mpt_seq64_diff(TWO_63 + 1, 0) == -INT64_MAX);
}

static void test_seq_widen__same_upper_half__keeps_it(void **state)
{
    (void)state;
    assert_true(mpt_seq_widen(0x10, 5 * TWO_32 + 0x20) == 5 * TWO_32 + 0x10);
    assert_true(mpt_seq_widen(0x30, 5 * TWO_32 + 0x20) == 5 * TWO_32 + 0x30);
    assert_true(mpt_seq_widen(0x20, 5 * TWO_32 + 0x20) == 5 * TWO_32 + 0x20);
}

static void test_seq_widen__lower_half_wrapped__carries_into_upper_half(void **state)
{
    (void)state;
    assert_true(mpt_seq_widen(0x10, 6 * TWO_32 - 1) == 6 * TWO_32 + 0x10);
    assert_true(mpt_seq_widen(UINT32_MAX, 6 * TWO_32) == 6 * TWO_32 - 1);
}

static void test_seq_widen__across_2_64__wraps(void **state)
{
    (void)state;
    assert_true(mpt_seq_widen(3, UINT64_MAX) == 3);
    assert_true(mpt_seq_widen(0xfffffff0, 4) == UINT64_MAX - 15);
    assert_true(mpt_seq_widen(0xffffffff, 0) == UINT64_MAX);
}

static void test_seq_widen__distance_around_2_31__takes_the_nearer_and_below_on_a_tie(void **state)
{
    (void)state;
    uint64_t near = 9 * TWO_32;
    assert_true(mpt_seq_widen(0x7fffffff, near) == near + TWO_31 - 1);
    assert_true(mpt_seq_widen(0x80000000, near) == near - TWO_31);
    assert_true(mpt_seq_widen(0x80000001, near) == near - TWO_31 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seq32_diff__across_2_32__counts_on),
        cmocka_unit_test(test_seq32_diff__around_2_31__changes_sign),
        cmocka_unit_test(test_seq64_diff__across_2_64__counts_on),
        cmocka_unit_test(test_seq64_diff__around_2_63__changes_sign),
        cmocka_unit_test(test_seq_widen__same_upper_half__keeps_it),
        cmocka_unit_test(test_seq_widen__lower_half_wrapped__carries_into_upper_half),
        cmocka_unit_test(test_seq_widen__across_2_64__wraps),
        cmocka_unit_test(test_seq_widen__distance_around_2_31__takes_the_nearer_and_below_on_a_tie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
