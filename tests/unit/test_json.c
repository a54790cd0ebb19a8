/* test_json.c - the JSON writer: layout, exact numbers, escapes, and misuse that must not pass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugin/report/format/json.h"

typedef void (*writing)(mpt_json *json);

static void assert_document(writing write, const char *expected)
{
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_json *json = mpt_json_new(sink);
    write(json);
    mpt_json_finish(json);
    mpt_json_free(json);
    assert_string_equal(mpt_sink_text(sink, NULL), expected);
    mpt_sink_free(sink);
}

/* In a process of its own, which must abort. */
static void assert_misuse(writing write)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        mpt_json *json = mpt_json_new(mpt_sink_new_memory());
        write(json);
        mpt_json_finish(json);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void layout(mpt_json *json)
{
    mpt_json_begin_object(json);
    mpt_json_member_int(json, "schema", 1);
    mpt_json_member_array(json, "connections");
    mpt_json_begin_object(json);
    mpt_json_member_object_inline(json, "close");
    mpt_json_member_string(json, "how", "data_fin");
    mpt_json_member_null(json, "by");
    mpt_json_end_object(json);
    mpt_json_member_array_inline(json, "ids");
    mpt_json_uint(json, 1);
    mpt_json_uint(json, 2);
    mpt_json_begin_object(json);
    mpt_json_member_bool(json, "nested", true);
    mpt_json_end_object(json);
    mpt_json_end_array(json);
    mpt_json_end_object(json);
    mpt_json_end_array(json);
    mpt_json_member_array(json, "none");
    mpt_json_end_array(json);
    mpt_json_member_object(json, "empty");
    mpt_json_end_object(json);
    mpt_json_member_object_inline(json, "blank");
    mpt_json_end_object(json);
    mpt_json_end_object(json);
}

static void test_layout__nested__two_spaces_and_inline(void **state)
{
    (void)state;
    assert_document(layout, "{\n"
                            "  \"schema\": 1,\n"
                            "  \"connections\": [\n"
                            "    {\n"
                            "      \"close\": { \"how\": \"data_fin\", \"by\": null },\n"
                            "      \"ids\": [1, 2, { \"nested\": true }]\n"
                            "    }\n"
                            "  ],\n"
                            "  \"none\": [],\n"
                            "  \"empty\": {},\n"
                            "  \"blank\": {}\n"
                            "}\n");
}

static void numbers(mpt_json *json)
{
    mpt_json_begin_array_inline(json);
    mpt_json_int(json, INT64_MIN);
    mpt_json_uint(json, UINT64_MAX);
    mpt_json_uint_string(json, UINT64_MAX);
    mpt_json_seconds(json, 1000000001);
    mpt_json_seconds(json, -1);
    mpt_json_seconds(json, INT64_MAX);
    mpt_json_seconds_string(json, INT64_C(1700000000123456789));
    mpt_json_double(json, 0.1, 6);
    mpt_json_double(json, 1e21, 0);
    mpt_json_double(json, NAN, 3);
    mpt_json_double(json, -INFINITY, 3);
    mpt_json_hex32(json, 0xa1b2c3);
    mpt_json_hex64(json, 0xa1b2c3);
    mpt_json_end_array(json);
}

static void test_numbers__at_their_limits__exact(void **state)
{
    (void)state;
    assert_document(numbers,
                    "[-9223372036854775808, 18446744073709551615, \"18446744073709551615\", 1.000000001, "
                    "-0.000000001, 9223372036.854775807, \"1700000000.123456789\", 0.100000, "
                    "1000000000000000000000, null, null, \"00a1b2c3\", \"0000000000a1b2c3\"]\n");
}

static void strings(mpt_json *json)
{
    mpt_json_begin_array_inline(json);
    mpt_json_string(json, "a\"b\\c/d");
    mpt_json_string(json, "\b\f\n\r\t\x01\x1f\x7f");
    mpt_json_string(json, "\xc3\xa9\xf0\x9f\x98\x80");
    mpt_json_string(json, "x\xff\xc3");
    mpt_json_string(json, "\xed\xa0\x80"); /* a surrogate */
    mpt_json_string(json, "");
    mpt_json_string(json, NULL);
    mpt_json_stringf(json, "%s:%d", "::1", 80);
    mpt_json_end_array(json);
}

static void test_strings__hostile__escaped_or_replaced(void **state)
{
    (void)state;
    assert_document(
        strings,
        "[\"a\\\"b\\\\c/d\", \"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\", \"\xc3\xa9\xf0\x9f\x98\x80\", "
        "\"x\xef\xbf\xbd\xef\xbf\xbd\", \"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\", \"\", null, "
        "\"::1:80\"]\n");
}

static void each_kind_of_member(mpt_json *json)
{
    mpt_json_begin_object_inline(json);
    mpt_json_member_seconds(json, "a", 5);
    mpt_json_member_uint(json, "b", 6);
    mpt_json_key(json, "c");
    mpt_json_uint_string(json, 7);
    mpt_json_member_double(json, "d", 0.5, 1);
    mpt_json_member_hex32(json, "e", 1);
    mpt_json_key(json, "f");
    mpt_json_hex64(json, 1);
    mpt_json_end_object(json);
}

static void test_member__each_kind__has_its_key(void **state)
{
    (void)state;
    assert_document(each_kind_of_member, "{ \"a\": 0.000000005, \"b\": 6, \"c\": \"7\", \"d\": 0.5, \"e\": "
                                         "\"00000001\", \"f\": \"0000000000000001\" }\n");
}

static void only_a_number(mpt_json *json)
{
    mpt_json_int(json, -7);
}

static void test_document__one_scalar__allowed(void **state)
{
    (void)state;
    assert_document(only_a_number, "-7\n");
}

static void value_without_key(mpt_json *json)
{
    mpt_json_begin_object(json);
    mpt_json_int(json, 1);
    mpt_json_end_object(json);
}

static void key_without_value(mpt_json *json)
{
    mpt_json_begin_object(json);
    mpt_json_key(json, "a");
    mpt_json_end_object(json);
}

static void two_keys(mpt_json *json)
{
    mpt_json_begin_object(json);
    mpt_json_key(json, "a");
    mpt_json_key(json, "b");
    mpt_json_int(json, 1);
    mpt_json_end_object(json);
}

static void key_in_array(mpt_json *json)
{
    mpt_json_begin_array(json);
    mpt_json_member_int(json, "a", 1);
    mpt_json_end_array(json);
}

static void wrong_end(mpt_json *json)
{
    mpt_json_begin_array(json);
    mpt_json_end_object(json);
}

static void one_end_too_many(mpt_json *json)
{
    mpt_json_begin_array(json);
    mpt_json_end_array(json);
    mpt_json_end_array(json);
}

static void two_documents(mpt_json *json)
{
    mpt_json_int(json, 1);
    mpt_json_int(json, 2);
}

static void left_open(mpt_json *json)
{
    mpt_json_begin_array(json);
}

static void nothing(mpt_json *json)
{
    (void)json;
}

static void test_misuse__each_kind__asserted(void **state)
{
    (void)state;
    static const writing cases[] = {value_without_key, key_without_value, two_keys,  key_in_array, wrong_end,
                                    one_end_too_many,  two_documents,     left_open, nothing};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_misuse(cases[i]);
}

static void test_free__unfinished__no_leak(void **state)
{
    (void)state;
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_json *json = mpt_json_new(sink);
    mpt_json_begin_object(json);
    mpt_json_free(json);
    mpt_json_free(NULL);
    mpt_sink_free(sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout__nested__two_spaces_and_inline),
        cmocka_unit_test(test_numbers__at_their_limits__exact),
        cmocka_unit_test(test_strings__hostile__escaped_or_replaced),
        cmocka_unit_test(test_member__each_kind__has_its_key),
        cmocka_unit_test(test_document__one_scalar__allowed),
        cmocka_unit_test(test_misuse__each_kind__asserted),
        cmocka_unit_test(test_free__unfinished__no_leak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
