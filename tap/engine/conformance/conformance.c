/* conformance.c - see conformance.h: what makes one verdict of the findings and of the two hosts' occasions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "conformance.h"

#include "judging_internal.h"

/* How a finding tells who did it. */
typedef enum mpt_party {
    OF_NOBODY,
    OF_CLIENT,
    OF_SERVER,
    OF_BOTH,
    OF_TERM, /* the first host that its sentence names */
    OF_OTHER_THAN_TERM,
    OF_SENDER, /* of its direction */
    OF_RECEIVER
} mpt_party;

enum { BINDS_CLIENT = 1 << MPT_CLIENT, BINDS_SERVER = 1 << MPT_SERVER, BINDS_EITHER = 3 };

/* clang-format off */
#define SAME(section) {{8684, section}, {6824, section}}
#define BOTH(v1, v0) {{8684, v1}, {6824, v0}}
#define V1(section) {{8684, section}, {6824, NULL}}
/* clang-format on */

#define MPT_FINDING_NO_FINDING MPT_FINDING_IDS
#define MPT_PHRASE_FINDINGS    MPT_PHRASES

static const struct {
    const char *name;
    mpt_rule_level level;
    struct {
        mpt_rfc v1, v0;
    } rfcs;
    unsigned bound;
    mpt_occasion (*judge)(const mpt_judging *j, mpt_role role); /* NULL: no capture shows it */
    mpt_finding_id finding;
    mpt_phrase phrase;
    mpt_severity at_most;
    mpt_party party;
    mpt_rule_reason reason;
} RULES[MPT_RULE_IDS] = {
#define X(id, name, level, rfcs, bound, judged, finding, phrase, at_most, party)                             \
    {#name,                                                                                                  \
     MPT_RULE_##level,                                                                                       \
     rfcs,                                                                                                   \
     BINDS_##bound,                                                                                          \
     mpt_judge_##judged,                                                                                     \
     MPT_FINDING_##finding,                                                                                  \
     MPT_PHRASE_##phrase,                                                                                    \
     MPT_SEVERITY_##at_most,                                                                                 \
     OF_##party,                                                                                             \
     MPT_RULE_REASON_NONE},
#define Y(id, name, level, rfcs, bound, reason)                                                              \
    {#name,       MPT_RULE_##level,   rfcs,      BINDS_##bound,           NULL, MPT_FINDING_IDS,             \
     MPT_PHRASES, MPT_SEVERITY_ERROR, OF_NOBODY, MPT_RULE_REASON_##reason},
    MPT_RULES(X, Y)
#undef X
#undef Y
};

const char *mpt_rule_name(mpt_rule_id id)
{
    return RULES[id].name;
}

const char *mpt_rule_level_name(mpt_rule_level level)
{
    static const char *const names[] = {
        [MPT_RULE_MUST] = "MUST", [MPT_RULE_SHOULD] = "SHOULD", [MPT_RULE_STATES] = "states"};

    return names[level];
}

const char *mpt_rule_verdict_name(mpt_rule_verdict verdict)
{
    static const char *const names[] = {[MPT_RULE_KEPT] = "kept",
                                        [MPT_RULE_VIOLATED] = "violated",
                                        [MPT_RULE_NOT_EXERCISED] = "not exercised",
                                        [MPT_RULE_NOT_VISIBLE] = "not visible"};

    return names[verdict];
}

const char *mpt_rule_reason_name(mpt_rule_reason reason)
{
    static const char *const names[] = {
#define X(id, name) name,
        MPT_RULE_REASONS(X)
#undef X
    };

    return names[reason];
}

mpt_rfc mpt_rule_rfc(mpt_rule_id id, uint8_t version)
{
    return version == 0 ? RULES[id].rfcs.v0 : RULES[id].rfcs.v1;
}

mpt_rule_level mpt_rule_level_of(mpt_rule_id id)
{
    return RULES[id].level;
}

bool mpt_rule_is_unseen(mpt_rule_id id)
{
    return !RULES[id].judge;
}

const mpt_event *mpt_judging_event(const mpt_judging *j, mpt_event_type type, int owner, mpt_role role,
                                   int64_t from_ns)
{
    for (guint i = 0; i < j->events->len; i++) {
        const mpt_event *event = &g_array_index(j->events, mpt_event, i);
        if (event->type == type && event->time_ns >= from_ns && (owner < 0 || event->owner == owner) &&
            mpt_judging_role(j, event) == role)
            return event;
    }
    return NULL;
}

/* --- findings --- */

static bool has_phrase(const mpt_finding *f, mpt_phrase phrase)
{
    for (unsigned i = 0; i < f->clause_count; i++)
        if (f->clauses[i].phrase == phrase)
            return true;
    return phrase == MPT_PHRASES;
}

/* The first host that a sentence names. */
static bool names(const mpt_finding *f, mpt_role *role)
{
    for (unsigned i = 0; i < f->term_count; i++)
        if (f->terms[i].type == MPT_TERM_ROLE) {
            *role = (mpt_role)f->terms[i].number;
            return true;
        }
    return false;
}

/* The hosts, as bits, that did what this finding tells; 0: it does not tell. */
static unsigned parties(const mpt_finding *f, mpt_party party)
{
    mpt_role role = MPT_CLIENT;
    bool other = party == OF_OTHER_THAN_TERM || party == OF_RECEIVER;

    switch (party) {
    case OF_CLIENT:
        return BINDS_CLIENT;
    case OF_SERVER:
        return BINDS_SERVER;
    case OF_BOTH:
        return BINDS_EITHER;
    case OF_TERM:
    case OF_OTHER_THAN_TERM:
        if (!names(f, &role))
            return 0;
        break;
    case OF_SENDER:
    case OF_RECEIVER:
        if (!f->direction.known)
            return 0;
        role = mpt_direction_sender((mpt_direction)f->direction.value);
        break;
    default:
        return 0;
    }
    return 1u << (other ? mpt_role_other(role) : role);
}

/* What the findings show of a rule, over both hosts. */
struct shown {
    bool violated;
    unsigned by, unproven; /* hosts, as bits */
    uint32_t frame;
};

static struct shown look(const mpt_judging *j, mpt_rule_id id)
{
    struct shown s = {false};

    for (guint i = 0; i < j->findings->len; i++) {
        const mpt_finding *f = &g_array_index(j->findings, mpt_finding, i);
        if (f->id != RULES[id].finding || !has_phrase(f, RULES[id].phrase))
            continue;
        /* Where the length does not fit, something on the way may have changed it. */
        if (f->severity > RULES[id].at_most || has_phrase(f, MPT_PHRASE_MISPLACED_LENGTH)) {
            s.unproven |= parties(f, RULES[id].party);
            continue;
        }
        s.violated = true;
        s.by |= parties(f, RULES[id].party);
        s.frame = s.frame && f->frame ? MIN(s.frame, f->frame) : MAX(s.frame, f->frame);
    }
    return s;
}

/* --- verdicts --- */

/* Of the whole capture: what is missing of any segment may be what the rule is about. */
static mpt_rule_reason missing(const mpt_engine *e)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(e);

    if (counts->cut_options)
        return MPT_RULE_REASON_OPTIONS_CUT;
    return counts->lost_segments || counts->late_segments ? MPT_RULE_REASON_SEGMENTS_MISSING
                                                          : MPT_RULE_REASON_NONE;
}

static bool any_one_way(const mpt_connection_view *v)
{
    for (uint32_t i = 0; i < v->subflow_count; i++)
        if (mpt_metrics_one_way(&v->subflows[i]))
            return true;
    return false;
}

/* What counts of two hosts: a violation, then what was seen to be kept, then what is not visible. */
static unsigned weight(mpt_rule_verdict verdict)
{
    static const unsigned weights[] = {[MPT_RULE_VIOLATED] = 3,
                                       [MPT_RULE_KEPT] = 2,
                                       [MPT_RULE_NOT_VISIBLE] = 1,
                                       [MPT_RULE_NOT_EXERCISED] = 0};

    return weights[verdict];
}

static void count_in(mpt_ruling *r, mpt_role role, mpt_occasion o)
{
    if (weight(o.verdict) < weight(r->verdict))
        return;
    if (weight(o.verdict) > weight(r->verdict)) {
        r->party[MPT_CLIENT] = r->party[MPT_SERVER] = false;
        r->frame = 0;
        r->reason = MPT_RULE_REASON_NONE;
    }
    r->verdict = o.verdict;
    r->party[role] = o.verdict != MPT_RULE_NOT_EXERCISED;
    r->reason = r->reason ? r->reason : o.reason;
    r->frame = r->frame && o.frame ? MIN(r->frame, o.frame) : MAX(r->frame, o.frame);
}

static void judge(const mpt_judging *j, mpt_ruling *r, mpt_rule_reason blind)
{
    struct shown s = look(j, r->rule);

    if (s.violated) {
        r->verdict = MPT_RULE_VIOLATED;
        r->frame = s.frame;
        for (mpt_role role = 0; role < MPT_ROLES; role++)
            r->party[role] = s.by >> role & 1;
        return;
    }
    if (blind) {
        r->verdict = MPT_RULE_NOT_VISIBLE;
        r->reason = blind;
        return;
    }
    for (mpt_role role = 0; role < MPT_ROLES; role++)
        if (RULES[r->rule].bound >> role & 1)
            count_in(r, role,
                     s.unproven >> role & 1 ? mpt_unseen(MPT_RULE_REASON_UNPROVEN)
                                            : RULES[r->rule].judge(j, role));
}

static mpt_ruling ruling_of(const mpt_judging *j, mpt_rule_id id, mpt_rfc rfc, mpt_rule_reason blind)
{
    mpt_ruling r = {.rule = id, .rfc = rfc, .level = RULES[id].level, .verdict = MPT_RULE_NOT_EXERCISED};

    if (RULES[id].judge) {
        judge(j, &r, blind);
    } else {
        r.verdict = MPT_RULE_NOT_VISIBLE;
        r.reason = RULES[id].reason;
    }
    return r;
}

GArray *mpt_conformance_of(const mpt_engine *e, const mpt_connection_view *v)
{
    static const mpt_connection_evidence none;
    GArray *rulings = g_array_sized_new(FALSE, FALSE, sizeof(mpt_ruling), MPT_RULE_IDS);
    GArray *events = mpt_metrics_events(v->connection), *findings = mpt_findings_of_connection(e, v, NULL);
    mpt_judging j = {.engine = e,
                     .v = v,
                     .c = v->connection,
                     .evidence = v->connection->evidence ? v->connection->evidence : &none,
                     .events = events,
                     .findings = findings,
                     .steps = mpt_capable_steps_of(v, events),
                     .begun = v->kind != MPT_KIND_MPTCP_PARTIAL && v->subflows[0].subflow->syn_seen};
    mpt_rule_reason blind = missing(e);

    if (!blind && any_one_way(v))
        blind = MPT_RULE_REASON_ONE_WAY;
    for (mpt_rule_id id = 0; id < MPT_RULE_IDS; id++) {
        mpt_rfc rfc = mpt_rule_rfc(id, v->version.known && v->version.value == 0 ? 0 : 1);
        if (!rfc.section)
            continue;
        mpt_ruling r = ruling_of(&j, id, rfc, blind);
        g_array_append_val(rulings, r);
    }
    g_array_unref(events);
    g_array_unref(findings);
    return rulings;
}
