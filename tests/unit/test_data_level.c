/* test_data_level.c - positions of DSNs and DATA_ACKs: widening, wrapping, anchoring, relative numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap/engine/state/data_level.h"

static void test_position__idsn_known__relative_to_it(void **state)
{
    mpt_data_level d = {0};
    int64_t p, relative;

    (void)state;
    assert_true(mpt_data_level_set_idsn(&d, UINT64_MAX - 4));
    assert_true(mpt_data_level_position(&d, 3, true, &p)); /* wrapped at 2^64 */
    assert_true(mpt_data_level_relative(&d, p, &relative));
    assert_int_equal(relative, 8);
    assert_true(mpt_data_level_dsn(&d, p) == 3);
}

static void test_position__32_bits_across_2_32__nearest(void **state)
{
    mpt_data_level d = {0};
    int64_t p;

    (void)state;
    mpt_data_level_set_idsn(&d, UINT64_C(0x5fffffff0));
    assert_true(mpt_data_level_position(&d, 0x10, false, &p));
    assert_int_equal(p, 0x20);
    assert_true(mpt_data_level_position(&d, 0xfffffff8, false, &p));
    assert_int_equal(p, 8);
    d.expected = INT64_C(0x180000000);
    assert_true(mpt_data_level_position(&d, (uint32_t)(0x5fffffff0 + INT64_C(0x180000005)), false, &p));
    assert_int_equal(p, INT64_C(0x180000005));
}

static void test_position__32_bits_first_then_64__positions_stay(void **state)
{
    mpt_data_level d = {0};
    int64_t a, b, c;

    (void)state;
    assert_true(mpt_data_level_position(&d, 0xfffffff0, false, &a));
    d.expected = a + 100;
    assert_true(mpt_data_level_position(&d, 0x54, false, &b)); /* 100 further, wrapped */
    assert_int_equal(b - a, 100);
    assert_false(d.anchored);
    assert_true(mpt_data_level_position(&d, UINT64_C(0x700000055), true, &c));
    assert_true(d.anchored);
    assert_int_equal(c - a, 101);
    assert_true(mpt_data_level_dsn(&d, a) == UINT64_C(0x6fffffff0));
}

static void test_position__64_bits_far_away__refused(void **state)
{
    mpt_data_level d = {0};
    int64_t p = 42;

    (void)state;
    mpt_data_level_set_idsn(&d, 1000);
    assert_false(mpt_data_level_position(&d, 1000 + (UINT64_C(1) << 50), true, &p));
    assert_false(mpt_data_level_position(&d, 1000 + (UINT64_C(1) << 63), true, &p));
    assert_int_equal(p, 42);
    assert_true(mpt_data_level_position(&d, 999 + (UINT64_C(1) << 50), true, &p));
}

/* Their upper half is that of numbers which nobody knows. */
static void test_position__32_bits_beside_64_far_away__refused_until_one_is_near(void **state)
{
    mpt_data_level d = {0};
    int64_t p = 42;

    (void)state;
    mpt_data_level_set_idsn(&d, 1000);
    assert_true(mpt_data_level_ack_position(&d, 1001, false, &p));
    assert_false(mpt_data_level_position(&d, UINT64_C(1) << 63 | 2000, true, &p));
    assert_false(mpt_data_level_ack_position(&d, 2000, false, &p));
    assert_false(mpt_data_level_position(&d, 2000, false, &p));
    assert_true(mpt_data_level_position(&d, 1500, true, &p));
    assert_true(mpt_data_level_ack_position(&d, 2000, false, &p));
    assert_int_equal(p, 1000);
}

static void test_set_idsn__after_data__relative_from_then(void **state)
{
    mpt_data_level d = {0};
    int64_t p, relative;

    (void)state;
    assert_true(mpt_data_level_position(&d, UINT64_C(0x1234500000064), true, &p));
    assert_false(mpt_data_level_relative(&d, p, &relative));
    assert_true(mpt_data_level_set_idsn(&d, UINT64_C(0x1234500000000)));
    assert_true(mpt_data_level_relative(&d, p, &relative));
    assert_int_equal(relative, 100);
    assert_false(mpt_data_level_set_idsn(&d, UINT64_C(0x1234500000001))); /* another one contradicts */
}

static void test_ack_position__expected_near_last_ack(void **state)
{
    mpt_data_level d = {0};
    int64_t p;

    (void)state;
    mpt_data_level_set_idsn(&d, 0);
    d.ack_expected_known = true;
    d.ack_expected = INT64_C(0x2fffffff0);
    assert_true(mpt_data_level_ack_position(&d, 5, false, &p));
    assert_int_equal(p, INT64_C(0x300000005));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_position__idsn_known__relative_to_it),
        cmocka_unit_test(test_position__32_bits_across_2_32__nearest),
        cmocka_unit_test(test_position__32_bits_first_then_64__positions_stay),
        cmocka_unit_test(test_position__64_bits_far_away__refused),
        cmocka_unit_test(test_position__32_bits_beside_64_far_away__refused_until_one_is_near),
        cmocka_unit_test(test_set_idsn__after_data__relative_from_then),
        cmocka_unit_test(test_ack_position__expected_near_last_ack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
