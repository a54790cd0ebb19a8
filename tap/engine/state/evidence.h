/* evidence.h - history that the findings need and no figure keeps; only with want_evidence.
 *
 * Invariant: no figure reads it; without want_evidence all pointers to it are NULL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EVIDENCE_H
#define MPT_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/base/axes.h"

/* How often something was seen, and where first. Times are of the capture, in ns since the epoch. */
typedef struct mpt_seen {
    uint64_t count; /* times, or bytes */
    int64_t time_ns;
    uint32_t frame;
    uint16_t owner; /* subflow, where that matters */
} mpt_seen;

/* A time in which a subflow had data in flight and heard nothing from the other end. */
typedef struct mpt_outage {
    int64_t start_ns; /* the first segment without an answer */
    int64_t end_ns;   /* the next packet from the other end; INT64_MAX: there is none */
    int64_t again_ns; /* new data on this subflow after that; valid with again_frame */
    uint64_t in_flight;
    uint32_t start_frame, end_frame, again_frame; /* 0: none */
} mpt_outage;

enum { MPT_OUTAGES = 8 }; /* of a side of a subflow are kept; further ones are counted */

/* Sizes of payload that got through, and that did not. */
typedef struct mpt_sizes {
    uint32_t acked;   /* the largest that was acknowledged */
    uint32_t awaited; /* a larger one, up to awaited_end; 0: none */
    int64_t awaited_end;
    /* The largest segment at the acknowledged edge, and how often it was sent there. */
    uint32_t stuck, stuck_count, stuck_frame;
    bool stuck_heard; /* the other end was heard since */
    int64_t stuck_position, stuck_ns;
} mpt_sizes;

/* What this side sends and hears, for mpt_outage. Positions are those of the subflow. */
typedef struct mpt_hearing {
    int64_t sent,
        acked; /* one past the highest payload sent; acknowledged when the other end was last heard */
    int64_t unanswered_ns;      /* the first data since the other end was heard; valid with its frame */
    uint32_t unanswered_frame;  /* 0: nothing is in flight */
    uint32_t repeated;          /* segments sent again since then */
    int64_t repeated_ns;        /* the first of these */
    int64_t new_ns;             /* the last data that was no repetition */
    int64_t timed, timed_ns;    /* the payload whose acknowledgement gives a sample; valid with its frame */
    uint32_t timed_frame;       /* 0: none is awaited */
    uint32_t count;             /* of outages */
    int64_t srtt_ns, rttvar_ns; /* RFC 6298; srtt 0: no sample */
    mpt_outage *outages;        /* NULL: none */
    mpt_sizes sizes;
} mpt_hearing;

/* One side of a subflow as sender. */
typedef struct mpt_half_evidence {
    mpt_hearing hearing;
    bool data_ack_known;
    int64_t data_ack; /* highest DATA_ACK sent here: position on the other side's data level */
    /* Of the last segment that carried it, as on the wire; timestamped: tsval is set. */
    uint32_t seq_end, ack, tsval;
    bool timestamped;
    mpt_seen window_closed;  /* this side announced a receive window of 0: times */
    int64_t closed_since_ns; /* 0: the window is open */
    int64_t longest_closed_ns, longest_since_ns;
    uint32_t longest_frame; /* that closed the window for longest */
    uint64_t first_before;  /* bytes.first before the segment */
    int64_t acked_before;   /* what TCP had acknowledged of this side before the segment */
    /* Payload sent while this subflow was backup and a regular one could have taken it (RFC 8684 3.3.8). */
    mpt_seen backup;     /* payload bytes */
    uint64_t backup_new; /* of these, bytes that no subflow had carried */
} mpt_half_evidence;

typedef struct mpt_subflow_evidence {
    mpt_half_evidence half[MPT_SIDES];
    uint32_t syns;                  /* SYNs of the initiator */
    uint32_t scale_frame[2];        /* the first SYN, the first SYN/ACK in order of the file; 0: none */
    uint8_t scale[2];               /* that these announce (none: 0), 1 more; 0: not known */
    int64_t syn_ns;                 /* the last SYN before the SYN/ACK; 0: none */
    mpt_seen plain_syn;             /* SYNs without options after one with MP_CAPABLE */
    int64_t backup_ns;              /* when the subflow last became backup */
    bool was_backup, became_backup; /* the latter: after its handshake */
    mpt_seen data_early;    /* payload of a join's initiator before the responder confirmed the third ACK */
    bool data_early_proven; /* it confirmed it later, without that payload */
} mpt_subflow_evidence;

/* Is the window of a segment in this frame scaled right? Wireshark scales windows in order of the file. */
static inline bool mpt_evidence_knows_scale(const mpt_subflow_evidence *v, uint32_t frame)
{
    return v && v->scale_frame[0] && v->scale_frame[1] && v->scale_frame[0] < frame &&
           v->scale_frame[1] < frame;
}

/* A time in which bytes waited at the data level for others that came late. */
typedef struct mpt_wait {
    int64_t start_ns, end_ns; /* 0, 0: none */
    int64_t dsn;              /* of the first byte that came late */
    uint32_t frame;           /* that ended it: the bytes, or where DATA_ACKs show the wait, the DATA_ACK */
    uint16_t owner;           /* the subflow of these bytes; by_ack: on which they were sent first */
    bool by_ack;
    bool behind; /* what came after them on their subflow had come before */
} mpt_wait;

/* The byte that the next DATA_ACK has to cover, while it stands still. */
typedef struct mpt_held {
    int64_t since_ns; /* TCP acknowledged data behind it, on any subflow; 0: it did not */
    int64_t sent_ns;  /* it was first sent; valid with `again` */
    bool again;       /* and then sent again */
} mpt_held;

/* Waits that are reported, and candidates kept: a longer wait may still come that overlaps several of these,
 * and a still longer one that overlaps that. */
enum { MPT_WAITS = 3, MPT_WAITS_KEPT = 8 };

/* The DATA_ACK stands still though TCP has acknowledged the byte that it waits for. */
typedef struct mpt_still {
    int64_t since_ns; /* TCP's acknowledgement; 0: none, or the DATA_ACK has moved on */
    int64_t last_ns;  /* the last DATA_ACK that was no higher */
    uint32_t frame;   /* TCP's acknowledgement */
    uint16_t owner;   /* its subflow */
} mpt_still;

/* The data level of one direction. */
typedef struct mpt_level_evidence {
    mpt_still still, longest_still;
    mpt_seen with_checksum, without_checksum; /* mappings of this side */
    /* Before a DATA_ACK of its data: segments with payload that have no mapping of their own, and that have one. */
    mpt_seen bare, mapped;
    bool confirmed;         /* there is one */
    uint32_t mapping_frame; /* the last segment with a mapping; 0: none */
    bool wide;              /* this side sends 64-bit DSNs */
    mpt_seen narrow_acks;   /* 32-bit DATA_ACKs of these */
    bool window_known;
    bool window_unsure; /* some were announced whose scale is not known */
    /* The highest DATA_ACK plus the largest window announced by then (RFC 8684 3.3.4): the sender may know an
     * earlier window that was larger. */
    int64_t window_edge;
    uint32_t window;        /* the largest */
    mpt_seen beyond_window; /* new bytes beyond it */
    mpt_seen after_fin;     /* new bytes at or beyond the DATA_FIN */
    mpt_seen acks_back;     /* DATA_ACKs below one that was sent before on their subflow */
    mpt_seen acks_beyond;   /* DATA_ACKs beyond all mappings seen */
    int64_t beyond;         /* the highest of them; valid with acks_beyond */
    int64_t beyond_ns;      /* when that was first sent */
    bool beyond_taken_back; /* a later DATA_ACK was lower */
    /* Data that they acknowledge came later, when nothing was in flight, and they should have arrived. */
    bool beyond_sent_later;
    /* The highest DATA_ACK when what was in flight at the connection's first segment had long arrived. */
    bool settled_known;
    int64_t settled;
    mpt_held held;
    mpt_wait waits[MPT_WAITS_KEPT]; /* one a gap; they may overlap */
    unsigned wait_count;
} mpt_level_evidence;

/* What a side of a connection signalled. */
typedef enum mpt_sight {
    MPT_SIGHT_DSS,      /* or a mapping in MP_CAPABLE */
    MPT_SIGHT_KEYS,     /* MP_CAPABLE after the SYNs with other keys than before */
    MPT_SIGHT_RESERVED, /* options with reserved bits set */
    MPT_SIGHTS
} mpt_sight;

typedef struct mpt_connection_evidence {
    mpt_level_evidence level[MPT_CONN_SIDES]; /* of the sender */
    mpt_seen far;                             /* DSNs or DATA_ACKs out of reach */
    mpt_seen sights[MPT_SIGHTS][MPT_CONN_SIDES];
    uint8_t reserved_subtype; /* of the first MPT_SIGHT_RESERVED */
} mpt_connection_evidence;

/* The outage that lasts at the end of the capture, with end_ns INT64_MAX; false: none does. now_ns: that end. */
bool mpt_evidence_lasting_outage(const mpt_hearing *h, int64_t now_ns, mpt_outage *outage);

/* Copies the longest waits to `longest`, longest first, none of which overlap, and returns their number. */
unsigned mpt_evidence_longest_waits(const mpt_level_evidence *v, mpt_wait longest[MPT_WAITS]);

#endif
