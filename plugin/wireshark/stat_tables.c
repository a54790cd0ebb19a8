/* stat_tables.c - see stat_tables.h. A row appears with the first packet of it that passes the dialog's display
 * filter; its figures are those of the whole capture, from the reading that the fields are made of.
 *
 * A column sorts as a number only where it is FLOAT (UINT has 32 bits), so what is shown with units has the
 * exact number in a column beside it.
 *
 * Invariant: the first column holds the row's key; strings in rows are owned by them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "stat_tables.h"

#include "plugin/compat.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include <math.h>
#include <string.h>

#include "fields.h"
#include "plugin/host.h"
#include "plugin/report/registry.h"
#include "tap/engine/base/units.h"
#include "tap/engine/figures/metrics.h"
#include "tap/engine/frames/frames.h"

/* --- cells --- */

struct row {
    stat_tap_table_item_type *cells;
    unsigned n;
};

static void put_uint(struct row *r, uint32_t value)
{
    r->cells[r->n].type = TABLE_ITEM_UINT;
    r->cells[r->n++].value.uint_value = value;
}

static void put_number(struct row *r, double value)
{
    r->cells[r->n].type = TABLE_ITEM_FLOAT;
    r->cells[r->n++].value.float_value = isfinite(value) ? value : 0;
}

static void put_text(struct row *r, const char *text)
{
    r->cells[r->n].type = TABLE_ITEM_STRING;
    r->cells[r->n++].value.string_value = g_strdup(text ? text : "");
}

static void put_string(struct row *r, GString *text)
{
    put_text(r, text->str);
    g_string_free(text, TRUE);
}

static void put_endpoint(struct row *r, const mpt_endpoint *e)
{
    char text[MPT_ADDRESS_TEXT];
    GString *s = g_string_new(NULL);
    const char *host = mpt_endpoint_address_text(e, text);

    g_string_printf(s, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, e->port);
    put_string(r, s);
}

static void put_bytes(struct row *r, uint64_t bytes)
{
    GString *s = g_string_new(NULL);

    mpt_units_bytes(s, bytes);
    put_string(r, s);
    put_number(r, (double)bytes);
}

static void put_rate(struct row *r, double bps)
{
    GString *s = g_string_new(NULL);

    mpt_units_rate(s, bps);
    put_string(r, s);
}

static void put_percent(struct row *r, double share)
{
    GString *s = g_string_new(NULL);

    mpt_units_percent(s, 100 * share);
    put_string(r, s);
}

/* --- the tables --- */

/* Room for the arrow that marks the column a dialog is sorted by: the header has none to spare. */
#define SORTED "    "

static stat_tap_table_item connection_columns[] = {
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, SORTED "Conn", "%u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%-30s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server", "%-30s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Kind", "%-14s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Subflows", "%u"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Start (s)", "%.6f"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Duration (s)", "%.6f"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Client data", "%10s"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Client data (bytes)", "%.0f"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Client goodput", "%14s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Server data", "%10s"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Server data (bytes)", "%.0f"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Server goodput", "%14s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Reinjected", "%10s"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Reinjected (bytes)", "%.0f"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Fallback", "%-16s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Close", "%-10s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "First frame", "%u"},
};

static stat_tap_table_item subflow_columns[] = {
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, SORTED "Conn", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Sub", "%u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%-30s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server", "%-30s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Kind", "%-8s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "State", "%-12s"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Start (s)", "%.6f"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Duration (s)", "%.6f"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Client payload", "%10s"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Client payload (bytes)", "%.0f"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Client share", "%8s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Server payload", "%10s"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Server payload (bytes)", "%.0f"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Server share", "%8s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Reinjected", "%10s"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Reinjected (bytes)", "%.0f"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "tcp.stream", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "First frame", "%u"},
};

static void fill_connection(struct row *r, const mpt_connection_view *v)
{
    const mpt_connection_direction *d = v->direction;

    put_uint(r, v->id);
    put_endpoint(r, &v->end[0]);
    put_endpoint(r, &v->end[1]);
    put_text(r, mpt_connection_kind_name(v->kind));
    put_uint(r, v->subflow_count);
    put_number(r, (double)v->start_ns / 1e9);
    put_number(r, (double)(v->end_ns - v->start_ns) / 1e9);
    for (unsigned dir = 0; dir < MPT_DIRECTIONS; dir++) {
        put_bytes(r, d[dir].data.dsn_unique_bytes);
        put_rate(r, d[dir].data.goodput);
    }
    put_bytes(r, d[0].bytes.reinjected_bytes + d[1].bytes.reinjected_bytes +
                     d[0].bytes.reinjected_same_bytes + d[1].bytes.reinjected_same_bytes);
    put_text(r, mpt_fallback_name(v->fallback));
    put_text(r, mpt_close_name(v->close));
    put_uint(r, v->connection->first_frame);
}

static void fill_subflow(struct row *r, const mpt_connection_view *v, const mpt_subflow_view *s)
{
    const mpt_subflow *subflow = s->subflow;
    uint64_t again = 0;

    put_uint(r, v->id);
    put_uint(r, s->id);
    put_endpoint(r, &subflow->ends[s->side[0]]);
    put_endpoint(r, &subflow->ends[s->side[1]]);
    put_text(r, mpt_subflow_kind_name((mpt_subflow_kind)subflow->kind));
    put_text(r, mpt_subflow_state_name((mpt_subflow_state)subflow->state));
    put_number(r, (double)s->start_ns / 1e9);
    put_number(r, (double)(s->end_ns - s->start_ns) / 1e9);
    for (unsigned dir = 0; dir < MPT_DIRECTIONS; dir++) {
        put_bytes(r, s->direction[dir].bytes.payload_bytes);
        put_percent(r, s->direction[dir].share);
        again += s->direction[dir].bytes.reinjected_bytes + s->direction[dir].bytes.reinjected_same_bytes;
    }
    put_bytes(r, again);
    put_uint(r, subflow->tcp_stream);
    put_uint(r, subflow->first_frame);
}

/* --- filling while Wireshark reads the capture again --- */

static void free_cell(stat_tap_table *table _U_, unsigned row _U_, unsigned column _U_,
                      stat_tap_table_item_type *cell)
{
    if (cell->type == TABLE_ITEM_STRING)
        g_free((char *)cell->value.string_value);
    cell->type = TABLE_ITEM_NONE;
}

static void clear_rows(stat_tap_table *table)
{
    for (unsigned i = 0; i < table->num_elements; i++) {
        for (unsigned k = 0; k < table->num_fields; k++)
            free_cell(table, i, k, &table->elements[i][k]);
        g_free(table->elements[i]);
    }
    table->num_elements = 0;
}

static void init_table(stat_tap_table_ui *ui)
{
    stat_tap_table *table = stat_tap_find_table(ui, ui->title);

    if (table)
        clear_rows(table);
    else
        stat_tap_add_table(ui, stat_tap_init_table(ui->title, (int)ui->nfields, 0, NULL));
}

static bool has_row(const stat_tap_table *table, uint32_t connection)
{
    for (unsigned i = table->num_elements; i > 0; i--)
        if (table->elements[i - 1][0].value.uint_value == connection)
            return true;
    return false;
}

static bool has_subflow(const stat_tap_table *table, uint32_t connection, uint32_t subflow)
{
    for (unsigned i = table->num_elements; i > 0; i--)
        if (table->elements[i - 1][0].value.uint_value == connection &&
            table->elements[i - 1][1].value.uint_value == subflow)
            return true;
    return false;
}

static void add_row(stat_tap_table *table, mpt_frames *frames, const mpt_frame_ids *ids, bool subflows)
{
    stat_tap_table_item_type *cells = g_new0(stat_tap_table_item_type, table->num_fields);
    struct row r = {.cells = cells};
    mpt_connection_view view;

    mpt_metrics_connection(mpt_frames_engine(frames), ids->connection, ids->connection_id, &view);
    if (subflows)
        fill_subflow(&r, &view, &view.subflows[ids->subflow_id]);
    else
        fill_connection(&r, &view);
    mpt_metrics_clear(&view);
    g_assert(r.n == table->num_fields);
    stat_tap_init_table_row(table, table->num_elements, table->num_fields, cells);
    g_free(cells);
}

static tap_packet_status take(void *tapdata, packet_info *pinfo, bool subflows)
{
    stat_data_t *stat = tapdata;
    stat_tap_table *table = g_array_index(stat->stat_tap_data->tables, stat_tap_table *, 0);
    mpt_frames *frames = mpt_fields_frames();
    mpt_frame_ids ids;
    bool added = false;

    for (unsigned i = 0; frames && mpt_frames_ids(frames, pinfo->num, i, &ids); i++) {
        if (!ids.connection || (subflows ? has_subflow(table, ids.connection_id, ids.subflow_id)
                                         : has_row(table, ids.connection_id)))
            continue;
        add_row(table, frames, &ids, subflows);
        added = true;
    }
    return added ? TAP_PACKET_REDRAW : TAP_PACKET_DONT_REDRAW;
}

static tap_packet_status take_connections(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                          const void *data _U_, tap_flags_t flags _U_)
{
    return take(tapdata, pinfo, false);
}

static tap_packet_status take_subflows(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                       const void *data _U_, tap_flags_t flags _U_)
{
    return take(tapdata, pinfo, true);
}

/* The rows are of a capture that was read to its end: one pass of tshark is not. */
static void check_host(const char *text, const char **filter _U_, char **error)
{
    (void)text;
    if (!mpt_host_is_gui())
        *error = g_strdup("this table is for Wireshark's windows and sharkd; use -z " MPT_ASK_OVERVIEW);
}

static stat_tap_table_ui connections = {
    .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
    .title = "MPTCP Connections",
    .tap_name = "tcp",
    .cli_string = "mptcp_connections",
    .stat_tap_init_cb = init_table,
    .packet_func = take_connections,
    .stat_tap_reset_table_cb = clear_rows,
    .stat_tap_free_table_item_cb = free_cell,
    .stat_filter_check_cb = check_host,
    .nfields = G_N_ELEMENTS(connection_columns),
    .fields = connection_columns,
};

static stat_tap_table_ui subflows = {
    .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
    .title = "MPTCP Subflows",
    .tap_name = "tcp",
    .cli_string = "mptcp_subflows",
    .stat_tap_init_cb = init_table,
    .packet_func = take_subflows,
    .stat_tap_reset_table_cb = clear_rows,
    .stat_tap_free_table_item_cb = free_cell,
    .stat_filter_check_cb = check_host,
    .nfields = G_N_ELEMENTS(subflow_columns),
    .fields = subflow_columns,
};

void mpt_stat_tables_register(void)
{
    register_stat_tap_table_ui(&connections);
    register_stat_tap_table_ui(&subflows);
}
