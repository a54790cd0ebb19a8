/* plot.c - report `plot`: one connection and direction as graphs (HTML, SVG, xplot), or their points (CSV);
 * here: what is drawn, and of which connection.
 *
 * Invariant: what comes from the capture is escaped for the language that it is written in; the HTML needs no
 * other file and no network.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plot_internal.h"

#include "plugin/report/common/labels.h"
#include "tap/engine/base/units.h"
#include "tap/engine/base/whole.h"

/* --- words --- */

static const struct unit {
    const char *name, *title;
} UNITS[MPT_UNITS] = {
    [MPT_UNIT_DSN] = {"dsn", "relative DSN"},    [MPT_UNIT_SSN] = {"ssn", "relative sequence number"},
    [MPT_UNIT_BPS] = {"bps", "bit/s"},           [MPT_UNIT_BYTES] = {"bytes", "bytes"},
    [MPT_UNIT_SHARE] = {"share", "share"},       [MPT_UNIT_NS] = {"s", "seconds"},
    [MPT_UNIT_SUBFLOW] = {"subflow", "subflow"},
};

const char *mpt_plot_unit_name(mpt_unit unit)
{
    return UNITS[unit].name;
}

const char *mpt_plot_unit_title(mpt_unit unit)
{
    return UNITS[unit].title;
}

void mpt_plot_exact(mpt_unit unit, double value, GString *out)
{
    if (unit == MPT_UNIT_NS)
        mpt_units_seconds(out, mpt_whole(value), 9);
    else
        mpt_units_double(out, value, unit == MPT_UNIT_SHARE ? 12 : unit == MPT_UNIT_BPS ? 6 : 0);
}

/* Of series whose name is not what they are called. */
static const struct {
    const char *name, *title;
} TITLES[] = {{"data_ack", "DATA_ACK"},
              {"data_ack_late", "DATA_ACK, overtaken"},
              {"reinjected_same", "reinjected, same subflow"},
              {"sum", "all subflows"}};

void mpt_plot_series_title(const mpt_series *series, GString *out)
{
    if (series->subflow != MPT_NO_SUBFLOW)
        g_string_append_printf(out, "subflow %u: ", series->subflow);
    for (size_t i = 0; i < G_N_ELEMENTS(TITLES); i++) {
        if (strcmp(series->name, TITLES[i].name) == 0) {
            g_string_append(out, TITLES[i].title);
            return;
        }
    }
    for (const char *c = series->name; *c != '\0'; c++)
        g_string_append_c(out, *c == '_' ? ' ' : *c);
}

unsigned mpt_plot_series_kind(const mpt_graph *graph, unsigned series)
{
    unsigned first = series;

    while (first > 0 && graph->series[first - 1].subflow == graph->series[series].subflow)
        first--;
    return series - first;
}

void mpt_plot_drop_sums(const mpt_graph *graph, mpt_thinner *points)
{
    unsigned subflows = 0;
    size_t n;

    for (unsigned s = 0; s < graph->count; s++) {
        mpt_thinner_points(points, s, &n);
        subflows += n > 0 && graph->series[s].subflow != MPT_NO_SUBFLOW;
    }
    for (unsigned s = 0; subflows == 1 && s < graph->count; s++)
        if (graph->series[s].sum)
            mpt_thinner_drop(points, s);
}

void mpt_plot_title(const mpt_plot *plot, GString *out)
{
    char client[MPT_ENDPOINT_TEXT], server[MPT_ENDPOINT_TEXT];
    mpt_role sender = mpt_direction_sender(plot->request.direction);

    g_string_append_printf(out, "Connection %u: %s -> %s, %s to %s", plot->view.id,
                           mpt_endpoint_text(&plot->view.end[MPT_CLIENT], client),
                           mpt_endpoint_text(&plot->view.end[MPT_SERVER], server), mpt_role_name(sender),
                           mpt_role_name(mpt_role_other(sender)));
}

void mpt_plot_escape(mpt_sink *sink, const char *text)
{
    GString *printable = g_string_new(NULL);
    char *escaped;

    mpt_units_printable(printable, text);
    escaped = g_markup_escape_text(printable->str, -1);
    mpt_sink_puts(sink, escaped);
    g_free(escaped);
    g_string_free(printable, TRUE);
}

/* --- which connection, which direction, which subflow --- */

struct choice {
    bool found;
    guint id;
    mpt_direction direction;
    uint64_t bytes;
};

static void consider(struct choice *best, const mpt_connection_view *v, const mpt_arguments *a)
{
    MPT_EACH_DIRECTION (d, mpt_report_directions(a)) {
        uint64_t bytes = v->direction[d].bytes.payload_bytes;

        if (!best->found || bytes > best->bytes)
            *best = (struct choice){.found = true, .id = v->id, .direction = d, .bytes = bytes};
    }
}

/* The connection and direction with the most payload. */
static bool choose(const mpt_report_context *x, struct choice *best)
{
    *best = (struct choice){0};
    for (mpt_connection_view v = {0}; mpt_report_next(x, &v);)
        consider(best, &v, x->arguments);
    return best->found;
}

/* The subflow that the display filter names, else the one with the most payload. */
static uint32_t choose_subflow(const mpt_plot *plot)
{
    const mpt_connection_view *v = &plot->view;
    uint32_t mark = plot->context->mark, best = 0;

    for (uint32_t id = 1; id < v->subflow_count; id++) {
        bool marked = v->subflows[id].subflow->marks & mark,
             best_marked = v->subflows[best].subflow->marks & mark;
        uint64_t bytes = v->subflows[id].direction[plot->request.direction].bytes.payload_bytes;

        if (marked > best_marked ||
            (marked == best_marked &&
             bytes > v->subflows[best].direction[plot->request.direction].bytes.payload_bytes))
            best = id;
    }
    return best;
}

static uint32_t types_of(const mpt_report_context *x)
{
    uint32_t all = (1u << MPT_GRAPH_TYPES) - 1 - (1u << MPT_GRAPH_MAPPINGS);
    mpt_graph_type type = MPT_GRAPH_SEQUENCE;
    const mpt_arguments *a = x->arguments;

    if (mpt_arguments_has(a, MPT_ARG_TYPE))
        mpt_graph_find(a->type, &type);
    else if (a->format == MPT_FORMAT_HTML || a->format == MPT_FORMAT_CSV)
        return mpt_plot_has_delays(x) ? all : all & ~(1u << MPT_GRAPH_OWD);
    return 1u << type;
}

static void begin(mpt_plot *plot, const mpt_report_context *x, const struct choice *choice)
{
    const mpt_arguments *a = x->arguments;

    plot->context = x;
    mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, choice->id), choice->id, &plot->view);
    plot->request = (mpt_series_request){
        .view = &plot->view,
        .direction = choice->direction,
        .types = types_of(x),
        .window_ns = mpt_arguments_has(a, MPT_ARG_WINDOW)
                         ? a->window_ns
                         : mpt_series_default_window(&plot->view, choice->direction),
    };
    plot->request.tcp_subflow = choose_subflow(plot);
    plot->events = mpt_metrics_events(plot->view.connection);
}

static void end(mpt_plot *plot)
{
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++) {
        mpt_graph_clear(&plot->graphs[t].graph);
        mpt_thinner_free(plot->graphs[t].points);
    }
    g_array_unref(plot->events);
    mpt_metrics_clear(&plot->view);
}

static void keep_point(void *user, mpt_graph_type type, unsigned series, const mpt_series_point *point)
{
    mpt_plot *plot = user;

    mpt_thinner_add(plot->graphs[type].points, series, point);
}

static void fill(mpt_plot *plot)
{
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++) {
        if (!(plot->request.types >> t & 1u))
            continue;
        mpt_graph_init(&plot->graphs[t].graph, (mpt_graph_type)t, &plot->request);
        plot->graphs[t].points = mpt_thinner_new(&plot->graphs[t].graph, MPT_PLOT_POINTS);
    }
    mpt_series_play(plot->context->collected, &plot->request, keep_point, plot);
    if (plot->request.types >> MPT_GRAPH_OWD & 1u)
        mpt_plot_delays(plot->context, &plot->request, keep_point, plot);
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        if (plot->request.types >> t & 1u)
            mpt_plot_drop_sums(&plot->graphs[t].graph, plot->graphs[t].points);
}

static mpt_graph_type only_type(const mpt_plot *plot)
{
    return (mpt_graph_type)g_bit_nth_lsf(plot->request.types, -1);
}

/* What was taken where the command line left it open. */
static void name_choice(const mpt_plot *plot, const mpt_arguments *a)
{
    bool tcp_open = mpt_plot_asks_for(a, MPT_GRAPH_TCP) && plot->view.subflow_count > 1 && !a->filter;
    bool connection_open = !mpt_arguments_has(a, MPT_ARG_STREAM) && plot->context->connections->len > 1;
    GString *note = plot->context->note;

    bool direction_open = !mpt_arguments_has(a, MPT_ARG_DIRECTION);
    gsize begin;

    if (!note || (!direction_open && !connection_open && !tcp_open))
        return;
    g_string_append(note, "graphs of ");
    begin = note->len;
    mpt_plot_title(plot, note);
    note->str[begin] = g_ascii_tolower(note->str[begin]);
    if (tcp_open)
        g_string_append_printf(note, ", subflow %u", plot->request.tcp_subflow);
    g_string_append(note, ", which has the most data");
}

bool mpt_plot_left_out(const mpt_recorder *recorder, GString *sentence)
{
    uint64_t n = mpt_recorder_left_out(recorder);

    if (!n)
        return false;
    g_string_append(sentence, "the graphs leave out ");
    mpt_units_grouped(sentence, n);
    g_string_append(sentence,
                    " pieces of payload and mappings of this capture: it has too many for its segments");
    return true;
}

static void note_left_out(const mpt_report_context *x)
{
    if (!x->note)
        return;
    if (x->note->len && mpt_recorder_left_out(x->collected))
        g_string_append(x->note, "; ");
    mpt_plot_left_out(x->collected, x->note);
}

static void draw(const mpt_report_context *x, const struct choice *choice, mpt_sink *sink)
{
    mpt_plot plot = {0};

    begin(&plot, x, choice);
    name_choice(&plot, x->arguments);
    note_left_out(x);
    if (x->arguments->format == MPT_FORMAT_CSV) {
        mpt_plot_csv(x->collected, x, &plot.request, sink);
    } else {
        fill(&plot);
        if (x->arguments->format == MPT_FORMAT_SVG)
            mpt_plot_svg(&plot, only_type(&plot), sink);
        else if (x->arguments->format == MPT_FORMAT_XPL)
            mpt_plot_xpl(&plot, only_type(&plot), sink);
        else
            mpt_plot_html(x, &plot, sink);
    }
    end(&plot);
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    bool html = x->arguments->format == MPT_FORMAT_HTML;
    struct choice choice;

    if (html && !mpt_plot_has_html()) {
        g_string_append(sentence,
                        "this build has no HTML graphs: dygraphs (libjs-dygraphs) was missing when it was "
                        "built; format=svg, xpl and csv work");
        return;
    }
    if (mpt_report_missing(x, sentence) ||
        (mpt_plot_asks_for(x->arguments, MPT_GRAPH_OWD) && mpt_report_one_point(x, sentence)))
        return;
    if (choose(x, &choice))
        draw(x, &choice, sink);
    else
        g_string_append(sentence, "this capture has no Multipath TCP: nothing to draw");
    if (!choice.found && html)
        mpt_plot_html(x, NULL, sink);
}

static char *refuse(const mpt_arguments *a)
{
    return mpt_plot_asks_for(a, MPT_GRAPH_MAPPINGS) && a->format != MPT_FORMAT_CSV
               ? g_strdup_printf("mptcp,plot,type=%s is a list: it needs format=csv", a->type)
               : NULL;
}

static const mpt_report_entry ENTRIES[] = {
    {8, "&Graphs", "MPTCP Graphs",
     "Sequence numbers, throughput, share, round-trip times and more, over time, by subflow",
     MPT_WINDOW_GRAPHS, 0},
    {0},
};

const mpt_report mpt_plot_report = {
    .name = "plot",
    .help = "graphs: html unless format=svg, xpl or csv",
    .takes = MPT_TAKES_FIGURES | MPT_BIT(MPT_ARG_TYPE) | MPT_BIT(MPT_ARG_WINDOW) | MPT_BIT(MPT_ARG_CLOCK),
    .formats = MPT_BIT(MPT_FORMAT_CSV) | MPT_BIT(MPT_FORMAT_SVG) | MPT_BIT(MPT_FORMAT_XPL) |
               MPT_BIT(MPT_FORMAT_HTML),
    .format = MPT_FORMAT_HTML,
    .refuse = refuse,
    .print = print,
    .needs = mpt_plot_needs,
    .observer = &mpt_recorder_observer,
    .open = mpt_plot_open,
    .close = mpt_plot_close,
    .entries = ENTRIES,
};
