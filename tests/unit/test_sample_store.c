/* test_sample_store.c - what is written to the temporary file comes back, in order of arrival.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/paths/sample_store.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#define WINDOW 65536 /* of sample_store.c: so many samples are put in order */

/* Clock of end 1 against that of end 0, and the delay of a segment. */
#define SHIFT 5000000
#define DELAY 300

/* Arrived at `end` at this time, by the clock of end 0. `frame` is that at end 0. */
static mpt_path_sample arrived(unsigned end, int64_t time_ns, uint32_t frame)
{
    int64_t sent = time_ns - DELAY;

    return (mpt_path_sample){
        .time_ns = {end ? sent : time_ns, (end ? time_ns : sent) + SHIFT},
        .frame = {frame, frame + 1},
        .length = 100,
        .side = !end,
    };
}

static unsigned receiver(const mpt_path_sample *sample, void *user)
{
    (void)user;
    return !sample->side;
}

static void take(const mpt_path_sample *sample, void *user)
{
    g_array_append_vals(user, sample, 1);
}

static GArray *read_all(mpt_path_store *s)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(mpt_path_sample));

    mpt_path_store_read(s, receiver, take, all);
    return all;
}

static void expect_frames(mpt_path_store *s, const uint32_t *frames, guint count)
{
    GArray *all = read_all(s);

    assert_int_equal(all->len, count);
    for (guint i = 0; i < count; i++)
        assert_int_equal(g_array_index(all, mpt_path_sample, i).frame[0], frames[i]);
    g_array_free(all, TRUE);
}

static void test_read__nothing_added__nothing_told(void **state)
{
    mpt_path_store *s = mpt_path_store_new();

    (void)state;
    expect_frames(s, NULL, 0);
    assert_true(mpt_path_store_ok(s));
    mpt_path_store_free(s);
    mpt_path_store_free(NULL);
}

static void test_read__around_a_full_buffer__each_as_it_was_added(void **state)
{
    static const uint32_t counts[] = {1, 255, 256, 257, 512, 1000};

    (void)state;
    for (unsigned k = 0; k < G_N_ELEMENTS(counts); k++) {
        mpt_path_store *s = mpt_path_store_new();
        GArray *all;

        for (uint32_t i = 0; i < counts[k]; i++) {
            mpt_path_sample sample = arrived(1, 1000 * (int64_t)i, 10 * i);
            sample.flow = 7 * i;
            mpt_path_store_add(&sample, s);
        }
        all = read_all(s);
        assert_int_equal(all->len, counts[k]);
        for (uint32_t i = 0; i < counts[k]; i++) {
            const mpt_path_sample *got = &g_array_index(all, mpt_path_sample, i);
            assert_int_equal(got->time_ns[0], 1000 * (int64_t)i - DELAY);
            assert_int_equal(got->time_ns[1], 1000 * (int64_t)i + SHIFT);
            assert_int_equal(got->frame[0], 10 * i);
            assert_int_equal(got->frame[1], 10 * i + 1);
            assert_int_equal(got->flow, 7 * i);
            assert_int_equal(got->length, 100);
            assert_int_equal(got->side, 0);
        }
        assert_true(mpt_path_store_ok(s));
        g_array_free(all, TRUE);
        mpt_path_store_free(s);
    }
}

/* The clocks differ by more than all of it takes: both count by that of end 0, as nearly as the first sample shows
 * (its own delay too early for end 1). */
static void test_read__both_directions__by_time_of_arrival_of_one_clock(void **state)
{
    const mpt_path_sample samples[] = {
        arrived(1, 1000, 1), arrived(0, 5000, 2), arrived(1, 4000, 3),
        arrived(0, 2000, 4), arrived(1, 3000, 5),
    };
    mpt_path_store *s = mpt_path_store_new();

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(samples); i++)
        mpt_path_store_add(&samples[i], s);
    expect_frames(s, (const uint32_t[]){1, 4, 5, 3, 2}, 5);
    mpt_path_store_free(s);
}

static void test_read__same_time__by_frame(void **state)
{
    const mpt_path_sample samples[] = {arrived(0, 1000, 9), arrived(0, 1000, 2), arrived(0, 1000, 5),
                                       arrived(0, 1000, 2)};
    mpt_path_store *s = mpt_path_store_new();

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(samples); i++)
        mpt_path_store_add(&samples[i], s);
    expect_frames(s, (const uint32_t[]){2, 2, 5, 9}, 4);
    mpt_path_store_free(s);
}

/* Reports of one capture read in turn, and a capture may go on after a report. */
static void test_read__again_and_after_more__all_each_time(void **state)
{
    const mpt_path_sample first = arrived(0, 1000, 1), second = arrived(0, 500, 2);
    mpt_path_store *s = mpt_path_store_new();

    (void)state;
    mpt_path_store_add(&first, s);
    expect_frames(s, (const uint32_t[]){1}, 1);
    expect_frames(s, (const uint32_t[]){1}, 1);
    mpt_path_store_add(&second, s);
    expect_frames(s, (const uint32_t[]){2, 1}, 2);
    mpt_path_store_free(s);
}

/* Blocks of 1,000 that each come backwards. The last sample of all is earlier than what was told long before. */
static void test_read__more_than_the_window__in_order_and_nobody_lost(void **state)
{
    const uint32_t blocks = 3 * WINDOW / 1000;
    mpt_path_store *s = mpt_path_store_new();
    mpt_path_sample straggler = arrived(0, 0, 0);
    GArray *all;

    (void)state;
    for (uint32_t b = 0; b < blocks; b++)
        for (uint32_t i = 1000; i-- > 0;) {
            mpt_path_sample sample = arrived(0, 1 + 1000 * (int64_t)b + i, 1 + 1000 * b + i);
            mpt_path_store_add(&sample, s);
        }
    mpt_path_store_add(&straggler, s);
    all = read_all(s);
    assert_int_equal(all->len, 1000 * blocks + 1);
    for (guint i = 0, expected = 1; i < all->len; i++) {
        uint32_t frame = g_array_index(all, mpt_path_sample, i).frame[0];
        if (frame == 0)
            assert_in_range(i, all->len - 1 - WINDOW, all->len - 2);
        else
            assert_int_equal(frame, expected++);
    }
    assert_true(mpt_path_store_ok(s));
    g_array_free(all, TRUE);
    mpt_path_store_free(s);
}

/* --- a temporary file that fails --- */

static struct rlimit limited(int resource, rlim_t to)
{
    struct rlimit before, limit;

    assert_int_equal(getrlimit(resource, &before), 0);
    limit = before;
    limit.rlim_cur = to;
    assert_int_equal(setrlimit(resource, &limit), 0);
    return before;
}

static void test_add__no_file_can_be_opened__not_ok_and_nothing_told(void **state)
{
    const mpt_path_sample sample = arrived(0, 1000, 1);
    mpt_path_store *s = mpt_path_store_new();
    struct rlimit before = limited(RLIMIT_NOFILE, 0);

    (void)state;
    mpt_path_store_add(&sample, s);
    setrlimit(RLIMIT_NOFILE, &before);
    mpt_path_store_add(&sample, s);
    assert_false(mpt_path_store_ok(s));
    expect_frames(s, NULL, 0);
    mpt_path_store_free(s);
}

/* The first buffer fits, and half of the second. */
static void test_add__disk_full__not_ok_and_nothing_told(void **state)
{
    mpt_path_store *s = mpt_path_store_new();
    struct rlimit before = limited(RLIMIT_FSIZE, 384 * sizeof(mpt_path_sample));
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);

    (void)state;
    for (uint32_t i = 0; i < 256; i++) {
        mpt_path_sample sample = arrived(0, i, i);
        mpt_path_store_add(&sample, s);
    }
    assert_true(mpt_path_store_ok(s));
    for (uint32_t i = 0; i < 256; i++) {
        mpt_path_sample sample = arrived(0, i, i);
        mpt_path_store_add(&sample, s);
    }
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    assert_false(mpt_path_store_ok(s));
    expect_frames(s, NULL, 0);
    mpt_path_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read__nothing_added__nothing_told),
        cmocka_unit_test(test_read__around_a_full_buffer__each_as_it_was_added),
        cmocka_unit_test(test_read__both_directions__by_time_of_arrival_of_one_clock),
        cmocka_unit_test(test_read__same_time__by_frame),
        cmocka_unit_test(test_read__again_and_after_more__all_each_time),
        cmocka_unit_test(test_read__more_than_the_window__in_order_and_nobody_lost),
        cmocka_unit_test(test_add__no_file_can_be_opened__not_ok_and_nothing_told),
        cmocka_unit_test(test_add__disk_full__not_ok_and_nothing_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
