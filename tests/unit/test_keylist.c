/* test_keylist.c - keys that the user gives.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap/engine/protocol/key.h"
#include "tap/engine/protocol/keylist.h"

#define A "4fd46b20d8d89131"
#define B "362E10E4C893A368"

static void test_parse__lists__pairs(void **state)
{
    static const struct {
        const char *text;
        guint pairs;
    } good[] = {
        {"", 0}, {" ; ", 0}, {A ":" B ":1", 1}, {A ":" B ":0;" B ":" A ":1;", 2}, {" " A " : " B " : 1 ", 1}};
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(good); i++) {
        char *error = NULL;
        GArray *list = mpt_keylist_parse(good[i].text, &error);
        assert_non_null(list);
        assert_null(error);
        assert_int_equal(list->len, good[i].pairs);
        g_array_unref(list);
    }
}

static void test_parse__anything_else__one_sentence(void **state)
{
    static const char *const bad[] = {"x",
                                      A,
                                      A ":" B,
                                      A ":" B ":2",
                                      A ":" B ":01",
                                      A "0:" B ":1",
                                      ":" B ":1",
                                      A ":" B ":1:",
                                      "0x" A ":" B ":1",
                                      A ":" B ":1;x",
                                      A ":" B ":",
                                      A ":" B ":1 1",
                                      "g" A ":" B ":1"};
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        char *error = NULL;
        assert_null(mpt_keylist_parse(bad[i], &error));
        assert_non_null(error);
        g_free(error);
    }
}

static void test_find__by_token_of_either_key(void **state)
{
    char *error = NULL;
    GArray *list = mpt_keylist_parse("0000000000000001:0000000000000002:1;" A ":" B ":1", &error);
    mpt_role end = MPT_ROLES;

    (void)state;
    assert_non_null(list);
    assert_ptr_equal(mpt_keylist_find(list, mpt_key_token(0x362e10e4c893a368, MPT_V1), &end),
                     &g_array_index(list, mpt_key_pair, 1));
    assert_int_equal(end, 1);
    assert_ptr_equal(mpt_keylist_find(list, mpt_key_token(0x4fd46b20d8d89131, MPT_V1), &end),
                     &g_array_index(list, mpt_key_pair, 1));
    assert_int_equal(end, 0);
    assert_null(mpt_keylist_find(list, mpt_key_token(0x362e10e4c893a368, MPT_V0), &end));
    assert_null(mpt_keylist_find(NULL, 1, &end));
    g_array_unref(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse__lists__pairs),
        cmocka_unit_test(test_parse__anything_else__one_sentence),
        cmocka_unit_test(test_find__by_token_of_either_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
