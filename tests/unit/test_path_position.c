/* test_path_position.c - where a vantage point is, by the handshakes that it sees.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/figures/path_position.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/segments.h"

#define MS INT64_C(1000000)

static const hosts HOSTS = {.version = 1, .key = {0x1111222233334444, 0x5555666677778888}};

typedef struct view {
    wire w;
    flow a, b;
} view;

static void begin(view *v)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    wire_open(&v->w, &config);
    v->a = flow_between(&v->w, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    v->b = flow_between(&v->w, "192.0.2.2", 5001, "198.51.100.1", 40001, 1); /* the server opens it */
}

/* A handshake as it is seen `before` ns away from who opens it, `beyond` from the other. */
static void handshake(flow *f, const mpt_option o[3], int64_t before, int64_t beyond)
{
    flow_send(f, 0, MPT_TCP_SYN, 0, &o[0], 1);
    f->wire->now_ns += 2 * beyond - MS;
    flow_send(f, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &o[1], 1);
    f->wire->now_ns += 2 * before - MS;
    flow_send(f, 0, MPT_TCP_ACK, 0, &o[2], 1);
}

static void open_first(view *v, int64_t before, int64_t beyond)
{
    mpt_option o[] = {option_capable(&HOSTS, 0, 0), option_capable(&HOSTS, 1, 1),
                      option_capable(&HOSTS, 0, 2)};

    handshake(&v->a, o, before, beyond);
}

/* The server joins: its end is the opener's. */
static void open_second(view *v, int64_t to_client, int64_t to_server)
{
    mpt_option o[] = {
        {.subtype = MPT_MP_JOIN,
         .length = 12,
         .join = {.step = MPT_JOIN_SYN, .token = mpt_key_token(HOSTS.key[0], 1), .nonce = 7}},
        {.subtype = MPT_MP_JOIN, .length = 16, .join = {.step = MPT_JOIN_SYNACK, .nonce = 8}},
        {.subtype = MPT_MP_JOIN, .length = 24, .join = {.step = MPT_JOIN_ACK}},
    };

    handshake(&v->b, o, to_server, to_client);
}

static bool place_of(view *v, double *place)
{
    bool known;

    mpt_engine_flush(v->w.engine);
    known = mpt_path_position_of_engine(v->w.engine, place);
    mpt_engine_free(v->w.engine);
    return known;
}

static void expect(view *v, double want)
{
    double place;

    assert_true(place_of(v, &place));
    assert_true(fabs(place - want) < 1e-9);
}

static void test_place__at_the_client__0(void **state)
{
    view v;

    (void)state;
    begin(&v);
    open_first(&v, 0, 20 * MS);
    expect(&v, 0);
}

static void test_place__at_the_server__1(void **state)
{
    view v;

    (void)state;
    begin(&v);
    open_first(&v, 20 * MS, 0);
    expect(&v, 1);
}

static void test_place__a_quarter_of_the_way__a_quarter(void **state)
{
    view v;

    (void)state;
    begin(&v);
    open_first(&v, 5 * MS, 15 * MS);
    expect(&v, 0.25);
}

static void test_place__opened_by_the_server__from_the_client_as_well(void **state)
{
    view v;
    double place;

    (void)state;
    begin(&v);
    open_first(&v, 5 * MS, 15 * MS);
    open_second(&v, 6 * MS, 14 * MS);
    mpt_engine_flush(v.w.engine);
    const GPtrArray *subflows = mpt_engine_subflows(v.w.engine);
    assert_int_equal(subflows->len, 2);
    assert_true(mpt_path_position_of_subflow(g_ptr_array_index(subflows, 1), &place));
    assert_true(fabs(place - 0.3) < 1e-9);
    expect(&v, 0.3); /* the upper of two */
}

static void test_place__handshake_without_ack__unknown(void **state)
{
    view v;
    double place = 0.5;
    mpt_option o = option_capable(&HOSTS, 0, 0), answer = option_capable(&HOSTS, 1, 1);

    (void)state;
    begin(&v);
    flow_send(&v.a, 0, MPT_TCP_SYN, 0, &o, 1);
    flow_send(&v.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &answer, 1);
    assert_false(place_of(&v, &place));
    assert_true(place == 0.5);
}

static void test_place__plain_tcp__unknown(void **state)
{
    view v;
    double place;

    (void)state;
    begin(&v);
    flow_open_plain(&v.a);
    assert_false(place_of(&v, &place));
}

static void test_place__no_time_passes__unknown(void **state)
{
    view v;
    double place;

    (void)state;
    begin(&v);
    open_first(&v, 0, 0);
    assert_false(place_of(&v, &place));
}

/* One handshake whose SYN/ACK was slow to come does not move the point. */
static void test_place__median_of_many__outlier_ignored(void **state)
{
    view v;

    (void)state;
    begin(&v);
    for (unsigned i = 0; i < 5; i++) {
        hosts h = HOSTS;
        mpt_option o[3];
        flow f = flow_between(&v.w, "192.0.2.1", (uint16_t)(41000 + i), "192.0.2.2", 5001, i + 2);
        h.key[0] += i + 1;
        h.key[1] += i + 1;
        o[0] = option_capable(&h, 0, 0);
        o[1] = option_capable(&h, 1, 1);
        o[2] = option_capable(&h, 0, 2);
        handshake(&f, o, i == 2 ? 90 * MS : 5 * MS, i == 2 ? 10 * MS : 15 * MS);
    }
    expect(&v, 0.25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_place__at_the_client__0),
        cmocka_unit_test(test_place__at_the_server__1),
        cmocka_unit_test(test_place__a_quarter_of_the_way__a_quarter),
        cmocka_unit_test(test_place__opened_by_the_server__from_the_client_as_well),
        cmocka_unit_test(test_place__handshake_without_ack__unknown),
        cmocka_unit_test(test_place__plain_tcp__unknown),
        cmocka_unit_test(test_place__no_time_passes__unknown),
        cmocka_unit_test(test_place__median_of_many__outlier_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
