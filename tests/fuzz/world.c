/* world.c - see world.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "world.h"

#include "tap/engine/protocol/key.h"
#include "tap/engine/protocol/option.h"
#include "tests/support/idsn.h"
#include "tests/support/option_write.h"

static uint8_t payload[FUZZ_PAYLOAD_MAX];
static uint64_t payload_sums[FUZZ_PAYLOAD_MAX + 1]; /* of the 16-bit words of its first bytes */

/* A segment in the making, and where it belongs. */
struct step {
    fuzz_world *w;
    fuzz_connection *c;
    fuzz_subflow *s;
    unsigned connection, subflow, side;
    mpt_segment g;
};

static void set_end(const struct step *x, unsigned side, mpt_endpoint *e)
{
    const uint8_t v4[4] = {192, 0, 2, (uint8_t)(side ? 1 + x->subflow % 2 : 101 + x->subflow)};
    const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = (uint8_t)(side ? 1 : 101 + x->subflow)};
    const uint16_t port = side ? 80 : x->s->port;

    if (x->subflow == FUZZ_SUBFLOWS - 1)
        mpt_endpoint_set(e, v6, sizeof v6, port);
    else
        mpt_endpoint_set(e, v4, sizeof v4, port);
}

static struct step begin(fuzz_world *w)
{
    const uint8_t where = fuzz_u8(w->in);
    struct step x = {.w = w,
                     .connection = where % FUZZ_CONNECTIONS,
                     .subflow = (where >> 2) % FUZZ_SUBFLOWS,
                     .side = (where >> 4) & 1};

    x.c = &w->connection[x.connection];
    x.s = &x.c->subflow[x.subflow];
    w->now_ns += (int64_t)(where >> 5) * 250000;
    x.g.time_ns = w->now_ns;
    x.g.frame = ++w->frame;
    x.g.presence = MPT_SEGMENT_STREAM | MPT_SEGMENT_INTERFACE;
    x.g.tcp_stream = x.connection * FUZZ_SUBFLOWS + x.subflow;
    x.g.window = 65535;
    x.g.flags = MPT_TCP_ACK;
    x.g.seq = x.s->next[x.side];
    x.g.ack = x.s->next[!x.side];
    x.g.marks = 1u << x.connection;
    set_end(&x, x.side, &x.g.src);
    set_end(&x, !x.side, &x.g.dst);
    return x;
}

static void set_side(struct step *x, unsigned side)
{
    x->side = side;
    x->g.seq = x->s->next[side];
    x->g.ack = x->s->next[!side];
    set_end(x, side, &x->g.src);
    set_end(x, !side, &x->g.dst);
}

static void add_option(struct step *x, mpt_option *o, uint8_t length)
{
    o->length = length;
    x->g.option_len = (uint16_t)(x->g.option_len + mpt_option_write(o, x->g.options + x->g.option_len,
                                                                    sizeof x->g.options - x->g.option_len));
}

static void add_payload(struct step *x, uint32_t length, uint32_t captured)
{
    x->g.payload_len = length;
    x->g.captured_payload = MIN(captured, MIN(length, FUZZ_PAYLOAD_MAX));
    x->g.payload = payload;
    if (x->g.captured_payload < length)
        x->g.presence |= MPT_SEGMENT_PAYLOAD_CUT;
}

static void feed(struct step *x)
{
    mpt_engine_feed(x->w->engine, &x->g);
}

/* --- handshakes --- */

static void new_isns(struct step *x)
{
    for (unsigned side = 0; side < 2; side++) {
        x->s->isn[side] = fuzz_u32(x->w->in);
        x->s->next[side] = x->s->isn[side] + 1;
    }
}

static void send_capable(struct step *x, unsigned phase)
{
    mpt_option o = {.subtype = MPT_MP_CAPABLE};
    const bool v0 = x->c->version == 0;

    o.capable.version = (uint8_t)x->c->version;
    o.capable.flags = (uint8_t)(1 | (x->c->checksums ? 0x80 : 0));
    o.capable.checksum_required = x->c->checksums;
    set_side(x, phase == 1);
    x->g.flags = phase == 0 ? MPT_TCP_SYN : phase == 1 ? MPT_TCP_SYN | MPT_TCP_ACK : MPT_TCP_ACK;
    if (phase < 2)
        x->g.seq = x->s->isn[x->side];
    o.capable.has_sender_key = phase > 0 || v0;
    o.capable.sender_key = o.capable.has_sender_key ? x->c->key[x->side] : 0;
    o.capable.has_receiver_key = phase == 2;
    o.capable.receiver_key = phase == 2 ? x->c->key[!x->side] : 0;
    add_option(x, &o, phase == 2 ? 20 : o.capable.has_sender_key ? 12 : 4);
    feed(x);
}

static void send_join(struct step *x, unsigned phase, uint8_t twist)
{
    mpt_option o = {.subtype = MPT_MP_JOIN};
    const unsigned initiator = twist & 1, sender = phase == 1 ? !initiator : initiator;

    set_side(x, sender);
    o.join.step = (mpt_join_step)phase;
    o.join.address_id = (uint8_t)(phase < 2 ? x->subflow : 0);
    o.join.backup = phase < 2 && (twist & 2);
    x->g.flags = phase == 0 ? MPT_TCP_SYN : phase == 1 ? MPT_TCP_SYN | MPT_TCP_ACK : MPT_TCP_ACK;
    if (phase < 2) {
        x->g.seq = x->s->isn[sender];
        o.join.nonce = x->s->nonce[sender];
    }
    if (phase == 0)
        o.join.token = mpt_key_token(x->c->key[!sender], x->c->version) ^ (twist >= 0xf8);
    if (phase == 1 || phase == 2)
        mpt_key_join_hmac(x->c->version, x->c->key[sender], x->c->key[!sender], x->s->nonce[sender],
                          x->s->nonce[!sender], o.join.hmac);
    o.join.hmac[0] ^= (uint8_t)((twist & 0x30) == 0x30);
    if (phase == 1)
        memset(o.join.hmac + 8, 0, 12);
    add_option(x, &o, phase == 0 ? 12 : phase == 1 ? 16 : 24);
    feed(x);
}

/* --- data --- */

static uint16_t dss_checksum(uint64_t dsn, uint32_t ssn, uint16_t length, uint32_t bytes)
{
    uint64_t sum = (dsn >> 48) + ((dsn >> 32) & 0xffff) + ((dsn >> 16) & 0xffff) + (dsn & 0xffff) +
                   (ssn >> 16) + (ssn & 0xffff) + length;

    sum += payload_sums[bytes];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static uint8_t dss_length(const mpt_dss *d)
{
    return (uint8_t)(4 + (d->has_ack ? (d->ack_64bit ? 8 : 4) : 0) +
                     (d->has_mapping ? (d->dsn_64bit ? 8 : 4) + 6 + (d->has_checksum ? 2 : 0) : 0));
}

static void add_ack(const struct step *x, mpt_dss *d, uint8_t form)
{
    d->has_ack = form & 1;
    d->ack_64bit = d->has_ack && (form & 2);
    if (!d->has_ack)
        return;
    d->data_ack = x->c->next[!x->side] - (form & 4 ? fuzz_u8(x->w->in) : 0);
    if (!d->ack_64bit)
        d->data_ack = (uint32_t)d->data_ack;
}

static void add_mapping(const struct step *x, mpt_dss *d, uint8_t form, uint64_t dsn, uint32_t length,
                        uint32_t ssn)
{
    const bool fin = form & 0x40;

    d->has_mapping = true;
    d->dsn_64bit = form & 8;
    d->data_fin = fin;
    d->dsn = d->dsn_64bit ? dsn : (uint32_t)dsn;
    d->ssn = ssn;
    d->length = (uint16_t)(MIN(length, UINT16_MAX - 1u) + fin);
    d->has_checksum = x->c->checksums;
    if (d->has_checksum)
        d->checksum =
            (uint16_t)(dss_checksum(dsn, ssn, d->length, MIN(length, FUZZ_PAYLOAD_MAX)) + !(form & 0x30));
}

/* Data at the places where the hosts are, or before (retransmission, reinjection), or beyond (loss). */
static void send_data(struct step *x)
{
    fuzz_input *in = x->w->in;
    const uint8_t form = fuzz_u8(in), how = fuzz_u8(in);
    uint32_t length = 1 + (how & 8 ? fuzz_u16(in) : fuzz_u8(in));
    const uint32_t more = how & 0x10 ? fuzz_u16(in) : 0; /* of the mapping, beyond this segment */
    uint32_t seq = x->s->next[x->side];
    uint64_t dsn = x->c->next[x->side];
    mpt_option o = {.subtype = MPT_DSS};

    if (how & 1)
        seq += (uint32_t)(int32_t)(int8_t)fuzz_u8(in) * 64;
    if (how & 2)
        dsn += (uint64_t)(int64_t)(int8_t)fuzz_u8(in) * 64;
    if (how & 4)
        seq = x->s->next[x->side] -= MIN(length, seq - x->s->isn[x->side] - 1); /* the last bytes again */
    x->g.seq = seq;
    add_ack(x, &o.dss, form);
    if (!(how & 0x20))
        add_mapping(x, &o.dss, form, dsn, length + more, seq - x->s->isn[x->side]);
    if (o.dss.has_ack || o.dss.has_mapping)
        add_option(x, &o, dss_length(&o.dss));
    add_payload(x, length, how & 0x40 ? length / 2 : length);
    if (form & 0x80)
        x->g.flags |= MPT_TCP_FIN;
    x->s->next[x->side] = seq + length + (form >> 7);
    x->c->next[x->side] = dsn + length + (o.dss.data_fin ? 1 : 0);
    feed(x);
}

static void send_ack(struct step *x)
{
    mpt_option o = {.subtype = MPT_DSS};

    add_ack(x, &o.dss, fuzz_u8(x->w->in) | 1);
    add_option(x, &o, dss_length(&o.dss));
    feed(x);
}

/* An infinite mapping, or one of no payload, or one of any numbers. */
static void send_odd_mapping(struct step *x)
{
    fuzz_input *in = x->w->in;
    const uint8_t form = fuzz_u8(in);
    mpt_option o = {.subtype = MPT_DSS};
    const uint64_t dsn = form & 1 ? fuzz_u64(in) : x->c->next[x->side];
    const uint32_t ssn = form & 2 ? fuzz_u32(in) : x->s->next[x->side] - x->s->isn[x->side];

    add_mapping(x, &o.dss, form & 0x78, dsn, form & 4 ? 0 : fuzz_u16(in), ssn);
    if (form & 4)
        o.dss.length = 0, o.dss.data_fin = false;
    add_option(x, &o, dss_length(&o.dss));
    if (form & 0x80)
        add_payload(x, fuzz_u16(in), UINT16_MAX);
    feed(x);
}

/* --- control --- */

static void send_control(struct step *x)
{
    fuzz_input *in = x->w->in;
    mpt_option o = {.subtype = (mpt_subtype)(MPT_ADD_ADDR + fuzz_u8(in) % (MPT_SUBTYPES - MPT_ADD_ADDR))};
    uint8_t length = 12, i;

    switch (o.subtype) {
    case MPT_ADD_ADDR:
        o.add_addr.address_id = fuzz_u8(in);
        set_end(x, x->side, &o.add_addr.address);
        o.add_addr.address.port = 0;
        o.add_addr.echo = o.add_addr.address_id & 1;
        o.add_addr.has_hmac = !o.add_addr.echo;
        if (o.add_addr.has_hmac)
            mpt_key_add_addr_hmac(x->c->key[x->side], x->c->key[!x->side], o.add_addr.address_id,
                                  &o.add_addr.address, o.add_addr.hmac);
        o.add_addr.hmac[0] ^= (uint8_t)(o.add_addr.has_hmac && (o.add_addr.address_id & 2));
        length = (uint8_t)(4 + mpt_endpoint_address_len(&o.add_addr.address) + (o.add_addr.has_hmac ? 8 : 0));
        break;
    case MPT_REMOVE_ADDR:
        o.remove_addr.count = (uint8_t)(1 + fuzz_u8(in) % 30);
        for (i = 0; i < o.remove_addr.count; i++)
            o.remove_addr.ids[i] = i;
        length = (uint8_t)(3 + o.remove_addr.count);
        break;
    case MPT_MP_PRIO:
        o.prio.address_id = fuzz_u8(in) % FUZZ_SUBFLOWS;
        o.prio.has_address_id = o.prio.address_id > 0;
        o.prio.backup = fuzz_u8(in) & 1;
        length = o.prio.has_address_id ? 4 : 3;
        break;
    case MPT_MP_FAIL:
        o.fail.dsn = x->c->next[x->side];
        break;
    case MPT_MP_FASTCLOSE:
        o.fastclose.receiver_key = x->c->key[!x->side] ^ (fuzz_u8(in) & 1);
        break;
    default:
        o.tcprst.reason = fuzz_u8(in);
        x->g.flags |= MPT_TCP_RST;
        length = 4;
    }
    add_option(x, &o, length);
    feed(x);
}

/* Anything: flags, numbers, option bytes. */
static void send_wild(struct step *x)
{
    fuzz_input *in = x->w->in;
    const uint8_t how = fuzz_u8(in);

    x->g.flags = fuzz_u8(in);
    if (how & 1)
        x->g.seq = fuzz_u32(in);
    if (how & 2)
        x->g.ack = fuzz_u32(in);
    if (how & 4)
        x->g.option_len = fuzz_u8(in) % (MPT_SEGMENT_OPTION_BYTES + 1);
    for (unsigned i = 0; i < x->g.option_len; i++)
        x->g.options[i] = fuzz_u8(in);
    if (x->g.option_len && (how & 8))
        x->g.options[0] = MPT_OPTION_KIND;
    if (how & 0x10)
        add_payload(x, how & 0x20 ? fuzz_u32(in) : fuzz_u16(in), fuzz_u16(in));
    if (how & 0x40)
        x->g.presence |= MPT_SEGMENT_CUT_OPTIONS | MPT_SEGMENT_LENGTH_UNKNOWN;
    if (how & 0x80)
        x->g.src = x->g.dst;
    feed(x);
}

static void move_time(fuzz_world *w)
{
    static const int64_t jumps[] = {1000000,  50000000,   1000000000,  5000000000,
                                    -1000000, -300000000, -5000000000, 0};
    const uint8_t which = fuzz_u8(w->in);

    if (which < 0xf8)
        w->now_ns += jumps[which % G_N_ELEMENTS(jumps)];
    else if (which < 0xfc)
        w->now_ns = (int64_t)(fuzz_u64(w->in) % UINT64_C(9000000000000000000));
    else
        w->now_ns = which & 1 ? 0 : -(int64_t)fuzz_u32(w->in);
}

static void init_payload(void)
{
    for (unsigned i = 0; i < FUZZ_PAYLOAD_MAX; i++) {
        payload[i] = (uint8_t)(i * 131 + (i >> 8));
        payload_sums[i + 1] = payload_sums[i] + (i & 1 ? payload[i] : (uint64_t)payload[i] << 8);
    }
}

void fuzz_world_configure(mpt_engine_config *config, fuzz_input *in)
{
    const uint8_t what = fuzz_u8(in), limits = fuzz_u8(in);

    mpt_engine_config_default(config);
    config->want_rtt = what & 1;
    config->want_checksums = what & 2;
    config->want_payload = what & 4;
    config->want_frames = what & 8;
    config->horizon_ns = what & 0x10 ? 0 : INT64_C(1) << (20 + (what >> 5) * 2);
    config->horizon_segments = limits & 1 ? 8 : 1000;
    if (limits & 2) {
        config->has_from = true;
        config->from_ns = (int64_t)fuzz_u8(in) * 10000000;
    }
    if (limits & 4) {
        config->has_to = true;
        config->to_ns = config->from_ns + 1 + (int64_t)fuzz_u8(in) * 10000000;
    }
    if (limits & 8)
        config->max_events = 5;
    if (limits & 16)
        config->max_connections = 2;
    if (limits & 32)
        config->max_subflows = 2;
    if (limits & 64)
        config->max_flows = 6;
    if (limits & 128)
        config->max_one_sided = 2;
    if ((limits & 192) == 64)
        config->max_idle = 8000;
}

void fuzz_world_init(fuzz_world *w, fuzz_input *in, mpt_engine *engine)
{
    const uint8_t mix = fuzz_u8(in);
    unsigned i, k, side;

    *w = (fuzz_world){.in = in, .engine = engine, .now_ns = INT64_C(1700000000000000000)};
    if (!payload_sums[FUZZ_PAYLOAD_MAX])
        init_payload();
    for (i = 0; i < FUZZ_CONNECTIONS; i++) {
        fuzz_connection *c = &w->connection[i];
        c->version = (mix >> i) & 1;
        c->checksums = (mix >> (4 + i)) & 1;
        for (side = 0; side < 2; side++) {
            c->key[side] = UINT64_C(0x0123456789abcdef) * (2 * i + side + 1);
            c->idsn[side] = idsn_of_key(c->key[side], c->version);
            c->next[side] = c->idsn[side] + 1;
        }
        for (k = 0; k < FUZZ_SUBFLOWS; k++) {
            fuzz_subflow *s = &c->subflow[k];
            s->port = (uint16_t)(40000 + i * FUZZ_SUBFLOWS + k);
            for (side = 0; side < 2; side++) {
                s->isn[side] = UINT32_C(0xfffff000) + (i << 8) + (k << 4) + side;
                s->next[side] = s->isn[side] + 1;
                s->nonce[side] = 77 * (i + 1) + 13 * k + side;
            }
        }
    }
}

void fuzz_world_step(fuzz_world *w)
{
    const uint8_t op = fuzz_u8(w->in) % 32;
    struct step x;

    if (op == 31) {
        move_time(w);
        return;
    }
    x = begin(w);
    if (op < 3)
        send_capable(&x, op);
    else if (op < 6)
        send_join(&x, op - 3, fuzz_u8(w->in));
    else if (op < 18)
        send_data(&x);
    else if (op < 21)
        send_ack(&x);
    else if (op < 23)
        send_odd_mapping(&x);
    else if (op < 25)
        send_control(&x);
    else if (op < 28)
        send_wild(&x);
    else if (op == 28)
        x.g.flags |= fuzz_u8(w->in) & 1 ? MPT_TCP_FIN : MPT_TCP_RST, feed(&x);
    else if (op == 29)
        new_isns(&x), send_capable(&x, 0);
    else
        new_isns(&x), x.g.flags = MPT_TCP_SYN, x.g.seq = x.s->isn[x.side], feed(&x);
}
