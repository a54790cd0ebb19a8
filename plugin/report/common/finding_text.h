/* finding_text.h - findings in words.
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
/* Writes a paragraph of text reports: where and when it is, the sentence, its check and section. */
void mpt_finding_text(const mpt_finding *f, mpt_sink *sink);

#endif
