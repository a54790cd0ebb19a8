/* judging_internal.h - what a rule is judged from, and the functions that do it.
 *
 * Invariant: a function judges one host: it never looks at what the other one did of its own accord, only at what
 * gave the first the occasion.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_JUDGING_INTERNAL_H
#define MPT_JUDGING_INTERNAL_H

#include "conformance.h"

/* What a connection is judged from. */
typedef struct mpt_judging {
    const mpt_engine *engine;
    const mpt_connection_view *v;
    const mpt_connection *c;
    const mpt_connection_evidence *evidence; /* of the connection; all 0 where there is none */
    const GArray *events;                    /* mpt_event in time order */
    const GArray *findings;                  /* mpt_finding */
    mpt_capable_steps steps;
    bool begun; /* the SYN of the first subflow is in the capture */
} mpt_judging;

/* What the capture shows of one host and one rule. */
typedef struct mpt_occasion {
    mpt_rule_verdict verdict;
    mpt_rule_reason reason;
    uint32_t frame;
} mpt_occasion;

static inline mpt_occasion mpt_kept(uint32_t frame)
{
    return (mpt_occasion){.verdict = MPT_RULE_KEPT, .frame = frame};
}

static inline mpt_occasion mpt_violated(uint32_t frame)
{
    return (mpt_occasion){.verdict = MPT_RULE_VIOLATED, .frame = frame};
}

static inline mpt_occasion mpt_no_occasion(void)
{
    return (mpt_occasion){.verdict = MPT_RULE_NOT_EXERCISED};
}

static inline mpt_occasion mpt_unseen(mpt_rule_reason reason)
{
    return (mpt_occasion){.verdict = MPT_RULE_NOT_VISIBLE, .reason = reason};
}

/* What is in the handshake, where that is not in the capture. */
static inline mpt_occasion mpt_no_handshake(const mpt_judging *j)
{
    return j->begun ? mpt_no_occasion() : mpt_unseen(MPT_RULE_REASON_BEGAN_BEFORE);
}

/* The first event of this type by this host, at or after from_ns; owner -1: on any subflow. NULL: none. */
const mpt_event *mpt_judging_event(const mpt_judging *j, mpt_event_type type, int owner, mpt_role role,
                                   int64_t from_ns);

static inline const mpt_data_level *mpt_judging_level(const mpt_judging *j, mpt_role sender)
{
    return mpt_metrics_level(j->v, mpt_role_sends(sender));
}

static inline const mpt_level_evidence *mpt_judging_evidence(const mpt_judging *j, mpt_role sender)
{
    return &j->evidence->level[j->v->side[sender]];
}

static inline mpt_role mpt_judging_role(const mpt_judging *j, const mpt_event *event)
{
    return mpt_metrics_role(j->v, event->side);
}

/* A join whose SYN is in the capture, by this host. */
static inline bool mpt_judging_joined(const mpt_subflow_view *sv, mpt_role by)
{
    return sv->subflow->kind == MPT_SUBFLOW_JOIN && sv->subflow->syn_seen && sv->initiator.known &&
           sv->initiator.value == (int64_t)by;
}

/* A reaction that is not there after this long does not come: some round trips, or a second where they are not known. */
static inline int64_t mpt_judging_reaction_ns(const mpt_subflow_view *sv)
{
    const mpt_subflow *s = sv->subflow;

    return s->syn_seen && s->ack_seen
               ? CLAMP(4 * (s->ack_ns - s->syn_ns), INT64_C(20000000), INT64_C(1000000000))
               : INT64_C(1000000000);
}

/* The judges: a row each in rules_table.h, in whose order they stand. */
#define X(id, name, level, rfcs, bound, judged, ...)                                                         \
    mpt_occasion mpt_judge_##judged(const mpt_judging *j, mpt_role role);
#define Y(...)
MPT_RULES(X, Y)
#undef X
#undef Y

#endif
