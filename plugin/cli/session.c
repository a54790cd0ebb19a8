/* session.c - see session.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "interfaces.h"
#include "plugin/host.h"
#include "plugin/report/format/sink.h"
#include "session_internal.h"

/* One bit of mpt_segment.marks for each display filter. */
#define MAX_FILTERS 32

mpt_session_state mpt_session;

static mpt_time_window *window_of(const mpt_arguments *a)
{
    bool has_from = mpt_arguments_has(a, MPT_ARG_FROM), has_to = mpt_arguments_has(a, MPT_ARG_TO);
    bool live = mpt_arguments_has(a, MPT_ARG_LIVE);
    mpt_time_window *w;
    guint i;

    for (i = 0; i < mpt_session.windows->len; i++) {
        w = g_ptr_array_index(mpt_session.windows, i);
        if (w->has_from == has_from && w->has_to == has_to && w->from_ns == a->from_ns &&
            w->to_ns == a->to_ns && w->live == live &&
            mpt_vantage_request_same(&w->arguments->vantage, &a->vantage))
            return w;
    }
    w = g_new0(mpt_time_window, 1);
    w->has_from = has_from;
    w->has_to = has_to;
    w->from_ns = a->from_ns;
    w->to_ns = a->to_ns;
    w->live = live;
    w->arguments = a;
    g_ptr_array_add(mpt_session.windows, w);
    return w;
}

static bool start(char **error)
{
    if (mpt_session.reports)
        return true;
    if (!mpt_source_start(&mpt_session_client, error))
        return false;
    mpt_session.windows = g_ptr_array_new();
    mpt_session.reports = g_ptr_array_new();
    return true;
}

static void add_needs(struct mpt_report_needs *to, const mpt_arguments *a)
{
    struct mpt_report_needs more = {0};

    if (a->report->needs)
        a->report->needs(a, &more);
    to->rtt |= more.rtt;
    to->hmacs |= more.hmacs || mpt_format_is_json(a->format); /* whose connections come with their events */
    to->checksums |= more.checksums;
    to->payload |= more.payload;
    to->frames |= more.frames || more.reinjections;
    to->reinjections |= more.reinjections;
    to->interfaces |= more.interfaces || mpt_format_is_json(a->format); /* as above */
    to->evidence |= more.evidence;
    to->spans |= more.spans;
    to->paths |= mpt_session.ends ? 0 : more.paths; /* one point counts */
}

/* What the report needs beyond the engine's usual state. */
static bool prepare(mpt_open_report *r, char **error)
{
    const mpt_arguments *a = &r->arguments;
    struct mpt_report_needs *needs = &r->window->needs;

    add_needs(needs, a);
    if (r->window->live)
        mpt_source_at_once();
    if ((needs->payload || needs->checksums) && !mpt_source_want_payload(!needs->payload, error))
        return false;
    if (needs->interfaces && !mpt_interfaces_start(error))
        return false;
    if (!a->filter)
        return true;
    if (mpt_session.filters == MAX_FILTERS) {
        *error = g_strdup_printf("at most %d reports may have a display filter", MAX_FILTERS);
        return false;
    }
    r->mark = 1u << mpt_session.filters++;
    return mpt_source_add_filter(a->filter, r->mark, error);
}

/* Reports in JSON that go to the same place are one document, of one window of time. */
static bool fits_document(const mpt_open_report *r, char **error)
{
    guint i;

    for (i = 0; i < mpt_session.reports->len; i++) {
        const mpt_open_report *other = g_ptr_array_index(mpt_session.reports, i);
        if (mpt_session_same_document(r, other) && r->window != other->window) {
            *error = g_strdup_printf(
                "reports in JSON %s are one document and need the same from=, to= and at=; give "
                "one of them %s file=",
                r->sink ? "in the same file" : "on stdout", r->sink ? "another" : "a");
            return false;
        }
    }
    return true;
}

/* The report before that writes to the same file; NULL: none. */
static const mpt_open_report *same_file(const mpt_open_report *r)
{
    guint i;

    for (i = 0; i < mpt_session.reports->len; i++) {
        const mpt_open_report *other = g_ptr_array_index(mpt_session.reports, i);
        if (other->arguments.file && mpt_sink_same_file(other->arguments.file, r->arguments.file))
            return other->first ? other->first : other;
    }
    return NULL;
}

/* Packets and text can't share stdout. */
static bool fits_stdout(const mpt_open_report *r, char **error)
{
    for (guint i = 0; i < mpt_session.reports->len; i++) {
        const mpt_open_report *other = g_ptr_array_index(mpt_session.reports, i);

        if (!other->arguments.file && (r->arguments.report->packets || other->arguments.report->packets)) {
            *error = g_strdup("packets on standard output stand there alone: give the other report a file=");
            return false;
        }
    }
    return fits_document(r, error);
}

static bool open_file(mpt_open_report *r, char **error)
{
    const char *file = r->arguments.file;

    if (!file)
        return fits_stdout(r, error);
    /* tshark (4.0, 4.4, 4.6) opens the capture first. */
    if (mpt_host_reads(file)) {
        *error = g_strdup_printf("\"%s\" is the capture being read: cannot write a report there", file);
        return false;
    }
    r->first = same_file(r);
    if (r->first &&
        (!mpt_format_is_json(r->arguments.format) || r->arguments.format != r->first->arguments.format)) {
        *error = g_strdup_printf("two reports cannot share the file \"%s\", unless both are JSON", file);
        return false;
    }
    if (r->first)
        r->sink = r->first->sink;
    else if (mpt_session.ends || mpt_arguments_has(&r->arguments, MPT_ARG_LIVE))
        r->sink = mpt_sink_open_at_once(file, error);
    else
        r->sink = mpt_sink_open(file, error);
    return r->sink && fits_document(r, error);
}

static void add_filter_hint(const mpt_open_report *r, char **error)
{
    char *with_hint;

    g_strchomp(*error);
    if (!r->mark || !r->arguments.filter_hint)
        return;
    with_hint = g_strdup_printf("%s %s", *error, r->arguments.filter_hint);
    g_free(*error);
    *error = with_hint;
}

/* What must be known of the whole capture can't be printed before its end. */
static bool fits_stream(const mpt_arguments *a, char **error)
{
    if (!mpt_session.ends)
        return true;
    if (mpt_arguments_has(a, MPT_ARG_AT))
        *error = g_strdup("--stream counts at the first vantage point; \"at\" needs the whole capture");
    else if (a->format == MPT_FORMAT_NDJSON || (a->report->over && !mpt_arguments_has(a, MPT_ARG_STREAM)))
        return true;
    else if (a->report->formats & MPT_BIT(MPT_FORMAT_NDJSON))
        *error = g_strdup_printf("--stream prints a line as each connection ends: say mptcp,%s,format=ndjson",
                                 a->report->name);
    else
        *error = g_strdup_printf("--stream prints connections as they end, and %s%s needs the whole capture",
                                 a->report->name ? "mptcp," : "follow,mptcp",
                                 a->report->name ? a->report->name : "");
    return false;
}

bool mpt_session_add_report(mpt_arguments *arguments, char **error)
{
    mpt_open_report *r = g_new0(mpt_open_report, 1);

    r->arguments = *arguments;
    memset(arguments, 0, sizeof *arguments);
    if (!fits_stream(&r->arguments, error) || !start(error))
        goto fail;
    r->window = window_of(&r->arguments);
    if (!prepare(r, error)) {
        add_filter_hint(r, error);
        goto fail;
    }
    if (!open_file(r, error)) {
        if (r->sink && !r->first)
            mpt_session_close_sink(r->sink, true);
        goto fail;
    }
    g_ptr_array_add(mpt_session.reports, r);
    return true;
fail:
    if (r->window && r->window->arguments == &r->arguments) {
        g_ptr_array_remove(mpt_session.windows, r->window);
        g_free(r->window);
    }
    mpt_arguments_clear(&r->arguments);
    g_free(r);
    return false;
}

static void free_report(mpt_open_report *r)
{
    /* Written when it was drawn; what never was leaves a file as it was. */
    if (r->sink && !r->first)
        mpt_session_close_sink(r->sink, true);
    if (r->notes)
        g_string_free(r->notes, TRUE);
    mpt_arguments_clear(&r->arguments);
    g_free(r);
}

void mpt_session_stream(void)
{
    mpt_session.ends = true;
}

bool mpt_session_is_stream(void)
{
    return mpt_session.ends;
}

bool mpt_session_is_live(void)
{
    if (mpt_session.ends)
        return true;
    for (guint i = 0; mpt_session.windows && i < mpt_session.windows->len; i++)
        if (((const mpt_time_window *)g_ptr_array_index(mpt_session.windows, i))->live)
            return true;
    return false;
}

void mpt_session_leave(void)
{
    for (guint i = 0; mpt_session.reports && i < mpt_session.reports->len; i++) {
        mpt_open_report *r = g_ptr_array_index(mpt_session.reports, i);

        if (r->sink && !r->first)
            mpt_session_close_sink(r->sink, true);
        r->sink = NULL;
    }
}

void mpt_session_close(void)
{
    guint i;

    if (!mpt_session.reports)
        return;
    mpt_session_reset();
    for (i = 0; i < mpt_session.windows->len; i++)
        g_free(g_ptr_array_index(mpt_session.windows, i));
    for (i = 0; i < mpt_session.reports->len; i++)
        free_report(g_ptr_array_index(mpt_session.reports, i));
    g_ptr_array_free(mpt_session.windows, TRUE);
    g_ptr_array_free(mpt_session.reports, TRUE);
    memset(&mpt_session, 0, sizeof mpt_session);
}
