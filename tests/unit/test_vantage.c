/* test_vantage.c - interfaces put together to vantage points, from what they show.
 *
 * Invariant: every test checks that what was fed came out, once, in order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/vantage/vantage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tap/engine/protocol/key.h"
#include "tap/engine/protocol/option.h"
#include "tests/support/option_write.h"
#include "tests/support/seeded.h"

#define MS     INT64_C(1000000)
#define SECOND INT64_C(1000000000)

typedef struct delivered {
    uint32_t frame, interface_id;
    unsigned point;
} delivered;

typedef struct capture {
    mpt_vantage *v;
    GArray *out; /* delivered */
    uint32_t frame;
    int64_t now_ns;
} capture;

static void take(const mpt_segment *segment, unsigned point, void *user)
{
    capture *c = user;
    delivered d = {segment->frame, segment->interface_id, point};

    if (segment->payload)
        assert_int_equal(segment->payload[0], (uint8_t)segment->frame);
    g_array_append_val(c->out, d);
}

static capture begin(void)
{
    capture c = {.out = g_array_new(FALSE, FALSE, sizeof(delivered)), .now_ns = 1000 * SECOND};

    return c;
}

static void open_points(capture *c)
{
    c->v = mpt_vantage_new(2 * SECOND, take, c);
}

static void end(capture *c)
{
    mpt_vantage_flush(c->v);
    for (guint i = 0; i < c->out->len; i++)
        assert_int_equal(g_array_index(c->out, delivered, i).frame, i + 1);
    assert_int_equal(c->out->len, c->frame - mpt_vantage_dropped(c->v));
    mpt_vantage_free(c->v);
    g_array_free(c->out, TRUE);
}

static void feed(capture *c, uint32_t interface_id, uint16_t flags, uint32_t seq, uint32_t ack,
                 uint32_t length)
{
    uint8_t payload[1] = {(uint8_t)(c->frame + 1)};
    mpt_segment g = {.time_ns = c->now_ns += MS,
                     .frame = ++c->frame,
                     .interface_id = interface_id,
                     .flags = flags,
                     .seq = seq,
                     .ack = ack,
                     .payload_len = length,
                     .captured_payload = length ? 1 : 0,
                     .payload = length ? payload : NULL};

    mpt_vantage_feed(c->v, &g);
}

static void syn(capture *c, uint32_t interface_id, uint32_t seq)
{
    feed(c, interface_id, MPT_TCP_SYN, seq, 0, 0);
}

static void data(capture *c, uint32_t interface_id, uint32_t seq)
{
    feed(c, interface_id, MPT_TCP_ACK | MPT_TCP_PSH, seq, 77, 100);
}

static void expect_point(const capture *c, uint32_t interface_id, unsigned want)
{
    unsigned point = 99;

    assert_true(mpt_vantage_point_of(c->v, interface_id, &point));
    assert_int_equal(point, want);
}

static void test_feed__one_interface__at_once(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    syn(&c, 7, 1);
    assert_int_equal(c.out->len, 1);
    data(&c, 7, 2);
    data(&c, 7, 2);
    assert_int_equal(c.out->len, 3);
    assert_int_equal(mpt_vantage_points(c.v), 1);
    expect_point(&c, 7, 0);
    end(&c);
}

/* As drawn in the header: two paths, two interfaces at each end. */
static void test_feed__two_paths_two_ends__two_points(void **state)
{
    capture c = begin();
    uint32_t id;

    (void)state;
    open_points(&c);
    syn(&c, 0, 100);
    syn(&c, 2, 100);
    syn(&c, 1, 200);
    syn(&c, 3, 200);
    data(&c, 0, 101);
    data(&c, 2, 101);
    mpt_vantage_flush(c.v);
    assert_int_equal(mpt_vantage_points(c.v), 2);
    expect_point(&c, 0, 0);
    expect_point(&c, 1, 0);
    expect_point(&c, 2, 1);
    expect_point(&c, 3, 1);
    for (guint i = 0; i < c.out->len; i++) {
        const delivered *d = &g_array_index(c.out, delivered, i);
        assert_int_equal(d->point, d->interface_id >= 2);
    }
    assert_true(mpt_vantage_interface(c.v, 1, 0, &id) && id == 2);
    assert_true(mpt_vantage_interface(c.v, 1, 1, &id) && id == 3);
    assert_false(mpt_vantage_interface(c.v, 1, 2, &id));
    assert_false(mpt_vantage_interface(c.v, 2, 0, &id));
    end(&c);
}

/* Three files merged, that of the middle first, and the second path's interfaces in any order: as dumpcap
 * writes several interfaces, a file is not in time order. */
static void test_feed__three_files_in_any_order__interfaces_of_each_together(void **state)
{
    static const uint32_t orders[][6] = {{4, 0, 2, 5, 3, 1}, {4, 2, 0, 1, 5, 3}, {4, 5, 1, 3, 2, 0},
                                         {5, 3, 1, 0, 2, 4}, {1, 4, 3, 0, 5, 2}, {2, 3, 4, 5, 0, 1}};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        capture c = begin();
        open_points(&c);
        for (unsigned k = 0; k < 6; k++)
            syn(&c, orders[i][k], orders[i][k] % 2 ? 200 : 100);
        mpt_vantage_flush(c.v);
        assert_int_equal(mpt_vantage_points(c.v), 3);
        for (uint32_t id = 0; id < 6; id += 2) {
            unsigned one, other;
            assert_true(mpt_vantage_point_of(c.v, id, &one) && mpt_vantage_point_of(c.v, id + 1, &other));
            assert_int_equal(one, other);
        }
        end(&c);
    }
}

/* A middlebox between, on one of two paths. */
static void test_feed__three_see_the_same__three_points(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    syn(&c, 0, 100);
    syn(&c, 2, 100);
    syn(&c, 3, 100);
    syn(&c, 1, 200);
    syn(&c, 4, 200);
    mpt_vantage_flush(c.v);
    assert_int_equal(mpt_vantage_points(c.v), 3);
    expect_point(&c, 0, 0);
    expect_point(&c, 1, 0);
    expect_point(&c, 2, 1);
    expect_point(&c, 3, 2);
    expect_point(&c, 4, 2);
    end(&c);
}

static void test_feed__eight_see_the_same__eight_points_and_no_more(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    for (uint32_t id = 0; id < MPT_VANTAGE_POINTS + 2; id++)
        syn(&c, id, 100);
    mpt_vantage_flush(c.v);
    assert_int_equal(mpt_vantage_points(c.v), MPT_VANTAGE_POINTS);
    expect_point(&c, MPT_VANTAGE_POINTS + 1, MPT_VANTAGE_POINTS - 1);
    end(&c);
}

static void test_feed__interfaces_share_nothing__one_point(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    syn(&c, 0, 100);
    syn(&c, 1, 200);
    data(&c, 0, 101);
    data(&c, 1, 201);
    assert_int_equal(c.out->len, 1); /* held: nothing has shown where 1 is */
    c.now_ns += 3 * SECOND;
    data(&c, 0, 201);
    assert_int_equal(c.out->len, 5);
    assert_int_equal(mpt_vantage_points(c.v), 1);
    expect_point(&c, 1, 0);
    end(&c);
}

static void test_feed__retransmission_on_the_same_interface__proves_nothing(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    syn(&c, 0, 100);
    syn(&c, 1, 200);
    syn(&c, 1, 200);
    syn(&c, 0, 100);
    assert_int_equal(c.out->len, 1); /* still held: nothing is known of 1 */
    mpt_vantage_flush(c.v);
    assert_int_equal(mpt_vantage_points(c.v), 1);
    end(&c);
}

/* Without a handshake it takes three: two may be alike by chance, pure acknowledgements among them. */
static void start_late(unsigned alike)
{
    capture c = begin();

    open_points(&c);
    for (uint32_t i = 0; i < 2; i++)
        data(&c, 0, 1000 + i);
    data(&c, 1, 5000);
    for (uint32_t i = 0; i < 2; i++) {
        data(&c, 0, 2000 + i);
        data(&c, 1, 2000 + i);
    }
    if (alike == 3) {
        data(&c, 0, 2002);
        data(&c, 1, 2002);
    }
    assert_true(c.out->len < c.frame);
    c.now_ns += 3 * SECOND;
    data(&c, 0, 3000);
    assert_int_equal(c.out->len, c.frame);
    assert_int_equal(mpt_vantage_points(c.v), alike == 3 ? 2 : 1);
    expect_point(&c, 1, alike == 3);
    end(&c);
}

static void test_feed__data_of_a_later_start__three_alike_tell(void **state)
{
    (void)state;
    start_late(2);
    start_late(3);
}

/* PSH is set and cleared by what splits and joins segments. */
static void test_feed__push_differs__the_same_segment(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    syn(&c, 0, 100);
    feed(&c, 1, MPT_TCP_SYN | MPT_TCP_PSH, 100, 0, 0);
    mpt_vantage_flush(c.v);
    assert_int_equal(mpt_vantage_points(c.v), 2);
    end(&c);
}

static void feed_option(capture *c, uint32_t interface_id, uint32_t seq, const mpt_option *o)
{
    mpt_segment g = {.time_ns = c->now_ns += MS,
                     .frame = ++c->frame,
                     .interface_id = interface_id,
                     .flags = MPT_TCP_SYN,
                     .seq = seq};

    g.option_len = (uint16_t)mpt_option_write(o, g.options, sizeof g.options);
    mpt_vantage_feed(c->v, &g);
}

static void test_feed__other_sequence_numbers_same_nonce__the_same_segment(void **state)
{
    mpt_option join = {.subtype = MPT_MP_JOIN,
                       .length = 12,
                       .join = {.step = MPT_JOIN_SYN, .token = 1, .nonce = 0xabcdef01}};
    capture c = begin();

    (void)state;
    open_points(&c);
    feed_option(&c, 0, 100, &join);
    feed_option(&c, 1, 999, &join);
    mpt_vantage_flush(c.v);
    assert_int_equal(mpt_vantage_points(c.v), 2);
    end(&c);
}

/* All v1 SYNs with MP_CAPABLE have the same option: it has no key. */
static void test_feed__capable_without_key__no_evidence(void **state)
{
    mpt_option capable = {.subtype = MPT_MP_CAPABLE, .length = 4, .capable = {.version = 1}};
    capture c = begin();

    (void)state;
    open_points(&c);
    feed_option(&c, 0, 100, &capable);
    feed_option(&c, 1, 999, &capable);
    mpt_vantage_flush(c.v);
    assert_int_equal(mpt_vantage_points(c.v), 1);
    end(&c);
}

static void test_feed__evidence_after_a_weak_decision__leaves_from_then_on(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    syn(&c, 0, 100);
    syn(&c, 1, 200);
    c.now_ns += 3 * SECOND;
    data(&c, 1, 201);
    expect_point(&c, 1, 0);
    syn(&c, 0, 300);
    syn(&c, 1, 300);
    data(&c, 1, 301);
    mpt_vantage_flush(c.v);
    expect_point(&c, 1, 1);
    assert_true(mpt_vantage_has_moved(c.v, 1));
    assert_false(mpt_vantage_has_moved(c.v, 0));
    assert_int_equal(g_array_index(c.out, delivered, c.out->len - 1).point, 1);
    assert_int_equal(g_array_index(c.out, delivered, 1).point, 0);
    end(&c);
}

static void test_feed__more_interfaces_than_told_apart__nearest_number(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    syn(&c, 0, 100);
    for (uint32_t id = 1; id < MPT_VANTAGE_INTERFACES - 1; id++)
        syn(&c, id, 1000 + id);
    syn(&c, MPT_VANTAGE_INTERFACES - 1, 100); /* the other point */
    syn(&c, MPT_VANTAGE_INTERFACES + 5, 7777);
    mpt_vantage_flush(c.v);
    assert_int_equal(g_array_index(c.out, delivered, c.out->len - 1).point, 1);
    assert_int_equal(g_array_index(c.out, delivered, c.out->len - 3).point, 0);
    end(&c);
}

static void test_name__segments_of_named__to_their_points_others_dropped(void **state)
{
    capture c = begin();
    unsigned point;
    uint32_t id;

    (void)state;
    open_points(&c);
    mpt_vantage_name(c.v, 5, 0);
    mpt_vantage_name(c.v, 6, 0);
    mpt_vantage_name(c.v, 2, 1);
    mpt_vantage_name(c.v, 7, 1);
    data(&c, 2, 1);
    data(&c, 5, 1);
    data(&c, 6, 1);
    assert_int_equal(c.out->len, 3);
    assert_int_equal(g_array_index(c.out, delivered, 0).point, 1);
    assert_int_equal(g_array_index(c.out, delivered, 1).point, 0);
    assert_int_equal(g_array_index(c.out, delivered, 2).point, 0);
    assert_int_equal(mpt_vantage_points(c.v), 2);
    data(&c, 9, 1);
    assert_int_equal(mpt_vantage_dropped(c.v), 1);
    assert_false(mpt_vantage_point_of(c.v, 9, &point));
    /* 7 is named and not there. */
    assert_true(mpt_vantage_seen(c.v, 0, &id) && id == 2);
    assert_true(mpt_vantage_seen(c.v, 3, &id) && id == 9);
    assert_false(mpt_vantage_seen(c.v, 4, &id));
    end(&c);
}

static void test_rest__others__to_that_point(void **state)
{
    capture c = begin();
    uint32_t id;

    (void)state;
    open_points(&c);
    mpt_vantage_name(c.v, 5, 0);
    mpt_vantage_rest(c.v, 1);
    data(&c, 5, 1);
    data(&c, 9, 1);
    assert_int_equal(mpt_vantage_dropped(c.v), 0);
    assert_int_equal(g_array_index(c.out, delivered, 1).point, 1);
    expect_point(&c, 9, 1);
    assert_true(mpt_vantage_interface(c.v, 1, 0, &id) && id == 9);
    end(&c);
}

/* A SYN with this option and its SYN/ACK, as the interface near its sender and the one far from
 * it show them. */
static void handshake(capture *c, uint32_t near, uint32_t far, uint32_t seq, const mpt_option *o)
{
    const struct {
        uint32_t interface_id;
        uint16_t flags;
    } order[] = {{near, MPT_TCP_SYN},
                 {far, MPT_TCP_SYN},
                 {far, MPT_TCP_SYN | MPT_TCP_ACK},
                 {near, MPT_TCP_SYN | MPT_TCP_ACK}};

    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        bool answer = order[i].flags & MPT_TCP_ACK;
        mpt_segment g = {.time_ns = c->now_ns += MS,
                         .frame = ++c->frame,
                         .interface_id = order[i].interface_id,
                         .flags = order[i].flags,
                         .seq = answer ? seq + 5000 : seq,
                         .ack = answer ? seq + 1 : 0};
        mpt_endpoint_set(answer ? &g.dst : &g.src, (const uint8_t *)&seq, 4, 40000);
        mpt_endpoint_set(answer ? &g.src : &g.dst, (const uint8_t *)"wxyz", 4, 80);
        g.option_len = o && !answer ? (uint16_t)mpt_option_write(o, g.options, sizeof g.options) : 0;
        mpt_vantage_feed(c->v, &g);
    }
}

static const mpt_option capable_syn = {.subtype = MPT_MP_CAPABLE, .length = 4, .capable = {.version = 1}};

/* Pairs of files in any order, each pair with two paths; which pair shows first says nothing either. */
static void merge_pairs(unsigned servers_first, unsigned first)
{
    capture c = begin();

    open_points(&c);
    for (unsigned k = 0; k < 3; k++) {
        unsigned pair = (k + first) % 3;
        bool swapped = servers_first >> pair & 1u;
        uint32_t client = 4 * pair + (swapped ? 2 : 0), server = 4 * pair + (swapped ? 0 : 2);
        handshake(&c, client, server, 100 * pair + 1, &capable_syn);
        handshake(&c, client + 1, server + 1, 100 * pair + 50, NULL);
        c.now_ns += 10 * SECOND;
        data(&c, client, 100 * pair + 2);
    }
    assert_int_equal(mpt_vantage_points(c.v), 2);
    for (unsigned pair = 0; pair < 3; pair++) {
        bool swapped = servers_first >> pair & 1u;
        for (uint32_t k = 0; k < 4; k++) {
            expect_point(&c, 4 * pair + k, (k < 2) == swapped);
            assert_false(mpt_vantage_is_uncertain(c.v, 4 * pair + k));
            assert_false(mpt_vantage_has_moved(c.v, 4 * pair + k));
        }
    }
    end(&c);
}

static void test_feed__several_pairs_of_files__clients_together(void **state)
{
    (void)state;
    for (unsigned servers_first = 0; servers_first < 8; servers_first++)
        for (unsigned first = 0; first < 3; first++)
            merge_pairs(servers_first, first);
}

/* Client, middle and server, twice, the second time in another order; the middle's clock is far behind. */
static void test_feed__several_triples_of_files__each_with_its_kind(void **state)
{
    static const uint32_t files[2][3] = {{0, 1, 2}, {5, 3, 4}};
    capture c = begin();

    (void)state;
    open_points(&c);
    for (unsigned k = 0; k < 2; k++) {
        for (unsigned i = 0; i < 6; i++) {
            unsigned at = i < 3 ? i : 5 - i;
            mpt_segment g = {.frame = ++c.frame,
                             .interface_id = files[k][at],
                             .flags = i < 3 ? MPT_TCP_SYN : MPT_TCP_SYN | MPT_TCP_ACK,
                             .seq = i < 3 ? 100 + k : 900 + k,
                             .ack = i < 3 ? 0 : 101 + k};
            g.time_ns = (c.now_ns += MS) - (at == 1 ? 500 * MS : 0);
            mpt_vantage_feed(c.v, &g);
        }
        c.now_ns += 10 * SECOND;
        data(&c, files[k][0], 200);
    }
    assert_int_equal(mpt_vantage_points(c.v), 3);
    for (unsigned at = 0; at < 3; at++) {
        unsigned one, other;
        assert_true(mpt_vantage_point_of(c.v, files[0][at], &one));
        assert_true(mpt_vantage_point_of(c.v, files[1][at], &other));
        assert_int_equal(one, other);
    }
    end(&c);
}

/* What is sent again counts once: the first SYN at each end, and the first answer to it. */
static void test_feed__handshake_sent_again__order_as_ever(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    handshake(&c, 0, 1, 100, &capable_syn);
    c.now_ns += 10 * SECOND;
    data(&c, 0, 101);
    feed(&c, 3, MPT_TCP_SYN, 700, 0, 0);
    feed(&c, 2, MPT_TCP_SYN, 700, 0, 0);
    c.now_ns += 500 * MS;
    feed(&c, 3, MPT_TCP_SYN, 700, 0, 0);
    feed(&c, 2, MPT_TCP_SYN | MPT_TCP_ACK, 900, 701, 0);
    feed(&c, 3, MPT_TCP_SYN | MPT_TCP_ACK, 900, 701, 0);
    for (unsigned i = 0; i < 2; i++) {
        c.now_ns += 500 * MS;
        feed(&c, 2, MPT_TCP_SYN | MPT_TCP_ACK, 900, 701, 0);
    }
    mpt_vantage_flush(c.v);
    expect_point(&c, 3, 0);
    expect_point(&c, 2, 1);
    end(&c);
}

/* The server opens the second subflow: its token is that of the client's key. */
static void test_feed__server_joins__is_no_client(void **state)
{
    mpt_option third = {.subtype = MPT_MP_CAPABLE,
                        .length = 20,
                        .capable = {.version = 1,
                                    .has_sender_key = true,
                                    .has_receiver_key = true,
                                    .sender_key = 0x1234,
                                    .receiver_key = 0x5678}};
    mpt_option join = {.subtype = MPT_MP_JOIN, .length = 12, .join = {.step = MPT_JOIN_SYN, .nonce = 7}};
    capture c = begin();
    mpt_segment ack = {.flags = MPT_TCP_ACK, .seq = 101, .ack = 5101};

    (void)state;
    open_points(&c);
    handshake(&c, 0, 2, 100, &capable_syn);
    ack.option_len = (uint16_t)mpt_option_write(&third, ack.options, sizeof ack.options);
    ack.time_ns = c.now_ns;
    ack.frame = ++c.frame;
    mpt_vantage_feed(c.v, &ack);
    join.join.token = mpt_key_token(0x1234, 1);
    handshake(&c, 3, 1, 500, &join);
    mpt_vantage_flush(c.v);
    expect_point(&c, 0, 0);
    expect_point(&c, 1, 0);
    expect_point(&c, 2, 1);
    expect_point(&c, 3, 1);
    end(&c);
}

/* No handshake in any of two pairs of files: all is by number, and said. shift: which end shows first. */
static void merge_without_handshakes(uint32_t shift)
{
    capture c = begin();
    unsigned first, second, point;

    open_points(&c);
    for (uint32_t pair = 0; pair < 2; pair++) {
        for (uint32_t i = 0; i < 16; i++) {
            uint32_t id = 4 * pair + (i + shift) % 4, path = id % 2;
            mpt_segment g = {.time_ns = c.now_ns += MS,
                             .frame = ++c.frame,
                             .interface_id = id,
                             .flags = MPT_TCP_ACK,
                             .seq = 10000 * pair + 1000 * path + i / 4,
                             .option_len = 4,
                             .options = {30, 4}};
            mpt_vantage_feed(c.v, &g);
        }
        c.now_ns += 10 * SECOND;
        data(&c, 0, 5 + pair);
    }
    assert_int_equal(mpt_vantage_points(c.v), 2);
    assert_true(mpt_vantage_point_of(c.v, 0, &first) && mpt_vantage_point_of(c.v, 2, &second));
    assert_int_not_equal(first, second);
    for (uint32_t id = 0; id < 8; id++) {
        assert_true(mpt_vantage_point_of(c.v, id, &point));
        assert_int_equal(point, id % 4 < 2 ? first : second);
        assert_true(id < 4 || mpt_vantage_is_uncertain(c.v, id));
    }
    assert_false(mpt_vantage_is_uncertain(c.v, shift));
    end(&c);
}

static void test_feed__pairs_without_handshakes__by_number_and_uncertain(void **state)
{
    (void)state;
    for (uint32_t shift = 0; shift < 4; shift++)
        merge_without_handshakes(shift);
}

/* The second pair's server is 10 s ahead of its client: put to the client's end by its number, it leaves. */
static void test_feed__clock_of_a_later_pair_is_off__moves_and_says_so(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    handshake(&c, 1, 0, 100, &capable_syn);
    c.now_ns += 10 * SECOND;
    data(&c, 1, 101);
    feed(&c, 2, MPT_TCP_SYN, 700, 0, 0);
    feed(&c, 2, MPT_TCP_SYN | MPT_TCP_ACK, 900, 701, 0);
    c.now_ns += 10 * SECOND;
    data(&c, 2, 701);
    expect_point(&c, 2, 0);
    feed(&c, 3, MPT_TCP_SYN, 700, 0, 0);
    c.now_ns += 100 * MS;
    feed(&c, 3, MPT_TCP_SYN | MPT_TCP_ACK, 900, 701, 0);
    mpt_vantage_flush(c.v);
    expect_point(&c, 2, 1);
    expect_point(&c, 3, 0);
    assert_true(mpt_vantage_has_moved(c.v, 2));
    assert_false(mpt_vantage_has_moved(c.v, 3));
    end(&c);
}

/* Whatever comes: all of it comes out, in order. */
static void test_feed__random__in_order_once(void **state)
{
    GRand *rand = seeded();

    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        capture c = begin();
        open_points(&c);
        for (unsigned i = 0, n = below(rand, 400); i < n; i++) {
            uint32_t id = below(rand, 1 + round % 70);
            if (below(rand, 5) == 0)
                syn(&c, id, below(rand, 30));
            else
                data(&c, id, below(rand, 30));
            if (below(rand, 100) == 0)
                c.now_ns += SECOND;
        }
        end(&c);
    }
    g_rand_free(rand);
}

static void test_free__while_held__nothing_leaks(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    data(&c, 0, 1);
    data(&c, 1, 2);
    data(&c, 0, 3);
    assert_int_equal(c.out->len, 1);
    mpt_vantage_free(c.v);
    mpt_vantage_free(NULL);
    g_array_free(c.out, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_feed__one_interface__at_once),
        cmocka_unit_test(test_feed__two_paths_two_ends__two_points),
        cmocka_unit_test(test_feed__three_files_in_any_order__interfaces_of_each_together),
        cmocka_unit_test(test_feed__three_see_the_same__three_points),
        cmocka_unit_test(test_feed__eight_see_the_same__eight_points_and_no_more),
        cmocka_unit_test(test_feed__interfaces_share_nothing__one_point),
        cmocka_unit_test(test_feed__retransmission_on_the_same_interface__proves_nothing),
        cmocka_unit_test(test_feed__data_of_a_later_start__three_alike_tell),
        cmocka_unit_test(test_feed__push_differs__the_same_segment),
        cmocka_unit_test(test_feed__other_sequence_numbers_same_nonce__the_same_segment),
        cmocka_unit_test(test_feed__capable_without_key__no_evidence),
        cmocka_unit_test(test_feed__evidence_after_a_weak_decision__leaves_from_then_on),
        cmocka_unit_test(test_feed__more_interfaces_than_told_apart__nearest_number),
        cmocka_unit_test(test_name__segments_of_named__to_their_points_others_dropped),
        cmocka_unit_test(test_rest__others__to_that_point),
        cmocka_unit_test(test_feed__several_pairs_of_files__clients_together),
        cmocka_unit_test(test_feed__several_triples_of_files__each_with_its_kind),
        cmocka_unit_test(test_feed__handshake_sent_again__order_as_ever),
        cmocka_unit_test(test_feed__server_joins__is_no_client),
        cmocka_unit_test(test_feed__pairs_without_handshakes__by_number_and_uncertain),
        cmocka_unit_test(test_feed__clock_of_a_later_pair_is_off__moves_and_says_so),
        cmocka_unit_test(test_feed__random__in_order_once),
        cmocka_unit_test(test_free__while_held__nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
