/* strips_look.h - how spans and marks of paths over time look, in windows and SVG alike. By kind, as in interface.h.
 *
 * Invariant: kinds differ in more than colour: what is out has a bar above, what is waited for one below, and each mark
 * has its own shape.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_STRIPS_LOOK_H
#define MPT_STRIPS_LOOK_H

#include "interface.h"

#define MPT_STRIPS_EDGE         3
#define MPT_STRIPS_SPAN_OPACITY "0.25"
static const char *const MPT_STRIPS_SPAN_LIGHT[MPT_GUI_SPANS] = {"#59636e", "#9a6700", "#cf222e"};
static const char *const MPT_STRIPS_SPAN_DARK[MPT_GUI_SPANS] = {"#9da7b1", "#e8bd3f", "#ff7b72"};

/* Attributes of a path in SVG. */
static const char *const MPT_STRIPS_MARK_STYLE[MPT_GUI_MARKS] = {
    "fill=\"#1b1f24\"", "fill=\"#fff\" stroke=\"#1b1f24\" stroke-width=\"1.2\"", "fill=\"#59636e\"",
    "fill=\"none\" stroke=\"#cf222e\" stroke-width=\"2\"",
    "fill=\"none\" stroke=\"#cf222e\" stroke-width=\"1\""};

#endif
