/* test_checks_middlebox.c - findings of what happens between two vantage points: each with a near miss.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/two_ends.h"

#include "plugin/report/common/finding_text.h"
#include "tests/support/option_write.h"

struct result {
    unsigned count;
    mpt_severity severity;
    uint64_t n;
    uint32_t frame;
    int64_t subflow, direction;
    char rfc[MPT_RFC_TEXT], sentence[600];
};

static const char *const NAMES[2] = {"the client (interface 0)", "the server (interface 1)"};

/* What was found of a check on all ways, in the connection that the client's end has. */
static struct result find(ends *e, mpt_finding_id id, bool reliable)
{
    GArray *ways = g_array_new(FALSE, FALSE, sizeof(mpt_path_hop)), *findings;
    GPtrArray *connections = mpt_metrics_connections(e->engine[0]);
    struct result r = {0};
    mpt_connection_view v;

    assert_int_equal(connections->len, 1);
    mpt_metrics_connection(e->engine[0], g_ptr_array_index(connections, 0), 0, &v);
    for (guint k = 0; flow_at(e, k); k++) {
        mpt_path_hop way = {.flow = flow_at(e, k), .point = {0, 1}, .reliable = reliable};
        if (!way.flow->subflow[0])
            continue;
        way.subflow = way.flow->subflow[0]->owner;
        g_array_append_val(ways, way);
    }
    findings = mpt_findings_of_ways(e->engine[0], &v, ways, NULL);
    for (guint i = 0; i < findings->len; i++) {
        const mpt_finding *f = &g_array_index(findings, mpt_finding, i);
        char *sentence;
        if (f->id != id)
            continue;
        r.count++;
        r.severity = f->severity;
        r.n = f->count;
        r.frame = f->frame;
        r.subflow = f->subflow.value;
        r.direction = f->direction.value;
        mpt_finding_rfc_text(f, r.rfc);
        sentence = mpt_finding_sentence(f, NAMES);
        g_strlcpy(r.sentence, sentence, sizeof r.sentence);
        g_free(sentence);
    }
    g_array_unref(findings);
    g_array_unref(ways);
    mpt_metrics_clear(&v);
    g_ptr_array_unref(connections);
    return r;
}

static void expect_words(const struct result *r, const char *words)
{
    if (!strstr(r->sentence, words))
        print_error("\"%s\" is not in: %s\n", words, r->sentence);
    assert_non_null(strstr(r->sentence, words));
}

/* One finding of `id`, and no other of the way. */
static struct result expect(ends *e, mpt_finding_id id, mpt_severity severity, uint32_t frame,
                            const char *rfc)
{
    struct result r = {0};

    finish_ends(e);
    for (mpt_finding_id other_id = MPT_FINDING_OPTION_REMOVED; other_id <= MPT_FINDING_MSS_CHANGED;
         other_id++) {
        struct result other = find(e, other_id, true);
        bool wanted = other_id == id;
        if (wanted)
            r = other;
        if (other.count != (wanted ? 1u : 0u))
            print_error("%s: %u findings, %s\n", mpt_finding_name(other_id), other.count, other.sentence);
        assert_int_equal(other.count, wanted ? 1 : 0);
    }
    if (id != MPT_FINDING_IDS) {
        assert_int_equal(r.severity, severity);
        assert_int_equal(r.frame, frame);
        assert_string_equal(r.rfc, rfc);
    }
    return r;
}

static void expect_nothing(ends *e)
{
    expect(e, MPT_FINDING_IDS, MPT_SEVERITY_CHAT, 0, NULL);
    close_ends(e);
}

/* A healthy connection of two subflows: what each test breaks. */
static void run(ends *e, path_func path)
{
    mpt_option add;
    link_ a, b;

    open_ends(e);
    e->path = path;
    a = link_of(e, 0, 0);
    b = link_of(e, 1, 0);
    add = option_add_addr(&HOSTS, 1, 2, "203.0.113.7");
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    send_data_ack(&a, 1, 1001);
    send_segment(&a, 1, MPT_TCP_ACK, 0, &add, 1);
    open_join(&b);
    send_data(&b, 0, 1001, 1000);
    send_data_ack(&b, 1, 2001);
    send_data(&b, 1, 1, 500);
    send_data_ack(&b, 0, 501);
    send_data(&b, 0, 2001, 1000);
}

static void test_ways__healthy__none(void **state)
{
    ends e;

    (void)state;
    run(&e, NULL);
    expect_nothing(&e);
}

/* --- options --- */

static bool is_option(const mpt_segment *g, unsigned subtype)
{
    return g->option_len > 2 && g->options[2] >> 4 == subtype;
}

static bool strip_synack(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    if (side == 1 && g->flags == (MPT_TCP_SYN | MPT_TCP_ACK) && is_option(g, MPT_MP_CAPABLE))
        g->option_len = 0;
    return true;
}

static void test_removed__capable_of_the_synack__both_frames_and_the_culprit(void **state)
{
    struct result r;
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = strip_synack;
    a = link_of(&e, 0, 0);
    mpt_option syn = option_capable(&HOSTS, 0, 0), synack = option_capable(&HOSTS, 1, 1);
    send_segment(&a, 0, MPT_TCP_SYN, 0, &syn, 1);
    send_segment(&a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, 1);
    send_segment(&a, 0, MPT_TCP_ACK, 0, NULL, 0);
    send_segment(&a, 0, MPT_TCP_ACK, 100, NULL, 0);
    r = expect(&e, MPT_FINDING_OPTION_REMOVED, MPT_SEVERITY_WARNING, 3, "RFC 8684 3.1");
    expect_words(
        &r,
        "The SYN/ACK of subflow 0 (192.0.2.1:40000 - 192.0.2.2:5001) left the server (interface 1) with MP_CAPABLE and arrived at the client (interface 0) without it (frame 4 there)");
    assert_int_equal(r.direction, MPT_S2C);
    r = find(&e, MPT_FINDING_FALLBACK, true);
    assert_int_equal(r.count, 1);
    expect_words(&r, "the option is present in frame 3 and missing in frame 4");
    close_ends(&e);
}

static bool strip_syn(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    (void)side;
    if (g->flags == MPT_TCP_SYN)
        g->option_len = 0;
    return true;
}

/* The server has plain TCP: it is found by its sequence numbers. */
static void plain_answer(ends *e, path_func path)
{
    mpt_option syn = option_capable(&HOSTS, 0, 0);
    link_ a;

    open_ends(e);
    e->path = path;
    a = link_of(e, 0, 0);
    send_segment(&a, 0, MPT_TCP_SYN, 0, &syn, 1);
    send_segment(&a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
    send_segment(&a, 0, MPT_TCP_ACK, 0, NULL, 0);
    send_segment(&a, 0, MPT_TCP_ACK, 100, NULL, 0);
}

static void test_removed__capable_of_the_syn__plain_tcp_at_the_server(void **state)
{
    struct result r;
    ends e;

    (void)state;
    plain_answer(&e, strip_syn);
    r = expect(&e, MPT_FINDING_OPTION_REMOVED, MPT_SEVERITY_WARNING, 1, "RFC 8684 3.1");
    expect_words(&r, "arrived at the server (interface 1) without it (frame 2 there)");
    r = find(&e, MPT_FINDING_FALLBACK, true);
    expect_words(&r, "the option is present in frame 1 and missing in frame 2");
    close_ends(&e);
}

static bool cut_syn(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    (void)side;
    if (g->flags == MPT_TCP_SYN) {
        g->option_len = 0;
        g->presence |= MPT_SEGMENT_CUT_OPTIONS;
    }
    return true;
}

static void test_removed__syn_cut_by_the_snaplen__near_miss(void **state)
{
    ends e;

    (void)state;
    plain_answer(&e, cut_syn);
    expect_nothing(&e);
}

static void test_removed__server_answers_without__near_miss(void **state)
{
    struct result r;
    ends e;

    (void)state;
    plain_answer(&e, NULL);
    expect(&e, MPT_FINDING_IDS, MPT_SEVERITY_CHAT, 0, NULL);
    r = find(&e, MPT_FINDING_FALLBACK, true);
    assert_int_equal(r.count, 1);
    expect_words(
        &r,
        "The SYN arrived at the server (interface 1) with MP_CAPABLE (frame 2) and was answered without it there (frame 3)");
    close_ends(&e);
}

static void test_fallback__client_falls_back_itself__said(void **state)
{
    mpt_option syn = option_capable(&HOSTS, 0, 0), synack = option_capable(&HOSTS, 1, 1);
    struct result r;
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    send_segment(&a, 0, MPT_TCP_SYN, 0, &syn, 1);
    send_segment(&a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, 1);
    send_segment(&a, 0, MPT_TCP_ACK, 0, NULL, 0);
    send_segment(&a, 0, MPT_TCP_ACK, 100, NULL, 0);
    expect(&e, MPT_FINDING_IDS, MPT_SEVERITY_CHAT, 0, NULL);
    r = find(&e, MPT_FINDING_FALLBACK, true);
    assert_int_equal(r.count, 1);
    expect_words(&r, "the third ACK left without it (frame 5): the client itself fell back");
    close_ends(&e);
}

static bool strip_join(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    (void)side;
    if (g->flags == MPT_TCP_SYN && is_option(g, MPT_MP_JOIN))
        g->option_len = 0;
    return true;
}

static bool drop_join(ends *e, mpt_segment *g, unsigned side)
{
    (void)side;
    return !(g->flags == MPT_TCP_SYN && is_option(g, MPT_MP_JOIN)) || e->count-- == 0;
}

/* The client's join, answered without MP_JOIN. */
static void run_join(ends *e, path_func path)
{
    mpt_option o = join_syn(0);
    link_ a, b;

    open_ends(e);
    e->path = path;
    a = link_of(e, 0, 0);
    b = link_of(e, 1, 0);
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    send_segment(&b, 0, MPT_TCP_SYN, 0, &o, 1);
    send_segment(&b, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
    send_data(&a, 0, 1001, 1000);
    send_data_ack(&a, 1, 2001);
}

static void test_removed__join__arrives_as_plain_syn(void **state)
{
    struct result r;
    ends e;

    (void)state;
    run_join(&e, strip_join);
    r = expect(&e, MPT_FINDING_OPTION_REMOVED, MPT_SEVERITY_WARNING, 9, "RFC 8684 3.2");
    assert_int_equal(r.subflow, 1);
    expect_words(
        &r, "left the client (interface 0) with MP_JOIN and arrived at the server (interface 1) without it");
    close_ends(&e);
}

static void test_blocked__join_never_arrives__said_with_count(void **state)
{
    struct result r;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = drop_join;
    e.count = 99;
    link_ a = link_of(&e, 0, 0), b = link_of(&e, 1, 0);
    mpt_option o = join_syn(0);
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    for (unsigned i = 0; i < 3; i++)
        send_at(&b, 0, MPT_TCP_SYN, 0, 0, &o, 1);
    send_data(&a, 0, 1001, 1000);
    r = expect(&e, MPT_FINDING_SYN_BLOCKED, MPT_SEVERITY_WARNING, 9, "RFC 8684 3.2");
    assert_int_equal(r.n, 3);
    expect_words(&r, "(3 times) and did not arrive at the server (interface 1)");
    close_ends(&e);
}

static void test_blocked__second_syn_arrives__near_miss(void **state)
{
    link_ a, b;
    mpt_option o = join_syn(0);
    ends e;

    (void)state;
    open_ends(&e);
    e.path = drop_join;
    e.count = 1; /* the first only */
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 0);
    open_capable(&a);
    send_at(&b, 0, MPT_TCP_SYN, 0, 0, &o, 1);
    send_at(&b, 0, MPT_TCP_SYN, 0, 0, &o, 1);
    send_data(&a, 0, 1, 1000);
    expect_nothing(&e);
}

/* The other end's capture ends before: it can't show what arrives. */
static void test_blocked__other_end_not_capturing_any_more__near_miss(void **state)
{
    mpt_option o = join_syn(0);
    link_ a, b;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 0);
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    e.now_ns += 3000 * MS;
    e.path = drop_join;
    e.count = 99;
    send_at(&b, 0, MPT_TCP_SYN, 0, 0, &o, 1);
    expect_nothing(&e);
}

static bool drop_capable(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    (void)side;
    return !(g->flags == MPT_TCP_SYN && g->option_len);
}

/* The option is not removed: its SYNs are dropped, and the one without it comes through. */
static void test_blocked__capable_dropped_plain_passes__not_removed(void **state)
{
    mpt_option o = option_capable(&HOSTS, 0, 0);
    struct result r;
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = drop_capable;
    a = link_of(&e, 0, 0);
    send_at(&a, 0, MPT_TCP_SYN, 0, 0, &o, 1);
    send_at(&a, 0, MPT_TCP_SYN, 0, 0, &o, 1);
    send_segment(&a, 0, MPT_TCP_SYN, 0, NULL, 0);
    send_segment(&a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
    send_segment(&a, 0, MPT_TCP_ACK, 0, NULL, 0);
    r = expect(&e, MPT_FINDING_SYN_BLOCKED, MPT_SEVERITY_WARNING, 1, "RFC 8684 3.7");
    assert_int_equal(r.n, 2);
    expect_words(&r, "one without the option did");
    close_ends(&e);
}

static bool strip_data(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    if (side == 0 && g->payload_len)
        g->option_len = 0;
    return true;
}

static void test_removed__dss__counted_once_with_the_first(void **state)
{
    struct result r;
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = strip_data;
    a = link_of(&e, 0, 0);
    open_capable(&a);
    for (unsigned i = 0; i < 5; i++)
        send_data(&a, 0, 1 + 1000 * i, 1000);
    send_data_ack(&a, 1, 1);
    r = expect(&e, MPT_FINDING_OPTION_REMOVED, MPT_SEVERITY_WARNING, 7, "RFC 8684 3.3");
    assert_int_equal(r.n, 5);
    assert_int_equal(r.direction, MPT_C2S);
    expect_words(
        &r,
        "5 segments of subflow 0 (192.0.2.1:40000 - 192.0.2.2:5001) left the client (interface 0) with DSS and arrived at the server (interface 1) without it, the first (frame 8 there)");
    close_ends(&e);
}

/* Options that the snaplen cut at one end prove nothing. */
static bool cut_options(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    if (side == 0 && g->payload_len) {
        g->option_len = 0;
        g->presence |= MPT_SEGMENT_CUT_OPTIONS;
    }
    return true;
}

static void test_removed__cut_by_the_snaplen__near_miss(void **state)
{
    ends e;

    (void)state;
    run(&e, cut_options);
    expect_nothing(&e);
}

static void test_removed__capture_not_reliable__nothing_said_of_options(void **state)
{
    ends e;

    (void)state;
    run(&e, strip_data);
    finish_ends(&e);
    assert_int_equal(find(&e, MPT_FINDING_OPTION_REMOVED, true).count, 2); /* a way each */
    assert_int_equal(find(&e, MPT_FINDING_OPTION_REMOVED, false).count, 0);
    close_ends(&e);
}

/* An acknowledgement is lost that differs in its options only from the next: no change. */
static bool drop_fourth_ack(ends *e, mpt_segment *g, unsigned side)
{
    return !(side == 1 && !g->payload_len && is_option(g, MPT_DSS) && e->count++ == 0);
}

static void test_changed__lost_ack_before_a_like_one__near_miss(void **state)
{
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = drop_fourth_ack;
    a = link_of(&e, 0, 0);
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    send_data_ack(&a, 1, 1001);
    e.tsval--;
    send_data_ack(&a, 1, 501);
    send_data(&a, 0, 1001, 1000);
    expect_nothing(&e);
}

static bool add_option(ends *e, mpt_segment *g, unsigned side)
{
    mpt_option o = {.subtype = MPT_MP_PRIO, .length = 3, .prio = {.backup = true}};

    (void)e;
    if (side == 0 && g->payload_len && g->option_len + 3u <= sizeof g->options)
        g->option_len = (uint16_t)(g->option_len + mpt_option_write(&o, g->options + g->option_len, 3));
    return true;
}

static void test_added__option_nobody_sent__said(void **state)
{
    struct result r;
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = add_option;
    a = link_of(&e, 0, 0);
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    r = expect(&e, MPT_FINDING_OPTION_ADDED, MPT_SEVERITY_WARNING, 7, "RFC 8684 3.3.8");
    expect_words(&r, "without MP_PRIO and arrived at the server (interface 1) with it");
    close_ends(&e);
}

static bool rewrite_address(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    (void)side;
    if (is_option(g, MPT_ADD_ADDR))
        g->options[4] = 10;
    return true;
}

static void test_changed__address_in_add_addr__both_said(void **state)
{
    struct result r;
    ends e;

    (void)state;
    run(&e, rewrite_address);
    r = expect(&e, MPT_FINDING_OPTION_CHANGED, MPT_SEVERITY_WARNING, 11, "RFC 8684 3.4.1");
    assert_int_equal(r.direction, MPT_S2C);
    expect_words(&r, "10.0.113.7 (id 2) instead of 203.0.113.7 (id 2)");
    expect_words(&r, "Its HMAC is still that of the original address");
    close_ends(&e);
}

static unsigned dss_byte;

static bool rewrite_dss(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    if (side == 0 && g->payload_len && is_option(g, MPT_DSS))
        g->options[dss_byte] ^= 1;
    return true;
}

static void rewritten(unsigned byte, const char *words)
{
    struct result r;
    link_ a;
    ends e;

    dss_byte = byte;
    open_ends(&e);
    e.path = rewrite_dss;
    a = link_of(&e, 0, 0);
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    r = expect(&e, MPT_FINDING_OPTION_CHANGED, MPT_SEVERITY_WARNING, 7, "RFC 8684 3.3");
    expect_words(&r, words);
    close_ends(&e);
}

/* kind, length, subtype, flags, DSN (8), SSN (4), length (2), checksum (2) */
static void test_changed__mapping_and_checksum_of_dss__said(void **state)
{
    (void)state;
    rewritten(15, "SSN 0, length 1000 instead of DSN");
    rewritten(17, "length 1001 instead of DSN");
    rewritten(19, "checksum 0x1235 instead of checksum 0x1234");
}

/* --- addresses, sequence numbers, MSS --- */

static bool translate(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    if (side == 0)
        g->src = endpoint_of("203.0.113.99", (uint16_t)(g->src.port + 1000));
    return true;
}

static void test_addresses__nat__note(void **state)
{
    mpt_option syn = option_capable(&HOSTS, 0, 0);
    struct result r;
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = translate;
    a = link_of(&e, 0, 0);
    send_segment(&a, 0, MPT_TCP_SYN, 0, &syn, 1);
    send_data(&a, 0, 1, 1000);
    /* keys or both sequence numbers are needed: the third ACK has the keys */
    mpt_option ack = option_capable(&HOSTS, 0, 2);
    send_at(&a, 0, MPT_TCP_ACK, 1, 0, &ack, 1);
    r = expect(&e, MPT_FINDING_ADDRESSES_CHANGED, MPT_SEVERITY_NOTE, 1, "RFC 8684 6");
    expect_words(&r, "192.0.2.1:40000 - 192.0.2.2:5001 at the client (interface 0), 203.0.113.99:41000 - "
                     "192.0.2.2:5001 at "
                     "the server (interface 1)");
    close_ends(&e);
}

static bool shift_sequence(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    if (side == 0)
        g->seq += 777;
    return true;
}

static void test_sequence__rewritten__note(void **state)
{
    mpt_option syn = join_syn(0);
    struct result r;
    link_ a, b;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 0);
    open_capable(&a);
    e.path = shift_sequence;
    send_segment(&b, 0, MPT_TCP_SYN, 0, &syn, 1);
    send_segment(&b, 0, MPT_TCP_ACK, 100, NULL, 0);
    r = expect(&e, MPT_FINDING_SEQUENCE_CHANGED, MPT_SEVERITY_NOTE, 7, "RFC 8684 6");
    expect_words(&r, "(from 2000777) than at the client (interface 0) (from 2000000)");
    close_ends(&e);
}

static bool clamp(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    if (side == 1 && g->presence & MPT_SEGMENT_MSS)
        g->mss = 1360;
    return true;
}

static void test_mss__clamped_in_the_synack__note(void **state)
{
    struct result r;
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = clamp;
    a = link_of(&e, 0, 0);
    open_capable(&a);
    r = expect(&e, MPT_FINDING_MSS_CHANGED, MPT_SEVERITY_NOTE, 3, "RFC 9293 3.7.1");
    assert_int_equal(r.direction, MPT_S2C);
    expect_words(
        &r,
        "The SYN/ACK of subflow 0 (192.0.2.1:40000 - 192.0.2.2:5001) left the server (interface 1) with a maximum segment size of 1460 and arrived at the client (interface 0) with 1360");
    close_ends(&e);
}

/* A SYN without the option at one end tells nothing. */
static bool lose_mss(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    (void)side;
    g->presence &= ~(uint32_t)MPT_SEGMENT_MSS;
    return true;
}

static void test_mss__not_known_at_one_end__near_miss(void **state)
{
    ends e;

    (void)state;
    run(&e, lose_mss);
    expect_nothing(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways__healthy__none),
        cmocka_unit_test(test_removed__capable_of_the_synack__both_frames_and_the_culprit),
        cmocka_unit_test(test_removed__capable_of_the_syn__plain_tcp_at_the_server),
        cmocka_unit_test(test_removed__syn_cut_by_the_snaplen__near_miss),
        cmocka_unit_test(test_removed__server_answers_without__near_miss),
        cmocka_unit_test(test_fallback__client_falls_back_itself__said),
        cmocka_unit_test(test_removed__join__arrives_as_plain_syn),
        cmocka_unit_test(test_blocked__join_never_arrives__said_with_count),
        cmocka_unit_test(test_blocked__second_syn_arrives__near_miss),
        cmocka_unit_test(test_blocked__other_end_not_capturing_any_more__near_miss),
        cmocka_unit_test(test_blocked__capable_dropped_plain_passes__not_removed),
        cmocka_unit_test(test_removed__dss__counted_once_with_the_first),
        cmocka_unit_test(test_removed__cut_by_the_snaplen__near_miss),
        cmocka_unit_test(test_removed__capture_not_reliable__nothing_said_of_options),
        cmocka_unit_test(test_changed__lost_ack_before_a_like_one__near_miss),
        cmocka_unit_test(test_added__option_nobody_sent__said),
        cmocka_unit_test(test_changed__address_in_add_addr__both_said),
        cmocka_unit_test(test_changed__mapping_and_checksum_of_dss__said),
        cmocka_unit_test(test_addresses__nat__note),
        cmocka_unit_test(test_sequence__rewritten__note),
        cmocka_unit_test(test_mss__clamped_in_the_synack__note),
        cmocka_unit_test(test_mss__not_known_at_one_end__near_miss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
