/* connection.h - one MPTCP connection: its identity, its subflows, its two data levels.
 *
 * Sides are those of axes.h; mpt_connection_client_side() tells which of them is the client, by what the
 * capture has shown by then. level[side] is the direction whose sender is `side`.
 *
 * Invariant: a subflow belongs to at most one connection, and its owner number is its place in `subflows`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CONNECTION_H
#define MPT_CONNECTION_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "data_level.h"
#include "evidence.h"
#include "subflow.h"
#include "tap/engine/protocol/keylist.h"
#include "timeline.h"

typedef enum mpt_connection_kind {
    MPT_KIND_MPTCP,
    MPT_KIND_MPTCP_PARTIAL,
    MPT_KIND_UNANSWERED,
    MPT_KIND_TCP
} mpt_connection_kind;

/* Why a connection is plain TCP now (FIGURES.md). */
typedef enum mpt_fallback {
    MPT_FALLBACK_NONE,
    MPT_FALLBACK_SYNACK,
    MPT_FALLBACK_ACK,
    MPT_FALLBACK_NO_DSS,
    MPT_FALLBACK_INFINITE_MAPPING,
    MPT_FALLBACK_MP_FAIL,
    MPT_FALLBACK_DSS_LOST
} mpt_fallback;

typedef struct mpt_host {
    bool key_known, token_known, idsn_known;
    uint64_t key;
    uint32_t token;
    uint64_t idsn;
} mpt_host;

typedef struct mpt_connection {
    uint32_t index;   /* in the engine */
    uint32_t told_id; /* valid with id_told: its id, where that can't wait for the end (core/release.c) */
    bool id_told;
    GPtrArray *subflows; /* mpt_subflow, borrowed from the engine */
    bool partial;        /* MP_CAPABLE is not in the capture */
    bool checksum_told, checksum_required;
    int8_t version_syn, version_synack, version_ack; /* -1: not seen */
    bool dss_seen;
    bool carried; /* payload, on any subflow */
    bool infinite_mapping, mp_fail;
    uint32_t infinite_waiting; /* halves with `infinite` */
    bool has_stream;
    uint32_t mptcp_stream; /* Wireshark's label */
    mpt_host host[MPT_CONN_SIDES];
    bool keys_given;    /* by the user, where `partial`; they verify, and are shown nowhere */
    mpt_key_pair given; /* key[mpt_conn_side] */
    mpt_data_level level[MPT_CONN_SIDES];
    bool dsn_indexed[MPT_CONN_SIDES];
    uint32_t indexed_dsn[MPT_CONN_SIDES]; /* upper half under which the engine finds level[side] */
    GArray *events;                       /* mpt_event, in order of processing; NULL when none */
    uint64_t events_dropped;
    int64_t start_ns, end_ns;
    uint32_t first_frame;
    bool fastclose;
    mpt_conn_side fastclose_side;
    int64_t fastclose_ns;
    mpt_seen conflicts
        [MPT_CONN_SIDES];  /* bytes of each host mapped in two ways; the first time. INT64_MIN: not known */
    uint64_t far_mappings; /* DSNs or DATA_ACKs out of reach */
    mpt_connection_evidence *evidence; /* NULL unless wanted */
} mpt_connection;

mpt_connection *mpt_connection_new(void);
void mpt_connection_free(mpt_connection *c);

/* The subflow with this owner number. There is one for each number that the connection's own state holds;
 * NULL for any other, such as one that a connection had which became part of this one. */
static inline mpt_subflow *mpt_connection_subflow(const mpt_connection *c, uint16_t owner)
{
    return owner < c->subflows->len ? g_ptr_array_index(c->subflows, owner) : NULL;
}

/* The version as FIGURES.md defines it; -1 unknown. */
int mpt_connection_version(const mpt_connection *c);
/* The order of the ids of connections: by first frame. */
int mpt_connection_order(const mpt_connection *a, const mpt_connection *b);
/* The subflows in the order of their ids; free with g_ptr_array_unref(). */
GPtrArray *mpt_connection_subflows_by_id(const mpt_connection *c);
/* The subflow with the MP_CAPABLE handshake; NULL for a partial connection. */
const mpt_subflow *mpt_connection_capable(const mpt_connection *c);
/* The side that is the client. */
mpt_conn_side mpt_connection_client_side(const mpt_connection *c);
/* Who this side is in reports. */
static inline mpt_role mpt_connection_role(const mpt_connection *c, mpt_conn_side side)
{
    return side == mpt_connection_client_side(c) ? MPT_CLIENT : MPT_SERVER;
}
mpt_connection_kind mpt_connection_get_kind(const mpt_connection *c);
mpt_fallback mpt_connection_get_fallback(const mpt_connection *c);
/* Verifies the HMACs of a join (RFC 8684 3.2); side: that of the connection which sent it. */
mpt_verdict mpt_connection_verify_join(const mpt_connection *c, const mpt_subflow *s, mpt_join_step step);
/* Verifies the HMAC of an ADD_ADDR (RFC 8684 3.4.1; v0 has none); side: that of the connection
 * which sent it. */
mpt_verdict mpt_connection_verify_add_addr(const mpt_connection *c, mpt_conn_side side,
                                           const mpt_add_addr *option);

/* A wrong one is the leftmost part of the right HMAC: the sender truncates it at the wrong end. */
bool mpt_connection_add_addr_leftmost(const mpt_connection *c, mpt_conn_side side,
                                      const mpt_add_addr *option);

/* "mptcp", ...; "synack", ...; NULL for MPT_FALLBACK_NONE. Static. */
const char *mpt_connection_kind_name(mpt_connection_kind kind);
const char *mpt_fallback_name(mpt_fallback fallback);

#endif
