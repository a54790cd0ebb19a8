/* vantage_words.h - the names of a capture's vantage points, and the sentences on how they were found.
 *
 * Invariant: sentences have no newline.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_VANTAGE_WORDS_H
#define MPT_VANTAGE_WORDS_H

#include "tap/engine/vantage/vantage_engines.h"

/* "client", "server", and "middle" between them, or, if there are several, "middle 1", "middle 2", ... from
 * the client on; "point 1", ... by number if nothing shows which end is the client's. Static. */
const char *mpt_vantage_name_of(mpt_vantage_engines *p, unsigned point);
/* Appends "the client (interfaces 0 and 1)", "the server (interface 2)", "vantage point 1 (interface 3)",
 * "the client (index 2)". */
void mpt_vantage_describe(mpt_vantage_engines *p, unsigned point, GString *out);
/* What a place of one host is called: "index 3", "the client's side of the router". Appends nothing for others. */
void mpt_vantage_place(mpt_vantage_engines *p, unsigned point, GString *out);
/* Appends a sentence on the vantage points, and that figures are those of `counted`; nothing if there is only
 * one. */
void mpt_vantage_note(mpt_vantage_engines *p, unsigned counted, GString *out);
/* True if at=, client= or server= names what is not there; appends the reason, a sentence. */
bool mpt_vantage_missing(mpt_vantage_engines *p, GString *out);

#endif
