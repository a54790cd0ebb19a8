/* selection.c - see selection.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "selection.h"

#include "plugin/compat.h"

#include <epan/packet_info.h>

#include <epan/conversation_filter.h>
#include <epan/frame_data.h>
#include <epan/plugin_if.h>

#include "plugin/host.h"
#include "reading.h"

bool mpt_selection_of(mpt_frames *frames, uint32_t frame, mpt_frame_ids *ids)
{
    for (unsigned i = 0; frames && mpt_frames_ids(frames, frame, i, ids); i++)
        if (ids->connection)
            return true;
    return false;
}

static void *number_of(frame_data *selected, void *user_data _U_)
{
    return selected ? GUINT_TO_POINTER(selected->num) : NULL;
}

uint32_t mpt_selection_frame(void)
{
    return GPOINTER_TO_UINT(plugin_if_get_frame_data(number_of, NULL));
}

char *mpt_selection_filter(uint32_t connection)
{
    return g_strdup_printf("mptcpscope.connection == %u", connection);
}

/* --- Conversation Filter --- */

static mpt_ws_bool is_of_connection(packet_info *pinfo MPT_CONVERSATION_DATA)
{
    mpt_frame_ids ids;

    return mpt_selection_of(mpt_reading_frames(), pinfo->num, &ids);
}

static char *filter_of(packet_info *pinfo MPT_CONVERSATION_DATA)
{
    mpt_frame_ids ids;

    return mpt_selection_of(mpt_reading_frames(), pinfo->num, &ids) ? mpt_selection_filter(ids.connection_id)
                                                                    : NULL;
}

void mpt_selection_register(void)
{
    if (mpt_host_is_gui())
        MPT_REGISTER_CONVERSATION("mptcp", "MPTCP", is_of_connection, filter_of);
}
