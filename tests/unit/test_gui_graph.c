/* test_gui_graph.c - what windows get of a capture: connections, points of a range, words, CSV.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "plugin/report/gui/gui_graph.h"
#include "plugin/report/registry.h"
#include "tests/support/segments.h"

struct scene {
    wire wire;
    mpt_recorder *recorder;
    mpt_arguments arguments;
    mpt_report_context context;
};

static const hosts HOSTS = {.version = MPT_V1, .key = {0x0102030405060708, 0x1112131415161718}};
static const hosts OTHERS = {.version = MPT_V1, .key = {0x2122232425262728, 0x3132333435363738}};

/* Connection 0: 1000 bytes of the client on subflow 0, 500 on subflow 1, which repeats 200 of the first.
 * Connection 1: 3000 bytes of the server. */
static void begin(struct scene *s)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    config.want_frames = true;
    wire_open(&s->wire, &config);
    s->recorder = mpt_recorder_new(s->wire.engine, true);
    mpt_engine_observe(s->wire.engine, &mpt_recorder_observer, s->recorder);

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
    mpt_engine_flush(s->wire.engine);
    s->arguments = mpt_arguments_of(&mpt_plot_report);
    s->context = (mpt_report_context){.engine = s->wire.engine,
                                      .connections = mpt_metrics_connections(s->wire.engine),
                                      .arguments = &s->arguments,
                                      .collected = s->recorder};
}

static void end(struct scene *s)
{
    g_ptr_array_unref(s->context.connections);
    mpt_recorder_free(s->recorder);
    mpt_engine_free(s->wire.engine);
}

static mpt_gui_request request_of(mpt_graph_type type)
{
    return (mpt_gui_request){.reading = 1, .type = type, .limit = 1000};
}

static const mpt_gui_series *series_of(const mpt_gui_graph *g, const char *title)
{
    for (unsigned s = 0; s < g->count; s++)
        if (!strcmp(g->series[s].title, title))
            return &g->series[s];
    fail_msg("there is no series %s", title);
    return NULL;
}

static void test_capture_new__two_connections__titles_and_directions(void **state)
{
    struct scene s;
    mpt_gui_capture *c;

    (void)state;
    begin(&s);
    c = mpt_gui_capture_new(&s.context, 7, "/somewhere/a\n.pcap");
    assert_int_equal(c->reading, 7);
    assert_string_equal(c->name, "a\xef\xbf\xbd.pcap");
    assert_int_equal(c->epoch_ns, WIRE_START_NS);
    assert_int_equal(c->count, 2);
    assert_string_equal(c->connections[0].title, "0: 192.0.2.1:40000 -> 192.0.2.2:443");
    assert_int_equal(c->connections[0].subflow_count, 2);
    assert_string_equal(c->connections[0].subflows[1], "198.51.100.1:40001 -> 192.0.2.2:443");
    assert_int_equal(c->connections[0].busiest, 0);
    assert_int_equal(c->connections[0].payload, 1700);
    assert_int_equal(c->connections[0].largest[0], 0);
    assert_int_equal(c->connections[1].busiest, 1);
    assert_int_equal(c->connections[1].payload, 3000);
    mpt_gui_capture_free(c);
    end(&s);
}

static void test_graph_new__sequence__points_events_words(void **state)
{
    mpt_gui_request q = request_of(MPT_GRAPH_SEQUENCE);
    const mpt_gui_series *again;
    mpt_gui_graph *g;
    struct scene s;
    char text[200], little[8];

    (void)state;
    begin(&s);
    g = mpt_gui_graph_new(&s.context, &q);
    assert_string_equal(g->title, "Data sequence numbers");
    assert_string_equal(g->subtitle, "Connection 0: 192.0.2.1:40000 -> 192.0.2.2:443, client to server");
    assert_int_equal(g->kept, g->total);
    again = series_of(g, "subflow 1: reinjected");
    assert_int_equal(again->count, 1);
    assert_int_equal(again->subflow, 1);
    assert_int_equal(again->style, MPT_GUI_BARS);
    assert_int_equal(again->points[0].frame, 9);
    assert_int_equal(again->points[0].first_frame, 7);
    mpt_gui_describe(g, (unsigned)(again - g->series), 0, text, sizeof text);
    assert_string_equal(text,
                        "0.008000000 s, subflow 1: reinjected: 801 to 1,000, frame 9, first copy in frame 7");
    mpt_gui_describe(g, (unsigned)(again - g->series), 0, little, sizeof little);
    assert_string_equal(little, "0.00800");
    assert_int_equal(series_of(g, "subflow 0: data")->kind, 0);
    assert_int_equal(again->kind, 2);
    assert_true(g->event_count > 0);
    assert_int_equal(g->events[0].frame, 1);
    mpt_gui_graph_free(g);
    end(&s);
}

static void test_graph_new__range__one_before_and_one_after(void **state)
{
    mpt_gui_request q = request_of(MPT_GRAPH_SHARE);
    const mpt_gui_series *whole, *part;
    mpt_gui_graph *all, *some;
    struct scene s;

    (void)state;
    begin(&s);
    all = mpt_gui_graph_new(&s.context, &q);
    whole = series_of(all, "subflow 0: share");
    assert_true(whole->count >= 2);
    q.has_range = true;
    q.from_ns = whole->points[0].time_ns + 1;
    q.to_ns = q.from_ns + 1;
    some = mpt_gui_graph_new(&s.context, &q);
    part = series_of(some, "subflow 0: share");
    assert_int_equal(part->count, 2);
    assert_int_equal(part->points[0].frame, whole->points[0].frame);
    assert_int_equal(part->points[1].frame, whole->points[1].frame);
    mpt_gui_graph_free(some);
    q.from_ns = whole->points[whole->count - 1].time_ns + 1;
    q.to_ns = INT64_MAX;
    some = mpt_gui_graph_new(&s.context, &q);
    part = series_of(some, "subflow 0: share");
    assert_int_equal(part->count, 1);
    assert_true(part->points[0].value == whole->points[whole->count - 1].value);
    mpt_gui_graph_free(some);
    mpt_gui_graph_free(all);
    end(&s);
}

static void test_graph_new__every_type__each_connection_and_direction(void **state)
{
    struct scene s;
    unsigned count;
    const mpt_gui_type *types = mpt_gui_types(&count);

    (void)state;
    begin(&s);
    assert_int_equal(count, MPT_GRAPH_TYPES);
    assert_true(types[MPT_GRAPH_TCP].one_subflow && types[MPT_GRAPH_GOODPUT].averaged);
    for (unsigned t = 0; t < count; t++) {
        for (unsigned k = 0; k < 4; k++) {
            mpt_gui_request q = request_of((mpt_graph_type)t);
            q.connection = k >> 1;
            q.direction = k & 1;
            q.subflow = 99;
            mpt_gui_graph *g = mpt_gui_graph_new(&s.context, &q);
            assert_non_null(g);
            assert_true(g->to_ns > g->from_ns && g->from_ns >= 0);
            mpt_gui_graph_free(g);
        }
    }
    end(&s);
}

static void test_graph_new__no_such_connection__null(void **state)
{
    mpt_gui_request q = request_of(MPT_GRAPH_SEQUENCE);
    struct scene s;
    char *why = NULL;

    (void)state;
    begin(&s);
    q.connection = 2;
    assert_null(mpt_gui_graph_new(&s.context, &q));
    assert_false(mpt_gui_save_csv(&s.context, &q, "/nonexistent/x.csv", &why));
    assert_non_null(why);
    g_free(why);
    q.connection = 0;
    q.type = MPT_GRAPH_TYPES;
    assert_null(mpt_gui_graph_new(&s.context, &q));
    end(&s);
}

static void test_save_csv__tcp__the_subflow_asked_for(void **state)
{
    mpt_gui_request q = request_of(MPT_GRAPH_TCP);
    struct scene s;
    char *why = NULL, *text = NULL, *path = NULL;
    int fd = g_file_open_tmp("mptcpscope-XXXXXX", &path, NULL);

    (void)state;
    assert_true(fd >= 0);
    g_close(fd, NULL);
    begin(&s);
    q.subflow = 1;
    assert_true(mpt_gui_save_csv(&s.context, &q, path, &why));
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_true(g_str_has_prefix(text,
                                 "graph,series,subflow,time_s,value,unit,frame,length_bytes,first_frame\r\n"
                                 "tcp,"));
    assert_non_null(strstr(text, "tcp,data,1,0.007000000,"));
    assert_null(strstr(text, "tcp,data,0,"));
    assert_false(mpt_gui_save_csv(&s.context, &q, "/nonexistent/x.csv", &why));
    assert_non_null(strstr(why, "/nonexistent/x.csv"));
    g_unlink(path);
    g_free(path);
    g_free(text);
    g_free(why);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capture_new__two_connections__titles_and_directions),
        cmocka_unit_test(test_graph_new__sequence__points_events_words),
        cmocka_unit_test(test_graph_new__range__one_before_and_one_after),
        cmocka_unit_test(test_graph_new__every_type__each_connection_and_direction),
        cmocka_unit_test(test_graph_new__no_such_connection__null),
        cmocka_unit_test(test_save_csv__tcp__the_subflow_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
