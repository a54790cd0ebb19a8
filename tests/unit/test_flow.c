/* test_flow.c - a connection as a ladder: rows at each level, what is written on them, where they are drawn, and what both
 * ends know of an arrow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/flow/flow.h"

#include <math.h>
#include <string.h>

#include "plugin/report/registry.h"
#include "tests/support/story.h"
#include "tests/support/two_ends.h"

static const mpt_flow_filter ALL = {.directions = 3,
                                    .show = MPT_FLOW_SHOW_ALL,
                                    .subflow = MPT_FLOW_ANY_SUBFLOW,
                                    .from_ns = INT64_MIN,
                                    .to_ns = INT64_MAX};

struct scene {
    story story;
    flow first, second;
    mpt_recorder *recorder;
    mpt_connection_view view;
    mpt_arguments arguments;
    mpt_flow *flow;
    mpt_flow_rows *rows;
};

/* The handshakes of both subflows: frames 1 to 6. */
static void begin_open(struct scene *s)
{
    mpt_engine_config config;

    memset(s, 0, sizeof *s);
    mpt_engine_config_default(&config);
    config.want_frames = true;
    wire_open(&s->story.wire, &config);
    s->recorder = mpt_recorder_new(s->story.wire.engine, false);
    mpt_engine_observe(s->story.wire.engine, &mpt_recorder_observer, s->recorder);
    s->first = flow_between(&s->story.wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    s->second = flow_between(&s->story.wire, "198.51.100.1", 40001, "192.0.2.2", 443, 1);
    flow_open_capable(&s->first, &FIRST);
    flow_open_join(&s->second, &FIRST, 0, (const uint8_t[]){1, 0}, true);
}

static void draw(struct scene *s, const mpt_flow_filter *filter)
{
    mpt_report_context x;

    told(&s->story);
    s->arguments = mpt_arguments_of(&mpt_flow_report);
    x = (mpt_report_context){.engine = s->story.wire.engine,
                             .connections = s->story.connections,
                             .arguments = &s->arguments,
                             .collected = s->recorder};
    mpt_metrics_connection(x.engine, g_ptr_array_index(x.connections, 0), 0, &s->view);
    s->flow = mpt_flow_new(&x, &s->view, NULL);
    s->rows = mpt_flow_rows_new(s->flow, filter);
}

static void end_scene(struct scene *s)
{
    mpt_flow_rows_free(s->rows);
    mpt_flow_free(s->flow);
    mpt_metrics_clear(&s->view);
    mpt_recorder_free(s->recorder);
    end(&s->story);
}

static void assert_label(const struct scene *s, unsigned level, uint32_t index, const char *label)
{
    GString *text = g_string_new(NULL);
    mpt_flow_row row;

    mpt_flow_rows_at(s->rows, level, index, &row);
    mpt_flow_label(s->flow, &row, text);
    assert_string_equal(text->str, label);
    g_string_free(text, TRUE);
}

/* A bulk of data on both subflows with DATA_ACKs, 300 packets, and 100 bytes reinjected every 25. */
static void tell_bulk(struct scene *s)
{
    begin_open(s);
    for (int64_t i = 0; i < 150; i++) {
        flow *f = i % 3 ? &s->first : &s->second;

        flow_send_data(f, 0, &FIRST, 0, 1 + 1000 * i, 1000);
        if (i % 25 == 24)
            flow_send_data(i % 3 ? &s->second : &s->first, 0, &FIRST, 0, 1 + 1000 * i, 100);
        flow_send_data_ack(f, 1, &FIRST, 1, 1001 + 1000 * i);
    }
}

/* --- rows --- */

static void test_rows__each_level__every_arrow_in_one_row(void **state)
{
    struct scene s;
    uint64_t bytes[MPT_ARROW_KINDS];

    (void)state;
    tell_bulk(&s);
    draw(&s, &ALL);
    assert_in_range(mpt_flow_rows_levels(s.rows), 2, 4);
    for (unsigned level = 0; level < mpt_flow_rows_levels(s.rows); level++) {
        uint64_t of[MPT_ARROW_KINDS] = {0}, packets = 0;
        int64_t last = INT64_MIN;

        for (uint32_t i = 0; i < mpt_flow_rows_count(s.rows, level); i++) {
            mpt_flow_row row;

            mpt_flow_rows_at(s.rows, level, i, &row);
            assert_true(row.time_ns >= last);
            last = row.time_ns;
            of[row.kind] += row.bytes;
            packets += row.packets;
            assert_in_range(row.packets, 1, 1u << (3 * level));
        }
        assert_int_equal(packets, s.flow->arrows->len);
        if (level == 0)
            memcpy(bytes, of, sizeof bytes);
        assert_memory_equal(bytes, of, sizeof bytes);
        if (level > 0)
            assert_true(mpt_flow_rows_count(s.rows, level) < mpt_flow_rows_count(s.rows, level - 1));
    }
    assert_int_equal(bytes[MPT_ARROW_NEW], 150000);
    assert_int_equal(bytes[MPT_ARROW_REINJECTED], 600);
    end_scene(&s);
}

static void test_rows__a_signal_or_a_pause__ends_a_run(void **state)
{
    mpt_option prio = {.subtype = MPT_MP_PRIO, .length = 3, .prio = {.backup = true}};
    struct scene s;
    mpt_flow_row row;

    (void)state;
    begin_open(&s);
    for (int64_t i = 0; i < 60; i++) {
        if (i == 3)
            flow_send(&s.first, 0, MPT_TCP_ACK, 0, &prio, 1);
        if (i == 5)
            s.story.wire.now_ns += 100 * MS;
        flow_send_data(&s.first, 0, &FIRST, 0, 1 + 10 * i, 10);
    }
    draw(&s, &ALL);
    assert_label(&s, 1, 6, "DSN 1-30, 3 packets");
    assert_label(&s, 1, 7, "MP_PRIO backup");
    assert_label(&s, 1, 8, "DSN 31-50, 2 packets");
    assert_label(&s, 1, 9, "DSN 51-130, 8 packets");
    mpt_flow_rows_at(s.rows, 1, 9, &row);
    assert_int_equal(mpt_flow_pause(s.rows, 1, 9, &row), 101 * MS);
    mpt_flow_rows_at(s.rows, 1, 8, &row);
    assert_int_equal(mpt_flow_pause(s.rows, 1, 8, &row), 0);
    end_scene(&s);
}

static void test_rows__filters__leave_out_the_rest(void **state)
{
    mpt_flow_filter filter = ALL;
    struct scene s;
    mpt_flow_row row;

    (void)state;
    tell_bulk(&s);
    filter.show = MPT_FLOW_SHOW_SIGNALS;
    draw(&s, &filter);
    assert_int_equal(mpt_flow_rows_count(s.rows, 0), 6);
    mpt_flow_rows_free(s.rows);
    filter = ALL;
    filter.subflow = 1;
    filter.directions = 1 << MPT_C2S;
    filter.show = MPT_FLOW_SHOW_DATA;
    filter.from_ns = 20 * MS;
    s.rows = mpt_flow_rows_new(s.flow, &filter);
    for (uint32_t i = 0; i < mpt_flow_rows_count(s.rows, 0); i++) {
        mpt_flow_rows_at(s.rows, 0, i, &row);
        assert_int_equal(row.subflow, 1);
        assert_true(row.kind == MPT_ARROW_NEW || row.kind == MPT_ARROW_REINJECTED);
        assert_true(row.time_ns >= 20 * MS);
    }
    assert_in_range(mpt_flow_rows_count(s.rows, 0), 40, 60);
    end_scene(&s);
}

static void test_find__a_frame_of_a_run__its_row_at_each_level(void **state)
{
    struct scene s;
    uint32_t index;
    mpt_flow_row row;

    (void)state;
    tell_bulk(&s);
    draw(&s, &ALL);
    for (unsigned level = 0; level < mpt_flow_rows_levels(s.rows); level++)
        for (uint32_t frame = 1; frame <= s.flow->arrows->len; frame += 7) {
            const mpt_arrow *a = &g_array_index(s.flow->arrows, mpt_arrow, frame - 1);

            assert_true(mpt_flow_rows_find(s.rows, level, frame, &index));
            mpt_flow_rows_at(s.rows, level, index, &row);
            assert_int_equal(row.kind, a->kind);
            assert_int_equal(row.subflow, a->subflow);
            assert_in_range(frame - 1, row.first, row.last);
        }
    assert_false(mpt_flow_rows_find(s.rows, 0, 100000, &index));
    assert_false(mpt_flow_rows_find(s.rows, 0, 0, &index));
    assert_int_equal(mpt_flow_rows_after(s.rows, 0, 6 * MS), 6);
    assert_int_equal(mpt_flow_rows_after(s.rows, 0, INT64_MAX), mpt_flow_rows_count(s.rows, 0));
    end_scene(&s);
}

/* --- words --- */

static void test_label__each_kind__says_what_it_is(void **state)
{
    mpt_option address = option_add_addr(&FIRST, 1, 2, "192.0.2.7");
    mpt_option removed = {.subtype = MPT_REMOVE_ADDR, .length = 4, .remove_addr = {.count = 1, .ids = {2}}};
    struct scene s;

    (void)state;
    begin_open(&s);
    flow_send_data(&s.first, 0, &FIRST, 0, 1, 1000);
    flow_send_data(&s.second, 0, &FIRST, 0, 2001, 500);
    flow_send_data(&s.first, 0, &FIRST, 0, 1001, 1000);
    flow_send_data(&s.second, 0, &FIRST, 0, 801, 200);
    s.second.next[0] -= 200;
    flow_send_data(&s.second, 0, &FIRST, 0, 801, 200);
    flow_send_data_ack(&s.first, 1, &FIRST, 1, 2001);
    flow_send(&s.first, 1, MPT_TCP_ACK, 0, &address, 1);
    flow_send(&s.first, 1, MPT_TCP_ACK, 0, &removed, 1);
    flow_send_data_fin(&s.first, 0, &FIRST, 0, 2501);
    flow_send(&s.first, 0, MPT_TCP_ACK, 77, NULL, 0);
    draw(&s, &ALL);
    static const char *const labels[] = {
        "MP_CAPABLE SYN",
        "MP_CAPABLE SYN/ACK",
        "MP_CAPABLE ACK",
        "MP_JOIN SYN (backup)",
        "MP_JOIN SYN/ACK",
        "MP_JOIN ACK",
        "DSN 1-1,000",
        "DSN 2,001-2,500",
        "DSN 1,001-2,000, out of order",
        "DSN 801-1,000, reinjected",
        "DSN 801-1,000, retransmitted",
        "DATA_ACK 2,001",
        "ADD_ADDR 2 192.0.2.7",
        "REMOVE_ADDR 2",
        "DATA_FIN",
        "77 bytes, no mapping",
    };
    assert_int_equal(mpt_flow_rows_count(s.rows, 0), G_N_ELEMENTS(labels));
    for (unsigned i = 0; i < G_N_ELEMENTS(labels); i++)
        assert_label(&s, 0, i, labels[i]);
    assert_string_equal(s.flow->lanes[0].title, "subflow 0");
    assert_string_equal(s.flow->lanes[1].title, "subflow 1, backup");
    end_scene(&s);
}

static void test_figures__a_run__says_all_that_is_known(void **state)
{
    GString *text = g_string_new(NULL);
    struct scene s;
    mpt_flow_row row;

    (void)state;
    tell_bulk(&s);
    draw(&s, &ALL);
    mpt_flow_rows_at(s.rows, 1, 7, &row);
    mpt_flow_figures(s.flow, &row, text);
    assert_has(text->str, " packets\nsubflow ");
    assert_has(text->str, "server to client, ");
    assert_has(text->str, "\nframe ");
    g_string_free(text, TRUE);
    end_scene(&s);
}

/* --- where it is drawn --- */

static void test_layout__two_lanes__arrows_between_their_edges_in_their_rows(void **state)
{
    mpt_flow_layout l;
    mpt_flow_shape shape;
    struct scene s;

    (void)state;
    tell_bulk(&s);
    draw(&s, &ALL);
    mpt_flow_layout_init(&l, 2, false, 1000);
    assert_true(mpt_flow_layout_edge(&l, 0, MPT_SERVER) < mpt_flow_layout_edge(&l, 1, MPT_CLIENT));
    assert_true(mpt_flow_layout_edge(&l, 1, MPT_SERVER) < l.width);
    assert_true(fabs(l.width - 1000) < 1);
    mpt_flow_shape_init(&shape);
    for (uint32_t i = 0; i < mpt_flow_rows_count(s.rows, 1); i++) {
        mpt_flow_row row;
        bool back;

        mpt_flow_rows_at(s.rows, 1, i, &row);
        back = row.direction == MPT_S2C;
        mpt_flow_shape_set(&shape, &l, s.flow, s.rows, 1, i, row.subflow);
        assert_true(shape.x0 == mpt_flow_layout_edge(&l, row.subflow, back ? MPT_SERVER : MPT_CLIENT));
        assert_true(shape.x1 == mpt_flow_layout_edge(&l, row.subflow, back ? MPT_CLIENT : MPT_SERVER));
        assert_true(shape.y0 > i * MPT_FLOW_ROW && shape.y0 < shape.y1 && shape.y1 < (i + 1) * MPT_FLOW_ROW);
        assert_true(shape.label_y < shape.y0 && shape.label_y > i * MPT_FLOW_ROW);
        assert_true((double)shape.label->len * 6 <= l.lane);
        assert_int_equal(shape.run, row.packets > 1);
    }
    mpt_flow_shape_clear(&shape);
    end_scene(&s);
}

static void test_layout__many_lanes__none_gets_too_narrow(void **state)
{
    mpt_flow_layout l;

    (void)state;
    mpt_flow_layout_init(&l, 20, true, 1000);
    assert_true(l.lane >= 300);
    assert_true(l.width > 20 * 300);
    assert_false(l.wide);
    mpt_flow_layout_init(&l, 1, true, 1000);
    assert_true(l.wide);
}

/* --- both ends --- */

static void watch(mpt_engine *engine, unsigned point, void *user)
{
    mpt_path_collector_watch(user, engine, point);
    mpt_engine_observe(engine, &mpt_recorder_observer, mpt_recorder_new(engine, false));
}

/* Drops the second segment with payload of the client. */
static bool drop_second(ends *e, mpt_segment *g, unsigned side)
{
    return side != 0 || !g->payload_len || ++e->count != 2;
}

static void test_ends__a_segment_that_does_not_arrive__is_lost_and_the_others_have_their_delay(void **state)
{
    const uint32_t ids[] = {1, 2};
    GArray *client = g_array_append_vals(g_array_new(FALSE, FALSE, sizeof ids[0]), &ids[0], 1);
    GArray *server = g_array_append_vals(g_array_new(FALSE, FALSE, sizeof ids[0]), &ids[1], 1);
    const mpt_vantage_request request = {.client = client, .server = server};
    mpt_arguments a = mpt_arguments_of(&mpt_flow_report);
    struct mpt_report_needs needs = {0};
    ends e = {.now_ns = WIRE_START_NS, .path = drop_second};
    link_ l = link_of(&e, 0, 0);
    mpt_engine_config config;
    mpt_report_context x = {.arguments = &a};
    mpt_connection_view v;
    mpt_recorder *recorders[2];

    (void)state;
    mpt_flow_report.needs(&a, &needs);
    x.paths = mpt_path_collector_new(needs.paths);
    mpt_engine_config_default(&config);
    config.in_step = true;
    x.points = mpt_vantage_engines_new(&request, &config, watch, x.paths);
    for (unsigned end = 0; end < 2; end++) {
        e.engine[end] = mpt_vantage_engines_at(x.points, end);
        recorders[end] = mpt_engine_observing(e.engine[end], &mpt_recorder_observer);
    }
    open_capable(&l);
    send_data(&l, 0, 1, 1000);
    send_data(&l, 0, 1001, 1000); /* lost */
    send_data(&l, 0, 2001, 1000);
    send_data_ack(&l, 1, 1001);
    l.next[0] -= 2000;
    send_data(&l, 0, 1001, 1000); /* again: it arrives after what it lies before */
    mpt_vantage_engines_flush(x.points);
    x.point = mpt_vantage_engines_chosen(x.points);
    x.engine = e.engine[x.point];
    x.collected = recorders[x.point];
    x.connections = mpt_metrics_connections(x.engine);
    mpt_metrics_connection(x.engine, g_ptr_array_index(x.connections, 0), 0, &v);
    mpt_flow *f = mpt_flow_new(&x, &v, NULL);

    assert_true(f->both_ends);
    assert_int_equal(f->arrows->len, 8);
    for (guint i = 0; i < f->arrows->len; i++) {
        const mpt_arrow *arrow = &g_array_index(f->arrows, mpt_arrow, i);
        const mpt_flow_far *far = mpt_flow_far_of(f, arrow);

        assert_int_equal(arrow->frame, 2 * i + 1);
        assert_int_equal(!!(arrow->flags & MPT_ARROW_LOST), i == 4);
        assert_int_equal(!far, i == 4);
        assert_false(arrow->flags & MPT_ARROW_UNCAPTURED);
        if (!far)
            continue;
        assert_int_equal(far->frame, 2 * i + 2);
        assert_int_equal(far->delay_ns, DELAY);
    }
    assert_int_equal(g_array_index(f->arrows, mpt_arrow, 1).flags & MPT_ARROW_SIGNALS, MPT_ARROW_SIGNALS);
    assert_int_equal(g_array_index(f->arrows, mpt_arrow, 7).kind, MPT_ARROW_RETRANSMITTED);
    assert_int_equal(f->slowest_ns, DELAY);
    mpt_flow_free(f);
    mpt_metrics_clear(&v);
    g_ptr_array_unref(x.connections);
    mpt_path_collector_free(x.paths);
    mpt_vantage_engines_free(x.points);
    mpt_recorder_free(recorders[0]);
    mpt_recorder_free(recorders[1]);
    g_array_free(client, TRUE);
    g_array_free(server, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows__each_level__every_arrow_in_one_row),
        cmocka_unit_test(test_rows__a_signal_or_a_pause__ends_a_run),
        cmocka_unit_test(test_rows__filters__leave_out_the_rest),
        cmocka_unit_test(test_find__a_frame_of_a_run__its_row_at_each_level),
        cmocka_unit_test(test_label__each_kind__says_what_it_is),
        cmocka_unit_test(test_figures__a_run__says_all_that_is_known),
        cmocka_unit_test(test_layout__two_lanes__arrows_between_their_edges_in_their_rows),
        cmocka_unit_test(test_layout__many_lanes__none_gets_too_narrow),
        cmocka_unit_test(test_ends__a_segment_that_does_not_arrive__is_lost_and_the_others_have_their_delay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
