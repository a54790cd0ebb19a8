/* gui_rows.c - see gui_rows.h: the tables of connections and of subflows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_rows.h"

#include "plugin/report/common/labels.h"
#include "tap/engine/base/units.h"

#define READABLE (MPT_COLUMN_TEXT_ONLY | MPT_COLUMN_SCALED)

/* --- connections --- */

enum {
    CONN_ID,
    CONN_CLIENT,
    CONN_SERVER,
    CONN_KIND,
    CONN_SUBFLOWS,
    CONN_START,
    CONN_DURATION,
    CONN_DURATION_EXACT,
    CONN_DATA, /* three columns a direction */
    CONN_DATA_EXACT,
    CONN_GOODPUT,
    CONN_AGAIN = CONN_DATA + 3 * MPT_DIRECTIONS,
    CONN_AGAIN_EXACT,
    CONN_FALLBACK,
    CONN_CLOSE,
    CONN_FRAME,
    CONN_COLUMNS
};

static const mpt_column CONN_TABLE[CONN_COLUMNS] = {
    [CONN_ID] = {.name = "connection", .title = "Conn", .type = MPT_ID},
    [CONN_CLIENT] = {.name = "client", .title = "Client", .type = MPT_TEXT},
    [CONN_SERVER] = {.name = "server", .title = "Server", .type = MPT_TEXT},
    [CONN_KIND] = {.name = "kind", .title = "Kind", .type = MPT_TEXT},
    [CONN_SUBFLOWS] = {.name = "subflows", .title = "Subflows", .type = MPT_UINT},
    [CONN_START] = {.name = "start", .title = "Start (s)", .type = MPT_SECONDS_NS},
    [CONN_DURATION] = {.name = "duration", .title = "Duration", .type = MPT_SECONDS_NS, .flags = READABLE},
    [CONN_DURATION_EXACT] = {.name = "duration", .title = "Duration (s)", .type = MPT_SECONDS_NS},
    [CONN_DATA] = {.name = "client_data", .title = "Client data", .type = MPT_BYTES, .flags = READABLE},
    [CONN_DATA_EXACT] = {.name = "client_data", .title = "Client data (bytes)", .type = MPT_BYTES},
    [CONN_GOODPUT] = {.name = "client_goodput", .title = "Client goodput", .type = MPT_RATE_BPS},
    [CONN_DATA + 3] = {.name = "server_data", .title = "Server data", .type = MPT_BYTES, .flags = READABLE},
    [CONN_DATA_EXACT + 3] = {.name = "server_data", .title = "Server data (bytes)", .type = MPT_BYTES},
    [CONN_GOODPUT + 3] = {.name = "server_goodput", .title = "Server goodput", .type = MPT_RATE_BPS},
    [CONN_AGAIN] = {.name = "reinjected", .title = "Reinjected", .type = MPT_BYTES, .flags = READABLE},
    [CONN_AGAIN_EXACT] = {.name = "reinjected", .title = "Reinjected (bytes)", .type = MPT_BYTES},
    [CONN_FALLBACK] = {.name = "fallback", .title = "Fallback", .type = MPT_TEXT},
    [CONN_CLOSE] = {.name = "close", .title = "Close", .type = MPT_TEXT},
    [CONN_FRAME] = {.name = "first_frame", .title = "First frame", .type = MPT_ID},
};

static const char *const CONN_TIPS[CONN_COLUMNS] = {
    [CONN_ID] = "The id that reports and the field mptcpscope.connection have",
    [CONN_CLIENT] = "The end that opened the connection, on the first subflow",
    [CONN_KIND] = "mptcp, mptcp_partial (began before the capture), unanswered or tcp (not accepted)",
    [CONN_START] = "First segment, since the earliest frame of the capture",
    [CONN_DATA] = "Data of the client, each byte once",
    [CONN_DATA_EXACT] = "Data of the client, each byte once",
    [CONN_GOODPUT] = "Data of the client that was acknowledged, over its time",
    [CONN_DATA + 3] = "Data of the server, each byte once",
    [CONN_DATA_EXACT + 3] = "Data of the server, each byte once",
    [CONN_GOODPUT + 3] = "Data of the server that was acknowledged, over its time",
    [CONN_AGAIN] = "Data of both that was sent again under other subflow sequence numbers",
    [CONN_AGAIN_EXACT] = "Data of both that was sent again under other subflow sequence numbers",
    [CONN_FALLBACK] = "Why the connection fell back to TCP",
};

const mpt_gui_layout MPT_GUI_CONNECTION_LAYOUT = {.columns = CONN_TABLE,
                                                  .tooltips = CONN_TIPS,
                                                  .count = CONN_COLUMNS,
                                                  .sentence = CONN_COLUMNS,
                                                  .empty = ""};

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

static void connection_row(mpt_gui_rows *to, const mpt_connection_view *v)
{
    mpt_table *t = to->table;

    mpt_gui_rows_begin(to, &(mpt_gui_row){.connection = v->id,
                                          .subflow = MPT_GUI_NO_SUBFLOW,
                                          .frame = v->connection->first_frame,
                                          .direction = MPT_DIRECTIONS,
                                          .severity = MPT_GUI_PLAIN});
    mpt_table_set_uint(t, CONN_ID, v->id);
    set_endpoint(t, CONN_CLIENT, &v->end[0]);
    set_endpoint(t, CONN_SERVER, &v->end[1]);
    mpt_table_set_text(t, CONN_KIND, mpt_connection_kind_name(v->kind));
    mpt_table_set_uint(t, CONN_SUBFLOWS, v->subflow_count);
    mpt_table_set_ns(t, CONN_START, v->start_ns);
    mpt_table_set_ns(t, CONN_DURATION, v->end_ns - v->start_ns);
    mpt_table_set_ns(t, CONN_DURATION_EXACT, v->end_ns - v->start_ns);
    for (unsigned d = 0; d < MPT_DIRECTIONS; d++) {
        set_twice(t, CONN_DATA + 3 * d, v->direction[d].data.dsn_unique_bytes);
        mpt_table_set_double(t, CONN_GOODPUT + 3 * d, v->direction[d].data.goodput);
    }
    set_twice(t, CONN_AGAIN, sent_again(&v->direction[0].bytes) + sent_again(&v->direction[1].bytes));
    mpt_table_set_text(t, CONN_FALLBACK, mpt_fallback_name(v->fallback));
    mpt_table_set_text(t, CONN_CLOSE, mpt_close_name(v->close));
    mpt_table_set_uint(t, CONN_FRAME, v->connection->first_frame);
}

/* --- subflows --- */

enum {
    SUB_CONNECTION,
    SUB_ID,
    SUB_CLIENT,
    SUB_SERVER,
    SUB_KIND,
    SUB_INITIATOR,
    SUB_BACKUP,
    SUB_STATE,
    SUB_START,
    SUB_DURATION,
    SUB_DURATION_EXACT,
    SUB_PAYLOAD, /* three columns a direction */
    SUB_PAYLOAD_EXACT,
    SUB_SHARE,
    SUB_AGAIN = SUB_PAYLOAD + 3 * MPT_DIRECTIONS,
    SUB_AGAIN_EXACT,
    SUB_RETRANSMITTED,
    SUB_RETRANSMITTED_EXACT,
    SUB_STREAM,
    SUB_FRAME,
    SUB_COLUMNS
};

static const mpt_column SUB_TABLE[SUB_COLUMNS] = {
    [SUB_CONNECTION] = {.name = "connection", .title = "Conn", .type = MPT_ID},
    [SUB_ID] = {.name = "subflow", .title = "Sub", .type = MPT_ID},
    [SUB_CLIENT] = {.name = "client", .title = "Client", .type = MPT_TEXT},
    [SUB_SERVER] = {.name = "server", .title = "Server", .type = MPT_TEXT},
    [SUB_KIND] = {.name = "kind", .title = "Kind", .type = MPT_TEXT},
    [SUB_INITIATOR] = {.name = "opened_by", .title = "Opened by", .type = MPT_TEXT},
    [SUB_BACKUP] = {.name = "backup", .title = "Backup", .type = MPT_TEXT},
    [SUB_STATE] = {.name = "state", .title = "State", .type = MPT_TEXT},
    [SUB_START] = {.name = "start", .title = "Start (s)", .type = MPT_SECONDS_NS},
    [SUB_DURATION] = {.name = "duration", .title = "Duration", .type = MPT_SECONDS_NS, .flags = READABLE},
    [SUB_DURATION_EXACT] = {.name = "duration", .title = "Duration (s)", .type = MPT_SECONDS_NS},
    [SUB_PAYLOAD] = {.name = "client_payload",
                     .title = "Client payload",
                     .type = MPT_BYTES,
                     .flags = READABLE},
    [SUB_PAYLOAD_EXACT] = {.name = "client_payload", .title = "Client payload (bytes)", .type = MPT_BYTES},
    [SUB_SHARE] = {.name = "client_share", .title = "Client share", .type = MPT_PERCENT},
    [SUB_PAYLOAD +
        3] = {.name = "server_payload", .title = "Server payload", .type = MPT_BYTES, .flags = READABLE},
    [SUB_PAYLOAD_EXACT +
        3] = {.name = "server_payload", .title = "Server payload (bytes)", .type = MPT_BYTES},
    [SUB_SHARE + 3] = {.name = "server_share", .title = "Server share", .type = MPT_PERCENT},
    [SUB_AGAIN] = {.name = "reinjected", .title = "Reinjected", .type = MPT_BYTES, .flags = READABLE},
    [SUB_AGAIN_EXACT] = {.name = "reinjected", .title = "Reinjected (bytes)", .type = MPT_BYTES},
    [SUB_RETRANSMITTED] = {.name = "retransmitted",
                           .title = "Retransmitted",
                           .type = MPT_BYTES,
                           .flags = READABLE},
    [SUB_RETRANSMITTED_EXACT] = {.name = "retransmitted",
                                 .title = "Retransmitted (bytes)",
                                 .type = MPT_BYTES},
    [SUB_STREAM] = {.name = "tcp_stream", .title = "tcp.stream", .type = MPT_ID},
    [SUB_FRAME] = {.name = "first_frame", .title = "First frame", .type = MPT_ID},
};

static const char *const SUB_TIPS[SUB_COLUMNS] = {
    [SUB_CONNECTION] = "The id that reports and the field mptcpscope.connection have",
    [SUB_ID] = "The id in its connection that reports and the field mptcpscope.subflow have",
    [SUB_CLIENT] = "The connection's client; the subflow may have been opened by the other end",
    [SUB_BACKUP] = "Who asked for it to be a backup",
    [SUB_START] = "First segment, since the earliest frame of the capture",
    [SUB_PAYLOAD] = "Payload of the client, retransmissions and all",
    [SUB_PAYLOAD_EXACT] = "Payload of the client, retransmissions and all",
    [SUB_SHARE] = "Part of the client's data that came on this subflow first",
    [SUB_PAYLOAD + 3] = "Payload of the server, retransmissions and all",
    [SUB_PAYLOAD_EXACT + 3] = "Payload of the server, retransmissions and all",
    [SUB_SHARE + 3] = "Part of the server's data that came on this subflow first",
    [SUB_AGAIN] = "Data of both that this subflow carried again under other subflow sequence numbers",
    [SUB_AGAIN_EXACT] = "Data of both that this subflow carried again under other subflow sequence numbers",
    [SUB_RETRANSMITTED] = "TCP retransmissions of both on this subflow",
    [SUB_RETRANSMITTED_EXACT] = "TCP retransmissions of both on this subflow",
};

const mpt_gui_layout MPT_GUI_SUBFLOW_LAYOUT = {
    .columns = SUB_TABLE, .tooltips = SUB_TIPS, .count = SUB_COLUMNS, .sentence = SUB_COLUMNS, .empty = ""};

static const char *backup_of(const mpt_subflow_view *s)
{
    bool client = s->backup[0].known && s->backup[0].value, server = s->backup[1].known && s->backup[1].value;

    if (!s->backup[0].known && !s->backup[1].known)
        return NULL;
    return client && server ? "both" : client ? "client" : server ? "server" : "no";
}

static void subflow_row(mpt_gui_rows *to, const mpt_connection_view *v, const mpt_subflow_view *s)
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
    set_endpoint(t, SUB_CLIENT, &subflow->ends[s->side[0]]);
    set_endpoint(t, SUB_SERVER, &subflow->ends[s->side[1]]);
    mpt_table_set_text(t, SUB_KIND, mpt_subflow_kind_name((mpt_subflow_kind)subflow->kind));
    if (s->initiator.known)
        mpt_table_set_text(t, SUB_INITIATOR, mpt_end_name((unsigned)s->initiator.value));
    mpt_table_set_text(t, SUB_BACKUP, backup_of(s));
    mpt_table_set_text(t, SUB_STATE, mpt_subflow_state_phrase((mpt_subflow_state)subflow->state));
    mpt_table_set_ns(t, SUB_START, s->start_ns);
    mpt_table_set_ns(t, SUB_DURATION, s->end_ns - s->start_ns);
    mpt_table_set_ns(t, SUB_DURATION_EXACT, s->end_ns - s->start_ns);
    for (unsigned d = 0; d < MPT_DIRECTIONS; d++) {
        set_twice(t, SUB_PAYLOAD + 3 * d, s->direction[d].bytes.payload_bytes);
        mpt_table_set_double(t, SUB_SHARE + 3 * d, 100 * s->direction[d].share);
    }
    set_twice(t, SUB_AGAIN, sent_again(&s->direction[0].bytes) + sent_again(&s->direction[1].bytes));
    set_twice(t, SUB_RETRANSMITTED,
              s->direction[0].bytes.retrans_bytes + s->direction[1].bytes.retrans_bytes);
    if (subflow->has_stream)
        mpt_table_set_uint(t, SUB_STREAM, subflow->tcp_stream);
    mpt_table_set_uint(t, SUB_FRAME, subflow->first_frame);
}

static void connections_and_subflows(mpt_gui_rows *to, bool subflows)
{
    for (guint id = 0; id < to->connections->len; id++) {
        mpt_connection_view v;

        mpt_metrics_connection(to->engine, g_ptr_array_index(to->connections, id), id, &v);
        if (!subflows)
            connection_row(to, &v);
        for (uint32_t i = 0; subflows && i < v.subflow_count; i++)
            subflow_row(to, &v, &v.subflows[i]);
        mpt_metrics_clear(&v);
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
    default:
        connections_and_subflows(to, kind == MPT_GUI_TABLE_SUBFLOWS);
    }
}
