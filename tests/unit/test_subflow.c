/* test_subflow.c - one TCP connection: positions, handshake, Fast Open, states, round-trip times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap/engine/state/subflow.h"

static mpt_segment segment(int64_t ms, unsigned side, unsigned flags, uint32_t seq, uint32_t ack,
                           uint32_t payload)
{
    mpt_segment g = {.time_ns = ms * 1000000, .frame = (uint32_t)ms + 1, .flags = (uint16_t)flags};

    g.seq = seq;
    g.ack = ack;
    g.payload_len = payload;
    mpt_endpoint_set(side ? &g.dst : &g.src, (const uint8_t *)"\300\0\2\1", 4, 40000);
    mpt_endpoint_set(side ? &g.src : &g.dst, (const uint8_t *)"\300\0\2\2", 4, 80);
    return g;
}

static int64_t take(mpt_subflow *s, int64_t ms, unsigned side, unsigned flags, uint32_t seq, uint32_t ack,
                    uint32_t payload)
{
    mpt_segment g = segment(ms, side, flags, seq, ack, payload);
    int64_t position = mpt_subflow_segment(s, side, &g, true, true);

    if (payload) {
        static const mpt_stamp nobody;
        mpt_ranges_claim(&s->half[side].received, position, position + payload, &nobody, NULL, NULL);
    }
    return position;
}

static mpt_subflow *opened(uint32_t client_isn, uint32_t server_isn)
{
    mpt_segment g = segment(0, 0, MPT_TCP_SYN, client_isn, 0, 0);
    mpt_subflow *s = mpt_subflow_new(&g);

    take(s, 0, 0, MPT_TCP_SYN, client_isn, 0, 0);
    take(s, 10, 1, MPT_TCP_SYN | MPT_TCP_ACK, server_isn, client_isn + 1, 0);
    take(s, 11, 0, MPT_TCP_ACK, client_isn + 1, server_isn + 1, 0);
    return s;
}

static void test_segment__handshake__initiator_and_times(void **state)
{
    mpt_subflow *s = opened(100, 200);

    (void)state;
    assert_true(s->initiator_known);
    assert_int_equal(s->initiator, 0);
    assert_int_equal(s->synack_ns - s->syn_ns, 10000000);
    assert_int_equal(s->ack_ns - s->synack_ns, 1000000);
    assert_int_equal(s->state, MPT_STATE_ESTABLISHED);
    mpt_subflow_free(s);
}

/* Old Linux sends such ACKs from SYN-SENT. */
static void test_segment__ack_with_the_number_of_the_syn__is_not_the_third(void **state)
{
    mpt_segment g = segment(0, 0, MPT_TCP_SYN, UINT32_MAX, 0, 0);
    mpt_subflow *s = mpt_subflow_new(&g);

    (void)state;
    take(s, 0, 0, MPT_TCP_SYN, UINT32_MAX, 0, 0);
    take(s, 3, 0, MPT_TCP_ACK, UINT32_MAX, 0, 0);
    assert_false(s->ack_seen);
    assert_int_equal(s->state, MPT_STATE_SYN_SENT);
    take(s, 10, 1, MPT_TCP_SYN | MPT_TCP_ACK, 200, 0, 0);
    take(s, 12, 0, MPT_TCP_ACK, 0, 201, 0);
    assert_int_equal(s->ack_ns - s->synack_ns, 2000000);
    assert_int_equal(s->state, MPT_STATE_ESTABLISHED);
    mpt_subflow_free(s);
}

static void test_segment__sequence_number_wraps__position_goes_on(void **state)
{
    mpt_subflow *s = opened(UINT32_MAX - 1, 200);

    (void)state;
    assert_int_equal(take(s, 20, 0, MPT_TCP_ACK, UINT32_MAX, 201, 10), 1);
    assert_int_equal(take(s, 21, 0, MPT_TCP_ACK, 9, 201, 10), 11);
    assert_int_equal(s->half[0].next, 21);
    mpt_subflow_free(s);
}

static void test_segment__syn_data_accepted__ssn_shifts(void **state)
{
    mpt_segment g = segment(0, 0, MPT_TCP_SYN, 100, 0, 5);
    mpt_subflow *s = mpt_subflow_new(&g);

    (void)state;
    assert_int_equal(take(s, 0, 0, MPT_TCP_SYN, 100, 0, 5), 1);
    take(s, 5, 1, MPT_TCP_SYN | MPT_TCP_ACK, 200, 106, 0);
    assert_int_equal(s->half[0].syn_data, 5);
    assert_int_equal(s->half[0].ssn_shift, 5);
    mpt_subflow_free(s);
}

static void test_segment__syn_data_not_accepted__ssn_stays(void **state)
{
    mpt_segment g = segment(0, 0, MPT_TCP_SYN, 100, 0, 5);
    mpt_subflow *s = mpt_subflow_new(&g);

    (void)state;
    take(s, 0, 0, MPT_TCP_SYN, 100, 0, 5);
    take(s, 5, 1, MPT_TCP_SYN | MPT_TCP_ACK, 200, 101, 0);
    assert_int_equal(s->half[0].syn_data, 0);
    assert_int_equal(s->half[0].ssn_shift, 0);
    mpt_subflow_free(s);
}

static void test_segment__rst_answers_syn__refused(void **state)
{
    mpt_segment g = segment(0, 0, MPT_TCP_SYN, 100, 0, 0);
    mpt_subflow *s = mpt_subflow_new(&g);

    (void)state;
    take(s, 0, 0, MPT_TCP_SYN, 100, 0, 0);
    take(s, 1, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, 101, 0);
    assert_int_equal(s->state, MPT_STATE_REFUSED);
    mpt_subflow_free(s);
}

static void test_segment__fins_both_ways__closed_and_rst_after_it_changes_nothing(void **state)
{
    mpt_subflow *s = opened(100, 200);

    (void)state;
    take(s, 20, 0, MPT_TCP_FIN | MPT_TCP_ACK, 101, 201, 0);
    assert_int_equal(s->state, MPT_STATE_ESTABLISHED);
    take(s, 21, 1, MPT_TCP_FIN | MPT_TCP_ACK, 201, 102, 0);
    assert_int_equal(s->state, MPT_STATE_CLOSED);
    take(s, 22, 0, MPT_TCP_RST, 102, 0, 0);
    assert_int_equal(s->state, MPT_STATE_CLOSED);
    mpt_subflow_free(s);
}

static void test_segment__acknowledged__rtt_sample_but_not_of_retransmission(void **state)
{
    mpt_subflow *s = opened(100, 200);

    (void)state;
    take(s, 20, 0, MPT_TCP_ACK, 101, 201, 10);
    take(s, 30, 0, MPT_TCP_ACK, 111, 201, 10);
    take(s, 31, 0, MPT_TCP_ACK, 101, 201, 10); /* again */
    take(s, 50, 1, MPT_TCP_ACK, 201, 121, 0);
    assert_int_equal(s->half[0].rtt.samples, 1);
    assert_int_equal(s->half[0].rtt.min, 20000000);
    mpt_subflow_free(s);
}

static void test_distance__by_seq_or_by_ack__the_nearer(void **state)
{
    mpt_subflow *s = opened(100, 200);
    mpt_segment g = segment(40, 0, MPT_TCP_ACK, 101 + 5000, 201, 0);

    (void)state;
    assert_int_equal(mpt_subflow_distance(s, 0, &g), 0); /* its ack fits exactly */
    g.ack = 201 + 300;
    assert_int_equal(mpt_subflow_distance(s, 0, &g), 300);
    g.flags = 0;
    assert_int_equal(mpt_subflow_distance(s, 0, &g), 5000);
    mpt_subflow_free(s);
}

static void test_free__null__nothing(void **state)
{
    (void)state;
    mpt_subflow_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segment__handshake__initiator_and_times),
        cmocka_unit_test(test_segment__ack_with_the_number_of_the_syn__is_not_the_third),
        cmocka_unit_test(test_segment__sequence_number_wraps__position_goes_on),
        cmocka_unit_test(test_segment__syn_data_accepted__ssn_shifts),
        cmocka_unit_test(test_segment__syn_data_not_accepted__ssn_stays),
        cmocka_unit_test(test_segment__rst_answers_syn__refused),
        cmocka_unit_test(test_segment__fins_both_ways__closed_and_rst_after_it_changes_nothing),
        cmocka_unit_test(test_segment__acknowledged__rtt_sample_but_not_of_retransmission),
        cmocka_unit_test(test_distance__by_seq_or_by_ack__the_nearer),
        cmocka_unit_test(test_free__null__nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
