/* vantage_words.h - what the reports call the vantage points of a capture, and say of how they were told apart.
 *
 * Invariant: sentences have no newline.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_VANTAGE_WORDS_H
#define MPT_VANTAGE_WORDS_H

#include "tap/engine/vantage/vantage_engines.h"

/* "client", "server", "middle" between them; "middle 1", "middle 2", ... from the client on where there are several;
 * "point 1", ... in order of number where nothing shows which end is the client's. Static. */
const char *mpt_vantage_name_of(mpt_vantage_engines *p, unsigned point);
/* Appends "the client (interfaces 0 and 1)", "the server (interface 2)", "vantage point 1 (interface 3)". */
void mpt_vantage_describe(mpt_vantage_engines *p, unsigned point, GString *out);
/* Appends a sentence on the vantage points; nothing where there is one. */
void mpt_vantage_note(mpt_vantage_engines *p, GString *out);
/* True, and appends why, a sentence, where at=, client= or server= can't be met. */
bool mpt_vantage_missing(mpt_vantage_engines *p, GString *out);

#endif
