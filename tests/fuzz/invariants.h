/* invariants.h - what holds of the figures whatever was captured (FIGURES.md), and every report of an engine.
 *
 * Invariant: nothing here changes the engine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FUZZ_INVARIANTS_H
#define MPT_FUZZ_INVARIANTS_H

#include "plugin/report/registry.h"
#include "tap/engine/core/engine.h"
#include "tap/engine/paths/pair_collector.h"
#include "tap/engine/reinjections/reinjection_log.h"

/* The reports that this build has, in each format that they take. */
typedef struct fuzz_reports {
    mpt_engine *engine;
    mpt_path_collector *paths;
    mpt_reinjection_log *reinjections;
    GPtrArray *open; /* struct fuzz_report */
} fuzz_reports;

/* Chooses one of the family's reports ("list,summary") with one set of options, or all with which == 0, and adds what
 * they need of the engine. The family is the same in each call. */
void fuzz_reports_choose(fuzz_reports *reports, const char *family, uint8_t which, mpt_engine_config *config);
/* Opens their collectors; before the first segment. */
void fuzz_reports_open(fuzz_reports *reports, mpt_engine *engine);
/* Prints them, and throws the text away. */
void fuzz_reports_print(const fuzz_reports *reports);
void fuzz_reports_close(fuzz_reports *reports);

/* Aborts where a figure contradicts another. */
void fuzz_check_engine(const mpt_engine *engine);

#endif
