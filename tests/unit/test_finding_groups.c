/* test_finding_groups.c - which findings are one, and how their extent is written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plugin/report/common/finding_groups.h"

#define S INT64_C(1000000000)

/* A finding of one clause: a reason, which is the cause, and a number, which is not. */
static mpt_finding refused(uint32_t connection, int64_t time_ns, uint8_t reason)
{
    return (mpt_finding){.id = MPT_FINDING_JOIN_REFUSED,
                         .severity = MPT_SEVERITY_WARNING,
                         .has_connection = true,
                         .connection = connection,
                         .frame = (uint32_t)(time_ns / S) + 1,
                         .time = {.known = true, .ns = time_ns},
                         .count = 1,
                         .clause_count = 1,
                         .term_count = 2,
                         .clauses = {{.phrase = MPT_PHRASE_CARRIER_SEGMENTS}},
                         .terms = {{.type = MPT_TERM_COUNT, .number = (uint64_t)time_ns},
                                   {.type = MPT_TERM_REASON, .number = reason}}};
}

static mpt_finding_groups *groups;

static void begin(bool sentences)
{
    groups = mpt_finding_groups_new(NULL, sentences);
}

/* As found in a connection whose client has this address. */
static void add(mpt_finding f, const char *client)
{
    mpt_connection_view v = {.id = f.connection};
    GArray *found = g_array_new(FALSE, FALSE, sizeof f);

    assert_true(mpt_endpoint_parse_address(client, &v.end[MPT_CLIENT]));
    g_array_append_val(found, f);
    mpt_finding_groups_add(groups, found, &v);
}

static guint count(void)
{
    return mpt_finding_groups_of(groups, MPT_SEVERITY_WARNING)->len;
}

static const mpt_finding_group *at(guint i)
{
    return g_ptr_array_index(mpt_finding_groups_of(groups, MPT_SEVERITY_WARNING), i);
}

static void assert_extent(guint i, const char *text)
{
    GString *out = g_string_new(NULL);

    mpt_finding_group_extent(at(i), out);
    assert_string_equal(out->str, text);
    g_string_free(out, TRUE);
}

static void test_add__same_cause__one_group_that_begins_with_the_earliest(void **state)
{
    (void)state;
    begin(false);
    add(refused(0, 7 * S, 3), "192.0.2.1");
    add(refused(1, 5 * S, 3), "192.0.2.2");
    add(refused(1, 9 * S, 3), "192.0.2.2");
    assert_int_equal(count(), 1);
    assert_int_equal(at(0)->times, 3);
    assert_int_equal(at(0)->count, 3);
    assert_int_equal(at(0)->connections, 2);
    assert_int_equal(at(0)->addresses, 2);
    assert_int_equal(at(0)->first.connection, 1);
    assert_int_equal(at(0)->first.time.ns, 5 * S);
    assert_int_equal(at(0)->last_time.ns, 9 * S);
    mpt_finding_groups_free(groups);
}

static void test_add__another_reason_party_or_check__is_a_group_of_its_own(void **state)
{
    mpt_finding check = refused(0, 1 * S, 3), phrase = refused(0, 1 * S, 3), way = refused(0, 1 * S, 3);

    (void)state;
    begin(false);
    check.id = MPT_FINDING_JOIN_LIMIT;
    phrase.clauses[0].phrase = MPT_PHRASE_CARRIER_SYN;
    way.direction = (mpt_maybe_int){.known = true, .value = MPT_S2C};
    add(refused(0, 1 * S, 3), "192.0.2.1");
    add(refused(0, 1 * S, 2), "192.0.2.1");
    add(check, "192.0.2.1");
    add(phrase, "192.0.2.1");
    add(way, "192.0.2.1");
    assert_int_equal(count(), 5);
    mpt_finding_groups_free(groups);
}

static void test_add__more_than_are_listed__all_are_counted(void **state)
{
    (void)state;
    begin(true);
    for (unsigned i = 0; i < MPT_OCCURRENCES + 5; i++)
        add(refused(i, (int64_t)i * S, 3), "192.0.2.1");
    assert_int_equal(at(0)->times, MPT_OCCURRENCES + 5);
    assert_int_equal(at(0)->connections, MPT_OCCURRENCES + 5);
    assert_int_equal(at(0)->occurrences->len, MPT_OCCURRENCES);
    assert_string_equal(g_array_index(at(0)->occurrences, mpt_finding_occurrence, 12).sentence,
                        "12,000,000,000 segments");
    mpt_finding_groups_free(groups);
}

static void test_extent__found_once__nothing(void **state)
{
    (void)state;
    begin(false);
    add(refused(0, 1 * S, 3), "192.0.2.1");
    assert_extent(0, "");
    mpt_finding_groups_free(groups);
}

static void test_extent__few__names_the_others(void **state)
{
    mpt_finding second = refused(1, 5 * S, 3);

    (void)state;
    begin(false);
    second.subflow = (mpt_maybe_int){.known = true, .value = 4};
    add(second, "192.0.2.2");
    add(refused(0, 2 * S, 3), "192.0.2.1");
    assert_extent(0, "Also: connection 1, subflow 4, frame 6, 5.000000 s.");
    mpt_finding_groups_free(groups);
}

static void test_extent__many__how_often_and_where(void **state)
{
    (void)state;
    begin(false);
    for (unsigned i = 0; i < 60; i++) {
        mpt_finding f = refused(i / 2, (int64_t)i * S, 3);
        f.unit = MPT_FINDING_OF_BYTES;
        f.count = 100;
        add(f, i < 30 ? "192.0.2.1" : "2001:db8::1");
    }
    assert_extent(
        0, "60 times in 30 connections, from 2 addresses, 6,000 bytes in all; the last at 59.000000 s.");
    mpt_finding_groups_free(groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add__same_cause__one_group_that_begins_with_the_earliest),
        cmocka_unit_test(test_add__another_reason_party_or_check__is_a_group_of_its_own),
        cmocka_unit_test(test_add__more_than_are_listed__all_are_counted),
        cmocka_unit_test(test_extent__found_once__nothing),
        cmocka_unit_test(test_extent__few__names_the_others),
        cmocka_unit_test(test_extent__many__how_often_and_where),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
