/* test_vantage.c - interfaces put together to vantage points, from what they show.
 *
 * Invariant: every test checks that what was fed came out, once, in order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/vantage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/option.h"
#include "seeded.h"

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
    expect_point(&c, 1, 1);
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

    (void)state;
    open_points(&c);
    mpt_vantage_name(c.v, 5, 0);
    mpt_vantage_name(c.v, 6, 0);
    mpt_vantage_name(c.v, 2, 1);
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
    end(&c);
}

static void test_rest__others__to_that_point(void **state)
{
    capture c = begin();

    (void)state;
    open_points(&c);
    mpt_vantage_name(c.v, 5, 0);
    mpt_vantage_rest(c.v, 1);
    data(&c, 5, 1);
    data(&c, 9, 1);
    assert_int_equal(mpt_vantage_dropped(c.v), 0);
    assert_int_equal(g_array_index(c.out, delivered, 1).point, 1);
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
        cmocka_unit_test(test_feed__random__in_order_once),
        cmocka_unit_test(test_free__while_held__nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
