/* test_checks_waits.c - data that waited for bytes before it: which subflow kept it waiting, at the receiver's end and at
 * the sender's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

#include "tap/engine/figures/metrics.h"

/* TCP acknowledges all that f has sent, with a DATA_ACK. */
static void acknowledge(struct scene *s, flow *f, int64_t dsn)
{
    flow_send_data_ack(f, 1, &s->h, 1, dsn);
}

static void expect_subflow(struct result r, int64_t subflow, const char *words)
{
    assert_true(r.subflow.known);
    assert_int_equal(r.subflow.value, subflow);
    expect_words(r, words);
}

/* Sent on b and lost; what follows on a is acknowledged by TCP alone until the bytes go on a, `ms` later. */
static void lose_on_b(struct scene *s, int64_t ms, bool behind)
{
    begin_two(s);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 100);
    if (behind) {
        flow_send_data(&s->a, 0, &s->h, 0, 201, 100);
        acknowledge(s, &s->a, 101);
    }
    later(s, ms);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
    acknowledge(s, &s->a, behind ? 301 : 201);
}

static void test_data_waited__sent_on_a_path_that_lost_it__that_path(void **state)
{
    struct scene s;
    (void)state;
    lose_on_b(&s, 300, true);
    expect_subflow(expect_one(&s, MPT_FINDING_DATA_WAITED, MPT_SEVERITY_NOTE), 1,
                   "first sent on subflow 1 (198.51.100.1:40001 - 192.0.2.2:5001)");
}

static void test_data_waited__nothing_behind_it__none(void **state)
{
    struct scene s;
    (void)state;
    lose_on_b(&s, 300, false);
    expect_none(&s, MPT_FINDING_DATA_WAITED);
}

static void test_data_waited__too_short__none(void **state)
{
    struct scene s;
    (void)state;
    lose_on_b(&s, 90, true);
    expect_none(&s, MPT_FINDING_DATA_WAITED);
}

/* Both paths are dead for 8 s: nothing is acknowledged, and then what was sent first is sent again. */
static void test_data_waited__both_paths_dead__where_it_was_sent_first(void **state)
{
    struct scene s;
    struct result r;
    uint32_t next;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    flow_send_data(&s.a, 0, &s.h, 0, 201, 100);
    later(&s, 8000);
    next = s.b.next[0];
    s.b.next[0] -= 100;
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    s.b.next[0] = next;
    acknowledge(&s, &s.b, 301);
    r = expect_one(&s, MPT_FINDING_DATA_WAITED, MPT_SEVERITY_NOTE);
    expect_subflow(r, 1, "waited 8.0");
}

/* --- in the order of the data, at the receiver's end --- */

/* b has a mapping of 1,000 bytes, of which 500 arrive; the rest comes on a in the end, behind what a carried meanwhile. */
static void test_data_waited__rest_of_a_mapping_comes_elsewhere__whose_mapping_it_is(void **state)
{
    struct scene s;
    mpt_option o;
    (void)state;
    begin_two(&s);
    o = option_dss(&(mpt_dss){.has_mapping = true,
                              .dsn_64bit = true,
                              .dsn = dsn_of(&s.h, 0, 101),
                              .ssn = s.b.next[0],
                              .length = 1000});
    flow_send(&s.b, 0, MPT_TCP_ACK, 500, &o, 1);
    flow_send_data(&s.a, 0, &s.h, 0, 1101, 100);
    later(&s, 400);
    flow_send_data(&s.a, 0, &s.h, 0, 601, 500);
    expect_subflow(expect_one(&s, MPT_FINDING_DATA_WAITED, MPT_SEVERITY_NOTE), 1,
                   "finally came on subflow 0");
}

/* The capture has nothing of b's copy, but a had carried later data before. */
static void test_data_waited__brought_by_a_subflow_that_goes_back__the_other(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 201, 100);
    later(&s, 400);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    expect_subflow(expect_one(&s, MPT_FINDING_DATA_WAITED, MPT_SEVERITY_NOTE), 1,
                   "finally came on subflow 0");
}

static void test_data_waited__slow_subflow_in_its_own_order__that_one(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 201, 100);
    later(&s, 400);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    expect_subflow(expect_one(&s, MPT_FINDING_DATA_WAITED, MPT_SEVERITY_NOTE), 0, "came late on subflow 0");
}

/* A segment lost on the only subflow. */
static void test_data_waited__one_subflow__that_one(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    s.a.next[0] += 100;
    flow_send_data(&s.a, 0, &s.h, 0, 201, 100);
    later(&s, 400);
    s.a.next[0] -= 200;
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    expect_subflow(expect_one(&s, MPT_FINDING_DATA_WAITED, MPT_SEVERITY_NOTE), 0, "came late on subflow 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_waited__sent_on_a_path_that_lost_it__that_path),
        cmocka_unit_test(test_data_waited__nothing_behind_it__none),
        cmocka_unit_test(test_data_waited__too_short__none),
        cmocka_unit_test(test_data_waited__both_paths_dead__where_it_was_sent_first),
        cmocka_unit_test(test_data_waited__rest_of_a_mapping_comes_elsewhere__whose_mapping_it_is),
        cmocka_unit_test(test_data_waited__brought_by_a_subflow_that_goes_back__the_other),
        cmocka_unit_test(test_data_waited__slow_subflow_in_its_own_order__that_one),
        cmocka_unit_test(test_data_waited__one_subflow__that_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
