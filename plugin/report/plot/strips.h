/* strips.h - paths over time: a strip for each subflow of a connection, with the throughput of one direction, times in
 * which its path was out, was waited for or was backup, and what was signalled. Plain values, for SVG, page and windows.
 *
 * Invariant: times in which a path was out or waited for are those that `diagnose` tells.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_STRIPS_H
#define MPT_STRIPS_H

#include "plot.h"
#include "plugin/qt/interface.h"

/* Of plot->view and plot->request; plot->events must be there. Free with mpt_strips_free(). */
mpt_gui_strips *mpt_strips_new(const mpt_plot *plot);
void mpt_strips_free(mpt_gui_strips *strips); /* NULL is allowed */

/* What spans and marks are called in legends; static. */
const char *mpt_strips_span_name(mpt_gui_span_kind kind);
const char *mpt_strips_mark_name(mpt_gui_mark_kind kind);

/* Writes an svg element. title, subtitle: NULL on a page, where they are above it. */
void mpt_strips_svg(const mpt_gui_strips *strips, const char *title, const char *subtitle, mpt_sink *sink);

#endif
