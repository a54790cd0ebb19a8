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
    unsigned point = mpt_vantage_engines_chosen(points);
    mpt_engine *e = mpt_vantage_engines_at(points, point);

    if (!w->connections)
        w->connections = mpt_metrics_connections(e);
    if (!r->notes)
        r->notes = g_string_new(NULL);
    g_string_truncate(r->notes, 0);
    mpt_vantage_note(points, point, r->notes);
    r->context = (mpt_report_context){
        .engine = e,
        .connections = w->connections,
        .arguments = &r->arguments,
        .mark = r->mark,
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
    return a->arguments.format == MPT_FORMAT_JSON && b->arguments.format == MPT_FORMAT_JSON &&
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

        if (r->printed) /* with the document of a report before it */
            continue;
        sink = r->sink ? r->sink : mpt_sink_new_stream(stdout);
        if (text && text_before)
            mpt_sink_putc(sink, '\n');
        text_before |= text;
        r->failed = !(r->arguments.format == MPT_FORMAT_JSON ? print_document(i, sink) : print_text(r, sink));
        if (!r->sink)
            mpt_session_close_sink(sink, false);
        mpt_session_close_printed();
    }
    note_given_up();
    for (i = 0; i < mpt_session.reports->len; i++) {
        mpt_open_report *r = g_ptr_array_index(mpt_session.reports, i);

        if (r->sink && !r->first)
            mpt_session_close_sink(r->sink, r->failed);
        r->sink = NULL;
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
    print_all();
}
