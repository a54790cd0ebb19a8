/* event_json.c - see event_json.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "event_json.h"

#include "event_pairs.h"
#include "figures.h"
#include "labels.h"

static void join(mpt_json *json, const mpt_connection_view *v, const mpt_event *e)
{
    mpt_json_member_string(json, "step", mpt_join_step_name(e->join.step));
    if (e->join.step == MPT_JOIN_SYN)
        mpt_json_member_hex32(json, "token", e->join.token);
    if (e->join.step != MPT_JOIN_ACK) {
        mpt_json_member_uint(json, "address_id", e->join.address_id);
        mpt_json_member_bool(json, "backup", e->join.backup);
    }
    if (e->join.step != MPT_JOIN_SYN) {
        const mpt_subflow *s = mpt_connection_subflow(v->connection, e->owner);
        mpt_verdict verdict = mpt_connection_verify_join(v->connection, s, e->join.step);
        mpt_json_member_string(json, "hmac", mpt_verdict_name(verdict));
    }
}

static void address(mpt_json *json, const mpt_connection_view *v, const mpt_event *e)
{
    const mpt_add_addr *a = &e->add_addr;
    char text[MPT_ADDRESS_TEXT];

    mpt_json_member_uint(json, "id", a->address_id);
    mpt_json_member_string(json, "address", mpt_endpoint_address_text(&a->address, text));
    mpt_figures_json_number(json, "port", (mpt_maybe_int){a->has_port, a->address.port});
    if (e->type == MPT_EVENT_ADD_ADDR)
        mpt_json_member_string(json, "hmac",
                               mpt_verdict_name(mpt_connection_verify_add_addr(v->connection, e->side, a)));
}

static void repeated_dsn(mpt_json *json, const mpt_connection_view *v, const mpt_event *e)
{
    mpt_json_member_uint(json, "count", e->count);
    mpt_figures_json_number(json, "dsn", mpt_metrics_relative(v->connection, e->side, e->data.dsn));
}

static void checksum(mpt_json *json, const mpt_connection_view *v, const mpt_event *e)
{
    mpt_figures_json_number(json, "dsn", mpt_metrics_relative(v->connection, e->side, e->data.dsn));
    mpt_json_member_uint(json, "ssn", e->data.ssn);
    mpt_json_member_uint(json, "length", e->data.length);
}

static void hmac_bad(mpt_json *json, const mpt_event *e)
{
    mpt_json_member_string(json, "of", e->reason == MPT_HMAC_ADD_ADDR ? "ADD_ADDR" : "MP_JOIN");
    if (e->reason != MPT_HMAC_ADD_ADDR)
        mpt_json_member_string(json, "step", mpt_join_step_name((mpt_join_step)e->reason));
}

/* A RST is one all the same. */
static void ignored(mpt_json *json, const mpt_event *e)
{
    const char *why = mpt_ignoring_name((mpt_ignoring)e->other.why);

    if (e->other.subtype == MPT_IGNORED_RST) {
        mpt_json_member_uint(json, "count", e->count);
        mpt_json_member_string(json, "ignored", why);
        return;
    }
    mpt_json_member_string(json, "what", mpt_ignored_name(e->other.subtype));
    mpt_json_member_string(json, "reason", why);
    mpt_json_member_uint(json, "count", e->count);
}

/* What follows the type. */
static void details(mpt_json *json, const mpt_connection_view *v, const mpt_event *e)
{
    const mpt_host *peer = &v->connection->host[mpt_conn_side_other(e->side)];
    char letters[MPT_FLAG_LETTERS];

    switch (e->type) {
    case MPT_EVENT_MP_CAPABLE:
        mpt_json_member_uint(json, "version", e->capable.version);
        mpt_json_member_bool(json, "checksum_required", e->capable.checksum_required);
        mpt_json_member_string(json, "flags", mpt_capable_flags_text(e->capable.flags, letters));
        break;
    case MPT_EVENT_MP_JOIN:
        join(json, v, e);
        break;
    case MPT_EVENT_ADD_ADDR:
    case MPT_EVENT_ADD_ADDR_ECHO:
        address(json, v, e);
        break;
    case MPT_EVENT_REMOVE_ADDR:
        mpt_json_member_array_inline(json, "ids");
        for (unsigned i = 0; i < e->remove_addr.count; i++)
            mpt_json_uint(json, e->remove_addr.ids[i]);
        mpt_json_end_array(json);
        break;
    case MPT_EVENT_MP_PRIO:
        mpt_json_member_bool(json, "backup", e->prio.backup);
        mpt_figures_json_number(json, "id", (mpt_maybe_int){e->prio.has_address_id, e->prio.address_id});
        break;
    case MPT_EVENT_MP_FAIL: /* the DSN is one of the other side's (RFC 8684 3.7), and as on the wire */
        mpt_figures_json_number(json, "dsn",
                                (mpt_maybe_int){peer->idsn_known, (int64_t)(e->fail.dsn - peer->idsn)});
        break;
    case MPT_EVENT_MP_FASTCLOSE:
        mpt_figures_json_bool(json, "key_ok",
                              (mpt_maybe_int){peer->key_known, peer->key == e->fastclose.receiver_key});
        break;
    case MPT_EVENT_MP_TCPRST:
        mpt_json_member_uint(json, "reason", e->tcprst.reason);
        mpt_json_member_bool(json, "transient", e->tcprst.transient);
        mpt_json_member_string(json, "flags", mpt_tcprst_flags_text(e->tcprst.flags, letters));
        break;
    case MPT_EVENT_MP_EXPERIMENTAL:
    case MPT_EVENT_UNKNOWN_OPTION:
        mpt_json_member_uint(json, "subtype", e->other.subtype);
        mpt_json_member_uint(json, "length", e->other.length);
        break;
    case MPT_EVENT_IGNORED:
        ignored(json, e);
        break;
    case MPT_EVENT_RST:
        mpt_json_member_uint(json, "count", e->count);
        mpt_json_member_string(json, "ignored", NULL);
        break;
    case MPT_EVENT_FIN:
        mpt_json_member_uint(json, "count", e->count);
        break;
    case MPT_EVENT_DATA_FIN:
    case MPT_EVENT_INFINITE_MAPPING:
        repeated_dsn(json, v, e);
        break;
    case MPT_EVENT_FALLBACK:
        mpt_json_member_string(json, "reason", mpt_fallback_name((mpt_fallback)e->reason));
        break;
    case MPT_EVENT_CHECKSUM_BAD:
        checksum(json, v, e);
        break;
    case MPT_EVENT_HMAC_BAD:
        hmac_bad(json, e);
        break;
    case MPT_EVENT_SUBFLOW_CLOSED:
        mpt_json_member_string(json, "state", mpt_subflow_state_name((mpt_subflow_state)e->reason));
        break;
    default:
        break;
    }
}

bool mpt_event_shown(const mpt_engine *engine, const mpt_connection_view *v, unsigned directions,
                     const mpt_event *e)
{
    const mpt_engine_config *config = mpt_engine_get_config(engine);
    mpt_direction direction = mpt_metrics_direction(v, e->side);
    int64_t time_ns = e->time_ns - v->epoch_ns;

    return directions >> direction & 1u && (!config->has_from || time_ns >= config->from_ns) &&
           (!config->has_to || time_ns < config->to_ns);
}

static void subflow_ids(mpt_json *json, const char *key, const mpt_event_pairs *pairs)
{
    mpt_json_member_array_inline(json, key);
    for (unsigned k = 0; k < pairs->count; k++)
        mpt_json_uint(json, pairs->subflows[k].subflow->id);
    mpt_json_end_array(json);
}

/* What belongs together; a null says that there is none in the capture. */
static void write_pairs(mpt_json *json, const mpt_connection_view *v, const GArray *events, guint i)
{
    mpt_event_pairs pairs;

    mpt_event_pair(v, events, i, &pairs);
    switch (g_array_index(events, mpt_event, i).type) {
    case MPT_EVENT_ADD_ADDR:
        mpt_figures_json_number(json, "echo_frame",
                                (mpt_maybe_int){pairs.echo, pairs.echo ? pairs.echo->frame : 0});
        mpt_figures_json_number(
            json, "used_by", (mpt_maybe_int){pairs.count, pairs.count ? pairs.subflows[0].subflow->id : 0});
        break;
    case MPT_EVENT_REMOVE_ADDR:
        subflow_ids(json, "closes", &pairs);
        break;
    case MPT_EVENT_MP_FASTCLOSE:
        subflow_ids(json, "resets", &pairs);
        break;
    default:
        break;
    }
}

void mpt_event_json(mpt_json *json, const mpt_connection_view *v, unsigned directions,
                    const mpt_engine *engine)
{
    GArray *events = mpt_metrics_events(v->connection);

    mpt_json_member_array(json, "events");
    for (guint i = 0; i < events->len; i++) {
        const mpt_event *e = &g_array_index(events, mpt_event, i);
        mpt_direction direction = mpt_metrics_direction(v, e->side);

        if (!mpt_event_shown(engine, v, directions, e))
            continue;
        mpt_json_begin_object_inline(json);
        mpt_json_member_seconds(json, "time", e->time_ns - v->epoch_ns);
        mpt_json_member_uint(json, "frame", e->frame);
        mpt_json_member_uint(json, "subflow", mpt_metrics_subflow_of(v, e->owner)->id);
        mpt_json_member_string(json, "direction", mpt_direction_name(direction));
        mpt_json_member_string(json, "type", mpt_event_name(e));
        details(json, v, e);
        write_pairs(json, v, events, i);
        mpt_json_end_object(json);
    }
    mpt_json_end_array(json);
    g_array_unref(events);
}
