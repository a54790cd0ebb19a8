/* test_metrics.c - figures and conclusions of whole connections: windows of time, kinds,
 * closes, rates, shares.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "tap/engine/figures/metrics.h"
#include "tests/support/scene.h"

struct world {
    struct scene w;
    struct path a, b;
};

static struct world world_with(const mpt_engine_config *given)
{
    struct world x;
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    x.w = scene_of(mpt_engine_new(given ? given : &config));
    x.a = path_v4("192.0.2.1", 40000, "192.0.2.2", 80);
    x.b = path_v4("198.51.100.1", 40001, "192.0.2.2", 80);
    return x;
}

static mpt_connection_view view(struct world *x, guint id)
{
    mpt_connection_view v;
    GPtrArray *all;

    mpt_engine_flush(x->w.wire.engine);
    all = mpt_metrics_connections(x->w.wire.engine);
    mpt_metrics_connection(x->w.wire.engine, g_ptr_array_index(all, id), id, &v);
    g_ptr_array_unref(all);
    return v;
}

static void end(struct world *x, mpt_connection_view *v)
{
    mpt_metrics_clear(v);
    mpt_engine_free(x->w.wire.engine);
}

static void test_connection__one_segment_only__rates_are_null(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    v = view(&x, 0);
    assert_true(isnan(v.direction[MPT_C2S].bytes.throughput));
    assert_true(isnan(v.direction[MPT_C2S].data.goodput));
    assert_false(v.direction[MPT_S2C].bytes.data_duration.known);
    assert_true(isnan(v.subflows[0].direction[MPT_S2C].share));
    end(&x, &v);
}

static void test_connection__goodput__to_the_ack_of_the_data_not_of_the_data_fin(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 1, 1000, dss(1, 1, 1000));
    x.w.wire.now_ns += 7000000; /* 8 ms after the payload */
    send_ack(&x.w, &x.a, 1, 1001, data_ack(1001));
    send_ack(&x.w, &x.a, 0, 1,
             option_dss(&(mpt_dss){
                 .has_mapping = true, .dsn_64bit = true, .data_fin = true, .dsn = 1001, .length = 1}));
    x.w.wire.now_ns += 500000000;
    send_ack(&x.w, &x.a, 1, 1001, data_ack(1002));
    v = view(&x, 0);
    assert_int_equal(v.direction[MPT_C2S].data.acked_bytes.value, 1000);
    assert_int_equal(v.direction[MPT_C2S].data.data_fin.value, 1001);
    assert_int_equal(v.direction[MPT_C2S].data.data_ack_max.value, 1002);
    assert_true(fabs(v.direction[MPT_C2S].data.goodput - 8 * 1000 / 0.008) < 1e-6);
    end(&x, &v);
}

static void test_connection__window_of_time__only_what_lies_in_it(void **state)
{
    mpt_engine_config config;
    struct world x;
    mpt_connection_view v;

    (void)state;
    mpt_engine_config_default(&config);
    config.has_from = config.has_to = true;
    config.from_ns = 100000000;
    config.to_ns = 200000000;
    x = world_with(&config);
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100)); /* before */
    send_ack(&x.w, &x.a, 1, 101, data_ack(101));
    x.w.wire.now_ns = WIRE_START_NS + 150000000;
    send_data(&x.w, &x.b, 0, 1, 100, dss(1, 1, 100)); /* reinjected, of bytes seen before the window */
    send_data(&x.w, &x.b, 0, 101, 50, dss(101, 101, 50));
    send_ack(&x.w, &x.b, 1, 151, data_ack(151));
    x.w.wire.now_ns = WIRE_START_NS + 200000000; /* its end is not in it */
    send_data(&x.w, &x.b, 0, 151, 50, dss(151, 151, 50));
    v = view(&x, 0);
    assert_int_equal(v.subflow_count, 2);
    assert_true(v.host[0].key_known);
    assert_int_equal(v.direction[MPT_C2S].bytes.payload_bytes, 150);
    assert_int_equal(v.direction[MPT_C2S].bytes.first_bytes, 50);
    assert_int_equal(v.direction[MPT_C2S].bytes.reinjected_bytes, 100);
    assert_int_equal(v.direction[MPT_C2S].data.dsn_first.value, 101);
    assert_int_equal(v.direction[MPT_C2S].data.dsn_end.value, 151);
    assert_int_equal(v.direction[MPT_C2S].data.acked_bytes.value, 50);
    end(&x, &v);
}

static void test_connection__bytes_before_and_after_the_window__no_gap(void **state)
{
    mpt_engine_config config;
    struct world x;
    mpt_connection_view v;

    (void)state;
    mpt_engine_config_default(&config);
    config.has_from = config.has_to = true;
    config.from_ns = 100000000;
    config.to_ns = 200000000;
    x = world_with(&config);
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.a, 0, 1, 100, dss(101, 1, 100)); /* before */
    x.w.wire.now_ns = WIRE_START_NS + 150000000;
    send_data(&x.w, &x.b, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.b, 0, 101, 100, dss(401, 101, 100)); /* 201..400 are missing */
    x.w.wire.now_ns = WIRE_START_NS + 250000000;
    send_data(&x.w, &x.b, 0, 201, 50, dss(201, 201, 50)); /* after */
    v = view(&x, 0);
    assert_int_equal(v.direction[MPT_C2S].data.dsn_unique_bytes, 200);
    assert_int_equal(v.direction[MPT_C2S].data.dsn_first.value, 1);
    assert_int_equal(v.direction[MPT_C2S].data.dsn_end.value, 501);
    assert_int_equal(v.direction[MPT_C2S].data.dsn_gap_bytes, 150);
    end(&x, &v);
}

static void test_connection__bytes_never_sent__gap(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.a, 0, 201, 100, dss(201, 201, 100));
    v = view(&x, 0);
    assert_int_equal(v.direction[MPT_C2S].data.dsn_unique_bytes, 200);
    assert_int_equal(v.direction[MPT_C2S].data.dsn_gap_bytes, 100);
    end(&x, &v);
}

static void test_connection__gap_filled_later__out_of_order_and_longest_wait(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.a, 0, 101, 100, dss(301, 101, 100)); /* hole 101..300 */
    send_data(&x.w, &x.b, 0, 1, 100, dss(201, 1, 100));     /* 1 ms later */
    x.w.wire.now_ns += 8000000;
    send_data(&x.w, &x.b, 0, 101, 100, dss(101, 101, 100)); /* 10 ms after the hole came */
    v = view(&x, 0);
    assert_int_equal(v.direction[MPT_C2S].data.out_of_order_segments.value, 2);
    assert_int_equal(v.direction[MPT_C2S].data.out_of_order_bytes.value, 200);
    assert_int_equal(v.direction[MPT_C2S].data.reorder_delay.ns, 10000000);
    end(&x, &v);
}

/* Subflow a carries DSN 101 to 200 of the client before it says so; b carries what else there is. */
static void maps_late(struct world *x)
{
    send_ack(&x->w, &x->a, 0, 1, dss(101, 101, 100));
}

static void test_connection__mapped_late_into_a_gap_that_was_there__out_of_order_when_it_came(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.b, 0, 1, 100, dss(201, 1, 100));
    x.w.wire.now_ns += 4000000;
    send_data(&x.w, &x.a, 0, 101, 100, no_option()); /* 5 ms after the gap came */
    x.w.wire.now_ns += 50000000;
    maps_late(&x);
    v = view(&x, 0);
    assert_true(v.direction[MPT_C2S].data.out_of_order_bytes.known);
    assert_int_equal(v.direction[MPT_C2S].data.out_of_order_bytes.value, 100);
    assert_int_equal(v.direction[MPT_C2S].data.out_of_order_segments.value, 1);
    assert_int_equal(v.direction[MPT_C2S].data.reorder_delay.ns, 5000000);
    end(&x, &v);
}

static void test_connection__mapped_late_before_the_gap__in_order(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.a, 0, 101, 100, no_option());
    send_data(&x.w, &x.b, 0, 1, 100, dss(201, 1, 100));
    maps_late(&x);
    v = view(&x, 0);
    assert_true(v.direction[MPT_C2S].data.out_of_order_bytes.known);
    assert_int_equal(v.direction[MPT_C2S].data.out_of_order_bytes.value, 0);
    assert_false(v.direction[MPT_C2S].data.reorder_delay.known);
    end(&x, &v);
}

static void test_connection__mapped_late_with_others_in_between__order_not_known(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.a, 0, 1, 50, dss(1, 1, 50));
    send_data(&x.w, &x.a, 0, 101, 100, no_option());
    send_data(&x.w, &x.b, 0, 1, 50, dss(51, 1, 50)); /* below what came, but nobody knew */
    maps_late(&x);
    v = view(&x, 0);
    assert_false(v.direction[MPT_C2S].data.out_of_order_bytes.known);
    assert_int_equal(v.direction[MPT_C2S].bytes.first_bytes, 200);
    end(&x, &v);
}

static void test_connection__segment_that_fills_a_hole__its_round_trip_time(void **state)
{
    mpt_engine_config config;
    struct world x;
    mpt_connection_view v;

    (void)state;
    mpt_engine_config_default(&config);
    config.want_rtt = true;
    x = world_with(&config);
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.a, 0, 201, 100, dss(201, 201, 100));
    send_data(&x.w, &x.a, 0, 101, 100, dss(101, 101, 100));
    send_data(&x.w, &x.a, 0, 201, 100, dss(201, 201, 100)); /* these were there: no sample */
    send_ack(&x.w, &x.a, 1, 301, data_ack(301));
    v = view(&x, 0);
    assert_int_equal(v.subflows[0].direction[MPT_C2S].rtt.samples, 2);
    assert_int_equal(v.subflows[0].direction[MPT_C2S].rtt.min_ns, 2000000);
    assert_int_equal(v.subflows[0].direction[MPT_C2S].rtt.max_ns, 4000000);
    end(&x, &v);
}

static void test_connection__fast_open_without_its_synack__first_byte_is_after_the_syn_data(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    x.w.hosts.key[0] = KEY_A;
    x.w.hosts.key[1] = KEY_B;
    send_syn(&x.w, &x.a, 100, capable(&x.w, 0, 0));
    send_ack(&x.w, &x.a, 0, 1, capable(&x.w, 0, 2));
    send_data(&x.w, &x.a, 0, 101, 50, dss(1, 1, 50));
    v = view(&x, 0);
    assert_int_equal(v.subflows[0].subflow->half[0].ssn_shift, 100);
    assert_int_equal(v.direction[MPT_C2S].data.dsn_end.value, 51);
    end(&x, &v);
}

static void test_connections__above_the_limit__a_tcp_connection_counts_once(void **state)
{
    mpt_engine_config config;
    struct world x;
    mpt_connection_view v;

    (void)state;
    mpt_engine_config_default(&config);
    config.max_connections = 1;
    x = world_with(&config);
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_capable(&x.w, &x.b, KEY_A + 1, KEY_B + 1);
    send_data(&x.w, &x.b, 0, 1, 100, dss(1, 1, 100));
    v = view(&x, 0);
    assert_int_equal(mpt_engine_get_counts(x.w.wire.engine)->connections_dropped, 1);
    assert_int_equal(mpt_metrics_plain_tcp(x.w.wire.engine), 0);
    end(&x, &v);
}

static void test_connection__fastclose__close_by_its_sender(void **state)
{
    struct world x = world_with(NULL);
    mpt_option o = {.subtype = MPT_MP_FASTCLOSE, .length = 12, .fastclose = {.receiver_key = KEY_B}};
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_flags(&x.w, &x.a, 0, MPT_TCP_RST | MPT_TCP_ACK, o);
    v = view(&x, 0);
    assert_int_equal(v.close, MPT_CLOSE_FASTCLOSE);
    assert_int_equal(v.close_by.value, 0);
    end(&x, &v);
}

static void test_connection__synack_options_cut__no_fallback_is_concluded(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;
    mpt_segment g;

    (void)state;
    send_syn(&x.w, &x.a, 0, capable(&x.w, 0, 0));
    memset(&g, 0, sizeof g);
    g.time_ns = x.w.wire.now_ns;
    g.frame = ++x.w.wire.frame;
    g.presence = MPT_SEGMENT_CUT_OPTIONS;
    g.src = x.a.flow.ends[1];
    g.dst = x.a.flow.ends[0];
    g.seq = x.a.flow.isn[1];
    g.ack = x.a.flow.isn[0] + 1;
    g.flags = MPT_TCP_SYN | MPT_TCP_ACK;
    mpt_engine_feed(x.w.wire.engine, &g);
    send_data(&x.w, &x.a, 0, 1, 100, no_option());
    v = view(&x, 0);
    assert_int_equal(v.kind, MPT_KIND_MPTCP);
    assert_true(v.fallback != MPT_FALLBACK_SYNACK && v.fallback != MPT_FALLBACK_NO_DSS);
    end(&x, &v);
}

static const mpt_event *event_of(const GArray *events, mpt_event_type type)
{
    guint i;

    for (i = 0; i < events->len; i++)
        if (g_array_index(events, mpt_event, i).type == type)
            return &g_array_index(events, mpt_event, i);
    return NULL;
}

static void test_connection__add_addr_and_join_before_any_dss__partial_with_their_events(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;
    GArray *events;

    (void)state;
    x.w.hosts.key[0] = KEY_A;
    x.w.hosts.key[1] = KEY_B;
    send_flags(&x.w, &x.a, 1, MPT_TCP_ACK, option_add_addr(&x.w.hosts, 1, 3, "192.0.2.9"));
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_ack(&x.w, &x.b, 0, 1, join_option(&x.w, &x.b, MPT_JOIN_ACK, 0));
    send_data(&x.w, &x.b, 0, 1, 100, dss(101, 1, 100));
    v = view(&x, 0);
    assert_int_equal(v.kind, MPT_KIND_MPTCP_PARTIAL);
    assert_int_equal(v.subflow_count, 2);
    assert_int_equal(v.subflows[0].subflow->kind, MPT_SUBFLOW_UNKNOWN);
    assert_int_equal(mpt_metrics_plain_tcp(x.w.wire.engine), 0);
    events = mpt_metrics_events(v.connection);
    assert_non_null(event_of(events, MPT_EVENT_ADD_ADDR));
    assert_int_equal(event_of(events, MPT_EVENT_ADD_ADDR)->frame, 1);
    assert_non_null(event_of(events, MPT_EVENT_MP_JOIN));
    g_array_unref(events);
    end(&x, &v);
}

static void test_connection__fastclose_before_any_dss__survives_the_merge(void **state)
{
    struct world x = world_with(NULL);
    mpt_option o = {.subtype = MPT_MP_FASTCLOSE, .length = 12, .fastclose = {.receiver_key = KEY_B}};
    mpt_connection_view v;

    (void)state;
    x.w.hosts.key[0] = KEY_A;
    x.w.hosts.key[1] = KEY_B;
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_flags(&x.w, &x.b, 0, MPT_TCP_ACK, o);
    send_data(&x.w, &x.b, 0, 1, 100, dss(101, 1, 100));
    v = view(&x, 0);
    assert_int_equal(v.subflow_count, 2);
    assert_int_equal(v.close, MPT_CLOSE_FASTCLOSE);
    assert_int_equal(v.close_by.value, 0);
    end(&x, &v);
}

static void test_connection__all_data_in_mp_capable_so_far__no_fallback(void **state)
{
    struct world x = world_with(NULL);
    mpt_option o;
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    o = capable(&x.w, 0, 2);
    o.capable.has_data = true;
    o.capable.data_len = 100;
    o.length = 22;
    send_data(&x.w, &x.a, 0, 1, 100, o);
    v = view(&x, 0);
    assert_int_equal(v.direction[MPT_C2S].bytes.first_bytes, 100);
    assert_int_equal(v.fallback, MPT_FALLBACK_NONE);
    mpt_metrics_clear(&v);
    send_data(&x.w, &x.a, 0, 101, 100, no_option()); /* frame 5 */
    send_data(&x.w, &x.a, 0, 201, 100, no_option());
    v = view(&x, 0);
    assert_int_equal(v.fallback, MPT_FALLBACK_NO_DSS);
    GArray *events = mpt_metrics_events(v.connection);
    assert_int_equal(event_of(events, MPT_EVENT_FALLBACK)->frame, 5);
    g_array_unref(events);
    end(&x, &v);
}

static void test_connection__synack_missing__fallback_by_the_third_ack(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    send_syn(&x.w, &x.a, 0, capable(&x.w, 0, 0));
    send_ack(&x.w, &x.a, 0, 1, no_option());
    send_data(&x.w, &x.a, 0, 1, 100, no_option());
    v = view(&x, 0);
    assert_int_equal(v.kind, MPT_KIND_TCP);
    assert_int_equal(v.fallback, MPT_FALLBACK_ACK);
    assert_int_equal(v.direction[MPT_C2S].bytes.unmapped_bytes, 0);
    end(&x, &v);
}

static void test_connection__v0_syn_without_answer__its_key(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    x.w.hosts.version = MPT_V0;
    x.w.hosts.key[0] = KEY_A;
    send_syn(&x.w, &x.a, 0, capable(&x.w, 0, 1));
    v = view(&x, 0);
    assert_int_equal(v.kind, MPT_KIND_UNANSWERED);
    assert_true(v.host[0].key_known);
    assert_true(v.host[0].key == KEY_A);
    end(&x, &v);
}

static void test_connection__only_the_third_ack__checksums_as_it_says_or_not_known(void **state)
{
    bool flag;

    (void)state;
    for (flag = false;; flag = true) {
        struct world x = world_with(NULL);
        mpt_connection_view v;
        mpt_option o;

        x.w.hosts.key[0] = KEY_A;
        x.w.hosts.key[1] = KEY_B;
        o = capable(&x.w, 0, 2);
        o.capable.checksum_required = flag;
        o.capable.flags |= flag ? 0x80 : 0;
        send_ack(&x.w, &x.a, 0, 1, o);
        v = view(&x, 0);
        assert_int_equal(v.checksum_required.known, flag);
        assert_true(!flag || v.checksum_required.value);
        end(&x, &v);
        if (flag)
            break;
    }
}

static void test_connection__mapping_lost_on_only_subflow__dss_lost(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.a, 0, 101, 100, no_option()); /* frame 5 */
    send_ack(&x.w, &x.a, 1, 201, no_option());
    v = view(&x, 0);
    GArray *events = mpt_metrics_events(v.connection);
    assert_int_equal(event_of(events, MPT_EVENT_FALLBACK)->frame, 5);
    g_array_unref(events);
    assert_int_equal(v.fallback, MPT_FALLBACK_DSS_LOST);
    assert_int_equal(v.direction[MPT_C2S].bytes.fallback_bytes, 100);
    assert_int_equal(v.direction[MPT_C2S].data.dsn_end.value, 201);
    end(&x, &v);
}

static void test_connections__file_order_differs__ids_by_first_frame(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v;

    (void)state;
    x.w.wire.now_ns += 500000000;
    open_capable(&x.w, &x.a, KEY_A, KEY_B); /* first in the file, later in time */
    x.w.wire.now_ns -= 400000000;
    open_capable(&x.w, &x.b, KEY_B, KEY_A);
    v = view(&x, 0);
    assert_true(v.end[0].port == 40000);
    end(&x, &v);
}

static void test_next__two_connections__both_in_order_and_then_none(void **state)
{
    struct world x = world_with(NULL);
    mpt_connection_view v = {0};
    GPtrArray *all;

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_capable(&x.w, &x.b, KEY_B + 1, KEY_A + 1);
    mpt_engine_flush(x.w.wire.engine);
    all = mpt_metrics_connections(x.w.wire.engine);
    for (guint id = 0; id < 2; id++) {
        assert_true(mpt_metrics_next(x.w.wire.engine, all, &v));
        assert_int_equal(v.id, id);
        assert_ptr_equal(v.connection, g_ptr_array_index(all, id));
    }
    assert_false(mpt_metrics_next(x.w.wire.engine, all, &v));
    assert_null(v.subflows);
    g_ptr_array_unref(all);
    mpt_engine_free(x.w.wire.engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connection__one_segment_only__rates_are_null),
        cmocka_unit_test(test_connection__goodput__to_the_ack_of_the_data_not_of_the_data_fin),
        cmocka_unit_test(test_connection__window_of_time__only_what_lies_in_it),
        cmocka_unit_test(test_connection__bytes_before_and_after_the_window__no_gap),
        cmocka_unit_test(test_connection__bytes_never_sent__gap),
        cmocka_unit_test(test_connection__gap_filled_later__out_of_order_and_longest_wait),
        cmocka_unit_test(test_connection__mapped_late_into_a_gap_that_was_there__out_of_order_when_it_came),
        cmocka_unit_test(test_connection__mapped_late_before_the_gap__in_order),
        cmocka_unit_test(test_connection__mapped_late_with_others_in_between__order_not_known),
        cmocka_unit_test(test_connection__segment_that_fills_a_hole__its_round_trip_time),
        cmocka_unit_test(test_connection__fast_open_without_its_synack__first_byte_is_after_the_syn_data),
        cmocka_unit_test(test_connections__above_the_limit__a_tcp_connection_counts_once),
        cmocka_unit_test(test_connection__fastclose__close_by_its_sender),
        cmocka_unit_test(test_connection__synack_options_cut__no_fallback_is_concluded),
        cmocka_unit_test(test_connection__add_addr_and_join_before_any_dss__partial_with_their_events),
        cmocka_unit_test(test_connection__fastclose_before_any_dss__survives_the_merge),
        cmocka_unit_test(test_connection__all_data_in_mp_capable_so_far__no_fallback),
        cmocka_unit_test(test_connection__synack_missing__fallback_by_the_third_ack),
        cmocka_unit_test(test_connection__v0_syn_without_answer__its_key),
        cmocka_unit_test(test_connection__only_the_third_ack__checksums_as_it_says_or_not_known),
        cmocka_unit_test(test_connection__mapping_lost_on_only_subflow__dss_lost),
        cmocka_unit_test(test_connections__file_order_differs__ids_by_first_frame),
        cmocka_unit_test(test_next__two_connections__both_in_order_and_then_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
