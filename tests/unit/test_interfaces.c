/* test_interfaces.c - by which interface packets of a subflow passed, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/common/interfaces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *name_of(uint32_t id)
{
    static const char *const names[] = {"eth0", "eth1"};

    return id < G_N_ELEMENTS(names) ? names[id] : NULL;
}

static void assert_interfaces(mpt_seen_at at, const char *expected)
{
    mpt_half h = {.seen_at = at};
    char *text = mpt_interfaces_of(&h, name_of);

    if (expected)
        assert_string_equal(text, expected);
    else
        assert_null(text);
    g_free(text);
}

static void test_interfaces__by_what_the_file_knows(void **state)
{
    const uint8_t interface = MPT_SEEN_ANY | MPT_SEEN_INTERFACE, link = interface | MPT_SEEN_LINK;

    (void)state;
    assert_interfaces((mpt_seen_at){0}, NULL);
    assert_interfaces((mpt_seen_at){.presence = MPT_SEEN_ANY}, NULL);
    assert_interfaces((mpt_seen_at){.presence = interface, .interface_id = 1}, "eth1");
    assert_interfaces((mpt_seen_at){.presence = interface, .interface_id = 7}, NULL);
    assert_interfaces((mpt_seen_at){.presence = interface, .moved = true}, "eth0 and others");
    assert_interfaces((mpt_seen_at){.presence = link, .link_index = 4}, "index 4");
    assert_interfaces((mpt_seen_at){.presence = link, .link_index = 4, .moved = true}, "index 4 and others");
}

static void assert_both(uint8_t client, uint8_t server, mpt_side client_side, const char *expected)
{
    mpt_subflow s = {0};
    mpt_subflow_view view = {.subflow = &s, .side = {client_side, mpt_side_other(client_side)}};

    s.half[client_side].seen_at = (mpt_seen_at){.presence = client, .interface_id = 0};
    s.half[mpt_side_other(client_side)].seen_at = (mpt_seen_at){.presence = server, .interface_id = 1};
    char *text = mpt_interfaces_of_both(&view, name_of);
    if (expected)
        assert_string_equal(text, expected);
    else
        assert_null(text);
    g_free(text);
}

static void test_interfaces__of_both_directions__each_sender(void **state)
{
    const uint8_t known = MPT_SEEN_ANY | MPT_SEEN_INTERFACE;

    (void)state;
    assert_both(known, known, MPT_SIDE_A, "client eth0, server eth1");
    assert_both(known, known, MPT_SIDE_B, "client eth0, server eth1");
    assert_both(0, known, MPT_SIDE_A, "eth1");
    assert_both(known, 0, MPT_SIDE_A, "eth0");
    assert_both(0, 0, MPT_SIDE_A, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interfaces__by_what_the_file_knows),
        cmocka_unit_test(test_interfaces__of_both_directions__each_sender),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
