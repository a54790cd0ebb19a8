/* test_arrows.c - the arrows of a connection: what each stands for, in order, each byte once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tap/engine/graphs/arrows.h"
#include "tests/support/segments.h"

static const hosts HOSTS = {.version = MPT_V1, .key = {0x0102030405060708, 0x1112131415161718}};

struct scene {
    wire wire;
    flow first, second;
    mpt_recorder *recorder;
    GPtrArray *connections;
    mpt_connection_view view;
    GArray *arrows;
};

static void begin_with(struct scene *s, const mpt_engine_config *config)
{
    memset(s, 0, sizeof *s);
    wire_open(&s->wire, config);
    s->recorder = mpt_recorder_new(s->wire.engine, false);
    mpt_engine_observe(s->wire.engine, &mpt_recorder_observer, s->recorder);
    s->first = flow_between(&s->wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    s->second = flow_between(&s->wire, "198.51.100.1", 40001, "192.0.2.2", 443, 1);
}

static void begin(struct scene *s)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    config.want_frames = true;
    begin_with(s, &config);
}

/* The handshakes of both subflows: frames 1 to 6. */
static void begin_open(struct scene *s)
{
    begin(s);
    flow_open_capable(&s->first, &HOSTS);
    flow_open_join(&s->second, &HOSTS, 0, (const uint8_t[]){1, 0}, false);
}

static void draw(struct scene *s)
{
    mpt_engine_flush(s->wire.engine);
    s->connections = mpt_metrics_connections(s->wire.engine);
    assert_int_equal(s->connections->len, 1);
    mpt_metrics_connection(s->wire.engine, g_ptr_array_index(s->connections, 0), 0, &s->view);
    s->arrows = mpt_arrows_new(s->recorder, &s->view);
}

static void end(struct scene *s)
{
    g_array_unref(s->arrows);
    mpt_metrics_clear(&s->view);
    g_ptr_array_unref(s->connections);
    mpt_recorder_free(s->recorder);
    mpt_engine_free(s->wire.engine);
}

static const mpt_arrow *at(const struct scene *s, guint i)
{
    assert_true(i < s->arrows->len);
    return &g_array_index(s->arrows, mpt_arrow, i);
}

static void is(const struct scene *s, guint i, uint32_t frame, mpt_arrow_kind kind, int64_t number,
               uint32_t length)
{
    const mpt_arrow *a = at(s, i);

    assert_int_equal(a->frame, frame);
    assert_int_equal(a->kind, kind);
    assert_int_equal(a->number, number);
    assert_int_equal(a->length, length);
}

static uint64_t bytes_of(const struct scene *s, mpt_arrow_kind kind)
{
    uint64_t bytes = 0;

    for (guint i = 0; i < s->arrows->len; i++)
        bytes += at(s, i)->kind == kind ? at(s, i)->length : 0;
    return bytes;
}

static void test_arrows__two_subflows__each_packet_by_what_it_is(void **state)
{
    struct scene s;

    (void)state;
    begin_open(&s);
    flow_send_data(&s.first, 0, &HOSTS, 0, 1, 1000);    /* 7 */
    flow_send_data(&s.second, 0, &HOSTS, 0, 2001, 500); /* 8 */
    flow_send_data(&s.first, 0, &HOSTS, 0, 1001, 1000); /* 9: below 8 */
    flow_send_data(&s.second, 0, &HOSTS, 0, 801, 200);  /* 10: reinjected */
    flow_send_data_ack(&s.first, 1, &HOSTS, 1, 2001);   /* 11 */
    s.first.next[0] -= 1000;
    flow_send_data(&s.first, 0, &HOSTS, 0, 1001, 1000); /* 12: retransmitted */
    flow_send_data_fin(&s.first, 0, &HOSTS, 0, 2501);
    draw(&s);
    assert_int_equal(s.arrows->len, 13);
    is(&s, 0, 1, MPT_ARROW_TCP, 0, 0);
    assert_true(at(&s, 0)->flags & MPT_ARROW_SYN);
    is(&s, 6, 7, MPT_ARROW_NEW, 1, 1000);
    assert_int_equal(at(&s, 6)->flags, MPT_ARROW_NUMBERED);
    assert_int_equal(at(&s, 6)->time_ns, 6000000);
    is(&s, 7, 8, MPT_ARROW_NEW, 2001, 500);
    assert_int_equal(at(&s, 7)->subflow, 1);
    is(&s, 8, 9, MPT_ARROW_NEW, 1001, 1000);
    assert_true(at(&s, 8)->flags & MPT_ARROW_OUT_OF_ORDER);
    is(&s, 9, 10, MPT_ARROW_REINJECTED, 801, 200);
    is(&s, 10, 11, MPT_ARROW_DATA_ACK, 2001, 0);
    assert_int_equal(at(&s, 10)->direction, MPT_S2C);
    is(&s, 11, 12, MPT_ARROW_RETRANSMITTED, 1001, 1000);
    is(&s, 12, 13, MPT_ARROW_TCP, 0, 0);
    end(&s);
}

static void test_arrows__one_segment_of_two_kinds__two_arrows_of_one_packet(void **state)
{
    struct scene s;

    (void)state;
    begin_open(&s);
    flow_send_data(&s.first, 0, &HOSTS, 0, 1, 1000);   /* 7 */
    flow_send_data(&s.second, 0, &HOSTS, 0, 801, 500); /* 8: 200 of them again */
    draw(&s);
    assert_int_equal(s.arrows->len, 9);
    is(&s, 7, 8, MPT_ARROW_REINJECTED, 801, 200);
    is(&s, 8, 8, MPT_ARROW_NEW, 1001, 300);
    assert_false(at(&s, 7)->flags & MPT_ARROW_MORE);
    assert_true(at(&s, 8)->flags & MPT_ARROW_MORE);
    end(&s);
}

/* A mapping for bytes that were sent without one before. */
static void map(flow *f, int64_t dsn, uint32_t ssn, uint16_t length)
{
    mpt_option o = option_dss(&(mpt_dss){
        .has_mapping = true, .dsn_64bit = true, .dsn = dsn_of(&HOSTS, 0, dsn), .ssn = ssn, .length = length});

    flow_send(f, 0, MPT_TCP_ACK, 0, &o, 1);
}

static void test_arrows__the_mapping_comes_later__one_arrow_at_the_time_of_the_bytes(void **state)
{
    struct scene s;

    (void)state;
    begin_open(&s);
    flow_send_data(&s.first, 0, &HOSTS, 0, 1, 100);     /* 7 */
    flow_send(&s.first, 0, MPT_TCP_ACK, 1000, NULL, 0); /* 8 */
    map(&s.first, 101, 101, 1000);                      /* 9 */
    flow_send(&s.first, 0, MPT_TCP_ACK, 50, NULL, 0);   /* 10: never mapped */
    draw(&s);
    assert_int_equal(s.arrows->len, 10);
    is(&s, 7, 8, MPT_ARROW_NEW, 101, 1000);
    is(&s, 8, 9, MPT_ARROW_TCP, 0, 0);
    is(&s, 9, 10, MPT_ARROW_UNMAPPED, 0, 50);
    assert_false(at(&s, 9)->flags & MPT_ARROW_NUMBERED);
    end(&s);
}

static void test_arrows__what_was_taken_for_the_first_copy__is_cut_where_it_was_none(void **state)
{
    struct scene s;

    (void)state;
    begin_open(&s);
    flow_send_data(&s.first, 0, &HOSTS, 0, 1, 100);     /* 7 */
    flow_send(&s.first, 0, MPT_TCP_ACK, 400, NULL, 0);  /* 8: 301 to 700, as turns out in 10 */
    flow_send_data(&s.second, 0, &HOSTS, 0, 101, 1000); /* 9: 101 to 1100 */
    map(&s.first, 301, 101, 400);                       /* 10 */
    draw(&s);
    assert_int_equal(s.arrows->len, 12);
    is(&s, 7, 8, MPT_ARROW_NEW, 301, 400);
    is(&s, 8, 9, MPT_ARROW_NEW, 101, 200);
    is(&s, 9, 9, MPT_ARROW_REINJECTED, 301, 400);
    is(&s, 10, 9, MPT_ARROW_NEW, 701, 400);
    assert_true(at(&s, 9)->flags & MPT_ARROW_MORE);
    assert_true(at(&s, 10)->flags & MPT_ARROW_MORE);
    assert_int_equal(bytes_of(&s, MPT_ARROW_NEW), s.view.direction[MPT_C2S].bytes.first_bytes);
    assert_int_equal(bytes_of(&s, MPT_ARROW_REINJECTED), s.view.direction[MPT_C2S].bytes.reinjected_bytes);
    end(&s);
}

static void test_arrows__fallback__bytes_without_a_mapping_are_new_data_with_numbers(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    flow_open_refused_capable(&s.first, &HOSTS);
    flow_send(&s.first, 0, MPT_TCP_ACK, 300, NULL, 0); /* 4 */
    flow_send(&s.first, 0, MPT_TCP_ACK, 200, NULL, 0); /* 5 */
    s.first.next[0] -= 200;
    flow_send(&s.first, 0, MPT_TCP_ACK, 200, NULL, 0); /* 6: again */
    draw(&s);
    assert_int_equal(s.arrows->len, 6);
    is(&s, 3, 4, MPT_ARROW_NEW, 1, 300);
    is(&s, 4, 5, MPT_ARROW_NEW, 301, 200);
    is(&s, 5, 6, MPT_ARROW_RETRANSMITTED, 301, 200);
    end(&s);
}

static void test_arrows__a_window_of_time__what_lies_in_it(void **state)
{
    mpt_engine_config config;
    struct scene s;

    (void)state;
    mpt_engine_config_default(&config);
    config.has_from = config.has_to = true;
    config.from_ns = 3000000;
    config.to_ns = 5000000;
    begin_with(&s, &config);
    flow_open_capable(&s.first, &HOSTS);
    for (int64_t i = 0; i < 4; i++)
        flow_send_data(&s.first, 0, &HOSTS, 0, 1 + 100 * i, 100);
    draw(&s);
    assert_int_equal(s.arrows->len, 2);
    is(&s, 0, 4, MPT_ARROW_NEW, 1, 100);
    is(&s, 1, 5, MPT_ARROW_NEW, 101, 100);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrows__two_subflows__each_packet_by_what_it_is),
        cmocka_unit_test(test_arrows__one_segment_of_two_kinds__two_arrows_of_one_packet),
        cmocka_unit_test(test_arrows__the_mapping_comes_later__one_arrow_at_the_time_of_the_bytes),
        cmocka_unit_test(test_arrows__what_was_taken_for_the_first_copy__is_cut_where_it_was_none),
        cmocka_unit_test(test_arrows__fallback__bytes_without_a_mapping_are_new_data_with_numbers),
        cmocka_unit_test(test_arrows__a_window_of_time__what_lies_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
