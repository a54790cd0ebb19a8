/* test_order.c - in which order bytes came: at the start of a stream, and after a fallback.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/world.h"

/* Of the first connection; segments -1: not known; delay_ms -1: null. */
static void expect_order(struct world *x, mpt_direction direction, int64_t segments, int64_t bytes,
                         int64_t delay_ms)
{
    mpt_connection_view v = view_world(x);
    const mpt_data_figures *f = &v.direction[direction].data;

    assert_int_equal(f->out_of_order_segments.known, segments >= 0);
    if (segments >= 0) {
        assert_int_equal(f->out_of_order_segments.value, segments);
        assert_int_equal(f->out_of_order_bytes.value, bytes);
        assert_int_equal(f->reorder_delay.known, delay_ms >= 0);
        if (delay_ms >= 0)
            assert_int_equal(f->reorder_delay.ns, delay_ms * MS);
    }
    end_world(x, &v);
}

static void test_order__first_segments_come_late__waited_since_the_first_that_came(void **state)
{
    struct world x = new_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 201, 100, dss(201, 201, 100));
    send_data(&x.w, &x.a, 0, 301, 100, dss(301, 301, 100));
    x.w.wire.now_ns += 8 * MS;
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100)); /* 10 ms after the first */
    x.w.wire.now_ns += 9 * MS;
    send_data(&x.w, &x.a, 0, 101, 100, dss(101, 101, 100)); /* 20 ms */
    expect_order(&x, MPT_C2S, 2, 200, 20);
}

static void test_order__first_segment_on_a_slower_path__waited(void **state)
{
    struct world x = new_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.b, 1, 1, 100, dss(101, 1, 100));
    x.w.wire.now_ns += 4 * MS;
    send_data(&x.w, &x.a, 1, 1, 100, dss(1, 1, 100));
    expect_order(&x, MPT_S2C, 1, 100, 5);
}

static void test_order__below_what_was_acknowledged_before_the_capture__no_wait(void **state)
{
    struct world x = new_world();

    (void)state;
    x.w.hosts.key[0] = KEY_A; /* no handshake: it began before the capture */
    x.w.hosts.key[1] = KEY_B;
    send_ack(&x.w, &x.a, 1, 1001, data_ack(1001));
    send_data(&x.w, &x.a, 0, 1101, 100, dss(1101, 1101, 100));
    send_data(&x.w, &x.a, 0, 901, 100, dss(901, 901, 100)); /* it had been there */
    x.w.wire.now_ns += 7 * MS;
    send_data(&x.w, &x.a, 0, 1001, 100, dss(1001, 1001, 100)); /* 9 ms after the first */
    expect_order(&x, MPT_C2S, 2, 200, 9);
}

/* The first segment lies above the second, which is told when both have their mappings, the lower one first. */
static void test_order__two_mapped_late_the_lower_first__not_known(void **state)
{
    struct world x = new_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.b, 0, 1, 100, no_option());   /* 501 */
    send_data(&x.w, &x.b, 0, 101, 100, no_option()); /* 101 */
    send_data(&x.w, &x.a, 0, 1, 100, dss(901, 1, 100));
    send_ack(&x.w, &x.b, 0, 201, dss(101, 101, 100));
    send_ack(&x.w, &x.b, 0, 201, dss(501, 1, 100));
    expect_order(&x, MPT_C2S, -1, 0, 0);
}

/* --- plain TCP --- */

static void plain_data(struct world *x, unsigned side, uint32_t ssn)
{
    send_data(&x->w, &x->a, side, ssn, 100, no_option());
}

/* Two gaps of one segment, filled 2 ms and 6 ms after they came. */
static void two_gaps(struct world *x, unsigned side, uint32_t ssn)
{
    plain_data(x, side, ssn);
    plain_data(x, side, ssn + 200);
    plain_data(x, side, ssn + 400);
    plain_data(x, side, ssn + 100);
    plain_data(x, side, ssn + 200); /* retransmitted: no new byte */
    x->w.wire.now_ns += 3 * MS;
    plain_data(x, side, ssn + 300);
}

static void test_order__mapped_after_it_was_acknowledged__in_order(void **state)
{
    struct world x = new_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.b, 1, 1, 100, no_option());
    send_ack(&x.w, &x.a, 0, 1, data_ack(101));
    send_data(&x.w, &x.a, 1, 1, 100,
              dss(101, 1, 100)); /* the first byte with a place, and the second that came */
    send_data(&x.w, &x.b, 1, 51, 50, dss(1, 1, 100));
    expect_order(&x, MPT_S2C, 0, 0, -1);
}

static void test_order__late_segment_half_of_it_mapped_late__number_of_segments_not_known(void **state)
{
    struct world x = new_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.a, 1, 1, 100, dss(301, 1, 100));
    send_data(&x.w, &x.b, 1, 1, 200, dss(101, 101, 100)); /* late; the bytes before have no place yet */
    send_data(&x.w, &x.a, 1, 101, 100, dss(201, 101, 100));
    send_data(&x.w, &x.b, 1, 1, 100, dss(1, 1, 100));
    expect_order(&x, MPT_S2C, -1, 0, 0);
}

static void test_order__synack_without_mptcp__that_of_tcp(void **state)
{
    struct world x = new_world();

    (void)state;
    x.w.hosts.key[0] = KEY_A;
    send_syn(&x.w, &x.a, 0, capable(&x.w, 0, 0));
    send_synack(&x.w, &x.a, 1, no_option());
    send_ack(&x.w, &x.a, 0, 1, no_option());
    two_gaps(&x, 0, 1);
    expect_order(&x, MPT_C2S, 2, 200, 6);
}

static void test_order__third_ack_without_mptcp_first_segment_late__that_of_tcp(void **state)
{
    struct world x = new_world();

    (void)state;
    x.w.hosts.key[0] = KEY_A;
    x.w.hosts.key[1] = KEY_B;
    send_syn(&x.w, &x.a, 0, capable(&x.w, 0, 0));
    send_synack(&x.w, &x.a, 1, capable(&x.w, 1, 1));
    send_ack(&x.w, &x.a, 0, 1, no_option());
    plain_data(&x, 1, 101);
    plain_data(&x, 1, 1);
    expect_order(&x, MPT_S2C, 1, 100, 1);
}

static void test_order__never_a_dss__that_of_tcp(void **state)
{
    struct world x = new_world();

    (void)state;
    x.w.hosts.version = MPT_V0;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    two_gaps(&x, 0, 1);
    expect_order(&x, MPT_C2S, 2, 200, 6);
}

static void test_order__dss_lost_with_a_gap_of_mapped_bytes__one_order_of_both(void **state)
{
    struct world x = new_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.a, 0, 301, 100, dss(301, 301, 100));
    send_data(&x.w, &x.a, 0, 201, 100, dss(201, 201, 100)); /* 1 ms */
    x.w.wire.now_ns += 3 * MS;
    plain_data(&x, 0, 501);
    plain_data(&x, 0, 101); /* 6 ms after the gap came, without its DSS */
    plain_data(&x, 0, 401); /* 2 ms */
    expect_order(&x, MPT_C2S, 3, 300, 6);
}

static void test_order__segment_with_and_without_mapping__counts_once(void **state)
{
    struct world x = new_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 301, 100, dss(301, 301, 100));
    send_data(&x.w, &x.a, 0, 101, 200, dss(101, 101, 100));
    send_data(&x.w, &x.a, 0, 1, 100, no_option());
    send_data(&x.w, &x.a, 0, 401, 100, no_option());
    expect_order(&x, MPT_C2S, 2, 300, 2);
}

static void test_order__infinite_mapping__that_of_tcp(void **state)
{
    struct world x = new_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.a, 0, 101, 100, dss(101, 101, 0));
    two_gaps(&x, 0, 201);
    two_gaps(&x, 1, 1); /* the other side goes on without a DSS */
    x.w.wire.now_ns += 100 * MS;
    expect_order(&x, MPT_C2S, 2, 200, 6);
}

static void test_order__infinite_mapping_of_the_other_side__that_of_tcp(void **state)
{
    struct world x = new_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 1, 1, 100, dss(1, 1, 100));
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 0));
    two_gaps(&x, 1, 101);
    expect_order(&x, MPT_S2C, 2, 200, 6);
}

static void test_order__second_subflow_after_all__that_of_the_mappings(void **state)
{
    struct world x = new_world();

    (void)state;
    open_capable(&x.w, &x.a, KEY_A, KEY_B);
    send_data(&x.w, &x.a, 0, 1, 100, dss(1, 1, 100));
    plain_data(&x, 0, 301);
    plain_data(&x, 0, 201);
    open_join(&x.w, &x.b, 1);
    send_data(&x.w, &x.b, 0, 1, 100, dss(501, 1, 100));
    expect_order(&x, MPT_C2S, 0, 0, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order__first_segments_come_late__waited_since_the_first_that_came),
        cmocka_unit_test(test_order__first_segment_on_a_slower_path__waited),
        cmocka_unit_test(test_order__below_what_was_acknowledged_before_the_capture__no_wait),
        cmocka_unit_test(test_order__two_mapped_late_the_lower_first__not_known),
        cmocka_unit_test(test_order__mapped_after_it_was_acknowledged__in_order),
        cmocka_unit_test(test_order__late_segment_half_of_it_mapped_late__number_of_segments_not_known),
        cmocka_unit_test(test_order__synack_without_mptcp__that_of_tcp),
        cmocka_unit_test(test_order__third_ack_without_mptcp_first_segment_late__that_of_tcp),
        cmocka_unit_test(test_order__never_a_dss__that_of_tcp),
        cmocka_unit_test(test_order__dss_lost_with_a_gap_of_mapped_bytes__one_order_of_both),
        cmocka_unit_test(test_order__segment_with_and_without_mapping__counts_once),
        cmocka_unit_test(test_order__infinite_mapping__that_of_tcp),
        cmocka_unit_test(test_order__infinite_mapping_of_the_other_side__that_of_tcp),
        cmocka_unit_test(test_order__second_subflow_after_all__that_of_the_mappings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
