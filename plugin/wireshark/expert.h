/* expert.h - findings as Wireshark's expert information, each on its first frame.
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

/* Once, while protocols are registered. */
void mpt_expert_register(int protocol);
/* What a finished reading has found. Borrows nothing. */
mpt_expert *mpt_expert_new(mpt_frames *frames);
void mpt_expert_free(mpt_expert *findings);
/* Adds those of this frame; item may be NULL. */
void mpt_expert_show(const mpt_expert *findings, packet_info *pinfo, proto_item *item);

#endif
