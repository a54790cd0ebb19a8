/* report.c - see report.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report.h"

#include "plugin/report/format/text.h"
#include "registry.h"
#include "tap/engine/base/units.h"
#include "tap/engine/vantage/vantage_engines.h"

static bool has_token(const mpt_connection_view *v, uint32_t token)
{
    for (mpt_role role = 0; role < MPT_ROLES; role++)
        if (v->host[role].token_known && v->host[role].token == token)
            return true;
    return false;
}

static bool uses_address(const mpt_connection_view *v, const mpt_endpoint *address)
{
    for (uint32_t i = 0; i < v->subflow_count; i++)
        for (mpt_side side = 0; side < MPT_SIDES; side++)
            if (mpt_endpoint_same_address(&v->subflows[i].subflow->ends[side], address))
                return true;
    return false;
}

static bool has_port(const mpt_subflow *s, uint16_t port)
{
    return s->ends[MPT_SIDE_A].port == port || s->ends[MPT_SIDE_B].port == port;
}

static bool uses_port(const mpt_connection_view *v, uint16_t port)
{
    for (uint32_t i = 0; i < v->subflow_count; i++)
        if (has_port(v->subflows[i].subflow, port))
            return true;
    return false;
}

static bool is_marked(const mpt_connection_view *v, uint32_t mark)
{
    for (uint32_t i = 0; i < v->subflow_count; i++)
        if (v->subflows[i].subflow->marks & mark)
            return true;
    return false;
}

bool mpt_report_selected(const mpt_report_context *x, const mpt_connection_view *v)
{
    const mpt_arguments *a = x->arguments;

    return (!mpt_arguments_has(a, MPT_ARG_STREAM) || v->id == a->stream) &&
           (!mpt_arguments_has(a, MPT_ARG_TOKEN) || has_token(v, a->token)) &&
           (!mpt_arguments_has(a, MPT_ARG_ADDRESS) || uses_address(v, &a->address)) &&
           (!mpt_arguments_has(a, MPT_ARG_PORT) || uses_port(v, a->port)) &&
           (!a->filter || is_marked(v, x->mark));
}

bool mpt_report_next(const mpt_report_context *x, mpt_connection_view *v)
{
    while (mpt_metrics_next(x->engine, x->connections, v))
        if (mpt_report_selected(x, v))
            return true;
    return false;
}

bool mpt_report_selects_stream(const mpt_report_context *x, const mpt_subflow *s)
{
    const mpt_arguments *a = x->arguments;

    return (!a->filter || s->marks & x->mark) &&
           (!mpt_arguments_has(a, MPT_ARG_PORT) || has_port(s, a->port)) &&
           (!mpt_arguments_has(a, MPT_ARG_ADDRESS) ||
            mpt_endpoint_same_address(&s->ends[MPT_SIDE_A], &a->address) ||
            mpt_endpoint_same_address(&s->ends[MPT_SIDE_B], &a->address));
}

unsigned mpt_report_directions(const mpt_arguments *arguments)
{
    return mpt_arguments_has(arguments, MPT_ARG_DIRECTION) ? 1u << arguments->direction
                                                           : 1u << MPT_C2S | 1u << MPT_S2C;
}

static bool any_stream(const mpt_report_context *x)
{
    const GPtrArray *all = mpt_engine_subflows(x->engine);

    for (guint i = 0; i < all->len; i++)
        if (!mpt_engine_forgot(g_ptr_array_index(all, i)) &&
            mpt_report_selects_stream(x, g_ptr_array_index(all, i)))
            return true;
    return false;
}

static bool any_connection(const mpt_report_context *x)
{
    mpt_connection_view v = {0};
    bool found = mpt_report_next(x, &v);

    mpt_metrics_clear(&v);
    return found;
}

/* Appends "stream=7, address=192.0.2.1 and the display filter tcp", as far as asked for. */
static void append_selection(GString *what, const mpt_arguments *a)
{
    static const mpt_arg args[] = {MPT_ARG_STREAM, MPT_ARG_TOKEN, MPT_ARG_ADDRESS, MPT_ARG_PORT};
    char address[MPT_ADDRESS_TEXT], text[MPT_ADDRESS_TEXT + 16];
    unsigned left = a->filter ? 1 : 0;

    for (size_t i = 0; i < G_N_ELEMENTS(args); i++)
        left += mpt_arguments_has(a, args[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(args); i++) {
        if (!mpt_arguments_has(a, args[i]))
            continue;
        if (args[i] == MPT_ARG_STREAM)
            g_snprintf(text, sizeof text, "stream=%u", a->stream);
        else if (args[i] == MPT_ARG_TOKEN)
            g_snprintf(text, sizeof text, "token=%08x", a->token);
        else if (args[i] == MPT_ARG_PORT)
            g_snprintf(text, sizeof text, "port=%u", a->port);
        else
            g_snprintf(text, sizeof text, "address=%s", mpt_endpoint_address_text(&a->address, address));
        mpt_text_join(what, text, --left, " and ");
    }
    if (!a->filter)
        return;
    g_string_append(what, "the display filter ");
    mpt_units_printable(what, a->filter);
}

static void append_no_stream(GString *sentence, uint32_t stream, guint count)
{
    g_string_append_printf(sentence, "there is no connection %u: the capture has ", stream);
    if (count == 0)
        g_string_append(sentence, "no MPTCP");
    else if (count == 1)
        g_string_append(sentence, "only connection 0");
    else
        g_string_append_printf(sentence, "connections 0 %s %u", count == 2 ? "and" : "to", count - 1);
}

bool mpt_report_one_point(const mpt_report_context *x, GString *sentence)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(x->engine);
    unsigned order[MPT_VANTAGE_POINTS];

    if (x->points && mpt_vantage_engines_compared(x->points, order, NULL) > 1)
        return false;
    if (counts->twice.segments) {
        if (counts->twice.segments >= counts->segments / 8 * 7)
            g_string_append(sentence, "this capture has every packet twice");
        else
            g_string_append_printf(sentence,
                                   "%" G_GUINT64_FORMAT " of the packets are in this capture more than once",
                                   counts->twice.segments);
        g_string_append(
            sentence,
            ", on one interface, so it is no longer known where each was captured. Give each capture its own "
            "interfaces: mergecap -I none -w both.pcapng client.pcap server.pcap");
    } else {
        g_string_append(
            sentence,
            "this needs captures from both ends; this one has only one vantage point. Merge them first: "
            "mergecap -I none -w both.pcapng client.pcapng server.pcapng");
    }
    return true;
}

bool mpt_report_missing(const mpt_report_context *x, GString *sentence)
{
    const mpt_arguments *a = x->arguments;
    bool streams = a->report->of_streams;
    GString *what;

    if (a->report->impossible && a->report->impossible(x, sentence))
        return true;
    what = g_string_new(NULL);
    append_selection(what, a);
    bool missing = what->len > 0 && !(streams ? any_stream(x) : any_connection(x));
    if (missing && mpt_arguments_has(a, MPT_ARG_STREAM) && a->stream >= x->connections->len)
        append_no_stream(sentence, a->stream, x->connections->len);
    else if (missing)
        g_string_append_printf(sentence, "no %s matches %s; %s%s lists them all",
                               streams ? "TCP stream" : "connection", what->str,
                               streams ? "mptcp," : MPT_ASK_LISTING, streams ? a->report->name : "");
    g_string_free(what, TRUE);
    return missing;
}

void mpt_report_print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    x->arguments->report->print(x, sink, sentence);
    if (sentence->len == 0)
        mpt_report_missing(x, sentence);
}
