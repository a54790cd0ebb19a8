/* flow_layout.h - where the rows of a ladder are drawn, and what is written there: plain numbers, for the window and SVG.
 *
 *   time   frame  client 192.0.2.1:40000                          one lane for each subflow
 *                 |            server 192.0.2.2:443|  |           |
 *   0.012      7  |---------- DSN 1-1,428 -------->|  |           |
 *   0.013      8  |                                |  |<-- ACK ---|      a row each
 *
 * Invariant: depends on the rows and the width alone; y is 0 at the top of the first row.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FLOW_LAYOUT_H
#define MPT_FLOW_LAYOUT_H

#include "flow_rows.h"

#define MPT_FLOW_ROW   24.0  /* height of a row in pixels */
#define MPT_FLOW_LEFT  168.0 /* before the first lane: time and frame */
#define MPT_FLOW_FRAME 158.0 /* where frame numbers end */
#define MPT_FLOW_TIME  96.0  /* where times end */
#define MPT_FLOW_TOP   56.0  /* for the heads of the lanes, above the first row */

typedef struct mpt_flow_layout {
    double lane, gap, width; /* of a lane, between two, of all */
    unsigned lanes;
    bool wide; /* there is room for the time at both ends of an arrow */
} mpt_flow_layout;

typedef struct mpt_flow_shape {
    double x0, y0, x1, y1; /* from the sender on; a lost one ends on the way */
    bool lost, run;        /* ends in a cross; a thick line */
    bool from_nowhere;     /* its sender's end has not captured it: it begins on the way */
    mpt_flow_look look;
    double label_x, label_y; /* middle and baseline */
    double far_x; /* arrival: where its text begins, or, in lanes drawn to the left, ends; baseline label_y */
    bool far_ends;
    GString *label, *time, *frame, *far,
        *pause; /* texts; empty: none. pause: what went by since the row before */
} mpt_flow_shape;

/* lanes: that are drawn, at least one. width: that there is; lanes have a least one. */
void mpt_flow_layout_init(mpt_flow_layout *l, unsigned lanes, bool both_ends, double width);
/* The left and the right edge of a lane: the client's, the server's. */
double mpt_flow_layout_edge(const mpt_flow_layout *l, unsigned lane, mpt_role role);

void mpt_flow_shape_init(mpt_flow_shape *s);
void mpt_flow_shape_clear(mpt_flow_shape *s);
/* index: of the row. lane: where its subflow is drawn. */
void mpt_flow_shape_set(mpt_flow_shape *s, const mpt_flow_layout *l, const mpt_flow *f,
                        const mpt_flow_rows *r, unsigned level, uint32_t index, unsigned lane);
/* How long nothing was sent before a row, if that is long for this connection; else 0. */
int64_t mpt_flow_pause(const mpt_flow_rows *r, unsigned level, uint32_t index, const mpt_flow_row *row);

#endif
