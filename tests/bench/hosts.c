/* hosts.c - what the hosts of the model do: handshakes, scheduler, acknowledgements, loss, the end.
 *
 * Invariant: a packet that is under way belongs to the queue; all that a host knows came in a packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hosts.h"

#include "packet.h"
#include "wire.h"

#define DELAYED_ACK_NS (40 * GEN_MSEC)  /* Linux: TCP_DELACK_MIN */
#define SEGMENT_NS     (115 * GEN_USEC) /* 1428 bytes at 100 Mbit/s */

enum { REQUEST_BYTES = 200, MAPPING_SEGMENTS = 45 };

static gen_host other(gen_host host)
{
    return host == GEN_CLIENT ? GEN_SERVER : GEN_CLIENT;
}

static bool chance(gen_model *m, double percent)
{
    return percent > 0 && g_rand_double(m->rand) * 100 < percent;
}

static void at(gen_model *m, int64_t time_ns, int kind, unsigned subflow, void *subject)
{
    const gen_event event = {.time_ns = time_ns, .kind = kind, .subflow = subflow, .subject = subject};

    gen_queue_put(m->queue, event);
}

/* Next expected number of a sequence that starts at `first`. */
static uint64_t expected(const GArray *runs, uint64_t first)
{
    return runs->len > 0 && g_array_index(runs, gen_run, 0).start == first
               ? g_array_index(runs, gen_run, 0).end
               : first;
}

/* The host sends the packet now: it gets its acknowledgements and timestamps, and goes on its way. */
static void transmit(gen_model *m, gen_packet *p)
{
    gen_connection *c = p->connection;
    gen_subflow *s = &c->subflows[p->subflow];
    gen_end *end = &s->end[p->from];
    const bool lost = p->kind == GEN_DATA && chance(m, m->settings.loss);
    const int64_t arrival = m->now + s->delay_ns + g_rand_int_range(m->rand, 0, (gint32)(s->delay_ns / 20));

    p->ack = expected(end->arrived, 0);
    p->data_ack = expected(c->dsn_arrived[other(p->from)], 1);
    p->tsval = (uint32_t)(m->now / GEN_MSEC) + 1000000u * (c->id + 1) * (unsigned)(p->from + 1);
    p->tsecr = end->ts_recent;
    end->unacked = 0;
    end->ack_serial++;
    gen_packet_capture(m, p->from, p);
    if (lost) {
        /* Three duplicate ACKs arrive about a round trip later. */
        at(m, m->now + 2 * s->delay_ns + s->delay_ns / 10 + 3 * SEGMENT_NS, GEN_EVENT_AGAIN, p->subflow, p);
        return;
    }
    end->last_arrival = MAX(arrival, end->last_arrival + GEN_USEC);
    at(m, end->last_arrival, GEN_EVENT_ARRIVAL, p->subflow, p);
}

/* A packet without payload; SYN and FIN take one sequence number. */
static gen_packet *new_packet(gen_connection *c, unsigned subflow, gen_host from, gen_kind kind)
{
    gen_end *end = &c->subflows[subflow].end[from];
    gen_packet *p = g_slice_new0(gen_packet);

    p->connection = c;
    p->subflow = subflow;
    p->from = from;
    p->kind = kind;
    p->seq = end->snd_next;
    /* Linux sends 8-byte DATA_ACKs mostly, 4-byte ones now and then. */
    p->mapping.ack8 = c->acks_sent % 4 != 3;
    if (kind == GEN_SYN || kind == GEN_SYNACK || kind == GEN_FIN)
        end->snd_next++;
    return p;
}

static void send_simple(gen_model *m, gen_connection *c, unsigned subflow, gen_host from, gen_kind kind)
{
    transmit(m, new_packet(c, subflow, from, kind));
}

static void send_ack(gen_model *m, gen_connection *c, unsigned subflow, gen_host from, uint64_t latest)
{
    const GArray *arrived = c->subflows[subflow].end[from].arrived;
    gen_packet *p = new_packet(c, subflow, from, GEN_ACK);

    for (unsigned r = arrived->len - 1; r > 0; r--) {
        const gen_run *run = &g_array_index(arrived, gen_run, r);
        if (run->start <= latest && latest < run->end) {
            p->sack_left = run->start;
            p->sack_right = run->end;
        }
    }
    c->acks_sent++;
    transmit(m, p);
}

static void send_request(gen_model *m, gen_connection *c)
{
    gen_packet *p = new_packet(c, 0, GEN_CLIENT, GEN_REQUEST);

    p->len = REQUEST_BYTES;
    p->dsn = 1;
    c->subflows[0].end[GEN_CLIENT].snd_next += REQUEST_BYTES;
    c->dsn_next[GEN_CLIENT] += REQUEST_BYTES;
    transmit(m, p);
}

/* Packets of handshakes and of the end, beside those counted as they are sent. */
static int64_t overhead(const gen_connection *c)
{
    const int64_t n = c->n_subflows;

    return c->plain ? 8 : 5 + 4 * (n - 1) + (2 * n + 2) + 3 * n;
}

/* Data segments that the budget still has room for, with an ACK for every two; 0 or less: none. */
static int64_t room(const gen_connection *c)
{
    const int64_t under_way = c->data_sent - c->data_arrived;

    return (c->budget - overhead(c) - c->data_sent - c->acks_sent - under_way / 2) * 2 / 3;
}

/* Half of what it takes is sent again, so that parts of mappings are, not only whole ones. */
static void plan_reinjection(gen_model *m, gen_connection *c, const gen_mapping *mapping)
{
    const bool possible = c->n_subflows > 1 && !m->settings.redundant && mapping->len > 3;
    uint32_t skip;

    if (!possible || !chance(m, 2 * m->settings.reinject))
        return;
    c->again_len = (uint32_t)g_rand_int_range(m->rand, 1, (gint32)mapping->len);
    skip = (uint32_t)g_rand_int_range(m->rand, 0, (gint32)(mapping->len - c->again_len + 1));
    c->again_dsn = mapping->dsn + skip;
}

static void choose_subflow(gen_model *m, gen_connection *c)
{
    const int after = m->settings.switch_after;

    if (c->burst_left > 0)
        return;
    c->current = (c->current + 1) % c->n_subflows;
    c->burst_left = (unsigned)after;
    if (after >= 4)
        c->burst_left = (unsigned)g_rand_int_range(m->rand, after * 3 / 4, after * 5 / 4 + 1);
}

/* The next mapping: bytes to send again, or new ones. False where all is sent. */
static bool next_mapping(gen_model *m, gen_connection *c)
{
    gen_mapping *map = &c->mapping;
    const uint32_t widths = g_rand_int(m->rand);
    const gen_mapping before = *map;
    const bool was_new = c->mapping_is_new;
    unsigned segments;
    int64_t left;

    *map = (gen_mapping){.dsn8 = (widths & 1) != 0, .ack8 = (widths & 3) == 3};
    /* What timestamps and DSS leave of the MSS: 1428, 1424 or 1420 bytes. */
    c->segment_len = GEN_MSS - 12;
    if (!c->plain)
        c->segment_len -= 20 + (map->dsn8 ? 4u : 0) + (map->ack8 ? 4u : 0);
    c->mapping_sent = 0;
    if (was_new)
        plan_reinjection(m, c, &before);
    c->mapping_is_new = c->again_len == 0;
    if (c->again_len != 0) {
        map->dsn = c->again_dsn;
        map->len = c->again_len;
        c->again_len = 0;
        c->current = (c->current + 1) % c->n_subflows;
        return true;
    }
    left = room(c) / (m->settings.redundant ? c->n_subflows : 1);
    if (left < 1)
        return false;
    choose_subflow(m, c);
    segments = (unsigned)MIN(left, MIN(c->burst_left, MAPPING_SEGMENTS));
    c->burst_left -= segments;
    map->dsn = c->dsn_next[c->sender];
    map->len = segments * c->segment_len;
    c->dsn_next[c->sender] += map->len;
    return true;
}

static void send_data(gen_model *m, gen_connection *c, unsigned subflow, uint32_t len)
{
    gen_end *end = &c->subflows[subflow].end[c->sender];
    gen_packet *p = new_packet(c, subflow, c->sender, GEN_DATA);

    p->mapping = c->mapping;
    p->mapping.ssn = end->snd_next - c->mapping_sent;
    p->dsn = c->mapping.dsn + c->mapping_sent;
    p->len = len;
    end->snd_next += len;
    c->data_sent++;
    transmit(m, p);
}

static void finish(gen_model *m, gen_connection *c);

/* The sender's clock: one segment now, or one on each subflow with the redundant scheduler. */
static void send_next(gen_model *m, gen_connection *c)
{
    const unsigned copies = m->settings.redundant ? c->n_subflows : 1;
    unsigned first;
    uint32_t len;

    if (c->mapping_sent == c->mapping.len && !next_mapping(m, c)) {
        c->bulk_done = true;
        finish(m, c);
        return;
    }
    first = c->current;
    len = MIN(c->segment_len, c->mapping.len - c->mapping_sent);
    for (unsigned k = 0; k < copies; k++)
        send_data(m, c, (first + k) % c->n_subflows, len);
    c->mapping_sent += len;
    at(m, m->now + (int64_t)copies * SEGMENT_NS + g_rand_int_range(m->rand, 0, 2000), GEN_EVENT_SEND, 0, c);
}

static void start_bulk(gen_model *m, gen_connection *c)
{
    if (c->started)
        return;
    c->started = true;
    c->current = c->n_subflows - 1; /* so that the first subflow is next */
    at(m, m->now + 500 * GEN_USEC, GEN_EVENT_SEND, 0, c);
}

static bool all_acknowledged(const gen_connection *c)
{
    for (unsigned k = 0; k < c->n_subflows; k++) {
        const gen_end *end = &c->subflows[k].end[c->sender];
        if (end->snd_una != end->snd_next)
            return false;
    }
    return c->plain || c->dsn_acked[c->sender] == c->dsn_next[c->sender];
}

static void close_subflows(gen_model *m, gen_connection *c)
{
    if (c->tcp_closing)
        return;
    c->tcp_closing = true;
    for (unsigned k = 0; k < c->n_subflows; k++)
        send_simple(m, c, k, c->sender, GEN_FIN);
}

/* A DATA_FIN without data: SSN 0, length 1 (RFC 8684 3.3.3). It takes one DSN. */
static void send_data_fin(gen_model *m, gen_connection *c, unsigned subflow, gen_host from)
{
    gen_packet *p = new_packet(c, subflow, from, GEN_DATA_FIN);

    p->dsn = c->dsn_next[from] - (c->fin_sent[from] ? 1 : 0);
    p->mapping = (gen_mapping){.dsn = p->dsn, .ssn = 0, .len = 1, .dsn8 = true};
    if (!c->fin_sent[from])
        c->dsn_next[from]++;
    c->fin_sent[from] = true;
    transmit(m, p);
}

/* Begins to close when all data is acknowledged. */
static void finish(gen_model *m, gen_connection *c)
{
    if (!c->bulk_done || c->fin_sent[c->sender] || c->tcp_closing || !all_acknowledged(c))
        return;
    if (c->plain) {
        close_subflows(m, c);
        return;
    }
    for (unsigned k = 0; k < c->n_subflows; k++)
        send_data_fin(m, c, k, c->sender);
}

/* The second subflows may start when the first is sure to be MPTCP: its data is acknowledged. */
static void open_joins(gen_model *m, gen_connection *c)
{
    for (unsigned k = 1; k < c->n_subflows; k++)
        if (c->subflows[k].end[GEN_CLIENT].snd_next == 0)
            send_simple(m, c, k, GEN_CLIENT, GEN_SYN);
}

static void begin_when_ready(gen_model *m, gen_connection *c, gen_host host)
{
    if (host != c->sender || c->started)
        return;
    for (unsigned k = 0; k < c->n_subflows; k++)
        if (!c->subflows[k].end[host].ready)
            return;
    start_bulk(m, c);
}

static void deliver(gen_connection *c, gen_host from, uint64_t dsn, uint32_t len)
{
    gen_runs_add(c->dsn_arrived[from], dsn, dsn + len, 0);
}

/* The data level gets bytes in the order of the subflow. */
static void accept_payload(gen_connection *c, const gen_packet *p)
{
    gen_end *end = &c->subflows[p->subflow].end[other(p->from)];
    const gen_held now = {p->seq, p->dsn, p->len};
    uint64_t next;

    gen_runs_add(end->arrived, p->seq, p->seq + p->len, 0);
    g_array_append_val(end->held, now);
    next = expected(end->arrived, 0);
    for (unsigned k = 0; k < end->held->len;) {
        const gen_held h = g_array_index(end->held, gen_held, k);
        if (h.seq < next) {
            deliver(c, p->from, h.dsn, h.len);
            g_array_remove_index(end->held, k);
        } else {
            k++;
        }
    }
}

static void receive_data(gen_model *m, const gen_packet *p)
{
    gen_connection *c = p->connection;
    const gen_host host = other(p->from);
    gen_end *end = &c->subflows[p->subflow].end[host];
    const bool out_of_order = end->held->len > 0 || p->seq != expected(end->arrived, 0);

    c->data_arrived++;
    accept_payload(c, p);
    end->unacked++;
    if (out_of_order || end->unacked >= 2) {
        send_ack(m, c, p->subflow, host, p->seq);
    } else {
        gen_queue_put(m->queue, (gen_event){.time_ns = m->now + DELAYED_ACK_NS,
                                            .kind = GEN_EVENT_DELAYED_ACK,
                                            .subflow = p->subflow,
                                            .host = host,
                                            .serial = end->ack_serial,
                                            .subject = c});
    }
}

static void receive_third_ack(gen_model *m, const gen_packet *p)
{
    gen_connection *c = p->connection;

    if (p->subflow == 0)
        return;
    c->subflows[p->subflow].end[GEN_SERVER].ready = true;
    send_simple(m, c, p->subflow, GEN_SERVER, GEN_ACK);
    begin_when_ready(m, c, GEN_SERVER);
}

static void receive_ack(gen_model *m, const gen_packet *p)
{
    gen_connection *c = p->connection;

    if (p->from == GEN_SERVER && !c->started) {
        c->subflows[p->subflow].end[GEN_CLIENT].ready = true;
        if (!c->plain)
            open_joins(m, c);
        begin_when_ready(m, c, GEN_CLIENT);
    }
    finish(m, c);
}

static void receive_data_fin(gen_model *m, const gen_packet *p)
{
    gen_connection *c = p->connection;
    const gen_host host = other(p->from);

    deliver(c, p->from, p->dsn, 1);
    send_simple(m, c, p->subflow, host, GEN_ACK);
    if (host == c->sender)
        close_subflows(m, c);
    else if (!c->fin_sent[host])
        send_data_fin(m, c, p->subflow, host);
}

static void receive(gen_model *m, const gen_packet *p)
{
    gen_connection *c = p->connection;
    const gen_host host = other(p->from);
    gen_end *end = &c->subflows[p->subflow].end[host];

    gen_packet_capture(m, host, p);
    end->ts_recent = p->tsval;
    end->snd_una = MAX(end->snd_una, p->ack);
    c->dsn_acked[host] = MAX(c->dsn_acked[host], p->data_ack);
    if (p->kind == GEN_SYN || p->kind == GEN_SYNACK || p->kind == GEN_FIN)
        gen_runs_add(end->arrived, p->seq, p->seq + 1, 0);
    switch (p->kind) {
    case GEN_SYN:
        send_simple(m, c, p->subflow, host, GEN_SYNACK);
        break;
    case GEN_SYNACK:
        send_simple(m, c, p->subflow, host, GEN_THIRD_ACK);
        if (p->subflow == 0)
            send_request(m, c);
        break;
    case GEN_THIRD_ACK:
        receive_third_ack(m, p);
        break;
    case GEN_REQUEST:
        accept_payload(c, p);
        end->ready = true;
        send_simple(m, c, 0, host, GEN_ACK);
        begin_when_ready(m, c, host);
        break;
    case GEN_DATA:
        receive_data(m, p);
        break;
    case GEN_ACK:
        receive_ack(m, p);
        break;
    case GEN_DATA_FIN:
        receive_data_fin(m, p);
        break;
    case GEN_FIN:
        send_simple(m, c, p->subflow, host, host == c->sender ? GEN_ACK : GEN_FIN);
        break;
    }
}

void gen_hosts_handle(gen_model *m, const gen_event *event)
{
    gen_connection *c = event->subject;

    switch (event->kind) {
    case GEN_EVENT_START:
        send_simple(m, c, 0, GEN_CLIENT, GEN_SYN);
        break;
    case GEN_EVENT_ARRIVAL:
        receive(m, event->subject);
        g_slice_free(gen_packet, event->subject);
        break;
    case GEN_EVENT_AGAIN:
        transmit(m, event->subject);
        break;
    case GEN_EVENT_SEND:
        send_next(m, c);
        break;
    case GEN_EVENT_DELAYED_ACK:
        if (c->subflows[event->subflow].end[event->host].ack_serial == event->serial)
            send_ack(m, c, event->subflow, (gen_host)event->host, 0);
        break;
    }
}
