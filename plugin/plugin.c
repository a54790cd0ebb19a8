/* plugin.c - what Wireshark looks for in a plugin: version symbols and registration, no logic.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <epan/packet.h>
#include <epan/proto.h>
#include <epan/tap.h>

#include "plugin/cli/cli.h"
#include "plugin/cli/session.h"
#include "plugin/cli/unfold_pcapng.h"
#include "plugin/wireshark/fields.h"
#include "plugin/wireshark/follow_window.h"
#include "plugin/wireshark/menu.h"
#include "plugin/wireshark/selection.h"
#include "plugin/wireshark/stat_tables.h"
#include "prefs.h"
#include "settings.h"
#include "tap/icmp.h"
#include "tap/listener.h"
#include "tap/options.h"

/* Help > About > Plugins has no column for the licence. */
WS_DLL_PUBLIC_DEF const gchar plugin_version[] = MPT_VERSION " (GPL-2.0-or-later)";
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

/* Before Wireshark unloads us. Its dissector tables are gone by now (4.0). */
static void shut_down(void)
{
    mpt_listener_forget();
    mpt_session_close();
    mpt_follow_window_forget();
    mpt_settings_forget();
}

static void register_protocols(void)
{
    mpt_prefs_register();
    mpt_icmp_register();
    mpt_options_register();
    mpt_fields_register();
    register_shutdown_routine(shut_down);
}

static void register_handoff(void)
{
    mpt_unfold_register();
    mpt_cli_register();
    mpt_follow_window_register();
    mpt_stat_tables_register();
    mpt_menu_register();
    mpt_selection_register();
}

void plugin_register(void)
{
    static proto_plugin plugin;

    plugin.register_protoinfo = register_protocols;
    plugin.register_handoff = register_handoff;
    proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR | WS_PLUGIN_DESC_TAP_LISTENER;
}
