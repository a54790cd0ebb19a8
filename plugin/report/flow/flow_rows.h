/* flow_rows.h - the rows of a ladder at each level of detail: an arrow each, or runs of arrows of one kind.
 *
 *   level 0   an arrow each
 *   level k   runs of up to 8^k packets that one side of a subflow sent, without a longer pause, one run for each kind;
 *             what is signalled always has a row of its own, and ends the runs of its subflow
 *
 * Invariant: rows are in order of time; each arrow that the filter lets through is in exactly one row of each level.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FLOW_ROWS_H
#define MPT_FLOW_ROWS_H

#include "flow_model.h"
#include "plugin/qt/flow_look.h"

#define MPT_FLOW_LEVELS 9

enum {
    MPT_FLOW_SHOW_DATA = 1 << 0,
    MPT_FLOW_SHOW_ACKS = 1 << 1,
    MPT_FLOW_SHOW_SIGNALS = 1 << 2,
    MPT_FLOW_SHOW_ALL = 7
};

/* All subflows. */
#define MPT_FLOW_ANY_SUBFLOW UINT32_MAX

typedef struct mpt_flow_filter {
    unsigned directions; /* bits 1 << mpt_direction */
    unsigned show;       /* MPT_FLOW_SHOW_* */
    uint32_t subflow;    /* or MPT_FLOW_ANY_SUBFLOW */
    int64_t from_ns, to_ns;
} mpt_flow_filter;

typedef struct mpt_flow_row {
    int64_t time_ns, last_ns; /* of its first packet and of its last */
    int64_t low, high;        /* relative DSNs [low, high) of data, the lowest and the highest DATA_ACK; with
                                     MPT_ARROW_NUMBERED */
    int64_t delay_low, delay_high; /* with delays > 0 */
    uint64_t bytes;
    uint32_t first, last; /* arrows */
    uint32_t packets, delays;
    uint16_t subflow;
    uint8_t kind, direction, flags; /* as of an arrow */
} mpt_flow_row;

typedef struct mpt_flow_rows mpt_flow_rows;

/* f is borrowed. */
mpt_flow_rows *mpt_flow_rows_new(const mpt_flow *f, const mpt_flow_filter *filter);
void mpt_flow_rows_free(mpt_flow_rows *r); /* NULL is allowed */

unsigned mpt_flow_rows_levels(const mpt_flow_rows *r);
/* The looks that occur: bits 1 << mpt_flow_look. */
unsigned mpt_flow_rows_looks(const mpt_flow_rows *r);
uint32_t mpt_flow_rows_count(const mpt_flow_rows *r, unsigned level);
/* Fills *row; index < count. */
void mpt_flow_rows_at(const mpt_flow_rows *r, unsigned level, uint32_t index, mpt_flow_row *row);
/* The row with this frame, of either end; false: none has it. */
bool mpt_flow_rows_find(const mpt_flow_rows *r, unsigned level, uint32_t frame, uint32_t *index);
/* The first row at or after a moment; the count if there is none. */
uint32_t mpt_flow_rows_after(const mpt_flow_rows *r, unsigned level, int64_t time_ns);
/* The finest level with at most this many rows, else the coarsest. */
unsigned mpt_flow_rows_level_for(const mpt_flow_rows *r, uint32_t rows);
size_t mpt_flow_rows_memory(const mpt_flow_rows *r);

static inline bool mpt_flow_is_signal(const mpt_flow_row *row)
{
    return row->flags & (MPT_ARROW_SIGNALS | MPT_ARROW_SYN | MPT_ARROW_RST);
}

mpt_flow_look mpt_flow_look_of(const mpt_flow_row *row);
/* "new", "data_ack", ...: as CSV and JSON have it. Static. */
const char *mpt_flow_kind_name(unsigned kind);
/* What stands on the arrow: "DSN 1-14,280, 10 packets", "MP_JOIN SYN", "DATA_ACK 14,281". */
void mpt_flow_label(const mpt_flow *f, const mpt_flow_row *row, GString *out);
/* All that is known of it, in sentences, a line each. */
void mpt_flow_figures(const mpt_flow *f, const mpt_flow_row *row, GString *out);

#endif
