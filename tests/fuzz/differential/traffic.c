/* traffic.c - see traffic.h.
 *
 * Nothing waits for anything: hosts send what they like of what they have, split, repeat and map it as they
 * like, and acknowledge some of what was sent. What a capture then lacks, doubles or disorders is done to the
 * frames at the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "traffic.h"

#include <string.h>

#include "tap/engine/protocol/key.h"
#include "tests/support/idsn.h"
#include "tests/support/option_write.h"

#define US    INT64_C(1000)
#define MS    (1000 * US)
#define START (INT64_C(1700000000) * 1000 * MS)

enum { STEPS = 70, FRAMES_AT_ONCE = 5, MAPPING_MAX = 700, ROOM = TRAFFIC_BYTES - 2 * MAPPING_MAX };

struct mapping {
    int64_t dsn;
    uint32_t ssn, length;
};

struct half {
    uint32_t isn, next, acked; /* acked: what the other end has acknowledged of it */
    GArray *mappings;          /* struct mapping, without gaps from SSN 1 on */
};

struct subflow {
    mpt_endpoint end[2];
    uint32_t label;
    struct half half[2];
};

enum width { WIDE, NARROW, MIXED };

struct connection {
    uint64_t key[2], idsn[2];
    unsigned version, id;
    enum width width;
    int64_t next[2], acked[2]; /* by the sender of the data */
    bool fin[2];
    struct subflow subflow[TRAFFIC_SUBFLOWS];
    unsigned subflows;
    bool all_mapped; /* by the DSS of their own segment: else bytes may continue a lone subflow's mapping */
};

struct world {
    uint64_t random;
    int64_t now_ns;
    uint16_t ip_id[2];
    uint32_t label;
    GArray *frames;
};

/* splitmix64: the same numbers on every system. */
static uint64_t next_random(struct world *w)
{
    uint64_t z = w->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint32_t below(struct world *w, uint32_t n)
{
    return (uint32_t)(next_random(w) % n);
}

static bool chance(struct world *w, unsigned percent)
{
    return below(w, 100) < percent;
}

/* --- frames --- */

static traffic_frame frame_of(struct world *w, const struct connection *c, unsigned k, unsigned side,
                              uint16_t flags, uint32_t position)
{
    const struct subflow *s = &c->subflow[k];
    traffic_frame f = {.connection = (uint8_t)c->id, .subflow = (uint8_t)k, .side = (uint8_t)side};
    mpt_segment *g = &f.segment;

    w->now_ns += 1 + below(w, chance(w, 10) ? 40 * (uint32_t)MS : 300 * (uint32_t)US);
    g->time_ns = w->now_ns;
    g->presence = MPT_SEGMENT_STREAM | MPT_SEGMENT_IP_ID | MPT_SEGMENT_TTL;
    g->src = s->end[side];
    g->dst = s->end[!side];
    g->tcp_stream = s->label;
    g->flags = flags;
    g->window = 1 << 20;
    g->ip_id = ++w->ip_id[side];
    g->ttl = 64;
    f.position = position;
    g->seq = s->half[side].isn + position;
    if (flags & MPT_TCP_ACK) {
        f.ack = s->half[!side].acked;
        g->ack = s->half[!side].isn + f.ack;
    }
    return f;
}

static void add_option(traffic_frame *f, mpt_option *o, unsigned length)
{
    o->length = (uint8_t)length;
    f->segment.option_len = (uint16_t)(f->segment.option_len +
                                       mpt_option_write(o, f->segment.options + f->segment.option_len,
                                                        sizeof f->segment.options - f->segment.option_len));
}

static bool wide(struct world *w, const struct connection *c)
{
    return c->width == WIDE || (c->width == MIXED && chance(w, 50));
}

/* The DSS that the frame's own members ask for. */
static void add_dss(struct world *w, const struct connection *c, traffic_frame *f)
{
    mpt_option o = {.subtype = MPT_DSS};
    mpt_dss *d = &o.dss;

    if (!f->has_data_ack && !f->has_mapping)
        return;
    d->has_ack = f->has_data_ack;
    d->ack_64bit = d->has_ack && wide(w, c);
    d->data_ack = d->has_ack ? c->idsn[!f->side] + (uint64_t)f->data_ack : 0;
    d->has_mapping = f->has_mapping;
    d->dsn_64bit = d->has_mapping && wide(w, c);
    d->data_fin = f->data_fin;
    d->dsn = d->has_mapping ? c->idsn[f->side] + (uint64_t)f->dsn : 0;
    d->ssn = f->ssn;
    d->length = (uint16_t)(f->mapped + f->data_fin);
    add_option(f, &o,
               4u + (d->has_ack ? d->ack_64bit ? 8 : 4 : 0) + (d->has_mapping ? d->dsn_64bit ? 14 : 10 : 0));
}

static void send(struct world *w, const traffic_frame *f)
{
    g_array_append_vals(w->frames, f, 1);
}

/* --- handshakes --- */

static void set_ends(struct world *w, struct connection *c, unsigned k, const struct connection *reused)
{
    struct subflow *s = &c->subflow[k];
    const uint8_t six[16] = {0x20, 0x01, 0x0d, 0xb8, [14] = (uint8_t)k, [15] = 1};

    if (reused && k < reused->subflows) {
        memcpy(s->end, reused->subflow[k].end, sizeof s->end);
    } else {
        for (unsigned side = 0; side < 2; side++) {
            const uint8_t four[4] = {10, (uint8_t)(1 + side), (uint8_t)k, 1};
            const uint16_t port = side ? 80 : (uint16_t)(40000 + 10 * c->id + k);
            if (k == 3)
                mpt_endpoint_set(&s->end[side], six, sizeof six, (uint16_t)(port + side));
            else
                mpt_endpoint_set(&s->end[side], four, sizeof four, port);
        }
    }
    s->label = w->label++;
    for (unsigned side = 0; side < 2; side++) {
        s->half[side].isn = chance(w, 20) ? UINT32_MAX - below(w, 3000) : (uint32_t)next_random(w);
        /* Where a port is used again, numbers are beyond those of before (RFC 9293 3.4.1). */
        if (reused && k < reused->subflows)
            s->half[side].isn = reused->subflow[k].half[side].isn + 0x100000 + below(w, 1 << 30);
        s->half[side].next = 1;
        s->half[side].mappings = g_array_new(FALSE, FALSE, sizeof(struct mapping));
    }
}

static void send_capable(struct world *w, struct connection *c, unsigned step)
{
    mpt_option o = {.subtype = MPT_MP_CAPABLE, .capable = {.version = (uint8_t)c->version, .flags = 1}};
    const unsigned side = step == 1;
    traffic_frame f;

    o.capable.has_sender_key = step > 0 || c->version == 0;
    o.capable.sender_key = o.capable.has_sender_key ? c->key[side] : 0;
    o.capable.has_receiver_key = step == 2;
    o.capable.receiver_key = step == 2 ? c->key[!side] : 0;
    f = frame_of(w, c, 0, side,
                 step == 0   ? MPT_TCP_SYN
                 : step == 1 ? MPT_TCP_SYN | MPT_TCP_ACK
                             : MPT_TCP_ACK,
                 step == 2);
    add_option(&f, &o, step == 2 ? 20 : o.capable.has_sender_key ? 12 : 4);
    send(w, &f);
    c->subflow[0].half[side].acked = 1; /* from the next frame on */
}

static void send_join(struct world *w, struct connection *c, unsigned k, unsigned opener, unsigned step,
                      const uint32_t nonces[2])
{
    const unsigned side = step == 1 ? !opener : opener;
    mpt_option o = {.subtype = MPT_MP_JOIN, .join = {.step = (mpt_join_step)step}};
    traffic_frame f;

    if (step == 0)
        o.join.token = mpt_key_token(c->key[!side], c->version);
    else
        mpt_key_join_hmac(c->version, c->key[side], c->key[!side], nonces[side], nonces[!side], o.join.hmac);
    if (step < 2) {
        o.join.address_id = (uint8_t)k;
        o.join.nonce = nonces[side];
        memset(o.join.hmac + 8, 0, 12);
    }
    f = frame_of(w, c, k, side,
                 step == 0   ? MPT_TCP_SYN
                 : step == 1 ? MPT_TCP_SYN | MPT_TCP_ACK
                             : MPT_TCP_ACK,
                 step == 2);
    add_option(&f, &o, step == 0 ? 12 : step == 1 ? 16 : 24);
    send(w, &f);
    c->subflow[k].half[side].acked = 1;
}

static void open_subflow(struct world *w, struct connection *c, const struct connection *reused)
{
    const unsigned k = c->subflows++, opener = k > 0 && chance(w, 20);
    const uint32_t nonces[2] = {(uint32_t)next_random(w), (uint32_t)next_random(w)};

    set_ends(w, c, k, reused);
    for (unsigned step = 0; step < 3; step++)
        if (k == 0)
            send_capable(w, c, step);
        else
            send_join(w, c, k, opener, step, nonces);
}

/* --- data --- */

static const struct mapping *mapping_at(const struct half *h, uint32_t ssn)
{
    for (guint i = 0; i < h->mappings->len; i++) {
        const struct mapping *m = &g_array_index(h->mappings, struct mapping, i);
        if (m->ssn <= ssn && ssn < m->ssn + m->length)
            return m;
    }
    return NULL;
}

static void maybe_ack_data(struct world *w, const struct connection *c, traffic_frame *f)
{
    f->has_data_ack = chance(w, 70) && c->acked[!f->side] > 0;
    f->data_ack = c->acked[!f->side];
}

/* The bytes [ssn, ssn + length) of a subflow, with the DSS of a mapping that covers some of them, or without. */
static void send_bytes(struct world *w, struct connection *c, unsigned k, unsigned side, uint32_t ssn,
                       uint32_t length, unsigned with_dss)
{
    const struct half *h = &c->subflow[k].half[side];
    traffic_frame f = frame_of(w, c, k, side, MPT_TCP_ACK, ssn);
    const struct mapping *m = mapping_at(h, c->all_mapped || chance(w, 80) ? ssn : ssn + length - 1);

    if (c->all_mapped)
        length = MIN(length, m->ssn + m->length - ssn);
    f.segment.payload_len = length;
    f.segment.presence |= MPT_SEGMENT_PAYLOAD_CUT;
    maybe_ack_data(w, c, &f);
    if (m && (c->all_mapped || chance(w, with_dss))) {
        f.has_mapping = true;
        f.dsn = m->dsn;
        f.ssn = m->ssn;
        f.mapped = m->length;
    }
    add_dss(w, c, &f);
    send(w, &f);
}

/* Maps data to the end of the subflow and sends it in some segments. */
static void send_mapping(struct world *w, struct connection *c, unsigned k, unsigned side, int64_t dsn,
                         uint32_t length)
{
    struct half *h = &c->subflow[k].half[side];
    const struct mapping m = {dsn, h->next, length};
    const unsigned with_dss = chance(w, 60) ? 100 : 60;
    uint32_t sent = 0;

    g_array_append_val(h->mappings, m);
    h->next += length;
    while (sent < length) {
        const uint32_t now = chance(w, 50) ? length - sent : 1 + below(w, length - sent);
        send_bytes(w, c, k, side, m.ssn + sent, now, with_dss);
        sent += now;
    }
}

static void send_new(struct world *w, struct connection *c, unsigned k, unsigned side)
{
    const uint32_t length = 1 + below(w, chance(w, 20) ? 8 : MAPPING_MAX);
    const int64_t dsn = c->next[side];

    if (c->fin[side] || dsn + length > ROOM || c->subflow[k].half[side].next > ROOM)
        return;
    c->next[side] += length;
    send_mapping(w, c, k, side, dsn, length);
}

/* Data that was sent before, mapped again: on another subflow, or on the same. */
static void send_again(struct world *w, struct connection *c, unsigned k, unsigned side)
{
    const uint32_t sent = (uint32_t)c->next[side] - 1;
    uint32_t length, from;

    if (sent == 0 || c->subflow[k].half[side].next > ROOM)
        return;
    length = 1 + below(w, MIN(sent, MAPPING_MAX));
    from = 1 + (chance(w, 50) ? sent - length : below(w, sent - length + 1));
    send_mapping(w, c, k, side, from, length);
}

/* Bytes of the subflow again, in segments of other sizes, also across mappings. */
static void retransmit(struct world *w, struct connection *c, unsigned k, unsigned side)
{
    const uint32_t sent = c->subflow[k].half[side].next - 1;
    uint32_t length;

    if (sent == 0)
        return;
    length = 1 + below(w, MIN(sent, 2 * MAPPING_MAX));
    send_bytes(w, c, k, side, 1 + (chance(w, 50) ? sent - length : below(w, sent - length + 1)), length, 80);
}

/* The other side learns of some more of what was sent. */
static void acknowledge(struct world *w, struct connection *c, unsigned k, unsigned side)
{
    struct half *h = &c->subflow[k].half[!side];
    traffic_frame f;

    if (h->next > h->acked)
        h->acked += below(w, h->next - h->acked + 1);
    if (c->next[!side] > c->acked[!side])
        c->acked[!side] += below(w, (uint32_t)(c->next[!side] - c->acked[!side]) + 1);
    f = frame_of(w, c, k, side, MPT_TCP_ACK, c->subflow[k].half[side].next);
    maybe_ack_data(w, c, &f);
    add_dss(w, c, &f);
    send(w, &f);
}

static void step(struct world *w, struct connection *c)
{
    const unsigned k = below(w, c->subflows), side = below(w, 4) == 0, what = below(w, 100);

    if (what < 45)
        send_new(w, c, k, side);
    else if (what < 58)
        send_again(w, c, k, side);
    else if (what < 68)
        retransmit(w, c, k, side);
    else
        acknowledge(w, c, k, !side);
}

/* --- the end --- */

static void send_data_fin(struct world *w, struct connection *c, unsigned k, unsigned side)
{
    traffic_frame f = frame_of(w, c, k, side, MPT_TCP_ACK, c->subflow[k].half[side].next);

    f.has_mapping = f.data_fin = true;
    f.dsn = c->next[side] - (c->fin[side] ? 1 : 0);
    if (!c->fin[side])
        c->next[side]++;
    c->fin[side] = true;
    maybe_ack_data(w, c, &f);
    add_dss(w, c, &f);
    send(w, &f);
}

static void send_fin(struct world *w, struct connection *c, unsigned k, unsigned side)
{
    struct half *h = &c->subflow[k].half[side];
    traffic_frame f = frame_of(w, c, k, side, MPT_TCP_FIN | MPT_TCP_ACK, h->next);

    send(w, &f);
    h->next++;
}

static void end(struct world *w, struct connection *c)
{
    for (unsigned side = 0; side < 2; side++)
        for (unsigned times = 1 + below(w, 2); times > 0; times--)
            send_data_fin(w, c, below(w, c->subflows), side);
    for (unsigned times = 4; times > 0; times--)
        acknowledge(w, c, below(w, c->subflows), times & 1);
    for (unsigned k = 0; k < c->subflows; k++) {
        for (unsigned side = 0; side < 2; side++)
            send_fin(w, c, k, side);
        for (unsigned side = 0; side < 2; side++) {
            c->subflow[k].half[side].acked = c->subflow[k].half[side].next;
            acknowledge(w, c, k, !side);
        }
    }
}

static void connection_run(struct world *w, struct connection *c, unsigned id,
                           const struct connection *reused)
{
    const unsigned subflows = 1 + below(w, TRAFFIC_SUBFLOWS);
    unsigned steps = below(w, STEPS);

    *c = (struct connection){.id = id, .version = chance(w, 80), .width = (enum width)below(w, 3)};
    for (unsigned side = 0; side < 2; side++) {
        c->key[side] = next_random(w);
        c->idsn[side] = idsn_of_key(c->key[side], c->version);
        c->next[side] = 1;
    }
    c->all_mapped = subflows == 1 || chance(w, 30);
    open_subflow(w, c, reused);
    /* The first data confirms that both ends speak MPTCP (RFC 8684 3.1); a subflow alone has a DSS on all. */
    for (unsigned side = 0; side < 2; side++)
        c->acked[side] = 1;
    while (steps-- > 0) {
        if (c->subflows < subflows && chance(w, 30))
            open_subflow(w, c, reused);
        step(w, c);
    }
    while (c->subflows < subflows)
        open_subflow(w, c, reused);
    if (chance(w, 60))
        end(w, c);
}

static void connection_clear(struct connection *c)
{
    for (unsigned k = 0; k < c->subflows; k++)
        for (unsigned side = 0; side < 2; side++)
            g_array_unref(c->subflow[k].half[side].mappings);
}

/* --- the capture --- */

/* What identities rest on stays in the capture. */
static bool may_be_missed(const traffic_frame *f)
{
    return !(f->segment.flags & MPT_TCP_SYN) && (f->segment.payload_len > 0 || f->has_data_ack);
}

static void miss(struct world *w, unsigned percent)
{
    guint kept = 0;

    for (guint i = 0; i < w->frames->len; i++) {
        const traffic_frame f = g_array_index(w->frames, traffic_frame, i);
        if (may_be_missed(&f) && chance(w, percent))
            continue;
        g_array_index(w->frames, traffic_frame, kept++) = f;
    }
    g_array_set_size(w->frames, kept);
}

/* All packets of some subflows; a network may double one packet, but not all. */
static void see_twice(struct world *w, unsigned subflows)
{
    unsigned packets[TRAFFIC_CONNECTIONS][TRAFFIC_SUBFLOWS][2] = {0};

    for (guint i = 0; i < w->frames->len; i++) {
        const traffic_frame *f = &g_array_index(w->frames, traffic_frame, i);
        packets[f->connection][f->subflow][f->side]++;
    }
    for (guint i = 0; i < w->frames->len; i++) {
        traffic_frame f = g_array_index(w->frames, traffic_frame, i);
        const int64_t room =
            i + 1 < w->frames->len
                ? g_array_index(w->frames, traffic_frame, i + 1).segment.time_ns - f.segment.time_ns
                : US;
        /* Of fewer packets nothing shows it. */
        if (!(subflows >> f.subflow & 1) || packets[f.connection][f.subflow][f.side] < 3)
            continue;
        f.copy = true;
        f.segment.time_ns += 1 + below(w, (uint32_t)MIN(MAX(room, 2), 20 * US) - 1);
        g_array_insert_val(w->frames, ++i, f);
    }
}

static gint by_writing(gconstpointer a, gconstpointer b)
{
    const mpt_segment *x = &((const traffic_frame *)a)->segment, *y = &((const traffic_frame *)b)->segment;

    return x->captured_payload < y->captured_payload ? -1 : x->captured_payload > y->captured_payload;
}

/* Subflows 1 and 3 pass another interface, whose packets come into the file in blocks, late. */
static void disorder(struct world *w)
{
    const uint32_t block_ms = 1 + below(w, 100);
    const int64_t first = w->frames->len ? g_array_index(w->frames, traffic_frame, 0).segment.time_ns : 0;

    for (guint i = 0; i < w->frames->len; i++) {
        traffic_frame *f = &g_array_index(w->frames, traffic_frame, i);
        uint32_t at = (uint32_t)((f->segment.time_ns - first) / US);
        if (f->subflow & 1)
            at = (at / (1000 * block_ms) + 1) * 1000 * block_ms;
        f->segment.captured_payload = at; /* when it is written, for now */
    }
    g_array_sort(w->frames, by_writing);
    for (guint i = 0; i < w->frames->len; i++)
        g_array_index(w->frames, traffic_frame, i).segment.captured_payload = 0;
}

traffic_capture *traffic_new(uint64_t seed)
{
    struct world w = {.random = seed * UINT64_C(0xd1342543de82ef95), .now_ns = START};
    traffic_capture *capture = g_new0(traffic_capture, 1);
    struct connection c[TRAFFIC_CONNECTIONS];

    w.frames = capture->frames = g_array_new(FALSE, FALSE, sizeof(traffic_frame));
    capture->connections = 1 + below(&w, TRAFFIC_CONNECTIONS);
    for (unsigned i = 0; i < capture->connections; i++) {
        const bool reuses = i > 0 && chance(&w, 50);
        connection_run(&w, &c[i], i, reuses ? &c[i - 1] : NULL);
        capture->subflows[i] = c[i].subflows;
        capture->client_key[i] = c[i].key[0];
        for (unsigned k = 0; k < c[i].subflows; k++)
            capture->client[i][k] = c[i].subflow[k].end[0];
        if (chance(&w, 50))
            w.now_ns += 70000 * MS; /* beyond TIME-WAIT */
    }
    for (unsigned i = 0; i < capture->connections; i++)
        connection_clear(&c[i]);
    capture->began_before = chance(&w, 25);
    if (capture->began_before)
        g_array_remove_range(w.frames, 0, below(&w, w.frames->len * 2 / 3));
    if (chance(&w, 50))
        miss(&w, 1 + below(&w, 30));
    if (chance(&w, 30))
        see_twice(&w, 1 + below(&w, 15));
    if (chance(&w, 40))
        disorder(&w);
    for (guint i = 0; i < w.frames->len; i++)
        g_array_index(w.frames, traffic_frame, i).segment.frame = i + 1;
    return capture;
}

void traffic_free(traffic_capture *capture)
{
    g_array_unref(capture->frames);
    g_free(capture);
}
