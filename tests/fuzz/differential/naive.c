/* naive.c - see naive.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "naive.h"

#include <math.h>
#include <string.h>

/* Bytes by number; the numbers begin at 1. */
struct stream {
    bool seen[TRAFFIC_BYTES];
    int64_t dsn[TRAFFIC_BYTES];     /* 0: no mapping */
    int64_t told_ns[TRAFFIC_BYTES]; /* when its first mapping came */
};

struct level {
    uint8_t owner[TRAFFIC_BYTES]; /* subflow + 1; 0: not seen */
    int64_t waited_since[TRAFFIC_BYTES];
    int64_t highest;                       /* seen so far */
    int64_t acked_before;                  /* before the first byte came */
    int64_t reached_ns[TRAFFIC_BYTES + 1]; /* when the DATA_ACK did */
};

/* New bytes of one segment that follow one another on both levels: one mapping, or two that join. */
struct flight {
    int64_t start, end, sent_ns; /* DSNs */
    uint32_t position;           /* one past its last byte */
};

struct state {
    struct stream stream[TRAFFIC_SUBFLOWS][2];
    struct level level[2];
    GArray *flights[2]; /* by sender */
};

static gint by_time(gconstpointer a, gconstpointer b)
{
    const mpt_segment *x = &((const traffic_frame *)a)->segment, *y = &((const traffic_frame *)b)->segment;

    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    return x->frame < y->frame ? -1 : x->frame > y->frame;
}

static void note_mappings(struct state *states, const GArray *frames)
{
    for (guint i = 0; i < frames->len; i++) {
        const traffic_frame *f = &g_array_index(frames, traffic_frame, i);
        struct stream *s = &states[f->connection].stream[f->subflow][f->side];
        for (uint32_t b = 0; f->has_mapping && b < f->mapped; b++) {
            if (s->dsn[f->ssn + b] == 0)
                s->told_ns[f->ssn + b] = f->segment.time_ns;
            s->dsn[f->ssn + b] = f->dsn + b;
        }
    }
}

static void note_time(int64_t *first, int64_t *last, int64_t now)
{
    if (*first == NAIVE_NONE)
        *first = now;
    *last = now;
}

/* A byte that no subflow had carried: in its place, late, or beyond a gap. */
static bool first_copy(struct level *l, naive_level *n, int64_t dsn, int64_t now)
{
    const bool late = dsn < l->highest;

    if (late) {
        n->late_bytes++;
        if (l->waited_since[dsn] != NAIVE_NONE)
            n->reorder_delay = MAX(n->reorder_delay, now - l->waited_since[dsn]);
    } else {
        /* What was acknowledged before the first byte came is no gap. */
        const int64_t from = MAX(l->highest + 1, l->highest == 0 ? l->acked_before : 0);
        for (int64_t gap = from; gap < dsn; gap++)
            l->waited_since[gap] = now;
        l->highest = dsn;
    }
    return late;
}

static void fly(GArray *flights, const struct flight *flight)
{
    if (flight->end > flight->start)
        g_array_append_vals(flights, flight, 1);
}

static void count_payload(struct state *x, naive_connection *n, const traffic_frame *f, int64_t now)
{
    struct stream *s = &x->stream[f->subflow][f->side];
    struct level *l = &x->level[f->side];
    naive_bytes *b = &n->subflow[f->subflow][f->side];
    struct flight flight = {.start = 0};
    bool late = false;

    for (uint32_t p = f->position; p < f->position + f->segment.payload_len; p++) {
        const int64_t dsn = s->dsn[p];
        b->payload++;
        if (s->seen[p]) {
            b->retrans++;
            continue;
        }
        s->seen[p] = true;
        n->level[f->side].mapped_late |= s->told_ns[p] > f->segment.time_ns;
        if (dsn == 0) {
            b->unmapped++;
        } else if (l->owner[dsn] == 0) {
            l->owner[dsn] = (uint8_t)(f->subflow + 1);
            b->first++;
            late |= first_copy(l, &n->level[f->side], dsn, now);
            if (flight.start == 0 || dsn != flight.end || p != flight.position) {
                fly(x->flights[f->side], &flight);
                flight = (struct flight){dsn, dsn, now, p};
            }
            flight.end++;
            flight.position++;
        } else if (l->owner[dsn] == f->subflow + 1) {
            b->reinjected_same++;
        } else {
            b->reinjected++;
        }
    }
    fly(x->flights[f->side], &flight);
    n->level[f->side].late_segments += late;
}

static void count_signals(struct state *x, naive_connection *n, const traffic_frame *f, int64_t now)
{
    if (f->data_fin) {
        naive_level *own = &n->level[f->side];
        own->fin = own->fin == NAIVE_NONE ? f->dsn + f->mapped : MIN(own->fin, f->dsn + f->mapped);
    }
    if (f->has_data_ack) {
        naive_level *of = &n->level[!f->side];
        struct level *l = &x->level[!f->side];
        of->acks++;
        for (int64_t reached = of->ack_max == NAIVE_NONE ? 0 : of->ack_max + 1; reached <= f->data_ack;
             reached++)
            l->reached_ns[reached] = now;
        of->ack_max = MAX(of->ack_max, f->data_ack);
        if (l->highest == 0)
            l->acked_before = MAX(l->acked_before, f->data_ack);
    }
}

static void count_frame(struct state *x, naive_connection *n, const traffic_frame *f, int64_t now)
{
    naive_bytes *b = &n->subflow[f->subflow][f->side];

    n->dss |= f->has_mapping || f->has_data_ack;
    b->packets++;
    note_time(&b->first_ns, &b->last_ns, now);
    if (f->segment.payload_len > 0) {
        b->segments++;
        note_time(&b->first_data_ns, &b->last_data_ns, now);
    }
    count_payload(x, n, f, now);
    count_signals(x, n, f, now);
}

static void conclude(const struct level *l, naive_level *n, int64_t first_data_ns)
{
    int64_t limit = n->ack_max == NAIVE_NONE ? 1 : n->ack_max;
    int64_t passed;

    if (n->fin != NAIVE_NONE)
        limit = MIN(limit, n->fin);
    for (int64_t dsn = 1; dsn < TRAFFIC_BYTES; dsn++) {
        if (l->owner[dsn] == 0)
            continue;
        n->unique++;
        if (n->first == NAIVE_NONE)
            n->first = dsn;
        n->end = dsn + 1;
    }
    for (int64_t dsn = 1; dsn < TRAFFIC_BYTES; dsn++) {
        const bool between = n->first != NAIVE_NONE && n->first < dsn && dsn < n->end;
        n->gaps += l->owner[dsn] == 0 && (between || dsn < limit);
    }
    n->acked = n->ack_max == NAIVE_NONE ? NAIVE_NONE : limit - 1;
    passed = first_data_ns == NAIVE_NONE ? 0 : l->reached_ns[limit] - first_data_ns;
    n->goodput = n->acked > 0 && first_data_ns != NAIVE_NONE && passed > 0
                     ? 8e9 * (double)n->acked / (double)passed
                     : NAN;
}

/* The DATA_ACK that covers a flight; none where some of it had been acknowledged before. */
static void time_flights(const struct level *l, const GArray *flights, naive_level *n)
{
    for (guint i = 0; i < flights->len; i++) {
        const struct flight *f = &g_array_index(flights, struct flight, i);
        const int64_t reached = n->ack_max == NAIVE_NONE ? 0 : n->ack_max;
        if (reached < f->end || (reached > f->start && l->reached_ns[f->start + 1] < f->sent_ns))
            continue;
        const int64_t rtt = l->reached_ns[f->end] - f->sent_ns;
        n->rtt_min = n->rtts == 0 ? rtt : MIN(n->rtt_min, rtt);
        n->rtt_max = MAX(n->rtt_max, rtt);
        n->rtts++;
    }
}

static void add(naive_bytes *sum, const naive_bytes *b)
{
    sum->segments += b->segments;
    sum->packets += b->packets;
    sum->payload += b->payload;
    sum->retrans += b->retrans;
    sum->first += b->first;
    sum->reinjected += b->reinjected;
    sum->reinjected_same += b->reinjected_same;
    sum->unmapped += b->unmapped;
    if (b->first_data_ns == NAIVE_NONE)
        return;
    sum->first_data_ns =
        sum->first_data_ns == NAIVE_NONE ? b->first_data_ns : MIN(sum->first_data_ns, b->first_data_ns);
    sum->last_data_ns =
        sum->last_data_ns == NAIVE_NONE ? b->last_data_ns : MAX(sum->last_data_ns, b->last_data_ns);
}

static void clear_bytes(naive_bytes *b)
{
    *b = (naive_bytes){.first_ns = NAIVE_NONE,
                       .last_ns = NAIVE_NONE,
                       .first_data_ns = NAIVE_NONE,
                       .last_data_ns = NAIVE_NONE};
}

static void clear(naive_figures *figures, struct state *states)
{
    memset(states, 0, TRAFFIC_CONNECTIONS * sizeof *states);
    *figures = (naive_figures){.copies = 0};
    for (unsigned i = 0; i < TRAFFIC_CONNECTIONS; i++) {
        naive_connection *n = &figures->connection[i];
        for (unsigned side = 0; side < 2; side++) {
            clear_bytes(&n->sum[side]);
            for (unsigned k = 0; k < TRAFFIC_SUBFLOWS; k++)
                clear_bytes(&n->subflow[k][side]);
            n->level[side] = (naive_level){.first = NAIVE_NONE,
                                           .end = NAIVE_NONE,
                                           .fin = NAIVE_NONE,
                                           .ack_max = NAIVE_NONE,
                                           .acked = NAIVE_NONE,
                                           .reorder_delay = NAIVE_NONE};
            states[i].flights[side] = g_array_new(FALSE, FALSE, sizeof(struct flight));
            for (unsigned b = 0; b < TRAFFIC_BYTES; b++)
                states[i].level[side].waited_since[b] = NAIVE_NONE;
        }
    }
}

void naive_count(const traffic_capture *capture, naive_figures *figures)
{
    GArray *frames = g_array_copy(capture->frames);
    struct state *states = g_new(struct state, TRAFFIC_CONNECTIONS);
    int64_t start = 0;

    clear(figures, states);
    g_array_sort(frames, by_time);
    if (frames->len > 0)
        start = g_array_index(frames, traffic_frame, 0).segment.time_ns;
    note_mappings(states, frames);
    for (guint i = 0; i < frames->len; i++) {
        const traffic_frame *f = &g_array_index(frames, traffic_frame, i);
        if (f->copy)
            figures->copies++;
        else
            count_frame(&states[f->connection], &figures->connection[f->connection], f,
                        f->segment.time_ns - start);
    }
    for (unsigned i = 0; i < capture->connections; i++)
        for (unsigned side = 0; side < 2; side++) {
            naive_connection *n = &figures->connection[i];
            for (unsigned k = 0; k < TRAFFIC_SUBFLOWS; k++)
                add(&n->sum[side], &n->subflow[k][side]);
            conclude(&states[i].level[side], &n->level[side], n->sum[side].first_data_ns);
            time_flights(&states[i].level[side], states[i].flights[side], &n->level[side]);
        }
    for (unsigned i = 0; i < TRAFFIC_CONNECTIONS; i++)
        for (unsigned side = 0; side < 2; side++)
            g_array_unref(states[i].flights[side]);
    g_array_unref(frames);
    g_free(states);
}
