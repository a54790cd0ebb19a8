/* test_table.c - the report model, and how text and csv draw it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugin/report/format/csv.h"
#include "plugin/report/format/table.h"
#include "plugin/report/format/text.h"

enum { ID, PATH, START, BYTES, GOODPUT, SHARE, LOST, TOKEN, KEY, NOTE, EXACT, DELTA, ALL };

static const mpt_column columns[ALL] = {
    [ID] = {.name = "id", .type = MPT_ID},
    [PATH] = {.name = "path", .title = "Path", .type = MPT_TEXT},
    [START] = {.name = "start", .title = "Start", .type = MPT_SECONDS_NS},
    [BYTES] = {.name = "payload_bytes", .title = "Payload\nbytes", .type = MPT_BYTES},
    [GOODPUT] = {.name = "goodput", .title = "Goodput", .type = MPT_RATE_BPS},
    [SHARE] = {.name = "share", .title = "Share", .type = MPT_PERCENT},
    [LOST] =
        {.name = "lost", .title = "Lost", .unit = "packets", .type = MPT_UINT, .flags = MPT_COLUMN_OPTIONAL},
    [TOKEN] = {.name = "token", .title = "Token", .type = MPT_HEX32},
    [KEY] = {.name = "key", .type = MPT_HEX64, .flags = MPT_COLUMN_CSV_ONLY},
    [NOTE] = {.name = "note", .title = "Note", .type = MPT_TEXT, .flags = MPT_COLUMN_TEXT_ONLY},
    [EXACT] = {.name = "bytes_kept", .type = MPT_BYTES, .flags = MPT_COLUMN_CSV_ONLY},
    [DELTA] = {.name = "delta", .type = MPT_INT, .flags = MPT_COLUMN_CSV_ONLY},
};

static mpt_table *sample(void)
{
    mpt_table *table = mpt_table_new(columns, ALL);
    mpt_table_begin_row(table);
    mpt_table_set_uint(table, ID, 1234);
    mpt_table_set_textf(table, PATH, "%s -> %s", "10.0.0.1", "10.0.0.2");
    mpt_table_set_ns(table, START, 1000000001);
    mpt_table_set_uint(table, BYTES, 1435648);
    mpt_table_set_double(table, GOODPUT, 19971234.5);
    mpt_table_set_double(table, SHARE, 33.3);
    mpt_table_set_uint(table, TOKEN, 0xa1b2c3);
    mpt_table_set_uint(table, KEY, UINT64_MAX);
    mpt_table_set_text(table, NOTE, "say \"hi\", twice");
    mpt_table_set_uint(table, EXACT, 5);
    mpt_table_set_int(table, DELTA, INT64_MIN);
    mpt_table_begin_row(table);
    mpt_table_set_uint(table, ID, 2);
    mpt_table_set_text(table, PATH, "a,b \"c\"\r\nd");
    mpt_table_set_double(table, GOODPUT, INFINITY);
    return table;
}

static char *drawn(void (*draw)(mpt_sink *, const mpt_table *), const mpt_table *table)
{
    mpt_sink *sink = mpt_sink_new_memory();
    draw(sink, table);
    char *text = g_strdup(mpt_sink_text(sink, NULL));
    mpt_sink_free(sink);
    return text;
}

static void draw_text(mpt_sink *sink, const mpt_table *table)
{
    mpt_text_table(sink, table, 2);
}

static void assert_drawn(void (*draw)(mpt_sink *, const mpt_table *), mpt_table *table, const char *expected)
{
    char *text = drawn(draw, table);
    assert_string_equal(text, expected);
    g_free(text);
    mpt_table_free(table);
}

static void test_cells__not_set__null_and_counted(void **state)
{
    (void)state;
    mpt_table *table = sample();
    assert_int_equal(mpt_table_rows(table), 2);
    assert_int_equal(mpt_table_columns(table), ALL);
    assert_true(mpt_table_cell(table, 0, BYTES)->set);
    assert_false(mpt_table_cell(table, 1, BYTES)->set);
    assert_false(mpt_table_cell(table, 1, GOODPUT)->set);
    assert_int_equal(mpt_table_cell(table, 0, START)->value.i, 1000000001);
    mpt_table_free(table);
    mpt_table_free(NULL);
}

static void test_set_text__null_and_invalid__null_and_replaced(void **state)
{
    (void)state;
    mpt_table *table = mpt_table_new(columns, ALL);
    char text[] = "x\xff";
    mpt_table_begin_row(table);
    mpt_table_set_text(table, PATH, text);
    text[0] = 'y';
    assert_string_equal(mpt_table_cell(table, 0, PATH)->value.text, "x\xef\xbf\xbd");
    mpt_table_set_text(table, PATH, NULL);
    assert_false(mpt_table_cell(table, 0, PATH)->set);
    mpt_table_free(table);
}

static void test_csv__every_type__exact_and_quoted(void **state)
{
    (void)state;
    assert_drawn(
        mpt_csv_table, sample(),
        "id,path,start_s,payload_bytes,goodput_bps,share_percent,lost_packets,token,key,bytes_kept,delta\r\n"
        "1234,10.0.0.1 -> 10.0.0.2,1.000000001,1435648,19971234.5,33.3,,00a1b2c3,ffffffffffffffff,5,"
        "-9223372036854775808\r\n"
        "2,\"a,b \"\"c\"\"\r\nd\",,,,,,,,,\r\n");
}

static void test_csv_field__formula_and_line_ends__kept(void **state)
{
    (void)state;
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_csv_field(sink, "=1+1");
    mpt_csv_field(sink, "");
    assert_string_equal(mpt_sink_text(sink, NULL), "=1+1");
    mpt_csv_field(sink, "a\rb");
    mpt_csv_field(sink, "a\nb");
    assert_string_equal(mpt_sink_text(sink, NULL), "=1+1\"a\rb\"\"a\nb\"");
    mpt_sink_free(sink);
}

static void test_csv__doubles__read_back_the_same(void **state)
{
    (void)state;
    static const double values[] = {0.1, 1.0 / 3, 100.0 * 2 / 3, 19971234.567890123, 1e300, 5e-324, 0};
    mpt_table *table = mpt_table_new(columns, ALL);
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        mpt_table_begin_row(table);
        mpt_table_set_double(table, GOODPUT, values[i]);
        GString *text = g_string_new(NULL);
        mpt_table_exact(table, i, GOODPUT, text);
        assert_true(g_ascii_strtod(text->str, NULL) == values[i]);
        g_string_free(text, TRUE);
    }
    mpt_table_free(table);
}

static void test_text__every_type__aligned(void **state)
{
    (void)state;
    assert_drawn(draw_text, sample(),
                 "                                          Payload\n"
                 "    id  Path                     Start      bytes       Goodput   Share  Token     Note\n"
                 "  1234  10.0.0.1 -> 10.0.0.2  1.000000  1,435,648  19.97 Mbit/s  33.3 %  00a1b2c3  say "
                 "\"hi\", twice\n"
                 "     2  a,b \"c\"\xef\xbf\xbd\xef\xbf\xbd"
                 "d                   -          -             -       -  -         -\n");
}

static void test_text__optional_column_with_a_value__shown(void **state)
{
    (void)state;
    static const mpt_column narrow[] = {
        {.name = "a", .type = MPT_UINT, .flags = MPT_COLUMN_OPTIONAL},
        {.name = "b", .type = MPT_UINT, .flags = MPT_COLUMN_OPTIONAL},
        {.name = "right", .type = MPT_TEXT, .flags = MPT_COLUMN_RIGHT},
    };
    mpt_table *table = mpt_table_new(narrow, G_N_ELEMENTS(narrow));
    mpt_table_begin_row(table);
    mpt_table_begin_row(table);
    mpt_table_set_uint(table, 1, 12345);
    mpt_table_set_text(table, 2, "x");
    assert_drawn(draw_text, table,
                 "       b  right\n"
                 "       -      -\n"
                 "  12,345      x\n");
}

static void test_text__scaled_bytes__exact_digits_aligned(void **state)
{
    (void)state;
    static const mpt_column scaled[] = {
        {.name = "bytes", .title = "Bytes", .type = MPT_BYTES, .flags = MPT_COLUMN_SCALED},
        {.name = "b", .title = "B", .type = MPT_TEXT},
    };
    static const uint64_t values[] = {1435648, 999499, 512};
    mpt_table *table = mpt_table_new(scaled, G_N_ELEMENTS(scaled));
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        mpt_table_begin_row(table);
        mpt_table_set_uint(table, 0, values[i]);
        mpt_table_set_text(table, 1, i == 2 ? "" : "x");
    }
    mpt_table_begin_row(table);
    assert_drawn(draw_text, table,
                 "      Bytes            B\n"
                 "  1,435,648 (1.44 MB)  x\n"
                 "    999,499 (999 kB)   x\n"
                 "        512\n"
                 "          -            -\n");
}

static void test_text__wide_and_combining_letters__aligned_by_cells(void **state)
{
    (void)state;
    static const mpt_column names[] = {
        {.name = "a", .type = MPT_TEXT},
        {.name = "b", .type = MPT_TEXT},
    };
    mpt_table *table = mpt_table_new(names, G_N_ELEMENTS(names));
    mpt_table_begin_row(table);
    mpt_table_set_text(table, 0, "\xe6\x97\xa5\xe6\x9c\xac"); /* two wide letters */
    mpt_table_set_text(table, 1, "x");
    mpt_table_begin_row(table);
    mpt_table_set_text(table, 0, "e\xcc\x81"); /* e and a combining accent */
    mpt_table_set_text(table, 1, "y");
    assert_drawn(draw_text, table,
                 "  a     b\n"
                 "  \xe6\x97\xa5\xe6\x9c\xac  x\n"
                 "  e\xcc\x81     y\n");
}

static void test_text__too_wide_with_two_spaces__one(void **state)
{
    (void)state;
    static const mpt_column wide[] = {
        {.name = "a", .type = MPT_TEXT},
        {.name = "b", .type = MPT_TEXT},
    };
    for (int over = 0; over < 2; over++) {
        mpt_table *table = mpt_table_new(wide, G_N_ELEMENTS(wide));
        char *text = g_strnfill((gsize)(48 + over), 'x');
        mpt_table_begin_row(table);
        mpt_table_set_text(table, 0, text);
        mpt_table_set_text(table, 1, "123456789012345678901234567890123456789012345678");
        char *all = drawn(draw_text, table);
        assert_int_equal(strlen(strchr(all, '\n') + 1), 100 + 1);
        g_free(all);
        g_free(text);
        mpt_table_free(table);
    }
}

/* The text of a long table is made in parts: the widest cell may be in any of them. */
static void test_text__ten_thousand_rows__all_in_order_and_as_wide_as_the_widest(void **state)
{
    static const mpt_column two[] = {{.name = "id", .type = MPT_ID}, {.name = "bytes", .type = MPT_BYTES}};
    mpt_table *table = mpt_table_new(two, G_N_ELEMENTS(two));
    const guint rows = 10000;
    char *text, **lines;

    (void)state;
    for (guint i = 0; i < rows; i++) {
        mpt_table_begin_row(table);
        mpt_table_set_uint(table, 0, i);
        mpt_table_set_uint(table, 1, i == 5000 ? 123456789 : i);
    }
    text = drawn(draw_text, table);
    lines = g_strsplit(text, "\n", -1);
    assert_int_equal(g_strv_length(lines), rows + 2);
    assert_string_equal(lines[0], "    id        bytes");
    for (guint i = 0; i < rows; i++) {
        assert_int_equal(strlen(lines[i + 1]), strlen(lines[0]));
        assert_int_equal(atoi(lines[i + 1]), i);
    }
    assert_string_equal(lines[1], "     0            0");
    assert_string_equal(lines[5001], "  5000  123,456,789");
    assert_string_equal(lines[rows], "  9999        9,999");
    g_strfreev(lines);
    g_free(text);
    mpt_table_free(table);
}

static void test_paragraph__long_text__wrapped_without_trailing_spaces(void **state)
{
    (void)state;
    GString *words = g_string_new("head:");
    for (int i = 0; i < 40; i++)
        g_string_append(words, "  word5");
    g_string_append(words, " \nnew line\n\nlast");
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_text_paragraph(sink, 2, 3, words->str);
    char **lines = g_strsplit(mpt_sink_text(sink, NULL), "\n", -1);
    size_t count = g_strv_length(lines);
    /* 2 + 5 + 15 * 6 = 97 columns, then 5 + 16 * 6 - 1 = 100, and the nine words left. */
    assert_int_equal(count, 3 + 3 + 1);
    assert_int_equal(strlen(lines[0]), 97);
    assert_true(g_str_has_prefix(lines[0], "  head: word5 word5"));
    assert_int_equal(strlen(lines[1]), 100);
    assert_true(g_str_has_prefix(lines[1], "     word5 word5"));
    assert_int_equal(strlen(lines[2]), 5 + 9 * 6 - 1);
    assert_string_equal(lines[3], "  new line");
    assert_string_equal(lines[4], "");
    assert_string_equal(lines[5], "  last");
    g_strfreev(lines);
    mpt_sink_free(sink);
    g_string_free(words, TRUE);
}

static void test_paragraph__one_word_too_long__alone_on_its_line(void **state)
{
    (void)state;
    char *word = g_strnfill(150, 'x');
    char *text = g_strdup_printf("a %s b", word);
    char *expected = g_strdup_printf("a\n%s\nb\n", word);
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_text_paragraph(sink, 0, 0, text);
    assert_string_equal(mpt_sink_text(sink, NULL), expected);
    mpt_sink_free(sink);
    g_free(expected);
    g_free(text);
    g_free(word);
}

static void test_table__narrow_sink__columns_follow_below(void **state)
{
    static const mpt_column three[] = {{.name = "id", .type = MPT_ID},
                                       {.name = "first", .type = MPT_TEXT},
                                       {.name = "second", .type = MPT_TEXT}};

    (void)state;
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_table *table = mpt_table_new(three, G_N_ELEMENTS(three));
    mpt_table_begin_row(table);
    mpt_table_set_uint(table, 0, 7);
    mpt_table_set_text(table, 1, "192.0.2.1");
    mpt_table_set_text(table, 2, "198.51.100.1");
    mpt_sink_set_width(sink, 20);
    mpt_text_table(sink, table, 2);
    mpt_sink_set_width(sink, 28);
    mpt_text_table(sink, table, 2);
    assert_string_equal(mpt_sink_text(sink, NULL), "  id  first\n"
                                                   "   7  192.0.2.1\n"
                                                   "  id  second\n"
                                                   "   7  198.51.100.1\n"
                                                   "  id first     second\n"
                                                   "   7 192.0.2.1 198.51.100.1\n");
    mpt_table_free(table);
    mpt_sink_free(sink);
}

static void test_paragraph__narrow_sink__wrapped_there(void **state)
{
    (void)state;
    mpt_sink *sink = mpt_sink_new_memory();
    assert_int_equal(mpt_sink_width(sink), MPT_TEXT_WIDTH);
    mpt_sink_set_width(sink, 12);
    mpt_text_paragraph(sink, 0, 2, "four words of text");
    mpt_text_paragraph(sink, 0, 2, "of 12 letter");
    assert_string_equal(mpt_sink_text(sink, NULL), "four words\n  of text\nof 12 letter\n");
    mpt_sink_free(sink);
}

static void test_paragraph__number_and_unit__stay_together(void **state)
{
    (void)state;
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_sink_set_width(sink, 12);
    mpt_text_paragraph(sink, 0, 0, "within 4.09 ms. at 20.8 % of 1,000 bytes (1.2 kB) on 8 ways");
    assert_string_equal(mpt_sink_text(sink, NULL),
                        "within\n4.09 ms. at\n20.8 % of\n1,000 bytes\n(1.2 kB) on\n8 ways\n");
    mpt_sink_free(sink);
}

static void test_heading__levels__underlined_and_apart(void **state)
{
    (void)state;
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_text_heading(sink, 1, "MPTCP");
    mpt_text_heading(sink, 2, "\xc3\xa9t\xc3\xa9");
    mpt_text_heading(sink, 3, "plain\x1b");
    assert_string_equal(mpt_sink_text(sink, NULL),
                        "MPTCP\n=====\n\n\xc3\xa9t\xc3\xa9\n---\n\nplain\xef\xbf\xbd\n");
    mpt_sink_free(sink);
}

static void test_block__values__aligned_and_printable(void **state)
{
    (void)state;
    mpt_block *block = mpt_block_new();
    mpt_block_add(block, "Goodput", "19.97 Mbit/s");
    mpt_block_add(block, "Closed by", NULL);
    mpt_block_add(block, "Empty", "");
    mpt_block_add(block, "Two", "x\ny\x1b");
    mpt_sink *sink = mpt_sink_new_memory();
    mpt_text_block(sink, block, 1);
    assert_string_equal(mpt_sink_text(sink, NULL), " Goodput    19.97 Mbit/s\n"
                                                   " Closed by  -\n"
                                                   " Empty\n"
                                                   " Two        x\n"
                                                   "            y\xef\xbf\xbd\n");
    mpt_sink_free(sink);
    mpt_block_free(block);
    mpt_block_free(NULL);
}

static void set_without_row(mpt_table *table)
{
    mpt_table_set_uint(table, ID, 1);
}

static void set_of_other_type(mpt_table *table)
{
    mpt_table_begin_row(table);
    mpt_table_set_uint(table, START, 1);
}

static void set_beyond_the_columns(mpt_table *table)
{
    mpt_table_begin_row(table);
    mpt_table_set_uint(table, ALL, 1);
}

static void set_hex_too_large(mpt_table *table)
{
    mpt_table_begin_row(table);
    mpt_table_set_uint(table, TOKEN, UINT64_C(1) << 32);
}

static void test_misuse__each_kind__asserted(void **state)
{
    (void)state;
    static void (*const cases[])(mpt_table *) = {set_without_row, set_of_other_type, set_beyond_the_columns,
                                                 set_hex_too_large};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            int nowhere = open("/dev/null", O_WRONLY);
            dup2(nowhere, STDOUT_FILENO);
            dup2(nowhere, STDERR_FILENO);
            signal(SIGABRT, SIG_DFL);
            cases[i](mpt_table_new(columns, ALL));
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells__not_set__null_and_counted),
        cmocka_unit_test(test_set_text__null_and_invalid__null_and_replaced),
        cmocka_unit_test(test_csv__every_type__exact_and_quoted),
        cmocka_unit_test(test_csv_field__formula_and_line_ends__kept),
        cmocka_unit_test(test_csv__doubles__read_back_the_same),
        cmocka_unit_test(test_text__every_type__aligned),
        cmocka_unit_test(test_text__optional_column_with_a_value__shown),
        cmocka_unit_test(test_text__scaled_bytes__exact_digits_aligned),
        cmocka_unit_test(test_text__wide_and_combining_letters__aligned_by_cells),
        cmocka_unit_test(test_text__too_wide_with_two_spaces__one),
        cmocka_unit_test(test_text__ten_thousand_rows__all_in_order_and_as_wide_as_the_widest),
        cmocka_unit_test(test_paragraph__long_text__wrapped_without_trailing_spaces),
        cmocka_unit_test(test_paragraph__one_word_too_long__alone_on_its_line),
        cmocka_unit_test(test_table__narrow_sink__columns_follow_below),
        cmocka_unit_test(test_paragraph__narrow_sink__wrapped_there),
        cmocka_unit_test(test_paragraph__number_and_unit__stay_together),
        cmocka_unit_test(test_heading__levels__underlined_and_apart),
        cmocka_unit_test(test_block__values__aligned_and_printable),
        cmocka_unit_test(test_misuse__each_kind__asserted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
