/* registry.c - see registry.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "registry.h"

#include "plugin/report/diagnose/diagnose.h"
#include "plugin/report/events/events.h"
#include "plugin/report/follow/follow.h"
#include "plugin/report/paths/paths.h"
#include "plugin/report/plot/plot.h"
#include "plugin/report/reinjections/reinjections.h"
#include "plugin/wireshark/unfold_pcapng.h"
#include "tap/engine/graphs/graphs.h"
#include "tap/engine/reinjections/reinjection_log.h"
#include "tap/engine/stream/stream.h"

static void print_list(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    mpt_report_list(x, sink);
    mpt_report_missing(x, sentence);
}

static void print_summary(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    mpt_report_summary(x, sink);
    mpt_report_missing(x, sentence);
}

static void summary_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    needs->rtt = needs->checksums = mpt_arguments_has(arguments, MPT_ARG_FULL);
}

static void print_tcp(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    mpt_report_tcp(x, sink);
    mpt_report_missing(x, sentence);
}

static void print_filter(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    mpt_report_filter(x, sink, sentence);
}

static void print_help(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    GString *help = g_string_new(NULL);

    (void)x;
    (void)sentence;
    mpt_arguments_help(help);
    mpt_sink_puts(sink, help->str);
    g_string_free(help, TRUE);
}

static void print_events(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    mpt_report_events(x, sink);
    mpt_report_missing(x, sentence);
}

static void print_diagnose(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    mpt_report_diagnose(x, sink);
    mpt_report_missing(x, sentence);
}

static void print_reinjections(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    mpt_report_reinjections(x, sink);
    mpt_report_missing(x, sentence);
}

/* The bytes of the connection arguments->stream. */
static void stream_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->payload = needs->checksums = true;
}

static void *stream_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live,
                         uint32_t mark)
{
    (void)live;
    (void)mark;
    return mpt_stream_new(engine, arguments->stream);
}

static void stream_close(void *collected)
{
    mpt_stream_free(collected);
}

#define STREAM                                                                                               \
    .needs = stream_needs, .observer = &mpt_stream_observer, .open = stream_open, .close = stream_close

const mpt_report_kind *mpt_report_kind_of(mpt_report report)
{
    static const mpt_report_kind kinds[MPT_REPORT_KINDS] = {
        [MPT_REPORT_LIST] = {.print = print_list},
        [MPT_REPORT_SUMMARY] = {.print = print_summary, .needs = summary_needs},
        [MPT_REPORT_TCP] = {.print = print_tcp},
        [MPT_REPORT_FILTER] = {.print = print_filter},
        [MPT_REPORT_HELP] = {.print = print_help},
        [MPT_REPORT_EVENTS] = {.print = print_events,
                               .needs = mpt_events_needs,
                               .observer = &MPT_EVENTS_OBSERVER,
                               .open = mpt_events_open,
                               .close = mpt_events_close},
        [MPT_REPORT_DIAGNOSE] = {.print = print_diagnose, .needs = mpt_diagnose_needs},
        [MPT_REPORT_UNFOLD] = {.print = mpt_unfold_print, STREAM},
        [MPT_REPORT_REINJECTIONS] = {.print = print_reinjections,
                                     .needs = mpt_reinjections_needs,
                                     .observer = &MPT_REINJECTION_OBSERVER,
                                     .open = mpt_reinjections_open,
                                     .close = mpt_reinjections_close,
                                     .shared = true},
        [MPT_REPORT_FOLLOW] = {.print = mpt_report_follow, STREAM},
        [MPT_REPORT_PLOT] = {.print = mpt_report_plot,
                             .needs = mpt_plot_needs,
                             .observer = &mpt_recorder_observer,
                             .open = mpt_plot_open,
                             .close = mpt_plot_close},
        [MPT_REPORT_PATHS] = {.print = mpt_report_paths, .needs = mpt_report_paths_needs},
    };

    return &kinds[report];
}
