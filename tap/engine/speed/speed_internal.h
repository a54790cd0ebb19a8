/* speed_internal.h - what the files of this folder share; private to it.
 *
 *   limits.c         the limits of one direction, moment by moment
 *   speed.c          takes in payload and acknowledgements
 *   speed_windows.c  the receive windows that are announced
 *   speed_read.c     what was collected, for the findings and graphs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SPEED_INTERNAL_H
#define MPT_SPEED_INTERNAL_H

#include "speed.h"

#define RATE_INTERVALS    8
#define RATE_INTERVAL_MIN INT64_C(1000000)
/* Echoes of timestamps that are waited for, so many within a delay. */
#define ECHOES            32

/* Acknowledgements whose timestamps the other side echoes with the data that they release (RFC 7323 3.2): when
 * each was seen. */
struct echoes {
    unsigned next;
    struct {
        uint32_t tsval;
        int64_t time_ns; /* 0: none */
    } of[ECHOES];
};

/* One side of a subflow. */
struct half {
    /* As sender of data. */
    int64_t next;              /* one past the highest position sent */
    int64_t last_ns;           /* its last payload */
    int64_t hole_end, hole_ns; /* the oldest gap that may be open, and when it appeared; hole_ns 0: none */
    bool outstanding;          /* TCP has not acknowledged all of it */
    bool retransmitted;        /* since the timed segment */
    bool timing;
    int64_t timed_end, timed_ns; /* a segment whose acknowledgement is waited for */
    mpt_histogram rtt;
    int64_t acked; /* by the other side */
    /* How much later than it is seen an acknowledgement takes effect here: data that it releases is seen. 0: the
     * capture is here. */
    int64_t delay_ns;
    struct echoes *echoes; /* of the acknowledgements of the other side; NULL: none */
    int64_t rate_from_ns, rate_bytes, best_bytes;
    /* As receiver: the highest right edge of its window, and the segment that told it. */
    bool told;
    int64_t edge, told_data_ack, told_end, told_ack;
    uint32_t told_tsval;
};

struct flow {
    bool has_round_trip;
    int64_t all_ns; /* as in mpt_speed_round_trip() */
    struct half half[MPT_SIDES];
};

struct direction {
    mpt_limiter limiter;
    uint64_t acks; /* DATA_ACKs seen so far */
    bool no_handshake, no_scale;
    uint32_t frame, window;
    uint64_t windows, low_windows; /* announced; of these below half of the largest so far */
    int64_t round_trip_ns;         /* the longest so far of the subflows that carry its data */
    mpt_speed_sight shrunk, tiny;
    bool announced;
    int64_t edge;           /* the highest that was announced, with announced */
    uint32_t outstanding;   /* subflows with payload that TCP has not acknowledged */
    int64_t data_acked;     /* the highest acknowledgement, with announced or not */
    int64_t stuck_since_ns; /* TCP has acknowledged all, and the other side's data level has not; 0: not so */
    int64_t stuck_ns;
    GArray *spans; /* mpt_limit_span, neighbours differ; NULL: not wanted, or none */
    mpt_speed *speed;
    /* The window is below a segment now, since; above 0 at least once. */
    int64_t tiny_since_ns, tiny_least;
    uint32_t tiny_frame;
    bool tiny_open, tiny_felt; /* felt: there was data that had to wait for it */
    bool tiny_void;            /* the sender sends more: that window is not what it knows */
};

struct connection {
    bool tcp;                                    /* plain TCP now: positions are those of its subflow */
    struct direction *direction[MPT_CONN_SIDES]; /* of the sender; NULL: no payload so far */
};

/* The payload of the segment that is being taken in. */
struct sending {
    bool any, repair;
    int64_t from, to;
    int64_t first_ns; /* of a copy: when the earliest of the bytes was first seen */
};

struct mpt_speed {
    GPtrArray *flows, *connections; /* struct flow, struct connection, by index; NULL: nothing so far */
    struct sending sending;
    bool keeps_spans;
    size_t spans;
};

/* NULL: nothing so far. */
static inline gpointer mpt_speed_find(const GPtrArray *of, guint index)
{
    return index < of->len ? g_ptr_array_index(of, index) : NULL;
}

/* Over which acknowledged bytes are counted. */
static inline int64_t mpt_speed_interval(const struct flow *f)
{
    return MAX(f->all_ns / RATE_INTERVALS, RATE_INTERVAL_MIN);
}

/* An acknowledgement sent by `side`, of data up to `acked`. */
void mpt_speed_take_ack(struct direction *d, struct flow *f, const mpt_subflow *s, mpt_side side,
                        const mpt_segment *g, int64_t position, int64_t acked);
/* Data waits for a window that is below a segment: call it when the limiter has moved. */
void mpt_speed_feel_tiny(struct direction *d);
/* The window was below a segment until time_ns, if it was. */
void mpt_speed_close_tiny(struct direction *d, int64_t time_ns);

#endif
