/* paths_csv.h - report `paths` as CSV, and what text and CSV share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATHS_CSV_H
#define MPT_PATHS_CSV_H

#include "path_model.h"
#include "plugin/report/format/table.h"

/* One row for each subflow and direction. */
void mpt_paths_csv(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink);
/* One row for each sample. */
void mpt_paths_samples_csv(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink);

/* The vantage points between which a row's segments travel: "client", "server", "middle", ... Static. */
const char *mpt_path_from(const mpt_report_context *x, const mpt_path_row *row);
const char *mpt_path_to(const mpt_report_context *x, const mpt_path_row *row);

#endif
