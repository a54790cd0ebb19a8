/* test_strips_geometry.c - where the parts of paths over time lie.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "plugin/qt/strips_geometry.h"

/* Two strips of 100 pixels, 1000 ns in 1000 pixels, 100 bit/s as high as a strip. */
static const mpt_strips_area AREA = {
    .left = 0, .right = 1000, .top = 0, .bottom = 200, .from = 0, .to = 1000, .count = 2, .highest = 100};

#define NEAR(a, b) assert_true((a) - (b) < 1e-6 && (b) - (a) < 1e-6)

static void test_mpt_strips_y__rates__within_the_strip(void **state)
{
    (void)state;
    NEAR(mpt_strips_top(&AREA, 0), 11);
    NEAR(mpt_strips_base(&AREA, 0), 89);
    NEAR(mpt_strips_top(&AREA, 1), 111);
    NEAR(mpt_strips_y(&AREA, 1, 0), 189);
    NEAR(mpt_strips_y(&AREA, 1, 50), 150);
    NEAR(mpt_strips_y(&AREA, 1, 1000), 111);
    assert_int_equal(mpt_strips_at(&AREA, 50), 0);
    assert_int_equal(mpt_strips_at(&AREA, 100), 2);
    assert_int_equal(mpt_strips_at(&AREA, 150), 1);
}

static void test_mpt_strips_span__short_or_outside__seen_or_not(void **state)
{
    double left, right;
    mpt_gui_span span = {.from_ns = 500, .to_ns = 500};

    (void)state;
    assert_true(mpt_strips_span(&AREA, &span, &left, &right));
    NEAR(left, 500);
    NEAR(right, 502);
    span = (mpt_gui_span){.from_ns = -50, .to_ns = 2000};
    assert_true(mpt_strips_span(&AREA, &span, &left, &right));
    NEAR(left, 0);
    NEAR(right, 1000);
    span = (mpt_gui_span){.from_ns = 1001, .to_ns = 2000};
    assert_false(mpt_strips_span(&AREA, &span, &left, &right));
}

static void test_mpt_strips_outline__steps__corners_from_base_to_base(void **state)
{
    mpt_gui_rate rates[] = {{100, 100}, {200, 50}};
    mpt_gui_strip strip = {.from_ns = 100, .to_ns = 300, .rates = rates, .rate_count = 2};
    const mpt_strips_point expected[] = {{100, 89}, {100, 11}, {200, 11}, {200, 50}, {300, 50}, {300, 89}};
    mpt_strips_point points[6];

    (void)state;
    assert_int_equal(mpt_strips_outline(&AREA, 0, &strip, points), 6);
    for (int i = 0; i < 6; i++) {
        NEAR(points[i].x, expected[i].x);
        NEAR(points[i].y, expected[i].y);
    }
}

static void test_mpt_strips_outline__narrower_than_a_pixel__one_as_high_as_the_highest(void **state)
{
    mpt_strips_area wide = AREA;
    mpt_gui_rate rates[] = {{100, 20}, {101, 100}, {102, 10}};
    mpt_gui_strip strip = {.from_ns = 100, .to_ns = 100000, .rates = rates, .rate_count = 3};
    mpt_strips_point points[8];

    (void)state;
    wide.to = 100000;
    assert_int_equal(mpt_strips_outline(&wide, 0, &strip, points), 4);
    NEAR(points[1].y, 11);
    strip.rate_count = 0;
    assert_int_equal(mpt_strips_outline(&wide, 0, &strip, points), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mpt_strips_y__rates__within_the_strip),
        cmocka_unit_test(test_mpt_strips_span__short_or_outside__seen_or_not),
        cmocka_unit_test(test_mpt_strips_outline__steps__corners_from_base_to_base),
        cmocka_unit_test(test_mpt_strips_outline__narrower_than_a_pixel__one_as_high_as_the_highest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
