/* packet.h - a packet of the model: what it means, and how it is written to a capture and counted.
 *
 * Invariant: a packet is complete when it leaves its host; writing it at the other host shows the same bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GEN_PACKET_H
#define GEN_PACKET_H

#include <stdint.h>

#include "model.h"

typedef enum gen_kind {
    GEN_SYN,
    GEN_SYNACK,
    GEN_THIRD_ACK,
    GEN_REQUEST, /* the client's first data: MP_CAPABLE with data */
    GEN_DATA,
    GEN_ACK,
    GEN_DATA_FIN,
    GEN_FIN,
} gen_kind;

typedef struct gen_packet {
    gen_connection *connection;
    unsigned subflow;
    gen_host from;
    gen_kind kind;
    uint64_t seq, ack;      /* SSN offsets */
    uint64_t dsn, data_ack; /* relative; data_ack 0: none */
    uint32_t len, tsval, tsecr;
    gen_mapping mapping;            /* of GEN_DATA and GEN_DATA_FIN */
    uint64_t sack_left, sack_right; /* SSN offsets; sack_right 0: none */
} gen_packet;

enum { GEN_PAYLOAD_PERIOD = 65536 };

/* Writes the packet to the capture at that host and counts it there, if there is one. */
void gen_packet_capture(gen_model *model, gen_host vantage, const gen_packet *packet);

#endif
