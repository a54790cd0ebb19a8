/* speed.h - collects, while a capture is read, what the findings about speed need: what limited each direction,
 * the receive windows that were announced, round-trip times under load, and how fast the paths were.
 *
 * segments -> speed.c -> limits.c: a state for each direction
 *                     -> what each subflow shows of its window, its round-trip time, its rate
 *
 * Invariant: memory is per connection and subflow that carry payload, never per packet. Without the evidence of
 * the engine (want_evidence) no window is known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SPEED_H
#define MPT_SPEED_H

#include "limits.h"
#include "tap/engine/core/engine.h"

typedef struct mpt_speed mpt_speed;

extern const mpt_observer MPT_SPEED_OBSERVER;

/* Observes the engine from now on, which frees it in the end. spans: keep when each direction was limited by
 * what, for mpt_speed_spans(). */
void mpt_speed_open(mpt_engine *e, bool spans);
/* NULL: not opened. Borrowed. */
const mpt_speed *mpt_speed_of(const mpt_engine *e);

/* --- what a subflow's handshake tells --- */

/* Round-trip times of a subflow's handshake: to this side from where the capture was taken, and all of it. False
 * where the handshake is not in the capture. */
bool mpt_speed_round_trip(const mpt_subflow *s, mpt_side side, int64_t *part_ns, int64_t *all_ns);
/* --- a direction --- */

/* Why nothing is known of what limited a direction. */
typedef enum mpt_speed_unknown {
    MPT_SPEED_KNOWN,
    MPT_SPEED_NO_DATA,      /* or all at one time */
    MPT_SPEED_HANDSHAKE,    /* of a subflow: not in the capture */
    MPT_SPEED_WINDOW_SCALE, /* not known: options cut, or frames out of order in the file */
    MPT_SPEED_GAPS,         /* data was acknowledged that the capture does not show */
    MPT_SPEED_DATA_ACKS     /* TCP had acknowledged everything, and no DATA_ACK did, for most of the time */
} mpt_speed_unknown;

/* "handshake", ...; NULL for MPT_SPEED_KNOWN. Static. */
const char *mpt_speed_unknown_name(mpt_speed_unknown unknown);

/* What was seen, where, and how much it was. Times are of the capture. */
typedef struct mpt_speed_sight {
    uint64_t count; /* 0: never */
    int64_t time_ns, last_ns;
    uint32_t frame;
    uint16_t owner; /* subflow */
    int64_t bytes;
} mpt_speed_sight;

typedef struct mpt_speed_direction {
    mpt_speed_unknown unknown;
    int64_t first_ns;    /* first data; with all that follows only where it is known */
    uint32_t frame;      /* that carried it */
    int64_t duration_ns; /* from first to last data: the sum of ns */
    int64_t ns[MPT_LIMITS];
    uint32_t window; /* the largest that the receiver announced, bytes */
    bool unread;     /* most of the windows announced were less than half of the largest by then */
    /* The right edge of the receiver's window went back: how often, the first time, and the bytes of the worst. */
    mpt_speed_sight shrunk;
    /* The window was above 0 and below a segment for longest while it mattered: from time_ns to last_ns; bytes:
     * the smallest. */
    mpt_speed_sight tiny;
    uint32_t segment; /* bytes of the largest payload, at most MPT_LIMIT_SEGMENT */
} mpt_speed_direction;

/* The direction whose sender is `side`. False, and *d zero, if nothing was collected. */
bool mpt_speed_get(const mpt_speed *speed, const mpt_connection *c, mpt_conn_side side,
                   mpt_speed_direction *d);

/* The spans of time, in order, each with its limit until the next one begins, the last one until the last data:
 * calls func for each. Nothing without `spans`, or where what limited the direction is not known; of very many
 * spans the last ones are missing. */
void mpt_speed_spans(const mpt_speed *speed, const mpt_connection *c, mpt_conn_side side, mpt_limit_func func,
                     void *user);

/* A subflow, for payload that `side` sends. */
typedef struct mpt_speed_path {
    const mpt_histogram *rtt; /* under load, without what waited for a retransmission; borrowed */
    double rate; /* bit/s: the best that was acknowledged within an eighth of a round trip; 0: not known */
} mpt_speed_path;

bool mpt_speed_get_path(const mpt_speed *speed, const mpt_subflow *s, mpt_side side, mpt_speed_path *path);

#endif
