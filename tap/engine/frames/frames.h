/* frames.h - what each frame means to MPTCP: for fields, columns and filters.
 *
 * Two ways to read a capture:
 *   live    each segment is judged as it comes, by what is known then; only the newest frame is remembered.
 *   kept    segments pass the look-back, and every frame is remembered; after mpt_frames_finish() the facts
 *           of a frame are those that the reports count. They are derived when they are asked for.
 *
 * Where a capture has several vantage points, each frame is judged at its own, as the reports do with `at=`
 * there; its connection and subflow have the numbers of the point where reports count.
 *
 * Invariant: of a frame only what the engine forgets is kept (where its payload lies on its subflow, and what
 * was in flight then); everything else is looked up in the engine, so that frames and reports can't disagree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FRAMES_H
#define MPT_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/core/engine.h"
#include "tap/engine/vantage/vantage_engines.h"

typedef struct mpt_frames mpt_frames;

/* What some payload bytes of a segment are. */
typedef enum mpt_piece_kind {
    MPT_PIECE_FIRST,
    MPT_PIECE_REINJECTION,
    MPT_PIECE_REINJECTION_SAME,
    MPT_PIECE_RETRANSMISSION,
    MPT_PIECE_UNMAPPED
} mpt_piece_kind;

typedef struct mpt_frame_piece {
    mpt_piece_kind kind;
    bool mapped, implied;
    bool relative_known;
    int64_t relative; /* DSN of the first byte as in reports; with relative_known */
    bool dsn_known;
    uint64_t dsn;         /* 64 bits; with dsn_known */
    uint32_t length;      /* bytes */
    uint32_t mapped_by;   /* frame of the first DSS that maps the first byte; 0: not known */
    uint32_t first_frame; /* frame of the first copy of the first byte, where it is another one; else 0 */
} mpt_frame_piece;

#define MPT_FRAME_PIECES 16 /* pieces listed; bytes beyond are counted with the last one's kind */

typedef struct mpt_frame_facts {
    const mpt_connection *connection; /* NULL: plain TCP so far */
    const mpt_subflow *subflow;       /* NULL: still in the look-back, or forgotten */
    bool more;                        /* the frame has another segment after this one */
    unsigned points, point;           /* how many there are so far; its own; with connection */
    bool counted;                     /* at the point where reports count */
    bool ids_known, subflow_known;    /* as the counted point has them; subflow_known: it has this subflow */
    uint32_t connection_id, subflow_id;
    mpt_role role;             /* of the sender; with connection */
    bool backup_known, backup; /* as the sender has announced it so far */
    bool final;                /* kept, and finished */
    unsigned pieces;
    mpt_frame_piece piece[MPT_FRAME_PIECES];
    bool out_of_order_known;
    uint32_t out_of_order; /* first-seen bytes below the highest DSN seen */
    bool duplicate;        /* every byte had been acknowledged by a DATA_ACK before */
    bool has_data_ack, data_ack_relative_known;
    int64_t data_ack; /* relative */
    bool has_data_ack_rtt;
    int64_t data_ack_rtt_ns;
    uint32_t data_ack_of; /* frame whose last byte it is */
    bool has_inflight, has_subflow_inflight;
    uint64_t inflight, subflow_inflight; /* bytes of the sender, with this segment */
    bool has_window;
    uint32_t window; /* bytes; of a segment with a DATA_ACK whose window scale is known */
    bool has_peer_window;
    uint32_t peer_window; /* of a segment with payload: the receiver's window, from the highest DATA_ACK on */
} mpt_frame_facts;

/* `opened` is called for the engine of each vantage point, before its first segment; NULL: not. The lists of
 * `request` must outlive the frames. */
mpt_frames *mpt_frames_new(const mpt_engine_config *config, const mpt_vantage_request *request, bool kept,
                           mpt_vantage_engines_opened opened, void *user);
void mpt_frames_free(mpt_frames *f);
/* window_known: segment->window is the true window, scaled if the handshake agreed on that. */
void mpt_frames_feed(mpt_frames *f, const mpt_segment *segment, bool window_known);
/* There is a frame of this time, TCP or not. */
void mpt_frames_note_time(mpt_frames *f, int64_t time_ns);
void mpt_frames_note_icmp(mpt_frames *f, const mpt_icmp_error *error);
/* The capture is at its end, or what is known by now has to suffice. Feeding may go on. */
void mpt_frames_finish(mpt_frames *f);
/* Fills *facts for the `index`th segment of a frame. False where there is none. */
bool mpt_frames_look(mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_facts *facts);
/* Only which connection and subflow it belongs to, at the point where reports count: cheap. */
typedef struct mpt_frame_ids {
    const mpt_connection *connection; /* NULL: plain TCP, or not known, or that point does not have it */
    const mpt_subflow *subflow;       /* NULL: that point does not have it */
    uint32_t connection_id, subflow_id;
} mpt_frame_ids;
bool mpt_frames_ids(mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_ids *ids);
/* The same of a subflow of a point's engine. */
void mpt_frames_numbers(mpt_frames *f, unsigned point, const mpt_subflow *s, mpt_frame_ids *ids);
/* Where the payload of a frame's `index`th segment lies on its subflow. False where there is no such
 * segment. */
typedef struct mpt_frame_payload {
    const mpt_subflow *subflow; /* NULL: still in the look-back, forgotten, or of another vantage point */
    mpt_side side;              /* the sender */
    int64_t position;
    uint32_t length; /* bytes; 0: none */
} mpt_frame_payload;
bool mpt_frames_payload(mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_payload *payload);
/* The highest frame number that is remembered; 0: none. */
uint32_t mpt_frames_last(const mpt_frames *f);
/* Borrowed. */
mpt_vantage_engines *mpt_frames_engines(mpt_frames *f);
/* The point where reports count, and its engine, to read; borrowed. */
unsigned mpt_frames_point(mpt_frames *f);
const mpt_engine *mpt_frames_engine(mpt_frames *f);
/* Its connections by id; borrowed, valid until the next segment is fed. */
const GPtrArray *mpt_frames_connections(mpt_frames *f);

#endif
