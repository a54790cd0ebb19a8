/* reports.c - see reports.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reports.h"

#include "units.h"

static bool has_token(const mpt_connection_view *v, uint32_t token)
{
    for (unsigned end = 0; end < 2; end++)
        if (v->host[end].token_known && v->host[end].token == token)
            return true;
    return false;
}

static bool uses_address(const mpt_connection_view *v, const mpt_endpoint *address)
{
    for (uint32_t i = 0; i < v->subflow_count; i++)
        for (unsigned end = 0; end < 2; end++)
            if (mpt_endpoint_same_address(&v->subflows[i].subflow->ends[end], address))
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
           (!a->filter || is_marked(v, x->mark));
}

unsigned mpt_report_directions(const mpt_arguments *arguments)
{
    return mpt_arguments_has(arguments, MPT_ARG_DIRECTION) ? 1u << arguments->direction
                                                           : 1u << MPT_C2S | 1u << MPT_S2C;
}

static bool any_selected(const mpt_report_context *x)
{
    bool found = false;

    for (guint id = 0; id < x->connections->len && !found; id++) {
        mpt_connection_view v;
        mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, id), id, &v);
        found = mpt_report_selected(x, &v);
        mpt_metrics_clear(&v);
    }
    return found;
}

/* "(0 and 1)", "(0 to 7)", or nothing. */
static void append_ids(GString *sentence, guint count)
{
    if (count == 1)
        g_string_append(sentence, ": 0");
    else if (count > 1)
        g_string_append_printf(sentence, ": 0 %s %u", count == 2 ? "and" : "to", count - 1);
}

bool mpt_report_missing(const mpt_report_context *x, GString *sentence)
{
    const mpt_arguments *a = x->arguments;
    guint count = x->connections->len;
    char address[MPT_ADDRESS_TEXT];

    if (any_selected(x))
        return false;
    if (mpt_arguments_has(a, MPT_ARG_STREAM) && a->stream >= count) {
        g_string_append_printf(sentence, "there is no connection %u: the capture has ", a->stream);
        if (count == 0) {
            g_string_append(sentence, "no MPTCP connection");
        } else {
            mpt_units_grouped(sentence, count);
            append_ids(sentence, count);
        }
        return true;
    }
    GString *what = g_string_new(NULL);
    if (mpt_arguments_has(a, MPT_ARG_STREAM))
        g_string_append_printf(what, ", stream=%u", a->stream);
    if (mpt_arguments_has(a, MPT_ARG_TOKEN))
        g_string_append_printf(what, ", token=%08x", a->token);
    if (mpt_arguments_has(a, MPT_ARG_ADDRESS))
        g_string_append_printf(what, ", address=%s", mpt_endpoint_address_text(&a->address, address));
    if (a->filter)
        g_string_append(what, ", the display filter ");
    if (a->filter)
        mpt_units_printable(what, a->filter);
    bool asked = what->len > 0;
    if (asked)
        g_string_append_printf(sentence, "no connection matches %s; mptcp,list shows them all", what->str + 2);
    g_string_free(what, TRUE);
    return asked;
}
