/* flow_model.c - see flow_model.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_model.h"

#include "plugin/report/common/labels.h"
#include "plugin/report/common/subflows.h"
#include "tap/engine/base/compare.h"
#include "tap/engine/base/units.h"

/* --- lanes --- */

static void fill_lane(mpt_flow_lane *lane, const mpt_subflow_view *s)
{
    GString *title = g_string_new(NULL);
    char text[MPT_ENDPOINT_TEXT];
    bool backup = (s->backup[MPT_CLIENT].known && s->backup[MPT_CLIENT].value) ||
                  (s->backup[MPT_SERVER].known && s->backup[MPT_SERVER].value);

    g_string_append_printf(title, "subflow %u%s", s->id, backup ? ", backup" : "");
    lane->title = g_string_free(title, FALSE);
    for (mpt_role role = 0; role < MPT_ROLES; role++)
        lane->ends[role] = g_strdup(mpt_endpoint_text(mpt_metrics_endpoint(s, role), text));
}

/* --- signals --- */

static void name_address(GString *out, const mpt_add_addr *o)
{
    char text[MPT_ENDPOINT_TEXT];

    g_string_append_printf(out, " %u ", o->address_id);
    g_string_append(out, o->has_port ? mpt_endpoint_text(&o->address, text)
                                     : mpt_endpoint_address_text(&o->address, text));
}

static void name_step(GString *out, const mpt_connection_view *v, const mpt_event *e)
{
    static const char *const steps[] = {
        [MPT_JOIN_SYN] = " SYN", [MPT_JOIN_SYNACK] = " SYN/ACK", [MPT_JOIN_ACK] = " ACK"};

    if (e->type == MPT_EVENT_MP_JOIN)
        g_string_append_printf(out, "%s%s", steps[e->join.step],
                               e->join.step != MPT_JOIN_ACK && e->join.backup ? " (backup)" : "");
    else if (mpt_metrics_role(v, e->side) == MPT_SERVER)
        g_string_append(out, steps[MPT_JOIN_SYNACK]);
    else
        g_string_append(out, steps[e->capable.has_receiver_key ? MPT_JOIN_ACK : MPT_JOIN_SYN]);
}

static void name_values(GString *out, const mpt_connection_view *v, const mpt_event *e)
{
    switch (e->type) {
    case MPT_EVENT_MP_CAPABLE:
    case MPT_EVENT_MP_JOIN:
        name_step(out, v, e);
        break;
    case MPT_EVENT_ADD_ADDR:
    case MPT_EVENT_ADD_ADDR_ECHO:
        name_address(out, &e->add_addr);
        break;
    case MPT_EVENT_REMOVE_ADDR:
        for (unsigned i = 0; i < e->remove_addr.count; i++)
            g_string_append_printf(out, "%s%u", i ? ", " : " ", e->remove_addr.ids[i]);
        break;
    case MPT_EVENT_MP_PRIO:
        g_string_append(out, e->prio.backup ? " backup" : " regular");
        break;
    case MPT_EVENT_FALLBACK:
        g_string_append_printf(out, ": %s", mpt_fallback_phrase((mpt_fallback)e->reason));
        break;
    default:
        break;
    }
}

/* What is concluded of a subflow is no packet's. */
static bool is_packet(const mpt_event *e)
{
    return e->type != MPT_EVENT_SUBFLOW_ESTABLISHED && e->type != MPT_EVENT_SUBFLOW_CLOSED;
}

static int by_frame(gconstpointer a, gconstpointer b)
{
    const mpt_flow_signal *x = a, *y = b;

    if (x->frame != y->frame)
        return mpt_compare(x->frame, y->frame);
    return x->subflow != y->subflow ? mpt_compare(x->subflow, y->subflow)
                                    : mpt_compare(x->direction, y->direction);
}

static void add_event(mpt_flow *f, const mpt_connection_view *v, const GArray *events, guint i,
                      uint32_t subflow)
{
    const mpt_event *e = &g_array_index(events, mpt_event, i);
    GString *name = g_string_new(mpt_event_name(e)), *text = g_string_new(NULL);
    mpt_flow_signal s = {
        .frame = e->frame,
        .subflow = (uint16_t)subflow,
        .direction = mpt_metrics_direction(v, e->side),
    };

    name_values(name, v, e);
    if (f->sentence)
        f->sentence(v, events, i, text);
    s.name = g_string_free(name, FALSE);
    s.text = g_string_free(text, !f->sentence);
    g_array_append_val(f->signals, s);
}

/* Those of one packet are one. */
static void join_signals(GArray *signals)
{
    guint kept = 0;

    for (guint i = 0; i < signals->len; i++) {
        mpt_flow_signal *s = &g_array_index(signals, mpt_flow_signal, i);
        mpt_flow_signal *last = kept ? &g_array_index(signals, mpt_flow_signal, kept - 1) : NULL;
        char *name, *text;

        if (!last || by_frame(last, s)) {
            g_array_index(signals, mpt_flow_signal, kept++) = *s;
            continue;
        }
        name = g_strdup_printf("%s, %s", last->name, s->name);
        text = last->text ? g_strdup_printf("%s; %s", last->text, s->text) : NULL;
        g_free(last->name);
        g_free(last->text);
        g_free(s->name);
        g_free(s->text);
        last->name = name;
        last->text = text;
    }
    g_array_set_size(signals, kept);
}

void mpt_flow_add_signals(mpt_flow *f, const mpt_connection_view *v, const uint32_t *numbers,
                          mpt_flow_takes takes, void *user)
{
    GArray *events = mpt_metrics_events(v->connection);

    for (guint i = 0; i < events->len; i++) {
        const mpt_event *e = &g_array_index(events, mpt_event, i);
        uint32_t subflow = mpt_metrics_subflow_of(v, e->owner)->id;

        if (numbers)
            subflow = numbers[subflow];
        if (is_packet(e) && subflow != UINT32_MAX &&
            (!takes || takes(subflow, mpt_metrics_direction(v, e->side), user)))
            add_event(f, v, events, i, subflow);
    }
    g_array_unref(events);
}

static gint find_signal(gconstpointer a, gconstpointer b)
{
    return by_frame(a, b);
}

const mpt_flow_signal *mpt_flow_signal_of(const mpt_flow *f, const mpt_arrow *a)
{
    mpt_flow_signal key = {
        .frame = a->frame, .subflow = a->subflow, .direction = (mpt_direction)a->direction};
    guint i;

    if (!f->signals->len || !g_array_binary_search(f->signals, &key, find_signal, &i))
        return NULL;
    return &g_array_index(f->signals, mpt_flow_signal, i);
}

/* The first arrow of a packet carries its signals. */
static void flag_signals(mpt_flow *f)
{
    for (guint i = 0; i < f->arrows->len; i++) {
        mpt_arrow *a = &g_array_index(f->arrows, mpt_arrow, i);
        if (!(a->flags & MPT_ARROW_MORE) && mpt_flow_signal_of(f, a))
            a->flags |= MPT_ARROW_SIGNALS;
    }
}

/* --- all of it --- */

mpt_flow *mpt_flow_new(const mpt_report_context *x, const mpt_connection_view *v, mpt_flow_sentence sentence)
{
    mpt_flow *f = g_new0(mpt_flow, 1);
    char client[MPT_ENDPOINT_TEXT], server[MPT_ENDPOINT_TEXT];

    f->connection = v->id;
    f->title =
        g_strdup_printf("Connection %u: %s -> %s", v->id, mpt_endpoint_text(&v->end[MPT_CLIENT], client),
                        mpt_endpoint_text(&v->end[MPT_SERVER], server));
    f->lane_count = v->subflow_count;
    f->lanes = g_new0(mpt_flow_lane, MAX(v->subflow_count, 1));
    for (uint32_t i = 0; i < v->subflow_count; i++)
        fill_lane(&f->lanes[i], &v->subflows[i]);
    for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++)
        f->numbered[d] = mpt_metrics_level(v, d)->relative_known;
    f->far = g_array_new(FALSE, FALSE, sizeof(mpt_flow_far));
    f->signals = g_array_new(FALSE, FALSE, sizeof(mpt_flow_signal));
    f->sentence = sentence;
    if (!mpt_flow_join_ends(f, x, v)) {
        f->arrows = mpt_arrows_new(x->collected, v);
        mpt_flow_add_signals(f, v, NULL, NULL, NULL);
    }
    g_array_sort(f->signals, by_frame);
    join_signals(f->signals);
    flag_signals(f);
    return f;
}

void mpt_flow_free(mpt_flow *f)
{
    if (!f)
        return;
    for (uint32_t i = 0; i < f->lane_count; i++) {
        g_free(f->lanes[i].title);
        g_free(f->lanes[i].ends[MPT_CLIENT]);
        g_free(f->lanes[i].ends[MPT_SERVER]);
    }
    for (guint i = 0; i < f->signals->len; i++) {
        g_free(g_array_index(f->signals, mpt_flow_signal, i).name);
        g_free(g_array_index(f->signals, mpt_flow_signal, i).text);
    }
    g_array_unref(f->arrows);
    g_array_unref(f->far);
    g_array_unref(f->signals);
    g_free(f->lanes);
    g_free(f->title);
    g_free(f);
}

size_t mpt_flow_memory(const mpt_flow *f)
{
    return f->arrows->len * sizeof(mpt_arrow) + f->far->len * sizeof(mpt_flow_far) +
           f->signals->len * sizeof(mpt_flow_signal);
}
