/* test_loss.c - what a path lost, as far as one end can tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/figures/loss.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The client's direction of a subflow that it opened: captured so far from both ends. */
static mpt_loss_figures loss_of(int64_t syn_to_synack, int64_t synack_to_ack, uint64_t again,
                                uint64_t duplicates, bool sacked)
{
    mpt_subflow s = {0};
    mpt_subflow_view v = {.subflow = &s,
                          .side = {MPT_SIDE_A, MPT_SIDE_B},
                          .initiator = {true, MPT_CLIENT},
                          .syn_to_synack = {true, syn_to_synack},
                          .synack_to_ack = {true, synack_to_ack}};

    s.half[MPT_SIDE_A].duplicates = duplicates;
    s.half[MPT_SIDE_A].sacked = sacked;
    v.direction[MPT_C2S].bytes.segments = 10;
    v.direction[MPT_C2S].bytes.retrans_bytes = again;
    return mpt_loss_of(&v, MPT_C2S);
}

static void assert_lost(mpt_loss_figures f, int64_t lost, int64_t spurious)
{
    assert_int_equal(f.unknown, MPT_LOSS_KNOWN);
    assert_true(f.lost_bytes.known && f.spurious_bytes.known);
    assert_int_equal(f.lost_bytes.value, lost);
    assert_int_equal(f.spurious_bytes.value, spurious);
}

static void assert_unknown(mpt_loss_figures f, mpt_loss_unknown why)
{
    assert_int_equal(f.unknown, why);
    assert_false(f.lost_bytes.known || f.spurious_bytes.known);
}

static void test_loss__at_the_sender__less_what_the_receiver_had(void **state)
{
    (void)state;
    assert_lost(loss_of(1000, 10, 3000, 1000, true), 2000, 1000);
    assert_lost(loss_of(1000, 10, 3000, 4000, true), 0, 3000);
    assert_lost(loss_of(1000, 10, 0, 0, false), 0, 0);
}

static void test_loss__elsewhere__null_and_why(void **state)
{
    (void)state;
    assert_unknown(loss_of(10, 1000, 3000, 0, true), MPT_LOSS_RECEIVER);
    assert_unknown(loss_of(1000, 250, 3000, 0, true), MPT_LOSS_ELSEWHERE);
    assert_unknown(loss_of(1000, 10, 3000, 0, false), MPT_LOSS_NO_SACK);
    assert_string_equal(mpt_loss_unknown_name(MPT_LOSS_NO_SACK), "no_sack");
}

static void test_loss__no_payload__no_data(void **state)
{
    mpt_subflow s = {0};
    mpt_subflow_view v = {.subflow = &s, .side = {MPT_SIDE_A, MPT_SIDE_B}};

    (void)state;
    assert_unknown(mpt_loss_of(&v, MPT_S2C), MPT_LOSS_NO_DATA);
}

static void send(mpt_subflow *s, mpt_side side, mpt_segment g)
{
    static uint32_t frame;

    g.frame = ++frame;
    g.time_ns = frame;
    mpt_subflow_segment(s, side, &g, true, false);
}

static void test_duplicates__below_the_ack_or_inside_the_next_block__counted(void **state)
{
    const mpt_segment syn = {.flags = MPT_TCP_SYN, .seq = 1000},
                      data = {.flags = MPT_TCP_ACK, .seq = 1001, .payload_len = 500};
    mpt_subflow *s = mpt_subflow_new(&syn);
    mpt_segment ack = {.flags = MPT_TCP_ACK, .ack = 1501, .presence = MPT_SEGMENT_SACK};

    (void)state;
    send(s, MPT_SIDE_A, syn);
    send(s, MPT_SIDE_A, data);
    ack.sack_left = 2001;
    ack.sack_right = 2501;
    send(s, MPT_SIDE_B, ack);
    assert_true(s->half[MPT_SIDE_A].sacked);
    assert_int_equal(s->half[MPT_SIDE_A].duplicates, 0);
    ack.sack_left = 1001;
    ack.sack_right = 1501;
    send(s, MPT_SIDE_B, ack);
    assert_int_equal(s->half[MPT_SIDE_A].duplicates, 500);
    ack.sack_left = 2101;
    ack.sack_right = 2201;
    ack.presence |= MPT_SEGMENT_SACK_INSIDE;
    send(s, MPT_SIDE_B, ack);
    assert_int_equal(s->half[MPT_SIDE_A].duplicates, 600);
    mpt_subflow_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loss__at_the_sender__less_what_the_receiver_had),
        cmocka_unit_test(test_loss__elsewhere__null_and_why),
        cmocka_unit_test(test_loss__no_payload__no_data),
        cmocka_unit_test(test_duplicates__below_the_ack_or_inside_the_next_block__counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
