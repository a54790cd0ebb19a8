/* feed.h - segments on their way to the engines, in batches: the same for all that bring segments.
 *
 * Between two packets Wireshark leaves nothing of the engines in the processor's cache.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FEED_H
#define MPT_FEED_H

#include "source.h"

/* Segments that are handed on together, and how many more a frame may have. */
#define MPT_FEED_BATCH 32
#define MPT_FEED_ROOM  16

typedef struct mpt_feed {
    const mpt_source_client *client; /* NULL: nobody listens */
    GPtrArray *engines;              /* mpt_vantage_engines, of this reading; NULL: not opened yet */
    bool at_once;
    bool timed; /* earliest_ns: of the frames since the last batch */
    int64_t earliest_ns;
    unsigned complete; /* of segments */
    mpt_segment segments[MPT_FEED_BATCH + MPT_FEED_ROOM];
} mpt_feed;

/* The engines of this reading; the client opens them when they are first asked for. */
GPtrArray *mpt_feed_engines(mpt_feed *feed);
/* The place of the next segments: there is room for MPT_FEED_ROOM. */
static inline mpt_segment *mpt_feed_next(mpt_feed *feed)
{
    return &feed->segments[feed->complete];
}
/* The next n segments are complete; 0 of a frame without any. */
void mpt_feed_complete(mpt_feed *feed, unsigned n);
/* Notes the time of a frame, whether it has a segment or not. */
static inline void mpt_feed_note_time(mpt_feed *feed, int64_t time_ns)
{
    if (!feed->timed || time_ns < feed->earliest_ns)
        feed->earliest_ns = time_ns;
    feed->timed = true;
}
void mpt_feed_note_icmp(mpt_feed *feed, const mpt_icmp_error *error);
void mpt_feed_note_lost(mpt_feed *feed);
/* Hands on what there is. */
void mpt_feed_flush(mpt_feed *feed);
/* A reading begins: what was fed is void. */
void mpt_feed_reset(mpt_feed *feed);

#endif
