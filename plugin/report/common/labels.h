/* labels.h - words for the engine's enums: short names for machines, phrases for people.
 *
 * Invariant: all strings are static.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_LABELS_H
#define MPT_LABELS_H

#include "tap/engine/findings/findings.h"
#include "tap/engine/reinjections/reinjection_log.h"

const char *mpt_direction_name(mpt_direction direction); /* "c2s", "s2c" */
const char *mpt_role_name(mpt_role role);                /* "client", "server" */

typedef struct mpt_severity_words {
    const char *name, *many, *heading; /* "warning", "warnings", "Warnings" */
} mpt_severity_words;

const mpt_severity_words *mpt_severity_label(mpt_severity severity);

const char *mpt_join_step_name(mpt_join_step step);         /* "syn", "synack", "ack" */
const char *mpt_usefulness_name(mpt_usefulness usefulness); /* "useful", "redundant", "undecided" */
/* "no MP_CAPABLE in the SYN/ACK", ...: what follows "fell back to TCP: ". NULL for MPT_FALLBACK_NONE. */
const char *mpt_fallback_phrase(mpt_fallback fallback);
/* "no answer", or "incomplete" where the SYN was answered, "refused", "established", "closed", "reset". */
const char *mpt_subflow_state_phrase(const mpt_subflow *s);
/* What a receiver ignores, and why: "RST", "MP_PRIO"; "outside_window". Static. */
const char *mpt_ignored_name(uint8_t subtype);
const char *mpt_ignoring_name(mpt_ignoring why);
/* The letters of the flags that are set, in the order of the RFC: of MP_CAPABLE (A to H), of MP_TCPRST (U V W T). Room
 * for MPT_FLAG_LETTERS. */
#define MPT_FLAG_LETTERS 9
const char *mpt_capable_flags_text(uint8_t flags, char *text);
const char *mpt_tcprst_flags_text(uint8_t flags, char *text);

/* What an ICMP (version 4) or ICMPv6 error says: "host unreachable" (RFC 792, 1812, 4443). */
const char *mpt_icmp_name(uint8_t version, uint8_t type, uint8_t code);

#endif
