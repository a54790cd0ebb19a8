/* test_checks_end.c - checks of how the data ends: DATA_FINs, and what closes a connection; a near miss for each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

/* --- a DATA_FIN at several DSNs --- */

/* The client sends a DATA_FIN behind 100 bytes, and on b another one, `further` bytes from it. */
static void send_two_fins(struct scene *s, int64_t further)
{
    begin_two(s);
    flow_send_data_fin(&s->a, 0, &s->h, 0, 101);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 102);
    flow_send_data_fin(&s->b, 0, &s->h, 0, 101 + further);
    flow_send_data_fin(&s->b, 0, &s->h, 0, 101 + further);
    flow_send_data_ack(&s->b, 1, &s->h, 1, 102 + further);
}

static void test_data_fin_moved__one_byte__error(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    send_two_fins(&s, 1);
    r = expect_one(&s, MPT_FINDING_DATA_FIN_MOVED, MPT_SEVERITY_ERROR);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.frame, 12);
    expect_words(r, "1 byte after its first one (frame 10; 2 times)");
}

static void test_data_fin_moved__same_on_both_subflows__none(void **state)
{
    struct scene s;
    (void)state;
    send_two_fins(&s, 0);
    expect_none(&s, MPT_FINDING_DATA_FIN_MOVED);
}

/* The events of the only connection that are DATA_FINs: their counts, up to 3. */
static guint fin_counts(const struct scene *s, uint32_t count[3])
{
    const GPtrArray *connections = mpt_engine_connections(s->w.engine);
    guint n = 0;

    for (guint k = 0; k < connections->len; k++) {
        const GArray *events = ((const mpt_connection *)g_ptr_array_index(connections, k))->events;
        for (guint i = 0; events && i < events->len; i++) {
            const mpt_event *event = &g_array_index(events, mpt_event, i);
            if (event->type == MPT_EVENT_DATA_FIN)
                count[n++] = event->count;
        }
    }
    return n;
}

static void test_data_fin__two_dsns_in_turn__an_event_each(void **state)
{
    struct scene s;
    uint32_t count[3];
    mpt_connection_view v;
    GPtrArray *all;
    (void)state;
    send_two_fins(&s, 1);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    mpt_engine_flush(s.w.engine);
    assert_int_equal(fin_counts(&s, count), 2);
    assert_int_equal(count[0], 2);
    assert_int_equal(count[1], 2);
    all = mpt_metrics_connections(s.w.engine);
    mpt_metrics_connection(s.w.engine, g_ptr_array_index(all, 0), 0, &v);
    assert_int_equal(v.direction[MPT_C2S].data.data_ack_max.value, 103);
    assert_int_equal(v.direction[MPT_C2S].data.acked_bytes.value, 100);
    mpt_metrics_clear(&v);
    g_ptr_array_unref(all);
    leave(&s);
}

/* Both subflows began before the capture; what b sends is found to be of a's connection by its 64-bit DSN. */
static void test_data_fin__partial_connections_merged__one_event(void **state)
{
    struct scene s;
    uint32_t count[3];
    mpt_option o;
    (void)state;
    begin(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 1, 100);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    o = option_dss(&(mpt_dss){
        .has_mapping = true, .data_fin = true, .dsn = (uint32_t)dsn_of(&s.h, 0, 101), .length = 1});
    send_one(&s.b, 0, MPT_TCP_ACK, &o);
    flow_send_data(&s.b, 0, &s.h, 0, 51, 50);
    mpt_engine_flush(s.w.engine);
    assert_int_equal(fin_counts(&s, count), 1);
    assert_int_equal(count[0], 2);
    leave(&s);
}

/* --- DATA_ACKs that are missing --- */

/* 10 segments of 100 bytes, which TCP acknowledges; DATA_ACKs up to the first `acked` of them, or none. */
static void send_and_ack(struct scene *s, int acked, int64_t ms)
{
    begin(s);
    flow_open_capable(&s->a, &s->h);
    for (int i = 0; i < 10; i++) {
        flow_send_data(&s->a, 0, &s->h, 0, 1 + 100 * i, 100);
        later(s, ms);
        if (acked < 0)
            flow_send(&s->a, 1, MPT_TCP_ACK, 0, NULL, 0);
        else
            flow_send_data_ack(&s->a, 1, &s->h, 1, 1 + 100 * (int64_t)MIN(i + 1, acked));
    }
}

static void test_no_data_acks__tcp_acks_alone__warning(void **state)
{
    struct scene s;
    (void)state;
    send_and_ack(&s, -1, 10);
    assert_int_equal(expect_one(&s, MPT_FINDING_NO_DATA_ACKS, MPT_SEVERITY_WARNING).n, 1000);
}

static void test_no_data_acks__one_data_ack__none(void **state)
{
    struct scene s;
    (void)state;
    send_and_ack(&s, 1, 10);
    expect_none(&s, MPT_FINDING_NO_DATA_ACKS);
}

static void test_data_ack_stalled__above_a_second__warning(void **state)
{
    struct scene s;
    (void)state;
    send_and_ack(&s, 1, 200);
    expect_words(expect_one(&s, MPT_FINDING_DATA_ACK_STALLED, MPT_SEVERITY_WARNING), "never moved again");
}

static void test_data_ack_stalled__keeps_up_or_short__none(void **state)
{
    struct scene s;
    (void)state;
    send_and_ack(&s, 10, 200);
    expect_none(&s, MPT_FINDING_DATA_ACK_STALLED);
    send_and_ack(&s, 1, 50);
    expect_none(&s, MPT_FINDING_DATA_ACK_STALLED);
}

/* One mapping of 300 bytes, of which the middle is lost for two seconds: a host that takes in whole mappings has nothing
 * to acknowledge until then. `hole`: else it acknowledges all of it by TCP. */
static void send_in_one_mapping(struct scene *s, bool hole)
{
    mpt_option o;

    begin(s);
    flow_open_capable(&s->a, &s->h);
    o = option_dss(&(mpt_dss){
        .has_mapping = true, .dsn_64bit = true, .dsn = dsn_of(&s->h, 0, 1), .ssn = 1, .length = 300});
    flow_send(&s->a, 0, MPT_TCP_ACK, 100, &o, 1);
    s->a.next[0] += hole ? 100 : 0;
    flow_send(&s->a, 0, MPT_TCP_ACK, hole ? 100 : 200, NULL, 0);
    for (int i = 0; i < 10; i++) {
        s->a.next[0] = hole ? 101 : 301;
        flow_send_data_ack(&s->a, 1, &s->h, 1, 1);
        later(s, 200);
    }
}

static void test_data_ack_stalled__mapping_not_complete__none(void **state)
{
    struct scene s;
    (void)state;
    send_in_one_mapping(&s, true);
    expect_none(&s, MPT_FINDING_DATA_ACK_STALLED);
    send_in_one_mapping(&s, false);
    expect_one(&s, MPT_FINDING_DATA_ACK_STALLED, MPT_SEVERITY_WARNING);
}

static void ack_narrowly(struct scene *s, bool wide)
{
    mpt_option o;

    begin_open(s);
    o = option_dss(&(mpt_dss){.has_ack = true,
                              .ack_64bit = wide,
                              .data_ack = wide ? dsn_of(&s->h, 0, 101) : (uint32_t)dsn_of(&s->h, 0, 101)});
    send_one(&s->a, 1, MPT_TCP_ACK, &o);
}

static void test_data_ack_narrow__4_bytes__note(void **state)
{
    struct scene s;
    (void)state;
    ack_narrowly(&s, false);
    expect_one(&s, MPT_FINDING_DATA_ACK_NARROW, MPT_SEVERITY_NOTE);
}

static void test_data_ack_narrow__8_bytes__none(void **state)
{
    struct scene s;
    (void)state;
    ack_narrowly(&s, true);
    expect_none(&s, MPT_FINDING_DATA_ACK_NARROW);
}

/* --- checksums --- */

/* A connection with checksums or without, and a mapping with one or without. */
static void use_checksum(struct scene *s, unsigned version, bool negotiated, bool sent)
{
    mpt_option syn, synack, ack, o;

    begin(s);
    s->h.version = version;
    syn = option_capable(&s->h, 0, version == 0 ? 1 : 0);
    synack = option_capable(&s->h, 1, 1);
    ack = option_capable(&s->h, 0, 2);
    syn.capable.checksum_required = synack.capable.checksum_required = ack.capable.checksum_required =
        negotiated;
    syn.capable.flags = synack.capable.flags = ack.capable.flags = negotiated ? 0x81 : 0x01;
    send_one(&s->a, 0, MPT_TCP_SYN, &syn);
    send_one(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    send_one(&s->a, 0, MPT_TCP_ACK, &ack);
    o = option_dss(&(mpt_dss){.has_mapping = true,
                              .dsn_64bit = true,
                              .has_checksum = sent,
                              .dsn = dsn_of(&s->h, 0, 1),
                              .ssn = 1,
                              .length = 100});
    flow_send(&s->a, 0, MPT_TCP_ACK, 100, &o, 1);
}

static void test_checksum_missing__negotiated__error(void **state)
{
    struct scene s;
    (void)state;
    use_checksum(&s, 1, true, false);
    expect_words(expect_one(&s, MPT_FINDING_CHECKSUM_MISSING, MPT_SEVERITY_ERROR), "no reset followed");
    use_checksum(&s, 1, true, false);
    flow_send(&s.a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    expect_words(expect_one(&s, MPT_FINDING_CHECKSUM_MISSING, MPT_SEVERITY_ERROR),
                 "reset the subflow in frame 5");
}

static void test_checksum_uninvited__by_version__error_or_note(void **state)
{
    struct scene s;
    (void)state;
    use_checksum(&s, 1, false, true);
    expect_one(&s, MPT_FINDING_CHECKSUM_UNINVITED, MPT_SEVERITY_ERROR);
    use_checksum(&s, 0, false, true);
    expect_words(expect_one(&s, MPT_FINDING_CHECKSUM_UNINVITED, MPT_SEVERITY_NOTE),
                 "the receiver ignores it");
}

static void test_checksum_missing__as_negotiated__none(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 4; k++) {
        struct scene s;
        use_checksum(&s, 1, k & 1u, k & 1u);
        expect_none(&s, k & 2u ? MPT_FINDING_CHECKSUM_MISSING : MPT_FINDING_CHECKSUM_UNINVITED);
    }
}

/* --- the end --- */

static void test_fin_without_data_fin__all_closed__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_close(&s.b);
    flow_close(&s.a);
    assert_int_equal(expect_one(&s, MPT_FINDING_FIN_WITHOUT_DATA_FIN, MPT_SEVERITY_WARNING).subflow.value, 0);
}

static void test_fin_without_data_fin__one_open_or_data_fin__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_close(&s.b);
    expect_none(&s, MPT_FINDING_FIN_WITHOUT_DATA_FIN);
    begin_two(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    flow_close(&s.b);
    flow_close(&s.a);
    expect_none(&s, MPT_FINDING_FIN_WITHOUT_DATA_FIN);
}

/* The client's MP_FASTCLOSE, and data `ms` later. */
static void fastclose(struct scene *s, uint64_t key, int64_t ms)
{
    mpt_option o = {.subtype = MPT_MP_FASTCLOSE, .length = 12, .fastclose = {.receiver_key = key}};

    begin_two(s);
    send_one(&s->a, 0, MPT_TCP_ACK, &o);
    later(s, ms);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
}

static void test_fastclose_key__another_key__error(void **state)
{
    struct scene s;
    (void)state;
    fastclose(&s, 1, 1000);
    expect_one(&s, MPT_FINDING_FASTCLOSE_KEY, MPT_SEVERITY_ERROR);
    fastclose(&s, 1, 1000);
    expect_none(&s, MPT_FINDING_FASTCLOSE_IGNORED);
}

static void test_fastclose__another_key__connection_stays_open(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 2; k++) {
        struct scene s;
        const mpt_connection *c;
        fastclose(&s, k ? HOSTS.key[1] : 1, 0);
        mpt_engine_flush(s.w.engine);
        c = g_ptr_array_index(mpt_engine_connections(s.w.engine), 0);
        assert_int_equal(c->fastclose, k == 1);
        leave(&s);
    }
}

static void test_fastclose_key__right_key__none(void **state)
{
    struct scene s;
    (void)state;
    fastclose(&s, HOSTS.key[1], 0);
    expect_none(&s, MPT_FINDING_FASTCLOSE_KEY);
}

static void test_fastclose_ignored__data_a_second_later__warning(void **state)
{
    struct scene s;
    (void)state;
    fastclose(&s, HOSTS.key[1], 1000);
    assert_int_equal(expect_one(&s, MPT_FINDING_FASTCLOSE_IGNORED, MPT_SEVERITY_WARNING).n, 100);
}

static void test_fastclose_ignored__data_many_round_trips_later__warning(void **state)
{
    struct scene s;
    (void)state;
    fastclose(&s, HOSTS.key[1], 50);
    expect_one(&s, MPT_FINDING_FASTCLOSE_IGNORED, MPT_SEVERITY_WARNING);
}

static void test_fastclose_ignored__data_in_flight__none(void **state)
{
    struct scene s;
    (void)state;
    fastclose(&s, HOSTS.key[1], 10);
    expect_none(&s, MPT_FINDING_FASTCLOSE_IGNORED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_fin_moved__one_byte__error),
        cmocka_unit_test(test_data_fin_moved__same_on_both_subflows__none),
        cmocka_unit_test(test_data_fin__two_dsns_in_turn__an_event_each),
        cmocka_unit_test(test_data_fin__partial_connections_merged__one_event),
        cmocka_unit_test(test_no_data_acks__tcp_acks_alone__warning),
        cmocka_unit_test(test_no_data_acks__one_data_ack__none),
        cmocka_unit_test(test_data_ack_stalled__above_a_second__warning),
        cmocka_unit_test(test_data_ack_stalled__keeps_up_or_short__none),
        cmocka_unit_test(test_data_ack_stalled__mapping_not_complete__none),
        cmocka_unit_test(test_data_ack_narrow__4_bytes__note),
        cmocka_unit_test(test_data_ack_narrow__8_bytes__none),
        cmocka_unit_test(test_checksum_missing__negotiated__error),
        cmocka_unit_test(test_checksum_uninvited__by_version__error_or_note),
        cmocka_unit_test(test_checksum_missing__as_negotiated__none),
        cmocka_unit_test(test_fin_without_data_fin__all_closed__warning),
        cmocka_unit_test(test_fin_without_data_fin__one_open_or_data_fin__none),
        cmocka_unit_test(test_fastclose_key__another_key__error),
        cmocka_unit_test(test_fastclose__another_key__connection_stays_open),
        cmocka_unit_test(test_fastclose_key__right_key__none),
        cmocka_unit_test(test_fastclose_ignored__data_a_second_later__warning),
        cmocka_unit_test(test_fastclose_ignored__data_many_round_trips_later__warning),
        cmocka_unit_test(test_fastclose_ignored__data_in_flight__none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
