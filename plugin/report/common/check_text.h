/* check_text.h - what each check of diagnose is called, what it means and what to do about it.
 *
 * Invariant: every check has all three (source.tables), and no two have one title. All strings are static.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CHECK_TEXT_H
#define MPT_CHECK_TEXT_H

#include "plugin/report/format/sink.h"
#include "tap/engine/findings/findings.h"

typedef struct mpt_check_text {
    const char *title; /* a few words, no full stop */
    const char *means; /* one or two sentences */
    const char *to_do; /* one sentence */
} mpt_check_text;

const mpt_check_text *mpt_check_text_of(mpt_finding_id id);
/* Writes all checks with their text, the worst first, in the order of the table within a severity. */
void mpt_check_text_list(mpt_sink *sink);

#endif
