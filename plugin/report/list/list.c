/* list.c - report `list`: which connections there are, between whom, over which subflows.
 *
 * Invariant: each connection is shown with everything that identifies it elsewhere (keys,
 * tokens, IDSNs, tcp.stream).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/common/interfaces.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/overview.h"
#include "plugin/report/common/subflows.h"
#include "plugin/report/format/csv.h"
#include "plugin/report/format/table.h"
#include "plugin/report/format/text.h"
#include "plugin/report/registry.h"
#include "tap/engine/base/units.h"

/* --- text --- */

/* "  client  key 4fd46b20d8d89131  token 5e5ea321  IDSN 17160977494024593999": unknown values keep their
 * room. */
static void text_host(const mpt_connection_view *v, mpt_role role, mpt_sink *sink)
{
    const mpt_host *h = &v->host[role];
    char key[24] = "unknown", token[16] = "unknown", idsn[24] = "unknown";

    if (h->key_known)
        g_snprintf(key, sizeof key, "%016" G_GINT64_MODIFIER "x", h->key);
    if (h->token_known)
        g_snprintf(token, sizeof token, "%08x", h->token);
    if (h->idsn_known)
        g_snprintf(idsn, sizeof idsn, "%" G_GUINT64_FORMAT, h->idsn);
    mpt_sink_printf(sink, "  %s  key %-16s  token %-8s  IDSN %s\n", mpt_role_name(role), key, token, idsn);
}

/* "  data    120 bytes from the client, 300 bytes from the server" */
static void text_data(const mpt_connection_view *v, unsigned directions, mpt_sink *sink)
{
    GString *line = g_string_new(NULL);

    MPT_EACH_DIRECTION (d, directions) {
        g_string_append(line, line->len > 0 ? ", " : "");
        mpt_overview_bytes(line, v->direction[d].data.dsn_unique_bytes);
        g_string_append_printf(line, " from the %s", mpt_role_name(mpt_direction_sender(d)));
        if (v->direction[d].bytes.unmapped_bytes > 0) {
            g_string_append(line, " (and ");
            mpt_units_bytes(line, v->direction[d].bytes.unmapped_bytes);
            g_string_append(line, " without mapping)");
        }
    }
    mpt_block *block = mpt_block_new();
    /* As wide as the lines of the hosts below. */
    mpt_block_add(block, "data  ", line->str);
    mpt_text_block(sink, block, 2);
    mpt_block_free(block);
    g_string_free(line, TRUE);
}

static void text_connection(const mpt_connection_view *v, const mpt_report_context *x, mpt_sink *sink)
{
    mpt_overview_connection(v, sink);
    text_data(v, mpt_report_directions(x->arguments), sink);
    for (mpt_role role = 0; role < MPT_ROLES; role++)
        if (v->kind == MPT_KIND_MPTCP || v->host[role].key_known || v->host[role].token_known)
            text_host(v, role, sink);
    mpt_subflows_text(v, true, x->interface_name, sink);
}

/* --- CSV: a row a subflow, with all of its connection --- */

#define COLUMN_LIST(X)                                                                                       \
    X(CONNECTION, MPT_ID, "connection")                                                                      \
    X(MPTCP_STREAM, MPT_ID, "mptcp_stream")                                                                  \
    X(KIND, MPT_TEXT, "kind")                                                                                \
    X(VERSION, MPT_INT, "version")                                                                           \
    X(FALLBACK, MPT_TEXT, "fallback")                                                                        \
    X(CHECKSUM_REQUIRED, MPT_INT, "checksum_required")                                                       \
    X(START, MPT_SECONDS_NS, "start")                                                                        \
    X(END, MPT_SECONDS_NS, "end")                                                                            \
    X(CLOSE, MPT_TEXT, "close")                                                                              \
    X(CLOSE_BY, MPT_TEXT, "close_by")                                                                        \
    X(CLOSE_TIME, MPT_SECONDS_NS, "close_time")                                                              \
    X(CLIENT_KEY, MPT_HEX64, "client_key")                                                                   \
    X(CLIENT_TOKEN, MPT_HEX32, "client_token")                                                               \
    X(CLIENT_IDSN, MPT_ID, "client_idsn")                                                                    \
    X(SERVER_KEY, MPT_HEX64, "server_key")                                                                   \
    X(SERVER_TOKEN, MPT_HEX32, "server_token")                                                               \
    X(SERVER_IDSN, MPT_ID, "server_idsn")                                                                    \
    X(CONNECTION_C2S, MPT_BYTES, "c2s_dsn_unique_bytes")                                                     \
    X(CONNECTION_S2C, MPT_BYTES, "s2c_dsn_unique_bytes")                                                     \
    X(SUBFLOW, MPT_ID, "subflow")                                                                            \
    X(TCP_STREAM, MPT_ID, "tcp_stream")                                                                      \
    X(SUBFLOW_KIND, MPT_TEXT, "subflow_kind")                                                                \
    X(CLIENT_ADDRESS, MPT_TEXT, "client_address")                                                            \
    X(CLIENT_PORT, MPT_ID, "client_port")                                                                    \
    X(SERVER_ADDRESS, MPT_TEXT, "server_address")                                                            \
    X(SERVER_PORT, MPT_ID, "server_port")                                                                    \
    X(INITIATOR, MPT_TEXT, "initiator")                                                                      \
    X(CLIENT_ADDRESS_ID, MPT_INT, "client_address_id")                                                       \
    X(SERVER_ADDRESS_ID, MPT_INT, "server_address_id")                                                       \
    X(CLIENT_BACKUP, MPT_INT, "client_backup")                                                               \
    X(SERVER_BACKUP, MPT_INT, "server_backup")                                                               \
    X(STATE, MPT_TEXT, "state")                                                                              \
    X(SUBFLOW_START, MPT_SECONDS_NS, "subflow_start")                                                        \
    X(SUBFLOW_END, MPT_SECONDS_NS, "subflow_end")                                                            \
    X(PACKETS, MPT_UINT, "packets")                                                                          \
    X(SUBFLOW_C2S, MPT_BYTES, "subflow_c2s_payload_bytes")                                                   \
    X(SUBFLOW_S2C, MPT_BYTES, "subflow_s2c_payload_bytes")                                                   \
    X(INTERFACE_C2S, MPT_TEXT, "c2s_interface")                                                              \
    X(INTERFACE_S2C, MPT_TEXT, "s2c_interface")
MPT_COLUMNS(TABLE, COLUMNS, COLUMN_LIST);

static void set_maybe(mpt_table *table, size_t column, mpt_maybe_int value)
{
    if (value.known)
        mpt_table_set_int(table, column, value.value);
}

static void set_role(mpt_table *table, size_t column, mpt_maybe_int role)
{
    if (role.known)
        mpt_table_set_text(table, column, mpt_role_name((mpt_role)role.value));
}

static void csv_connection(mpt_table *table, const mpt_connection_view *v, unsigned directions)
{
    const mpt_connection *c = v->connection;

    mpt_table_set_uint(table, CONNECTION, v->id);
    if (c->has_stream)
        mpt_table_set_uint(table, MPTCP_STREAM, c->mptcp_stream);
    mpt_table_set_text(table, KIND, mpt_connection_kind_name(v->kind));
    set_maybe(table, VERSION, v->version);
    mpt_table_set_text(table, FALLBACK, mpt_fallback_name(v->fallback));
    set_maybe(table, CHECKSUM_REQUIRED, v->checksum_required);
    mpt_table_set_ns(table, START, v->start_ns);
    mpt_table_set_ns(table, END, v->end_ns);
    mpt_table_set_text(table, CLOSE, mpt_close_name(v->close));
    set_role(table, CLOSE_BY, v->close_by);
    if (v->close_time.known)
        mpt_table_set_ns(table, CLOSE_TIME, v->close_time.ns);
    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        size_t first = role == MPT_CLIENT ? CLIENT_KEY : SERVER_KEY;
        if (v->host[role].key_known)
            mpt_table_set_uint(table, first, v->host[role].key);
        if (v->host[role].token_known)
            mpt_table_set_uint(table, first + 1, v->host[role].token);
        if (v->host[role].idsn_known)
            mpt_table_set_uint(table, first + 2, v->host[role].idsn);
    }
    MPT_EACH_DIRECTION (d, directions)
        mpt_table_set_uint(table, CONNECTION_C2S + d, v->direction[d].data.dsn_unique_bytes);
}

static void csv_subflow(mpt_table *table, const mpt_subflow_view *s, const mpt_report_context *x)
{
    char text[MPT_ADDRESS_TEXT];

    mpt_table_set_uint(table, SUBFLOW, s->id);
    if (s->subflow->has_stream)
        mpt_table_set_uint(table, TCP_STREAM, s->subflow->tcp_stream);
    mpt_table_set_text(table, SUBFLOW_KIND, mpt_subflow_kind_name((mpt_subflow_kind)s->subflow->kind));
    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        const mpt_endpoint *e = mpt_metrics_endpoint(s, role);
        mpt_table_set_text(table, CLIENT_ADDRESS + 2 * role, mpt_endpoint_address_text(e, text));
        mpt_table_set_uint(table, CLIENT_PORT + 2 * role, e->port);
        set_maybe(table, CLIENT_ADDRESS_ID + role, s->address_id[role]);
        set_maybe(table, CLIENT_BACKUP + role, s->backup[role]);
    }
    set_role(table, INITIATOR, s->initiator);
    mpt_table_set_text(table, STATE, mpt_subflow_state_name((mpt_subflow_state)s->subflow->state));
    mpt_table_set_ns(table, SUBFLOW_START, s->start_ns);
    mpt_table_set_ns(table, SUBFLOW_END, s->end_ns);
    mpt_table_set_uint(table, PACKETS, s->packets);
    MPT_EACH_DIRECTION (d, mpt_report_directions(x->arguments)) {
        char *interface = mpt_interfaces_of(mpt_metrics_half(s, d), x->interface_name);

        mpt_table_set_uint(table, SUBFLOW_C2S + d, s->direction[d].bytes.payload_bytes);
        mpt_table_set_text(table, INTERFACE_C2S + d, interface);
        g_free(interface);
    }
}

static void csv_rows(const mpt_connection_view *v, const mpt_report_context *x, mpt_sink *sink)
{
    mpt_table *table = mpt_table_new(TABLE, COLUMNS);

    for (uint32_t i = 0; i < v->subflow_count; i++) {
        mpt_table_begin_row(table);
        csv_connection(table, v, mpt_report_directions(x->arguments));
        csv_subflow(table, &v->subflows[i], x);
    }
    mpt_csv_rows(sink, table);
    mpt_table_free(table);
}

/* --- the report --- */

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    bool csv = x->arguments->format == MPT_FORMAT_CSV;

    (void)sentence;
    mpt_overview_begin(x, TABLE, COLUMNS, sink);
    for (mpt_connection_view v = {0}; mpt_report_next(x, &v);)
        (csv ? csv_rows : text_connection)(&v, x, sink);
}

static void needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->interfaces = true;
}

static const mpt_report_entry ENTRIES[] = {
    {3, "Sub&flows", "MPTCP Subflows", "A table of the subflows of all connections", MPT_WINDOW_TABLE,
     MPT_GUI_TABLE_SUBFLOWS},
    {7, "&Keys and Addresses", "MPTCP Keys and Addresses",
     "Keys, tokens, addresses and subflows of each connection, as text", MPT_WINDOW_TEXT, 0},
    {0},
};

const mpt_report mpt_list_report = {
    .name = "list",
    .help = "the connections with their subflows, keys and tokens",
    .takes = MPT_TAKES_FIGURES,
    .formats = MPT_FORMATS_LINES,
    .print = print,
    .needs = needs,
    .entries = ENTRIES,
};
