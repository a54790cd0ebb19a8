/* speed.c - see speed.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "speed.h"

#include "tap/engine/base/seq.h"

/* A part of the round trip below this fraction of it does not matter. */
#define NEAR              32
/* A copy of bytes that were sent earlier than this part of a round trip before makes up for no loss. */
#define REORDERED         4
/* The same without knowing when they were sent: no path is so much slower than another. */
#define STALLED_NS        INT64_C(50000000)
#define STALLED_TIMES     2
/* Segments in flight from which on a round-trip time is one under load. */
#define LOADED            4
#define RATE_INTERVALS    8
#define RATE_INTERVAL_MIN INT64_C(1000000)
/* RFC 9293 3.7.1: the segment that everybody takes. */
#define SMALLEST_SEGMENT  536
#define LARGEST_SCALE     14
/* Echoes of timestamps that are waited for, so many within a delay. */
#define ECHOES            32
#define ECHOES_PER_DELAY  8
/* Parts of a delay: data that comes after a longer silence was not released by an acknowledgement. */
#define SILENT            4
#define SMOOTHING         4
/* Spans that are kept, over all connections. */
#define SPANS             2000000

/* Acknowledgements whose timestamps the other side echoes with the data that they release (RFC 7323 3.2): when
 * each was seen. */
struct echoes {
    unsigned next;
    struct {
        uint32_t tsval;
        int64_t time_ns; /* 0: none */
    } of[ECHOES];
};

/* One side of a subflow. */
struct half {
    /* As sender of data. */
    int64_t next;              /* one past the highest position sent */
    int64_t last_ns;           /* its last payload */
    int64_t hole_end, hole_ns; /* the oldest gap that may be open, and when it appeared; hole_ns 0: none */
    bool outstanding;          /* TCP has not acknowledged all of it */
    bool retransmitted;        /* since the timed segment */
    bool timing;
    int64_t timed_end, timed_ns; /* a segment whose acknowledgement is waited for */
    mpt_histogram rtt;
    int64_t acked; /* by the other side */
    /* How much later than it is seen an acknowledgement takes effect here: data that it releases is seen. 0: the
     * capture is here. */
    int64_t delay_ns;
    struct echoes *echoes; /* of the acknowledgements of the other side; NULL: none */
    int64_t rate_from_ns, rate_bytes, best_bytes;
    /* As receiver: the highest right edge of its window, and the segment that told it. */
    bool told;
    int64_t edge, told_data_ack, told_end, told_ack;
    uint32_t told_tsval;
};

struct flow {
    bool has_round_trip;
    int64_t all_ns; /* as in mpt_speed_round_trip() */
    struct half half[MPT_SIDES];
};

struct direction {
    mpt_limiter limiter;
    uint64_t acks; /* DATA_ACKs seen so far */
    bool no_handshake, no_scale;
    uint32_t frame, window;
    uint64_t windows, low_windows; /* announced; of these below half of the largest so far */
    int64_t round_trip_ns;         /* the longest so far of the subflows that carry its data */
    mpt_speed_sight shrunk, tiny;
    bool announced;
    int64_t edge;           /* the highest that was announced, with announced */
    uint32_t outstanding;   /* subflows with payload that TCP has not acknowledged */
    int64_t data_acked;     /* the highest acknowledgement, with announced or not */
    int64_t stuck_since_ns; /* TCP has acknowledged all, and the other side's data level has not; 0: not so */
    int64_t stuck_ns;
    GArray *spans; /* mpt_limit_span, neighbours differ; NULL: not wanted, or none */
    mpt_speed *speed;
    /* The window is below a segment now, since; above 0 at least once. */
    int64_t tiny_since_ns, tiny_least;
    uint32_t tiny_frame;
    bool tiny_open, tiny_felt; /* felt: there was data that had to wait for it */
    bool tiny_void;            /* the sender sends more: that window is not what it knows */
};

struct connection {
    bool tcp;                                    /* plain TCP now: positions are those of its subflow */
    struct direction *direction[MPT_CONN_SIDES]; /* of the sender; NULL: no payload so far */
};

/* The payload of the segment that is being taken in. */
struct sending {
    bool any, repair;
    int64_t from, to;
    int64_t first_ns; /* of a copy: when the earliest of the bytes was first seen */
};

struct mpt_speed {
    GPtrArray *flows, *connections; /* struct flow, struct connection, by index; NULL: nothing so far */
    struct sending sending;
    bool keeps_spans;
    size_t spans;
};

const char *mpt_speed_unknown_name(mpt_speed_unknown unknown)
{
    static const char *const names[] = {[MPT_SPEED_NO_DATA] = "no_data",
                                        [MPT_SPEED_HANDSHAKE] = "handshake",
                                        [MPT_SPEED_WINDOW_SCALE] = "window_scale",
                                        [MPT_SPEED_GAPS] = "gaps",
                                        [MPT_SPEED_DATA_ACKS] = "data_acks"};

    return names[unknown];
}

/* --- handshakes --- */

bool mpt_speed_round_trip(const mpt_subflow *s, mpt_side side, int64_t *part_ns, int64_t *all_ns)
{
    int64_t syn_ns = s->evidence && s->evidence->syn_ns ? s->evidence->syn_ns : s->syn_ns;
    int64_t beyond = s->synack_ns - syn_ns, before = s->ack_ns - s->synack_ns;

    if (!s->syn_seen || !s->synack_seen || !s->ack_seen || !s->initiator_known || beyond < 0 || before < 0)
        return false;
    *part_ns = side == s->initiator ? before : beyond;
    *all_ns = before + beyond;
    return true;
}

/* --- state --- */

static gpointer find(const GPtrArray *of, guint index)
{
    return index < of->len ? g_ptr_array_index(of, index) : NULL;
}

static void set(GPtrArray *of, guint index, gpointer value)
{
    if (index >= of->len)
        g_ptr_array_set_size(of, (gint)index + 1);
    g_ptr_array_index(of, index) = value;
}

static struct flow *flow_of(mpt_speed *speed, const mpt_subflow *s)
{
    struct flow *f = find(speed->flows, s->index);

    if (!f) {
        f = g_new0(struct flow, 1);
        f->half[MPT_SIDE_A].acked = f->half[MPT_SIDE_B].acked = INT64_MIN;
        set(speed->flows, s->index, f);
    }
    for (mpt_side side = 0; side < MPT_SIDES && !f->has_round_trip; side++) {
        int64_t part_ns;

        if (!mpt_speed_round_trip(s, side, &part_ns, &f->all_ns))
            return f;
        f->half[side].delay_ns = part_ns < f->all_ns / NEAR ? 0 : part_ns;
        f->has_round_trip = side == MPT_SIDE_B;
    }
    return f;
}

static struct connection *connection_of(mpt_speed *speed, const mpt_connection *c)
{
    struct connection *x = find(speed->connections, c->index);

    if (!x) {
        x = g_new0(struct connection, 1);
        set(speed->connections, c->index, x);
    }
    return x;
}

static void keep_span(mpt_limit limit, int64_t from_ns, int64_t to_ns, uint32_t frame, void *user)
{
    struct direction *d = user;
    mpt_limit_span span = {.from_ns = from_ns, .frame = frame, .limit = limit};

    (void)to_ns;
    if (!d->spans)
        d->spans = g_array_new(FALSE, FALSE, sizeof(mpt_limit_span));
    if (d->spans->len && g_array_index(d->spans, mpt_limit_span, d->spans->len - 1).limit == limit)
        return;
    if (d->speed->spans == SPANS)
        return;
    d->speed->spans++;
    g_array_append_val(d->spans, span);
}

static struct direction *direction_of(mpt_speed *speed, struct connection *x, mpt_conn_side side)
{
    if (!x->direction[side]) {
        x->direction[side] = g_new0(struct direction, 1);
        x->direction[side]->speed = speed;
        x->direction[side]->limiter.settled = speed->keeps_spans ? keep_span : NULL;
        x->direction[side]->limiter.user = x->direction[side];
    }
    return x->direction[side];
}

static void free_flow(gpointer data)
{
    struct flow *f = data;

    if (!f)
        return;
    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        mpt_histogram_clear(&f->half[side].rtt);
        g_free(f->half[side].echoes);
    }
    g_free(f);
}

static void free_connection(gpointer data)
{
    struct connection *x = data;

    for (mpt_conn_side side = 0; x && side < MPT_CONN_SIDES; side++) {
        struct direction *d = x->direction[side];

        if (!d)
            continue;
        mpt_limiter_clear(&d->limiter);
        if (d->spans)
            g_array_free(d->spans, TRUE);
        g_free(d);
    }
    g_free(x);
}

/* --- payload --- */

static void on_data(const mpt_data_piece *p, void *user)
{
    mpt_speed *speed = user;
    struct sending *now = &speed->sending;
    int64_t end = p->dsn + p->length;

    if (!p->connection || !p->mapped)
        return;
    if (!now->any)
        *now = (struct sending){.any = true, .from = p->dsn, .to = end, .first_ns = INT64_MAX};
    now->from = MIN(now->from, p->dsn);
    now->to = MAX(now->to, end);
    now->repair |= p->what == MPT_DATA_RETRANSMITTED;
    if (p->what == MPT_DATA_REINJECTED || p->what == MPT_DATA_REINJECTED_SAME)
        now->first_ns = MIN(now->first_ns, p->first_ns);
}

/* Bytes that another segment had overtaken: lost before they came here, if the gap was there for long enough. */
static bool fills_gap(struct half *h, const struct flow *f, const mpt_segment *g, int64_t position)
{
    int64_t end = position + g->payload_len;
    bool late = end < h->next, filled = h->hole_ns && h->acked >= h->hole_end;

    if (position > h->next && h->next && (!h->hole_ns || filled)) {
        h->hole_ns = g->time_ns;
        h->hole_end = position;
    } else if (filled) {
        h->hole_ns = 0;
    }
    h->next = MAX(h->next, end);
    return late && h->hole_ns && position < h->hole_end && g->time_ns - h->hole_ns >= f->all_ns / REORDERED;
}

/* The lowest byte that is waited for comes after a time that no path takes. */
static bool ends_stall(const struct direction *d, const struct sending *now, int64_t time_ns)
{
    const mpt_limiter *l = &d->limiter;

    return l->begun && now->from <= l->acked && now->to > l->acked && l->high > now->to &&
           time_ns - l->progress_ns >= MAX(STALLED_NS, STALLED_TIMES * d->round_trip_ns);
}

/* Is it sent again because it was lost? Copies that are sent at once (a redundant scheduler) are not, nor those of
 * what TCP has acknowledged (Linux sends what nobody reads again). */
static bool is_repair(const struct direction *d, const struct flow *f, const struct sending *now,
                      int64_t time_ns)
{
    return now->repair ||
           (now->first_ns != INT64_MAX && d->outstanding > 0 && time_ns - now->first_ns >= f->all_ns) ||
           ends_stall(d, now, time_ns);
}

/* Keeps the time in which nothing is on its way for TCP, but is for the data level, and no full window shows why
 * (Linux acknowledges data that nobody reads at the subflow alone). */
static void note_stuck(struct direction *d, const mpt_data_level *level, int64_t time_ns)
{
    bool stuck = d->outstanding == 0 && d->data_acked < d->limiter.high &&
                 mpt_limiter_now(&d->limiter) == MPT_LIMIT_CONGESTION &&
                 (d->stuck_since_ns || mpt_ranges_covered(&level->owned, d->data_acked, d->data_acked + 1));

    if (stuck && !d->stuck_since_ns) {
        d->stuck_since_ns = time_ns;
    } else if (!stuck && d->stuck_since_ns) {
        d->stuck_ns += time_ns - d->stuck_since_ns;
        d->stuck_since_ns = 0;
    }
}

static void note_outstanding(struct direction *d, struct half *h)
{
    bool outstanding = h->next > h->acked;

    if (outstanding != h->outstanding)
        d->outstanding += outstanding ? 1u : UINT32_MAX;
    h->outstanding = outstanding;
}

/* Data waits for a window that is below a segment. */
static void feel_tiny(struct direction *d)
{
    d->tiny_felt |= d->tiny_open && mpt_limiter_now(&d->limiter) == MPT_LIMIT_WINDOW;
}

static void time_segment(struct half *h, const mpt_segment *g, int64_t position, bool again)
{
    h->retransmitted |= again;
    if (h->timing || again || h->acked == INT64_MIN ||
        position + g->payload_len - h->acked < (int64_t)LOADED * MPT_LIMIT_SEGMENT)
        return;
    h->timing = true;
    h->retransmitted = false;
    h->timed_end = position + g->payload_len;
    h->timed_ns = g->time_ns;
}

static void note_echo(struct half *h, const mpt_segment *g)
{
    struct echoes *e = h->echoes;
    unsigned last;

    if (!h->delay_ns || !(g->presence & MPT_SEGMENT_TIMESTAMPS))
        return;
    if (!e)
        e = h->echoes = g_new0(struct echoes, 1);
    last = (e->next + ECHOES - 1) % ECHOES;
    if (e->of[last].tsval == g->tsval || g->time_ns - e->of[last].time_ns < h->delay_ns / ECHOES_PER_DELAY)
        return;
    e->of[e->next].tsval = g->tsval;
    e->of[e->next].time_ns = g->time_ns;
    e->next = (e->next + 1) % ECHOES;
}

/* Data with the first echo of an acknowledgement, in a flow of data: what this took is how late acknowledgements
 * take effect now. A full queue makes it longer than the handshake was. */
static void take_echo(struct half *h, const mpt_segment *g)
{
    bool silent = g->time_ns - h->last_ns > MAX(h->delay_ns / SILENT, MPT_LIMIT_IDLE_NS);

    h->last_ns = g->time_ns;
    if (!h->echoes || !(g->presence & MPT_SEGMENT_TIMESTAMPS))
        return;
    for (unsigned i = 0; i < ECHOES; i++) {
        int64_t sent_ns = h->echoes->of[i].time_ns;

        if (!sent_ns || h->echoes->of[i].tsval != g->tsecr)
            continue;
        h->echoes->of[i].time_ns = 0;
        if (!silent)
            h->delay_ns += (g->time_ns - sent_ns - h->delay_ns) / SMOOTHING;
        return;
    }
}

static void take_payload(mpt_speed *speed, struct connection *x, const mpt_subflow *s, mpt_side side,
                         const mpt_segment *g, int64_t position)
{
    struct direction *d = direction_of(speed, x, mpt_subflow_conn_side(s, side));
    struct flow *f = flow_of(speed, s);
    struct half *h = &f->half[side];
    bool again = position < h->next, late = fills_gap(h, f, g, position);
    struct sending now = speed->sending;

    if (x->tcp)
        now = (struct sending){.any = true,
                               .from = position,
                               .to = position + g->payload_len,
                               .first_ns = INT64_MAX,
                               .repair = again && !late && !h->hole_ns};
    d->no_handshake |= !f->has_round_trip;
    if (!d->limiter.begun)
        d->frame = g->frame;
    time_segment(h, g, position, again);
    take_echo(h, g);
    d->round_trip_ns = MAX(d->round_trip_ns, MAX(f->all_ns, h->delay_ns));
    d->tiny_void |= d->tiny_open && d->announced && now.any && now.to > d->edge + 1;
    mpt_limiter_advance(&d->limiter, g->time_ns);
    if (now.any)
        mpt_limiter_sent(&d->limiter, g->time_ns, g->frame, now.from, now.to,
                         late || is_repair(d, f, &now, g->time_ns), g->payload_len);
    note_outstanding(d, h);
    note_stuck(d, &s->connection->level[mpt_subflow_conn_side(s, side)], g->time_ns);
    feel_tiny(d);
}

/* --- acknowledgements --- */

static void take_round_trip(struct half *h, const mpt_segment *g, int64_t acked)
{
    if (!h->timing || acked < h->timed_end)
        return;
    if (!h->retransmitted)
        mpt_histogram_add(&h->rtt, g->time_ns - h->timed_ns);
    h->timing = false;
}

static int64_t rate_interval(const struct flow *f)
{
    return MAX(f->all_ns / RATE_INTERVALS, RATE_INTERVAL_MIN);
}

/* What TCP acknowledges of the data that `side` sends. */
static void take_tcp_ack(struct flow *f, const mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    struct half *h = &f->half[side];
    int64_t acked = s->half[side].acked, bytes;

    if (acked <= h->acked)
        return;
    bytes = h->acked == INT64_MIN ? 0 : acked - h->acked;
    h->acked = acked;
    take_round_trip(h, g, acked);
    if (!f->has_round_trip)
        return;
    if (!h->rate_from_ns || g->time_ns - h->rate_from_ns >= rate_interval(f)) {
        h->rate_from_ns = g->time_ns;
        h->rate_bytes = 0;
    } else {
        h->rate_bytes += bytes;
        h->best_bytes = MAX(h->best_bytes, h->rate_bytes);
    }
}

static void sight(mpt_speed_sight *at, const mpt_segment *g, const mpt_subflow *s, int64_t bytes)
{
    if (!at->count++) {
        at->time_ns = g->time_ns;
        at->frame = g->frame;
        at->owner = s->owner;
    }
    at->last_ns = g->time_ns;
    at->bytes = MAX(at->bytes, bytes);
}

/* What is told of a window: where it ends, in a segment with these numbers. */
struct told {
    int64_t data_ack, edge, end, ack;
    uint32_t tsval;
    bool has_tsval;
};

/* Was the segment sent after the one that told the highest edge? What was overtaken, or sent again, was not. */
static bool is_later(const struct half *h, const struct told *t)
{
    int32_t tick = t->has_tsval ? (int32_t)(t->tsval - h->told_tsval) : 0;

    return t->data_ack >= h->told_data_ack && t->end >= h->told_end && t->ack >= h->told_ack && tick >= 0 &&
           (t->data_ack > h->told_data_ack || t->end > h->told_end || t->ack > h->told_ack || tick > 0);
}

/* RFC 8684 3.3.4: the right edge of the window must not go back. What is rounded to the scale may, by less than
 * its unit. */
static void note_edge(struct direction *d, struct half *h, const mpt_subflow *s, mpt_side side,
                      const mpt_segment *g, const struct told *t)
{
    unsigned scale = s->evidence->scale[side != s->initiator];
    int64_t unit = INT64_C(1) << (scale ? scale - 1u : LARGEST_SCALE);

    if (h->told && t->edge < h->edge) {
        if (t->edge + unit < h->edge && is_later(h, t))
            sight(&d->shrunk, g, s, h->edge - t->edge);
        return;
    }
    h->told = true;
    h->edge = t->edge;
    h->told_data_ack = t->data_ack;
    h->told_end = t->end;
    h->told_ack = t->ack;
    h->told_tsval = t->tsval;
}

static void close_tiny(struct direction *d, int64_t time_ns)
{
    if (d->tiny_open && d->tiny_felt && d->tiny_least > 0 &&
        time_ns - d->tiny_since_ns > d->tiny.last_ns - d->tiny.time_ns) {
        d->tiny.count = 1;
        d->tiny.time_ns = d->tiny_since_ns;
        d->tiny.last_ns = time_ns;
        d->tiny.frame = d->tiny_frame;
        d->tiny.bytes = d->tiny_least;
    }
    d->tiny_open = false;
}

static void note_tiny(struct direction *d, const mpt_segment *g)
{
    if (g->window >= MAX(d->limiter.segment, SMALLEST_SEGMENT)) {
        close_tiny(d, g->time_ns);
        return;
    }
    if (!d->tiny_open) {
        d->tiny_open = true;
        d->tiny_since_ns = g->time_ns;
        d->tiny_frame = g->frame;
        d->tiny_least = 0;
        d->tiny_felt = false;
    }
    if (g->window && (!d->tiny_least || g->window < d->tiny_least))
        d->tiny_least = g->window;
}

/* The window of a side that is about to close means nothing, nor does that of a RST. */
static bool tells_window(const mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    return !(g->flags & (MPT_TCP_RST | MPT_TCP_SYN)) && !s->half[side].fin_seen;
}

/* An acknowledgement sent by `side`, of data up to `acked`. */
static void take_ack(struct direction *d, struct flow *f, const mpt_subflow *s, mpt_side side,
                     const mpt_segment *g, int64_t position, int64_t acked)
{
    mpt_side sender = mpt_side_other(side);
    bool known = mpt_evidence_knows_scale(s->evidence, g->frame) && tells_window(s, side, g);
    struct told t = {.data_ack = acked,
                     .edge = acked + g->window,
                     .end = position + g->payload_len,
                     .ack = s->half[sender].acked,
                     .tsval = g->tsval,
                     .has_tsval = (g->presence & MPT_SEGMENT_TIMESTAMPS) != 0};

    d->no_handshake |= !f->has_round_trip;
    d->data_acked = MAX(d->data_acked, acked);
    mpt_limiter_advance(&d->limiter, g->time_ns);
    feel_tiny(d);
    if (known) {
        d->window = MAX(d->window, g->window);
        d->windows++;
        d->low_windows += g->window < d->window / 2;
        d->edge = d->announced ? MAX(d->edge, t.edge) : t.edge;
        d->announced = true;
        /* An old acknowledgement number: overtaken. */
        if (g->ack == s->half[sender].origin + (uint32_t)s->half[sender].acked) {
            note_edge(d, &f->half[side], s, side, g, &t);
            note_tiny(d, g);
        }
    } else if (tells_window(s, side, g)) {
        d->no_scale = true;
    }
    mpt_limiter_acked(&d->limiter, g->time_ns, g->frame, f->half[sender].delay_ns, acked,
                      known ? t.edge : INT64_MIN);
    feel_tiny(d);
}

/* --- plain TCP after all --- */

static bool is_tcp(struct connection *x, const mpt_connection *c, const mpt_subflow *s, const mpt_segment *g)
{
    if (x->tcp || g->option_len || g->flags & (MPT_TCP_SYN | MPT_TCP_RST) || c->subflows->len != 1 ||
        g->presence & MPT_SEGMENT_CUT_OPTIONS || mpt_connection_get_fallback(c) == MPT_FALLBACK_NONE)
        return x->tcp;
    x->tcp = true;
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        const mpt_half *h = &s->half[mpt_subflow_side(s, side)];

        if (x->direction[side])
            mpt_limiter_rebase(&x->direction[side]->limiter, h->next, MAX(h->acked, 0));
    }
    return true;
}

static void on_segment(const mpt_connection *c, const mpt_subflow *s, mpt_side side, const mpt_segment *g,
                       int64_t position, void *user)
{
    mpt_speed *speed = user;
    mpt_side sender = mpt_side_other(side);
    struct connection *x;
    struct direction *d;

    if (!c || !c->carried) {
        speed->sending.any = false;
        return;
    }
    x = connection_of(speed, c);
    is_tcp(x, c, s, g);
    if (g->payload_len)
        take_payload(speed, x, s, side, g, position);
    speed->sending.any = false;
    d = x->direction[mpt_subflow_conn_side(s, sender)];
    if (d && g->flags & MPT_TCP_ACK && !(g->flags & MPT_TCP_RST)) {
        const mpt_data_level *level = &c->level[mpt_subflow_conn_side(s, sender)];
        struct flow *f = flow_of(speed, s);

        take_tcp_ack(f, s, sender, g);
        note_echo(&f->half[sender], g);
        note_outstanding(d, &f->half[sender]);
        if (x->tcp)
            take_ack(d, f, s, side, g, position, s->half[sender].acked);
        else if (level->acks != d->acks)
            take_ack(d, f, s, side, g, position, level->ack_expected);
        d->acks = level->acks;
        note_stuck(d, level, g->time_ns);
    }
}

/* --- connections that come together, and go --- */

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    mpt_speed *speed = user;
    struct connection *old = find(speed->connections, from->index), *x;

    (void)offset;
    if (!old)
        return;
    /* Its positions are others. Such a connection was partial: it lacks a handshake. */
    x = connection_of(speed, to);
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++)
        if (old->direction[side])
            direction_of(speed, x, mpt_conn_side_flip(side, flipped))->no_handshake = true;
    free_connection(old);
    g_ptr_array_index(speed->connections, from->index) = NULL;
}

static void on_forget(const mpt_connection *c, const mpt_subflow *s, void *user)
{
    mpt_speed *speed = user;

    free_flow(find(speed->flows, s->index));
    if (s->index < speed->flows->len)
        g_ptr_array_index(speed->flows, s->index) = NULL;
    if (!c || c->index >= speed->connections->len)
        return;
    free_connection(g_ptr_array_index(speed->connections, c->index));
    g_ptr_array_index(speed->connections, c->index) = NULL;
}

static void on_gone(void *user)
{
    mpt_speed *speed = user;

    g_ptr_array_free(speed->flows, TRUE);
    g_ptr_array_free(speed->connections, TRUE);
    g_free(speed);
}

const mpt_observer MPT_SPEED_OBSERVER = {
    .data = on_data, .segment = on_segment, .merge = on_merge, .forget = on_forget, .gone = on_gone};

void mpt_speed_open(mpt_engine *e, bool spans)
{
    mpt_speed *speed = g_new0(mpt_speed, 1);

    speed->keeps_spans = spans;
    speed->flows = g_ptr_array_new_with_free_func(free_flow);
    speed->connections = g_ptr_array_new_with_free_func(free_connection);
    mpt_engine_observe(e, &MPT_SPEED_OBSERVER, speed);
}

const mpt_speed *mpt_speed_of(const mpt_engine *e)
{
    return mpt_engine_observing(e, &MPT_SPEED_OBSERVER);
}

/* --- reading --- */

static mpt_speed_unknown why_unknown(const struct direction *d)
{
    if (!d->limiter.begun || d->limiter.last_ns == d->limiter.first_ns)
        return MPT_SPEED_NO_DATA;
    if (d->no_handshake)
        return MPT_SPEED_HANDSHAKE;
    if (d->no_scale)
        return MPT_SPEED_WINDOW_SCALE;
    if (d->stuck_ns > (d->limiter.last_ns - d->limiter.first_ns) / 2)
        return MPT_SPEED_DATA_ACKS;
    return d->limiter.unseen ? MPT_SPEED_GAPS : MPT_SPEED_KNOWN;
}

bool mpt_speed_get(const mpt_speed *speed, const mpt_connection *c, mpt_conn_side side,
                   mpt_speed_direction *to)
{
    const struct connection *x = find(speed->connections, c->index);
    const struct direction *d = x ? x->direction[side] : NULL;
    mpt_limiter l;
    struct direction last;

    *to = (mpt_speed_direction){.unknown = MPT_SPEED_NO_DATA};
    if (!d)
        return false;
    /* Reading changes nothing: the rest is settled in a copy, which takes in no more. */
    l = d->limiter;
    l.settled = NULL;
    mpt_limiter_finish(&l);
    last = *d;
    if (!c->level[side].fin_acked)
        close_tiny(&last, c->end_ns);
    if (d->tiny_void)
        last.tiny.count = 0;
    *to = (mpt_speed_direction){.unknown = why_unknown(d),
                                .first_ns = l.first_ns,
                                .frame = d->frame,
                                .duration_ns = l.last_ns - l.first_ns,
                                .window = d->window,
                                .unread = d->low_windows > d->windows / 2,
                                .shrunk = d->shrunk,
                                .tiny = last.tiny,
                                .segment = l.segment};
    for (unsigned i = 0; i < MPT_LIMITS; i++)
        to->ns[i] = l.ns[i];
    return true;
}

void mpt_speed_spans(const mpt_speed *speed, const mpt_connection *c, mpt_conn_side side, mpt_limit_func func,
                     void *user)
{
    const struct connection *x = find(speed->connections, c->index);
    const struct direction *d = x ? x->direction[side] : NULL;
    mpt_limiter l;

    if (!d || why_unknown(d) != MPT_SPEED_KNOWN)
        return;
    for (guint i = 0; d->spans && i < d->spans->len; i++) {
        const mpt_limit_span *s = &g_array_index(d->spans, mpt_limit_span, i);
        int64_t to_ns = i + 1 < d->spans->len ? s[1].from_ns : d->limiter.settled_ns;

        func(s->limit, s->from_ns, to_ns, s->frame, user);
    }
    l = d->limiter;
    l.settled = func;
    l.user = user;
    mpt_limiter_finish(&l);
}

bool mpt_speed_get_path(const mpt_speed *speed, const mpt_subflow *s, mpt_side side, mpt_speed_path *path)
{
    const struct flow *f = find(speed->flows, s->index);

    *path = (mpt_speed_path){.rate = 0};
    if (!f)
        return false;
    path->rtt = &f->half[side].rtt;
    if (f->has_round_trip)
        path->rate = 8e9 * (double)f->half[side].best_bytes / (double)rate_interval(f);
    return true;
}
