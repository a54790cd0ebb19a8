/* test_findings.c - checks of handshakes and addresses: segments that raise each, and a near miss
 * that does not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

/* --- fallback --- */

static void test_fallback__no_option_in_synack__warning(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    flow_open_refused_capable(&s.a, &s.h);
    flow_send(&s.a, 0, MPT_TCP_ACK, 100, NULL, 0);
    expect_words(expect_one(&s, MPT_FINDING_FALLBACK, MPT_SEVERITY_WARNING), "the SYN/ACK does not");
}

static void test_fallback__mptcp_in_use__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    expect_none(&s, MPT_FINDING_FALLBACK);
}

static void test_fallback__no_option_in_ack__names_the_middlebox(void **state)
{
    struct scene s;
    mpt_option syn, synack;
    (void)state;
    begin(&s);
    syn = option_capable(&s.h, 0, 0);
    synack = option_capable(&s.h, 1, 1);
    send_one(&s.a, 0, MPT_TCP_SYN, &syn);
    send_one(&s.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    flow_send(&s.a, 0, MPT_TCP_ACK, 0, NULL, 0);
    flow_send(&s.a, 0, MPT_TCP_ACK, 100, NULL, 0);
    expect_words(expect_one(&s, MPT_FINDING_FALLBACK, MPT_SEVERITY_WARNING),
                 "between this point and the client");
}

static void test_fallback__plain_syn_is_answered__is_told_as_dropped_syns(void **state)
{
    struct scene s;
    mpt_option syn;
    (void)state;
    begin(&s);
    syn = option_capable(&s.h, 0, 0);
    send_one(&s.a, 0, MPT_TCP_SYN, &syn);
    s.a.next[0] = 0;
    flow_open_plain(&s.a);
    expect_none(&s, MPT_FINDING_FALLBACK);
}

static void test_fallback__same_server_accepts_elsewhere__says_so(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_open_refused_capable(&s.b, &s.h);
    expect_words(expect_one(&s, MPT_FINDING_FALLBACK, MPT_SEVERITY_WARNING),
                 "accepts MPTCP elsewhere in this capture (frame 2)");
}

/* --- MP_CAPABLE --- */

static void send_capable_syns(struct scene *s, unsigned count)
{
    mpt_option syn = option_capable(&s->h, 0, 0);

    for (unsigned i = 0; i < count; i++) {
        s->a.next[0] = 0;
        send_one(&s->a, 0, MPT_TCP_SYN, &syn);
        later(s, 1000);
    }
}

/* Two SYNs with MP_CAPABLE are dropped, the third one, without, is answered. */
static void fall_back_after_drops(struct scene *s)
{
    begin(s);
    send_capable_syns(s, 2);
    s->a.next[0] = 0;
    flow_open_plain(&s->a);
}

static void test_capable_dropped__plain_syn_is_answered__warning(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    fall_back_after_drops(&s);
    r = expect_one(&s, MPT_FINDING_CAPABLE_DROPPED, MPT_SEVERITY_WARNING);
    expect_words(r, "sent 2 times");
    assert_int_equal(r.frame, 3);
}

static void test_capable_dropped__capable_syn_is_answered_plain__none(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    flow_open_refused_capable(&s.a, &s.h);
    expect_none(&s, MPT_FINDING_CAPABLE_DROPPED);
}

static void test_capable_dropped__later_plain_connection__names_its_frame(void **state)
{
    struct scene s;
    flow plain;
    (void)state;
    begin(&s);
    send_capable_syns(&s, 3);
    plain = flow_between(&s.w, "192.0.2.1", 40002, "192.0.2.2", 5001, 2);
    flow_open_plain(&plain);
    expect_words(expect_one(&s, MPT_FINDING_CAPABLE_DROPPED, MPT_SEVERITY_WARNING),
                 "answered one without it in frame 5");
}

static void open_plain_later(struct scene *s, uint16_t port, const char *server)
{
    flow plain = flow_between(&s->w, "192.0.2.1", port, server, 5001, port);

    later(s, 1000);
    flow_open_plain(&plain);
}

static void test_blackholed__later_connections_are_plain__note(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    fall_back_after_drops(&s);
    open_plain_later(&s, 40002, "192.0.2.2");
    open_plain_later(&s, 40003, "192.0.2.2");
    r = expect_one(&s, MPT_FINDING_BLACKHOLED, MPT_SEVERITY_NOTE);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.frame, 6);
    expect_words(r, "192.0.2.1 asked 192.0.2.2:5001 for plain TCP in 2 further connections");
}

static void test_blackholed__another_server__none(void **state)
{
    struct scene s;
    (void)state;
    fall_back_after_drops(&s);
    open_plain_later(&s, 40002, "192.0.2.3");
    expect_none(&s, MPT_FINDING_BLACKHOLED);
}

static void test_blackholed__asks_for_mptcp_again__none(void **state)
{
    struct scene s;
    flow again;
    (void)state;
    fall_back_after_drops(&s);
    again = flow_between(&s.w, "192.0.2.1", 40002, "192.0.2.2", 5001, 2);
    flow_open_refused_capable(&again, &s.h);
    open_plain_later(&s, 40003, "192.0.2.2");
    expect_none(&s, MPT_FINDING_BLACKHOLED);
}

static void test_blackholed__mptcp_refused_and_not_dropped__none(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    flow_open_refused_capable(&s.a, &s.h);
    open_plain_later(&s, 40002, "192.0.2.2");
    expect_none(&s, MPT_FINDING_BLACKHOLED);
}

static void test_capable_unanswered__three_syns__warning(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    send_capable_syns(&s, 3);
    expect_words(expect_one(&s, MPT_FINDING_CAPABLE_UNANSWERED, MPT_SEVERITY_WARNING),
                 "192.0.2.2:5001 never answered");
}

static void test_capable_unanswered__capture_ends_after_the_syn__none(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    send_capable_syns(&s, 1);
    expect_none(&s, MPT_FINDING_CAPABLE_UNANSWERED);
}

static void test_capable_refused__rst__note(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    send_capable_syns(&s, 1);
    flow_send(&s.a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    expect_one(&s, MPT_FINDING_CAPABLE_REFUSED, MPT_SEVERITY_NOTE);
}

static void test_capable_refused__rst_after_the_handshake__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send(&s.a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_CAPABLE_REFUSED);
}

static void test_capable_refused__rst_after_the_fallback__none(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    flow_open_refused_capable(&s.a, &s.h);
    flow_send(&s.a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_CAPABLE_REFUSED);
}

/* --- joins --- */

static mpt_option join_syn(const struct scene *s)
{
    mpt_option syn = option_join_syn(&s->h, 0);

    syn.join.address_id = 1;
    syn.join.nonce = 7;
    return syn;
}

static mpt_option join_answer(const struct scene *s, mpt_join_step step)
{
    bool ack = step == MPT_JOIN_ACK;
    mpt_option o = {
        .subtype = MPT_MP_JOIN, .length = ack ? 24 : 16, .join = {.step = step, .nonce = ack ? 0 : 8}};

    mpt_key_join_hmac(s->h.version, s->h.key[!ack], s->h.key[ack], ack ? 7 : 8, ack ? 8 : 7, o.join.hmac);
    return o;
}

/* The join of b; flip_*: a bit to turn over in the HMAC. */
static void join_with_hmacs(struct scene *s, uint8_t flip_synack, uint8_t flip_ack)
{
    mpt_option syn = join_syn(s), synack = join_answer(s, MPT_JOIN_SYNACK),
               ack = join_answer(s, MPT_JOIN_ACK);

    synack.join.hmac[7] ^= flip_synack;
    ack.join.hmac[19] ^= flip_ack;
    send_one(&s->b, 0, MPT_TCP_SYN, &syn);
    send_one(&s->b, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    send_one(&s->b, 0, MPT_TCP_ACK, &ack);
    flow_send(&s->b, 1, MPT_TCP_ACK, 0, NULL, 0);
}

static void test_join_hmac__one_bit_wrong_in_synack__error(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    join_with_hmacs(&s, 1, 0);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_HMAC, MPT_SEVERITY_ERROR), "in the SYN/ACK");
}

static void test_join_hmac__one_bit_wrong_in_ack__error(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    join_with_hmacs(&s, 0, 1);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_HMAC, MPT_SEVERITY_ERROR), "in the third ACK");
}

static void test_join_hmac__right__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    join_with_hmacs(&s, 0, 0);
    expect_none(&s, MPT_FINDING_JOIN_HMAC);
}

static void refuse_join(struct scene *s, mpt_option syn, int reason)
{
    send_one(&s->b, 0, MPT_TCP_SYN, &syn);
    if (reason >= 0)
        send_reset(&s->b, 1, (uint8_t)reason);
    else
        flow_send(&s->b, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
}

static void test_join_refused__rst__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    refuse_join(&s, join_syn(&s), -1);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_REFUSED, MPT_SEVERITY_WARNING),
                 "gives no reason: nothing listens at 192.0.2.2:5001");
    begin(&s);
    s.h.version = MPT_V0; /* knows no reasons */
    flow_open_capable(&s.a, &s.h);
    flow_send_data(&s.a, 0, &s.h, 0, 1, 100);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 101);
    refuse_join(&s, join_syn(&s), -1);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_REFUSED, MPT_SEVERITY_WARNING), "gives no reason.");
}

static void test_join_refused__reason__names_it(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    refuse_join(&s, join_syn(&s), 2);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_REFUSED, MPT_SEVERITY_WARNING), "(reason 2: ");
}

static void test_join_refused__while_closing__is_one_after_the_end(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    refuse_join(&s, join_syn(&s), 1);
    expect_none(&s, MPT_FINDING_JOIN_REFUSED);
    begin_open(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    refuse_join(&s, join_syn(&s), 1);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_AFTER_CLOSE, MPT_SEVERITY_NOTE), "it was refused");
}

static void test_join_refused__accepted__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    expect_none(&s, MPT_FINDING_JOIN_REFUSED);
}

static void test_join_limit__reason_3__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    refuse_join(&s, join_syn(&s), 3);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_LIMIT, MPT_SEVERITY_WARNING), "accepts no more subflows");
}

static void test_join_limit__other_reason__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    refuse_join(&s, join_syn(&s), 2);
    expect_none(&s, MPT_FINDING_JOIN_LIMIT);
}

static void test_join_unknown_token__no_connection_has_it__warning(void **state)
{
    struct scene s;
    mpt_option syn;
    (void)state;
    begin_open(&s);
    syn = join_syn(&s);
    syn.join.token = 0xdeadbeef;
    refuse_join(&s, syn, -1);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_UNKNOWN_TOKEN, MPT_SEVERITY_WARNING), "deadbeef");
}

/* Its token is not known: the join may be of that connection. */
static void test_join_unknown_token__connection_from_before_the_capture__refused(void **state)
{
    struct scene s;
    mpt_option syn;
    (void)state;
    begin(&s);
    s.a.next[0] = s.a.next[1] = 1;
    flow_send_data(&s.a, 0, &s.h, 0, 1, 100);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 101);
    syn = join_syn(&s);
    refuse_join(&s, syn, -1);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    expect_one(&s, MPT_FINDING_JOIN_REFUSED, MPT_SEVERITY_WARNING);
}

static void test_join_unknown_token__known__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    refuse_join(&s, join_syn(&s), -1);
    expect_none(&s, MPT_FINDING_JOIN_UNKNOWN_TOKEN);
}

/* Only what the client sends is in the capture. */
static void test_join_unanswered__answers_are_not_captured__none(void **state)
{
    struct scene s;
    mpt_option o;
    (void)state;
    begin(&s);
    o = option_capable(&s.h, 0, 0);
    send_one(&s.a, 0, MPT_TCP_SYN, &o);
    s.a.next[1] = 1;
    o = option_capable(&s.h, 0, 2);
    send_one(&s.a, 0, MPT_TCP_ACK, &o);
    flow_send_data(&s.a, 0, &s.h, 0, 1, 100);
    o = join_syn(&s);
    send_one(&s.b, 0, MPT_TCP_SYN, &o);
    later(&s, 3000);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    expect_none(&s, MPT_FINDING_JOIN_UNANSWERED);
}

static void test_join_unanswered__two_syns__warning(void **state)
{
    struct scene s;
    mpt_option syn;
    (void)state;
    begin_open(&s);
    syn = join_syn(&s);
    send_one(&s.b, 0, MPT_TCP_SYN, &syn);
    later(&s, 1000);
    s.b.next[0] = 0;
    send_one(&s.b, 0, MPT_TCP_SYN, &syn);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_UNANSWERED, MPT_SEVERITY_WARNING), "sent 2 times");
}

static void test_join_unanswered__capture_ends_after_the_syn__none(void **state)
{
    struct scene s;
    mpt_option syn;
    (void)state;
    begin_open(&s);
    syn = join_syn(&s);
    send_one(&s.b, 0, MPT_TCP_SYN, &syn);
    expect_none(&s, MPT_FINDING_JOIN_UNANSWERED);
}

static void test_join_unfinished__no_option_in_synack__warning(void **state)
{
    struct scene s;
    mpt_option syn;
    (void)state;
    begin_open(&s);
    syn = join_syn(&s);
    send_one(&s.b, 0, MPT_TCP_SYN, &syn);
    flow_send(&s.b, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
    flow_send(&s.b, 0, MPT_TCP_RST, 0, NULL, 0);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_UNFINISHED, MPT_SEVERITY_WARNING), "has no MP_JOIN");
}

static void test_join_unfinished__no_third_ack__warning(void **state)
{
    struct scene s;
    mpt_option syn, synack;
    (void)state;
    begin_open(&s);
    syn = join_syn(&s);
    synack = join_answer(&s, MPT_JOIN_SYNACK);
    send_one(&s.b, 0, MPT_TCP_SYN, &syn);
    send_one(&s.b, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    later(&s, 2000);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_UNFINISHED, MPT_SEVERITY_WARNING),
                 "third ACK with its HMAC is missing");
}

static void test_join_unfinished__capture_ends_soon__none(void **state)
{
    struct scene s;
    mpt_option syn, synack;
    (void)state;
    begin_open(&s);
    syn = join_syn(&s);
    synack = join_answer(&s, MPT_JOIN_SYNACK);
    send_one(&s.b, 0, MPT_TCP_SYN, &syn);
    send_one(&s.b, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    later(&s, 500);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    expect_none(&s, MPT_FINDING_JOIN_UNFINISHED);
}

static void open_join_to(struct scene *s, const char *address)
{
    s->b = flow_between(&s->w, "198.51.100.1", 40001, address, 5001, 1);
    join_b(s, false);
}

static void test_join_address__never_announced__note(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    open_join_to(&s, "198.51.100.2");
    expect_words(expect_one(&s, MPT_FINDING_JOIN_ADDRESS, MPT_SEVERITY_NOTE), "went to 198.51.100.2");
}

static void send_add_addr(struct scene *s, unsigned side, const char *address, uint8_t flip)
{
    mpt_option o = option_add_addr(&s->h, side, 2, address);

    o.add_addr.hmac[0] ^= flip;
    send_one(&s->a, side, MPT_TCP_ACK, &o);
}

static void send_echo(struct scene *s, unsigned side, const char *address)
{
    mpt_option o = option_add_addr(&s->h, side, 2, address);

    o.add_addr.echo = true;
    o.add_addr.has_hmac = false;
    o.length = 8;
    send_one(&s->a, side, MPT_TCP_ACK, &o);
}

static void test_join_address__announced__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_add_addr(&s, 1, "198.51.100.2", 0);
    open_join_to(&s, "198.51.100.2");
    expect_none(&s, MPT_FINDING_JOIN_ADDRESS);
}

static void open_join_after(struct scene *s, int64_t ms)
{
    mpt_option syn = join_syn(s), synack = join_answer(s, MPT_JOIN_SYNACK),
               ack = join_answer(s, MPT_JOIN_ACK);

    send_one(&s->b, 0, MPT_TCP_SYN, &syn);
    later(s, ms);
    send_one(&s->b, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    send_one(&s->b, 0, MPT_TCP_ACK, &ack);
}

static void test_join_slow__300_ms__note(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    open_join_after(&s, 300);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_SLOW, MPT_SEVERITY_NOTE),
                 "took 301.0 ms (1 SYN); that of the first subflow took 1.00 ms");
}

static void test_join_slow__90_ms__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    open_join_after(&s, 90);
    expect_none(&s, MPT_FINDING_JOIN_SLOW);
}

static void test_subflow_reset__reason_6__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    send_reset(&s.b, 1, 6);
    expect_words(expect_one(&s, MPT_FINDING_SUBFLOW_RESET, MPT_SEVERITY_WARNING), "(reason 6: ");
}

static void test_subflow_reset__while_closing__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    send_reset(&s.b, 1, 6);
    expect_none(&s, MPT_FINDING_SUBFLOW_RESET);
}

/* --- addresses --- */

static void test_add_addr_no_echo__never__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_add_addr(&s, 1, "198.51.100.2", 0);
    later(&s, 2000);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    expect_words(expect_one(&s, MPT_FINDING_ADD_ADDR_NO_ECHO, MPT_SEVERITY_WARNING),
                 "198.51.100.2 as address id 2 (1 time)");
}

static void test_add_addr_no_echo__echo__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_add_addr(&s, 1, "198.51.100.2", 0);
    send_echo(&s, 0, "198.51.100.2");
    later(&s, 2000);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    expect_none(&s, MPT_FINDING_ADD_ADDR_NO_ECHO);
}

static void test_add_addr_repeated__echo_late__note(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_add_addr(&s, 1, "198.51.100.2", 0);
    send_add_addr(&s, 1, "198.51.100.2", 0);
    send_echo(&s, 0, "198.51.100.2");
    expect_words(expect_one(&s, MPT_FINDING_ADD_ADDR_REPEATED, MPT_SEVERITY_NOTE), "2 times");
}

static void test_add_addr_repeated__two_addresses__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_add_addr(&s, 1, "198.51.100.2", 0);
    send_add_addr(&s, 1, "198.51.100.3", 0);
    send_echo(&s, 0, "198.51.100.2");
    expect_none(&s, MPT_FINDING_ADD_ADDR_REPEATED);
}

static void test_add_addr_unused__no_join__note(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_add_addr(&s, 1, "198.51.100.2", 0);
    expect_one(&s, MPT_FINDING_ADD_ADDR_UNUSED, MPT_SEVERITY_NOTE);
}

static void test_add_addr_unused__joined__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_add_addr(&s, 1, "198.51.100.2", 0);
    open_join_to(&s, "198.51.100.2");
    expect_none(&s, MPT_FINDING_ADD_ADDR_UNUSED);
}

static void test_add_addr_hmac__one_bit_wrong__error(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_add_addr(&s, 1, "198.51.100.2", 1);
    expect_one(&s, MPT_FINDING_ADD_ADDR_HMAC, MPT_SEVERITY_ERROR);
}

static void test_add_addr_hmac__right__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_add_addr(&s, 1, "198.51.100.2", 0);
    expect_none(&s, MPT_FINDING_ADD_ADDR_HMAC);
}

static void send_remove(struct scene *s, uint8_t id)
{
    mpt_option o = {.subtype = MPT_REMOVE_ADDR, .length = 4, .remove_addr = {.count = 1, .ids = {id}}};

    send_one(&s->a, 0, MPT_TCP_ACK, &o);
}

static void test_remove_addr_nothing__unknown_id__note(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    send_remove(&s, 9);
    expect_words(expect_one(&s, MPT_FINDING_REMOVE_ADDR_NOTHING, MPT_SEVERITY_NOTE),
                 "neither announced nor used");
}

static void test_remove_addr_nothing__subflow_open__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    send_remove(&s, 1);
    flow_send(&s.b, 0, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_REMOVE_ADDR_NOTHING);
}

static void test_address_outlived__data_two_seconds_later__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    send_remove(&s, 1);
    later(&s, 2000);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    expect_words(expect_one(&s, MPT_FINDING_ADDRESS_OUTLIVED, MPT_SEVERITY_WARNING),
                 "subflow 1 (198.51.100.1:40001");
}

static void test_address_outlived__data_soon_after__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    send_remove(&s, 1);
    later(&s, 200);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    flow_send(&s.b, 0, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    later(&s, 2000);
    flow_send_data(&s.a, 0, &s.h, 0, 201, 100);
    expect_none(&s, MPT_FINDING_ADDRESS_OUTLIVED);
}

/* --- the clock --- */

static void test_capture_clock_step__set_back_while_data_goes_on__note(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    begin_open(&s);
    for (int64_t dsn = 101; dsn < 1101; dsn += 100)
        flow_send_data(&s.a, 0, &s.h, 0, dsn, 100);
    later(&s, -5000);
    for (int64_t dsn = 1101; dsn < 2101; dsn += 100)
        flow_send_data(&s.a, 0, &s.h, 0, dsn, 100);
    r = expect_one(&s, MPT_FINDING_CAPTURE_CLOCK_STEP, MPT_SEVERITY_NOTE);
    assert_int_equal(r.frame, 16);
}

static void test_capture_clock_step__parts_in_another_order__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    for (int64_t dsn = 2101; dsn < 3101; dsn += 100) {
        s.a.next[0] = (uint32_t)dsn;
        flow_send_data(&s.a, 0, &s.h, 0, dsn, 100);
    }
    later(&s, -5000);
    for (int64_t dsn = 101; dsn < 1101; dsn += 100) {
        s.a.next[0] = (uint32_t)dsn;
        flow_send_data(&s.a, 0, &s.h, 0, dsn, 100);
    }
    expect_none(&s, MPT_FINDING_CAPTURE_CLOCK_STEP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capture_clock_step__set_back_while_data_goes_on__note),
        cmocka_unit_test(test_capture_clock_step__parts_in_another_order__none),
        cmocka_unit_test(test_fallback__no_option_in_synack__warning),
        cmocka_unit_test(test_fallback__mptcp_in_use__none),
        cmocka_unit_test(test_fallback__no_option_in_ack__names_the_middlebox),
        cmocka_unit_test(test_fallback__plain_syn_is_answered__is_told_as_dropped_syns),
        cmocka_unit_test(test_fallback__same_server_accepts_elsewhere__says_so),
        cmocka_unit_test(test_capable_dropped__plain_syn_is_answered__warning),
        cmocka_unit_test(test_capable_dropped__capable_syn_is_answered_plain__none),
        cmocka_unit_test(test_blackholed__later_connections_are_plain__note),
        cmocka_unit_test(test_blackholed__another_server__none),
        cmocka_unit_test(test_blackholed__asks_for_mptcp_again__none),
        cmocka_unit_test(test_blackholed__mptcp_refused_and_not_dropped__none),
        cmocka_unit_test(test_capable_dropped__later_plain_connection__names_its_frame),
        cmocka_unit_test(test_capable_unanswered__three_syns__warning),
        cmocka_unit_test(test_capable_unanswered__capture_ends_after_the_syn__none),
        cmocka_unit_test(test_capable_refused__rst__note),
        cmocka_unit_test(test_capable_refused__rst_after_the_handshake__none),
        cmocka_unit_test(test_capable_refused__rst_after_the_fallback__none),
        cmocka_unit_test(test_join_hmac__one_bit_wrong_in_synack__error),
        cmocka_unit_test(test_join_hmac__one_bit_wrong_in_ack__error),
        cmocka_unit_test(test_join_hmac__right__none),
        cmocka_unit_test(test_join_refused__rst__warning),
        cmocka_unit_test(test_join_refused__reason__names_it),
        cmocka_unit_test(test_join_refused__while_closing__is_one_after_the_end),
        cmocka_unit_test(test_join_refused__accepted__none),
        cmocka_unit_test(test_join_limit__reason_3__warning),
        cmocka_unit_test(test_join_limit__other_reason__none),
        cmocka_unit_test(test_join_unknown_token__no_connection_has_it__warning),
        cmocka_unit_test(test_join_unknown_token__connection_from_before_the_capture__refused),
        cmocka_unit_test(test_join_unknown_token__known__none),
        cmocka_unit_test(test_join_unanswered__answers_are_not_captured__none),
        cmocka_unit_test(test_join_unanswered__two_syns__warning),
        cmocka_unit_test(test_join_unanswered__capture_ends_after_the_syn__none),
        cmocka_unit_test(test_join_unfinished__no_option_in_synack__warning),
        cmocka_unit_test(test_join_unfinished__no_third_ack__warning),
        cmocka_unit_test(test_join_unfinished__capture_ends_soon__none),
        cmocka_unit_test(test_join_address__never_announced__note),
        cmocka_unit_test(test_join_address__announced__none),
        cmocka_unit_test(test_join_slow__300_ms__note),
        cmocka_unit_test(test_join_slow__90_ms__none),
        cmocka_unit_test(test_subflow_reset__reason_6__warning),
        cmocka_unit_test(test_subflow_reset__while_closing__none),
        cmocka_unit_test(test_add_addr_no_echo__never__warning),
        cmocka_unit_test(test_add_addr_no_echo__echo__none),
        cmocka_unit_test(test_add_addr_repeated__echo_late__note),
        cmocka_unit_test(test_add_addr_repeated__two_addresses__none),
        cmocka_unit_test(test_add_addr_unused__no_join__note),
        cmocka_unit_test(test_add_addr_unused__joined__none),
        cmocka_unit_test(test_add_addr_hmac__one_bit_wrong__error),
        cmocka_unit_test(test_add_addr_hmac__right__none),
        cmocka_unit_test(test_remove_addr_nothing__unknown_id__note),
        cmocka_unit_test(test_remove_addr_nothing__subflow_open__none),
        cmocka_unit_test(test_address_outlived__data_two_seconds_later__warning),
        cmocka_unit_test(test_address_outlived__data_soon_after__none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
