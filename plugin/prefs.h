/* prefs.h - the preferences of mptcpscope (Edit > Preferences > Protocols > MPTCPSCOPE, -o mptcpscope.*).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PREFS_H
#define MPT_PREFS_H

#include "tap/engine/vantage/vantage_request.h"

typedef enum mpt_fields_preference {
    MPT_FIELDS_AUTO,
    MPT_FIELDS_ALWAYS,
    MPT_FIELDS_OFF
} mpt_fields_preference;

/* Registers the protocol "mptcpscope" and its preferences. */
void mpt_prefs_register(void);
/* The protocol's number. */
int mpt_prefs_protocol(void);
/* When to compute the fields mptcpscope.*. */
mpt_fields_preference mpt_prefs_fields(void);
/* What they say about the vantage points of a merged capture, for fields and windows. Free with
 * mpt_vantage_request_clear(). */
void mpt_prefs_vantage(mpt_vantage_request *request);
/* Sets the preferences at, client and server; the next reading has them. */
void mpt_prefs_set_vantage(const char *at, const char *client, const char *server);
#endif
