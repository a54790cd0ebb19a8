/* test_whole.c - doubles and sums that whole numbers have no room for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/base/whole.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_whole__values_with_room__towards_zero(void **state)
{
    (void)state;
    assert_int_equal(mpt_whole(1.9), 1);
    assert_int_equal(mpt_whole(-1.9), -1);
    assert_int_equal(mpt_whole(0x1p62), INT64_C(1) << 62);
    assert_true(mpt_whole_unsigned(0x1p63) == UINT64_C(1) << 63);
}

static void test_whole__values_without_room__the_nearest(void **state)
{
    (void)state;
    assert_true(mpt_whole(2.3e22) == INT64_MAX);
    assert_true(mpt_whole(0x1p63) == INT64_MAX);
    assert_true(mpt_whole(-0x1p63) == INT64_MIN);
    assert_true(mpt_whole(-INFINITY) == INT64_MIN);
    assert_int_equal(mpt_whole(NAN), 0);
    assert_true(mpt_whole_unsigned(0x1p64) == UINT64_MAX);
    assert_int_equal(mpt_whole_unsigned(-1), 0);
    assert_int_equal(mpt_whole_unsigned(NAN), 0);
}

static void test_whole_add__sums_without_room__the_nearest(void **state)
{
    (void)state;
    assert_true(mpt_whole_add(INT64_MAX, 1) == INT64_MAX);
    assert_true(mpt_whole_add(INT64_MIN, -1) == INT64_MIN);
    assert_true(mpt_whole_add(INT64_MIN, INT64_MIN) == INT64_MIN);
    assert_true(mpt_whole_add(INT64_MIN, INT64_MAX) == -1);
    assert_int_equal(mpt_whole_add(3, -5), -2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole__values_with_room__towards_zero),
        cmocka_unit_test(test_whole__values_without_room__the_nearest),
        cmocka_unit_test(test_whole_add__sums_without_room__the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
