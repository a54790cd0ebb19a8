/* field_findings.h - findings as Wireshark's expert information, each on its first frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FIELD_FINDINGS_H
#define MPT_FIELD_FINDINGS_H

#include "compat.h"

#include <epan/packet.h>
#include <epan/proto.h>

#include "../tap/engine/frames.h"

typedef struct mpt_field_findings mpt_field_findings;

/* Once, while protocols are registered. */
void mpt_field_findings_register(int protocol);
/* What a finished reading has found. Borrows nothing. */
mpt_field_findings *mpt_field_findings_new(mpt_frames *frames);
void mpt_field_findings_free(mpt_field_findings *findings);
/* Adds those of this frame; item may be NULL. */
void mpt_field_findings_show(const mpt_field_findings *findings, packet_info *pinfo, proto_item *item);

#endif
