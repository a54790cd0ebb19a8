/* test_states.c - states of subflows of which the capture shows a part, and subflows that move.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/common/labels.h"
#include "tests/support/findings_scene.h"

static const mpt_subflow *subflow_at(const struct scene *s, guint index)
{
    mpt_engine_flush(s->w.engine);
    return g_ptr_array_index(mpt_engine_subflows(s->w.engine), index);
}

/* The initiator's direction of a join alone. */
static void half_a_join(struct scene *s)
{
    mpt_engine *all, *none;
    mpt_engine_config config;

    begin_open(s);
    mpt_engine_config_default(&config);
    none = mpt_engine_new(&config);
    all = s->w.engine;
    mpt_option syn = option_join_syn(&s->h, 0);
    mpt_option ack = {.subtype = MPT_MP_JOIN, .length = 24, .join = {.step = MPT_JOIN_ACK}};
    send_one(&s->b, 0, MPT_TCP_SYN, &syn);
    s->w.engine = none;
    flow_send(&s->b, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
    s->w.engine = all;
    send_one(&s->b, 0, MPT_TCP_ACK, &ack);
    mpt_engine_free(none);
}

static void test_state__join_without_its_responder__data_shows_it(void **state)
{
    struct scene s;
    (void)state;
    half_a_join(&s);
    assert_int_equal(subflow_at(&s, 1)->state, MPT_STATE_SYN_SENT);
    assert_string_equal(mpt_subflow_state_phrase(subflow_at(&s, 1)), "incomplete");
    flow_send_data(&s.b, 0, &s.h, 0, 101, 50);
    assert_int_equal(subflow_at(&s, 1)->state, MPT_STATE_ESTABLISHED);
    leave(&s);
}

static void test_state__join_without_confirmation__is_not_established_by_its_data(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_open_join(&s.b, &s.h, 0, IDS, false);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 50);
    assert_int_equal(subflow_at(&s, 1)->state, MPT_STATE_SYN_SENT);
    leave(&s);
}

static void test_state_phrase__syn_alone_and_answered__differ(void **state)
{
    struct scene s;
    mpt_option syn;
    (void)state;
    begin(&s);
    syn = option_capable(&s.h, 0, 0);
    send_one(&s.a, 0, MPT_TCP_SYN, &syn);
    assert_string_equal(mpt_subflow_state_phrase(subflow_at(&s, 0)), "SYN sent");
    flow_send(&s.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
    assert_string_equal(mpt_subflow_state_phrase(subflow_at(&s, 0)), "incomplete");
    flow_send(&s.a, 0, MPT_TCP_ACK, 0, NULL, 0);
    assert_string_equal(mpt_subflow_state_phrase(subflow_at(&s, 0)), "established");
    leave(&s);
}

/* --- subflows that move --- */

static void move_a(struct scene *s, uint16_t port, uint32_t ahead)
{
    flow moved;

    begin_open(s);
    flow_send_data(&s->a, 1, &s->h, 1, 1, 100);
    moved = s->a;
    moved.ends[0].port = port;
    moved.tcp_stream = 7;
    moved.isn[0] += ahead;
    flow_send_data(&moved, 0, &s->h, 0, 101, 100);
    flow_send_data(&moved, 1, &s->h, 1, 101, 100);
}

static void test_moved__numbers_go_on_at_another_port__names_the_subflow(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    move_a(&s, 50000, 0);
    r = expect_one(&s, MPT_FINDING_SUBFLOW_MOVED, MPT_SEVERITY_WARNING);
    expect_words(r, "the client's address or port changed");
    assert_int_equal(r.subflow.value, 1);
}

static void test_moved__other_numbers__none(void **state)
{
    struct scene s;
    (void)state;
    move_a(&s, 50000, 100000000);
    expect_none(&s, MPT_FINDING_SUBFLOW_MOVED);
}

/* --- limits --- */

static void refuse(struct scene *s, flow *f)
{
    mpt_option syn = option_join_syn(&s->h, 0);

    send_one(f, 0, MPT_TCP_SYN, &syn);
    send_reset(f, 1, 3);
}

static void test_join_limit__another_join_is_accepted_later__is_refused_instead(void **state)
{
    struct scene s;
    flow c;
    (void)state;
    begin_open(&s);
    c = flow_between(&s.w, "203.0.113.1", 40002, "192.0.2.2", 5001, 2);
    refuse(&s, &c);
    expect_one(&s, MPT_FINDING_JOIN_LIMIT, MPT_SEVERITY_WARNING);
    begin_open(&s);
    c = flow_between(&s.w, "203.0.113.1", 40002, "192.0.2.2", 5001, 2);
    refuse(&s, &c);
    join_b(&s, false);
    expect_one(&s, MPT_FINDING_JOIN_REFUSED, MPT_SEVERITY_WARNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state__join_without_its_responder__data_shows_it),
        cmocka_unit_test(test_state__join_without_confirmation__is_not_established_by_its_data),
        cmocka_unit_test(test_state_phrase__syn_alone_and_answered__differ),
        cmocka_unit_test(test_moved__numbers_go_on_at_another_port__names_the_subflow),
        cmocka_unit_test(test_moved__other_numbers__none),
        cmocka_unit_test(test_join_limit__another_join_is_accepted_later__is_refused_instead),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
