/* speed_windows.c - see speed_internal.h: receive windows that shrink, that are tiny, and what they allow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "speed_internal.h"

/* RFC 9293 3.7.1: the segment that everybody takes. */
#define SMALLEST_SEGMENT 536
#define LARGEST_SCALE    14

void mpt_speed_feel_tiny(struct direction *d)
{
    d->tiny_felt |= d->tiny_open && mpt_limiter_now(&d->limiter) == MPT_LIMIT_WINDOW;
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

void mpt_speed_close_tiny(struct direction *d, int64_t time_ns)
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
        mpt_speed_close_tiny(d, g->time_ns);
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

void mpt_speed_take_ack(struct direction *d, struct flow *f, const mpt_subflow *s, mpt_side side,
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
    mpt_speed_feel_tiny(d);
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
    mpt_speed_feel_tiny(d);
}
