/* interfaces.c - see interfaces.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/compat.h"

#include <epan/epan.h>
#include <epan/packet.h>
#include <epan/tap.h>
#include <wiretap/wtap.h>

#include <string.h>

#include "interfaces.h"

/* Names of further interfaces are not kept: vantage points don't tell as many interfaces apart either. */
#define MAX_INTERFACES 1024

static struct {
    bool started;
    bool known[MAX_INTERFACES];
    char *name[MAX_INTERFACES];
} interfaces;

static void on_reset(void *tapdata _U_)
{
    for (unsigned i = 0; i < MAX_INTERFACES; i++) {
        g_clear_pointer(&interfaces.name[i], g_free);
        interfaces.known[i] = false;
    }
}

static char *name_of(const packet_info *pinfo, uint32_t id)
{
    const char *name = MPT_INTERFACE_NAME(pinfo, id);

    /* Wireshark's name for an interface that has none. */
    return name && strcmp(name, "unknown") != 0 ? g_strdup(name) : NULL;
}

static tap_packet_status on_frame(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt _U_,
                                  const void *data _U_, tap_flags_t flags _U_)
{
    uint32_t id;

    if (!(pinfo->rec->presence_flags & WTAP_HAS_INTERFACE_ID))
        return TAP_PACKET_DONT_REDRAW;
    id = pinfo->rec->rec_header.packet_header.interface_id;
    if (id < MAX_INTERFACES && !interfaces.known[id]) {
        interfaces.known[id] = true;
        interfaces.name[id] = name_of(pinfo, id);
    }
    return TAP_PACKET_DONT_REDRAW;
}

bool mpt_interfaces_start(char **error)
{
    GString *refused;

    if (interfaces.started)
        return true;
    refused = register_tap_listener("frame", &interfaces, NULL, TL_REQUIRES_NOTHING, on_reset, on_frame, NULL,
                                    NULL);
    interfaces.started = refused == NULL;
    if (refused) {
        *error = g_strdup(refused->str);
        g_string_free(refused, TRUE);
    }
    return interfaces.started;
}

const char *mpt_interfaces_name(uint32_t interface_id)
{
    return interface_id < MAX_INTERFACES ? interfaces.name[interface_id] : NULL;
}
