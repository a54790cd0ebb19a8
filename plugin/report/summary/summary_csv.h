/* summary_csv.h - report `summary` as CSV.
 *
 * Invariant: one row for each direction of a connection, whose column `subflow` is empty, then one for that
 * direction of each subflow. Figures that only one of the two kinds has are empty in the other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SUMMARY_CSV_H
#define MPT_SUMMARY_CSV_H

#include "plugin/report/report.h"

typedef struct mpt_summary_csv mpt_summary_csv;

/* Writes the header line. `full` adds columns, `direction` leaves rows out. Both arguments are borrowed. */
mpt_summary_csv *mpt_summary_csv_begin(const mpt_report_context *x, mpt_sink *sink);
void mpt_summary_csv_add(mpt_summary_csv *csv, const mpt_connection_view *v);
void mpt_summary_csv_end(mpt_summary_csv *csv); /* NULL is allowed */

#endif
