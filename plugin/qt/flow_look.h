/* flow_look.h - how the arrows of a flow look, in the window and in SVG alike: a colour and a dash for what the packet
 * is.
 *
 * Invariant: no two looks share their dash where they may stand side by side, so that print in grey tells them apart.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FLOW_LOOK_H
#define MPT_FLOW_LOOK_H

typedef enum mpt_flow_look {
    MPT_FLOW_NEW,
    MPT_FLOW_OUT_OF_ORDER,
    MPT_FLOW_REINJECTED,
    MPT_FLOW_REINJECTED_SAME,
    MPT_FLOW_RETRANSMITTED,
    MPT_FLOW_UNMAPPED,
    MPT_FLOW_LOST,
    MPT_FLOW_ACK,
    MPT_FLOW_SIGNAL,
    MPT_FLOW_LOOKS
} mpt_flow_look;

typedef struct mpt_flow_style {
    const char *name;         /* in the legend */
    const char *light, *dark; /* colours on white, on black: contrast of 4.5 and more */
    double dash[6];           /* lengths of strokes and gaps in pixels, up to the first 0; none: solid */
    double width;
} mpt_flow_style;

static const mpt_flow_style MPT_FLOW_STYLES[MPT_FLOW_LOOKS] = {
    [MPT_FLOW_NEW] = {"new data", "#0072b2", "#58a6ff", {0}, 1.6},
    [MPT_FLOW_OUT_OF_ORDER] = {"new data, out of order", "#00795a", "#2fc79a", {14, 3}, 1.6},
    [MPT_FLOW_REINJECTED] = {"reinjected", "#c04f00", "#ff9a57", {8, 4}, 1.6},
    [MPT_FLOW_REINJECTED_SAME] = {"reinjected on the same subflow", "#8a6200", "#e8bd3f", {8, 3, 2, 3}, 1.6},
    [MPT_FLOW_RETRANSMITTED] = {"retransmitted", "#a8528a", "#e59ac7", {3, 3}, 1.6},
    [MPT_FLOW_UNMAPPED] = {"data without a mapping", "#59636e", "#9da7b1", {12, 3, 2, 3, 2, 3}, 1.6},
    [MPT_FLOW_LOST] = {"lost on the way", "#c4162a", "#ff7b72", {5, 3}, 1.6},
    [MPT_FLOW_ACK] = {"acknowledgement", "#6a737d", "#8b949e", {1, 3}, 1.2},
    [MPT_FLOW_SIGNAL] = {"signalling", "#1b1f24", "#e6edf3", {0}, 1.2},
};

#endif
