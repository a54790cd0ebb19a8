/* packet.c - a packet of the model: how it is written to a capture and counted.
 *
 * Invariant: the payload is a function of connection, direction and DSN, so copies of a byte agree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet.h"

#include "wire.h"

/* Enough for the delays and rates of the model with the window scale of 10 in wire.c. */
enum { WINDOW = 2048, SYN_WINDOW = 64240 };

/* No two records have the same time, so which byte came first is never a matter of file order. */
enum { FRAME_NS = 1000 };

static void join_hmac(const gen_packet *p, uint8_t hmac[32])
{
    const gen_connection *c = p->connection;
    const gen_subflow *s = &c->subflows[p->subflow];
    const gen_host to = p->from == GEN_CLIENT ? GEN_SERVER : GEN_CLIENT;

    gen_key_hmac(c->key[p->from], c->key[to], s->end[p->from].nonce, s->end[to].nonce, hmac);
}

static void join_options(const gen_packet *p, gen_options *o)
{
    const gen_connection *c = p->connection;
    const gen_end *end = &c->subflows[p->subflow].end[p->from];
    uint8_t hmac[32];

    if (p->kind == GEN_SYN) {
        gen_options_join_syn(o, (uint8_t)p->subflow, c->token[GEN_SERVER], end->nonce);
        return;
    }
    join_hmac(p, hmac);
    if (p->kind == GEN_SYNACK)
        gen_options_join_synack(o, 0, hmac, end->nonce);
    else
        gen_options_join_ack(o, hmac);
}

/* The client tells its key in the third ACK and with its first data, not in the SYN (RFC 8684 3.1). */
static void capable_options(const gen_packet *p, gen_options *o)
{
    const gen_connection *c = p->connection;
    const unsigned keys = p->kind == GEN_SYN ? 0 : p->kind == GEN_SYNACK ? 1 : 2;

    gen_options_capable(o, p->kind == GEN_SYNACK ? &c->key[GEN_SERVER] : c->key, keys,
                        p->kind == GEN_REQUEST ? (uint16_t)p->len : 0);
}

static void dss_options(const gen_packet *p, gen_options *o)
{
    const gen_connection *c = p->connection;
    const gen_host to = p->from == GEN_CLIENT ? GEN_SERVER : GEN_CLIENT;
    const gen_dss dss = {
        .has_ack = true,
        .ack8 = p->mapping.ack8,
        .has_mapping = p->kind == GEN_DATA || p->kind == GEN_DATA_FIN,
        .dsn8 = p->mapping.dsn8,
        .data_fin = p->kind == GEN_DATA_FIN,
        .data_ack = c->idsn[to] + p->data_ack,
        .dsn = c->idsn[p->from] + p->mapping.dsn,
        .ssn = (uint32_t)p->mapping.ssn,
        .len = (uint16_t)p->mapping.len,
    };

    gen_options_dss(o, &dss);
}

static void options(const gen_packet *p, gen_options *o)
{
    const gen_host to = p->from == GEN_CLIENT ? GEN_SERVER : GEN_CLIENT;
    const uint32_t peer_isn = p->connection->subflows[p->subflow].end[to].isn;

    if (p->kind == GEN_SYN || p->kind == GEN_SYNACK)
        gen_options_syn(o, p->tsval, p->tsecr);
    else
        gen_options_timestamps(o, p->tsval, p->tsecr);
    if (p->sack_right != 0)
        gen_options_sack(o, peer_isn + (uint32_t)p->sack_left, peer_isn + (uint32_t)p->sack_right);
    if (p->connection->plain)
        return;
    if (p->kind > GEN_REQUEST)
        dss_options(p, o);
    else if (p->subflow == 0)
        capable_options(p, o);
    else
        join_options(p, o);
}

static uint8_t flags(const gen_packet *p)
{
    switch (p->kind) {
    case GEN_SYN:
        return GEN_TCP_SYN;
    case GEN_SYNACK:
        return GEN_TCP_SYN | GEN_TCP_ACK;
    case GEN_FIN:
        return GEN_TCP_FIN | GEN_TCP_ACK;
    case GEN_REQUEST:
        return GEN_TCP_PSH | GEN_TCP_ACK;
    case GEN_DATA:
        return p->dsn + p->len == p->mapping.dsn + p->mapping.len ? GEN_TCP_PSH | GEN_TCP_ACK : GEN_TCP_ACK;
    default:
        return GEN_TCP_ACK;
    }
}

static const uint8_t *payload(const gen_model *model, const gen_packet *p)
{
    const uint64_t stream = 2 * (uint64_t)p->connection->id + p->from;

    return model->payload + (stream * 7919 + p->dsn) % GEN_PAYLOAD_PERIOD;
}

static void write_frame(gen_model *model, gen_host vantage, const gen_packet *p)
{
    const gen_host to = p->from == GEN_CLIENT ? GEN_SERVER : GEN_CLIENT;
    const gen_subflow *s = &p->connection->subflows[p->subflow];
    gen_frame frame = {
        .src = s->address[p->from],
        .dst = s->address[to],
        .src_port = s->port[p->from],
        .dst_port = s->port[to],
        .window = p->kind == GEN_SYN || p->kind == GEN_SYNACK ? SYN_WINDOW : WINDOW,
        .ip_id = (uint16_t)s->bytes[vantage][p->from].packets,
        .seq = s->end[p->from].isn + (uint32_t)p->seq,
        .ack = p->kind == GEN_SYN ? 0 : s->end[to].isn + (uint32_t)p->ack,
        .flags = flags(p),
        .payload = payload(model, p),
        .payload_len = (uint16_t)p->len,
    };
    int64_t *last = &model->captured_at[vantage];
    uint8_t bytes[GEN_FRAME_BYTES];

    options(p, &frame.options);
    *last = MAX(model->now, *last + FRAME_NS);
    gen_pcap_write(model->captures[vantage], p->subflow % 2, *last, bytes, gen_frame_write(&frame, bytes));
}

void gen_packet_capture(gen_model *model, gen_host vantage, const gen_packet *p)
{
    const gen_host to = p->from == GEN_CLIENT ? GEN_SERVER : GEN_CLIENT;
    gen_connection *c = p->connection;
    gen_bytes *bytes = &c->subflows[p->subflow].bytes[vantage][p->from];

    if (model->captures[vantage] == NULL)
        return;
    write_frame(model, vantage, p);
    model->segments[vantage]++;
    bytes->packets++;
    if (p->len != 0)
        gen_count_payload(bytes, &c->level[vantage][p->from], p->subflow, p->seq, p->dsn, p->len, !c->plain);
    if (!c->plain && p->kind > GEN_REQUEST) {
        gen_data_level *acked = &c->level[vantage][to];
        acked->ack_count++;
        acked->ack_max = MAX(acked->ack_max, p->data_ack);
    }
}
