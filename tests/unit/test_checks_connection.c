/* test_checks_connection.c - checks of a connection as a whole: each case that raises one, and near misses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

/* --- one subflow --- */

static void test_single_path__nothing_announced_or_tried__says_so(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    expect_words(expect_one(&s, MPT_FINDING_SINGLE_PATH, MPT_SEVERITY_CHAT),
                 "no address was announced, and no join was tried");
}

static void test_single_path__address_announced__says_so(void **state)
{
    struct scene s;
    mpt_option o;
    (void)state;
    begin_open(&s);
    o = option_add_addr(&s.h, 1, 1, "192.0.2.9");
    send_one(&s.a, 1, MPT_TCP_ACK, &o);
    expect_words(expect_one(&s, MPT_FINDING_SINGLE_PATH, MPT_SEVERITY_CHAT),
                 "the server announced an address, but no join was tried");
}

static void test_single_path__flag_c__is_the_reason(void **state)
{
    struct scene s;
    mpt_option syn, synack, ack;
    (void)state;
    begin(&s);
    syn = option_capable(&s.h, 0, 0);
    synack = option_capable(&s.h, 1, 1);
    ack = option_capable(&s.h, 0, 2);
    synack.capable.flags |= 0x20;
    send_one(&s.a, 0, MPT_TCP_SYN, &syn);
    send_one(&s.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    send_one(&s.a, 0, MPT_TCP_ACK, &ack);
    flow_send_data(&s.a, 0, &s.h, 0, 1, 100);
    expect_words(expect_one(&s, MPT_FINDING_SINGLE_PATH, MPT_SEVERITY_CHAT),
                 "The server accepts no joins at the address of the first subflow (flag C)");
}

static void test_single_path__joins_refused_and_unanswered__are_counted(void **state)
{
    struct scene s;
    mpt_option syn = option_join_syn(&HOSTS, 0);
    (void)state;
    begin_open(&s);
    send_one(&s.b, 0, MPT_TCP_SYN, &syn);
    flow_send(&s.b, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    s.b = flow_between(&s.w, "198.51.100.1", 40002, "192.0.2.2", 5001, 2);
    send_one(&s.b, 0, MPT_TCP_SYN, &syn);
    expect_words(expect_one(&s, MPT_FINDING_SINGLE_PATH, MPT_SEVERITY_CHAT),
                 "one subflow worked: 2 joins were tried (1 refused, 1 not answered).");
}

static void test_single_path__plain_syns_get_through__joins_are_swallowed(void **state)
{
    struct scene s;
    flow plain;
    mpt_option syn = option_join_syn(&HOSTS, 0);
    struct result r;
    (void)state;
    begin_open(&s);
    plain = flow_between(&s.w, "198.51.100.1", 40002, "192.0.2.2", 80, 2);
    flow_open_plain(&plain);
    send_one(&s.b, 0, MPT_TCP_SYN, &syn);
    r = expect_one(&s, MPT_FINDING_SINGLE_PATH, MPT_SEVERITY_CHAT);
    expect_words(
        r,
        "1 join was tried (1 not answered). Another SYN from 198.51.100.1 to 192.0.2.2 was answered (frame 7), those with MP_JOIN were not");
}

static void test_single_path__joined__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    expect_none(&s, MPT_FINDING_SINGLE_PATH);
}

static void test_single_path__acknowledged_data_is_missing__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 5001);
    expect_none(&s, MPT_FINDING_SINGLE_PATH);
}

static void test_single_path__fell_back__none(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    flow_open_refused_capable(&s.a, &s.h);
    flow_send(&s.a, 0, MPT_TCP_ACK, 100, NULL, 0);
    expect_none(&s, MPT_FINDING_SINGLE_PATH);
}

/* --- aborted --- */

static void fastclose(struct scene *s)
{
    mpt_option o = {.subtype = MPT_MP_FASTCLOSE, .length = 12, .fastclose = {.receiver_key = s->h.key[1]}};

    send_one(&s->a, 0, MPT_TCP_ACK, &o);
    flow_send(&s->a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
}

static void test_aborted__fastclose_with_data_in_flight__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 700);
    fastclose(&s);
    expect_words(
        expect_one(&s, MPT_FINDING_ABORTED, MPT_SEVERITY_WARNING),
        "The client aborted the connection with MP_FASTCLOSE. 700 bytes of the client were not acknowledged at the data level.");
}

static void test_aborted__fastclose_with_all_acknowledged__note(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    fastclose(&s);
    expect_one(&s, MPT_FINDING_ABORTED, MPT_SEVERITY_NOTE);
}

static void test_aborted__all_subflows_reset__says_by_whom(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send(&s.a, 0, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    flow_send(&s.b, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    expect_words(expect_one(&s, MPT_FINDING_ABORTED, MPT_SEVERITY_NOTE),
                 "all its subflows were reset, the last one by the server");
}

static void test_aborted__one_subflow_of_two_reset__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send(&s.b, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_ABORTED);
}

static void test_aborted__closed_by_data_fins__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 102);
    flow_send_data_fin(&s.a, 1, &s.h, 1, 1);
    flow_send_data_ack(&s.a, 0, &s.h, 0, 2);
    flow_send(&s.a, 0, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_ABORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_path__nothing_announced_or_tried__says_so),
        cmocka_unit_test(test_single_path__address_announced__says_so),
        cmocka_unit_test(test_single_path__flag_c__is_the_reason),
        cmocka_unit_test(test_single_path__joins_refused_and_unanswered__are_counted),
        cmocka_unit_test(test_single_path__plain_syns_get_through__joins_are_swallowed),
        cmocka_unit_test(test_single_path__joined__none),
        cmocka_unit_test(test_single_path__acknowledged_data_is_missing__none),
        cmocka_unit_test(test_single_path__fell_back__none),
        cmocka_unit_test(test_aborted__fastclose_with_data_in_flight__warning),
        cmocka_unit_test(test_aborted__fastclose_with_all_acknowledged__note),
        cmocka_unit_test(test_aborted__all_subflows_reset__says_by_whom),
        cmocka_unit_test(test_aborted__one_subflow_of_two_reset__none),
        cmocka_unit_test(test_aborted__closed_by_data_fins__none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
