/* test_endpoint.c - endpoints: identity, order, text.
 *
 * Invariant: no case depends on another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/base/endpoint.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t v4_bytes[4] = {192, 0, 2, 1};
static const uint8_t v6_bytes[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};

/* From dirt, so that what set() leaves alone shows. */
static mpt_endpoint made(const uint8_t *address, size_t len, uint16_t port)
{
    mpt_endpoint e;
    memset(&e, 0xa5, sizeof e);
    mpt_endpoint_set(&e, address, len, port);
    return e;
}

static mpt_endpoint read_from(const char *text, uint16_t port)
{
    mpt_endpoint e;
    memset(&e, 0xa5, sizeof e);
    assert_true(mpt_endpoint_parse_address(text, &e));
    assert_int_equal(e.port, 0);
    e.port = port;
    return e;
}

static void test_endpoint_set__ipv4__zeroes_the_rest(void **state)
{
    (void)state;
    mpt_endpoint e = made(v4_bytes, 4, 80), expected = {{192, 0, 2, 1}, 80, MPT_FAMILY_IPV4, 0};
    assert_memory_equal(&e, &expected, sizeof e);
    assert_int_equal(mpt_endpoint_address_len(&e), 4);
}

static void test_endpoint_set__ipv6__takes_16_bytes(void **state)
{
    (void)state;
    mpt_endpoint e = made(v6_bytes, 16, 65535);
    assert_int_equal(e.family, MPT_FAMILY_IPV6);
    assert_int_equal(e.port, 65535);
    assert_memory_equal(e.address, v6_bytes, 16);
    assert_int_equal(mpt_endpoint_address_len(&e), 16);
}

static void test_endpoint_set__other_length__has_no_family(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 3, 5, 15, 17};
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        mpt_endpoint e = made(v6_bytes, lengths[i], 7), expected = {.port = 7};
        assert_memory_equal(&e, &expected, sizeof e);
        assert_int_equal(mpt_endpoint_address_len(&e), 0);
    }
}

static void test_endpoint_equal__any_part_differs__is_false(void **state)
{
    (void)state;
    mpt_endpoint e = read_from("192.0.2.1", 80), port = read_from("192.0.2.1", 81);
    mpt_endpoint address = read_from("192.0.2.2", 80), family = read_from("c000:201::", 80);
    mpt_endpoint same = made(v4_bytes, 4, 80);
    assert_true(mpt_endpoint_equal(&e, &same));
    assert_false(mpt_endpoint_equal(&e, &port));
    assert_false(mpt_endpoint_equal(&e, &address));
    assert_false(mpt_endpoint_equal(&e, &family)); /* the same bytes */
}

static void test_endpoint_same_address__other_port__is_true(void **state)
{
    (void)state;
    mpt_endpoint e = read_from("2001:db8::1", 80), port = read_from("2001:db8::1", 81);
    mpt_endpoint last = read_from("2001:db8::2", 80);
    mpt_endpoint v4 = read_from("192.0.2.1", 80), family = read_from("c000:201::", 80);
    assert_true(mpt_endpoint_same_address(&e, &port));
    assert_false(mpt_endpoint_same_address(&e, &last));
    assert_false(mpt_endpoint_same_address(&v4, &family));
}

static void test_endpoint_hash__65536_neighbours__spreads(void **state)
{
    (void)state;
    enum { BUCKETS = 4096, MEAN = 16 };
    unsigned fill[BUCKETS] = {0};
    mpt_endpoint e = read_from("10.0.0.0", 0);
    for (unsigned i = 0; i < BUCKETS * MEAN; i++) {
        e.address[3] = (uint8_t)i;
        e.port = (uint16_t)(40000 + i / 256);
        fill[mpt_endpoint_hash(&e) % BUCKETS]++;
    }
    for (unsigned i = 0; i < BUCKETS; i++)
        assert_in_range(fill[i], 1, 4 * MEAN);
}

static void test_endpoint_hash__each_byte__matters(void **state)
{
    (void)state;
    mpt_endpoint e = read_from("2001:db8::1", 80), changed;
    for (size_t i = 0; i < offsetof(mpt_endpoint, zero); i++) {
        changed = e;
        ((uint8_t *)&changed)[i] ^= 1;
        assert_int_not_equal(mpt_endpoint_hash(&changed), mpt_endpoint_hash(&e));
    }
    changed = e;
    assert_int_equal(mpt_endpoint_hash(&changed), mpt_endpoint_hash(&e));
}

static void test_endpoint_text__each_family__is_canonical(void **state)
{
    (void)state;
    static const struct {
        const char *in, *address, *whole;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", "192.0.2.1:65535"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", "[2001:db8::1]:65535"},
        {"2001:db8:0:1:0:0:0:0", "2001:db8:0:1::", "[2001:db8:0:1::]:65535"},
        {"2001:0db8:0000:0001:0001:0001:0001:0001", "2001:db8:0:1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]:65535"},
        {"::", "::", "[::]:65535"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char address[MPT_ADDRESS_TEXT], whole[MPT_ENDPOINT_TEXT];
        mpt_endpoint e = read_from(cases[i].in, 65535);
        assert_string_equal(mpt_endpoint_address_text(&e, address), cases[i].address);
        assert_string_equal(mpt_endpoint_text(&e, whole), cases[i].whole);
    }
}

static void test_endpoint_text__no_family__is_empty(void **state)
{
    (void)state;
    char address[MPT_ADDRESS_TEXT] = "x", whole[MPT_ENDPOINT_TEXT] = "x";
    mpt_endpoint e = made(NULL, 0, 80);
    assert_string_equal(mpt_endpoint_address_text(&e, address), "");
    assert_string_equal(mpt_endpoint_text(&e, whole), "");
}

static void test_endpoint_parse_address__no_address__leaves_it_alone(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",        " ",     "192.0.2", "192.0.2.256", "192.0.2.1:80", "192.0.2.1 ",
        "1::2::3", "[::1]", "::1%lo",  "2001:db8::g", "example.com",  "0x7f.0.0.1"};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        mpt_endpoint e, before;
        memset(&e, 0xa5, sizeof e);
        before = e;
        assert_false(mpt_endpoint_parse_address(cases[i], &e));
        assert_memory_equal(&e, &before, sizeof e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoint_set__ipv4__zeroes_the_rest),
        cmocka_unit_test(test_endpoint_set__ipv6__takes_16_bytes),
        cmocka_unit_test(test_endpoint_set__other_length__has_no_family),
        cmocka_unit_test(test_endpoint_equal__any_part_differs__is_false),
        cmocka_unit_test(test_endpoint_same_address__other_port__is_true),
        cmocka_unit_test(test_endpoint_hash__65536_neighbours__spreads),
        cmocka_unit_test(test_endpoint_hash__each_byte__matters),
        cmocka_unit_test(test_endpoint_text__each_family__is_canonical),
        cmocka_unit_test(test_endpoint_text__no_family__is_empty),
        cmocka_unit_test(test_endpoint_parse_address__no_address__leaves_it_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
