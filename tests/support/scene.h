/* scene.h - one MPTCP connection of a test, segment by segment at any sequence number, right or wrong (the
 * flows of segments.h always do it right).
 *
 * Side 0 of a path opened it. SSNs are relative to the ISN, DSNs and DATA_ACKs to the IDSN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TEST_SCENE_H
#define MPT_TEST_SCENE_H

#include "segments.h"

#define KEY_A UINT64_C(0x1a05b04431db11be)
#define KEY_B UINT64_C(0x8a9867b0f7a15594)

struct scene {
    wire wire;
    hosts hosts;
};

struct path {
    flow flow;
    unsigned client; /* side that is the connection's client */
};

static inline struct scene scene_of(mpt_engine *engine)
{
    return (struct scene){.wire = {.engine = engine, .now_ns = WIRE_START_NS},
                          .hosts = {MPT_V1, {KEY_A, KEY_B}}};
}

static inline struct path path_v4(const char *from, uint16_t from_port, const char *to, uint16_t to_port)
{
    struct path p = {.flow = flow_between(NULL, from, from_port, to, to_port, 0)};

    p.flow.isn[0] = 1000;
    p.flow.isn[1] = 5000;
    p.flow.next[0] = p.flow.next[1] = 1;
    return p;
}

static inline mpt_option no_option(void)
{
    return (mpt_option){.length = 0};
}

/* A mapping with a 64-bit DSN, or with a 32-bit one. */
static inline mpt_option dss(uint64_t dsn, uint32_t ssn, uint16_t length)
{
    return option_dss(
        &(mpt_dss){.has_mapping = true, .dsn_64bit = true, .dsn = dsn, .ssn = ssn, .length = length});
}

static inline mpt_option dss32(uint64_t dsn, uint32_t ssn, uint16_t length)
{
    return option_dss(&(mpt_dss){.has_mapping = true, .dsn = dsn, .ssn = ssn, .length = length});
}

static inline mpt_option data_ack(uint64_t relative)
{
    return option_dss(&(mpt_dss){.has_ack = true, .ack_64bit = true, .data_ack = relative});
}

static inline mpt_option data_ack32(uint64_t relative)
{
    return option_dss(&(mpt_dss){.has_ack = true, .data_ack = relative});
}

static inline mpt_option capable(const struct scene *x, unsigned side, unsigned keys)
{
    return option_capable(&x->hosts, side, keys);
}

/* Relative numbers become those of the connection; sender: connection side. */
static inline mpt_option absolute(const struct scene *x, mpt_option o, unsigned sender)
{
    if (!o.length || o.subtype != MPT_DSS)
        return o;
    if (o.dss.has_mapping)
        o.dss.dsn = dsn_of(&x->hosts, sender, (int64_t)o.dss.dsn);
    if (o.dss.has_ack)
        o.dss.data_ack = dsn_of(&x->hosts, !sender, (int64_t)o.dss.data_ack);
    if (!o.dss.dsn_64bit)
        o.dss.dsn = (uint32_t)o.dss.dsn;
    if (!o.dss.ack_64bit)
        o.dss.data_ack = (uint32_t)o.dss.data_ack;
    return o;
}

static inline void put(struct scene *x, struct path *p, unsigned side, unsigned flags, uint32_t ssn,
                       uint32_t ack, uint32_t length, mpt_option option)
{
    mpt_option o = absolute(x, option, side ^ p->client);
    uint32_t next[2] = {p->flow.next[0], p->flow.next[1]};

    p->flow.wire = &x->wire;
    p->flow.next[side] = ssn;
    p->flow.next[!side] = ack;
    flow_send(&p->flow, side, (uint16_t)flags, length, &o, o.length ? 1 : 0);
    p->flow.next[side] = MAX(next[side], p->flow.next[side]);
    p->flow.next[!side] = next[!side];
}

static inline void send_data(struct scene *x, struct path *p, unsigned side, uint32_t ssn, uint32_t length,
                             mpt_option o)
{
    put(x, p, side, MPT_TCP_ACK | MPT_TCP_PSH, ssn, p->flow.next[!side], length, o);
}

static inline void send_ack(struct scene *x, struct path *p, unsigned side, uint32_t ack, mpt_option o)
{
    put(x, p, side, MPT_TCP_ACK, p->flow.next[side], ack, 0, o);
}

static inline void send_flags(struct scene *x, struct path *p, unsigned side, unsigned flags, mpt_option o)
{
    put(x, p, side, flags, p->flow.next[side], p->flow.next[!side], 0, o);
}

static inline void send_syn(struct scene *x, struct path *p, uint32_t length, mpt_option o)
{
    put(x, p, 0, MPT_TCP_SYN, 0, 0, length, o);
}

static inline void send_synack(struct scene *x, struct path *p, uint32_t ack, mpt_option o)
{
    put(x, p, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, ack, 0, o);
}

/* The three steps of MP_CAPABLE with these keys. */
static inline void open_capable(struct scene *x, struct path *p, uint64_t client_key, uint64_t server_key)
{
    x->hosts.key[0] = client_key;
    x->hosts.key[1] = server_key;
    send_syn(x, p, 0, capable(x, 0, x->hosts.version == MPT_V0 ? 1 : 0));
    send_synack(x, p, 1, capable(x, 1, 1));
    send_ack(x, p, 0, 1, capable(x, 0, 2));
}

/* A correct step of MP_JOIN. */
static inline mpt_option join_option(const struct scene *x, const struct path *p, mpt_join_step step,
                                     uint8_t address_id)
{
    static const uint32_t nonce[2] = {0x11223344, 0x55667788};
    unsigned opener = p->client, sender = step == MPT_JOIN_SYNACK;
    mpt_option o = {.subtype = MPT_MP_JOIN,
                    .length = step == MPT_JOIN_SYN      ? 12
                              : step == MPT_JOIN_SYNACK ? 16
                                                        : 24};

    o.join.step = step;
    if (step != MPT_JOIN_ACK) {
        o.join.address_id = address_id;
        o.join.nonce = nonce[sender];
    }
    if (step == MPT_JOIN_SYN)
        o.join.token = mpt_key_token(x->hosts.key[!opener], x->hosts.version);
    else
        mpt_key_join_hmac(x->hosts.version, x->hosts.key[opener ^ sender], x->hosts.key[!(opener ^ sender)],
                          nonce[sender], nonce[!sender], o.join.hmac);
    return o;
}

/* The three steps of MP_JOIN, and the ACK that confirms the third. */
static inline void open_join(struct scene *x, struct path *p, uint8_t address_id)
{
    send_syn(x, p, 0, join_option(x, p, MPT_JOIN_SYN, address_id));
    send_synack(x, p, 1, join_option(x, p, MPT_JOIN_SYNACK, 0));
    send_ack(x, p, 0, 1, join_option(x, p, MPT_JOIN_ACK, 0));
    send_ack(x, p, 1, 1, data_ack(1));
}

#endif
