/* test_tcp_option.c - what a segment keeps of the raw bytes of its TCP options.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap/engine/protocol/tcp_option.h"

static const uint8_t MSS[] = {2, 4, 0x05, 0xb4}, TIMES[] = {8, 10, 0x80, 0, 0, 1, 0, 0, 2, 3},
                     DSS[] = {30, 8, 0x20, 1, 1, 2, 3, 4};

/* One option, of which `captured` bytes are there. */
static bool take(mpt_segment *g, const uint8_t *option, unsigned captured)
{
    return mpt_tcp_option_take_all(g, option, option[1], captured, true);
}

static void test_take__mss_and_timestamps__as_numbers(void **state)
{
    mpt_segment g = {0};

    (void)state;
    take(&g, MSS, sizeof MSS);
    take(&g, TIMES, sizeof TIMES);
    assert_int_equal(g.presence, MPT_SEGMENT_MSS | MPT_SEGMENT_TIMESTAMPS);
    assert_int_equal(g.mss, 1460);
    assert_int_equal(g.tsval, 0x80000001);
    assert_int_equal(g.tsecr, 0x203);
    assert_int_equal(g.option_len, 0);
}

static void test_take__sack__its_first_block_and_whether_it_is_inside_the_second(void **state)
{
    static const uint8_t one[] = {5, 10, 0, 0, 0, 1, 0, 0, 0, 9},
                         inside[] = {5, 18, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 9},
                         beside[] = {5, 18, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 9};
    mpt_segment g = {0}, h = {0}, i = {0};

    (void)state;
    take(&g, one, sizeof one);
    assert_int_equal(g.presence, MPT_SEGMENT_SACK);
    assert_int_equal(g.sack_left, 1);
    assert_int_equal(g.sack_right, 9);
    take(&h, inside, sizeof inside);
    assert_int_equal(h.presence, MPT_SEGMENT_SACK | MPT_SEGMENT_SACK_INSIDE);
    take(&i, beside, sizeof beside);
    assert_int_equal(i.presence, MPT_SEGMENT_SACK);
}

static void test_take__cut_or_of_another_length__nothing(void **state)
{
    static const uint8_t longer[] = {2, 5, 0x05, 0xb4, 0}, sack[] = {4, 2};
    mpt_segment g = {0};

    (void)state;
    take(&g, MSS, 3);
    take(&g, TIMES, 9);
    take(&g, longer, sizeof longer);
    take(&g, sack, sizeof sack);
    take(&g, DSS, 0);
    assert_int_equal(g.presence, 0);
    assert_int_equal(g.option_len, 0);
}

static void test_take__mptcp__one_after_the_other_while_there_is_room(void **state)
{
    mpt_segment g = {0};

    (void)state;
    for (unsigned i = 0; i < 6; i++)
        take(&g, DSS, sizeof DSS);
    assert_int_equal(g.option_len, 40);
    assert_memory_equal(g.options + 32, DSS, sizeof DSS);
}

static void test_take__mptcp_that_is_cut__what_is_there(void **state)
{
    mpt_segment g = {0};

    (void)state;
    take(&g, DSS, 3);
    assert_int_equal(g.option_len, 3);
}

static void test_take_all__option_beyond_the_header__ends_them(void **state)
{
    static const uint8_t all[] = {1, 1, 30, 8, 0x20, 1, 1, 2, 3, 4};
    mpt_segment g = {0};

    (void)state;
    assert_true(mpt_tcp_option_take_all(&g, all, sizeof all - 1, sizeof all, true));
    assert_int_equal(g.option_len, 0);
    assert_false(mpt_tcp_option_take_all(&g, all, sizeof all, sizeof all, false));
    assert_int_equal(g.option_len, 0);
    assert_false(mpt_tcp_option_take_all(&g, all, sizeof all, 3, true));
    assert_int_equal(g.option_len, 0);
    mpt_tcp_option_take_all(&g, all, sizeof all, sizeof all - 1, true);
    assert_int_equal(g.option_len, 7);
    assert_memory_equal(g.options, all + 2, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take__mss_and_timestamps__as_numbers),
        cmocka_unit_test(test_take__sack__its_first_block_and_whether_it_is_inside_the_second),
        cmocka_unit_test(test_take__cut_or_of_another_length__nothing),
        cmocka_unit_test(test_take__mptcp__one_after_the_other_while_there_is_room),
        cmocka_unit_test(test_take__mptcp_that_is_cut__what_is_there),
        cmocka_unit_test(test_take_all__option_beyond_the_header__ends_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
