/* test_ignored.c - what a receiver ignores, and what segments show of the causes of a fallback: each with a near miss.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

static mpt_subflow_state state_of(struct scene *s, guint index)
{
    mpt_engine_flush(s->w.engine);
    return ((const mpt_subflow *)g_ptr_array_index(mpt_engine_subflows(s->w.engine), index))->state;
}

static void send_rst(flow *f, unsigned side, uint16_t flags, uint32_t next)
{
    uint32_t before = f->next[side];

    f->next[side] = next;
    flow_send(f, side, flags, 0, NULL, 0);
    f->next[side] = before;
}

/* --- RST --- */

static void test_rst__beyond_all_windows__changes_nothing(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    begin_open(&s);
    send_rst(&s.a, 0, MPT_TCP_RST, 1000000);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    assert_int_equal(state_of(&s, 0), MPT_STATE_ESTABLISHED);
    r = expect_one(&s, MPT_FINDING_RST_IGNORED, MPT_SEVERITY_NOTE);
    assert_int_equal(r.frame, 6);
    assert_int_equal(r.rfc, 9293);
}

static void test_rst__beyond_all_windows_twice__is_one_event(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_rst(&s.a, 0, MPT_TCP_RST, 1000000);
    send_rst(&s.a, 0, MPT_TCP_RST, 2000000000);
    assert_int_equal(expect_one(&s, MPT_FINDING_RST_IGNORED, MPT_SEVERITY_NOTE).n, 2);
}

/* The window of 65,535 begins at 101. */
static void test_rst__in_the_window__resets(void **state)
{
    static const uint32_t next[] = {101, 102, 101 + 65535};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(next); i++) {
        struct scene s;
        begin_open(&s);
        send_rst(&s.a, 0, MPT_TCP_RST, next[i]);
        assert_int_equal(state_of(&s, 0), MPT_STATE_RESET);
        expect_none(&s, MPT_FINDING_RST_IGNORED);
    }
}

static void test_rst__just_outside__changes_nothing(void **state)
{
    static const uint32_t next[] = {100, 1, 101 + 65536};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(next); i++) {
        struct result r;
        struct scene s;
        begin_open(&s);
        send_rst(&s.a, 0, MPT_TCP_RST, next[i]);
        assert_int_equal(state_of(&s, 0), MPT_STATE_ESTABLISHED);
        r = expect_one(&s, MPT_FINDING_RST_IGNORED, MPT_SEVERITY_NOTE);
        assert_string_equal(r.section, "3.10.7.4");
        assert_non_null(strstr(r.sentence, "outside the server's receive window"));
    }
}

/* The server's numbers go through 2^32 with its first byte. */
static void test_rst__around_2_32__is_judged_alike(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send_data(&s.a, 1, &s.h, 1, 1, 100);
    flow_send_data_ack(&s.a, 0, &s.h, 0, 101);
    send_rst(&s.a, 1, MPT_TCP_RST, 1); /* 2^32 - 1 + 1 */
    assert_int_equal(state_of(&s, 0), MPT_STATE_ESTABLISHED);
    send_rst(&s.a, 1, MPT_TCP_RST, 101);
    assert_int_equal(state_of(&s, 0), MPT_STATE_RESET);
    expect_one(&s, MPT_FINDING_RST_IGNORED, MPT_SEVERITY_NOTE);
}

static void test_rst__at_what_was_sent_beyond_the_window__resets(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    for (unsigned i = 0; i < 3; i++)
        flow_send_data(&s.a, 0, &s.h, 0, 101 + 30000 * i, 30000);
    send_rst(&s.a, 0, MPT_TCP_RST, 101 + 90000);
    assert_int_equal(state_of(&s, 0), MPT_STATE_RESET);
    expect_none(&s, MPT_FINDING_RST_IGNORED);
}

static void test_rst__a_byte_before_the_end_after_a_fin__resets(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send(&s.a, 0, MPT_TCP_FIN | MPT_TCP_ACK, 0, NULL, 0);
    flow_send(&s.a, 1, MPT_TCP_ACK, 0, NULL, 0);
    send_rst(&s.a, 0, MPT_TCP_RST, 101);
    assert_int_equal(state_of(&s, 0), MPT_STATE_RESET);
    expect_none(&s, MPT_FINDING_RST_IGNORED);
}

static void test_rst__other_direction_not_captured__resets(void **state)
{
    struct scene s;
    mpt_option syn;
    (void)state;
    begin(&s);
    syn = option_capable(&s.h, 0, 0);
    send_one(&s.a, 0, MPT_TCP_SYN, &syn);
    flow_send(&s.a, 0, MPT_TCP_ACK, 0, NULL, 0);
    send_rst(&s.a, 0, MPT_TCP_RST, 1000000);
    assert_int_equal(state_of(&s, 0), MPT_STATE_RESET);
    expect_none(&s, MPT_FINDING_RST_IGNORED);
}

/* No SYN, so the scale of the windows is not known: 500 may mean 8,192,000. */
static void test_rst__scale_not_known__may_be_in_the_window(void **state)
{
    static const uint32_t next[] = {101 + (500 << 14), 101 + (500 << 14) + 1};
    (void)state;
    for (unsigned outside = 0; outside < 2; outside++) {
        struct scene s;
        begin(&s);
        s.a.next[0] = s.a.next[1] = 1;
        flow_send_data(&s.a, 0, &s.h, 0, 1, 100);
        send_extra(&s.a, 1, MPT_TCP_ACK, 0, NULL, (struct extra){.window = 500});
        send_rst(&s.a, 0, MPT_TCP_RST, next[outside]);
        assert_int_equal(state_of(&s, 0), outside ? MPT_STATE_ESTABLISHED : MPT_STATE_RESET);
        leave(&s);
    }
}

static void test_rst__answers_the_syn__refuses(void **state)
{
    struct result r;
    struct scene s;
    mpt_option syn;
    (void)state;
    begin(&s);
    syn = option_capable(&s.h, 0, 0);
    send_one(&s.a, 0, MPT_TCP_SYN, &syn);
    s.a.next[0] = 0;
    flow_send(&s.a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    assert_int_equal(state_of(&s, 0), MPT_STATE_SYN_SENT); /* it acknowledges the SYN's own number */
    s.a.next[0] = 1;
    flow_send(&s.a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    assert_int_equal(state_of(&s, 0), MPT_STATE_REFUSED);
    r = expect_one(&s, MPT_FINDING_RST_IGNORED, MPT_SEVERITY_NOTE);
    assert_string_equal(r.section, "3.10.7.3");
    assert_non_null(strstr(r.sentence, "does not acknowledge the client's SYN"));
}

/* Some hosts send ACKs with the number of their SYN before it is answered; where that SYN is not in the capture but
 * its repetition is, the RST that answers the ACK comes first of all. */
static void send_early_ack(struct scene *s, uint32_t next, bool ack_64bit)
{
    mpt_option o =
        option_dss(&(mpt_dss){.has_ack = true, .ack_64bit = ack_64bit, .data_ack = dsn_of(&s->h, 1, 1)});

    if (!ack_64bit)
        o.dss.data_ack = (uint32_t)o.dss.data_ack;
    s->b.next[0] = next;
    send_one(&s->b, 0, MPT_TCP_ACK, &o);
    s->b.next[0] = 0;
    send_rst(&s->b, 1, MPT_TCP_RST, 0 - s->b.isn[1]);
}

static void test_rst__before_a_syn_that_goes_on__changes_nothing(void **state)
{
    (void)state;
    for (unsigned wide = 0; wide < 2; wide++) {
        const mpt_connection *c;
        struct scene s;
        begin_open(&s);
        send_early_ack(&s, 0, wide);
        assert_int_equal(state_of(&s, 1), MPT_STATE_RESET); /* as far as anybody knows */
        send_early_ack(&s, 0, wide);
        join_b(&s, false);
        assert_int_equal(state_of(&s, 1), MPT_STATE_ESTABLISHED);
        c = ((const mpt_subflow *)g_ptr_array_index(mpt_engine_subflows(s.w.engine), 1))->connection;
        for (guint i = 0; i < c->events->len; i++) {
            const mpt_event *event = &g_array_index(c->events, mpt_event, i);
            assert_int_not_equal(event->type, MPT_EVENT_SUBFLOW_CLOSED);
            assert_int_not_equal(event->type, MPT_EVENT_RST);
        }
        assert_int_equal(expect_one(&s, MPT_FINDING_RST_IGNORED, MPT_SEVERITY_NOTE).n, 2);
    }
}

static void test_rst__before_the_syn_of_more_that_was_sent__resets(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_early_ack(&s, 1, true);
    join_b(&s, false);
    assert_int_equal(state_of(&s, 1), MPT_STATE_RESET);
    expect_none(&s, MPT_FINDING_RST_IGNORED);
}

static void test_rst__ignored_with_mp_fastclose__closes_nothing(void **state)
{
    struct scene s;
    mpt_option o = {.subtype = MPT_MP_FASTCLOSE, .length = 12, .fastclose = {.receiver_key = HOSTS.key[1]}};
    const mpt_connection *c;
    (void)state;
    begin_open(&s);
    s.a.next[0] = 1000000;
    send_one(&s.a, 0, MPT_TCP_RST, &o);
    mpt_engine_flush(s.w.engine);
    c = g_ptr_array_index(mpt_engine_connections(s.w.engine), 0);
    assert_false(c->fastclose);
    expect_one(&s, MPT_FINDING_RST_IGNORED, MPT_SEVERITY_NOTE);
}

/* --- options --- */

static void test_tcprst__without_rst__resets_nothing(void **state)
{
    struct scene s;
    mpt_option o = reset_reason(1);
    (void)state;
    begin_open(&s);
    send_one(&s.a, 0, MPT_TCP_ACK, &o);
    assert_int_equal(state_of(&s, 0), MPT_STATE_ESTABLISHED);
    expect_words(expect_one(&s, MPT_FINDING_RST_IGNORED, MPT_SEVERITY_NOTE), "not a RST");
}

static void prio_with_id(struct scene *s, unsigned version)
{
    mpt_option o = {.subtype = MPT_MP_PRIO,
                    .length = 4,
                    .prio = {.backup = true, .has_address_id = true, .address_id = 1}};

    begin(s);
    s->h.version = version;
    flow_open_capable(&s->a, &s->h);
    flow_send_data(&s->a, 0, &s->h, 0, 1, 100);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 101);
    join_b(s, false);
    send_one(&s->a, 0, MPT_TCP_ACK, &o);
    mpt_engine_flush(s->w.engine);
}

static bool is_backup(const struct scene *s)
{
    const mpt_subflow *b = g_ptr_array_index(mpt_engine_subflows(s->w.engine), 1);

    return b->backup[MPT_SIDE_A];
}

static void test_prio__with_address_id__is_for_v0_alone(void **state)
{
    struct scene s;
    (void)state;
    prio_with_id(&s, MPT_V1);
    assert_false(is_backup(&s));
    expect_words(expect_one(&s, MPT_FINDING_OPTION_IGNORED, MPT_SEVERITY_NOTE), "4 bytes");
    prio_with_id(&s, MPT_V0);
    assert_true(is_backup(&s));
    expect_none(&s, MPT_FINDING_OPTION_IGNORED);
}

static void send_add_addr(struct scene *s, unsigned version, bool hmac)
{
    mpt_option o = option_add_addr(&HOSTS, 1, 3, "203.0.113.9");

    begin(s);
    s->h.version = version;
    flow_open_capable(&s->a, &s->h);
    o.add_addr.has_hmac = hmac;
    o.length = hmac ? 16 : 8;
    send_one(&s->a, 1, MPT_TCP_ACK, &o);
}

static void test_add_addr__as_the_other_version__is_ignored(void **state)
{
    struct scene s;
    (void)state;
    send_add_addr(&s, MPT_V1, false);
    expect_one(&s, MPT_FINDING_OPTION_IGNORED, MPT_SEVERITY_NOTE);
    send_add_addr(&s, MPT_V0, true);
    expect_one(&s, MPT_FINDING_OPTION_IGNORED, MPT_SEVERITY_NOTE);
    send_add_addr(&s, MPT_V1, true);
    expect_none(&s, MPT_FINDING_OPTION_IGNORED);
    send_add_addr(&s, MPT_V0, false);
    expect_none(&s, MPT_FINDING_OPTION_IGNORED);
}

/* An option as bytes. */
static void send_raw(flow *f, unsigned side, const uint8_t *bytes, uint16_t len)
{
    mpt_segment g = {.time_ns = f->wire->now_ns,
                     .frame = ++f->wire->frame,
                     .src = f->ends[side],
                     .dst = f->ends[!side],
                     .seq = f->isn[side] + f->next[side],
                     .ack = f->isn[!side] + f->next[!side],
                     .window = 65535,
                     .option_len = len,
                     .flags = MPT_TCP_ACK};

    memcpy(g.options, bytes, len);
    mpt_engine_feed(f->wire->engine, &g);
    f->wire->now_ns += MS;
}

static void test_option__experimental_unknown_malformed__are_told_apart(void **state)
{
    static const uint8_t experimental[] = {30, 6, 0xf0, 0, 1, 2}, unknown[] = {30, 4, 0x90, 0},
                         malformed[] = {30, 5, 0x50, 0, 0};
    struct scene s;
    struct result r;
    (void)state;
    begin_open(&s);
    send_raw(&s.a, 0, experimental, sizeof experimental);
    expect_none(&s, MPT_FINDING_OPTIONS_MALFORMED);
    begin_open(&s);
    send_raw(&s.a, 0, experimental, sizeof experimental);
    expect_none(&s, MPT_FINDING_OPTION_UNKNOWN);
    begin_open(&s);
    send_raw(&s.a, 0, unknown, sizeof unknown);
    expect_words(expect_one(&s, MPT_FINDING_OPTION_UNKNOWN, MPT_SEVERITY_NOTE), "subtype 9");
    begin_open(&s);
    send_raw(&s.a, 0, unknown, sizeof unknown);
    expect_none(&s, MPT_FINDING_OPTIONS_MALFORMED);
    begin_open(&s);
    join_b(&s, false);
    send_raw(&s.b, 0, malformed, sizeof malformed);
    send_raw(&s.a, 0, malformed, sizeof malformed);
    r = expect_one(&s, MPT_FINDING_OPTIONS_MALFORMED, MPT_SEVERITY_WARNING);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.frame, 10);
    assert_true(r.time.known && r.subflow.known);
    assert_int_equal(r.subflow.value, 1);
}

/* --- causes of a fallback --- */

static void handshake_with(struct scene *s, uint8_t syn_flags, uint8_t synack_flags, uint8_t ack_flags)
{
    mpt_option syn = option_capable(&s->h, 0, 0), synack = option_capable(&s->h, 1, 1),
               ack = option_capable(&s->h, 0, 2);

    syn.capable.flags = syn_flags;
    synack.capable.flags = synack_flags;
    ack.capable.flags = ack_flags;
    send_one(&s->a, 0, MPT_TCP_SYN, &syn);
    flow_send(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, synack_flags ? 1 : 0);
    flow_send(&s->a, 0, MPT_TCP_ACK, 0, &ack, ack_flags ? 1 : 0);
    flow_send(&s->a, 0, MPT_TCP_ACK, 100, NULL, 0);
    flow_send(&s->a, 1, MPT_TCP_ACK, 100, NULL, 0);
}

static void test_fallback__option_to_be_ignored__names_its_sender(void **state)
{
    static const struct {
        uint8_t flags[3];
        const char *words;
    } cases[] = {
        {{0x41, 0, 0}, "in the SYN (frame 1) has flag B set, for which the server has to ignore it"},
        {{0x80, 0, 0}, "names no algorithm (flags D to H are 0)"},
        {{0x01, 0x41, 0}, "in the SYN/ACK (frame 2) has flag B set, for which the client has to ignore it"},
        {{0x01, 0x01, 0x41}, "in the third ACK (frame 3) has flag B set"},
        {{0x01, 0x01, 0x01}, "either a middlebox removes the option from data segments"},
        {{0x01, 0, 0}, "speaks another version than v1"},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scene s;
        begin(&s);
        handshake_with(&s, cases[i].flags[0], cases[i].flags[1], cases[i].flags[2]);
        expect_words(expect_one(&s, MPT_FINDING_FALLBACK, MPT_SEVERITY_WARNING), cases[i].words);
    }
}

static void test_fallback__third_ack_of_another_version__names_the_client(void **state)
{
    struct scene s;
    mpt_option syn, synack, ack;
    (void)state;
    begin(&s);
    syn = option_capable(&s.h, 0, 0);
    synack = option_capable(&s.h, 1, 1);
    ack = option_capable(&s.h, 0, 2);
    ack.capable.version = 0;
    send_one(&s.a, 0, MPT_TCP_SYN, &syn);
    send_one(&s.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    send_one(&s.a, 0, MPT_TCP_ACK, &ack);
    flow_send(&s.a, 0, MPT_TCP_ACK, 100, NULL, 0);
    expect_words(expect_one(&s, MPT_FINDING_FALLBACK, MPT_SEVERITY_WARNING),
                 "third ACK (frame 3) has version 0, which was not agreed on");
}

static void test_fallback__server_accepts_another_version_elsewhere__says_so(void **state)
{
    struct scene s;
    hosts v0 = {MPT_V0, {7, 8}};
    (void)state;
    begin(&s);
    flow_open_capable(&s.b, &v0);
    flow_open_refused_capable(&s.a, &s.h);
    expect_words(expect_one(&s, MPT_FINDING_FALLBACK, MPT_SEVERITY_WARNING),
                 "accepts MPTCP v0 elsewhere in this capture (frame 2)");
}

/* --- mappings of other bytes --- */

static void send_mapped(struct scene *s, int64_t dsn, uint32_t ssn, uint16_t mapped, uint32_t len)
{
    mpt_option o = option_dss(&(mpt_dss){
        .has_mapping = true, .dsn_64bit = true, .dsn = dsn_of(&s->h, 0, dsn), .ssn = ssn, .length = mapped});

    flow_send(&s->a, 0, MPT_TCP_ACK, len, &o, 1);
}

static void test_misplaced__absolute_or_off_by_one__error_and_no_fallback(void **state)
{
    (void)state;
    for (unsigned absolute = 0; absolute < 2; absolute++) {
        struct scene s;
        struct result r;
        begin_open(&s);
        send_mapped(&s, 101, absolute ? s.a.isn[0] + 101 : 102, 100, 100);
        r = expect_one(&s, MPT_FINDING_MAPPING_MISPLACED, MPT_SEVERITY_ERROR);
        expect_words(r, absolute ? "sequence numbers of the TCP header" : "off by one");
        assert_int_equal(r.n, absolute ? 100 : 1);
        begin_open(&s);
        send_mapped(&s, 101, absolute ? s.a.isn[0] + 101 : 102, 100, 100);
        expect_none(&s, MPT_FINDING_FALLBACK);
    }
}

static void test_misplaced__data_longer_than_its_mapping__says_that_its_length_changed(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_mapped(&s, 101, 101, 100, 120);
    expect_words(expect_one(&s, MPT_FINDING_MAPPING_MISPLACED, MPT_SEVERITY_ERROR), "changed the length");
}

/* RFC 8684 3.3.1: a segment may carry the mapping of others, and the other way round. */
static void test_misplaced__another_segment_has_the_mapping__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_mapped(&s, 201, 201, 100, 100);
    send_mapped(&s, 101, 101, 100, 100);
    expect_none(&s, MPT_FINDING_MAPPING_MISPLACED);
    begin_open(&s);
    send_mapped(&s, 101, 101, 60, 100);
    send_mapped(&s, 161, 161, 140, 100);
    expect_none(&s, MPT_FINDING_MAPPING_MISPLACED);
}

static void test_fallback__dss_stops__is_no_misplaced_mapping(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send(&s.a, 0, MPT_TCP_ACK, 100, NULL, 0);
    expect_none(&s, MPT_FINDING_MAPPING_MISPLACED);
    begin_open(&s);
    flow_send(&s.a, 0, MPT_TCP_ACK, 100, NULL, 0);
    expect_one(&s, MPT_FINDING_FALLBACK, MPT_SEVERITY_WARNING);
}

/* --- infinite mappings --- */

static void test_infinite__on_an_ack_before_other_mappings__is_none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_mapped(&s, 101, 101, 0, 0);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    expect_none(&s, MPT_FINDING_FALLBACK);
}

static void test_infinite__on_an_ack_before_data_without_mapping__falls_back(void **state)
{
    struct scene s;
    const mpt_subflow *a;
    (void)state;
    begin_open(&s);
    send_mapped(&s, 101, 101, 0, 0);
    flow_send(&s.a, 0, MPT_TCP_ACK, 100, NULL, 0);
    mpt_engine_flush(s.w.engine);
    a = g_ptr_array_index(mpt_engine_subflows(s.w.engine), 0);
    assert_int_equal(a->half[MPT_SIDE_A].bytes.first, 200);
    assert_int_equal(expect_one(&s, MPT_FINDING_FALLBACK, MPT_SEVERITY_WARNING).frame, 6);
}

static void test_infinite__on_an_ack_at_the_end__falls_back(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_mapped(&s, 101, 101, 0, 0);
    expect_one(&s, MPT_FINDING_FALLBACK, MPT_SEVERITY_WARNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rst__beyond_all_windows__changes_nothing),
        cmocka_unit_test(test_rst__beyond_all_windows_twice__is_one_event),
        cmocka_unit_test(test_rst__in_the_window__resets),
        cmocka_unit_test(test_rst__just_outside__changes_nothing),
        cmocka_unit_test(test_rst__around_2_32__is_judged_alike),
        cmocka_unit_test(test_rst__at_what_was_sent_beyond_the_window__resets),
        cmocka_unit_test(test_rst__a_byte_before_the_end_after_a_fin__resets),
        cmocka_unit_test(test_rst__other_direction_not_captured__resets),
        cmocka_unit_test(test_rst__scale_not_known__may_be_in_the_window),
        cmocka_unit_test(test_rst__answers_the_syn__refuses),
        cmocka_unit_test(test_rst__before_a_syn_that_goes_on__changes_nothing),
        cmocka_unit_test(test_rst__before_the_syn_of_more_that_was_sent__resets),
        cmocka_unit_test(test_rst__ignored_with_mp_fastclose__closes_nothing),
        cmocka_unit_test(test_tcprst__without_rst__resets_nothing),
        cmocka_unit_test(test_prio__with_address_id__is_for_v0_alone),
        cmocka_unit_test(test_add_addr__as_the_other_version__is_ignored),
        cmocka_unit_test(test_option__experimental_unknown_malformed__are_told_apart),
        cmocka_unit_test(test_fallback__option_to_be_ignored__names_its_sender),
        cmocka_unit_test(test_fallback__third_ack_of_another_version__names_the_client),
        cmocka_unit_test(test_fallback__server_accepts_another_version_elsewhere__says_so),
        cmocka_unit_test(test_misplaced__absolute_or_off_by_one__error_and_no_fallback),
        cmocka_unit_test(test_misplaced__data_longer_than_its_mapping__says_that_its_length_changed),
        cmocka_unit_test(test_misplaced__another_segment_has_the_mapping__none),
        cmocka_unit_test(test_fallback__dss_stops__is_no_misplaced_mapping),
        cmocka_unit_test(test_infinite__on_an_ack_before_other_mappings__is_none),
        cmocka_unit_test(test_infinite__on_an_ack_before_data_without_mapping__falls_back),
        cmocka_unit_test(test_infinite__on_an_ack_at_the_end__falls_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
