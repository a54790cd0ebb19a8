/* timeline.c - see timeline.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "timeline.h"

const char *mpt_event_type_name(mpt_event_type type)
{
    static const char *const names[MPT_EVENT_TYPES] = {
#define X(name) #name,
        MPT_EVENT_TABLE(X)
#undef X
    };

    return names[type];
}
