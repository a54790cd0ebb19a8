/* follow.h - the byte stream of a connection as tshark prints it for -z follow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FOLLOW_H
#define MPT_FOLLOW_H

#include "plugin/report/report.h"
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

/* Prints the connection arguments->stream; x->collected is its mpt_stream. Nothing, with *sentence, where it
 * is not there. */
void mpt_report_follow(const mpt_report_context *x, mpt_sink *sink, GString *sentence);

/* The sentence for a connection of which mpt_stream_direction_of() has let bytes go. */
void mpt_report_not_kept(uint32_t id, GString *sentence);

#endif
