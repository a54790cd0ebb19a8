/* events.h - report `events`: the timeline of each connection, drawn at the end or, with `live`, as it
 * happens.
 *
 * Invariant: all outputs show the same events in the same order: that of time, and of arrival with `live`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EVENTS_H
#define MPT_EVENTS_H

#include "plugin/report/registry.h"

/* As text or CSV; with `live` what is still open at the end. */
void mpt_report_events(const mpt_report_context *x, mpt_sink *sink);
void mpt_events_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs);

/* The collector of `live`. A live capture has no end to wait for, so its engine has no look-back: segments
 * are taken in as they arrive, each event is printed when it is found and flushed, and connections and
 * subflows are numbered in order of appearance. A filter by token shows a connection from where its keys are
 * known. open() gives NULL without `live`. */
extern const mpt_observer MPT_EVENTS_OBSERVER;
void *mpt_events_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live,
                      uint32_t mark);
void mpt_events_close(void *collected);

#endif
