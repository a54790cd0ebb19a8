/* json_document.h - the JSON document of one run (FIGURES.md), to which all reports
 * with format=json contribute.
 *
 * Invariant: a connection has one entry, if any of the reports selects it, with everything that these reports
 * show of it. What is not part of a connection is an array beside `connections`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_JSON_DOCUMENT_H
#define MPT_JSON_DOCUMENT_H

#include "plugin/report/format/sink.h"
#include "report.h"

typedef struct mpt_json_document mpt_json_document;

/* Begins a document that goes to `sink`. The sink and all contexts stay the caller's, share one engine and
 * must outlive the document. `x` itself is not added as a report. */
mpt_json_document *mpt_json_document_begin(mpt_sink *sink, const mpt_report_context *x);
/* Adds a report with its arguments. */
void mpt_json_document_add(mpt_json_document *document, const mpt_report_context *x);
/* Writes the document and frees it. */
void mpt_json_document_end(mpt_json_document *document);

/* The same as lines (format=ndjson), each an object: a connection with all that these reports show of it, and the
 * capture at the end. */
/* Writes the line of a connection. False: no report selects it. */
bool mpt_json_document_line(const mpt_json_document *document, const mpt_connection_view *v);
/* Frees the document without a last line. */
void mpt_json_document_free(mpt_json_document *document);
/* Writes the last line and frees the document. */
void mpt_json_document_last_line(mpt_json_document *document);

#endif
