/* paths.c - report `paths`: delay, jitter and loss per path, of a capture that was merged from two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include "path_hops.h"
#include "path_model.h"
#include "paths_csv.h"
#include "paths_json.h"
#include "paths_notes.h"
#include "plugin/report/common/finding_groups.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/vantage_words.h"
#include "plugin/report/format/text.h"
#include "plugin/report/registry.h"
#include "tap/engine/base/units.h"
#include "tap/engine/base/whole.h"

static void needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->interfaces = true;
    needs->paths = MPT_PATHS_FLOWS | MPT_PATHS_SAMPLES | MPT_PATHS_ALL | MPT_PATHS_DATA;
}

/* --- text --- */

static const mpt_column ROW_COLUMNS[] = {
    {.name = "subflow", .type = MPT_TEXT, .flags = MPT_COLUMN_RIGHT},
    {.name = "dir", .type = MPT_TEXT, .flags = MPT_COLUMN_KEY},
};

#define TEXT(kind, member, title)                                                                            \
    {                                                                                                        \
        .column = title, .type = MPT_FIGURE_##kind, .offset = offsetof(mpt_path_row, member)                 \
    }

static const mpt_figure DELAYS[] = {
    TEXT(MILLISECONDS, owd.min, "delay, ms:\nmin"),
    TEXT(MILLISECONDS, owd.median, "median"),
    TEXT(MILLISECONDS, owd.p95, "p95"),
    TEXT(MILLISECONDS, owd.max, "max"),
    TEXT(MILLISECONDS, jitter, "jitter, ms\n(RFC 3550)"),
    TEXT(COUNT, owd.samples, "samples"),
};
static const mpt_figure LOSSES[] = {
    TEXT(BYTES, bytes.sent, "bytes:\nsent"),
    TEXT(BYTES, bytes.arrived, "arrived"),
    TEXT(BYTES, bytes.lost, "lost"),
    TEXT(PERCENT, lost_percent, "share\nlost"),
    TEXT(COUNT, segments.lost, "segments\nlost"),
    TEXT(BYTES, bytes.duplicated, "dupli-\ncated"),
    TEXT(BYTES, bytes.reordered, "out of\norder"),
    TEXT(BYTES, uncaptured, "not\ncaptured"),
};
static const mpt_figure AGAIN[] = {
    TEXT(BYTES, reinjected.useful, "reinjected:\nuseful"),
    TEXT(BYTES, reinjected.redundant, "redundant"),
    TEXT(BYTES, reinjected.useless, "useless"),
    TEXT(BYTES, reinjected.lost, "lost"),
    TEXT(MILLISECONDS, wait.median, "blocked, ms:\nmedian"),
    TEXT(MILLISECONDS, wait.p95, "p95"),
    TEXT(MILLISECONDS, wait.max, "max"),
    TEXT(BYTES, held_up_bytes, "blocking,\nbytes"),
};
/* A table each. */
static const mpt_figures PARTS[] = {
    {DELAYS, G_N_ELEMENTS(DELAYS)}, {LOSSES, G_N_ELEMENTS(LOSSES)}, {AGAIN, G_N_ELEMENTS(AGAIN)}};

static void begin_text_row(mpt_table *table, const mpt_path_row *row, const mpt_path_row *before)
{
    mpt_table_begin_row(table);
    if (row->subflow == UINT32_MAX)
        mpt_table_set_text(table, 0, "?");
    else if (before && before->subflow == row->subflow && before->pair == row->pair)
        mpt_table_set_text(table, 0, "");
    else
        mpt_table_set_textf(table, 0, "%u", row->subflow);
    mpt_table_set_text(table, 1, mpt_direction_name(row->direction));
}

/* What one part of the report says of rows [from, to). */
static void write_part(const mpt_path_model *m, guint from, guint to, mpt_sink *sink, const mpt_figures *part)
{
    mpt_table *table = mpt_figures_table(ROW_COLUMNS, G_N_ELEMENTS(ROW_COLUMNS), &part, 1);

    for (guint i = from; i < to; i++) {
        const mpt_path_row *row = g_ptr_array_index(m->rows, i);
        begin_text_row(table, row, i > from ? g_ptr_array_index(m->rows, i - 1) : NULL);
        mpt_figures_cells(table, G_N_ELEMENTS(ROW_COLUMNS), part, row);
    }
    mpt_sink_putc(sink, '\n');
    mpt_text_table(sink, table, 2);
    mpt_table_free(table);
}

static void say(mpt_sink *sink, int indent, GString *line)
{
    mpt_text_paragraph(sink, indent, 2, line->str);
    g_string_truncate(line, 0);
}

static void write_match(const mpt_path_row *row, mpt_sink *sink, GString *line)
{
    const char *separator = ": ";

    g_string_append_printf(line, "Subflow %u was matched at both ends by", row->subflow);
    for (unsigned k = 0; k < MPT_PATH_REASONS; k++) {
        if (!(row->flow->reasons >> k & 1u))
            continue;
        g_string_append_printf(line, "%s%s", separator, mpt_path_reason(k));
        separator = ", ";
    }
    g_string_append_c(line, '.');
    say(sink, 2, line);
}

/* What was changed between the points, of all connections. */
static void write_changes(const mpt_report_context *x, mpt_sink *sink)
{
    mpt_path_hops *ways = mpt_path_hops_new(x);
    mpt_finding_groups *all = mpt_finding_groups_new(mpt_path_hops_names(ways), false);
    bool first = true;

    for (mpt_connection_view v = {0}; mpt_report_next(x, &v);) {
        const GArray *hops = mpt_path_hops_of(ways, v.id);
        if (hops)
            mpt_finding_groups_add(all, mpt_findings_between(x->engine, &v, hops), &v);
    }
    for (unsigned s = 0; s < MPT_SEVERITIES; s++) {
        const GPtrArray *groups = mpt_finding_groups_of(all, s);
        for (guint i = 0; i < groups->len; i++) {
            if (first)
                mpt_text_heading(sink, 3, "Changed on the path");
            first = false;
            mpt_finding_group_paragraph(all, g_ptr_array_index(groups, i), sink);
        }
    }
    mpt_finding_groups_free(all);
    mpt_path_hops_free(ways);
}

static void write_connection(const mpt_path_model *m, const mpt_report_context *x, guint from, guint to,
                             mpt_sink *sink)
{
    const mpt_path_row *first = g_ptr_array_index(m->rows, from);
    GString *line = g_string_new(NULL);
    char a[MPT_ENDPOINT_TEXT], b[MPT_ENDPOINT_TEXT];

    mpt_sink_putc(sink, '\n');
    if (first->connection == UINT32_MAX) {
        g_string_append(line, "Connections not captured at the point that numbers them");
        say(sink, 0, line);
    } else {
        g_string_append_printf(line, "Connection %u", first->connection);
        say(sink, 0, line);
    }
    for (guint i = from; i < to; i++) {
        const mpt_path_row *row = g_ptr_array_index(m->rows, i);
        if (i > from && ((mpt_path_row *)g_ptr_array_index(m->rows, i - 1))->flow == row->flow)
            continue;
        g_string_append_printf(line, "Subflow %u: %s", row->subflow, mpt_endpoint_text(row->sender, a));
        g_string_append_printf(line, " -> %s", mpt_endpoint_text(row->receiver, b));
        g_string_append_printf(line, " (%s), from the %s to the %s", mpt_direction_name(row->direction),
                               mpt_path_from(x, row), mpt_path_to(x, row));
        say(sink, 2, line);
        if (mpt_arguments_has(x->arguments, MPT_ARG_FULL))
            write_match(row, sink, line);
    }
    g_string_free(line, TRUE);
    for (size_t k = 0; k < G_N_ELEMENTS(PARTS); k++)
        write_part(m, from, to, sink, &PARTS[k]);
}

static void append_ppm(GString *line, double drift)
{
    mpt_units_double(line, drift * 1e6, 2);
    g_string_append(line, " ppm");
}

static void append_drift(GString *line, const mpt_clock_estimate *c)
{
    if (!c->drift_known) {
        g_string_append(line, " Drift unknown: needs 10 s of two-way traffic on one subflow.");
        return;
    }
    g_string_append(line, " Drift: ");
    append_ppm(line, c->drift);
    g_string_append(line, " +-");
    append_ppm(line, c->drift_error);
    g_string_append_c(line, '.');
}

static void write_clock(const mpt_report_context *x, const mpt_path_pair *pair, mpt_sink *sink)
{
    static const char *const applied[] = {
        [MPT_CLOCK_RAW] = "Delays are not corrected (clock=raw).",
        [MPT_CLOCK_OFFSET] = "Delays are corrected for it, not for drift (clock=offset).",
        [MPT_CLOCK_DRIFT] = "Delays are corrected for it.",
    };
    const mpt_clock_estimate *c = &pair->clock;
    GString *line = g_string_new("The clock of ");

    if (mpt_vantage_is_place(pair->from)) {
        g_string_assign(line, "Both places are on one host with one clock: delays are exact.");
        say(sink, 0, line);
        g_string_free(line, TRUE);
        return;
    }
    mpt_vantage_describe(x->points, pair->to, line);
    if (!c->offset_known) {
        g_string_append(line, " relative to ");
        mpt_vantage_describe(x->points, pair->from, line);
        g_string_append(
            line,
            " is unknown: no subflow has segments in both directions at both. Delays are not corrected.");
    } else {
        g_string_append(line, " is ");
        mpt_units_duration(line, mpt_whole(round(fabs(c->offset_ns))));
        g_string_append(line, c->offset_ns < 0 ? " behind that of " : " ahead of that of ");
        mpt_vantage_describe(x->points, pair->from, line);
        g_string_append(line, " (");
        mpt_units_things(line, c->samples, "segment");
        g_string_append_printf(line, ", %u subflow%s; assumes equal minimum delays in both directions). %s",
                               c->subflows, c->subflows == 1 ? "" : "s", applied[x->arguments->clock]);
        append_drift(line, c);
    }
    say(sink, 0, line);
    g_string_free(line, TRUE);
}

/* What is not in the tables, and why. */
void mpt_paths_notes(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    uint64_t negative = 0, ambiguous = 0, forgotten = 0, ambiguous_flows = 0;
    GString *line = g_string_new(NULL);

    if (m->points > MPT_PATH_POINTS) {
        g_string_append_printf(
            line,
            "Note: there are %u vantage points; only the first %u are compared. Choose two with client= and server=.",
            m->points, MPT_PATH_POINTS);
        say(sink, 0, line);
    }
    for (guint i = 0; i < m->rows->len; i++)
        negative += ((const mpt_path_row *)g_ptr_array_index(m->rows, i))->negative;
    for (guint i = 0; i < m->pairs->len; i++) {
        const mpt_path_pair *pair = g_ptr_array_index(m->pairs, i);
        write_clock(x, pair, sink);
        ambiguous += mpt_paths_ambiguous(pair->paths);
        ambiguous_flows += mpt_paths_ambiguous_flows(pair->paths);
        forgotten += mpt_paths_forgotten(pair->paths);
    }
    const struct note {
        uint64_t count;
        const char *words;
    } notes[] = {
        {negative, "delays are negative, so the clocks differ by more than what is corrected."},
        {ambiguous, "segments match more than one at the other end; their delays are left out."},
        {ambiguous_flows, "subflows match more than one at the other end; they are left out."},
        {forgotten,
         "segments were not seen at the other end in time and were given up: losses may be wrong."},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
        if (notes[i].count == 0)
            continue;
        g_string_append(line, "Note: ");
        mpt_units_grouped(line, notes[i].count);
        g_string_append_printf(line, " %s", notes[i].words);
        say(sink, 0, line);
    }
    g_string_free(line, TRUE);
}

static void write_singles(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    GString *line = g_string_new(NULL);
    char a[MPT_ENDPOINT_TEXT], b[MPT_ENDPOINT_TEXT];

    if (m->singles->len > 0)
        mpt_sink_putc(sink, '\n');
    for (guint i = 0; i < m->singles->len; i++) {
        const mpt_path_single *s = &g_array_index(m->singles, mpt_path_single, i);
        const mpt_subflow *f = s->subflow;
        uint64_t packets = f->half[0].bytes.packets + f->half[1].bytes.packets;
        g_string_append_printf(line, "Only at the %s: %s", mpt_vantage_name_of(x->points, s->point),
                               mpt_endpoint_text(&f->ends[0], a));
        g_string_append_printf(line, " -> %s, %" G_GUINT64_FORMAT " packet%s from frame %u on.",
                               mpt_endpoint_text(&f->ends[1], b), packets, packets == 1 ? "" : "s",
                               f->first_frame);
        say(sink, 0, line);
    }
    g_string_free(line, TRUE);
}

static void text_report(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink)
{
    mpt_paths_notes(m, x, sink);
    if (m->rows->len > 0)
        mpt_text_paragraph(
            sink, 0, 2,
            "Reinjected: data first sent on another subflow. Blocked: how long data that arrived here waited for "
            "earlier data. Blocking: bytes of other subflows that waited for data of this one.");
    for (guint from = 0, to; from < m->rows->len; from = to) {
        uint32_t connection = ((const mpt_path_row *)g_ptr_array_index(m->rows, from))->connection;
        for (to = from + 1; to < m->rows->len; to++)
            if (((const mpt_path_row *)g_ptr_array_index(m->rows, to))->connection != connection)
                break;
        write_connection(m, x, from, to, sink);
    }
    write_changes(x, sink);
    write_singles(m, x, sink);
}

static bool impossible(const mpt_report_context *x, GString *sentence)
{
    const mpt_arguments *a = x->arguments;

    if (x->points && mpt_report_one_point(x, sentence))
        return true;
    if (mpt_arguments_has(a, MPT_ARG_SAMPLES) && a->format != MPT_FORMAT_CSV)
        g_string_append(sentence, "option \"samples\" needs format=csv");
    return sentence->len > 0;
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    bool csv = x->arguments->format == MPT_FORMAT_CSV;
    mpt_path_model *m;

    if (mpt_report_missing(x, sentence))
        return;
    m = mpt_path_model_new(x);
    if (mpt_arguments_has(x->arguments, MPT_ARG_SAMPLES))
        mpt_paths_samples_csv(m, x, sink);
    else if (csv)
        mpt_paths_csv(m, x, sink);
    else
        text_report(m, x, sink);
    if (m->incomplete)
        g_string_append(sentence, "delays are incomplete: no room for a temporary file");
    mpt_path_model_free(m);
}

static const mpt_report_entry ENTRIES[] = {
    {9, "&Paths", "MPTCP Paths",
     "One-way delay, loss and reordering of each subflow, from a merged capture of both ends",
     MPT_WINDOW_TABLE, MPT_GUI_TABLE_PATHS},
    {0},
};

const mpt_report mpt_paths_report = {
    .name = "paths",
    .help = "delay, loss, changes per path, from both ends",
    .takes = (MPT_TAKES_FIGURES & ~(MPT_TAKES_WINDOW | MPT_BIT(MPT_ARG_AT))) | MPT_BIT(MPT_ARG_FULL) |
             MPT_BIT(MPT_ARG_CLOCK) | MPT_BIT(MPT_ARG_SAMPLES),
    .formats = MPT_FORMATS_PLAIN,
    .impossible = impossible,
    .print = print,
    .json = {.array = "paths", .write = mpt_paths_json, .write_more = mpt_paths_json_more},
    .needs = needs,
    .entries = ENTRIES,
};
