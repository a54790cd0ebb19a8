/* test_vantage_engines.c - which engine gets a segment, and at which point reports count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/vantage/vantage_engines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void note_opened(mpt_engine *engine, unsigned point, void *user)
{
    unsigned *opened = user;

    assert_non_null(engine);
    assert_int_equal(point, *opened);
    ++*opened;
}

static GArray *ids(uint32_t id)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof id);

    g_array_append_val(list, id);
    return list;
}

static mpt_vantage_engines *open_engines(const mpt_vantage_request *request, unsigned *opened)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    return mpt_vantage_engines_new(request, &config, note_opened, opened);
}

/* One segment from each of these interfaces. */
static void feed(mpt_vantage_engines *p, const uint32_t *interfaces, unsigned count)
{
    mpt_segment segments[4] = {{.time_ns = 0}};

    assert_true(count <= G_N_ELEMENTS(segments));
    for (unsigned i = 0; i < count; i++) {
        segments[i].frame = i + 1;
        segments[i].time_ns = i;
        segments[i].presence = MPT_SEGMENT_INTERFACE;
        segments[i].interface_id = interfaces[i];
        segments[i].flags = MPT_TCP_ACK;
        segments[i].seq = 1000 * i;
    }
    mpt_vantage_engines_note_time(p, 0);
    mpt_vantage_engines_feed(p, segments, count);
    mpt_vantage_engines_flush(p);
}

static uint64_t segments_at(mpt_vantage_engines *p, unsigned point)
{
    return mpt_engine_get_counts(mpt_vantage_engines_at(p, point))->segments;
}

static void test_feed__one_interface__one_engine(void **state)
{
    const mpt_vantage_request nothing = {.client = NULL};
    unsigned opened = 0, order[MPT_VANTAGE_POINTS];
    mpt_vantage_engines *p = open_engines(&nothing, &opened);

    (void)state;
    feed(p, (const uint32_t[]){3, 3}, 2);
    mpt_vantage_engines_note_lost(p);
    assert_int_equal(opened, 1);
    assert_int_equal(mpt_vantage_engines_count(p), 1);
    assert_int_equal(segments_at(p, 0), 2);
    assert_int_equal(mpt_engine_get_counts(mpt_vantage_engines_at(p, 0))->lost_segments, 1);
    assert_true(mpt_vantage_engines_order(p, order));
    assert_int_equal(mpt_vantage_engines_chosen(p), 0);
    mpt_vantage_engines_free(p);
}

static void test_feed__ends_named__each_end_has_its_segments(void **state)
{
    GArray *client = ids(5), *server = ids(2);
    const mpt_vantage_request request = {
        .client = client, .server = server, .has_at = true, .at = MPT_AT_SERVER};
    unsigned opened = 0;
    mpt_vantage_engines *p = open_engines(&request, &opened);

    (void)state;
    assert_int_equal(opened, 2);
    feed(p, (const uint32_t[]){2, 5, 5, 9}, 4);
    assert_int_equal(segments_at(p, 0), 2);
    assert_int_equal(segments_at(p, 1), 1);
    assert_int_equal(mpt_vantage_dropped(mpt_vantage_engines_vantage(p)), 1);
    assert_int_equal(mpt_vantage_engines_chosen(p), 1);
    mpt_vantage_engines_free(p);
    g_array_free(client, TRUE);
    g_array_free(server, TRUE);
}

static void test_feed__one_end_named__the_rest_is_the_other(void **state)
{
    GArray *server = ids(2);
    mpt_vantage_request request = {
        .server = server, .has_at = true, .at = MPT_AT_INTERFACE, .at_interface = 9};
    unsigned opened = 0;
    mpt_vantage_engines *p = open_engines(&request, &opened);

    (void)state;
    feed(p, (const uint32_t[]){2, 5, 9}, 3);
    assert_int_equal(segments_at(p, 0), 2);
    assert_int_equal(segments_at(p, 1), 1);
    assert_int_equal(mpt_vantage_engines_chosen(p), 0);
    mpt_vantage_engines_free(p);
    mpt_vantage_engines_free(NULL);
    g_array_free(server, TRUE);
}

static void test_request_same__lists_and_at__compared(void **state)
{
    GArray *two = ids(2), *also_two = ids(2), *three = ids(3);
    const mpt_vantage_request a = {.client = two, .has_at = true, .at = MPT_AT_INTERFACE, .at_interface = 1};
    mpt_vantage_request b = a;

    (void)state;
    b.client = also_two;
    assert_true(mpt_vantage_request_same(&a, &b));
    b.client = three;
    assert_false(mpt_vantage_request_same(&a, &b));
    b.client = NULL;
    assert_false(mpt_vantage_request_same(&a, &b));
    b = a;
    b.at_interface = 2;
    assert_false(mpt_vantage_request_same(&a, &b));
    b.at = MPT_AT_CLIENT;
    assert_false(mpt_vantage_request_same(&a, &b));
    b.has_at = false;
    assert_false(mpt_vantage_request_same(&a, &b));
    g_array_free(two, TRUE);
    g_array_free(also_two, TRUE);
    g_array_free(three, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_feed__one_interface__one_engine),
        cmocka_unit_test(test_feed__ends_named__each_end_has_its_segments),
        cmocka_unit_test(test_feed__one_end_named__the_rest_is_the_other),
        cmocka_unit_test(test_request_same__lists_and_at__compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
