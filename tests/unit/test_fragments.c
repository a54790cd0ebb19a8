/* test_fragments.c - datagrams from fragments in any order, that overlap, that never end; any frame cut anywhere.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tap/reader/fragments.h"
#include "tap/reader/reader.h"

static const char TEXT[] = "0123456789abcdef";

static const uint8_t *add(mpt_fragments *f, uint32_t id, uint32_t offset, uint32_t length, bool more,
                          const char *bytes)
{
    mpt_fragment fragment = {
        .id = id, .offset = offset, .length = length, .more = more, .bytes = (const uint8_t *)bytes};
    uint32_t whole = 0;
    unsigned forgotten = 0;
    const uint8_t *got = mpt_fragments_add(f, &fragment, &whole, &forgotten);

    if (got)
        assert_int_equal(whole, 16);
    return got;
}

static void test_add__backwards__whole(void **state)
{
    mpt_fragments *f = mpt_fragments_new();

    (void)state;
    assert_null(add(f, 1, 8, 8, false, TEXT + 8));
    assert_null(add(f, 2, 0, 8, true, "otherone"));
    assert_memory_equal(add(f, 1, 0, 8, true, TEXT), TEXT, 16);
    /* What was completed is gone: the same number begins anew. */
    assert_null(add(f, 1, 8, 8, false, TEXT + 8));
    mpt_fragments_free(f);
}

static void test_add__overlap__earlier_offset_counts(void **state)
{
    mpt_fragments *f = mpt_fragments_new();

    (void)state;
    assert_null(add(f, 1, 8, 8, false, "xxxxcdef"));
    assert_memory_equal(add(f, 1, 0, 12, true, TEXT), TEXT, 16);
    mpt_fragments_free(f);
}

static void test_add__never_complete__bounded(void **state)
{
    static const uint8_t bytes[60000];
    mpt_fragments *f = mpt_fragments_new();
    unsigned forgotten = 0;
    uint32_t length;

    (void)state;
    for (uint32_t id = 0; id < 1000; id++) {
        mpt_fragment fragment = {.id = id, .length = sizeof bytes, .more = true, .bytes = bytes};
        assert_null(mpt_fragments_add(f, &fragment, &length, &forgotten));
    }
    assert_true(forgotten >= 1000 - MPT_FRAGMENTS_BYTES / sizeof bytes);
    mpt_fragments_free(f);
}

/* Ethernet, VLAN, IPv4, GRE, IPv4, TCP with timestamps. */
static const uint8_t FRAME[] = {
    2, 0,  0,    0,    0, 2,  2,    0,  0, 0, 0,    1, 0x81, 0, 0,    5,    8,   0,  0x45, 0,
    0, 80, 0,    7,    0, 0,  0x40, 47, 0, 0, 10,   0, 0,    1, 10,   0,    0,   2,  0,    0,
    8, 0,  0x45, 0,    0, 56, 0,    9,  0, 0, 0x40, 6, 0,    0, 192,  0,    2,   1,  192,  0,
    2, 2,  0x9c, 0x40, 0, 80, 0,    0,  0, 1, 0,    0, 0,    2, 0x80, 0x10, 1,   0,  0,    0,
    0, 0,  1,    1,    8, 10, 0,    0,  0, 5, 0,    0, 0,    6, 'd',  'a',  't', 'a'};

static unsigned read_cut(uint32_t captured, mpt_segment *segments)
{
    mpt_reader *reader = mpt_reader_new(true);
    uint8_t *bytes = g_memdup2(FRAME, captured);
    mpt_frame frame = {
        .number = 1, .link = MPT_LINK_ETHERNET, .bytes = bytes, .captured = captured, .length = sizeof FRAME};
    mpt_icmp_error icmp;
    unsigned n = mpt_reader_read(reader, &frame, segments, &icmp);

    mpt_reader_free(reader);
    g_free(bytes);
    return n;
}

static void test_read__whole__all_values(void **state)
{
    mpt_segment g[MPT_READER_SEGMENTS];

    (void)state;
    assert_int_equal(read_cut(sizeof FRAME, g), 1);
    assert_int_equal(g[0].src.port, 40000);
    assert_int_equal(g[0].dst.address[3], 2);
    assert_int_equal(g[0].payload_len, 4);
    assert_int_equal(g[0].captured_payload, 4);
    assert_int_equal(g[0].tsval, 5);
    assert_int_equal(g[0].tsecr, 6);
    assert_int_equal(g[0].ip_id, 9);
}

static void test_read__cut_anywhere__segment_from_the_window_on(void **state)
{
    mpt_segment g[MPT_READER_SEGMENTS];

    (void)state;
    for (uint32_t captured = 0; captured <= sizeof FRAME; captured++) {
        assert_int_equal(read_cut(captured, g), captured >= sizeof FRAME - 20);
        if (captured >= sizeof FRAME - 20)
            assert_int_equal(!!(g[0].presence & MPT_SEGMENT_CUT_OPTIONS), captured < sizeof FRAME - 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add__backwards__whole),
        cmocka_unit_test(test_add__overlap__earlier_offset_counts),
        cmocka_unit_test(test_add__never_complete__bounded),
        cmocka_unit_test(test_read__whole__all_values),
        cmocka_unit_test(test_read__cut_anywhere__segment_from_the_window_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
