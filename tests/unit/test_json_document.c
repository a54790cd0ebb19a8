/* test_json_document.c - the JSON document, and which connections a report is asked for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/json_document.h"

#include "tests/support/story.h"

/* The document of up to three reports. */
static char *document(story *s, const char *first, const char *second, const char *third)
{
    const char *const texts[] = {first, second, third};
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_json_document *d = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(texts) && texts[i]; i++) {
        const mpt_report_context *x = ask(s, texts[i]);
        if (!d)
            d = mpt_json_document_begin(sink, x);
        mpt_json_document_add(d, x);
    }
    mpt_json_document_end(d);
    char *got = g_strdup(mpt_sink_text(sink, NULL));
    mpt_sink_free(sink);
    return got;
}

static unsigned times(const char *text, const char *part)
{
    unsigned n = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        n++;
    return n;
}

/* --- the document --- */

static void test_document__summary_full__all_of_a_connection(void **state)
{
    static const char *const parts[] = {
        "\"schema\": 1,",
        "\"wireshark\": \"4.0.17\" }",
        "\"tcp_segments\": 36,",
        "\"tcp_without_mptcp\": 1,",
        "\"start\": \"1700000000.000000000\"",
        "\"close\": { \"how\": \"data_fin\", \"by\": \"client\", \"time\": 0.014000000 }",
        "\"client\": { \"address\": \"192.0.2.1\", \"port\": 40000, \"key\": \"4fd46b20d8d89131\", "
        "\"token\": \"5e5ea321\", \"idsn\": \"17160977494024593999\" }",
        "\"data_ack\": { \"count\": 3, \"max\": 1502 }",
        "\"address_ids\": { \"client\": 7, \"server\": 0 }",
        "\"backup\": { \"client\": true, \"server\": false }",
        "\"join\": { \"token\": \"16858221\", \"synack_hmac\": \"ok\", \"ack_hmac\": \"ok\", \"latency\": "
        "0.002000000, "
        "\"established\": true }",
        "\"reinjected_bytes\": 200,",
        "\"share\": 0.666666666667",
        "\"handshake\": { \"syn_to_synack\": 0.001000000, \"synack_to_ack\": 0.001000000 }",
        "\"step\": \"synack\", \"address_id\": 0, \"backup\": false, \"hmac\": \"ok\" }",
        "\"subflow\": 0, \"direction\": \"c2s\", \"type\": \"DATA_FIN\", \"count\": 1, \"dsn\": 1501 }",
        "\"fallback\": \"synack\"",
        "\"type\": \"FALLBACK\", \"reason\": \"synack\" }",
    };
    story s;

    (void)state;
    begin_whole(&s);
    char *got = document(&s, "mptcp,summary,full,format=json", NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        assert_has(got, parts[i]);
    assert_lacks(got, "\"tcp\": [\n");
    g_free(got);
    end(&s);
}

static void test_document__without_full__no_events_join_rtt(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    char *got = document(&s, "mptcp,list,format=json", NULL, NULL);
    assert_lacks(got, "\"events\"");
    assert_lacks(got, "\"join\":");
    assert_lacks(got, "\"rtt\"");
    assert_lacks(got, "\"checksums\"");
    assert_has(got, "\"first_bytes\": 1500,");
    g_free(got);
    end(&s);
}

static void test_document__reports_together__each_connection_once_with_all(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    char *got = document(&s, "mptcp,list,format=json,stream=1", "mptcp,summary,full,format=json,stream=0",
                         "mptcp,tcp,format=json");
    assert_int_equal(times(got, "\"mptcp_stream\""), 2);
    /* Each as detailed as it was asked for. */
    assert_int_equal(times(got, "\"events\""), 1);
    assert_int_equal(times(got, "\"connections\""), 1);
    assert_int_equal(times(got, "\"tcp\": [\n"), 1);
    assert_has(got, "\"kind\": \"never_asked\"");
    g_free(got);
    end(&s);
}

static void test_document__one_direction__the_other_is_absent(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    char *got = document(&s, "mptcp,list,format=json,stream=0,direction=s2c", NULL, NULL);
    assert_lacks(got, "\"c2s\"");
    assert_int_equal(times(got, "\"s2c\""), 3);
    g_free(got);
    end(&s);
}

static void test_document__two_directions_of_two_reports__both(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    char *got = document(&s, "mptcp,list,format=json,stream=0,direction=s2c",
                         "mptcp,list,format=json,stream=0,direction=c2s", NULL);
    assert_int_equal(times(got, "\"c2s\""), 3);
    assert_int_equal(times(got, "\"s2c\""), 3);
    assert_int_equal(times(got, "\"mptcp_stream\""), 1);
    g_free(got);
    end(&s);
}

static void test_document__join_by_the_server__ends_and_figures_of_the_client(void **state)
{
    static const char *const parts[] = {
        "\"client\": { \"address\": \"198.51.100.1\", \"port\": 46000 },\n          \"server\": { "
        "\"address\": "
        "\"192.0.2.2\", \"port\": 45000 },\n          \"initiator\": \"server\",\n          \"address_ids\": "
        "{ "
        "\"client\": 5, \"server\": 6 },\n          \"packets\": 5,",
        "\"share\": 1.000000000000,\n            \"loss\": { \"spurious_bytes\": null, \"lost_bytes\": null, \"unknown\": "
        "\"elsewhere\" },\n            \"rtt\": { \"tcp\": { \"min\": 0.001000000, ",
        "\"samples\": 1 } }",
    };
    story s;

    (void)state;
    begin(&s);
    flow f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    flow g = flow_between(&s.wire, "192.0.2.2", 45000, "198.51.100.1", 46000, 1);
    flow_open_capable(&f, &FIRST);
    flow_open_join(&g, &FIRST, 1, (const uint8_t[]){6, 5}, false);
    flow_send_data(&g, 1, &FIRST, 0, 1, 10);
    flow_send_data_ack(&g, 0, &FIRST, 1, 11);
    told(&s);
    char *got = document(&s, "mptcp,summary,full,format=json", NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        assert_has(got, parts[i]);
    g_free(got);
    end(&s);
}

static void test_document__limit_reached__what_was_dropped(void **state)
{
    mpt_engine_config config;
    story s;

    (void)state;
    begin(&s);
    mpt_engine_free(s.wire.engine);
    mpt_engine_config_default(&config);
    config.max_events = 2;
    wire_open(&s.wire, &config);
    tell_first(&s);
    told(&s);
    char *got = document(&s, "mptcp,list,format=json", NULL, NULL);
    assert_has(got, "\"dropped\": { \"connections\": 0, \"subflows\": 0, \"events\": ");
    g_free(got);
    end(&s);
}

static void test_document__no_mptcp__no_connections(void **state)
{
    story s;

    (void)state;
    begin(&s);
    told(&s);
    char *got = document(&s, "mptcp,summary,format=json", NULL, NULL);
    assert_has(got, "\"connections\": []");
    assert_has(got, "\"start\": null");
    g_free(got);
    end(&s);
}

static void test_document__signals__what_each_type_needs(void **state)
{
    static const char *const parts[] = {
        "\"type\": \"ADD_ADDR\", \"id\": 3, \"address\": \"203.0.113.3\", \"port\": null, \"hmac\": \"ok\"",
        "\"type\": \"ADD_ADDR\", \"id\": 4, \"address\": \"2001:db8::4\", \"port\": null, \"hmac\": \"bad\"",
        "\"type\": \"HMAC_BAD\", \"of\": \"ADD_ADDR\"",
        "\"type\": \"REMOVE_ADDR\", \"ids\": [3, 4]",
        "\"type\": \"MP_PRIO\", \"backup\": true, \"id\": null",
        "\"type\": \"MP_FAIL\", \"dsn\": 1",
        "\"type\": \"MP_FASTCLOSE\", \"key_ok\": true",
        "\"type\": \"MP_TCPRST\", \"reason\": 6, \"transient\": true",
        "\"type\": \"RST\", \"count\": 1",
    };
    story s;

    (void)state;
    begin(&s);
    flow f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    flow_open_capable(&f, &FIRST);
    mpt_option bad = option_add_addr(&FIRST, 1, 4, "2001:db8::4");
    bad.add_addr.hmac[0] ^= 1;
    const mpt_option options[] = {
        option_add_addr(&FIRST, 1, 3, "203.0.113.3"),
        bad,
        {.subtype = MPT_REMOVE_ADDR, .length = 5, .remove_addr = {.count = 2, .ids = {3, 4}}},
        {.subtype = MPT_MP_PRIO, .length = 3, .prio = {.backup = true}},
        {.subtype = MPT_MP_FAIL, .length = 12, .fail = {.dsn = dsn_of(&FIRST, 0, 1)}},
        {.subtype = MPT_MP_FASTCLOSE, .length = 12, .fastclose = {.receiver_key = FIRST.key[0]}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        flow_send(&f, 1, MPT_TCP_ACK, 0, &options[i], 1);
    mpt_option rst = {
        .subtype = MPT_MP_TCPRST, .length = 4, .tcprst = {.flags = 1, .transient = true, .reason = 6}};
    flow_send(&f, 1, MPT_TCP_RST, 0, &rst, 1);
    told(&s);
    char *got = document(&s, "mptcp,summary,full,format=json", NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        assert_has(got, parts[i]);
    g_free(got);
    end(&s);
}

/* --- selection --- */

/* The connections that `text` selects, one bit each. */
static unsigned selection(story *s, const char *text)
{
    const mpt_report_context *x = ask(s, text);
    unsigned found = 0;

    for (guint id = 0; id < s->connections->len; id++) {
        mpt_connection_view v;
        mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, id), id, &v);
        found |= mpt_report_selected(x, &v) ? 1u << id : 0u;
        mpt_metrics_clear(&v);
    }
    s->count--;
    mpt_arguments_clear(&s->arguments[s->count]);
    return found;
}

static void test_selected__each_option__connections_that_fit(void **state)
{
    static const struct {
        const char *text;
        unsigned found;
    } cases[] = {
        {"mptcp,list", 3},
        {"mptcp,list,stream=1", 2},
        {"mptcp,list,stream=2", 0},
        {"mptcp,list,token=5e5ea321", 1},
        {"mptcp,list,token=16858221", 1},
        {"mptcp,list,token=16858222", 0},
        {"mptcp,list,address=198.51.100.1", 1},
        {"mptcp,list,address=192.0.2.2", 3},
        {"mptcp,list,address=192.0.2.9", 0},
        {"mptcp,list,address=192.0.2.2,stream=1", 2},
        {"mptcp,list,token=5e5ea321,stream=1", 0},
        {"mptcp,list,tcp", 2},
    };
    story s;

    (void)state;
    begin(&s);
    tell_first(&s);
    s.wire.marks = 1;
    tell_others(&s);
    told(&s);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(selection(&s, cases[i].text), cases[i].found);
    end(&s);
}

static void assert_missing(story *s, const char *text, const char *sentence)
{
    GString *got = g_string_new(NULL);
    bool missing = mpt_report_missing(ask(s, text), got);

    assert_int_equal(missing, sentence != NULL);
    assert_string_equal(got->str, sentence ? sentence : "");
    g_string_free(got, TRUE);
    s->count--;
    mpt_arguments_clear(&s->arguments[s->count]);
}

static void test_missing__nothing_matches__says_what(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    assert_missing(&s, "mptcp,list", NULL);
    assert_missing(&s, "mptcp,list,stream=1", NULL);
    assert_missing(&s, "mptcp,list,stream=2",
                   "there is no connection 2: the capture has connections 0 and 1");
    assert_missing(&s, "mptcp,list,stream=1,token=5e5ea321",
                   "no connection matches stream=1 and token=5e5ea321; mptcp,list lists them all");
    assert_missing(&s, "mptcp,list,address=192.0.2.9",
                   "no connection matches address=192.0.2.9; mptcp,list lists them all");
    /* That address has a stream, though no connection. */
    assert_missing(&s, "mptcp,tcp,address=192.0.2.9", NULL);
    assert_missing(&s, "mptcp,tcp,address=192.0.2.7",
                   "no TCP stream matches address=192.0.2.7; mptcp,tcp lists them all");
    end(&s);
}

static void test_missing__no_mptcp__only_where_asked_for_one(void **state)
{
    story s;

    (void)state;
    begin(&s);
    told(&s);
    assert_missing(&s, "mptcp,summary", NULL);
    assert_missing(&s, "mptcp,tcp", NULL);
    assert_missing(&s, "mptcp,summary,stream=0", "there is no connection 0: the capture has no MPTCP");
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document__summary_full__all_of_a_connection),
        cmocka_unit_test(test_document__without_full__no_events_join_rtt),
        cmocka_unit_test(test_document__reports_together__each_connection_once_with_all),
        cmocka_unit_test(test_document__one_direction__the_other_is_absent),
        cmocka_unit_test(test_document__two_directions_of_two_reports__both),
        cmocka_unit_test(test_document__join_by_the_server__ends_and_figures_of_the_client),
        cmocka_unit_test(test_document__limit_reached__what_was_dropped),
        cmocka_unit_test(test_document__no_mptcp__no_connections),
        cmocka_unit_test(test_document__signals__what_each_type_needs),
        cmocka_unit_test(test_selected__each_option__connections_that_fit),
        cmocka_unit_test(test_missing__nothing_matches__says_what),
        cmocka_unit_test(test_missing__no_mptcp__only_where_asked_for_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
