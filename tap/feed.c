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

void mpt_feed_batch_note_icmp(mpt_feed_batch *batch, const mpt_icmp_error *error)
{
    if (!batch->errors)
        batch->errors = g_array_new(FALSE, FALSE, sizeof *error);
    g_array_append_val(batch->errors, *error);
}

void mpt_feed_batch_clear(mpt_feed_batch *batch)
{
    batch->timed = false;
    batch->complete = batch->lost = 0;
    g_clear_pointer(&batch->errors, g_array_unref);
}

static void hand_on_to(mpt_vantage_engines *to, const mpt_feed_batch *batch)
{
    for (guint i = 0; batch->errors && i < batch->errors->len; i++)
        mpt_vantage_engines_note_icmp(to, &g_array_index(batch->errors, mpt_icmp_error, i));
    for (unsigned i = 0; i < batch->lost; i++)
        mpt_vantage_engines_note_lost(to);
    if (batch->timed)
        mpt_vantage_engines_note_time(to, batch->earliest_ns);
    mpt_vantage_engines_feed(to, batch->segments, batch->complete);
}

void mpt_feed_hand_on(mpt_feed *feed, mpt_feed_batch *batch)
{
    GPtrArray *all = mpt_feed_engines(feed);

    for (guint i = 0; i < all->len; i++)
        hand_on_to(g_ptr_array_index(all, i), batch);
    mpt_feed_batch_clear(batch);
}

void mpt_feed_flush(mpt_feed *feed)
{
    mpt_feed_hand_on(feed, &feed->batch);
}

void mpt_feed_complete(mpt_feed *feed, unsigned n)
{
    feed->batch.complete += n;
    if (mpt_feed_batch_is_full(&feed->batch) || feed->at_once)
        mpt_feed_flush(feed);
}

void mpt_feed_reset(mpt_feed *feed)
{
    mpt_feed_batch_clear(&feed->batch);
    g_clear_pointer(&feed->engines, g_ptr_array_unref);
}
