/* registry.h - what each report is made of: how it prints, what it needs of the engine, what it collects meanwhile.
 *
 * Invariant: one row a report (kinds.c); whoever opens, feeds or prints reports knows none of them by name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_REGISTRY_H
#define MPT_REGISTRY_H

#include "report.h"

/* What an engine keeps only where somebody asks for it (mpt_engine_config). */
struct mpt_report_needs {
    bool rtt, hmacs, checksums, payload, frames, evidence, tcp_options;
    bool interfaces; /* their names */
    unsigned paths;  /* MPT_PATHS_...: what is compared between vantage points (path_model.h); 0: nothing */
};

typedef struct mpt_report_kind {
    /* Writes the report as text or CSV. What only the whole capture shows to be wrong (no such stream) goes into
     * *sentence, without newline: it is said on stderr, and tshark's exit status becomes 1. */
    void (*print)(const mpt_report_context *x, mpt_sink *sink, GString *sentence);
    /* Adds what these arguments need; NULL: nothing. */
    void (*needs)(const mpt_arguments *arguments, struct mpt_report_needs *needs);
    /* A collector: told of everything while the capture is read, one for each vantage point. open() makes its state for
     * one reading of a capture, close() frees it. All three or none. live: where `live` writes meanwhile; NULL without
     * it. mark: as in mpt_report_context. */
    const mpt_observer *observer;
    void *(*open)(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark);
    void (*close)(void *collected);
    /* What is collected does not depend on the arguments: one collector serves all reports of this kind on an engine. */
    bool shared;
} mpt_report_kind;

/* The row of a report; never NULL. */
const mpt_report_kind *mpt_report_kind_of(mpt_report report);

#endif
