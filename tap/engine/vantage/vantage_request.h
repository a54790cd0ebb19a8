/* vantage_request.h - what the user says about the vantage points of a merged capture: which interfaces are
 * those of which end, and where to count.
 *
 * Invariant: no interface is named twice.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_VANTAGE_REQUEST_H
#define MPT_VANTAGE_REQUEST_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum mpt_at { MPT_AT_CLIENT, MPT_AT_SERVER, MPT_AT_INTERFACE } mpt_at;

typedef struct mpt_vantage_request {
    GArray *client, *server; /* uint32_t interface ids of each end, none in both; NULL: not given */
    bool has_at;             /* `at` is set: where reports count; otherwise at the client's end */
    mpt_at at;
    uint32_t at_interface; /* with MPT_AT_INTERFACE */
} mpt_vantage_request;

/* True if both ask for the same: their reports can share engines. */
bool mpt_vantage_request_same(const mpt_vantage_request *a, const mpt_vantage_request *b);
/* True if an interface is in both lists, or twice in one. */
bool mpt_vantage_request_overlaps(const mpt_vantage_request *r);

/* Reads "client", "server" or the number of an interface, or nothing, and lists of numbers with commas
 * between, or nothing. Spaces are allowed. False, with a sentence in *error (free with g_free()), if a text is
 * malformed or a list overlaps; *r then asks for nothing. Free with mpt_vantage_request_clear(). */
bool mpt_vantage_request_parse(mpt_vantage_request *r, const char *at, const char *client, const char *server,
                               char **error);
void mpt_vantage_request_clear(mpt_vantage_request *r);

#endif
