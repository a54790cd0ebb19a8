/* rule_text.h - the rules of the RFC in words, and why a verdict is not visible.
 *
 * Invariant: every rule has a sentence of its own, in our words; all strings are static.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_RULE_TEXT_H
#define MPT_RULE_TEXT_H

#include "tap/engine/conformance/conformance.h"

/* "A host sends no data after its DATA_FIN." */
const char *mpt_rule_text(mpt_rule_id id);
/* "the capture begins after the handshake"; NULL for MPT_RULE_REASON_NONE. */
const char *mpt_rule_reason_text(mpt_rule_reason reason);

/* "client", "server", "both"; NULL: nobody. */
const char *mpt_rule_party_name(const mpt_ruling *r);

#endif
