/* paths_internal.h - what the files of paths.h share; nobody else includes it.
 *
 *   paths.c           matches subflows
 *   match_segments.c  matches segments: one record for each that waits for its partner
 *   reorder_queue.c   the data level at each end: the receiver's reorder queue
 *   fates.c           what became of each copy, and so of reinjections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATHS_INTERNAL_H
#define MPT_PATHS_INTERNAL_H

#include "paths.h"
#include "tap/engine/figures/discarded.h"

/* A segment, or what is left of it, that waits for its partner. */
typedef struct mpt_path_record {
    int64_t start; /* position on the subflow, as this end counts */
    int64_t time_ns;
    uint32_t length; /* bytes left; 0 and `payload`: nothing is, it is done */
    uint32_t tsval, ack, frame;
    uint8_t flags;                              /* TCP's */
    bool payload, timestamps, again, cut, done; /* cut: its options were, by the snaplen */
    uint8_t option_len;
    uint8_t options[MPT_SEGMENT_OPTION_BYTES];
} mpt_path_record;

/* One direction at one end. */
struct mpt_lane {
    GArray *records; /* mpt_path_record, in time order, from head on */
    GArray *parts;   /* mpt_path_record: the second half of one whose middle was matched; NULL: none */
    guint head, cursor;
    guint settled;                  /* records and parts that are done, but still there */
    guint again;                    /* records that repeat bytes and are not done */
    int64_t again_start, again_end; /* they lie within; with again > 0 */
    int64_t high;
    bool any;
    uint32_t alone_frame, again_frame; /* last counted */
    uint32_t alike_frame;              /* whose options were the same at the other end, last */
    mpt_ranges fate;                   /* positions on the subflow; owner: enum fate, flags: below */
    int64_t refused_from;              /* what lies from there on was discarded; valid with `refuses` */
    bool refuses;
};

enum fate { FATE_FIRST, FATE_REINJECTED, FATE_USELESS };

/* What a receiver did with a copy. */
enum {
    FATE_REFUSED = 1,  /* threw it away */
    FATE_REPLACED = 2, /* and took a later copy */
    FATE_NEEDED = 4,   /* took it, although not the first: that one was refused */
};

/* A subflow as one end has it. */
typedef struct mpt_path_end {
    struct mpt_paths *paths;
    const mpt_subflow *subflow;
    mpt_end end;
    mpt_path_flow *flow;
    struct mpt_path_end *partner;   /* at the other end; NULL: not found */
    mpt_path_lane lanes[MPT_SIDES]; /* by side of the subflow */
    struct mpt_lane store[MPT_SIDES];
    uint32_t segments;                /* while it is not matched */
    uint32_t known;                   /* reasons that are registered */
    uint16_t mss[MPT_SIDES];          /* 0: not known */
    uint64_t names[MPT_PATH_REASONS]; /* under which, where known */
    bool counted_ambiguous;
} mpt_path_end;

/* The data of one direction of a connection, as one end sees it. */
typedef struct mpt_path_arrivals {
    bool begun;
    int64_t next;      /* all before it is in order */
    mpt_runs early;    /* above a gap; value: arrival, owner: the subflow's */
    mpt_ranges flying; /* first copies, and below later ones, of what no DATA_ACK has (fates.c) */
    mpt_ranges again;
    mpt_standing standing;
} mpt_path_arrivals;

/* One end: the observer's user for its engine. */
typedef struct mpt_paths_view {
    struct mpt_paths *paths;
    mpt_end end;
    GHashTable *subflows;    /* const mpt_subflow * -> mpt_path_end, owned */
    GHashTable *connections; /* const mpt_connection * -> mpt_path_arrivals[mpt_conn_side], owned (fates.c) */
    const mpt_connection *last_connection; /* and what it has there */
    mpt_path_arrivals *last_arrivals;
    mpt_path_end *last;
    bool any;
    int64_t first_ns, last_ns; /* of all segments */
    int64_t progress_ns;       /* latest segment that found its partner */
} mpt_paths_view;

struct mpt_paths {
    mpt_paths_sample sample;
    void *user;
    mpt_paths_alone alone; /* NULL: nobody asked */
    void *alone_user;
    mpt_paths_view views[MPT_ENDS];
    GPtrArray *flows;
    GHashTable *names; /* what identifies a subflow (hashed) -> GPtrArray of mpt_path_end */
    uint64_t ambiguous, ambiguous_flows, forgotten;
    uint64_t records, max_records;
};

/* The subflow as this end has it; created on first use. */
mpt_path_end *mpt_paths_find(mpt_paths_view *v, const mpt_subflow *s);

/* match_segments.c */
void mpt_match_segment(mpt_path_end *e, mpt_side side, const mpt_segment *g, int64_t position);
/* Call when both ends were found to be one flow: matches what has waited. */
void mpt_match_waiting(mpt_path_end *e, mpt_path_end *partner);
/* Nothing more comes: what waits has no partner. */
void mpt_match_finish(mpt_path_end *e);
/* True if the other end was not capturing at this moment, as far as the delays show. */
bool mpt_match_outside(const mpt_path_end *e, int64_t time_ns);
void mpt_match_clear(struct mpt_lane *l);
/* The records that count in mpt_paths.records. */
uint64_t mpt_match_waits(const struct mpt_lane *l);
/* What to add to a position of `side` at e to get that of the same byte at its partner. */
int64_t mpt_match_shift(const mpt_path_end *e, const mpt_path_end *partner, mpt_side side);

/* The same for the two halves that are one direction of a flow. */
int64_t mpt_match_half_shift(const mpt_half *mine, const mpt_half *other);

/* reorder_queue.c: first copies that arrive on this lane. */
void mpt_paths_queue(mpt_paths_view *v, mpt_path_arrivals *a, const mpt_data_piece *piece, mpt_conn_side side,
                     mpt_path_lane *lane);

/* fates.c */
void mpt_paths_data(mpt_paths_view *v, const mpt_data_piece *piece);
/* After a segment with ACK that `side` of the subflow sent. */
void mpt_paths_data_ack(mpt_paths_view *v, const mpt_connection *c, const mpt_subflow *on, mpt_side side,
                        int64_t time_ns);
void mpt_paths_fail(mpt_paths_view *v, const mpt_connection *c, const mpt_event *fail);
/* The lane of this subflow in this direction; NULL: there is no such subflow. */
mpt_path_lane *mpt_paths_lane(mpt_paths_view *v, const mpt_connection *c, mpt_conn_side side, uint16_t owner);
void mpt_paths_forget_arrivals(mpt_paths_view *v, const mpt_connection *c);
void mpt_paths_arrivals_free(gpointer arrivals);

#endif
