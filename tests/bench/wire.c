/* wire.c - TCP options and frames of the generated captures, as bytes.
 *
 * Invariant: nothing is written past the frame that the caller gave; all numbers are big-endian.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire.h"

#include <string.h>

#include <glib.h>

enum { OPT_NOP = 1, OPT_MSS = 2, OPT_WS = 3, OPT_SACK_OK = 4, OPT_SACK = 5, OPT_TS = 8, OPT_MPTCP = 30 };
enum { SUB_CAPABLE = 0, SUB_JOIN = 1, SUB_DSS = 2 };
enum { DSS_ACK = 0x01, DSS_ACK8 = 0x02, DSS_MAP = 0x04, DSS_DSN8 = 0x08, DSS_FIN = 0x10 };

static void put(gen_options *o, uint64_t value, unsigned bytes)
{
    g_assert(o->len + bytes <= GEN_OPTION_BYTES);
    for (unsigned shift = 8 * bytes; shift > 0; shift -= 8)
        o->bytes[o->len++] = (uint8_t)(value >> (shift - 8));
}

static void put_bytes(gen_options *o, const uint8_t *bytes, unsigned len)
{
    g_assert(o->len + len <= GEN_OPTION_BYTES);
    memcpy(o->bytes + o->len, bytes, len);
    o->len += len;
}

static void pad(gen_options *o)
{
    while (o->len % 4 != 0)
        put(o, OPT_NOP, 1);
}

void gen_options_syn(gen_options *o, uint32_t tsval, uint32_t tsecr)
{
    put(o, OPT_MSS << 24 | 4 << 16 | GEN_MSS, 4);
    put(o, OPT_SACK_OK << 8 | 2, 2);
    put(o, OPT_TS << 8 | 10, 2);
    put(o, tsval, 4);
    put(o, tsecr, 4);
    put(o, OPT_NOP << 24 | OPT_WS << 16 | 3 << 8 | 10, 4);
}

void gen_options_timestamps(gen_options *o, uint32_t tsval, uint32_t tsecr)
{
    put(o, OPT_NOP << 24 | OPT_NOP << 16 | OPT_TS << 8 | 10, 4);
    put(o, tsval, 4);
    put(o, tsecr, 4);
}

void gen_options_sack(gen_options *o, uint32_t left, uint32_t right)
{
    put(o, OPT_NOP << 24 | OPT_NOP << 16 | OPT_SACK << 8 | 10, 4);
    put(o, left, 4);
    put(o, right, 4);
}

void gen_options_capable(gen_options *o, const uint64_t *keys, unsigned n_keys, uint16_t data_len)
{
    const unsigned len = 4 + 8 * n_keys + (data_len != 0 ? 2 : 0);

    put(o, OPT_MPTCP << 8 | len, 2);
    put(o, SUB_CAPABLE << 4 | 1, 1);
    put(o, 0x01, 1); /* flag H: HMAC-SHA256 */
    for (unsigned k = 0; k < n_keys; k++)
        put(o, keys[k], 8);
    if (data_len != 0)
        put(o, data_len, 2);
    pad(o);
}

void gen_options_join_syn(gen_options *o, uint8_t address_id, uint32_t token, uint32_t nonce)
{
    put(o, OPT_MPTCP << 8 | 12, 2);
    put(o, (uint64_t)SUB_JOIN << 12 | address_id, 2);
    put(o, token, 4);
    put(o, nonce, 4);
}

void gen_options_join_synack(gen_options *o, uint8_t address_id, const uint8_t hmac[32], uint32_t nonce)
{
    put(o, OPT_MPTCP << 8 | 16, 2);
    put(o, (uint64_t)SUB_JOIN << 12 | address_id, 2);
    put_bytes(o, hmac, 8);
    put(o, nonce, 4);
}

void gen_options_join_ack(gen_options *o, const uint8_t hmac[32])
{
    put(o, OPT_MPTCP << 8 | 24, 2);
    put(o, SUB_JOIN << 12, 2);
    put_bytes(o, hmac, 20);
}

void gen_options_dss(gen_options *o, const gen_dss *dss)
{
    const unsigned start = o->len;
    unsigned flags = dss->data_fin ? DSS_FIN : 0;

    put(o, OPT_MPTCP << 24 | SUB_DSS << 12, 4);
    if (dss->has_ack) {
        flags |= DSS_ACK | (dss->ack8 ? DSS_ACK8 : 0);
        put(o, dss->data_ack, dss->ack8 ? 8 : 4);
    }
    if (dss->has_mapping) {
        flags |= DSS_MAP | (dss->dsn8 ? DSS_DSN8 : 0);
        put(o, dss->dsn, dss->dsn8 ? 8 : 4);
        put(o, dss->ssn, 4);
        put(o, dss->len, 2);
    }
    o->bytes[start + 1] = (uint8_t)(o->len - start);
    o->bytes[start + 3] = (uint8_t)flags;
    pad(o);
}

/* RFC 1071, with 32 bits at a time: their ones' complement sum folds to the same 16 bits. */
static uint64_t sum(uint64_t total, const uint8_t *bytes, size_t len)
{
    uint32_t word;

    for (; len >= sizeof word; bytes += sizeof word, len -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        total += word;
    }
    word = 0;
    memcpy(&word, bytes, len);
    return total + word;
}

static void store_checksum(uint8_t *at, uint64_t total)
{
    uint16_t folded;

    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    folded = (uint16_t)~total;
    memcpy(at, &folded, sizeof folded);
}

static void store16(uint8_t *at, uint16_t value)
{
    value = GUINT16_TO_BE(value);
    memcpy(at, &value, sizeof value);
}

static void store32(uint8_t *at, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(at, &value, sizeof value);
}

static void write_ip(const gen_frame *f, uint8_t *ip, size_t tcp_len)
{
    memset(ip, 0, 20);
    ip[0] = 0x45;
    store16(ip + 2, (uint16_t)(20 + tcp_len));
    store16(ip + 4, f->ip_id);
    ip[6] = 0x40; /* do not fragment */
    ip[8] = 64;
    ip[9] = 6;
    store32(ip + 12, f->src);
    store32(ip + 16, f->dst);
    store_checksum(ip + 10, sum(0, ip, 20));
}

size_t gen_frame_write(const gen_frame *f, uint8_t out[GEN_FRAME_BYTES])
{
    static const uint8_t ethernet[14] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0};
    uint8_t *ip = out + sizeof ethernet, *tcp = ip + 20;
    const size_t header = 20 + f->options.len, tcp_len = header + f->payload_len;
    uint8_t pseudo[12] = {0};

    memcpy(out, ethernet, sizeof ethernet);
    write_ip(f, ip, tcp_len);
    memset(tcp, 0, 20);
    store16(tcp, f->src_port);
    store16(tcp + 2, f->dst_port);
    store32(tcp + 4, f->seq);
    store32(tcp + 8, f->ack);
    tcp[12] = (uint8_t)(header / 4 << 4);
    tcp[13] = f->flags;
    store16(tcp + 14, f->window);
    memcpy(tcp + 20, f->options.bytes, f->options.len);
    if (f->payload_len != 0)
        memcpy(tcp + header, f->payload, f->payload_len);
    memcpy(pseudo, ip + 12, 8);
    pseudo[9] = 6;
    store16(pseudo + 10, (uint16_t)tcp_len);
    store_checksum(tcp + 16, sum(sum(0, pseudo, sizeof pseudo), tcp, tcp_len));
    return sizeof ethernet + 20 + tcp_len;
}

void gen_key_derive(uint64_t key, uint32_t *token, uint64_t *idsn)
{
    GChecksum *hash = g_checksum_new(G_CHECKSUM_SHA256);
    uint64_t wire = GUINT64_TO_BE(key);
    uint8_t digest[32];
    gsize len = sizeof digest;

    g_checksum_update(hash, (const guchar *)&wire, sizeof wire);
    g_checksum_get_digest(hash, digest, &len);
    g_checksum_free(hash);
    memcpy(token, digest, sizeof *token);
    *token = GUINT32_FROM_BE(*token);
    memcpy(idsn, digest + 24, sizeof *idsn);
    *idsn = GUINT64_FROM_BE(*idsn);
}

void gen_key_hmac(uint64_t sender_key, uint64_t receiver_key, uint32_t sender_nonce, uint32_t receiver_nonce,
                  uint8_t hmac[32])
{
    const uint64_t key[2] = {GUINT64_TO_BE(sender_key), GUINT64_TO_BE(receiver_key)};
    const uint32_t message[2] = {GUINT32_TO_BE(sender_nonce), GUINT32_TO_BE(receiver_nonce)};
    GHmac *mac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *)key, sizeof key);
    gsize len = 32;

    g_hmac_update(mac, (const guchar *)message, sizeof message);
    g_hmac_get_digest(mac, hmac, &len);
    g_hmac_unref(mac);
}
