/* settings.h - what a user sets once for all reports: -o mptcpscope.NAME:VALUE, in tshark a preference of that name
 * (prefs.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SETTINGS_H
#define MPT_SETTINGS_H

#include <stdbool.h>

#include "tap/engine/core/engine.h"
#include "tap/engine/vantage/vantage_request.h"

typedef struct mpt_settings {
    unsigned lookback_ms, lookback_segments;
    unsigned limit_connections, limit_flows, limit_one_sided, limit_events,
        limit_memory_mb; /* 0: the engine's */
    const char *keys;
    const char *at, *client, *server; /* of a merged capture, for fields and windows */
} mpt_settings;

extern mpt_settings mpt_settings_now;

/* Sets the limits to the engine's own. */
void mpt_settings_init(void);
/* Reads what is text; call it after a change. complain() gets which setting is wrong, and why. */
void mpt_settings_changed(void (*complain)(const char *setting, const char *error));
/* Sets one by name, "lookback_ms"; keys, at, client and server borrow `value`. False if there is none of this
 * name, or if it is a number and `value` is not: *wrong_value says which. */
bool mpt_settings_set(const char *name, const char *value, bool *wrong_value);
/* The engine's configuration as the settings have it now. */
void mpt_settings_engine_config(mpt_engine_config *config);
/* Copy with mpt_prefs_vantage(). */
const mpt_vantage_request *mpt_settings_vantage(void);
/* Frees what the settings hold. */
void mpt_settings_forget(void);

#endif
