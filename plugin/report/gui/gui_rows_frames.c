/* gui_rows_frames.c - see gui_rows.h: the tables with rows for frames: reinjections, events and findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_rows.h"

#include "plugin/report/common/event_json.h"
#include "plugin/report/common/finding_groups.h"
#include "plugin/report/common/finding_text.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/events/event_text.h"
#include "plugin/report/paths/path_hops.h"
#include "tap/engine/base/units.h"
#include "tap/engine/findings/findings.h"
#include "tap/engine/reinjections/reinjection_figures.h"

static const char *direction_words(mpt_direction direction)
{
    return direction == MPT_C2S ? "client to server" : "server to client";
}

/* --- what was sent again --- */

#define AGAIN_TABLE_LIST(X)                                                                                  \
    X(AGAIN_CONNECTION, MPT_ID, "connection", .title = "Conn",                                               \
      .tip = "As in reports and in the field mptcpscope.connection")                                         \
    X(AGAIN_DIRECTION, MPT_TEXT, "direction", .title = "Direction")                                          \
    X(AGAIN_TIME, MPT_SECONDS_NS, "time", .title = "Time (s)")                                               \
    X(AGAIN_FRAME, MPT_ID, "frame", .title = "Frame", .tip = "The frame with the copy")                      \
    X(AGAIN_SUBFLOW, MPT_ID, "subflow", .title = "Subflow")                                                  \
    X(AGAIN_FIRST_SUBFLOW, MPT_ID, "first_subflow", .title = "Original: subflow")                            \
    X(AGAIN_FIRST_FRAME, MPT_ID, "first_frame", .title = "Original: frame",                                  \
      .tip = "The frame that carried this data first")                                                       \
    X(AGAIN_BYTES, MPT_BYTES, "data", .title = "Data", .flags = MPT_GUI_READABLE)                            \
    X(AGAIN_BYTES_EXACT, MPT_BYTES, "bytes", .title = "Data (bytes)")                                        \
    X(AGAIN_LATER, MPT_SECONDS_NS, "later", .title = "Delay", .flags = MPT_GUI_READABLE)                     \
    X(AGAIN_VERDICT, MPT_TEXT, "verdict", .title = "Verdict",                                                \
      .tip = "Whether the copy was useful (arrived first), redundant, undecided (the capture does not "      \
             "show it), or remapped (not judged)")                                                           \
    X(AGAIN_BASIS, MPT_TEXT, "basis", .title = "Basis",                                                      \
      .tip = "arrival: seen at the receiver, certain; inferred: from acknowledgements and retransmissions")  \
    X(AGAIN_LATER_EXACT, MPT_SECONDS_NS, "later", .title = "Delay (s)")                                      \
    X(AGAIN_DSN, MPT_INT, "dsn_first", .title = "DSN",                                                       \
      .tip = "Relative data sequence number of the first byte; the first one of a connection is 1")          \
    X(AGAIN_SEGMENTS, MPT_UINT, "segments", .title = "Segments")
MPT_COLUMNS(AGAIN_TABLE, AGAIN_COLUMNS, AGAIN_TABLE_LIST);

const mpt_gui_layout MPT_GUI_REINJECTION_LAYOUT = {.columns = AGAIN_TABLE,
                                                   .count = AGAIN_COLUMNS,
                                                   .sentence = AGAIN_COLUMNS,
                                                   .empty = "No data was reinjected or remapped."};

static void run_row(mpt_gui_rows *to, uint32_t id, const mpt_reinjection_figures *r,
                    const mpt_reinjection_sum_run *run)
{
    mpt_table *t = to->table;
    bool judged = !run->same && run->verdict != MPT_UNDECIDED;

    mpt_gui_rows_begin(to, &(mpt_gui_row){.connection = id,
                                          .subflow = run->subflow,
                                          .frame = run->frame,
                                          .first_frame = run->first_frame,
                                          .direction = r->direction,
                                          .severity = MPT_GUI_PLAIN});
    mpt_table_set_uint(t, AGAIN_CONNECTION, id);
    mpt_table_set_text(t, AGAIN_DIRECTION, direction_words(r->direction));
    mpt_table_set_ns(t, AGAIN_TIME, run->time_ns);
    mpt_table_set_uint(t, AGAIN_FRAME, run->frame);
    mpt_table_set_uint(t, AGAIN_SUBFLOW, run->subflow);
    if (run->dsn.known)
        mpt_table_set_int(t, AGAIN_DSN, run->dsn.value);
    mpt_table_set_uint(t, AGAIN_BYTES, run->bytes);
    mpt_table_set_uint(t, AGAIN_BYTES_EXACT, run->bytes);
    mpt_table_set_uint(t, AGAIN_SEGMENTS, run->segments);
    mpt_table_set_uint(t, AGAIN_FIRST_SUBFLOW, run->first_subflow);
    mpt_table_set_uint(t, AGAIN_FIRST_FRAME, run->first_frame);
    mpt_table_set_ns(t, AGAIN_LATER, run->time_ns - run->first_ns);
    mpt_table_set_ns(t, AGAIN_LATER_EXACT, run->time_ns - run->first_ns);
    mpt_table_set_textf(t, AGAIN_VERDICT, "%s%s", run->same ? "remapped" : mpt_usefulness_name(run->verdict),
                        run->late_original ? ": the original was the useful one" : "");
    mpt_table_set_text(t, AGAIN_BASIS,
                       !judged                              ? NULL
                       : mpt_reinjection_figures_certain(r) ? "arrival"
                                                            : "inferred");
}

struct sums {
    uint64_t bytes[MPT_USEFULNESSES], same, unlisted;
};

static void direction_rows(mpt_gui_rows *to, const mpt_connection_view *v, mpt_direction direction,
                           mpt_maybe_int end, struct sums *sums)
{
    mpt_reinjection_figures r;

    mpt_reinjection_figures_init(&r, to->context->engine, to->context->reinjections, v, direction, end);
    for (guint i = 0; i < r.runs->len; i++)
        run_row(to, v->id, &r, &g_array_index(r.runs, mpt_reinjection_sum_run, i));
    for (unsigned k = 0; k < MPT_USEFULNESSES; k++)
        sums->bytes[k] += r.bytes[k];
    sums->same += r.same_bytes;
    sums->unlisted += r.unlisted_bytes;
    mpt_reinjection_figures_clear(&r);
}

static void summarise(GString *out, const struct sums *s)
{
    mpt_units_things(out, s->bytes[MPT_USEFUL] + s->bytes[MPT_REDUNDANT] + s->bytes[MPT_UNDECIDED], "byte");
    g_string_append(out, " reinjected: ");
    mpt_units_grouped(out, s->bytes[MPT_USEFUL]);
    g_string_append(out, " useful, ");
    mpt_units_grouped(out, s->bytes[MPT_REDUNDANT]);
    g_string_append(out, " redundant, ");
    mpt_units_grouped(out, s->bytes[MPT_UNDECIDED]);
    g_string_append(out, " undecided");
    if (s->same) {
        g_string_append(out, "; ");
        mpt_units_things(out, s->same, "byte");
        g_string_append(out, " remapped");
    }
    if (s->unlisted) {
        g_string_append(out, "; ");
        mpt_units_things(out, s->unlisted, "byte");
        g_string_append(out, " of these in runs above the limit, not listed");
    }
    g_string_append(out, ".\n");
}

void mpt_gui_rows_reinjections(mpt_gui_rows *to)
{
    mpt_maybe_int end = mpt_reinjection_figures_end(to->context->engine);
    struct sums sums = {0};

    if (!to->context->reinjections)
        return;
    for (mpt_connection_view v = {0}; mpt_metrics_next(to->context->engine, to->context->connections, &v);)
        for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++)
            direction_rows(to, &v, d, end, &sums);
    if (to->rows->len)
        summarise(to->summary, &sums);
}

/* --- events --- */

#define EVENT_TABLE_LIST(X)                                                                                  \
    X(EVENT_CONNECTION, MPT_ID, "connection", .title = "Conn")                                               \
    X(EVENT_TIME, MPT_SECONDS_NS, "time", .title = "Time (s)",                                               \
      .tip = "Since the earliest frame of the capture")                                                      \
    X(EVENT_FRAME, MPT_ID, "frame", .title = "Frame")                                                        \
    X(EVENT_SUBFLOW, MPT_ID, "subflow", .title = "Sub")                                                      \
    X(EVENT_DIRECTION, MPT_TEXT, "direction", .title = "Direction")                                          \
    X(EVENT_TYPE, MPT_TEXT, "type", .title = "Type")                                                         \
    X(EVENT_TEXT, MPT_TEXT, "event", .title = "Event")
MPT_COLUMNS(EVENT_TABLE, EVENT_COLUMNS, EVENT_TABLE_LIST);

const mpt_gui_layout MPT_GUI_EVENT_LAYOUT = {
    .columns = EVENT_TABLE, .count = EVENT_COLUMNS, .sentence = EVENT_TEXT, .empty = "No events."};

static void event_row(mpt_gui_rows *to, const mpt_connection_view *v, const GArray *events, guint index)
{
    const mpt_event *e = &g_array_index(events, mpt_event, index);
    mpt_direction direction = mpt_metrics_direction(v, e->side);
    uint32_t subflow = mpt_metrics_subflow_of(v, e->owner)->id;
    GString *text = g_string_new(NULL);
    mpt_table *t = to->table;
    mpt_event_pairs pairs;

    mpt_event_pair(v, events, index, &pairs);
    mpt_event_text(v, e, &pairs, text);
    mpt_event_outcome_text(v, e, &pairs, text);
    mpt_gui_rows_begin(to, &(mpt_gui_row){.connection = v->id,
                                          .subflow = subflow,
                                          .frame = e->frame,
                                          .direction = direction,
                                          .severity = MPT_GUI_PLAIN});
    mpt_table_set_uint(t, EVENT_CONNECTION, v->id);
    mpt_table_set_ns(t, EVENT_TIME, e->time_ns - v->epoch_ns);
    mpt_table_set_uint(t, EVENT_FRAME, e->frame);
    mpt_table_set_uint(t, EVENT_SUBFLOW, subflow);
    mpt_table_set_text(t, EVENT_DIRECTION, direction_words(direction));
    mpt_table_set_text(t, EVENT_TYPE, mpt_event_name(e));
    mpt_table_set_text(t, EVENT_TEXT, text->str);
    g_string_free(text, TRUE);
}

void mpt_gui_rows_events(mpt_gui_rows *to)
{
    for (mpt_connection_view v = {0}; mpt_metrics_next(to->context->engine, to->context->connections, &v);) {
        GArray *events = mpt_metrics_events(v.connection);

        for (guint i = 0; i < events->len; i++)
            event_row(to, &v, events, i);
        g_array_unref(events);
    }
}

/* --- findings --- */

#define FINDING_TABLE_LIST(X)                                                                                \
    X(FINDING_SEVERITY, MPT_TEXT, "severity", .title = "Severity",                                           \
      .tip = "As in Expert Information, which lists the findings too")                                       \
    X(FINDING_CONNECTION, MPT_ID, "connection", .title = "Conn")                                             \
    X(FINDING_SUBFLOW, MPT_ID, "subflow", .title = "Sub")                                                    \
    X(FINDING_DIRECTION, MPT_TEXT, "direction", .title = "Direction")                                        \
    X(FINDING_TIME, MPT_SECONDS_NS, "time", .title = "Time (s)",                                             \
      .tip = "Since the earliest frame of the capture")                                                      \
    X(FINDING_FRAME, MPT_ID, "frame", .title = "Frame", .tip = "The first frame that shows it")              \
    X(FINDING_TEXT, MPT_TEXT, "finding", .title = "Finding")                                                 \
    X(FINDING_COUNT, MPT_UINT, "count", .title = "Count", .tip = "How often, how many or how much")          \
    X(FINDING_UNIT, MPT_TEXT, "unit", .title = "Of", .tip = "What is counted: times, bytes, segments, ...")  \
    X(FINDING_TIMES, MPT_UINT, "times", .title = "Times",                                                    \
      .tip = "How many equal findings this row is; connection, time and frame are the first one's")          \
    X(FINDING_CHECK, MPT_TEXT, "check", .title = "Check")                                                    \
    X(FINDING_RFC, MPT_TEXT, "rfc", .title = "RFC")
MPT_COLUMNS(FINDING_TABLE, FINDING_COLUMNS, FINDING_TABLE_LIST);

const mpt_gui_layout MPT_GUI_FINDING_LAYOUT = {.columns = FINDING_TABLE,
                                               .count = FINDING_COLUMNS,
                                               .sentence = FINDING_TEXT,
                                               .empty = "All checks passed: nothing found."};

static void finding_row(mpt_gui_rows *to, const mpt_finding_group *group, const char *const *points)
{
    const mpt_finding *f = &group->first;
    static const mpt_gui_severity severities[MPT_SEVERITIES] = {
        [MPT_SEVERITY_ERROR] = MPT_GUI_ERROR,
        [MPT_SEVERITY_WARNING] = MPT_GUI_WARNING,
        [MPT_SEVERITY_NOTE] = MPT_GUI_NOTE,
        [MPT_SEVERITY_CHAT] = MPT_GUI_CHAT,
    };
    mpt_table *t = to->table;
    char rfc[MPT_RFC_TEXT], *sentence = mpt_finding_sentence(f, points);

    mpt_gui_rows_begin(
        to, &(mpt_gui_row){.connection = f->has_connection ? f->connection : MPT_GUI_NO_CONNECTION,
                           .subflow = f->subflow.known ? (uint32_t)f->subflow.value : MPT_GUI_NO_SUBFLOW,
                           .frame = f->frame,
                           .direction = f->direction.known ? (unsigned)f->direction.value : MPT_DIRECTIONS,
                           .severity = severities[f->severity]});
    mpt_table_set_text(t, FINDING_SEVERITY, mpt_severity_label(f->severity)->name);
    if (f->has_connection)
        mpt_table_set_uint(t, FINDING_CONNECTION, f->connection);
    if (f->subflow.known)
        mpt_table_set_uint(t, FINDING_SUBFLOW, (uint64_t)f->subflow.value);
    if (f->direction.known)
        mpt_table_set_text(t, FINDING_DIRECTION, direction_words((mpt_direction)f->direction.value));
    if (f->time.known)
        mpt_table_set_ns(t, FINDING_TIME, f->time.ns);
    if (f->frame)
        mpt_table_set_uint(t, FINDING_FRAME, f->frame);
    mpt_table_set_text(t, FINDING_TEXT, sentence);
    mpt_table_set_uint(t, FINDING_COUNT, group->count);
    mpt_table_set_text(t, FINDING_UNIT, mpt_finding_unit_name(f->unit));
    mpt_table_set_uint(t, FINDING_TIMES, group->times);
    mpt_table_set_text(t, FINDING_CHECK, mpt_finding_name(f->id));
    mpt_table_set_text(t, FINDING_RFC, mpt_finding_rfc_text(f, rfc));
    g_free(sentence);
}

/* The worst first, as the report has them. */
void mpt_gui_rows_findings(mpt_gui_rows *to)
{
    const mpt_report_context *x = to->context;
    mpt_finding_groups *all;
    mpt_path_hops *ways;

    if (!x->connections->len)
        return;
    ways = mpt_path_hops_new(x);
    all = mpt_finding_groups_new(mpt_path_hops_names(ways), false);
    mpt_finding_groups_add(all, mpt_findings_of_capture(x->engine), NULL);
    for (mpt_connection_view v = {0}; mpt_metrics_next(x->engine, x->connections, &v);)
        mpt_finding_groups_add(
            all, mpt_findings_of_ways(x->engine, &v, mpt_path_hops_of(ways, v.id), x->reinjections), &v);
    for (unsigned s = 0; s < MPT_SEVERITIES; s++) {
        const GPtrArray *groups = mpt_finding_groups_of(all, s);
        for (guint i = 0; i < groups->len; i++)
            finding_row(to, g_ptr_array_index(groups, i), mpt_path_hops_names(ways));
    }
    mpt_finding_groups_free(all);
    mpt_path_hops_free(ways);
}
