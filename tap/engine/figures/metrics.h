/* metrics.h - the figures of the reports, computed from the engine's state. FIGURES.md defines each of them.
 *
 * Invariant: computes from const state and keeps nothing; a view borrows from the engine and is stale once
 * the engine is fed again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_METRICS_H
#define MPT_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/core/engine.h"

/* A figure in nanoseconds, or null. */
typedef struct mpt_maybe_ns {
    bool known;
    int64_t ns;
} mpt_maybe_ns;

typedef struct mpt_maybe_int {
    bool known;
    int64_t value;
} mpt_maybe_int;

/* Figures of type double are rates or ratios; NAN is null. */

typedef struct mpt_rtt_figures {
    uint64_t samples; /* 0: all others are null */
    int64_t min_ns, median_ns, p95_ns, max_ns;
    double mean_ns;
} mpt_rtt_figures;

/* One direction of a subflow, or of a connection (the sums). */
typedef struct mpt_byte_figures {
    uint64_t segments, packets;
    uint64_t payload_bytes, retrans_bytes, unique_bytes;
    uint64_t first_bytes, reinjected_bytes, reinjected_same_bytes, unmapped_bytes, fallback_bytes;
    mpt_maybe_ns first, last;           /* first and last segment, since the earliest frame */
    mpt_maybe_ns first_data, last_data; /* first and last payload, since the earliest frame */
    mpt_maybe_ns duration, data_duration;
    double throughput; /* bit/s */
} mpt_byte_figures;

typedef struct mpt_checksum_figures {
    bool known; /* checksums are required, and were verified */
    uint64_t ok, bad, incomplete;
} mpt_checksum_figures;

/* Why the loss on the way is not known. */
typedef enum mpt_loss_unknown {
    MPT_LOSS_KNOWN,
    MPT_LOSS_NO_DATA,
    MPT_LOSS_RECEIVER,  /* captured at the receiver's end */
    MPT_LOSS_ELSEWHERE, /* in the middle, or the handshake does not show where */
    MPT_LOSS_NO_SACK    /* sent again, and the receiver does not say what it had */
} mpt_loss_unknown;

/* What the path lost, as far as the sender's end shows it. */
typedef struct mpt_loss_figures {
    mpt_loss_unknown unknown; /* else both are null */
    mpt_maybe_int spurious_bytes, lost_bytes;
} mpt_loss_figures;

/* One direction of a subflow. */
typedef struct mpt_subflow_direction {
    mpt_byte_figures bytes;
    double share; /* of 1 */
    mpt_loss_figures loss;
    mpt_rtt_figures rtt;
    mpt_checksum_figures checksums;
} mpt_subflow_direction;

/* The data level of one direction of a connection. */
typedef struct mpt_data_figures {
    uint64_t dsn_unique_bytes;
    mpt_maybe_int dsn_first, dsn_end; /* relative */
    uint64_t dsn_gap_bytes;
    mpt_maybe_int data_fin;
    uint64_t data_ack_count;
    mpt_maybe_int data_ack_max;
    mpt_maybe_int acked_bytes;
    double goodput;
    mpt_maybe_ns goodput_duration;
    /* Unknown where payload waited for its mapping: it started before the capture. */
    mpt_maybe_int out_of_order_segments, out_of_order_bytes;
    mpt_maybe_ns reorder_delay;
    mpt_rtt_figures rtt;
} mpt_data_figures;

typedef struct mpt_connection_direction {
    mpt_byte_figures bytes;
    mpt_data_figures data;
    mpt_checksum_figures checksums; /* the sums */
} mpt_connection_direction;

typedef struct mpt_subflow_view {
    const mpt_subflow *subflow;
    uint32_t id;
    mpt_side side[MPT_ROLES];
    mpt_maybe_int initiator; /* mpt_role */
    mpt_maybe_int address_id[MPT_ROLES];
    mpt_maybe_int backup[MPT_ROLES]; /* 0 or 1 */
    uint64_t packets;
    int64_t start_ns, end_ns; /* since the earliest frame */
    mpt_maybe_ns syn_to_synack, synack_to_ack;
    mpt_subflow_direction direction[MPT_DIRECTIONS];
    /* Only of kind `join`. */
    bool join_established;
    mpt_maybe_ns join_latency;
} mpt_subflow_view;

typedef enum mpt_close { MPT_CLOSE_OPEN, MPT_CLOSE_DATA_FIN, MPT_CLOSE_FASTCLOSE, MPT_CLOSE_RESET } mpt_close;

typedef struct mpt_connection_view {
    const mpt_connection *connection;
    uint32_t id;
    mpt_conn_side side[MPT_ROLES];
    mpt_connection_kind kind;
    mpt_fallback fallback;
    mpt_maybe_int version, checksum_required;
    mpt_endpoint end[MPT_ROLES]; /* of the first subflow */
    mpt_host host[MPT_ROLES];    /* as reports show it: null where FIGURES.md says null */
    int64_t start_ns, end_ns;
    mpt_close close;
    mpt_maybe_int close_by; /* mpt_role */
    mpt_maybe_ns close_time;
    mpt_connection_direction direction[MPT_DIRECTIONS];
    mpt_subflow_view *subflows; /* in order of id */
    uint32_t subflow_count;
    int64_t epoch_ns; /* time of the earliest frame */
} mpt_connection_view;

/* The role of this side of the connection. */
static inline mpt_role mpt_metrics_role(const mpt_connection_view *v, mpt_conn_side side)
{
    return side == v->side[MPT_CLIENT] ? MPT_CLIENT : MPT_SERVER;
}

static inline mpt_direction mpt_metrics_direction(const mpt_connection_view *v, mpt_conn_side side)
{
    return mpt_role_sends(mpt_metrics_role(v, side));
}

/* The end of the subflow at this host. */
static inline const mpt_endpoint *mpt_metrics_endpoint(const mpt_subflow_view *s, mpt_role role)
{
    return &s->subflow->ends[s->side[role]];
}

/* The sender's half of the subflow in this direction; below, the sender's data level. */
static inline const mpt_half *mpt_metrics_half(const mpt_subflow_view *s, mpt_direction direction)
{
    return &s->subflow->half[s->side[mpt_direction_sender(direction)]];
}

static inline const mpt_data_level *mpt_metrics_level(const mpt_connection_view *v, mpt_direction direction)
{
    return &v->connection->level[v->side[mpt_direction_sender(direction)]];
}

/* The view of mpt_connection_subflow(); NULL where that is NULL. Mostly the owner number is the id. */
static inline const mpt_subflow_view *mpt_metrics_subflow_of(const mpt_connection_view *v, uint16_t owner)
{
    if (owner < v->subflow_count && v->subflows[owner].subflow->owner == owner)
        return &v->subflows[owner];
    for (uint32_t i = 0; i < v->subflow_count; i++)
        if (v->subflows[i].subflow->owner == owner)
            return &v->subflows[i];
    return NULL;
}

/* Connections that carried something, ordered by first frame: element k is the connection with id k. Borrowed
 * elements; free with g_ptr_array_unref(). */
GPtrArray *mpt_metrics_connections(const mpt_engine *e);
/* TCP connections that never carried an MPTCP option. */
uint64_t mpt_metrics_plain_tcp(const mpt_engine *e);
/* Fills *view for the connection that has this id; clear it with mpt_metrics_clear(). */
void mpt_metrics_connection(const mpt_engine *e, const mpt_connection *c, uint32_t id,
                            mpt_connection_view *view);
void mpt_metrics_clear(mpt_connection_view *view);
/* Goes on to the next of mpt_metrics_connections(), from a zeroed view to the first. It clears what it
 * leaves: false, after the last one, and nothing is to be cleared. */
bool mpt_metrics_next(const mpt_engine *e, const GPtrArray *connections, mpt_connection_view *view);

/* The figures of one TCP connection (report `tcp`). Its client sent the SYN, or else has the higher port. */
typedef struct mpt_tcp_view {
    mpt_side side[MPT_ROLES];
    int64_t start_ns, end_ns;
    mpt_byte_figures direction[MPT_DIRECTIONS]; /* without the data level's figures */
    mpt_rtt_figures rtt[MPT_DIRECTIONS];
} mpt_tcp_view;
void mpt_metrics_tcp(const mpt_engine *e, const mpt_subflow *s, mpt_tcp_view *view);

/* True if only one direction of the subflow is in the capture. */
bool mpt_metrics_one_way(const mpt_subflow_view *sv);

/* Names as in CSV and JSON, static: "data_fin"; "capable"; "syn_sent"; "ok", or NULL if the verdict
 * is not known. */
const char *mpt_close_name(mpt_close close);
const char *mpt_subflow_kind_name(mpt_subflow_kind kind);
const char *mpt_subflow_state_name(mpt_subflow_state state);
const char *mpt_verdict_name(mpt_verdict verdict);
/* "receiver", "elsewhere", ...; NULL where it is known. Static. */
const char *mpt_loss_unknown_name(mpt_loss_unknown unknown);
/* Why checksums of this direction are bad. Where all mappings that a host sends have one fault in common, it is
 * how the host writes them, and not the path. */
typedef enum mpt_checksum_fault {
    MPT_CHECKSUM_ALTERED,
    MPT_CHECKSUM_SWAPPED, /* all fit with their two bytes swapped */
    MPT_CHECKSUM_OFF      /* all are off by the same number */
} mpt_checksum_fault;
mpt_checksum_fault mpt_metrics_checksum_fault(const mpt_connection_view *v, mpt_direction direction);
/* The verdict on the HMAC in the SYN/ACK or the third ACK of a join (RFC 8684 3.2). */
mpt_verdict mpt_metrics_join_verdict(const mpt_subflow_view *s, mpt_join_step step);

/* The events of a connection in order of time, with the concluded one, FALLBACK. Elements are mpt_event,
 * whose side is that of the connection. Read only, and stale once more is fed. Free with g_array_unref(). */
GArray *mpt_metrics_events(const mpt_connection *c);
/* A data-level position of level[side] as a relative DSN; null if the IDSN is not known. */
mpt_maybe_int mpt_metrics_relative(const mpt_connection *c, mpt_conn_side side, int64_t position);

#endif
