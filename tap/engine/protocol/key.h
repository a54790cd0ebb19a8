/* key.h - what MPTCP derives from keys: token, IDSN, and the HMACs of MP_JOIN and ADD_ADDR.
 *
 * Invariant: keys are 64-bit numbers in the order they have on the wire (first byte most significant).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_KEY_H
#define MPT_KEY_H

#include <stdint.h>

#include "tap/engine/base/endpoint.h"

/* Versions of MPTCP: 0 is RFC 6824 (SHA-1), 1 is RFC 8684 (SHA-256). */
enum { MPT_V0 = 0, MPT_V1 = 1 };

/* Most significant 32 bits of the hash of the key (RFC 8684 3.2, RFC 6824 3.2). */
uint32_t mpt_key_token(uint64_t key, unsigned version);
/* Both that, and the initial data sequence number: the least significant 64 bits of the hash. */
void mpt_key_derive(uint64_t key, unsigned version, uint32_t *token, uint64_t *idsn);

/* HMAC of MP_JOIN: key = sender's key then receiver's key, message = sender's nonce then receiver's nonce
 * (RFC 8684 3.2). Writes 20 bytes: v0 the whole HMAC-SHA1, v1 the leftmost 160 bits of HMAC-SHA256. The
 * SYN/ACK carries the leftmost 64 bits of it, the third ACK all 160. */
void mpt_key_join_hmac(unsigned version, uint64_t sender_key, uint64_t receiver_key, uint32_t sender_nonce,
                       uint32_t receiver_nonce, uint8_t hmac[20]);

/* HMAC of ADD_ADDR (v1 only, RFC 8684 3.4.1): key = sender's key then receiver's key, message = address id,
 * address, port (two zero bytes where the option has none); the rightmost 64 bits of HMAC-SHA256. */
void mpt_key_add_addr_hmac(uint64_t sender_key, uint64_t receiver_key, uint8_t address_id,
                           const mpt_endpoint *address, uint8_t hmac[8]);
/* The leftmost 64 bits of it, which some stacks send. */
void mpt_key_add_addr_hmac_left(uint64_t sender_key, uint64_t receiver_key, uint8_t address_id,
                                const mpt_endpoint *address, uint8_t hmac[8]);

#endif
