/* path_model.h - what the report `paths` shows: a row for each subflow and direction, and the clocks.
 *
 * Invariant: the delays of a row are corrected as the option `clock` asks; no other figure compares the
 * clocks of two hosts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATH_MODEL_H
#define MPT_PATH_MODEL_H

#include "plugin/report/common/figures.h"
#include "plugin/report/report.h"
#include "tap/engine/paths/pair_collector.h"

typedef struct mpt_path_counts {
    uint64_t sent, arrived, lost, duplicated, reordered;
} mpt_path_counts;

typedef struct mpt_path_row {
    const mpt_path_pair *pair;
    const mpt_path_flow *flow;
    mpt_side side;                /* of the flow */
    mpt_end from_end;             /* the end near the sender */
    uint32_t connection, subflow; /* ids */
    mpt_direction direction;
    const mpt_endpoint *sender, *receiver; /* as the sender's end has them */
    mpt_distribution owd;
    uint64_t negative;            /* delays below 0 */
    mpt_maybe_ns jitter, p95_min; /* RFC 3550 6.4.1; what 95 % of the delays are above the least, at most */
    mpt_path_counts segments, bytes;
    double lost_percent;                      /* of bytes; NAN: nothing was sent */
    uint64_t uncaptured_bytes[2], uncaptured; /* at the sender's end, at the receiver's; both */
    mpt_path_reinjected reinjected;
    mpt_distribution wait; /* in the reorder queue at the receiver */
    uint64_t held_up_bytes;
    mpt_maybe_ns held_up_longest;
    /* While samples are read. */
    mpt_histogram delays;
    double jitter_ns;
    int64_t last_transit_ns, latest_sent_ns;
} mpt_path_row;

/* Of mpt_path_row: what CSV and JSON have of it behind its names. */
extern const mpt_figures MPT_PATH_FIGURES;

/* A subflow that only one of two vantage points has. */
typedef struct mpt_path_single {
    const mpt_path_pair *pair;
    const mpt_subflow *subflow;
    unsigned point;
} mpt_path_single;

typedef struct mpt_path_model {
    unsigned points;
    bool order_known;
    GPtrArray *pairs; /* mpt_path_pair, from the client's end to the server's */
    GPtrArray *rows;  /* mpt_path_row: by connection, subflow, direction, pair */
    GArray *singles;  /* mpt_path_single */
    bool incomplete;  /* samples are missing: no room for the temporary file */
} mpt_path_model;

/* The rows that the report's arguments select. Free with mpt_path_model_free(). */
mpt_path_model *mpt_path_model_new(const mpt_report_context *x);
/* The same between the first and the last vantage point, however many lie between them. */
mpt_path_model *mpt_path_model_new_whole(const mpt_report_context *x);
void mpt_path_model_free(mpt_path_model *m);
/* How much the clock of pair->to is ahead of that of pair->from, at a moment of the latter, as the delays are corrected. */
int64_t mpt_path_model_ahead(const mpt_path_pair *pair, int64_t time_ns);
/* Called for each sample of a pair, with its row (NULL: not selected) and its corrected delay in ns. */
typedef void (*mpt_path_model_each)(const mpt_path_sample *sample, mpt_path_row *row, int64_t delay_ns,
                                    void *user);
void mpt_path_model_samples(const mpt_path_model *m, const mpt_path_pair *pair, mpt_path_model_each each,
                            void *user);
/* The same in order of time at one end of pair->paths. */
void mpt_path_model_samples_at(const mpt_path_model *m, const mpt_path_pair *pair, mpt_end end,
                               mpt_path_model_each each, void *user);

#endif
