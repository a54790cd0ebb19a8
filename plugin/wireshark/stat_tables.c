/* stat_tables.c - see stat_tables.h. A row appears with the first of its packets that passes the dialog's
 * display filter. Its figures are those of the whole capture, from the reading behind the fields.
 *
 * Only FLOAT columns sort as numbers of more than 32 bits, so a value with a unit has its exact number in a
 * column beside it.
 *
 * Invariant: the first column holds the row's key; rows own their strings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "stat_tables.h"

#include "plugin/compat.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "gui_module.h"
#include "plugin/host.h"
#include "plugin/report/gui/gui_rows.h"
#include "plugin/report/gui/gui_table.h"
#include "plugin/report/registry.h"
#include "reading.h"
#include "tap/engine/figures/metrics.h"

/* Room for the arrow that marks the column a dialog is sorted by: the header has none to spare. */
#define SORTED_BY    "    Conn"
#define MOST_COLUMNS 24

/* --- columns and cells --- */

static stat_tap_table_item_enum type_of(const mpt_column *c)
{
    if (c->flags & MPT_COLUMN_SCALED)
        return TABLE_ITEM_STRING;
    switch (c->type) {
    case MPT_UINT:
    case MPT_ID:
        return TABLE_ITEM_UINT;
    case MPT_BYTES:
    case MPT_SECONDS_NS:
        return TABLE_ITEM_FLOAT;
    default:
        return TABLE_ITEM_STRING;
    }
}

static void register_table(stat_tap_table_ui *ui, stat_tap_table_item *fields, mpt_gui_kind kind)
{
    const mpt_gui_layout *layout = mpt_gui_layout_of(kind);

    g_assert(layout->count <= MOST_COLUMNS);
    for (size_t i = 0; i < layout->count; i++) {
        const mpt_column *c = &layout->columns[i];
        stat_tap_table_item_enum type = type_of(c);

        fields[i] = (stat_tap_table_item){
            .type = type,
            .align = mpt_column_is_number(c) ? TAP_ALIGN_RIGHT : TAP_ALIGN_LEFT,
            .column_name = i == 0 ? SORTED_BY : c->title,
            .field_format = type == TABLE_ITEM_STRING ? "%s"
                            : type == TABLE_ITEM_UINT ? "%u"
                            : c->type == MPT_BYTES    ? "%.0f"
                                                      : "%.6f",
        };
    }
    ui->nfields = layout->count;
    ui->fields = fields;
    register_stat_tap_table_ui(ui);
}

static void set_cell(stat_tap_table_item_type *to, const mpt_table *table, size_t column)
{
    const mpt_column *c = mpt_table_column(table, column);
    const mpt_cell *cell = mpt_table_cell(table, 0, column);

    to->type = type_of(c);
    if (to->type == TABLE_ITEM_UINT)
        to->value.uint_value = cell->set ? (unsigned)cell->value.u : 0;
    else if (to->type == TABLE_ITEM_STRING)
        to->value.string_value =
            cell->set ? mpt_gui_table_cell(&(mpt_gui_table){.cells = (mpt_table *)table}, 0, column, false)
                      : g_strdup("");
    else if (cell->set)
        to->value.float_value = c->type == MPT_BYTES ? (double)cell->value.u : (double)cell->value.i / 1e9;
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

static bool has_row(const stat_tap_table *table, const mpt_frame_ids *ids, bool subflows)
{
    for (unsigned i = table->num_elements; i > 0; i--)
        if (table->elements[i - 1][0].value.uint_value == ids->connection_id &&
            (!subflows || table->elements[i - 1][1].value.uint_value == ids->subflow_id))
            return true;
    return false;
}

static void add_row(stat_tap_table *table, mpt_frames *frames, const mpt_frame_ids *ids, bool subflows)
{
    stat_tap_table_item_type *cells = g_new0(stat_tap_table_item_type, table->num_fields);
    const mpt_gui_layout *layout =
        mpt_gui_layout_of(subflows ? MPT_GUI_TABLE_SUBFLOWS : MPT_GUI_TABLE_CONNECTIONS);
    mpt_gui_rows rows = {.table = mpt_table_new(layout->columns, layout->count),
                         .rows = g_array_new(FALSE, FALSE, sizeof(mpt_gui_row))};
    mpt_connection_view view;

    mpt_metrics_connection(mpt_frames_engine(frames), ids->connection, ids->connection_id, &view);
    if (subflows)
        mpt_gui_rows_subflow(&rows, &view, &view.subflows[ids->subflow_id]);
    else
        mpt_gui_rows_connection(&rows, &view);
    mpt_metrics_clear(&view);
    for (unsigned i = 0; i < table->num_fields; i++)
        set_cell(&cells[i], rows.table, i);
    stat_tap_init_table_row(table, table->num_elements, table->num_fields, cells);
    g_free(cells);
    mpt_table_free(rows.table);
    g_array_free(rows.rows, TRUE);
}

static tap_packet_status take(void *tapdata, packet_info *pinfo, bool subflows)
{
    stat_data_t *stat = tapdata;
    stat_tap_table *table = g_array_index(stat->stat_tap_data->tables, stat_tap_table *, 0);
    mpt_frames *frames = mpt_reading_frames();
    mpt_frame_ids ids;
    bool added = false;

    for (unsigned i = 0; frames && mpt_frames_ids(frames, pinfo->num, i, &ids); i++) {
        if (!ids.connection || (subflows && !ids.subflow) || has_row(table, &ids, subflows))
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

/* Rows need a capture that was read to its end, which one pass of tshark is not. */
static void check_host(const char *text, const char **filter _U_, char **error)
{
    (void)text;
    if (!mpt_host_is_gui())
        *error = g_strdup("this table is only for Wireshark's windows and sharkd; use -z " MPT_ASK_OVERVIEW);
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
};

void mpt_stat_tables_register(void)
{
    static stat_tap_table_item fields[2][MOST_COLUMNS];

    /* The module's tables can do more, and are in the menu under the same names. */
    if (mpt_host_has_windows() && mpt_gui_module_is_there())
        return;
    register_table(&connections, fields[0], MPT_GUI_TABLE_CONNECTIONS);
    register_table(&subflows, fields[1], MPT_GUI_TABLE_SUBFLOWS);
}
