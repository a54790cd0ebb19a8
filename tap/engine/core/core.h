/* core.h - the engine's state and what its files share; private to tap/engine/core.
 *
 *   engine.c      the look-back, the table of flows, the steps that each segment takes
 *   signalling.c  options and flags: what they change in the subflow and its connection
 *   identity.c    which connection a subflow belongs to; merges two that turn out to be one
 *   accounting.c  payload: counted once per subflow, mapped, claimed at the data level
 *   evidence.c    history that only the findings read; evidence_hearing.c: of each path;
 *                 evidence_waits.c: of data that waited
 *   sightings.c   packets that were captured more than once
 *   clock_steps.c times after a clock was set back
 *   eviction.c    forgets flows and connections that never carried payload
 *   release.c     forgets what is over, in captures without end
 *
 * Invariant: these files alone change mpt_engine, mpt_connection, mpt_subflow and what hangs from them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CORE_H
#define MPT_CORE_H

#include "clock_steps.h"
#include "engine.h"
#include "icmp_errors.h"
#include "sightings.h"
#include "tap/engine/base/lookback.h"

typedef struct mpt_observed {
    const mpt_observer *observer;
    void *user;
} mpt_observed;

/* Flows and connections that never carried payload (eviction.c). */
struct mpt_eviction {
    GPtrArray *queue; /* mpt_subflow, oldest first, from head on; NULL: left the queue */
    guint head;
    uint64_t base; /* places before queue[0] */
    size_t memory;
    uint64_t retry; /* no use to look for a flow to forget before this segment */
    uint32_t flows_gone, connections_gone;
    GArray *free_flows, *free_connections; /* uint32_t: places of these that may be used again (release.c) */
    uint32_t ids;                          /* given so far (release.c) */
    mpt_subflow *nobody;                   /* in the place of each flow that was forgotten */
    mpt_connection *nothing;               /* the connection of `nobody`: empty, as merged ones are */
};

struct mpt_engine {
    mpt_engine_config config;
    mpt_engine_counts counts;
    mpt_lookback *timeorder;
    mpt_sightings sightings;
    mpt_clock_steps clocks;
    bool fed; /* some segment */
    unsigned
        doubted; /* for so many segments the earliest time may turn out to be after a step of the clock */
    int64_t undoubted_ns; /* it was before */
    int64_t delivered_ns; /* the earliest time of a segment, put right */
    GPtrArray *subflows, *connections;
    GHashTable *flows;  /* both endpoints, in either order -> newest mpt_subflow */
    GArray *streams;    /* uint32_t, by tcp.stream: place in subflows, from 1; 0: none */
    GHashTable *tokens; /* token -> GSList of struct, newest first (identity.c) */
    GHashTable *dsns;   /* upper half of a DSN -> GSList, newest first (identity.c) */
    uint32_t barrier;   /* counts claims of connections whose data level may still move (accounting.c) */
    const mpt_connection *last_claimant;
    GArray *observers;     /* mpt_observed */
    mpt_icmp_errors *icmp; /* NULL: none */
    uint64_t events;
    struct mpt_eviction idle;
    uint32_t one_sided;   /* flows with packets from one side only */
    uint64_t next_look;   /* segment at which memory in use is measured again */
    bool full;            /* above max_state */
    size_t waiting_bytes; /* of payload whose checksums can't be verified yet (checksums.c) */
    uint64_t work;        /* steps so far whose number the sender of a segment can choose */
    /* The segment being processed. */
    const mpt_segment *segment;
    bool counted;
    bool checksums_seen; /* some connection uses them */
};

/* Bound of `work` over the whole capture: an attacker could otherwise make each segment walk through
 * everything that the others left. */
#define MPT_WORK_BASE        (UINT64_C(1) << 26)
#define MPT_WORK_PER_SEGMENT 32

/* False when memory or work is at its limit; the caller then drops what it was about to do, which
 * is counted here. */
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
/* Call for payload of a side with `infinite`, before it is accounted: it has no mapping of its own. */
void mpt_signal_infinite(mpt_engine *e, mpt_subflow *s, mpt_side side, int64_t end);
/* Stands for the place of an event that was dropped, above max_events. */
#define PLACE_DROPPED UINT32_MAX
/* Appends an event of this segment and calls the observers. `what` has its type and what belongs to it; a count of
 * 0 is 1. Returns its place (see mpt_half), or PLACE_DROPPED. */
uint32_t mpt_signal_event(mpt_engine *e, const mpt_subflow *s, mpt_side side, const mpt_event *what);
/* Removes the event at place `removed`: it is part of the one at place `same` (0: of none). */
void mpt_signal_remove_event(mpt_connection *c, uint32_t removed, uint32_t same);

/* identity.c */
mpt_connection *mpt_identity_new_connection(mpt_engine *e, mpt_subflow *s, bool partial);
/* Makes s the next subflow of c; its `side` is the connection's conn_side. False: limit reached. */
bool mpt_identity_attach(mpt_engine *e, mpt_connection *c, mpt_subflow *s, mpt_side side,
                         mpt_conn_side conn_side);
void mpt_identity_set_key(mpt_engine *e, mpt_connection *c, mpt_conn_side side, uint64_t key,
                          unsigned version);
/* The connection one of whose hosts has this token; *side is that host. NULL: none. */
mpt_connection *mpt_identity_find_token(mpt_engine *e, uint32_t token, mpt_conn_side *side);
void mpt_identity_set_token(mpt_engine *e, mpt_connection *c, mpt_conn_side side, uint32_t token);
/* The connection (not `except`) whose 64-bit DSNs of a side lie less than 2^32 from dsn. */
mpt_connection *mpt_identity_find_dsn(mpt_engine *e, uint64_t dsn, const mpt_connection *except,
                                      mpt_conn_side *side);
/* Call when level[side] of c gets its 64-bit DSN, or advances: keeps it findable by
 * mpt_identity_find_dsn(). */
void mpt_identity_index_dsn(mpt_engine *e, mpt_connection *c, mpt_conn_side side);
/* Moves everything of `from` to `to`; flip: side A of `from` is side B of `to`. */
void mpt_identity_merge(mpt_engine *e, mpt_connection *to, mpt_connection *from, bool flip);
/* Removes c from all tables and empties it. */
void mpt_identity_forget(mpt_engine *e, mpt_connection *c);
void mpt_identity_free(mpt_engine *e);

/* eviction.c */
void mpt_eviction_init(mpt_engine *e);
void mpt_eviction_clear(mpt_engine *e);
/* Call for each new flow, and for each new connection. */
void mpt_eviction_flow(mpt_engine *e, mpt_subflow *s);
void mpt_eviction_connection(mpt_engine *e);
/* Call when s carries payload, or did so before it joined its connection: it is not forgotten any more. */
void mpt_eviction_carries(mpt_engine *e, mpt_subflow *s);
/* Call before `from` is merged into `to`. */
void mpt_eviction_merged(mpt_engine *e, mpt_connection *to, mpt_connection *from);
/* Frees a flow without MPTCP, or a connection with its flows; observers are told. */
void mpt_eviction_release_flow(mpt_engine *e, mpt_subflow *s);
void mpt_eviction_release_connection(mpt_engine *e, mpt_connection *c);
/* The place of a new flow or connection in its list: at the end, or one that is free. */
uint32_t mpt_eviction_place(GPtrArray *list, GArray *free_places, uint32_t *gone, void *added);
/* True if no flow may be added. */
bool mpt_eviction_full(const mpt_engine *e);
/* Forgets the oldest idle flows and connections while there are too many. Pointers to flows and connections
 * are not valid across it. */
void mpt_eviction_make_room(mpt_engine *e);
static inline bool mpt_eviction_crowded(const mpt_engine *e)
{
    return e->idle.memory > e->config.max_idle || e->one_sided >= e->config.max_one_sided;
}

/* evidence.c; call these only with config.want_evidence */
/* That of a connection; created when first asked for. */
mpt_connection_evidence *mpt_evidence_of(mpt_connection *c);
/* After a segment of `side` has been processed. */
void mpt_evidence_segment(mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position);
/* A DATA_ACK sent by `side`, before it takes effect. */
void mpt_evidence_data_ack(mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t acked);
/* Bytes [start, end) that are new in c->level[side]. */
void mpt_evidence_new_data(mpt_connection *c, mpt_conn_side side, const mpt_subflow *s, const mpt_segment *g,
                           int64_t start, int64_t end);
/* A gap in c->level[side] was filled, after `wait`. */
void mpt_evidence_wait(mpt_connection *c, mpt_conn_side side, const mpt_wait *wait);
/* evidence_waits.c: after a segment of `side`, with `fresh` new bytes, has been processed; and before a DATA_ACK of
 * level[side] takes effect. */
void mpt_evidence_held(mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position, uint64_t fresh);
void mpt_evidence_let_go(mpt_connection *c, mpt_conn_side side, const mpt_segment *g, int64_t acked);
/* A DSS of `side`, after it has taken effect. */
void mpt_evidence_dss(mpt_subflow *s, mpt_side side, const mpt_segment *g, const mpt_dss *o);
/* `side` of s sends it; subtype: of the option. */
void mpt_evidence_sight(mpt_subflow *s, mpt_side side, const mpt_segment *g, mpt_sight sight,
                        uint8_t subtype);
void mpt_evidence_far(mpt_connection *c, const mpt_subflow *s, const mpt_segment *g);
/* A packet from the other end of the subflow; a segment of this side (position: of its payload). `half` is
 * that of this side, after the packet took effect. */
void mpt_evidence_heard(mpt_hearing *h, const mpt_subflow *s, const mpt_half *half, const mpt_segment *g);
void mpt_evidence_said(mpt_hearing *h, const mpt_segment *g, int64_t position);
/* The subflows of `to` from `offset` on were those of another connection. */
void mpt_evidence_merged(mpt_connection *to, unsigned offset);

/* order.c */
/* Puts bytes in their place. True if they filled (a part of) a gap: *since_ns is when it appeared. */
bool mpt_order_note(mpt_order *o, const mpt_order_piece *piece, int64_t *since_ns);
/* The order of all payload of h, the only subflow of d's connection, but for what now comes at [start, end):
 * what has no mapping may turn out to go on as plain TCP. To be freed with its gaps. */
mpt_order *mpt_order_of_payload(const mpt_half *h, const mpt_data_level *d, int64_t start, int64_t end);

/* checksums.c */
/* The payload of a segment; call only where checksums are wanted, and s has a connection. */
void mpt_checksums_take_payload(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_segment *g,
                                int64_t position);
/* A mapping with a checksum whose place on the subflow is known. */
void mpt_checksums_take_mapping(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_checksummed *mapping);
/* All mappings so far have their place now: payload that waited for that is verified. */
void mpt_checksums_placed(mpt_engine *e, mpt_subflow *s, mpt_side side);

/* accounting.c */
void mpt_account_payload(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_segment *g,
                         int64_t position);
/* A mapping, in a segment with payload_len bytes at mapping->position. */
void mpt_account_mapping(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_waiting_mapping *mapping,
                         uint32_t payload_len);
void mpt_account_infinite(mpt_engine *e, mpt_subflow *s, mpt_side side, uint32_t ssn, int64_t dsn,
                          int64_t position);
/* TCP Fast Open: maps the bytes that the SYN/ACK accepted, once the IDSN is known (RFC 8684 B.1). */
void mpt_account_syn_data(mpt_engine *e, mpt_subflow *s, mpt_side side);
/* The flow was plain TCP so far: its payload waits for mappings from now on. */
void mpt_account_adopt(mpt_subflow *s);
/* A DATA_ACK for level[side] of c. */
void mpt_account_ack(mpt_engine *e, mpt_connection *c, mpt_conn_side side, int64_t acked);
/* The DATA_FIN of d has become known: DATA_ACKs that came before it may have acknowledged it. */
void mpt_account_data_fin(mpt_data_level *d);
/* Claims at level[to_side] of `to` what `from` had at level[from_side], its positions moved by `shift` and
 * its owner numbers by `offset`. */
void mpt_account_merge_level(mpt_engine *e, mpt_connection *to, mpt_conn_side to_side, mpt_connection *from,
                             mpt_conn_side from_side, unsigned offset, int64_t shift);

#endif
