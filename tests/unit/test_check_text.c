/* test_check_text.c - every check has a title of its own, a meaning and what to do, and all are listed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plugin/report/common/check_text.h"

static void assert_sentence(const char *name, const char *text)
{
    if (!text || !g_str_has_suffix(text, ".") || !g_ascii_isupper(text[0]))
        print_error("%s: %s\n", name, text ? text : "(none)");
    assert_non_null(text);
    assert_true(g_str_has_suffix(text, "."));
    assert_true(g_ascii_isupper(text[0]));
    assert_null(strstr(text, "  "));
}

static void test_text__any_check__title_meaning_and_action(void **state)
{
    (void)state;
    for (unsigned id = 0; id < MPT_FINDING_IDS; id++) {
        const mpt_check_text *text = mpt_check_text_of((mpt_finding_id)id);
        const char *name = mpt_finding_name((mpt_finding_id)id);

        assert_sentence(name, text->means);
        assert_sentence(name, text->to_do);
        assert_non_null(text->title);
        assert_in_range(strlen(text->title), 4, 40);
        assert_false(g_str_has_suffix(text->title, "."));
    }
}

static void test_text__any_two_checks__titles_differ(void **state)
{
    GHashTable *titles = g_hash_table_new(g_str_hash, g_str_equal);

    (void)state;
    for (unsigned id = 0; id < MPT_FINDING_IDS; id++)
        assert_true(g_hash_table_add(titles, (gpointer)mpt_check_text_of((mpt_finding_id)id)->title));
    g_hash_table_destroy(titles);
}

static void test_list__all_checks__under_their_severity_with_section(void **state)
{
    mpt_sink *sink = mpt_sink_new_memory();
    const char *text, *errors, *warnings, *join, *fallback;

    (void)state;
    mpt_check_text_list(sink);
    text = mpt_sink_text(sink, NULL);
    for (unsigned id = 0; id < MPT_FINDING_IDS; id++) {
        char *start = g_strdup_printf("\n  %s: %s", mpt_finding_name((mpt_finding_id)id),
                                      mpt_check_text_of((mpt_finding_id)id)->title);
        assert_non_null(strstr(text, start));
        g_free(start);
    }
    errors = strstr(text, "\nErrors\n");
    warnings = strstr(text, "\nWarnings\n");
    join = strstr(text, "\n  join_hmac: Wrong HMAC in join, RFC 8684 3.2\n");
    fallback = strstr(text, "\n  fallback: Fallback to TCP, RFC 8684 3.7, RFC 6824 3.6\n");
    assert_true(errors && errors < join && join < warnings && warnings < fallback);
    mpt_sink_free(sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text__any_check__title_meaning_and_action),
        cmocka_unit_test(test_text__any_two_checks__titles_differ),
        cmocka_unit_test(test_list__all_checks__under_their_severity_with_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
