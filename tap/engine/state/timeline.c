/* timeline.c - see timeline.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "timeline.h"

const char *mpt_event_name(const mpt_event *event)
{
    static const char *const names[MPT_EVENT_TYPES] = {
#define X(name) #name,
        MPT_EVENT_TABLE(X)
#undef X
    };

    if (event->type == MPT_EVENT_IGNORED && event->other.subtype == MPT_IGNORED_RST)
        return names[MPT_EVENT_RST];
    return names[event->type];
}
