/* feed.c - see feed.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"

GPtrArray *mpt_feed_engines(mpt_feed *feed)
{
    if (!feed->engines) {
        feed->engines = g_ptr_array_new();
        feed->client->open();
    }
    return feed->engines;
}

void mpt_feed_flush(mpt_feed *feed)
{
    GPtrArray *all = mpt_feed_engines(feed);

    for (guint i = 0; i < all->len; i++) {
        mpt_vantage_engines *to = g_ptr_array_index(all, i);
        if (feed->timed)
            mpt_vantage_engines_note_time(to, feed->earliest_ns);
        mpt_vantage_engines_feed(to, feed->segments, feed->complete);
    }
    feed->timed = false;
    feed->complete = 0;
}

void mpt_feed_complete(mpt_feed *feed, unsigned n)
{
    feed->complete += n;
    if (feed->complete >= MPT_FEED_BATCH || feed->at_once)
        mpt_feed_flush(feed);
}

void mpt_feed_note_icmp(mpt_feed *feed, const mpt_icmp_error *error)
{
    GPtrArray *all = mpt_feed_engines(feed);

    for (guint i = 0; i < all->len; i++)
        mpt_vantage_engines_note_icmp(g_ptr_array_index(all, i), error);
}

void mpt_feed_note_lost(mpt_feed *feed)
{
    GPtrArray *all = mpt_feed_engines(feed);

    for (guint i = 0; i < all->len; i++)
        mpt_vantage_engines_note_lost(g_ptr_array_index(all, i));
}

void mpt_feed_reset(mpt_feed *feed)
{
    feed->timed = false;
    feed->complete = 0;
    g_clear_pointer(&feed->engines, g_ptr_array_unref);
}
