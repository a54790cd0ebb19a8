/* finding_text.h - findings in words: the only place that has their sentences.
 *
 * Invariant: a finding is the same text in every report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FINDING_TEXT_H
#define MPT_FINDING_TEXT_H

#include "plugin/report/format/sink.h"
#include "tap/engine/findings/findings.h"

#define MPT_RFC_TEXT 24

/* "times", "bytes", "segments", ...: what the count of a finding is of. Static. */
const char *mpt_finding_unit_name(mpt_finding_unit unit);
/* "RFC 8684 3.2"; NULL: of the capture. text has MPT_RFC_TEXT bytes. Returns text. */
const char *mpt_finding_rfc_text(const mpt_finding *f, char *text);
/* The sentence. points: "the client (interface 0)", ..., the names of the vantage points by their number; NULL where
 * the finding is of none. Free with g_free(). */
char *mpt_finding_sentence(const mpt_finding *f, const char *const *points);
/* A paragraph of a text report: where and when, the sentence, its name and section. */
void mpt_finding_paragraph(const mpt_finding *f, const char *const *points, mpt_sink *sink);

#endif
