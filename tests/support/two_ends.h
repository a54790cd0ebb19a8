/* two_ends.h - one connection seen at two vantage points: what is sent at one end, and what arrives of it.
 *
 * End 0 is the client's. Every segment is captured at its sender, and DELAY later at the other end, unless
 * the path_func of the test drops or changes it. Frames are numbered in order of sending: 2 k + 1 at the
 * sender, 2 k + 2 at the receiver.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TEST_TWO_ENDS_H
#define MPT_TEST_TWO_ENDS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "segments.h"
#include "tap/engine/paths/paths.h"
#include "tests/support/option_write.h"

#define MS    INT64_C(1000000)
#define DELAY (20 * MS)

static const hosts HOSTS = {.version = 1, .key = {0x1111222233334444, 0x5555666677778888}};

struct ends;

/* What the path does to a segment of `side` (0: from the client): false drops it. */
typedef bool (*path_func)(struct ends *e, mpt_segment *g, unsigned side);

typedef struct ends {
    mpt_engine *engine[2];
    mpt_paths *paths;
    GArray *samples; /* mpt_path_sample */
    path_func path;
    int64_t now_ns;
    uint32_t frame, tsval;
    unsigned count; /* for the path */
    bool deaf[2];   /* this end does not capture now */
} ends;

/* A subflow; [0] opened it. `opener` is the host that did: 0 client. */
typedef struct link {
    ends *e;
    mpt_endpoint end[2];
    uint32_t isn[2], next[2];
    unsigned opener;
    uint16_t mss;
} link_;

static inline void take_sample(const mpt_path_sample *sample, void *user)
{
    ends *e = user;

    g_array_append_vals(e->samples, sample, 1);
}

static inline void open_ends(ends *e)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    config.want_evidence = true;
    config.horizon_ns = 0;
    config.horizon_segments = 0;
    *e = (ends){.now_ns = WIRE_START_NS, .samples = g_array_new(FALSE, FALSE, sizeof(mpt_path_sample))};
    e->paths = mpt_paths_new(take_sample, e);
    for (unsigned end = 0; end < 2; end++) {
        e->engine[end] = mpt_engine_new(&config);
        mpt_engine_observe(e->engine[end], &MPT_PATHS_OBSERVER, mpt_paths_end(e->paths, end));
    }
}

static inline void finish_ends(ends *e)
{
    for (unsigned end = 0; end < 2; end++)
        mpt_engine_flush(e->engine[end]);
    mpt_paths_finish(e->paths, (const mpt_engine *const[]){e->engine[0], e->engine[1]});
}

static inline void close_ends(ends *e)
{
    mpt_paths_free(e->paths);
    mpt_engine_free(e->engine[0]);
    mpt_engine_free(e->engine[1]);
    g_array_free(e->samples, TRUE);
}

static inline link_ link_of(ends *e, unsigned number, unsigned opener)
{
    static const char *const client[] = {"192.0.2.1", "198.51.100.1"};
    mpt_endpoint a = endpoint_of(client[number % 2], (uint16_t)(40000 + number)),
                 b = endpoint_of("192.0.2.2", 5001);
    link_ l = {
        .e = e, .opener = opener, .isn = {1000000 * (number + 1), UINT32_MAX - 500 * number}, .mss = 1460};

    l.end[0] = opener ? b : a;
    l.end[1] = opener ? a : b;
    return l;
}

/* A segment of `side` of the link, here and there. */
static inline void relay(link_ *l, unsigned side, mpt_segment *g)
{
    ends *e = l->e;
    unsigned host = side ^ l->opener;
    mpt_segment there;

    g->src = l->end[side];
    g->dst = l->end[!side];
    g->frame = ++e->frame;
    g->time_ns = e->now_ns;
    there = *g;
    there.frame = ++e->frame;
    there.time_ns += DELAY;
    if (!e->deaf[host])
        mpt_engine_feed(e->engine[host], g);
    if ((!e->path || e->path(e, &there, host)) && !e->deaf[!host])
        mpt_engine_feed(e->engine[!host], &there);
    e->now_ns += 2 * DELAY; /* an answer comes after what it answers, at both ends */
}

static inline void send_at(link_ *l, unsigned side, uint16_t flags, uint32_t next, uint32_t length,
                           const mpt_option *options, size_t count)
{
    mpt_segment g = {
        .presence = MPT_SEGMENT_STREAM | MPT_SEGMENT_TIMESTAMPS |
                    (flags & MPT_TCP_SYN ? (uint32_t)MPT_SEGMENT_MSS : 0),
        .seq = l->isn[side] + next,
        .ack = flags & MPT_TCP_ACK ? l->isn[!side] + l->next[!side] : 0,
        .window = 65535,
        .payload_len = length,
        .tsval = ++l->e->tsval,
        .flags = flags,
        .mss = flags & MPT_TCP_SYN ? l->mss : 0,
    };

    for (size_t i = 0; i < count; i++)
        g.option_len = (uint16_t)(g.option_len + mpt_option_write(&options[i], g.options + g.option_len,
                                                                  sizeof g.options - g.option_len));
    relay(l, side, &g);
}

static inline void send_segment(link_ *l, unsigned side, uint16_t flags, uint32_t length,
                                const mpt_option *options, size_t count)
{
    send_at(l, side, flags, l->next[side], length, options, count);
    l->next[side] += length + (flags & (MPT_TCP_SYN | MPT_TCP_FIN) ? 1u : 0u);
}

static inline void open_capable(link_ *l)
{
    mpt_option syn = option_capable(&HOSTS, 0, 0), synack = option_capable(&HOSTS, 1, 1);
    mpt_option ack = option_capable(&HOSTS, 0, 2);

    send_segment(l, 0, MPT_TCP_SYN, 0, &syn, 1);
    send_segment(l, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, 1);
    send_segment(l, 0, MPT_TCP_ACK, 0, &ack, 1);
}

static inline mpt_option join_syn(unsigned opener)
{
    return (mpt_option){.subtype = MPT_MP_JOIN,
                        .length = 12,
                        .join = {.step = MPT_JOIN_SYN,
                                 .address_id = 1,
                                 .token = mpt_key_token(HOSTS.key[!opener], 1),
                                 .nonce = 0x11112222}};
}

static inline void open_join(link_ *l)
{
    mpt_option syn = join_syn(l->opener);
    mpt_option synack = {
        .subtype = MPT_MP_JOIN, .length = 16, .join = {.step = MPT_JOIN_SYNACK, .nonce = 0x0badcafe}};
    mpt_option ack = {.subtype = MPT_MP_JOIN, .length = 24, .join = {.step = MPT_JOIN_ACK}};
    const uint64_t key[2] = {HOSTS.key[l->opener], HOSTS.key[!l->opener]};

    mpt_key_join_hmac(1, key[1], key[0], synack.join.nonce, syn.join.nonce, synack.join.hmac);
    mpt_key_join_hmac(1, key[0], key[1], syn.join.nonce, synack.join.nonce, ack.join.hmac);
    send_segment(l, 0, MPT_TCP_SYN, 0, &syn, 1);
    send_segment(l, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, 1);
    send_segment(l, 0, MPT_TCP_ACK, 0, &ack, 1);
    send_segment(l, 1, MPT_TCP_ACK, 0, NULL, 0);
}

/* `length` bytes of host `from` with a mapping from relative DSN `dsn` on. */
static inline void send_data(link_ *l, unsigned from, int64_t dsn, uint16_t length)
{
    unsigned side = from ^ l->opener;
    mpt_option o = option_dss(&(mpt_dss){.has_mapping = true,
                                         .dsn_64bit = true,
                                         .has_checksum = true,
                                         .checksum = 0x1234,
                                         .dsn = dsn_of(&HOSTS, from, dsn),
                                         .ssn = l->next[side],
                                         .length = length});

    send_segment(l, side, MPT_TCP_ACK | MPT_TCP_PSH, length, &o, 1);
}

static inline void send_data_ack(link_ *l, unsigned from, int64_t dsn)
{
    mpt_option o =
        option_dss(&(mpt_dss){.has_ack = true, .ack_64bit = true, .data_ack = dsn_of(&HOSTS, !from, dsn)});

    send_segment(l, from ^ l->opener, MPT_TCP_ACK, 0, &o, 1);
}

/* The flow of the k-th subflow at end 0, else at end 1; NULL: none. */
static inline const mpt_path_flow *flow_at(const ends *e, guint k)
{
    const GPtrArray *flows = mpt_paths_flows(e->paths);
    guint n = 0;

    for (guint i = 0; i < flows->len; i++) {
        const mpt_path_flow *f = g_ptr_array_index(flows, i);
        if (f && n++ == k)
            return f;
    }
    return NULL;
}

#endif
