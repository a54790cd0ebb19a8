/* test_checksum.c - DSS checksums against a straightforward one, whole, in pieces, in any order, cut.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tap/engine/protocol/checksum.h"
#include "tests/support/seeded.h"

/* RFC 8684 3.3: pseudo-header and payload laid out as bytes, padded to an even number, RFC 1071. */
static uint16_t plain_checksum(uint64_t dsn, uint32_t ssn, uint16_t length, const uint8_t *payload, size_t n)
{
    uint8_t *bytes = g_malloc0(16 + n + 1);
    uint32_t sum = 0;
    size_t i;

    for (i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(dsn >> (56 - 8 * i));
    for (i = 0; i < 4; i++)
        bytes[8 + i] = (uint8_t)(ssn >> (24 - 8 * i));
    bytes[12] = (uint8_t)(length >> 8);
    bytes[13] = (uint8_t)length;
    memcpy(bytes + 16, payload, n);
    for (i = 0; i < 16 + n; i += 2) {
        sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    g_free(bytes);
    return (uint16_t)~sum;
}

static void fill(GRand *rand, uint8_t *bytes, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        bytes[i] = (uint8_t)below(rand, 256);
}

static void open_mapping(mpt_checksums *c, int64_t position, uint32_t length, uint64_t dsn, uint32_t ssn,
                         uint16_t dss_length, uint16_t checksum)
{
    mpt_checksums_open(c, &(mpt_checksummed){.position = position,
                                             .dsn = dsn,
                                             .ssn = ssn,
                                             .dss_length = dss_length,
                                             .checksum = checksum,
                                             .length = length});
}

/* Mappings of 10 bytes whose checksum is off by so much, or has its bytes swapped. */
static mpt_checksum_faults faults_of(const uint16_t *off, unsigned n, bool swapped)
{
    mpt_checksums c = {0};
    mpt_checksum_faults faults;

    for (unsigned i = 0; i < n; i++) {
        uint8_t payload[10] = {(uint8_t)i, 7, 9};
        uint32_t sum = plain_checksum(1000 * i, 10 * i, 10, payload, 10) + off[i];
        uint16_t folded = (uint16_t)((sum & 0xffff) + (sum >> 16));

        if (swapped)
            folded = (uint16_t)(folded << 8 | folded >> 8);
        open_mapping(&c, 10 * i, 10, 1000 * i, 10 * i, 10, folded);
        mpt_checksums_payload(&c, 10 * i, payload, 10, 10, NULL);
    }
    assert_int_equal(c.ok + c.bad, n);
    faults = c.faults;
    mpt_checksums_clear(&c);
    return faults;
}

static void test_checksums__all_off_by_the_same__seen(void **state)
{
    static const uint16_t same[] = {3, 3, 3}, other[] = {3, 3, 4}, none[] = {0, 0, 0};

    (void)state;
    assert_false(faults_of(same, 3, false).differ);
    assert_int_equal(faults_of(same, 3, false).residue, 3);
    assert_true(faults_of(other, 3, false).differ);
    assert_int_equal(faults_of(same, 3, false).swapped, 0);
    assert_int_equal(faults_of(none, 3, true).swapped, 3);
    assert_true(faults_of(none, 3, true).differ);
}

static void test_checksums__whole_mapping__ok(void **state)
{
    uint8_t payload[1401];
    mpt_checksums c = {0};
    GRand *rand = seeded();

    (void)state;
    fill(rand, payload, sizeof payload);
    open_mapping(&c, 1, sizeof payload, UINT64_C(0xfedcba9876543210), 1, sizeof payload,
                 plain_checksum(UINT64_C(0xfedcba9876543210), 1, sizeof payload, payload, sizeof payload));
    assert_int_equal(mpt_checksums_payload(&c, 1, payload, sizeof payload, sizeof payload, NULL), 0);
    assert_int_equal(c.ok, 1);
    assert_int_equal(c.bad, 0);
    assert_int_equal(mpt_checksums_incomplete(&c), 0);
    mpt_checksums_clear(&c);
    g_rand_free(rand);
}

static void test_checksums__one_bit_wrong__bad_once(void **state)
{
    uint8_t payload[100] = {7};
    uint16_t sum = plain_checksum(5, 1, sizeof payload, payload, sizeof payload);
    mpt_checksums c = {0};
    mpt_checksummed where = {0};

    (void)state;
    open_mapping(&c, 11, sizeof payload, 5, 1, sizeof payload, sum);
    payload[99] ^= 1;
    assert_int_equal(mpt_checksums_payload(&c, 11, payload, sizeof payload, sizeof payload, &where), 1);
    assert_int_equal(where.position, 11);
    assert_int_equal(where.dsn, 5);
    assert_int_equal(where.dss_length, sizeof payload);
    assert_true(!c.faults.differ && !c.faults.swapped);
    /* repeated, with its mapping: counted once */
    open_mapping(&c, 11, sizeof payload, 5, 1, sizeof payload, sum);
    payload[99] ^= 1;
    assert_int_equal(mpt_checksums_payload(&c, 11, payload, sizeof payload, sizeof payload, NULL), 0);
    assert_int_equal(c.bad, 1);
    assert_int_equal(c.ok, 0);
    mpt_checksums_clear(&c);
}

static void test_checksums__data_fin_in_length__ok(void **state)
{
    uint8_t payload[3] = {1, 2, 3};
    mpt_checksums c = {0};

    (void)state;
    /* the DATA_FIN counts in the length of the pseudo-header, not in the payload */
    open_mapping(&c, 1, 3, 9, 1, 4, plain_checksum(9, 1, 4, payload, 3));
    mpt_checksums_payload(&c, 1, payload, 3, 3, NULL);
    assert_int_equal(c.ok, 1);
    mpt_checksums_clear(&c);
}

static void test_checksums__payload_cut__incomplete(void **state)
{
    uint8_t payload[10] = {1};
    mpt_checksums c = {0};

    (void)state;
    open_mapping(&c, 1, 10, 9, 1, 10, plain_checksum(9, 1, 10, payload, 10));
    open_mapping(&c, 100, 10, 9, 1, 10, 0); /* no payload at all: not counted */
    mpt_checksums_payload(&c, 1, payload, 10, 6, NULL);
    assert_int_equal(mpt_checksums_incomplete(&c), 1);
    mpt_checksums_payload(&c, 1, NULL, 10, 0, NULL);
    assert_int_equal(mpt_checksums_incomplete(&c), 1);
    assert_int_equal(c.ok + c.bad, 0);
    mpt_checksums_clear(&c);
}

/* Mappings one after another, their payload in pieces of any size and order, some twice,
 * across their bounds. */
static void test_checksums__random_pieces__all_ok(void **state)
{
    enum { BYTES = 20000 };
    uint8_t *bytes = g_malloc(BYTES);
    GRand *rand = seeded();
    mpt_checksums c = {0};
    unsigned mappings = 0;
    uint32_t at, n, i;
    uint32_t pieces = 0;

    (void)state;
    fill(rand, bytes, BYTES);
    for (at = 0; at < BYTES; at += n, mappings++) {
        n = 1 + below(rand, 700);
        n = MIN(n, BYTES - at);
        open_mapping(&c, at, n, 1000 + at, at, (uint16_t)n,
                     plain_checksum(1000 + at, at, (uint16_t)n, bytes + at, n));
    }
    while (c.ok < mappings && pieces++ < 20000) {
        at = below(rand, BYTES);
        i = 1 + below(rand, 1500);
        i = MIN(i, BYTES - at);
        assert_int_equal(mpt_checksums_payload(&c, at, bytes + at, i, i, NULL), 0);
    }
    mpt_checksums_payload(&c, 0, bytes, BYTES, BYTES, NULL);
    assert_int_equal(c.ok, mappings);
    assert_int_equal(c.bad, 0);
    mpt_checksums_clear(&c);
    g_rand_free(rand);
    g_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checksums__all_off_by_the_same__seen),
        cmocka_unit_test(test_checksums__whole_mapping__ok),
        cmocka_unit_test(test_checksums__one_bit_wrong__bad_once),
        cmocka_unit_test(test_checksums__data_fin_in_length__ok),
        cmocka_unit_test(test_checksums__payload_cut__incomplete),
        cmocka_unit_test(test_checksums__random_pieces__all_ok),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
