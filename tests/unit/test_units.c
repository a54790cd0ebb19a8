/* test_units.c - readable numbers: each boundary of a unit, and no locale in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>

#include "tap/engine/base/units.h"

#define ASSERT_TEXT(call, expected)                                                                          \
    do {                                                                                                     \
        GString *out = g_string_new(NULL);                                                                   \
        call;                                                                                                \
        assert_string_equal(out->str, expected);                                                             \
        g_string_free(out, TRUE);                                                                            \
    } while (0)

static void test_bytes__every_size__three_digits(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        {0, "0 bytes"},
        {1, "1 byte"},
        {999, "999 bytes"},
        {1000, "1.00 kB"},
        {1004, "1.00 kB"},
        {1005, "1.01 kB"},
        {9994, "9.99 kB"},
        {9995, "10.0 kB"},
        {99949, "99.9 kB"},
        {99950, "100 kB"},
        {999499, "999 kB"},
        {999500, "1.00 MB"},
        {1435648, "1.44 MB"},
        {UINT32_MAX, "4.29 GB"},
        {UINT64_C(1) << 32, "4.29 GB"},
        {UINT64_C(999500000000000000), "1.00 EB"},
        {UINT64_MAX, "18.4 EB"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        ASSERT_TEXT(mpt_units_bytes(out, cases[i].bytes), cases[i].text);
}

static void test_rate__every_size__four_digits(void **state)
{
    (void)state;
    static const struct {
        double bps;
        const char *text;
    } cases[] = {
        {0, "0 bit/s"},
        {0.5, "0.5 bit/s"},
        {950, "950 bit/s"},
        {999.94, "999.9 bit/s"},
        {999.96, "1.000 kbit/s"},
        {9999.4, "9.999 kbit/s"},
        {9999.6, "10.00 kbit/s"},
        {99996, "100.0 kbit/s"},
        {999949, "999.9 kbit/s"},
        {999950, "1.000 Mbit/s"},
        {19971234, "19.97 Mbit/s"},
        {4.2e9, "4.200 Gbit/s"},
        {1e30, "1e+12 Ebit/s"},
        {-1, "-"},
        {NAN, "-"},
        {INFINITY, "-"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        ASSERT_TEXT(mpt_units_rate(out, cases[i].bps), cases[i].text);
}

static void test_duration__every_size__its_unit(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        {0, "0 s"},
        {1, "1 ns"},
        {999, "999 ns"},
        {1000, "1.00 us"},
        {999499, "999 us"},
        {999500, "1.00 ms"},
        {12345678, "12.3 ms"},
        {999499999, "999 ms"},
        {999500000, "1.000 s"},
        {1234000000, "1.234 s"},
        {INT64_C(59999499999), "59.999 s"},
        {INT64_C(59999500000), "1 min 00 s"},
        {INT64_C(123000000000), "2 min 03 s"},
        {INT64_C(3599499999999), "59 min 59 s"},
        {INT64_C(3599500000000), "1 h 00 min"},
        {INT64_C(7380000000000), "2 h 03 min"},
        {INT64_C(86369000000000), "23 h 59 min"},
        {INT64_C(86370000000000), "1 d 00 h"},
        {INT64_C(273600000000000), "3 d 04 h"},
        {-12345678, "-12.3 ms"},
        {INT64_MIN, "-106752 d 00 h"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        ASSERT_TEXT(mpt_units_duration(out, cases[i].ns), cases[i].text);
}

static void test_percent__near_the_ends__never_rounded_to_them(void **state)
{
    (void)state;
    ASSERT_TEXT(mpt_units_percent(out, 0), "0.0 %");
    ASSERT_TEXT(mpt_units_percent(out, 0.049), "<0.1 %");
    ASSERT_TEXT(mpt_units_percent(out, 0.05), "0.1 %");
    ASSERT_TEXT(mpt_units_percent(out, 33.333), "33.3 %");
    ASSERT_TEXT(mpt_units_percent(out, 99.94), "99.9 %");
    ASSERT_TEXT(mpt_units_percent(out, 99.96), ">99.9 %");
    ASSERT_TEXT(mpt_units_percent(out, 100), "100.0 %");
    ASSERT_TEXT(mpt_units_percent(out, -0.0), "0.0 %");
    ASSERT_TEXT(mpt_units_percent(out, NAN), "-");
}

static void test_grouped__any_length__commas_of_three(void **state)
{
    (void)state;
    ASSERT_TEXT(mpt_units_grouped(out, 0), "0");
    ASSERT_TEXT(mpt_units_grouped(out, 999), "999");
    ASSERT_TEXT(mpt_units_grouped(out, 1000), "1,000");
    ASSERT_TEXT(mpt_units_grouped(out, 1435648), "1,435,648");
    ASSERT_TEXT(mpt_units_grouped(out, UINT64_MAX), "18,446,744,073,709,551,615");
    ASSERT_TEXT(mpt_units_grouped_signed(out, -12345), "-12,345");
    ASSERT_TEXT(mpt_units_grouped_signed(out, -999), "-999");
    ASSERT_TEXT(mpt_units_grouped_signed(out, INT64_MIN), "-9,223,372,036,854,775,808");
}

static void test_seconds__any_decimals__exact_and_half_away_from_zero(void **state)
{
    (void)state;
    ASSERT_TEXT(mpt_units_seconds(out, 1000000001, 9), "1.000000001");
    ASSERT_TEXT(mpt_units_seconds(out, -500000000, 1), "-0.5");
    ASSERT_TEXT(mpt_units_seconds(out, 1499, 6), "0.000001");
    ASSERT_TEXT(mpt_units_seconds(out, 1500, 6), "0.000002");
    ASSERT_TEXT(mpt_units_seconds(out, -1500, 6), "-0.000002");
    ASSERT_TEXT(mpt_units_seconds(out, -499, 6), "0.000000");
    ASSERT_TEXT(mpt_units_seconds(out, 999999999, 0), "1");
    ASSERT_TEXT(mpt_units_seconds(out, INT64_MAX, 9), "9223372036.854775807");
    ASSERT_TEXT(mpt_units_seconds(out, INT64_MIN, 9), "-9223372036.854775808");
}

static void test_double__any_value__fixed_decimals(void **state)
{
    (void)state;
    ASSERT_TEXT(mpt_units_double(out, 0.25, 6), "0.250000");
    ASSERT_TEXT(mpt_units_double(out, -0.0001, 2), "0.00");
    ASSERT_TEXT(mpt_units_double(out, -0.01, 2), "-0.01");
    ASSERT_TEXT(mpt_units_double(out, -10, 0), "-10");
    ASSERT_TEXT(mpt_units_double(out, INFINITY, 2), "-");
    GString *large = g_string_new(NULL);
    mpt_units_double(large, -1.7976931348623157e308, 17);
    assert_int_equal(large->len, 1 + 309 + 1 + 17);
    g_string_free(large, TRUE);
}

static void test_printable__hostile_text__no_control_left(void **state)
{
    (void)state;
    ASSERT_TEXT(mpt_units_printable(out, "eth0 \xc3\xa9"), "eth0 \xc3\xa9");
    ASSERT_TEXT(mpt_units_printable(out, "a\x1b[31m\nb"), "a\xef\xbf\xbd[31m\xef\xbf\xbd"
                                                          "b");
    ASSERT_TEXT(mpt_units_printable(out, "\xff"), "\xef\xbf\xbd");
    ASSERT_TEXT(mpt_units_printable(out, "\xe2\x80\xae"), "\xef\xbf\xbd"); /* right-to-left override */
}

static void test_all__locale_with_decimal_comma__point(void **state)
{
    (void)state;
    if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8"))
        skip();
    ASSERT_TEXT(mpt_units_rate(out, 0.5), "0.5 bit/s");
    ASSERT_TEXT(mpt_units_double(out, 0.25, 2), "0.25");
    ASSERT_TEXT(mpt_units_percent(out, 33.3), "33.3 %");
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes__every_size__three_digits),
        cmocka_unit_test(test_rate__every_size__four_digits),
        cmocka_unit_test(test_duration__every_size__its_unit),
        cmocka_unit_test(test_percent__near_the_ends__never_rounded_to_them),
        cmocka_unit_test(test_grouped__any_length__commas_of_three),
        cmocka_unit_test(test_seconds__any_decimals__exact_and_half_away_from_zero),
        cmocka_unit_test(test_double__any_value__fixed_decimals),
        cmocka_unit_test(test_printable__hostile_text__no_control_left),
        cmocka_unit_test(test_all__locale_with_decimal_comma__point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
