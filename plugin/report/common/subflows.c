/* subflows.c - see subflows.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "subflows.h"

#include "labels.h"
#include "plugin/report/format/table.h"
#include "plugin/report/format/text.h"
#include "tap/engine/base/units.h"

#define COLUMN_LIST(X)                                                                                       \
    X(ID, MPT_ID, "subflow")                                                                                 \
    X(STREAM, MPT_ID, "tcp_stream", .title = "tcp.\nstream")                                                 \
    X(CLIENT, MPT_TEXT, "client")                                                                            \
    X(SERVER, MPT_TEXT, "server")                                                                            \
    X(OPENED_BY, MPT_TEXT, "opened_by", .title = "opened\nby")                                               \
    X(ADDRESS_IDS, MPT_TEXT, "address_ids", .title = "address\nids")                                         \
    X(BACKUP, MPT_TEXT, "backup")                                                                            \
    X(STATE, MPT_TEXT, "state")                                                                              \
    X(INTERFACE, MPT_TEXT, "interface", .flags = MPT_COLUMN_OPTIONAL)
MPT_COLUMNS(TABLE, COLUMNS, COLUMN_LIST);

const char *mpt_subflows_backup(const mpt_subflow_view *s, const char *both)
{
    bool client = s->backup[MPT_CLIENT].known && s->backup[MPT_CLIENT].value,
         server = s->backup[MPT_SERVER].known && s->backup[MPT_SERVER].value;

    if (!s->backup[MPT_CLIENT].known && !s->backup[MPT_SERVER].known)
        return NULL;
    if (client && server)
        return both;
    return client ? "client" : server ? "server" : "no";
}

static void set_address_ids(mpt_table *table, const mpt_subflow_view *s)
{
    GString *text;

    if (!s->address_id[MPT_CLIENT].known && !s->address_id[MPT_SERVER].known)
        return;
    text = g_string_new(NULL);
    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        if (role == MPT_SERVER)
            g_string_append(text, ", ");
        if (s->address_id[role].known)
            mpt_units_plain(text, (uint64_t)s->address_id[role].value);
        else
            g_string_append_c(text, '?');
    }
    mpt_table_set_text(table, ADDRESS_IDS, text->str);
    g_string_free(text, TRUE);
}

static void add_row(mpt_table *table, const mpt_subflow_view *s)
{
    char text[MPT_ENDPOINT_TEXT];

    mpt_table_begin_row(table);
    mpt_table_set_uint(table, ID, s->id);
    if (s->subflow->has_stream)
        mpt_table_set_uint(table, STREAM, s->subflow->tcp_stream);
    mpt_table_set_text(table, CLIENT, mpt_endpoint_text(mpt_metrics_endpoint(s, MPT_CLIENT), text));
    mpt_table_set_text(table, SERVER, mpt_endpoint_text(mpt_metrics_endpoint(s, MPT_SERVER), text));
    if (s->initiator.known)
        mpt_table_set_text(table, OPENED_BY, mpt_role_name((mpt_role)s->initiator.value));
    set_address_ids(table, s);
    mpt_table_set_text(table, BACKUP, mpt_subflows_backup(s, "yes"));
    mpt_table_set_text(table, STATE, mpt_subflow_state_phrase(s->subflow));
}

static void set_interface(mpt_table *table, const mpt_subflow_view *s, mpt_interface_namer name)
{
    char *text = mpt_interfaces_of_both(s, name);

    mpt_table_set_text(table, INTERFACE, text);
    g_free(text);
}

void mpt_subflows_text(const mpt_connection_view *v, bool interfaces, mpt_interface_namer name,
                       mpt_sink *sink)
{
    mpt_table *table = mpt_table_new(TABLE, COLUMNS);

    for (uint32_t i = 0; i < v->subflow_count; i++) {
        add_row(table, &v->subflows[i]);
        if (interfaces)
            set_interface(table, &v->subflows[i], name);
    }
    mpt_text_table(sink, table, 2);
    mpt_table_free(table);
}
