/* report.h - what a generated capture holds, as JSON in the names of the plugin's own reports.
 *
 * Invariant: says nothing that the counting of totals.h did not see.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GEN_REPORT_H
#define GEN_REPORT_H

#include <stdio.h>

#include "model.h"

/* One line: settings and sums of the capture at this host. */
void gen_report_sums(FILE *out, const gen_model *model, gen_host vantage);
/* Every connection and subflow; what tests/support/compare_report.py takes as EXPECTED. */
void gen_report_expected(FILE *out, const gen_model *model, gen_host vantage);

#endif
