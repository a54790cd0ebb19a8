/* graphs_internal.h - what the files of this folder share; private to it.
 *
 *   graphs.c           names, graphs, and which collector makes a graph's points
 *   recorder.c         the packed record of a capture, written and read back
 *   player.c           passes through the record for one connection and direction
 *   graphs_sequence.c  positions over time: sequence, tcp, subflows, mappings
 *   graphs_rates.c     amounts over time: throughput, goodput, share, bursts, inflight
 *   graphs_limit.c     what limited a direction: limit
 *   graphs_delays.c    times between things: rtt, reorder, depth, interarrival, acksize
 *   thinning.c         fewer points
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GRAPHS_INTERNAL_H
#define MPT_GRAPHS_INTERNAL_H

#include "graphs.h"

/* --- the record --- */

typedef enum mpt_record_kind { MPT_RECORD_SEGMENT, MPT_RECORD_PIECE, MPT_RECORD_MAPPING } mpt_record_kind;

typedef struct mpt_record {
    mpt_record_kind kind;
    mpt_side side;                /* that sent it */
    uint32_t subflow, connection; /* indices in the engine; connection: 1 more, 0 while it was plain TCP */
    uint32_t frame, length;
    int64_t time_ns;
    int64_t dsn;      /* position on the data level: piece, mapping; MPT_DATA_UNMAPPED: on the subflow */
    int64_t position; /* on the subflow, of the first byte: segment */
    /* Segment. */
    bool has_ack, has_data_ack, syn, rst;
    int64_t ack, data_ack;
    uint32_t window;
    /* Piece. */
    mpt_data_class what;
    bool resolved;
    uint32_t first_frame, first_subflow; /* of the copy that was there before; first_frame 0: none */
    int64_t first_ns;
    /* Mapping. */
    uint32_t ssn, checksum; /* checksum: 1 more, 0 without one */
} mpt_record;

typedef struct mpt_record_reader mpt_record_reader;

mpt_record_reader *mpt_record_reader_new(const mpt_recorder *r);
void mpt_record_reader_free(mpt_record_reader *reader);
/* Positions on the data level are those of the connection that the subflow belongs to now. */
bool mpt_record_next(mpt_record_reader *reader, mpt_record *record);

const mpt_engine *mpt_recorder_engine(const mpt_recorder *r);

/* --- playing --- */

/* A DATA_ACK (or what stands for it) of the direction that is played. */
typedef struct mpt_release {
    int64_t acked;      /* position; one past the last byte acknowledged */
    uint64_t bytes;     /* newly acknowledged, without the DATA_FIN */
    const uint64_t *of; /* of these by subflow, as far as they were seen before: for goodput and inflight */
} mpt_release;

typedef struct mpt_player mpt_player;

/* One type of graph. Any function may be NULL. id: of the subflow. */
typedef struct mpt_collector {
    void *(*open)(mpt_player *p);
    /* A segment of either side; ours: it was sent by the sender of this direction. */
    void (*segment)(mpt_player *p, void *state, const mpt_record *g, uint32_t id, bool ours);
    void (*piece)(mpt_player *p, void *state, const mpt_record *g,
                  uint32_t id); /* payload of this direction */
    /* It turned out that subflow id was not first with g->length bytes at g->time_ns. */
    void (*takeover)(mpt_player *p, void *state, const mpt_record *g, uint32_t id);
    void (*ack)(mpt_player *p, void *state, const mpt_record *g, uint32_t id, const mpt_release *release);
    void (*mapping)(mpt_player *p, void *state, const mpt_record *g, uint32_t id);
    void (*close)(mpt_player *p, void *state); /* emits what is left and frees the state */
} mpt_collector;

extern const mpt_collector mpt_collect_sequence, mpt_collect_tcp, mpt_collect_subflows, mpt_collect_mappings;
extern const mpt_collector mpt_collect_throughput, mpt_collect_goodput, mpt_collect_share, mpt_collect_bursts,
    mpt_collect_inflight;
extern const mpt_collector mpt_collect_rtt, mpt_collect_reorder, mpt_collect_depth, mpt_collect_interarrival,
    mpt_collect_acksize;
const mpt_collector *mpt_collector_of(mpt_graph_type type);
/* The close() of a state that is one block of memory. */
void mpt_collector_free(mpt_player *p, void *state);

struct mpt_player {
    const mpt_series_request *request;
    const mpt_recorder *recorder;
    mpt_point_func func;
    void *user;
    uint32_t types; /* of this pass: 1 << mpt_graph_type each */
    uint32_t subflows;
    mpt_conn_side side; /* sender of this direction */
    const mpt_data_level *level;
    int64_t zero;  /* position of relative DSN 0 */
    int64_t first; /* position of the first byte that a DATA_ACK can acknowledge */
    uint32_t *ids; /* by owner */
    bool has_acked;
    int64_t acked;
    bool tcp_acks;      /* no DATA_ACK ever: a fallback */
    mpt_ranges flight;  /* first copies, not acknowledged; only where a type of this pass asks for it */
    uint64_t in_flight; /* bytes of the piece that is told that are new there */
    uint64_t *released;
    void *state[MPT_GRAPH_TYPES];
};

/* Emits the points of MPT_GRAPH_LIMIT. */
void mpt_play_limits(mpt_player *p);

/* A point of a record's frame and time; its length is 0. */
mpt_series_point mpt_point_of(const mpt_player *p, const mpt_record *g, double value);
static inline void mpt_tell_point(const mpt_player *p, mpt_graph_type type, unsigned series,
                                  const mpt_series_point *point)
{
    p->func(p->user, type, series, point);
}
/* The same for a point of that kind. */
static inline void mpt_tell_value(const mpt_player *p, mpt_graph_type type, unsigned series,
                                  const mpt_record *g, double value)
{
    mpt_series_point point = mpt_point_of(p, g, value);

    mpt_tell_point(p, type, series, &point);
}

/* Where the series of a graph are. Those of subflow i come first, then those without one. */
enum {
    MPT_SEQUENCE_DATA,
    MPT_SEQUENCE_RETRANSMITTED,
    MPT_SEQUENCE_REINJECTED,
    MPT_SEQUENCE_SAME,
    MPT_SEQUENCE_EACH
};
enum { MPT_SEQUENCE_DATA_ACK, MPT_SEQUENCE_WINDOW, MPT_SEQUENCE_LATE_ACK };
enum { MPT_TCP_DATA, MPT_TCP_RETRANSMITTED, MPT_TCP_ACKED, MPT_TCP_WINDOW, MPT_TCP_ZERO_WINDOW };
enum { MPT_INFLIGHT_ALL, MPT_INFLIGHT_WINDOW };

#endif
