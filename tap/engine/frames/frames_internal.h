/* frames_internal.h - what frames.c keeps of each frame, and frames_facts.c derives its facts from.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FRAMES_INTERNAL_H
#define MPT_FRAMES_INTERNAL_H

#include "frames.h"
#include "tap/engine/paths/twins.h"

/* What the engine forgets of one segment. */
struct mpt_frame_record {
    struct mpt_frame_record *next; /* of the same frame */
    int64_t position;              /* of the payload, on its subflow */
    int64_t again_start;           /* of the payload, what was retransmitted */
    GArray *more_again;            /* struct mpt_frame_range; NULL: none */
    int64_t data_ack;              /* data-level position, less the shift of its subflow by then */
    int64_t rtt_ns;
    uint64_t inflight, subflow_inflight;
    uint32_t subflow; /* place in mpt_engine_subflows() of its point from 1; 0: not taken yet */
    uint32_t frame, length, again_length, out_of_order, plain_out_of_order, window, peer_window, data_ack_of;
    uint8_t point; /* vantage point; with subflow */
    mpt_side side : 8;
    bool duplicate : 1, has_data_ack : 1, has_rtt : 1, has_inflight : 1, has_subflow_inflight : 1;
    bool window_known : 1, has_window : 1, has_peer_window : 1, backup_known : 1, backup : 1;
    bool plain : 1; /* plain_out_of_order is set */
};

struct mpt_frame_range {
    int64_t start, end;
};

/* Beside each subflow of the engine. */
struct mpt_frame_subflow {
    mpt_ranges mapped_by[MPT_SIDES]; /* positions; stamp: the DSS that came first */
    bool plain[MPT_SIDES];
    uint64_t plain_out_of_order[MPT_SIDES];
    /* By how much that sender's data-level positions have moved since they were recorded. */
    int64_t shift[MPT_SIDES];
    bool has_id;
    uint32_t id;
};

/* Beside each connection of the engine. */
struct mpt_frame_connection {
    uint64_t out_of_order[MPT_CONN_SIDES];
    int64_t acked[MPT_CONN_SIDES];
    bool acked_known[MPT_CONN_SIDES];
    int64_t edge[MPT_CONN_SIDES]; /* of the windows announced to this sender: the highest */
    bool edge_known[MPT_CONN_SIDES];
    bool has_id, merged; /* merged: its subflows are numbered anew */
    uint32_t id, next_subflow;
};

/* One vantage point: the observer's user for its engine. */
struct mpt_frame_point {
    mpt_frames *frames;
    unsigned number;
    mpt_engine *engine;
    GArray *subflows, *connections; /* states, by index */
    uint32_t next_id, partials;     /* of the numbered connections those that are partial */
    bool stale;                     /* ids have to be found again */
    GPtrArray *by_id;
};

struct mpt_frames {
    mpt_vantage_engines *engines;
    mpt_vantage_engines_opened opened;
    void *user;
    struct mpt_frame_point points[MPT_VANTAGE_POINTS];
    unsigned count;   /* of these, so far */
    mpt_twins *twins; /* NULL: one point so far */
    /* Live: where is counted, as of so many segments; looked up again after `patience` more. */
    unsigned counted;
    uint64_t fed, patience;
    bool kept, finished;
    GPtrArray *chunks;             /* struct mpt_frame_record[RECORDS_PER_CHUNK] */
    guint used;                    /* of the last chunk */
    GPtrArray *frames;             /* kept: first record of each frame */
    struct mpt_frame_record *live; /* else: those of the newest frame */
};

struct mpt_frame_subflow *mpt_frames_subflow(struct mpt_frame_point *p, const mpt_subflow *s);
struct mpt_frame_connection *mpt_frames_connection(struct mpt_frame_point *p, const mpt_connection *c);
/* Of a frame's first segment; NULL: nothing is remembered. */
struct mpt_frame_record *mpt_frames_record(const mpt_frames *f, uint32_t frame);
/* NULL: not taken yet, or forgotten. */
const mpt_subflow *mpt_frames_subflow_of(const mpt_frames *f, const struct mpt_frame_record *r);
/* The point where reports count. */
struct mpt_frame_point *mpt_frames_counted(mpt_frames *f);
/* Kept: brings the ids of all connections and subflows up to date, those of `list`: by first frame. */
void mpt_frames_find_ids(struct mpt_frame_point *p);
/* Live: numbers them when they are first known, and subflows anew when connections turn out to be one.
 * s NULL: the connection alone. False: not yet. */
bool mpt_frames_live_ids(struct mpt_frame_point *p, const mpt_connection *c, const mpt_subflow *s);
/* The connection and the subflow at the counted point that are this subflow of another one; NULL: it does not
 * have them. */
void mpt_frames_same(mpt_frames *f, unsigned point, const mpt_subflow *s, const mpt_connection **connection,
                     const mpt_subflow **subflow);

#endif
