/* conformance.h - was each rule of the RFC kept? A verdict a rule and connection.
 *
 * Invariant: computed from const state, and nothing is kept. `kept` has seen the occasion, `violated` has the frame;
 * a rule without an occasion in the capture is `not exercised`, and what the capture can't tell is `not visible`,
 * with the reason.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CONFORMANCE_H
#define MPT_CONFORMANCE_H

#include "rules_table.h"
#include "tap/engine/findings/findings.h"

typedef enum mpt_rule_id {
#define X(id, ...) MPT_RULE_##id,
    MPT_RULES(X, X)
#undef X
        MPT_RULE_IDS
} mpt_rule_id;

typedef enum mpt_rule_level { MPT_RULE_MUST, MPT_RULE_SHOULD, MPT_RULE_STATES } mpt_rule_level;

typedef enum mpt_rule_verdict {
    MPT_RULE_KEPT,
    MPT_RULE_VIOLATED,
    MPT_RULE_NOT_EXERCISED,
    MPT_RULE_NOT_VISIBLE,
    MPT_RULE_VERDICTS
} mpt_rule_verdict;

typedef enum mpt_rule_reason {
#define X(id, ...) MPT_RULE_REASON_##id,
    MPT_RULE_REASONS(X)
#undef X
        MPT_RULE_REASON_IDS
} mpt_rule_reason;

typedef struct mpt_ruling {
    mpt_rule_id rule;
    mpt_rfc rfc; /* of the connection's version */
    mpt_rule_level level;
    mpt_rule_verdict verdict;
    mpt_rule_reason reason; /* of NOT_VISIBLE */
    /* Who kept it, violated it, or whose part is not visible. VIOLATED and none of them: either of the two. */
    bool party[MPT_ROLES];
    uint32_t frame; /* the first that shows it; 0: none */
} mpt_ruling;

/* The verdicts on a connection, in order of the table, without the rules that its version does not have (v1's where
 * that is not known). Elements are mpt_ruling; free with g_array_unref(). Needs config.want_evidence, want_hmacs and
 * want_checksums. */
GArray *mpt_conformance_of(const mpt_engine *e, const mpt_connection_view *v);

/* True if a host did what a stack may not: a MUST, or what the RFC states, is violated. */
static inline bool mpt_ruling_fails(const mpt_ruling *r)
{
    return r->verdict == MPT_RULE_VIOLATED && r->level != MPT_RULE_SHOULD;
}

/* Names as in CSV and JSON, static: "join_early"; "MUST"; "not visible"; "one_way", NULL for none. */
const char *mpt_rule_name(mpt_rule_id id);
const char *mpt_rule_level_name(mpt_rule_level level);
const char *mpt_rule_verdict_name(mpt_rule_verdict verdict);
const char *mpt_rule_reason_name(mpt_rule_reason reason);
/* The rule of a version; the section is NULL where that version does not have it. */
mpt_rfc mpt_rule_rfc(mpt_rule_id id, uint8_t version);
mpt_rule_level mpt_rule_level_of(mpt_rule_id id);
/* True if no capture shows this rule. */
bool mpt_rule_is_unseen(mpt_rule_id id);

#endif
