/* gui_rows_frames.c - see gui_rows.h: the tables whose rows are of frames: what was sent again, events and findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_rows.h"

#include "plugin/report/common/finding_text.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/events/event_json.h"
#include "plugin/report/events/event_text.h"
#include "plugin/report/reinjections/reinjection_figures.h"
#include "tap/engine/base/units.h"
#include "tap/engine/findings/findings.h"

#define READABLE (MPT_COLUMN_TEXT_ONLY | MPT_COLUMN_SCALED)

static const char *direction_words(unsigned direction)
{
    return direction == MPT_C2S ? "client to server" : "server to client";
}

static void append_bytes(GString *out, uint64_t bytes)
{
    mpt_units_grouped(out, bytes);
    g_string_append(out, bytes == 1 ? " byte" : " bytes");
}

/* --- what was sent again --- */

enum {
    AGAIN_CONNECTION,
    AGAIN_DIRECTION,
    AGAIN_TIME,
    AGAIN_FRAME,
    AGAIN_SUBFLOW,
    AGAIN_FIRST_SUBFLOW,
    AGAIN_FIRST_FRAME,
    AGAIN_BYTES,
    AGAIN_BYTES_EXACT,
    AGAIN_LATER,
    AGAIN_VERDICT,
    AGAIN_BASIS,
    AGAIN_LATER_EXACT,
    AGAIN_DSN,
    AGAIN_SEGMENTS,
    AGAIN_COLUMNS
};

static const mpt_column AGAIN_TABLE[AGAIN_COLUMNS] = {
    [AGAIN_CONNECTION] = {.name = "connection", .title = "Conn", .type = MPT_ID},
    [AGAIN_DIRECTION] = {.name = "direction", .title = "Direction", .type = MPT_TEXT},
    [AGAIN_TIME] = {.name = "time", .title = "Time (s)", .type = MPT_SECONDS_NS},
    [AGAIN_FRAME] = {.name = "frame", .title = "Again in frame", .type = MPT_ID},
    [AGAIN_SUBFLOW] = {.name = "subflow", .title = "On subflow", .type = MPT_ID},
    [AGAIN_DSN] = {.name = "dsn_first", .title = "First DSN", .type = MPT_INT},
    [AGAIN_BYTES] = {.name = "data", .title = "Data", .type = MPT_BYTES, .flags = READABLE},
    [AGAIN_BYTES_EXACT] = {.name = "bytes", .title = "Data (bytes)", .type = MPT_BYTES},
    [AGAIN_SEGMENTS] = {.name = "segments", .title = "Segments", .type = MPT_UINT},
    [AGAIN_FIRST_SUBFLOW] = {.name = "first_subflow", .title = "First on subflow", .type = MPT_ID},
    [AGAIN_FIRST_FRAME] = {.name = "first_frame", .title = "First in frame", .type = MPT_ID},
    [AGAIN_LATER] = {.name = "later", .title = "Later by", .type = MPT_SECONDS_NS, .flags = READABLE},
    [AGAIN_LATER_EXACT] = {.name = "later", .title = "Later by (s)", .type = MPT_SECONDS_NS},
    [AGAIN_VERDICT] = {.name = "verdict", .title = "Verdict", .type = MPT_TEXT},
    [AGAIN_BASIS] = {.name = "basis", .title = "Basis", .type = MPT_TEXT},
};

static const char *const AGAIN_TIPS[AGAIN_COLUMNS] = {
    [AGAIN_CONNECTION] = "The id that reports and the field mptcpscope.connection have",
    [AGAIN_FRAME] = "The frame that carried these data sequence numbers again",
    [AGAIN_DSN] = "Relative data sequence number of the first byte; the first one of a connection is 1",
    [AGAIN_FIRST_FRAME] = "The frame that carried the first copy",
    [AGAIN_VERDICT] =
        "Of the later copy: useful (it got there first), redundant, undecided (the capture does not tell), "
        "or same subflow (not judged)",
    [AGAIN_BASIS] =
        "arrival: seen at the receiver, certain; inferred: from acknowledgements and retransmissions",
};

const mpt_gui_layout MPT_GUI_REINJECTION_LAYOUT = {.columns = AGAIN_TABLE,
                                                   .tooltips = AGAIN_TIPS,
                                                   .count = AGAIN_COLUMNS,
                                                   .sentence = AGAIN_COLUMNS,
                                                   .empty =
                                                       "No data was sent again under other subflow sequence "
                                                       "numbers."};

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
    mpt_table_set_textf(t, AGAIN_VERDICT, "%s%s",
                        run->same ? "same subflow" : mpt_usefulness_name(run->verdict),
                        run->late_original ? ": made up for by the first copy" : "");
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

    mpt_reinjection_figures_init(&r, to->engine, to->log, v, direction, end);
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
    append_bytes(out, s->bytes[MPT_USEFUL] + s->bytes[MPT_REDUNDANT] + s->bytes[MPT_UNDECIDED]);
    g_string_append(out, " again on another subflow: ");
    mpt_units_grouped(out, s->bytes[MPT_USEFUL]);
    g_string_append(out, " useful, ");
    mpt_units_grouped(out, s->bytes[MPT_REDUNDANT]);
    g_string_append(out, " redundant, ");
    mpt_units_grouped(out, s->bytes[MPT_UNDECIDED]);
    g_string_append(out, " undecided");
    if (s->same) {
        g_string_append(out, "; ");
        append_bytes(out, s->same);
        g_string_append(out, " again on the same subflow");
    }
    if (s->unlisted) {
        g_string_append(out, "; ");
        append_bytes(out, s->unlisted);
        g_string_append(out, " of these in runs above the limit, which are not listed");
    }
    g_string_append(out, ".\n");
}

void mpt_gui_rows_reinjections(mpt_gui_rows *to)
{
    mpt_maybe_int end = mpt_reinjection_figures_end(to->engine);
    struct sums sums = {0};

    if (!to->log)
        return;
    for (guint id = 0; id < to->connections->len; id++) {
        mpt_connection_view v;

        mpt_metrics_connection(to->engine, g_ptr_array_index(to->connections, id), id, &v);
        for (unsigned d = 0; d < MPT_DIRECTIONS; d++)
            direction_rows(to, &v, d, end, &sums);
        mpt_metrics_clear(&v);
    }
    if (to->rows->len)
        summarise(to->summary, &sums);
}

/* --- events --- */

enum {
    EVENT_CONNECTION,
    EVENT_TIME,
    EVENT_FRAME,
    EVENT_SUBFLOW,
    EVENT_DIRECTION,
    EVENT_TYPE,
    EVENT_TEXT,
    EVENT_COLUMNS
};

static const mpt_column EVENT_TABLE[EVENT_COLUMNS] = {
    [EVENT_CONNECTION] = {.name = "connection", .title = "Conn", .type = MPT_ID},
    [EVENT_TIME] = {.name = "time", .title = "Time (s)", .type = MPT_SECONDS_NS},
    [EVENT_FRAME] = {.name = "frame", .title = "Frame", .type = MPT_ID},
    [EVENT_SUBFLOW] = {.name = "subflow", .title = "Sub", .type = MPT_ID},
    [EVENT_DIRECTION] = {.name = "direction", .title = "Direction", .type = MPT_TEXT},
    [EVENT_TYPE] = {.name = "type", .title = "Type", .type = MPT_TEXT},
    [EVENT_TEXT] = {.name = "event", .title = "Event", .type = MPT_TEXT},
};

static const char *const EVENT_TIPS[EVENT_COLUMNS] = {
    [EVENT_TIME] = "Since the earliest frame of the capture",
};

const mpt_gui_layout MPT_GUI_EVENT_LAYOUT = {.columns = EVENT_TABLE,
                                             .tooltips = EVENT_TIPS,
                                             .count = EVENT_COLUMNS,
                                             .sentence = EVENT_TEXT,
                                             .empty = "Nothing was signalled."};

static void event_row(mpt_gui_rows *to, const mpt_connection_view *v, const GArray *events, guint index)
{
    const mpt_event *e = &g_array_index(events, mpt_event, index);
    unsigned direction = e->side == v->side[0] ? MPT_C2S : MPT_S2C;
    uint32_t subflow = mpt_event_subflow(v, e->owner);
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
    mpt_table_set_text(t, EVENT_TYPE, mpt_event_type_name(e->type));
    mpt_table_set_text(t, EVENT_TEXT, text->str);
    g_string_free(text, TRUE);
}

void mpt_gui_rows_events(mpt_gui_rows *to)
{
    for (guint id = 0; id < to->connections->len; id++) {
        mpt_connection_view v;
        GArray *events;

        mpt_metrics_connection(to->engine, g_ptr_array_index(to->connections, id), id, &v);
        events = mpt_metrics_events(v.connection);
        for (guint i = 0; i < events->len; i++)
            event_row(to, &v, events, i);
        g_array_unref(events);
        mpt_metrics_clear(&v);
    }
}

/* --- findings --- */

enum {
    FINDING_SEVERITY,
    FINDING_CONNECTION,
    FINDING_SUBFLOW,
    FINDING_DIRECTION,
    FINDING_TIME,
    FINDING_FRAME,
    FINDING_TEXT,
    FINDING_COUNT,
    FINDING_UNIT,
    FINDING_CHECK,
    FINDING_RFC,
    FINDING_COLUMNS
};

static const mpt_column FINDING_TABLE[FINDING_COLUMNS] = {
    [FINDING_SEVERITY] = {.name = "severity", .title = "Severity", .type = MPT_TEXT},
    [FINDING_CONNECTION] = {.name = "connection", .title = "Conn", .type = MPT_ID},
    [FINDING_SUBFLOW] = {.name = "subflow", .title = "Sub", .type = MPT_ID},
    [FINDING_DIRECTION] = {.name = "direction", .title = "Direction", .type = MPT_TEXT},
    [FINDING_TIME] = {.name = "time", .title = "Time (s)", .type = MPT_SECONDS_NS},
    [FINDING_FRAME] = {.name = "frame", .title = "Frame", .type = MPT_ID},
    [FINDING_TEXT] = {.name = "finding", .title = "Finding", .type = MPT_TEXT},
    [FINDING_COUNT] = {.name = "count", .title = "Count", .type = MPT_UINT},
    [FINDING_UNIT] = {.name = "unit", .title = "Of", .type = MPT_TEXT},
    [FINDING_CHECK] = {.name = "check", .title = "Check", .type = MPT_TEXT},
    [FINDING_RFC] = {.name = "rfc", .title = "RFC", .type = MPT_TEXT},
};

static const char *const FINDING_TIPS[FINDING_COLUMNS] = {
    [FINDING_SEVERITY] = "As in Wireshark's expert information, which lists the findings too",
    [FINDING_TIME] = "Since the earliest frame of the capture",
    [FINDING_FRAME] = "The first frame that shows it",
    [FINDING_COUNT] = "How often, how many or how much",
    [FINDING_UNIT] = "What is counted: times, bytes, segments, ...",
};

const mpt_gui_layout MPT_GUI_FINDING_LAYOUT = {.columns = FINDING_TABLE,
                                               .tooltips = FINDING_TIPS,
                                               .count = FINDING_COLUMNS,
                                               .sentence = FINDING_TEXT,
                                               .empty = "All checks were made, and nothing was found."};

static void finding_row(mpt_gui_rows *to, const mpt_finding *f)
{
    static const mpt_gui_severity severities[MPT_SEVERITIES] = {
        [MPT_SEVERITY_ERROR] = MPT_GUI_ERROR,
        [MPT_SEVERITY_WARNING] = MPT_GUI_WARNING,
        [MPT_SEVERITY_NOTE] = MPT_GUI_NOTE,
        [MPT_SEVERITY_CHAT] = MPT_GUI_CHAT,
    };
    mpt_table *t = to->table;
    char rfc[MPT_RFC_TEXT];

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
        mpt_table_set_text(t, FINDING_DIRECTION, direction_words((unsigned)f->direction.value));
    if (f->time.known)
        mpt_table_set_ns(t, FINDING_TIME, f->time.ns);
    if (f->frame)
        mpt_table_set_uint(t, FINDING_FRAME, f->frame);
    mpt_table_set_text(t, FINDING_TEXT, f->sentence);
    mpt_table_set_uint(t, FINDING_COUNT, f->count);
    mpt_table_set_text(t, FINDING_UNIT, mpt_finding_unit_name(f->unit));
    mpt_table_set_text(t, FINDING_CHECK, mpt_finding_name(f->id));
    mpt_table_set_text(t, FINDING_RFC, mpt_finding_rfc_text(f, rfc));
}

static GPtrArray *collect(const mpt_gui_rows *to)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

    g_ptr_array_add(all, mpt_findings_of_capture(to->engine));
    for (guint id = 0; id < to->connections->len; id++) {
        mpt_connection_view v;

        mpt_metrics_connection(to->engine, g_ptr_array_index(to->connections, id), id, &v);
        g_ptr_array_add(all, mpt_findings_of_connection(to->engine, &v));
        mpt_metrics_clear(&v);
    }
    return all;
}

/* The worst first, as the report has them. */
void mpt_gui_rows_findings(mpt_gui_rows *to)
{
    GPtrArray *all;

    if (!to->connections->len)
        return;
    all = collect(to);
    for (unsigned s = 0; s < MPT_SEVERITIES; s++) {
        for (guint i = 0; i < all->len; i++) {
            const GArray *findings = g_ptr_array_index(all, i);

            for (guint k = 0; k < findings->len; k++)
                if (g_array_index(findings, mpt_finding, k).severity == s)
                    finding_row(to, &g_array_index(findings, mpt_finding, k));
        }
    }
    g_ptr_array_unref(all);
}
