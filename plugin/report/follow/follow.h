/* follow.h - the byte stream of a connection, as tshark prints those of -z follow.
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

/* Both directions interleaved by time of delivery: bytes wait for those before them, and bytes that the
 * capture does not have are passed over as a gap once something after them is there. Elements are
 * mpt_delivery, which borrow from the directions. Free with g_array_unref(). */
GArray *mpt_follow_deliveries(const mpt_stream_direction direction[MPT_DIRECTIONS]);

/* The part of a row that collects the bytes of connection arguments->stream; its state is an mpt_stream. */
#define MPT_FOLLOW_COLLECTS                                                                                  \
    .needs = mpt_follow_needs, .observer = &mpt_stream_observer, .open = mpt_follow_open,                    \
    .close = mpt_follow_close
void mpt_follow_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs);
void *mpt_follow_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live,
                      uint32_t mark);
void mpt_follow_close(void *collected);

/* Appends the sentence for a connection for which mpt_stream_direction_of() is false. */
void mpt_report_not_kept(uint32_t id, GString *sentence);

#endif
