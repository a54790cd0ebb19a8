/* naive.h - the figures of a random capture (traffic.h), counted byte by byte in arrays.
 *
 * Invariant: rests on FIGURES.md alone; no code of the engine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_DIFFERENTIAL_NAIVE_H
#define MPT_DIFFERENTIAL_NAIVE_H

#include "traffic.h"

#define NAIVE_NONE INT64_MIN /* a figure that is null */

/* One direction of a subflow, or the sums of a connection. */
typedef struct naive_bytes {
    uint64_t segments, packets, payload, retrans, first, reinjected, reinjected_same, unmapped;
    int64_t first_ns, last_ns, first_data_ns, last_data_ns; /* or NAIVE_NONE */
} naive_bytes;

/* The data level of one direction. */
typedef struct naive_level {
    uint64_t unique, gaps, acks;
    int64_t first, end, fin, ack_max, acked; /* relative, or NAIVE_NONE */
    uint64_t late_segments, late_bytes;      /* out of order */
    int64_t reorder_delay;
    bool mapped_late; /* bytes came before their mapping: then the order need not be known */
    double goodput;   /* NAN: null */
    uint64_t rtts;
    int64_t rtt_min, rtt_max;
} naive_level;

typedef struct naive_connection {
    naive_bytes subflow[TRAFFIC_SUBFLOWS][2], sum[2];
    naive_level level[2];
    bool dss; /* some segment has a DSS */
} naive_connection;

typedef struct naive_figures {
    naive_connection connection[TRAFFIC_CONNECTIONS];
    uint64_t copies;
} naive_figures;

void naive_count(const traffic_capture *capture, naive_figures *figures);

#endif
