/* json_document.h - the JSON document of one run (FIGURES.md): what all reports with
 * format=json put together.
 *
 * Invariant: one document, one entry a connection; a connection is there when one of the reports
 * is asked for it, with all that these reports show of it. What is no part of a connection is an
 * array beside `connections`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_JSON_DOCUMENT_H
#define MPT_JSON_DOCUMENT_H

#include "plugin/report/format/sink.h"
#include "report.h"

typedef struct mpt_json_document mpt_json_document;

/* A document that goes to `sink`. The sink, this context and all that are added stay the caller's, share
 * one engine and must outlive the document. `x` alone adds no report. */
mpt_json_document *mpt_json_document_begin(mpt_sink *sink, const mpt_report_context *x);
/* Takes part in the document, as x->arguments says. */
void mpt_json_document_add(mpt_json_document *document, const mpt_report_context *x);
/* Writes the document and frees it. */
void mpt_json_document_end(mpt_json_document *document);

#endif
