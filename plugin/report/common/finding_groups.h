/* finding_groups.h - equal findings made one: 60 refused joins, or one cause in 100 connections, are one line.
 *
 * Findings are equal if they have the same check, severity, section, direction and wording, and the same cause:
 * party, reason, option and flags. Where they happened, and how much it was, may differ.
 *
 * Invariant: no finding is lost. Each is in one group, whose times and count include it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FINDING_GROUPS_H
#define MPT_FINDING_GROUPS_H

#include "plugin/report/format/sink.h"
#include "tap/engine/findings/findings.h"

#define MPT_OCCURRENCES 1000 /* of a group are listed; the rest is counted */

typedef struct mpt_finding_occurrence {
    uint32_t connection, frame; /* frame 0: none */
    mpt_maybe_int subflow;
    mpt_maybe_ns time; /* since the earliest frame */
    uint64_t count;
    char *sentence; /* NULL where sentences are not kept */
} mpt_finding_occurrence;

typedef struct mpt_finding_group {
    mpt_finding first;               /* in time */
    uint64_t times, count;           /* occurrences; the sum of their counts, in first.unit */
    uint32_t connections, addresses; /* different ones; addresses of those who opened the subflows */
    mpt_maybe_ns last_time;          /* when the last one begins */
    GArray *occurrences;             /* mpt_finding_occurrence, as they were added */
    GHashTable *seen;                /* a set of the addresses, as text; NULL: none */
    uint32_t last_connection;        /* as added */
} mpt_finding_group;

typedef struct mpt_finding_groups mpt_finding_groups;

/* points: the names of vantage points as in mpt_finding_sentence(), borrowed; sentences: keep that of each
 * occurrence. Free with mpt_finding_groups_free(). */
mpt_finding_groups *mpt_finding_groups_new(const char *const *points, bool sentences);
void mpt_finding_groups_free(mpt_finding_groups *g);
/* Adds the findings (mpt_finding) of a connection, or with v NULL of the capture, and frees the array. Add
 * connection after connection. */
void mpt_finding_groups_add(mpt_finding_groups *g, GArray *findings, const mpt_connection_view *v);
/* The groups of a severity (mpt_finding_group), in the order in which they were added. Borrowed. */
const GPtrArray *mpt_finding_groups_of(const mpt_finding_groups *g, mpt_severity severity);

/* How often and where: "60 times in 1 connection, from 60 addresses; the last at 12.345678 s." Appends
 * nothing for a finding that was found once. */
void mpt_finding_group_extent(const mpt_finding_group *group, GString *out);
/* Writes the paragraph of a text report: the first one as mpt_finding_paragraph() does, and the extent. */
void mpt_finding_group_paragraph(const mpt_finding_groups *g, const mpt_finding_group *group, mpt_sink *sink);

#endif
