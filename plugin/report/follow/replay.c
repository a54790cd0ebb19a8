/* replay.c - see replay.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "replay.h"

#include <inttypes.h>
#include <string.h>

#include "follow.h"
#include "tap/segment.h"

#define IPV4_HEADER  20
#define IPV6_HEADER  40
#define TCP_HEADER   20
#define SYN_OPTIONS  8
/* What fits an Ethernet frame. */
#define MTU          1500
/* Both sides always announce 1 GiB: the windows of the subflows mean nothing to this connection. */
#define WINDOW       65535
#define WINDOW_SCALE 14
#define PROTOCOL_TCP 6

struct lane {
    const mpt_stream_direction *direction;
    guint left;       /* deliveries of bytes to come */
    uint64_t missing; /* bytes of a gap before the next */
    int64_t acked;    /* DSN that the other side expects */
    int64_t fin_ns;
    bool fin_sent;
    uint32_t base; /* sequence number of position 0 */
};

struct replay {
    const mpt_connection_view *view;
    struct lane lane[MPT_DIRECTIONS];
    uint16_t mss, id[MPT_DIRECTIONS];
    int64_t latest; /* time so far */
    mpt_replay_func func;
    void *user;
    bool ok;
    GString *comment;
};

/* --- one packet --- */

static void put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
    put16(p, value >> 16);
    put16(p + 2, value & 0xffff);
}

static uint32_t add_words(uint32_t sum, const uint8_t *p, size_t n)
{
    size_t i;

    for (i = 0; i + 1 < n; i += 2)
        sum += (uint32_t)(p[i] << 8 | p[i + 1]);
    return n & 1 ? sum + (uint32_t)(p[n - 1] << 8) : sum;
}

/* RFC 1071. Packets are short enough that 32 bits never overflow. */
static uint16_t fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* Writes the IP header in front of `payload` bytes of TCP; returns its length. */
static size_t put_ip(struct replay *x, uint8_t *p, mpt_direction dir, size_t payload)
{
    mpt_role sender = mpt_direction_sender(dir);
    const mpt_endpoint *from = &x->view->end[sender], *to = &x->view->end[mpt_role_other(sender)];

    if (from->family == MPT_FAMILY_IPV6) {
        memset(p, 0, IPV6_HEADER);
        p[0] = 0x60;
        put16(p + 4, (uint32_t)payload);
        p[6] = PROTOCOL_TCP;
        p[7] = 64;
        memcpy(p + 8, from->address, 16);
        memcpy(p + 24, to->address, 16);
        return IPV6_HEADER;
    }
    memset(p, 0, IPV4_HEADER);
    p[0] = 0x45;
    put16(p + 2, (uint32_t)(IPV4_HEADER + payload));
    put16(p + 4, ++x->id[dir]);
    p[6] = 0x40; /* don't fragment */
    p[8] = 64;
    p[9] = PROTOCOL_TCP;
    memcpy(p + 12, from->address, 4);
    memcpy(p + 16, to->address, 4);
    put16(p + 10, fold(add_words(0, p, IPV4_HEADER)));
    return IPV4_HEADER;
}

static uint16_t tcp_checksum(const struct replay *x, const uint8_t *tcp, size_t n)
{
    uint32_t sum = PROTOCOL_TCP + (uint32_t)n; /* RFC 9293 3.1, RFC 8200 8.1 */

    for (mpt_role role = 0; role < MPT_ROLES; role++)
        sum = add_words(sum, x->view->end[role].address, mpt_endpoint_address_len(&x->view->end[role]));
    return fold(add_words(sum, tcp, n));
}

static size_t put_tcp(const struct replay *x, uint8_t *p, mpt_direction dir, uint16_t flags, uint32_t seq,
                      const uint8_t *data, size_t n)
{
    size_t header = TCP_HEADER + (flags & MPT_TCP_SYN ? SYN_OPTIONS : 0);
    const struct lane *other = &x->lane[mpt_direction_other(dir)];
    mpt_role sender = mpt_direction_sender(dir);

    memset(p, 0, header);
    put16(p, x->view->end[sender].port);
    put16(p + 2, x->view->end[mpt_role_other(sender)].port);
    put32(p + 4, seq);
    if (flags & MPT_TCP_ACK)
        put32(p + 8, other->base + (uint32_t)other->acked);
    p[12] = (uint8_t)(header / 4 << 4);
    p[13] = (uint8_t)flags;
    put16(p + 14, WINDOW);
    if (flags & MPT_TCP_SYN) {
        p[20] = 2; /* maximum segment size, RFC 9293 3.2 */
        p[21] = 4;
        put16(p + 22, x->mss);
        p[24] = 1; /* no operation */
        p[25] = 3; /* window scale, RFC 7323 2.2 */
        p[26] = 3;
        p[27] = WINDOW_SCALE;
    }
    if (n)
        memcpy(p + header, data, n);
    put16(p + 16, tcp_checksum(x, p, header + n));
    return header + n;
}

/* dsn: the position that has the sequence number of the packet. The comment is in x->comment. */
static void send_packet(struct replay *x, mpt_direction dir, uint16_t flags, int64_t dsn, const uint8_t *data,
                        size_t n, int64_t time_ns)
{
    uint8_t packet[MTU];
    size_t tcp = TCP_HEADER + (flags & MPT_TCP_SYN ? SYN_OPTIONS : 0) + n, ip;

    x->latest = MAX(x->latest, time_ns);
    ip = put_ip(x, packet, dir, tcp);
    put_tcp(x, packet + ip, dir, flags, x->lane[dir].base + (uint32_t)dsn, data, n);
    mpt_replay_packet p = {
        .time_ns = time_ns, .bytes = packet, .length = (uint32_t)(ip + tcp), .comment = x->comment->str};
    x->ok = x->ok && x->func(&p, x->user);
}

/* --- data --- */

static void send_run(struct replay *x, const mpt_delivery *d)
{
    struct lane *lane = &x->lane[d->direction];
    const mpt_stream_run *run = d->run;
    uint32_t done;

    g_string_printf(x->comment, "frame %u, subflow %u", run->frame,
                    mpt_metrics_subflow_of(x->view, run->owner)->id);
    if (lane->missing)
        g_string_append_printf(x->comment, "; the %" PRIu64 " bytes before it are not in the capture",
                               lane->missing);
    for (done = 0; done < run->length; done += x->mss) {
        uint32_t n = MIN(run->length - done, x->mss);
        uint16_t flags = MPT_TCP_ACK | (done + n == run->length ? MPT_TCP_PSH : 0);
        send_packet(x, d->direction, flags, run->dsn + done, run->bytes + done, n, run->time_ns);
    }
    lane->missing = 0;
    lane->acked = run->dsn + run->length;
    lane->left--;
}

/* After the last byte, before anything that the other side did later. */
static void send_fins(struct replay *x, int64_t until)
{
    mpt_direction dir;

    for (dir = 0; dir < MPT_DIRECTIONS; dir++) {
        struct lane *lane = &x->lane[dir];
        if (!lane->direction->has_fin || lane->fin_sent || lane->left || lane->fin_ns > until)
            continue;
        g_string_assign(x->comment, "made up for the end of the stream (DATA_FIN, or FIN of plain TCP)");
        send_packet(x, dir, MPT_TCP_FIN | MPT_TCP_ACK, lane->direction->end, NULL, 0, lane->fin_ns);
        lane->fin_sent = true;
        lane->acked = lane->direction->end + 1;
    }
}

static void send_streams(struct replay *x, const GArray *deliveries)
{
    bool client_first = x->lane[MPT_C2S].fin_ns <= x->lane[MPT_S2C].fin_ns;
    guint i;

    for (i = 0; i < deliveries->len && x->ok; i++) {
        const mpt_delivery *d = &g_array_index(deliveries, mpt_delivery, i);
        if (!d->run) {
            x->lane[d->direction].missing += d->missing;
            continue;
        }
        send_fins(x, d->delivered_ns - 1);
        send_run(x, d);
    }
    send_fins(x, x->lane[client_first ? MPT_C2S : MPT_S2C].fin_ns);
    send_fins(x, INT64_MAX);
}

/* --- beginning and end --- */

static void describe_handshake(struct replay *x, const char *what, bool seen, uint32_t frame)
{
    if (seen)
        g_string_printf(x->comment, "made up for the %s of frame %u, subflow 0", what, frame);
    else
        g_string_printf(x->comment, "made up: the capture has no %s of the first subflow", what);
}

static void send_handshake(struct replay *x, const GArray *deliveries)
{
    const mpt_subflow *s = x->view->subflows[0].subflow;
    const struct lane *client = &x->lane[MPT_C2S], *server = &x->lane[MPT_S2C];
    bool answered =
        s->synack_seen || deliveries->len || client->direction->has_fin || server->direction->has_fin;
    /* Nothing is sent before the handshake; what Fast Open sent with it comes right after it. */
    int64_t latest = INT64_MAX, start;
    guint i;

    for (i = 0; i < deliveries->len; i++)
        latest = MIN(latest, g_array_index(deliveries, mpt_delivery, i).time_ns);
    start = MIN(s->start_ns, latest);

    describe_handshake(x, "SYN", s->syn_seen, s->first_frame);
    send_packet(x, MPT_C2S, MPT_TCP_SYN, client->direction->start - 1, NULL, 0, start);
    if (!answered)
        return;
    describe_handshake(x, "SYN/ACK", s->synack_seen, s->synack_frame);
    send_packet(x, MPT_S2C, MPT_TCP_SYN | MPT_TCP_ACK, server->direction->start - 1, NULL, 0,
                s->synack_seen ? MIN(s->synack_ns, latest) : start);
    describe_handshake(x, "third ACK", s->ack_seen, s->ack_frame);
    send_packet(x, MPT_C2S, MPT_TCP_ACK, client->direction->start, NULL, 0,
                s->ack_seen ? MIN(s->ack_ns, latest) : start);
}

static void send_end(struct replay *x)
{
    const mpt_connection_view *v = x->view;
    bool fins = x->lane[MPT_C2S].fin_sent && x->lane[MPT_S2C].fin_sent;
    mpt_direction last = x->lane[MPT_C2S].fin_ns > x->lane[MPT_S2C].fin_ns ? MPT_C2S : MPT_S2C;
    mpt_direction first = mpt_direction_other(last), by;

    if (fins) {
        g_string_assign(x->comment, "made up: acknowledges the FIN");
        send_packet(x, first, MPT_TCP_ACK, x->lane[first].direction->end + 1, NULL, 0, x->latest);
    } else if ((v->close == MPT_CLOSE_RESET || v->close == MPT_CLOSE_FASTCLOSE) && v->close_by.known) {
        by = mpt_role_sends((mpt_role)v->close_by.value);
        g_string_printf(x->comment, "made up: the connection ended with %s",
                        v->close == MPT_CLOSE_RESET ? "a reset" : "MP_FASTCLOSE");
        send_packet(x, by, MPT_TCP_RST | MPT_TCP_ACK, x->lane[by].acked, NULL, 0,
                    v->close_time.known ? v->close_time.ns + v->epoch_ns : x->latest);
    }
}

/* When the sender ended its stream. */
static int64_t fin_time(const mpt_connection_view *v, mpt_direction dir)
{
    GArray *events = mpt_metrics_events(v->connection);
    const mpt_subflow_view *s = &v->subflows[0];
    int64_t time_ns = mpt_metrics_half(s, dir)->fin_ns;
    guint i;

    for (i = 0; i < events->len; i++) {
        const mpt_event *e = &g_array_index(events, mpt_event, i);
        if (e->type == MPT_EVENT_DATA_FIN && e->side == v->side[mpt_direction_sender(dir)]) {
            time_ns = e->time_ns;
            break;
        }
    }
    g_array_unref(events);
    return time_ns;
}

static void lane_init(struct lane *lane, const mpt_connection_view *v, mpt_direction dir,
                      const mpt_stream_direction *direction, const GArray *deliveries)
{
    guint i;

    *lane = (struct lane){
        .direction = direction,
        .acked = direction->start,
        .base = (uint32_t)mpt_metrics_level(v, dir)->base,
        .fin_ns = fin_time(v, dir),
    };
    for (i = 0; i < deliveries->len; i++) {
        const mpt_delivery *d = &g_array_index(deliveries, mpt_delivery, i);
        if (!d->run || d->direction != dir)
            continue;
        lane->left++;
        lane->fin_ns = MAX(lane->fin_ns, d->delivered_ns);
    }
}

bool mpt_replay(const mpt_connection_view *view, const mpt_stream_direction direction[MPT_DIRECTIONS],
                mpt_replay_func func, void *user)
{
    struct replay x = {.view = view, .func = func, .user = user, .ok = true, .latest = INT64_MIN};
    GArray *deliveries = mpt_follow_deliveries(direction);
    mpt_direction dir;

    x.mss = MTU - TCP_HEADER - (view->end[MPT_CLIENT].family == MPT_FAMILY_IPV6 ? IPV6_HEADER : IPV4_HEADER);
    x.comment = g_string_new(NULL);
    for (dir = 0; dir < MPT_DIRECTIONS; dir++)
        lane_init(&x.lane[dir], view, dir, &direction[dir], deliveries);
    send_handshake(&x, deliveries);
    send_streams(&x, deliveries);
    send_end(&x);
    g_array_unref(deliveries);
    g_string_free(x.comment, TRUE);
    return x.ok;
}
