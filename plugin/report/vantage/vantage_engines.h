/* vantage_engines.h - one window's engines: one for each vantage point of the capture.
 *
 * Reports count each packet once: they read one engine, that of the vantage point that `at` names (by default the
 * client's end). A capture with one vantage point has one engine.
 *
 * Invariant: the engine of a point gets each segment that was captured there once, and nothing else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_VANTAGE_ENGINES_H
#define MPT_VANTAGE_ENGINES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "plugin/report/arguments.h"
#include "tap/engine/core/engine.h"

typedef struct mpt_vantage_engines mpt_vantage_engines;

/* Called for each new engine, before its first segment. */
typedef void (*mpt_vantage_engines_opened)(mpt_engine *engine, unsigned point, void *user);

/* arguments: client=, server= and at= count here; they must outlive the points. Free with mpt_vantage_engines_free(). */
mpt_vantage_engines *mpt_vantage_engines_new(const mpt_arguments *arguments, const mpt_engine_config *config,
                                             mpt_vantage_engines_opened opened, void *user);
void mpt_vantage_engines_free(mpt_vantage_engines *p);
/* True if both arguments ask for the same points: reports of both can share them. */
bool mpt_vantage_engines_same(const mpt_arguments *a, const mpt_arguments *b);

/* Who knows the name of an interface (NULL: it has none); without it none have. */
void mpt_vantage_engines_set_names(mpt_vantage_engines *p, const char *(*name)(uint32_t interface_id));

void mpt_vantage_engines_feed(mpt_vantage_engines *p, const mpt_segment *segment);
void mpt_vantage_engines_note_time(mpt_vantage_engines *p, int64_t time_ns);
void mpt_vantage_engines_note_lost(mpt_vantage_engines *p);
/* The capture is at its end. */
void mpt_vantage_engines_flush(mpt_vantage_engines *p);

/* Vantage points so far, at least 1. */
unsigned mpt_vantage_engines_count(const mpt_vantage_engines *p);
/* The engine of a point below that count. */
mpt_engine *mpt_vantage_engines_at(mpt_vantage_engines *p, unsigned point);
/* The points from the client's end to the server's; `order` has room for all. False where nothing in the capture
 * shows which end is the client's: they are then in order of number. */
bool mpt_vantage_engines_order(mpt_vantage_engines *p, unsigned *order);
/* The point that reports count at. */
unsigned mpt_vantage_engines_chosen(mpt_vantage_engines *p);
/* Appends "the client (interfaces 0 and 1)", "the server (interface 2)", "interface 3". */
void mpt_vantage_engines_describe(mpt_vantage_engines *p, unsigned point, GString *out);
/* Appends a sentence on the vantage points; nothing where there is one. */
void mpt_vantage_engines_note(mpt_vantage_engines *p, GString *out);
/* True, and appends why, a sentence without newline, where at=, client= or server= can't be met. */
bool mpt_vantage_engines_missing(mpt_vantage_engines *p, GString *out);
/* "client", "server", "middle" between them; "middle 1", "middle 2", ... from the client on where there are several;
 * "point 1", ... in order of number where nothing shows which end is the client's. Static. */
const char *mpt_vantage_engines_name(mpt_vantage_engines *p, unsigned point);
/* The k-th interface of a point, in order of number, and its name (NULL: none; borrowed); false where there are not so
 * many. */
bool mpt_vantage_engines_interface(const mpt_vantage_engines *p, unsigned point, unsigned k,
                                   uint32_t *interface_id, const char **name);

#endif
