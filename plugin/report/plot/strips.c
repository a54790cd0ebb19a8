/* strips.c - see strips.h: what strips show, from the recorder, the events and the findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "strips.h"

#include "plot_internal.h"
#include "plugin/report/common/interfaces.h"
#include "tap/engine/findings/findings.h"

/* Marks of one kind on a strip: more can't be told apart. */
#define MARKS_APART 2000

const char *mpt_strips_span_name(mpt_gui_span_kind kind)
{
    static const char *const names[MPT_GUI_SPANS] = {
        [MPT_GUI_SPAN_BACKUP] = "backup",
        [MPT_GUI_SPAN_WAITED] = "others wait for its data",
        [MPT_GUI_SPAN_OUT] = "path out",
    };

    return names[kind];
}

const char *mpt_strips_mark_name(mpt_gui_mark_kind kind)
{
    static const char *const names[MPT_GUI_MARKS] = {
        [MPT_GUI_MARK_JOIN] = "handshake",    [MPT_GUI_MARK_ADDRESS] = "address",
        [MPT_GUI_MARK_PRIORITY] = "priority", [MPT_GUI_MARK_RESET] = "reset",
        [MPT_GUI_MARK_AGAIN] = "sent again",
    };

    return names[kind];
}

/* What becomes a strip, while it is filled. */
struct filling {
    GArray *spans, *marks;
    int64_t marked_ns; /* the last MPT_GUI_MARK_AGAIN */
    bool marked;
    bool backup[MPT_CONN_SIDES];
    int64_t backup_ns; /* since when one of them is */
};

struct strips {
    const mpt_plot *plot;
    mpt_gui_strips *made;
    struct filling *filling; /* by id */
    mpt_thinner *rates;
};

static void add_span(struct strips *x, uint32_t id, mpt_gui_span_kind kind, int64_t from_ns, int64_t to_ns)
{
    mpt_gui_span span = {.kind = kind, .from_ns = from_ns, .to_ns = to_ns};

    if (id < x->made->count && to_ns >= from_ns)
        g_array_append_val(x->filling[id].spans, span);
}

static void add_mark(struct strips *x, uint32_t id, mpt_gui_mark_kind kind, int64_t time_ns, uint32_t frame)
{
    mpt_gui_mark mark = {.kind = kind, .time_ns = time_ns, .frame = frame};

    if (id < x->made->count)
        g_array_append_val(x->filling[id].marks, mark);
}

/* --- backup, and what was signalled --- */

static bool is_backup(const struct filling *f)
{
    return f->backup[MPT_CONN_SIDE_A] || f->backup[MPT_CONN_SIDE_B];
}

static void set_backup(struct strips *x, uint32_t id, mpt_conn_side side, bool backup, int64_t time_ns)
{
    struct filling *f = &x->filling[id];
    bool was = is_backup(f);

    f->backup[side] = backup;
    if (!was && is_backup(f))
        f->backup_ns = time_ns;
    else if (was && !is_backup(f))
        add_span(x, id, MPT_GUI_SPAN_BACKUP, f->backup_ns, time_ns);
}

/* RFC 6824 3.3.8: with an address id it is about all subflows of that address of the sender. */
static void take_priority(struct strips *x, const mpt_event *e, uint32_t id, int64_t time_ns)
{
    const mpt_connection_view *v = &x->plot->view;

    for (uint32_t i = 0; i < v->subflow_count; i++) {
        const mpt_subflow *s = v->subflows[i].subflow;
        mpt_side side = mpt_subflow_side(s, e->side);
        bool meant = i == id;
        if (e->prio.has_address_id)
            meant = s->kind == MPT_SUBFLOW_CAPABLE
                        ? e->prio.address_id == 0
                        : s->address_id_known[side] && s->address_id[side] == e->prio.address_id;
        if (meant && s->start_ns <= e->time_ns)
            set_backup(x, i, e->side, e->prio.backup, time_ns);
    }
}

static int mark_of(mpt_event_type type)
{
    switch (type) {
    case MPT_EVENT_MP_CAPABLE:
    case MPT_EVENT_MP_JOIN:
    case MPT_EVENT_SUBFLOW_ESTABLISHED:
        return MPT_GUI_MARK_JOIN;
    case MPT_EVENT_ADD_ADDR:
    case MPT_EVENT_ADD_ADDR_ECHO:
    case MPT_EVENT_REMOVE_ADDR:
        return MPT_GUI_MARK_ADDRESS;
    case MPT_EVENT_MP_PRIO:
        return MPT_GUI_MARK_PRIORITY;
    case MPT_EVENT_RST:
    case MPT_EVENT_MP_TCPRST:
    case MPT_EVENT_MP_FASTCLOSE:
    case MPT_EVENT_MP_FAIL:
        return MPT_GUI_MARK_RESET;
    default:
        return -1;
    }
}

static void take_events(struct strips *x)
{
    const mpt_connection_view *v = &x->plot->view;

    for (guint i = 0; i < x->plot->events->len; i++) {
        const mpt_event *e = &g_array_index(x->plot->events, mpt_event, i);
        uint32_t id = mpt_metrics_subflow_of(v, e->owner)->id;
        int64_t time_ns = e->time_ns - v->epoch_ns;
        int mark = mark_of(e->type);

        if (e->type == MPT_EVENT_MP_JOIN && e->join.backup)
            set_backup(x, id, e->side, true, time_ns);
        else if (e->type == MPT_EVENT_MP_PRIO)
            take_priority(x, e, id, time_ns);
        if (mark >= 0 && e->frame)
            add_mark(x, id, (mpt_gui_mark_kind)mark, time_ns, e->frame);
    }
    for (uint32_t id = 0; id < x->made->count; id++)
        if (is_backup(&x->filling[id]))
            add_span(x, id, MPT_GUI_SPAN_BACKUP, x->filling[id].backup_ns, v->subflows[id].end_ns);
}

/* --- what diagnose tells --- */

/* The n-th term of this type in a clause; 0: there is none. */
static int64_t term_of(const mpt_finding *f, unsigned clause, mpt_term_type type, unsigned n)
{
    unsigned end = clause + 1 < f->clause_count ? f->clauses[clause + 1].first : f->term_count;

    for (unsigned k = f->clauses[clause].first; k < end; k++)
        if (f->terms[k].type == type && n-- == 0)
            return (int64_t)f->terms[k].number;
    return 0;
}

static void take_finding(struct strips *x, const mpt_finding *f)
{
    uint32_t id = (uint32_t)f->subflow.value;
    int64_t from = term_of(f, 0, MPT_TERM_INSTANT, 0), time = term_of(f, 0, MPT_TERM_TIME, 0);

    switch (f->clauses[0].phrase) {
    case MPT_PHRASE_PATH_OUTAGE:
        add_span(x, id, MPT_GUI_SPAN_OUT, from, term_of(f, 0, MPT_TERM_INSTANT, 1));
        break;
    case MPT_PHRASE_OUTAGE_SILENT:
        add_span(x, id, MPT_GUI_SPAN_OUT, from, from + time);
        break;
    case MPT_PHRASE_FAILOVER:
        add_span(x, id, MPT_GUI_SPAN_OUT, from, x->plot->view.subflows[id].end_ns);
        break;
    case MPT_PHRASE_DATA_WAITED:
    case MPT_PHRASE_WAITED_FIRST_SENT:
        if (f->time.known)
            add_span(x, id, MPT_GUI_SPAN_WAITED, f->time.ns - time, f->time.ns);
        break;
    default:
        break;
    }
}

static void take_findings(struct strips *x)
{
    const mpt_report_context *c = x->plot->context;
    GArray *findings;

    if (!mpt_engine_get_config(c->engine)->want_evidence)
        return;
    findings = mpt_findings_of_connection(c->engine, &x->plot->view, c->reinjections);
    for (guint i = 0; i < findings->len; i++) {
        const mpt_finding *f = &g_array_index(findings, mpt_finding, i);

        if (f->clause_count && f->subflow.known && f->subflow.value < x->made->count &&
            (!f->direction.known || f->direction.value == x->plot->request.direction))
            take_finding(x, f);
    }
    g_array_unref(findings);
}

/* --- what was sent --- */

/* Where the series of `sequence` are among the four that each subflow has. */
static bool is_again(const mpt_graph *sequence, unsigned series)
{
    const char *name = sequence->series[series].name;

    return !strcmp(name, "retransmitted") || !strcmp(name, "reinjected_same");
}

struct player {
    struct strips *strips;
    mpt_graph sequence;
};

static void take_point(void *user, mpt_graph_type type, unsigned series, const mpt_series_point *p)
{
    struct player *player = user;
    struct strips *x = player->strips;
    struct filling *f;
    uint32_t id;

    if (type == MPT_GRAPH_THROUGHPUT) {
        mpt_thinner_add(x->rates, series, p);
        return;
    }
    id = player->sequence.series[series].subflow;
    if (id == MPT_NO_SUBFLOW || !is_again(&player->sequence, series))
        return;
    f = &x->filling[id];
    if (f->marked && p->time_ns - f->marked_ns < (x->made->to_ns - x->made->from_ns) / MARKS_APART)
        return;
    f->marked = true;
    f->marked_ns = p->time_ns;
    add_mark(x, id, MPT_GUI_MARK_AGAIN, p->time_ns, p->frame);
}

static void take_data(struct strips *x)
{
    mpt_series_request request = x->plot->request;
    struct player player = {.strips = x};
    mpt_graph rates;

    request.types = 1u << MPT_GRAPH_THROUGHPUT | 1u << MPT_GRAPH_SEQUENCE;
    mpt_graph_init(&rates, MPT_GRAPH_THROUGHPUT, &request);
    mpt_graph_init(&player.sequence, MPT_GRAPH_SEQUENCE, &request);
    x->rates = mpt_thinner_new(&rates, MPT_PLOT_POINTS);
    mpt_series_play(x->plot->context->collected, &request, take_point, &player);
    for (unsigned s = 0; s < rates.count; s++) {
        uint32_t id = rates.series[s].subflow;
        size_t n;
        const mpt_series_point *p = mpt_thinner_points(x->rates, s, &n);

        if (id == MPT_NO_SUBFLOW)
            continue;
        x->made->strips[id].rates = g_new(mpt_gui_rate, n);
        x->made->strips[id].rate_count = n;
        for (size_t i = 0; i < n; i++) {
            x->made->strips[id].rates[i] = (mpt_gui_rate){p[i].time_ns, p[i].value};
            x->made->highest = MAX(x->made->highest, p[i].value);
        }
    }
    mpt_thinner_free(x->rates);
    mpt_graph_clear(&rates);
    mpt_graph_clear(&player.sequence);
}

/* --- all --- */

static int by_time(gconstpointer left, gconstpointer right)
{
    const mpt_gui_mark *a = left, *b = right;

    return (a->time_ns > b->time_ns) - (a->time_ns < b->time_ns);
}

/* Kinds lie upon each other in their order. */
static int by_kind(gconstpointer left, gconstpointer right)
{
    const mpt_gui_span *a = left, *b = right;

    return a->kind != b->kind ? (a->kind > b->kind) - (a->kind < b->kind)
                              : (a->from_ns > b->from_ns) - (a->from_ns < b->from_ns);
}

static void begin_strip(struct strips *x, uint32_t id)
{
    const mpt_subflow_view *s = &x->plot->view.subflows[id];
    char text[MPT_ENDPOINT_TEXT];

    x->filling[id].spans = g_array_new(FALSE, FALSE, sizeof(mpt_gui_span));
    x->filling[id].marks = g_array_new(FALSE, FALSE, sizeof(mpt_gui_mark));
    x->made->strips[id] = (mpt_gui_strip){
        .subflow = id,
        .client = g_strdup(mpt_endpoint_text(mpt_metrics_endpoint(s, MPT_CLIENT), text)),
        .interfaces = mpt_interfaces_of_both(s, x->plot->context->interface_name),
        .from_ns = s->start_ns,
        .to_ns = s->end_ns,
    };
    x->made->strips[id].server = g_strdup(mpt_endpoint_text(mpt_metrics_endpoint(s, MPT_SERVER), text));
}

static void end_strip(struct strips *x, uint32_t id)
{
    mpt_gui_strip *strip = &x->made->strips[id];
    struct filling *f = &x->filling[id];

    g_array_sort(f->spans, by_kind);
    g_array_sort(f->marks, by_time);
    strip->span_count = f->spans->len;
    strip->spans = (mpt_gui_span *)(void *)g_array_free(f->spans, FALSE);
    strip->mark_count = f->marks->len;
    strip->marks = (mpt_gui_mark *)(void *)g_array_free(f->marks, FALSE);
}

mpt_gui_strips *mpt_strips_new(const mpt_plot *plot)
{
    mpt_gui_strips *made = g_new0(mpt_gui_strips, 1);
    struct strips x = {.plot = plot, .made = made};

    made->count = plot->view.subflow_count;
    made->strips = g_new0(mpt_gui_strip, made->count);
    made->from_ns = plot->view.start_ns;
    made->to_ns = plot->view.end_ns;
    x.filling = g_new0(struct filling, made->count);
    for (uint32_t id = 0; id < made->count; id++)
        begin_strip(&x, id);
    take_events(&x);
    take_findings(&x);
    take_data(&x);
    for (uint32_t id = 0; id < made->count; id++)
        end_strip(&x, id);
    g_free(x.filling);
    return made;
}

void mpt_strips_free(mpt_gui_strips *strips)
{
    if (!strips)
        return;
    for (unsigned i = 0; i < strips->count; i++) {
        g_free(strips->strips[i].client);
        g_free(strips->strips[i].server);
        g_free(strips->strips[i].interfaces);
        g_free(strips->strips[i].rates);
        g_free(strips->strips[i].spans);
        g_free(strips->strips[i].marks);
    }
    g_free(strips->strips);
    g_free(strips);
}
