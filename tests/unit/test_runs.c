/* test_runs.c - the store of runs against a sorted array, hostile orders of work, and its memory.
 *
 * Invariant: each run's value is ~start, so a run that lost its fields is seen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/base/runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/runs_memory.h"
#include "tests/support/seeded.h"

enum { MANY = 300000 };

static void insert(mpt_runs *runs, int64_t start, uint32_t length)
{
    mpt_runs_at at;
    mpt_runs_find(runs, start, &at);
    mpt_runs_insert(runs, &at, &(mpt_run){.start = start, .length = length, .value = ~start});
}

/* Both ways through the store: as many runs as it says, in order, none overlapping. */
static void check_order(mpt_runs *runs)
{
    size_t n = 0;
    mpt_runs_at at;
    const mpt_run *before = NULL;
    for (const mpt_run *r = mpt_runs_first(runs, &at); r; r = mpt_runs_next(runs, &at)) {
        assert_true(r->length > 0);
        assert_int_equal(r->value, ~r->start);
        if (before)
            assert_true(mpt_run_end(before) <= r->start);
        before = r;
        n++;
    }
    assert_ptr_equal(before, mpt_runs_last(runs));
    assert_int_equal(n, runs->count);

    assert_null(mpt_runs_find(runs, INT64_MAX, &at));
    const mpt_run *after = NULL;
    for (const mpt_run *r; (r = mpt_runs_prev(runs, &at)); after = r, n--)
        assert_true(!after || mpt_run_end(r) <= after->start);
    assert_int_equal(n, 0);
}

static void test_find__empty__null_and_no_memory(void **state)
{
    (void)state;
    mpt_runs runs = {0};
    mpt_runs_at at = {7, 7};
    assert_null(mpt_runs_find(&runs, 0, &at));
    assert_null(mpt_runs_next(&runs, &at));
    assert_null(mpt_runs_find(&runs, INT64_MIN, &at));
    assert_null(mpt_runs_prev(&runs, &at));
    assert_null(mpt_runs_first(&runs, &at));
    assert_null(mpt_runs_last(&runs));
    assert_int_equal(runs_memory(&runs), 0);
    mpt_runs_clear(&runs);
}

static void test_find__at_each_border__first_run_that_ends_above(void **state)
{
    (void)state;
    const int64_t p31 = INT64_C(1) << 31, p32 = INT64_C(1) << 32;
    const int64_t bases[] = {0, -20, p31 - 15, p32 - 15, -p32, MPT_RUNS_LIMIT - 40, -MPT_RUNS_LIMIT};
    for (size_t i = 0; i < G_N_ELEMENTS(bases); i++) {
        mpt_runs runs = {0};
        mpt_runs_at at;
        const int64_t b = bases[i];
        insert(&runs, b + 20, 10);
        insert(&runs, b + 0, 10);
        for (int64_t p = b - 2; p < b + 34; p++) {
            const mpt_run *r = mpt_runs_find(&runs, p, &at);
            if (p >= b + 30)
                assert_null(r);
            else
                assert_int_equal(r->start, p < b + 10 ? b : b + 20);
        }
        assert_int_equal(mpt_runs_find(&runs, INT64_MIN, &at)->start, b);
        assert_null(mpt_runs_find(&runs, INT64_MAX, &at));
        mpt_runs_clear(&runs);
    }
}

static void test_insert__longest_runs__ends_beyond_2_32(void **state)
{
    (void)state;
    mpt_runs runs = {0};
    mpt_runs_at at;
    for (int64_t i = 0; i < 5; i++)
        insert(&runs, i * UINT32_MAX, UINT32_MAX);
    check_order(&runs);
    for (int64_t i = 0; i < 5; i++) {
        assert_int_equal(mpt_runs_find(&runs, i * UINT32_MAX, &at)->start, i * UINT32_MAX);
        assert_int_equal(mpt_runs_find(&runs, (i + 1) * UINT32_MAX - 1, &at)->start, i * UINT32_MAX);
    }
    mpt_runs_clear(&runs);
}

static void test_memory__few_runs__below_200_bytes(void **state)
{
    (void)state;
    mpt_runs runs = {0};
    size_t before = 0;
    for (int i = 1; i <= 3; i++) {
        insert(&runs, i * 10, 1);
        assert_true(runs_memory(&runs) >= before && runs_memory(&runs) >= i * sizeof(mpt_run));
        before = runs_memory(&runs);
        assert_true(sizeof runs + before < 200);
    }
    mpt_runs_at at;
    for (int i = 0; i < 3; i++) {
        mpt_runs_first(&runs, &at);
        mpt_runs_remove(&runs, &at);
    }
    assert_int_equal(runs_memory(&runs), 0);
    assert_null(runs.one);
    assert_int_equal(runs.room, 0);
}

static void test_memory__chunk_just_begun__small(void **state)
{
    (void)state;
    mpt_runs runs = {0};
    for (int i = 0; i < 64; i++)
        insert(&runs, i * 10, 1);
    const size_t one = runs_memory(&runs);
    insert(&runs, 640, 1);
    assert_int_equal(runs.n_chunks, 2);
    assert_true(runs_memory(&runs) - one < 200);
    mpt_runs_clear(&runs);
}

/* 32 bytes a run, its part of the chunk's head and of the array of pointers. */
static void check_dense(const mpt_runs *runs)
{
    assert_int_equal(runs->count, MANY);
    assert_true(runs_memory(runs) < (size_t)MANY * sizeof(mpt_run) * 102 / 100 + 4096);
}

static void test_insert__appending__chunks_full(void **state)
{
    (void)state;
    mpt_runs runs = {0};
    for (int64_t i = 0; i < MANY; i++)
        insert(&runs, i * 3, 2);
    check_dense(&runs);
    check_order(&runs);
    mpt_runs_clear(&runs);
    assert_int_equal(runs_memory(&runs), 0);
    assert_int_equal(runs.count, 0);
}

static void test_insert__at_the_front_each_time__chunks_full(void **state)
{
    (void)state;
    mpt_runs runs = {0};
    for (int64_t i = MANY; i > 0; i--)
        insert(&runs, i * 3, 2);
    check_dense(&runs);
    check_order(&runs);
    mpt_runs_clear(&runs);
}

static void test_insert__upwards_before_a_block__room_given_back(void **state)
{
    (void)state;
    mpt_runs runs = {0};
    for (int64_t i = 0; i < 40; i++)
        insert(&runs, MANY * 3 + i * 3, 2);
    for (int64_t i = 0; i < MANY - 40; i++)
        insert(&runs, i * 3, 2);
    assert_int_equal(runs.count, MANY);
    assert_true(runs_memory(&runs) < (size_t)MANY * sizeof(mpt_run) * 11 / 10);
    check_order(&runs);
    mpt_runs_clear(&runs);
}

static void test_insert__scattered__chunks_at_least_half_full(void **state)
{
    (void)state;
    mpt_runs runs = {0};
    for (int64_t i = 0; i < MANY; i++)
        insert(&runs, i * 7919 % MANY * 3, 2); /* 7919 is prime to MANY: each place once */
    assert_int_equal(runs.count, MANY);
    assert_true(runs.n_chunks <= MANY / 32 + 1);
    assert_true(runs_memory(&runs) < (size_t)MANY * sizeof(mpt_run) * 21 / 10);
    check_order(&runs);
    mpt_runs_clear(&runs);
}

static void test_remove__all_but_each_50th__memory_given_back(void **state)
{
    (void)state;
    mpt_runs runs = {0};
    for (int64_t i = 0; i < MANY; i++)
        insert(&runs, i * 3, 2);
    mpt_runs_at at;
    mpt_runs_first(&runs, &at);
    for (int64_t i = 0; i < MANY; i++) {
        if (i % 50 == 49)
            mpt_runs_next(&runs, &at);
        else
            mpt_runs_remove(&runs, &at);
    }
    assert_int_equal(runs.count, MANY / 50);
    assert_true(runs_memory(&runs) < (size_t)MANY / 50 * (4 * sizeof(mpt_run) + 64));
    check_order(&runs);
    mpt_runs_clear(&runs);
}

static void test_remove__from_the_front__store_empties(void **state)
{
    (void)state;
    mpt_runs runs = {0};
    for (int64_t i = 0; i < MANY; i++)
        insert(&runs, i * 3, 2);
    mpt_runs_at at;
    for (int64_t i = 0; i < MANY; i++) {
        assert_int_equal(mpt_runs_first(&runs, &at)->start, i * 3);
        mpt_runs_remove(&runs, &at);
    }
    assert_int_equal(runs_memory(&runs), 0);
    assert_null(mpt_runs_last(&runs));
}

/* The oracle: a sorted array of starts of runs of length 2, searched from its beginning. */
static guint oracle_find(const GArray *starts, int64_t position)
{
    guint i = 0;
    while (i < starts->len && g_array_index(starts, int64_t, i) + 2 <= position)
        i++;
    return i;
}

static void random_step(GRand *rand, mpt_runs *runs, GArray *starts, bool growing)
{
    const int64_t p = (int64_t)below(rand, 6000) - 3000;
    mpt_runs_at at;
    const mpt_run *r = mpt_runs_find(runs, p, &at);
    const guint i = oracle_find(starts, p);
    if (i == starts->len)
        assert_null(r);
    else
        assert_int_equal(r->start, g_array_index(starts, int64_t, i));

    const bool fits = i == starts->len || g_array_index(starts, int64_t, i) >= p + 2;
    if (fits && below(rand, 4) < (growing ? 3 : 1)) {
        mpt_runs_insert(runs, &at, &(mpt_run){.start = p, .length = 2, .value = ~p});
        g_array_insert_val(starts, i, p);
        assert_int_equal(mpt_runs_chunk(runs, at.chunk)->run[at.index].start, p);
    } else if (i < starts->len && (!growing || below(rand, 8) == 0)) {
        mpt_runs_remove(runs, &at);
        g_array_remove_index(starts, i);
        const mpt_run *after = i < starts->len ? &mpt_runs_chunk(runs, at.chunk)->run[at.index] : NULL;
        if (after)
            assert_int_equal(after->start, g_array_index(starts, int64_t, i));
        else
            assert_null(mpt_runs_next(runs, &at));
    }
}

static void test_all__random_work__as_a_sorted_array(void **state)
{
    (void)state;
    GRand *rand = seeded();
    mpt_runs runs = {0};
    GArray *starts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int step = 0; step < 60000; step++) {
        random_step(rand, &runs, starts, step / 10000 % 2 == 0);
        assert_int_equal(runs.count, starts->len);
        if (step % 500 == 0)
            check_order(&runs);
    }
    g_array_free(starts, TRUE);
    mpt_runs_clear(&runs);
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find__empty__null_and_no_memory),
        cmocka_unit_test(test_find__at_each_border__first_run_that_ends_above),
        cmocka_unit_test(test_insert__longest_runs__ends_beyond_2_32),
        cmocka_unit_test(test_memory__few_runs__below_200_bytes),
        cmocka_unit_test(test_memory__chunk_just_begun__small),
        cmocka_unit_test(test_insert__appending__chunks_full),
        cmocka_unit_test(test_insert__at_the_front_each_time__chunks_full),
        cmocka_unit_test(test_insert__upwards_before_a_block__room_given_back),
        cmocka_unit_test(test_insert__scattered__chunks_at_least_half_full),
        cmocka_unit_test(test_remove__all_but_each_50th__memory_given_back),
        cmocka_unit_test(test_remove__from_the_front__store_empties),
        cmocka_unit_test(test_all__random_work__as_a_sorted_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
