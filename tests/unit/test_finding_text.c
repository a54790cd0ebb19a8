/* test_finding_text.c - findings in words: every phrase has some, and each kind of term and choice is written
 * as it should.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plugin/report/common/finding_text.h"

static const char *const POINTS[] = {"here", "there"};

static void assert_sentence(mpt_finding *f, const char *text)
{
    char *sentence = mpt_finding_sentence(f, POINTS);

    assert_string_equal(sentence, text);
    g_free(sentence);
}

/* A finding of one clause with as many terms as any has. */
static mpt_finding says(mpt_phrase phrase, mpt_term a, mpt_term b, mpt_term c, mpt_term d, mpt_term e)
{
    return (mpt_finding){
        .clause_count = 1, .term_count = 5, .clauses = {{.phrase = phrase}}, .terms = {a, b, c, d, e}};
}

static mpt_term number(mpt_term_type type, uint64_t value)
{
    return (mpt_term){.type = type, .number = value};
}

static const mpt_term NONE = {.type = MPT_TERM_NONE};

static void test_sentence__any_phrase__has_words_and_no_open_brace(void **state)
{
    (void)state;
    for (unsigned p = 0; p < MPT_PHRASES; p++) {
        mpt_term one = number(MPT_TERM_COUNT, 1);
        mpt_finding f = says((mpt_phrase)p, one, one, one, one, one);
        char *sentence = mpt_finding_sentence(&f, POINTS);
        if (!*sentence || strpbrk(sentence, "{}|"))
            print_error("phrase %u: %s\n", p, sentence);
        assert_true(*sentence != '\0');
        assert_null(strpbrk(sentence, "{}|"));
        g_free(sentence);
    }
}

static void test_sentence__one_and_many__plural_follows_the_count(void **state)
{
    mpt_finding one = says(MPT_PHRASE_CAPTURE_PARTIAL, number(MPT_TERM_COUNT, 1), NONE, NONE, NONE, NONE);
    mpt_finding many = says(MPT_PHRASE_CAPTURE_PARTIAL, number(MPT_TERM_COUNT, 1234), NONE, NONE, NONE, NONE);

    (void)state;
    assert_sentence(
        &one,
        "The MP_CAPABLE handshake of 1 connection is not in the capture (it came earlier, or went "
        "elsewhere): its keys, limits and first data are not known, and what needs them was not checked.");
    assert_sentence(
        &many,
        "The MP_CAPABLE handshake of 1,234 connections is not in the capture (it came earlier, or went "
        "elsewhere): their keys, limits and first data are not known, and what needs them was not checked.");
}

static void test_sentence__terms_in_a_choice__are_written(void **state)
{
    mpt_finding one = says(MPT_PHRASE_CARRIER_SEGMENTS, number(MPT_TERM_COUNT, 1), NONE, NONE, NONE, NONE);
    mpt_finding many = says(MPT_PHRASE_CARRIER_SEGMENTS, number(MPT_TERM_COUNT, 12), NONE, NONE, NONE, NONE);

    (void)state;
    assert_sentence(&one, "A segment");
    assert_sentence(&many, "12 segments");
}

static void test_sentence__choice_in_a_choice__inner_one_is_found(void **state)
{
    mpt_finding f = says(MPT_PHRASE_REMOVE_ADDR_NOTHING, number(MPT_TERM_ROLE, 1), number(MPT_TERM_NUMBER, 4),
                         number(MPT_TERM_FLAG, 0), number(MPT_TERM_FLAG, 1), NONE);

    (void)state;
    assert_sentence(&f,
                    "The server removed address id 4, which closed nothing: it was announced, but no subflow "
                    "ever used it.");
}

static void test_sentence__part_of_all__percent(void **state)
{
    mpt_finding f = says(MPT_PHRASE_REINJECTIONS, number(MPT_TERM_ROLE, 0), number(MPT_TERM_BYTES, 30000),
                         number(MPT_TERM_BYTES, 90000), NONE, NONE);

    (void)state;
    assert_sentence(&f, "The client reinjected 30,000 bytes on another subflow, 33.3 % of its data.");
}

static void test_sentence__clauses__one_after_the_other_with_their_own_terms(void **state)
{
    mpt_finding f = {
        .clause_count = 3,
        .term_count = 3,
        .clauses = {{MPT_PHRASE_SAYS_CHECKSUM, 0}, {MPT_PHRASE_INSTEAD_OF, 1}, {MPT_PHRASE_SAYS_ADDRESS, 1}},
        .terms = {number(MPT_TERM_CHECKSUM, 0x12), number(MPT_TERM_POINT, 1), number(MPT_TERM_NUMBER, 7)}};

    (void)state;
    assert_sentence(&f, "checksum 0x0012 instead of there (id 7)");
}

static void test_sentence__reason__only_where_one_was_given(void **state)
{
    mpt_finding given = says(MPT_PHRASE_SUBFLOW_RESET, number(MPT_TERM_ROLE, 0), number(MPT_TERM_POINT, 0),
                             number(MPT_TERM_REASON, 3), number(MPT_TERM_FLAG, 1), NONE);
    mpt_finding none =
        says(MPT_PHRASE_SUBFLOW_RESET, number(MPT_TERM_ROLE, 0), number(MPT_TERM_POINT, 0), NONE, NONE, NONE);
    char *text = mpt_finding_sentence(&given, POINTS);

    (void)state;
    assert_true(g_str_has_prefix(text, "The client reset here (reason 3: "));
    assert_true(g_str_has_suffix(text, ", for now)."));
    g_free(text);
    assert_sentence(&none, "The client reset here without giving a reason.");
}

static void test_rfc_text__of_the_capture__null(void **state)
{
    mpt_finding none = {.id = MPT_FINDING_CAPTURE_LATE}, some = {.rfc = {6824, "3.3.1"}};
    char text[MPT_RFC_TEXT];

    (void)state;
    assert_null(mpt_finding_rfc_text(&none, text));
    assert_string_equal(mpt_finding_rfc_text(&some, text), "RFC 6824 3.3.1");
}

static void test_unit_name__any__has_one(void **state)
{
    (void)state;
    for (unsigned u = 0; u < MPT_FINDING_UNITS; u++)
        assert_non_null(mpt_finding_unit_name((mpt_finding_unit)u));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentence__any_phrase__has_words_and_no_open_brace),
        cmocka_unit_test(test_sentence__one_and_many__plural_follows_the_count),
        cmocka_unit_test(test_sentence__terms_in_a_choice__are_written),
        cmocka_unit_test(test_sentence__choice_in_a_choice__inner_one_is_found),
        cmocka_unit_test(test_sentence__part_of_all__percent),
        cmocka_unit_test(test_sentence__clauses__one_after_the_other_with_their_own_terms),
        cmocka_unit_test(test_sentence__reason__only_where_one_was_given),
        cmocka_unit_test(test_rfc_text__of_the_capture__null),
        cmocka_unit_test(test_unit_name__any__has_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
