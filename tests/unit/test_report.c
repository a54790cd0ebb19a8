/* test_report.c - the reports as text and CSV, and the display filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/report.h"

#include "plugin/report/common/figures.h"
#include "plugin/report/format/text.h"
#include "tests/support/story.h"

/* The report, to be freed with g_free(). */
static char *report(story *s, const char *text)
{
    mpt_sink *sink = mpt_sink_new_memory();
    GString *sentence = g_string_new(NULL);

    mpt_report_print(ask(s, text), sink, sentence);
    char *got = g_strdup(mpt_sink_text(sink, NULL));
    g_string_free(sentence, TRUE);
    mpt_sink_free(sink);
    return got;
}

/* --- text --- */

static void assert_fits(const char *text)
{
    char **lines = g_strsplit(text, "\n", -1);

    for (size_t i = 0; lines[i]; i++) {
        assert_true(mpt_text_width(lines[i]) <= MPT_TEXT_WIDTH);
        assert_false(g_str_has_suffix(lines[i], " "));
    }
    g_strfreev(lines);
}

static void test_list__two_connections__all_that_names_them(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    char *got = report(&s, "mptcp,list");
    assert_true(g_str_has_prefix(got,
                                 "2 MPTCP connections (1 fell back to TCP), 1 TCP connection without MPTCP; "
                                 "36 TCP segments.\n"));
    assert_has(got, "\nConnection 0: 192.0.2.1:40000 -> 192.0.2.2:5001, MPTCP v1\n");
    assert_has(got, "\n  client  key 4fd46b20d8d89131  token 5e5ea321  IDSN 17160977494024593999\n");
    assert_has(got, "\n  server  key 362e10e4c893a368  token 16858221  IDSN 14870640288737441485\n");
    assert_has(got,
               "\n        0       0  192.0.2.1:40000     192.0.2.2:5001  client  0, 0     no      closed\n");
    assert_has(got,
               "\n        1       1  198.51.100.1:41000  192.0.2.2:5001  client  7, 0     client  closed\n");
    assert_has(got, "\n  data    1,500 bytes from the client, 0 bytes from the server\n");
    assert_has(got, "\n  fell back to TCP: no MP_CAPABLE in the SYN/ACK\n");
    assert_fits(got);
    g_free(got);
    end(&s);
}

static void test_list__longest_ipv4__fits_the_line(void **state)
{
    story s;

    (void)state;
    begin(&s);
    flow f = flow_between(&s.wire, "192.168.100.101", 50001, "192.168.100.102", 50002, 123456);
    flow g = flow_between(&s.wire, "192.168.100.103", 50003, "192.168.100.104", 50004, 123457);
    flow_open_capable(&f, &FIRST);
    flow_open_join(&g, &FIRST, 0, (const uint8_t[]){255, 254}, true);
    for (int64_t i = 0; i < 20000; i++)
        flow_send_data(i % 2 ? &f : &g, 0, &FIRST, 0, 1 + 65535 * i, 65535);
    told(&s);
    char *list = report(&s, "mptcp,list"), *summary = report(&s, "mptcp,summary,full"),
         *tcp = report(&s, "mptcp,tcp");
    assert_has(list, "192.168.100.103:50003");
    assert_fits(list);
    assert_fits(summary);
    assert_fits(tcp);
    g_free(list);
    g_free(summary);
    g_free(tcp);
    end(&s);
}

static void test_summary__reinjection__said_and_the_rest_is_none(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    char *got = report(&s, "mptcp,summary,stream=0");
    assert_has(got, "\n  client to server: 1,500 bytes, all acknowledged\n");
    assert_has(got, "\n    reinjected  200 bytes (11.8 % of payload) on another subflow\n");
    assert_has(got, "\n                no gaps, out-of-order segments or retransmissions\n");
    assert_has(got, "\n          0      1,000  66.7 %         0       0");
    assert_has(got, "\n          1        500  33.3 %         0     200");
    assert_has(got, "\n  server to client: no data (");
    /* One connection needs no table of connections. */
    assert_lacks(got, "goodput  flows");
    assert_lacks(got, "RTT");
    assert_fits(got);
    g_free(got);
    end(&s);
}

static void test_summary__several_connections__a_table_first(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    char *got = report(&s, "mptcp,summary,full");
    const char *table = strstr(got, "\n 0  192.0.2.1:40000");
    const char *first = strstr(got, "\nConnection 0:");
    assert_non_null(table);
    assert_non_null(first);
    assert_true(table < first);
    assert_has(got, "\n 1  203.0.113.5:42000");
    assert_has(got, "fell back\n");
    assert_has(got, "DATA_ACK RTT");
    assert_has(got, "samples");
    assert_fits(got);
    g_free(got);
    end(&s);
}

static void test_summary__half_acknowledged__both_figures(void **state)
{
    story s;

    (void)state;
    begin(&s);
    flow f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    flow_open_capable(&f, &FIRST);
    flow_send_data(&f, 0, &FIRST, 0, 1, 100);
    flow_send_data(&f, 0, &FIRST, 0, 101, 100);
    flow_send_data_ack(&f, 1, &FIRST, 1, 101);
    told(&s);
    char *got = report(&s, "mptcp,summary");
    assert_has(got, "\n  client to server: 200 bytes, 100 acknowledged\n");
    /* 100 bytes in the 2 ms from the first payload to the DATA_ACK. */
    assert_has(got, "\n    goodput     400.0 kbit/s (100 bytes in 2.00 ms)\n");
    g_free(got);
    end(&s);
}

static void test_summary__one_segment__no_speed_in_its_heading(void **state)
{
    story s;

    (void)state;
    begin(&s);
    flow f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    flow_open_capable(&f, &FIRST);
    flow_send_data(&f, 0, &FIRST, 0, 1, 100);
    flow_send_data_ack(&f, 1, &FIRST, 1, 101);
    told(&s);
    char *got = report(&s, "mptcp,summary");
    assert_has(got, "\n  client to server: 100 bytes, all acknowledged\n");
    assert_has(got, "\n    throughput  unknown (100 payload bytes)\n");
    g_free(got);
    end(&s);
}

static void test_summary__limit_reached__noted(void **state)
{
    mpt_engine_config config;
    story s;

    (void)state;
    begin(&s);
    mpt_engine_free(s.wire.engine);
    mpt_engine_config_default(&config);
    config.max_subflows = 1;
    wire_open(&s.wire, &config);
    tell_first(&s);
    told(&s);
    char *got = report(&s, "mptcp,summary");
    assert_has(got, "\nNote: ");
    assert_has(got, "above the limit");
    g_free(got);
    end(&s);
}

static void test_summary__gap__said(void **state)
{
    story s;

    (void)state;
    begin(&s);
    flow f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    flow_open_capable(&f, &FIRST);
    flow_send_data(&f, 0, &FIRST, 0, 1, 100);
    f.next[0] += 50; /* not captured */
    flow_send_data(&f, 0, &FIRST, 0, 151, 100);
    told(&s);
    char *got = report(&s, "mptcp,summary");
    assert_has(got, "\n  client to server: 200 bytes\n");
    assert_has(got, "\n    goodput     unknown\n");
    assert_has(got, "\n    gaps        50 bytes of data not in the capture\n");
    assert_has(got, "still open");
    g_free(got);
    end(&s);
}

static void test_tcp__kinds__in_words(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    char *got = report(&s, "mptcp,tcp");
    assert_has(got, "MPTCP 0, subflow 0\n");
    assert_has(got, "MPTCP 0, subflow 1\n");
    assert_has(got, "no MPTCP\n");
    assert_has(got, "MPTCP 1, fell back (synack)\n");
    assert_fits(got);
    g_free(got);
    char *some = report(&s, "mptcp,tcp,address=192.0.2.9");
    assert_has(some, "no MPTCP\n");
    assert_lacks(some, "subflow");
    g_free(some);
    end(&s);
}

/* --- csv --- */

/* The records after the header, as fields; each record has as many as the header. */
static GPtrArray *records(const char *csv, char ***header)
{
    char **lines = g_strsplit(csv, "\r\n", -1);
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);

    *header = g_strsplit(lines[0], ",", -1);
    for (size_t i = 1; lines[i] && lines[i][0]; i++) {
        g_ptr_array_add(all, g_strsplit(lines[i], ",", -1));
        assert_int_equal(g_strv_length(g_ptr_array_index(all, i - 1)), g_strv_length(*header));
    }
    g_strfreev(lines);
    return all;
}

static const char *field(char **header, char **record, const char *name)
{
    for (size_t i = 0; header[i]; i++)
        if (!strcmp(header[i], name))
            return record[i];
    fail_msg("there is no column %s", name);
    return NULL;
}

static void test_list__csv__a_row_a_subflow(void **state)
{
    story s;
    char **header;

    (void)state;
    begin_whole(&s);
    char *got = report(&s, "mptcp,list,format=csv");
    GPtrArray *rows = records(got, &header);
    assert_int_equal(rows->len, 3);
    char **second = g_ptr_array_index(rows, 1);
    assert_string_equal(field(header, second, "connection"), "0");
    assert_string_equal(field(header, second, "client_key"), "4fd46b20d8d89131");
    assert_string_equal(field(header, second, "server_key"), "362e10e4c893a368");
    assert_string_equal(field(header, second, "client_token"), "5e5ea321");
    assert_string_equal(field(header, second, "client_idsn"), "17160977494024593999");
    assert_string_equal(field(header, second, "subflow"), "1");
    assert_string_equal(field(header, second, "client_address_id"), "7");
    assert_string_equal(field(header, second, "client_backup"), "1");
    assert_string_equal(field(header, second, "server_backup"), "0");
    assert_string_equal(field(header, second, "subflow_c2s_payload_bytes"), "700");
    assert_string_equal(field(header, g_ptr_array_index(rows, 2), "fallback"), "synack");
    assert_string_equal(field(header, g_ptr_array_index(rows, 2), "client_key"), "");
    g_ptr_array_unref(rows);
    g_strfreev(header);
    g_free(got);
    end(&s);
}

static void test_summary__csv__subflows_add_up_to_their_connection(void **state)
{
    story s;
    char **header;

    (void)state;
    begin_whole(&s);
    char *got = report(&s, "mptcp,summary,full,format=csv");
    GPtrArray *rows = records(got, &header);
    assert_int_equal(rows->len, 2 * (1 + 2) + 2 * (1 + 1));
    for (size_t k = 0; k < MPT_BYTE_FIGURES.count; k++) {
        const mpt_figure *figure = &MPT_BYTE_FIGURES.rows[k];
        guint64 left = 0;
        if (figure->type != MPT_FIGURE_COUNT && figure->type != MPT_FIGURE_BYTES)
            continue;
        for (guint i = 0; i < rows->len; i++) {
            char **row = g_ptr_array_index(rows, i);
            guint64 value = g_ascii_strtoull(field(header, row, figure->column), NULL, 10);
            bool of_connection = !field(header, row, "subflow")[0];
            if (of_connection ? left > 0 : value > left)
                fail_msg("%s: the subflows do not add up to their connection", figure->column);
            left = of_connection ? value : left - value;
        }
        assert_int_equal(left, 0);
    }
    char **first = g_ptr_array_index(rows, 0);
    assert_string_equal(field(header, first, "data_ack_max"), "1502");
    assert_string_equal(field(header, first, "acked_bytes"), "1500");
    assert_string_equal(field(header, first, "direction"), "c2s");
    assert_string_equal(field(header, first, "checksums_ok"), "");
    g_ptr_array_unref(rows);
    g_strfreev(header);
    g_free(got);
    end(&s);
}

static void test_tcp__csv__a_row_a_stream_and_direction(void **state)
{
    story s;
    char **header;

    (void)state;
    begin_whole(&s);
    char *got = report(&s, "mptcp,tcp,format=csv,direction=s2c");
    GPtrArray *rows = records(got, &header);
    assert_int_equal(rows->len, 4);
    char **plain = g_ptr_array_index(rows, 2);
    assert_string_equal(field(header, plain, "kind"), "never_asked");
    assert_string_equal(field(header, plain, "connection"), "");
    assert_string_equal(field(header, plain, "payload_bytes"), "77");
    assert_string_equal(field(header, plain, "client_address"), "192.0.2.9");
    g_ptr_array_unref(rows);
    g_strfreev(header);
    g_free(got);
    end(&s);
}

/* The server opens a subflow: its client is still the connection's. */
static void test_tcp__join_by_the_server__client_first(void **state)
{
    story s;
    char **header;

    (void)state;
    begin(&s);
    flow f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    flow g = flow_between(&s.wire, "192.0.2.2", 45000, "198.51.100.1", 46000, 1);
    flow_open_capable(&f, &FIRST);
    flow_open_join(&g, &FIRST, 1, (const uint8_t[]){0, 5}, false);
    flow_send_data(&g, 1, &FIRST, 0, 1, 10);
    told(&s);
    char *got = report(&s, "mptcp,tcp,format=csv,direction=c2s");
    GPtrArray *rows = records(got, &header);
    char **join = g_ptr_array_index(rows, 1);
    assert_string_equal(field(header, join, "client_address"), "198.51.100.1");
    assert_string_equal(field(header, join, "initiator"), "server");
    assert_string_equal(field(header, join, "payload_bytes"), "10");
    g_ptr_array_unref(rows);
    g_strfreev(header);
    g_free(got);
    end(&s);
}

/* --- filter --- */

static void assert_filter(story *s, const char *text, const char *line, const char *sentence)
{
    mpt_sink *sink = mpt_sink_new_memory();
    GString *why = g_string_new(NULL);

    mpt_report_print(ask(s, text), sink, why);
    assert_string_equal(mpt_sink_text(sink, NULL), line ? line : "");
    assert_string_equal(why->str, sentence ? sentence : "");
    g_string_free(why, TRUE);
    mpt_sink_free(sink);
    s->count--;
    mpt_arguments_clear(&s->arguments[s->count]);
}

static void test_filter__selections__one_connection_or_why_not(void **state)
{
    story s;

    (void)state;
    begin_whole(&s);
    assert_filter(&s, "mptcp,filter,stream=0", "tcp.stream in {0, 1}\n", NULL);
    assert_filter(&s, "mptcp,filter,stream=1", "tcp.stream == 3\n", NULL);
    assert_filter(&s, "mptcp,filter,token=16858221", "tcp.stream in {0, 1}\n", NULL);
    assert_filter(&s, "mptcp,filter", NULL,
                  "2 connections match: choose one with stream=N, as listed by mptcp,list");
    assert_filter(&s, "mptcp,filter,stream=9", NULL,
                  "there is no connection 9: the capture has connections 0 and 1");
    end(&s);
}

static void test_filter__no_mptcp__says_so(void **state)
{
    story s;

    (void)state;
    begin(&s);
    told(&s);
    assert_filter(&s, "mptcp,filter", NULL, "there is no MPTCP connection to filter for");
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list__two_connections__all_that_names_them),
        cmocka_unit_test(test_list__longest_ipv4__fits_the_line),
        cmocka_unit_test(test_summary__reinjection__said_and_the_rest_is_none),
        cmocka_unit_test(test_summary__several_connections__a_table_first),
        cmocka_unit_test(test_summary__half_acknowledged__both_figures),
        cmocka_unit_test(test_summary__one_segment__no_speed_in_its_heading),
        cmocka_unit_test(test_summary__limit_reached__noted),
        cmocka_unit_test(test_summary__gap__said),
        cmocka_unit_test(test_tcp__kinds__in_words),
        cmocka_unit_test(test_list__csv__a_row_a_subflow),
        cmocka_unit_test(test_summary__csv__subflows_add_up_to_their_connection),
        cmocka_unit_test(test_tcp__csv__a_row_a_stream_and_direction),
        cmocka_unit_test(test_tcp__join_by_the_server__client_first),
        cmocka_unit_test(test_filter__selections__one_connection_or_why_not),
        cmocka_unit_test(test_filter__no_mptcp__says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
