/* order.h - in which order the first copies of a stream's bytes came: `out_of_order` of FIGURES.md.
 *
 *      low                 gap                      high
 *       [ seen ][ ........... since t ........... ][ seen )
 *
 * Positions are those of a data level, or those of a subflow where the data goes on as plain TCP.
 *
 * Invariant: what lies between low and high and is in no gap has been seen, or was sent before the capture
 * began. A gap's time is that of the first byte above it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ORDER_H
#define MPT_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/base/runs.h"

typedef struct mpt_order {
    bool any;           /* a byte has been seen */
    bool unknown;       /* what got its mapping late may have been out of order, or made others so */
    uint16_t owner;     /* the subflow that ended the longest wait */
    uint32_t high_came; /* epoch in which the highest byte came */
    int64_t low, high;  /* the lowest position seen, and one past the highest; valid with `any` */
    int64_t low_ns;     /* when the first byte came */
    int64_t delivered;  /* what is below it had been acknowledged by then */
    uint64_t segments, bytes;
    uint32_t counted_frame; /* last frame counted as out of order */
    uint32_t frame;         /* that ended the longest wait; 0: no gap was filled */
    int64_t delay_ns;       /* the longest wait of a gap that was filled */
    mpt_runs gaps;          /* value: time; frame: the epoch in which the end that it begins at came */
} mpt_order;

/* Bytes [start, end) that nobody had before. */
typedef struct mpt_order_piece {
    int64_t start, end;
    int64_t time_ns;
    uint32_t frame;
    uint32_t came; /* epoch */
    uint16_t owner;
    bool counted;      /* in the figures */
    bool resolved;     /* they came earlier than others that have been noted */
    bool part;         /* resolved, and other new bytes of their segment were not */
    int64_t delivered; /* below it all had been acknowledged; INT64_MIN: not known */
} mpt_order_piece;

#endif
