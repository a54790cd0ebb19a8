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

#include "host.h"
#include "settings.h"

static int protocol = -1;
static int fields = MPT_FIELDS_AUTO;

/* tshark's exit status becomes 1. */
static void complain(const char *preferences, const char *error)
{
    fprintf(stderr, "%s: %s: %s\n", mpt_host_name(), preferences, error);
    mpt_host_fail_at_exit();
}

static void changed(void)
{
    mpt_settings_changed(complain);
}

/* For fields, windows, Expert Information and Follow: reports have arguments of these names. */
static void register_vantage(module_t *module)
{
    prefs_register_string_preference(
        module, "at", "Merged capture: count at",
        "Fields and windows count each packet once on a capture of both ends: client (which is usual), "
        "server, or the number of an interface there.",
        &mpt_settings_now.at);
    prefs_register_string_preference(
        module, "client", "Merged capture: interfaces of the client",
        "Numbers with commas between (0,1). Empty: told from the traffic. With one of both ends, all others "
        "are the other end.",
        &mpt_settings_now.client);
    prefs_register_string_preference(module, "server", "Merged capture: interfaces of the server",
                                     "Numbers with commas between (2,3). Empty: told from the traffic.",
                                     &mpt_settings_now.server);
}

/* What is above a limit is left out and counted. */
static void register_limits(module_t *module)
{
    mpt_settings_init();
    prefs_register_uint_preference(
        module, "limit_connections", "Limit: MPTCP connections",
        "At most this many are kept, against captures of an attack. What is left out is "
        "counted in the reports. 0: the default.",
        10, &mpt_settings_now.limit_connections);
    prefs_register_uint_preference(module, "limit_flows", "Limit: TCP connections",
                                   "At most this many are kept, subflows among them. 0: the default.", 10,
                                   &mpt_settings_now.limit_flows);
    prefs_register_uint_preference(
        module, "limit_one_sided", "Limit: TCP connections of one side",
        "At most this many are kept that show packets of one side only, as floods of SYNs "
        "do. 0: the default.",
        10, &mpt_settings_now.limit_one_sided);
    prefs_register_uint_preference(module, "limit_events", "Limit: events",
                                   "At most this many are kept, of all connections. 0: the default.", 10,
                                   &mpt_settings_now.limit_events);
    prefs_register_uint_preference(module, "limit_memory_mb", "Limit: memory for bytes and mappings (MB)",
                                   "Beyond it payload counts as unmapped. 0: the default.", 10,
                                   &mpt_settings_now.limit_memory_mb);
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
    prefs_register_uint_preference(
        module, "lookback_ms", "Look-back (milliseconds)",
        "Segments that a capture has out of order by up to this time are put in order "
        "exactly (captures of several interfaces usually are out of order). What is "
        "later still is counted as late.",
        10, &mpt_settings_now.lookback_ms);
    prefs_register_enum_preference(
        module, "fields", "Fields (mptcpscope.*)",
        "Auto: computed where a filter, column, colour, tap or tree uses a field, and where "
        "frames may be read again (in windows, with tshark -2). Off: never.",
        &fields, fields_values, FALSE);
    prefs_register_uint_preference(module, "lookback_segments", "Look-back (segments)",
                                   "At most this many segments are held for putting them in order.", 10,
                                   &mpt_settings_now.lookback_segments);
    register_limits(module);
    prefs_register_string_preference(
        module, "keys", "Keys of connections",
        "CLIENTKEY:SERVERKEY:VERSION[;...], keys as 16 hex digits, version 0 or 1: to "
        "verify the HMACs of joins and addresses where the capture does not have the "
        "MP_CAPABLE handshake. A pair is used where a token shows that it is right.",
        &mpt_settings_now.keys);
    register_vantage(module);
}

int mpt_prefs_protocol(void)
{
    return protocol;
}

mpt_fields_preference mpt_prefs_fields(void)
{
    return (mpt_fields_preference)fields;
}

void mpt_prefs_vantage(mpt_vantage_request *request)
{
    *request = *mpt_settings_vantage();
    if (request->client)
        g_array_ref(request->client);
    if (request->server)
        g_array_ref(request->server);
}
