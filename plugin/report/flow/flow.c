/* flow.c - report `flow`: a connection as a ladder between client and server, an arrow a packet or a run of them.
 *
 * Invariant: of the connections that are selected it shows one, that with the most payload: each takes a pass through the
 * record of the whole capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_internal.h"
#include "plugin/report/common/overview.h"
#include "plugin/report/common/subflows.h"
#include "plugin/report/registry.h"
#include "tap/engine/base/units.h"

/* --- what is collected --- */

static void needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->hmacs = needs->checksums = true; /* HMAC_BAD, CHECKSUM_BAD */
    needs->frames = true;                   /* reinjected bytes know the frame of their first copy */
    needs->paths = MPT_PATHS_FLOWS | MPT_PATHS_SAMPLES | MPT_PATHS_ALL | MPT_PATHS_ALONE;
}

static void *open_record(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live,
                         uint32_t mark)
{
    (void)arguments;
    (void)live;
    (void)mark;
    return mpt_recorder_new(engine, false);
}

static void close_record(void *collected)
{
    mpt_recorder_free(collected);
}

/* --- which connection --- */

static bool choose(const mpt_report_context *x, uint32_t *id)
{
    uint64_t most = 0;
    bool found = false;

    for (mpt_connection_view v = {0}; mpt_report_next(x, &v);) {
        uint64_t bytes = v.direction[MPT_C2S].bytes.payload_bytes + v.direction[MPT_S2C].bytes.payload_bytes;

        if (!found || bytes > most) {
            *id = v.id;
            most = bytes;
        }
        found = true;
    }
    return found;
}

static void note(const mpt_report_context *x, const mpt_flow *f)
{
    uint64_t left_out = mpt_recorder_left_out(x->collected);

    if (!x->note)
        return;
    if (!mpt_arguments_has(x->arguments, MPT_ARG_STREAM) && x->connections->len > 1)
        g_string_append_printf(x->note, "flow of connection %u, which has the most data", f->connection);
    if (!left_out)
        return;
    g_string_append(x->note, x->note->len ? "; the flow leaves out " : "the flow leaves out ");
    mpt_units_things(x->note, left_out, "piece");
    g_string_append(x->note, " of payload of this capture: it has too many for its segments");
}

/* --- one connection --- */

static void show(const mpt_report_context *x, mpt_flow_shown *shown)
{
    bool full = mpt_arguments_has(x->arguments, MPT_ARG_FULL);

    shown->level = full ? 0 : mpt_flow_rows_level_for(shown->rows, MPT_FLOW_ROWS);
    shown->count = mpt_flow_rows_count(shown->rows, shown->level);
    if (x->arguments->format == MPT_FORMAT_SVG)
        shown->count = MIN(shown->count, MPT_FLOW_ROWS_ALL);
}

typedef void (*mpt_flow_writer)(const mpt_report_context *x, const mpt_connection_view *v,
                                const mpt_flow_shown *shown, void *to);

static void write_one(const mpt_report_context *x, uint32_t id, mpt_flow_writer writer, void *to)
{
    mpt_flow_filter filter = {.directions = mpt_report_directions(x->arguments),
                              .show = MPT_FLOW_SHOW_ALL,
                              .subflow = MPT_FLOW_ANY_SUBFLOW,
                              .from_ns = INT64_MIN,
                              .to_ns = INT64_MAX};
    mpt_connection_view v;
    mpt_flow_rows *rows;
    mpt_flow *f;

    mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, id), id, &v);
    f = mpt_flow_new(x, &v, NULL);
    rows = mpt_flow_rows_new(f, &filter);
    mpt_flow_shown shown = {.flow = f, .rows = rows, .subflow = MPT_FLOW_ANY_SUBFLOW};
    show(x, &shown);
    note(x, f);
    writer(x, &v, &shown, to);
    mpt_flow_rows_free(rows);
    mpt_flow_free(f);
    mpt_metrics_clear(&v);
}

static void write_printed(const mpt_report_context *x, const mpt_connection_view *v,
                          const mpt_flow_shown *shown, void *to)
{
    mpt_sink *sink = to;

    if (x->arguments->format == MPT_FORMAT_CSV) {
        mpt_flow_csv(shown, sink);
    } else if (x->arguments->format == MPT_FORMAT_SVG) {
        mpt_flow_svg(shown, sink);
    } else {
        mpt_overview_connection(v, sink);
        mpt_subflows_text(v, false, NULL, sink);
        mpt_sink_putc(sink, '\n');
        mpt_flow_text(shown, sink);
    }
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    uint32_t id;

    if (mpt_report_missing(x, sentence))
        return;
    if (x->arguments->format == MPT_FORMAT_CSV)
        mpt_flow_csv_titles(sink);
    else if (x->arguments->format == MPT_FORMAT_TEXT)
        mpt_overview_capture(x, sink);
    if (choose(x, &id))
        write_one(x, id, write_printed, sink);
    else if (x->arguments->format == MPT_FORMAT_SVG)
        g_string_append(sentence, MPT_NO_MPTCP ": there is nothing to draw");
}

static void write_object(const mpt_report_context *x, const mpt_connection_view *v,
                         const mpt_flow_shown *shown, void *to)
{
    (void)x;
    (void)v;
    mpt_flow_json(shown, to);
}

static void write_json(mpt_json *json, const GPtrArray *reports)
{
    for (guint i = 0; i < reports->len; i++) {
        const mpt_report_context *x = g_ptr_array_index(reports, i);
        uint32_t id;

        if (choose(x, &id))
            write_one(x, id, write_object, json);
    }
}

static const mpt_report_entry ENTRIES[] = {
    {10, "F&low", "MPTCP Flow",
     "A connection as a ladder: what went between client and server on each subflow, packet by packet",
     MPT_WINDOW_FLOW, 0},
    {0},
};

const mpt_report mpt_flow_report = {
    .name = "flow",
    .help = "a ladder of a connection: arrows, lanes (svg too)",
    .takes = MPT_TAKES_FIGURES | MPT_BIT(MPT_ARG_FULL) | MPT_BIT(MPT_ARG_CLOCK),
    .formats = MPT_FORMATS_PLAIN | MPT_BIT(MPT_FORMAT_SVG),
    .print = print,
    .json = {.array = "flow", .write = write_json},
    .needs = needs,
    .observer = &mpt_recorder_observer,
    .open = open_record,
    .close = close_record,
    .entries = ENTRIES,
};
