/* test_option_changes.c - options of one segment compared as two vantage points have them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/paths/option_changes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/option_write.h"
#include "tests/support/seeded.h"

typedef struct bytes {
    uint8_t at[40];
    size_t n;
} bytes;

static bytes options_of(const mpt_option *o, size_t count)
{
    bytes b = {.n = 0};

    for (size_t i = 0; i < count; i++)
        b.n += mpt_option_write(&o[i], b.at + b.n, sizeof b.at - b.n);
    return b;
}

static mpt_option dss(uint64_t dsn, uint64_t ack, uint16_t checksum)
{
    return (mpt_option){.subtype = MPT_DSS,
                        .length = 28,
                        .dss = {.has_ack = true,
                                .ack_64bit = true,
                                .has_mapping = true,
                                .dsn_64bit = true,
                                .has_checksum = true,
                                .dsn = dsn,
                                .data_ack = ack,
                                .ssn = 1,
                                .length = 100,
                                .checksum = checksum}};
}

static void note(GArray **changes, const bytes *a, const bytes *b, uint32_t frame0, uint32_t frame1,
                 unsigned side)
{
    mpt_option_change_segment g = {
        .options = {a->at, b->at}, .length = {a->n, b->n}, .frame = {frame0, frame1}, .side = side};

    mpt_option_changes_note(changes, &g);
}

static const mpt_option_change *at(const GArray *changes, guint i)
{
    return &g_array_index(changes, mpt_option_change, i);
}

static void test_note__alike__nothing(void **state)
{
    mpt_option o[2] = {dss(1, 2, 3), {.subtype = MPT_MP_PRIO, .length = 3}};
    bytes a = options_of(o, 2), nothing = {.n = 0};
    GArray *changes = NULL;

    (void)state;
    note(&changes, &a, &a, 1, 2, 0);
    note(&changes, &nothing, &nothing, 1, 2, 0);
    assert_null(changes);
}

static void test_note__each_part__told(void **state)
{
    static const mpt_option_change_part parts[] = {MPT_OPTION_CHANGE_MAPPING, MPT_OPTION_CHANGE_DATA_ACK,
                                                   MPT_OPTION_CHANGE_CHECKSUM};
    mpt_option first = dss(1, 2, 3), others[] = {dss(9, 2, 3), dss(1, 9, 3), dss(1, 2, 9)};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        GArray *changes = NULL;
        bytes a = options_of(&first, 1), b = options_of(&others[i], 1);
        note(&changes, &a, &b, 5, 6, 1);
        assert_int_equal(changes->len, 1);
        assert_int_equal(at(changes, 0)->part, parts[i]);
        assert_int_equal(at(changes, 0)->ends, 3);
        assert_int_equal(at(changes, 0)->side, 1);
        assert_int_equal(at(changes, 0)->frame[0], 5);
        assert_int_equal(at(changes, 0)->frame[1], 6);
        assert_true(at(changes, 0)->option[0].dss.dsn == 1);
        g_array_unref(changes);
    }
}

static void test_note__other_parts_of_the_same_option__entries_of_their_own(void **state)
{
    mpt_option first = dss(1, 2, 3), mapping = dss(9, 2, 3), checksum = dss(1, 2, 9);
    bytes a = options_of(&first, 1), b = options_of(&mapping, 1), c = options_of(&checksum, 1);
    GArray *changes = NULL;

    (void)state;
    note(&changes, &a, &b, 1, 2, 0);
    note(&changes, &a, &c, 3, 4, 0);
    note(&changes, &a, &b, 5, 6, 0);
    assert_int_equal(changes->len, 2);
    assert_int_equal(at(changes, 0)->segments, 2);
    assert_int_equal(at(changes, 1)->part, MPT_OPTION_CHANGE_CHECKSUM);
    g_array_unref(changes);
}

/* A middlebox that writes the lower half only says the same. */
static void test_note__32_bits_of_64__alike(void **state)
{
    mpt_option wide = dss(UINT64_C(0x1122334455667788), UINT64_C(0xaabbccddeeff0011), 3), narrow = wide;
    GArray *changes = NULL;
    bytes a, b;

    (void)state;
    narrow.length = 20;
    narrow.dss.ack_64bit = narrow.dss.dsn_64bit = false;
    narrow.dss.dsn = 0x55667788;
    narrow.dss.data_ack = 0xeeff0011;
    a = options_of(&wide, 1);
    b = options_of(&narrow, 1);
    assert_int_equal(b.n, 20);
    note(&changes, &a, &b, 1, 2, 0);
    assert_null(changes);
}

static void test_note__one_of_two_removed__that_one(void **state)
{
    mpt_option o[2] = {dss(1, 2, 3), {.subtype = MPT_MP_PRIO, .length = 3, .prio = {.backup = true}}};
    bytes both = options_of(o, 2), first = options_of(o, 1), second = options_of(o + 1, 1);
    GArray *changes = NULL;

    (void)state;
    note(&changes, &both, &first, 1, 2, 0);
    note(&changes, &second, &both, 3, 4, 0);
    assert_int_equal(changes->len, 2);
    assert_int_equal(at(changes, 0)->subtype, MPT_MP_PRIO);
    assert_int_equal(at(changes, 0)->part, MPT_OPTION_CHANGE_PRESENCE);
    assert_int_equal(at(changes, 0)->ends, 1);
    assert_int_equal(at(changes, 1)->subtype, MPT_DSS);
    assert_int_equal(at(changes, 1)->ends, 2);
    g_array_unref(changes);
}

static void test_note__many_segments__one_entry_parts_of_one_counted_once(void **state)
{
    mpt_option o = dss(1, 2, 3);
    bytes with = options_of(&o, 1), without = {.n = 0};
    GArray *changes = NULL;

    (void)state;
    for (uint32_t i = 0; i < 5; i++) {
        note(&changes, &with, &without, 10 * i + 1, 10 * i + 2, 0);
        note(&changes, &with, &without, 10 * i + 1, 10 * i + 3, 0); /* its second part */
    }
    note(&changes, &with, &without, 90, 91, 1);
    assert_int_equal(changes->len, 2);
    assert_int_equal(at(changes, 0)->segments, 5);
    assert_int_equal(at(changes, 0)->frame[0], 1);
    assert_int_equal(at(changes, 0)->frame[1], 2);
    assert_int_equal(at(changes, 1)->side, 1);
    assert_int_equal(at(changes, 1)->segments, 1);
    g_array_unref(changes);
}

static void test_note__keys_nonces_addresses_and_the_rest__told(void **state)
{
    mpt_option a[] = {
        {.subtype = MPT_MP_CAPABLE,
         .length = 12,
         .capable = {.version = 1, .has_sender_key = true, .sender_key = 7}},
        {.subtype = MPT_MP_JOIN, .length = 12, .join = {.step = MPT_JOIN_SYN, .token = 1, .nonce = 2}},
        {.subtype = MPT_MP_JOIN, .length = 12, .join = {.step = MPT_JOIN_SYN, .token = 1, .nonce = 2}},
        {.subtype = MPT_MP_PRIO, .length = 3, .prio = {.backup = false}},
        {.subtype = MPT_MP_FASTCLOSE, .length = 12, .fastclose = {.receiver_key = 5}},
    };
    mpt_option b[G_N_ELEMENTS(a)];
    static const mpt_option_change_part parts[] = {MPT_OPTION_CHANGE_KEYS, MPT_OPTION_CHANGE_KEYS,
                                                   MPT_OPTION_CHANGE_CONTENT, MPT_OPTION_CHANGE_CONTENT,
                                                   MPT_OPTION_CHANGE_CONTENT};

    (void)state;
    memcpy(b, a, sizeof a);
    b[0].capable.sender_key = 8;
    b[1].join.nonce = 3;
    b[2].join.backup = true;
    b[3].prio.backup = true;
    b[4].fastclose.receiver_key = 6;
    for (size_t i = 0; i < G_N_ELEMENTS(a); i++) {
        GArray *changes = NULL;
        bytes x = options_of(&a[i], 1), y = options_of(&b[i], 1);
        note(&changes, &x, &y, 1, 2, 0);
        assert_int_equal(changes->len, 1);
        assert_int_equal(at(changes, 0)->part, parts[i]);
        g_array_unref(changes);
    }
}

/* What can't be parsed is not compared; nothing is read beyond. */
static void test_note__random_bytes__ends(void **state)
{
    GRand *rand = seeded();
    GArray *changes = NULL;

    (void)state;
    for (unsigned round = 0; round < 200000; round++) {
        bytes a, b;
        a.n = below(rand, sizeof a.at + 1);
        b.n = below(rand, sizeof b.at + 1);
        for (size_t i = 0; i < sizeof a.at; i++) {
            a.at[i] = (uint8_t)(below(rand, 3) ? MPT_OPTION_KIND : below(rand, 256));
            b.at[i] = (uint8_t)(below(rand, 3) ? below(rand, 30) : MPT_OPTION_KIND);
        }
        note(&changes, &a, &b, round, round, round & 1);
    }
    /* Subtypes, parts, presence at one or at both ends, and two senders: no more entries than that. */
    assert_true(!changes || changes->len <= MPT_SUBTYPES * (MPT_OPTION_CHANGE_CONTENT + 2) * 2);
    if (changes)
        g_array_unref(changes);
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_note__alike__nothing),
        cmocka_unit_test(test_note__each_part__told),
        cmocka_unit_test(test_note__other_parts_of_the_same_option__entries_of_their_own),
        cmocka_unit_test(test_note__32_bits_of_64__alike),
        cmocka_unit_test(test_note__one_of_two_removed__that_one),
        cmocka_unit_test(test_note__many_segments__one_entry_parts_of_one_counted_once),
        cmocka_unit_test(test_note__keys_nonces_addresses_and_the_rest__told),
        cmocka_unit_test(test_note__random_bytes__ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
