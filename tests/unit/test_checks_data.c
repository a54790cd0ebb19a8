/* test_checks_data.c - checks of data, paths and the capture: segments that raise each, and a near miss.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

/* --- mappings --- */

static void test_data_unmapped__between_mapped_data__warning(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    begin_two(&s);
    flow_send(&s.a, 0, MPT_TCP_ACK, 50, NULL, 0);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    r = expect_one(&s, MPT_FINDING_DATA_UNMAPPED, MPT_SEVERITY_WARNING);
    assert_int_equal(r.n, 50);
}

/* The segment before it, which had the mapping of both, is not in the capture, and went elsewhere again. */
static void test_data_unmapped__after_a_segment_that_is_not_captured__note(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    s.a.next[0] += 50;
    flow_send(&s.a, 0, MPT_TCP_ACK, 50, NULL, 0);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    flow_send_data(&s.a, 0, &s.h, 0, 201, 100);
    expect_one(&s, MPT_FINDING_DATA_UNMAPPED, MPT_SEVERITY_NOTE);
}

static void test_data_unmapped__mapping_comes_later__none(void **state)
{
    struct scene s;
    mpt_option o;
    (void)state;
    begin_two(&s);
    o = option_dss(&(mpt_dss){.has_mapping = true,
                              .dsn_64bit = true,
                              .dsn = dsn_of(&s.h, 0, 101),
                              .ssn = s.a.next[0],
                              .length = 50});
    flow_send(&s.a, 0, MPT_TCP_ACK, 50, NULL, 0);
    send_one(&s.a, 0, MPT_TCP_ACK, &o);
    expect_none(&s, MPT_FINDING_DATA_UNMAPPED);
}

/* The segment before last of a, again, with another DSN. */
static void remap(struct scene *s, int64_t dsn)
{
    s->a.next[0] -= 100;
    flow_send_data(&s->a, 0, &s->h, 0, dsn, 100);
}

static void test_mapping_conflict__same_ssn_other_dsn__error(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    remap(&s, 301);
    r = expect_one(&s, MPT_FINDING_MAPPING_CONFLICT, MPT_SEVERITY_ERROR);
    assert_int_equal(r.n, 100);
    assert_true(r.time.known && r.subflow.known && r.subflow.value == 0);
    expect_words(r, "100 bytes of the client were mapped twice");
}

static void test_mapping_conflict__repeated__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    remap(&s, 101);
    expect_none(&s, MPT_FINDING_MAPPING_CONFLICT);
}

static void test_dsn_far__2_to_the_62__error(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.a, 0, &s.h, 0, INT64_C(1) << 62, 100);
    expect_one(&s, MPT_FINDING_DSN_FAR, MPT_SEVERITY_ERROR);
}

/* The numbers were rewritten, the key was not: none of them has a place, and nothing is taken for a fallback. */
static void test_dsn_far__all_numbers_of_another_idsn__the_keys_are_named(void **state)
{
    const uint64_t off = UINT64_C(0) - dsn_of(&HOSTS, 0, 201); /* DSN 2^64 - 200 */
    mpt_connection_view v;
    struct result r;
    struct scene s;
    mpt_option ack;
    GPtrArray *all;
    (void)state;
    begin(&s);
    flow_open_capable(&s.a, &s.h);
    for (int64_t n = 1; n < 600; n += 100)
        flow_send_data(&s.a, 0, &s.h, 0, (int64_t)off + n, 100);
    ack = option_dss(&(mpt_dss){.has_ack = true, .data_ack = (uint32_t)(dsn_of(&s.h, 0, 601) + off)});
    send_one(&s.a, 1, MPT_TCP_ACK, &ack);
    mpt_engine_flush(s.w.engine);
    all = mpt_metrics_connections(s.w.engine);
    mpt_metrics_connection(s.w.engine, g_ptr_array_index(all, 0), 0, &v);
    assert_int_equal(v.fallback, MPT_FALLBACK_NONE);
    assert_int_equal(v.direction[MPT_C2S].bytes.unmapped_bytes, 600);
    assert_int_equal(v.direction[MPT_C2S].bytes.fallback_bytes, 0);
    assert_false(v.direction[MPT_C2S].data.acked_bytes.known);
    mpt_metrics_clear(&v);
    g_ptr_array_free(all, TRUE);
    r = expect_one(&s, MPT_FINDING_DSN_FAR, MPT_SEVERITY_ERROR);
    assert_int_equal(r.n, 7);
    assert_non_null(strstr(r.sentence, "the key in MP_CAPABLE"));
}

static void test_dsn_far__2_to_the_33__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.a, 0, &s.h, 0, INT64_C(1) << 33, 100);
    expect_none(&s, MPT_FINDING_DSN_FAR);
}

/* The server's DATA_ACK of 101 told 65,535 bytes: the window ends at 65,636. */
static void send_to_edge(struct scene *s, int64_t beyond)
{
    begin_two(s);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 60000);
    flow_send_data(&s->a, 0, &s->h, 0, 60101, (uint16_t)(5535 + beyond));
}

static void test_dsn_beyond_window__one_byte__warning(void **state)
{
    struct scene s;
    (void)state;
    send_to_edge(&s, 1);
    assert_int_equal(expect_one(&s, MPT_FINDING_DSN_BEYOND_WINDOW, MPT_SEVERITY_WARNING).n, 1);
}

/* The file has b's handshake behind its DATA_ACK: Wireshark could not scale the window that this told. */
static void test_dsn_beyond_window__handshake_later_in_the_file__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    s.w.frame = 1000;
    join_b(&s, false);
    s.w.frame = 500;
    flow_send_data_ack(&s.b, 1, &s.h, 1, 101);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 60000);
    flow_send_data(&s.a, 0, &s.h, 0, 60101, 5536);
    expect_none(&s, MPT_FINDING_DSN_BEYOND_WINDOW);
}

static void test_dsn_beyond_window__full_window__none(void **state)
{
    struct scene s;
    (void)state;
    send_to_edge(&s, 0);
    expect_none(&s, MPT_FINDING_DSN_BEYOND_WINDOW);
}

/* The SYN/ACK told `window` bytes, what followed 1,000; then 5,000 bytes of data come at once. */
static void send_with_window_of_synack(struct scene *s, uint32_t window)
{
    struct extra first = {.window = window}, then = {.window = 1000};
    mpt_option syn = option_capable(&HOSTS, 0, 0), synack = option_capable(&HOSTS, 1, 1), ack;

    begin(s);
    send_one(&s->a, 0, MPT_TCP_SYN, &syn);
    send_extra(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, first);
    s->a.next[0] = s->a.next[1] = 1;
    ack = option_capable(&HOSTS, 0, 2);
    send_one(&s->a, 0, MPT_TCP_ACK, &ack);
    ack = option_dss(&(mpt_dss){.has_ack = true, .ack_64bit = true, .data_ack = dsn_of(&s->h, 0, 1)});
    send_extra(&s->a, 1, MPT_TCP_ACK, 0, &ack, then);
    flow_send_data(&s->a, 0, &s->h, 0, 1, 5000);
}

static void test_dsn_beyond_window__synack_told_a_larger_one__none(void **state)
{
    struct scene s;
    (void)state;
    send_with_window_of_synack(&s, 5000);
    expect_none(&s, MPT_FINDING_DSN_BEYOND_WINDOW);
}

static void test_dsn_beyond_window__one_byte_beyond_that_of_the_synack__warning(void **state)
{
    struct scene s;
    (void)state;
    send_with_window_of_synack(&s, 4999);
    assert_int_equal(expect_one(&s, MPT_FINDING_DSN_BEYOND_WINDOW, MPT_SEVERITY_WARNING).n, 1);
}

/* --- DATA_ACKs --- */

static void test_data_ack_beyond__taken_back__error(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 103);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 101);
    expect_one(&s, MPT_FINDING_DATA_ACK_BEYOND, MPT_SEVERITY_ERROR);
    begin_two(&s);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 103);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 101);
    expect_none(&s, MPT_FINDING_DATA_ACK_BACK);
}

/* The server acknowledges 200 bytes where 100 are sent; the rest, from `dsn` on, follows `ms` later. */
static void send_behind_its_ack(struct scene *s, int64_t ms, int64_t dsn)
{
    begin_two(s);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 201);
    later(s, ms);
    flow_send_data(&s->a, 0, &s->h, 0, dsn, 100);
}

static void test_data_ack_beyond__data_follows_its_ack__error(void **state)
{
    struct scene s;
    (void)state;
    send_behind_its_ack(&s, 5, 101);
    expect_one(&s, MPT_FINDING_DATA_ACK_BEYOND, MPT_SEVERITY_ERROR);
}

static void test_data_ack_beyond__sender_goes_on_behind_it__none(void **state)
{
    struct scene s;
    (void)state;
    send_behind_its_ack(&s, 5, 201);
    expect_none(&s, MPT_FINDING_DATA_ACK_BEYOND);
    send_behind_its_ack(&s, 5, 201);
    assert_int_equal(expect_one(&s, MPT_FINDING_CAPTURED_ONE_PATH, MPT_SEVERITY_NOTE).n, 100);
}

/* A redundant scheduler: what waited here behind other data has come elsewhere meanwhile. */
static void test_data_ack_beyond__copy_in_flight_behind_other_data__none(void **state)
{
    struct scene s;
    mpt_option o;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    o = option_dss(&(mpt_dss){.has_ack = true, .ack_64bit = true, .data_ack = dsn_of(&s.h, 0, 301)});
    s.a.next[0] -= 100; /* TCP has not acknowledged it yet */
    send_one(&s.a, 1, MPT_TCP_ACK, &o);
    s.a.next[0] += 100;
    later(&s, 5);
    flow_send_data(&s.a, 0, &s.h, 0, 201, 100);
    expect_none(&s, MPT_FINDING_DATA_ACK_BEYOND);
}

static void test_data_ack_beyond__behind_the_data_fin__error(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 103);
    expect_one(&s, MPT_FINDING_DATA_ACK_BEYOND, MPT_SEVERITY_ERROR);
}

/* --- one path of several is captured --- */

static void test_captured_one_path__nothing_follows__note(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 151);
    assert_int_equal(expect_one(&s, MPT_FINDING_CAPTURED_ONE_PATH, MPT_SEVERITY_NOTE).n, 50);
}

/* The capture lost a segment, which TCP acknowledges too: room for the data that is not there. */
static void test_captured_one_path__segment_lost_by_the_capture__gap(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 2; k++) {
        struct scene s;
        begin_two(&s);
        s.a.next[0] += 100;
        flow_send_data_ack(&s.a, 1, &s.h, 1, 201);
        if (k == 0)
            expect_none(&s, MPT_FINDING_CAPTURED_ONE_PATH);
        else
            assert_int_equal(expect_one(&s, MPT_FINDING_CAPTURE_GAPS, MPT_SEVERITY_NOTE).n, 100);
    }
}

/* A DATA_FIN that is not in the capture takes a number too. */
/* b is in the capture up to some point, and what it carried then is acknowledged on a. */
static void test_captured_one_path__a_subflow_breaks_off__gap(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 201);
    flow_send_data(&s.a, 0, &s.h, 0, 5001, 100);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 5101);
    expect_none(&s, MPT_FINDING_CAPTURED_ONE_PATH);
}

static void test_captured_one_path__one_more_and_a_fin__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send(&s.a, 0, MPT_TCP_FIN | MPT_TCP_ACK, 0, NULL, 0);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 102);
    expect_none(&s, MPT_FINDING_CAPTURED_ONE_PATH);
}

/* The join alone is in the capture, without the MP_CAPABLE of its connection. */
static void test_captured_one_path__join_alone__note(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    join_b(&s, false);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 201);
    flow_send_data(&s.b, 0, &s.h, 0, 601, 100);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 701);
    assert_int_equal(expect_one(&s, MPT_FINDING_CAPTURED_ONE_PATH, MPT_SEVERITY_NOTE).n, 400);
}

/* The capture began in the middle of a transfer: data in flight then is acknowledged now. */
static void test_captured_one_path__in_flight_when_the_capture_began__none(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    s.a.next[0] = s.b.next[0] = 5000;
    flow_send_data(&s.a, 0, &s.h, 0, 1001, 100);
    flow_send_data(&s.b, 0, &s.h, 0, 1201, 100); /* 1101 to 1200 went before */
    flow_send_data_ack(&s.b, 1, &s.h, 1, 1301);
    later(&s, 5000);
    flow_send_data(&s.b, 0, &s.h, 0, 1301, 100);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 1401);
    expect_none(&s, MPT_FINDING_CAPTURED_ONE_PATH);
}

static void test_data_ack_beyond__data_fin__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 102);
    expect_none(&s, MPT_FINDING_DATA_ACK_BEYOND);
}

static void test_data_ack_back__on_one_subflow__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 51);
    expect_one(&s, MPT_FINDING_DATA_ACK_BACK, MPT_SEVERITY_WARNING);
}

static void test_data_ack_back__on_another_subflow__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 51);
    expect_none(&s, MPT_FINDING_DATA_ACK_BACK);
}

static void test_data_ack_back__in_a_late_segment__none(void **state)
{
    struct scene s;
    uint32_t next;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 201);
    /* An ACK sent before, overtaken on the way: its subflow acknowledgement is old too. */
    next = s.a.next[0];
    s.a.next[0] -= 100;
    flow_send_data_ack(&s.a, 1, &s.h, 1, 101);
    s.a.next[0] = next;
    expect_none(&s, MPT_FINDING_DATA_ACK_BACK);
}

/* A DATA_ACK of the server on a, that tells when it was sent. */
static void data_ack_at(struct scene *s, uint32_t tsval, int64_t dsn)
{
    mpt_option o =
        option_dss(&(mpt_dss){.has_ack = true, .ack_64bit = true, .data_ack = dsn_of(&s->h, 0, dsn)});

    send_extra(&s->a, 1, MPT_TCP_ACK, 0, &o,
               (struct extra){.window = 65535, .presence = MPT_SEGMENT_TIMESTAMPS, .tsval = tsval});
}

static void test_data_ack_back__overtaken_on_the_way__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    data_ack_at(&s, 3, 101);
    data_ack_at(&s, UINT32_MAX, 51); /* sent before: TSval has wrapped since */
    data_ack_at(&s, 3, 61);          /* of the same tick: nobody knows */
    expect_none(&s, MPT_FINDING_DATA_ACK_BACK);
}

static void test_data_ack_back__sent_later__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    data_ack_at(&s, UINT32_MAX, 101);
    data_ack_at(&s, 3, 51);
    expect_one(&s, MPT_FINDING_DATA_ACK_BACK, MPT_SEVERITY_WARNING);
}

static void test_data_ack_back__on_data_sent_later_in_the_same_tick__warning(void **state)
{
    struct scene s;
    mpt_option o;
    (void)state;
    begin_two(&s);
    data_ack_at(&s, 3, 101);
    o = option_dss(&(mpt_dss){.has_ack = true,
                              .ack_64bit = true,
                              .data_ack = dsn_of(&s.h, 0, 51),
                              .has_mapping = true,
                              .dsn = dsn_of(&s.h, 1, 1),
                              .ssn = 1,
                              .length = 10});
    send_extra(&s.a, 1, MPT_TCP_ACK, 10, &o,
               (struct extra){.window = 65535, .presence = MPT_SEGMENT_TIMESTAMPS, .tsval = 3});
    expect_one(&s, MPT_FINDING_DATA_ACK_BACK, MPT_SEVERITY_WARNING);
}

static void test_data_after_fin__new_byte__error(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 1);
    expect_one(&s, MPT_FINDING_DATA_AFTER_FIN, MPT_SEVERITY_ERROR);
}

static void test_data_after_fin__data_behind_it__nothing_is_missing(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    flow_send_data(&s.a, 0, &s.h, 0, 102, 100); /* 101 is the number of the DATA_FIN */
    expect_none(&s, MPT_FINDING_CAPTURE_GAPS);
    begin_two(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    flow_send_data(&s.a, 0, &s.h, 0, 103, 100);
    assert_int_equal(expect_one(&s, MPT_FINDING_CAPTURE_GAPS, MPT_SEVERITY_NOTE).n, 1);
}

static void test_data_after_fin__reinjection__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    flow_send_data(&s.b, 0, &s.h, 0, 1, 100);
    expect_none(&s, MPT_FINDING_DATA_AFTER_FIN);
}

/* Data that TCP acknowledges, then both close; acked: the last DATA_ACK. */
static void close_with_ack(struct scene *s, int64_t acked)
{
    begin_open(s);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
    flow_send_data_ack(&s->a, 1, &s->h, 1, acked);
    flow_send(&s->a, 0, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
}

static void test_data_not_acked__reset__warning(void **state)
{
    struct scene s;
    (void)state;
    close_with_ack(&s, 151);
    assert_int_equal(expect_one(&s, MPT_FINDING_DATA_NOT_ACKED, MPT_SEVERITY_WARNING).n, 50);
}

static void test_data_not_acked__all_acked__none(void **state)
{
    struct scene s;
    (void)state;
    close_with_ack(&s, 201);
    expect_none(&s, MPT_FINDING_DATA_NOT_ACKED);
}

/* --- checksums --- */

static uint16_t checksum_of(uint64_t dsn, uint32_t ssn, uint16_t length, const uint8_t *payload)
{
    uint64_t sum = length;

    for (unsigned i = 0; i < 4; i++)
        sum += (dsn >> 16 * i) & 0xffff;
    sum += (ssn >> 16) + (ssn & 0xffff);
    for (unsigned i = 0; i < length; i++)
        sum += (uint64_t)payload[i] << (i % 2 ? 0 : 8);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* A connection with checksums, and 4 bytes of payload with `flip` in the checksum; cut: not captured. */
static void send_checksummed(struct scene *s, uint16_t flip, bool cut)
{
    static const uint8_t payload[4] = {1, 2, 3, 4};
    mpt_option syn, synack, ack, o;
    mpt_dss dss;

    begin(s);
    syn = option_capable(&s->h, 0, 0);
    synack = option_capable(&s->h, 1, 1);
    ack = option_capable(&s->h, 0, 2);
    syn.capable.checksum_required = synack.capable.checksum_required = ack.capable.checksum_required = true;
    syn.capable.flags = synack.capable.flags = ack.capable.flags = 0x81;
    send_one(&s->a, 0, MPT_TCP_SYN, &syn);
    send_one(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    send_one(&s->a, 0, MPT_TCP_ACK, &ack);
    dss = (mpt_dss){.has_mapping = true,
                    .dsn_64bit = true,
                    .has_checksum = true,
                    .dsn = dsn_of(&s->h, 0, 1),
                    .ssn = 1,
                    .length = 4};
    dss.checksum = checksum_of(dss.dsn, 1, 4, payload) ^ flip;
    o = option_dss(&dss);
    send_extra(&s->a, 0, MPT_TCP_ACK, 4, &o,
               (struct extra){.window = 65535, .payload = cut ? NULL : payload});
}

static void test_checksum_bad__one_bit__error(void **state)
{
    struct scene s;
    (void)state;
    send_checksummed(&s, 1, false);
    expect_words(expect_one(&s, MPT_FINDING_CHECKSUM_BAD, MPT_SEVERITY_ERROR),
                 "the client's only DSS checksum does not match");
}

/* More mappings with the same payload; even: then one whose checksum has two equal bytes. */
static void send_checksummed_again(struct scene *s, bool swapped, unsigned off, bool even)
{
    for (unsigned i = 1; i < (even ? 4 : 3); i++) {
        uint8_t payload[4] = {1, 2, 3, 4};
        mpt_dss dss = {.has_mapping = true,
                       .has_checksum = true,
                       .dsn_64bit = true,
                       .dsn = dsn_of(&s->h, 0, 1 + 4 * i),
                       .ssn = 1 + 4 * i,
                       .length = 4};
        mpt_option o;

        do {
            dss.checksum = (uint16_t)(checksum_of(dss.dsn, dss.ssn, 4, payload) + off);
            payload[3]++;
        } while (i == 3 && dss.checksum >> 8 != (dss.checksum & 0xff));
        payload[3]--;
        if (swapped)
            dss.checksum = (uint16_t)(dss.checksum << 8 | dss.checksum >> 8);
        o = option_dss(&dss);
        send_extra(&s->a, 0, MPT_TCP_ACK, 4, &o, (struct extra){.window = 65535, .payload = payload});
    }
}

static void test_checksum_bad__one_host_writes_them_so__not_the_path(void **state)
{
    struct scene s;
    uint16_t first;
    uint8_t payload[4] = {1, 2, 3, 4};
    (void)state;
    first = checksum_of(dsn_of(&HOSTS, 0, 1), 1, 4, payload);
    send_checksummed(&s, (uint16_t)(first ^ (first << 8 | first >> 8)), false);
    send_checksummed_again(&s, true, 0, false);
    expect_words(expect_one(&s, MPT_FINDING_CHECKSUM_BAD, MPT_SEVERITY_ERROR), "bytes swapped");
    send_checksummed(&s, (uint16_t)(first ^ (first << 8 | first >> 8)), false);
    send_checksummed_again(&s, true, 0, true);
    expect_words(expect_one(&s, MPT_FINDING_CHECKSUM_BAD, MPT_SEVERITY_ERROR), "bytes swapped");
    send_checksummed(&s, (uint16_t)(first ^ (first + 5)), false);
    send_checksummed_again(&s, false, 5, false);
    expect_words(expect_one(&s, MPT_FINDING_CHECKSUM_BAD, MPT_SEVERITY_ERROR), "off by the same number");
}

/* 4 bytes of b, at byte `at` of a mapping of 8 from SSN 41 and DSN 101 on. */
static void send_half_mapping(struct scene *s, uint32_t at, bool wide, uint16_t flip)
{
    static const uint8_t payload[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    mpt_dss dss = {.has_mapping = true,
                   .has_checksum = true,
                   .dsn_64bit = wide,
                   .dsn = dsn_of(&s->h, 0, 101),
                   .ssn = 41,
                   .length = 8};
    mpt_option o;

    dss.checksum = checksum_of(dss.dsn, 41, 8, payload) ^ flip;
    if (!wide)
        dss.dsn = (uint32_t)dss.dsn;
    o = option_dss(&dss);
    s->b.next[0] = 41 + at;
    send_extra(&s->b, 0, MPT_TCP_ACK, 4, &o, (struct extra){.window = 65535, .payload = payload + at});
}

static mpt_checksum_figures checksums_of_b(struct scene *s)
{
    GPtrArray *all;
    mpt_connection_view v;
    mpt_checksum_figures figures;

    mpt_engine_flush(s->w.engine);
    all = mpt_metrics_connections(s->w.engine);
    mpt_metrics_connection(s->w.engine, g_ptr_array_index(all, 0), 0, &v);
    figures = v.subflows[v.subflow_count - 1].direction[MPT_C2S].checksums;
    mpt_metrics_clear(&v);
    g_ptr_array_unref(all);
    leave(s);
    return figures;
}

static void test_checksums__join_without_its_handshake__first_mapping_verified(void **state)
{
    struct scene s;
    mpt_checksum_figures k;
    (void)state;
    for (uint16_t flip = 0; flip < 2; flip++) {
        send_checksummed(&s, 0, false);
        send_half_mapping(&s, 0, true, flip);
        send_half_mapping(&s, 4, true, flip); /* only now it is known where the mapping begins */
        k = checksums_of_b(&s);
        assert_int_equal(k.ok, !flip);
        assert_int_equal(k.bad, flip);
        assert_int_equal(k.incomplete, 0);
    }
}

static unsigned bad_events(struct scene *s, int64_t *dsn, uint16_t *length)
{
    const mpt_connection *c;
    GArray *events;
    unsigned n = 0;

    mpt_engine_flush(s->w.engine);
    c = g_ptr_array_index(mpt_engine_connections(s->w.engine), 0);
    events = mpt_metrics_events(c);
    for (guint i = 0; i < events->len; i++) {
        const mpt_event *e = &g_array_index(events, mpt_event, i);
        if (e->type != MPT_EVENT_CHECKSUM_BAD)
            continue;
        n++;
        *dsn = e->data.dsn;
        *length = e->data.length;
    }
    g_array_unref(events);
    leave(s);
    return n;
}

static void test_checksum_event__32_bit_dsn_without_the_upper_half__none(void **state)
{
    struct scene s;
    int64_t dsn = 0;
    uint16_t length = 0;
    (void)state;
    begin(&s);
    send_half_mapping(&s, 0, false, 0);
    send_half_mapping(&s, 4, false, 0);
    assert_int_equal(bad_events(&s, &dsn, &length), 0);
    begin(&s);
    send_half_mapping(&s, 0, true, 1);
    send_half_mapping(&s, 4, true, 1);
    assert_int_equal(bad_events(&s, &dsn, &length), 1);
    assert_int_equal(length, 8);
    assert_int_equal(dsn, 0); /* the first DSN is at 0 where the IDSN is not known */
}

static void test_checksum_bad__right__none(void **state)
{
    struct scene s;
    (void)state;
    send_checksummed(&s, 0, false);
    expect_none(&s, MPT_FINDING_CHECKSUM_BAD);
}

static void test_checksum_unverified__payload_cut__note(void **state)
{
    struct scene s;
    (void)state;
    send_checksummed(&s, 1, true);
    expect_one(&s, MPT_FINDING_CHECKSUM_UNVERIFIED, MPT_SEVERITY_NOTE);
}

static void test_checksum_unverified__payload_there__none(void **state)
{
    struct scene s;
    (void)state;
    send_checksummed(&s, 0, false);
    expect_none(&s, MPT_FINDING_CHECKSUM_UNVERIFIED);
}

static void send_fail(struct scene *s)
{
    mpt_option o = {.subtype = MPT_MP_FAIL, .length = 12};

    begin_two(s);
    o.fail.dsn = dsn_of(&s->h, 0, 101);
    send_one(&s->b, 1, MPT_TCP_ACK, &o);
}

static void test_mp_fail__then_reset__warning(void **state)
{
    struct scene s;
    (void)state;
    send_fail(&s);
    flow_send(&s.b, 0, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    expect_words(expect_one(&s, MPT_FINDING_MP_FAIL, MPT_SEVERITY_WARNING),
                 "the subflow was reset in frame 11");
}

static void test_mp_fail__nothing_follows__says_so(void **state)
{
    struct scene s;
    (void)state;
    send_fail(&s);
    expect_words(expect_one(&s, MPT_FINDING_MP_FAIL, MPT_SEVERITY_WARNING),
                 "neither a reset nor an infinite mapping");
}

static void test_mp_fail__reset_alone__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    send_reset(&s.b, 1, 6);
    expect_none(&s, MPT_FINDING_MP_FAIL);
}

/* --- backup, idle --- */

static void begin_with_backup(struct scene *s)
{
    begin_open(s);
    join_b(s, true);
    later(s, 1000);
}

static void test_backup_used__new_data__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_with_backup(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    expect_words(expect_one(&s, MPT_FINDING_BACKUP_USED, MPT_SEVERITY_WARNING),
                 "although subflow 0 was regular and up; 100 bytes");
}

static void test_backup_used__since_its_handshake__at_once(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    join_b(&s, true);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    expect_one(&s, MPT_FINDING_BACKUP_USED, MPT_SEVERITY_WARNING);
}

static void test_backup_used__reinjection__note(void **state)
{
    struct scene s;
    (void)state;
    begin_with_backup(&s);
    flow_send_data(&s.b, 0, &s.h, 0, 1, 100);
    expect_one(&s, MPT_FINDING_BACKUP_USED, MPT_SEVERITY_NOTE);
}

static void test_backup_used__regular_one_stalled__none(void **state)
{
    struct scene s;
    (void)state;
    begin_with_backup(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    later(&s, 1000);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    flow_send_data(&s.b, 0, &s.h, 0, 201, 100);
    expect_none(&s, MPT_FINDING_BACKUP_USED);
}

static void test_backup_used__regular_one_closed__none(void **state)
{
    struct scene s;
    (void)state;
    begin_with_backup(&s);
    flow_send(&s.a, 0, MPT_TCP_FIN | MPT_TCP_ACK, 0, NULL, 0);
    flow_send(&s.a, 1, MPT_TCP_ACK, 0, NULL, 0);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    expect_none(&s, MPT_FINDING_BACKUP_USED);
}

static void send_much(struct scene *s, flow *f, int64_t from, unsigned segments)
{
    for (unsigned i = 0; i < segments; i++) {
        flow_send_data(f, 0, &s->h, 0, from + 10000 * (int64_t)i, 10000);
        flow_send_data_ack(f, 1, &s->h, 1, from + 10000 * (int64_t)(i + 1));
    }
}

static void test_subflow_idle__120_kB_elsewhere__note(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    send_much(&s, &s.a, 101, 12);
    later(&s, 1000);
    flow_send(&s.b, 0, MPT_TCP_ACK, 0, NULL, 0);
    expect_words(expect_one(&s, MPT_FINDING_SUBFLOW_IDLE, MPT_SEVERITY_NOTE), "carried 120,000 bytes");
}

static void test_subflow_idle__one_segment__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    send_much(&s, &s.a, 101, 12);
    later(&s, 1000);
    flow_send_data(&s.b, 0, &s.h, 0, 120101, 1);
    expect_none(&s, MPT_FINDING_SUBFLOW_IDLE);
}

/* --- failover, waiting --- */

/* b carries 10,000 bytes that nobody acknowledges; after 300 ms they go on a, with what follows. */
static void lose_path(struct scene *s, int64_t until_ms)
{
    begin_two(s);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 10000);
    later(s, 300);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 10000);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 10101);
    send_much(s, &s->a, 10101, 2);
    later(s, until_ms);
    flow_send_data(&s->a, 0, &s->h, 0, 30101, 100);
}

static void test_failover__path_dead_to_the_end__warning(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    lose_path(&s, 1000);
    r = expect_one(&s, MPT_FINDING_FAILOVER, MPT_SEVERITY_WARNING);
    assert_int_equal(r.n, 10000);
    expect_words(r, "10,000 bytes sent on it were never acknowledged, and 10,000 bytes were reinjected");
    expect_words(r, "New data continued on subflow 0 after 303.0 ms");
}

static void test_failover__capture_ends_soon__none(void **state)
{
    struct scene s;
    (void)state;
    lose_path(&s, 100);
    expect_none(&s, MPT_FINDING_FAILOVER);
}

static void test_failover__acknowledged_after_all__none(void **state)
{
    struct scene s;
    (void)state;
    lose_path(&s, 1000);
    flow_send(&s.b, 1, MPT_TCP_ACK, 0, NULL, 0);
    expect_none(&s, MPT_FINDING_FAILOVER);
}

/* Its first bytes were lost and go elsewhere, but it goes on. */
static void test_failover__new_data_goes_over_it__none(void **state)
{
    struct scene s;
    (void)state;
    lose_path(&s, 1000);
    flow_send_data(&s.b, 0, &s.h, 0, 30201, 100);
    expect_none(&s, MPT_FINDING_FAILOVER);
}

static void fill_hole_after(struct scene *s, int64_t ms)
{
    begin_two(s);
    flow_send_data(&s->a, 0, &s->h, 0, 201, 100);
    later(s, ms);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 100);
}

static void test_data_waited__100_ms__note(void **state)
{
    struct scene s;
    (void)state;
    fill_hole_after(&s, 99);
    expect_words(expect_one(&s, MPT_FINDING_DATA_WAITED, MPT_SEVERITY_NOTE),
                 "waited 100.0 ms for earlier bytes that came late on subflow 1");
}

static void test_data_waited__99_ms__none(void **state)
{
    struct scene s;
    (void)state;
    fill_hole_after(&s, 98);
    expect_none(&s, MPT_FINDING_DATA_WAITED);
}

/* On the line of `next`: leaves out 100 bytes, and comes back for them later. */
static void leave_hole(struct scene *s, int64_t *next)
{
    flow_send_data(&s->a, 0, &s->h, 0, *next + 100, 100);
    *next += 200;
}

/* Three holes, each longer and open before the one before it is filled: 150 ms, 260 ms, 410 ms. */
static void test_data_waited__chain_of_growing_waits__first_and_last(void **state)
{
    struct scene s;
    struct result r;
    int64_t next = 101;
    (void)state;
    begin_two(&s);
    leave_hole(&s, &next);
    later(&s, 139);
    leave_hole(&s, &next);
    later(&s, 9);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 100);
    later(&s, 238);
    leave_hole(&s, &next);
    later(&s, 10);
    flow_send_data(&s.b, 0, &s.h, 0, 301, 100);
    later(&s, 397);
    flow_send_data(&s.b, 0, &s.h, 0, 501, 100);
    r = finish(&s, MPT_FINDING_DATA_WAITED);
    assert_int_equal(r.count, 2);
    expect_words(r, "waited 409.0 ms");
}

/* 100 ms and 190 ms, and 450 ms around both; then 120 ms: the one around, and the last. */
static void test_data_waited__longer_one_around_two__these_are_not_told(void **state)
{
    struct scene s;
    struct result r;
    int64_t next = 101;
    (void)state;
    begin_two(&s);
    leave_hole(&s, &next);
    later(&s, 20);
    leave_hole(&s, &next);
    later(&s, 99);
    flow_send_data(&s.b, 0, &s.h, 0, 301, 100);
    leave_hole(&s, &next);
    later(&s, 189);
    flow_send_data(&s.b, 0, &s.h, 0, 501, 100);
    later(&s, 137);
    flow_send_data(&s.b, 0, &s.h, 0, 101, 50);
    flow_send_data(&s.b, 0, &s.h, 0, 151, 50);
    leave_hole(&s, &next);
    later(&s, 119);
    flow_send_data(&s.b, 0, &s.h, 0, 701, 100);
    r = finish(&s, MPT_FINDING_DATA_WAITED);
    assert_int_equal(r.count, 2);
    expect_words(r, "waited 120.0 ms");
}

/* More waits, far apart, than are kept: the longest three, which grow to the last. */
static void test_data_waited__many__the_longest_three(void **state)
{
    struct scene s;
    struct result r;
    int64_t next = 101;
    (void)state;
    begin_two(&s);
    for (int i = 0; i < 12; i++) {
        leave_hole(&s, &next);
        later(&s, 100 + i);
        flow_send_data(&s.b, 0, &s.h, 0, next - 200, 100);
    }
    r = finish(&s, MPT_FINDING_DATA_WAITED);
    assert_int_equal(r.count, 3);
    expect_words(r, "waited 112.0 ms");
}

static void tell_window(struct scene *s, uint32_t window)
{
    send_extra(&s->a, 1, MPT_TCP_ACK, 0, NULL, (struct extra){.window = window});
}

static void test_window_closed__zero__note(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    tell_window(&s, 0);
    later(&s, 499);
    tell_window(&s, 65535);
    expect_words(expect_one(&s, MPT_FINDING_WINDOW_CLOSED, MPT_SEVERITY_NOTE),
                 "The server's receive window closed 1 time, for at most 500.0 ms");
}

static void test_window_closed__one_byte__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    tell_window(&s, 1);
    expect_none(&s, MPT_FINDING_WINDOW_CLOSED);
}

static void test_window_closed__rst__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_extra(&s.a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, (struct extra){.window = 0});
    expect_none(&s, MPT_FINDING_WINDOW_CLOSED);
}

/* --- reinjections --- */

/* `all` segments on a, of which the first `again` go on b too; acknowledged: on a too. */
static void send_again(struct scene *s, unsigned all, unsigned again, bool acknowledged)
{
    begin_two(s);
    for (unsigned i = 0; i < all; i++)
        flow_send_data(&s->a, 0, &s->h, 0, 101 + 10000 * (int64_t)i, 10000);
    if (acknowledged)
        flow_send_data_ack(&s->a, 1, &s->h, 1, 101 + 10000 * (int64_t)all);
    for (unsigned i = 0; i < again; i++)
        flow_send_data(&s->b, 0, &s->h, 0, 101 + 10000 * (int64_t)i, 10000);
}

/* `all` segments on a, of which the first `again` follow on b at once. */
static void send_twice(struct scene *s, unsigned all, unsigned again)
{
    begin_two(s);
    for (unsigned i = 0; i < all; i++) {
        flow_send_data(&s->a, 0, &s->h, 0, 101 + 10000 * (int64_t)i, 10000);
        if (i < again)
            flow_send_data(&s->b, 0, &s->h, 0, 101 + 10000 * (int64_t)i, 10000);
    }
}

/* A window goes again on the other subflow when its path has failed. */
static void test_same_data_twice__one_window__none(void **state)
{
    struct scene s;
    (void)state;
    send_again(&s, 10, 10, false);
    expect_none(&s, MPT_FINDING_SAME_DATA_TWICE);
    send_again(&s, 10, 10, false);
    expect_one(&s, MPT_FINDING_REINJECTIONS, MPT_SEVERITY_NOTE);
}

static void test_same_data_twice__nine_of_ten__note(void **state)
{
    struct scene s;
    (void)state;
    send_twice(&s, 10, 9);
    expect_words(expect_one(&s, MPT_FINDING_SAME_DATA_TWICE, MPT_SEVERITY_NOTE), "a redundant scheduler");
}

static void test_same_data_twice__seven_of_ten__none(void **state)
{
    struct scene s;
    (void)state;
    send_twice(&s, 10, 7);
    expect_none(&s, MPT_FINDING_SAME_DATA_TWICE);
}

static void test_reinjections__three_of_ten__note(void **state)
{
    struct scene s;
    (void)state;
    send_again(&s, 10, 3, false);
    assert_int_equal(expect_one(&s, MPT_FINDING_REINJECTIONS, MPT_SEVERITY_NOTE).n, 30000);
}

static void test_reinjections__two_of_thirty__none(void **state)
{
    struct scene s;
    (void)state;
    send_again(&s, 30, 2, false);
    expect_none(&s, MPT_FINDING_REINJECTIONS);
}

static void test_reinjections_redundant__first_copy_acked__note(void **state)
{
    struct scene s;
    (void)state;
    send_again(&s, 10, 3, true);
    assert_int_equal(expect_one(&s, MPT_FINDING_REINJECTIONS_REDUNDANT, MPT_SEVERITY_NOTE).n, 30000);
}

/* A path fails, its window goes elsewhere, and once it is back what it had lost is sent on it again: at the end of the
 * file TCP acknowledges the first copies too, which were lost. */
static void test_reinjections_redundant__outage_that_ends__none(void **state)
{
    struct scene s;
    uint32_t next;
    (void)state;
    send_again(&s, 10, 5, false);
    flow_send_data_ack(&s.b, 1, &s.h, 1, 50101);
    next = s.a.next[0];
    s.a.next[0] -= 100000;
    for (unsigned i = 0; i < 10; i++)
        flow_send_data(&s.a, 0, &s.h, 0, 101 + 10000 * (int64_t)i, 10000);
    s.a.next[0] = next;
    flow_send_data_ack(&s.a, 1, &s.h, 1, 100101);
    expect_none(&s, MPT_FINDING_REINJECTIONS_REDUNDANT);
}

static void test_reinjections_redundant__first_copy_not_acked__none(void **state)
{
    struct scene s;
    (void)state;
    send_again(&s, 10, 3, false);
    expect_none(&s, MPT_FINDING_REINJECTIONS_REDUNDANT);
}

/* --- the capture --- */

static void test_capture_partial__no_handshake__one_note(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 1, 100);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 101);
    flow_send(&s.a, 0, MPT_TCP_ACK, 100, NULL, 0);
    struct result r = expect_one(&s, MPT_FINDING_CAPTURE_PARTIAL, MPT_SEVERITY_NOTE);
    expect_words(r, "The MP_CAPABLE handshake of 1 connection is not in the capture");
    assert_int_equal(r.unit, MPT_FINDING_OF_CONNECTIONS);
    assert_int_equal(r.rfc, 0);
}

static void test_capture_partial__unmapped_data__is_no_finding(void **state)
{
    struct scene s;
    (void)state;
    begin(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 1, 100);
    flow_send(&s.a, 0, MPT_TCP_ACK, 100, NULL, 0);
    expect_none(&s, MPT_FINDING_DATA_UNMAPPED);
}

static void test_capture_partial__handshake__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    expect_none(&s, MPT_FINDING_CAPTURE_PARTIAL);
}

/* The client's segments alone. */
static void client_only(struct scene *s)
{
    mpt_option syn, ack;

    begin(s);
    syn = option_capable(&s->h, 0, 0);
    ack = option_capable(&s->h, 0, 2);
    send_one(&s->a, 0, MPT_TCP_SYN, &syn);
    s->a.next[1] = 1;
    send_one(&s->a, 0, MPT_TCP_ACK, &ack);
    later(s, 2000);
    flow_send_data(&s->a, 0, &s->h, 0, 1, 100);
}

static void test_capture_one_way__client_alone__note(void **state)
{
    struct scene s;
    (void)state;
    client_only(&s);
    expect_one(&s, MPT_FINDING_CAPTURE_ONE_WAY, MPT_SEVERITY_NOTE);
}

static void test_capture_one_way__add_addr__is_not_without_echo(void **state)
{
    struct scene s;
    mpt_option o;
    (void)state;
    client_only(&s);
    o = option_add_addr(&s.h, 0, 2, "198.51.100.2");
    send_one(&s.a, 0, MPT_TCP_ACK, &o);
    later(&s, 2000);
    send_one(&s.a, 0, MPT_TCP_ACK, &o);
    expect_none(&s, MPT_FINDING_ADD_ADDR_NO_ECHO);
}

static void test_capture_one_way__both__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    expect_none(&s, MPT_FINDING_CAPTURE_ONE_WAY);
}

/* Segments whose options are cut hide the mappings. */
static void cut_options(struct scene *s)
{
    begin_two(s);
    send_extra(&s->a, 0, MPT_TCP_ACK, 50, NULL,
               (struct extra){.window = 65535, .presence = MPT_SEGMENT_CUT_OPTIONS});
    flow_send_data(&s->a, 0, &s->h, 0, 151, 100);
}

static void test_capture_options_cut__one__note(void **state)
{
    struct scene s;
    (void)state;
    cut_options(&s);
    expect_one(&s, MPT_FINDING_CAPTURE_OPTIONS_CUT, MPT_SEVERITY_NOTE);
}

static void test_capture_options_cut__unmapped_data__is_no_finding(void **state)
{
    struct scene s;
    (void)state;
    cut_options(&s);
    expect_none(&s, MPT_FINDING_DATA_UNMAPPED);
}

static void test_capture_options_cut__whole__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    expect_none(&s, MPT_FINDING_CAPTURE_OPTIONS_CUT);
}

static void malformed_option(struct scene *s)
{
    mpt_segment g = {.time_ns = s->w.now_ns,
                     .frame = ++s->w.frame,
                     .src = s->a.ends[0],
                     .dst = s->a.ends[1],
                     .seq = s->a.isn[0] + s->a.next[0],
                     .ack = s->a.isn[1] + s->a.next[1],
                     .flags = MPT_TCP_ACK,
                     .window = 65535,
                     .option_len = 5,
                     .options = {30, 5, 0x10, 0, 0}};

    mpt_engine_feed(s->w.engine, &g);
}

static void test_capture_segments_lost__one__note(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    mpt_engine_note_lost(s.w.engine);
    expect_one(&s, MPT_FINDING_CAPTURE_SEGMENTS_LOST, MPT_SEVERITY_NOTE);
}

static void test_capture_segments_lost__malformed_but_read__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    malformed_option(&s);
    expect_none(&s, MPT_FINDING_CAPTURE_SEGMENTS_LOST);
}

static void test_capture_late__beyond_the_look_back__note(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    later(&s, 10000);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    mpt_engine_flush(s.w.engine);
    later(&s, -5000);
    flow_send_data(&s.a, 0, &s.h, 0, 201, 100);
    expect_one(&s, MPT_FINDING_CAPTURE_LATE, MPT_SEVERITY_NOTE);
}

static void test_capture_late__within_the_look_back__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    later(&s, 100);
    flow_send_data(&s.a, 0, &s.h, 0, 101, 100);
    later(&s, -50);
    flow_send_data(&s.a, 0, &s.h, 0, 201, 100);
    expect_none(&s, MPT_FINDING_CAPTURE_LATE);
}

/* Packets of 100 bytes, numbered by their sender, each followed by the same segment: seen behind a router, or sent
 * again as a packet of its own. */
static void send_pairs(struct scene *s, bool router)
{
    mpt_segment g = {.presence = MPT_SEGMENT_TTL | MPT_SEGMENT_IP_ID,
                     .src = s->a.ends[0],
                     .dst = s->a.ends[1],
                     .ack = s->a.isn[1] + s->a.next[1],
                     .payload_len = 100,
                     .flags = MPT_TCP_ACK};

    for (unsigned k = 0; k < 40; k++) {
        g.time_ns = s->w.now_ns += MS;
        g.frame = ++s->w.frame;
        g.seq = s->a.isn[0] + s->a.next[0];
        g.ttl = router && k % 2 ? 63 : 64;
        g.ip_id += router && k % 2 ? 0 : 1;
        s->a.next[0] += k % 2 ? 100 : 0;
        mpt_engine_feed(s->w.engine, &g);
    }
}

static void test_captured_twice__behind_a_router__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_pairs(&s, true);
    expect_words(expect_one(&s, MPT_FINDING_CAPTURED_TWICE, MPT_SEVERITY_WARNING), "with another TTL");
}

/* The router's interface cuts every second one in two. */
static void test_captured_twice__cut_behind_a_router__says_so(void **state)
{
    mpt_segment g = {.presence = MPT_SEGMENT_TTL | MPT_SEGMENT_IP_ID, .flags = MPT_TCP_ACK};
    struct scene s;
    (void)state;
    begin_open(&s);
    g.src = s.a.ends[0];
    g.dst = s.a.ends[1];
    g.ack = s.a.isn[1] + s.a.next[1];
    for (unsigned k = 0; k < 20; k++, g.ip_id += 2) {
        g.seq = s.a.isn[0] + s.a.next[0] + 2000 * k;
        for (unsigned part = 0; part < (k % 2 ? 3 : 2); part++) {
            mpt_segment sent = g;
            sent.time_ns = s.w.now_ns += MS;
            sent.frame = ++s.w.frame;
            sent.ttl = part ? 63 : 64;
            sent.payload_len = part && k % 2 ? 1000 : 2000;
            sent.seq += part == 2 ? 1000 : 0;
            sent.ip_id = (uint16_t)(sent.ip_id + (part == 2));
            mpt_engine_feed(s.w.engine, &sent);
        }
    }
    expect_words(expect_one(&s, MPT_FINDING_CAPTURED_TWICE, MPT_SEVERITY_WARNING),
                 "Of these 20 are cut into other segments");
}

static void test_captured_twice__sent_again__none(void **state)
{
    struct scene s;
    (void)state;
    begin_open(&s);
    send_pairs(&s, false);
    expect_none(&s, MPT_FINDING_CAPTURED_TWICE);
}

static void test_capture_gaps__hole__note(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 201, 100);
    assert_int_equal(expect_one(&s, MPT_FINDING_CAPTURE_GAPS, MPT_SEVERITY_NOTE).n, 100);
}

static void test_capture_gaps__hole_filled__none(void **state)
{
    struct scene s;
    (void)state;
    fill_hole_after(&s, 10);
    expect_none(&s, MPT_FINDING_CAPTURE_GAPS);
}

static void test_capture_gaps__bytes_without_mapping__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    flow_send(&s.a, 0, MPT_TCP_ACK, 50, NULL, 0);
    flow_send_data(&s.a, 0, &s.h, 0, 151, 100);
    expect_none(&s, MPT_FINDING_CAPTURE_GAPS);
}

static void test_options_malformed__length_5__warning(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    malformed_option(&s);
    expect_one(&s, MPT_FINDING_OPTIONS_MALFORMED, MPT_SEVERITY_WARNING);
}

static void test_options_malformed__none__none(void **state)
{
    struct scene s;
    (void)state;
    begin_two(&s);
    expect_none(&s, MPT_FINDING_OPTIONS_MALFORMED);
}

/* --- a healthy connection --- */

static void test_findings__healthy_connection__nothing(void **state)
{
    struct scene s;
    mpt_connection_view v;
    GPtrArray *connections;
    GArray *findings;
    (void)state;
    begin_two(&s);
    send_much(&s, &s.a, 101, 5);
    send_much(&s, &s.b, 50101, 5);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 100101);
    flow_send_data_ack(&s.a, 1, &s.h, 1, 100102);
    flow_send_data_fin(&s.a, 1, &s.h, 1, 1);
    flow_send_data_ack(&s.a, 0, &s.h, 0, 2);
    flow_close(&s.a);
    flow_close(&s.b);
    mpt_engine_flush(s.w.engine);
    connections = mpt_metrics_connections(s.w.engine);
    mpt_metrics_connection(s.w.engine, g_ptr_array_index(connections, 0), 0, &v);
    findings = mpt_findings_of_connection(s.w.engine, &v, NULL);
    for (guint i = 0; i < findings->len; i++)
        print_error("%s\n", mpt_finding_name(g_array_index(findings, mpt_finding, i).id));
    assert_int_equal(findings->len, 0);
    g_array_unref(findings);
    mpt_metrics_clear(&v);
    g_ptr_array_unref(connections);
    leave(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_unmapped__between_mapped_data__warning),
        cmocka_unit_test(test_data_unmapped__after_a_segment_that_is_not_captured__note),
        cmocka_unit_test(test_data_unmapped__mapping_comes_later__none),
        cmocka_unit_test(test_mapping_conflict__same_ssn_other_dsn__error),
        cmocka_unit_test(test_mapping_conflict__repeated__none),
        cmocka_unit_test(test_dsn_far__2_to_the_62__error),
        cmocka_unit_test(test_dsn_far__all_numbers_of_another_idsn__the_keys_are_named),
        cmocka_unit_test(test_dsn_far__2_to_the_33__none),
        cmocka_unit_test(test_dsn_beyond_window__one_byte__warning),
        cmocka_unit_test(test_dsn_beyond_window__handshake_later_in_the_file__none),
        cmocka_unit_test(test_dsn_beyond_window__full_window__none),
        cmocka_unit_test(test_dsn_beyond_window__synack_told_a_larger_one__none),
        cmocka_unit_test(test_dsn_beyond_window__one_byte_beyond_that_of_the_synack__warning),
        cmocka_unit_test(test_data_ack_beyond__taken_back__error),
        cmocka_unit_test(test_data_ack_beyond__data_follows_its_ack__error),
        cmocka_unit_test(test_data_ack_beyond__sender_goes_on_behind_it__none),
        cmocka_unit_test(test_data_ack_beyond__copy_in_flight_behind_other_data__none),
        cmocka_unit_test(test_data_ack_beyond__behind_the_data_fin__error),
        cmocka_unit_test(test_captured_one_path__nothing_follows__note),
        cmocka_unit_test(test_captured_one_path__segment_lost_by_the_capture__gap),
        cmocka_unit_test(test_captured_one_path__a_subflow_breaks_off__gap),
        cmocka_unit_test(test_captured_one_path__one_more_and_a_fin__none),
        cmocka_unit_test(test_captured_one_path__join_alone__note),
        cmocka_unit_test(test_captured_one_path__in_flight_when_the_capture_began__none),
        cmocka_unit_test(test_data_ack_beyond__data_fin__none),
        cmocka_unit_test(test_data_ack_back__on_one_subflow__warning),
        cmocka_unit_test(test_data_ack_back__on_another_subflow__none),
        cmocka_unit_test(test_data_ack_back__in_a_late_segment__none),
        cmocka_unit_test(test_data_ack_back__overtaken_on_the_way__none),
        cmocka_unit_test(test_data_ack_back__sent_later__warning),
        cmocka_unit_test(test_data_ack_back__on_data_sent_later_in_the_same_tick__warning),
        cmocka_unit_test(test_data_after_fin__new_byte__error),
        cmocka_unit_test(test_data_after_fin__data_behind_it__nothing_is_missing),
        cmocka_unit_test(test_data_after_fin__reinjection__none),
        cmocka_unit_test(test_data_not_acked__reset__warning),
        cmocka_unit_test(test_data_not_acked__all_acked__none),
        cmocka_unit_test(test_checksum_bad__one_bit__error),
        cmocka_unit_test(test_checksum_bad__one_host_writes_them_so__not_the_path),
        cmocka_unit_test(test_checksums__join_without_its_handshake__first_mapping_verified),
        cmocka_unit_test(test_checksum_event__32_bit_dsn_without_the_upper_half__none),
        cmocka_unit_test(test_checksum_bad__right__none),
        cmocka_unit_test(test_checksum_unverified__payload_cut__note),
        cmocka_unit_test(test_checksum_unverified__payload_there__none),
        cmocka_unit_test(test_mp_fail__then_reset__warning),
        cmocka_unit_test(test_mp_fail__nothing_follows__says_so),
        cmocka_unit_test(test_mp_fail__reset_alone__none),
        cmocka_unit_test(test_backup_used__new_data__warning),
        cmocka_unit_test(test_backup_used__since_its_handshake__at_once),
        cmocka_unit_test(test_backup_used__reinjection__note),
        cmocka_unit_test(test_backup_used__regular_one_stalled__none),
        cmocka_unit_test(test_backup_used__regular_one_closed__none),
        cmocka_unit_test(test_subflow_idle__120_kB_elsewhere__note),
        cmocka_unit_test(test_subflow_idle__one_segment__none),
        cmocka_unit_test(test_failover__path_dead_to_the_end__warning),
        cmocka_unit_test(test_failover__capture_ends_soon__none),
        cmocka_unit_test(test_failover__acknowledged_after_all__none),
        cmocka_unit_test(test_failover__new_data_goes_over_it__none),
        cmocka_unit_test(test_data_waited__100_ms__note),
        cmocka_unit_test(test_data_waited__99_ms__none),
        cmocka_unit_test(test_data_waited__chain_of_growing_waits__first_and_last),
        cmocka_unit_test(test_data_waited__longer_one_around_two__these_are_not_told),
        cmocka_unit_test(test_data_waited__many__the_longest_three),
        cmocka_unit_test(test_window_closed__zero__note),
        cmocka_unit_test(test_window_closed__one_byte__none),
        cmocka_unit_test(test_window_closed__rst__none),
        cmocka_unit_test(test_same_data_twice__one_window__none),
        cmocka_unit_test(test_same_data_twice__nine_of_ten__note),
        cmocka_unit_test(test_same_data_twice__seven_of_ten__none),
        cmocka_unit_test(test_reinjections__three_of_ten__note),
        cmocka_unit_test(test_reinjections__two_of_thirty__none),
        cmocka_unit_test(test_reinjections_redundant__first_copy_acked__note),
        cmocka_unit_test(test_reinjections_redundant__first_copy_not_acked__none),
        cmocka_unit_test(test_reinjections_redundant__outage_that_ends__none),
        cmocka_unit_test(test_capture_partial__no_handshake__one_note),
        cmocka_unit_test(test_capture_partial__unmapped_data__is_no_finding),
        cmocka_unit_test(test_capture_partial__handshake__none),
        cmocka_unit_test(test_capture_one_way__client_alone__note),
        cmocka_unit_test(test_capture_one_way__add_addr__is_not_without_echo),
        cmocka_unit_test(test_capture_one_way__both__none),
        cmocka_unit_test(test_capture_options_cut__one__note),
        cmocka_unit_test(test_capture_options_cut__unmapped_data__is_no_finding),
        cmocka_unit_test(test_capture_options_cut__whole__none),
        cmocka_unit_test(test_capture_segments_lost__one__note),
        cmocka_unit_test(test_capture_segments_lost__malformed_but_read__none),
        cmocka_unit_test(test_capture_late__beyond_the_look_back__note),
        cmocka_unit_test(test_capture_late__within_the_look_back__none),
        cmocka_unit_test(test_captured_twice__behind_a_router__warning),
        cmocka_unit_test(test_captured_twice__cut_behind_a_router__says_so),
        cmocka_unit_test(test_captured_twice__sent_again__none),
        cmocka_unit_test(test_capture_gaps__hole__note),
        cmocka_unit_test(test_capture_gaps__hole_filled__none),
        cmocka_unit_test(test_capture_gaps__bytes_without_mapping__none),
        cmocka_unit_test(test_options_malformed__length_5__warning),
        cmocka_unit_test(test_options_malformed__none__none),
        cmocka_unit_test(test_findings__healthy_connection__nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
