/* prefs.c - see prefs.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "prefs.h"

#include "compat.h"

#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto.h>

static int protocol = -1;
static unsigned lookback_ms = 2000;
static unsigned lookback_segments = 50000;

static void changed(void)
{
}

void mpt_prefs_register(void)
{
    module_t *module;

    protocol = proto_register_protocol("MPTCP scope: Multipath TCP analysis", "mptcpscope", "mptcpscope");
    module = prefs_register_protocol(protocol, changed);
    prefs_register_uint_preference(module, "lookback_ms", "Look-back (milliseconds)",
                                   "Segments that a capture has out of order by up to this time are put in order "
                                   "exactly (captures of several interfaces usually are out of order). What is "
                                   "later still is counted as late.",
                                   10, &lookback_ms);
    prefs_register_uint_preference(module, "lookback_segments", "Look-back (segments)",
                                   "At most this many segments are held for putting them in order.", 10,
                                   &lookback_segments);
}

int mpt_prefs_protocol(void)
{
    return protocol;
}

void mpt_prefs_engine_config(mpt_engine_config *config)
{
    mpt_engine_config_default(config);
    config->horizon_ns = (int64_t)lookback_ms * 1000000;
    config->horizon_segments = lookback_segments;
}
