/* diagnose.c - report `diagnose`: what went wrong, and why; the worst first.
 *
 * Invariant: findings of the capture are always shown, whatever connection is selected: they limit what the
 * others can show.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/common/figures.h"
#include "plugin/report/common/finding_groups.h"
#include "plugin/report/common/finding_text.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/overview.h"
#include "plugin/report/format/csv.h"
#include "plugin/report/format/table.h"
#include "plugin/report/format/text.h"
#include "plugin/report/paths/path_hops.h"
#include "plugin/report/registry.h"
#include "tap/engine/base/units.h"
#include "tap/engine/findings/findings.h"
#include "tap/engine/speed/speed.h"

static void needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->hmacs = needs->checksums = needs->reinjections = needs->evidence = true;
    needs->paths = MPT_PATHS_FLOWS;
}

/* --- the findings of a report, the worst first --- */

static bool any_selects(const GPtrArray *reports, const mpt_connection_view *v)
{
    for (guint i = 0; i < reports->len; i++)
        if (mpt_report_selected(g_ptr_array_index(reports, i), v))
            return true;
    return false;
}

struct collection {
    guint checked;       /* connections */
    mpt_path_hops *ways; /* NULL: one vantage point */
    mpt_finding_groups *groups;
};

/* sentences: of each occurrence. */
static void collect(struct collection *c, const GPtrArray *reports, bool sentences)
{
    const mpt_report_context *x = g_ptr_array_index(reports, 0);

    c->ways = mpt_path_hops_new(x);
    c->groups = mpt_finding_groups_new(mpt_path_hops_names(c->ways), sentences);
    mpt_finding_groups_add(c->groups, mpt_findings_of_capture(x->engine), NULL);
    for (mpt_connection_view v = {0}; mpt_metrics_next(x->engine, x->connections, &v);) {
        if (!any_selects(reports, &v))
            continue;
        c->checked++;
        mpt_finding_groups_add(
            c->groups, mpt_findings_of_ways(x->engine, &v, mpt_path_hops_of(c->ways, v.id), x->reinjections),
            &v);
    }
}

static void collect_one(struct collection *c, const mpt_report_context *x)
{
    GPtrArray *alone = g_ptr_array_new();

    g_ptr_array_add(alone, (gpointer)x);
    collect(c, alone, false);
    g_ptr_array_free(alone, TRUE);
}

static void clear(struct collection *c)
{
    mpt_finding_groups_free(c->groups);
    mpt_path_hops_free(c->ways);
}

/* --- text --- */

/* "2 MPTCP connections checked: 1 error, 2 warnings." */
static void text_counts(const struct collection *c, mpt_sink *sink)
{
    GString *line = g_string_new(NULL);
    const char *before = ": ";

    mpt_units_things(line, c->checked, "MPTCP connection");
    g_string_append(line, " checked");
    for (unsigned s = 0; s < MPT_SEVERITIES; s++) {
        const mpt_severity_words *words = mpt_severity_label(s);
        guint n = mpt_finding_groups_of(c->groups, s)->len;
        if (n == 0)
            continue;
        g_string_append(line, before);
        mpt_units_grouped(line, n);
        g_string_append_printf(line, " %s", n == 1 ? words->name : words->many);
        before = ", ";
    }
    g_string_append(line, before[0] == ':' ? ": nothing found." : ".");
    mpt_text_paragraph(sink, 0, 2, line->str);
    g_string_free(line, TRUE);
}

/* What was checked. */
static void text_begin(const mpt_report_context *x, const struct collection *c, mpt_sink *sink)
{
    if (x->connections->len == 0) {
        mpt_overview_capture(x, sink);
        return;
    }
    /* If nothing is selected, the reason goes to stderr. */
    if (c->checked > 0)
        text_counts(c, sink);
    if (x->capture_notes)
        mpt_text_paragraph(sink, 0, 2, x->capture_notes);
}

static void text_report(const mpt_report_context *x, mpt_sink *sink)
{
    struct collection c = {0};

    collect_one(&c, x);
    text_begin(x, &c, sink);
    for (unsigned s = 0; s < MPT_SEVERITIES; s++) {
        const GPtrArray *groups = mpt_finding_groups_of(c.groups, s);
        if (groups->len > 0)
            mpt_text_heading(sink, 3, mpt_severity_label(s)->heading);
        for (guint i = 0; i < groups->len; i++)
            mpt_finding_group_paragraph(c.groups, g_ptr_array_index(groups, i), sink);
    }
    clear(&c);
}

/* --- CSV: a row a finding --- */

#define COLUMN_LIST(X)                                                                                       \
    X(SEVERITY, MPT_TEXT, "severity")                                                                        \
    X(CHECK, MPT_TEXT, "check")                                                                              \
    X(CONNECTION, MPT_ID, "connection")                                                                      \
    X(SUBFLOW, MPT_ID, "subflow")                                                                            \
    X(DIRECTION, MPT_TEXT, "direction")                                                                      \
    X(FRAME, MPT_ID, "frame")                                                                                \
    X(TIME, MPT_SECONDS_NS, "time")                                                                          \
    X(COUNT, MPT_UINT, "count")                                                                              \
    X(UNIT, MPT_TEXT, "unit")                                                                                \
    X(TIMES, MPT_UINT, "times")                                                                              \
    X(CONNECTIONS, MPT_UINT, "connections")                                                                  \
    X(ADDRESSES, MPT_UINT, "addresses")                                                                      \
    X(LAST_TIME, MPT_SECONDS_NS, "last_time")                                                                \
    X(SENTENCE, MPT_TEXT, "sentence")                                                                        \
    X(RFC, MPT_TEXT, "rfc")
MPT_COLUMNS(TABLE, COLUMNS, COLUMN_LIST);

static void add_row(mpt_table *table, const mpt_finding_group *group, const char *const *points)
{
    const mpt_finding *f = &group->first;
    char rfc[MPT_RFC_TEXT], *sentence = mpt_finding_sentence(f, points);

    mpt_table_begin_row(table);
    mpt_table_set_text(table, SEVERITY, mpt_severity_label(f->severity)->name);
    mpt_table_set_text(table, CHECK, mpt_finding_name(f->id));
    if (f->has_connection)
        mpt_table_set_uint(table, CONNECTION, f->connection);
    if (f->subflow.known)
        mpt_table_set_uint(table, SUBFLOW, (uint64_t)f->subflow.value);
    if (f->direction.known)
        mpt_table_set_text(table, DIRECTION, mpt_direction_name((mpt_direction)f->direction.value));
    if (f->frame)
        mpt_table_set_uint(table, FRAME, f->frame);
    if (f->time.known)
        mpt_table_set_ns(table, TIME, f->time.ns);
    mpt_table_set_uint(table, COUNT, group->count);
    mpt_table_set_text(table, UNIT, mpt_finding_unit_name(f->unit));
    mpt_table_set_uint(table, TIMES, group->times);
    if (f->has_connection) {
        mpt_table_set_uint(table, CONNECTIONS, group->connections);
        mpt_table_set_uint(table, ADDRESSES, group->addresses);
    }
    if (group->last_time.known)
        mpt_table_set_ns(table, LAST_TIME, group->last_time.ns);
    mpt_table_set_text(table, SENTENCE, sentence);
    mpt_table_set_text(table, RFC, mpt_finding_rfc_text(f, rfc));
    g_free(sentence);
}

static void csv_report(const mpt_report_context *x, mpt_sink *sink)
{
    mpt_table *table = mpt_table_new(TABLE, COLUMNS);
    struct collection c = {0};

    collect_one(&c, x);
    for (unsigned s = 0; s < MPT_SEVERITIES; s++) {
        const GPtrArray *groups = mpt_finding_groups_of(c.groups, s);
        for (guint i = 0; i < groups->len; i++)
            add_row(table, g_ptr_array_index(groups, i), mpt_path_hops_names(c.ways));
    }
    mpt_csv_table(sink, table);
    mpt_table_free(table);
    clear(&c);
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    (void)sentence;
    (x->arguments->format == MPT_FORMAT_CSV ? csv_report : text_report)(x, sink);
}

/* --- JSON --- */

static void json_occurrence(mpt_json *json, const mpt_finding_group *group, const mpt_finding_occurrence *o)
{
    mpt_json_begin_object_inline(json);
    mpt_figures_json_number(json, "connection", (mpt_maybe_int){group->first.has_connection, o->connection});
    mpt_figures_json_number(json, "subflow", o->subflow);
    mpt_figures_json_number(json, "frame", (mpt_maybe_int){o->frame != 0, o->frame});
    mpt_figures_json_seconds(json, "time", o->time);
    mpt_json_member_uint(json, "count", o->count);
    mpt_json_member_string(json, "sentence", o->sentence);
    mpt_json_end_object(json);
}

/* One alone is its own only occurrence: nothing to list. */
static void json_occurrences(mpt_json *json, const mpt_finding_group *group)
{
    mpt_json_member_array(json, "occurrences");
    for (guint i = 0; group->times > 1 && i < group->occurrences->len; i++)
        json_occurrence(json, group, &g_array_index(group->occurrences, mpt_finding_occurrence, i));
    mpt_json_end_array(json);
}

static void json_shares(mpt_json *json, const char *name, const double share[MPT_LIMITS])
{
    mpt_json_member_object_inline(json, name);
    for (mpt_limit limit = 0; limit < MPT_LIMITS; limit++)
        mpt_json_member_double(json, mpt_limit_name(limit), share[limit], 12);
    mpt_json_end_object(json);
}

static void json_finding(mpt_json *json, const mpt_finding_group *group, const char *const *points)
{
    mpt_table *table = mpt_table_new(TABLE, COLUMNS);

    add_row(table, group, points);
    mpt_json_begin_object(json);
    mpt_figures_json_cells(json, table, 0, SEVERITY, TIMES);
    mpt_figures_json_cells(json, table, 0, SENTENCE, COLUMNS);
    mpt_figures_json_cells(json, table, 0, TIMES, SENTENCE);
    if (group->first.has_shares)
        json_shares(json, "shares", group->first.share);
    json_occurrences(json, group);
    mpt_json_end_object(json);
    mpt_table_free(table);
}

/* The findings of connections that one of the reports selects, and those of the capture. */
static void write_json(mpt_json *json, const GPtrArray *reports)
{
    struct collection c = {0};

    collect(&c, reports, true);
    for (unsigned s = 0; s < MPT_SEVERITIES; s++) {
        const GPtrArray *groups = mpt_finding_groups_of(c.groups, s);
        for (guint i = 0; i < groups->len; i++)
            json_finding(json, g_ptr_array_index(groups, i), mpt_path_hops_names(c.ways));
    }
    clear(&c);
}

static void write_groups(mpt_json *json, mpt_finding_groups *groups)
{
    mpt_json_member_array(json, "findings");
    for (unsigned s = 0; s < MPT_SEVERITIES; s++) {
        const GPtrArray *of = mpt_finding_groups_of(groups, s);
        for (guint i = 0; i < of->len; i++)
            json_finding(json, g_ptr_array_index(of, i), NULL);
    }
    mpt_json_end_array(json);
    mpt_finding_groups_free(groups);
}

/* What limited a direction, also where that is no finding; null where it is not known, and why. */
static void json_limits(mpt_json *json, const mpt_connection_view *v, mpt_direction direction,
                        const mpt_speed_direction *d)
{
    double share[MPT_LIMITS];

    mpt_json_begin_object_inline(json);
    mpt_json_member_uint(json, "connection", v->id);
    mpt_json_member_string(json, "direction", mpt_direction_name(direction));
    mpt_json_member_string(json, "unknown", mpt_speed_unknown_name(d->unknown));
    if (d->unknown == MPT_SPEED_KNOWN && d->duration_ns > 0) {
        for (mpt_limit limit = 0; limit < MPT_LIMITS; limit++)
            share[limit] = (double)d->ns[limit] / (double)d->duration_ns;
        mpt_json_member_seconds(json, "duration", d->duration_ns);
        json_shares(json, "shares", share);
    } else {
        mpt_json_member_null(json, "duration");
        mpt_json_member_null(json, "shares");
    }
    mpt_json_end_object(json);
}

static void limits_of(mpt_json *json, const mpt_speed *speed, const mpt_connection_view *v)
{
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        mpt_speed_direction d;
        mpt_conn_side side = v->side[mpt_direction_sender(direction)];

        if (mpt_speed_get(speed, v->connection, side, &d) && d.unknown != MPT_SPEED_NO_DATA)
            json_limits(json, v, direction, &d);
    }
}

static void write_limits(mpt_json *json, const GPtrArray *reports)
{
    const mpt_report_context *x = g_ptr_array_index(reports, 0);
    const mpt_speed *speed = mpt_speed_of(x->engine);

    mpt_json_member_array(json, "limits");
    for (mpt_connection_view v = {0}; speed && mpt_metrics_next(x->engine, x->connections, &v);)
        if (any_selects(reports, &v))
            limits_of(json, speed, &v);
    mpt_json_end_array(json);
}

/* --- lines --- */

static void write_line(mpt_json *json, const mpt_report_context *x, const mpt_connection_view *v)
{
    const mpt_speed *speed = mpt_speed_of(x->engine);
    mpt_finding_groups *groups = mpt_finding_groups_new(NULL, true);

    mpt_finding_groups_add(groups, mpt_findings_of_ways(x->engine, v, NULL, x->reinjections), v);
    write_groups(json, groups);
    mpt_json_member_array(json, "limits");
    if (speed)
        limits_of(json, speed, v);
    mpt_json_end_array(json);
}

static void write_last_line(mpt_json *json, const mpt_report_context *x)
{
    mpt_finding_groups *groups;

    /* They are made from all connections. */
    if (x->forgets) {
        mpt_json_member_null(json, "findings");
        return;
    }
    groups = mpt_finding_groups_new(NULL, true);
    mpt_finding_groups_add(groups, mpt_findings_of_capture(x->engine), NULL);
    write_groups(json, groups);
}

static const mpt_report_entry ENTRIES[] = {
    {6, "&Diagnosis", "MPTCP Diagnosis", "What went wrong, or is worth knowing, in each connection",
     MPT_WINDOW_TABLE, MPT_GUI_TABLE_FINDINGS},
    {0},
};

const mpt_report mpt_diagnose_report = {
    .name = "diagnose",
    .help = "what went wrong, and why",
    .takes = MPT_TAKES_SELECTION | MPT_TAKES_OUTPUT | MPT_TAKES_VANTAGE,
    .formats = MPT_FORMATS_LINES,
    .print = print,
    .json = {.array = "findings",
             .write = write_json,
             .write_more = write_limits,
             .write_line = write_line,
             .write_last_line = write_last_line},
    .needs = needs,
    .entries = ENTRIES,
};
