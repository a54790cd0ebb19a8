/* segments.h - captures built by tests: flows that send segments to an engine.
 *
 * Invariant: every segment is one frame, a millisecond after the one before, with the next sequence numbers
 * of its flow; mappings follow RFC 8684 3.3, so that whatever a test does not break on purpose is correct.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TEST_SEGMENTS_H
#define MPT_TEST_SEGMENTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "tap/engine/core/engine.h"
#include "tap/engine/protocol/key.h"
#include "tap/engine/protocol/option.h"
#include "tap/segment.h"
#include "tests/support/idsn.h"
#include "tests/support/option_write.h"

/* The capture: where the next frame goes. */
typedef struct wire {
    mpt_engine *engine;
    int64_t now_ns;
    uint32_t frame;
    uint32_t marks; /* of all segments from now on */
} wire;

/* A TCP connection; [0] is who opens it. */
typedef struct flow {
    wire *wire;
    mpt_endpoint ends[2];
    uint32_t isn[2];
    uint32_t next[2]; /* relative to the ISN: 0 is the SYN, 1 the first byte */
    uint32_t tcp_stream;
} flow;

/* Two hosts of an MPTCP connection; [0] is the client. */
typedef struct hosts {
    unsigned version;
    uint64_t key[2];
} hosts;

#define WIRE_START_NS INT64_C(1700000000000000000)

static inline void wire_open(wire *w, const mpt_engine_config *config)
{
    *w = (wire){.engine = mpt_engine_new(config), .now_ns = WIRE_START_NS};
}

static inline mpt_endpoint endpoint_of(const char *address, uint16_t port)
{
    mpt_endpoint e;

    memset(&e, 0, sizeof e);
    if (!mpt_endpoint_parse_address(address, &e))
        g_error("%s is no address", address);
    e.port = port;
    return e;
}

static inline flow flow_between(wire *w, const char *opener, uint16_t opener_port, const char *other,
                                uint16_t other_port, uint32_t tcp_stream)
{
    return (flow){.wire = w,
                  .ends = {endpoint_of(opener, opener_port), endpoint_of(other, other_port)},
                  .isn = {1000000 * (tcp_stream + 1), UINT32_MAX - 100 * tcp_stream},
                  .tcp_stream = tcp_stream};
}

/* One segment of `side` with these options. */
static inline void flow_send(flow *f, unsigned side, uint16_t flags, uint32_t payload_len,
                             const mpt_option *options, size_t option_count)
{
    mpt_segment g = {
        .time_ns = f->wire->now_ns,
        .frame = ++f->wire->frame,
        .presence = MPT_SEGMENT_STREAM,
        .src = f->ends[side],
        .dst = f->ends[!side],
        .seq = f->isn[side] + f->next[side],
        .ack = flags & MPT_TCP_ACK ? f->isn[!side] + f->next[!side] : 0,
        .window = 65535,
        .payload_len = payload_len,
        .tcp_stream = f->tcp_stream,
        .marks = f->wire->marks,
        .flags = flags,
    };

    for (size_t i = 0; i < option_count; i++) {
        size_t room = sizeof g.options - g.option_len;
        size_t written = mpt_option_write(&options[i], g.options + g.option_len, room);
        if (written == 0)
            g_error("option %zu does not fit", i);
        g.option_len = (uint16_t)(g.option_len + written);
    }
    mpt_engine_feed(f->wire->engine, &g);
    f->next[side] += payload_len + (flags & (MPT_TCP_SYN | MPT_TCP_FIN) ? 1u : 0u);
    f->wire->now_ns += 1000000;
}

/* --- options --- */

/* keys: 0 to 2 of them. */
static inline mpt_option option_capable(const hosts *h, unsigned side, unsigned keys)
{
    return (mpt_option){.subtype = MPT_MP_CAPABLE,
                        .length = (uint8_t)(4 + 8 * keys),
                        .capable = {.version = (uint8_t)h->version,
                                    .flags = 0x01,
                                    .has_sender_key = keys > 0,
                                    .has_receiver_key = keys > 1,
                                    .sender_key = h->key[side],
                                    .receiver_key = h->key[!side]}};
}

static inline mpt_option option_dss(const mpt_dss *dss)
{
    unsigned length = 4 + (dss->has_ack ? (dss->ack_64bit ? 8 : 4) : 0) +
                      (dss->has_mapping ? (dss->dsn_64bit ? 8 : 4) + 6 + (dss->has_checksum ? 2 : 0) : 0);

    return (mpt_option){.subtype = MPT_DSS, .length = (uint8_t)length, .dss = *dss};
}

/* The SYN of a join by `opener`, a side of the connection. */
static inline mpt_option option_join_syn(const hosts *h, unsigned opener)
{
    return (mpt_option){.subtype = MPT_MP_JOIN,
                        .length = 12,
                        .join = {.step = MPT_JOIN_SYN, .token = mpt_key_token(h->key[!opener], h->version)}};
}

/* Of `side`, which owns the address. */
static inline mpt_option option_add_addr(const hosts *h, unsigned side, uint8_t id, const char *address)
{
    mpt_option o = {.subtype = MPT_ADD_ADDR,
                    .length = strchr(address, ':') ? 28 : 16,
                    .add_addr = {.has_hmac = true, .address_id = id, .address = endpoint_of(address, 0)}};

    mpt_key_add_addr_hmac(h->key[side], h->key[!side], id, &o.add_addr.address, o.add_addr.hmac);
    return o;
}

/* The DSN on the wire of a relative one: the first byte of `side` is 1. */
static inline uint64_t dsn_of(const hosts *h, unsigned side, int64_t relative)
{
    return idsn_of_key(h->key[side], h->version) + (uint64_t)relative;
}

/* --- what flows do --- */

/* The TCP handshake, without MPTCP. */
static inline void flow_open_plain(flow *f)
{
    flow_send(f, 0, MPT_TCP_SYN, 0, NULL, 0);
    flow_send(f, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
    flow_send(f, 0, MPT_TCP_ACK, 0, NULL, 0);
}

/* The handshake of the first subflow (RFC 8684 3.1), opened by the client. */
static inline void flow_open_capable(flow *f, const hosts *h)
{
    mpt_option syn = option_capable(h, 0, h->version == MPT_V0 ? 1 : 0);
    mpt_option synack = option_capable(h, 1, 1), ack = option_capable(h, 0, 2);

    flow_send(f, 0, MPT_TCP_SYN, 0, &syn, 1);
    flow_send(f, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, 1);
    flow_send(f, 0, MPT_TCP_ACK, 0, &ack, 1);
}

/* MP_CAPABLE that the server does not answer (RFC 8684 3.7). */
static inline void flow_open_refused_capable(flow *f, const hosts *h)
{
    mpt_option syn = option_capable(h, 0, h->version == MPT_V0 ? 1 : 0);

    flow_send(f, 0, MPT_TCP_SYN, 0, &syn, 1);
    flow_send(f, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
    flow_send(f, 0, MPT_TCP_ACK, 0, NULL, 0);
}

/* The handshake of a further subflow (RFC 8684 3.2), opened by `opener`, a side of the connection; ids[0]
 * is its address id. */
static inline void flow_open_join(flow *f, const hosts *h, unsigned opener, const uint8_t ids[2], bool backup)
{
    const uint32_t nonce[2] = {0x11111111u * (f->tcp_stream + 1), 0x0badcafe};
    const uint64_t key[2] = {h->key[opener], h->key[!opener]};
    mpt_option syn = option_join_syn(h, opener);
    mpt_option synack = {.subtype = MPT_MP_JOIN,
                         .length = 16,
                         .join = {.step = MPT_JOIN_SYNACK, .address_id = ids[1], .nonce = nonce[1]}};
    mpt_option ack = {.subtype = MPT_MP_JOIN, .length = 24, .join = {.step = MPT_JOIN_ACK}};

    syn.join.backup = backup;
    syn.join.address_id = ids[0];
    syn.join.nonce = nonce[0];
    mpt_key_join_hmac(h->version, key[1], key[0], nonce[1], nonce[0], synack.join.hmac);
    mpt_key_join_hmac(h->version, key[0], key[1], nonce[0], nonce[1], ack.join.hmac);
    flow_send(f, 0, MPT_TCP_SYN, 0, &syn, 1);
    flow_send(f, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, 1);
    flow_send(f, 0, MPT_TCP_ACK, 0, &ack, 1);
}

/* `len` bytes with a mapping of their own from relative DSN `dsn` on. side: of the flow; sender:
 * of the connection. */
static inline void flow_send_data(flow *f, unsigned side, const hosts *h, unsigned sender, int64_t dsn,
                                  uint16_t len)
{
    mpt_option o = option_dss(&(mpt_dss){.has_mapping = true,
                                         .dsn_64bit = true,
                                         .dsn = dsn_of(h, sender, dsn),
                                         .ssn = f->next[side],
                                         .length = len});

    flow_send(f, side, MPT_TCP_ACK | MPT_TCP_PSH, len, &o, 1);
}

/* A DATA_ACK of `side`, who is `receiver` of the connection: all before relative DSN `dsn` has come. */
static inline void flow_send_data_ack(flow *f, unsigned side, const hosts *h, unsigned receiver, int64_t dsn)
{
    mpt_option o =
        option_dss(&(mpt_dss){.has_ack = true, .ack_64bit = true, .data_ack = dsn_of(h, !receiver, dsn)});

    flow_send(f, side, MPT_TCP_ACK, 0, &o, 1);
}

/* A DATA_FIN alone at relative DSN `dsn` (RFC 8684 3.3.3: SSN 0, length 1). */
static inline void flow_send_data_fin(flow *f, unsigned side, const hosts *h, unsigned sender, int64_t dsn)
{
    mpt_option o = option_dss(&(mpt_dss){.has_mapping = true,
                                         .dsn_64bit = true,
                                         .data_fin = true,
                                         .dsn = dsn_of(h, sender, dsn),
                                         .length = 1});

    flow_send(f, side, MPT_TCP_ACK, 0, &o, 1);
}

/* FIN, FIN, and the last ACK. */
static inline void flow_close(flow *f)
{
    flow_send(f, 0, MPT_TCP_FIN | MPT_TCP_ACK, 0, NULL, 0);
    flow_send(f, 1, MPT_TCP_FIN | MPT_TCP_ACK, 0, NULL, 0);
    flow_send(f, 0, MPT_TCP_ACK, 0, NULL, 0);
}

#endif
