/* keylist.h - keys that the user gives for connections whose MP_CAPABLE is not in the capture.
 *
 *   CLIENTKEY:SERVERKEY:VERSION[;CLIENTKEY:SERVERKEY:VERSION]...      keys: 16 hex digits, version: 0 or 1
 *
 * A pair is used for the partial connection that has the token of one of its keys: each MP_JOIN that
 * the client sends carries the server's token (RFC 8684 3.2). The keys are used to verify HMACs; no
 * report shows them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_KEYLIST_H
#define MPT_KEYLIST_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/base/axes.h"

typedef struct mpt_key_pair {
    uint64_t key[MPT_ROLES];
    uint32_t token[MPT_ROLES]; /* of them */
    uint8_t version;
} mpt_key_pair;

/* Reads a list; spaces are allowed, and so is nothing at all. Returns pairs (mpt_key_pair), to be freed with
 * g_array_unref(). NULL if the text is malformed: *error is then one sentence, to be freed with g_free(). */
GArray *mpt_keylist_parse(const char *text, char **error);

/* The pair one of whose keys has this token; *whose tells which. NULL: none. */
const mpt_key_pair *mpt_keylist_find(const GArray *list, uint32_t token, mpt_role *whose);

#endif
