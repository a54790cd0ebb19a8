/* timeline.c - see timeline.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "timeline.h"

const char *mpt_event_type_name(mpt_event_type type)
{
    static const char *const names[MPT_EVENT_TYPES] = {
        [MPT_EVENT_MP_CAPABLE] = "MP_CAPABLE",
        [MPT_EVENT_MP_JOIN] = "MP_JOIN",
        [MPT_EVENT_ADD_ADDR] = "ADD_ADDR",
        [MPT_EVENT_ADD_ADDR_ECHO] = "ADD_ADDR_ECHO",
        [MPT_EVENT_REMOVE_ADDR] = "REMOVE_ADDR",
        [MPT_EVENT_MP_PRIO] = "MP_PRIO",
        [MPT_EVENT_MP_FAIL] = "MP_FAIL",
        [MPT_EVENT_MP_FASTCLOSE] = "MP_FASTCLOSE",
        [MPT_EVENT_MP_TCPRST] = "MP_TCPRST",
        [MPT_EVENT_RST] = "RST",
        [MPT_EVENT_FIN] = "FIN",
        [MPT_EVENT_DATA_FIN] = "DATA_FIN",
        [MPT_EVENT_INFINITE_MAPPING] = "INFINITE_MAPPING",
        [MPT_EVENT_FALLBACK] = "FALLBACK",
        [MPT_EVENT_CHECKSUM_BAD] = "CHECKSUM_BAD",
        [MPT_EVENT_HMAC_BAD] = "HMAC_BAD",
        [MPT_EVENT_SUBFLOW_ESTABLISHED] = "SUBFLOW_ESTABLISHED",
        [MPT_EVENT_SUBFLOW_CLOSED] = "SUBFLOW_CLOSED",
    };

    return names[type];
}
