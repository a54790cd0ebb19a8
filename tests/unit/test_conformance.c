/* test_conformance.c - each rule of the RFC that a capture shows: one that keeps it, and one that violates it, in each
 * version that has the rule.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/conformance/conformance.h"

#include <string.h>

#include "plugin/report/common/rule_text.h"
#include "tests/support/rule_scenes.h"

enum { CLIENT = 1, SERVER = 2, BOTH = 3, NOBODY = 0 };

/* NULL: no capture proves it. */
static const struct {
    mpt_rule_id rule;
    void (*kept)(struct scene *s);
    void (*violated)(struct scene *s);
    unsigned by; /* who violates it */
} SCENES[] = {
    {MPT_RULE_VERSION_ANSWER, opened, version_above, SERVER},
    {MPT_RULE_FLAG_B, opened, flag_b_sent, CLIENT},
    {MPT_RULE_FLAG_B_IGNORED, flag_b_ignored, flag_b_sent, SERVER},
    {MPT_RULE_FLAG_C, denied, denied_and_joined, CLIENT},
    {MPT_RULE_ALGORITHM, opened, no_algorithm_sent, CLIENT},
    {MPT_RULE_ALGORITHM_IGNORED, no_algorithm_ignored, no_algorithm_sent, SERVER},
    {MPT_RULE_ALGORITHM_OFFERED, opened, algorithm_not_offered, SERVER},
    {MPT_RULE_KEY_UNIQUE, other_key, same_key, SERVER},
    {MPT_RULE_KEY_CHANGED, opened, keys_change, CLIENT},
    {MPT_RULE_KEYS_IN_ACK, opened, keys_left_out, CLIENT},
    {MPT_RULE_TOKEN, two_subflows, NULL, NOBODY},
    {MPT_RULE_IDSN, opened, idsn_of_another_key, CLIENT},
    {MPT_RULE_CHECKSUM_USED, checksum_sent, checksum_left_out, CLIENT},
    {MPT_RULE_CHECKSUM_CONFIRMED, checksum_sent, checksum_denied, CLIENT},
    {MPT_RULE_PLAIN_ANSWER, refused, refused_and_goes_on, CLIENT},
    {MPT_RULE_UNINVITED, asked_plainly, answered_uninvited, SERVER},
    {MPT_RULE_JOIN_EARLY, two_subflows, joined_early, CLIENT},
    {MPT_RULE_ON_JOIN, two_subflows, capable_on_join, CLIENT},
    {MPT_RULE_JOIN_HMAC, two_subflows, wrong_join_refused, SERVER},
    {MPT_RULE_HMAC_REFUSED, wrong_join_refused, wrong_join_accepted, CLIENT},
    {MPT_RULE_TOKEN_REFUSED, unknown_token, NULL, NOBODY},
    {MPT_RULE_JOIN_DATA_EARLY, data_on_join, data_too_early, CLIENT},
    {MPT_RULE_FOURTH_ACK, two_subflows, NULL, NOBODY},
    {MPT_RULE_ADDRESS_ID_ZERO, announced, announced_as_zero, SERVER},
    {MPT_RULE_RESERVED_BITS, opened, reserved_bit, CLIENT},
    {MPT_RULE_CHECKSUM_RESET, checksum_left_out_reset, checksum_left_out, SERVER},
    {MPT_RULE_CHECKSUM_UNINVITED, opened, checksum_uninvited, CLIENT},
    {MPT_RULE_UNINVITED_RESET, checksum_uninvited_reset, checksum_uninvited, SERVER},
    {MPT_RULE_RESET_REASON, checksum_uninvited_reset_why, checksum_uninvited_reset, SERVER},
    {MPT_RULE_MAPPED, opened, unmapped, CLIENT},
    {MPT_RULE_MAPPING_PLACE, opened, misplaced, CLIENT},
    {MPT_RULE_MAPPING_FIXED, two_subflows, mapped_twice, CLIENT},
    {MPT_RULE_ACKS_SENT, opened, no_data_acks, SERVER},
    {MPT_RULE_ACK_RECEIVED, two_subflows, acked_too_much, SERVER},
    {MPT_RULE_ACK_CUMULATIVE, two_subflows, acks_go_back, SERVER},
    {MPT_RULE_ACK_WIDE, two_subflows, acked_narrowly, SERVER},
    {MPT_RULE_DATA_FIN_MAPPING, closed, data_fin_with_ssn, CLIENT},
    {MPT_RULE_DATA_AFTER_FIN, closed, data_after_fin, CLIENT},
    {MPT_RULE_DATA_FIN_MOVED, closed, data_fin_moved, CLIENT},
    {MPT_RULE_DATA_FIN_SENT, closed, no_data_fin, BOTH},
    {MPT_RULE_CLOSED_EARLY, closed, closed_with_data, CLIENT},
    {MPT_RULE_SUBFLOWS_CLOSED, closed, never_closed, BOTH},
    {MPT_RULE_RECEIVE_WINDOW, two_subflows, beyond_window, CLIENT},
    {MPT_RULE_RETRANSMITTED, reinjected, NULL, NOBODY},
    {MPT_RULE_BACKUP, backup_spared, backup_used, CLIENT},
    {MPT_RULE_ADDRESS_ID, announced, id_of_two, SERVER},
    {MPT_RULE_ADD_ADDR_HMAC, announced, announced_wrongly, SERVER},
    {MPT_RULE_ADD_ADDR_IGNORED, announced_wrongly, wrong_address_echoed, CLIENT},
    {MPT_RULE_ADD_ADDR_ECHO, announced, never_echoed_here, CLIENT},
    {MPT_RULE_ECHO_SAME, announced, echoed_otherwise, CLIENT},
    {MPT_RULE_JOIN_PORT, two_subflows, joined_at_another_port, CLIENT},
    {MPT_RULE_JOIN_PORT, joined_at_port_of_address, NULL, NOBODY},
    {MPT_RULE_JOIN_AGAIN, join_fails_once, join_fails_again, CLIENT},
    {MPT_RULE_JOIN_AGAIN, join_fails_announced_again, NULL, NOBODY},
    {MPT_RULE_REMOVED_CLOSED, removed_and_closed, removed_and_used, CLIENT},
    {MPT_RULE_REMOVED_UNUSED, removed_and_closed, removed_and_joined, SERVER},
    {MPT_RULE_REMOVED_UNUSED, removed_and_joined_at_once, NULL, NOBODY},
    {MPT_RULE_FASTCLOSE_KEY, fastclose_right, fastclose_wrong, CLIENT},
    {MPT_RULE_FASTCLOSE_ANSWERED, fastclose_right, fastclose_unheard, SERVER},
    {MPT_RULE_TCPRST_ON_RST, reset_with_reason, reason_without_reset, SERVER},
    {MPT_RULE_PERMANENT, reset_with_reason, joined_after_permanent, CLIENT},
    {MPT_RULE_DSS_UNTIL_ACKED, mapped_together_late, mapped_together_early, CLIENT},
    {MPT_RULE_CHECKSUM_FAILED, wrong_checksum_told, wrong_checksum_taken, SERVER},
    {MPT_RULE_FELL_BACK, fell_back, fell_back_and_joined, CLIENT},
    {MPT_RULE_PLAIN_JOIN_RESET, plain_join_reset, plain_join_used, CLIENT},
};

/* What any connection of a capture shows of each rule. */
struct shown {
    mpt_ruling ruling[MPT_RULE_IDS]; /* the worst of all connections */
};

static void add(struct shown *all, const GArray *rulings)
{
    for (guint i = 0; i < rulings->len; i++) {
        const mpt_ruling *r = &g_array_index(rulings, mpt_ruling, i);
        mpt_ruling *worst = &all->ruling[r->rule];
        if (!worst->rfc.section || r->verdict == MPT_RULE_VIOLATED ||
            (worst->verdict != MPT_RULE_VIOLATED && r->verdict == MPT_RULE_KEPT))
            *worst = *r;
    }
}

static struct shown tell(void (*scene)(struct scene *s), unsigned version)
{
    struct shown all = {0};
    struct scene s;
    GPtrArray *connections;

    begin(&s);
    s.h.version = version;
    scene(&s);
    mpt_engine_flush(s.w.engine);
    connections = mpt_metrics_connections(s.w.engine);
    for (mpt_connection_view v = {0}; mpt_metrics_next(s.w.engine, connections, &v);) {
        GArray *rulings = mpt_conformance_of(s.w.engine, &v);
        add(&all, rulings);
        g_array_unref(rulings);
    }
    g_ptr_array_unref(connections);
    leave(&s);
    return all;
}

static bool expect(const struct shown *all, mpt_rule_id rule, unsigned version, mpt_rule_verdict verdict,
                   unsigned by)
{
    const mpt_ruling *r = &all->ruling[rule];
    unsigned party = (r->party[MPT_CLIENT] ? CLIENT : 0u) | (r->party[MPT_SERVER] ? SERVER : 0u);
    bool right = r->rfc.section && r->verdict == verdict &&
                 (verdict != MPT_RULE_VIOLATED || (party == by && r->frame));

    if (!right)
        print_error("%s, v%u: %s by %u in frame %u (%s), not %s by %u\n", mpt_rule_name(rule), version,
                    mpt_rule_verdict_name(r->verdict), party, r->frame,
                    r->reason ? mpt_rule_reason_name(r->reason) : "", mpt_rule_verdict_name(verdict), by);
    return right;
}

static void test_conformance__each_rule_and_version__kept_and_violated(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(SCENES); i++)
        for (unsigned version = 0; version <= 1; version++) {
            struct shown all;
            if (!mpt_rule_rfc(SCENES[i].rule, (uint8_t)version).section)
                continue;
            all = tell(SCENES[i].kept, version);
            wrong += !expect(&all, SCENES[i].rule, version, MPT_RULE_KEPT, NOBODY);
            if (!SCENES[i].violated)
                continue;
            all = tell(SCENES[i].violated, version);
            wrong += !expect(&all, SCENES[i].rule, version, MPT_RULE_VIOLATED, SCENES[i].by);
        }
    assert_int_equal(wrong, 0);
}

static void test_conformance__every_rule__has_scenes_unless_unseen(void **state)
{
    (void)state;
    for (mpt_rule_id id = 0; id < MPT_RULE_IDS; id++) {
        bool any = false;
        for (size_t i = 0; i < G_N_ELEMENTS(SCENES); i++)
            any |= SCENES[i].rule == id;
        if (any == mpt_rule_is_unseen(id))
            print_error("%s\n", mpt_rule_name(id));
        assert_true(any != mpt_rule_is_unseen(id));
        assert_non_null(mpt_rule_text(id));
    }
}

static void test_conformance__reaction_may_be_under_way__not_visible(void **state)
{
    struct shown all = tell(checksum_uninvited_just_now, 1);
    (void)state;
    assert_true(expect(&all, MPT_RULE_UNINVITED_RESET, 1, MPT_RULE_NOT_VISIBLE, NOBODY));
}

/* Near the sender, nothing says that the ADD_ADDR arrived. */
static void test_conformance__echo_missing_elsewhere__not_visible(void **state)
{
    struct shown all = tell(never_echoed_elsewhere, 1);
    (void)state;
    assert_true(expect(&all, MPT_RULE_ADD_ADDR_ECHO, 1, MPT_RULE_NOT_VISIBLE, NOBODY));
}

static void test_conformance__what_the_path_may_have_done__not_visible(void **state)
{
    struct shown all;
    (void)state;
    for (unsigned version = 0; version <= 1; version++) {
        all = tell(no_data_acks_elsewhere, version);
        assert_true(expect(&all, MPT_RULE_ACKS_SENT, version, MPT_RULE_NOT_VISIBLE, NOBODY));
        all = tell(data_inserted, version);
        assert_true(expect(&all, MPT_RULE_MAPPING_PLACE, version, MPT_RULE_NOT_VISIBLE, NOBODY));
    }
}

static void test_conformance__transient_reset__may_join_again(void **state)
{
    struct shown all = tell(joined_after_transient, 1);
    (void)state;
    assert_true(expect(&all, MPT_RULE_PERMANENT, 1, MPT_RULE_NOT_EXERCISED, NOBODY));
}

/* What a stack's own tests fail for. */
static void test_conformance__levels__as_in_the_rfc(void **state)
{
    static const struct {
        mpt_rule_id rule;
        mpt_rule_level level;
        const char *v1, *v0;
    } rules[] = {
        {MPT_RULE_JOIN_EARLY, MPT_RULE_MUST, "3.1", "3.1"},
        {MPT_RULE_IDSN, MPT_RULE_MUST, "3.1", "3.1"},
        {MPT_RULE_JOIN_DATA_EARLY, MPT_RULE_STATES, "3.2", "3.2"},
        {MPT_RULE_ADD_ADDR_IGNORED, MPT_RULE_SHOULD, "3.4.1", NULL},
        {MPT_RULE_ADD_ADDR_ECHO, MPT_RULE_STATES, "3.4.1", NULL},
        {MPT_RULE_ADDRESS_ID, MPT_RULE_MUST, "3.4.1", "3.4.1"},
        {MPT_RULE_JOIN_PORT, MPT_RULE_SHOULD, "3.9.1", "3.8.1"},
        {MPT_RULE_JOIN_AGAIN, MPT_RULE_SHOULD, "3.4.1", "3.4.1"},
        {MPT_RULE_HMAC_REFUSED, MPT_RULE_MUST, "3.8", "3.7"},
        {MPT_RULE_PLAIN_JOIN_RESET, MPT_RULE_MUST, "3.8", "3.7"},
        {MPT_RULE_FELL_BACK, MPT_RULE_MUST, "3.7", "3.6"},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        assert_int_equal(mpt_rule_level_of(rules[i].rule), rules[i].level);
        assert_string_equal(mpt_rule_rfc(rules[i].rule, 1).section, rules[i].v1);
        if (rules[i].v0)
            assert_string_equal(mpt_rule_rfc(rules[i].rule, 0).section, rules[i].v0);
        else
            assert_null(mpt_rule_rfc(rules[i].rule, 0).section);
    }
}

/* Each of these keeps all rules, not only the one that it is for. */
static void test_conformance__healthy__nothing_violated(void **state)
{
    static void (*const healthy[])(struct scene *) = {
        opened,        two_subflows,    closed,    announced, removed_and_closed, reinjected,
        backup_spared, fastclose_right, other_key, refused,   asked_plainly};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(healthy); i++)
        for (unsigned version = 0; version <= 1; version++) {
            struct shown all = tell(healthy[i], version);
            for (mpt_rule_id id = 0; id < MPT_RULE_IDS; id++) {
                if (all.ruling[id].verdict == MPT_RULE_VIOLATED)
                    print_error("%zu, v%u: %s\n", i, version, mpt_rule_name(id));
                assert_true(all.ruling[id].verdict != MPT_RULE_VIOLATED);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conformance__each_rule_and_version__kept_and_violated),
        cmocka_unit_test(test_conformance__every_rule__has_scenes_unless_unseen),
        cmocka_unit_test(test_conformance__reaction_may_be_under_way__not_visible),
        cmocka_unit_test(test_conformance__echo_missing_elsewhere__not_visible),
        cmocka_unit_test(test_conformance__what_the_path_may_have_done__not_visible),
        cmocka_unit_test(test_conformance__transient_reset__may_join_again),
        cmocka_unit_test(test_conformance__levels__as_in_the_rfc),
        cmocka_unit_test(test_conformance__healthy__nothing_violated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
