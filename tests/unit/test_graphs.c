/* test_graphs.c - the points of graphs: recorded, played, thinned.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tap/engine/graphs/graphs.h"
#include "tests/support/segments.h"

/* --- a capture, recorded --- */

struct scene {
    wire wire;
    mpt_recorder *recorder;
    GPtrArray *connections;
    mpt_connection_view view;
    mpt_series_request request;
    GArray *points[MPT_GRAPH_TYPES]; /* struct told */
};

struct told {
    unsigned series;
    mpt_series_point point;
};

static const hosts HOSTS = {.version = MPT_V1, .key = {0x0102030405060708, 0x1112131415161718}};

static void begin(struct scene *s, bool mappings)
{
    mpt_engine_config config;

    memset(s, 0, sizeof *s);
    mpt_engine_config_default(&config);
    config.want_rtt = true;
    wire_open(&s->wire, &config);
    s->recorder = mpt_recorder_new(s->wire.engine, mappings);
    mpt_engine_observe(s->wire.engine, &mpt_recorder_observer, s->recorder);
}

static void tell(void *user, mpt_graph_type type, unsigned series, const mpt_series_point *point)
{
    struct scene *s = user;
    struct told told = {.series = series, .point = *point};

    g_array_append_val(s->points[type], told);
}

static void play(struct scene *s)
{
    mpt_engine_flush(s->wire.engine);
    s->connections = mpt_metrics_connections(s->wire.engine);
    assert_int_equal(s->connections->len, 1);
    mpt_metrics_connection(s->wire.engine, g_ptr_array_index(s->connections, 0), 0, &s->view);
    s->request = (mpt_series_request){
        .view = &s->view, .direction = MPT_C2S, .types = (1u << MPT_GRAPH_TYPES) - 1, .window_ns = 10000000};
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        s->points[t] = g_array_new(FALSE, FALSE, sizeof(struct told));
    mpt_series_play(s->recorder, &s->request, tell, s);
}

static void end(struct scene *s)
{
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        g_array_free(s->points[t], TRUE);
    mpt_metrics_clear(&s->view);
    g_ptr_array_unref(s->connections);
    mpt_recorder_free(s->recorder);
    mpt_engine_free(s->wire.engine);
}

/* The points of a series by its name and subflow. */
static GArray *series(struct scene *s, mpt_graph_type type, const char *name, uint32_t subflow)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(mpt_series_point));
    mpt_graph graph;

    mpt_graph_init(&graph, type, &s->request);
    for (guint i = 0; i < s->points[type]->len; i++) {
        const struct told *told = &g_array_index(s->points[type], struct told, i);

        assert_true(told->series < graph.count);
        if (!strcmp(graph.series[told->series].name, name) && graph.series[told->series].subflow == subflow)
            g_array_append_val(found, told->point);
    }
    mpt_graph_clear(&graph);
    return found;
}

static mpt_series_point at(const GArray *points, guint i)
{
    assert_true(i < points->len);
    return g_array_index(points, mpt_series_point, i);
}

/* Bytes under a curve of bit/s. */
static double area(const GArray *points)
{
    double sum = 0;

    for (guint i = 0; i + 1 < points->len; i++)
        sum += at(points, i).value * (double)(at(points, i + 1).time_ns - at(points, i).time_ns) / 8e9;
    return sum;
}

/* Two subflows: 1000 bytes on the first, 500 on the second, which then repeats 200 of the
 * first; all acknowledged. */
static void two_subflows(struct scene *s)
{
    flow first = flow_between(&s->wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    flow second = flow_between(&s->wire, "198.51.100.1", 40001, "192.0.2.2", 443, 1);

    flow_open_capable(&first, &HOSTS);
    flow_open_join(&second, &HOSTS, 0, (const uint8_t[]){1, 0}, false);
    flow_send_data(&first, 0, &HOSTS, 0, 1, 1000);    /* frame 7 */
    flow_send_data(&second, 0, &HOSTS, 0, 1001, 500); /* frame 8 */
    flow_send_data(&second, 0, &HOSTS, 0, 801, 200);  /* frame 9 */
    flow_send_data_ack(&second, 1, &HOSTS, 1, 1501);  /* frame 10 */
    flow_send_data_ack(&second, 1, &HOSTS, 1, 1501);  /* frame 11 */
}

static void test_play__two_subflows__bars_and_first_copy(void **state)
{
    struct scene s;
    GArray *data, *again, *acks;

    (void)state;
    begin(&s, true);
    two_subflows(&s);
    play(&s);
    data = series(&s, MPT_GRAPH_SEQUENCE, "data", 0);
    assert_int_equal(data->len, 1);
    assert_true(at(data, 0).value == 1);
    assert_int_equal(at(data, 0).length, 1000);
    assert_int_equal(at(data, 0).frame, 7);
    again = series(&s, MPT_GRAPH_SEQUENCE, "reinjected", 1);
    assert_int_equal(again->len, 1);
    assert_true(at(again, 0).value == 801);
    assert_int_equal(at(again, 0).length, 200);
    assert_int_equal(at(again, 0).frame, 9);
    assert_int_equal(at(again, 0).first_frame, 7);
    acks = series(&s, MPT_GRAPH_SEQUENCE, "data_ack_late", MPT_NO_SUBFLOW);
    assert_int_equal(acks->len, 0);
    g_array_free(acks, TRUE);
    acks = series(&s, MPT_GRAPH_SEQUENCE, "data_ack", MPT_NO_SUBFLOW);
    assert_int_equal(acks->len, 2);
    assert_true(at(acks, 0).value == 1501);
    assert_int_equal(at(acks, 0).time_ns, 9000000);
    g_array_free(data, TRUE);
    g_array_free(again, TRUE);
    g_array_free(acks, TRUE);
    end(&s);
}

static void test_play__overtaken_data_ack__takes_nothing_back(void **state)
{
    struct scene s;
    flow first, second;
    GArray *acks, *late, *window;

    (void)state;
    begin(&s, true);
    first = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    second = flow_between(&s.wire, "198.51.100.1", 40001, "192.0.2.2", 443, 1);
    flow_open_capable(&first, &HOSTS);
    flow_open_join(&second, &HOSTS, 0, (const uint8_t[]){1, 0}, false);
    flow_send_data(&first, 0, &HOSTS, 0, 1, 1000);   /* frame 7 */
    flow_send_data_ack(&second, 1, &HOSTS, 1, 1001); /* frame 8 */
    flow_send_data_ack(&first, 1, &HOSTS, 1, 501);   /* frame 9: was sent before */
    play(&s);
    acks = series(&s, MPT_GRAPH_SEQUENCE, "data_ack", MPT_NO_SUBFLOW);
    late = series(&s, MPT_GRAPH_SEQUENCE, "data_ack_late", MPT_NO_SUBFLOW);
    window = series(&s, MPT_GRAPH_SEQUENCE, "receive_window", MPT_NO_SUBFLOW);
    assert_int_equal(acks->len, 1);
    assert_true(at(acks, 0).value == 1001);
    assert_int_equal(late->len, 1);
    assert_true(at(late, 0).value == 501);
    assert_int_equal(at(late, 0).frame, 9);
    assert_int_equal(window->len, 1);
    g_array_free(acks, TRUE);
    g_array_free(late, TRUE);
    g_array_free(window, TRUE);
    end(&s);
}

static void test_play__two_subflows__sums_are_the_figures(void **state)
{
    struct scene s;
    GArray *rate, *good, *share, *flight, *released, *mappings;

    (void)state;
    begin(&s, true);
    two_subflows(&s);
    play(&s);
    rate = series(&s, MPT_GRAPH_THROUGHPUT, "sum", MPT_NO_SUBFLOW);
    assert_true(at(rate, 0).value == 1000 * 8 / 0.01);
    assert_true(at(rate, rate->len - 1).value == 0);
    assert_true(area(rate) > 1699.99 && area(rate) < 1700.01);
    good = series(&s, MPT_GRAPH_GOODPUT, "sum", MPT_NO_SUBFLOW);
    assert_true(area(good) > 1499.99 && area(good) < 1500.01);
    share = series(&s, MPT_GRAPH_SHARE, "share", 1);
    assert_true(at(share, share->len - 1).value == 500.0 / 1500);
    flight = series(&s, MPT_GRAPH_INFLIGHT, "sum", MPT_NO_SUBFLOW);
    assert_int_equal(flight->len, 3);
    assert_true(at(flight, 1).value == 1500 && at(flight, 2).value == 0);
    released = series(&s, MPT_GRAPH_ACKSIZE, "released", 1);
    assert_int_equal(released->len, 2);
    assert_true(at(released, 0).value == 1500 && at(released, 1).value == 0);
    mappings = series(&s, MPT_GRAPH_MAPPINGS, "mapping", 1);
    assert_int_equal(mappings->len, 2);
    assert_int_equal(at(mappings, 0).ssn, 1);
    assert_int_equal(at(mappings, 0).extra, 0);
    g_array_free(rate, TRUE);
    g_array_free(good, TRUE);
    g_array_free(share, TRUE);
    g_array_free(flight, TRUE);
    g_array_free(released, TRUE);
    g_array_free(mappings, TRUE);
    end(&s);
}

static void test_play__hole_filled_later__wait_and_depth(void **state)
{
    struct scene s;
    GArray *wait, *depth;
    flow f;

    (void)state;
    begin(&s, true);
    f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    flow_open_capable(&f, &HOSTS);
    flow_send_data(&f, 0, &HOSTS, 0, 1, 100);
    flow_send_data(&f, 0, &HOSTS, 0, 201, 100); /* waits for the next */
    flow_send_data(&f, 0, &HOSTS, 0, 101, 100);
    play(&s);
    wait = series(&s, MPT_GRAPH_REORDER, "wait", 0);
    assert_int_equal(wait->len, 1);
    assert_true(at(wait, 0).value == 1000000);
    assert_int_equal(at(wait, 0).frame, 6);
    assert_int_equal(at(wait, 0).first_frame, 5);
    depth = series(&s, MPT_GRAPH_DEPTH, "waiting", MPT_NO_SUBFLOW);
    assert_int_equal(depth->len, 3);
    assert_true(at(depth, 0).value == 0 && at(depth, 1).value == 100 && at(depth, 2).value == 0);
    g_array_free(wait, TRUE);
    g_array_free(depth, TRUE);
    end(&s);
}

/* A subflow whose connection turns out to be another one has its positions moved. */
static void test_play__connections_that_become_one__one_line_of_positions(void **state)
{
    struct scene s;
    GArray *first, *second;
    flow a, b;

    (void)state;
    begin(&s, true);
    a = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    b = flow_between(&s.wire, "198.51.100.1", 40001, "192.0.2.2", 443, 1);
    a.next[0] = a.next[1] = b.next[0] = b.next[1] = 1;
    flow_send_data(&a, 0, &HOSTS, 0, 5000, 100);
    mpt_option low = option_dss(&(mpt_dss){
        .has_mapping = true, .dsn = (uint32_t)dsn_of(&HOSTS, 0, 5100), .ssn = b.next[0], .length = 100});
    flow_send(&b, 0, MPT_TCP_ACK, 100, &low, 1);
    flow_send_data(&b, 0, &HOSTS, 0, 5200, 100);
    play(&s);
    assert_int_equal(s.view.subflow_count, 2);
    s.request.direction = s.view.direction[MPT_C2S].bytes.payload_bytes ? MPT_C2S : MPT_S2C;
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        g_array_set_size(s.points[t], 0);
    mpt_series_play(s.recorder, &s.request, tell, &s);
    first = series(&s, MPT_GRAPH_SEQUENCE, "data", 0);
    second = series(&s, MPT_GRAPH_SEQUENCE, "data", 1);
    assert_int_equal(first->len, 1);
    assert_int_equal(second->len, 2);
    assert_true(at(first, 0).value == 1);
    assert_true(at(second, 0).value == 101);
    assert_true(at(second, 1).value == 201);
    g_array_free(first, TRUE);
    g_array_free(second, TRUE);
    end(&s);
}

static void test_record__many_segments__few_bytes_each(void **state)
{
    struct scene s;
    GArray *data;
    flow f;
    const unsigned n = 100000;

    (void)state;
    begin(&s, false);
    f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    flow_open_capable(&f, &HOSTS);
    for (unsigned i = 0; i < n; i++)
        flow_send_data(&f, 0, &HOSTS, 0, 1 + 1400 * (int64_t)i, 1400);
    mpt_engine_flush(s.wire.engine);
    /* 64 MB at a million segments, and half of that is for the points in pictures. */
    assert_true(mpt_recorder_memory(s.recorder) < 24 * n);
    play(&s);
    data = series(&s, MPT_GRAPH_SEQUENCE, "data", 0);
    assert_int_equal(data->len, n);
    g_array_free(data, TRUE);
    end(&s);
}

/* Bytes that two subflows carried in turn, then each segment of a third one over all of them. */
static void test_record__thousands_of_pieces_a_segment__bounded_and_counted(void **state)
{
    struct scene s;
    flow f[3];
    const unsigned bytes = 1000, again = 300;

    (void)state;
    begin(&s, false);
    f[0] = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    flow_open_capable(&f[0], &HOSTS);
    for (unsigned i = 1; i < 3; i++) {
        f[i] = flow_between(&s.wire, "192.0.2.1", (uint16_t)(40000 + i), "192.0.2.2", 443, i);
        flow_open_join(&f[i], &HOSTS, 0, (const uint8_t[]){(uint8_t)i, 0}, false);
    }
    for (unsigned i = 0; i < bytes; i++)
        flow_send_data(&f[i % 2], 0, &HOSTS, 0, 1 + i, 1);
    for (unsigned i = 0; i < again; i++)
        flow_send_data(&f[2], 0, &HOSTS, 0, 1, bytes);
    mpt_engine_flush(s.wire.engine);
    assert_true(mpt_recorder_left_out(s.recorder) > (uint64_t)bytes * again / 2);
    assert_true(mpt_recorder_memory(s.recorder) < 2 * 1024 * 1024);
    play(&s);
    end(&s);
}

/* --- thinning --- */

static mpt_graph one_series(mpt_series *what)
{
    *what = (mpt_series){.name = "x", .style = MPT_STYLE_DOTS};
    return (mpt_graph){.type = MPT_GRAPH_RTT, .unit = MPT_UNIT_NS, .series = what, .count = 1};
}

static bool has_point(const mpt_series_point *points, size_t n, int64_t time_ns, double value)
{
    for (size_t i = 0; i < n; i++)
        if (points[i].time_ns == time_ns && points[i].value == value)
            return true;
    return false;
}

static void test_thinner__few_points__all_kept(void **state)
{
    mpt_series what;
    mpt_graph graph = one_series(&what);
    mpt_thinner *t = mpt_thinner_new(&graph, 1000);
    size_t n;

    (void)state;
    for (int i = 0; i < 1000; i++)
        mpt_thinner_add(t, 0, &(mpt_series_point){.time_ns = i, .value = i % 7});
    mpt_thinner_points(t, 0, &n);
    assert_int_equal(n, 1000);
    assert_int_equal(mpt_thinner_kept(t), 1000);
    mpt_thinner_free(t);
}

static void test_thinner__many_points__extremes_and_gaps_kept(void **state)
{
    mpt_series what;
    mpt_graph graph = one_series(&what);
    mpt_thinner *t = mpt_thinner_new(&graph, 1000);
    const mpt_series_point *p;
    const int n = 100000, gap = 30000000;
    int64_t before = INT64_MIN;
    size_t kept;

    (void)state;
    for (int i = 0; i < n; i++) {
        int64_t time_ns = (int64_t)i * 1000 + (i >= 50000 ? gap : 0);
        double value = i == 12345 ? 1e9 : i == 67890 ? -1e9 : i % 100;
        mpt_thinner_add(t, 0, &(mpt_series_point){.time_ns = time_ns, .value = value});
    }
    p = mpt_thinner_points(t, 0, &kept);
    assert_in_range(kept, 251, 1000);
    assert_int_equal(mpt_thinner_total(t), n);
    assert_true(has_point(p, kept, 12345000, 1e9));
    assert_true(has_point(p, kept, 67890000 + gap, -1e9));
    assert_true(has_point(p, kept, 0, 0));
    assert_true(has_point(p, kept, (int64_t)(n - 1) * 1000 + gap, 99));
    assert_true(has_point(p, kept, 49999000, 99));
    assert_true(has_point(p, kept, 50000000 + gap, 0));
    for (size_t i = 0; i < kept; i++) {
        assert_true(p[i].time_ns >= before);
        before = p[i].time_ns;
    }
    mpt_thinner_free(t);
}

static void test_thinner__late_point__in_time_order(void **state)
{
    mpt_series what;
    mpt_graph graph = one_series(&what);
    mpt_thinner *t = mpt_thinner_new(&graph, 10);
    const mpt_series_point *p;
    size_t n;

    (void)state;
    mpt_thinner_add(t, 0, &(mpt_series_point){.time_ns = 5});
    mpt_thinner_add(t, 0, &(mpt_series_point){.time_ns = 3});
    p = mpt_thinner_points(t, 0, &n);
    assert_int_equal(n, 2);
    assert_int_equal(p[0].time_ns, 3);
    mpt_thinner_free(t);
}

static void test_thinner_drop__one_of_two__the_other_counts(void **state)
{
    mpt_series two[2] = {{0}, {0}};
    mpt_graph graph = {.series = two, .count = 2};
    mpt_thinner *t = mpt_thinner_new(&graph, 1000);
    size_t n;

    (void)state;
    for (int i = 0; i < 10; i++)
        mpt_thinner_add(t, i % 5 == 0, &(mpt_series_point){.time_ns = i});
    mpt_thinner_drop(t, 1);
    mpt_thinner_points(t, 1, &n);
    assert_int_equal(n, 0);
    assert_int_equal(mpt_thinner_total(t), 8);
    assert_int_equal(mpt_thinner_kept(t), 8);
    mpt_thinner_free(t);
}

/* --- names --- */

static void test_graph_find__every_name__its_type(void **state)
{
    mpt_graph_type type;

    (void)state;
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++) {
        assert_true(mpt_graph_find(mpt_graph_name((mpt_graph_type)t), &type));
        assert_int_equal(type, t);
    }
    assert_false(mpt_graph_find("nonsense", &type));
}

static void test_default_window__durations__1_2_5(void **state)
{
    static const struct {
        int64_t duration_ns, window_ns;
    } cases[] = {
        {0, 1000000},          {50000000, 1000000},      {50000001, 2000000},      {100000001, 5000000},
        {250000001, 10000000}, {10000000000, 200000000}, {20000000000, 500000000},
    };
    mpt_connection_view view = {0};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        view.direction[MPT_S2C].bytes.data_duration = (mpt_maybe_ns){true, cases[i].duration_ns};
        assert_int_equal(mpt_series_default_window(&view, MPT_S2C), cases[i].window_ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_play__two_subflows__bars_and_first_copy),
        cmocka_unit_test(test_play__overtaken_data_ack__takes_nothing_back),
        cmocka_unit_test(test_play__two_subflows__sums_are_the_figures),
        cmocka_unit_test(test_play__hole_filled_later__wait_and_depth),
        cmocka_unit_test(test_play__connections_that_become_one__one_line_of_positions),
        cmocka_unit_test(test_record__many_segments__few_bytes_each),
        cmocka_unit_test(test_record__thousands_of_pieces_a_segment__bounded_and_counted),
        cmocka_unit_test(test_thinner__few_points__all_kept),
        cmocka_unit_test(test_thinner__many_points__extremes_and_gaps_kept),
        cmocka_unit_test(test_thinner__late_point__in_time_order),
        cmocka_unit_test(test_thinner_drop__one_of_two__the_other_counts),
        cmocka_unit_test(test_graph_find__every_name__its_type),
        cmocka_unit_test(test_default_window__durations__1_2_5),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
