/* diagnose.h - report `diagnose`: what went wrong, and why; the worst first.
 *
 * Invariant: findings of the capture are shown whatever connection is asked for, because they say what the others
 * can't.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_DIAGNOSE_H
#define MPT_DIAGNOSE_H

#include <glib.h>

#include "plugin/report/format/json.h"
#include "plugin/report/registry.h"
#include "tap/engine/findings/findings.h"

void mpt_diagnose_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs);
/* Writes the report as text or CSV. */
void mpt_report_diagnose(const mpt_report_context *x, mpt_sink *sink);
/* Writes one finding as the text report has it. */
void mpt_diagnose_finding(const mpt_finding *f, mpt_sink *sink);
/* Writes the elements of the array `findings`: those of connections that one of `reports` (const mpt_report_context *)
 * selects, and those of the capture. */
void mpt_diagnose_json(mpt_json *json, const GPtrArray *reports);

#endif
