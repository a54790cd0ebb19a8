/* test_checks_icmp.c - ICMP errors, sizes that do not get through, RSTs of something in between, interfaces that do
 * not match: each case that raises one, and near misses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

/* An error about what this side of the flow sends. */
static void complain(struct scene *s, const flow *f, unsigned side, uint8_t type, uint8_t code, uint32_t mtu)
{
    mpt_icmp_error e = {.time_ns = s->w.now_ns,
                        .frame = ++s->w.frame,
                        .type = type,
                        .code = code,
                        .mtu = mtu,
                        .router = endpoint_of("203.0.113.254", 0),
                        .ends = {f->ends[side], f->ends[!side]}};

    mpt_engine_note_icmp(s->w.engine, &e);
    s->w.now_ns += MS;
}

/* A join whose SYN a router refuses, while data goes on for longer than an answer takes. */
static void refuse_join(struct scene *s)
{
    mpt_option syn = option_join_syn(&HOSTS, 0);

    begin_open(s);
    send_one(&s->b, 0, MPT_TCP_SYN, &syn);
    complain(s, &s->b, 0, 3, 13, 0);
    later(s, 5000);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
}

static void test_icmp_error__join_refused__is_the_reason(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    refuse_join(&s);
    r = expect_one(&s, MPT_FINDING_ICMP_ERROR, MPT_SEVERITY_WARNING);
    assert_int_equal(r.subflow.value, 1);
    assert_int_equal(r.frame, 7);
    expect_words(r, "203.0.113.254 answered the client's segments on subflow 1");
    expect_words(r, "The join failed for this reason.");
}

static void test_join_unanswered__icmp_tells_why__none(void **state)
{
    struct scene s;
    (void)state;
    refuse_join(&s);
    expect_none(&s, MPT_FINDING_JOIN_UNANSWERED);
}

static void test_icmp_error__three_times__one_finding_with_the_first_frame(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    for (unsigned i = 0; i < 3; i++)
        complain(&s, &s.b, 0, 11, 0, 0);
    r = expect_one(&s, MPT_FINDING_ICMP_ERROR, MPT_SEVERITY_WARNING);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.frame, 11);
    expect_words(
        r,
        "time to live exceeded (type 11, code 0), 3 times. Nothing was acknowledged on this subflow any more");
}

static void test_icmp_error__about_what_the_server_sends__says_so(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    complain(&s, &s.b, 1, 3, 4, 1280);
    expect_words(expect_one(&s, MPT_FINDING_ICMP_ERROR, MPT_SEVERITY_WARNING), "which takes 1280 bytes");
}

static void test_icmp_error__of_no_connection__none(void **state)
{
    struct scene s;
    flow other;
    (void)state;
    begin_two(&s);
    other = flow_between(&s.w, "192.0.2.1", 40009, "192.0.2.2", 5001, 9);
    complain(&s, &other, 0, 3, 13, 0);
    expect_none(&s, MPT_FINDING_ICMP_ERROR);
}

/* --- sizes --- */

/* A small segment that is acknowledged, then so many times one of 1,400 bytes, of which the peer says nothing
 * new. */
static void get_stuck(struct scene *s, unsigned times, uint16_t small)
{
    begin_open(s);
    flow_send_data(&s->a, 0, &s->h, 0, 101, small);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 101 + small);
    for (unsigned i = 0; i < times; i++) {
        flow_send_data(&s->a, 0, &s->h, 0, 101 + small, 1400);
        s->a.next[0] -= 1400;
        flow_send(&s->a, 1, MPT_TCP_ACK, 0, NULL, 0);
        later(s, 300);
    }
}

static void test_path_mtu__large_one_never_acknowledged__warning(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    get_stuck(&s, 3, 500);
    r = expect_one(&s, MPT_FINDING_PATH_MTU, MPT_SEVERITY_WARNING);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.frame, 8);
    expect_words(r, "No segment of 1,400 bytes that the client sent on subflow 0");
    expect_words(r, "those of up to 500 bytes were");
    expect_words(r, "no ICMP message tells the sender");
    get_stuck(&s, 6, 500);
    expect_none(&s, MPT_FINDING_PATH_OUTAGE);
}

/* The answers come when all is over only: the path was not out, as it took no segment of that size. */
static void test_path_mtu__heard_later__no_outage(void **state)
{
    struct scene s;
    (void)state;
    get_stuck(&s, 1, 500);
    for (unsigned i = 0; i < 5; i++) {
        flow_send_data(&s.a, 0, &s.h, 0, 601, 1400);
        s.a.next[0] -= 1400;
        later(&s, 600);
    }
    flow_send(&s.a, 1, MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_PATH_OUTAGE);
}

static void test_path_mtu__sent_twice__none(void **state)
{
    struct scene s;
    (void)state;
    get_stuck(&s, 2, 500);
    expect_none(&s, MPT_FINDING_PATH_MTU);
}

static void test_path_mtu__one_of_that_size_was_acknowledged__none(void **state)
{
    struct scene s;
    (void)state;
    get_stuck(&s, 5, 1400);
    expect_none(&s, MPT_FINDING_PATH_MTU);
}

static void test_path_mtu__acknowledged_in_the_end__none(void **state)
{
    struct scene s;
    (void)state;
    get_stuck(&s, 5, 500);
    flow_send_data(&s.a, 0, &s.h, 0, 601, 1400);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 2001);
    expect_none(&s, MPT_FINDING_PATH_MTU);
}

static void test_path_mtu__nothing_heard_any_more__is_an_outage(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 500);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 601);
    for (unsigned i = 0; i < 5; i++) {
        flow_send_data(&s.a, 0, &s.h, 0, 601, 1400);
        s.a.next[0] -= 1400;
        later(&s, 300);
    }
    expect_none(&s, MPT_FINDING_PATH_MTU);
}

/* --- where packets come from --- */

/* A segment of the flow's side with this TTL (0: not known), at this interface of the file. */
static void send_at(flow *f, unsigned side, uint16_t flags, uint8_t ttl, uint32_t interface_id)
{
    mpt_segment g = {.time_ns = f->wire->now_ns,
                     .frame = ++f->wire->frame,
                     .presence = MPT_SEGMENT_INTERFACE | (ttl ? MPT_SEGMENT_TTL : 0),
                     .src = f->ends[side],
                     .dst = f->ends[!side],
                     .seq = f->isn[side] + f->next[side],
                     .ack = f->isn[!side] + f->next[!side],
                     .window = 65535,
                     .interface_id = interface_id,
                     .ttl = ttl,
                     .flags = flags};

    mpt_engine_feed(f->wire->engine, &g);
    f->wire->now_ns += MS;
}

/* The server sends some packets with TTL 64 on b, then a RST with this one. */
static void reset_with(struct scene *s, unsigned packets, uint8_t ttl)
{
    begin_two(s);
    for (unsigned i = 0; i < packets; i++)
        send_at(&s->b, 1, MPT_TCP_ACK, 64, 0);
    send_at(&s->b, 1, MPT_TCP_RST | MPT_TCP_ACK, ttl, 0);
}

static void test_reset_foreign__another_ttl__warning(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    reset_with(&s, 3, 61);
    r = expect_one(&s, MPT_FINDING_RESET_FOREIGN, MPT_SEVERITY_WARNING);
    assert_int_equal(r.subflow.value, 1);
    expect_words(
        r, "in the server's name arrived with a TTL of 61, all other packets of the server on it with 64");
}

static void test_subflow_reset__by_something_in_between__is_not_the_host(void **state)
{
    struct scene s;
    (void)state;
    reset_with(&s, 3, 61);
    expect_none(&s, MPT_FINDING_SUBFLOW_RESET);
}

static void test_reset_foreign__the_same_ttl__none(void **state)
{
    struct scene s;
    (void)state;
    reset_with(&s, 3, 64);
    expect_none(&s, MPT_FINDING_RESET_FOREIGN);
}

static void test_reset_foreign__one_packet_to_compare_with__none(void **state)
{
    struct scene s;
    (void)state;
    reset_with(&s, 1, 61);
    expect_none(&s, MPT_FINDING_RESET_FOREIGN);
}

static void test_reset_foreign__ttl_not_known__none(void **state)
{
    struct scene s;
    (void)state;
    reset_with(&s, 3, 0);
    expect_none(&s, MPT_FINDING_RESET_FOREIGN);
}

/* A connection captured at the client, whose packets go by interface 0; a join whose sides have these. */
static void join_by(struct scene *s, uint32_t client, uint32_t server)
{
    mpt_option syn = option_join_syn(&HOSTS, 0);
    mpt_option capable, answer, ack;
    mpt_segment g;

    begin(s);
    capable = option_capable(&s->h, 0, 0);
    answer = option_capable(&s->h, 1, 1);
    ack = option_capable(&s->h, 0, 2);
    send_one(&s->a, 0, MPT_TCP_SYN, &capable);
    later(s, 20);
    send_one(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &answer);
    send_one(&s->a, 0, MPT_TCP_ACK, &ack);
    g = (mpt_segment){.time_ns = s->w.now_ns,
                      .frame = ++s->w.frame,
                      .presence = MPT_SEGMENT_INTERFACE,
                      .src = s->b.ends[0],
                      .dst = s->b.ends[1],
                      .seq = s->b.isn[0],
                      .interface_id = client,
                      .flags = MPT_TCP_SYN};
    g.option_len = (uint16_t)mpt_option_write(&syn, g.options, sizeof g.options);
    mpt_engine_feed(s->w.engine, &g);
    s->b.next[0]++;
    later(s, 20);
    send_at(&s->b, 1, MPT_TCP_SYN | MPT_TCP_ACK, 64, server);
}

static void test_interface_mismatch__answer_by_another__warning(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    join_by(&s, 1, 0);
    r = expect_one(&s, MPT_FINDING_INTERFACE_MISMATCH, MPT_SEVERITY_WARNING);
    assert_int_equal(r.subflow.value, 1);
    expect_words(
        r,
        "the client's packets pass through interface 1 of the capture and the server's through interface 0");
}

static void test_interface_mismatch__answer_by_the_same__none(void **state)
{
    struct scene s;
    (void)state;
    join_by(&s, 1, 1);
    expect_none(&s, MPT_FINDING_INTERFACE_MISMATCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_icmp_error__join_refused__is_the_reason),
        cmocka_unit_test(test_join_unanswered__icmp_tells_why__none),
        cmocka_unit_test(test_icmp_error__three_times__one_finding_with_the_first_frame),
        cmocka_unit_test(test_icmp_error__about_what_the_server_sends__says_so),
        cmocka_unit_test(test_icmp_error__of_no_connection__none),
        cmocka_unit_test(test_path_mtu__large_one_never_acknowledged__warning),
        cmocka_unit_test(test_path_mtu__heard_later__no_outage),
        cmocka_unit_test(test_path_mtu__sent_twice__none),
        cmocka_unit_test(test_path_mtu__one_of_that_size_was_acknowledged__none),
        cmocka_unit_test(test_path_mtu__acknowledged_in_the_end__none),
        cmocka_unit_test(test_path_mtu__nothing_heard_any_more__is_an_outage),
        cmocka_unit_test(test_reset_foreign__another_ttl__warning),
        cmocka_unit_test(test_subflow_reset__by_something_in_between__is_not_the_host),
        cmocka_unit_test(test_reset_foreign__the_same_ttl__none),
        cmocka_unit_test(test_reset_foreign__one_packet_to_compare_with__none),
        cmocka_unit_test(test_reset_foreign__ttl_not_known__none),
        cmocka_unit_test(test_interface_mismatch__answer_by_another__warning),
        cmocka_unit_test(test_interface_mismatch__answer_by_the_same__none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
