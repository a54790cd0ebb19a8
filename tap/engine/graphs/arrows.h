/* arrows.h - the record of one connection as the arrows of a ladder: one for each piece of payload that is of one
 * kind, one for each segment without payload.
 *
 * engine -> mpt_recorder_observer -> recorder (packed) -> mpt_arrows_new() -> 32 bytes an arrow
 *
 * Exact, unless mpt_recorder_left_out() says that something is missing: the lengths of a direction's arrows of one
 * kind add up to the bytes of that kind (FIGURES.md).
 *
 * Invariant: by time, then frame, then place in the segment; two calls give the same arrows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ARROWS_H
#define MPT_ARROWS_H

#include "graphs.h"

/* What an arrow stands for: payload first, then what has none. */
typedef enum mpt_arrow_kind {
    MPT_ARROW_NEW,
    MPT_ARROW_REINJECTED,
    MPT_ARROW_REINJECTED_SAME,
    MPT_ARROW_RETRANSMITTED,
    MPT_ARROW_UNMAPPED,
    MPT_ARROW_DATA_ACK,
    MPT_ARROW_TCP, /* neither payload nor a DATA_ACK */
    MPT_ARROW_KINDS
} mpt_arrow_kind;

enum {
    MPT_ARROW_NUMBERED = 1 << 0,     /* number is set */
    MPT_ARROW_MORE = 1 << 1,         /* of the same frame as an arrow before it */
    MPT_ARROW_OUT_OF_ORDER = 1 << 2, /* new, with bytes below the highest DSN seen */
    MPT_ARROW_SYN = 1 << 3,
    MPT_ARROW_RST = 1 << 4,
    MPT_ARROW_SIGNALS = 1 << 5,    /* for the caller: its frame has an event */
    MPT_ARROW_LOST = 1 << 6,       /* for the caller: it did not arrive */
    MPT_ARROW_UNCAPTURED = 1 << 7, /* for the caller: only the receiver's end has captured it */
};

typedef struct mpt_arrow {
    int64_t time_ns; /* since the earliest frame */
    int64_t number;  /* relative DSN of the first byte, or the relative DATA_ACK */
    uint32_t frame;
    uint32_t length; /* bytes of payload */
    uint32_t far;    /* for the caller: what the other end has of it; 0: nothing */
    uint16_t subflow;
    uint8_t kind : 7, direction : 1; /* mpt_arrow_kind, mpt_direction */
    uint8_t flags;                   /* MPT_ARROW_* */
} mpt_arrow;

static inline bool mpt_arrow_has_data(const mpt_arrow *a)
{
    return a->kind < MPT_ARROW_DATA_ACK;
}

/* The arrows of a connection (mpt_arrow), within the window of time that the engine counts. Where the IDSN is not
 * known, the first byte seen has number 1. Free with g_array_unref(). */
GArray *mpt_arrows_new(const mpt_recorder *r, const mpt_connection_view *v);

#endif
