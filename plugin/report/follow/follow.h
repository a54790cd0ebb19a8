/* follow.h - the byte stream of a connection as tshark prints it for -z follow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FOLLOW_H
#define MPT_FOLLOW_H

#include "plugin/report/registry.h"
#include "tap/engine/stream/stream.h"

/* One piece of a stream as it was delivered: in order in its direction. */
typedef struct mpt_delivery {
    mpt_direction direction;
    const mpt_stream_run *run; /* bytes; NULL: a gap */
    uint64_t missing;          /* bytes of the gap */
    uint32_t frame; /* of the bytes; of a gap: that of the bytes after it, 0 at the end of the stream */
    int64_t time_ns;
    int64_t delivered_ns; /* when all before it had come too */
} mpt_delivery;

/* Both directions interleaved by time of delivery: bytes that came before what precedes them wait for it, and
 * what the capture never has is passed over as a gap once something after it is there. Element type
 * mpt_delivery; free with g_array_unref(). It borrows from the directions. */
GArray *mpt_follow_deliveries(const mpt_stream_direction direction[MPT_DIRECTIONS]);

/* The part of a row that collects the bytes of the connection arguments->stream, an mpt_stream. */
#define MPT_FOLLOW_COLLECTS                                                                                  \
    .needs = mpt_follow_needs, .observer = &mpt_stream_observer, .open = mpt_follow_open,                    \
    .close = mpt_follow_close
void mpt_follow_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs);
void *mpt_follow_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live,
                      uint32_t mark);
void mpt_follow_close(void *collected);

/* The sentence for a connection of which mpt_stream_direction_of() has let bytes go. */
void mpt_report_not_kept(uint32_t id, GString *sentence);

#endif
