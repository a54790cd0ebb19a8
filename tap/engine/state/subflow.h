/* subflow.h - one TCP connection: its handshake, its sequence space on both sides, what each side sent.
 *
 * Positions. Each side's bytes lie on a line of 64-bit positions: the SYN at 0, the first byte at 1. Where
 * the SYN is not in the capture, the first segment seen is at 0 instead. A subflow sequence number (SSN) of a
 * DSS is at position SSN + ssn_shift; the shift is 0 where the SYN was seen (N with N bytes accepted by Fast
 * Open, RFC 8684 B.1), and follows from the bounds of the mappings where it was not.
 *
 * Invariant: every payload byte that was not retransmitted is counted once: claimed at the data level (first,
 * reinjected, reinjected_same) or still in `pending`, waiting for a mapping.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SUBFLOW_H
#define MPT_SUBFLOW_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence.h"
#include "order.h"
#include "tap/engine/base/axes.h"
#include "tap/engine/base/endpoint.h"
#include "tap/engine/base/histogram.h"
#include "tap/engine/base/ranges.h"
#include "tap/engine/base/seq.h"
#include "tap/engine/protocol/checksum.h"
#include "tap/engine/protocol/mapping.h"
#include "tap/segment.h"
#include "timeline.h"

struct mpt_connection;

typedef enum mpt_subflow_kind {
    MPT_SUBFLOW_TCP,     /* no MPTCP option so far */
    MPT_SUBFLOW_CAPABLE, /* RFC 8684 3.1 */
    MPT_SUBFLOW_JOIN,    /* RFC 8684 3.2 */
    MPT_SUBFLOW_UNKNOWN  /* MPTCP, but neither MP_CAPABLE nor the SYN with MP_JOIN is in the capture */
} mpt_subflow_kind;

typedef enum mpt_subflow_state {
    MPT_STATE_SYN_SENT,
    MPT_STATE_REFUSED,
    MPT_STATE_ESTABLISHED,
    MPT_STATE_CLOSED,
    MPT_STATE_RESET
} mpt_subflow_state;

/* Counts of payload: all that the byte figures of a direction need. */
typedef struct mpt_bytes {
    uint64_t segments, packets;
    uint64_t payload, retrans, first, reinjected, reinjected_same, fallback;
} mpt_bytes;

/* A DSS that waits until ssn_shift is known. */
typedef struct mpt_waiting_mapping {
    int64_t position; /* of the segment that carried it */
    int64_t dsn;      /* data-level position */
    uint32_t ssn;
    uint32_t length; /* bytes of payload, > 0 */
    uint32_t frame;
    uint16_t dss_length, checksum; /* as on the wire; valid with has_checksum */
    bool has_checksum;
} mpt_waiting_mapping;

/* Payload in segments whose own DSS maps other bytes. */
typedef struct mpt_misplaced {
    int64_t start, end; /* of the first such payload that no other DSS maps */
    int64_t time_ns;
    uint32_t frame;
    int64_t off;   /* position that the DSS maps, less that of the payload */
    bool absolute; /* its SSN is the sequence number in the TCP header */
} mpt_misplaced;

/* Payload that has not been acknowledged yet, for the round-trip time. */
typedef struct mpt_unacked {
    int64_t start;
    int64_t time_ns;
    uint32_t length; /* bytes */
    bool again;      /* retransmitted: no sample (Karn) */
} mpt_unacked;

static inline int64_t mpt_unacked_end(const mpt_unacked *u)
{
    return u->start + u->length;
}

/* Where the packets of one side were captured, and from how far they came. A RST that ended the subflow is not
 * among them. */
typedef struct mpt_seen_at {
    uint32_t interface_id, link_index; /* of the first; of the file, and below it, of Linux (segment.h) */
    uint8_t presence;                  /* MPT_SEEN_* */
    uint8_t ttl_low, ttl_high;
    bool moved;    /* not all by one interface */
    uint16_t ttls; /* packets whose TTL is known, up to 65,535 */
} mpt_seen_at;

enum { MPT_SEEN_INTERFACE = 1, MPT_SEEN_LINK = 2, MPT_SEEN_OUT = 4, MPT_SEEN_IN = 8, MPT_SEEN_ANY = 16 };

/* One side of a subflow as sender. What most segments need comes first. */
typedef struct mpt_half {
    bool seen;        /* origin is set */
    bool isn_known;   /* origin is the SYN's sequence number */
    bool isn_told;    /* by the other side, before anything was seen: it is `origin` already */
    bool shift_known; /* ssn_shift is certain */
    bool shift_bounded;
    bool fin_seen, fin_acked, rst_seen;
    bool data_without_dss_last; /* the last new payload had no mapping */
    bool pending_joined;        /* runs of `pending` may be several segments */
    bool sacked;                /* the other side sent a SACK */
    uint32_t origin;
    uint32_t syn_data; /* bytes accepted by Fast Open */
    int64_t next;      /* highest position seen, one past */
    int64_t acked;     /* highest position that the other side acknowledged; INT64_MIN: none */
    int64_t edge;      /* one past the highest that its windows allowed; valid where acked is */
    int64_t acked_ns;  /* when the last data, without the FIN, was acknowledged */
    int64_t acked_before, acked_before_ns; /* the same before `acked`; INT64_MIN: none */
    int64_t ssn_shift;
    mpt_bytes bytes;
    uint64_t duplicates;                 /* bytes that the other side said to have got again (RFC 2883) */
    int64_t first_ns, last_ns;           /* segments; valid with bytes.packets */
    int64_t first_data_ns, last_data_ns; /* payload; valid with bytes.segments */
    mpt_ranges received;                 /* positions of payload in the capture */
    mpt_ranges pending;                  /* of these, not mapped yet */
    mpt_mapping mapping;                 /* position -> data-level position */
    mpt_checksums checksums;

    int64_t shift_low, shift_high; /* bounds while ssn_shift is not known */
    GArray *waiting;               /* mpt_waiting_mapping, NULL when none */
    GPtrArray *waiting_payload;    /* core/checksums.c; NULL when none */
    size_t waiting_bytes;          /* of it */
    mpt_order *plain;              /* of all payload, if what has no mapping goes on; NULL: all was mapped */
    mpt_waiting_mapping *infinite; /* of length 0, on an ACK, until data or another follows; NULL: none */
    mpt_misplaced *misplaced;      /* NULL: none */
    GArray *unacked;               /* mpt_unacked in order, from unacked_head; NULL when not wanted */
    guint unacked_head;
    /* Place in the connection's events, from 1, of the event that repetitions join; 0: none yet. */
    uint32_t fin_event, rst_event, infinite_event, ignored_event; /* ignored: a RST */
    uint32_t last_frame;                                          /* that last_ns is of */
    uint32_t without_dss_frame; /* where data_without_dss_last became true */
    uint32_t far_frame;         /* the last with payload whose DSS maps it to an impossible DSN; 0: none */
    int64_t without_dss_ns;
    int64_t fin;          /* position of the FIN, where fin_seen */
    int64_t fin_ns;       /* when it was first seen */
    int64_t fin_acked_ns; /* when it was first acknowledged, where fin_acked */
    mpt_histogram rtt;
    mpt_seen_at seen_at;
} mpt_half;

typedef struct mpt_join {
    bool syn_seen, synack_seen, ack_seen;
    bool ack_is_third; /* not a later segment that has its option again */
    uint32_t token;
    uint32_t nonce[2]; /* [0] of the initiator */
    uint8_t synack_hmac[8], ack_hmac[20];
    uint32_t synack_frame, ack_frame;
    int64_t synack_ns, ack_ns;
    uint8_t verdict[2]; /* mpt_verdict of the SYN/ACK and of the ACK; MPT_VERDICT_NONE: not found out yet */
} mpt_join;

typedef struct mpt_subflow {
    mpt_endpoint ends[MPT_SIDES]; /* the key of the flow table */
    mpt_half half[MPT_SIDES];
    struct mpt_connection *connection; /* NULL: plain TCP */
    struct mpt_subflow *older, *newer; /* earlier and later one with the same 4-tuple */
    uint64_t idle_at;                  /* place in the engine's queue, from 1; 0: none (eviction.c) */
    mpt_join *join;                    /* NULL unless MP_JOIN was seen */
    int64_t start_ns, end_ns;
    int64_t syn_ns, synack_ns, ack_ns; /* handshake, each valid with its bit below */
    int64_t refused_ns, established_ns, closed_ns;
    uint32_t first_frame, last_frame, syn_frame, synack_frame, ack_frame;
    uint32_t tcp_stream;
    uint32_t marks;
    uint32_t index;         /* in the engine */
    uint16_t owner;         /* index in its connection */
    uint8_t kind;           /* mpt_subflow_kind */
    uint8_t state;          /* mpt_subflow_state */
    bool flip;              /* its side A is side B of the connection */
    mpt_side initiator : 8; /* that sent the SYN; valid with initiator_known */
    bool initiator_known;
    bool left_out;                        /* of MPTCP, but there is no connection for it: the limit */
    bool idle;                            /* never carried payload */
    bool one_sided;                       /* no packet of side B so far */
    bool syn_seen, synack_seen, ack_seen; /* TCP handshake */
    bool third_seen; /* what ack_seen tells of has the numbers of the third ACK, not of a later segment */
    bool syn_capable, synack_capable, ack_capable;
    bool rst_ignored;             /* the last segment is a RST that its receiver ignores */
    bool ack_without_mptcp;       /* the third ACK has no MPTCP option */
    bool options_cut, synack_cut; /* of any segment, of the SYN/ACK: what is missing proves nothing */
    bool dss_seen, dss_on_data;
    bool has_stream;
    bool backup_known[MPT_SIDES], backup[MPT_SIDES]; /* as this side announced it */
    bool address_id_known[MPT_SIDES];
    uint8_t address_id[MPT_SIDES];
    uint8_t rst_ttl;                /* of the RST that ended it; 0: not known */
    bool rst_bare;                  /* it acknowledges nothing */
    uint32_t rst_frame;             /* that RST; 0: none */
    mpt_side rst_side : 8;          /* who sent it */
    mpt_subflow_evidence *evidence; /* NULL unless wanted, see evidence.h */
} mpt_subflow;

/* The side of the subflow that is this side of its connection; and back. */
static inline mpt_side mpt_subflow_side(const mpt_subflow *s, mpt_conn_side side)
{
    return (mpt_side)((unsigned)side ^ s->flip);
}

static inline mpt_conn_side mpt_subflow_conn_side(const mpt_subflow *s, mpt_side side)
{
    return (mpt_conn_side)((unsigned)side ^ s->flip);
}

/* True if payload has no mapping although the DSS in its segment was one: of other bytes. */
static inline bool mpt_subflow_misplaced(const mpt_half *h)
{
    return h->misplaced && mpt_ranges_covered(&h->pending, h->misplaced->start, h->misplaced->end) > 0;
}

/* True if the last payload without mapping has DSSs, of DSNs that can't be. */
static inline bool mpt_subflow_far(const mpt_half *h)
{
    return h->far_frame > 0 && h->far_frame >= h->without_dss_frame;
}

/* The order of the ids of one connection's subflows: that of the MP_CAPABLE handshake, then
 * by first frame. */
int mpt_subflow_order(const mpt_subflow *a, const mpt_subflow *b);

mpt_subflow *mpt_subflow_new(const mpt_segment *segment);
void mpt_subflow_free(mpt_subflow *s);

/* Position of a raw sequence number on side's line, nearest to what was seen; sets the origin if it
 * is the first. */
int64_t mpt_subflow_position(mpt_subflow *s, mpt_side side, uint32_t seq);
/* g, sent by `side`, is the third ACK by its MPTCP option, and carries no payload: it tells both initial sequence
 * numbers where no SYN did. */
void mpt_subflow_third_ack(mpt_subflow *s, mpt_side side, const mpt_segment *segment);
/* Position of an SSN on side's line, near `position`. False while the initial sequence number
 * is not known. */
static inline bool mpt_subflow_ssn_position(const mpt_subflow *s, mpt_side side, uint32_t ssn, int64_t near,
                                            int64_t *position)
{
    const mpt_half *h = &s->half[side];

    if (!h->shift_known)
        return false;
    *position = near + mpt_seq32_diff(ssn + (uint32_t)h->ssn_shift, (uint32_t)near);
    return true;
}

/* How far seq and ack of a segment are from what this subflow would expect; UINT32_MAX:
 * nothing to compare. */
uint32_t mpt_subflow_distance(const mpt_subflow *s, mpt_side side, const mpt_segment *segment);

/* Pieces of payload in flight that are kept for round-trip times, per direction; further ones
 * give no sample. */
#define MPT_SUBFLOW_UNACKED 16384

/* Adds payload that was sent to a queue of unacknowledged pieces (in order, from `head` on), unless it gives
 * no sample of the round-trip time (FIGURES.md, `rtt`). received: the payload before it; next, acked: one
 * past the highest position sent, and acknowledged. */
void mpt_unacked_add(GArray *queue, guint head, const mpt_ranges *received, int64_t next, int64_t acked,
                     mpt_unacked u);

/* Takes in the TCP side of a segment: handshake, flags, acknowledgements, state. Counts it if `counted`.
 * want_rtt: keep what the round-trip times need. Returns the position of its first payload byte. */
int64_t mpt_subflow_segment(mpt_subflow *s, mpt_side side, const mpt_segment *segment, bool counted,
                            bool want_rtt);

#endif
