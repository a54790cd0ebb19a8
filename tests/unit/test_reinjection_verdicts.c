/* test_reinjection_verdicts.c - which of two copies counted where the receiver threw the first one away behind the place of
 * the capture: its receive buffer is full, or the segment is wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

#include "tap/engine/reinjections/reinjection_figures.h"

/* The first copy goes on b, where TCP acknowledges it; the DATA_ACK stays at `stands` for some ms, until a brings
 * a second copy. */
static void send_again_later(struct scene *s, int64_t dsn, int64_t stands, int64_t ms)
{
    begin_two(s);
    flow_send_data(&s->b, 0, &s->h, 0, dsn, 100);
    flow_send_data_ack(&s->b, 1, &s->h, 1, stands);
    later(s, ms);
    flow_send_data_ack(&s->b, 1, &s->h, 1, stands);
    flow_send_data(&s->a, 0, &s->h, 0, dsn, 100);
    flow_send_data_ack(&s->a, 1, &s->h, 1, dsn + 100);
}

static void expect_bytes(struct scene *s, bool at_receiver, uint64_t useful, uint64_t redundant)
{
    mpt_reinjection_figures r;
    mpt_connection_view v;
    GPtrArray *all;

    mpt_engine_flush(s->w.engine);
    all = mpt_metrics_connections(s->w.engine);
    mpt_metrics_connection(s->w.engine, g_ptr_array_index(all, 0), 0, &v);
    mpt_reinjection_figures_init(&r, s->w.engine, s->log, &v, MPT_C2S, (mpt_maybe_int){true, at_receiver});
    assert_int_equal(r.bytes[MPT_USEFUL], useful);
    assert_int_equal(r.bytes[MPT_REDUNDANT], redundant);
    mpt_reinjection_figures_clear(&r);
    mpt_metrics_clear(&v);
    g_ptr_array_unref(all);
    leave(s);
}

static void test_verdict__data_ack_stands_until_the_second_copy__useful_at_both_ends(void **state)
{
    struct scene s;
    (void)state;
    for (unsigned end = 0; end < 2; end++) {
        send_again_later(&s, 101, 101, 300);
        expect_bytes(&s, end, 100, 0);
    }
}

/* The ACK of TCP left just before the data level had taken the bytes in. */
static void test_verdict__data_ack_stands_for_a_moment__redundant(void **state)
{
    struct scene s;
    (void)state;
    for (unsigned end = 0; end < 2; end++) {
        send_again_later(&s, 101, 101, 10);
        expect_bytes(&s, end, 0, 100);
    }
}

/* Bytes before these are missing: the DATA_ACK could not move. */
static void test_verdict__hole_before_the_bytes__redundant(void **state)
{
    struct scene s;
    (void)state;
    for (unsigned end = 0; end < 2; end++) {
        send_again_later(&s, 201, 101, 300);
        expect_bytes(&s, end, 0, 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdict__data_ack_stands_until_the_second_copy__useful_at_both_ends),
        cmocka_unit_test(test_verdict__data_ack_stands_for_a_moment__redundant),
        cmocka_unit_test(test_verdict__hole_before_the_bytes__redundant),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
