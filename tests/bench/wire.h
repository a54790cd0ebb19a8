/* wire.h - TCP options and frames of the generated captures, as bytes.
 *
 * Invariant: options never exceed the 40 bytes of a TCP header (RFC 9293 3.1) and are padded to four bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GEN_WIRE_H
#define GEN_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GEN_TCP_FIN = 0x01, GEN_TCP_SYN = 0x02, GEN_TCP_PSH = 0x08, GEN_TCP_ACK = 0x10 };

enum { GEN_HEADER_BYTES = 14 + 20 + 20, GEN_OPTION_BYTES = 40, GEN_MSS = 1460 };
enum { GEN_FRAME_BYTES = GEN_HEADER_BYTES + GEN_MSS };

typedef struct gen_options {
    uint8_t bytes[GEN_OPTION_BYTES];
    unsigned len;
} gen_options;

/* A DSS option (RFC 8684 3.3). Numbers are 64-bit; the 4-byte form keeps their lower half. */
typedef struct gen_dss {
    bool has_ack, ack8, has_mapping, dsn8, data_fin;
    uint64_t data_ack, dsn;
    uint32_t ssn;
    uint16_t len;
} gen_dss;

typedef struct gen_frame {
    uint32_t src, dst; /* IPv4, host order */
    uint16_t src_port, dst_port, window, ip_id;
    uint32_t seq, ack;
    uint8_t flags;
    gen_options options;
    const uint8_t *payload; /* borrowed */
    uint16_t payload_len;
} gen_frame;

/* MSS, SACK permitted and window scale of a SYN, around its timestamps. */
void gen_options_syn(gen_options *o, uint32_t tsval, uint32_t tsecr);
void gen_options_timestamps(gen_options *o, uint32_t tsval, uint32_t tsecr);
void gen_options_sack(gen_options *o, uint32_t left, uint32_t right);
/* MP_CAPABLE v1 with 0, 1 or 2 keys; data_len is written where it is not 0 (RFC 8684 3.1). */
void gen_options_capable(gen_options *o, const uint64_t *keys, unsigned n_keys, uint16_t data_len);
/* The three forms of MP_JOIN (RFC 8684 3.2). */
void gen_options_join_syn(gen_options *o, uint8_t address_id, uint32_t token, uint32_t nonce);
void gen_options_join_synack(gen_options *o, uint8_t address_id, const uint8_t hmac[32], uint32_t nonce);
void gen_options_join_ack(gen_options *o, const uint8_t hmac[32]);
void gen_options_dss(gen_options *o, const gen_dss *dss);

/* Writes Ethernet, IPv4 and TCP with right lengths and checksums; returns the length of the frame. */
size_t gen_frame_write(const gen_frame *f, uint8_t out[GEN_FRAME_BYTES]);

/* Token (most significant 32 bits) and IDSN (least significant 64 bits) of a key's SHA-256 (RFC 8684 3.2). */
void gen_key_derive(uint64_t key, uint32_t *token, uint64_t *idsn);
/* HMAC-SHA256 of MP_JOIN, the sender's key and nonce first (RFC 8684 3.2). */
void gen_key_hmac(uint64_t sender_key, uint64_t receiver_key, uint32_t sender_nonce, uint32_t receiver_nonce,
                  uint8_t hmac[32]);

#endif
