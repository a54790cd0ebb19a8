/* test_key.c - tokens, IDSNs and HMACs against what real hosts sent.
 *
 * Invariant: every expected value is from a capture, except where a case says otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/protocol/key.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/idsn.h"

/* Both hosts of one join: A initiated it. synack and ack are the HMACs on the wire. */
typedef struct join_vector {
    unsigned version;
    uint64_t key_a, key_b;
    uint32_t nonce_a, nonce_b;
    uint8_t synack[8], ack[20];
} join_vector;

static const join_vector joins[] = {
    /* MPTCP of Linux 6.18, IPv4 (captures/two_subflows) */
    {MPT_V1,
     UINT64_C(0x1a05b04431db11be),
     UINT64_C(0x8a9867b0f7a15594),
     0x512470aa,
     0xde86956a,
     {0xe6, 0x81, 0x10, 0x83, 0x15, 0x69, 0x32, 0x87},
     {0x9b, 0x68, 0xd6, 0x0e, 0x32, 0xb1, 0x04, 0x5e, 0xb4, 0x91,
      0xac, 0x66, 0x1c, 0x2b, 0xb0, 0x50, 0xf7, 0x78, 0x7a, 0x0b}},
    /* the same over IPv6 (captures/ipv6) */
    {MPT_V1,
     UINT64_C(0xe571458406febd96),
     UINT64_C(0xbe7b57a3375bf0c2),
     0x68f6f8d2,
     0xf7f54e55,
     {0x69, 0xee, 0x0c, 0xc0, 0xea, 0x31, 0xb6, 0x9a},
     {0x5d, 0x49, 0x8b, 0x9d, 0x0b, 0x89, 0x42, 0x91, 0x41, 0xa8,
      0xba, 0xee, 0xb9, 0x26, 0x85, 0xb9, 0xa2, 0x71, 0xc7, 0xe8}},
    /* MPTCP v0 */
    {MPT_V0,
     UINT64_C(0xca2f07947b1bfd2b),
     UINT64_C(0xa78213619e4beafc),
     0x96a3c294,
     0x0f0cc049,
     {0x84, 0x03, 0x7d, 0xed, 0xa6, 0x7a, 0x45, 0x4c},
     {0x66, 0xe3, 0x66, 0x26, 0x70, 0x3e, 0xac, 0xb8, 0xf7, 0x2e,
      0xc5, 0xbe, 0x13, 0xf8, 0xc4, 0xef, 0x4f, 0x6d, 0x4d, 0xd8}},
};

static void test_key_token__v0__is_the_start_of_sha1(void **state)
{
    (void)state;
    assert_int_equal(mpt_key_token(UINT64_C(10048458395084872514), MPT_V0), 2846245513);
    assert_int_equal(mpt_key_token(UINT64_C(17227928701987094984), MPT_V0), 4093186044);
    assert_int_equal(mpt_key_token(UINT64_C(14803550490012999960), MPT_V0), 1015310287);
    assert_int_equal(mpt_key_token(UINT64_C(2708191410426849018), MPT_V0), 3188734930);
    assert_int_equal(mpt_key_token(UINT64_C(0xa78213619e4beafc), MPT_V0), 0x2ff5f1f0); /* of its MP_JOIN */
}

static void test_key_token__v1__is_what_the_join_carries(void **state)
{
    (void)state;
    assert_int_equal(mpt_key_token(UINT64_C(0x8a9867b0f7a15594), MPT_V1), 0x3266f9fb);
    assert_int_equal(mpt_key_token(UINT64_C(0x88792cb6ff0bf777), MPT_V1), 0x9b4fe99c);
    assert_int_equal(mpt_key_token(UINT64_C(0xbe7b57a3375bf0c2), MPT_V1), 0xbc81c84f);
    assert_int_equal(mpt_key_token(UINT64_C(0x1a05b04431db11be), MPT_V1), 0xbabd6b34);
}

static void test_key_idsn__v0__is_the_end_of_sha1(void **state)
{
    (void)state;
    assert_true(idsn_of_key(UINT64_C(0xca2f07947b1bfd2b), MPT_V0) == UINT64_C(5947950023132234492));
    assert_true(idsn_of_key(UINT64_C(0xa78213619e4beafc), MPT_V0) == UINT64_C(5227567736771178707));
    assert_true(idsn_of_key(UINT64_C(0xb1d39c74a7131f93), MPT_V0) == UINT64_C(4734076187427275880));
}

static void test_key_idsn__v1__is_below_the_first_dsn(void **state)
{
    (void)state;
    assert_true(idsn_of_key(UINT64_C(0x1a05b04431db11be), MPT_V1) == UINT64_C(397497415226967421));
    assert_true(idsn_of_key(UINT64_C(0x8a9867b0f7a15594), MPT_V1) == UINT64_C(4276038723274076890));
    /* captures/add_addr: the client's first data has this DSN in its DSS */
    assert_true(idsn_of_key(UINT64_C(0xbfc1073fe29d944e), MPT_V1) + 1 == UINT64_C(0x57d2d254ef3e248b));
    assert_true(idsn_of_key(UINT64_C(0x88792cb6ff0bf777), MPT_V1) == UINT64_C(9959276595494152189));
}

static void test_key_join_hmac__real_joins__are_reproduced(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(joins); i++) {
        const join_vector *j = &joins[i];
        uint8_t hmac[20];
        mpt_key_join_hmac(j->version, j->key_b, j->key_a, j->nonce_b, j->nonce_a, hmac);
        assert_memory_equal(hmac, j->synack, sizeof j->synack);
        mpt_key_join_hmac(j->version, j->key_a, j->key_b, j->nonce_a, j->nonce_b, hmac);
        assert_memory_equal(hmac, j->ack, sizeof j->ack);
    }
}

static void test_key_join_hmac__other_version_key_or_nonce__differs(void **state)
{
    (void)state;
    const join_vector *j = &joins[0];
    uint8_t hmac[20];
    mpt_key_join_hmac(MPT_V0, j->key_a, j->key_b, j->nonce_a, j->nonce_b, hmac);
    assert_memory_not_equal(hmac, j->ack, 20);
    mpt_key_join_hmac(MPT_V1, j->key_a + 1, j->key_b, j->nonce_a, j->nonce_b, hmac);
    assert_memory_not_equal(hmac, j->ack, 20);
    mpt_key_join_hmac(MPT_V1, j->key_a, j->key_b + 1, j->nonce_a, j->nonce_b, hmac);
    assert_memory_not_equal(hmac, j->ack, 20);
    mpt_key_join_hmac(MPT_V1, j->key_a, j->key_b, j->nonce_a, j->nonce_b + 1, hmac);
    assert_memory_not_equal(hmac, j->ack, 20);
}

static void test_key_add_addr_hmac__real_announcements__are_reproduced(void **state)
{
    (void)state;
    static const struct {
        uint64_t sender, receiver;
        uint8_t hmac[8];
    } cases[] = {
        /* captures/add_addr */
        {UINT64_C(0x88792cb6ff0bf777),
         UINT64_C(0xbfc1073fe29d944e),
         {0xc0, 0x67, 0xba, 0xc3, 0xc6, 0xbe, 0xef, 0xa7}},
        /* captures/dual_stack: an IPv4 address announced over IPv6 */
        {UINT64_C(0x9ffe9fd560fbd18a),
         UINT64_C(0xf1e0ec7e87ab225a),
         {0x2d, 0xe7, 0x44, 0xd4, 0x2e, 0xfb, 0xe9, 0xbd}},
    };
    mpt_endpoint address;
    assert_true(mpt_endpoint_parse_address("198.51.100.2", &address));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t hmac[8];
        mpt_key_add_addr_hmac(cases[i].sender, cases[i].receiver, 1, &address, hmac);
        assert_memory_equal(hmac, cases[i].hmac, sizeof hmac);
    }
}

/* No capture at hand has these: the expected values are those of Python's hmac module. */
static void test_key_add_addr_hmac__ipv6_without_and_with_port__covers_them(void **state)
{
    (void)state;
    static const uint8_t without[8] = {0xf6, 0x27, 0x8f, 0x5f, 0xd3, 0xb7, 0xae, 0x57};
    static const uint8_t with[8] = {0x71, 0x93, 0x8d, 0x4b, 0xe1, 0xfe, 0xb4, 0xf3};
    uint64_t sender = UINT64_C(0x9ffe9fd560fbd18a), receiver = UINT64_C(0xf1e0ec7e87ab225a);
    uint8_t hmac[8];
    mpt_endpoint address;
    assert_true(mpt_endpoint_parse_address("2001:db8:2::2", &address));
    mpt_key_add_addr_hmac(sender, receiver, 2, &address, hmac);
    assert_memory_equal(hmac, without, sizeof hmac);
    address.port = 5001;
    mpt_key_add_addr_hmac(sender, receiver, 2, &address, hmac);
    assert_memory_equal(hmac, with, sizeof hmac);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_token__v0__is_the_start_of_sha1),
        cmocka_unit_test(test_key_token__v1__is_what_the_join_carries),
        cmocka_unit_test(test_key_idsn__v0__is_the_end_of_sha1),
        cmocka_unit_test(test_key_idsn__v1__is_below_the_first_dsn),
        cmocka_unit_test(test_key_join_hmac__real_joins__are_reproduced),
        cmocka_unit_test(test_key_join_hmac__other_version_key_or_nonce__differs),
        cmocka_unit_test(test_key_add_addr_hmac__real_announcements__are_reproduced),
        cmocka_unit_test(test_key_add_addr_hmac__ipv6_without_and_with_port__covers_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
