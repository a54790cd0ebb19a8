/* model.h - a small simulation of MPTCP v1 connections over paths with delay and loss.
 *
 * Invariant: the same settings give the same captures, byte by byte; numbers inside the model are 64-bit
 * offsets (SSN: 0 is the SYN; DSN: 1 is the first byte), the wire's numbers are made when a frame is written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GEN_MODEL_H
#define GEN_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "pcap.h"
#include "totals.h"

typedef enum gen_host { GEN_CLIENT, GEN_SERVER, GEN_HOSTS } gen_host;

typedef struct gen_settings {
    int64_t segments; /* in the client's capture, about */
    int connections, subflows;
    int switch_after;             /* segments on one subflow before the scheduler takes the next */
    double reinject, loss, plain; /* percent of bytes, of segments, of connections */
    bool redundant;
    int64_t seed;
} gen_settings;

/* A segment that arrived after a hole in its subflow. */
typedef struct gen_held {
    uint64_t seq, dsn;
    uint32_t len;
} gen_held;

/* One host's half of a subflow. */
typedef struct gen_end {
    uint32_t isn, nonce, ts_recent;
    uint64_t snd_next, snd_una;
    GArray *arrived; /* gen_run of SSN offsets */
    GArray *held;    /* gen_held: arrived after a hole, not yet given to the data level */
    unsigned unacked, ack_serial;
    bool ready; /* this host may send data */
    int64_t last_arrival;
} gen_end;

typedef struct gen_subflow {
    uint32_t address[GEN_HOSTS];
    uint16_t port[GEN_HOSTS];
    int64_t delay_ns; /* one way */
    gen_end end[GEN_HOSTS];
    gen_bytes bytes[GEN_HOSTS][GEN_HOSTS]; /* at which vantage point, sent by whom */
} gen_subflow;

/* DATA that one DSS covers; on several subflows at once with the redundant scheduler. */
typedef struct gen_mapping {
    uint64_t dsn, ssn;
    uint32_t len;
    bool dsn8, ack8;
} gen_mapping;

typedef struct gen_connection {
    unsigned id;
    bool plain;
    gen_host sender; /* of the bulk data */
    uint64_t key[GEN_HOSTS], idsn[GEN_HOSTS];
    uint32_t token[GEN_HOSTS];
    unsigned n_subflows;
    gen_subflow *subflows;
    uint64_t dsn_next[GEN_HOSTS], dsn_acked[GEN_HOSTS]; /* by sending host */
    GArray *dsn_arrived[GEN_HOSTS];                     /* gen_run, by sending host */
    bool fin_sent[GEN_HOSTS], tcp_closing, started, bulk_done;
    /* the scheduler */
    unsigned current, burst_left;
    gen_mapping mapping;
    bool mapping_is_new;
    uint32_t mapping_sent, segment_len;
    uint64_t again_dsn; /* bytes to send again on another subflow */
    uint32_t again_len;
    int64_t budget, data_sent, data_arrived, acks_sent;
    gen_data_level level[GEN_HOSTS][GEN_HOSTS]; /* at which vantage point, sent by whom */
} gen_connection;

typedef struct gen_model {
    gen_settings settings;
    gen_connection *connections;
    gen_pcap *captures[GEN_HOSTS]; /* borrowed; NULL: not written, not counted */
    uint64_t segments[GEN_HOSTS];
    int64_t captured_at[GEN_HOSTS]; /* time of the last record */
    GRand *rand;
    uint8_t *payload;
    struct gen_queue *queue;
    int64_t now; /* nanoseconds since the epoch */
} gen_model;

/* A model of these settings, or NULL where they leave too few segments for a connection. */
gen_model *gen_model_new(const gen_settings *settings);
void gen_model_run(gen_model *model);
void gen_model_free(gen_model *model);

#endif
