/* data_level.h - the data level of one direction of a connection: DSNs, who carried each
 * byte first, DATA_ACKs.
 *
 * Positions. DSNs lie on a line of signed 64-bit positions. Position 0 is the IDSN where it is known when the
 * first DSN comes, else the first DSN; `base` is the DSN of position 0. A 32-bit DSN goes to the nearest
 * position to the one expected (RFC 8684 3.3.1), so the line never wraps, whatever DSNs do. A first 64-bit
 * DSN settles the upper half of `base` (`anchored`) without moving a position.
 *
 * Invariant: the sum of `first` of all subflows is the size of `owned`; the owner of a byte is the subflow
 * whose copy has the smallest stamp, also when a copy turns up late (an unmapped byte that gets its mapping,
 * a subflow that finds its connection).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_DATA_LEVEL_H
#define MPT_DATA_LEVEL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "order.h"
#include "tap/engine/base/histogram.h"
#include "tap/engine/base/ranges.h"
#include "tap/engine/protocol/option.h"

/* A copy of bytes that another copy had before. */
typedef struct mpt_copy {
    int64_t start, end;
    int64_t time_ns;
    uint32_t frame;
    uint16_t owner;
    bool same; /* the first copy is of the same subflow */
    bool counted;
} mpt_copy;

/* A DATA_ACK higher than all before it. */
typedef struct mpt_ack_mark {
    int64_t acked;
    int64_t time_ns;
} mpt_ack_mark;

/* DATA_ACKs that are kept for payload whose place on the data level is not known yet, per direction; bytes that
 * later ones acknowledge give no sample. */
#define MPT_DATA_LEVEL_MARKS 65536

/* Unacknowledged first copies that are kept for round-trip times, per direction; further ones
 * give no sample. */
#define MPT_DATA_LEVEL_UNACKED 65536

/* Flags of the runs in `owned` and in a subflow's `pending`. */
enum {
    MPT_STAMP_COUNTED = 1, /* in the figures: always, unless the report is of a window of time */
    MPT_STAMP_IMPLIED = 2, /* by an infinite mapping */
    MPT_STAMP_PART = 4,    /* pending: other new bytes of the segment had their mapping */
};

typedef struct mpt_data_level {
    uint64_t base;
    bool based, anchored, relative_known;
    bool stray;       /* the last 64-bit number was out of reach: so are the 32-bit ones that go with it */
    bool settled;     /* some number was within reach */
    int64_t idsn;     /* position of the IDSN, where relative_known */
    int64_t expected; /* end of the last mapping */
    mpt_ranges owned; /* owner: index of the subflow */
    GArray *copies;   /* mpt_copy, neighbours joined; NULL when none */
    uint32_t epoch, mode, barrier;
    /* Bytes counted (all, unless the report is of a window of time). */
    uint64_t unique;
    int64_t counted_first, counted_end; /* valid with unique */
    mpt_order order;
    bool has_fin;
    uint32_t fin_frame;
    int64_t fin, fin_ns; /* position and time of the first DATA_FIN */
    uint32_t fin_event;  /* of the last DATA_FIN, as in mpt_half */
    bool fin_acked;
    int64_t fin_acked_ns; /* when it was first acknowledged */
    /* DATA_ACKs that acknowledge this direction. */
    uint64_t acks;
    bool ack_expected_known, acked_known, before_known;
    int64_t acked_before; /* highest before the window of time that is counted */
    int64_t ack_expected; /* last DATA_ACK */
    int64_t acked;        /* highest */
    int64_t acked_ns;     /* when the last data, without the DATA_FIN, was acknowledged */
    bool earlier_known;
    int64_t earlier, earlier_ns; /* the same before `acked` */
    uint64_t fins;               /* DATA_FINs seen */
    mpt_runs unacked;            /* first copies not acknowledged yet; value: time. Empty when not wanted */
    bool log_acks;               /* keep `marks`: some payload waits for its place, or may get another one */
    GArray *marks;               /* mpt_ack_mark in order; NULL when none */
    mpt_histogram rtt;
} mpt_data_level;

void mpt_data_level_clear(mpt_data_level *d);

/* Positions beyond +-2^50 are no traffic (a day at 100 Gbit/s): the functions below return false for them, and
 * for the 32-bit numbers that follow one of these, whose upper half nobody knows. */
#define MPT_DATA_LEVEL_REACH (INT64_C(1) << 50)

/* The position of a DSN as on the wire (32 or 64 significant bits). */
bool mpt_data_level_position(mpt_data_level *d, uint64_t dsn, bool is_64bit, int64_t *position);
/* The same for a DATA_ACK, which is expected near the last one. */
bool mpt_data_level_ack_position(mpt_data_level *d, uint64_t ack, bool is_64bit, int64_t *position);
/* The IDSN has become known. False where it contradicts what was seen. */
bool mpt_data_level_set_idsn(mpt_data_level *d, uint64_t idsn);
/* The 64-bit DSN of a position. */
static inline uint64_t mpt_data_level_dsn(const mpt_data_level *d, int64_t position)
{
    return d->base + (uint64_t)position;
}
/* Relative DSN (FIGURES.md): the first byte after the IDSN is 1. False where the IDSN is not known. */
bool mpt_data_level_relative(const mpt_data_level *d, int64_t position, int64_t *relative);

#endif
