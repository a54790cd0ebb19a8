/* core.h - what the engine's own files share; nobody outside tap/engine includes it.
 *
 *   engine.c      look-back, table of flows, one segment's way
 *   signalling.c  options: what they say of the connection
 *   identity.c    which connection a subflow belongs to; connections that turn out to be one
 *   accounting.c  payload: unique, mapped, claimed at the data level
 *   evidence.c    what only the findings need of the past
 *   idle.c        who never carried payload, and is forgotten first
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CORE_H
#define MPT_CORE_H

#include "engine.h"
#include "tap/engine/base/lookback.h"

typedef struct mpt_observed {
    const mpt_observer *observer;
    void *user;
} mpt_observed;

/* Flows and connections that never carried payload (idle.c). */
struct mpt_eviction {
    GPtrArray *queue; /* mpt_subflow, oldest first, from head on; NULL where one left */
    guint head;
    uint64_t base; /* places before queue[0] */
    size_t memory;
    uint64_t retry; /* segment before which there is nobody to forget */
    uint32_t flows_gone, connections_gone;
    mpt_subflow *nobody;     /* in place of who was forgotten */
    mpt_connection *nothing; /* an empty connection, as merged ones are; that of `nobody` */
};

struct mpt_engine {
    mpt_engine_config config;
    mpt_engine_counts counts;
    mpt_lookback *timeorder;
    GPtrArray *subflows, *connections;
    GHashTable *flows; /* both endpoints, in either order -> newest mpt_subflow */
    GArray
        *streams; /* uint32_t, by Wireshark's number of the TCP stream: place in subflows from 1, 0: none */
    GHashTable *tokens; /* token -> GSList of struct, newest first (identity.c) */
    GHashTable *dsns;   /* upper half of a DSN -> GSList, newest first (identity.c) */
    uint32_t barrier;   /* claims of connections whose data level may still move (accounting.c) */
    const mpt_connection *last_claimant;
    GArray *observers; /* mpt_observed */
    uint64_t events;
    struct mpt_eviction idle;
    uint32_t one_sided; /* flows that showed packets of one side only */
    uint64_t next_look; /* segment at which the memory in use is looked at */
    bool full;          /* above max_state */
    uint64_t work;      /* steps whose number a segment's sender chooses */
    /* The segment being taken in. */
    const mpt_segment *segment;
    bool counted;
    bool checksums_seen; /* some connection uses them */
};

/* Steps that all segments together may cost beyond the usual: an attack could make each of them walk through
 * all that the others left. */
#define MPT_WORK_BASE        (UINT64_C(1) << 26)
#define MPT_WORK_PER_SEGMENT 32

/* False where memory or work are at their limit: what asks is counted, and not done. */
static inline bool mpt_engine_affords(mpt_engine *e)
{
    if (G_LIKELY(!e->full && e->work <= MPT_WORK_BASE + MPT_WORK_PER_SEGMENT * e->counts.segments))
        return true;
    e->counts.payload_dropped++;
    return false;
}

/* signalling.c */
void mpt_signal_options(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_segment *g,
                        int64_t data_position);
void mpt_signal_flags(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_segment *g,
                      mpt_subflow_state before);
/* In place of an event's place: the event is above the limit. */
#define PLACE_DROPPED UINT32_MAX
/* Appends an event; NULL where the limit is reached. The caller fills the rest and
 * then calls mpt_signal_tell(). */
mpt_event *mpt_signal_event(mpt_engine *e, mpt_subflow *s, mpt_side side, mpt_event_type type);
void mpt_signal_tell(mpt_engine *e, const mpt_connection *c, const mpt_event *event);

/* identity.c */
mpt_connection *mpt_identity_new_connection(mpt_engine *e, mpt_subflow *s, bool partial);
/* Makes s the next subflow of c, with its `side` as conn_side of the connection. False: limit reached. */
bool mpt_identity_attach(mpt_engine *e, mpt_connection *c, mpt_subflow *s, mpt_side side,
                         mpt_conn_side conn_side);
void mpt_identity_set_key(mpt_engine *e, mpt_connection *c, mpt_conn_side side, uint64_t key,
                          unsigned version);
/* The connection one of whose hosts has this token, and which; NULL if none. */
mpt_connection *mpt_identity_find_token(mpt_engine *e, uint32_t token, mpt_conn_side *side);
void mpt_identity_set_token(mpt_engine *e, mpt_connection *c, mpt_conn_side side, uint32_t token);
/* The connection (not `except`) whose 64-bit DSNs of a side lie less than 2^32 from dsn. */
mpt_connection *mpt_identity_find_dsn(mpt_engine *e, uint64_t dsn, const mpt_connection *except,
                                      mpt_conn_side *side);
/* level[side] of c has its upper half, or moved on: keeps it findable. */
void mpt_identity_index_dsn(mpt_engine *e, mpt_connection *c, mpt_conn_side side);
/* All of `from` becomes part of `to`; flip: its side A is side B there. */
void mpt_identity_merge(mpt_engine *e, mpt_connection *to, mpt_connection *from, bool flip);
/* Takes c out of all tables and empties it. */
void mpt_identity_forget(mpt_engine *e, mpt_connection *c);
void mpt_identity_free(mpt_engine *e);

/* idle.c */
void mpt_eviction_init(mpt_engine *e);
void mpt_eviction_clear(mpt_engine *e);
/* A new flow; a new connection. */
void mpt_eviction_flow(mpt_engine *e, mpt_subflow *s);
void mpt_eviction_connection(mpt_engine *e);
/* s carries payload, or did before it became part of its connection. */
void mpt_eviction_carries(mpt_engine *e, mpt_subflow *s);
/* `from` is about to become part of `to`. */
void mpt_eviction_merged(mpt_engine *e, mpt_connection *to, mpt_connection *from);
/* No flow may be added. */
bool mpt_eviction_full(const mpt_engine *e);
/* Forgets the oldest, as far as there are too many. No pointer to a flow or connection may be
 * held across it. */
void mpt_eviction_make_room(mpt_engine *e);
static inline bool mpt_eviction_crowded(const mpt_engine *e)
{
    return e->idle.memory > e->config.max_idle || e->one_sided >= e->config.max_one_sided;
}

/* evidence.c; all of these only with config.want_evidence */
/* After a segment of `side` has been taken in. */
void mpt_evidence_segment(mpt_subflow *s, mpt_side side, const mpt_segment *g);
/* A DATA_ACK by `side`, before it is taken in; data_position: that of the segment's payload. */
void mpt_evidence_data_ack(mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t data_position,
                           int64_t acked);
/* Bytes that nobody had, in c->level[side]. */
void mpt_evidence_new_data(mpt_connection *c, mpt_conn_side side, const mpt_subflow *s, const mpt_segment *g,
                           int64_t start, int64_t end);
/* A hole in c->level[side] was filled. */
void mpt_evidence_wait(mpt_connection *c, mpt_conn_side side, const mpt_wait *wait);
void mpt_evidence_far(mpt_connection *c, const mpt_subflow *s, const mpt_segment *g);
/* Subflows of `to` from `offset` on come from another connection. */
void mpt_evidence_merged(mpt_connection *to, unsigned offset);

/* accounting.c */
void mpt_account_payload(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_segment *g,
                         int64_t position);
/* A DSS mapping of `length` payload bytes (>0) at SSN ssn, carried by payload at `position`
 * of payload_len bytes. */
void mpt_account_mapping(mpt_engine *e, mpt_subflow *s, mpt_side side, uint32_t ssn, int64_t dsn,
                         uint32_t length, int64_t position, uint32_t payload_len);
void mpt_account_infinite(mpt_engine *e, mpt_subflow *s, mpt_side side, uint32_t ssn, int64_t dsn,
                          int64_t position);
/* Fast Open: the accepted bytes get their DSNs, once the IDSN is known. */
void mpt_account_syn_data(mpt_engine *e, mpt_subflow *s, mpt_side side);
/* A subflow was plain TCP so far: its payload waits for mappings from now on. */
void mpt_account_adopt(mpt_subflow *s);
/* A DATA_ACK for level[side] of c. */
void mpt_account_ack(mpt_engine *e, mpt_connection *c, mpt_conn_side side, int64_t acked);
/* Claims all that `from` had at level[from_side] for `to`, whose owners grow by offset. */
void mpt_account_merge_level(mpt_engine *e, mpt_connection *to, mpt_conn_side to_side, mpt_connection *from,
                             mpt_conn_side from_side, unsigned offset, int64_t shift);

#endif
