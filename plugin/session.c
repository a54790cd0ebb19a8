/* session.c - see session.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session.h"

#include <glib.h>

#include <stdio.h>
#include <string.h>

#include "../tap/engine/metrics.h"
#include "../tap/engine/vantage.h"
#include "../tap/listener.h"
#include "host.h"
#include "interfaces.h"
#include "report/points.h"
#include "prefs.h"
#include "report/document.h"
#include "report/kinds.h"
#include "report/path_model.h"
#include "report/reports.h"
#include "report/sink.h"

/* One bit of mpt_segment.marks for each display filter. */
#define MAX_FILTERS 32

/* A window of time, and what its reports need of the engine that counts it. */
struct window {
    bool has_from, has_to;
    int64_t from_ns, to_ns;
    bool live; /* no look-back: what arrives is told at once, in order of arrival */
    struct mpt_report_needs needs;
    const mpt_arguments *arguments; /* of one of its reports, for what they have in common */
    mpt_points *points; /* NULL until there is something to read */
    mpt_path_collector *paths; /* of all points; NULL: none of its reports compares them */
    GPtrArray *connections; /* at the chosen point */
};

struct report {
    mpt_arguments arguments;
    struct window *window;
    uint32_t mark;
    mpt_sink *sink;  /* NULL: stdout; that of `first`, if that is set */
    const struct report *first; /* whose document this is part of, in the same file; NULL: none */
    bool printed;
    bool failed;     /* what it was to show is not there */
    GString *notes;  /* on the capture, as of the last drawing; NULL: never drawn */
    void *collected[MPT_VANTAGE_POINTS]; /* by the kind's observer, of each point's engine; NULL: none, or another
                                            * report's is used (collecting()) */
    mpt_report_context context; /* set while drawing */
};

static struct {
    GPtrArray *windows; /* struct window */
    GPtrArray *reports; /* struct report, in the order asked for */
    unsigned filters;
    bool drawn;
} session;

/* --- engines --- */

/* Where a report writes while the capture is read; NULL unless it does. */
static mpt_sink *live_sink(struct report *r)
{
    if (!mpt_arguments_has(&r->arguments, MPT_ARG_LIVE))
        return NULL;
    if (!r->sink)
        r->sink = mpt_sink_new_stream(stdout);
    return r->sink;
}

/* The report whose collector this one uses: itself, or the first of its kind. */
static struct report *collecting(struct report *r)
{
    guint i;

    for (i = 0; mpt_report_kind_of(r->arguments.report)->shared && i < session.reports->len; i++) {
        struct report *other = g_ptr_array_index(session.reports, i);
        if (other->window == r->window && other->arguments.report == r->arguments.report)
            return other;
    }
    return r;
}

static void open_collector(struct report *r, mpt_engine *engine, unsigned point)
{
    const mpt_report_kind *kind = mpt_report_kind_of(r->arguments.report);

    /* What was told at once can't be chosen later. */
    if (!kind->observer || collecting(r) != r || (point > 0 && mpt_arguments_has(&r->arguments, MPT_ARG_LIVE)))
        return;
    r->collected[point] = kind->open(&r->arguments, engine, live_sink(r), r->mark);
    if (r->collected[point])
        mpt_engine_observe(engine, kind->observer, r->collected[point]);
}

/* Collectors are told of everything from an engine's first segment on. */
static void open_collectors(mpt_engine *engine, unsigned point, void *user)
{
    struct window *w = user;
    guint i;

    if (w->needs.paths && !w->paths)
        w->paths = mpt_path_collector_new(w->needs.paths);
    if (w->paths)
        mpt_path_collector_watch(w->paths, engine, point);
    for (i = 0; i < session.reports->len; i++) {
        struct report *r = g_ptr_array_index(session.reports, i);

        if (r->window == w)
            open_collector(r, engine, point);
    }
}

static void close_collector(struct report *r)
{
    const mpt_report_kind *kind = mpt_report_kind_of(r->arguments.report);
    unsigned point;

    for (point = 0; point < MPT_VANTAGE_POINTS; point++) {
        if (!r->collected[point])
            continue;
        mpt_engine_unobserve(mpt_points_engine(r->window->points, point), kind->observer, r->collected[point]);
        kind->close(r->collected[point]);
        r->collected[point] = NULL;
    }
}

static void close_collectors(struct window *w)
{
    guint i;

    for (i = 0; i < session.reports->len; i++) {
        struct report *r = g_ptr_array_index(session.reports, i);
        if (r->window == w)
            close_collector(r);
    }
    g_clear_pointer(&w->paths, mpt_path_collector_free);
}

/* Frees what only printed reports used: the next one may need as much. */
static void close_printed(void)
{
    guint i, k;

    for (i = 0; i < session.reports->len; i++) {
        struct report *r = g_ptr_array_index(session.reports, i);
        bool needed = !r->printed;

        for (k = 0; k < session.reports->len; k++) {
            struct report *other = g_ptr_array_index(session.reports, k);
            needed |= !other->printed && collecting(other) == r;
        }
        if (!needed)
            close_collector(r);
    }
}

static mpt_points *points_of(struct window *w)
{
    mpt_engine_config config;

    if (w->points)
        return w->points;
    mpt_prefs_engine_config(&config);
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
    w->points = mpt_points_new(w->arguments, &config, open_collectors, w);
    mpt_points_set_names(w->points, mpt_interfaces_name);
    return w->points;
}

static void on_segment(const mpt_segment *segment, void *user)
{
    guint i;

    (void)user;
    for (i = 0; i < session.windows->len; i++)
        mpt_points_feed(points_of(g_ptr_array_index(session.windows, i)), segment);
}

static void on_time(int64_t earliest_ns, void *user)
{
    guint i;

    (void)user;
    for (i = 0; i < session.windows->len; i++)
        mpt_points_note_time(points_of(g_ptr_array_index(session.windows, i)), earliest_ns);
}

static void on_lost(void *user)
{
    guint i;

    (void)user;
    for (i = 0; i < session.windows->len; i++)
        mpt_points_note_lost(points_of(g_ptr_array_index(session.windows, i)));
}

static void on_reset(void *user)
{
    guint i;

    (void)user;
    for (i = 0; i < session.windows->len; i++) {
        struct window *w = g_ptr_array_index(session.windows, i);
        g_clear_pointer(&w->connections, g_ptr_array_unref);
        close_collectors(w);
        g_clear_pointer(&w->points, mpt_points_free);
    }
    for (i = 0; i < session.reports->len; i++)
        ((struct report *)g_ptr_array_index(session.reports, i))->printed = false;
    session.drawn = false;
}

/* --- printing --- */

static void complain(const char *sentence)
{
    fprintf(stderr, "%s: %s\n", mpt_host_name(), sentence);
}

static const mpt_report_context *context_of(struct report *r)
{
    struct window *w = r->window;
    mpt_points *points = points_of(w);
    unsigned point = mpt_points_chosen(points);
    mpt_engine *e = mpt_points_engine(points, point);

    if (!w->connections)
        w->connections = mpt_metrics_connections(e);
    if (!r->notes)
        r->notes = g_string_new(NULL);
    g_string_truncate(r->notes, 0);
    mpt_points_note(points, r->notes);
    r->context = (mpt_report_context){
        .engine = e,
        .connections = w->connections,
        .arguments = &r->arguments,
        .mark = r->mark,
        .wireshark_version = mpt_listener_wireshark_version(),
        .collected = collecting(r)->collected[point],
        .capture_notes = r->notes->len ? r->notes->str : NULL,
        .points = points,
        .paths = w->paths,
    };
    return &r->context;
}

/* What failed leaves a file as it was. */
static void close_sink(mpt_sink *sink, bool failed)
{
    char *error = NULL;

    if (failed)
        mpt_sink_discard(sink);
    else if (!mpt_sink_close(sink, &error)) {
        complain(error);
        g_free(error);
        mpt_host_fail_at_exit();
    }
    mpt_sink_free(sink);
}

/* True if there was something to complain of; frees it. */
static bool fail_late(GString *sentence)
{
    bool failed = sentence->len > 0;

    if (failed) {
        complain(sentence->str);
        mpt_host_fail_at_exit();
    }
    g_string_free(sentence, TRUE);
    return failed;
}

/* False where what was asked for is not there. */
static bool print_text(struct report *r, mpt_sink *sink)
{
    GString *sentence = g_string_new(NULL), *note;

    r->printed = true;
    if (mpt_points_missing(points_of(r->window), sentence))
        return !fail_late(sentence);
    note = g_string_new(NULL);
    context_of(r);
    r->context.note = note;
    mpt_report_kind_of(r->arguments.report)->print(&r->context, sink, sentence);
    if (note->len)
        complain(note->str);
    g_string_free(note, TRUE);
    /* Text says so itself, and so does each sentence. */
    if (!sentence->len && r->context.connections->len == 0 && r->arguments.format == MPT_FORMAT_CSV &&
        r->arguments.report != MPT_REPORT_TCP)
        complain(MPT_NO_MPTCP);
    return !fail_late(sentence);
}

static bool same_document(const struct report *a, const struct report *b)
{
    return a->arguments.format == MPT_FORMAT_JSON && b->arguments.format == MPT_FORMAT_JSON && a->sink == b->sink;
}

/* Reports in JSON that go to the same place are one document, at the place of the first. False as above. */
static bool print_document(guint first, mpt_sink *sink)
{
    struct report *r = g_ptr_array_index(session.reports, first);
    const mpt_report_context *x = context_of(r);
    GString *impossible = g_string_new(NULL);
    mpt_document *document;
    bool empty = x->connections->len == 0, failed = false;
    guint i;

    for (i = first; i < session.reports->len; i++) {
        struct report *other = g_ptr_array_index(session.reports, i);
        other->printed |= same_document(r, other);
    }
    mpt_points_missing(points_of(r->window), impossible);
    if (fail_late(impossible))
        return false;
    document = mpt_document_begin(sink, x);
    for (i = first; i < session.reports->len; i++) {
        struct report *other = g_ptr_array_index(session.reports, i);
        GString *sentence;

        if (!same_document(r, other))
            continue;
        x = context_of(other);
        mpt_document_add(document, x);
        sentence = g_string_new(NULL);
        mpt_report_missing(x, sentence);
        failed |= fail_late(sentence);
    }
    mpt_document_end(document);
    if (empty && !failed)
        complain(MPT_NO_MPTCP);
    return !failed;
}

static void print_all(void)
{
    bool text_before = false;
    guint i;

    for (i = 0; i < session.reports->len; i++) {
        struct report *r = g_ptr_array_index(session.reports, i);
        bool text = !r->sink && r->arguments.format == MPT_FORMAT_TEXT;
        mpt_sink *sink;

        if (r->printed) /* with the document of a report before it */
            continue;
        sink = r->sink ? r->sink : mpt_sink_new_stream(stdout);
        if (text && text_before)
            mpt_sink_putc(sink, '\n');
        text_before |= text;
        r->failed = !(r->arguments.format == MPT_FORMAT_JSON ? print_document(i, sink) : print_text(r, sink));
        if (!r->sink)
            close_sink(sink, false);
        close_printed();
    }
    for (i = 0; i < session.reports->len; i++) {
        struct report *r = g_ptr_array_index(session.reports, i);

        if (r->sink && !r->first)
            close_sink(r->sink, r->failed);
        r->sink = NULL;
    }
}

static void on_draw(void *user)
{
    guint i;

    (void)user;
    /* A program with windows draws while it reads: it shows reports elsewhere. tshark (4.0, 4.4, 4.6) draws in one
     * place, when the file or the capture is at its end. */
    if (session.drawn || mpt_host_is_gui())
        return;
    session.drawn = true;
    for (i = 0; i < session.windows->len; i++)
        mpt_points_flush(points_of(g_ptr_array_index(session.windows, i)));
    print_all();
}

/* --- opening --- */

static struct window *window_of(const mpt_arguments *a)
{
    bool has_from = mpt_arguments_has(a, MPT_ARG_FROM), has_to = mpt_arguments_has(a, MPT_ARG_TO);
    bool live = mpt_arguments_has(a, MPT_ARG_LIVE);
    struct window *w;
    guint i;

    for (i = 0; i < session.windows->len; i++) {
        w = g_ptr_array_index(session.windows, i);
        if (w->has_from == has_from && w->has_to == has_to && w->from_ns == a->from_ns && w->to_ns == a->to_ns &&
            w->live == live && mpt_points_same(w->arguments, a))
            return w;
    }
    w = g_new0(struct window, 1);
    w->has_from = has_from;
    w->has_to = has_to;
    w->from_ns = a->from_ns;
    w->to_ns = a->to_ns;
    w->live = live;
    w->arguments = a;
    g_ptr_array_add(session.windows, w);
    return w;
}

static bool start(char **error)
{
    static const mpt_listener_client client = {
        .segment = on_segment,
        .time = on_time,
        .lost = on_lost,
        .reset = on_reset,
        .draw = on_draw,
    };

    if (session.reports)
        return true;
    if (!mpt_listener_start(&client, NULL, false, error))
        return false;
    session.windows = g_ptr_array_new();
    session.reports = g_ptr_array_new();
    return true;
}

static void add_needs(struct mpt_report_needs *to, const mpt_arguments *a)
{
    const mpt_report_kind *kind = mpt_report_kind_of(a->report);
    struct mpt_report_needs more = {0};

    if (kind->needs)
        kind->needs(a, &more);
    to->rtt |= more.rtt;
    to->hmacs |= more.hmacs || a->format == MPT_FORMAT_JSON; /* whose connections come with their events */
    to->checksums |= more.checksums;
    to->payload |= more.payload;
    to->frames |= more.frames;
    to->tcp_options |= more.tcp_options;
    to->interfaces |= more.interfaces;
    to->evidence |= more.evidence;
    to->paths |= more.paths;
}

/* What the report needs beyond the engine's usual state. */
static bool prepare(struct report *r, char **error)
{
    const mpt_arguments *a = &r->arguments;
    struct mpt_report_needs *needs = &r->window->needs;

    if (mpt_arguments_has(a, MPT_ARG_LIVE) && a->format == MPT_FORMAT_JSON) {
        *error = g_strdup("\"live\" prints lines, and a JSON document is not made of lines: use format=csv, or text");
        return false;
    }
    add_needs(needs, a);
    if (r->window->live)
        mpt_listener_at_once();
    if ((needs->payload || needs->checksums) && !mpt_listener_want_payload(error))
        return false;
    if (needs->tcp_options && !mpt_listener_want_tcp_options(error))
        return false;
    if (needs->interfaces && !mpt_interfaces_start(error))
        return false;
    if (!a->filter)
        return true;
    if (session.filters == MAX_FILTERS) {
        *error = g_strdup_printf("at most %d reports may have a display filter", MAX_FILTERS);
        return false;
    }
    r->mark = 1u << session.filters++;
    return mpt_listener_add_filter(a->filter, r->mark, error);
}

/* Reports in JSON that go to the same place are one document, of one window of time. */
static bool fits_document(const struct report *r, char **error)
{
    guint i;

    for (i = 0; i < session.reports->len; i++) {
        const struct report *other = g_ptr_array_index(session.reports, i);
        if (same_document(r, other) && r->window != other->window) {
            *error = g_strdup_printf("reports in JSON %s are one document and need the same from=, to= and at=; give "
                                     "one of them %s file=",
                                     r->sink ? "in the same file" : "on stdout", r->sink ? "another" : "a");
            return false;
        }
    }
    return true;
}

/* The report before that writes to the same file; NULL: none. */
static const struct report *same_file(const struct report *r)
{
    guint i;

    for (i = 0; i < session.reports->len; i++) {
        const struct report *other = g_ptr_array_index(session.reports, i);
        if (other->arguments.file && mpt_sink_same_file(other->arguments.file, r->arguments.file))
            return other->first ? other->first : other;
    }
    return NULL;
}

static bool open_file(struct report *r, char **error)
{
    const char *file = r->arguments.file;

    if (!file)
        return fits_document(r, error);
    /* tshark (4.0, 4.4, 4.6) opens the capture first. */
    if (mpt_host_reads(file)) {
        *error = g_strdup_printf("\"%s\" is the capture that is read: a report can't be written there", file);
        return false;
    }
    r->first = same_file(r);
    if (r->first && (r->arguments.format != MPT_FORMAT_JSON || r->first->arguments.format != MPT_FORMAT_JSON)) {
        *error = g_strdup_printf("two reports can't write to the same file \"%s\", unless both are JSON", file);
        return false;
    }
    if (r->first)
        r->sink = r->first->sink;
    else if (mpt_arguments_has(&r->arguments, MPT_ARG_LIVE))
        r->sink = mpt_sink_open_at_once(file, error);
    else
        r->sink = mpt_sink_open(file, error);
    return r->sink && fits_document(r, error);
}

static void add_filter_hint(const struct report *r, char **error)
{
    char *with_hint;

    g_strchomp(*error);
    if (!r->mark || !r->arguments.filter_hint)
        return;
    with_hint = g_strdup_printf("%s %s", *error, r->arguments.filter_hint);
    g_free(*error);
    *error = with_hint;
}

bool mpt_session_add_report(mpt_arguments *arguments, char **error)
{
    struct report *r = g_new0(struct report, 1);

    r->arguments = *arguments;
    memset(arguments, 0, sizeof *arguments);
    if (!start(error))
        goto fail;
    r->window = window_of(&r->arguments);
    if (!prepare(r, error)) {
        add_filter_hint(r, error);
        goto fail;
    }
    if (!open_file(r, error)) {
        if (r->sink && !r->first)
            close_sink(r->sink, true);
        goto fail;
    }
    g_ptr_array_add(session.reports, r);
    return true;
fail:
    if (r->window && r->window->arguments == &r->arguments) {
        g_ptr_array_remove(session.windows, r->window);
        g_free(r->window);
    }
    mpt_arguments_clear(&r->arguments);
    g_free(r);
    return false;
}

static void free_report(struct report *r)
{
    /* Written when it was drawn; what never was leaves a file as it was. */
    if (r->sink && !r->first)
        close_sink(r->sink, true);
    if (r->notes)
        g_string_free(r->notes, TRUE);
    mpt_arguments_clear(&r->arguments);
    g_free(r);
}

void mpt_session_close(void)
{
    guint i;

    if (!session.reports)
        return;
    on_reset(NULL);
    for (i = 0; i < session.windows->len; i++)
        g_free(g_ptr_array_index(session.windows, i));
    for (i = 0; i < session.reports->len; i++)
        free_report(g_ptr_array_index(session.reports, i));
    g_ptr_array_free(session.windows, TRUE);
    g_ptr_array_free(session.reports, TRUE);
    memset(&session, 0, sizeof session);
}
