/* test_handshake_rules.c - the rules of handshakes, joins and addresses: segments that break each, and a near miss.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

/* --- MP_CAPABLE --- */

/* What each step of the handshake has; data with DSS follows. */
struct steps {
    uint8_t version[3], flags[3];
    bool no_ack;    /* the third ACK has none, and the data neither */
    bool other_key; /* in the third ACK */
    bool without_data;
};

static void shake_hands(struct scene *s, const struct steps *k)
{
    mpt_option o[3];

    begin(s);
    for (unsigned i = 0; i < 3; i++) {
        s->h.version = k->version[i];
        o[i] = option_capable(&s->h, i == 1, i == 2 ? 2 : i == 1 || k->version[0] == 0 ? 1 : 0);
        o[i].capable.version = k->version[i];
        o[i].capable.flags = k->flags[i];
    }
    s->h.version = k->version[1];
    o[2].capable.receiver_key ^= k->other_key;
    send_one(&s->a, 0, MPT_TCP_SYN, &o[0]);
    send_one(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &o[1]);
    flow_send(&s->a, 0, MPT_TCP_ACK, 0, &o[2], k->no_ack ? 0 : 1);
    if (k->without_data) {
        flow_send(&s->a, 0, MPT_TCP_ACK, 100, NULL, 0);
        return;
    }
    flow_send_data(&s->a, 0, &s->h, 0, 1, 100);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 101);
}

static void test_capable_rules__each_broken_and_kept(void **state)
{
    static const struct {
        struct steps steps;
        mpt_finding_id id;
        mpt_severity severity;
        unsigned found;
    } cases[] = {
        {{.version = {0, 1, 1}, .flags = {1, 1, 1}, .without_data = true},
         MPT_FINDING_VERSION_MISMATCH,
         MPT_SEVERITY_WARNING,
         1},
        {{.version = {1, 0, 0}, .flags = {1, 1, 1}, .no_ack = true, .without_data = true},
         MPT_FINDING_VERSION_MISMATCH,
         MPT_SEVERITY_WARNING,
         1},
        {{.version = {1, 0, 0}, .flags = {1, 1, 1}}, MPT_FINDING_VERSION_MISMATCH, MPT_SEVERITY_WARNING, 0},
        {{.version = {1, 1, 1}, .flags = {0x41, 1, 1}}, MPT_FINDING_CAPABLE_FLAGS, MPT_SEVERITY_ERROR, 1},
        {{.version = {1, 1, 1}, .flags = {1, 0x41, 1}}, MPT_FINDING_CAPABLE_FLAGS, MPT_SEVERITY_ERROR, 1},
        {{.version = {1, 1, 1}, .flags = {0x80, 0x81, 0x81}},
         MPT_FINDING_CAPABLE_FLAGS,
         MPT_SEVERITY_ERROR,
         1},
        {{.version = {1, 1, 1}, .flags = {1, 2, 1}}, MPT_FINDING_CAPABLE_FLAGS, MPT_SEVERITY_ERROR, 1},
        {{.version = {1, 1, 1}, .flags = {3, 1, 1}}, MPT_FINDING_CAPABLE_FLAGS, MPT_SEVERITY_ERROR, 0},
        {{.version = {1, 1, 1}, .flags = {3, 3, 1}}, MPT_FINDING_CAPABLE_FLAGS, MPT_SEVERITY_ERROR, 0},
        {{.version = {1, 1, 1}, .flags = {3, 2, 3}}, MPT_FINDING_CAPABLE_FLAGS, MPT_SEVERITY_ERROR, 1},
        {{.version = {1, 1, 1}, .flags = {0x41, 1, 1}, .no_ack = true, .without_data = true},
         MPT_FINDING_CAPABLE_FLAGS,
         MPT_SEVERITY_ERROR,
         1},
        {{.version = {1, 1, 1}, .flags = {1, 1, 1}, .other_key = true},
         MPT_FINDING_KEY_CHANGED,
         MPT_SEVERITY_ERROR,
         1},
        {{.version = {0, 0, 0}, .flags = {1, 1, 1}, .other_key = true},
         MPT_FINDING_KEY_CHANGED,
         MPT_SEVERITY_ERROR,
         1},
        {{.version = {1, 1, 1}, .flags = {1, 1, 1}}, MPT_FINDING_KEY_CHANGED, MPT_SEVERITY_ERROR, 0},
        {{.version = {1, 1, 1}, .flags = {1, 1, 1}, .no_ack = true},
         MPT_FINDING_KEYS_MISSING,
         MPT_SEVERITY_WARNING,
         1},
        {{.version = {0, 0, 0}, .flags = {1, 1, 1}, .no_ack = true},
         MPT_FINDING_KEYS_MISSING,
         MPT_SEVERITY_WARNING,
         0},
        {{.version = {1, 1, 1}, .flags = {1, 1, 1}}, MPT_FINDING_KEYS_MISSING, MPT_SEVERITY_WARNING, 0},
        {{.version = {1, 1, 1}, .flags = {1, 0x21, 1}}, MPT_FINDING_JOINS_DENIED, MPT_SEVERITY_CHAT, 1},
        {{.version = {1, 1, 1}, .flags = {0x21, 1, 1}}, MPT_FINDING_JOINS_DENIED, MPT_SEVERITY_CHAT, 1},
        {{.version = {0, 0, 0}, .flags = {0x21, 0x21, 1}}, MPT_FINDING_JOINS_DENIED, MPT_SEVERITY_CHAT, 0},
        {{.version = {1, 1, 1}, .flags = {1, 1, 1}}, MPT_FINDING_JOINS_DENIED, MPT_SEVERITY_CHAT, 0},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scene s;
        struct result r;
        shake_hands(&s, &cases[i].steps);
        r = finish(&s, cases[i].id);
        if (r.count != cases[i].found)
            print_error("case %zu: %s %u times\n", i, mpt_finding_name(cases[i].id), r.count);
        assert_int_equal(r.count, cases[i].found);
        if (r.count)
            assert_int_equal(r.severity, cases[i].severity);
    }
}

static void test_key_reused__one_host_at_one_time__error(void **state)
{
    static const struct {
        const char *server;
        uint64_t key[2];
        unsigned found;
    } cases[] = {
        {"192.0.2.2", {99, 0x5555666677778888}, 1},
        {"192.0.2.3", {99, 0x5555666677778888}, 0},                 /* another host */
        {"192.0.2.2", {0x1111222233334444, 0x5555666677778888}, 0}, /* captured twice */
        {"192.0.2.2", {99, 98}, 0},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scene s;
        hosts h = {MPT_V1, {cases[i].key[0], cases[i].key[1]}};
        flow c;
        begin_open(&s);
        c = flow_between(&s.w, "203.0.113.5", 45000, cases[i].server, 5001, 3);
        flow_open_capable(&c, &h);
        flow_send(&s.a, 0, MPT_TCP_ACK, 0, NULL, 0);
        assert_int_equal(finish(&s, MPT_FINDING_KEY_REUSED).count, cases[i].found);
    }
}

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

static void test_reserved_bits__one_set__chat(void **state)
{
    static const uint8_t set[] = {30, 3, 0x53}, clear[] = {30, 3, 0x51};
    struct scene s;
    (void)state;
    begin_open(&s);
    send_raw(&s.a, 0, set, sizeof set);
    expect_words(expect_one(&s, MPT_FINDING_RESERVED_BITS, MPT_SEVERITY_CHAT), "MP_PRIO");
    begin_open(&s);
    send_raw(&s.a, 0, clear, sizeof clear);
    expect_none(&s, MPT_FINDING_RESERVED_BITS);
}

/* --- joins --- */

static void test_join_denied_address__flag_c_of_that_host__error(void **state)
{
    static const struct {
        uint8_t flags;
        const char *to;
        unsigned found;
    } cases[] = {{0x21, "192.0.2.2", 1}, {0x01, "192.0.2.2", 0}, {0x21, "192.0.2.9", 0}};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct steps k = {.version = {1, 1, 1}, .flags = {1, cases[i].flags, 1}};
        struct scene s;
        shake_hands(&s, &k);
        s.b = flow_between(&s.w, "198.51.100.1", 40001, cases[i].to, 5001, 1);
        join_b(&s, false);
        assert_int_equal(finish(&s, MPT_FINDING_JOIN_DENIED_ADDRESS).count, cases[i].found);
    }
}

static void test_join_early__no_dss_of_the_other_host_yet__note(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    flow_open_capable(&s.a, &s.h);
    join_b(&s, false);
    expect_one(&s, MPT_FINDING_JOIN_EARLY, MPT_SEVERITY_NOTE);
    begin(&s);
    flow_open_capable(&s.a, &s.h);
    flow_send_data(&s.a, 0, &s.h, 0, 1, 100); /* the capture may have lost its DATA_ACK */
    join_b(&s, false);
    expect_none(&s, MPT_FINDING_JOIN_EARLY);
    begin_two(&s);
    expect_none(&s, MPT_FINDING_JOIN_EARLY);
}

/* As Linux clients do. */
static void test_join_early__address_of_the_other_host_came__nothing(void **state)
{
    struct scene s;
    mpt_option o;
    (void)state;
    for (unsigned by = 0; by < 2; by++) {
        begin(&s);
        flow_open_capable(&s.a, &s.h);
        o = option_add_addr(&s.h, by, 2, "203.0.113.2");
        send_one(&s.a, by, MPT_TCP_ACK, &o);
        join_b(&s, false);
        if (by == 1)
            expect_none(&s, MPT_FINDING_JOIN_EARLY);
        else
            expect_one(&s, MPT_FINDING_JOIN_EARLY, MPT_SEVERITY_NOTE);
    }
}

static void test_join_data_early__before_the_fourth_ack__error(void **state)
{
    struct scene s;
    uint32_t sent;
    (void)state;
    begin_open(&s);
    flow_open_join(&s.b, &s.h, 0, IDS, false);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 50);
    sent = s.b.next[0];
    s.b.next[0] = 1;
    flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0);
    s.b.next[0] = sent;
    assert_int_equal(expect_one(&s, MPT_FINDING_JOIN_DATA_EARLY, MPT_SEVERITY_ERROR).n, 50);
    begin_open(&s);
    flow_open_join(&s.b, &s.h, 0, IDS, false);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 50);
    flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0); /* the capture may have lost the fourth ACK */
    expect_one(&s, MPT_FINDING_JOIN_DATA_EARLY, MPT_SEVERITY_NOTE);
    begin_open(&s);
    flow_open_join(&s.b, &s.h, 0, IDS, false);
    later(&s, -1);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 50); /* sooner than any fourth ACK could have come */
    flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0);
    expect_one(&s, MPT_FINDING_JOIN_DATA_EARLY, MPT_SEVERITY_ERROR);
    begin_two(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 50);
    expect_none(&s, MPT_FINDING_JOIN_DATA_EARLY);
}

static void test_join_after_close__after_a_data_fin__note(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    join_b(&s, false);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_AFTER_CLOSE, MPT_SEVERITY_NOTE), "accepted all the same");
    begin_two(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    expect_none(&s, MPT_FINDING_JOIN_AFTER_CLOSE);
}

static void send_join_syns(struct scene *s, unsigned count, bool one_token)
{
    for (unsigned i = 0; i < count; i++) {
        char *from = g_strdup_printf("198.51.100.%u", one_token ? 1 + i : 1);
        flow f = flow_between(&s->w, from, (uint16_t)(40000 + i), "192.0.2.2", 5001, i);
        mpt_option syn = {.subtype = MPT_MP_JOIN, .length = 12, .join = {.token = one_token ? 77 : 77 + i}};
        send_one(&f, 0, MPT_TCP_SYN, &syn);
        g_free(from);
    }
}

static void test_join_flood__sixteen_without_an_answer__one_warning(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    send_join_syns(&s, 16, true);
    assert_int_equal(expect_one(&s, MPT_FINDING_JOIN_FLOOD, MPT_SEVERITY_WARNING).n, 16);
    begin(&s);
    send_join_syns(&s, 15, true);
    expect_none(&s, MPT_FINDING_JOIN_FLOOD);
}

/* Each is told by its reason. */
static void test_join_flood__refused_with_a_reason__none(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    for (unsigned i = 0; i < 20; i++) {
        flow f = flow_between(&s.w, "198.51.100.1", (uint16_t)(40000 + i), "192.0.2.2", 5001, i);
        mpt_option syn = {.subtype = MPT_MP_JOIN, .length = 12, .join = {.token = 77}};
        send_one(&f, 0, MPT_TCP_SYN, &syn);
        send_reset(&f, 1, 3);
    }
    expect_none(&s, MPT_FINDING_JOIN_FLOOD);
}

static void test_token_scan__sixteen_tokens_of_one_source__one_warning(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    send_join_syns(&s, 16, false);
    assert_int_equal(expect_one(&s, MPT_FINDING_TOKEN_SCAN, MPT_SEVERITY_WARNING).n, 16);
    begin(&s);
    send_join_syns(&s, 15, false);
    expect_none(&s, MPT_FINDING_TOKEN_SCAN);
}

/* n clients send a SYN each; `syns` times, and the server answers them or not. */
static void send_capable_syns(struct scene *s, unsigned n, unsigned syns, bool answered)
{
    begin(s);
    for (unsigned i = 0; i < n; i++) {
        flow f = flow_between(&s->w, i % 2 ? "198.51.100.1" : "198.51.100.2", (uint16_t)(40000 + i),
                              "192.0.2.2", 5001, i);
        hosts h = {.version = 1, .key = {1000 + i, 2000 + i}};
        mpt_option syn = option_capable(&h, 0, 0), synack = option_capable(&h, 1, 1);
        for (unsigned k = 0; k < syns; k++) {
            f.next[0] = 0;
            send_one(&f, 0, MPT_TCP_SYN, &syn);
        }
        if (answered)
            send_one(&f, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    }
}

static void test_syn_flood__syns_of_no_connection__one_warning(void **state)
{
    static const struct {
        unsigned n, syns;
        bool answered;
        int64_t wait_ms; /* until the end of the capture */
        unsigned found;
    } cases[] = {
        {64, 1, false, 0, 1},   {63, 1, false, 0, 0},
        {64, 1, true, 2000, 1}, {64, 1, true, 0, 0}, /* the third ACKs may be on their way */
        {64, 2, false, 0, 0},                        /* a server that is down; its clients try again */
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scene s;
        struct result r;
        send_capable_syns(&s, cases[i].n, cases[i].syns, cases[i].answered);
        later(&s, cases[i].wait_ms);
        if (cases[i].wait_ms)
            flow_open_capable(&s.a, &s.h);
        r = finish(&s, MPT_FINDING_SYN_FLOOD);
        if (r.count != cases[i].found)
            print_error("case %zu: %u times\n", i, r.count);
        assert_int_equal(r.count, cases[i].found);
    }
}

static void test_subtype_on_join__mp_capable__error(void **state)
{
    struct scene s;
    mpt_option o;
    (void)state;
    begin_two(&s);
    o = option_capable(&s.h, 0, 2);
    send_one(&s.b, 0, MPT_TCP_ACK, &o);
    assert_int_equal(expect_one(&s, MPT_FINDING_SUBTYPE_ON_JOIN, MPT_SEVERITY_ERROR).subflow.value, 1);
    begin_two(&s);
    o = option_capable(&s.h, 0, 2);
    send_one(&s.a, 0, MPT_TCP_ACK, &o);
    expect_none(&s, MPT_FINDING_SUBTYPE_ON_JOIN);
}

static void test_join_hmac__the_subflow_is_used__says_so(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    s.h.key[0] ^= 1;
    flow_open_join(&s.b, &s.h, 0, IDS, false);
    s.h.key[0] ^= 1;
    flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 50);
    expect_words(expect_one(&s, MPT_FINDING_JOIN_HMAC, MPT_SEVERITY_ERROR),
                 "used all the same: it carried 50 bytes");
}

/* --- MP_PRIO --- */

static void send_prios(struct scene *s, unsigned count)
{
    begin_two(s);
    for (unsigned i = 0; i < count; i++) {
        mpt_option o = {.subtype = MPT_MP_PRIO, .length = 3, .prio = {.backup = i % 2}};
        send_one(&s->b, 0, MPT_TCP_ACK, &o);
    }
}

static void test_prio_flapping__five_changes__note(void **state)
{
    struct scene s;
    (void)state;
    send_prios(&s, 6);
    assert_int_equal(expect_one(&s, MPT_FINDING_PRIO_FLAPPING, MPT_SEVERITY_NOTE).n, 5);
    send_prios(&s, 5);
    expect_none(&s, MPT_FINDING_PRIO_FLAPPING);
}

static void test_all_backup__each_subflow__note(void **state)
{
    struct scene s;
    mpt_option o = {.subtype = MPT_MP_PRIO, .length = 3, .prio = {.backup = true}};
    (void)state;
    begin_open(&s);
    join_b(&s, true);
    send_one(&s.a, 0, MPT_TCP_ACK, &o);
    assert_int_equal(expect_one(&s, MPT_FINDING_ALL_BACKUP, MPT_SEVERITY_NOTE).n, 2);
    begin_open(&s);
    join_b(&s, true);
    expect_none(&s, MPT_FINDING_ALL_BACKUP);
}

/* --- addresses --- */

static void announce(struct scene *s, uint8_t id, const char *address)
{
    mpt_option o = option_add_addr(&s->h, 1, id, address);

    send_one(&s->a, 1, MPT_TCP_ACK, &o);
}

static void echo(struct scene *s, uint8_t id, const char *address)
{
    mpt_option o = option_add_addr(&s->h, 1, id, address);

    o.add_addr.has_hmac = false;
    o.add_addr.echo = true;
    o.length = strchr(address, ':') ? 20 : 8;
    send_one(&s->a, 0, MPT_TCP_ACK, &o);
}

static void test_address_id_reused__without_removal__error(void **state)
{
    mpt_option gone = {.subtype = MPT_REMOVE_ADDR, .length = 4, .remove_addr = {.count = 1, .ids = {5}}};
    struct scene s;
    (void)state;
    begin_open(&s);
    announce(&s, 5, "203.0.113.7");
    announce(&s, 5, "203.0.113.8");
    expect_one(&s, MPT_FINDING_ADDRESS_ID_REUSED, MPT_SEVERITY_ERROR);
    begin_open(&s);
    announce(&s, 5, "203.0.113.7");
    send_one(&s.a, 1, MPT_TCP_ACK, &gone);
    announce(&s, 5, "203.0.113.8");
    announce(&s, 6, "203.0.113.7");
    expect_none(&s, MPT_FINDING_ADDRESS_ID_REUSED);
}

static void test_address_id_reused__by_two_joins__note_unless_near(void **state)
{
    struct scene s;
    flow c;
    (void)state;
    begin_two(&s);
    c = flow_between(&s.w, "203.0.113.1", 40002, "192.0.2.2", 5001, 2);
    flow_open_join(&c, &s.h, 0, IDS, false);
    flow_send(&c, 1, MPT_TCP_ACK, 0, NULL, 0);
    expect_one(&s, MPT_FINDING_ADDRESS_ID_REUSED, MPT_SEVERITY_NOTE);
    begin_two(&s);
    c = flow_between(&s.w, "198.51.100.1", 40002, "192.0.2.2", 5001, 2);
    flow_open_join(&c, &s.h, 0, IDS, false);
    flow_send(&c, 1, MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_ADDRESS_ID_REUSED);
}

static void test_add_addr_id_zero__another_address__error(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    announce(&s, 0, "203.0.113.7");
    expect_one(&s, MPT_FINDING_ADD_ADDR_ID_ZERO, MPT_SEVERITY_ERROR);
    begin_open(&s);
    announce(&s, 0, "192.0.2.2");
    expect_none(&s, MPT_FINDING_ADD_ADDR_ID_ZERO);
}

static void test_add_addr_echo_wrong__another_address_or_nothing__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    announce(&s, 5, "203.0.113.7");
    echo(&s, 5, "203.0.113.8");
    expect_words(expect_one(&s, MPT_FINDING_ADD_ADDR_ECHO_WRONG, MPT_SEVERITY_WARNING),
                 "203.0.113.7 was announced");
    begin_open(&s);
    echo(&s, 5, "2001:db8::8");
    expect_words(expect_one(&s, MPT_FINDING_ADD_ADDR_ECHO_WRONG, MPT_SEVERITY_WARNING), "never announced");
    begin_open(&s);
    announce(&s, 5, "203.0.113.7");
    echo(&s, 5, "203.0.113.7");
    expect_none(&s, MPT_FINDING_ADD_ADDR_ECHO_WRONG);
}

static void test_add_addr_hmac__leftmost_bits__is_the_senders_fault(void **state)
{
    mpt_option o;
    struct scene s;
    (void)state;
    begin_open(&s);
    o = option_add_addr(&s.h, 1, 5, "203.0.113.7");
    mpt_key_add_addr_hmac_left(s.h.key[1], s.h.key[0], 5, &o.add_addr.address, o.add_addr.hmac);
    send_one(&s.a, 1, MPT_TCP_ACK, &o);
    expect_words(expect_one(&s, MPT_FINDING_ADD_ADDR_HMAC, MPT_SEVERITY_ERROR), "leftmost 64 bits");
    begin_open(&s);
    o = option_add_addr(&s.h, 1, 5, "203.0.113.7");
    o.add_addr.hmac[0] ^= 1;
    send_one(&s.a, 1, MPT_TCP_ACK, &o);
    expect_words(expect_one(&s, MPT_FINDING_ADD_ADDR_HMAC, MPT_SEVERITY_ERROR), "forged");
}

static void test_join_unreachable__announced_to_a_public_host__note(void **state)
{
    static const struct {
        const char *address;
        unsigned found;
    } cases[] = {
        {"127.0.0.1", 1},   {"224.0.0.1", 1},  {"169.254.1.1", 1},  {"10.0.0.35", 1},   {"172.31.255.255", 1},
        {"192.168.0.1", 1}, {"100.64.0.1", 1}, {"::1", 1},          {"fe80::1", 1},     {"fd00::1", 1},
        {"ff02::1", 1},     {"172.32.0.1", 0}, {"198.51.100.9", 0}, {"100.128.0.1", 0}, {"2001:db8::1", 0},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scene s;
        begin_open(&s);
        announce(&s, 5, cases[i].address);
        assert_int_equal(finish(&s, MPT_FINDING_JOIN_UNREACHABLE).count, cases[i].found);
    }
}

/* Both ends are in one network. */
static void test_join_unreachable__private_at_both_ends__none(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    s.a = flow_between(&s.w, "10.0.0.1", 40000, "10.0.0.2", 5001, 0);
    flow_open_capable(&s.a, &s.h);
    announce(&s, 5, "10.0.0.35");
    expect_none(&s, MPT_FINDING_JOIN_UNREACHABLE);
}

static void test_join_unreachable__join_without_an_answer__instead_of_a_firewall(void **state)
{
    static const char *const to[] = {"10.0.0.35", "203.0.113.35"};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct scene s;
        mpt_option syn = option_join_syn(&HOSTS, 0);
        begin_open(&s);
        s.b = flow_between(&s.w, "192.0.2.1", 40001, to[i], 5001, 1);
        for (unsigned k = 0; k < 3; k++) {
            s.b.next[0] = 0;
            send_one(&s.b, 0, MPT_TCP_SYN, &syn);
            later(&s, 1000);
        }
        expect_one(&s, i ? MPT_FINDING_JOIN_UNANSWERED : MPT_FINDING_JOIN_UNREACHABLE,
                   i ? MPT_SEVERITY_WARNING : MPT_SEVERITY_NOTE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capable_rules__each_broken_and_kept),
        cmocka_unit_test(test_key_reused__one_host_at_one_time__error),
        cmocka_unit_test(test_reserved_bits__one_set__chat),
        cmocka_unit_test(test_join_denied_address__flag_c_of_that_host__error),
        cmocka_unit_test(test_join_early__no_dss_of_the_other_host_yet__note),
        cmocka_unit_test(test_join_early__address_of_the_other_host_came__nothing),
        cmocka_unit_test(test_join_data_early__before_the_fourth_ack__error),
        cmocka_unit_test(test_join_after_close__after_a_data_fin__note),
        cmocka_unit_test(test_join_flood__sixteen_without_an_answer__one_warning),
        cmocka_unit_test(test_join_flood__refused_with_a_reason__none),
        cmocka_unit_test(test_token_scan__sixteen_tokens_of_one_source__one_warning),
        cmocka_unit_test(test_syn_flood__syns_of_no_connection__one_warning),
        cmocka_unit_test(test_subtype_on_join__mp_capable__error),
        cmocka_unit_test(test_join_hmac__the_subflow_is_used__says_so),
        cmocka_unit_test(test_prio_flapping__five_changes__note),
        cmocka_unit_test(test_all_backup__each_subflow__note),
        cmocka_unit_test(test_address_id_reused__without_removal__error),
        cmocka_unit_test(test_address_id_reused__by_two_joins__note_unless_near),
        cmocka_unit_test(test_add_addr_id_zero__another_address__error),
        cmocka_unit_test(test_add_addr_echo_wrong__another_address_or_nothing__warning),
        cmocka_unit_test(test_add_addr_hmac__leftmost_bits__is_the_senders_fault),
        cmocka_unit_test(test_join_unreachable__announced_to_a_public_host__note),
        cmocka_unit_test(test_join_unreachable__private_at_both_ends__none),
        cmocka_unit_test(test_join_unreachable__join_without_an_answer__instead_of_a_firewall),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
