/* conformance.c - report `conformance`: which rules of the RFC each connection kept, and which not; a row a rule.
 *
 * Invariant: the rows of a connection are complete: what no capture shows is among them, with the reason.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/conformance/conformance.h"

#include "plugin/report/common/figures.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/overview.h"
#include "plugin/report/common/rule_text.h"
#include "plugin/report/format/csv.h"
#include "plugin/report/format/table.h"
#include "plugin/report/format/text.h"
#include "plugin/report/registry.h"
#include "tap/engine/base/units.h"

/* Violations that a sentence names. */
#define MOST_NAMED 5

static void needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->hmacs = needs->checksums = needs->evidence = true;
}

/* --- rows --- */

#define COLUMN_LIST(X)                                                                                       \
    X(CONNECTION, MPT_ID, "connection", .flags = MPT_COLUMN_CSV_ONLY)                                        \
    X(VERDICT, MPT_TEXT, "verdict")                                                                          \
    X(RULE, MPT_TEXT, "rule", .flags = MPT_COLUMN_KEY)                                                       \
    X(SECTION, MPT_TEXT, "section")                                                                          \
    X(LEVEL, MPT_TEXT, "level")                                                                              \
    X(PARTY, MPT_TEXT, "party")                                                                              \
    X(FRAME, MPT_ID, "frame")                                                                                \
    X(REASON, MPT_TEXT, "reason", .flags = MPT_COLUMN_CSV_ONLY)                                              \
    X(WHY, MPT_TEXT, "why", .flags = MPT_COLUMN_TEXT_ONLY | MPT_COLUMN_LONG)                                 \
    X(SENTENCE, MPT_TEXT, "sentence", .flags = MPT_COLUMN_CSV_ONLY)
MPT_COLUMNS(TABLE, COLUMNS, COLUMN_LIST);

static void add_row(mpt_table *table, const mpt_connection_view *v, const mpt_ruling *r)
{
    mpt_table_begin_row(table);
    mpt_table_set_uint(table, CONNECTION, v->id);
    mpt_table_set_text(table, VERDICT, mpt_rule_verdict_name(r->verdict));
    mpt_table_set_text(table, RULE, mpt_rule_name(r->rule));
    mpt_table_set_textf(table, SECTION, "RFC %u %s", r->rfc.number, r->rfc.section);
    mpt_table_set_text(table, LEVEL, mpt_rule_level_name(r->level));
    mpt_table_set_text(table, PARTY, mpt_rule_party_name(r));
    if (r->frame)
        mpt_table_set_uint(table, FRAME, r->frame);
    mpt_table_set_text(table, REASON, mpt_rule_reason_name(r->reason));
    mpt_table_set_text(table, WHY, mpt_rule_reason_text(r->reason));
    mpt_table_set_text(table, SENTENCE, mpt_rule_text(r->rule));
}

static mpt_table *table_of(const mpt_connection_view *v, const GArray *rulings)
{
    mpt_table *table = mpt_table_new(TABLE, COLUMNS);

    for (guint i = 0; i < rulings->len; i++)
        add_row(table, v, &g_array_index(rulings, mpt_ruling, i));
    return table;
}

/* --- text --- */

/* "69 rules: 20 kept, 1 violated, 34 not exercised, 14 not visible." */
static void text_counts(const GArray *rulings, mpt_sink *sink)
{
    GString *line = g_string_new(NULL);
    unsigned n[MPT_RULE_VERDICTS] = {0};
    const char *before = ": ";

    for (guint i = 0; i < rulings->len; i++)
        n[g_array_index(rulings, mpt_ruling, i).verdict]++;
    mpt_units_things(line, rulings->len, "rule");
    for (unsigned verdict = 0; verdict < MPT_RULE_VERDICTS; verdict++) {
        if (!n[verdict])
            continue;
        g_string_append_printf(line, "%s%u %s", before, n[verdict], mpt_rule_verdict_name(verdict));
        before = ", ";
    }
    g_string_append_c(line, '.');
    mpt_text_paragraph(sink, 2, 2, line->str);
    g_string_free(line, TRUE);
}

static void text_violation(const mpt_ruling *r, mpt_sink *sink)
{
    GString *line = g_string_new("Violated");

    if (mpt_rule_party_name(r))
        g_string_append_printf(line, " by %s%s", r->party[MPT_CLIENT] != r->party[MPT_SERVER] ? "the " : "",
                               mpt_rule_party_name(r));
    if (r->frame)
        g_string_append_printf(line, ", frame %u", r->frame);
    g_string_append_printf(line, ": %s (%s, %s, RFC %u %s)", mpt_rule_text(r->rule), mpt_rule_name(r->rule),
                           mpt_rule_level_name(r->level), r->rfc.number, r->rfc.section);
    mpt_text_paragraph(sink, 2, 2, line->str);
    g_string_free(line, TRUE);
}

static void text_connection(const mpt_connection_view *v, const GArray *rulings, mpt_sink *sink)
{
    mpt_table *table = table_of(v, rulings);

    mpt_overview_connection(v, sink);
    text_counts(rulings, sink);
    for (guint i = 0; i < rulings->len; i++)
        if (g_array_index(rulings, mpt_ruling, i).verdict == MPT_RULE_VIOLATED)
            text_violation(&g_array_index(rulings, mpt_ruling, i), sink);
    mpt_text_table(sink, table, 2);
    mpt_table_free(table);
}

static void csv_connection(const mpt_connection_view *v, const GArray *rulings, mpt_sink *sink)
{
    mpt_table *table = table_of(v, rulings);

    mpt_csv_rows(sink, table);
    mpt_table_free(table);
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    bool csv = x->arguments->format == MPT_FORMAT_CSV;

    (void)sentence;
    mpt_overview_begin(x, TABLE, COLUMNS, sink);
    for (mpt_connection_view v = {0}; mpt_report_next(x, &v);) {
        GArray *rulings = mpt_conformance_of(x->engine, &v);
        (csv ? csv_connection : text_connection)(&v, rulings, sink);
        g_array_unref(rulings);
    }
}

/* --- JSON --- */

static bool any_selects(const GPtrArray *reports, const mpt_connection_view *v)
{
    for (guint i = 0; i < reports->len; i++)
        if (mpt_report_selected(g_ptr_array_index(reports, i), v))
            return true;
    return false;
}

static void json_connection(mpt_json *json, const mpt_report_context *x, const mpt_connection_view *v)
{
    GArray *rulings = mpt_conformance_of(x->engine, v);
    mpt_table *table = table_of(v, rulings);

    for (guint i = 0; i < rulings->len; i++) {
        mpt_json_begin_object(json);
        mpt_figures_json_cells(json, table, i, CONNECTION, WHY);
        mpt_figures_json_cells(json, table, i, SENTENCE, COLUMNS);
        mpt_json_end_object(json);
    }
    mpt_table_free(table);
    g_array_unref(rulings);
}

static void write_json(mpt_json *json, const GPtrArray *reports)
{
    const mpt_report_context *x = g_ptr_array_index(reports, 0);

    for (mpt_connection_view v = {0}; mpt_metrics_next(x->engine, x->connections, &v);)
        if (any_selects(reports, &v))
            json_connection(json, x, &v);
}

static void write_line(mpt_json *json, const mpt_report_context *x, const mpt_connection_view *v)
{
    mpt_json_member_array(json, "conformance");
    json_connection(json, x, v);
    mpt_json_end_array(json);
}

/* --- strict --- */

static bool fails(const mpt_report_context *x, GString *sentence)
{
    GString *named = g_string_new(NULL);
    unsigned count = 0;

    for (mpt_connection_view v = {0};
         mpt_arguments_has(x->arguments, MPT_ARG_STRICT) && mpt_report_next(x, &v);) {
        GArray *rulings = mpt_conformance_of(x->engine, &v);
        for (guint i = 0; i < rulings->len; i++) {
            const mpt_ruling *r = &g_array_index(rulings, mpt_ruling, i);
            if (mpt_ruling_fails(r) && count++ < MOST_NAMED)
                g_string_append_printf(named, "%s%s (connection %u)", named->len ? ", " : "",
                                       mpt_rule_name(r->rule), v.id);
        }
        g_array_unref(rulings);
    }
    if (count) {
        mpt_units_things(sentence, count, "violation");
        g_string_append_printf(sentence, " of the RFC: %s%s", named->str, count > MOST_NAMED ? ", ..." : "");
    }
    g_string_free(named, TRUE);
    return count > 0;
}

static const mpt_report_entry ENTRIES[] = {{11, "C&onformance", "MPTCP Conformance",
                                            "Which rules of the RFC each connection kept, and which not",
                                            MPT_WINDOW_TABLE, MPT_GUI_TABLE_RULES},
                                           {0}};

const mpt_report mpt_conformance_report = {
    .name = "conformance",
    .help = "which rules of the RFC each connection kept",
    .takes = MPT_TAKES_SELECTION | MPT_TAKES_OUTPUT | MPT_TAKES_VANTAGE | MPT_BIT(MPT_ARG_STRICT),
    .formats = MPT_FORMATS_LINES,
    .print = print,
    .json = {.array = "conformance", .write = write_json, .write_line = write_line},
    .fails = fails,
    .needs = needs,
    .entries = ENTRIES,
};
