/* connection_json.c - see connection_json.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "connection_json.h"

#include "event_json.h"
#include "figures.h"
#include "interfaces.h"
#include "labels.h"

static void endpoint_members(mpt_json *json, const mpt_endpoint *e)
{
    char text[MPT_ADDRESS_TEXT];

    mpt_json_member_string(json, "address", mpt_endpoint_address_text(e, text));
    mpt_json_member_uint(json, "port", e->port);
}

static void host(mpt_json *json, const mpt_connection_view *v, mpt_role role)
{
    const mpt_host *h = &v->host[role];

    mpt_json_member_object_inline(json, mpt_role_name(role));
    endpoint_members(json, &v->end[role]);
    mpt_json_key(json, "key");
    h->key_known ? mpt_json_hex64(json, h->key) : mpt_json_null(json);
    mpt_json_key(json, "token");
    h->token_known ? mpt_json_hex32(json, h->token) : mpt_json_null(json);
    mpt_json_key(json, "idsn");
    h->idsn_known ? mpt_json_uint_string(json, h->idsn) : mpt_json_null(json);
    mpt_json_end_object(json);
}

static void maybe_role(mpt_json *json, const char *key, mpt_maybe_int role)
{
    mpt_json_member_string(json, key, role.known ? mpt_role_name((mpt_role)role.value) : NULL);
}

static void rtt(mpt_json *json, const char *level, const mpt_rtt_figures *figures)
{
    mpt_distribution row = mpt_figures_rtt(figures);

    mpt_json_member_object_inline(json, "rtt");
    mpt_json_member_object_inline(json, level);
    mpt_figures_json(json, &MPT_RTT_FIGURES, &row);
    mpt_json_end_object(json);
    mpt_json_end_object(json);
}

static void checksums(mpt_json *json, const mpt_checksum_figures *f)
{
    if (!f->known)
        return;
    mpt_json_member_object_inline(json, "checksums");
    mpt_figures_json(json, &MPT_CHECKSUM_FIGURES, f);
    mpt_json_end_object(json);
}

static void connection_direction(mpt_json *json, const mpt_connection_direction *d, unsigned detail)
{
    mpt_figures_json(json, &MPT_BYTE_FIGURES, &d->bytes);
    mpt_figures_json(json, &MPT_DATA_FIGURES, &d->data);
    if (!(detail & MPT_DETAIL_FULL))
        return;
    rtt(json, "data", &d->data.rtt);
    checksums(json, &d->checksums);
}

static void loss(mpt_json *json, const mpt_loss_figures *f)
{
    mpt_json_member_object_inline(json, "loss");
    mpt_figures_json_number(json, "spurious_bytes", f->spurious_bytes);
    mpt_figures_json_number(json, "lost_bytes", f->lost_bytes);
    mpt_json_member_string(json, "unknown", mpt_loss_unknown_name(f->unknown));
    mpt_json_end_object(json);
}

static void subflow_direction(mpt_json *json, const mpt_subflow_direction *d, unsigned detail)
{
    mpt_figures_json(json, &MPT_BYTE_FIGURES, &d->bytes);
    mpt_json_member_double(json, "share", d->share, 12);
    loss(json, &d->loss);
    if (!(detail & MPT_DETAIL_FULL))
        return;
    rtt(json, "tcp", &d->rtt);
    checksums(json, &d->checksums);
}

/* The token is in the SYN alone: the first event of the subflow with it is what the subflow
 * was opened with. */
static void join(mpt_json *json, const mpt_subflow_view *s)
{
    mpt_json_member_object_inline(json, "join");
    mpt_json_member_hex32(json, "token", s->subflow->join->token);
    mpt_json_member_string(json, "synack_hmac",
                           mpt_verdict_name(mpt_metrics_join_verdict(s, MPT_JOIN_SYNACK)));
    mpt_json_member_string(json, "ack_hmac", mpt_verdict_name(mpt_metrics_join_verdict(s, MPT_JOIN_ACK)));
    mpt_figures_json_seconds(json, "latency", s->join_latency);
    mpt_json_member_bool(json, "established", s->join_established);
    mpt_json_end_object(json);
}

static void handshake(mpt_json *json, const mpt_subflow_view *s)
{
    mpt_json_member_object_inline(json, "rtt");
    mpt_json_member_object_inline(json, "handshake");
    mpt_figures_json_seconds(json, "syn_to_synack", s->syn_to_synack);
    mpt_figures_json_seconds(json, "synack_to_ack", s->synack_to_ack);
    mpt_json_end_object(json);
    mpt_json_end_object(json);
}

static void subflow_identity(mpt_json *json, const mpt_subflow_view *s)
{
    const mpt_subflow *subflow = s->subflow;

    mpt_json_member_uint(json, "id", s->id);
    mpt_figures_json_number(json, "tcp_stream", (mpt_maybe_int){subflow->has_stream, subflow->tcp_stream});
    mpt_json_member_string(json, "kind", mpt_subflow_kind_name((mpt_subflow_kind)subflow->kind));
    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        mpt_json_member_object_inline(json, mpt_role_name(role));
        endpoint_members(json, mpt_metrics_endpoint(s, role));
        mpt_json_end_object(json);
    }
    maybe_role(json, "initiator", s->initiator);
    mpt_json_member_object_inline(json, "address_ids");
    for (mpt_role role = 0; role < MPT_ROLES; role++)
        mpt_figures_json_number(json, mpt_role_name(role), s->address_id[role]);
    mpt_json_end_object(json);
    mpt_json_member_uint(json, "packets", s->packets);
    mpt_json_member_object_inline(json, "backup");
    for (mpt_role role = 0; role < MPT_ROLES; role++)
        mpt_figures_json_bool(json, mpt_role_name(role), s->backup[role]);
    mpt_json_end_object(json);
    mpt_json_member_string(json, "state", mpt_subflow_state_name((mpt_subflow_state)subflow->state));
    mpt_json_member_seconds(json, "start", s->start_ns);
    mpt_json_member_seconds(json, "end", s->end_ns);
}

static void interface_member(mpt_json *json, const mpt_half *sender, mpt_interface_namer name)
{
    char *text = mpt_interfaces_of(sender, name);

    mpt_json_member_string(json, "interface", text);
    g_free(text);
}

static void subflow(mpt_json *json, const mpt_subflow_view *s, unsigned detail, unsigned directions,
                    mpt_interface_namer name)
{
    mpt_json_begin_object(json);
    subflow_identity(json, s);
    if (detail & MPT_DETAIL_FULL) {
        if (s->subflow->kind == MPT_SUBFLOW_JOIN)
            join(json, s);
        handshake(json, s);
    }
    MPT_EACH_DIRECTION (d, directions) {
        mpt_json_member_object(json, mpt_direction_name(d));
        subflow_direction(json, &s->direction[d], detail);
        interface_member(json, mpt_metrics_half(s, d), name);
        mpt_json_end_object(json);
    }
    mpt_json_end_object(json);
}

static void identity(mpt_json *json, const mpt_connection_view *v)
{
    const mpt_connection *c = v->connection;

    mpt_json_member_uint(json, "id", v->id);
    mpt_figures_json_number(json, "mptcp_stream", (mpt_maybe_int){c->has_stream, c->mptcp_stream});
    mpt_json_member_string(json, "kind", mpt_connection_kind_name(v->kind));
    mpt_figures_json_number(json, "version", v->version);
    mpt_json_member_string(json, "fallback", mpt_fallback_name(v->fallback));
    mpt_figures_json_bool(json, "checksum_required", v->checksum_required);
    mpt_json_member_seconds(json, "start", v->start_ns);
    mpt_json_member_seconds(json, "end", v->end_ns);
    mpt_json_member_object_inline(json, "close");
    mpt_json_member_string(json, "how", mpt_close_name(v->close));
    maybe_role(json, "by", v->close_by);
    mpt_figures_json_seconds(json, "time", v->close_time);
    mpt_json_end_object(json);
    host(json, v, MPT_CLIENT);
    host(json, v, MPT_SERVER);
}

static void account_member(mpt_json *json, const GPtrArray *account)
{
    if (!account) {
        mpt_json_member_null(json, "account");
        return;
    }
    mpt_json_member_array(json, "account");
    for (guint i = 0; i < account->len; i++)
        mpt_json_string(json, g_ptr_array_index(account, i));
    mpt_json_end_array(json);
}

void mpt_connection_json(mpt_json *json, const mpt_connection_view *v, unsigned detail, unsigned directions,
                         const GPtrArray *account, const mpt_report_context *x)
{
    identity(json, v);
    if (detail & MPT_DETAIL_ACCOUNT)
        account_member(json, account);
    MPT_EACH_DIRECTION (d, directions) {
        mpt_json_member_object(json, mpt_direction_name(d));
        connection_direction(json, &v->direction[d], detail);
        mpt_json_end_object(json);
    }
    mpt_json_member_array(json, "subflows");
    for (uint32_t i = 0; i < v->subflow_count; i++)
        subflow(json, &v->subflows[i], detail, directions, x->interface_name);
    mpt_json_end_array(json);
    if (detail & MPT_DETAIL_EVENTS)
        mpt_event_json(json, v, directions, x->engine);
}
