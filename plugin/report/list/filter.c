/* filter.c - report `filter`: a display filter for all packets of one connection.
 *
 * Invariant: the line is a filter that Wireshark 4.0 and later accept, and nothing else is written.
 * Wireshark's own mptcp.stream is not used: it misses packets without an MPTCP option.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/registry.h"

/* The streams of the connection, each once, in ascending order. To be freed with g_array_unref(). */
static GArray *streams_of(const mpt_connection_view *v)
{
    GArray *streams = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t i = 0; i < v->subflow_count; i++) {
        const mpt_subflow *s = v->subflows[i].subflow;
        guint at = 0;
        while (at < streams->len && g_array_index(streams, uint32_t, at) < s->tcp_stream)
            at++;
        bool there = at < streams->len && g_array_index(streams, uint32_t, at) == s->tcp_stream;
        if (s->has_stream && !there)
            g_array_insert_val(streams, at, s->tcp_stream);
    }
    return streams;
}

/* One stream needs no set; several do, with commas, which Wireshark wants since 4.0. */
static void write_filter(const GArray *streams, mpt_sink *sink)
{
    if (streams->len == 1) {
        mpt_sink_printf(sink, "tcp.stream == %u\n", g_array_index(streams, uint32_t, 0));
        return;
    }
    mpt_sink_puts(sink, "tcp.stream in {");
    for (guint i = 0; i < streams->len; i++)
        mpt_sink_printf(sink, "%s%u", i > 0 ? ", " : "", g_array_index(streams, uint32_t, i));
    mpt_sink_puts(sink, "}\n");
}

bool mpt_report_write_filter(const mpt_connection_view *v, mpt_sink *sink)
{
    GArray *streams = streams_of(v);
    bool labelled = streams->len > 0;

    if (labelled)
        write_filter(streams, sink);
    g_array_unref(streams);
    return labelled;
}

static guint find_connections(const mpt_report_context *x, uint32_t *first)
{
    guint found = 0;

    for (mpt_connection_view v = {0}; mpt_report_next(x, &v);)
        if (found++ == 0)
            *first = v.id;
    return found;
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    mpt_connection_view v;
    uint32_t id = 0;
    guint found = find_connections(x, &id);

    if (found > 1)
        g_string_append_printf(
            sentence, "%u connections match: choose one with stream=N, as listed by " MPT_ASK_LISTING, found);
    else if (found == 0 && !mpt_report_missing(x, sentence))
        g_string_append(sentence, "there is no MPTCP connection to filter for");
    if (found != 1)
        return;
    mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, id), id, &v);
    if (!mpt_report_write_filter(&v, sink))
        g_string_append(sentence, "the packets of this connection have no tcp.stream");
    mpt_metrics_clear(&v);
}

const mpt_report mpt_filter_report = {
    .name = "filter",
    .help = "a display filter for all packets of a connection",
    .takes = MPT_TAKES_SELECTION | MPT_BIT(MPT_ARG_FILE),
    .print = print,
};
