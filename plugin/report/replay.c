/* replay.c - see replay.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "replay.h"

#include <inttypes.h>
#include <string.h>

#include "../../tap/segment.h"

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define TCP_HEADER 20
#define SYN_OPTIONS 8
/* What fits an Ethernet frame. */
#define MTU 1500
/* Both sides always have 1 GiB of room: the windows of the subflows say nothing of this connection. */
#define WINDOW 65535
#define WINDOW_SCALE 14
#define PROTOCOL_TCP 6

struct lane {
    const mpt_stream_direction *direction;
    GArray *order; /* guint: indexes of runs, by time */
    bool *arrived; /* per run */
    guint next;    /* in `order` */
    guint delivered;
    int64_t acked; /* DSN that the other side expects */
    int64_t fin_ns;
    bool fin_sent;
    uint32_t base; /* sequence number of position 0 */
};

struct replay {
    const mpt_connection_view *view;
    struct lane lane[MPT_DIRECTIONS];
    uint16_t mss, id[MPT_DIRECTIONS];
    int64_t now; /* of the last packet */
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
    const mpt_endpoint *from = &x->view->end[dir], *to = &x->view->end[!dir];

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
    unsigned end;

    for (end = 0; end < 2; end++)
        sum = add_words(sum, x->view->end[end].address, mpt_endpoint_address_len(&x->view->end[end]));
    return fold(add_words(sum, tcp, n));
}

static size_t put_tcp(const struct replay *x, uint8_t *p, mpt_direction dir, uint16_t flags, uint32_t seq,
                      const uint8_t *data, size_t n)
{
    size_t header = TCP_HEADER + (flags & MPT_TCP_SYN ? SYN_OPTIONS : 0);
    const struct lane *other = &x->lane[!dir];

    memset(p, 0, header);
    put16(p, x->view->end[dir].port);
    put16(p + 2, x->view->end[!dir].port);
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
static void send_packet(struct replay *x, mpt_direction dir, uint16_t flags, int64_t dsn, const uint8_t *data, size_t n,
                 int64_t time_ns)
{
    uint8_t packet[MTU];
    size_t tcp = TCP_HEADER + (flags & MPT_TCP_SYN ? SYN_OPTIONS : 0) + n, ip;

    x->now = MAX(x->now, time_ns);
    ip = put_ip(x, packet, dir, tcp);
    put_tcp(x, packet + ip, dir, flags, x->lane[dir].base + (uint32_t)dsn, data, n);
    mpt_replay_packet p = {
        .time_ns = x->now, .bytes = packet, .length = (uint32_t)(ip + tcp), .comment = x->comment->str};
    x->ok = x->ok && x->func(&p, x->user);
}

/* --- data --- */

static const mpt_stream_run *run_at(const struct lane *lane, guint i)
{
    return &g_array_index(lane->direction->runs, mpt_stream_run, i);
}

static int by_time(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct lane *lane = user;
    const mpt_stream_run *x = run_at(lane, *(const guint *)a), *y = run_at(lane, *(const guint *)b);

    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    return x->dsn < y->dsn ? -1 : x->dsn > y->dsn;
}

static uint32_t subflow_id(const mpt_connection_view *v, uint16_t owner)
{
    uint32_t i;

    for (i = 0; i < v->subflow_count; i++)
        if (v->subflows[i].subflow->owner == owner)
            return v->subflows[i].id;
    return 0;
}

static void describe(struct replay *x, const struct lane *lane, guint index)
{
    const mpt_stream_run *run = run_at(lane, index), *before = index ? run_at(lane, index - 1) : NULL;
    int64_t from = before ? before->dsn + before->length : lane->direction->start;

    g_string_printf(x->comment, "frame %u, subflow %u", run->frame, subflow_id(x->view, run->owner));
    if (run->dsn > from)
        g_string_append_printf(x->comment, "; the %" PRId64 " bytes before it are not in the capture",
                               run->dsn - from);
}

static void send_run(struct replay *x, mpt_direction dir)
{
    struct lane *lane = &x->lane[dir];
    guint index = g_array_index(lane->order, guint, lane->next++);
    const mpt_stream_run *run = run_at(lane, index);
    uint32_t done;

    describe(x, lane, index);
    for (done = 0; done < run->length; done += x->mss) {
        uint32_t n = MIN(run->length - done, x->mss);
        uint16_t flags = MPT_TCP_ACK | (done + n == run->length ? MPT_TCP_PSH : 0);
        send_packet(x, dir, flags, run->dsn + done, run->bytes + done, n, run->time_ns);
    }
    lane->arrived[index] = true;
    while (lane->delivered < lane->direction->runs->len && lane->arrived[lane->delivered]) {
        const mpt_stream_run *next = run_at(lane, lane->delivered++);
        lane->acked = next->dsn + next->length;
    }
}

static const mpt_stream_run *upcoming(const struct lane *lane)
{
    return lane->next < lane->order->len ? run_at(lane, g_array_index(lane->order, guint, lane->next)) : NULL;
}

static void send_fin(struct replay *x, mpt_direction dir)
{
    struct lane *lane = &x->lane[dir];

    g_string_assign(x->comment, "made up for the end of the stream (DATA_FIN, or FIN of plain TCP)");
    send_packet(x, dir, MPT_TCP_FIN | MPT_TCP_ACK, lane->direction->end, NULL, 0, lane->fin_ns);
    lane->fin_sent = true;
    lane->acked = lane->direction->end + 1;
}

/* When a direction has something to send next; INT64_MAX: never. */
static int64_t next_time(const struct lane *lane)
{
    const mpt_stream_run *run = upcoming(lane);

    if (run)
        return run->time_ns;
    return lane->direction->has_fin && !lane->fin_sent ? lane->fin_ns : INT64_MAX;
}

static void send_streams(struct replay *x)
{
    while (x->ok) {
        int64_t c2s = next_time(&x->lane[MPT_C2S]), s2c = next_time(&x->lane[MPT_S2C]);
        mpt_direction dir = s2c < c2s ? MPT_S2C : MPT_C2S;

        if (c2s == INT64_MAX && s2c == INT64_MAX)
            return;
        if (upcoming(&x->lane[dir]))
            send_run(x, dir);
        else
            send_fin(x, dir);
    }
}

/* --- beginning and end --- */

static void describe_handshake(struct replay *x, const char *what, bool seen, uint32_t frame)
{
    if (seen)
        g_string_printf(x->comment, "made up for the %s of frame %u, subflow 0", what, frame);
    else
        g_string_printf(x->comment, "made up: the capture has no %s of the first subflow", what);
}

static void send_handshake(struct replay *x)
{
    const mpt_subflow *s = x->view->subflows[0].subflow;
    struct lane *client = &x->lane[MPT_C2S], *server = &x->lane[MPT_S2C];
    /* Nothing is sent before the handshake; what Fast Open sent with it comes right after it. */
    int64_t latest = MIN(next_time(client), next_time(server)), start = MIN(s->start_ns, latest);
    bool answered = s->synack_seen || latest != INT64_MAX;

    describe_handshake(x, "SYN", s->syn_seen, s->first_frame);
    send_packet(x, MPT_C2S, MPT_TCP_SYN, client->direction->start - 1, NULL, 0, start);
    if (!answered)
        return;
    describe_handshake(x, "SYN/ACK", s->synack_seen, s->synack_frame);
    send_packet(x, MPT_S2C, MPT_TCP_SYN | MPT_TCP_ACK, server->direction->start - 1, NULL, 0,
         s->synack_seen ? MIN(s->synack_ns, latest) : start);
    describe_handshake(x, "third ACK", s->ack_seen, s->ack_frame);
    send_packet(x, MPT_C2S, MPT_TCP_ACK, client->direction->start, NULL, 0, s->ack_seen ? MIN(s->ack_ns, latest) : start);
}

static void send_end(struct replay *x)
{
    const mpt_connection_view *v = x->view;
    bool fins = x->lane[MPT_C2S].fin_sent && x->lane[MPT_S2C].fin_sent;
    mpt_direction last = x->lane[MPT_C2S].fin_ns > x->lane[MPT_S2C].fin_ns ? MPT_C2S : MPT_S2C, by;

    if (fins) {
        g_string_assign(x->comment, "made up: acknowledges the FIN");
        send_packet(x, !last, MPT_TCP_ACK, x->lane[!last].direction->end + 1, NULL, 0, x->now);
    } else if ((v->close == MPT_CLOSE_RESET || v->close == MPT_CLOSE_FASTCLOSE) && v->close_by.known) {
        by = v->close_by.value ? MPT_S2C : MPT_C2S;
        g_string_printf(x->comment, "made up: the connection ended with %s",
                        v->close == MPT_CLOSE_RESET ? "a reset" : "MP_FASTCLOSE");
        send_packet(x, by, MPT_TCP_RST | MPT_TCP_ACK, x->lane[by].acked, NULL, 0,
             v->close_time.known ? v->close_time.ns + v->epoch_ns : x->now);
    }
}

/* When the sender ended its stream; not before its last byte. */
static int64_t fin_time(const mpt_connection_view *v, mpt_direction dir, const mpt_stream_direction *direction)
{
    GArray *events = mpt_metrics_events(v->connection);
    const mpt_subflow_view *s = &v->subflows[0];
    int64_t time_ns = s->subflow->half[s->side[dir]].fin_ns;
    bool found = false;
    guint i;

    for (i = 0; i < events->len && !found; i++) {
        const mpt_event *e = &g_array_index(events, mpt_event, i);
        found = e->type == MPT_EVENT_DATA_FIN && e->side == v->side[dir];
        if (found)
            time_ns = e->time_ns;
    }
    g_array_unref(events);
    for (i = 0; i < direction->runs->len; i++)
        time_ns = MAX(time_ns, g_array_index(direction->runs, mpt_stream_run, i).time_ns);
    return time_ns;
}

static void lane_init(struct lane *lane, const mpt_connection_view *v, mpt_direction dir,
                      const mpt_stream_direction *direction)
{
    guint i, n = direction->runs->len;

    *lane = (struct lane){
        .direction = direction,
        .acked = direction->start,
        .base = (uint32_t)v->connection->level[v->side[dir]].base,
        .fin_ns = fin_time(v, dir, direction),
    };
    lane->order = g_array_sized_new(FALSE, FALSE, sizeof(guint), n);
    lane->arrived = g_new0(bool, MAX(n, 1));
    for (i = 0; i < n; i++)
        g_array_append_val(lane->order, i);
    g_array_sort_with_data(lane->order, by_time, lane);
}

bool mpt_replay(const mpt_connection_view *view, const mpt_stream_direction direction[MPT_DIRECTIONS],
                mpt_replay_func func, void *user)
{
    struct replay x = {.view = view, .func = func, .user = user, .ok = true, .now = INT64_MIN};
    unsigned dir;

    x.mss = MTU - TCP_HEADER - (view->end[0].family == MPT_FAMILY_IPV6 ? IPV6_HEADER : IPV4_HEADER);
    x.comment = g_string_new(NULL);
    for (dir = 0; dir < MPT_DIRECTIONS; dir++)
        lane_init(&x.lane[dir], view, dir, &direction[dir]);
    send_handshake(&x);
    send_streams(&x);
    send_end(&x);
    for (dir = 0; dir < MPT_DIRECTIONS; dir++) {
        g_array_free(x.lane[dir].order, TRUE);
        g_free(x.lane[dir].arrived);
    }
    g_string_free(x.comment, TRUE);
    return x.ok;
}
