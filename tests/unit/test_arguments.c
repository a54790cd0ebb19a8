/* test_arguments.c - the grammar of -z mptcp,...: what is taken, what is refused and with which words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "plugin/report/registry.h"
#include "tests/support/seeded.h"

/* The reports that the library has, and one that a program added. */
static const mpt_report ADDED = {
    .name = "unfold",
    .help = "a connection written as one plain TCP connection",
    .takes = MPT_BIT(MPT_ARG_STREAM) | MPT_BIT(MPT_ARG_FILE),
    .requires = MPT_BIT(MPT_ARG_FILE),
};
#define PLACE 9

static unsigned report_count(void)
{
    unsigned n = 0;
    while (mpt_registry_at(n))
        n++;
    return n;
}

static mpt_arguments taken(const char *text)
{
    mpt_arguments a;
    char *error = NULL;
    mpt_arguments_result result = mpt_arguments_parse(text, &a, &error);
    if (result != MPT_ARGUMENTS_OK)
        fail_msg("%s: %s", text, error ? error : "no report");
    assert_null(error);
    return a;
}

static void assert_error(const char *text, const char *expected)
{
    mpt_arguments a;
    char *error = NULL;
    if (mpt_arguments_parse(text, &a, &error) != MPT_ARGUMENTS_ERROR)
        fail_msg("%s was taken", text);
    if (strcmp(error, expected) != 0)
        fail_msg("%s:\n  got      %s\n  expected %s", text, error, expected);
    g_free(error);
    assert_int_equal(a.presence, 0);
    assert_null(a.filter);
    mpt_arguments_clear(&a);
}

static void assert_filter(const char *filter)
{
    char *text = g_strconcat("mptcp,list,stream=1,", filter, NULL);
    mpt_arguments a = taken(text);
    assert_string_equal(a.filter, filter);
    assert_int_equal(a.presence, 1u << MPT_ARG_STREAM);
    mpt_arguments_clear(&a);
    g_free(text);
}

static void test_parse__report_alone__defaults(void **state)
{
    (void)state;
    mpt_arguments a = taken("mptcp,summary");
    assert_ptr_equal(a.report, &mpt_summary_report);
    assert_int_equal(a.presence, 0);
    assert_int_equal(a.format, MPT_FORMAT_TEXT);
    assert_int_equal(a.from_ns, 0);
    assert_true(a.to_ns == INT64_MAX);
    assert_int_equal(a.clock, MPT_CLOCK_DRIFT);
    assert_null(a.file);
    assert_null(a.filter);
    mpt_arguments_clear(&a);
    a = taken("mptcp,plot");
    assert_int_equal(a.format, MPT_FORMAT_HTML);
    mpt_arguments_clear(&a);
    mpt_arguments_clear(NULL);
}

static void test_parse__each_report__its_name(void **state)
{
    (void)state;
    assert_ptr_equal(mpt_registry_at(PLACE), &ADDED);
    assert_ptr_equal(mpt_registry_at(PLACE - 1), &mpt_reinjections_report);
    assert_ptr_equal(mpt_registry_at(PLACE + 1), &mpt_paths_report);
    for (unsigned i = 0; i < report_count(); i++) {
        const mpt_report *report = mpt_registry_at(i);
        char *text = g_strdup_printf("mptcp,%s%s", report->name, report->requires ? ",file=x" : "");
        mpt_arguments a = taken(text);
        assert_ptr_equal(a.report, report);
        mpt_arguments_clear(&a);
        g_free(text);
    }
}

static void test_parse__every_option__its_value(void **state)
{
    (void)state;
    mpt_arguments a =
        taken("mptcp,summary,stream=4294967295,token=0xA1b2C3,address=2001:db8::1,port=5001,full,format=json,"
              "file=out.json,from=1.5,to=2,direction=s2c");
    assert_int_equal(a.stream, UINT32_MAX);
    assert_int_equal(a.token, 0xa1b2c3);
    assert_int_equal(a.address.family, MPT_FAMILY_IPV6);
    assert_int_equal(a.address.address[15], 1);
    assert_int_equal(a.port, 5001);
    assert_true(mpt_arguments_has(&a, MPT_ARG_FULL));
    assert_int_equal(a.format, MPT_FORMAT_JSON);
    assert_string_equal(a.file, "out.json");
    assert_int_equal(a.from_ns, 1500000000);
    assert_int_equal(a.to_ns, 2000000000);
    assert_int_equal(a.direction, 1);
    assert_int_equal(a.presence,
                     ((1u << (MPT_ARG_DIRECTION + 1)) - 1) & ~(1u << MPT_ARG_STRICT | 1u << MPT_ARG_ALL));
    mpt_arguments_clear(&a);

    a = taken("mptcp,plot,type=sequence,window=0.5,at=7,direction=c2s,format=xpl");
    assert_string_equal(a.type, "sequence");
    assert_int_equal(a.window_ns, 500000000);
    assert_int_equal(a.vantage.at, MPT_AT_INTERFACE);
    assert_int_equal(a.vantage.at_interface, 7);
    assert_true(mpt_arguments_has(&a, MPT_ARG_DIRECTION));
    assert_int_equal(a.direction, 0);
    assert_int_equal(a.format, MPT_FORMAT_XPL);
    mpt_arguments_clear(&a);

    a = taken("mptcp,events,live,at=server,format=csv");
    assert_true(mpt_arguments_has(&a, MPT_ARG_LIVE));
    assert_int_equal(a.vantage.at, MPT_AT_SERVER);
    mpt_arguments_clear(&a);
}

static void test_parse__interface_lists__go_on_after_commas(void **state)
{
    (void)state;
    mpt_arguments a = taken("mptcp,paths,client=0,1,server=2, 3 ,clock=offset,samples,ip.addr == 10.0.0.1");
    assert_int_equal(a.clock, MPT_CLOCK_OFFSET);
    assert_int_equal(a.vantage.client->len, 2);
    assert_int_equal(a.vantage.server->len, 2);
    assert_int_equal(g_array_index(a.vantage.client, uint32_t, 1), 1);
    assert_int_equal(g_array_index(a.vantage.server, uint32_t, 0), 2);
    assert_int_equal(g_array_index(a.vantage.server, uint32_t, 1), 3);
    assert_true(mpt_arguments_has(&a, MPT_ARG_SAMPLES));
    assert_string_equal(a.filter, "ip.addr == 10.0.0.1");
    mpt_arguments_clear(&a);
    a = taken("mptcp,paths,client=0,1");
    assert_int_equal(a.vantage.client->len, 2);
    assert_null(a.vantage.server);
    mpt_arguments_clear(&a);
    assert_error("mptcp,paths,client=0,1,server=1,2",
                 "an interface may be named only once in \"client\" and \"server\"");
    assert_error("mptcp,paths,client=4,4",
                 "an interface may be named only once in \"client\" and \"server\"");
}

static void test_parse__path_with_escaped_comma__comma(void **state)
{
    (void)state;
    mpt_arguments a = taken("mptcp,list,file=C:\\a b\\x\\,y=\\,.txt,stream=3");
    assert_string_equal(a.file, "C:\\a b\\x,y=,.txt");
    assert_int_equal(a.stream, 3);
    mpt_arguments_clear(&a);
    a = taken("mptcp,list,file=x\\");
    assert_string_equal(a.file, "x\\");
    mpt_arguments_clear(&a);
}

static void test_parse__spaces_and_last_comma__allowed(void **state)
{
    (void)state;
    mpt_arguments a = taken("mptcp, list , stream = 5 , full.of == 1 ");
    assert_ptr_equal(a.report, &mpt_list_report);
    assert_int_equal(a.stream, 5);
    assert_string_equal(a.filter, "full.of == 1");
    mpt_arguments_clear(&a);
    a = taken("mptcp,list,"); /* mptcp,list,$FILTER with an empty filter */
    assert_null(a.filter);
    mpt_arguments_clear(&a);
    a = taken("mptcp,list,\r\n");
    assert_null(a.filter);
    mpt_arguments_clear(&a);
}

static void test_parse__display_filters__taken_to_the_end(void **state)
{
    (void)state;
    static const char *const filters[] = {
        "tcp",
        "ip",
        "atm",
        "frame",
        "ip.addr==1.2.3.4",
        "ip.addr=1.2.3.4",
        "tcp.port == 80 && x",
        "tcp.port in {80, 443, 8000..8080}",
        "not tcp",
        "!tcp",
        "(tcp.stream == 1)",
        "frame contains \"a,stream=1\"",
        "frame matches 'x,full'",
        "tcp[0:2,4] == 00:01:02",
        "max(tcp.srcport, tcp.dstport) > 1024",
        "stream.id == 4",
        "stream>5",
        "tcp=1 || udp",
        "_ws.expert",
        "max(tcp.port,full,2) == 1",
        "tcp==1",
        "mptcp",
        "\"quoted, stream=2\" == frame",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++)
        assert_filter(filters[i]);
}

static void test_parse__nothing_named__no_report(void **state)
{
    (void)state;
    static const char *const texts[] = {"mptcp", "mptcp,"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        mpt_arguments a;
        char *error = NULL;
        assert_int_equal(mpt_arguments_parse(texts[i], &a, &error), MPT_ARGUMENTS_NO_REPORT);
        assert_null(error);
    }
}

static void test_parse__seconds__to_the_nanosecond(void **state)
{
    (void)state;
    mpt_arguments a = taken("mptcp,list,from=.000000001,to=9223372036.854775799");
    assert_int_equal(a.from_ns, 1);
    assert_true(a.to_ns == INT64_C(9223372036854775799));
    mpt_arguments_clear(&a);
    static const char *const bad[] = {"-1",           "1e3",   "0x1",        "1,5x", ".",
                                      "1.0000000000", "1.2.3", "9223372037", "1s",   ""};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        char *text = g_strconcat("mptcp,list,to=", bad[i], NULL);
        char *error = NULL;
        /* The comma of "1,5x" ends the value; what is left is no filter that anything here refuses. */
        mpt_arguments_result expected = strchr(bad[i], ',') ? MPT_ARGUMENTS_OK : MPT_ARGUMENTS_ERROR;
        assert_int_equal(mpt_arguments_parse(text, &a, &error), expected);
        mpt_arguments_clear(&a);
        g_free(error);
        g_free(text);
    }
}

static void test_parse__typing_errors__refused_with_the_word_meant(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"mptcp,list,strem=1", "unknown option \"strem\" of mptcp,list; did you mean \"stream\"?"},
        {"mptcp,list,strem = 1", "unknown option \"strem\" of mptcp,list; did you mean \"stream\"?"},
        {"mptcp,list,Stream=1", "unknown option \"Stream\" of mptcp,list; did you mean \"stream\"?"},
        {"mptcp,list,fromat=csv", "unknown option \"fromat\" of mptcp,list; did you mean \"format\"?"},
        {"mptcp,filter,zzz=1",
         "unknown option \"zzz\"; mptcp,filter takes stream, token, address, port and file"},
        {"mptcp,help,zzz=", "unknown option \"zzz\"; mptcp,help takes checks"},
        {"mptcp,lst",
         "unknown report \"lst\"; did you mean \"list\"? The reports are list, summary, tcp, filter, help, "
         "events, diagnose, conformance, reinjections, unfold, paths, flow and plot"},
        {"mptcp,conv",
         "unknown report \"conv\"; the reports are list, summary, tcp, filter, help, events, diagnose, "
         "conformance, reinjections, unfold, paths, flow and plot"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_error(cases[i].text, cases[i].error);
}

/* Only who compiles the filter knows that "simple" is a protocol and "flul" is none. */
static void test_parse__one_word_like_an_option__filter_with_a_hint(void **state)
{
    (void)state;
    static const struct {
        const char *filter, *hint;
    } cases[] = {
        {"flul", "did you mean the option \"full\"?"},
        {"fulll,tcp", "did you mean the option \"full\"?"},
        {"simple", "did you mean the option \"samples\"?"},
        {"stream", "option \"stream\" needs a value: stream=N"},
        {"file , tcp", "option \"file\" needs a value: file=PATH"},
        {"tcp", NULL},
        {"http2", NULL},
        {"strem == 1", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = g_strconcat("mptcp,summary,", cases[i].filter, NULL);
        mpt_arguments a = taken(text);
        assert_string_equal(a.filter, cases[i].filter);
        assert_int_equal(a.filter_hint != NULL, cases[i].hint != NULL);
        if (a.filter_hint)
            assert_string_equal(a.filter_hint, cases[i].hint);
        mpt_arguments_clear(&a);
        g_free(text);
    }
}

static void test_parse__wrong_values__said_what_is_right(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"mptcp,list,stream=x", "option \"stream\" needs a connection id from 0 to 4294967295, as listed by "
                                "mptcp,list, not \"x\""},
        {"mptcp,list,stream=4294967296",
         "option \"stream\" needs a connection id from 0 to 4294967295, as listed by "
         "mptcp,list, not \"4294967296\""},
        {"mptcp,list,stream==1", "option \"stream\" needs a connection id from 0 to 4294967295, as listed by "
                                 "mptcp,list, not \"=1\""},
        {"mptcp,list,stream=1,stream=2", "option \"stream\" is given twice"},
        {"mptcp,list,token=123456789",
         "option \"token\" needs 1 to 8 hex digits, such as token=7c3ad10f, not "
         "\"123456789\""},
        {"mptcp,list,token=000000001", "option \"token\" needs 1 to 8 hex digits, "
                                       "such as token=7c3ad10f, not \"000000001\""},
        {"mptcp,list,to=9223372037", "option \"to\" needs seconds since the earliest frame, "
                                     "such as 1.5, with at most 9 decimals, not \"9223372037\""},
        {"mptcp,list,to=100000000000000000000",
         "option \"to\" needs seconds since the earliest frame, "
         "such as 1.5, with at most 9 decimals, not \"100000000000000000000\""},
        {"mptcp,list,token=0x",
         "option \"token\" needs 1 to 8 hex digits, such as token=7c3ad10f, not \"0x\""},
        {"mptcp,list,token=0x-1",
         "option \"token\" needs 1 to 8 hex digits, such as token=7c3ad10f, not \"0x-1\""},
        {"mptcp,list,address=10.0.0.1:80",
         "option \"address\" needs an IPv4 or IPv6 address without a port, not "
         "\"10.0.0.1:80\""},
        {"mptcp,list,format=svg", "mptcp,list has no format \"svg\"; it has text, csv, json or ndjson"},
        {"mptcp,plot,format=text", "mptcp,plot has no format \"text\"; it has csv, svg, xpl or html"},
        {"mptcp,summary,full=1", "option \"full\" takes no value"},
        {"mptcp,list,file=", "option \"file\" needs a path; write a comma in it as \\,, not \"\""},
        {"mptcp,list,direction=up", "option \"direction\" needs c2s (client to server) or s2c, not \"up\""},
        {"mptcp,list,from=5,to=5", "option \"from\" must be less than \"to\" (default 0)"},
        {"mptcp,list,to=0", "option \"from\" must be less than \"to\" (default 0)"},
        {"mptcp,list,live", "mptcp,list takes no option \"live\"; it belongs to events"},
        {"mptcp,help,stream=1",
         "mptcp,help takes no option \"stream\"; it belongs to list, summary, filter, events, "
         "diagnose, conformance, reinjections, unfold, paths, flow and plot"},
        {"mptcp,events,live,format=json",
         "option \"live\" prints event by event, which format=json cannot: use text or csv"},
        {"mptcp,unfold,stream=1", "mptcp,unfold needs the option file=PATH"},
        {"mptcp,plot,window=0",
         "option \"window\" needs seconds above 0, such as 0.5, with at most 9 decimals, not "
         "\"0\""},
        {"mptcp,plot,type=<b>",
         "option \"type\" needs the name of a graph, such as type=sequence, not \"<b>\""},
        {"mptcp,plot,type=mappings", "mptcp,plot,type=mappings is a list: it needs format=csv"},
        {"mptcp,plot,at=middle", "option \"at\" needs client, server or an interface number, not \"middle\""},
        {"mptcp,paths,client=x", "option \"client\" needs interface numbers, such as client=0,1, not \"x\""},
        {"mptcp,paths,clock=utc", "option \"clock\" needs raw, offset or drift, not \"utc\""},
        {"mptcp,list,,stream=1", "empty option: there are two commas in a row"},
        {"mptcp,list,tcp.port==80,stream=1",
         "option \"stream\" is after the display filter, which must come last"},
        {"mptcp,summary,tcp.port in {1,2},full",
         "option \"full\" is after the display filter, which must come last"},
        {"mptcpx,list", "expected \"mptcp,\" and a report, for example mptcp,list"},
        {"", "expected \"mptcp,\" and a report, for example mptcp,list"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_error(cases[i].text, cases[i].error);
}

static void test_parse__hostile_value__printable_and_short(void **state)
{
    (void)state;
    GString *text = g_string_new("mptcp,list,stream=");
    for (int i = 0; i < 1000; i++)
        g_string_append(text, "\x80\x1b");
    mpt_arguments a;
    char *error = NULL;
    assert_int_equal(mpt_arguments_parse(text->str, &a, &error), MPT_ARGUMENTS_ERROR);
    assert_true(g_utf8_validate(error, -1, NULL));
    assert_null(strchr(error, '\x1b'));
    assert_true(g_utf8_strlen(error, -1) < 200);
    g_free(error);
    g_string_free(text, TRUE);
}

static void test_help__all_reports__fits_a_screen(void **state)
{
    (void)state;
    GString *text = g_string_new(NULL);
    mpt_arguments_help(text);
    assert_true(g_str_has_suffix(text->str, "\n"));
    char **lines = g_strsplit(text->str, "\n", -1);
    assert_in_range(g_strv_length(lines) - 1, 20, 32);
    for (size_t i = 0; lines[i]; i++) {
        assert_true(strlen(lines[i]) <= 79);
        assert_false(g_str_has_suffix(lines[i], " "));
    }
    for (unsigned i = 0; i < report_count(); i++) {
        char *start = g_strdup_printf("\n  %s ", mpt_registry_at(i)->name);
        assert_non_null(strstr(text->str, start));
        g_free(start);
    }
    assert_non_null(strstr(text->str, "client=I,I server=I,I"));
    assert_non_null(strstr(text->str, "\n  from=S to=S "));
    assert_non_null(strstr(text->str, "\n  live "));
    assert_non_null(strstr(text->str, "(events)\n"));
    g_strfreev(lines);
    g_string_free(text, TRUE);
}

/* Strings from pieces of the grammar and raw bytes: any result is right that breaks no promise of the header.
 */
static void test_parse__random_text__keeps_its_promises(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "mptcp",        ",",       ",",           "=",      "list", "plot",        "paths",
        "events",       "summary", "stream",      "token=", "full", "file=",       "\\,",
        "\\",           "from=",   "to=",         "0",      "1",    "99999999999", ".",
        "client=0,1",   "server=", "type",        "at=",    " ",    "\t",          "\xff",
        "\x80",         "\xc3",    "\x1b",        "\"",     "'",    "{",           "}",
        "tcp.port==80", "live",    "format=",     "json",   "csv",  "&&",          "strem",
        "window=",      "-",       "address=::1",
    };
    GRand *rand = seeded();
    unsigned counts[3] = {0};
    for (int round = 0; round < 100000; round++) {
        GString *text = g_string_new(below(rand, 10) > 0 ? "mptcp," : "");
        if (below(rand, 3) > 0)
            g_string_append_printf(text, "%s,", mpt_registry_at(below(rand, report_count()))->name);
        for (unsigned i = below(rand, 14); i > 0; i--) {
            if (below(rand, 20) == 0)
                g_string_append_c(text, (char)(1 + below(rand, 255)));
            else
                g_string_append(text, pieces[below(rand, G_N_ELEMENTS(pieces))]);
        }
        mpt_arguments a;
        char *error = NULL;
        mpt_arguments_result result = mpt_arguments_parse(text->str, &a, &error);
        counts[result]++;
        assert_int_equal(result == MPT_ARGUMENTS_ERROR, error != NULL);
        if (error) {
            assert_true(g_utf8_validate(error, -1, NULL));
            assert_null(strpbrk(error, "\n\r\x1b"));
        }
        if (result == MPT_ARGUMENTS_OK) {
            assert_true(a.from_ns < a.to_ns);
            for (unsigned arg = 0; arg < MPT_ARGS; arg++)
                assert_true(!mpt_arguments_has(&a, arg) || a.report->takes & MPT_BIT(arg));
            assert_true(!a.file || mpt_arguments_has(&a, MPT_ARG_FILE)); /* "-" is stdout */
            assert_int_equal(a.vantage.client != NULL, mpt_arguments_has(&a, MPT_ARG_CLIENT));
            assert_true(!a.filter || *a.filter != '\0');
        }
        mpt_arguments_clear(&a);
        g_free(error);
        g_string_free(text, TRUE);
    }
    g_rand_free(rand);
    assert_true(counts[MPT_ARGUMENTS_OK] > 5000 && counts[MPT_ARGUMENTS_ERROR] > 5000);
}

int main(void)
{
    mpt_registry_add(&ADDED, PLACE);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse__report_alone__defaults),
        cmocka_unit_test(test_parse__each_report__its_name),
        cmocka_unit_test(test_parse__every_option__its_value),
        cmocka_unit_test(test_parse__interface_lists__go_on_after_commas),
        cmocka_unit_test(test_parse__path_with_escaped_comma__comma),
        cmocka_unit_test(test_parse__spaces_and_last_comma__allowed),
        cmocka_unit_test(test_parse__display_filters__taken_to_the_end),
        cmocka_unit_test(test_parse__nothing_named__no_report),
        cmocka_unit_test(test_parse__seconds__to_the_nanosecond),
        cmocka_unit_test(test_parse__typing_errors__refused_with_the_word_meant),
        cmocka_unit_test(test_parse__one_word_like_an_option__filter_with_a_hint),
        cmocka_unit_test(test_parse__wrong_values__said_what_is_right),
        cmocka_unit_test(test_parse__hostile_value__printable_and_short),
        cmocka_unit_test(test_help__all_reports__fits_a_screen),
        cmocka_unit_test(test_parse__random_text__keeps_its_promises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
