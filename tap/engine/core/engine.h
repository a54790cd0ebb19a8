/* engine.h - the correlation engine: segments in, MPTCP connections out.
 *
 * Feed every TCP segment of a capture, in any order; flush at its end; read. Between, everything that can be
 * reached from here may be read at any time and shows what has left the look-back.
 *
 * Invariant: no globals; two engines share nothing but the list of keys. No input is fatal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ENGINE_H
#define MPT_ENGINE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sightings.h"
#include "tap/engine/state/connection.h"
#include "tap/icmp_error.h"
#include "tap/segment.h"

typedef struct mpt_engine mpt_engine;

typedef struct mpt_engine_config {
    int64_t horizon_ns;      /* look-back in time */
    size_t horizon_segments; /* and in segments; 0: no look-back, segments count in order of arrival */
    bool has_from, has_to;   /* count only segments with from_ns <= time < to_ns */
    int64_t from_ns, to_ns;  /* since the earliest frame */
    bool want_rtt;
    bool want_hmacs;     /* verify HMACs as they arrive, wrong ones become events; else only when asked for */
    bool want_checksums; /* verify DSS checksums; segments must be fed with their payload */
    bool want_payload;   /* observers get all payload; segments must be fed with it */
    bool want_evidence;  /* keep what the findings need (evidence.h) */
    bool want_frames;    /* never join runs of bytes, so that each byte's frame is known */
    bool in_step;        /* no batches: observers compare this engine with others that are fed in turn */
    GArray *keys;        /* mpt_key_pair (keylist.h); the engine takes a reference of its own; NULL: none */
    /* Limits; what is beyond is dropped and counted. */
    uint32_t max_connections, max_subflows, max_events;
    uint32_t max_flows;     /* TCP connections, subflows among them */
    uint32_t max_one_sided; /* of these, those with packets from one side only */
    /* Bytes of memory for TCP and MPTCP connections that never carried payload: the oldest are forgotten. */
    size_t max_idle;
    /* Bytes of memory for what is kept of payload and mappings; measured from time to time. */
    size_t max_state;
} mpt_engine_config;

/* A look-back of 2 s and 50,000 segments, no window of time, HMACs verified, no other `want`, limits that
 * only an attack reaches. */
void mpt_engine_config_default(mpt_engine_config *config);

/* Segments that were captured more than once: all but the first sighting are left out of everything else. */
typedef struct mpt_twice {
    uint64_t copies[MPT_SIGHTINGS]; /* by how they differ from the first */
    uint64_t segments;              /* all of them */
    uint64_t cut;                   /* of these: whose bytes were in segments that were cut otherwise */
    uint32_t frame, of;             /* the first copy, and what it is a copy of */
    int64_t time_ns;
} mpt_twice;

/* The capturing host's clock was set back: times from there on go on where those before ended. */
typedef struct mpt_stepped {
    uint64_t steps;
    uint32_t frame; /* of the first step, when it was, and how far it went back */
    int64_t time_ns, back_ns;
} mpt_stepped;

/* Counts of the whole capture, whatever the window of time. */
typedef struct mpt_engine_counts {
    uint64_t segments, cut_options, malformed_options, late_segments, lost_segments;
    /* The first malformed option, valid with malformed_options: place of its flow in mpt_engine_subflows(). */
    int64_t malformed_ns;
    uint32_t malformed_frame, malformed_flow;
    mpt_twice twice;
    mpt_stepped stepped;
    uint64_t connections_dropped, subflows_dropped, events_dropped;
    uint64_t segments_dropped; /* whose flow could not be added: max_flows, max_idle */
    /* Segments and mappings above max_state, or too costly: their bytes stay unmapped. */
    uint64_t payload_dropped;
    uint64_t plain_released; /* TCP connections without MPTCP that mpt_engine_release() freed */
    bool has_earliest;
    int64_t earliest_ns;
} mpt_engine_counts;

/* What became of some bytes of a segment. */
typedef enum mpt_data_class {
    MPT_DATA_FIRST,
    MPT_DATA_REINJECTED,
    MPT_DATA_REINJECTED_SAME,
    MPT_DATA_RETRANSMITTED, /* on the subflow; `mapped`: dsn is known */
    MPT_DATA_UNMAPPED       /* so far; observers get it again, as something else, when its mapping comes */
} mpt_data_class;

typedef struct mpt_data_piece {
    const mpt_connection *connection; /* NULL: plain TCP so far */
    const mpt_subflow *subflow;
    mpt_side side; /* of the sender */
    mpt_data_class what;
    bool mapped, implied;
    bool resolved;    /* the mapping came after the bytes; frame and time are those of the bytes */
    int64_t position; /* on the subflow */
    int64_t dsn;      /* on the data level, where mapped */
    uint32_t length;
    uint32_t frame, first_frame; /* first_frame: of the first copy (reinjected) */
    uint16_t first_owner;
    int64_t time_ns, first_ns;
    const uint8_t *payload; /* `captured` bytes of it, where wanted and captured, and not resolved */
    uint32_t captured;
} mpt_data_piece;

/* Called for everything as it is found, in time order; any function may be NULL. Pieces, events and segments
 * are borrowed for the call, connections and subflows until `forget`. */
typedef struct mpt_observer {
    void (*data)(const mpt_data_piece *piece, void *user);
    void (*event)(const mpt_connection *connection, const mpt_event *event, void *user);
    /* Called after a segment has been processed. connection NULL: plain TCP so far. */
    void (*segment)(const mpt_connection *connection, const mpt_subflow *subflow, mpt_side side,
                    const mpt_segment *segment, int64_t position, void *user);
    /* `from` has become part of `to`: owner numbers of its subflows grow by `offset`, and it is empty now. */
    void (*merge)(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                  void *user);
    /* A flow that never carried payload is about to be freed, with its connection (NULL: plain TCP). Called
     * once for each flow of that connection; nothing of either may be used afterwards. */
    void (*forget)(const mpt_connection *connection, const mpt_subflow *subflow, void *user);
    /* The engine is about to be freed. */
    void (*gone)(void *user);
} mpt_observer;

mpt_engine *mpt_engine_new(const mpt_engine_config *config);
void mpt_engine_free(mpt_engine *e);
/* Adds an observer, which is borrowed until it is removed or the engine is freed. Several are called in the
 * order in which they were added. */
void mpt_engine_observe(mpt_engine *e, const mpt_observer *observer, void *user);
void mpt_engine_unobserve(mpt_engine *e, const mpt_observer *observer, void *user);
/* The user of the first such observer; NULL: there is none. */
void *mpt_engine_observing(const mpt_engine *e, const mpt_observer *observer);

/* Copies the segment into the look-back; its payload too where it is wanted. */
void mpt_engine_feed(mpt_engine *e, const mpt_segment *segment);
/* Call for the time of each frame, TCP or not: the earliest is time 0 of the reports. */
void mpt_engine_note_time(mpt_engine *e, int64_t time_ns);
/* Counts a segment that Wireshark's dissector did not deliver (4.0). */
void mpt_engine_note_lost(mpt_engine *e);
/* Keeps an ICMP error, with config.want_evidence; at most 10,000. */
void mpt_engine_note_icmp(mpt_engine *e, const mpt_icmp_error *error);
/* For captures without end: calls `over` for each connection that is over by now_ns, in the order of their ids,
 * and frees it afterwards; TCP connections without MPTCP too, without a call. Over is what has ended, and sent
 * nothing since for MPT_OVER_NS (part of it, where limits are near), and what is silent for much longer. Places
 * of what was freed are used again, so that the lists below are in no order any more. now_ns INT64_MAX: all is
 * over. An id is that of mpt_metrics_connections() at the end of the capture, as far as can be known by now. */
#define MPT_OVER_NS INT64_C(60000000000)
typedef void (*mpt_over)(const mpt_connection *connection, uint32_t id, void *user);
void mpt_engine_release(mpt_engine *e, int64_t now_ns, mpt_over over, void *user);
/* Empties the look-back, at the end of the capture. Feeding may go on; older segments then count as late. */
void mpt_engine_flush(mpt_engine *e);

const mpt_engine_config *mpt_engine_get_config(const mpt_engine *e);
const mpt_engine_counts *mpt_engine_get_counts(const mpt_engine *e);
/* All subflows and plain TCP connections (mpt_subflow), and all connections (mpt_connection), each in order
 * of discovery. A connection that became part of another stays there, empty. A flow that was forgotten is
 * replaced by one of an empty connection, for which mpt_engine_forgot() is true. Borrowed. */
const GPtrArray *mpt_engine_subflows(const mpt_engine *e);
/* Another connection whose host has the token of this side of c: one that began before c. NULL: none. */
const mpt_connection *mpt_engine_token_twin(const mpt_engine *e, const mpt_connection *c, mpt_conn_side side);
const GPtrArray *mpt_engine_connections(const mpt_engine *e);
/* The newest ICMP error about a TCP connection between these two ends, and the next older one of `error`; NULL:
 * there is none. Borrowed. */
const mpt_icmp_error *mpt_engine_icmp(const mpt_engine *e, const mpt_endpoint ends[2]);
const mpt_icmp_error *mpt_engine_older_icmp(const mpt_icmp_error *error);
static inline bool mpt_engine_forgot(const mpt_subflow *s)
{
    return s->connection && s->connection->subflows->len == 0;
}

#endif
