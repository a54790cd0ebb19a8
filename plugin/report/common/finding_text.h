/* finding_text.h - findings in words; no other file has their sentences.
 *
 * Invariant: a finding has the same sentence in every report and window.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FINDING_TEXT_H
#define MPT_FINDING_TEXT_H

#include "plugin/report/format/sink.h"
#include "tap/engine/findings/findings.h"

#define MPT_RFC_TEXT 24

/* What a finding's count counts: "times", "bytes", "segments", ... Static. */
const char *mpt_finding_unit_name(mpt_finding_unit unit);
/* Writes "RFC 8684 3.2" to `text`, which has MPT_RFC_TEXT bytes, and returns it; NULL for findings
 * of the capture. */
const char *mpt_finding_rfc_text(const mpt_finding *f, char *text);
/* The sentence; free with g_free(). points: the names of the vantage points by number, "the client (interface
 * 0)", ...; may be NULL if the finding names none. */
char *mpt_finding_sentence(const mpt_finding *f, const char *const *points);
/* Writes a paragraph of a text report: where and when, the sentence, the finding's name and section. */
void mpt_finding_paragraph(const mpt_finding *f, const char *const *points, mpt_sink *sink);

#endif
