/* test_checks_speed.c - findings about speed: what limited the data, windows, queues. Each once, and once just
 * below its limit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

/* A connection captured at the client, with this round-trip time. */
static void open_at_client(struct scene *s, int64_t ms)
{
    mpt_option syn = option_capable(&HOSTS, 0, 0), synack = option_capable(&HOSTS, 1, 1),
               ack = option_capable(&HOSTS, 0, 2);

    begin(s);
    send_one(&s->a, 0, MPT_TCP_SYN, &syn);
    later(s, ms - 1);
    send_one(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
    s->w.now_ns -= MS;
    send_one(&s->a, 0, MPT_TCP_ACK, &ack);
}

/* `n` segments of 1,000 bytes from DSN `dsn` on; returns the next one. */
static int64_t send_some(struct scene *s, int64_t dsn, unsigned n)
{
    for (unsigned i = 0; i < n; i++, dsn += 1000)
        flow_send_data(&s->a, 0, &s->h, 0, dsn, 1000);
    return dsn;
}

static mpt_option dack(const struct scene *s, int64_t dsn)
{
    return option_dss(&(mpt_dss){.has_ack = true, .ack_64bit = true, .data_ack = dsn_of(&s->h, 0, dsn)});
}

static void ack_with(struct scene *s, int64_t dsn, uint32_t window)
{
    mpt_option o = dack(s, dsn);

    send_extra(&s->a, 1, MPT_TCP_ACK, 0, &o, (struct extra){.window = window});
}

/* Rounds of 100 ms: `n` segments are acknowledged at once, and the next follow. */
static void rounds(struct scene *s, unsigned count, unsigned n, uint32_t window)
{
    int64_t dsn = 1;

    open_at_client(s, 100);
    for (unsigned i = 0; i < count; i++) {
        dsn = send_some(s, dsn, n);
        later(s, 99 - (int)n);
        ack_with(s, dsn, window);
    }
}

/* --- limited, window_limited --- */

static void test_limited__by_the_window__a_warning_that_names_what_is_needed(void **state)
{
    struct scene s;

    (void)state;
    rounds(&s, 22, 5, 5000);
    struct result r = expect_one(&s, MPT_FINDING_WINDOW_LIMITED, MPT_SEVERITY_WARNING);
    expect_words(r, "The server's receive window is too small: at most 5,000 bytes");
    expect_words(r, "round-trip time of 100.0 ms");
    assert_int_equal(r.rfc, 8684);
    rounds(&s, 22, 5, 5000);
    r = expect_one(&s, MPT_FINDING_LIMITED, MPT_SEVERITY_NOTE);
    expect_words(r, "The server's receive window limited the client's data for 9");
}

/* The receiver has read a tenth of its 50,000 bytes whenever it acknowledges. */
static void test_limited__by_a_receiver_that_does_not_read__says_so(void **state)
{
    struct scene s;
    int64_t dsn;

    (void)state;
    open_at_client(&s, 100);
    dsn = send_some(&s, 1, 1);
    ack_with(&s, dsn, 50000);
    dsn = send_some(&s, dsn, 50);
    for (unsigned i = 0; i < 22; i++) {
        ack_with(&s, dsn, 0);
        later(&s, 93);
        ack_with(&s, dsn, 5000);
        dsn = send_some(&s, dsn, 5);
    }
    expect_words(expect_one(&s, MPT_FINDING_WINDOW_LIMITED, MPT_SEVERITY_WARNING),
                 "The server's application does not read fast enough");
}

static void test_limited__window_large_enough__the_application(void **state)
{
    struct scene s;

    (void)state;
    rounds(&s, 22, 5, 60000);
    expect_none(&s, MPT_FINDING_WINDOW_LIMITED);
    rounds(&s, 22, 5, 60000);
    struct result r = expect_one(&s, MPT_FINDING_LIMITED, MPT_SEVERITY_CHAT);
    expect_words(r, "The client's application had nothing to send for 9");
}

static void test_limited__below_a_second_or_100_kB__nothing(void **state)
{
    struct scene s;

    (void)state;
    rounds(&s, 10, 12, 12000);
    expect_none(&s, MPT_FINDING_LIMITED);
    rounds(&s, 22, 4, 4000);
    expect_none(&s, MPT_FINDING_WINDOW_LIMITED);
    rounds(&s, 22, 4, 4000);
    expect_none(&s, MPT_FINDING_LIMITED);
}

/* 30 segments are always in flight; `lost` is sent again after 200 ms. */
static void stream(struct scene *s, bool lost)
{
    int64_t dsn;

    open_at_client(s, 30);
    dsn = send_some(s, 1, 30);
    for (unsigned i = 0; i < 1200; i++) {
        if (lost && i % 100 == 99) {
            uint32_t next = s->a.next[0];
            later(s, 200);
            s->a.next[0] -= 30000;
            flow_send_data(&s->a, 0, &s->h, 0, dsn - 30000, 1000);
            s->a.next[0] = next;
        }
        ack_with(s, dsn - 29000, 60000);
        s->w.now_ns -= MS;
        dsn = send_some(s, dsn, 1);
    }
}

static void test_limited__always_in_flight__the_paths(void **state)
{
    struct scene s;

    (void)state;
    stream(&s, false);
    expect_words(expect_one(&s, MPT_FINDING_LIMITED, MPT_SEVERITY_NOTE),
                 "The paths limited the client's data");
}

static void test_limited__losses__recovery(void **state)
{
    struct scene s;

    (void)state;
    stream(&s, true);
    expect_words(expect_one(&s, MPT_FINDING_LIMITED, MPT_SEVERITY_NOTE),
                 "Loss recovery held up the client's data for 7");
}

static void test_limited__handshake_not_captured__nothing(void **state)
{
    struct scene s;
    int64_t dsn = 1;

    (void)state;
    begin(&s);
    for (unsigned i = 0; i < 22; i++) {
        dsn = send_some(&s, dsn, 5);
        later(&s, 95);
        ack_with(&s, dsn, 5000);
    }
    expect_none(&s, MPT_FINDING_LIMITED);
}

/* --- window_shrunk --- */

/* The window after the second DATA_ACK, 1,000 bytes on; overtaken: it is an old segment. */
static void shrinks(struct scene *s, uint32_t window, bool overtaken)
{
    int64_t dsn;

    open_at_client(s, 100);
    dsn = send_some(s, 1, 1);
    if (!overtaken)
        ack_with(s, dsn, 60000);
    dsn = send_some(s, dsn, 1);
    ack_with(s, dsn, overtaken ? 60000 : window);
    if (overtaken) {
        s->a.next[0] -= 1000;
        ack_with(s, dsn - 1000, window);
    }
}

static void test_window_shrunk__right_edge_goes_back__where_and_by_how_much(void **state)
{
    struct scene s;
    struct result r;

    (void)state;
    shrinks(&s, 20000, false);
    r = expect_one(&s, MPT_FINDING_WINDOW_SHRUNK, MPT_SEVERITY_WARNING);
    expect_words(r, "moved back by 39,000 bytes");
    assert_int_equal(r.frame, 7);
    assert_int_equal(r.n, 1);
}

static void test_window_shrunk__less_than_a_scale_can_round__nothing(void **state)
{
    struct scene s;

    (void)state;
    shrinks(&s, 59000 - 16384, false); /* the scale is not known: as far as any */
    expect_none(&s, MPT_FINDING_WINDOW_SHRUNK);
    shrinks(&s, 59000 - 16385, false);
    expect_one(&s, MPT_FINDING_WINDOW_SHRUNK, MPT_SEVERITY_WARNING);
}

static void test_window_shrunk__overtaken_segment__nothing(void **state)
{
    struct scene s;

    (void)state;
    shrinks(&s, 20000, true);
    expect_none(&s, MPT_FINDING_WINDOW_SHRUNK);
}

/* --- window_tiny --- */

static void tiny(struct scene *s, uint32_t window, int64_t ms, bool ignored)
{
    int64_t dsn;

    open_at_client(s, 10);
    dsn = send_some(s, 1, 1);
    ack_with(s, dsn, window + 1000);
    dsn = send_some(s, dsn, 1);
    ack_with(s, dsn, window);
    if (ignored)
        send_some(s, dsn + 2, 1);
    later(s, ms - 1);
    ack_with(s, dsn, 60000);
}

static void test_window_tiny__longer_than_a_second__note(void **state)
{
    struct scene s;

    (void)state;
    tiny(&s, 999, 1001, false);
    expect_words(expect_one(&s, MPT_FINDING_WINDOW_TINY, MPT_SEVERITY_NOTE),
                 "below one segment for 1.001 s (down to 999 bytes)");
}

/* Always 500 bytes, and never more than 20 to send. */
static void small_window(struct scene *s)
{
    open_at_client(s, 10);
    for (unsigned i = 0; i < 4; i++) {
        flow_send_data(&s->a, 0, &s->h, 0, 1 + 20 * i, 20);
        ack_with(s, 21 + 20 * i, 500);
        later(s, 1000);
    }
}

/* The first DATA_ACK that stands still: `stalls` of 100 rounds of 20 ms, with TCP going on. */
static void stall(struct scene *s, unsigned stalls)
{
    int64_t dsn = 1, acked = 1;

    open_at_client(s, 10);
    for (unsigned i = 0; i < 100; i++) {
        dsn = send_some(s, dsn, 1);
        if (i < 100 - stalls)
            acked = dsn;
        ack_with(s, acked, 60000);
        later(s, 18);
    }
}

static void test_limited__data_acks_stand_still__nothing(void **state)
{
    struct scene s;

    (void)state;
    stall(&s, 40);
    expect_one(&s, MPT_FINDING_LIMITED, MPT_SEVERITY_CHAT);
    stall(&s, 60);
    expect_none(&s, MPT_FINDING_LIMITED);
}

static void test_window_tiny__a_second_or_a_segment_or_closed_or_ignored__nothing(void **state)
{
    struct scene s;

    (void)state;
    tiny(&s, 999, 1000, false);
    expect_none(&s, MPT_FINDING_WINDOW_TINY);
    tiny(&s, 1000, 2000, false);
    expect_none(&s, MPT_FINDING_WINDOW_TINY);
    tiny(&s, 0, 2000, false); /* window_closed says it */
    expect_none(&s, MPT_FINDING_WINDOW_TINY);
    tiny(&s, 999, 2000, true);
    expect_none(&s, MPT_FINDING_WINDOW_TINY);
    small_window(&s);
    expect_none(&s, MPT_FINDING_WINDOW_TINY);
}

/* --- bufferbloat --- */

/* After some short round trips of 20 ms long ones, captured at the client or at the server. */
static void bloat_times(struct scene *s, int64_t ms, bool at_client, unsigned times)
{
    int64_t dsn = 1;

    if (at_client)
        open_at_client(s, 20);
    else
        begin_open(s), dsn = 101;
    for (unsigned i = 0; i < times; i++) {
        dsn = send_some(s, dsn, 8);
        later(s, (i < 2 ? 20 : ms) - 3);
        ack_with(s, dsn, 60000);
    }
}

static void bloat(struct scene *s, int64_t ms, bool at_client)
{
    bloat_times(s, ms, at_client, 60);
}

static void test_bufferbloat__few_round_trips__three_long_ones(void **state)
{
    struct scene s;

    (void)state;
    bloat_times(&s, 120, true, 10);
    expect_one(&s, MPT_FINDING_BUFFERBLOAT, MPT_SEVERITY_NOTE);
    bloat_times(&s, 120, true, 4);
    expect_none(&s, MPT_FINDING_BUFFERBLOAT);
}

static void test_bufferbloat__round_trips_under_load_much_longer__note(void **state)
{
    struct scene s;
    struct result r;

    (void)state;
    bloat(&s, 120, true);
    r = expect_one(&s, MPT_FINDING_BUFFERBLOAT, MPT_SEVERITY_NOTE);
    expect_words(r, "rose from 20.0 ms to 120.0 ms");
    assert_int_equal(r.subflow.value, 0);
}

static void test_bufferbloat__not_100_ms_longer_or_not_measured_at_the_sender__nothing(void **state)
{
    struct scene s;

    (void)state;
    bloat(&s, 110, true);
    expect_none(&s, MPT_FINDING_BUFFERBLOAT);
    bloat(&s, 120, false);
    expect_none(&s, MPT_FINDING_BUFFERBLOAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limited__by_the_window__a_warning_that_names_what_is_needed),
        cmocka_unit_test(test_limited__by_a_receiver_that_does_not_read__says_so),
        cmocka_unit_test(test_limited__window_large_enough__the_application),
        cmocka_unit_test(test_limited__below_a_second_or_100_kB__nothing),
        cmocka_unit_test(test_limited__always_in_flight__the_paths),
        cmocka_unit_test(test_limited__losses__recovery),
        cmocka_unit_test(test_limited__handshake_not_captured__nothing),
        cmocka_unit_test(test_limited__data_acks_stand_still__nothing),
        cmocka_unit_test(test_window_shrunk__right_edge_goes_back__where_and_by_how_much),
        cmocka_unit_test(test_window_shrunk__less_than_a_scale_can_round__nothing),
        cmocka_unit_test(test_window_shrunk__overtaken_segment__nothing),
        cmocka_unit_test(test_window_tiny__longer_than_a_second__note),
        cmocka_unit_test(test_window_tiny__a_second_or_a_segment_or_closed_or_ignored__nothing),
        cmocka_unit_test(test_bufferbloat__few_round_trips__three_long_ones),
        cmocka_unit_test(test_bufferbloat__round_trips_under_load_much_longer__note),
        cmocka_unit_test(test_bufferbloat__not_100_ms_longer_or_not_measured_at_the_sender__nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
