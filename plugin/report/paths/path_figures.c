/* path_figures.c - the figures of a row of the report `paths`, see path_model.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "path_model.h"

#define PATH(kind, group, name, column, member)                                                              \
    {                                                                                                        \
        group, name, column, MPT_FIGURE_##kind, offsetof(mpt_path_row, member)                               \
    }

static const mpt_figure ROWS[] = {
    PATH(SECONDS, "owd", "min", "owd_min", owd.min),
    PATH(SECONDS, "owd", "median", "owd_median", owd.median),
    PATH(SECONDS, "owd", "p95", "owd_p95", owd.p95),
    PATH(SECONDS, "owd", "max", "owd_max", owd.max),
    PATH(SECONDS, "owd", "mean", "owd_mean", owd.mean),
    PATH(COUNT, "owd", "samples", "owd_samples", owd.samples),
    PATH(COUNT, NULL, "owd_negative", "owd_negative", negative),
    PATH(SECONDS, "jitter", "rfc3550", "jitter_rfc3550", jitter),
    PATH(SECONDS, "jitter", "p95_min", "jitter_p95_min", p95_min),
    PATH(COUNT, "segments", "sent", "sent_segments", segments.sent),
    PATH(COUNT, "segments", "arrived", "arrived_segments", segments.arrived),
    PATH(COUNT, "segments", "lost", "lost_segments", segments.lost),
    PATH(COUNT, "segments", "duplicated", "duplicated_segments", segments.duplicated),
    PATH(COUNT, "segments", "reordered", "reordered_segments", segments.reordered),
    PATH(BYTES, "bytes", "sent", "sent_bytes", bytes.sent),
    PATH(BYTES, "bytes", "arrived", "arrived_bytes", bytes.arrived),
    PATH(BYTES, "bytes", "lost", "lost_bytes", bytes.lost),
    PATH(BYTES, "bytes", "duplicated", "duplicated_bytes", bytes.duplicated),
    PATH(BYTES, "bytes", "reordered", "reordered_bytes", bytes.reordered),
    PATH(BYTES, "not_captured", "sender", "not_captured_sender_bytes", uncaptured_bytes[0]),
    PATH(BYTES, "not_captured", "receiver", "not_captured_receiver_bytes", uncaptured_bytes[1]),
    PATH(BYTES, "reinjected", "useful", "reinjected_useful_bytes", reinjected.useful),
    PATH(BYTES, "reinjected", "redundant", "reinjected_redundant_bytes", reinjected.redundant),
    PATH(BYTES, "reinjected", "useless", "reinjected_useless_bytes", reinjected.useless),
    PATH(BYTES, "reinjected", "lost", "reinjected_lost_bytes", reinjected.lost),
    PATH(SECONDS, "reorder_queue", "min", "reorder_queue_min", wait.min),
    PATH(SECONDS, "reorder_queue", "median", "reorder_queue_median", wait.median),
    PATH(SECONDS, "reorder_queue", "p95", "reorder_queue_p95", wait.p95),
    PATH(SECONDS, "reorder_queue", "max", "reorder_queue_max", wait.max),
    PATH(SECONDS, "reorder_queue", "mean", NULL, wait.mean),
    PATH(COUNT, "reorder_queue", "samples", NULL, wait.samples),
    PATH(BYTES, "held_up", "bytes", "held_up_bytes", held_up_bytes),
    PATH(SECONDS, "held_up", "longest", "held_up_longest", held_up_longest),
};

const mpt_figures MPT_PATH_FIGURES = {ROWS, G_N_ELEMENTS(ROWS)};
