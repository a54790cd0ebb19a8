/* test_discarded.c - which bytes a receiver has thrown away, at the boundaries of what shows it.
 *
 * Every segment is a millisecond after the one before; the handshake takes 2 ms, so that DATA_ACKs may stay for 20.5 ms
 * before anything is concluded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/figures/discarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/scene.h"

#define MS      INT64_C(1000000)
#define PATIENT (20 * MS + 2 * MS / 4)

struct world {
    mpt_engine *engine;
    struct scene x;
    struct path a;
};

/* flow_send reads A from the flags of its options: H alone is 0x01, with A 0x81. */
static mpt_option with_checksums(mpt_option o, bool checksums)
{
    if (checksums)
        o.capable.flags |= 0x80;
    return o;
}

static struct world opened(bool checksums)
{
    mpt_engine_config config;
    struct world w;

    mpt_engine_config_default(&config);
    config.want_frames = true;
    w.engine = mpt_engine_new(&config);
    w.x = scene_of(w.engine);
    w.a = path_v4("192.0.2.1", 40000, "192.0.2.2", 443);
    send_syn(&w.x, &w.a, 0, with_checksums(capable(&w.x, 0, 0), checksums));
    send_synack(&w.x, &w.a, 1, with_checksums(capable(&w.x, 1, 1), checksums));
    send_ack(&w.x, &w.a, 0, 1, with_checksums(capable(&w.x, 0, 2), checksums));
    return w;
}

static const mpt_connection *connection_of(struct world *w)
{
    mpt_engine_flush(w->engine);
    return g_ptr_array_index(mpt_engine_connections(w->engine), 0);
}

/* Position on the subflow of what the client sent with this SSN. */
static int64_t position_of(const mpt_connection *c, uint32_t ssn)
{
    const mpt_half *h = &mpt_connection_subflow(c, 0)->half[0];

    return h->ssn_shift + ssn;
}

/* 100 bytes at 1 and 100 at 101; the server acknowledges the first 100 as data and `ack` - 1 on the subflow. Returns
 * when that acknowledgement came. */
static int64_t stay_at_101(struct world *w, uint32_t ack)
{
    send_data(&w->x, &w->a, 0, 1, 100, dss(1, 1, 100));
    send_data(&w->x, &w->a, 0, 101, 100, dss(101, 101, 100));
    send_ack(&w->x, &w->a, 1, ack, data_ack(101));
    return w->x.wire.now_ns - MS;
}

static bool discarded(struct world *w, uint32_t ssn, int64_t last_ack_ns)
{
    const mpt_connection *c = connection_of(w);

    return mpt_discarded_by_data_ack(c, MPT_CONN_SIDE_A, &c->level[MPT_CONN_SIDE_A].owned.runs, 0,
                                     position_of(c, ssn), last_ack_ns);
}

static void test_by_data_ack__acknowledged_on_the_subflow_alone__after_the_patience(void **state)
{
    struct world w = opened(true);
    int64_t acked_ns = stay_at_101(&w, 201);

    (void)state;
    assert_false(discarded(&w, 101, acked_ns + PATIENT - 1));
    assert_true(discarded(&w, 101, acked_ns + PATIENT));
    mpt_engine_free(w.engine);
}

static void test_by_data_ack__bytes_before_what_is_missed__not_discarded(void **state)
{
    struct world w = opened(true);
    int64_t acked_ns = stay_at_101(&w, 201);

    (void)state;
    assert_false(discarded(&w, 100, acked_ns + PATIENT));
    assert_true(discarded(&w, 200, acked_ns + PATIENT));
    assert_false(discarded(&w, 201, acked_ns + PATIENT)); /* not acknowledged on the subflow */
    mpt_engine_free(w.engine);
}

static void test_by_data_ack__no_checksums__nothing_to_throw_away_for(void **state)
{
    struct world w = opened(false);
    int64_t acked_ns = stay_at_101(&w, 201);

    (void)state;
    assert_false(discarded(&w, 101, acked_ns + PATIENT));
    mpt_engine_free(w.engine);
}

static void test_by_data_ack__not_acknowledged_on_the_subflow__it_may_wait_there(void **state)
{
    struct world w = opened(true);
    int64_t acked_ns = stay_at_101(&w, 101);

    (void)state;
    assert_false(discarded(&w, 101, acked_ns + PATIENT));
    mpt_engine_free(w.engine);
}

/* The byte at the DATA_ACK never came, or came on another subflow first: then what waits is no fault of this one. */
static void test_by_data_ack__first_missed_byte_of_nobody_or_another__not_discarded(void **state)
{
    (void)state;
    for (unsigned by_another = 0; by_another < 2; by_another++) {
        struct world w = opened(true);
        struct path b = path_v4("198.51.100.1", 40001, "192.0.2.2", 443);
        int64_t acked_ns;

        open_join(&w.x, &b, 1);
        send_data(&w.x, &w.a, 0, 1, 100, dss(1, 1, 100));
        if (by_another)
            send_data(&w.x, &b, 0, 1, 100, dss(101, 1, 100));
        send_data(&w.x, &w.a, 0, 101, 100, dss(201, 101, 100));
        send_ack(&w.x, &w.a, 1, 201, data_ack(101));
        acked_ns = w.x.wire.now_ns - MS;
        assert_false(discarded(&w, 101, acked_ns + PATIENT));
        mpt_engine_free(w.engine);
    }
}

static void test_by_data_ack__none_seen__not_discarded(void **state)
{
    struct world w = opened(true);

    (void)state;
    send_data(&w.x, &w.a, 0, 1, 100, dss(1, 1, 100));
    send_ack(&w.x, &w.a, 1, 101, no_option());
    assert_false(discarded(&w, 1, w.x.wire.now_ns + PATIENT));
    mpt_engine_free(w.engine);
}

/* --- MP_FAIL --- */

static bool refused_from(struct world *w, uint64_t dsn, int64_t *position)
{
    const mpt_connection *c = connection_of(w);
    /* Of the server (RFC 8684 3.7): the DSN is the client's. */
    const mpt_event fail = {.type = MPT_EVENT_MP_FAIL, .side = MPT_CONN_SIDE_B, .owner = 0, .fail.dsn = dsn};

    return mpt_discarded_from(c, &fail, position);
}

/* An implementation of MPTCP version 0 sends 32 bits: the upper half is not looked at. */
static void test_from__dsn_of_a_mapping__its_place_on_the_subflow(void **state)
{
    struct world w = opened(true);
    int64_t position;

    (void)state;
    stay_at_101(&w, 201);
    assert_true(refused_from(&w, dsn_of(&w.x.hosts, 0, 101), &position));
    assert_int_equal(position, position_of(connection_of(&w), 101));
    assert_true(refused_from(&w, (uint32_t)dsn_of(&w.x.hosts, 0, 151), &position));
    assert_int_equal(position, position_of(connection_of(&w), 151));
    mpt_engine_free(w.engine);
}

/* Before the first DATA_ACK the end of the last mapping is near. */
static void test_from__no_data_ack_yet__found_all_the_same(void **state)
{
    struct world w = opened(true);
    int64_t position;

    (void)state;
    send_data(&w.x, &w.a, 0, 1, 100, dss(1, 1, 100));
    assert_true(refused_from(&w, dsn_of(&w.x.hosts, 0, 1), &position));
    assert_int_equal(position, position_of(connection_of(&w), 1));
    mpt_engine_free(w.engine);
}

static void test_from__dsn_that_no_mapping_has__none(void **state)
{
    struct world w = opened(true);
    int64_t position;

    (void)state;
    stay_at_101(&w, 201);
    assert_false(refused_from(&w, dsn_of(&w.x.hosts, 0, 201), &position));
    assert_false(refused_from(&w, dsn_of(&w.x.hosts, 0, 101) + (UINT64_C(1) << 31), &position));
    mpt_engine_free(w.engine);
}

static void test_after_reset__only_later_and_only_if_reset(void **state)
{
    mpt_subflow s = {.state = MPT_STATE_RESET, .closed_ns = 1000};

    (void)state;
    assert_false(mpt_discarded_after_reset(&s, 1000));
    assert_true(mpt_discarded_after_reset(&s, 1001));
    s.state = MPT_STATE_CLOSED;
    assert_false(mpt_discarded_after_reset(&s, 1001));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_data_ack__acknowledged_on_the_subflow_alone__after_the_patience),
        cmocka_unit_test(test_by_data_ack__bytes_before_what_is_missed__not_discarded),
        cmocka_unit_test(test_by_data_ack__no_checksums__nothing_to_throw_away_for),
        cmocka_unit_test(test_by_data_ack__not_acknowledged_on_the_subflow__it_may_wait_there),
        cmocka_unit_test(test_by_data_ack__first_missed_byte_of_nobody_or_another__not_discarded),
        cmocka_unit_test(test_by_data_ack__none_seen__not_discarded),
        cmocka_unit_test(test_from__dsn_of_a_mapping__its_place_on_the_subflow),
        cmocka_unit_test(test_from__no_data_ack_yet__found_all_the_same),
        cmocka_unit_test(test_from__dsn_that_no_mapping_has__none),
        cmocka_unit_test(test_after_reset__only_later_and_only_if_reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
