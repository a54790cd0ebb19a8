/* pair_collector.h - compares each vantage point with every other one while the capture is read.
 *
 * Invariant: every pair is collected, because which points are next to each other is known only at the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PAIR_COLLECTOR_H
#define MPT_PAIR_COLLECTOR_H

#include "clock.h"
#include "sample_store.h"
#include "tap/engine/vantage/vantage_engines.h"

/* The points that are compared; segments of further ones are not collected. */
#define MPT_PATH_POINTS 4

/* A packet with payload, or a SYN, that one of two points has not captured. */
typedef struct mpt_path_alone_packet {
    uint32_t frame;
    bool uncaptured; /* it was there all the same */
} mpt_path_alone_packet;

/* Two vantage points that are next to each other on the path. */
typedef struct mpt_path_pair {
    unsigned from, to;  /* points; from is nearer to the client */
    mpt_end client_end; /* end of `paths` that is `from` */
    mpt_paths *paths;
    mpt_path_store *store;
    GArray *alone;              /* mpt_path_alone_packet, by frame; NULL: nobody asked */
    mpt_clock_estimate clock;   /* of `to` against `from` */
    mpt_clock_estimate applied; /* what the delays are corrected by */
} mpt_path_pair;

/* What reports need compared; one collector serves all of them. */
enum {
    MPT_PATHS_FLOWS = 1 << 0,   /* subflows and their options */
    MPT_PATHS_SAMPLES = 1 << 1, /* segments, in `store` */
    MPT_PATHS_ALL = 1 << 2,     /* all segments, even if very many wait for their partner */
    MPT_PATHS_DATA = 1 << 3,    /* the data level */
    MPT_PATHS_ALONE = 1 << 4,   /* which packets only one point has */
};

typedef struct mpt_path_collector mpt_path_collector;

/* wants: bits MPT_PATHS_*. Free with mpt_path_collector_free(). */
mpt_path_collector *mpt_path_collector_new(unsigned wants);
void mpt_path_collector_free(mpt_path_collector *c); /* NULL is allowed */
/* Observes the engine of this point. Call it before the engine's first segment. */
void mpt_path_collector_watch(mpt_path_collector *c, mpt_engine *engine, unsigned point);

/* NULL: both points have this frame's packet, or nobody asked. */
const mpt_path_alone_packet *mpt_path_pair_alone(const mpt_path_pair *pair, uint32_t frame);

/* Segments that were given up because too many waited for their partner. */
uint64_t mpt_path_collector_forgotten(const mpt_path_collector *c); /* NULL is allowed: 0 */

/* The pair of two points, `from` being nearer to the client; NULL: not collected. Call it after all has been
 * fed. c may be NULL. Borrowed. */
mpt_path_pair *mpt_path_collector_pair(mpt_path_collector *c, mpt_vantage_engines *engines, unsigned from,
                                       unsigned to);

#endif
