/* fuzz_arguments.c - the -z grammar with any text: taken, or refused with one printable sentence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz.h"

#include "plugin/report/registry.h"

static void check_values(const mpt_arguments *a)
{
    FUZZ_CHECK(a->report);
    for (int arg = 0; arg < MPT_ARGS; arg++)
        FUZZ_CHECK(!mpt_arguments_has(a, (mpt_arg)arg) || a->report->takes & MPT_BIT(arg));
    FUZZ_CHECK(a->from_ns < a->to_ns);
    FUZZ_CHECK(a->direction < 2);
    FUZZ_CHECK(!mpt_arguments_has(a, MPT_ARG_WINDOW) || a->window_ns > 0);
    FUZZ_CHECK(!mpt_arguments_has(a, MPT_ARG_FILE) || (a->file && *a->file));
}

static void check_error(const char *error)
{
    FUZZ_CHECK(error && *error && g_utf8_validate(error, -1, NULL));
    for (const char *p = error; *p; p = g_utf8_next_char(p))
        FUZZ_CHECK(g_unichar_isprint(g_utf8_get_char(p)));
}

static void check(const char *text)
{
    mpt_arguments a;
    char *error = NULL;
    const mpt_arguments_result result = mpt_arguments_parse(text, &a, &error);

    if (result == MPT_ARGUMENTS_OK)
        check_values(&a);
    if (result == MPT_ARGUMENTS_ERROR)
        check_error(error);
    else
        FUZZ_CHECK(!error);
    if (result != MPT_ARGUMENTS_OK)
        FUZZ_CHECK(!a.presence && !a.file && !a.filter && !a.vantage.client && !a.vantage.server && !a.type);
    g_free(error);
    mpt_arguments_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = g_strndup((const char *)data, size);
    char *whole = g_strconcat("mptcp,", text, NULL);

    check(text);
    check(whole);
    g_free(whole);
    g_free(text);
    return 0;
}
