/* test_vantage_request.c - the preferences that say where interfaces are, and where to count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap/engine/vantage/vantage_request.h"

static mpt_vantage_request parsed(const char *at, const char *client, const char *server)
{
    mpt_vantage_request r;
    char *error;

    assert_true(mpt_vantage_request_parse(&r, at, client, server, &error));
    assert_null(error);
    return r;
}

static void test_parse__nothing__asks_for_nothing(void **state)
{
    mpt_vantage_request r = parsed("", "", " ");

    (void)state;
    assert_true(!r.has_at && !r.client && !r.server);
    mpt_vantage_request_clear(&r);
}

static void test_parse__ends_and_interfaces__as_asked(void **state)
{
    mpt_vantage_request r = parsed(" server", "0, 1", "2");

    (void)state;
    assert_true(r.has_at);
    assert_int_equal(r.at, MPT_AT_SERVER);
    assert_int_equal(r.client->len, 2);
    assert_int_equal(g_array_index(r.client, uint32_t, 1), 1);
    assert_int_equal(r.server->len, 1);
    mpt_vantage_request_clear(&r);
    r = parsed("7", "", "");
    assert_int_equal(r.at, MPT_AT_INTERFACE);
    assert_int_equal(r.at_interface, 7);
    mpt_vantage_request_clear(&r);
}

static void test_parse__malformed_or_twice__a_sentence(void **state)
{
    static const char *const bad[][3] = {
        {"middle", "", ""}, {"", "0,", ""},   {"", "a", ""},          {"", "", "-1"},
        {"", "0,0", ""},    {"", "0,1", "1"}, {"4294967296", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        mpt_vantage_request r;
        char *error;

        assert_false(mpt_vantage_request_parse(&r, bad[i][0], bad[i][1], bad[i][2], &error));
        assert_non_null(error);
        assert_true(!r.has_at && !r.client && !r.server);
        g_free(error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse__nothing__asks_for_nothing),
        cmocka_unit_test(test_parse__ends_and_interfaces__as_asked),
        cmocka_unit_test(test_parse__malformed_or_twice__a_sentence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
