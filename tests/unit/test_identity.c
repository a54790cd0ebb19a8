/* test_identity.c - whose client, server and subflow 0 a connection shows, in whatever order
 * its segments come.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap/engine/figures/metrics.h"
#include "tap/engine/protocol/keylist.h"
#include "tests/support/scene.h"

#define MS INT64_C(1000000)

/* A capture whose frames need not be in order of time, and the paths of its connection: [0] has MP_CAPABLE,
 * the client opens [1] and [2], the server opens [3]. */
struct file {
    struct scene w;
    struct path p[4];
};

static struct file file_of(unsigned version, bool look_back)
{
    mpt_engine_config config;
    struct file f;

    mpt_engine_config_default(&config);
    if (!look_back)
        config.horizon_segments = 0;
    f = (struct file){.w = scene_of(mpt_engine_new(&config)),
                      .p = {path_v4("192.0.2.1", 40000, "192.0.2.2", 80),
                            path_v4("198.51.100.1", 40001, "192.0.2.2", 80),
                            path_v4("203.0.113.1", 30000, "192.0.2.2", 80),
                            path_v4("192.0.2.2", 50000, "198.51.100.1", 7)}};
    f.w.hosts.version = version;
    f.p[3].client = 1;
    return f;
}

/* What follows comes at this time. */
static void at_ms(struct file *f, int64_t ms)
{
    f->w.wire.now_ns = WIRE_START_NS + ms * MS;
}

static mpt_connection_view view_of(struct file *f, guint id, guint count)
{
    mpt_connection_view v;
    GPtrArray *all;

    mpt_engine_flush(f->w.wire.engine);
    all = mpt_metrics_connections(f->w.wire.engine);
    assert_int_equal(all->len, count);
    mpt_metrics_connection(f->w.wire.engine, g_ptr_array_index(all, id), id, &v);
    g_ptr_array_unref(all);
    return v;
}

static void expect_ends(const mpt_connection_view *v, const struct path *capable)
{
    for (unsigned end = 0; end < 2; end++)
        assert_true(mpt_endpoint_equal(&v->end[end], &capable->flow.ends[end]));
}

static void expect_subflow(const mpt_connection_view *v, uint32_t id, mpt_subflow_kind kind,
                           const struct path *p)
{
    const mpt_subflow_view *s = &v->subflows[id];

    assert_int_equal(s->id, id);
    assert_int_equal(s->subflow->kind, kind);
    assert_true(mpt_endpoint_equal(&s->subflow->ends[s->side[0]], &p->flow.ends[p->client]));
}

/* Paths whose joins come first in the file; then the one with MP_CAPABLE. The connection they are
 * must be whole. */
static void expect_joins_first(struct file *f, unsigned first_join, unsigned joins)
{
    mpt_connection_view v = view_of(f, 0, 1);

    assert_int_equal(v.kind, MPT_KIND_MPTCP);
    assert_int_equal(v.subflow_count, 1 + joins);
    expect_ends(&v, &f->p[0]);
    expect_subflow(&v, 0, MPT_SUBFLOW_CAPABLE, &f->p[0]);
    for (unsigned i = 0; i < joins; i++)
        expect_subflow(&v, 1 + i, MPT_SUBFLOW_JOIN, &f->p[first_join + i]);
    for (unsigned end = 0; end < 2; end++)
        assert_int_equal(v.host[end].key, end ? KEY_B : KEY_A);
    assert_int_equal(mpt_metrics_join_verdict(&v.subflows[joins], MPT_JOIN_ACK), MPT_VERDICT_OK);
    mpt_metrics_clear(&v);
    mpt_engine_free(f->w.wire.engine);
}

/* --- a join's frames stand before those of MP_CAPABLE in the file --- */

static void test_connection__join_before_in_the_file__client_and_subflow_0_of_capable(void **state)
{
    (void)state;
    for (unsigned version = MPT_V0; version <= MPT_V1; version++) {
        struct file f = file_of(version, true);
        at_ms(&f, 9);
        open_join(&f.w, &f.p[1], 3);
        at_ms(&f, 0);
        open_capable(&f.w, &f.p[0], KEY_A, KEY_B);
        expect_joins_first(&f, 1, 1);
    }
}

static void test_connection__several_joins_before__others_by_first_frame(void **state)
{
    struct file f = file_of(MPT_V1, true);

    (void)state;
    at_ms(&f, 30); /* later than the next, but before it in the file */
    open_join(&f.w, &f.p[1], 3);
    at_ms(&f, 20);
    open_join(&f.w, &f.p[2], 4);
    at_ms(&f, 0);
    open_capable(&f.w, &f.p[0], KEY_A, KEY_B);
    expect_joins_first(&f, 1, 2);
}

static void test_connection__server_joins_before__client_stays_client(void **state)
{
    struct file f = file_of(MPT_V1, true);
    mpt_connection_view v;

    (void)state;
    at_ms(&f, 9);
    open_join(&f.w, &f.p[3], 3);
    at_ms(&f, 0);
    open_capable(&f.w, &f.p[0], KEY_A, KEY_B);
    at_ms(&f, 20);
    send_data(&f.w, &f.p[3], 0, 1, 50, dss(1, 1, 50));
    v = view_of(&f, 0, 1);
    assert_int_equal(v.subflows[1].initiator.value, 1);
    assert_int_equal(v.direction[MPT_S2C].bytes.first_bytes, 50);
    mpt_metrics_clear(&v);
    expect_joins_first(&f, 3, 1);
}

static void test_connection__port_used_before__subflow_0_is_the_later_one(void **state)
{
    struct file f = file_of(MPT_V1, true);

    (void)state;
    at_ms(&f, 50);
    open_join(&f.w, &f.p[1], 3);
    at_ms(&f, 0);
    send_syn(&f.w, &f.p[0], 0, no_option());
    send_synack(&f.w, &f.p[0], 1, no_option());
    send_ack(&f.w, &f.p[0], 0, 1, no_option());
    f.p[0].flow.isn[0] = 3000000000u;
    f.p[0].flow.isn[1] = 2000000000;
    f.p[0].flow.next[0] = f.p[0].flow.next[1] = 1;
    at_ms(&f, 30);
    open_capable(&f.w, &f.p[0], KEY_A, KEY_B);
    mpt_engine_flush(f.w.wire.engine);
    assert_int_equal(mpt_metrics_plain_tcp(f.w.wire.engine), 1);
    expect_joins_first(&f, 1, 1);
}

/* --- MP_CAPABLE is found late, or not in its SYN --- */

static void test_connection__token_known_after_joins__merged_behind_capable(void **state)
{
    (void)state;
    for (unsigned version = MPT_V0; version <= MPT_V1; version++) {
        struct file f = file_of(version, false);
        open_join(&f.w, &f.p[1], 3);
        open_join(&f.w, &f.p[2], 4);
        open_capable(&f.w, &f.p[0], KEY_A, KEY_B);
        expect_joins_first(&f, 1, 2);
    }
}

static void test_connection__capable_in_the_synack_alone__its_sender_is_server(void **state)
{
    struct file f = file_of(MPT_V1, true);
    mpt_connection_view v;

    (void)state;
    at_ms(&f, 9);
    open_join(&f.w, &f.p[1], 3);
    at_ms(&f, 0);
    send_synack(&f.w, &f.p[0], 1, capable(&f.w, 1, 1));
    v = view_of(&f, 0, 1);
    assert_int_equal(v.kind, MPT_KIND_MPTCP);
    expect_ends(&v, &f.p[0]);
    expect_subflow(&v, 0, MPT_SUBFLOW_CAPABLE, &f.p[0]);
    expect_subflow(&v, 1, MPT_SUBFLOW_JOIN, &f.p[1]);
    mpt_metrics_clear(&v);
    mpt_engine_free(f.w.wire.engine);
}

static void test_connection__capable_in_the_third_ack_alone__its_sender_is_client(void **state)
{
    struct file f = file_of(MPT_V1, true);

    (void)state;
    at_ms(&f, 9);
    open_join(&f.w, &f.p[1], 3);
    at_ms(&f, 0);
    send_ack(&f.w, &f.p[0], 0, 1, capable(&f.w, 0, 2));
    expect_joins_first(&f, 1, 1);
}

/* --- what comes before the handshake made a partial connection --- */

static void test_connection__data_before_its_syn__whole(void **state)
{
    (void)state;
    for (unsigned side = 0; side < 2; side++) {
        struct file f = file_of(MPT_V1, false);
        mpt_connection_view v;
        send_data(&f.w, &f.p[0], side, 1, 100, dss(1, 1, 100));
        send_ack(&f.w, &f.p[0], !side, 101, data_ack(101));
        f.p[0].flow.next[0] = f.p[0].flow.next[1] = 1;
        open_capable(&f.w, &f.p[0], KEY_A, KEY_B);
        open_join(&f.w, &f.p[1], 3);
        v = view_of(&f, 0, 1);
        assert_int_equal(v.direction[side].bytes.first_bytes, 100);
        assert_int_equal(v.direction[side].data.dsn_first.value, 1);
        assert_int_equal(v.direction[!side].bytes.payload_bytes, 0);
        mpt_metrics_clear(&v);
        expect_joins_first(&f, 1, 1);
    }
}

static void test_connection__found_by_its_numbers_before_its_syn__whole(void **state)
{
    struct file f = file_of(MPT_V1, false);
    mpt_connection_view v;

    (void)state;
    send_data(&f.w, &f.p[1], 0, 1, 100, dss(1, 1, 100)); /* its join is not in the capture */
    send_data(&f.w, &f.p[0], 0, 1, 100, dss(101, 1, 100));
    f.p[0].flow.next[0] = f.p[0].flow.next[1] = 1;
    open_capable(&f.w, &f.p[0], KEY_A, KEY_B);
    v = view_of(&f, 0, 1);
    assert_int_equal(v.kind, MPT_KIND_MPTCP);
    expect_ends(&v, &f.p[0]);
    expect_subflow(&v, 0, MPT_SUBFLOW_CAPABLE, &f.p[0]);
    expect_subflow(&v, 1, MPT_SUBFLOW_UNKNOWN, &f.p[1]);
    assert_int_equal(v.direction[0].data.dsn_end.value, 201);
    mpt_metrics_clear(&v);
    mpt_engine_free(f.w.wire.engine);
}

static void test_connection__capable_on_a_join__no_connection_of_its_own(void **state)
{
    struct file f = file_of(MPT_V1, true);
    mpt_connection_view v;

    (void)state;
    open_join(&f.w, &f.p[1], 3);
    send_ack(&f.w, &f.p[1], 0, 1, capable(&f.w, 0, 2));
    v = view_of(&f, 0, 1);
    assert_int_equal(v.kind, MPT_KIND_MPTCP_PARTIAL);
    expect_subflow(&v, 0, MPT_SUBFLOW_JOIN, &f.p[1]);
    mpt_metrics_clear(&v);
    mpt_engine_free(f.w.wire.engine);
}

/* --- the ids of connections --- */

static void test_connections__later_segment_has_lower_number__by_first_frame(void **state)
{
    struct file f = file_of(MPT_V1, true);
    struct path other = path_v4("192.0.2.9", 1, "192.0.2.2", 80);
    mpt_connection_view v;

    (void)state;
    at_ms(&f, 40);
    send_data(&f.w, &f.p[0], 0, 1, 10, dss(1, 1, 10));
    at_ms(&f, 0);
    open_capable(&f.w, &other, KEY_B, KEY_A);
    at_ms(&f, 20);
    open_capable(&f.w, &f.p[0], KEY_A, KEY_B);
    v = view_of(&f, 0, 2);
    expect_ends(&v, &f.p[0]);
    mpt_metrics_clear(&v);
    mpt_engine_free(f.w.wire.engine);
}

/* --- keys that the user gives --- */

/* Joins of a connection whose MP_CAPABLE is not in the capture: one that the client opens, one that the server opens. */
static void expect_verdict(uint64_t client_key, uint64_t server_key, mpt_verdict expected)
{
    char *list =
        g_strdup_printf("%016" G_GINT64_MODIFIER "x:%016" G_GINT64_MODIFIER "x:1", client_key, server_key);
    char *error = NULL;
    GArray *keys = mpt_keylist_parse(list, &error);
    mpt_engine_config config;

    assert_non_null(keys);
    mpt_engine_config_default(&config);
    config.keys = keys;
    for (unsigned opener = 0; opener < 2; opener++) {
        struct file f = file_of(MPT_V1, true);
        struct path *p = &f.p[opener ? 3 : 1];
        const mpt_subflow *s;
        mpt_engine_free(f.w.wire.engine);
        f.w.wire.engine = mpt_engine_new(&config);
        open_join(&f.w, p, 1);
        mpt_engine_flush(f.w.wire.engine);
        s = g_ptr_array_index(mpt_engine_subflows(f.w.wire.engine), 0);
        assert_true(s->connection->partial);
        assert_int_equal(mpt_connection_verify_join(s->connection, s, MPT_JOIN_SYNACK), expected);
        assert_int_equal(mpt_connection_verify_join(s->connection, s, MPT_JOIN_ACK), expected);
        mpt_engine_free(f.w.wire.engine);
    }
    g_array_unref(keys);
    g_free(list);
}

static void test_join__keys_given__verified_whoever_opened_it(void **state)
{
    (void)state;
    expect_verdict(KEY_A, KEY_B, MPT_VERDICT_OK);
    expect_verdict(KEY_B, KEY_A, MPT_VERDICT_OK); /* the token tells which of the two is whose */
    expect_verdict(1, 2, MPT_VERDICT_NONE);       /* those of another connection */
}

/* An ACK with the number of the SYN, before the SYN of a join: its DATA_ACK may tell the connection or not. */
static void expect_join_after_ack(unsigned version, bool wide)
{
    struct file f = file_of(version, true);
    struct path *p = &f.p[1];
    mpt_connection_view v;
    const mpt_subflow_view *s;

    open_capable(&f.w, &f.p[0], KEY_A, KEY_B);
    send_data(&f.w, &f.p[0], 1, 1, 100, dss(1, 1, 100));
    put(&f.w, p, 0, MPT_TCP_ACK, 0, 0, 0, wide ? data_ack(101) : data_ack32(101));
    p->flow.next[0] = 0;
    open_join(&f.w, p, 3);
    send_data(&f.w, p, 0, 1, 50, dss(1, 1, 50));
    v = view_of(&f, 0, 1);
    assert_int_equal(v.subflow_count, 2);
    s = &v.subflows[1];
    assert_int_equal(s->subflow->kind, MPT_SUBFLOW_JOIN);
    assert_int_equal(s->subflow->state, MPT_STATE_ESTABLISHED);
    assert_int_equal(s->subflow->join->token, mpt_key_token(KEY_B, version));
    assert_int_equal(s->initiator.value, MPT_CLIENT);
    assert_int_equal(s->packets, 6);
    assert_int_equal(mpt_metrics_join_verdict(s, MPT_JOIN_SYNACK), MPT_VERDICT_OK);
    assert_int_equal(mpt_metrics_join_verdict(s, MPT_JOIN_ACK), MPT_VERDICT_OK);
    assert_int_equal(s->direction[MPT_C2S].bytes.first_bytes, 50);
    assert_true(s->join_latency.known);
    mpt_metrics_clear(&v);
    mpt_engine_free(f.w.wire.engine);
}

static void test_join__ack_before_its_syn__a_join(void **state)
{
    (void)state;
    for (unsigned version = 0; version < 2; version++) {
        expect_join_after_ack(version, true);
        expect_join_after_ack(version, false);
    }
}

/* A segment with the first 100 bytes of a mapping of 5,000, whose others are not in the capture. */
static void send_begin_of_mapping(struct file *f, struct path *p, unsigned side, uint64_t dsn)
{
    send_data(&f->w, p, side, 1, 100, dss(dsn, 1, 5000));
}

static void test_third_ack__no_syn_in_the_capture__tells_both_numbers(void **state)
{
    (void)state;
    for (unsigned version = 0; version < 2; version++) {
        struct file f = file_of(version, true);
        mpt_connection_view v;

        f.w.hosts.key[0] = KEY_A;
        f.w.hosts.key[1] = KEY_B;
        send_ack(&f.w, &f.p[0], 0, 1, capable(&f.w, 0, 2));
        send_begin_of_mapping(&f, &f.p[0], 0, 1);
        send_begin_of_mapping(&f, &f.p[0], 1, 1);
        send_ack(&f.w, &f.p[1], 0, 1, join_option(&f.w, &f.p[1], MPT_JOIN_ACK, 0));
        send_begin_of_mapping(&f, &f.p[1], 1, 5001);
        send_begin_of_mapping(&f, &f.p[1], 0, 5001);
        v = view_of(&f, 0, 1);
        assert_int_equal(v.subflow_count, 2);
        for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++) {
            assert_int_equal(v.direction[d].bytes.unmapped_bytes, 0);
            assert_int_equal(v.direction[d].bytes.first_bytes, 200);
        }
        mpt_metrics_clear(&v);
        mpt_engine_free(f.w.wire.engine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connection__join_before_in_the_file__client_and_subflow_0_of_capable),
        cmocka_unit_test(test_connection__several_joins_before__others_by_first_frame),
        cmocka_unit_test(test_connection__server_joins_before__client_stays_client),
        cmocka_unit_test(test_connection__port_used_before__subflow_0_is_the_later_one),
        cmocka_unit_test(test_connection__token_known_after_joins__merged_behind_capable),
        cmocka_unit_test(test_connection__capable_in_the_synack_alone__its_sender_is_server),
        cmocka_unit_test(test_connection__capable_in_the_third_ack_alone__its_sender_is_client),
        cmocka_unit_test(test_connection__data_before_its_syn__whole),
        cmocka_unit_test(test_connection__found_by_its_numbers_before_its_syn__whole),
        cmocka_unit_test(test_connection__capable_on_a_join__no_connection_of_its_own),
        cmocka_unit_test(test_join__keys_given__verified_whoever_opened_it),
        cmocka_unit_test(test_join__ack_before_its_syn__a_join),
        cmocka_unit_test(test_third_ack__no_syn_in_the_capture__tells_both_numbers),
        cmocka_unit_test(test_connections__later_segment_has_lower_number__by_first_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
