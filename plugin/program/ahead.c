/* ahead.c - see ahead.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ahead.h"

/* Batches of the ring, and how many change hands together: few enough for the cache that both processors share,
 * and so many that they seldom wait for each other. */
#define RING     64u
#define TOGETHER 8u

struct mpt_ahead {
    GThread *thread;
    mpt_ahead_fill fill;
    void *user;
    uint64_t filled;        /* of the thread */
    uint64_t handed, known; /* of the caller: how many it was given, and knows to be filled */
    /* What they have told each other, guarded by `lock`. */
    uint64_t told_filled, told_handed;
    bool ended;
    GMutex lock;
    GCond changed;
    mpt_feed_batch ring[RING];
};

static void tell_filled(mpt_ahead *a, bool ended)
{
    g_mutex_lock(&a->lock);
    a->told_filled = a->filled;
    a->ended = ended;
    g_cond_signal(&a->changed);
    while (!ended && a->filled - a->told_handed >= RING)
        g_cond_wait(&a->changed, &a->lock);
    g_mutex_unlock(&a->lock);
}

static gpointer run(gpointer data)
{
    mpt_ahead *a = data;

    a->fill(a, &a->ring[0], a->user);
    a->filled++; /* the last one */
    tell_filled(a, true);
    return NULL;
}

mpt_ahead *mpt_ahead_start(mpt_ahead_fill fill, void *user)
{
    mpt_ahead *a = g_new0(mpt_ahead, 1);

    a->fill = fill;
    a->user = user;
    g_mutex_init(&a->lock);
    g_cond_init(&a->changed);
    a->thread = g_thread_new("mptcpscope reads", run, a);
    return a;
}

mpt_feed_batch *mpt_ahead_filled(mpt_ahead *a)
{
    if (++a->filled % TOGETHER == 0)
        tell_filled(a, false);
    return &a->ring[a->filled % RING];
}

mpt_feed_batch *mpt_ahead_next(mpt_ahead *a)
{
    if (a->handed % TOGETHER == 0 || a->handed == a->known) {
        g_mutex_lock(&a->lock);
        a->told_handed = a->handed;
        g_cond_signal(&a->changed);
        while (a->told_filled == a->handed && !a->ended)
            g_cond_wait(&a->changed, &a->lock);
        a->known = a->told_filled;
        g_mutex_unlock(&a->lock);
        if (a->known == a->handed)
            return NULL;
    }
    return &a->ring[a->handed++ % RING];
}

void mpt_ahead_end(mpt_ahead *a)
{
    g_thread_join(a->thread);
    for (unsigned i = 0; i < RING; i++)
        mpt_feed_batch_clear(&a->ring[i]);
    g_mutex_clear(&a->lock);
    g_cond_clear(&a->changed);
    g_free(a);
}
