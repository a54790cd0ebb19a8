/* capture.c - see capture.h. A request for a reading that is gone ends the program: no window may make one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture.h"

#include "plugin/report/format/table.h"
#include "plugin/report/gui/gui_flow.h"
#include "plugin/report/gui/gui_graph.h"
#include "plugin/report/gui/gui_points.h"
#include "plugin/report/gui/gui_table.h"
#include "plugin/report/registry.h"
#include "tests/support/segments.h"

static struct {
    wire wire;
    mpt_recorder *recorder;
    mpt_reinjection_log *log;
    flow last;
    uint64_t reading;
    bool open;
    uint32_t frame;
    unsigned graphs, tables;
    bool two;       /* vantage points */
    unsigned point; /* the last one asked for */
    uint32_t selected_frame;
    bool selects; /* a packet of connection 0, which is not the largest */
    char *filter;
} test;

static const hosts HOSTS = {.version = MPT_V1, .key = {0x0102030405060708, 0x1112131415161718}};
static const hosts OTHERS = {.version = MPT_V1, .key = {0x2122232425262728, 0x3132333435363738}};

static void make_capture(void)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    config.want_frames = true;
    wire_open(&test.wire, &config);
    test.recorder = mpt_recorder_new(test.wire.engine, true);
    mpt_engine_observe(test.wire.engine, &mpt_recorder_observer, test.recorder);

    test.log = mpt_reinjection_log_new(test.wire.engine);
    mpt_engine_observe(test.wire.engine, &MPT_REINJECTION_OBSERVER, test.log);

    flow other = flow_between(&test.wire, "192.0.2.1", 40002, "192.0.2.3", 443, 2);
    flow first = flow_between(&test.wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    flow second = flow_between(&test.wire, "198.51.100.1", 40001, "192.0.2.2", 443, 1);
    flow_open_capable(&other, &OTHERS);
    flow_send_data(&other, 1, &OTHERS, 1, 1, 3000);
    flow_open_capable(&first, &HOSTS);
    flow_open_join(&second, &HOSTS, 0, (const uint8_t[]){1, 0}, false);
    for (unsigned i = 0; i < 800; i++) {
        flow_send_data(i % 3 ? &first : &second, 0, &HOSTS, 0, 1 + 1000 * (int64_t)i, 1000);
        if (i % 50 == 49)
            flow_send_data(&second, 0, &HOSTS, 0, 1 + 1000 * (int64_t)i, 1000);
        flow_send_data_ack(&first, 1, &HOSTS, 1, 1001 + 1000 * (int64_t)i);
    }
    mpt_engine_flush(test.wire.engine);
    test.last = first;
    test.reading = 1;
    test.open = true;
}

static mpt_report_context context_of(mpt_arguments *arguments)
{
    *arguments = mpt_arguments_of(&mpt_plot_report);
    return (mpt_report_context){.engine = test.wire.engine,
                                .connections = mpt_metrics_connections(test.wire.engine),
                                .arguments = arguments,
                                .collected = test.recorder,
                                .reinjections = test.log};
}

/* Of the same capture; only what they are called differs. */
static void set_points(mpt_gui_points *points)
{
    test.point = test.point == MPT_GUI_USUAL_POINT ? 0 : test.point;
    if (!test.two)
        return;
    mpt_gui_points_clear(points);
    points->names = g_strsplit("the client (interface 0),the server (interface 1)", ",", -1);
    points->count = 2;
    points->chosen = test.point;
}

static mpt_gui_capture *capture(unsigned point, const char **why)
{
    mpt_arguments arguments;
    mpt_report_context x;
    mpt_gui_capture *c;

    *why = "no capture is open";
    test.point = point;
    if (!test.open)
        return NULL;
    x = context_of(&arguments);
    c = mpt_gui_capture_new(&x, test.reading, "/captures/made-up.pcapng");
    c->selected = test.selects ? 0 : MPT_GUI_NO_CONNECTION;
    set_points(&c->points);
    g_ptr_array_unref(x.connections);
    return c;
}

static void check(uint64_t reading)
{
    if (!test.open || reading != test.reading)
        g_error("a window asked for a reading that is gone");
}

static mpt_gui_graph *graph(const mpt_gui_request *request)
{
    mpt_arguments arguments;
    mpt_report_context x = context_of(&arguments);
    mpt_gui_graph *g;

    check(request->reading);
    test.graphs++;
    test.point = request->point;
    g = mpt_gui_graph_new(&x, request);
    g_ptr_array_unref(x.connections);
    return g;
}

static bool save_csv(const mpt_gui_request *request, const char *path, char **why)
{
    mpt_arguments arguments;
    mpt_report_context x = context_of(&arguments);
    bool ok;

    check(request->reading);
    ok = mpt_gui_save_csv(&x, request, path, why);
    g_ptr_array_unref(x.connections);
    return ok;
}

static void free_text(char *text)
{
    g_free(text);
}

static void go_to_frame(uint64_t reading, uint32_t frame)
{
    check(reading);
    test.frame = frame;
}

static void show_filter(uint64_t reading, const char *filter, bool now)
{
    check(reading);
    g_free(test.filter);
    test.filter = g_strdup_printf("%s%s", now ? "" : "prepared: ", filter);
}

/* --- tables --- */

static const mpt_column BIG_COLUMNS[] = {
    {.name = "connection", .title = "Conn", .type = MPT_ID},
    {.name = "data", .title = "Data", .type = MPT_BYTES, .flags = MPT_COLUMN_TEXT_ONLY | MPT_COLUMN_SCALED},
    {.name = "data", .title = "Data (bytes)", .type = MPT_BYTES},
    {.name = "words", .title = "Words", .type = MPT_TEXT},
};

static const struct big {
    bool known;
    uint64_t bytes;
    const char *words;
} BIG[] = {
    {true, 4294967297, "above 2^32"},   {true, 9, "a comma, and a \"quote\""},
    {true, 10000000000, "the largest"}, {false, 0, "not known"},
    {true, 4294967296, "2^32"},
};

/* Instead of the connections: numbers that no engine comes to in a test. */
static mpt_gui_table *big_table(void)
{
    mpt_gui_table *t = g_new0(mpt_gui_table, 1);
    mpt_table *cells = mpt_table_new(BIG_COLUMNS, G_N_ELEMENTS(BIG_COLUMNS));

    t->name = g_strdup("made-up.pcapng");
    t->summary = g_strdup("Made up.");
    t->empty = "Nothing.";
    t->column_count = G_N_ELEMENTS(BIG_COLUMNS);
    t->columns = g_new0(mpt_gui_column, t->column_count);
    t->row_count = G_N_ELEMENTS(BIG);
    t->rows = g_new0(mpt_gui_row, t->row_count);
    t->cells = cells;
    for (unsigned k = 0; k < t->column_count; k++)
        t->columns[k] = (mpt_gui_column){.title = BIG_COLUMNS[k].title,
                                         .name = k == 1 ? NULL : g_strdup(BIG_COLUMNS[k].name),
                                         .right = k < 3};
    for (unsigned i = 0; i < t->row_count; i++) {
        t->rows[i] = (mpt_gui_row){.connection = i == 3 ? MPT_GUI_NO_CONNECTION : i / 2,
                                   .subflow = i < 2 ? i : MPT_GUI_NO_SUBFLOW,
                                   .frame = i == 3 ? 0 : 100 + i,
                                   .direction = 2,
                                   .severity = MPT_GUI_PLAIN};
        t->rows[i].field_connection = t->rows[i].connection;
        t->rows[i].field_subflow = t->rows[i].subflow;
        mpt_table_begin_row(cells);
        mpt_table_set_uint(cells, 0, i / 2);
        if (BIG[i].known) {
            mpt_table_set_uint(cells, 1, BIG[i].bytes);
            mpt_table_set_uint(cells, 2, BIG[i].bytes);
        }
        mpt_table_set_text(cells, 3, BIG[i].words);
    }
    return t;
}

static uint64_t segments(uint64_t reading)
{
    check(reading);
    return test.wire.frame;
}

static mpt_gui_table *table(mpt_gui_kind kind, unsigned point, bool hurry, const char **why)
{
    mpt_arguments arguments;
    mpt_report_context x;
    mpt_gui_table *t;

    *why = "no capture is open";
    if (!test.open)
        return NULL;
    if (!hurry)
        mpt_engine_flush(test.wire.engine);
    test.tables++;
    test.point = point;
    x = context_of(&arguments);
    t = kind == MPT_GUI_TABLE_CONNECTIONS ? big_table()
                                          : mpt_gui_table_new(kind, &x, "/captures/made-up.pcapng");
    g_ptr_array_unref(x.connections);
    set_points(&t->points);
    t->selected = test.selects ? 0 : MPT_GUI_NO_CONNECTION;
    t->selected_subflow = 0;
    if (kind == MPT_GUI_TABLE_PATHS && test.two)
        t->ends = (mpt_gui_ends){.at = g_strdup(""),
                                 .client = g_strdup("1"),
                                 .server = g_strdup(""),
                                 .interfaces = g_new0(uint32_t, 2),
                                 .count = 2};
    t->segments = segments(test.reading);
    t->reading = test.reading;
    t->complete = !hurry;
    return t;
}

static char *report(uint64_t reading, mpt_gui_kind kind, unsigned point)
{
    check(reading);
    test.point = point;
    return g_strdup_printf("report %d", (int)kind);
}

static bool selected(uint64_t reading, unsigned point, uint32_t *connection, uint32_t *subflow)
{
    check(reading);
    (void)point;
    *connection = test.selects ? 0 : MPT_GUI_NO_CONNECTION;
    *subflow = test.selects ? 0 : MPT_GUI_NO_SUBFLOW;
    return test.selects;
}

static bool set_ends(const char *at, const char *client, const char *server, char **why)
{
    g_free(test.filter);
    test.filter = g_strdup_printf("at=%s client=%s server=%s", at, client, server);
    *why = strcmp(client, "x") ? NULL : g_strdup("\"x\" is no number");
    return !*why;
}

static mpt_gui_flow *flow_of(uint64_t reading, unsigned point, uint32_t connection)
{
    mpt_arguments arguments;
    mpt_report_context x = context_of(&arguments);
    mpt_gui_flow *made;

    check(reading);
    test.point = point;
    made = mpt_gui_flow_new(&x, connection);
    g_ptr_array_unref(x.connections);
    return made;
}

static uint32_t selected_frame(uint64_t reading)
{
    check(reading);
    return test.selected_frame;
}

static char *summary(uint64_t reading, unsigned point, uint32_t connection)
{
    check(reading);
    test.point = point;
    return g_strdup_printf("summary of %u", connection);
}

const mpt_gui_plugin *test_plugin(void)
{
    static mpt_gui_plugin plugin = {.capture = capture,
                                    .capture_free = mpt_gui_capture_free,
                                    .graph = graph,
                                    .graph_free = mpt_gui_graph_free,
                                    .describe = mpt_gui_describe,
                                    .save_csv = save_csv,
                                    .text_free = free_text,
                                    .go_to_frame = go_to_frame,
                                    .show_filter = show_filter,
                                    .table = table,
                                    .table_free = mpt_gui_table_free,
                                    .cell = mpt_gui_table_cell,
                                    .compare = mpt_gui_table_compare,
                                    .filter = mpt_gui_table_filter,
                                    .report = report,
                                    .segments = segments,
                                    .selected = selected,
                                    .set_ends = set_ends,
                                    .flow = flow_of,
                                    .flow_free = mpt_gui_flow_free,
                                    .flow_filter = mpt_gui_flow_set_filter,
                                    .flow_space = mpt_gui_flow_space_of,
                                    .flow_edges = mpt_gui_flow_edges,
                                    .flow_arrow = mpt_gui_flow_arrow,
                                    .flow_figures = mpt_gui_flow_figures,
                                    .flow_find = mpt_gui_flow_find,
                                    .flow_after = mpt_gui_flow_after,
                                    .flow_save = mpt_gui_flow_save,
                                    .selected_frame = selected_frame,
                                    .summary = summary};

    if (!test.recorder)
        make_capture();
    plugin.types = mpt_gui_types(&plugin.type_count);
    return &plugin;
}

void test_close(bool another)
{
    test.reading++;
    test.open = another;
}

void test_grow(void)
{
    flow_send_data(&test.last, 0, &HOSTS, 0, 800001, 1000);
}

void test_two_points(bool two)
{
    test.two = two;
}

void test_selects(bool selects)
{
    test.selects = selects;
}

void test_selects_frame(uint32_t frame)
{
    test.selected_frame = frame;
}

unsigned test_point(void)
{
    return test.point;
}

void test_free(void)
{
    g_free(test.filter);
    mpt_reinjection_log_free(test.log);
    mpt_recorder_free(test.recorder);
    mpt_engine_free(test.wire.engine);
}

uint32_t test_frame(void)
{
    uint32_t frame = test.frame;

    test.frame = 0;
    return frame;
}

unsigned test_graphs(void)
{
    unsigned graphs = test.graphs;

    test.graphs = 0;
    return graphs;
}

unsigned test_tables(void)
{
    unsigned tables = test.tables;

    test.tables = 0;
    return tables;
}

const char *test_filter(void)
{
    return test.filter ? test.filter : "";
}
