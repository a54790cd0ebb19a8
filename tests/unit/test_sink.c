/* test_sink.c - where reports go: memory, a stream, a file, and what fails.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "plugin/report/format/sink.h"

static char *folder;

static int set_up(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("mpt-sink-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    int result = g_rmdir(folder);
    g_free(folder);
    return result;
}

static void test_memory__every_append__in_order(void **state)
{
    (void)state;
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_sink_puts(sink, "a");
    mpt_sink_putc(sink, 'b');
    mpt_sink_pad(sink, '.', 3);
    mpt_sink_printf(sink, "%d-%s", 7, "x");
    mpt_sink_append(sink, "\0z", 2);
    size_t len;
    assert_memory_equal(mpt_sink_text(sink, &len), "ab...7-x\0z", 10);
    assert_int_equal(len, 10);
    assert_int_equal(mpt_sink_length(sink), 10);
    assert_true(mpt_sink_flush(sink));
    assert_true(mpt_sink_close(sink, NULL));
    assert_true(mpt_sink_close(sink, NULL));
    assert_string_equal(mpt_sink_text(sink, NULL), "ab...7-x");
    mpt_sink_free(sink);
    mpt_sink_free(NULL);
}

static void test_memory__beyond_the_flush_limit__keeps_all(void **state)
{
    (void)state;
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_sink_pad(sink, 'x', 200000);
    size_t len;
    assert_int_equal(strlen(mpt_sink_text(sink, &len)), 200000);
    assert_int_equal(len, 200000);
    mpt_sink_free(sink);
}

static guint files_in_folder(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    guint n = 0;

    while (g_dir_read_name(dir))
        n++;
    g_dir_close(dir);
    return n;
}

/* Of the only file in the folder. */
static goffset size_beside(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    char *path = g_build_filename(folder, g_dir_read_name(dir), NULL);
    GStatBuf now;

    assert_int_equal(g_stat(path, &now), 0);
    assert_int_equal(files_in_folder(), 1);
    g_dir_close(dir);
    g_free(path);
    return now.st_size;
}

static void test_open__long_text__every_byte_in_the_file(void **state)
{
    (void)state;
    char *path = g_build_filename(folder, "out, \xc3\xa9.txt", NULL);
    char *error = NULL;
    mpt_sink *sink = mpt_sink_open(path, &error);
    assert_non_null(sink);
    GString *expected = g_string_new(NULL);
    for (int i = 0; i < 30000; i++) {
        mpt_sink_printf(sink, "line %d\n", i);
        g_string_append_printf(expected, "line %d\n", i);
    }
    assert_int_equal(mpt_sink_length(sink), expected->len);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    assert_true(size_beside() > 128 * 1024); /* most of it has left memory before the close */
    assert_true(mpt_sink_close(sink, &error));
    assert_true(mpt_sink_close(sink, &error));
    assert_null(error);
    mpt_sink_free(sink);

    char *contents = NULL;
    gsize len = 0;
    assert_true(g_file_get_contents(path, &contents, &len, NULL));
    assert_int_equal(len, expected->len);
    assert_memory_equal(contents, expected->str, len);
    g_free(contents);
    g_string_free(expected, TRUE);
    g_unlink(path);
    g_free(path);
}

static void assert_contents(const char *path, const char *expected)
{
    char *contents = NULL;

    assert_true(g_file_get_contents(path, &contents, NULL, NULL));
    assert_string_equal(contents, expected);
    g_free(contents);
}

static void test_open__what_was_there__stays_until_the_close(void **state)
{
    (void)state;
    char *path = g_build_filename(folder, "keep", NULL);
    GStatBuf now;
    assert_true(g_file_set_contents(path, "old", -1, NULL));
    assert_int_equal(g_chmod(path, 0640), 0);
    mpt_sink *sink = mpt_sink_open(path, NULL);
    mpt_sink_pad(sink, 'x', 100000);
    mpt_sink_flush(sink);
    assert_contents(path, "old");
    mpt_sink_discard(sink);
    mpt_sink_free(sink);
    assert_contents(path, "old");
    assert_int_equal(files_in_folder(), 1);

    sink = mpt_sink_open(path, NULL);
    mpt_sink_puts(sink, "new");
    assert_true(mpt_sink_close(sink, NULL));
    mpt_sink_free(sink);
    assert_contents(path, "new");
    assert_int_equal(g_stat(path, &now), 0);
    assert_int_equal(now.st_mode & 0777, 0640);

    sink = mpt_sink_open(path, NULL);
    assert_true(mpt_sink_close(sink, NULL));
    mpt_sink_free(sink);
    assert_contents(path, "");
    assert_int_equal(files_in_folder(), 1);
    g_unlink(path);
    g_free(path);
}

#ifndef G_OS_WIN32
static void test_open__two_names__written_in_place(void **state)
{
    (void)state;
    char *path = g_build_filename(folder, "one", NULL), *other = g_build_filename(folder, "two", NULL);
    assert_true(g_file_set_contents(path, "what was there", -1, NULL));
    assert_int_equal(link(path, other), 0);
    mpt_sink *sink = mpt_sink_open(path, NULL);
    mpt_sink_puts(sink, "never");
    mpt_sink_discard(sink);
    mpt_sink_free(sink);
    assert_contents(other, "what was there");
    sink = mpt_sink_open(path, NULL);
    mpt_sink_puts(sink, "new");
    mpt_sink_free(sink);
    assert_contents(other, "new");
    assert_true(mpt_sink_same_file(path, other));
    g_unlink(path);
    g_unlink(other);
    g_free(path);
    g_free(other);
}
#endif

static void test_same_file__names_of_nothing__by_their_folder(void **state)
{
    (void)state;
    char *name = g_path_get_basename(folder);
    char *a = g_strdup_printf("%s/z", folder), *b = g_strdup_printf("%s/../%s/./z", folder, name);
    char *c = g_strdup_printf("%s/y", folder);
    assert_true(mpt_sink_same_file(a, b));
    assert_false(mpt_sink_same_file(a, c));
    assert_true(g_file_set_contents(a, "", -1, NULL));
    assert_true(mpt_sink_same_file(a, b));
    assert_false(mpt_sink_same_file(a, c));
    g_unlink(a);
    g_free(name);
    g_free(a);
    g_free(b);
    g_free(c);
}

static void test_hand_over__somebody_else_writes__takes_the_place_at_the_close(void **state)
{
    (void)state;
    char *path = g_build_filename(folder, "handed", NULL);
    assert_true(g_file_set_contents(path, "old", -1, NULL));
    mpt_sink *sink = mpt_sink_open(path, NULL);
    const char *elsewhere = mpt_sink_hand_over(sink);
    FILE *file = fopen(elsewhere, "wb");
    assert_non_null(file);
    fputs("new", file);
    fclose(file);
    assert_contents(path, "old");
    assert_true(mpt_sink_close(sink, NULL));
    mpt_sink_free(sink);
    assert_contents(path, "new");
    g_unlink(path);
    g_free(path);
}

static void test_open__flush__is_on_disk_before_the_close(void **state)
{
    (void)state;
    char *path = g_build_filename(folder, "live", NULL);
    mpt_sink *sink = mpt_sink_open_at_once(path, NULL);
    assert_non_null(sink);
    mpt_sink_puts(sink, "now\n");
    assert_true(mpt_sink_flush(sink));
    char *contents = NULL;
    assert_true(g_file_get_contents(path, &contents, NULL, NULL));
    assert_string_equal(contents, "now\n");
    g_free(contents);
    mpt_sink_free(sink);
    g_unlink(path);
    g_free(path);
}

static void test_free__not_closed__writes_what_is_left(void **state)
{
    (void)state;
    char *path = g_build_filename(folder, "rest", NULL);
    mpt_sink *sink = mpt_sink_open(path, NULL);
    assert_non_null(sink);
    mpt_sink_puts(sink, "rest");
    mpt_sink_free(sink);
    char *contents = NULL;
    assert_true(g_file_get_contents(path, &contents, NULL, NULL));
    assert_string_equal(contents, "rest");
    g_free(contents);
    g_unlink(path);
    g_free(path);
}

static void test_open__no_such_folder__one_sentence(void **state)
{
    (void)state;
    char *path = g_build_filename(folder, "missing", "out\x1b.txt", NULL);
    char *error = NULL;
    assert_null(mpt_sink_open(path, &error));
    assert_non_null(strstr(error, "missing/out\xef\xbf\xbd.txt\": "));
    assert_non_null(strstr(error, g_strerror(ENOENT)));
    assert_null(strpbrk(error, "\n\x1b"));
    g_free(error);
    assert_null(mpt_sink_open(path, NULL));
    g_free(path);
}

static void test_open__a_folder__refused(void **state)
{
    (void)state;
    char *error = NULL;
    assert_null(mpt_sink_open(folder, &error));
    assert_non_null(strstr(error, g_strerror(EISDIR)));
    g_free(error);
}

static void test_close__disk_full__said_each_time(void **state)
{
    (void)state;
    if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS))
        skip();
    /* Below the limit the failure comes at the close, above it while appending. */
    static const size_t sizes[] = {1, 300000};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        mpt_sink *sink = mpt_sink_open("/dev/full", NULL);
        assert_non_null(sink);
        mpt_sink_pad(sink, 'x', sizes[i]);
        for (int again = 0; again < 2; again++) {
            char *error = NULL;
            assert_false(mpt_sink_close(sink, &error));
            assert_non_null(strstr(error, "\"/dev/full\""));
            assert_non_null(strstr(error, g_strerror(ENOSPC)));
            g_free(error);
        }
        assert_false(mpt_sink_close(sink, NULL));
        mpt_sink_free(sink);
    }
}

static void test_stream__close__flushed_and_left_open(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    mpt_sink *sink = mpt_sink_new_stream(file);
    mpt_sink_pad(sink, 'y', 70000);
    mpt_sink_puts(sink, "end");
    assert_true(mpt_sink_close(sink, NULL));
    mpt_sink_free(sink);
    assert_int_equal(ftell(file), 70003);
    rewind(file);
    assert_int_equal(fgetc(file), 'y');
    assert_int_equal(fclose(file), 0);
}

static void test_stream__error__names_standard_output(void **state)
{
    (void)state;
    FILE *file = fopen("/dev/full", "wb");
    if (!file)
        skip();
    mpt_sink *sink = mpt_sink_new_stream(file);
    mpt_sink_puts(sink, "x");
    assert_false(mpt_sink_flush(sink));
    char *error = NULL;
    assert_false(mpt_sink_close(sink, &error));
    assert_non_null(strstr(error, "standard output"));
    g_free(error);
    mpt_sink_free(sink);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory__every_append__in_order),
        cmocka_unit_test(test_memory__beyond_the_flush_limit__keeps_all),
        cmocka_unit_test(test_open__long_text__every_byte_in_the_file),
        cmocka_unit_test(test_open__what_was_there__stays_until_the_close),
#ifndef G_OS_WIN32
        cmocka_unit_test(test_open__two_names__written_in_place),
#endif
        cmocka_unit_test(test_same_file__names_of_nothing__by_their_folder),
        cmocka_unit_test(test_hand_over__somebody_else_writes__takes_the_place_at_the_close),
        cmocka_unit_test(test_open__flush__is_on_disk_before_the_close),
        cmocka_unit_test(test_free__not_closed__writes_what_is_left),
        cmocka_unit_test(test_open__no_such_folder__one_sentence),
        cmocka_unit_test(test_open__a_folder__refused),
        cmocka_unit_test(test_close__disk_full__said_each_time),
        cmocka_unit_test(test_stream__close__flushed_and_left_open),
        cmocka_unit_test(test_stream__error__names_standard_output),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
