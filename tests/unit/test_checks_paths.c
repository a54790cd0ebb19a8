/* test_checks_paths.c - checks of the paths in time: each case that raises one, and a near miss that does not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

/* --- outages --- */

/* Sends the last `len` bytes of the flow's client again. */
static void send_again(struct scene *s, flow *f, int64_t dsn, uint16_t len)
{
    f->next[0] -= len;
    flow_send_data(f, 0, &s->h, 0, dsn, len);
}

/* 100 bytes on the flow that nobody answers, repeated after 300 ms, for so long. */
static void go_silent(struct scene *s, flow *f, int64_t dsn, int64_t ms)
{
    flow_send_data(f, 0, &s->h, 0, dsn, 100);
    later(s, 300);
    send_again(s, f, dsn, 100);
    later(s, ms - 302);
}

static void test_path_outage__a_second_without_an_answer__warning(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    begin_two(&s);
    go_silent(&s, &s.b, 101, 1000);
    flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0);
    flow_send_data(&s.b, 0, &s.h, 0, 201, 100);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 301);
    r = expect_one(&s, MPT_FINDING_PATH_OUTAGE, MPT_SEVERITY_WARNING);
    assert_int_equal(r.subflow.value, 1);
    assert_int_equal(r.frame, 10);
    expect_words(r, "was out for 1.000 s, from 0.009000 s to 1.009000 s: the client had 100 bytes in flight");
    expect_words(r, "no other subflow carried data");
    expect_words(r, "new data again from frame 13 on");
}

static void test_path_outage__others_carry_data__says_so(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    later(&s, 300);
    send_again(&s, &s.b, 101, 100);
    flow_send_data(&s.a, 0, &s.h, 0, 201, 100);
    flow_send(&s.a, 1, MPT_TCP_ACK, 0, NULL, 0);
    later(&s, 700);
    flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0);
    expect_words(expect_one(&s, MPT_FINDING_PATH_OUTAGE, MPT_SEVERITY_WARNING),
                 "continued on other subflows");
}

static void test_path_outage__two_of_them__two_findings(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    for (unsigned i = 0; i < 2; i++) {
        go_silent(&s, &s.b, 101 + 100 * i, 1000);
        flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0);
    }
    assert_int_equal(finish(&s, MPT_FINDING_PATH_OUTAGE).count, 2);
}

static void test_path_outage__to_the_end_and_nothing_sent_elsewhere__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    go_silent(&s, &s.a, 101, 2000);
    send_again(&s, &s.a, 101, 100);
    expect_words(expect_one(&s, MPT_FINDING_PATH_OUTAGE, MPT_SEVERITY_WARNING), "did not answer again");
}

static void test_path_outage__half_a_second__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    go_silent(&s, &s.b, 101, 500);
    flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_PATH_OUTAGE);
}

static void test_path_outage__nothing_sent_again__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    later(&s, 5000);
    flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_PATH_OUTAGE);
}

/* The sender waits for its timeout: what it sends again then is answered at once. */
static void test_path_outage__a_late_repetition_is_answered__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    later(&s, 1000);
    send_again(&s, &s.b, 101, 100);
    later(&s, 150);
    flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_PATH_OUTAGE);
}

static void test_path_outage__idle_path__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 201);
    later(&s, 60000);
    flow_send_data(&s.b, 0, &s.h, 0, 201, 100);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 301);
    expect_none(&s, MPT_FINDING_PATH_OUTAGE);
}

/* --- out to the end --- */

/* b carries 100 bytes, then nothing comes over it; a goes on for so long, and is closed. */
static void lose_b_for(struct scene *s, int64_t ms)
{
    begin_two(s);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 100);
    flow_send_data_ack(&s->b, 1, &s->h, 1, 201);
    flow_send_data(&s->a, 0, &s->h, 0, 201, 10000);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 10201);
    later(s, ms);
    flow_send_data_fin(&s->a, 0, &s->h, 0, 10201);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 10202);
    flow_close(&s->a);
}

static void test_path_outage__silent_to_the_end__since_when_and_what_went_elsewhere(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    lose_b_for(&s, 2000);
    r = expect_one(&s, MPT_FINDING_PATH_OUTAGE, MPT_SEVERITY_WARNING);
    assert_int_equal(r.subflow.value, 1);
    assert_int_equal(r.frame, 10);
    expect_words(r, "out from 0.009000 s to the end, 2.0");
    expect_words(r, "nothing passed over it any more, not even FINs when the other subflows were closed");
    expect_words(r, "10,000 bytes (98.0 % of the client's data) went over the others");
}

static void test_path_outage__one_host_still_sends_there__the_other_is_named(void **state)
{
    struct scene s;
    (void)state;
    lose_b_for(&s, 2000);
    flow_send(&s.b, 1, MPT_TCP_FIN | MPT_TCP_ACK, 0, NULL, 0);
    expect_words(expect_one(&s, MPT_FINDING_PATH_OUTAGE, MPT_SEVERITY_WARNING),
                 "nothing came over it from the client any more, not even a FIN");
}

static void test_path_outage__silent_for_half_a_second__none(void **state)
{
    struct scene s;
    (void)state;
    lose_b_for(&s, 500);
    expect_none(&s, MPT_FINDING_PATH_OUTAGE);
}

static void test_path_outage__closed_with_the_others__none(void **state)
{
    struct scene s;
    (void)state;
    lose_b_for(&s, 2000);
    flow_close(&s.b);
    expect_none(&s, MPT_FINDING_PATH_OUTAGE);
}

static void test_path_outage__quiet_while_the_connection_is_open__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 201);
    later(&s, 5000);
    flow_send_data(&s.a, 0, &s.h, 0, 201, 10000);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 10201);
    expect_none(&s, MPT_FINDING_PATH_OUTAGE);
}

/* --- given up --- */

/* b carries 100 bytes, and a then so many times 10,000, one each 300 ms. */
static void leave_b(struct scene *s, unsigned segments)
{
    begin_two(s);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 100);
    flow_send_data_ack(&s->b, 1, &s->h, 1, 201);
    for (unsigned i = 0; i < segments; i++) {
        flow_send_data(&s->a, 0, &s->h, 0, 201 + 10000 * i, 10000);
        flow_send_data_ack(&s->a, 1, &s->h, 1, 10201 + 10000 * i);
        later(s, 300);
    }
}

static void test_subflow_abandoned__data_goes_elsewhere__note(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    leave_b(&s, 5);
    r = expect_one(&s, MPT_FINDING_SUBFLOW_ABANDONED, MPT_SEVERITY_NOTE);
    assert_int_equal(r.subflow.value, 1);
    expect_words(r, "50,000 bytes (99.6 % of all its data)");
}

static void test_subflow_abandoned__less_than_a_second__none(void **state)
{
    struct scene s;
    (void)state;
    leave_b(&s, 3);
    expect_none(&s, MPT_FINDING_SUBFLOW_ABANDONED);
}

/* As leave_b() for 4.5 s, but the next segment is sent before the last one is acknowledged, or (idle) 250 ms after that; then
 * all is closed. */
static void leave_b_and_close(struct scene *s, bool idle)
{
    begin_two(s);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 100);
    flow_send_data_ack(&s->b, 1, &s->h, 1, 201);
    for (unsigned i = 0; i < 15; i++) {
        flow_send_data(&s->a, 0, &s->h, 0, 201 + 10000 * i, 10000);
        later(s, idle ? 50 : 300);
        flow_send_data_ack(&s->a, 1, &s->h, 1, idle ? 10201 + 10000 * i : 201 + 10000 * i);
        later(s, idle ? 250 : 0);
    }
    flow_send_data_ack(&s->a, 1, &s->h, 1, 150201);
    flow_send_data_fin(&s->a, 0, &s->h, 0, 150201);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 150202);
    flow_close(&s->b);
    flow_close(&s->a);
}

static void test_subflow_abandoned__closed_with_the_connection__note(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    leave_b_and_close(&s, false);
    r = expect_one(&s, MPT_FINDING_SUBFLOW_ABANDONED, MPT_SEVERITY_NOTE);
    assert_int_equal(r.subflow.value, 1);
    expect_words(r, "150,000 bytes (99.9 % of all its data)");
}

static void test_subflow_abandoned__little_to_send__none(void **state)
{
    struct scene s;
    (void)state;
    leave_b_and_close(&s, true);
    expect_none(&s, MPT_FINDING_SUBFLOW_ABANDONED);
}

static void test_subflow_abandoned__has_become_backup__none(void **state)
{
    struct scene s;
    mpt_option prio = {.subtype = MPT_MP_PRIO, .length = 3, .prio = {.backup = true}};
    (void)state;
    leave_b(&s, 5);
    flow_send(&s.b, 0, MPT_TCP_ACK, 0, &prio, 1);
    expect_none(&s, MPT_FINDING_SUBFLOW_ABANDONED);
}

/* --- without a subflow --- */

static void leave_none_for(struct scene *s, int64_t ms)
{
    begin_open(s);
    flow_send(&s->a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    later(s, ms - 4);
    join_b(s, false);
}

static void test_no_subflow__joined_after_two_seconds__warning(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    leave_none_for(&s, 2000);
    r = expect_one(&s, MPT_FINDING_NO_SUBFLOW, MPT_SEVERITY_WARNING);
    assert_int_equal(r.subflow.value, 1);
    expect_words(r, "had no subflow for 2.000 s: subflow 0");
    expect_words(r, "was reset");
}

static void test_no_subflow__joined_within_a_second__none(void **state)
{
    struct scene s;
    (void)state;
    leave_none_for(&s, 1000);
    expect_none(&s, MPT_FINDING_NO_SUBFLOW);
}

static void test_no_subflow__another_is_up__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send(&s.a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    later(&s, 5000);
    s.a = flow_between(&s.w, "192.0.2.1", 40002, "192.0.2.2", 5001, 2);
    flow_open_join(&s.a, &s.h, 0, IDS, false);
    flow_send(&s.a, 1, MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_NO_SUBFLOW);
}

/* --- coming and going --- */

/* So many joins from 198.51.100.1, each reset by the server, one each ms. */
static void come_and_go(struct scene *s, unsigned count, int64_t ms)
{
    begin_open(s);
    for (unsigned i = 0; i < count; i++) {
        s->b = flow_between(&s->w, "198.51.100.1", (uint16_t)(40001 + i), "192.0.2.2", 5001, 1 + i);
        join_b(s, false);
        flow_send(&s->b, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
        later(s, ms);
    }
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
}

static void test_subflow_flapping__three_reset_by_the_server__warning(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    come_and_go(&s, 3, 1000);
    r = expect_one(&s, MPT_FINDING_SUBFLOW_FLAPPING, MPT_SEVERITY_WARNING);
    assert_int_equal(r.n, 3);
    expect_words(r, "3 subflows between 198.51.100.1 and 192.0.2.2");
    expect_words(r, "The server closed them.");
}

static void test_subflow_flapping__two__none(void **state)
{
    struct scene s;
    (void)state;
    come_and_go(&s, 2, 1000);
    expect_none(&s, MPT_FINDING_SUBFLOW_FLAPPING);
}

static void test_subflow_flapping__minutes_between__none(void **state)
{
    struct scene s;
    (void)state;
    come_and_go(&s, 5, 60000);
    expect_none(&s, MPT_FINDING_SUBFLOW_FLAPPING);
}

static void test_subflow_flapping__they_carry_data__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    for (unsigned i = 0; i < 5; i++) {
        s.b = flow_between(&s.w, "198.51.100.1", (uint16_t)(40001 + i), "192.0.2.2", 5001, 1 + i);
        join_b(&s, false);
        flow_send_data(&s.b, 0, &s.h, 0, 101 + 100 * i, 100);
        flow_send(&s.b, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    }
    expect_none(&s, MPT_FINDING_SUBFLOW_FLAPPING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_outage__a_second_without_an_answer__warning),
        cmocka_unit_test(test_path_outage__others_carry_data__says_so),
        cmocka_unit_test(test_path_outage__two_of_them__two_findings),
        cmocka_unit_test(test_path_outage__to_the_end_and_nothing_sent_elsewhere__warning),
        cmocka_unit_test(test_path_outage__half_a_second__none),
        cmocka_unit_test(test_path_outage__nothing_sent_again__none),
        cmocka_unit_test(test_path_outage__a_late_repetition_is_answered__none),
        cmocka_unit_test(test_path_outage__idle_path__none),
        cmocka_unit_test(test_path_outage__silent_to_the_end__since_when_and_what_went_elsewhere),
        cmocka_unit_test(test_path_outage__one_host_still_sends_there__the_other_is_named),
        cmocka_unit_test(test_path_outage__silent_for_half_a_second__none),
        cmocka_unit_test(test_path_outage__closed_with_the_others__none),
        cmocka_unit_test(test_path_outage__quiet_while_the_connection_is_open__none),
        cmocka_unit_test(test_subflow_abandoned__data_goes_elsewhere__note),
        cmocka_unit_test(test_subflow_abandoned__less_than_a_second__none),
        cmocka_unit_test(test_subflow_abandoned__closed_with_the_connection__note),
        cmocka_unit_test(test_subflow_abandoned__little_to_send__none),
        cmocka_unit_test(test_subflow_abandoned__has_become_backup__none),
        cmocka_unit_test(test_no_subflow__joined_after_two_seconds__warning),
        cmocka_unit_test(test_no_subflow__joined_within_a_second__none),
        cmocka_unit_test(test_no_subflow__another_is_up__none),
        cmocka_unit_test(test_subflow_flapping__three_reset_by_the_server__warning),
        cmocka_unit_test(test_subflow_flapping__two__none),
        cmocka_unit_test(test_subflow_flapping__minutes_between__none),
        cmocka_unit_test(test_subflow_flapping__they_carry_data__none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
