/* test_account.c - what happened to a connection, in at most five sentences.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/common/account.h"

#include "tests/support/story.h"

/* The sentences of connection `id`, a line each; NULL: no account. */
static char *account_of(story *s, uint32_t id, const char *text)
{
    const mpt_report_context *x = ask(s, text);
    mpt_connection_view v = {0};
    GString *out = g_string_new(NULL);
    GPtrArray *account;

    mpt_metrics_connection(s->wire.engine, g_ptr_array_index(s->connections, id), id, &v);
    account = mpt_account(x, &v);
    mpt_metrics_clear(&v);
    if (!account)
        return g_string_free(out, TRUE);
    assert_true(account->len <= MPT_ACCOUNT_SENTENCES);
    for (guint i = 0; i < account->len; i++)
        g_string_append_printf(out, "%s\n", (char *)g_ptr_array_index(account, i));
    g_ptr_array_unref(account);
    return g_string_free(out, FALSE);
}

static void assert_account(story *s, uint32_t id, const char *expected)
{
    char *got = account_of(s, id, "mptcp,summary");

    assert_string_equal(got, expected);
    g_free(got);
}

static void begin_with_evidence(story *s)
{
    mpt_engine_config config;

    *s = (story){.count = 0};
    mpt_engine_config_default(&config);
    config.want_evidence = true;
    wire_open(&s->wire, &config);
}

static void test_account__healthy__paths_and_end(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    assert_account(
        &s, 0,
        "The client sent 1,500 bytes in 3.00 ms: 66.7 % over subflow 0 (192.0.2.1:40000 - "
        "192.0.2.2:5001) and 33.3 % over subflow 1 (198.51.100.1:41000 - 192.0.2.2:5001).\n"
        "Both hosts closed the connection at 0.014000 s, the client first; all data was acknowledged.\n");
    end(&s);
}

static void test_account__fell_back__why(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    char *got = account_of(&s, 1, "mptcp,summary");
    assert_has(got, "The client sent 300 bytes, over subflow 0 (203.0.113.5:42000 - 192.0.2.2:5001).\n"
                    "The connection is plain TCP: no MP_CAPABLE in the SYN/ACK.\n");
    assert_lacks(got, "aborted");
    g_free(got);
    end(&s);
}

static void test_account__no_answer__no_more_than_that(void **state)
{
    story s;

    (void)state;
    begin_with_evidence(&s);
    flow f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    mpt_option capable = option_capable(&FIRST, 0, 0);
    flow_send(&f, 0, MPT_TCP_SYN, 0, &capable, 1);
    told(&s);
    assert_account(&s, 0, "The client's SYN with MP_CAPABLE was not answered in the capture.\n");
    end(&s);
}

static void test_account__open_with_data_in_flight__how_much(void **state)
{
    story s;

    (void)state;
    begin_with_evidence(&s);
    flow f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    flow_open_capable(&f, &FIRST);
    flow_send_data(&f, 0, &FIRST, 0, 1, 1000);
    flow_send_data(&f, 0, &FIRST, 0, 1001, 200);
    flow_send_data_ack(&f, 1, &FIRST, 1, 1001);
    told(&s);
    assert_account(&s, 0,
                   "The client sent 1,200 bytes in 1.00 ms, over subflow 0 (192.0.2.1:40000 - "
                   "192.0.2.2:5001).\n"
                   "Only one subflow worked: no address was announced, and no join was tried.\n"
                   "The connection was still open when the capture ended; 200 bytes from the client were not "
                   "acknowledged.\n");
    end(&s);
}

static void test_account__part_of_the_time__none(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    assert_null(account_of(&s, 0, "mptcp,summary,from=0.001"));
    end(&s);
}

static void test_account_of_one__selected_or_alone(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    assert_false(mpt_account_of_one(ask(&s, "mptcp,summary")));
    assert_true(mpt_account_of_one(ask(&s, "mptcp,summary,stream=1")));
    assert_true(mpt_account_of_one(ask(&s, "mptcp,summary,address=203.0.113.5")));
    assert_false(mpt_account_of_one(ask(&s, "mptcp,summary,address=203.0.113.6")));
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_account__healthy__paths_and_end),
        cmocka_unit_test(test_account__fell_back__why),
        cmocka_unit_test(test_account__no_answer__no_more_than_that),
        cmocka_unit_test(test_account__open_with_data_in_flight__how_much),
        cmocka_unit_test(test_account__part_of_the_time__none),
        cmocka_unit_test(test_account_of_one__selected_or_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
