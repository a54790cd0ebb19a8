/* checks.h - what the check functions share; private to tap/engine/findings.
 *
 *   findings_table.h     a row for each finding
 *   findings.c           runs the check functions, sorts what they find
 *   checks_capture.c     what a capture can't show
 *   checks_capable.c     MP_CAPABLE, fallback
 *   checks_handshake.c   MP_JOIN, resets
 *   checks_capable_rules.c  the rules of the first handshake: versions, flags, keys
 *   checks_join_rules.c     those of joins: when, to where, how many
 *   checks_address_rules.c  those of addresses: ids, echoes, what can be reached
 *   checks_signals.c     what a receiver ignores, or nobody knows
 *   checks_address.c     ADD_ADDR, REMOVE_ADDR
 *   checks_data.c        mappings, DATA_ACKs, checksums
 *   checks_scheduling.c  backup, failover, the receive window
 *   checks_waits.c       head-of-line blocking
 *   checks_end.c         DATA_ACKs that are missing, and how a connection ends
 *   checks_reinjections.c  data sent on more than one subflow
 *   checks_paths.c       outages, subflows that are given up or come and go
 *   checks_connection.c  why there is one subflow only, who aborted it
 *   checks_icmp.c        ICMP errors
 *   checks_speed.c       what limited a direction, windows, queues
 *   checks_middlebox.c   what changes between two vantage points
 *
 * Invariant: a check function reads const state, and changes nothing but `found`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CHECKS_H
#define MPT_CHECKS_H

#include "findings.h"
#include "tap/engine/core/engine.h"

/* What a check function reads, and where it puts its findings. */
typedef struct mpt_checking {
    const mpt_engine *engine;
    const mpt_connection_view *v; /* NULL for checks of the capture */
    const mpt_connection *c;
    GArray *events;                 /* mpt_event in time order */
    GArray **of_subflow;            /* per owner: indices in events (guint), in order; NULL: none */
    const GArray *ways;             /* mpt_path_hop; NULL: one vantage point */
    const mpt_reinjection_log *log; /* NULL: none */
    int64_t closing_ns;             /* the first DATA_FIN or MP_FASTCLOSE; INT64_MAX: none */
    mpt_near near;
    bool whole;    /* the handshake of the first subflow is in the capture */
    bool reliable; /* no options cut, no segment lost or late */
    GArray *found;
} mpt_checking;

/* A section of the RFC of version 1, and of the RFC of version 0. */
typedef struct mpt_rfcs {
    mpt_rfc v1, v0;
} mpt_rfcs;

/* clang-format off */
#define MPT_RFC_SAME(section) {{8684, section}, {6824, section}}
#define MPT_RFC_BOTH(v1, v0) {{8684, v1}, {6824, v0}}
#define MPT_RFC_OF_TCP(section) {{9293, section}, {9293, section}}
#define MPT_RFC_NO_RFC {{0, NULL}, {0, NULL}}
/* clang-format on */

/* Adds a finding, without clauses so far. time_ns: time of the capture; INT64_MIN: none. The result is valid
 * until the next finding; the caller may set its subflow, direction and severity. */
mpt_finding *mpt_found(mpt_checking *x, mpt_finding_id id, int64_t time_ns, uint32_t frame, uint64_t count);

/* Appends a clause: a phrase and its terms. Returns f. */
#define mpt_say(f, p, ...) mpt_found_clause(f, &(mpt_saying){.phrase = p, .terms = {__VA_ARGS__}})

typedef struct mpt_saying {
    mpt_phrase phrase;
    mpt_term terms[MPT_CLAUSE_TERMS];
} mpt_saying;

mpt_finding *mpt_found_clause(mpt_finding *f, const mpt_saying *saying);

static inline mpt_term mpt_term_of(mpt_term_type type, uint64_t number)
{
    return (mpt_term){.type = type, .number = number};
}

static inline mpt_term mpt_term_role(mpt_role role)
{
    return mpt_term_of(MPT_TERM_ROLE, role);
}

static inline mpt_term mpt_term_sender(mpt_direction direction)
{
    return mpt_term_role(mpt_direction_sender(direction));
}

/* MPT_TERM_ENDPOINT or MPT_TERM_ADDRESS. */
static inline mpt_term mpt_term_endpoint(mpt_term_type type, const mpt_endpoint *e)
{
    return (mpt_term){.type = type, .endpoint = *e};
}

static inline mpt_term mpt_term_icmp(const mpt_icmp_error *e)
{
    return mpt_term_of(MPT_TERM_ICMP, (uint64_t)e->ends[0].family << 16 | (uint64_t)e->type << 8 | e->code);
}

static inline mpt_term mpt_term_subflow(const mpt_subflow_view *sv)
{
    return (mpt_term){.type = MPT_TERM_SUBFLOW, .subflow = {sv->subflow, sv->id, sv->side[MPT_CLIENT]}};
}

/* The section that applies to the connection's version. */
mpt_rfc mpt_found_rfc(const mpt_checking *x, const mpt_rfcs *rfcs);

static inline void mpt_found_subflow(mpt_finding *f, const mpt_subflow_view *sv)
{
    f->subflow = (mpt_maybe_int){.known = true, .value = sv->id};
}

static inline void mpt_found_direction(mpt_finding *f, mpt_direction direction)
{
    f->direction = (mpt_maybe_int){.known = true, .value = direction};
}

/* --- the capture --- */

/* The first event of this type, at or after from_ns; owner, role: -1 for any. NULL: none. */
const mpt_event *mpt_checking_event(const mpt_checking *x, mpt_event_type type, int owner, int role,
                                    int64_t from_ns);
/* Those of the connection. */
mpt_capable_steps mpt_checking_capable(const mpt_checking *x);
/* Why the receiver of this MP_CAPABLE, one of the steps, has to ignore it (RFC 8684 3.1): the clause to say, with the
 * terms of mpt_say_invalid(); MPT_PHRASES: it has not to. */
mpt_phrase mpt_capable_invalid(const mpt_capable_steps *steps, const mpt_event *event);
void mpt_say_invalid(const mpt_checking *x, mpt_finding *f, const mpt_capable_steps *steps,
                     const mpt_event *event);
/* Adds an address to a set of those that are told apart. */
#define MPT_MAX_SOURCES 256
void mpt_add_source(GArray *sources, const mpt_endpoint *e);
/* Joins with one token that get nowhere: a flood, and no finding each. */
bool mpt_checking_flooded(const mpt_checking *x);
/* Why nobody reaches this address of that host from where the other one is; MPT_PHRASES: it may be reached. */
mpt_phrase mpt_checking_unreachable(const mpt_checking *x, mpt_role role, const mpt_endpoint *address);
/* When the subflow was established; where that is not in the capture, when it begins there. */
static inline int64_t mpt_checking_established_ns(const mpt_subflow *s)
{
    return s->established_ns ? s->established_ns : s->start_ns;
}
/* True if this check has found something of that subflow. */
bool mpt_checking_found(const mpt_checking *x, mpt_finding_id id, uint32_t subflow);
/* What the connection sent in this direction from then on, as far as captured: a lower bound. */
uint64_t mpt_checking_sent_since(const mpt_checking *x, mpt_direction direction, int64_t from_ns);
/* True if DATA_ACKs acknowledge data of this side that it had not sent, on no path. */
bool mpt_checking_never_sent(const mpt_connection *c, mpt_conn_side side);
/* True if the RST that ended the subflow came from nearer or farther away than all else of its sender. */
bool mpt_checking_foreign_reset(const mpt_subflow *s);
/* True if an ICMP error is about this subflow. */
bool mpt_checking_icmp(const mpt_checking *x, const mpt_subflow *s);
/* Did segments get lost this way in that time because of their size (by ICMP, or as `path_mtu` finds it)? */
bool mpt_checking_too_big(const mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction,
                          int64_t from_ns, int64_t to_ns);
/* Appends a clause on what made the connection plain TCP, if the vantage points show it; false
 * if they don't. */
bool mpt_path_hop_culprit(const mpt_checking *x, mpt_finding *f);

/* --- the check functions: a row each in findings_table.h --- */

void mpt_check_fallback(mpt_checking *x);
void mpt_check_capable(mpt_checking *x);
void mpt_check_joins(mpt_checking *x);
void mpt_check_join_address(mpt_checking *x);
void mpt_check_join_slow(mpt_checking *x);
void mpt_check_resets(mpt_checking *x);
void mpt_check_capable_rules(mpt_checking *x);
void mpt_check_join_rules(mpt_checking *x);
void mpt_check_token_scan(mpt_checking *x);
void mpt_check_syn_flood(mpt_checking *x);
void mpt_check_prio(mpt_checking *x);
void mpt_check_address_rules(mpt_checking *x);
void mpt_check_ignored(mpt_checking *x);
void mpt_check_misplaced(mpt_checking *x);
void mpt_check_add_addr(mpt_checking *x);
void mpt_check_add_addr_hmac(mpt_checking *x);
void mpt_check_remove_addr(mpt_checking *x);
void mpt_check_moved(mpt_checking *x);
void mpt_check_unmapped(mpt_checking *x);
void mpt_check_conflicts(mpt_checking *x);
void mpt_check_far(mpt_checking *x);
void mpt_check_beyond_window(mpt_checking *x);
void mpt_check_data_acks(mpt_checking *x);
void mpt_check_after_fin(mpt_checking *x);
void mpt_check_no_data_acks(mpt_checking *x);
void mpt_check_stalled(mpt_checking *x);
void mpt_check_narrow(mpt_checking *x);
void mpt_check_checksum_use(mpt_checking *x);
void mpt_check_fin_alone(mpt_checking *x);
void mpt_check_fastclose(mpt_checking *x);
void mpt_check_fin_moved(mpt_checking *x);
void mpt_check_not_delivered(mpt_checking *x);
void mpt_check_checksums(mpt_checking *x);
void mpt_check_mp_fail(mpt_checking *x);
void mpt_check_backup(mpt_checking *x);
void mpt_check_idle(mpt_checking *x);
void mpt_check_failover(mpt_checking *x);
void mpt_check_single_path(mpt_checking *x);
void mpt_check_aborted(mpt_checking *x);
void mpt_check_foreign_resets(mpt_checking *x);
void mpt_check_interfaces(mpt_checking *x);
void mpt_check_icmp(mpt_checking *x);
void mpt_check_sizes(mpt_checking *x);
void mpt_check_outages(mpt_checking *x);
void mpt_check_abandoned(mpt_checking *x);
void mpt_check_flapping(mpt_checking *x);
void mpt_check_no_subflow(mpt_checking *x);
void mpt_check_waits(mpt_checking *x);
void mpt_check_window_closed(mpt_checking *x);
void mpt_check_limited(mpt_checking *x);
void mpt_check_window(mpt_checking *x);
void mpt_check_bloat(mpt_checking *x);
void mpt_check_reinjections(mpt_checking *x);
void mpt_check_clock(mpt_checking *x);
void mpt_check_twice(mpt_checking *x);
void mpt_check_capture(mpt_checking *x);
void mpt_check_ways(mpt_checking *x);

#endif
