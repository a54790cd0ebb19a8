/* test_signature_set.c - a set of signatures with a bit for each interface, against a hash table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/base/signature_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/seeded.h"

static void test_add__first_and_again__bits_that_were_there(void **state)
{
    mpt_signature_set s = {0};

    (void)state;
    assert_true(mpt_signature_set_add(&s, 5, 0, 10) == 0);
    assert_true(mpt_signature_set_add(&s, 5, 63, 10) == 1);
    assert_true(mpt_signature_set_add(&s, 5, 3, 10) == (1 | UINT64_C(1) << 63));
    assert_true(mpt_signature_set_add(&s, 6, 1, 10) == 0);
    assert_int_equal(s.used, 2);
    mpt_signature_set_clear(&s);
    assert_int_equal(s.used, 0);
    assert_true(mpt_signature_set_add(&s, 5, 0, 10) == 0);
    mpt_signature_set_clear(&s);
}

/* The table is a power of two: signatures that differ in their upper bits only share a slot. */
static void test_add__same_slot__kept_apart(void **state)
{
    mpt_signature_set s = {0};

    (void)state;
    for (uint64_t i = 0; i < 200; i++)
        assert_true(mpt_signature_set_add(&s, i << 40, 1, 1000) == 0);
    for (uint64_t i = 0; i < 200; i++)
        assert_true(mpt_signature_set_add(&s, i << 40, 2, 1000) == 2);
    assert_int_equal(s.used, 200);
    mpt_signature_set_clear(&s);
}

static void test_add__signature_0__is_one_like_others(void **state)
{
    mpt_signature_set s = {0};

    (void)state;
    assert_true(mpt_signature_set_add(&s, 0, 4, 8) == 0);
    assert_true(mpt_signature_set_add(&s, 0, 5, 8) == 1u << 4);
    assert_int_equal(s.used, 1);
    mpt_signature_set_clear(&s);
}

static void test_add__beyond_the_bound__new_ones_not_kept_old_ones_known(void **state)
{
    mpt_signature_set s = {0};

    (void)state;
    for (uint64_t i = 1; i <= 100; i++)
        mpt_signature_set_add(&s, mpt_signature_set_mix(i, 0), 0, 100);
    assert_int_equal(s.used, 100);
    for (uint64_t i = 101; i <= 5000; i++)
        assert_true(mpt_signature_set_add(&s, mpt_signature_set_mix(i, 0), 1, 100) == 0);
    assert_int_equal(s.used, 100);
    for (uint64_t i = 101; i <= 5000; i++)
        assert_true(mpt_signature_set_add(&s, mpt_signature_set_mix(i, 0), 2, 100) == 0);
    for (uint64_t i = 1; i <= 100; i++)
        assert_true(mpt_signature_set_add(&s, mpt_signature_set_mix(i, 0), 1, 100) == 1);
    mpt_signature_set_clear(&s);
}

static void test_mix__neighbours__all_differ(void **state)
{
    GHashTable *seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    (void)state;
    for (uint64_t a = 0; a < 300; a++)
        for (uint64_t b = 0; b < 300; b++) {
            gint64 *key = g_new(gint64, 1);
            *key = (gint64)mpt_signature_set_mix(a, b);
            assert_true(g_hash_table_add(seen, key));
        }
    g_hash_table_destroy(seen);
}

static void test_add__random__as_the_hash_table(void **state)
{
    enum { BOUND = 3000 };
    GHashTable *oracle = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    mpt_signature_set s = {0};
    GRand *rand = seeded();

    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        gint64 signature = (gint64)mpt_signature_set_mix(below(rand, 5000), 7);
        unsigned bit = below(rand, 64);
        uint64_t *mask = g_hash_table_lookup(oracle, &signature), before = mask ? *mask : 0;
        if (!mask && g_hash_table_size(oracle) < BOUND) {
            mask = g_new0(uint64_t, 1);
            g_hash_table_insert(oracle, g_memdup2(&signature, sizeof signature), mask);
        }
        if (mask)
            *mask |= UINT64_C(1) << bit;
        assert_true(mpt_signature_set_add(&s, (uint64_t)signature, bit, BOUND) == before);
        assert_int_equal(s.used, g_hash_table_size(oracle));
    }
    mpt_signature_set_clear(&s);
    g_hash_table_destroy(oracle);
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add__first_and_again__bits_that_were_there),
        cmocka_unit_test(test_add__same_slot__kept_apart),
        cmocka_unit_test(test_add__signature_0__is_one_like_others),
        cmocka_unit_test(test_add__beyond_the_bound__new_ones_not_kept_old_ones_known),
        cmocka_unit_test(test_mix__neighbours__all_differ),
        cmocka_unit_test(test_add__random__as_the_hash_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
