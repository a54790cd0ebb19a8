/* session_print.c - see session_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>

#include "interfaces.h"
#include "plugin/host.h"
#include "plugin/report/common/vantage_words.h"
#include "plugin/report/json_document.h"
#include "plugin/report/registry.h"
#include "plugin/report/report.h"
#include "session_internal.h"
#include "tap/engine/base/units.h"
#include "tap/engine/figures/metrics.h"

static void complain(const char *sentence)
{
    fprintf(stderr, "%s: %s\n", mpt_host_name(), sentence);
}

static const mpt_report_context *context_of(mpt_open_report *r)
{
    mpt_time_window *w = r->window;
    mpt_vantage_engines *points = mpt_session_points(w);
    unsigned point = mpt_session.ends ? 0 : mpt_vantage_engines_chosen(points);
    mpt_engine *e = mpt_vantage_engines_at(points, point);

    if (!w->connections)
        w->connections = mpt_session.ends ? g_ptr_array_new() : mpt_metrics_connections(e);
    if (!r->notes)
        r->notes = g_string_new(NULL);
    g_string_truncate(r->notes, 0);
    mpt_vantage_note(points, point, r->notes);
    r->context = (mpt_report_context){
        .engine = e,
        .connections = w->connections,
        .arguments = &r->arguments,
        .mark = r->mark,
        .forgets = mpt_session.ends,
        .state = &r->state,
        .wireshark_version = mpt_source_wireshark_version(),
        .collected = r->collected[point],
        .capture_notes = r->notes->len ? r->notes->str : NULL,
        .points = points,
        .point = point,
        .interface_name = mpt_interfaces_name,
        .paths = w->paths,
        .reinjections = w->reinjections[point],
    };
    return &r->context;
}

void mpt_session_close_sink(mpt_sink *sink, bool failed)
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

/* True if there was something to complain about; frees it. */
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

/* What is printed stays: a failure that the report was asked for. */
static void fail_as_asked(const mpt_report_context *x)
{
    GString *sentence = g_string_new(NULL);

    if (x->arguments->report->fails && x->arguments->report->fails(x, sentence)) {
        complain(sentence->str);
        mpt_host_fail_at_exit();
    }
    g_string_free(sentence, TRUE);
}

/* False where what was asked for is not there. */
static bool print_text(mpt_open_report *r, mpt_sink *sink)
{
    GString *sentence = g_string_new(NULL), *note;

    r->printed = true;
    if (mpt_vantage_missing(mpt_session_points(r->window), sentence))
        return !fail_late(sentence);
    note = g_string_new(NULL);
    context_of(r);
    r->context.note = note;
    mpt_report_print(&r->context, sink, sentence);
    fail_as_asked(&r->context);
    if (note->len)
        complain(note->str);
    g_string_free(note, TRUE);
    /* The text of the report has it, and so does each sentence. */
    if (!sentence->len && r->context.connections->len == 0 && r->arguments.format == MPT_FORMAT_CSV &&
        !r->arguments.report->of_streams)
        complain(MPT_NO_MPTCP);
    return !fail_late(sentence);
}

bool mpt_session_same_document(const mpt_open_report *a, const mpt_open_report *b)
{
    return mpt_format_is_json(a->arguments.format) && a->arguments.format == b->arguments.format &&
           a->sink == b->sink;
}

/* Reports in JSON that go to the same place are one document, at the place of the first. False as above. */
static bool print_document(guint first, mpt_sink *sink)
{
    mpt_open_report *r = g_ptr_array_index(mpt_session.reports, first);
    const mpt_report_context *x = context_of(r);
    GString *impossible = g_string_new(NULL);
    mpt_json_document *document;
    bool empty = x->connections->len == 0, failed = false;
    guint i;

    for (i = first; i < mpt_session.reports->len; i++) {
        mpt_open_report *other = g_ptr_array_index(mpt_session.reports, i);
        other->printed |= mpt_session_same_document(r, other);
    }
    mpt_vantage_missing(mpt_session_points(r->window), impossible);
    if (fail_late(impossible))
        return false;
    document = mpt_json_document_begin(sink, x);
    for (i = first; i < mpt_session.reports->len; i++) {
        mpt_open_report *other = g_ptr_array_index(mpt_session.reports, i);
        GString *sentence;

        if (!mpt_session_same_document(r, other))
            continue;
        x = context_of(other);
        mpt_json_document_add(document, x);
        fail_as_asked(x);
        sentence = g_string_new(NULL);
        mpt_report_missing(x, sentence);
        failed |= fail_late(sentence);
    }
    mpt_json_document_end(document);
    if (empty && !failed)
        complain(MPT_NO_MPTCP);
    return !failed;
}

/* Its file, or stdout. */
static mpt_sink *sink_of(const mpt_open_report *r)
{
    if (r->sink)
        return r->sink;
    if (!mpt_session.out)
        mpt_session.out = mpt_sink_new_stream(stdout);
    return mpt_session.out;
}

/* --- lines --- */

static bool is_line(const mpt_open_report *r)
{
    return r->arguments.format == MPT_FORMAT_NDJSON;
}

/* The reports whose lines go to the same place as those of `first`; `point`: where they count. */
static mpt_json_document *begin_lines(guint first, mpt_sink *sink)
{
    mpt_open_report *r = g_ptr_array_index(mpt_session.reports, first);
    mpt_json_document *document = mpt_json_document_begin(sink, context_of(r));

    for (guint i = first; i < mpt_session.reports->len; i++) {
        mpt_open_report *other = g_ptr_array_index(mpt_session.reports, i);

        if (mpt_session_same_document(r, other))
            mpt_json_document_add(document, context_of(other));
    }
    return document;
}

/* False where what was asked for is not there. */
static bool end_lines(guint first, mpt_json_document *document)
{
    mpt_open_report *r = g_ptr_array_index(mpt_session.reports, first);
    bool failed = false;

    mpt_json_document_last_line(document);
    for (guint i = first; i < mpt_session.reports->len; i++) {
        mpt_open_report *other = g_ptr_array_index(mpt_session.reports, i);
        GString *sentence;

        if (!mpt_session_same_document(r, other))
            continue;
        other->printed = true;
        sentence = g_string_new(NULL);
        if (!other->shown)
            mpt_report_missing(&other->context, sentence);
        failed |= fail_late(sentence);
    }
    if (!r->window->ended && r->context.connections->len == 0 && !failed)
        complain(MPT_NO_MPTCP);
    return !failed;
}

static bool print_lines(guint first, mpt_sink *sink)
{
    mpt_open_report *r = g_ptr_array_index(mpt_session.reports, first);
    GString *impossible = g_string_new(NULL);
    mpt_json_document *document;

    mpt_vantage_missing(mpt_session_points(r->window), impossible);
    if (fail_late(impossible))
        return false;
    document = begin_lines(first, sink);
    for (mpt_connection_view v = {0}; mpt_metrics_next(r->context.engine, r->context.connections, &v);)
        mpt_json_document_line(document, &v);
    return end_lines(first, document);
}

/* The first of each group of reports whose lines go to one place, of this window. */
static bool begins_lines(guint i, const mpt_time_window *w)
{
    const mpt_open_report *r = g_ptr_array_index(mpt_session.reports, i);

    for (guint k = 0; k < i; k++)
        if (mpt_session_same_document(g_ptr_array_index(mpt_session.reports, k), r))
            return false;
    return is_line(r) && r->window == w;
}

/* As a line, of the reports that begin with this one. */
static void print_line(guint first, const mpt_connection_view *v)
{
    mpt_open_report *r = g_ptr_array_index(mpt_session.reports, first);
    mpt_sink *sink = sink_of(r);
    mpt_json_document *document = begin_lines(first, sink);

    mpt_json_document_line(document, v);
    mpt_json_document_free(document);
    for (guint i = first; i < mpt_session.reports->len; i++) {
        mpt_open_report *other = g_ptr_array_index(mpt_session.reports, i);

        other->shown |= mpt_session_same_document(r, other) && mpt_report_selected(&other->context, v);
    }
    mpt_session.broken |= !mpt_sink_flush(sink);
}

/* As the report has it. */
static void print_over(mpt_open_report *r, const mpt_connection_view *v)
{
    GString *sentence = g_string_new(NULL);

    if (!r->failed && mpt_report_selected(context_of(r), v)) {
        r->shown = true;
        r->failed = !r->arguments.report->over(&r->context, v, sink_of(r), sentence);
        mpt_session.broken |= r->failed;
    }
    fail_late(sentence);
}

void mpt_session_print_ended(mpt_time_window *w, const mpt_connection *c, uint32_t id)
{
    mpt_connection_view v;

    w->ended++;
    mpt_metrics_connection(mpt_vantage_engines_at(w->points, 0), c, id, &v);
    for (guint i = 0; i < mpt_session.reports->len; i++) {
        mpt_open_report *r = g_ptr_array_index(mpt_session.reports, i);

        if (begins_lines(i, w))
            print_line(i, &v);
        else if (r->window == w && r->arguments.report->over)
            print_over(r, &v);
    }
    mpt_metrics_clear(&v);
}

/* How many segments wait depends on which reports are open, and so may what they show. */
static void note_given_up(void)
{
    GString *sentence;
    uint64_t n = 0;
    guint i;

    for (i = 0; i < mpt_session.windows->len; i++)
        n += mpt_path_collector_forgotten(
            ((const mpt_time_window *)g_ptr_array_index(mpt_session.windows, i))->paths);
    if (n == 0)
        return;
    sentence = g_string_new(NULL);
    mpt_units_things(sentence, n, "segment");
    g_string_append(
        sentence,
        " waited too long for the same one at another vantage point: what happened between the points "
        "may be wrong; reordercap sorts a capture by time");
    complain(sentence->str);
    g_string_free(sentence, TRUE);
}

static void print_all(void)
{
    bool text_before = false;
    guint i;

    for (i = 0; i < mpt_session.reports->len; i++) {
        mpt_open_report *r = g_ptr_array_index(mpt_session.reports, i);
        bool text = !r->sink && r->arguments.format == MPT_FORMAT_TEXT;
        mpt_sink *sink;

        if (r->printed || r->failed) /* with the document of a report before it, or while reading */
            continue;
        sink = sink_of(r);
        if (text && text_before)
            mpt_sink_putc(sink, '\n');
        text_before |= text;
        r->failed = !(is_line(r)                               ? print_lines(i, sink)
                      : r->arguments.format == MPT_FORMAT_JSON ? print_document(i, sink)
                                                               : print_text(r, sink));
        mpt_session_close_printed();
        if (!r->sink)
            mpt_sink_flush(sink);
    }
    if (mpt_session.out)
        mpt_session_close_sink(mpt_session.out, false);
    mpt_session.out = NULL;
    note_given_up();
    for (i = 0; i < mpt_session.reports->len; i++) {
        mpt_open_report *r = g_ptr_array_index(mpt_session.reports, i);

        if (r->sink && !r->first)
            mpt_session_close_sink(r->sink, r->failed);
        r->sink = NULL;
    }
}

/* Which end a point is at is known at the end alone. */
static void note_points(void)
{
    for (guint i = 0; mpt_session.ends && i < mpt_session.windows->len; i++) {
        const mpt_time_window *w = g_ptr_array_index(mpt_session.windows, i);
        char *sentence;

        if (mpt_vantage_engines_count(w->points) < 2)
            continue;
        sentence = g_strdup_printf("%u vantage points: --stream shows what the first of them captured",
                                   mpt_vantage_engines_count(w->points));
        complain(sentence);
        g_free(sentence);
        return;
    }
}

void mpt_session_draw(void)
{
    guint i;

    /* A program with windows draws while it reads: it shows reports elsewhere. tshark (4.0, 4.4, 4.6) draws
     * in one place, when the file or the capture is at its end. */
    if (mpt_session.drawn || mpt_host_is_gui())
        return;
    mpt_session.drawn = true;
    for (i = 0; i < mpt_session.windows->len; i++)
        mpt_vantage_engines_flush(mpt_session_points(g_ptr_array_index(mpt_session.windows, i)));
    mpt_session_release(INT64_MAX);
    note_points();
    print_all();
}
