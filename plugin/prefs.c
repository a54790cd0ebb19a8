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
        "Where fields and windows count packets in a capture from both ends: client (the default), server, "
        "or the number of an interface there.",
        &mpt_settings_now.at);
    prefs_register_string_preference(
        module, "client", "Merged capture: interfaces of the client",
        "Numbers separated by commas (0,1). Empty: worked out from the traffic. If only one end is set, all "
        "other interfaces belong to the other.",
        &mpt_settings_now.client);
    prefs_register_string_preference(module, "server", "Merged capture: interfaces of the server",
                                     "Numbers separated by commas (2,3). Empty: worked out from the traffic.",
                                     &mpt_settings_now.server);
}

/* What is above a limit is left out and counted. */
static void register_limits(module_t *module)
{
    mpt_settings_init();
    prefs_register_uint_preference(
        module, "limit_connections", "Limit: MPTCP connections",
        "At most this many are kept, which bounds memory in captures of an attack. Reports "
        "count what is left out. 0: the default.",
        10, &mpt_settings_now.limit_connections);
    prefs_register_uint_preference(module, "limit_flows", "Limit: TCP connections",
                                   "At most this many are kept, subflows included. 0: the default.", 10,
                                   &mpt_settings_now.limit_flows);
    prefs_register_uint_preference(
        module, "limit_one_sided", "Limit: one-sided TCP connections",
        "At most this many are kept of those with packets from one side only, as in SYN "
        "floods. 0: the default.",
        10, &mpt_settings_now.limit_one_sided);
    prefs_register_uint_preference(module, "limit_events", "Limit: events",
                                   "At most this many are kept, over all connections. 0: the default.", 10,
                                   &mpt_settings_now.limit_events);
    prefs_register_uint_preference(
        module, "limit_memory_mb", "Limit: memory for byte ranges and mappings (MB)",
        "Above it, payload counts as unmapped. 0: the default.", 10, &mpt_settings_now.limit_memory_mb);
}

void mpt_prefs_register(void)
{
    static const enum_val_t fields_values[] = {
        {"auto", "Auto: when a filter, column or graph uses one", MPT_FIELDS_AUTO},
        {"always", "Always", MPT_FIELDS_ALWAYS},
        {"off", "Off", MPT_FIELDS_OFF},
        {NULL, NULL, 0},
    };
    module_t *module;

    protocol = proto_register_protocol("MPTCP scope: Multipath TCP analysis", "mptcpscope", "mptcpscope");
    module = prefs_register_protocol(protocol, changed);
    prefs_register_uint_preference(
        module, "lookback_ms", "Look-back (milliseconds)",
        "Segments that are out of order by up to this time are put in order exactly "
        "(captures of several interfaces usually are out of order). Anything later is "
        "counted as late.",
        10, &mpt_settings_now.lookback_ms);
    prefs_register_enum_preference(
        module, "fields", "Fields (mptcpscope.*)",
        "Auto: computed when a filter, column, coloring rule, tap or packet details use a "
        "field, and when frames can be read again (in windows, with tshark -2). Off: never.",
        &fields, fields_values, FALSE);
    prefs_register_uint_preference(module, "lookback_segments", "Look-back (segments)",
                                   "At most this many segments are held back to put them in order.", 10,
                                   &mpt_settings_now.lookback_segments);
    register_limits(module);
    prefs_register_string_preference(
        module, "keys", "Keys of connections",
        "CLIENTKEY:SERVERKEY:VERSION[;...], keys as 16 hex digits, version 0 or 1. Verifies "
        "the HMACs of MP_JOIN and ADD_ADDR when the capture lacks the MP_CAPABLE handshake. "
        "A pair is used where a token shows that it is the right one.",
        &mpt_settings_now.keys);
    register_vantage(module);
}

static void set_text(const char *name, const char *value)
{
    char *both = g_strdup_printf("mptcpscope.%s:%s", name, value), *error = NULL;

    prefs_set_pref(both, &error);
    g_free(error);
    g_free(both);
}

void mpt_prefs_set_vantage(const char *at, const char *client, const char *server)
{
    set_text("at", at);
    set_text("client", client);
    set_text("server", server);
    prefs_apply(prefs_find_module("mptcpscope"));
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
