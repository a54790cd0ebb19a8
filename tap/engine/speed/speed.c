/* speed.c - see speed.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "speed_internal.h"

/* A part of the round trip below this fraction of it does not matter. */
#define NEAR             32
/* A copy of bytes that were sent earlier than this part of a round trip before makes up for no loss. */
#define REORDERED        4
/* The same without knowing when they were sent: no path is so much slower than another. */
#define STALLED_NS       INT64_C(50000000)
#define STALLED_TIMES    2
/* Segments in flight from which on a round-trip time is one under load. */
#define LOADED           4
#define ECHOES_PER_DELAY 8
/* Parts of a delay: data that comes after a longer silence was not released by an acknowledgement. */
#define SILENT           4
#define SMOOTHING        4
/* Spans that are kept, over all connections. */
#define SPANS            2000000

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

static void set(GPtrArray *of, guint index, gpointer value)
{
    if (index >= of->len)
        g_ptr_array_set_size(of, (gint)index + 1);
    g_ptr_array_index(of, index) = value;
}

static struct flow *flow_of(mpt_speed *speed, const mpt_subflow *s)
{
    struct flow *f = mpt_speed_find(speed->flows, s->index);

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
    struct connection *x = mpt_speed_find(speed->connections, c->index);

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
    mpt_speed_feel_tiny(d);
}

/* --- acknowledgements --- */

static void take_round_trip(struct half *h, const mpt_segment *g, int64_t acked)
{
    if (!h->timing || acked < h->timed_end)
        return;
    if (!h->retransmitted && g->time_ns >= h->timed_ns) /* not of a late segment */
        mpt_histogram_add(&h->rtt, g->time_ns - h->timed_ns);
    h->timing = false;
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
    if (!h->rate_from_ns || g->time_ns - h->rate_from_ns >= mpt_speed_interval(f)) {
        h->rate_from_ns = g->time_ns;
        h->rate_bytes = 0;
    } else {
        h->rate_bytes += bytes;
        h->best_bytes = MAX(h->best_bytes, h->rate_bytes);
    }
}

/* --- plain TCP after all --- */

static void turn_into_tcp(mpt_speed *speed, struct connection *x, const mpt_connection *c,
                          const mpt_subflow *s, const mpt_segment *g)
{
    struct flow *f;

    if (x->tcp || g->option_len || g->flags & (MPT_TCP_SYN | MPT_TCP_RST) || c->subflows->len != 1 ||
        g->presence & MPT_SEGMENT_CUT_OPTIONS || mpt_connection_get_fallback(c) == MPT_FALLBACK_NONE)
        return;
    x->tcp = true;
    f = flow_of(speed, s);
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        mpt_side own = mpt_subflow_side(s, side);
        const mpt_half *h = &s->half[own];
        struct direction *d = x->direction[side];

        /* What was told of windows is in DSNs. */
        f->half[own].told = false;
        if (!d)
            continue;
        d->announced = d->tiny_open = false;
        d->data_acked = 0;
        mpt_limiter_rebase(&d->limiter, h->next, MAX(h->acked, 0));
    }
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
    turn_into_tcp(speed, x, c, s, g);
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
            mpt_speed_take_ack(d, f, s, side, g, position, s->half[sender].acked);
        else if (level->acks != d->acks)
            mpt_speed_take_ack(d, f, s, side, g, position, level->ack_expected);
        d->acks = level->acks;
        note_stuck(d, level, g->time_ns);
    }
}

/* --- connections that come together, and go --- */

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    mpt_speed *speed = user;
    struct connection *old = mpt_speed_find(speed->connections, from->index), *x;

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

    free_flow(mpt_speed_find(speed->flows, s->index));
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
