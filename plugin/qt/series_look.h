/* series_look.h - how series of graphs look, in windows, the HTML page and SVG alike: a subflow is a colour (and
 * a dash, where it is a line), what happened to the bytes is a symbol.
 *
 * Invariant: a symbol means the same on every subflow: `kind` is the place of the series among those of its
 * subflow. page.css has the same colours (tests/program/test_plot.py).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SERIES_LOOK_H
#define MPT_SERIES_LOOK_H

/* After Okabe and Ito: apart with every kind of colour vision; on white and on black with a contrast of 4.5 and
 * more. By id of the subflow, over and over. */
#define MPT_LOOK_COLOURS 6
static const char *const MPT_LOOK_LIGHT[MPT_LOOK_COLOURS] = {"#0072b2", "#c04f00", "#00795a",
                                                             "#a8528a", "#8a6200", "#2a7fb8"};
static const char *const MPT_LOOK_DARK[MPT_LOOK_COLOURS] = {"#58a6ff", "#ff9a57", "#2fc79a",
                                                            "#e59ac7", "#e8bd3f", "#7cc8f2"};
/* Of the connection: its first series, the others. */
static const char *const MPT_LOOK_WHOLE_LIGHT[2] = {"#1b1f24", "#59636e"};
static const char *const MPT_LOOK_WHOLE_DARK[2] = {"#e6edf3", "#9da7b1"};

/* By kind: ordinary, retransmitted, reinjected, reinjected on the same subflow, zero window; of the
 * connection: MPT_LOOK_PLUS. page.js has the same order. */
typedef enum mpt_look_symbol {
    MPT_LOOK_CIRCLE,
    MPT_LOOK_SQUARE,
    MPT_LOOK_TRIANGLE,
    MPT_LOOK_DIAMOND,
    MPT_LOOK_CROSS,
    MPT_LOOK_PLUS,
    MPT_LOOK_SYMBOLS
} mpt_look_symbol;

static inline mpt_look_symbol mpt_look_symbol_of(int whole, unsigned kind)
{
    return whole ? MPT_LOOK_PLUS : (mpt_look_symbol)(kind % MPT_LOOK_PLUS);
}

/* What the connection's time went to: at each time one of these has all, so the areas below them are drawn, with the
 * colours of subflows in the order of `kind`. */
static inline int mpt_look_is_area(int whole, int stacks)
{
    return whole && stacks;
}

/* Which of four dashes a line has: solid, dashed, dotted, dash and dot. */
#define MPT_LOOK_DASHES 4
static inline unsigned mpt_look_dash_of(int whole, unsigned subflow, unsigned kind)
{
    return (kind + (whole ? 0 : subflow)) % MPT_LOOK_DASHES;
}

#endif
