/* feed.h - segments on their way to the engines, in batches: the same for all that bring segments.
 *
 * Between two packets Wireshark leaves nothing of the engines in the processor's cache. A batch may be filled by
 * one thread and handed on by another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FEED_H
#define MPT_FEED_H

#include "source.h"

/* Segments that are handed on together, and how many more a frame may have. */
#define MPT_FEED_BATCH 32
#define MPT_FEED_ROOM  16

typedef struct mpt_feed_batch {
    bool timed; /* earliest_ns: of the frames since the batch before */
    int64_t earliest_ns;
    unsigned lost;     /* segments that Wireshark's taps do not get */
    GArray *errors;    /* mpt_icmp_error; NULL: none */
    unsigned complete; /* of segments */
    mpt_segment segments[MPT_FEED_BATCH + MPT_FEED_ROOM];
} mpt_feed_batch;

/* The place of the next segments: there is room for MPT_FEED_ROOM, as long as the batch is not full. */
static inline mpt_segment *mpt_feed_batch_next(mpt_feed_batch *batch)
{
    return &batch->segments[batch->complete];
}
/* Notes the time of a frame, whether it has a segment or not. */
static inline void mpt_feed_batch_note_time(mpt_feed_batch *batch, int64_t time_ns)
{
    if (!batch->timed || time_ns < batch->earliest_ns)
        batch->earliest_ns = time_ns;
    batch->timed = true;
}
static inline bool mpt_feed_batch_is_full(const mpt_feed_batch *batch)
{
    return batch->complete >= MPT_FEED_BATCH;
}
void mpt_feed_batch_note_icmp(mpt_feed_batch *batch, const mpt_icmp_error *error);
/* Empties it. */
void mpt_feed_batch_clear(mpt_feed_batch *batch);

typedef struct mpt_feed {
    const mpt_source_client *client; /* NULL: nobody listens */
    GPtrArray *engines;              /* mpt_vantage_engines, of this reading; NULL: not opened yet */
    bool at_once;
    mpt_feed_batch batch;
} mpt_feed;

/* The engines of this reading; the client opens them when they are first asked for. */
GPtrArray *mpt_feed_engines(mpt_feed *feed);
/* As mpt_feed_batch_next(). */
static inline mpt_segment *mpt_feed_next(mpt_feed *feed)
{
    return mpt_feed_batch_next(&feed->batch);
}
/* The next n segments are complete; 0 of a frame without any. */
void mpt_feed_complete(mpt_feed *feed, unsigned n);
static inline void mpt_feed_note_time(mpt_feed *feed, int64_t time_ns)
{
    mpt_feed_batch_note_time(&feed->batch, time_ns);
}
/* Hands on what there is. */
void mpt_feed_flush(mpt_feed *feed);
/* Hands on, and empties, a batch that was filled elsewhere. */
void mpt_feed_hand_on(mpt_feed *feed, mpt_feed_batch *batch);
/* A reading begins: what was fed is void. */
void mpt_feed_reset(mpt_feed *feed);

#endif
