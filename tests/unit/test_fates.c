/* test_fates.c - which of two copies counted, seen at both ends, where the receiver threw the first one away behind the
 * place of the capture: its buffer is full, or the segment is wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/two_ends.h"

/* `from` sends the data; v6: over IPv6. */
typedef struct world {
    ends e;
    link_ a, b;
    unsigned from;
} world;

static void open_world(world *w, unsigned from, bool v6)
{
    open_ends(&w->e);
    w->a = link_of(&w->e, 0, 0);
    w->b = link_of(&w->e, 1, 0);
    w->from = from;
    if (v6) {
        w->a.end[0] = endpoint_of("2001:db8::1", 40000);
        w->a.end[1] = endpoint_of("2001:db8::2", 5001);
        w->b.end[0] = endpoint_of("2001:db8:1::1", 40001);
        w->b.end[1] = w->a.end[1];
    }
    open_capable(&w->a);
    open_join(&w->b);
}

static void later(world *w, int64_t ms)
{
    w->e.now_ns += ms * MS;
}

/* What `link` brought again of what b had carried first; closes the world. */
static mpt_path_reinjected fates(world *w, unsigned link)
{
    mpt_path_reinjected r;

    finish_ends(&w->e);
    r = mpt_paths_reinjected(flow_at(&w->e, link), w->from, w->from);
    close_ends(&w->e);
    return r;
}

static void expect(mpt_path_reinjected r, uint64_t useful, uint64_t redundant)
{
    assert_int_equal(r.useful, useful);
    assert_int_equal(r.redundant, redundant);
    assert_int_equal(r.useless + r.lost, 0);
}

/* n segments of 1000 bytes from this DSN on. */
static void send_segments(const world *w, link_ *l, int64_t dsn, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        send_data(l, w->from, dsn + INT64_C(1000) * i, 1000);
}

/* The receiver acknowledges for TCP what b brought, and no data beyond `dsn`, for so long. */
static void stand_still(world *w, int64_t dsn, int64_t ms)
{
    send_data_ack(&w->b, !w->from, dsn);
    later(w, ms);
    send_data_ack(&w->b, !w->from, dsn);
}

static void test_fate__data_ack_stands_until_the_second_copy__useful(void **state)
{
    world w;

    (void)state;
    for (unsigned from = 0; from < 2; from++)
        for (unsigned v6 = 0; v6 < 2; v6++) {
            open_world(&w, from, v6);
            send_segments(&w, &w.b, 1, 1);
            stand_still(&w, 1, 300);
            send_segments(&w, &w.a, 1, 1);
            send_data_ack(&w.a, !from, 1001);
            expect(fates(&w, 0), 1000, 0);
        }
}

static void test_fate__data_ack_stands_for_a_moment__redundant(void **state)
{
    world w;

    (void)state;
    open_world(&w, 0, false);
    send_segments(&w, &w.b, 1, 1);
    send_data_ack(&w.b, 1, 1);
    send_segments(&w, &w.a, 1, 1);
    send_data_ack(&w.a, 1, 1001);
    expect(fates(&w, 0), 0, 1000);
}

/* Bytes before these are missing: the DATA_ACK could not move. */
static void test_fate__hole_before_the_bytes__redundant(void **state)
{
    world w;

    (void)state;
    open_world(&w, 0, false);
    send_segments(&w, &w.b, 1001, 1);
    stand_still(&w, 1, 300);
    send_segments(&w, &w.a, 1001, 1);
    expect(fates(&w, 0), 0, 1000);
}

/* The subflow has not acknowledged the bytes: they wait there. */
static void test_fate__not_acknowledged_by_tcp__redundant(void **state)
{
    world w;

    (void)state;
    open_world(&w, 0, false);
    send_segments(&w, &w.b, 1, 1);
    w.b.next[0] -= 1000;
    stand_still(&w, 1, 300);
    w.b.next[0] += 1000;
    send_segments(&w, &w.a, 1, 1);
    expect(fates(&w, 0), 0, 1000);
}

/* The copy has more bytes than the segment that was thrown away: what follows may be there. */
static void test_fate__copy_longer_than_the_segment_thrown_away__its_bytes_alone(void **state)
{
    world w;

    (void)state;
    open_world(&w, 0, false);
    send_segments(&w, &w.b, 1, 2);
    stand_still(&w, 1, 300);
    send_data(&w.a, 0, 1, 1500);
    send_data_ack(&w.a, 1, 2001);
    expect(fates(&w, 0), 1000, 500);
}

/* Second copies one after the other: the DATA_ACK goes over them one by one, when all have come. */
static void test_fate__proof_comes_after_the_second_copy__useful(void **state)
{
    world w;

    (void)state;
    open_world(&w, 0, false);
    send_segments(&w, &w.b, 1, 3);
    stand_still(&w, 1, 300);
    send_segments(&w, &w.a, 1, 2);
    send_data_ack(&w.a, 1, 1001);
    send_data_ack(&w.a, 1, 3001);
    expect(fates(&w, 0), 2000, 0);
}

/* b goes on, so that its last acknowledgement is never old. */
static void test_fate__subflow_goes_on__useful(void **state)
{
    world w;

    (void)state;
    open_world(&w, 0, false);
    send_segments(&w, &w.b, 1, 1);
    for (unsigned i = 1; i < 10; i++) {
        send_data_ack(&w.b, 1, 1);
        send_segments(&w, &w.b, 1 + INT64_C(1000) * i, 1);
    }
    send_data_ack(&w.b, 1, 1);
    send_segments(&w, &w.a, 1, 1);
    send_data_ack(&w.a, 1, 10001);
    expect(fates(&w, 0), 1000, 0);
}

/* A mapping that fails its checksum: so does all that follows it on its subflow. */
static void test_fate__with_checksums__all_that_the_subflow_brought_after_it(void **state)
{
    mpt_option syn = option_capable(&HOSTS, 0, 0), synack = option_capable(&HOSTS, 1, 1),
               ack = option_capable(&HOSTS, 0, 2);
    world w = {0};

    (void)state;
    syn.capable.flags |= 0x80;
    synack.capable.flags |= 0x80;
    ack.capable.flags |= 0x80;
    open_ends(&w.e);
    w.a = link_of(&w.e, 0, 0);
    w.b = link_of(&w.e, 1, 0);
    send_segment(&w.a, 0, MPT_TCP_SYN, 0, &syn, 1);
    send_segment(&w.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, 1);
    send_segment(&w.a, 0, MPT_TCP_ACK, 0, &ack, 1);
    open_join(&w.b);
    send_segments(&w, &w.b, 1, 3);
    stand_still(&w, 1, 300);
    send_segments(&w, &w.a, 1, 3);
    send_data_ack(&w.a, 1, 3001);
    expect(fates(&w, 0), 3000, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fate__data_ack_stands_until_the_second_copy__useful),
        cmocka_unit_test(test_fate__data_ack_stands_for_a_moment__redundant),
        cmocka_unit_test(test_fate__hole_before_the_bytes__redundant),
        cmocka_unit_test(test_fate__not_acknowledged_by_tcp__redundant),
        cmocka_unit_test(test_fate__copy_longer_than_the_segment_thrown_away__its_bytes_alone),
        cmocka_unit_test(test_fate__proof_comes_after_the_second_copy__useful),
        cmocka_unit_test(test_fate__subflow_goes_on__useful),
        cmocka_unit_test(test_fate__with_checksums__all_that_the_subflow_brought_after_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
