/* test_acked.c - when data, FINs and handshakes were acknowledged, where the capture lacks segments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include "tests/support/world.h"

/* 300 bytes that take that long to be acknowledged: their rate. */
static double rate_of(int64_t ms)
{
    return 8.0 * 300 / (double)ms * 1000;
}

static mpt_option data_fin(uint64_t dsn)
{
    return option_dss(
        &(mpt_dss){.has_mapping = true, .dsn_64bit = true, .data_fin = true, .dsn = dsn, .length = 1});
}

static void test_goodput__data_fin_seen_after_its_ack__ends_when_the_data_was_reached(void **state)
{
    struct world x = new_world();
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 1, 1, 300, dss(1, 1, 300));
    send_ack(&x.w, &x.a, 0, 301, data_ack(301)); /* 1 ms later */
    x.w.wire.now_ns += 20 * MS;
    send_ack(&x.w, &x.a, 0, 301, data_ack(302)); /* frame 6, the DATA_FIN's */
    x.w.wire.now_ns += 20 * MS;
    send_ack(&x.w, &x.a, 1, 1, data_fin(301)); /* a second copy */
    send_ack(&x.w, &x.a, 0, 301, data_ack(302));
    send_ack(&x.w, &x.a, 0, 301, data_fin(1));
    send_ack(&x.w, &x.a, 1, 1, data_ack(2));
    v = view_world(&x);
    assert_int_equal(v.direction[MPT_S2C].data.acked_bytes.value, 300);
    assert_true(fabs(v.direction[MPT_S2C].data.goodput - rate_of(1)) < 1);
    assert_int_equal(v.close, MPT_CLOSE_DATA_FIN);
    assert_int_equal(v.close_time.ns, 49 * MS);
    end_world(&x, &v);
}

static void test_goodput__data_ack_jumps_over_data_and_data_fin__ends_there(void **state)
{
    struct world x = new_world();
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 1, 1, 300, dss(1, 1, 300));
    send_ack(&x.w, &x.a, 0, 201, data_ack(201));
    send_ack(&x.w, &x.a, 0, 301, data_ack(302)); /* 2 ms */
    send_ack(&x.w, &x.a, 1, 1, data_fin(301));
    send_ack(&x.w, &x.a, 0, 301, data_ack(302));
    v = view_world(&x);
    assert_true(fabs(v.direction[MPT_S2C].data.goodput - rate_of(2)) < 1);
    end_world(&x, &v);
}

static void open_plain(struct world *x)
{
    x->w.hosts.key[0] = KEY_A;
    send_syn(&x->w, &x->a, 0, capable(&x->w, 0, 0));
    send_synack(&x->w, &x->a, 1, no_option());
    send_ack(&x->w, &x->a, 0, 1, no_option());
}

static void test_goodput__fin_of_plain_tcp_seen_after_its_ack__ends_when_the_data_was_reached(void **state)
{
    struct world x = new_world();
    mpt_connection_view v;

    (void)state;
    open_plain(&x);
    send_data(&x.w, &x.a, 0, 1, 300, no_option());
    send_ack(&x.w, &x.a, 1, 301, no_option()); /* 1 ms later */
    x.w.wire.now_ns += 20 * MS;
    send_ack(&x.w, &x.a, 1, 302, no_option());
    send_flags(&x.w, &x.a, 0, MPT_TCP_FIN | MPT_TCP_ACK, no_option());
    v = view_world(&x);
    assert_int_equal(v.direction[MPT_C2S].data.acked_bytes.value, 300);
    assert_true(fabs(v.direction[MPT_C2S].data.goodput - rate_of(1)) < 1);
    end_world(&x, &v);
}

static void test_close__fins_of_plain_tcp__when_both_are_acknowledged(void **state)
{
    struct world x = new_world();
    mpt_connection_view v;

    (void)state;
    open_plain(&x);
    send_flags(&x.w, &x.a, 1, MPT_TCP_FIN | MPT_TCP_ACK, no_option());
    send_ack(&x.w, &x.a, 0, 2, no_option());
    send_flags(&x.w, &x.a, 0, MPT_TCP_FIN | MPT_TCP_ACK, no_option()); /* frame 6 */
    x.w.wire.now_ns += 9 * MS;
    send_ack(&x.w, &x.a, 1, 2, no_option()); /* at 15 ms */
    v = view_world(&x);
    assert_int_equal(v.close, MPT_CLOSE_DATA_FIN);
    assert_int_equal(v.close_by.value, MPT_SERVER);
    assert_true(v.close_time.known);
    assert_int_equal(v.close_time.ns, 15 * MS);
    end_world(&x, &v);
}

static void test_close__last_ack_of_plain_tcp_not_in_the_capture__time_is_null(void **state)
{
    struct world x = new_world();
    mpt_connection_view v;

    (void)state;
    open_plain(&x);
    send_flags(&x.w, &x.a, 0, MPT_TCP_FIN | MPT_TCP_ACK, no_option());
    put(&x.w, &x.a, 1, MPT_TCP_FIN | MPT_TCP_ACK, 1, 2, 0, no_option());
    v = view_world(&x);
    assert_int_equal(v.close, MPT_CLOSE_DATA_FIN);
    assert_int_equal(v.close_by.value, MPT_CLIENT);
    assert_false(v.close_time.known);
    end_world(&x, &v);
}

/* A join whose third ACK is not in the capture; what comes next has its option again. */
static mpt_connection_view join_without_third_ack(struct world *x, uint32_t ack, uint32_t length)
{
    open_capable(&x->w, &x->a, KEY_A, KEY_B);
    send_syn(&x->w, &x->b, 0, join_option(&x->w, &x->b, MPT_JOIN_SYN, 1));
    send_synack(&x->w, &x->b, 1, join_option(&x->w, &x->b, MPT_JOIN_SYNACK, 0));
    x->w.wire.now_ns += 30 * MS;
    put(&x->w, &x->b, 0, MPT_TCP_ACK, 1, ack, length, join_option(&x->w, &x->b, MPT_JOIN_ACK, 0));
    return view_world(x);
}

static void test_join__its_option_on_data__no_latency(void **state)
{
    struct world x = new_world();
    mpt_connection_view v = join_without_third_ack(&x, 1, 100);

    (void)state;
    assert_false(v.subflows[1].join_latency.known);
    assert_false(v.subflows[1].synack_to_ack.known);
    assert_true(v.subflows[1].syn_to_synack.known);
    end_world(&x, &v);
}

static void test_join__its_option_on_a_later_ack__no_latency(void **state)
{
    struct world x = new_world();
    mpt_connection_view v = join_without_third_ack(&x, 101, 0);

    (void)state;
    assert_false(v.subflows[1].join_latency.known);
    assert_false(v.subflows[1].synack_to_ack.known);
    end_world(&x, &v);
}

static void test_join__third_ack__latency(void **state)
{
    struct world x = new_world();
    mpt_connection_view v = join_without_third_ack(&x, 1, 0);

    (void)state;
    assert_true(v.subflows[1].join_latency.known);
    assert_int_equal(v.subflows[1].join_latency.ns, 32 * MS);
    assert_int_equal(v.subflows[1].synack_to_ack.ns, 31 * MS);
    end_world(&x, &v);
}

/* --- rtt.data --- */

static struct world rtt_world(void)
{
    struct world x = new_world();
    mpt_engine_config config;

    mpt_engine_free(x.w.wire.engine);
    mpt_engine_config_default(&config);
    config.want_rtt = true;
    x.w.wire.engine = mpt_engine_new(&config);
    return x;
}

static void expect_rtt(struct world *x, mpt_direction direction, unsigned samples, int64_t min_ms,
                       int64_t max_ms)
{
    mpt_connection_view v = view_world(x);
    const mpt_rtt_figures *f = &v.direction[direction].data.rtt;

    assert_int_equal(f->samples, samples);
    assert_int_equal(f->min_ns, min_ms * MS);
    assert_int_equal(f->max_ns, max_ms * MS);
    end_world(x, &v);
}

static void test_rtt__data_ack_over_a_gap__samples_of_all_before(void **state)
{
    struct world x = rtt_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.a, 0, 301, 100, dss(301, 301, 100));
    send_ack(&x.w, &x.a, 1, 401, data_ack(401));
    send_data(&x.w, &x.a, 0, 101, 100, dss(101, 101, 100)); /* it had been acknowledged */
    send_data(&x.w, &x.a, 0, 401, 100, dss(401, 401, 100));
    send_ack(&x.w, &x.a, 1, 451, data_ack(451)); /* not all of it */
    x.w.wire.now_ns += 5 * MS;
    send_ack(&x.w, &x.a, 1, 501, data_ack(501));
    expect_rtt(&x, MPT_C2S, 3, 1, 7);
}

static void test_rtt__mapping_comes_after_the_data_ack__sample_of_that_data_ack(void **state)
{
    struct world x = rtt_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.a, 0, 101, 100, no_option());
    send_data(&x.w, &x.a, 0, 201, 100, no_option());
    send_ack(&x.w, &x.a, 1, 201, data_ack(151)); /* 3 ms after the first, and half of the second */
    send_ack(&x.w, &x.a, 1, 201, data_ack(201)); /* 3 ms after the second */
    x.w.wire.now_ns += 9 * MS;
    send_ack(&x.w, &x.a, 0, 1, dss(101, 101, 200));
    send_ack(&x.w, &x.a, 1, 301, data_ack(301)); /* 13 ms after the third */
    expect_rtt(&x, MPT_C2S, 3, 3, 13);
}

static void test_rtt__connection_known_after_the_data_ack__sample_of_that_data_ack(void **state)
{
    struct world x = rtt_world();

    (void)state;
    x.w.hosts.key[0] = KEY_A; /* no handshake of a; b's join tells nothing of a */
    x.w.hosts.key[1] = KEY_B;
    send_data(&x.w, &x.a, 0, 1, 100, dss32(1, 1, 100));
    send_data(&x.w, &x.b, 1, 1, 100, dss(1, 1, 100));
    send_ack(&x.w, &x.b, 1, 1, data_ack(101)); /* 2 ms: of another connection, as it seems */
    x.w.wire.now_ns += 5 * MS;
    send_data(&x.w, &x.a, 0, 101, 100, dss(101, 101, 100)); /* its numbers show that it is not */
    send_ack(&x.w, &x.b, 1, 1, data_ack(201));
    expect_rtt(&x, MPT_C2S, 2, 1, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goodput__data_fin_seen_after_its_ack__ends_when_the_data_was_reached),
        cmocka_unit_test(test_goodput__data_ack_jumps_over_data_and_data_fin__ends_there),
        cmocka_unit_test(test_goodput__fin_of_plain_tcp_seen_after_its_ack__ends_when_the_data_was_reached),
        cmocka_unit_test(test_close__fins_of_plain_tcp__when_both_are_acknowledged),
        cmocka_unit_test(test_close__last_ack_of_plain_tcp_not_in_the_capture__time_is_null),
        cmocka_unit_test(test_rtt__data_ack_over_a_gap__samples_of_all_before),
        cmocka_unit_test(test_rtt__mapping_comes_after_the_data_ack__sample_of_that_data_ack),
        cmocka_unit_test(test_rtt__connection_known_after_the_data_ack__sample_of_that_data_ack),
        cmocka_unit_test(test_join__its_option_on_data__no_latency),
        cmocka_unit_test(test_join__its_option_on_a_later_ack__no_latency),
        cmocka_unit_test(test_join__third_ack__latency),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
