/* test_option.c - option bytes of real captures, of the RFCs' forms, and of nobody's.
 *
 * Invariant: every parse works on a heap block of exactly the bytes given, so a sanitizer sees a read beyond.
 * Random input comes from a fixed seed, which is printed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/protocol/option.h"
#include "tests/support/option_write.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SEED 20240613u

static size_t from_hex(const char *hex, uint8_t *bytes)
{
    size_t len = 0;
    for (; hex[0] && hex[1]; hex += 2)
        bytes[len++] = (uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
    return len;
}

static mpt_option_result parse_bytes(const uint8_t *bytes, size_t len, mpt_option *option, size_t *used)
{
    uint8_t *exact = g_memdup2(bytes, len); /* NULL for none */
    memset(option, 0xa5, sizeof *option);
    *used = 12345;
    mpt_option_result result = mpt_option_parse(exact, len, option, used);
    g_free(exact);
    assert_true(*used <= len && (*used > 0) == (len > 0));
    return result;
}

static mpt_option_result parse(const char *hex, mpt_option *option, size_t *used)
{
    uint8_t bytes[300] = {0};
    size_t len = from_hex(hex, bytes);
    return parse_bytes(bytes, len, option, used);
}

/* What is expected to be one whole, good option; it is written back to the same bytes. */
static mpt_option parse_ok(const char *hex)
{
    mpt_option option;
    uint8_t bytes[64], written[64];
    size_t len = from_hex(hex, bytes), used;
    if (parse(hex, &option, &used) != MPT_OPTION_OK)
        fail_msg("%s is refused", hex);
    assert_int_equal(used, len);
    assert_int_equal(option.length, len);
    assert_int_equal(mpt_option_write(&option, written, len), len);
    assert_memory_equal(written, bytes, len);
    return option;
}

static void assert_malformed(const char *hex)
{
    mpt_option option;
    size_t used;
    if (parse(hex, &option, &used) != MPT_OPTION_MALFORMED)
        fail_msg("%s is not refused", hex);
    assert_int_equal(used, strlen(hex) / 2);
}

/* An option of that subtype octet and length, the rest zero. */
static mpt_option_result parse_zeros(uint8_t subtype_octet, uint8_t length, mpt_option *option)
{
    uint8_t bytes[256] = {MPT_OPTION_KIND, length, subtype_octet};
    size_t used;
    mpt_option_result result = parse_bytes(bytes, length, option, &used);
    assert_int_equal(used, length);
    return result;
}

static void test_option_parse__v1_mp_capable_handshake__grows_by_step(void **state)
{
    (void)state;
    mpt_option syn = parse_ok("1e040101");
    assert_int_equal(syn.subtype, MPT_MP_CAPABLE);
    assert_int_equal(syn.capable.version, 1);
    assert_int_equal(syn.capable.flags, 1);
    assert_false(syn.capable.checksum_required || syn.capable.has_sender_key || syn.capable.has_receiver_key);

    mpt_option synack = parse_ok("1e0c01018a9867b0f7a15594");
    assert_true(synack.capable.has_sender_key && !synack.capable.has_receiver_key);
    assert_true(synack.capable.sender_key == UINT64_C(0x8a9867b0f7a15594));

    mpt_option ack = parse_ok("1e1401011a05b04431db11be8a9867b0f7a15594");
    assert_true(ack.capable.has_receiver_key && !ack.capable.has_data && !ack.capable.has_checksum);
    assert_true(ack.capable.sender_key == UINT64_C(0x1a05b04431db11be));
    assert_true(ack.capable.receiver_key == UINT64_C(0x8a9867b0f7a15594));

    mpt_option data = parse_ok("1e1601011a05b04431db11be8a9867b0f7a155947a60");
    assert_true(data.capable.has_data && !data.capable.has_checksum);
    assert_int_equal(data.capable.data_len, 0x7a60);

    mpt_option checksum = parse_ok("1e1801811a05b04431db11be8a9867b0f7a155947a60beef");
    assert_true(checksum.capable.checksum_required && checksum.capable.has_checksum);
    assert_int_equal(checksum.capable.checksum, 0xbeef);
}

static void test_option_parse__v0_mp_capable__has_the_key_in_the_syn(void **state)
{
    (void)state;
    mpt_option syn = parse_ok("1e0c0001ca2f07947b1bfd2b");
    assert_int_equal(syn.capable.version, 0);
    assert_true(syn.capable.has_sender_key && !syn.capable.has_receiver_key);
    assert_true(syn.capable.sender_key == UINT64_C(0xca2f07947b1bfd2b));
    mpt_option ack = parse_ok("1e140001ca2f07947b1bfd2ba78213619e4beafc");
    assert_true(ack.capable.has_receiver_key);
    assert_true(ack.capable.receiver_key == UINT64_C(0xa78213619e4beafc));
}

static void test_option_parse__mp_capable_of_a_later_version__keeps_version_and_flags_only(void **state)
{
    (void)state;
    mpt_option syn = parse_ok("1e040283");
    assert_int_equal(syn.capable.version, 2);
    assert_int_equal(syn.capable.flags, 0x83);
    assert_false(syn.capable.checksum_required);

    mpt_option option;
    size_t used;
    assert_int_equal(parse("1e0c0f01112233445566778899", &option, &used), MPT_OPTION_OK);
    assert_int_equal(used, 12);
    assert_int_equal(option.capable.version, 15);
    assert_false(option.capable.has_sender_key);
    assert_true(option.capable.sender_key == 0);
    assert_malformed("1e0302");
}

static void test_option_parse__mp_join__is_told_by_its_length(void **state)
{
    (void)state;
    mpt_option syn = parse_ok("1e0c10013266f9fb512470aa");
    assert_int_equal(syn.subtype, MPT_MP_JOIN);
    assert_int_equal(syn.join.step, MPT_JOIN_SYN);
    assert_false(syn.join.backup);
    assert_int_equal(syn.join.address_id, 1);
    assert_int_equal(syn.join.token, 0x3266f9fb);
    assert_int_equal(syn.join.nonce, 0x512470aa);

    mpt_option synack = parse_ok("1e101107e681108315693287de86956a");
    assert_int_equal(synack.join.step, MPT_JOIN_SYNACK);
    assert_true(synack.join.backup);
    assert_int_equal(synack.join.address_id, 7);
    assert_int_equal(synack.join.token, 0);
    assert_int_equal(synack.join.nonce, 0xde86956a);
    static const uint8_t short_hmac[20] = {0xe6, 0x81, 0x10, 0x83, 0x15, 0x69, 0x32, 0x87};
    assert_memory_equal(synack.join.hmac, short_hmac, 20);

    mpt_option ack = parse_ok("1e1810009b68d60e32b1045eb491ac661c2bb050f7787a0b");
    assert_int_equal(ack.join.step, MPT_JOIN_ACK);
    assert_int_equal(ack.join.hmac[0], 0x9b);
    assert_int_equal(ack.join.hmac[19], 0x0b);
}

/* v0 stacks set the bit of B in the third ACK, where it is reserved. */
static void test_option_parse__mp_join_ack_with_reserved_bits__ignores_them(void **state)
{
    (void)state;
    static const char hex[] = "1e1811ff07211583f89a237c3474fd76e2d135f5865970e7";
    mpt_option option;
    size_t used;
    assert_int_equal(parse(hex, &option, &used), MPT_OPTION_OK);
    assert_int_equal(option.join.step, MPT_JOIN_ACK);
    assert_false(option.join.backup);
    assert_int_equal(option.join.address_id, 0);
    assert_int_equal(option.join.hmac[0], 0x07);
}

static void test_option_parse__dss_of_real_traffic__has_what_its_flags_say(void **state)
{
    (void)state;
    mpt_option ack = parse_ok("1e0820016a47f0cc"); /* 32-bit DATA_ACK */
    assert_int_equal(ack.subtype, MPT_DSS);
    assert_true(ack.dss.has_ack && !ack.dss.ack_64bit && !ack.dss.has_mapping);
    assert_true(ack.dss.data_ack == 0x6a47f0cc);

    mpt_option ack64 = parse_ok("1e0c200357d2d254ef3e2a1b");
    assert_true(ack64.dss.ack_64bit && ack64.dss.data_ack == UINT64_C(0x57d2d254ef3e2a1b));

    mpt_option both = parse_ok("1e16200d0e4a67fe57d2d254ef3e248b000000017a60");
    assert_true(both.dss.has_ack && !both.dss.ack_64bit && both.dss.has_mapping && both.dss.dsn_64bit);
    assert_false(both.dss.data_fin || both.dss.has_checksum);
    assert_true(both.dss.data_ack == 0x0e4a67fe && both.dss.dsn == UINT64_C(0x57d2d254ef3e248b));
    assert_int_equal(both.dss.ssn, 1);
    assert_int_equal(both.dss.length, 0x7a60);

    mpt_option fin = parse_ok("1e1a201f690dbf36e719b139498579236a47f0cb000000000001");
    assert_true(fin.dss.data_fin && fin.dss.ack_64bit && fin.dss.dsn_64bit);
    assert_true(fin.dss.dsn == UINT64_C(0x498579236a47f0cb));
    assert_int_equal(fin.dss.ssn, 0);
    assert_int_equal(fin.dss.length, 1);

    mpt_option checksum = parse_ok("1e18200d7495e04e5f60c67642fd3b12000000017a60d970");
    assert_true(checksum.dss.has_checksum);
    assert_int_equal(checksum.dss.checksum, 0xd970);
    assert_int_equal(checksum.dss.length, 0x7a60);
}

static void test_option_parse__dss_of_every_flag_and_length__fits_or_is_malformed(void **state)
{
    (void)state;
    for (unsigned flags = 0; flags < 256; flags++) {
        bool ack = flags & 0x01, mapping = flags & 0x04;
        int plain = 4 + (ack ? (flags & 0x02 ? 8 : 4) : 0) + (mapping ? 6 + (flags & 0x08 ? 8 : 4) : 0);
        for (int length = 3; length <= 40; length++) {
            uint8_t bytes[40] = {MPT_OPTION_KIND, (uint8_t)length, 0x20, (uint8_t)flags};
            mpt_option option;
            size_t used;
            mpt_option_result result = parse_bytes(bytes, (size_t)length, &option, &used);
            if (length != plain && length != plain + 2) {
                assert_int_equal(result, MPT_OPTION_MALFORMED);
                continue;
            }
            assert_int_equal(result, MPT_OPTION_OK);
            assert_int_equal(option.dss.has_checksum, mapping && length == plain + 2);
            assert_int_equal(option.dss.has_ack, ack);
            assert_int_equal(option.dss.ack_64bit, ack && flags & 0x02);
            assert_int_equal(option.dss.dsn_64bit, mapping && flags & 0x08);
            assert_int_equal(option.dss.data_fin, mapping && flags & 0x10);
        }
    }
}

static void test_option_parse__v1_add_addr__has_hmac_or_echo(void **state)
{
    (void)state;
    char text[MPT_ENDPOINT_TEXT];
    mpt_option real = parse_ok("1e103001c6336402c067bac3c6beefa7");
    assert_int_equal(real.subtype, MPT_ADD_ADDR);
    assert_true(real.add_addr.has_hmac && !real.add_addr.echo && !real.add_addr.has_port);
    assert_int_equal(real.add_addr.address_id, 1);
    assert_string_equal(mpt_endpoint_text(&real.add_addr.address, text), "198.51.100.2:0");
    static const uint8_t hmac[8] = {0xc0, 0x67, 0xba, 0xc3, 0xc6, 0xbe, 0xef, 0xa7};
    assert_memory_equal(real.add_addr.hmac, hmac, 8);

    mpt_option echo = parse_ok("1e083101c6336402");
    assert_true(echo.add_addr.echo && !echo.add_addr.has_hmac);
    assert_true(mpt_endpoint_equal(&echo.add_addr.address, &real.add_addr.address));

    mpt_option port = parse_ok("1e123002c63364021389c067bac3c6beefa7");
    assert_true(port.add_addr.has_port && port.add_addr.has_hmac);
    assert_string_equal(mpt_endpoint_text(&port.add_addr.address, text), "198.51.100.2:5001");
    assert_memory_equal(port.add_addr.hmac, hmac, 8);

    mpt_option v6 = parse_ok("1e1e300920010db80000000000000000000000021389c067bac3c6beefa7");
    assert_string_equal(mpt_endpoint_text(&v6.add_addr.address, text), "[2001:db8::2]:5001");
    assert_true(v6.add_addr.has_port && v6.add_addr.has_hmac);
    assert_memory_equal(v6.add_addr.hmac, hmac, 8);
    mpt_option v6_echo = parse_ok("1e16310920010db80000000000000000000000021389");
    assert_true(v6_echo.add_addr.echo && v6_echo.add_addr.has_port && !v6_echo.add_addr.has_hmac);
}

static void test_option_parse__v0_add_addr__has_ipver(void **state)
{
    (void)state;
    char text[MPT_ENDPOINT_TEXT];
    mpt_option real = parse_ok("1e0834030b000001");
    assert_false(real.add_addr.echo || real.add_addr.has_hmac || real.add_addr.has_port);
    assert_int_equal(real.add_addr.address_id, 3);
    assert_string_equal(mpt_endpoint_text(&real.add_addr.address, text), "11.0.0.1:0");
    mpt_option v6 = parse_ok("1e16360420010db8000000000000000000000001ffff");
    assert_string_equal(mpt_endpoint_text(&v6.add_addr.address, text), "[2001:db8::1]:65535");
    assert_true(v6.add_addr.has_port);
}

static void test_option_parse__add_addr_of_every_nibble_and_length__is_told_apart(void **state)
{
    (void)state;
    for (unsigned nibble = 0; nibble < 16; nibble++) {
        for (int length = 3; length <= 40; length++) {
            bool v4 = length == 8 || length == 10, v6 = length == 20 || length == 22;
            bool hmac = length == 16 || length == 18 || length == 28 || length == 30;
            bool ok = hmac ? !(nibble & 1) : v4 ? nibble != 6 : v6 ? nibble != 4 : false;
            mpt_option option;
            mpt_option_result result = parse_zeros((uint8_t)(0x30 | nibble), (uint8_t)length, &option);
            assert_int_equal(result, ok ? MPT_OPTION_OK : MPT_OPTION_MALFORMED);
            if (!ok)
                continue;
            assert_int_equal(option.add_addr.has_hmac, hmac);
            assert_int_equal(option.add_addr.echo, nibble & 1);
            assert_int_equal(option.add_addr.has_port, length % 4 == 2);
            assert_int_equal(option.add_addr.address.family, length < 20 ? MPT_FAMILY_IPV4 : MPT_FAMILY_IPV6);
        }
    }
}

static void test_option_parse__small_ones__have_their_fields(void **state)
{
    (void)state;
    mpt_option remove = parse_ok("1e064005ff00");
    assert_int_equal(remove.subtype, MPT_REMOVE_ADDR);
    assert_int_equal(remove.remove_addr.count, 3);
    assert_memory_equal(remove.remove_addr.ids, "\x05\xff\x00", 3);

    mpt_option prio = parse_ok("1e0351");
    assert_true(prio.prio.backup && !prio.prio.has_address_id);
    prio = parse_ok("1e0350");
    assert_false(prio.prio.backup);
    prio = parse_ok("1e045109");
    assert_true(prio.prio.backup && prio.prio.has_address_id);
    assert_int_equal(prio.prio.address_id, 9);

    mpt_option fail = parse_ok("1e0c60005f60c67643013b12");
    assert_int_equal(fail.subtype, MPT_MP_FAIL);
    assert_true(fail.fail.dsn == UINT64_C(0x5f60c67643013b12));

    mpt_option fastclose = parse_ok("1e0c7000873f165451e71ae8");
    assert_int_equal(fastclose.subtype, MPT_MP_FASTCLOSE);
    assert_true(fastclose.fastclose.receiver_key == UINT64_C(0x873f165451e71ae8));

    mpt_option reset = parse_ok("1e048006");
    assert_int_equal(reset.subtype, MPT_MP_TCPRST);
    assert_int_equal(reset.tcprst.reason, 6);
    assert_false(reset.tcprst.transient);
    reset = parse_ok("1e048902");
    assert_true(reset.tcprst.transient);
    assert_int_equal(reset.tcprst.flags, 9);
}

static void test_option_parse__remove_addr_of_37_ids__fits(void **state)
{
    (void)state;
    mpt_option option;
    assert_int_equal(parse_zeros(0x40, 40, &option), MPT_OPTION_OK);
    assert_int_equal(option.remove_addr.count, 37);
    assert_int_equal(parse_zeros(0x40, 41, &option), MPT_OPTION_MALFORMED);
    assert_int_equal(parse_zeros(0x40, 255, &option), MPT_OPTION_MALFORMED);
    assert_int_equal(parse_zeros(0x40, 3, &option), MPT_OPTION_MALFORMED);
}

/* DSS and ADD_ADDR have cases of their own. */
static void test_option_parse__every_other_length__is_malformed(void **state)
{
    (void)state;
    static const struct {
        uint8_t octet;
        int lengths[6];
    } cases[] = {
        {0x00, {12, 20}},     {0x01, {4, 12, 20, 22, 24}},
        {0x10, {12, 16, 24}}, {0x50, {3, 4}},
        {0x60, {12}},         {0x70, {12}},
        {0x80, {4}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (int length = 2; length <= 255; length++) {
            bool ok = false;
            for (int j = 0; j < 6; j++)
                ok = ok || cases[i].lengths[j] == length;
            mpt_option option;
            mpt_option_result result = parse_zeros(cases[i].octet, (uint8_t)length, &option);
            if (result != (ok ? MPT_OPTION_OK : MPT_OPTION_MALFORMED))
                fail_msg("subtype octet %02x of length %d", cases[i].octet, length);
        }
    }
}

static void test_option_parse__subtype_without_a_name__is_another(void **state)
{
    (void)state;
    static const uint8_t octets[] = {0x90, 0xe1, 0xf0};
    mpt_option option;

    for (size_t i = 0; i < G_N_ELEMENTS(octets); i++) {
        for (int length = 3; length <= 40; length++) {
            assert_int_equal(parse_zeros(octets[i], (uint8_t)length, &option), MPT_OPTION_OTHER);
            assert_int_equal(option.subtype, octets[i] >> 4);
            assert_int_equal(option.length, length);
        }
        assert_int_equal(parse_zeros(octets[i], 2, &option), MPT_OPTION_MALFORMED);
        assert_int_equal(parse_zeros(octets[i], 41, &option), MPT_OPTION_MALFORMED);
    }
}

static void test_option_parse__nothing_left__is_the_end(void **state)
{
    (void)state;
    mpt_option option;
    size_t used;
    assert_int_equal(parse("", &option, &used), MPT_OPTION_END);
    assert_int_equal(used, 0);
}

static void test_option_parse__each_cut_of_an_option__uses_what_is_left(void **state)
{
    (void)state;
    uint8_t bytes[40];
    size_t len = from_hex("1e1a201f690dbf36e719b139498579236a47f0cb000000000001", bytes);
    for (size_t left = 1; left < len; left++) {
        mpt_option option;
        size_t used;
        assert_int_equal(parse_bytes(bytes, left, &option, &used), MPT_OPTION_CUT);
        assert_int_equal(used, left);
    }
}

static void test_option_parse__length_below_2_or_other_kind__uses_all(void **state)
{
    (void)state;
    assert_malformed("1e000101");
    assert_malformed("1e010101");
    assert_malformed("0101080a00000000");
    mpt_option option;
    size_t used;
    assert_int_equal(parse("1e021e0351", &option, &used), MPT_OPTION_MALFORMED); /* no room for a subtype */
    assert_int_equal(used, 2);
}

static void test_option_parse__several__come_one_after_the_other(void **state)
{
    (void)state;
    uint8_t bytes[40];
    size_t len = from_hex("1e0834030b0000011e0590aabb1e0351", bytes), at = 0, used;
    mpt_option option;
    assert_int_equal(parse_bytes(bytes, len, &option, &used), MPT_OPTION_OK);
    assert_int_equal(option.subtype, MPT_ADD_ADDR);
    at += used;
    assert_int_equal(parse_bytes(bytes + at, len - at, &option, &used), MPT_OPTION_OTHER);
    at += used;
    assert_int_equal(parse_bytes(bytes + at, len - at, &option, &used), MPT_OPTION_OK);
    assert_int_equal(option.subtype, MPT_MP_PRIO);
    assert_int_equal(at + used, len);
}

static void test_option_parse__random_bytes__ends_and_writes_back(void **state)
{
    (void)state;
    static const uint8_t lengths[] = {3, 4, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 40};
    print_message("seed %u\n", SEED);
    GRand *rand = g_rand_new_with_seed(SEED);
    unsigned good = 0;
    for (int round = 0; round < 200000; round++) {
        uint8_t bytes[48];
        size_t len = (size_t)g_rand_int_range(rand, 0, 45), at = 0;
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)g_rand_int(rand);
        if (round % 8) {
            bytes[0] = MPT_OPTION_KIND;
            bytes[1] = lengths[g_rand_int_range(rand, 0, G_N_ELEMENTS(lengths))];
            bytes[2] = (uint8_t)(bytes[2] % 0xa0);
        }
        while (at < len) {
            mpt_option first, second;
            uint8_t written[40];
            size_t used, again;
            mpt_option_result result = parse_bytes(bytes + at, len - at, &first, &used);
            assert_int_not_equal(result, MPT_OPTION_END);
            if (result == MPT_OPTION_OK) {
                good++;
                assert_int_equal(mpt_option_write(&first, written, first.length), used);
                assert_int_equal(parse_bytes(written, used, &second, &again), MPT_OPTION_OK);
                assert_int_equal(again, used);
                first.reserved = second.reserved; /* most are written as 0 */
                assert_memory_equal(&first, &second, sizeof first);
            }
            at += used;
        }
        assert_int_equal(at, len);
    }
    assert_true(good > 10000);
    g_rand_free(rand);
}

static void test_option_write__too_little_room__writes_nothing(void **state)
{
    (void)state;
    mpt_option option = parse_ok("1e0c60005f60c67643013b12");
    uint8_t bytes[12] = {0}, untouched[12] = {0};
    for (size_t size = 0; size < 12; size++)
        assert_int_equal(mpt_option_write(&option, bytes, size), 0);
    assert_memory_equal(bytes, untouched, sizeof bytes);
}

static void test_option_write__length_too_small_or_subtype_unknown__writes_nothing(void **state)
{
    (void)state;
    uint8_t bytes[256];
    mpt_option option = {.subtype = MPT_REMOVE_ADDR, .length = 39, .remove_addr = {.count = 37}};
    assert_int_equal(mpt_option_write(&option, bytes, sizeof bytes), 0);
    option.length = 40;
    assert_int_equal(mpt_option_write(&option, bytes, sizeof bytes), 40);
    option.remove_addr.count = 255; /* no such option: what there is of it, and not a byte beyond ids */
    assert_int_equal(mpt_option_write(&option, bytes, sizeof bytes), 40);
    option.length = 41;
    assert_int_equal(mpt_option_write(&option, bytes, sizeof bytes), 0);

    mpt_option dss = {
        .subtype = MPT_DSS, .length = 21, .dss = {.has_mapping = true, .dsn_64bit = true, .has_ack = true}};
    assert_int_equal(mpt_option_write(&dss, bytes, sizeof bytes), 0);
    dss.length = 22;
    assert_int_equal(mpt_option_write(&dss, bytes, sizeof bytes), 22);
    mpt_option none = {.subtype = MPT_SUBTYPES, .length = 4};
    assert_int_equal(mpt_option_write(&none, bytes, sizeof bytes), 0);
}

static void test_subtype_name__each_and_beyond__is_the_rfcs(void **state)
{
    (void)state;
    static const char *const names[] = {"MP_CAPABLE", "MP_JOIN", "DSS",          "ADD_ADDR",  "REMOVE_ADDR",
                                        "MP_PRIO",    "MP_FAIL", "MP_FASTCLOSE", "MP_TCPRST", "unknown"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        assert_string_equal(mpt_subtype_name((mpt_subtype)i), names[i]);
    assert_string_equal(mpt_subtype_name((mpt_subtype)14), "unknown");
    assert_string_equal(mpt_subtype_name((mpt_subtype)15), "MP_EXPERIMENTAL");
}

static void test_tcprst_reason_text__each_and_beyond__is_the_rfcs(void **state)
{
    (void)state;
    assert_string_equal(mpt_tcprst_reason_text(0), "unspecified error");
    assert_string_equal(mpt_tcprst_reason_text(1), "MPTCP-specific error");
    assert_string_equal(mpt_tcprst_reason_text(3), "administratively prohibited");
    assert_string_equal(mpt_tcprst_reason_text(6), "middlebox interference");
    assert_string_equal(mpt_tcprst_reason_text(7), "unknown reason");
    assert_string_equal(mpt_tcprst_reason_text(255), "unknown reason");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_option_parse__v1_mp_capable_handshake__grows_by_step),
        cmocka_unit_test(test_option_parse__v0_mp_capable__has_the_key_in_the_syn),
        cmocka_unit_test(test_option_parse__mp_capable_of_a_later_version__keeps_version_and_flags_only),
        cmocka_unit_test(test_option_parse__mp_join__is_told_by_its_length),
        cmocka_unit_test(test_option_parse__mp_join_ack_with_reserved_bits__ignores_them),
        cmocka_unit_test(test_option_parse__dss_of_real_traffic__has_what_its_flags_say),
        cmocka_unit_test(test_option_parse__dss_of_every_flag_and_length__fits_or_is_malformed),
        cmocka_unit_test(test_option_parse__v1_add_addr__has_hmac_or_echo),
        cmocka_unit_test(test_option_parse__v0_add_addr__has_ipver),
        cmocka_unit_test(test_option_parse__add_addr_of_every_nibble_and_length__is_told_apart),
        cmocka_unit_test(test_option_parse__small_ones__have_their_fields),
        cmocka_unit_test(test_option_parse__remove_addr_of_37_ids__fits),
        cmocka_unit_test(test_option_parse__every_other_length__is_malformed),
        cmocka_unit_test(test_option_parse__subtype_without_a_name__is_another),
        cmocka_unit_test(test_option_parse__nothing_left__is_the_end),
        cmocka_unit_test(test_option_parse__each_cut_of_an_option__uses_what_is_left),
        cmocka_unit_test(test_option_parse__length_below_2_or_other_kind__uses_all),
        cmocka_unit_test(test_option_parse__several__come_one_after_the_other),
        cmocka_unit_test(test_option_parse__random_bytes__ends_and_writes_back),
        cmocka_unit_test(test_option_write__too_little_room__writes_nothing),
        cmocka_unit_test(test_option_write__length_too_small_or_subtype_unknown__writes_nothing),
        cmocka_unit_test(test_subtype_name__each_and_beyond__is_the_rfcs),
        cmocka_unit_test(test_tcprst_reason_text__each_and_beyond__is_the_rfcs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
