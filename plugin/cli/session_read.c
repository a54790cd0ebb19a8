/* session_read.c - see session_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>

#include "plugin/settings.h"
#include "session_internal.h"
#include "tap/engine/speed/speed.h"

/* Where a report writes while the capture is read; NULL unless it does. */
static mpt_sink *live_sink(mpt_open_report *r)
{
    if (!mpt_arguments_has(&r->arguments, MPT_ARG_LIVE))
        return NULL;
    if (!r->sink)
        r->sink = mpt_sink_new_stream(stdout);
    return r->sink;
}

static void open_collector(mpt_open_report *r, mpt_engine *engine, unsigned point)
{
    const mpt_report *report = r->arguments.report;

    /* What was printed at once can't be chosen later. */
    if (!report->observer || (point > 0 && mpt_arguments_has(&r->arguments, MPT_ARG_LIVE)))
        return;
    r->collected[point] = report->open(&r->arguments, engine, live_sink(r), r->mark);
    if (r->collected[point])
        mpt_engine_observe(engine, report->observer, r->collected[point]);
}

/* Collectors observe an engine from its first segment on. */
static void open_collectors(mpt_engine *engine, unsigned point, void *user)
{
    mpt_time_window *w = user;
    guint i;

    if (w->needs.evidence)
        mpt_speed_open(engine, w->needs.spans);
    if (w->needs.paths && !w->paths)
        w->paths = mpt_path_collector_new(w->needs.paths);
    if (w->paths)
        mpt_path_collector_watch(w->paths, engine, point);
    if (w->needs.reinjections) {
        w->reinjections[point] = mpt_reinjection_log_new(engine);
        mpt_engine_observe(engine, &MPT_REINJECTION_OBSERVER, w->reinjections[point]);
    }
    for (i = 0; i < mpt_session.reports->len; i++) {
        mpt_open_report *r = g_ptr_array_index(mpt_session.reports, i);

        if (r->window == w)
            open_collector(r, engine, point);
    }
}

static void close_collector(mpt_open_report *r)
{
    const mpt_report *report = r->arguments.report;
    unsigned point;

    for (point = 0; point < MPT_VANTAGE_ENGINES; point++) {
        if (!r->collected[point])
            continue;
        mpt_engine_unobserve(mpt_vantage_engines_at(r->window->points, point), report->observer,
                             r->collected[point]);
        report->close(r->collected[point]);
        r->collected[point] = NULL;
    }
}

static void close_collectors(mpt_time_window *w)
{
    guint i;

    for (i = 0; i < mpt_session.reports->len; i++) {
        mpt_open_report *r = g_ptr_array_index(mpt_session.reports, i);
        if (r->window == w)
            close_collector(r);
    }
    for (unsigned point = 0; point < MPT_VANTAGE_ENGINES; point++) {
        if (w->reinjections[point])
            mpt_engine_unobserve(mpt_vantage_engines_at(w->points, point), &MPT_REINJECTION_OBSERVER,
                                 w->reinjections[point]);
        g_clear_pointer(&w->reinjections[point], mpt_reinjection_log_free);
    }
    g_clear_pointer(&w->paths, mpt_path_collector_free);
}

void mpt_session_close_printed(void)
{
    for (guint i = 0; i < mpt_session.reports->len; i++) {
        mpt_open_report *r = g_ptr_array_index(mpt_session.reports, i);

        if (r->printed)
            close_collector(r);
    }
}

mpt_vantage_engines *mpt_session_points(mpt_time_window *w)
{
    mpt_engine_config config;

    if (w->points)
        return w->points;
    mpt_settings_engine_config(&config);
    config.has_from = w->has_from;
    config.has_to = w->has_to;
    config.from_ns = w->from_ns;
    config.to_ns = w->to_ns;
    config.want_rtt = w->needs.rtt;
    config.want_hmacs = w->needs.hmacs;
    config.want_checksums = w->needs.checksums;
    config.want_payload = w->needs.payload;
    config.want_frames = w->needs.frames;
    config.want_evidence = w->needs.evidence;
    config.in_step = w->needs.paths != 0;
    if (w->live)
        config.horizon_ns = 0, config.horizon_segments = 0;
    w->points = mpt_vantage_engines_new(&w->arguments->vantage, &config, open_collectors, w);
    return w->points;
}

static void print_ended(const mpt_connection *c, uint32_t id, void *user)
{
    mpt_session_print_ended(user, c, id);
}

static void forget_ended(const mpt_connection *c, uint32_t id, void *user)
{
    (void)c, (void)id, (void)user;
}

bool mpt_session_release(int64_t now_ns)
{
    for (guint i = 0; mpt_session.ends && i < mpt_session.windows->len; i++) {
        mpt_time_window *w = g_ptr_array_index(mpt_session.windows, i);
        mpt_vantage_engines *points = mpt_session_points(w);

        for (unsigned point = 0; point < mpt_vantage_engines_count(points); point++)
            mpt_engine_release(mpt_vantage_engines_at(points, point), now_ns,
                               point == 0 ? print_ended : forget_ended, w);
    }
    return !mpt_session.broken;
}

static void open_engines(void)
{
    guint i;

    for (i = 0; i < mpt_session.windows->len; i++)
        mpt_source_feed(mpt_session_points(g_ptr_array_index(mpt_session.windows, i)));
}

void mpt_session_reset(void)
{
    guint i;

    for (i = 0; i < mpt_session.windows->len; i++) {
        mpt_time_window *w = g_ptr_array_index(mpt_session.windows, i);
        g_clear_pointer(&w->connections, g_ptr_array_unref);
        w->ended = 0;
        close_collectors(w);
        g_clear_pointer(&w->points, mpt_vantage_engines_free);
    }
    for (i = 0; i < mpt_session.reports->len; i++)
        ((mpt_open_report *)g_ptr_array_index(mpt_session.reports, i))->printed =
            ((mpt_open_report *)g_ptr_array_index(mpt_session.reports, i))->shown = false;
    mpt_session.drawn = false;
}

const mpt_source_client mpt_session_client = {
    .open = open_engines,
    .reset = mpt_session_reset,
    .draw = mpt_session_draw,
    .release = mpt_session_release,
};
