/* prefs.c - see prefs.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "prefs.h"

#include "compat.h"

#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto.h>

#include <stdio.h>

#include "../tap/engine/keylist.h"
#include "host.h"

static int protocol = -1;
static unsigned lookback_ms = 2000;
static unsigned lookback_segments = 50000;
static int fields = MPT_FIELDS_AUTO;
static const char *keys = "";
static GArray *key_list; /* mpt_key_pair */

/* Reads the keys. tshark's exit status becomes 1 where they are none. */
static void changed(void)
{
    char *error = NULL;

    if (key_list)
        g_array_unref(key_list);
    key_list = mpt_keylist_parse(keys, &error);
    if (!error)
        return;
    fprintf(stderr, "%s: preference mptcpscope.keys: %s\n", mpt_host_name(), error);
    g_free(error);
    mpt_host_fail_at_exit();
}

void mpt_prefs_register(void)
{
    static const enum_val_t fields_values[] = {
        {"auto", "Auto: where a field is used, and where frames are kept", MPT_FIELDS_AUTO},
        {"always", "Always", MPT_FIELDS_ALWAYS},
        {"off", "Off", MPT_FIELDS_OFF},
        {NULL, NULL, 0},
    };
    module_t *module;

    protocol = proto_register_protocol("MPTCP scope: Multipath TCP analysis", "mptcpscope", "mptcpscope");
    module = prefs_register_protocol(protocol, changed);
    prefs_register_uint_preference(module, "lookback_ms", "Look-back (milliseconds)",
                                   "Segments that a capture has out of order by up to this time are put in order "
                                   "exactly (captures of several interfaces usually are out of order). What is "
                                   "later still is counted as late.",
                                   10, &lookback_ms);
    prefs_register_enum_preference(module, "fields", "Fields (mptcpscope.*)",
                                   "Auto: computed where a filter, column, colour, tap or tree uses a field, and where "
                                   "frames may be read again (in windows, with tshark -2). Off: never.",
                                   &fields, fields_values, FALSE);
    prefs_register_uint_preference(module, "lookback_segments", "Look-back (segments)",
                                   "At most this many segments are held for putting them in order.", 10,
                                   &lookback_segments);
    prefs_register_string_preference(module, "keys", "Keys of connections",
                                     "CLIENTKEY:SERVERKEY:VERSION[;...], keys as 16 hex digits, version 0 or 1: to "
                                     "verify the HMACs of joins and addresses where the capture does not have the "
                                     "MP_CAPABLE handshake. A pair is used where a token shows that it is right.",
                                     &keys);
}

int mpt_prefs_protocol(void)
{
    return protocol;
}

mpt_fields_preference mpt_prefs_fields(void)
{
    return (mpt_fields_preference)fields;
}

void mpt_prefs_engine_config(mpt_engine_config *config)
{
    mpt_engine_config_default(config);
    config->horizon_ns = (int64_t)lookback_ms * 1000000;
    config->horizon_segments = lookback_segments;
    config->keys = key_list;
}
