/* option_changes.h - MPTCP options that differ between two vantage points: removed, added or rewritten
 * on the path.
 *
 * Invariant: one entry for each sender, subtype and kind of change, however many segments show it. Options
 * that can't be parsed are not compared.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_OPTION_CHANGES_H
#define MPT_OPTION_CHANGES_H

#include <glib.h>
#include <stdint.h>

#include "tap/engine/base/axes.h"
#include "tap/engine/protocol/option.h"

/* The part of an option that differs. */
typedef enum mpt_option_change_part {
    MPT_OPTION_CHANGE_PRESENCE, /* only one end has it */
    MPT_OPTION_CHANGE_ADDRESS,  /* ADD_ADDR: id, address or port */
    MPT_OPTION_CHANGE_MAPPING,  /* DSS: DSN, SSN, length, DATA_FIN, or whether it has a mapping */
    MPT_OPTION_CHANGE_CHECKSUM, /* DSS, where all else is the same */
    MPT_OPTION_CHANGE_DATA_ACK, /* DSS, where the mapping is the same */
    MPT_OPTION_CHANGE_KEYS,     /* MP_CAPABLE: keys; MP_JOIN: token, nonce, HMAC */
    MPT_OPTION_CHANGE_CONTENT   /* anything else */
} mpt_option_change_part;

typedef struct mpt_option_change {
    mpt_subtype subtype;
    mpt_option_change_part part;
    unsigned ends; /* a bit for each end that has the option */
    mpt_side side; /* of the flow: who sent it */
    uint64_t segments;
    uint32_t frame[MPT_ENDS];    /* of the first, at each end */
    int64_t time_ns[MPT_ENDS];   /* by each end's clock */
    mpt_option option[MPT_ENDS]; /* of the first, at the ends that have it */
    uint32_t last[MPT_ENDS];     /* frames last counted */
    uint8_t flags;               /* TCP's, of the first (tap/segment.h) */
} mpt_option_change;

/* One segment as each end has it. */
typedef struct mpt_option_change_segment {
    const uint8_t *options[MPT_ENDS];
    size_t length[MPT_ENDS];
    uint32_t frame[MPT_ENDS];
    int64_t time_ns[MPT_ENDS];
    mpt_side side;
    uint8_t flags; /* TCP's */
} mpt_option_change_segment;

/* Adds the differences to *changes, an array of mpt_option_change that is created with its first element;
 * free it with g_array_unref(). */
void mpt_option_changes_note(GArray **changes, const mpt_option_change_segment *segment);

/* As in JSON: "presence", "address", ... Static. */
const char *mpt_option_change_part_name(mpt_option_change_part part);

#endif
