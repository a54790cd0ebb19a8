/* key.c - what MPTCP derives from keys: token, IDSN, and the HMACs of MP_JOIN and ADD_ADDR.
 *
 * Invariant: numbers enter a hash in network order, whatever the machine's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "key.h"

#include <glib.h>
#include <string.h>

enum { DIGEST_MAX = 32, SHA1_LEN = 20, SHA256_LEN = 32 };

static void put_be16(uint8_t *to, uint16_t value)
{
    value = GUINT16_TO_BE(value);
    memcpy(to, &value, sizeof value);
}

static void put_be32(uint8_t *to, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(to, &value, sizeof value);
}

static void put_be64(uint8_t *to, uint64_t value)
{
    value = GUINT64_TO_BE(value);
    memcpy(to, &value, sizeof value);
}

static GChecksumType hash_of(unsigned version)
{
    return version == MPT_V0 ? G_CHECKSUM_SHA1 : G_CHECKSUM_SHA256;
}

/* Returns the digest's length. */
static gsize hash_key(uint64_t key, unsigned version, uint8_t digest[DIGEST_MAX])
{
    uint8_t bytes[8];
    put_be64(bytes, key);

    gsize len = DIGEST_MAX;
    GChecksum *sum = g_checksum_new(hash_of(version));
    g_checksum_update(sum, bytes, sizeof bytes);
    g_checksum_get_digest(sum, digest, &len);
    g_checksum_free(sum);
    return len;
}

static void hmac_of(unsigned version, uint64_t sender_key, uint64_t receiver_key, const uint8_t *message,
                    size_t message_len, uint8_t digest[DIGEST_MAX])
{
    uint8_t keys[16];
    put_be64(keys, sender_key);
    put_be64(keys + 8, receiver_key);

    gsize len = DIGEST_MAX;
    GHmac *hmac = g_hmac_new(hash_of(version), keys, sizeof keys);
    g_hmac_update(hmac, message, (gssize)message_len);
    g_hmac_get_digest(hmac, digest, &len);
    g_hmac_unref(hmac);
}

void mpt_key_derive(uint64_t key, unsigned version, uint32_t *token, uint64_t *idsn)
{
    uint8_t digest[DIGEST_MAX];
    gsize len = hash_key(key, version, digest);
    memcpy(token, digest, sizeof *token);
    memcpy(idsn, digest + len - sizeof *idsn, sizeof *idsn);
    *token = GUINT32_FROM_BE(*token);
    *idsn = GUINT64_FROM_BE(*idsn);
}

uint32_t mpt_key_token(uint64_t key, unsigned version)
{
    uint32_t token;
    uint64_t idsn;
    mpt_key_derive(key, version, &token, &idsn);
    return token;
}

void mpt_key_join_hmac(unsigned version, uint64_t sender_key, uint64_t receiver_key, uint32_t sender_nonce,
                       uint32_t receiver_nonce, uint8_t hmac[20])
{
    uint8_t message[8], digest[DIGEST_MAX];
    put_be32(message, sender_nonce);
    put_be32(message + 4, receiver_nonce);
    hmac_of(version, sender_key, receiver_key, message, sizeof message, digest);
    memcpy(hmac, digest, SHA1_LEN);
}

static void add_addr_hmac(uint64_t sender_key, uint64_t receiver_key, uint8_t address_id,
                          const mpt_endpoint *address, bool leftmost, uint8_t hmac[8])
{
    uint8_t message[1 + 16 + 2], digest[DIGEST_MAX];
    size_t len = mpt_endpoint_address_len(address);
    message[0] = address_id;
    memcpy(message + 1, address->address, len);
    put_be16(message + 1 + len, address->port);
    hmac_of(MPT_V1, sender_key, receiver_key, message, 1 + len + 2, digest);
    memcpy(hmac, digest + (leftmost ? 0 : SHA256_LEN - 8), 8);
}

void mpt_key_add_addr_hmac(uint64_t sender_key, uint64_t receiver_key, uint8_t address_id,
                           const mpt_endpoint *address, uint8_t hmac[8])
{
    add_addr_hmac(sender_key, receiver_key, address_id, address, false, hmac);
}

void mpt_key_add_addr_hmac_left(uint64_t sender_key, uint64_t receiver_key, uint8_t address_id,
                                const mpt_endpoint *address, uint8_t hmac[8])
{
    add_addr_hmac(sender_key, receiver_key, address_id, address, true, hmac);
}
