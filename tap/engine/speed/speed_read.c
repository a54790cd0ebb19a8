/* speed_read.c - see speed.h: what was collected.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "speed_internal.h"

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
    const struct connection *x = mpt_speed_find(speed->connections, c->index);
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
        mpt_speed_close_tiny(&last, c->end_ns);
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
    const struct connection *x = mpt_speed_find(speed->connections, c->index);
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
    const struct flow *f = mpt_speed_find(speed->flows, s->index);

    *path = (mpt_speed_path){.rate = 0};
    if (!f)
        return false;
    path->rtt = &f->half[side].rtt;
    if (f->has_round_trip)
        path->rate = 8e9 * (double)f->half[side].best_bytes / (double)mpt_speed_interval(f);
    return true;
}
