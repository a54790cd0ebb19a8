/* test_gui_table.c - tables of windows: their rows against the figures, exact values beside readable ones,
 * order beyond 2^32, display filters of rows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "plugin/report/format/table.h"
#include "plugin/report/gui/gui_table.h"
#include "tests/support/segments.h"

struct scene {
    wire wire;
    mpt_reinjection_log *log;
    flow first, second;
};

static const hosts HOSTS = {.version = MPT_V1, .key = {0x0102030405060708, 0x1112131415161718}};
static const hosts OTHERS = {.version = MPT_V1, .key = {0x2122232425262728, 0x3132333435363738}};

/* Connection 0: 1000 bytes of the client on subflow 0, 500 on subflow 1, which repeats 200 of the first.
 * Connection 1: 3000 bytes of the server. */
static void begin(struct scene *s, bool mptcp)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    config.want_frames = config.want_evidence = true;
    wire_open(&s->wire, &config);
    s->log = mpt_reinjection_log_new(s->wire.engine);
    mpt_engine_observe(s->wire.engine, &MPT_REINJECTION_OBSERVER, s->log);
    if (!mptcp)
        return;

    flow first = flow_between(&s->wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    flow second = flow_between(&s->wire, "198.51.100.1", 40001, "192.0.2.2", 443, 1);
    flow other = flow_between(&s->wire, "192.0.2.1", 40002, "192.0.2.3", 443, 2);
    flow_open_capable(&first, &HOSTS);
    flow_open_join(&second, &HOSTS, 0, (const uint8_t[]){1, 0}, false);
    flow_send_data(&first, 0, &HOSTS, 0, 1, 1000);    /* frame 7, 0.006 s */
    flow_send_data(&second, 0, &HOSTS, 0, 1001, 500); /* frame 8 */
    flow_send_data(&second, 0, &HOSTS, 0, 801, 200);  /* frame 9 */
    flow_send_data_ack(&second, 1, &HOSTS, 1, 1501);  /* frame 10, 0.009 s */
    flow_open_capable(&other, &OTHERS);
    flow_send_data(&other, 1, &OTHERS, 1, 1, 3000); /* frame 14 */
    s->first = first;
    s->second = second;
    mpt_engine_flush(s->wire.engine);
}

static void end(struct scene *s)
{
    mpt_reinjection_log_free(s->log);
    mpt_engine_free(s->wire.engine);
}

static mpt_gui_table *table_of(const struct scene *s, mpt_gui_kind kind)
{
    mpt_arguments arguments = {0};
    mpt_report_context x = {.engine = s->wire.engine,
                            .connections = mpt_metrics_connections(s->wire.engine),
                            .arguments = &arguments,
                            .reinjections = s->log};
    mpt_gui_table *t = mpt_gui_table_new(kind, &x, "/somewhere/a\n.pcap");

    g_ptr_array_unref(x.connections);
    return t;
}

static unsigned column_of(const mpt_gui_table *t, const char *title)
{
    for (unsigned k = 0; k < t->column_count; k++)
        if (!strcmp(t->columns[k].title, title))
            return k;
    fail_msg("there is no column %s", title);
    return 0;
}

static void assert_cell(const mpt_gui_table *t, size_t row, const char *title, bool exact, const char *text)
{
    char *cell = mpt_gui_table_cell(t, row, column_of(t, title), exact);

    assert_string_equal(cell, text);
    g_free(cell);
}

static void test_table_new__connections__figures_of_both_directions(void **state)
{
    struct scene s;
    mpt_gui_table *t;

    (void)state;
    begin(&s, true);
    t = table_of(&s, MPT_GUI_TABLE_CONNECTIONS);
    assert_string_equal(t->name, "a\xef\xbf\xbd.pcap");
    assert_string_equal(t->summary, "2 MPTCP connections; 14 TCP segments.");
    assert_int_equal(t->row_count, 2);
    assert_cell(t, 0, "Client", false, "192.0.2.1:40000");
    assert_cell(t, 0, "Client data", false, "1.50 kB");
    assert_cell(t, 0, "Client data (bytes)", false, "1,500");
    assert_cell(t, 0, "Client data (bytes)", true, "1500");
    assert_cell(t, 0, "Reinjected (bytes)", true, "200");
    assert_cell(t, 1, "Server data", false, "3.00 kB");
    assert_cell(t, 1, "Start (s)", true, "0.010000000");
    assert_cell(t, 1, "Duration", false, "3.00 ms");
    assert_int_equal(t->rows[1].connection, 1);
    assert_int_equal(t->rows[1].subflow, MPT_GUI_NO_SUBFLOW);
    assert_int_equal(t->rows[1].frame, 11);
    /* In files the exact value alone, under a name of its own. */
    assert_null(t->columns[column_of(t, "Client data")].name);
    assert_string_equal(t->columns[column_of(t, "Client data (bytes)")].name, "client_data_bytes");
    assert_string_equal(t->columns[column_of(t, "Duration (s)")].name, "duration_s");
    mpt_gui_table_free(t);
    end(&s);
}

static void test_table_new__subflows__a_row_each(void **state)
{
    struct scene s;
    mpt_gui_table *t;

    (void)state;
    begin(&s, true);
    t = table_of(&s, MPT_GUI_TABLE_SUBFLOWS);
    assert_int_equal(t->row_count, 3);
    assert_cell(t, 1, "Client", false, "198.51.100.1:40001");
    assert_cell(t, 1, "Client payload (bytes)", true, "700");
    assert_cell(t, 1, "Client share", false, "33.3 %");
    assert_cell(t, 1, "Reinjected (bytes)", true, "200");
    assert_cell(t, 0, "Reinjected (bytes)", true, "0");
    assert_cell(t, 1, "tcp.stream", false, "1");
    assert_int_equal(t->rows[1].connection, 0);
    assert_int_equal(t->rows[1].subflow, 1);
    assert_int_equal(t->rows[1].frame, 4);
    assert_int_equal(t->rows[2].connection, 1);
    mpt_gui_table_free(t);
    end(&s);
}

static void test_table_new__reinjections__both_copies_and_sums(void **state)
{
    struct scene s;
    mpt_gui_table *t;

    (void)state;
    begin(&s, true);
    t = table_of(&s, MPT_GUI_TABLE_REINJECTIONS);
    assert_int_equal(t->row_count, 1);
    assert_cell(t, 0, "Frame", false, "9");
    assert_cell(t, 0, "Original: frame", false, "7");
    assert_cell(t, 0, "DSN", false, "801");
    assert_cell(t, 0, "Data (bytes)", true, "200");
    assert_cell(t, 0, "Delay (s)", true, "0.002000000");
    assert_int_equal(t->rows[0].frame, 9);
    assert_int_equal(t->rows[0].first_frame, 7);
    assert_int_equal(t->rows[0].direction, 0);
    assert_non_null(strstr(t->summary, "\n200 bytes reinjected: "));
    mpt_gui_table_free(t);
    end(&s);
}

static void test_table_new__events_and_findings__sentences_with_frames(void **state)
{
    struct scene s;
    mpt_gui_table *t;

    (void)state;
    begin(&s, true);
    t = table_of(&s, MPT_GUI_TABLE_EVENTS);
    assert_true(t->row_count > 5);
    assert_cell(t, 0, "Event", false, "MP_CAPABLE: client asks for MPTCP v1");
    assert_cell(t, 0, "Frame", false, "1");
    assert_true(t->columns[column_of(t, "Event")].sentence);
    mpt_gui_table_free(t);
    t = table_of(&s, MPT_GUI_TABLE_FINDINGS);
    /* The join comes before any DSS, and its data before its fourth ACK; the second connection has one subflow. */
    assert_int_equal(t->row_count, 3);
    assert_cell(t, 0, "Check", false, "join_early");
    assert_cell(t, 1, "Check", false, "join_data_early");
    assert_cell(t, 2, "Check", false, "single_path");
    assert_int_equal(t->rows[2].severity, MPT_GUI_CHAT);
    assert_string_equal(t->empty, "All checks passed: nothing found.");
    mpt_gui_table_free(t);
    for (unsigned i = 0; i < 200; i++) {
        flow_send_data(&s.first, 0, &HOSTS, 0, 1501 + 1000 * (int64_t)i, 1000);
        if (i % 2)
            flow_send_data(&s.second, 0, &HOSTS, 0, 1501 + 1000 * (int64_t)i, 1000);
    }
    mpt_engine_flush(s.wire.engine);
    t = table_of(&s, MPT_GUI_TABLE_FINDINGS);
    assert_int_equal(t->row_count, 5);
    assert_cell(t, 0, "Severity", false, "warning");
    assert_int_equal(t->rows[0].severity, MPT_GUI_WARNING);
    assert_cell(t, 3, "Severity", false, "note");
    assert_cell(t, 3, "Check", false, "reinjections");
    assert_int_equal(t->rows[3].severity, MPT_GUI_NOTE);
    assert_int_equal(t->rows[3].connection, 0);
    assert_int_equal(t->rows[3].frame, 9);
    mpt_gui_table_free(t);
    end(&s);
}

static void test_table_new__rules__what_is_violated_first(void **state)
{
    struct scene s;
    mpt_gui_table *t;

    (void)state;
    begin(&s, true);
    t = table_of(&s, MPT_GUI_TABLE_RULES);
    assert_true(t->row_count > 100);
    assert_cell(t, 0, "Verdict", false, "violated");
    assert_cell(t, 0, "Name", false, "join_early");
    assert_cell(t, 0, "Level", false, "MUST");
    assert_int_equal(t->rows[0].severity, MPT_GUI_ERROR);
    assert_true(t->rows[0].frame > 0);
    assert_cell(t, t->row_count - 1, "Verdict", false, "not visible");
    assert_int_equal(t->rows[t->row_count - 1].severity, MPT_GUI_PLAIN);
    assert_true(t->columns[column_of(t, "Rule")].sentence);
    assert_non_null(strstr(t->summary, "Rules: 1 violated, "));
    mpt_gui_table_free(t);
    end(&s);
}

static void test_table_new__no_mptcp__a_sentence(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, false);
    for (int kind = 0; kind < MPT_GUI_TABLES; kind++) {
        mpt_gui_table *t = table_of(&s, kind);
        assert_int_equal(t->row_count, 0);
        assert_string_equal(t->empty, "This capture has no Multipath TCP.");
        mpt_gui_table_free(t);
    }
    end(&s);
}

/* --- order --- */

static const mpt_column COLUMNS[] = {
    {.name = "bytes", .title = "bytes", .type = MPT_BYTES},
    {.name = "dsn", .title = "dsn", .type = MPT_INT},
    {.name = "rate", .title = "rate", .type = MPT_RATE_BPS},
    {.name = "words", .title = "words", .type = MPT_TEXT},
};

static void put(mpt_table *cells, uint64_t bytes, int64_t dsn, double rate, const char *words)
{
    mpt_table_begin_row(cells);
    mpt_table_set_uint(cells, 0, bytes);
    mpt_table_set_int(cells, 1, dsn);
    mpt_table_set_double(cells, 2, rate);
    mpt_table_set_text(cells, 3, words);
}

static void test_table_compare__beyond_2_to_32__as_numbers(void **state)
{
    mpt_table *cells = mpt_table_new(COLUMNS, G_N_ELEMENTS(COLUMNS));
    mpt_gui_table t = {.column_count = G_N_ELEMENTS(COLUMNS), .cells = cells};

    (void)state;
    put(cells, 9, -1, 1e12, "b");
    put(cells, UINT64_C(4294967296), 1, 9, "a");
    put(cells, UINT64_C(4294967297), INT64_C(4294967297), 9.5, "b");
    put(cells, UINT64_MAX, INT64_MIN, 0, "B");
    mpt_table_begin_row(cells);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(mpt_gui_table_compare(&t, 0, i, i + 1) < 0);
        assert_true(mpt_gui_table_compare(&t, 0, i + 1, i) > 0);
    }
    assert_true(mpt_gui_table_compare(&t, 1, 0, 1) < 0);
    assert_true(mpt_gui_table_compare(&t, 1, 1, 2) < 0);
    assert_true(mpt_gui_table_compare(&t, 1, 3, 0) < 0);
    assert_true(mpt_gui_table_compare(&t, 2, 1, 2) < 0);
    assert_true(mpt_gui_table_compare(&t, 2, 2, 0) < 0);
    assert_true(mpt_gui_table_compare(&t, 3, 1, 0) < 0);
    assert_int_equal(mpt_gui_table_compare(&t, 3, 0, 2), 0);
    /* What is not known is below all that is. */
    for (unsigned k = 0; k < G_N_ELEMENTS(COLUMNS); k++) {
        assert_true(mpt_gui_table_compare(&t, k, 4, 3) < 0);
        assert_int_equal(mpt_gui_table_compare(&t, k, 4, 4), 0);
    }
    mpt_table_free(cells);
}

/* --- filters --- */

static void assert_filter(const mpt_gui_table *t, const size_t *rows, size_t count, const char *filter)
{
    char *made = mpt_gui_table_filter(t, rows, count);

    if (filter)
        assert_string_equal(made, filter);
    else
        assert_null(made);
    g_free(made);
}

static void test_table_filter__rows__their_connections_and_subflows(void **state)
{
    mpt_gui_row rows[] = {
        {.field_connection = 3, .field_subflow = MPT_GUI_NO_SUBFLOW},
        {.field_connection = 3, .field_subflow = 1},
        {.field_connection = 3, .field_subflow = 1, .frame = 9},
        {.field_connection = MPT_GUI_NO_CONNECTION, .field_subflow = MPT_GUI_NO_SUBFLOW},
    };
    mpt_gui_table t = {.rows = rows, .row_count = G_N_ELEMENTS(rows)};

    (void)state;
    assert_filter(&t, (size_t[]){0}, 1, "mptcpscope.connection == 3");
    assert_filter(&t, (size_t[]){1}, 1, "mptcpscope.connection == 3 && mptcpscope.subflow == 1");
    assert_filter(&t, (size_t[]){1, 2}, 2, "mptcpscope.connection == 3 && mptcpscope.subflow == 1");
    assert_filter(&t, (size_t[]){1, 0, 2}, 3,
                  "(mptcpscope.connection == 3 && mptcpscope.subflow == 1) || (mptcpscope.connection == 3)");
    assert_filter(&t, (size_t[]){3}, 1, NULL);
    assert_filter(&t, (size_t[]){0, 3}, 2, NULL);
    assert_filter(&t, NULL, 0, NULL);
}

static void test_table_filter__too_many__none(void **state)
{
    mpt_gui_row rows[MPT_GUI_FILTER_TERMS + 1];
    size_t all[MPT_GUI_FILTER_TERMS + 1];
    mpt_gui_table t = {.rows = rows, .row_count = G_N_ELEMENTS(rows)};
    char *most;

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        rows[i] = (mpt_gui_row){.field_connection = i, .field_subflow = MPT_GUI_NO_SUBFLOW};
        all[i] = i;
    }
    most = mpt_gui_table_filter(&t, all, MPT_GUI_FILTER_TERMS);
    assert_non_null(most);
    assert_true(g_str_has_suffix(most, " || (mptcpscope.connection == 49)"));
    g_free(most);
    assert_filter(&t, all, MPT_GUI_FILTER_TERMS + 1, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_new__connections__figures_of_both_directions),
        cmocka_unit_test(test_table_new__subflows__a_row_each),
        cmocka_unit_test(test_table_new__reinjections__both_copies_and_sums),
        cmocka_unit_test(test_table_new__events_and_findings__sentences_with_frames),
        cmocka_unit_test(test_table_new__rules__what_is_violated_first),
        cmocka_unit_test(test_table_new__no_mptcp__a_sentence),
        cmocka_unit_test(test_table_compare__beyond_2_to_32__as_numbers),
        cmocka_unit_test(test_table_filter__rows__their_connections_and_subflows),
        cmocka_unit_test(test_table_filter__too_many__none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
