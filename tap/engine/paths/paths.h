/* paths.h - the same traffic at two vantage points: matches subflows and segments of one with those
 * of the other.
 *
 *   end A                                   end B
 *     | segment [a, b) tsval v  at time 12.000 |
 *     |----------------------------------------| segment [a, b) tsval v  at time 12.020   -> a sample
 *     | [b, c) v                  lost   - - - |
 *     | [b, c) w                               |
 *     |----------------------------------------| [b, d) w, [d, c) w (split)               -> two samples
 *
 * same_subflow.h tells which subflows are one. Segments are matched by their range of subflow positions,
 * direction and TCP timestamp.
 *
 * Invariant: each end's segments arrive in that end's time order; the two clocks need not agree. Both ends
 * are treated alike: which of them is nearer to a sender is for the caller to know. Memory: one record for
 * each segment that waits for its partner. It is given up once segments of that end that were captured 10 s
 * later have found theirs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATHS_H
#define MPT_PATHS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "option_changes.h"
#include "same_subflow.h"
#include "tap/engine/core/engine.h"

typedef struct mpt_paths mpt_paths;

/* A segment, or a part of it, that was seen at both ends. */
typedef struct mpt_path_sample {
    int64_t time_ns[MPT_ENDS]; /* by each end's own clock, in ns since the epoch */
    uint32_t frame[MPT_ENDS];
    uint32_t flow;   /* index in mpt_paths_flows() */
    uint32_t length; /* bytes of payload; 0: a segment without payload */
    mpt_side side;   /* of the flow: who sent it */
} mpt_path_sample;

typedef void (*mpt_paths_sample)(const mpt_path_sample *sample, void *user);

/* What was captured at one end and has no partner at the other. */
typedef struct mpt_path_alone {
    uint64_t segments, bytes;
    uint64_t packets; /* segments with and without payload */
    uint64_t uncaptured_segments,
        uncaptured_bytes; /* part of it: it passed the other end, which did not capture it */
} mpt_path_alone;

/* What became of payload that had been sent on another subflow before, in bytes. */
typedef struct mpt_path_reinjected {
    uint64_t useful, redundant, useless, lost; /* bytes */
} mpt_path_reinjected;

/* One direction of a flow as one end has it. */
typedef struct mpt_path_lane {
    mpt_path_alone alone;
    /* From arrival to the moment when the bytes were in order; one sample for each piece of payload. */
    mpt_histogram queued;
    uint64_t waited_bytes;   /* of other subflows, that waited for bytes of this one */
    int64_t waited_ns;       /* the longest such wait */
    uint64_t again_segments; /* with bytes that were captured at this end before */
    struct mpt_lane *private_;
} mpt_path_lane;

/* A subflow, as far as it was found. Its sides are those of subflow[MPT_END_A], or of the other where
 * that is NULL. */
typedef struct mpt_path_flow {
    uint32_t index;
    const mpt_subflow *subflow[MPT_ENDS]; /* NULL: not found at this end */
    bool flip[MPT_ENDS];                  /* side A of subflow[end] is side B of the flow */
    uint32_t reasons, score;
    bool addresses_changed;
    GArray *changes;                   /* mpt_option_change: MPTCP options that differ; NULL: none */
    uint16_t mss[MPT_ENDS][MPT_SIDES]; /* of the SYNs, by side of the flow; 0: not known */
    const mpt_subflow *plain;          /* where subflow[end] is NULL: the TCP connection that it is there */
    bool outside; /* where subflow[end] is NULL: it began while that end was not capturing */
    mpt_path_lane *lane[MPT_ENDS][MPT_SIDES]; /* by side of the flow; NULL where subflow[end] is */
} mpt_path_flow;

/* The side of subflow[end] that is this side of the flow; and back. */
static inline mpt_side mpt_path_side(const mpt_path_flow *f, mpt_end end, mpt_side side)
{
    return f->flip[end] ? mpt_side_other(side) : side;
}

/* The first end that has the flow. */
static inline mpt_end mpt_path_found_at(const mpt_path_flow *f)
{
    return f->subflow[MPT_END_A] ? MPT_END_A : MPT_END_B;
}

/* Its subflow there; who sends what a side of the flow sends. */
const mpt_subflow *mpt_path_subflow(const mpt_path_flow *f);
mpt_role mpt_path_sender(const mpt_path_flow *f, mpt_side side);

/* sample: called for each one as it is found, nearly in order of time; may be NULL. Free with
 * mpt_paths_free(), before the engines. */
mpt_paths *mpt_paths_new(mpt_paths_sample sample, void *user);
void mpt_paths_free(mpt_paths *p);

/* Called for each segment with payload, and each SYN, that has no partner, when that is certain. uncaptured: it reached
 * the other end all the same. Parts of a segment are told one by one. */
typedef void (*mpt_paths_alone)(uint32_t frame, bool uncaptured, void *user);
void mpt_paths_tell_alone(mpt_paths *p, mpt_paths_alone alone, void *user);

/* Limits how many segments wait for their partner, over all flows; a million unless this is called. */
void mpt_paths_set_limit(mpt_paths *p, uint64_t segments);

/* The observer of both engines, and its `user` for the engine of an end. */
extern const mpt_observer MPT_PATHS_OBSERVER;
void *mpt_paths_end(mpt_paths *p, mpt_end end);

/* Call at the end of the capture, when both engines are flushed: what still waits has no partner.
 * engines: those of both ends, where subflows that became plain TCP on the path are looked for. May
 * be called again. */
void mpt_paths_finish(mpt_paths *p, const mpt_engine *const engines[MPT_ENDS]);

/* All flows (mpt_path_flow) in order of discovery; NULL: became part of another one. Borrowed. */
const GPtrArray *mpt_paths_flows(const mpt_paths *p);
/* Samples left out because more than one segment could be the partner; below, subflows likewise. */
uint64_t mpt_paths_ambiguous(const mpt_paths *p);
uint64_t mpt_paths_ambiguous_flows(const mpt_paths *p);
/* Segments given up because too many waited (mpt_paths_set_limit()). */
uint64_t mpt_paths_forgotten(const mpt_paths *p);

/* Of what `side` of the flow sent; `from` is the end near the sender. Call it after mpt_paths_finish(). */
mpt_path_reinjected mpt_paths_reinjected(const mpt_path_flow *f, mpt_side side, mpt_end from);

#endif
