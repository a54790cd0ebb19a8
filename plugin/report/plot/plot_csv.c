/* plot_csv.c - the exact points of graphs as CSV, see plot_internal.h.
 *
 * Invariant: each point is a line, written as it is found and never thinned: memory does not grow
 * with the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plot_internal.h"
#include "tap/engine/base/units.h"

struct writer {
    mpt_sink *sink;
    mpt_graph graphs[MPT_GRAPH_TYPES];
    GString *line;
};

static void append_number(GString *line, uint64_t value)
{
    g_string_append_printf(line, ",%" G_GUINT64_FORMAT, value);
}

static void append_optional(GString *line, uint64_t value)
{
    if (value)
        append_number(line, value);
    else
        g_string_append_c(line, ',');
}

static void append_mapping(GString *line, const mpt_series *series, const mpt_series_point *p)
{
    mpt_units_seconds(line, p->time_ns, 9);
    append_number(line, p->frame);
    append_number(line, series->subflow);
    g_string_append_c(line, ',');
    mpt_plot_exact(MPT_UNIT_DSN, p->value, line);
    append_number(line, (uint64_t)p->ssn);
    append_number(line, p->length);
    if (p->extra)
        g_string_append_printf(line, ",%04x", p->extra - 1);
    else
        g_string_append_c(line, ',');
}

static void append_point(GString *line, const mpt_graph *graph, const mpt_series *series,
                         const mpt_series_point *p)
{
    g_string_append_printf(line, "%s,%s,", mpt_graph_name(graph->type), series->name);
    if (series->subflow != MPT_NO_SUBFLOW)
        g_string_append_printf(line, "%u", series->subflow);
    g_string_append_c(line, ',');
    mpt_units_seconds(line, p->time_ns, 9);
    g_string_append_c(line, ',');
    mpt_plot_exact(graph->unit, p->value, line);
    g_string_append_printf(line, ",%s", mpt_plot_unit_name(graph->unit));
    append_optional(line, p->frame);
    append_optional(line, p->length);
    append_optional(line, p->first_frame);
}

static void write_point(void *user, mpt_graph_type type, unsigned series, const mpt_series_point *point)
{
    struct writer *w = user;
    const mpt_graph *graph = &w->graphs[type];

    g_string_truncate(w->line, 0);
    if (type == MPT_GRAPH_MAPPINGS)
        append_mapping(w->line, &graph->series[series], point);
    else
        append_point(w->line, graph, &graph->series[series], point);
    g_string_append(w->line, "\r\n");
    mpt_sink_append(w->sink, w->line->str, w->line->len);
}

void mpt_plot_csv(const mpt_recorder *recorder, const mpt_report_context *x,
                  const mpt_series_request *request, mpt_sink *sink)
{
    struct writer w = {.sink = sink, .line = g_string_new(NULL)};

    mpt_sink_puts(sink, request->types >> MPT_GRAPH_MAPPINGS & 1u
                            ? "time_s,frame,subflow,dsn,ssn,length_bytes,checksum\r\n"
                            : "graph,series,subflow,time_s,value,unit,frame,length_bytes,first_frame\r\n");
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        if (request->types >> t & 1u)
            mpt_graph_init(&w.graphs[t], (mpt_graph_type)t, request);
    mpt_series_play(recorder, request, write_point, &w);
    if (x && request->types >> MPT_GRAPH_OWD & 1u)
        mpt_plot_delays(x, request, write_point, &w);
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        mpt_graph_clear(&w.graphs[t]);
    g_string_free(w.line, TRUE);
}
