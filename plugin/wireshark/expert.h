/* expert.h - the findings of the report diagnose as Wireshark's expert information, at the vantage point where
 * reports count, each on its first frame (frame 1 if it has none). A check is a field, whose summary is its title.
 *
 * Invariant: findings need a finished reading of the whole capture; in one pass there are none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_EXPERT_H
#define MPT_EXPERT_H

#include "plugin/compat.h"

#include <epan/packet.h>
#include <epan/proto.h>

/* Call it once, while protocols are registered, after mpt_reading_register(). */
void mpt_expert_register(int protocol);
/* Adds the findings of this frame to `item`; where that is NULL, to an item of their own in `tree` (NULL: none).
 * Call it for a frame that is dissected again: the reading is finished. */
void mpt_expert_show(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, proto_item *item);

#endif
