/* limits.c - see limits.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "limits.h"

#include <glib.h>
#include <string.h>

/* Acknowledgements that wait: more than one within this part of the delay take effect together. */
#define QUEUED 32

struct mpt_limit_queue {
    unsigned count;
    struct queued {
        int64_t at_ns, acked, edge;
        uint32_t frame;
    } of[QUEUED]; /* in order of time */
};

const char *mpt_limit_name(mpt_limit limit)
{
    static const char *const names[MPT_LIMITS] = {[MPT_LIMIT_WINDOW] = "window",
                                                  [MPT_LIMIT_APPLICATION] = "application",
                                                  [MPT_LIMIT_RECOVERY] = "recovery",
                                                  [MPT_LIMIT_CONGESTION] = "congestion"};

    return names[limit];
}

void mpt_limiter_clear(mpt_limiter *l)
{
    g_free(l->queue);
    *l = (mpt_limiter){.begun = false};
}

/* --- spans --- */

static void settle_span(mpt_limiter *l, const mpt_limit_span *s, int64_t to_ns)
{
    if (to_ns <= s->from_ns)
        return;
    l->ns[s->limit] += to_ns - s->from_ns;
    l->settled_ns = to_ns;
    if (l->settled)
        l->settled(s->limit, s->from_ns, to_ns, s->frame, l->user);
}

/* What was before `until` is as it is now. */
static void settle(mpt_limiter *l, int64_t until)
{
    unsigned n = 0;

    for (; n < l->spans && l->span[n].from_ns < until; n++) {
        int64_t end = n + 1 < l->spans ? l->span[n + 1].from_ns : INT64_MAX;

        settle_span(l, &l->span[n], MIN(end, until));
        if (end > until) {
            l->span[n].from_ns = until;
            break;
        }
    }
    if (n == 0)
        return;
    l->spans -= n;
    memmove(l->span, l->span + n, l->spans * sizeof l->span[0]);
}

/* Room for one more: the oldest two become one, as the first of them was. */
static void make_room(mpt_limiter *l)
{
    if (l->spans < MPT_LIMIT_SPANS)
        return;
    memmove(l->span + 1, l->span + 2, (l->spans - 2) * sizeof l->span[0]);
    l->spans--;
}

/* Makes a span begin at time_ns, which lies within the spans. */
static void split(mpt_limiter *l, int64_t time_ns)
{
    unsigned at;

    make_room(l);
    for (at = l->spans; at > 0 && l->span[at - 1].from_ns > time_ns; at--)
        ;
    if (at == 0 || l->span[at - 1].from_ns == time_ns)
        return;
    memmove(l->span + at + 1, l->span + at, (l->spans - at) * sizeof l->span[0]);
    l->span[at] = l->span[at - 1];
    l->span[at].from_ns = time_ns;
    l->spans++;
}

/* It turns out what the time from from_ns to to_ns was. */
static void relabel(mpt_limiter *l, int64_t from_ns, int64_t to_ns, mpt_limit limit, bool window_too)
{
    if (from_ns >= to_ns)
        return;
    split(l, from_ns);
    split(l, to_ns);
    for (unsigned i = 0; i < l->spans; i++) {
        mpt_limit_span *s = &l->span[i];

        if (s->from_ns >= from_ns && s->from_ns < to_ns &&
            (s->limit == MPT_LIMIT_CONGESTION || (window_too && s->limit == MPT_LIMIT_WINDOW)))
            s->limit = limit;
    }
}

static mpt_limit judge(const mpt_limiter *l)
{
    int64_t in_flight = l->high - l->acked, window = l->edge - l->acked;

    if (in_flight == 0)
        return l->edge_known && window < l->segment ? MPT_LIMIT_WINDOW : MPT_LIMIT_APPLICATION;
    if (l->repairing && l->acked >= l->repair_from)
        return MPT_LIMIT_RECOVERY;
    if (l->edge_known &&
        ((double)in_flight >= MPT_LIMIT_FULL * (double)window || window - in_flight < l->segment))
        return MPT_LIMIT_WINDOW;
    return MPT_LIMIT_CONGESTION;
}

static void go_on(mpt_limiter *l, int64_t time_ns, uint32_t frame)
{
    mpt_limit limit = judge(l);
    mpt_limit_span *last = l->spans ? &l->span[l->spans - 1] : NULL;

    if (last && last->limit == limit)
        return;
    if (last && last->from_ns == time_ns) {
        last->limit = limit;
        if (l->spans > 1 && last[-1].limit == limit)
            l->spans--;
        return;
    }
    make_room(l);
    l->span[l->spans++] = (mpt_limit_span){.from_ns = time_ns, .frame = frame, .limit = limit};
}

/* --- acknowledgements --- */

static void take_ack(mpt_limiter *l, int64_t time_ns, uint32_t frame, int64_t acked, int64_t edge)
{
    /* The DATA_FIN takes a number, and is no data. */
    l->unseen |= acked > l->high + 1;
    acked = MIN(acked, l->high);
    if (edge != INT64_MIN && (!l->edge_known || edge > l->edge)) {
        l->edge_known = true;
        l->edge = edge;
    }
    if (acked > l->acked) {
        l->progress_ns = time_ns;
        l->acked = acked;
        if (acked == l->high) {
            l->drained_ns = time_ns;
            l->closed = judge(l) == MPT_LIMIT_WINDOW;
        }
        if (l->repairing && acked >= l->repair_until)
            l->repairing = false;
    }
    go_on(l, time_ns, frame);
}

void mpt_limiter_advance(mpt_limiter *l, int64_t time_ns)
{
    struct mpt_limit_queue *q = l->queue;
    unsigned n = 0;

    for (; q && n < q->count && q->of[n].at_ns <= time_ns; n++) {
        l->now_ns = MAX(l->now_ns, q->of[n].at_ns);
        take_ack(l, l->now_ns, q->of[n].frame, q->of[n].acked, q->of[n].edge);
    }
    if (n > 0) {
        q->count -= n;
        memmove(q->of, q->of + n, q->count * sizeof q->of[0]);
    }
    l->now_ns = MAX(l->now_ns, time_ns);
}

static void wait_for(mpt_limiter *l, int64_t delay_ns, const struct queued *ack)
{
    struct mpt_limit_queue *q;
    unsigned at;

    if (!l->queue)
        l->queue = g_new0(struct mpt_limit_queue, 1);
    q = l->queue;
    for (at = q->count; at > 0 && q->of[at - 1].at_ns > ack->at_ns; at--)
        ;
    if (at > 0 && (q->count == QUEUED || ack->at_ns - q->of[at - 1].at_ns < delay_ns / (QUEUED - 1))) {
        q->of[at - 1].acked = MAX(q->of[at - 1].acked, ack->acked);
        q->of[at - 1].edge = MAX(q->of[at - 1].edge, ack->edge);
        return;
    }
    if (q->count == QUEUED)
        return;
    memmove(q->of + at + 1, q->of + at, (q->count - at) * sizeof q->of[0]);
    q->of[at] = *ack;
    q->count++;
}

void mpt_limiter_acked(mpt_limiter *l, int64_t time_ns, uint32_t frame, int64_t delay_ns, int64_t acked,
                       int64_t edge)
{
    struct queued ack = {.at_ns = time_ns + delay_ns, .acked = acked, .edge = edge, .frame = frame};

    if (!l->begun) {
        if (edge != INT64_MIN && (!l->edge_known || edge > l->edge)) {
            l->edge_known = true;
            l->edge = edge;
        }
        return;
    }
    l->delay_ns = delay_ns;
    mpt_limiter_advance(l, time_ns);
    if (delay_ns > 0)
        wait_for(l, delay_ns, &ack);
    else
        take_ack(l, l->now_ns, frame, acked, edge);
}

/* --- data --- */

/* Everything was acknowledged, and now there is more: had the sender nothing to send since its last new
 * data? Either it is silent afterwards, or it sent less than it may send at any time. */
static void end_silence(mpt_limiter *l)
{
    bool silent = l->now_ns - l->drained_ns > MPT_LIMIT_IDLE_NS + l->delay_ns / 4;

    if (l->closed)
        return;
    if (silent || (l->in_flight <= MPT_LIMIT_INITIAL && !l->lost))
        relabel(l, l->sent_ns, l->drained_ns, MPT_LIMIT_APPLICATION, false);
}

static void take_repair(mpt_limiter *l, int64_t from, int64_t to)
{
    if (to <= l->acked)
        return;
    l->lost = true;
    /* The sender has waited for this since there was no progress any more: time that the loss cost. */
    if (from <= l->acked)
        relabel(l, l->progress_ns, l->now_ns, MPT_LIMIT_RECOVERY, true);
    l->repair_from = l->repairing ? MIN(l->repair_from, from) : from;
    l->repair_until = l->high;
    l->repairing = true;
}

void mpt_limiter_sent(mpt_limiter *l, int64_t time_ns, uint32_t frame, int64_t from, int64_t to, bool repair,
                      uint32_t payload)
{
    mpt_limiter_advance(l, time_ns);
    time_ns = l->now_ns;
    l->segment = MAX(l->segment, MIN(payload, MPT_LIMIT_SEGMENT));
    if (!l->begun) {
        l->begun = true;
        l->acked = l->high = from;
        l->first_ns = l->progress_ns = l->sent_ns = l->drained_ns = time_ns;
        l->span[l->spans++] =
            (mpt_limit_span){.from_ns = time_ns, .frame = frame, .limit = MPT_LIMIT_APPLICATION};
    }
    if (to > l->high) {
        if (l->high == l->acked) {
            end_silence(l);
            l->progress_ns = time_ns;
        }
        l->high = to;
        l->in_flight = to - l->acked;
        l->sent_ns = time_ns;
    }
    if (repair)
        take_repair(l, from, to);
    /* What is sent again although it has arrived does not prolong the transfer. */
    if (to > l->acked)
        l->last_ns = time_ns;
    go_on(l, time_ns, frame);
    settle(l, MIN(l->progress_ns, l->sent_ns));
}

void mpt_limiter_rebase(mpt_limiter *l, int64_t high, int64_t acked)
{
    if (l->queue)
        l->queue->count = 0;
    l->repairing = l->edge_known = false;
    l->high = high;
    l->acked = MIN(acked, high);
}

void mpt_limiter_finish(mpt_limiter *l)
{
    settle(l, l->last_ns);
    l->spans = 0;
}
