/* graphs_limit.c - what limited a direction over time: limit. See graphs_internal.h; the spans are those whose
 * shares `diagnose` says (speed.h).
 *
 * Invariant: at any time between the first and the last point one series is 1, and the others are 0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "graphs_internal.h"
#include "tap/engine/speed/speed.h"

struct limits {
    mpt_player *p;
    bool begun;
    mpt_limit now;
    int64_t last_ns;
    int64_t from_ns, until_ns; /* of the window of time */
};

static void tell_limit(const struct limits *x, mpt_limit limit, double value, int64_t time_ns, uint32_t frame)
{
    mpt_series_point point = {
        .time_ns = time_ns - x->p->request->view->epoch_ns, .value = value, .frame = frame};

    mpt_tell_point(x->p, MPT_GRAPH_LIMIT, limit, &point);
}

static void tell_span(mpt_limit limit, int64_t from_ns, int64_t to_ns, uint32_t frame, void *user)
{
    struct limits *x = user;

    if (from_ns >= x->until_ns || to_ns <= x->from_ns)
        return;
    if (from_ns < x->from_ns)
        frame = 0;
    from_ns = MAX(from_ns, x->from_ns);
    to_ns = MIN(to_ns, x->until_ns);
    for (mpt_limit other = 0; other < MPT_LIMITS; other++)
        if (other != limit && (!x->begun || other == x->now))
            tell_limit(x, other, 0, from_ns, frame);
    if (!x->begun || x->now != limit)
        tell_limit(x, limit, 1, from_ns, frame);
    x->begun = true;
    x->now = limit;
    x->last_ns = to_ns;
}

void mpt_play_limits(mpt_player *p)
{
    const mpt_engine *e = mpt_recorder_engine(p->recorder);
    const mpt_engine_config *config = mpt_engine_get_config(e);
    const mpt_speed *speed = mpt_speed_of(e);
    int64_t epoch_ns = p->request->view->epoch_ns;
    struct limits x = {.p = p,
                       .from_ns = config->has_from ? epoch_ns + config->from_ns : INT64_MIN,
                       .until_ns = config->has_to ? epoch_ns + config->to_ns : INT64_MAX};

    if (!speed)
        return;
    mpt_speed_spans(speed, p->request->view->connection, p->side, tell_span, &x);
    if (x.begun)
        tell_limit(&x, x.now, 0, x.last_ns, 0);
}
