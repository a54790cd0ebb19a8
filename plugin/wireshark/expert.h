/* expert.h - the findings of connections as Wireshark's expert information, each on its first frame (frame 1
 * if it has none).
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

#include "tap/engine/frames/frames.h"

typedef struct mpt_expert mpt_expert;

/* Call it once, while protocols are registered. */
void mpt_expert_register(int protocol);
/* The findings of a finished reading, copied. Free with mpt_expert_free(). */
mpt_expert *mpt_expert_new(mpt_frames *frames);
void mpt_expert_free(mpt_expert *findings);
/* Adds the findings of this frame to `item`, which may be NULL. */
void mpt_expert_show(const mpt_expert *findings, packet_info *pinfo, proto_item *item);

#endif
