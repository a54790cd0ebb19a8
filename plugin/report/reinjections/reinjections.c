/* reinjections.c - report `reinjections`: which bytes were sent twice, on which subflows, and
 * whether it helped.
 *
 * What one capture shows of a direction depends on where it was taken:
 *   the receiver's side  the later of two copies is redundant, for certain; a byte that was sent twice and
 *                        arrived once does not show
 *   the sender's side    everything that was sent again is there; which copy got through first is inferred
 *                        from the acknowledgements and retransmissions on both subflows
 *   elsewhere            as the sender's side
 * How much of the reinjected data helped takes both sides: a merged capture, and the report `paths`.
 *
 * Invariant: the bytes of all runs are the reinjected bytes of `summary`, direction by direction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/common/figures.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/overview.h"
#include "plugin/report/format/csv.h"
#include "plugin/report/format/table.h"
#include "plugin/report/format/text.h"
#include "plugin/report/registry.h"
#include "tap/engine/base/units.h"
#include "tap/engine/reinjections/reinjection_figures.h"

static void needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->reinjections = true;
}

/* --- text --- */

#define RUN_TABLE_LIST(X)                                                                                    \
    X(AGAIN_FRAME, MPT_ID, "frame", .title = "frame")                                                        \
    X(AGAIN_TIME, MPT_SECONDS_NS, "time", .title = "time (s)")                                               \
    X(AGAIN_SUBFLOW, MPT_ID, "subflow", .title = "subflow")                                                  \
    X(DSN, MPT_INT, "dsn", .title = "DSN")                                                                   \
    X(BYTES, MPT_BYTES, "bytes", .title = "bytes")                                                           \
    X(FIRST_SUBFLOW, MPT_ID, "first_subflow", .title = "original:\nsubflow")                                 \
    X(FIRST_FRAME, MPT_ID, "first_frame", .title = "\nframe")                                                \
    X(LATER, MPT_DURATION, "later", .title = "delay")                                                        \
    X(VERDICT, MPT_TEXT, "verdict", .flags = MPT_COLUMN_OPTIONAL)
MPT_COLUMNS(RUN_TABLE, RUN_COLUMNS, RUN_TABLE_LIST);

/* Rows of one table: then come its titles again. */
#define ROWS 8192

static void text_runs(const mpt_reinjection_figures *r, bool same, mpt_sink *sink)
{
    mpt_table *table = mpt_table_new(RUN_TABLE, RUN_COLUMNS);

    for (guint i = 0; i < r->runs->len; i++) {
        const mpt_reinjection_sum_run *run = &g_array_index(r->runs, mpt_reinjection_sum_run, i);

        if (run->same != same)
            continue;
        mpt_table_begin_row(table);
        mpt_table_set_uint(table, AGAIN_FRAME, run->frame);
        mpt_table_set_ns(table, AGAIN_TIME, run->time_ns);
        mpt_table_set_uint(table, AGAIN_SUBFLOW, run->subflow);
        if (run->dsn.known)
            mpt_table_set_int(table, DSN, run->dsn.value);
        mpt_table_set_uint(table, BYTES, run->bytes);
        mpt_table_set_uint(table, FIRST_SUBFLOW, run->first_subflow);
        mpt_table_set_uint(table, FIRST_FRAME, run->first_frame);
        mpt_table_set_ns(table, LATER, run->time_ns - run->first_ns);
        if (!same)
            mpt_table_set_textf(table, VERDICT, "%s%s", mpt_usefulness_name(run->verdict),
                                run->late_original ? " *" : "");
        if (mpt_table_rows(table) < ROWS)
            continue;
        mpt_text_table(sink, table, 4);
        mpt_table_free(table);
        table = mpt_table_new(RUN_TABLE, RUN_COLUMNS);
    }
    if (mpt_table_rows(table) > 0)
        mpt_text_table(sink, table, 4);
    mpt_table_free(table);
}

#define PAIR_TABLE_LIST(X)                                                                                   \
    X(PAIR_FIRST, MPT_ID, "first_subflow", .title = "original\nsubflow")                                     \
    X(PAIR_AGAIN, MPT_ID, "subflow", .title = "copy on\nsubflow")                                            \
    X(PAIR_RUNS, MPT_UINT, "runs")                                                                           \
    X(PAIR_BYTES, MPT_BYTES, "bytes")                                                                        \
    X(PAIR_USEFUL, MPT_BYTES, "useful_bytes", .title = "useful")                                             \
    X(PAIR_REDUNDANT, MPT_BYTES, "redundant_bytes", .title = "redundant")                                    \
    X(PAIR_UNDECIDED, MPT_BYTES, "undecided_bytes", .title = "undecided")
MPT_COLUMNS(PAIR_TABLE, PAIR_COLUMNS, PAIR_TABLE_LIST);

static mpt_table *pairs_table(const mpt_reinjection_figures *r)
{
    mpt_table *table = mpt_table_new(PAIR_TABLE, PAIR_COLUMNS);

    for (guint i = 0; i < r->pairs->len; i++) {
        const mpt_reinjection_pair *p = &g_array_index(r->pairs, mpt_reinjection_pair, i);

        mpt_table_begin_row(table);
        mpt_table_set_uint(table, PAIR_FIRST, p->first_subflow);
        mpt_table_set_uint(table, PAIR_AGAIN, p->subflow);
        mpt_table_set_uint(table, PAIR_RUNS, p->runs);
        mpt_table_set_uint(table, PAIR_BYTES,
                           p->bytes[MPT_USEFUL] + p->bytes[MPT_REDUNDANT] + p->bytes[MPT_UNDECIDED]);
        mpt_table_set_uint(table, PAIR_USEFUL, p->bytes[MPT_USEFUL]);
        mpt_table_set_uint(table, PAIR_REDUNDANT, p->bytes[MPT_REDUNDANT]);
        mpt_table_set_uint(table, PAIR_UNDECIDED, p->bytes[MPT_UNDECIDED]);
    }
    return table;
}

static void text_pairs(const mpt_reinjection_figures *r, mpt_sink *sink)
{
    mpt_table *table = pairs_table(r);

    mpt_text_table(sink, table, 4);
    mpt_table_free(table);
}

/* What the capture can show of this direction. */
static const char *basis(const mpt_reinjection_figures *r)
{
    if (mpt_reinjection_figures_certain(r))
        return "Captured at the receiver: the copy that arrives later is redundant, unless an MP_FAIL, a "
               "reset or DATA_ACKs show that the receiver discarded the first one. Bytes that were sent twice "
               "but arrived once do not show here, only in a capture at the sender.";
    if (r->vantage.known)
        return "Captured at the sender: which copy got through first is inferred from acknowledgements and "
               "retransmissions on both subflows, and from MP_FAIL.";
    return "The handshakes do not show at which end the capture was taken: which copy got through first is "
           "inferred from acknowledgements and retransmissions on both subflows, and from MP_FAIL.";
}

static void text_copies(const mpt_reinjection_figures *r, mpt_sink *sink)
{
    static const char *const times[] = {"once", "twice", "three times"};
    const char *verb = mpt_reinjection_figures_certain(r) ? " arrived " : " were sent ";
    GString *line = g_string_new(NULL);

    for (unsigned k = 0; k < MPT_REINJECTION_COPIES; k++) {
        if (!r->copies[k])
            continue;
        if (line->len == 0)
            mpt_units_things(line, r->copies[k], "byte");
        else
            mpt_units_grouped(g_string_append(line, ", "), r->copies[k]);
        g_string_append(line, verb);
        verb = " ";
        if (k < G_N_ELEMENTS(times))
            g_string_append(line, times[k]);
        else
            g_string_append_printf(line, "%u%s times", k + 1,
                                   k + 1 == MPT_REINJECTION_COPIES ? " or more" : "");
    }
    g_string_append_c(line, '.');
    mpt_text_paragraph(sink, 2, 2, line->str);
    g_string_free(line, TRUE);
}

/* The sums speak of the later copy; here the first one was sent because of the other's loss. */
static void text_late_originals(const mpt_reinjection_figures *r, mpt_sink *sink)
{
    GString *line;

    if (!r->late_original_bytes)
        return;
    line = g_string_new("For ");
    mpt_units_things(line, r->late_original_bytes, "byte");
    g_string_append(line,
                    " of these the copy that came first was the useful one: the later one, marked *, is a "
                    "retransmission after a loss on its subflow.");
    mpt_text_paragraph(sink, 2, 2, line->str);
    g_string_free(line, TRUE);
}

static void text_reinjected(const mpt_reinjection_figures *r, mpt_sink *sink)
{
    GString *line = g_string_new(NULL);
    const char *inferred = mpt_reinjection_figures_certain(r) ? "" : " (inferred)";

    mpt_units_things(line, mpt_reinjection_bytes(r), "byte");
    g_string_append(line, " reinjected (");
    mpt_units_percent(line,
                      r->data_bytes ? 100.0 * (double)mpt_reinjection_bytes(r) / (double)r->data_bytes : 0);
    g_string_append(line, " of ");
    mpt_units_grouped(line, r->data_bytes);
    g_string_append(line, "): ");
    mpt_units_grouped(line, r->bytes[MPT_USEFUL]);
    g_string_append_printf(line, " useful%s, ", inferred);
    mpt_units_grouped(line, r->bytes[MPT_REDUNDANT]);
    g_string_append_printf(line, " redundant%s", inferred);
    if (r->bytes[MPT_UNDECIDED]) {
        g_string_append(line, ", ");
        mpt_units_grouped(line, r->bytes[MPT_UNDECIDED]);
        g_string_append(line, " undecided (the capture does not show it)");
    }
    mpt_text_paragraph(sink, 2, 2, line->str);
    g_string_free(line, TRUE);
    mpt_text_paragraph(sink, 2, 2, basis(r));
    text_late_originals(r, sink);
    text_pairs(r, sink);
    text_runs(r, false, sink);
}

static void text_direction(const mpt_reinjection_figures *r, mpt_sink *sink)
{
    static const char *const titles[MPT_DIRECTIONS] = {
        [MPT_C2S] = "Client to server", [MPT_S2C] = "Server to client"};
    GString *line = g_string_new(titles[r->direction]);

    if (!r->runs->len && !r->unlisted_bytes) {
        g_string_append(line, r->data_bytes ? ": nothing reinjected or remapped" : ": no data");
        mpt_text_paragraph(sink, 2, 2, line->str);
        g_string_free(line, TRUE);
        return;
    }
    mpt_sink_putc(sink, '\n');
    g_string_append_c(line, ':');
    mpt_text_paragraph(sink, 2, 2, line->str);
    if (mpt_reinjection_bytes(r))
        text_reinjected(r, sink);
    g_string_truncate(line, 0);
    if (r->same_bytes) {
        mpt_units_things(line, r->same_bytes, "byte");
        g_string_append(line,
                        " remapped (sent again on the same subflow under new subflow sequence numbers):");
        mpt_text_paragraph(sink, 2, 2, line->str);
        text_runs(r, true, sink);
    }
    g_string_truncate(line, 0);
    if (r->unlisted_bytes) {
        mpt_units_things(line, r->unlisted_bytes, "byte");
        g_string_append(line, " of these are in runs above the limit: counted, but not listed.");
        mpt_text_paragraph(sink, 2, 2, line->str);
    }
    if (r->has_copies)
        text_copies(r, sink);
    g_string_free(line, TRUE);
}

/* --- CSV and JSON: a row a run --- */

#define CSV_TABLE_LIST(X)                                                                                    \
    X(CSV_CONNECTION, MPT_ID, "connection")                                                                  \
    X(CSV_DIRECTION, MPT_TEXT, "direction")                                                                  \
    X(CSV_TIME, MPT_SECONDS_NS, "time")                                                                      \
    X(CSV_FRAME, MPT_ID, "frame")                                                                            \
    X(CSV_SUBFLOW, MPT_ID, "subflow")                                                                        \
    X(CSV_SEGMENTS, MPT_UINT, "segments")                                                                    \
    X(CSV_DSN, MPT_INT, "dsn_first")                                                                         \
    X(CSV_DSN_END, MPT_INT, "dsn_end")                                                                       \
    X(CSV_BYTES, MPT_BYTES, "bytes")                                                                         \
    X(CSV_FIRST_TIME, MPT_SECONDS_NS, "first_time")                                                          \
    X(CSV_FIRST_FRAME, MPT_ID, "first_frame")                                                                \
    X(CSV_FIRST_SUBFLOW, MPT_ID, "first_subflow")                                                            \
    X(CSV_LATER, MPT_SECONDS_NS, "later")                                                                    \
    X(CSV_KIND, MPT_TEXT, "kind")                                                                            \
    X(CSV_VERDICT, MPT_TEXT, "verdict")                                                                      \
    X(CSV_BASIS, MPT_TEXT, "basis")                                                                          \
    X(CSV_LATE_ORIGINAL, MPT_ID, "late_original")
MPT_COLUMNS(CSV_TABLE, CSV_COLUMNS, CSV_TABLE_LIST);

/* NULL: there is no verdict to have one. */
static const char *basis_name(const mpt_reinjection_figures *r, const mpt_reinjection_sum_run *run)
{
    return run->same || run->verdict == MPT_UNDECIDED ? NULL
           : mpt_reinjection_figures_certain(r)       ? "arrival"
                                                      : "inferred";
}

static void run_row(mpt_table *table, uint32_t id, const mpt_reinjection_figures *r,
                    const mpt_reinjection_sum_run *run)
{
    mpt_table_begin_row(table);
    mpt_table_set_uint(table, CSV_CONNECTION, id);
    mpt_table_set_text(table, CSV_DIRECTION, mpt_direction_name(r->direction));
    mpt_table_set_ns(table, CSV_TIME, run->time_ns);
    mpt_table_set_uint(table, CSV_FRAME, run->frame);
    mpt_table_set_uint(table, CSV_SUBFLOW, run->subflow);
    mpt_table_set_uint(table, CSV_SEGMENTS, run->segments);
    if (run->dsn.known) {
        mpt_table_set_int(table, CSV_DSN, run->dsn.value);
        mpt_table_set_int(table, CSV_DSN_END, run->dsn.value + (int64_t)run->bytes);
    }
    mpt_table_set_uint(table, CSV_BYTES, run->bytes);
    mpt_table_set_ns(table, CSV_FIRST_TIME, run->first_ns);
    mpt_table_set_uint(table, CSV_FIRST_FRAME, run->first_frame);
    mpt_table_set_uint(table, CSV_FIRST_SUBFLOW, run->first_subflow);
    mpt_table_set_ns(table, CSV_LATER, run->time_ns - run->first_ns);
    mpt_table_set_text(table, CSV_KIND, run->same ? "same_subflow" : "reinjected");
    if (!run->same)
        mpt_table_set_text(table, CSV_VERDICT, mpt_usefulness_name(run->verdict));
    mpt_table_set_text(table, CSV_BASIS, basis_name(r, run));
    if (mpt_reinjection_figures_certain(r) && !run->same)
        mpt_table_set_uint(table, CSV_LATE_ORIGINAL, run->late_original);
}

static mpt_table *runs_table(uint32_t id, const mpt_reinjection_figures *r)
{
    mpt_table *table = mpt_table_new(CSV_TABLE, CSV_COLUMNS);

    for (guint i = 0; i < r->runs->len; i++)
        run_row(table, id, r, &g_array_index(r->runs, mpt_reinjection_sum_run, i));
    return table;
}

static void csv_direction(const mpt_report_context *x, const mpt_reinjection_figures *r, uint32_t id,
                          mpt_sink *sink)
{
    mpt_table *table = runs_table(id, r);

    mpt_csv_rows(sink, table);
    mpt_table_free(table);
    if (!r->unlisted_bytes || !x->note)
        return;
    g_string_append_printf(x->note, "%sconnection %u, %s: rows for ", x->note->len ? "; " : "", id,
                           mpt_direction_name(r->direction));
    mpt_units_things(x->note, r->unlisted_bytes, "byte");
    g_string_append(x->note, " are left out: their runs are above the limit");
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    bool csv = x->arguments->format == MPT_FORMAT_CSV;
    unsigned directions = mpt_report_directions(x->arguments);
    mpt_maybe_int end = mpt_reinjection_figures_end(x->engine);

    (void)sentence;
    mpt_overview_begin(x, CSV_TABLE, CSV_COLUMNS, sink);
    for (mpt_connection_view v = {0}; mpt_report_next(x, &v);) {
        if (!csv)
            mpt_overview_connection(&v, sink);
        MPT_EACH_DIRECTION (d, directions) {
            mpt_reinjection_figures r;
            mpt_reinjection_figures_init(&r, x->engine, x->reinjections, &v, d, end);
            csv ? csv_direction(x, &r, v.id, sink) : text_direction(&r, sink);
            mpt_reinjection_figures_clear(&r);
        }
    }
}

/* --- JSON --- */

static void json_pairs(mpt_json *json, const mpt_reinjection_figures *r)
{
    mpt_table *table = pairs_table(r);

    mpt_json_member_array(json, "pairs");
    for (size_t i = 0; i < mpt_table_rows(table); i++) {
        mpt_json_begin_object_inline(json);
        mpt_figures_json_cells(json, table, i, PAIR_FIRST, PAIR_BYTES);
        mpt_figures_json_cells(json, table, i, PAIR_USEFUL, PAIR_COLUMNS);
        mpt_json_end_object(json);
    }
    mpt_json_end_array(json);
    mpt_table_free(table);
}

static void json_copies(mpt_json *json, const mpt_reinjection_figures *r)
{
    if (!r->has_copies) {
        mpt_json_member_null(json, "copies");
        return;
    }
    mpt_json_member_array(json, "copies");
    for (unsigned k = 0; k < MPT_REINJECTION_COPIES; k++) {
        if (!r->copies[k])
            continue;
        mpt_json_begin_object_inline(json);
        mpt_json_member_uint(json, "copies", k + 1);
        mpt_json_member_bool(json, "or_more", k + 1 == MPT_REINJECTION_COPIES);
        mpt_json_member_uint(json, "bytes", r->copies[k]);
        mpt_json_end_object(json);
    }
    mpt_json_end_array(json);
}

static void json_runs(mpt_json *json, uint32_t id, const mpt_reinjection_figures *r)
{
    mpt_table *table = runs_table(id, r);

    mpt_json_member_array(json, "runs");
    for (guint i = 0; i < r->runs->len; i++) {
        mpt_json_begin_object_inline(json);
        mpt_figures_json_cells(json, table, i, CSV_TIME, CSV_DSN_END);
        mpt_figures_json_cells(json, table, i, CSV_BYTES, CSV_LATE_ORIGINAL);
        mpt_json_member_bool(json, "late_original",
                             g_array_index(r->runs, mpt_reinjection_sum_run, i).late_original);
        mpt_json_end_object(json);
    }
    mpt_json_end_array(json);
    mpt_table_free(table);
}

static void json_direction(mpt_json *json, uint32_t id, const mpt_reinjection_figures *r)
{
    mpt_json_begin_object(json);
    mpt_json_member_uint(json, "connection", id);
    mpt_json_member_string(json, "direction", mpt_direction_name(r->direction));
    mpt_json_member_string(json, "captured_at",
                           !r->vantage.known  ? NULL
                           : r->vantage.value ? "receiver"
                                              : "sender");
    mpt_json_member_uint(json, "data_bytes", r->data_bytes);
    mpt_json_member_uint(json, "reinjected_bytes", mpt_reinjection_bytes(r));
    mpt_json_member_uint(json, "useful_bytes", r->bytes[MPT_USEFUL]);
    mpt_json_member_uint(json, "redundant_bytes", r->bytes[MPT_REDUNDANT]);
    mpt_json_member_uint(json, "undecided_bytes", r->bytes[MPT_UNDECIDED]);
    mpt_json_member_uint(json, "late_original_bytes", r->late_original_bytes);
    mpt_json_member_uint(json, "reinjected_same_bytes", r->same_bytes);
    mpt_json_member_uint(json, "unlisted_bytes", r->unlisted_bytes);
    json_pairs(json, r);
    json_copies(json, r);
    json_runs(json, id, r);
    mpt_json_end_object(json);
}

static const mpt_report_context *selecting(const GPtrArray *reports, const mpt_connection_view *v,
                                           unsigned *directions)
{
    const mpt_report_context *found = NULL;

    *directions = 0;
    for (guint i = 0; i < reports->len; i++) {
        const mpt_report_context *x = g_ptr_array_index(reports, i);

        if (!mpt_report_selected(x, v))
            continue;
        found = x;
        *directions |= mpt_report_directions(x->arguments);
    }
    return found;
}

/* An element for each direction of each connection that one of the reports is asked for. */
static void write_json(mpt_json *json, const GPtrArray *reports)
{
    const mpt_report_context *any = g_ptr_array_index(reports, 0);
    mpt_maybe_int end = mpt_reinjection_figures_end(any->engine);

    for (mpt_connection_view v = {0}; mpt_metrics_next(any->engine, any->connections, &v);) {
        unsigned directions;
        const mpt_report_context *x = selecting(reports, &v, &directions);

        MPT_EACH_DIRECTION (d, directions) {
            mpt_reinjection_figures r;
            mpt_reinjection_figures_init(&r, x->engine, x->reinjections, &v, d, end);
            json_direction(json, v.id, &r);
            mpt_reinjection_figures_clear(&r);
        }
    }
}

static const mpt_report_entry ENTRIES[] = {
    {4, "&Reinjections", "MPTCP Reinjections",
     "Data that was reinjected or remapped, and whether that helped", MPT_WINDOW_TABLE,
     MPT_GUI_TABLE_REINJECTIONS},
    {0},
};

const mpt_report mpt_reinjections_report = {
    .name = "reinjections",
    .help = "data sent twice, and whether that helped",
    .takes = MPT_TAKES_FIGURES,
    .formats = MPT_FORMATS_PLAIN,
    .print = print,
    .json = {.array = "reinjections", .write = write_json},
    .needs = needs,
    .entries = ENTRIES,
};
