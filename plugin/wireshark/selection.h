/* selection.h - the MPTCP connection of one packet: of the selected one for windows, and Conversation Filter > MPTCP and
 * Colorize Conversation > MPTCP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SELECTION_H
#define MPT_SELECTION_H

#include "tap/engine/frames/frames.h"

/* Call it once, at the handoff. */
void mpt_selection_register(void);

/* Of the first segment of this frame that belongs to a connection; false where there is none. */
bool mpt_selection_of(mpt_frames *frames, uint32_t frame, mpt_frame_ids *ids);
/* The number of the packet that is selected in the main window; 0: none. */
uint32_t mpt_selection_frame(void);
/* The display filter of a connection; to be freed with g_free(). */
char *mpt_selection_filter(uint32_t connection);

#endif
