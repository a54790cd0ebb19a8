/* csv.h - reports for spreadsheets and scripts: RFC 4180.
 *
 * Invariant: each record has as many fields as the header; values are exact (seconds with 9 decimals, no
 * grouping, no rounding), null is an empty field, and lines end in CRLF (RFC 4180 section 2). Text that a
 * spreadsheet would take for a formula is not altered: a changed value would be a wrong one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CSV_H
#define MPT_CSV_H

#include "sink.h"
#include "table.h"

/* The header line: names with their units (mpt_table_csv_name()). */
void mpt_csv_header(mpt_sink *sink, const mpt_table *table);
/* All rows, without a header (for tables that are written in parts). */
void mpt_csv_rows(mpt_sink *sink, const mpt_table *table);
/* Header and rows. */
void mpt_csv_table(mpt_sink *sink, const mpt_table *table);
/* One field, quoted where RFC 4180 section 2 wants it: comma, quote, CR or LF inside. */
void mpt_csv_field(mpt_sink *sink, const char *text);

#endif
