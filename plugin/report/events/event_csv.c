/* event_csv.c - see event_csv.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "event_csv.h"

#include "event_text.h"
#include "plugin/report/common/event_json.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/format/csv.h"
#include "plugin/report/format/table.h"

#define COLUMN_LIST(X)                                                                                       \
    X(CONNECTION, MPT_ID, "connection")                                                                      \
    X(TIME, MPT_SECONDS_NS, "time")                                                                          \
    X(FRAME, MPT_ID, "frame")                                                                                \
    X(SUBFLOW, MPT_ID, "subflow")                                                                            \
    X(DIRECTION, MPT_TEXT, "direction")                                                                      \
    X(TYPE, MPT_TEXT, "type")                                                                                \
    X(COUNT, MPT_UINT, "count")                                                                              \
    X(LAST_TIME, MPT_SECONDS_NS, "last_time")                                                                \
    X(VERSION, MPT_ID, "version")                                                                            \
    X(FLAGS, MPT_TEXT, "flags")                                                                              \
    X(STEP, MPT_TEXT, "step")                                                                                \
    X(TOKEN, MPT_HEX32, "token")                                                                             \
    X(ADDRESS_IDS, MPT_TEXT, "address_ids")                                                                  \
    X(ADDRESS, MPT_TEXT, "address")                                                                          \
    X(PORT, MPT_ID, "port")                                                                                  \
    X(HMAC, MPT_TEXT, "hmac")                                                                                \
    X(KEY, MPT_TEXT, "key")                                                                                  \
    X(BACKUP, MPT_ID, "backup")                                                                              \
    X(DSN, MPT_INT, "dsn")                                                                                   \
    X(REASON, MPT_TEXT, "reason")                                                                            \
    X(EARLIER_FRAME, MPT_ID, "earlier_frame")                                                                \
    X(ECHO_FRAME, MPT_ID, "echo_frame")                                                                      \
    X(SUBFLOWS, MPT_TEXT, "affected_subflows")                                                               \
    X(EXPLANATION, MPT_TEXT, "explanation")
MPT_COLUMNS(TABLE, COLUMNS, COLUMN_LIST);

static void set_dsn(mpt_table *t, mpt_maybe_int dsn)
{
    if (dsn.known)
        mpt_table_set_int(t, DSN, dsn.value);
}

static void join_cells(mpt_table *t, const mpt_connection_view *v, const mpt_event *e)
{
    const mpt_subflow_view *s = mpt_metrics_subflow_of(v, e->owner);

    mpt_table_set_text(t, STEP, mpt_join_step_name(e->join.step));
    if (e->join.step == MPT_JOIN_SYN)
        mpt_table_set_uint(t, TOKEN, e->join.token);
    if (e->join.step != MPT_JOIN_ACK) {
        mpt_table_set_textf(t, ADDRESS_IDS, "%u", e->join.address_id);
        mpt_table_set_uint(t, BACKUP, e->join.backup);
    }
    if (e->join.step != MPT_JOIN_SYN && s)
        mpt_table_set_text(t, HMAC, mpt_verdict_name(mpt_metrics_join_verdict(s, e->join.step)));
}

static void address_cells(mpt_table *t, const mpt_connection_view *v, const mpt_event *e)
{
    char text[MPT_ADDRESS_TEXT];

    mpt_table_set_textf(t, ADDRESS_IDS, "%u", e->add_addr.address_id);
    mpt_table_set_text(t, ADDRESS, mpt_endpoint_address_text(&e->add_addr.address, text));
    if (e->add_addr.has_port)
        mpt_table_set_uint(t, PORT, e->add_addr.address.port);
    if (e->type == MPT_EVENT_ADD_ADDR)
        mpt_table_set_text(
            t, HMAC, mpt_verdict_name(mpt_connection_verify_add_addr(v->connection, e->side, &e->add_addr)));
}

static void removal_cells(mpt_table *t, const mpt_event *e)
{
    GString *ids = g_string_new(NULL);

    for (unsigned i = 0; i < e->remove_addr.count; i++)
        g_string_append_printf(ids, "%s%u", i ? " " : "", e->remove_addr.ids[i]);
    mpt_table_set_text(t, ADDRESS_IDS, ids->str);
    g_string_free(ids, TRUE);
}

static void fastclose_cells(mpt_table *t, const mpt_connection_view *v, const mpt_event *e)
{
    const mpt_host *receiver = &v->connection->host[mpt_conn_side_other(e->side)];

    if (receiver->key_known)
        mpt_table_set_text(t, KEY, receiver->key == e->fastclose.receiver_key ? "ok" : "bad");
}

static void type_cells(mpt_table *t, const mpt_connection_view *v, const mpt_event *e)
{
    const mpt_host *peer = &v->connection->host[mpt_conn_side_other(e->side)];

    switch (e->type) {
    case MPT_EVENT_MP_CAPABLE:
        mpt_table_set_uint(t, VERSION, e->capable.version);
        mpt_table_set_text(t, FLAGS, mpt_capable_flags_text(e->capable.flags, (char[MPT_FLAG_LETTERS]){0}));
        break;
    case MPT_EVENT_MP_JOIN:
        join_cells(t, v, e);
        break;
    case MPT_EVENT_ADD_ADDR:
    case MPT_EVENT_ADD_ADDR_ECHO:
        address_cells(t, v, e);
        break;
    case MPT_EVENT_REMOVE_ADDR:
        removal_cells(t, e);
        break;
    case MPT_EVENT_MP_PRIO:
        mpt_table_set_uint(t, BACKUP, e->prio.backup);
        if (e->prio.has_address_id)
            mpt_table_set_textf(t, ADDRESS_IDS, "%u", e->prio.address_id);
        break;
    case MPT_EVENT_MP_FAIL:
        set_dsn(t, (mpt_maybe_int){peer->idsn_known, (int64_t)(e->fail.dsn - peer->idsn)});
        break;
    case MPT_EVENT_MP_FASTCLOSE:
        fastclose_cells(t, v, e);
        break;
    case MPT_EVENT_MP_TCPRST:
        mpt_table_set_textf(t, REASON, "%u", e->tcprst.reason);
        mpt_table_set_text(t, FLAGS, mpt_tcprst_flags_text(e->tcprst.flags, (char[MPT_FLAG_LETTERS]){0}));
        break;
    case MPT_EVENT_IGNORED:
        if (e->other.subtype == MPT_IGNORED_RST)
            mpt_table_set_text(t, REASON, mpt_ignoring_name((mpt_ignoring)e->other.why));
        else
            mpt_table_set_textf(t, REASON, "%s %s", mpt_ignored_name(e->other.subtype),
                                mpt_ignoring_name((mpt_ignoring)e->other.why));
        break;
    case MPT_EVENT_DATA_FIN:
    case MPT_EVENT_INFINITE_MAPPING:
        set_dsn(t, mpt_metrics_relative(v->connection, e->side, e->data.dsn));
        break;
    case MPT_EVENT_FALLBACK:
        mpt_table_set_text(t, REASON, mpt_fallback_name((mpt_fallback)e->reason));
        break;
    case MPT_EVENT_SUBFLOW_CLOSED:
        mpt_table_set_text(t, REASON, mpt_subflow_state_name((mpt_subflow_state)e->reason));
        break;
    default:
        break;
    }
}

static void pair_cells(mpt_table *t, const mpt_event_pairs *pairs)
{
    GString *ids;

    if (pairs->cause)
        mpt_table_set_uint(t, EARLIER_FRAME, pairs->cause->frame);
    if (pairs->echo)
        mpt_table_set_uint(t, ECHO_FRAME, pairs->echo->frame);
    if (!pairs->count)
        return;
    ids = g_string_new(NULL);
    for (unsigned i = 0; i < pairs->count; i++)
        g_string_append_printf(ids, "%s%u", i ? " " : "", pairs->subflows[i].subflow->id);
    mpt_table_set_text(t, SUBFLOWS, ids->str);
    g_string_free(ids, TRUE);
}

void mpt_event_csv_header(mpt_sink *sink)
{
    mpt_table *t = mpt_table_new(TABLE, COLUMNS);

    mpt_csv_header(sink, t);
    mpt_table_free(t);
}

void mpt_event_csv_row(mpt_sink *sink, const mpt_connection_view *v, const GArray *events, guint index)
{
    const mpt_event *e = &g_array_index(events, mpt_event, index);
    mpt_table *t = mpt_table_new(TABLE, COLUMNS);
    GString *explanation = g_string_new(NULL);
    mpt_event_pairs pairs;

    mpt_event_pair(v, events, index, &pairs);
    mpt_table_begin_row(t);
    mpt_table_set_uint(t, CONNECTION, v->id);
    mpt_table_set_ns(t, TIME, e->time_ns - v->epoch_ns);
    mpt_table_set_uint(t, FRAME, e->frame);
    mpt_table_set_uint(t, SUBFLOW, mpt_metrics_subflow_of(v, e->owner)->id);
    mpt_table_set_text(t, DIRECTION, mpt_direction_name(mpt_metrics_direction(v, e->side)));
    mpt_table_set_text(t, TYPE, mpt_event_name(e));
    mpt_table_set_uint(t, COUNT, e->count);
    mpt_table_set_ns(t, LAST_TIME, e->last_ns - v->epoch_ns);
    type_cells(t, v, e);
    pair_cells(t, &pairs);
    mpt_event_text(v, e, &pairs, explanation);
    mpt_table_set_text(t, EXPLANATION, explanation->str);
    mpt_csv_rows(sink, t);
    g_string_free(explanation, TRUE);
    mpt_table_free(t);
}
