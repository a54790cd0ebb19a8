/* limits.h - what limits one direction of a connection, moment by moment: the receiver's window, the application,
 * the repair of a loss, or the paths. FIGURES.md (`limits`) has the definitions.
 *
 * What counts is what the sender of the data knows. Where the capture was taken elsewhere, an acknowledgement
 * takes effect later than it is seen, by the round trip between the capture and the sender: data that it
 * released then comes by just after.
 *
 * Invariant: the spans of time that are settled follow each other without a gap from the first data on, and
 * end at the latest data at the latest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_LIMITS_H
#define MPT_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum mpt_limit {
    MPT_LIMIT_WINDOW,
    MPT_LIMIT_APPLICATION,
    MPT_LIMIT_RECOVERY,
    MPT_LIMIT_CONGESTION,
    MPT_LIMITS
} mpt_limit;

/* "window", ...; static. */
const char *mpt_limit_name(mpt_limit limit);

/* Called for each span that is settled, in order; neighbours may have the same limit. frame: that began it. */
typedef void (*mpt_limit_func)(mpt_limit limit, int64_t from_ns, int64_t to_ns, uint32_t frame, void *user);

/* Spans that may still turn out to be another's. */
#define MPT_LIMIT_SPANS 12

typedef struct mpt_limit_span {
    int64_t from_ns; /* it ends where the next one begins */
    uint32_t frame;
    mpt_limit limit;
} mpt_limit_span;

typedef struct mpt_limiter {
    mpt_limit_func settled; /* NULL: only the sums are wanted */
    void *user;
    bool begun, edge_known;
    bool unseen;    /* data was acknowledged that the capture never showed: nothing can be said */
    bool repairing; /* until `repair_until` is acknowledged, while what is acknowledged is at repair_from */
    bool lost;      /* there was something to repair */
    bool closed;    /* when all was acknowledged there was no window for more */
    int64_t first_ns, last_ns, now_ns; /* first and last data; the latest that was taken in */
    /* Positions of one line: one past the highest sent, what the sender knows to be acknowledged, and the right
     * edge of the window that it knows. */
    int64_t high, acked, edge;
    int64_t repair_from, repair_until;
    int64_t progress_ns;    /* since when the lowest byte in flight is waited for */
    int64_t sent_ns;        /* last new data */
    int64_t drained_ns;     /* since when nothing is in flight */
    int64_t in_flight;      /* after the last new data */
    int64_t delay_ns;       /* of the last acknowledgement */
    uint32_t segment;       /* largest payload of a segment, at most MPT_LIMIT_SEGMENT */
    int64_t ns[MPT_LIMITS]; /* settled, up to settled_ns */
    int64_t settled_ns;
    unsigned spans;
    mpt_limit_span span[MPT_LIMIT_SPANS]; /* not settled; the last one goes on */
    struct mpt_limit_queue *queue;        /* acknowledgements on their way to the sender; NULL: none so far */
} mpt_limiter;

/* The window that is full up to this share of it leaves no room (and one with less room than a segment). */
#define MPT_LIMIT_FULL    0.9
/* A segment is no larger; what is captured may be several in one. */
#define MPT_LIMIT_SEGMENT 1460
/* Nobody is silent for so long who has something to send. */
#define MPT_LIMIT_IDLE_NS INT64_C(1000000)
/* An initial window (RFC 6928): no sender has to wait for an acknowledgement before. */
#define MPT_LIMIT_INITIAL 14600

/* A zeroed limiter has seen nothing. */
void mpt_limiter_clear(mpt_limiter *l);
/* Takes in what has reached the sender by this time. */
void mpt_limiter_advance(mpt_limiter *l, int64_t time_ns);
/* Payload [from, to) was captured. repair: it makes up for a loss. payload: of the segment. */
void mpt_limiter_sent(mpt_limiter *l, int64_t time_ns, uint32_t frame, int64_t from, int64_t to, bool repair,
                      uint32_t payload);
/* All before `acked` has arrived; edge: right edge of the window, INT64_MIN: not known. The sender knows of it
 * delay_ns later. */
void mpt_limiter_acked(mpt_limiter *l, int64_t time_ns, uint32_t frame, int64_t delay_ns, int64_t acked,
                       int64_t edge);
/* The positions are those of another line from now on: plain TCP's. */
void mpt_limiter_rebase(mpt_limiter *l, int64_t high, int64_t acked);
/* What limits it now; the application before there is data. */
static inline mpt_limit mpt_limiter_now(const mpt_limiter *l)
{
    return l->spans ? l->span[l->spans - 1].limit : MPT_LIMIT_APPLICATION;
}
/* Settles what is not yet, up to the last data. Nothing may be taken in afterwards. */
void mpt_limiter_finish(mpt_limiter *l);

#endif
