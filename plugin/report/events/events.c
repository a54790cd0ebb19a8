/* events.c - report `events`: the timeline of each connection, printed at the end or, with `live`,
 * as it happens.
 *
 * Invariant: all formats show the same events in the same order: by time, with `live` by arrival.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "event_csv.h"
#include "event_text.h"
#include "plugin/report/common/connection_json.h"
#include "plugin/report/common/event_json.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/overview.h"
#include "plugin/report/format/text.h"
#include "plugin/report/registry.h"
#include "tap/engine/base/units.h"

/* Lines whose text is made before they are written. */
#define BLOCK 4096

static void needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->hmacs = needs->checksums = true; /* HMAC_BAD, CHECKSUM_BAD */
}

/* --- lines --- */

/* "0.013946    1    0  c2s": what stands before a sentence. */
static void append_place(const mpt_connection_view *v, const mpt_event *e, bool with_connection, GString *out)
{
    GString *time = g_string_new(NULL);

    mpt_units_seconds(time, e->time_ns - v->epoch_ns, 6);
    g_string_append_printf(out, "%12s  %7u  ", time->str, e->frame);
    if (with_connection)
        g_string_append_printf(out, "%4u  ", v->id);
    g_string_append_printf(out, "%4u  %s", mpt_metrics_subflow_of(v, e->owner)->id,
                           mpt_direction_name(mpt_metrics_direction(v, e->side)));
    g_string_free(time, TRUE);
}

static void text_connection(const mpt_report_context *x, const mpt_connection_view *v, mpt_sink *sink)
{
    GArray *events = mpt_metrics_events(v->connection);
    mpt_block *block = mpt_block_new();
    GString *place = g_string_new(NULL), *what = g_string_new(NULL);
    guint lines = 0;

    mpt_overview_connection(v, sink);
    mpt_block_add(block, "    time (s)    frame   sub  dir", "event");
    for (guint i = 0; i < events->len; i++) {
        const mpt_event *e = &g_array_index(events, mpt_event, i);
        mpt_event_pairs pairs;

        if (!mpt_event_shown(x->engine, v, mpt_report_directions(x->arguments), e))
            continue;
        mpt_event_pair(v, events, i, &pairs);
        g_string_truncate(place, 0);
        g_string_truncate(what, 0);
        append_place(v, e, false, place);
        mpt_event_text(v, e, &pairs, what);
        mpt_event_outcome_text(v, e, &pairs, what);
        mpt_block_add(block, place->str, what->str);
        /* All places are as wide as the title. */
        if (++lines % BLOCK == 0) {
            mpt_text_block(sink, block, 0);
            mpt_block_clear(block);
        }
    }
    if (lines > 0)
        mpt_text_block(sink, block, 0);
    else
        mpt_text_paragraph(sink, 2, 0,
                           v->connection->events_dropped ? "its events exceed the limit" : "no events");
    g_string_free(place, TRUE);
    g_string_free(what, TRUE);
    mpt_block_free(block);
    g_array_unref(events);
}

static void csv_connection(const mpt_report_context *x, const mpt_connection_view *v, mpt_sink *sink)
{
    GArray *events = mpt_metrics_events(v->connection);

    for (guint i = 0; i < events->len; i++)
        if (mpt_event_shown(x->engine, v, mpt_report_directions(x->arguments),
                            &g_array_index(events, mpt_event, i)))
            mpt_event_csv_row(sink, v, events, i);
    g_array_unref(events);
}

static void report(const mpt_report_context *x, mpt_sink *sink)
{
    bool csv = x->arguments->format == MPT_FORMAT_CSV;

    if (csv)
        mpt_event_csv_header(sink);
    else
        mpt_overview_capture(x, sink);
    for (mpt_connection_view v = {0}; mpt_report_next(x, &v);)
        (csv ? csv_connection : text_connection)(x, &v, sink);
}

/* --- live ---
 *
 * A live capture has no end to wait for, so its engine has no look-back: segments are processed as they
 * arrive, each event is printed and flushed when it is found, and connections and subflows are numbered in
 * order of appearance. A filter by token shows a connection from the moment its keys are known.
 */

struct live {
    mpt_report_context context; /* without connections */
    mpt_sink *sink;
    GHashTable *fallen_back; /* connections whose fallback was printed */
    bool has_epoch;
    int64_t epoch_ns; /* time 0 of all lines */
};

static void live_line(const struct live *l, const mpt_connection_view *v, const GArray *events, guint index,
                      bool outcome)
{
    const mpt_event *e = &g_array_index(events, mpt_event, index);
    mpt_event_pairs pairs;
    GString *line;

    if (!mpt_event_shown(l->context.engine, v, mpt_report_directions(l->context.arguments), e))
        return;
    if (l->context.arguments->format == MPT_FORMAT_CSV) {
        mpt_event_csv_row(l->sink, v, events, index);
    } else {
        mpt_event_pair(v, events, index, &pairs);
        line = g_string_new(NULL);
        append_place(v, e, true, line);
        g_string_append(line, "  ");
        mpt_event_text(v, e, &pairs, line);
        if (outcome)
            mpt_event_outcome_text(v, e, &pairs, line);
        g_string_append_c(line, '\n');
        mpt_sink_puts(l->sink, line->str);
        g_string_free(line, TRUE);
    }
    mpt_sink_flush(l->sink);
}

/* Another interface may still deliver a frame that is older than all others: time 0 stays what it was when
 * the first line was printed, so that lines can be compared. */
static bool live_view(struct live *l, const mpt_connection *c, mpt_connection_view *v)
{
    mpt_metrics_connection(l->context.engine, c, c->index, v);
    if (!l->has_epoch)
        l->epoch_ns = v->epoch_ns;
    l->has_epoch = true;
    v->epoch_ns = l->epoch_ns;
    if (mpt_report_selected(&l->context, v))
        return true;
    mpt_metrics_clear(v);
    return false;
}

static void on_event(const mpt_connection *c, const mpt_event *event, void *user)
{
    struct live *l = user;
    mpt_connection_view v;
    guint index;

    if (!l || !live_view(l, c, &v))
        return;
    index = (guint)(event - (const mpt_event *)(const void *)c->events->data);
    live_line(l, &v, c->events, index, false);
    mpt_metrics_clear(&v);
}

/* A fallback is concluded, not signalled. What a SYN/ACK without MP_CAPABLE means is certain at once; the
 * other kinds may turn out otherwise until the end. */
static void on_segment(const mpt_connection *c, const mpt_subflow *subflow, mpt_side side,
                       const mpt_segment *segment, int64_t position, void *user)
{
    struct live *l = user;
    mpt_connection_view v;
    GArray *events;

    (void)side;
    (void)position;
    if (!l || !c || !(segment->flags & MPT_TCP_SYN) || subflow->kind != MPT_SUBFLOW_CAPABLE ||
        mpt_connection_get_fallback(c) != MPT_FALLBACK_SYNACK || g_hash_table_contains(l->fallen_back, c) ||
        !live_view(l, c, &v))
        return;
    g_hash_table_add(l->fallen_back, (gpointer)c);
    events = mpt_metrics_events(c);
    for (guint i = 0; i < events->len; i++)
        if (g_array_index(events, mpt_event, i).type == MPT_EVENT_FALLBACK)
            live_line(l, &v, events, i, false);
    g_array_unref(events);
    mpt_metrics_clear(&v);
}

static const mpt_observer OBSERVER = {.event = on_event, .segment = on_segment};

static void *live_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live,
                       uint32_t mark)
{
    struct live *l;

    if (!live)
        return NULL;
    l = g_new0(struct live, 1);
    l->context = (mpt_report_context){.engine = engine, .arguments = arguments, .mark = mark};
    l->sink = live;
    l->fallen_back = g_hash_table_new(NULL, NULL);
    if (arguments->format == MPT_FORMAT_CSV)
        mpt_event_csv_header(live);
    else
        mpt_sink_puts(live, "    time (s)    frame  conn   sub  dir  event\n");
    mpt_sink_flush(live);
    return l;
}

static void live_close(void *collected)
{
    struct live *l = collected;

    if (!l)
        return;
    g_hash_table_destroy(l->fallen_back);
    g_free(l);
}

/* What was waited for and never came. */
static bool is_open(const struct live *l, const mpt_connection_view *v, const GArray *events, guint index)
{
    const mpt_event *e = &g_array_index(events, mpt_event, index);
    mpt_event_pairs pairs;

    mpt_event_pair(v, events, index, &pairs);
    switch (e->type) {
    case MPT_EVENT_FALLBACK:
        return !g_hash_table_contains(l->fallen_back, v->connection);
    case MPT_EVENT_ADD_ADDR:
        return !pairs.count || (!pairs.echo && e->add_addr.has_hmac);
    case MPT_EVENT_REMOVE_ADDR:
        for (unsigned i = 0; i < pairs.count; i++)
            if (!pairs.subflows[i].end)
                return true;
        return false;
    default:
        return false;
    }
}

/* In CSV a row is an event, so only those not printed yet are written. */
static void live_end(struct live *l)
{
    const GPtrArray *connections = mpt_engine_connections(l->context.engine);
    bool csv = l->context.arguments->format == MPT_FORMAT_CSV, any = false;

    for (guint k = 0; k < connections->len; k++) {
        const mpt_connection *c = g_ptr_array_index(connections, k);
        mpt_connection_view v;
        GArray *events;

        if (!c->subflows->len || !live_view(l, c, &v))
            continue;
        events = mpt_metrics_events(c);
        for (guint i = 0; i < events->len; i++) {
            if (!is_open(l, &v, events, i) ||
                (csv && g_array_index(events, mpt_event, i).type != MPT_EVENT_FALLBACK))
                continue;
            if (!any && !csv)
                mpt_sink_puts(l->sink, "Still open at the end:\n");
            any = true;
            live_line(l, &v, events, i, true);
        }
        g_array_unref(events);
        mpt_metrics_clear(&v);
    }
}

/* With `live` what is still open at the end. */
static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    (void)sentence;
    if (x->collected)
        live_end(x->collected);
    else
        report(x, sink);
}

static const mpt_report_entry ENTRIES[] = {
    {5, "&Events", "MPTCP Events", "What the hosts signalled and what became of the subflows, in time order",
     MPT_WINDOW_TABLE, MPT_GUI_TABLE_EVENTS},
    {0},
};

const mpt_report mpt_events_report = {
    .name = "events",
    .help = "what was signalled, in time order",
    .takes = MPT_TAKES_FIGURES | MPT_BIT(MPT_ARG_LIVE),
    .formats = MPT_FORMATS_LINES,
    .print = print,
    .json = {.detail = MPT_DETAIL_EVENTS},
    .needs = needs,
    .observer = &OBSERVER,
    .open = live_open,
    .close = live_close,
    .entries = ENTRIES,
};
