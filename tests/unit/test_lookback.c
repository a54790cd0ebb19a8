/* test_lookback.c - the look-back against a naive oracle, and its promises one by one.
 *
 * Invariant: random input comes from a fixed seed, which is printed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/base/lookback.h"

#include <glib.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SEED 20240612u

typedef struct output {
    int64_t time_ns;
    uint32_t frame;
    bool late;
} output;

/* Payload of a frame: one byte a position, so that a mix-up or a dangling pointer shows. */
static void fill_payload(uint32_t frame, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(frame * 7 + i);
}

static uint32_t payload_len(uint32_t frame)
{
    return frame % 5 == 0 ? 0 : frame % 97;
}

static void collect(const mpt_segment *segment, bool late, void *data)
{
    uint8_t expected[97];
    assert_int_equal(segment->seq, segment->frame ^ 0x5a5a5a5a);
    assert_int_equal(segment->options[MPT_SEGMENT_OPTION_BYTES - 1], (uint8_t)segment->frame);
    assert_int_equal(segment->captured_payload, payload_len(segment->frame));
    if (segment->captured_payload == 0) {
        if (!late)
            assert_null(segment->payload);
    } else {
        fill_payload(segment->frame, expected, segment->captured_payload);
        assert_memory_equal(segment->payload, expected, segment->captured_payload);
    }
    g_array_append_val((GArray *)data, ((output){segment->time_ns, segment->frame, late}));
}

static void push(mpt_lookback *t, int64_t time_ns, uint32_t frame)
{
    uint32_t len = payload_len(frame);
    uint8_t *payload = g_malloc(len + 1); /* freed below: what is held must be a copy */
    fill_payload(frame, payload, len);
    mpt_segment s = {.time_ns = time_ns,
                     .frame = frame,
                     .seq = frame ^ 0x5a5a5a5a,
                     .captured_payload = len,
                     .payload = payload};
    s.options[MPT_SEGMENT_OPTION_BYTES - 1] = (uint8_t)frame;
    mpt_lookback_push(t, &s);
    memset(&s, 0xee, sizeof s);
    g_free(payload);
}

static const output *at(const GArray *outputs, guint index)
{
    assert_true(index < outputs->len);
    return &g_array_index(outputs, output, index);
}

static void assert_frames(const GArray *outputs, const uint32_t *frames, guint n)
{
    assert_int_equal(outputs->len, n);
    for (guint i = 0; i < n; i++)
        assert_int_equal(at(outputs, i)->frame, frames[i]);
}

static int setup(void **state)
{
    *state = g_array_new(FALSE, FALSE, sizeof(output));
    return 0;
}

static int teardown(void **state)
{
    g_array_free(*state, TRUE);
    return 0;
}

static void test_timeorder_push__in_order__leaves_beyond_the_horizon(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(10, 100, collect, out);
    push(t, 0, 1);
    push(t, 5, 2);
    push(t, 10, 3); /* 10 newer than the first, not more */
    assert_int_equal(out->len, 0);
    assert_int_equal(mpt_lookback_held(t), 3);
    push(t, 11, 4);
    assert_frames(out, (uint32_t[]){1}, 1);
    push(t, 100, 5);
    assert_frames(out, (uint32_t[]){1, 2, 3, 4}, 4);
    assert_int_equal(mpt_lookback_held(t), 1);
    mpt_lookback_flush(t);
    assert_frames(out, (uint32_t[]){1, 2, 3, 4, 5}, 5);
    assert_int_equal(mpt_lookback_held(t), 0);
    mpt_lookback_free(t);
}

static void test_timeorder_push__equal_times__leave_by_frame(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(0, 100, collect, out);
    push(t, 7, 3);
    push(t, 7, 1);
    push(t, 7, 4);
    push(t, 7, 2);
    assert_int_equal(out->len, 0); /* a horizon of 0 holds what is as new as the newest */
    push(t, 8, 5);
    assert_frames(out, (uint32_t[]){1, 2, 3, 4}, 4);
    mpt_lookback_free(t);
}

static void test_timeorder_push__older_than_what_left__is_late_at_once(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(10, 100, collect, out);
    push(t, 100, 5);
    push(t, 200, 6);
    push(t, 99, 7);  /* older than frame 5 */
    push(t, 100, 4); /* as old, but of an earlier frame */
    push(t, 100, 8); /* as old, of a later frame: still in order */
    assert_frames(out, (uint32_t[]){5, 7, 4, 8}, 4);
    assert_false(at(out, 0)->late);
    assert_true(at(out, 1)->late);
    assert_true(at(out, 2)->late);
    assert_false(at(out, 3)->late);
    assert_int_equal(mpt_lookback_held(t), 1);
    mpt_lookback_free(t);
}

static void test_timeorder_push__above_capacity__releases_the_oldest(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(INT64_MAX, 3, collect, out);
    push(t, 40, 1);
    push(t, 30, 2);
    push(t, 20, 3);
    assert_int_equal(out->len, 0);
    push(t, 50, 4);
    assert_frames(out, (uint32_t[]){3}, 1);
    push(t, 25, 5);
    assert_frames(out, (uint32_t[]){3, 5}, 2);
    assert_false(at(out, 1)->late);
    assert_int_equal(mpt_lookback_held(t), 3);
    mpt_lookback_free(t);
}

static void test_timeorder_push__capacity_of_one__holds_the_newest(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(1000, 1, collect, out);
    push(t, 5, 1);
    push(t, 3, 2);
    push(t, 4, 3);
    push(t, 9, 4);
    assert_frames(out, (uint32_t[]){2, 3, 1}, 3);
    assert_int_equal(mpt_lookback_held(t), 1);
    mpt_lookback_free(t);
}

static void test_timeorder_push__capacity_of_zero__releases_at_once_in_order_of_arrival(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(0, 0, collect, out);
    push(t, 5, 1);
    assert_frames(out, (uint32_t[]){1}, 1);
    push(t, 9, 2);
    push(t, 3, 3);
    assert_frames(out, (uint32_t[]){1, 2, 3}, 3);
    assert_true(at(out, 2)->late);
    push(t, 9, 4);
    assert_frames(out, (uint32_t[]){1, 2, 3, 4}, 4);
    assert_int_equal(mpt_lookback_held(t), 0);
    mpt_lookback_free(t);
}

static void test_timeorder_push__extreme_times__do_not_overflow(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(INT64_MAX, 100, collect, out);
    push(t, INT64_MIN, 1);
    push(t, -1, 2); /* INT64_MAX newer, not more */
    assert_int_equal(out->len, 0);
    push(t, 0, 3); /* 2^63 newer */
    assert_frames(out, (uint32_t[]){1}, 1);
    push(t, INT64_MAX, 4);
    assert_frames(out, (uint32_t[]){1, 2}, 2);
    push(t, INT64_MIN, 5);
    assert_true(at(out, 2)->late);
    mpt_lookback_flush(t);
    assert_frames(out, (uint32_t[]){1, 2, 5, 3, 4}, 5);
    mpt_lookback_free(t);
}

static void test_timeorder_push__one_from_the_far_future__does_not_hold_up_the_others(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(10, 100, collect, out);
    push(t, INT64_MAX, 1);
    for (uint32_t frame = 2; frame < 50; frame++)
        push(t, frame, frame);
    assert_int_equal(out->len, 48);
    for (uint32_t i = 0; i < 48; i++)
        assert_int_equal(at(out, i)->frame, i + 2);
    assert_int_equal(mpt_lookback_held(t), 1);
    mpt_lookback_free(t);
}

/* The line's ring has to grow where its head is somewhere in the middle, and slabs come and go. */
static void test_timeorder_push__bursts_in_a_steady_flow__keep_the_order(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(1000, 100000, collect, out);
    int64_t time_ns = 0;
    uint32_t frame = 0;
    for (int burst = 1; burst <= 4; burst++) {
        for (int i = 0; i < 333; i++)
            push(t, time_ns += 10, ++frame);
        assert_int_equal(mpt_lookback_held(t), 101);
        for (int i = 0; i < 900 * burst; i++)
            push(t, i % burst ? time_ns : ++time_ns, ++frame);
        assert_in_range(mpt_lookback_held(t), 900 * (size_t)burst, 900 * (size_t)burst + 101);
    }
    mpt_lookback_flush(t);
    assert_int_equal(out->len, frame);
    for (guint i = 0; i < out->len; i++)
        assert_int_equal(at(out, i)->frame, i + 1);
    mpt_lookback_free(t);
}

/* Bytes that this process has from malloc; 0 under a sanitizer, which has its own. */
static size_t allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static void count(const mpt_segment *segment, bool late, void *data)
{
    (void)segment;
    (void)late;
    ++*(size_t *)data;
}

/* Each round one comes that stays for 1000 rounds, and 127 that go with the next: what stays must not keep
 * the memory of those that were beside it. */
static void test_timeorder_push__few_held_of_many__takes_memory_for_few(void **state)
{
    (void)state;
    enum { ROUNDS = 3000, GO = 127, HELD = 1001 + GO };
    size_t released = 0, before = allocated();
    mpt_lookback *t = mpt_lookback_new(1000, 50000, count, &released);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        mpt_segment s = {.time_ns = i, .frame = i};
        mpt_lookback_push(t, &s);
        for (uint32_t j = 0; j < GO; j++) {
            s = (mpt_segment){.time_ns = (int64_t)i - 1000, .frame = ROUNDS + i * GO + j};
            mpt_lookback_push(t, &s);
        }
    }
    assert_int_equal(mpt_lookback_held(t), HELD);
    assert_int_equal(released, ROUNDS * (GO + 1) - HELD);
    assert_true(allocated() - before < 2 * HELD * sizeof(mpt_segment));
    mpt_lookback_free(t);
}

static void test_timeorder_push__burst_is_over__gives_memory_back(void **state)
{
    (void)state;
    size_t released = 0, before = allocated();
    mpt_lookback *t = mpt_lookback_new(1000, 50000, count, &released);
    for (uint32_t i = 1; i <= 60000; i++) {
        mpt_segment s = {.time_ns = i % 1000, .frame = i};
        mpt_lookback_push(t, &s);
    }
    assert_int_equal(mpt_lookback_held(t) + released, 60000);
    mpt_segment last = {.time_ns = 100000, .frame = 60001};
    mpt_lookback_push(t, &last);
    assert_int_equal(mpt_lookback_held(t), 1);
    assert_true(allocated() - before < 50000 * sizeof(mpt_segment) / 4);
    mpt_lookback_free(t);
}

static void test_timeorder_flush__and_push_again__remembers_what_left(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(10, 100, collect, out);
    mpt_lookback_flush(t);
    push(t, 50, 1);
    mpt_lookback_flush(t);
    push(t, 49, 2);
    push(t, 51, 3);
    mpt_lookback_flush(t);
    assert_frames(out, (uint32_t[]){1, 2, 3}, 3);
    assert_true(at(out, 1)->late);
    assert_false(at(out, 2)->late);
    mpt_lookback_free(t);
}

static void test_timeorder_free__held_payloads__are_dropped_unseen(void **state)
{
    GArray *out = *state;
    mpt_lookback *t = mpt_lookback_new(INT64_MAX, 1000, collect, out);
    for (uint32_t frame = 1; frame < 500; frame++)
        push(t, frame % 3, frame);
    mpt_lookback_free(t);
    mpt_lookback_free(NULL);
    assert_int_equal(out->len, 0);
}

static void test_timeorder_push__payload_that_nobody_kept__stays_null(void **state)
{
    (void)state;
    GArray *seen = g_array_new(FALSE, FALSE, sizeof(output));
    mpt_lookback *t = mpt_lookback_new(0, 1, collect, seen);
    mpt_segment s = {.frame = 5, .seq = 5 ^ 0x5a5a5a5a, .payload = (const uint8_t *)"gone"};
    s.options[MPT_SEGMENT_OPTION_BYTES - 1] = 5;
    mpt_lookback_push(t, &s); /* captured_payload is 0: collect() wants NULL */
    mpt_lookback_flush(t);
    assert_int_equal(seen->len, 1);
    mpt_lookback_free(t);
    g_array_free(seen, TRUE);
}

/* The oracle: an unsorted heap of what is held, searched from end to end for each release. */
typedef struct oracle {
    int64_t horizon_ns, newest_ns;
    size_t capacity;
    GArray *held, *out;
    output left;
    bool any_left, any_pushed;
} oracle;

static bool is_before(const output *a, const output *b)
{
    return a->time_ns < b->time_ns || (a->time_ns == b->time_ns && a->frame < b->frame);
}

static guint oracle_oldest(const oracle *o)
{
    guint oldest = 0;
    for (guint i = 1; i < o->held->len; i++) {
        if (is_before(at(o->held, i), at(o->held, oldest)))
            oldest = i;
    }
    return oldest;
}

static void oracle_release(oracle *o, bool all)
{
    while (o->held->len > 0) {
        guint i = oracle_oldest(o);
        output oldest = *at(o->held, i);
        bool due = (__int128)o->newest_ns - oldest.time_ns > o->horizon_ns;
        if (!all && !due && o->held->len <= o->capacity)
            return;
        g_array_remove_index(o->held, i);
        g_array_append_val(o->out, oldest);
        o->left = oldest;
        o->any_left = true;
    }
}

static void oracle_push(oracle *o, int64_t time_ns, uint32_t frame)
{
    output new = {time_ns, frame, false};
    if (o->any_left && is_before(&new, &o->left)) {
        new.late = true;
        g_array_append_val(o->out, new);
        return;
    }
    o->newest_ns = o->any_pushed ? MAX(o->newest_ns, time_ns) : time_ns;
    o->any_pushed = true;
    g_array_append_val(o->held, new);
    oracle_release(o, false);
}

/* Times of several interfaces: a block of each in turn, jitter within it, now and then something wild. */
static int64_t next_time(GRand *rand, uint32_t frame, int style)
{
    int64_t base = (int64_t)frame * 10;
    switch (style) {
    case 0:
        return base;
    case 1:
        return base - g_rand_int_range(rand, 0, 300);
    case 2:
        return base - (frame / 64 % 3) * 640;
    case 3:
        return g_rand_int_range(rand, 0, 50);
    case 4:
        return -base;
    default:
        if (g_rand_int_range(rand, 0, 200) == 0)
            return (int64_t)((uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand));
        return base - g_rand_int_range(rand, 0, 100);
    }
}

/* What was said to come: at which place, which frame. */
typedef struct promise {
    guint place;
    uint32_t frame;
} promise;

static GArray *promises;

static void promised(const mpt_segment *segment, unsigned places, void *data)
{
    const GArray *out = data;

    assert_true(places == MPT_LOOKBACK_FAR || places == MPT_LOOKBACK_NEAR);
    assert_int_equal(segment->seq, segment->frame ^ 0x5a5a5a5a);
    g_array_append_val(promises, ((promise){out->len + places, segment->frame}));
}

static void compare_with_oracle(GRand *rand, int style, int64_t horizon_ns, size_t capacity, size_t batch,
                                GArray *out)
{
    oracle o = {.horizon_ns = horizon_ns, .capacity = capacity};
    o.held = g_array_new(FALSE, FALSE, sizeof(output));
    o.out = g_array_new(FALSE, FALSE, sizeof(output));
    mpt_lookback *t = mpt_lookback_new(horizon_ns, capacity, collect, out);
    mpt_lookback_set_batch(t, batch, promised);
    g_array_set_size(out, 0);
    g_array_set_size(promises, 0);
    for (uint32_t frame = 1; frame <= 1500; frame++) {
        int64_t time_ns = next_time(rand, frame, style);
        push(t, time_ns, frame);
        oracle_push(&o, time_ns, frame);
        assert_int_equal(mpt_lookback_held(t), o.held->len);
        assert_true(out->len <= o.out->len && out->len + batch > o.out->len);
        if (frame % 700 == 0) {
            mpt_lookback_flush(t);
            oracle_release(&o, true);
        }
    }
    mpt_lookback_flush(t);
    oracle_release(&o, true);
    assert_int_equal(out->len, 1500);
    for (guint i = 0; i < out->len; i++) {
        assert_true(at(out, i)->time_ns == at(o.out, i)->time_ns);
        assert_int_equal(at(out, i)->frame, at(o.out, i)->frame);
        assert_int_equal(at(out, i)->late, at(o.out, i)->late);
    }
    for (guint i = 0; i < promises->len; i++) {
        const promise *p = &g_array_index(promises, promise, i);
        assert_int_equal(at(out, p->place)->frame, p->frame);
    }
    mpt_lookback_free(t);
    g_array_free(o.held, TRUE);
    g_array_free(o.out, TRUE);
}

static void test_timeorder_push__random_order__is_the_oracles(void **state)
{
    static const int64_t horizons[] = {0, 100, 2000, INT64_MAX};
    static const size_t capacities[] = {1, 7, 600, 100000};
    static const size_t batches[] = {1, 2, 5, 64};
    guint announced = 0;
    print_message("seed %u\n", SEED);
    promises = g_array_new(FALSE, FALSE, sizeof(promise));
    GRand *rand = g_rand_new_with_seed(SEED);
    for (int style = 0; style <= 5; style++) {
        for (size_t h = 0; h < G_N_ELEMENTS(horizons); h++) {
            for (size_t c = 0; c < G_N_ELEMENTS(capacities); c++) {
                for (size_t b = 0; b < G_N_ELEMENTS(batches); b++) {
                    compare_with_oracle(rand, style, horizons[h], capacities[c], batches[b], *state);
                    announced += promises->len;
                }
            }
        }
    }
    assert_true(announced > 10000);
    g_array_free(promises, TRUE);
    g_rand_free(rand);
}

static void test_timeorder_push__disorder_within_both_limits__comes_out_sorted_without_late_ones(void **state)
{
    GArray *out = *state;
    print_message("seed %u\n", SEED);
    GRand *rand = g_rand_new_with_seed(SEED);
    mpt_lookback *t = mpt_lookback_new(300, 100, collect, out);
    for (uint32_t frame = 1; frame <= 20000; frame++)
        push(t, (int64_t)frame * 10 - g_rand_int_range(rand, 0, 301), frame);
    mpt_lookback_flush(t);
    assert_int_equal(out->len, 20000);
    for (guint i = 0; i < out->len; i++) {
        assert_false(at(out, i)->late);
        assert_true(i == 0 || is_before(at(out, i - 1), at(out, i)));
    }
    mpt_lookback_free(t);
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(test_timeorder_push__in_order__leaves_beyond_the_horizon),
        CASE(test_timeorder_push__equal_times__leave_by_frame),
        CASE(test_timeorder_push__older_than_what_left__is_late_at_once),
        CASE(test_timeorder_push__above_capacity__releases_the_oldest),
        CASE(test_timeorder_push__capacity_of_one__holds_the_newest),
        CASE(test_timeorder_push__capacity_of_zero__releases_at_once_in_order_of_arrival),
        CASE(test_timeorder_push__extreme_times__do_not_overflow),
        CASE(test_timeorder_push__one_from_the_far_future__does_not_hold_up_the_others),
        CASE(test_timeorder_push__bursts_in_a_steady_flow__keep_the_order),
        cmocka_unit_test(test_timeorder_push__few_held_of_many__takes_memory_for_few),
        cmocka_unit_test(test_timeorder_push__burst_is_over__gives_memory_back),
        CASE(test_timeorder_flush__and_push_again__remembers_what_left),
        CASE(test_timeorder_free__held_payloads__are_dropped_unseen),
        cmocka_unit_test(test_timeorder_push__payload_that_nobody_kept__stays_null),
        CASE(test_timeorder_push__random_order__is_the_oracles),
        CASE(test_timeorder_push__disorder_within_both_limits__comes_out_sorted_without_late_ones),
#undef CASE
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
