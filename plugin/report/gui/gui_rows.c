/* gui_rows.c - see gui_rows.h: the tables of connections and of subflows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_rows.h"

#include "plugin/report/common/labels.h"
#include "plugin/report/common/subflows.h"
#include "tap/engine/base/units.h"

/* --- connections --- */

#define CONN_TABLE_LIST(X)                                                                                   \
    X(CONN_ID, MPT_ID, "connection", .title = "Conn",                                                        \
      .tip = "As in reports and in the field mptcpscope.connection")                                         \
    X(CONN_CLIENT, MPT_TEXT, "client", .title = "Client",                                                    \
      .tip = "The host that opened the connection, on the first subflow")                                    \
    X(CONN_SERVER, MPT_TEXT, "server", .title = "Server")                                                    \
    X(CONN_KIND, MPT_TEXT, "kind", .title = "Kind",                                                          \
      .tip = "mptcp, mptcp_partial (its MP_CAPABLE not captured), unanswered or tcp (not accepted)")         \
    X(CONN_SUBFLOWS, MPT_UINT, "subflows", .title = "Subflows")                                              \
    X(CONN_START, MPT_SECONDS_NS, "start", .title = "Start (s)",                                             \
      .tip = "First segment, since the earliest frame of the capture")                                       \
    MPT_GUI_BOTH(X, CONN_DURATION, MPT_SECONDS_NS, "duration", "Duration", "s", )                            \
    MPT_GUI_BOTH(X, CONN_DATA, MPT_BYTES, "client_data", "Client data", "bytes",                             \
                 .tip = "The client's data, each byte counted once")                                         \
    X(CONN_GOODPUT, MPT_RATE_BPS, "client_goodput", .title = "Client goodput",                               \
      .tip = "The client's acknowledged data over the time that it took")                                    \
    MPT_GUI_BOTH(X, CONN_SERVER_DATA, MPT_BYTES, "server_data", "Server data", "bytes",                      \
                 .tip = "The server's data, each byte counted once")                                         \
    X(CONN_SERVER_GOODPUT, MPT_RATE_BPS, "server_goodput", .title = "Server goodput",                        \
      .tip = "The server's acknowledged data over the time that it took")                                    \
    MPT_GUI_BOTH(X, CONN_AGAIN, MPT_BYTES, "reinjected", "Reinjected", "bytes",                              \
                 .tip = "Reinjected or remapped, in both directions")                                        \
    X(CONN_FALLBACK, MPT_TEXT, "fallback", .title = "Fallback",                                              \
      .tip = "Why the connection fell back to TCP")                                                          \
    X(CONN_CLOSE, MPT_TEXT, "close", .title = "Close")                                                       \
    X(CONN_FRAME, MPT_ID, "first_frame", .title = "First frame")
MPT_COLUMNS(CONN_TABLE, CONN_COLUMNS, CONN_TABLE_LIST);

const mpt_gui_layout MPT_GUI_CONNECTION_LAYOUT = {
    .columns = CONN_TABLE, .count = CONN_COLUMNS, .sentence = CONN_COLUMNS, .empty = ""};

static void set_endpoint(mpt_table *table, size_t column, const mpt_endpoint *e)
{
    char text[MPT_ENDPOINT_TEXT];

    mpt_table_set_text(table, column, mpt_endpoint_text(e, text));
}

static void set_twice(mpt_table *table, size_t column, uint64_t bytes)
{
    mpt_table_set_uint(table, column, bytes);
    mpt_table_set_uint(table, column + 1, bytes);
}

static uint64_t sent_again(const mpt_byte_figures *bytes)
{
    return bytes->reinjected_bytes + bytes->reinjected_same_bytes;
}

void mpt_gui_rows_connection(mpt_gui_rows *to, const mpt_connection_view *v)
{
    mpt_table *t = to->table;

    mpt_gui_rows_begin(to, &(mpt_gui_row){.connection = v->id,
                                          .subflow = MPT_GUI_NO_SUBFLOW,
                                          .frame = v->connection->first_frame,
                                          .direction = MPT_DIRECTIONS,
                                          .severity = MPT_GUI_PLAIN});
    mpt_table_set_uint(t, CONN_ID, v->id);
    set_endpoint(t, CONN_CLIENT, &v->end[MPT_CLIENT]);
    set_endpoint(t, CONN_SERVER, &v->end[MPT_SERVER]);
    mpt_table_set_text(t, CONN_KIND, mpt_connection_kind_name(v->kind));
    mpt_table_set_uint(t, CONN_SUBFLOWS, v->subflow_count);
    mpt_table_set_ns(t, CONN_START, v->start_ns);
    mpt_table_set_ns(t, CONN_DURATION, v->end_ns - v->start_ns);
    mpt_table_set_ns(t, CONN_DURATION_EXACT, v->end_ns - v->start_ns);
    for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++) {
        set_twice(t, CONN_DATA + 3 * d, v->direction[d].data.dsn_unique_bytes);
        mpt_table_set_double(t, CONN_GOODPUT + 3 * d, v->direction[d].data.goodput);
    }
    set_twice(t, CONN_AGAIN,
              sent_again(&v->direction[MPT_C2S].bytes) + sent_again(&v->direction[MPT_S2C].bytes));
    mpt_table_set_text(t, CONN_FALLBACK, mpt_fallback_name(v->fallback));
    mpt_table_set_text(t, CONN_CLOSE, mpt_close_name(v->close));
    mpt_table_set_uint(t, CONN_FRAME, v->connection->first_frame);
}

/* --- subflows --- */

#define SUB_TABLE_LIST(X)                                                                                    \
    X(SUB_CONNECTION, MPT_ID, "connection", .title = "Conn",                                                 \
      .tip = "As in reports and in the field mptcpscope.connection")                                         \
    X(SUB_ID, MPT_ID, "subflow", .title = "Sub", .tip = "As in reports and in the field mptcpscope.subflow") \
    X(SUB_CLIENT, MPT_TEXT, "client", .title = "Client",                                                     \
      .tip = "The connection's client; the subflow may have been opened by the other end")                   \
    X(SUB_SERVER, MPT_TEXT, "server", .title = "Server")                                                     \
    X(SUB_KIND, MPT_TEXT, "kind", .title = "Kind")                                                           \
    X(SUB_INITIATOR, MPT_TEXT, "opened_by", .title = "Opened by")                                            \
    X(SUB_BACKUP, MPT_TEXT, "backup", .title = "Backup", .tip = "Who asked for it to be a backup")           \
    X(SUB_STATE, MPT_TEXT, "state", .title = "State")                                                        \
    X(SUB_START, MPT_SECONDS_NS, "start", .title = "Start (s)",                                              \
      .tip = "First segment, since the earliest frame of the capture")                                       \
    MPT_GUI_BOTH(X, SUB_DURATION, MPT_SECONDS_NS, "duration", "Duration", "s", )                             \
    MPT_GUI_BOTH(X, SUB_PAYLOAD, MPT_BYTES, "client_payload", "Client payload", "bytes",                     \
                 .tip = "All payload of the client, retransmissions included")                               \
    X(SUB_SHARE, MPT_PERCENT, "client_share", .title = "Client share",                                       \
      .tip = "This subflow's share of the client's new data")                                                \
    MPT_GUI_BOTH(X, SUB_SERVER_PAYLOAD, MPT_BYTES, "server_payload", "Server payload", "bytes",              \
                 .tip = "All payload of the server, retransmissions included")                               \
    X(SUB_SERVER_SHARE, MPT_PERCENT, "server_share", .title = "Server share",                                \
      .tip = "This subflow's share of the server's new data")                                                \
    MPT_GUI_BOTH(X, SUB_AGAIN, MPT_BYTES, "reinjected", "Reinjected", "bytes",                               \
                 .tip = "Reinjected on, or remapped on, this subflow, in both directions")                   \
    MPT_GUI_BOTH(X, SUB_RETRANSMITTED, MPT_BYTES, "retransmitted", "Retransmitted", "bytes",                 \
                 .tip = "Retransmitted on this subflow, in both directions")                                 \
    X(SUB_STREAM, MPT_ID, "tcp_stream", .title = "tcp.stream")                                               \
    X(SUB_FRAME, MPT_ID, "first_frame", .title = "First frame")
MPT_COLUMNS(SUB_TABLE, SUB_COLUMNS, SUB_TABLE_LIST);

const mpt_gui_layout MPT_GUI_SUBFLOW_LAYOUT = {
    .columns = SUB_TABLE, .count = SUB_COLUMNS, .sentence = SUB_COLUMNS, .empty = ""};

void mpt_gui_rows_subflow(mpt_gui_rows *to, const mpt_connection_view *v, const mpt_subflow_view *s)
{
    const mpt_subflow *subflow = s->subflow;
    mpt_table *t = to->table;

    mpt_gui_rows_begin(to, &(mpt_gui_row){.connection = v->id,
                                          .subflow = s->id,
                                          .frame = subflow->first_frame,
                                          .direction = MPT_DIRECTIONS,
                                          .severity = MPT_GUI_PLAIN});
    mpt_table_set_uint(t, SUB_CONNECTION, v->id);
    mpt_table_set_uint(t, SUB_ID, s->id);
    set_endpoint(t, SUB_CLIENT, mpt_metrics_endpoint(s, MPT_CLIENT));
    set_endpoint(t, SUB_SERVER, mpt_metrics_endpoint(s, MPT_SERVER));
    mpt_table_set_text(t, SUB_KIND, mpt_subflow_kind_name((mpt_subflow_kind)subflow->kind));
    if (s->initiator.known)
        mpt_table_set_text(t, SUB_INITIATOR, mpt_role_name((mpt_role)s->initiator.value));
    mpt_table_set_text(t, SUB_BACKUP, mpt_subflows_backup(s, "both"));
    mpt_table_set_text(t, SUB_STATE, mpt_subflow_state_phrase(subflow));
    mpt_table_set_ns(t, SUB_START, s->start_ns);
    mpt_table_set_ns(t, SUB_DURATION, s->end_ns - s->start_ns);
    mpt_table_set_ns(t, SUB_DURATION_EXACT, s->end_ns - s->start_ns);
    for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++) {
        set_twice(t, SUB_PAYLOAD + 3 * d, s->direction[d].bytes.payload_bytes);
        mpt_table_set_double(t, SUB_SHARE + 3 * d, 100 * s->direction[d].share);
    }
    set_twice(t, SUB_AGAIN,
              sent_again(&s->direction[MPT_C2S].bytes) + sent_again(&s->direction[MPT_S2C].bytes));
    set_twice(t, SUB_RETRANSMITTED,
              s->direction[MPT_C2S].bytes.retrans_bytes + s->direction[MPT_S2C].bytes.retrans_bytes);
    if (subflow->has_stream)
        mpt_table_set_uint(t, SUB_STREAM, subflow->tcp_stream);
    mpt_table_set_uint(t, SUB_FRAME, subflow->first_frame);
}

static void connections_and_subflows(mpt_gui_rows *to, bool subflows)
{
    for (mpt_connection_view v = {0}; mpt_metrics_next(to->context->engine, to->context->connections, &v);) {
        if (!subflows)
            mpt_gui_rows_connection(to, &v);
        for (uint32_t i = 0; subflows && i < v.subflow_count; i++)
            mpt_gui_rows_subflow(to, &v, &v.subflows[i]);
    }
}

/* --- all --- */

const mpt_gui_layout *mpt_gui_layout_of(mpt_gui_kind kind)
{
    static const mpt_gui_layout *const layouts[MPT_GUI_TABLES] = {
        [MPT_GUI_TABLE_CONNECTIONS] = &MPT_GUI_CONNECTION_LAYOUT,
        [MPT_GUI_TABLE_SUBFLOWS] = &MPT_GUI_SUBFLOW_LAYOUT,
        [MPT_GUI_TABLE_REINJECTIONS] = &MPT_GUI_REINJECTION_LAYOUT,
        [MPT_GUI_TABLE_EVENTS] = &MPT_GUI_EVENT_LAYOUT,
        [MPT_GUI_TABLE_FINDINGS] = &MPT_GUI_FINDING_LAYOUT,
        [MPT_GUI_TABLE_PATHS] = &MPT_GUI_PATH_LAYOUT,
        [MPT_GUI_TABLE_RULES] = &MPT_GUI_RULE_LAYOUT,
    };

    g_assert(kind < MPT_GUI_TABLES);
    return layouts[kind];
}

void mpt_gui_rows_fill(mpt_gui_rows *to, mpt_gui_kind kind)
{
    switch (kind) {
    case MPT_GUI_TABLE_REINJECTIONS:
        mpt_gui_rows_reinjections(to);
        break;
    case MPT_GUI_TABLE_EVENTS:
        mpt_gui_rows_events(to);
        break;
    case MPT_GUI_TABLE_FINDINGS:
        mpt_gui_rows_findings(to);
        break;
    case MPT_GUI_TABLE_PATHS:
        mpt_gui_rows_paths(to);
        break;
    case MPT_GUI_TABLE_RULES:
        mpt_gui_rows_rules(to);
        break;
    default:
        connections_and_subflows(to, kind == MPT_GUI_TABLE_SUBFLOWS);
    }
}
