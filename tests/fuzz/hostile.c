/* hostile.c - floods of segments that are made to fill memory or to take time, through the engine alone.
 *
 *   hostile [SHAPE|all] [SEGMENTS]     memory stays below 512 MB, whatever their number
 *   hostile SHAPE SEGMENTS FILE        writes them as a pcap file instead, payload cut, for tests/program/hostile_memory.py
 *   hostile shapes                     the names
 *
 * Invariant: the same arguments feed the same segments. No time is asserted: ctest's limit ends what hangs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tap/engine/figures/metrics.h"
#include "tap/engine/protocol/key.h"
#include "tap/engine/protocol/option.h"
#include "tests/support/idsn.h"
#include "tests/support/option_write.h"

#define LIMIT_KB (512 * 1024)

static uint32_t mix(uint64_t n)
{
    n *= UINT64_C(0x9e3779b97f4a7c15);
    n ^= n >> 29;
    return (uint32_t)((n * UINT64_C(0xbf58476d1ce4e5b9)) >> 32);
}

static void ends(mpt_segment *g, uint32_t host, uint16_t port)
{
    const uint8_t from[4] = {10, (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host},
                  to[4] = {192, 0, 2, 1};

    mpt_endpoint_set(&g->src, from, 4, port);
    mpt_endpoint_set(&g->dst, to, 4, 80);
}

static void turn(mpt_segment *g)
{
    const mpt_endpoint e = g->src;

    g->src = g->dst;
    g->dst = e;
}

static void put(mpt_segment *g, mpt_option *o, uint8_t length)
{
    o->length = length;
    g->option_len = (uint16_t)(g->option_len + mpt_option_write(o, g->options + g->option_len,
                                                                sizeof g->options - g->option_len));
}

static void put_dss(mpt_segment *g, uint64_t dsn, uint32_t ssn, uint16_t length, bool with_checksum)
{
    mpt_option o = {.subtype = MPT_DSS};

    o.dss = (mpt_dss){.has_mapping = true,
                      .dsn_64bit = true,
                      .dsn = dsn,
                      .ssn = ssn,
                      .length = length,
                      .has_checksum = with_checksum};
    put(g, &o, with_checksum ? 20 : 18);
}

/* --- shapes: segment number n --- */

static void syn_capable(mpt_segment *g, uint64_t n)
{
    mpt_option o = {.subtype = MPT_MP_CAPABLE};

    ends(g, mix(n), (uint16_t)n);
    g->flags = MPT_TCP_SYN;
    o.capable.version = 1;
    o.capable.flags = 1;
    put(g, &o, 4);
}

/* Three segments a connection, each with keys of its own. */
static void handshakes(mpt_segment *g, uint64_t n)
{
    mpt_option o = {.subtype = MPT_MP_CAPABLE};

    ends(g, mix(n / 3), (uint16_t)(n / 3));
    g->flags = n % 3 == 0 ? MPT_TCP_SYN : n % 3 == 1 ? MPT_TCP_SYN | MPT_TCP_ACK : MPT_TCP_ACK;
    g->seq = 100 + (n % 3 == 2);
    g->ack = 101;
    o.capable = (mpt_mp_capable){
        .version = 1, .flags = 1, .has_sender_key = n % 3 > 0, .has_receiver_key = n % 3 == 2};
    o.capable.sender_key = n % 3 ? n / 3 * 2 + n % 3 : 0;
    o.capable.receiver_key = n % 3 == 2 ? n / 3 * 2 + 1 : 0;
    put(g, &o, n % 3 == 0 ? 4 : n % 3 == 1 ? 12 : 20);
    if (n % 3 == 1)
        turn(g);
}

static void joins(mpt_segment *g, uint64_t n, uint32_t token)
{
    mpt_option o = {.subtype = MPT_MP_JOIN};

    ends(g, mix(n), (uint16_t)n);
    g->flags = MPT_TCP_SYN;
    o.join.token = token;
    put(g, &o, 12);
}

static void joins_of_one(mpt_segment *g, uint64_t n)
{
    joins(g, n, 7);
}

static void joins_of_many(mpt_segment *g, uint64_t n)
{
    joins(g, n, (uint32_t)n / 2);
}

static void plain(mpt_segment *g, uint64_t n)
{
    ends(g, mix(n / 2), (uint16_t)(n / 2));
    g->seq = mix(n);
    g->payload_len = 100;
    if (n & 1)
        turn(g);
}

/* Payload that never touches its neighbours: a run each, on the subflow and on the data level. */
static void gaps(mpt_segment *g, uint64_t n)
{
    ends(g, (uint32_t)n % 4, 1000);
    g->seq = (uint32_t)(n * 4);
    g->payload_len = 1;
    put_dss(g, UINT64_C(1) << 40 | n * 2, (uint32_t)(n * 4), 1, false);
}

/* Large mappings that overlap without end, each elsewhere. */
static void overlaps(mpt_segment *g, uint64_t n)
{
    ends(g, (uint32_t)n % 2, 1000);
    g->seq = (uint32_t)n * 3;
    g->payload_len = 65000;
    put_dss(g, (UINT64_C(1) << 40) + mix(n) % 1000000, (uint32_t)n * 3, 65000, false);
}

/* One-byte mappings, then segments of 64 kB over all of them, on other subflows. */
static void splinters(mpt_segment *g, uint64_t n)
{
    ends(g, (uint32_t)(n % 64), 1000);
    g->seq = (uint32_t)(n / 64) * (n % 2 ? 1 : 65000);
    g->payload_len = n % 2 ? 1 : 65000;
    put_dss(g, (UINT64_C(1) << 40) + (n % 2 ? mix(n) % 200000 : 0), g->seq, (uint16_t)g->payload_len, false);
}

/* Times that go back: each copy takes the bytes over from the one before. */
static void backwards(mpt_segment *g, uint64_t n)
{
    g->time_ns -= (int64_t)n * 20000000000;
    ends(g, (uint32_t)n % 100, 1000);
    g->seq = (uint32_t)(n / 100) * 100;
    g->payload_len = 100;
    put_dss(g, (UINT64_C(1) << 40) + mix(n) % 100000, g->seq, 100, false);
}

/* DSNs that jump by 2^32, of many connections. */
static void jumps(mpt_segment *g, uint64_t n)
{
    ends(g, (uint32_t)n % 5000, 1000);
    g->seq = (uint32_t)(n / 5000) * 10;
    g->payload_len = 10;
    put_dss(g, (uint64_t)mix(n) << 32, g->seq, 10, false);
    if (n & 1)
        turn(g);
}

static void checksums(mpt_segment *g, uint64_t n)
{
    static const uint8_t bytes[1400];

    ends(g, (uint32_t)n % 8, 1000);
    g->seq = (uint32_t)n;
    g->payload_len = 1400;
    g->payload = bytes;
    g->captured_payload = 700;
    put_dss(g, (UINT64_C(1) << 40) + n * 50000, g->seq, 60000, true);
}

static void events(mpt_segment *g, uint64_t n)
{
    mpt_option o = {.subtype = MPT_MP_PRIO};

    if (n < 4000) {
        joins(g, n, 7);
        return;
    }
    ends(g, mix(n % 4000), (uint16_t)(n % 4000));
    o.prio = (mpt_mp_prio){.backup = n & 1, .has_address_id = true, .address_id = 0};
    put(g, &o, 4);
    g->flags |= n % 3 ? MPT_TCP_RST : MPT_TCP_FIN;
}

/* One connection's handshake, then subflow after subflow: three segments each. */
static void subflows(mpt_segment *g, uint64_t n)
{
    mpt_option o = {.subtype = MPT_MP_JOIN};

    if (n < 3) {
        handshakes(g, n);
        return;
    }
    ends(g, mix(n / 3), (uint16_t)(n / 3));
    g->flags = n % 3 == 0 ? MPT_TCP_SYN : n % 3 == 1 ? MPT_TCP_SYN | MPT_TCP_ACK : MPT_TCP_ACK;
    g->seq = 100 + (n % 3 == 2);
    g->ack = 101;
    o.join.step = n % 3 == 0 ? MPT_JOIN_SYN : n % 3 == 1 ? MPT_JOIN_SYNACK : MPT_JOIN_ACK;
    o.join.token = mpt_key_token(1, 1);
    o.join.nonce = mix(n);
    put(g, &o, n % 3 == 0 ? 12 : n % 3 == 1 ? 16 : 24);
    if (n % 3 == 1)
        turn(g);
}

/* The handshake of `n`'s connection number n / each, or false: what comes after it. */
static bool after_handshake(mpt_segment *g, uint64_t n, uint64_t each)
{
    if (n % each < 3) {
        handshakes(g, n / each * 3 + n % each);
        return false;
    }
    ends(g, mix(n / each), (uint16_t)(n / each));
    g->seq = 101;
    g->ack = 101;
    return true;
}

/* Connections with one byte each. */
static void short_ones(mpt_segment *g, uint64_t n)
{
    if (!after_handshake(g, n, 4))
        return;
    g->payload_len = 1;
    put_dss(g, idsn_of_key(n / 4 * 2 + 2, 1) + 1, 1, 1, false);
}

/* All connections have the same keys. */
static void colliding(mpt_segment *g, uint64_t n)
{
    mpt_option o = {.subtype = MPT_MP_CAPABLE};

    handshakes(g, n);
    g->option_len = 0;
    o.capable = (mpt_mp_capable){.version = 1,
                                 .flags = 1,
                                 .has_sender_key = n % 3 > 0,
                                 .has_receiver_key = n % 3 == 2,
                                 .sender_key = n % 3,
                                 .receiver_key = 1};
    put(g, &o, n % 3 == 0 ? 4 : n % 3 == 1 ? 12 : 20);
}

static void addresses(mpt_segment *g, uint64_t n)
{
    const uint8_t address[4] = {10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
    mpt_option o = {.subtype = MPT_ADD_ADDR};

    if (n < 3) {
        handshakes(g, n);
        return;
    }
    ends(g, mix(0), 0);
    g->seq = g->ack = 101;
    o.add_addr = (mpt_add_addr){.address_id = (uint8_t)n, .has_hmac = true};
    mpt_endpoint_set(&o.add_addr.address, address, 4, 0);
    put(g, &o, 16);
}

/* Every byte again on another subflow, in pieces that do not meet those of the copy before. */
static void reinjected(mpt_segment *g, uint64_t n)
{
    const uint32_t subflow = (uint32_t)(n % 8), at = (uint32_t)(n / 8);

    ends(g, subflow, 1000);
    g->seq = at * 100;
    g->payload_len = 100 - subflow;
    put_dss(g, (UINT64_C(1) << 40) + at * UINT64_C(100) + subflow % 3, g->seq, (uint16_t)g->payload_len,
            false);
}

/* Every second byte first, from the end to the start, then those between on another subflow. */
static void fragments(mpt_segment *g, uint64_t n)
{
    const uint32_t at = 2 * (uint32_t)(1000 - n % 1000) + (n / 1000 % 2), block = (uint32_t)(n / 2000);

    ends(g, (uint32_t)(n / 1000 % 2), 1000);
    g->seq = block * 4000 + at;
    g->payload_len = 1;
    put_dss(g, (UINT64_C(1) << 40) + block * UINT64_C(4000) + at, g->seq, 1, false);
}

static const struct shape {
    const char *name;
    void (*make)(mpt_segment *g, uint64_t n);
} shapes[] = {
    {"syn_capable", syn_capable},
    {"handshakes", handshakes},
    {"joins_of_one", joins_of_one},
    {"joins_of_many", joins_of_many},
    {"plain", plain},
    {"gaps", gaps},
    {"overlaps", overlaps},
    {"splinters", splinters},
    {"backwards", backwards},
    {"jumps", jumps},
    {"checksums", checksums},
    {"events", events},
    {"subflows", subflows},
    {"short", short_ones},
    {"colliding", colliding},
    {"addresses", addresses},
    {"reinjected", reinjected},
    {"fragments", fragments},
};

static long peak_kb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void draw(const mpt_engine *engine)
{
    GPtrArray *connections = mpt_metrics_connections(engine);

    for (guint id = 0; id < connections->len; id++) {
        mpt_connection_view v;
        mpt_metrics_connection(engine, g_ptr_array_index(connections, id), id, &v);
        mpt_metrics_clear(&v);
    }
    g_ptr_array_unref(connections);
}

/* Segment number n. */
static void make(const struct shape *shape, uint64_t n, mpt_segment *g)
{
    *g = (mpt_segment){.time_ns = INT64_C(1700000000000000000) + (int64_t)n * 1000,
                       .frame = (uint32_t)n + 1,
                       .flags = MPT_TCP_ACK};
    shape->make(g, n);
}

static void flood(const struct shape *shape, uint64_t segments)
{
    const int64_t start = g_get_monotonic_time();
    mpt_engine_config config;
    const mpt_engine_counts *c;
    mpt_engine *engine;

    mpt_engine_config_default(&config);
    config.want_rtt = config.want_checksums = true;
    engine = mpt_engine_new(&config);
    for (uint64_t n = 0; n < segments; n++) {
        mpt_segment g;
        make(shape, n, &g);
        mpt_engine_feed(engine, &g);
    }
    mpt_engine_flush(engine);
    draw(engine);
    c = mpt_engine_get_counts(engine);
    FUZZ_CHECK(c->segments == segments);
    printf("%-14s %9" G_GUINT64_FORMAT " segments: peak %ld MB, %.1f s; left out: %" G_GUINT64_FORMAT
           " connections, %" G_GUINT64_FORMAT " subflows, %" G_GUINT64_FORMAT " events, %" G_GUINT64_FORMAT
           " segments, %" G_GUINT64_FORMAT " payload\n",
           shape->name, segments, peak_kb() / 1024, (double)(g_get_monotonic_time() - start) / 1e6,
           c->connections_dropped, c->subflows_dropped, c->events_dropped, c->segments_dropped,
           c->payload_dropped);
    fflush(stdout);
    mpt_engine_free(engine);
}

/* --- as a file --- */

static void be(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
}

/* IPv4 and TCP headers; returns their length. */
static uint32_t write_headers(const mpt_segment *g, uint8_t *p)
{
    const uint32_t options = (g->option_len + 3u) / 4 * 4, length = 40 + options;

    memset(p, 0, length);
    p[0] = 0x45;
    be(p + 2, MIN(length + g->payload_len, UINT16_MAX), 2);
    p[8] = 64;
    p[9] = 6;
    memcpy(p + 12, g->src.address, 4);
    memcpy(p + 16, g->dst.address, 4);
    be(p + 20, g->src.port, 2);
    be(p + 22, g->dst.port, 2);
    be(p + 24, g->seq, 4);
    be(p + 28, g->ack, 4);
    p[32] = (uint8_t)((20 + options) / 4 << 4);
    p[33] = (uint8_t)g->flags;
    be(p + 34, 1000, 2);
    memset(p + 40, 1, options);
    memcpy(p + 40, g->options, g->option_len);
    return length;
}

static int write_file(const struct shape *shape, uint64_t segments, const char *path)
{
    /* pcap with nanoseconds, link type raw IP; in host byte order, as readers of the format expect. */
    const uint32_t header[6] = {0xa1b23c4d, 4u << 16 | 2, 0, 0, 65535, 101};
    FILE *file = fopen(path, "wb");
    mpt_segment g;

    if (!file || fwrite(header, sizeof header, 1, file) != 1)
        return 1;
    for (uint64_t n = 0; n < segments; n++) {
        uint8_t packet[128];
        uint32_t record[4], length;
        make(shape, n, &g);
        length = write_headers(&g, packet);
        record[0] = (uint32_t)(g.time_ns / 1000000000);
        record[1] = (uint32_t)(g.time_ns % 1000000000);
        record[2] = length;
        record[3] = MIN(length + g.payload_len, UINT16_MAX);
        fwrite(record, sizeof record, 1, file);
        fwrite(packet, length, 1, file);
    }
    return fclose(file) != 0;
}

static void print_names(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
        puts(shapes[i].name);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "all";
    const uint64_t segments = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 100000;
    bool found = false;

    if (!strcmp(name, "shapes")) {
        print_names();
        return 0;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        if (strcmp(name, "all") && strcmp(name, shapes[i].name))
            continue;
        found = true;
        if (argc > 3)
            return write_file(&shapes[i], segments, argv[3]);
        flood(&shapes[i], segments);
    }
    if (!found) {
        fprintf(stderr, "hostile: there is no shape %s\n", name);
        return 2;
    }
#ifndef __SANITIZE_ADDRESS__
    if (peak_kb() > LIMIT_KB) {
        fprintf(stderr, "hostile: more than %d MB\n", LIMIT_KB / 1024);
        return 1;
    }
#endif
    return 0;
}
