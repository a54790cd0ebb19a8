/* tcp.c - report `tcp`: every TCP stream, and how it is related to MPTCP.
 *
 * Invariant: one row for each stream, in the order of their first frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/common/figures.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/overview.h"
#include "plugin/report/format/csv.h"
#include "plugin/report/format/text.h"
#include "plugin/report/registry.h"
#include "tap/engine/base/compare.h"
#include "tap/engine/base/units.h"

/* One stream, its client first: that of the connection, or who opened it. */
typedef struct stream {
    const mpt_subflow *subflow;
    mpt_tcp_view view;
    uint32_t connection_id, subflow_id; /* valid where it is part of a connection */
} stream;

/* All streams of the capture, one after the other. */
typedef struct walk {
    const mpt_report_context *x;
    GPtrArray *subflows; /* const mpt_subflow *, by first frame */
    uint32_t *ids[2];    /* of connections, of their subflows; by their index in the engine */
    guint next;
} walk;

static gint by_first_frame(gconstpointer a, gconstpointer b)
{
    const mpt_subflow *x = *(const mpt_subflow *const *)a, *y = *(const mpt_subflow *const *)b;

    return x->first_frame != y->first_frame ? mpt_compare(x->first_frame, y->first_frame)
                                            : mpt_compare(x->index, y->index);
}

static void walk_begin(walk *w, const mpt_report_context *x)
{
    const GPtrArray *all = mpt_engine_subflows(x->engine);

    *w = (walk){.x = x, .subflows = g_ptr_array_sized_new(all->len)};
    w->ids[0] = g_new0(uint32_t, mpt_engine_connections(x->engine)->len);
    w->ids[1] = g_new0(uint32_t, all->len);
    for (guint id = 0; id < x->connections->len; id++) {
        const mpt_connection *c = g_ptr_array_index(x->connections, id);
        GPtrArray *subflows = mpt_connection_subflows_by_id(c);
        w->ids[0][c->index] = id;
        for (guint k = 0; k < subflows->len; k++)
            w->ids[1][((const mpt_subflow *)g_ptr_array_index(subflows, k))->index] = k;
        g_ptr_array_unref(subflows);
    }
    for (guint i = 0; i < all->len; i++)
        if (!mpt_engine_forgot(g_ptr_array_index(all, i)))
            g_ptr_array_add(w->subflows, g_ptr_array_index(all, i));
    g_ptr_array_sort(w->subflows, by_first_frame);
}

static void walk_end(walk *w)
{
    g_ptr_array_free(w->subflows, TRUE);
    g_free(w->ids[0]);
    g_free(w->ids[1]);
}

static void swap_sides(mpt_tcp_view *v)
{
    mpt_tcp_view was = *v;

    for (mpt_role role = 0; role < MPT_ROLES; role++)
        v->side[role] = was.side[mpt_role_other(role)];
    for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++) {
        v->direction[d] = was.direction[mpt_direction_other(d)];
        v->rtt[d] = was.rtt[mpt_direction_other(d)];
    }
}

static bool walk_next(walk *w, stream *s)
{
    if (w->next == w->subflows->len)
        return false;
    *s = (stream){.subflow = g_ptr_array_index(w->subflows, w->next++)};
    const mpt_connection *c = s->subflow->connection;
    mpt_metrics_tcp(w->x->engine, s->subflow, &s->view);
    if (!c)
        return true;
    s->connection_id = w->ids[0][c->index];
    s->subflow_id = w->ids[1][s->subflow->index];
    if (mpt_subflow_side(s->subflow, mpt_connection_client_side(c)) != s->view.side[MPT_CLIENT])
        swap_sides(&s->view);
    return true;
}

/* How the stream is related to MPTCP, for machines: the kind of its connection, or never_asked. */
static const char *kind_name(const mpt_subflow *s)
{
    return s->connection ? mpt_connection_kind_name(mpt_connection_get_kind(s->connection)) : "never_asked";
}

static const char *fallback_name(const mpt_subflow *s)
{
    return s->connection ? mpt_fallback_name(mpt_connection_get_fallback(s->connection)) : NULL;
}

static const char *initiator_name(const stream *s)
{
    bool by_client = s->subflow->initiator == s->view.side[MPT_CLIENT];

    return s->subflow->initiator_known ? mpt_role_name(by_client ? MPT_CLIENT : MPT_SERVER) : NULL;
}

/* --- text: two rows a stream, one for each sender --- */

#define TEXT_TABLE_LIST(X)                                                                                   \
    X(TEXT_STREAM, MPT_TEXT, "tcp.stream", .flags = MPT_COLUMN_RIGHT)                                        \
    X(TEXT_SENDER, MPT_TEXT, "sender")                                                                       \
    X(TEXT_PACKETS, MPT_UINT, "packets")                                                                     \
    X(TEXT_PAYLOAD, MPT_BYTES, "payload", .title = "payload\nbytes")                                         \
    X(TEXT_RETRANS, MPT_BYTES, "retrans", .title = "retrans-\nmitted")                                       \
    X(TEXT_TIME, MPT_TEXT, "time", .title = "start, s\nduration", .flags = MPT_COLUMN_RIGHT)                 \
    X(TEXT_MPTCP, MPT_TEXT, "mptcp", .title = "MPTCP\nstate")
MPT_COLUMNS(TEXT_TABLE, TEXT_COLUMNS, TEXT_TABLE_LIST);

/* "mptcp 0, subflow 1", "fell back (synack)", "no MPTCP". To be freed with g_free(). */
static char *mptcp_words(const stream *s)
{
    static const char *const words[] = {
        [MPT_KIND_MPTCP] = "mptcp",
        [MPT_KIND_MPTCP_PARTIAL] = "mptcp",
        [MPT_KIND_UNANSWERED] = "unanswered",
        [MPT_KIND_TCP] = "not accepted",
    };
    const mpt_connection *c = s->subflow->connection;

    if (!c)
        return g_strdup(s->subflow->left_out      ? "MPTCP, above the limit"
                        : s->subflow->options_cut ? "unknown (options cut)"
                                                  : "no MPTCP");
    mpt_connection_kind kind = mpt_connection_get_kind(c);
    if (fallback_name(s->subflow))
        return g_strdup_printf("MPTCP %u, fell back (%s)", s->connection_id, fallback_name(s->subflow));
    if (kind == MPT_KIND_MPTCP || kind == MPT_KIND_MPTCP_PARTIAL)
        return g_strdup_printf("MPTCP %u, subflow %u", s->connection_id, s->subflow_id);
    return g_strdup_printf("MPTCP %u, %s", s->connection_id, words[kind]);
}

static void text_row(mpt_table *table, const stream *s, mpt_direction direction, bool figures)
{
    const mpt_byte_figures *f = &s->view.direction[direction];
    char text[MPT_ENDPOINT_TEXT];

    mpt_table_begin_row(table);
    mpt_table_set_text(table, TEXT_STREAM, "");
    mpt_table_set_text(
        table, TEXT_SENDER,
        mpt_endpoint_text(&s->subflow->ends[s->view.side[mpt_direction_sender(direction)]], text));
    if (!figures)
        return;
    mpt_table_set_uint(table, TEXT_PACKETS, f->packets);
    mpt_table_set_uint(table, TEXT_PAYLOAD, f->payload_bytes);
    mpt_table_set_uint(table, TEXT_RETRANS, f->retrans_bytes);
}

static void text_stream(mpt_table *table, const stream *s, unsigned directions)
{
    GString *time = g_string_new(NULL);
    char *mptcp = mptcp_words(s);
    mpt_direction first = directions & 1u << MPT_C2S ? MPT_C2S : MPT_S2C, other = mpt_direction_other(first);

    text_row(table, s, first, true);
    if (s->subflow->has_stream)
        mpt_table_set_textf(table, TEXT_STREAM, "%u", s->subflow->tcp_stream);
    mpt_units_seconds(time, s->view.start_ns, 6);
    mpt_table_set_text(table, TEXT_TIME, time->str);
    mpt_table_set_text(table, TEXT_MPTCP, mptcp);
    text_row(table, s, other, directions >> other & 1u);
    g_string_truncate(time, 0);
    mpt_units_duration(time, s->view.end_ns - s->view.start_ns);
    mpt_table_set_text(table, TEXT_TIME, time->str);
    mpt_table_set_text(table, TEXT_MPTCP, mpt_subflow_state_phrase(s->subflow));
    g_string_free(time, TRUE);
    g_free(mptcp);
}

static void text_report(const mpt_report_context *x, mpt_sink *sink)
{
    mpt_table *table = mpt_table_new(TEXT_TABLE, TEXT_COLUMNS);
    walk w;
    stream s;

    mpt_overview_capture(x, sink);
    walk_begin(&w, x);
    while (walk_next(&w, &s))
        if (mpt_report_selects_stream(x, s.subflow))
            text_stream(table, &s, mpt_report_directions(x->arguments));
    walk_end(&w);
    if (mpt_table_rows(table) > 0) {
        mpt_sink_putc(sink, '\n');
        mpt_text_table(sink, table, 0);
    }
    mpt_table_free(table);
}

/* --- CSV: one row a stream --- */

#define CSV_TABLE_LIST(X)                                                                                    \
    X(CSV_STREAM, MPT_ID, "tcp_stream")                                                                      \
    X(CSV_CLIENT_ADDRESS, MPT_TEXT, "client_address")                                                        \
    X(CSV_CLIENT_PORT, MPT_ID, "client_port")                                                                \
    X(CSV_SERVER_ADDRESS, MPT_TEXT, "server_address")                                                        \
    X(CSV_SERVER_PORT, MPT_ID, "server_port")                                                                \
    X(CSV_INITIATOR, MPT_TEXT, "initiator")                                                                  \
    X(CSV_KIND, MPT_TEXT, "kind")                                                                            \
    X(CSV_FALLBACK, MPT_TEXT, "fallback")                                                                    \
    X(CSV_CONNECTION, MPT_ID, "connection")                                                                  \
    X(CSV_SUBFLOW, MPT_ID, "subflow")                                                                        \
    X(CSV_STATE, MPT_TEXT, "state")                                                                          \
    X(CSV_START, MPT_SECONDS_NS, "start")                                                                    \
    X(CSV_END, MPT_SECONDS_NS, "end")                                                                        \
    X(CSV_DIRECTION, MPT_TEXT, "direction")
MPT_COLUMNS(CSV_TABLE, CSV_FIGURES, CSV_TABLE_LIST);

/* All but the direction and its figures. */
static void add_row(mpt_table *table, const stream *s)
{
    const mpt_subflow *subflow = s->subflow;
    char text[MPT_ADDRESS_TEXT];

    mpt_table_begin_row(table);
    if (subflow->has_stream)
        mpt_table_set_uint(table, CSV_STREAM, subflow->tcp_stream);
    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        const mpt_endpoint *e = &subflow->ends[s->view.side[role]];
        mpt_table_set_text(table, CSV_CLIENT_ADDRESS + 2 * role, mpt_endpoint_address_text(e, text));
        mpt_table_set_uint(table, CSV_CLIENT_PORT + 2 * role, e->port);
    }
    mpt_table_set_text(table, CSV_INITIATOR, initiator_name(s));
    mpt_table_set_text(table, CSV_KIND, kind_name(subflow));
    mpt_table_set_text(table, CSV_FALLBACK, fallback_name(subflow));
    if (subflow->connection) {
        mpt_table_set_uint(table, CSV_CONNECTION, s->connection_id);
        mpt_table_set_uint(table, CSV_SUBFLOW, s->subflow_id);
    }
    mpt_table_set_text(table, CSV_STATE, mpt_subflow_state_name((mpt_subflow_state)subflow->state));
    mpt_table_set_ns(table, CSV_START, s->view.start_ns);
    mpt_table_set_ns(table, CSV_END, s->view.end_ns);
}

static void csv_report(const mpt_report_context *x, mpt_sink *sink)
{
    mpt_table *table =
        mpt_figures_table(CSV_TABLE, CSV_FIGURES, (const mpt_figures *const[]){&MPT_TCP_FIGURES}, 1);
    unsigned directions = mpt_report_directions(x->arguments);
    walk w;
    stream s;

    walk_begin(&w, x);
    while (walk_next(&w, &s))
        MPT_EACH_DIRECTION (d, mpt_report_selects_stream(x, s.subflow) ? directions : 0u) {
            add_row(table, &s);
            mpt_table_set_text(table, CSV_DIRECTION, mpt_direction_name(d));
            mpt_figures_cells(table, CSV_FIGURES, &MPT_TCP_FIGURES, &s.view.direction[d]);
        }
    walk_end(&w);
    mpt_csv_table(sink, table);
    mpt_table_free(table);
}

/* --- JSON --- */

static void json_ends(mpt_json *json, const stream *s)
{
    char text[MPT_ADDRESS_TEXT];

    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        const mpt_endpoint *e = &s->subflow->ends[s->view.side[role]];
        mpt_json_member_object_inline(json, mpt_role_name(role));
        mpt_json_member_string(json, "address", mpt_endpoint_address_text(e, text));
        mpt_json_member_uint(json, "port", e->port);
        mpt_json_end_object(json);
    }
}

static void json_stream(mpt_json *json, const stream *s, unsigned directions)
{
    mpt_table *table = mpt_table_new(CSV_TABLE, CSV_FIGURES);

    add_row(table, s);
    mpt_json_begin_object(json);
    mpt_figures_json_cells(json, table, 0, CSV_STREAM, CSV_CLIENT_ADDRESS);
    json_ends(json, s);
    mpt_figures_json_cells(json, table, 0, CSV_INITIATOR, CSV_DIRECTION);
    MPT_EACH_DIRECTION (d, directions) {
        mpt_json_member_object(json, mpt_direction_name(d));
        mpt_figures_json(json, &MPT_TCP_FIGURES, &s->view.direction[d]);
        mpt_json_end_object(json);
    }
    mpt_json_end_object(json);
    mpt_table_free(table);
}

static void write_json(mpt_json *json, const GPtrArray *reports)
{
    walk w;
    stream s;

    walk_begin(&w, g_ptr_array_index(reports, 0));
    while (walk_next(&w, &s)) {
        unsigned directions = 0;
        for (guint i = 0; i < reports->len; i++) {
            const mpt_report_context *x = g_ptr_array_index(reports, i);
            directions |= mpt_report_selects_stream(x, s.subflow) ? mpt_report_directions(x->arguments) : 0u;
        }
        if (directions)
            json_stream(json, &s, directions);
    }
    walk_end(&w);
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    (void)sentence;
    (x->arguments->format == MPT_FORMAT_CSV ? csv_report : text_report)(x, sink);
}

const mpt_report mpt_tcp_report = {
    .name = "tcp",
    .help = "every TCP stream: MPTCP, fell back, or no MPTCP",
    .takes = MPT_TAKES_FIGURES & ~MPT_TAKES_ONE,
    .formats = MPT_FORMATS_PLAIN,
    .of_streams = true,
    .print = print,
    .json = {.array = "tcp", .write = write_json},
};
