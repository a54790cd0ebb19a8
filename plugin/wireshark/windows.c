/* windows.c - see windows.h. Windows show what reading.c has recorded; nothing is read again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "windows.h"

#include "plugin/compat.h"

#include <epan/funnel.h>
#include <epan/plugin_if.h>

#include "gui_module.h"
#include "plugin/prefs.h"
#include "plugin/report/common/vantage_words.h"
#include "plugin/report/format/sink.h"
#include "plugin/report/gui/gui_flow.h"
#include "plugin/report/gui/gui_graph.h"
#include "plugin/report/gui/gui_points.h"
#include "plugin/report/gui/gui_table.h"
#include "plugin/settings.h"
#include "reading.h"
#include "selection.h"
#include "tap/engine/paths/twins.h"

const char MPT_NO_CAPTURE[] =
    "No packets yet. If a capture is open, set the preference mptcpscope.fields to \"auto\": this window "
    "needs it.";

bool mpt_windows_have_capture(void)
{
    return mpt_reading_unfinished() && mpt_reading_recorder(0);
}

static bool is_there(uint64_t number)
{
    return number == mpt_reading_number() && mpt_windows_have_capture();
}

/* The place among the capture's points, as windows have it, to the point. */
static unsigned point_at(mpt_frames *frames, unsigned place)
{
    return mpt_gui_points_number(mpt_frames_engines(frames), place, mpt_frames_point(frames));
}

static const char *path_of_capture(void)
{
    ws_info_t *info = NULL;

    plugin_if_get_ws_info(&info);
    return info && info->cf_filename ? info->cf_filename : "capture";
}

/* The connection and subflow of the packet that is selected, as this point numbers them. */
static bool find_selected(mpt_frames *frames, unsigned point, uint32_t *connection, uint32_t *subflow)
{
    mpt_frame_ids ids;

    *connection = MPT_GUI_NO_CONNECTION;
    *subflow = MPT_GUI_NO_SUBFLOW;
    /* Elsewhere they have other numbers. */
    if (point != mpt_frames_point(frames) || !mpt_selection_of(frames, mpt_selection_frame(), &ids))
        return false;
    *connection = ids.connection_id;
    if (ids.subflow)
        *subflow = ids.subflow_id;
    return true;
}

/* --- graphs --- */

/* What graphs are made from, of this point. arguments: room for them. */
static bool graph_context(mpt_report_context *x, unsigned place, mpt_arguments *arguments)
{
    mpt_frames *frames = mpt_reading_frames();

    if (!frames || !mpt_windows_have_capture())
        return false;
    *arguments = mpt_arguments_of(&mpt_plot_report);
    mpt_reading_context(x, point_at(frames, place), arguments);
    return true;
}

static mpt_gui_capture *capture(unsigned place, const char **why)
{
    mpt_gui_capture *made;
    mpt_arguments arguments;
    mpt_report_context x;

    *why = MPT_NO_CAPTURE;
    if (!graph_context(&x, place, &arguments))
        return NULL;
    made = mpt_gui_capture_new(&x, mpt_reading_number(), path_of_capture());
    find_selected(mpt_reading_frames(), x.point, &made->selected, &made->selected_subflow);
    mpt_reading_context_clear(&x);
    return made;
}

static mpt_gui_graph *graph(const mpt_gui_request *request)
{
    mpt_gui_graph *made;
    mpt_arguments arguments;
    mpt_report_context x;

    if (!is_there(request->reading) || !graph_context(&x, request->point, &arguments))
        return NULL;
    made = mpt_gui_graph_new(&x, request);
    mpt_reading_context_clear(&x);
    return made;
}

static bool save_csv(const mpt_gui_request *request, const char *path, char **why)
{
    mpt_arguments arguments;
    mpt_report_context x;
    bool saved;

    *why = NULL;
    if (!is_there(request->reading) || !graph_context(&x, request->point, &arguments))
        return false;
    saved = mpt_gui_save_csv(&x, request, path, why);
    mpt_reading_context_clear(&x);
    return saved;
}

static mpt_gui_flow *flow(uint64_t number, unsigned place, uint32_t connection)
{
    mpt_gui_flow *made;
    mpt_arguments arguments;
    mpt_report_context x;

    if (!is_there(number) || !graph_context(&x, place, &arguments))
        return NULL;
    made = mpt_gui_flow_new(&x, connection);
    mpt_reading_context_clear(&x);
    return made;
}

static uint32_t selected_frame(uint64_t number)
{
    return is_there(number) ? mpt_selection_frame() : 0;
}

static void free_text(char *text)
{
    g_free(text);
}

/* --- the main window --- */

static void go_to_frame(uint64_t number, uint32_t frame)
{
    if (frame && is_there(number))
        plugin_if_goto_frame(frame);
}

static void show_filter(uint64_t number, const char *filter, bool now)
{
    if (is_there(number))
        plugin_if_apply_filter(filter, now);
}

/* --- reports as text, and tables --- */

static const mpt_report_entry *entry_of(const mpt_report *report, mpt_gui_kind kind)
{
    for (const mpt_report_entry *e = report->entries; e && e->place; e++)
        if (e->window == MPT_WINDOW_TABLE && e->table == kind)
            return e;
    return NULL;
}

static const mpt_report *report_of(mpt_gui_kind kind)
{
    const mpt_report *of = NULL;

    for (unsigned i = 0; (of = mpt_registry_at(i)) != NULL && !entry_of(of, kind);)
        i++;
    return of;
}

/* Which subflows of the only point are those of one of its places. NULL: of a point. */
static mpt_twins *twins_of_place(const mpt_report_context *x)
{
    mpt_twins *twins = mpt_vantage_is_place(x->point) ? mpt_twins_new(MPT_VANTAGE_ENGINES) : NULL;
    unsigned both[] = {0, x->point};

    for (size_t i = 0; twins && i < G_N_ELEMENTS(both); i++) {
        const GPtrArray *all = mpt_engine_subflows(mpt_vantage_engines_at(x->points, both[i]));

        for (guint k = 0; k < all->len; k++) {
            const mpt_subflow *s = g_ptr_array_index(all, k);
            if (s->connection && !mpt_engine_forgot(s))
                mpt_twins_seen(twins, both[i], s);
        }
    }
    if (twins)
        mpt_twins_finish(twins);
    return twins;
}

static void find_numbers(const mpt_report_context *x, mpt_frames *frames, const mpt_twins *twins,
                         const mpt_subflow *s, mpt_frame_ids *ids)
{
    const mpt_subflow *at_point = twins ? mpt_twins_at(twins, x->point, s, 0) : s;

    if (at_point && at_point->connection)
        mpt_frames_numbers(frames, twins ? 0 : x->point, at_point, ids);
}

/* The numbers that fields have for a row of another point. */
static void set_field_numbers(mpt_gui_row *row, const mpt_report_context *x, mpt_frames *frames,
                              const mpt_twins *twins)
{
    mpt_frame_ids ids = {0};
    GPtrArray *subflows;
    bool whole = row->subflow == MPT_GUI_NO_SUBFLOW;

    if (row->connection == MPT_GUI_NO_CONNECTION)
        return;
    subflows = mpt_connection_subflows_by_id(g_ptr_array_index(x->connections, row->connection));
    for (guint i = 0; i < subflows->len && !ids.connection; i++)
        if (whole || i == row->subflow)
            find_numbers(x, frames, twins, g_ptr_array_index(subflows, i), &ids);
    row->field_connection = ids.connection ? ids.connection_id : MPT_GUI_NO_CONNECTION;
    row->field_subflow = !whole && ids.subflow ? ids.subflow_id : MPT_GUI_NO_SUBFLOW;
    g_ptr_array_unref(subflows);
}

/* --- the ends of a merged capture --- */

static void fill_ends(mpt_gui_ends *ends, mpt_vantage_engines *points)
{
    const mpt_vantage *v = mpt_vantage_engines_vantage(points);
    GArray *seen = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t id;

    for (unsigned k = 0; mpt_vantage_seen(v, k, &id); k++)
        g_array_append_val(seen, id);
    ends->at = g_strdup(mpt_settings_now.at);
    ends->client = g_strdup(mpt_settings_now.client);
    ends->server = g_strdup(mpt_settings_now.server);
    ends->count = seen->len;
    ends->interfaces = (uint32_t *)(void *)g_array_free(seen, FALSE);
}

/* What the preferences ask for and this capture does not have. */
static void say_missing(mpt_gui_table *table, mpt_vantage_engines *points)
{
    GString *sentence = g_string_new(NULL);
    char *before = table->summary;

    if (mpt_vantage_missing(points, sentence))
        table->summary = g_strdup_printf("%s\nThe preferences cannot be met: %s.", before, sentence->str);
    if (table->summary != before)
        g_free(before);
    g_string_free(sentence, TRUE);
}

static bool set_ends(const char *at, const char *client, const char *server, char **why)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    mpt_vantage_request request = {0};

    *why = NULL;
    if (!mpt_vantage_request_parse(&request, at, client, server, why))
        return false;
    mpt_vantage_request_clear(&request);
    mpt_prefs_set_vantage(at, client, server);
    if (ops && ops->redissect_packets)
        ops->redissect_packets(ops->ops_id);
    return true;
}

static mpt_gui_table *table(mpt_gui_kind kind, unsigned place, bool hurry, const char **why)
{
    mpt_frames *frames = hurry ? mpt_reading_unfinished() : mpt_reading_frames();
    mpt_arguments arguments = mpt_arguments_of(report_of(kind));
    mpt_report_context x;
    mpt_gui_table *made;
    mpt_twins *twins;

    if (!frames || !mpt_windows_have_capture()) {
        *why = MPT_NO_CAPTURE;
        return NULL;
    }
    mpt_reading_context(&x, point_at(frames, place), &arguments);
    /* Comparing two points ends what waits for its partner: not while the capture grows. */
    if (hurry)
        x.paths = NULL;
    made = mpt_gui_table_new(kind, &x, path_of_capture());
    twins = twins_of_place(&x);
    for (size_t i = 0; x.point != mpt_frames_point(frames) && i < made->row_count; i++)
        set_field_numbers(&made->rows[i], &x, frames, twins);
    mpt_twins_free(twins);
    if (kind == MPT_GUI_TABLE_PATHS) {
        fill_ends(&made->ends, x.points);
        say_missing(made, x.points);
    }
    find_selected(frames, x.point, &made->selected, &made->selected_subflow);
    mpt_reading_context_clear(&x);
    made->reading = mpt_reading_number();
    made->segments = mpt_reading_segments();
    made->complete = !hurry;
    return made;
}

static uint64_t segments(uint64_t number)
{
    return is_there(number) ? mpt_reading_segments() : 0;
}

static void print_at(const mpt_arguments *arguments, unsigned place, mpt_sink *sink, GString *sentence)
{
    mpt_frames *frames = mpt_reading_frames();
    mpt_report_context x;

    mpt_reading_context(&x, point_at(frames, place), arguments);
    if (x.connections->len > 0 || arguments->report->format != MPT_FORMAT_TEXT)
        mpt_report_print(&x, sink, sentence);
    else
        mpt_sink_puts(sink, "This capture has no Multipath TCP.\n");
    mpt_reading_context_clear(&x);
}

void mpt_windows_print(const mpt_report *report, mpt_sink *sink, GString *sentence)
{
    mpt_arguments arguments = mpt_arguments_of(report);

    print_at(&arguments, MPT_GUI_USUAL_POINT, sink, sentence);
}

static char *text_at(const mpt_arguments *arguments, unsigned place, size_t columns)
{
    GString *sentence;
    mpt_sink *sink;
    char *text;

    if (!mpt_windows_have_capture())
        return NULL;
    sink = mpt_sink_new_memory();
    sentence = g_string_new(NULL);
    mpt_sink_set_width(sink, columns);
    print_at(arguments, place, sink, sentence);
    mpt_sink_puts(sink, sentence->str);
    text = g_strdup(mpt_sink_text(sink, NULL));
    g_string_free(sentence, TRUE);
    mpt_sink_free(sink);
    return text;
}

char *mpt_windows_report(const mpt_report *report, size_t columns)
{
    mpt_arguments arguments = mpt_arguments_of(report);

    return text_at(&arguments, MPT_GUI_USUAL_POINT, columns);
}

char *mpt_windows_file(void)
{
    return mpt_gui_file_name(path_of_capture());
}

char *mpt_windows_selected(void)
{
    mpt_frames *frames = mpt_reading_frames();
    uint32_t connection, subflow;

    return frames && find_selected(frames, mpt_frames_point(frames), &connection, &subflow)
               ? g_strdup_printf("Connection %u: ", connection)
               : NULL;
}

static bool selected(uint64_t number, unsigned place, uint32_t *connection, uint32_t *subflow)
{
    mpt_frames *frames = is_there(number) ? mpt_reading_frames() : NULL;

    return frames && find_selected(frames, point_at(frames, place), connection, subflow);
}

static char *summary(uint64_t number, unsigned place, uint32_t connection)
{
    mpt_arguments arguments = mpt_arguments_of(&mpt_summary_report);

    arguments.stream = connection;
    arguments.presence |= MPT_BIT(MPT_ARG_STREAM) | MPT_BIT(MPT_ARG_FULL);
    return is_there(number) ? text_at(&arguments, place, MPT_TEXT_WIDTH) : NULL;
}

/* The report that has the table in its entries. */
static char *report(uint64_t number, mpt_gui_kind kind, unsigned place)
{
    const mpt_report *of = report_of(kind);
    mpt_arguments arguments;

    if (!of || !is_there(number))
        return NULL;
    arguments = mpt_arguments_of(of);
    return text_at(&arguments, place, MPT_TEXT_WIDTH);
}

/* --- the module --- */

const mpt_gui_module *mpt_windows_module(char **why)
{
    static mpt_gui_plugin plugin = {
        .capture = capture,
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
        .flow = flow,
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
        .selected = selected,
        .set_ends = set_ends,
        .summary = summary,
    };
    const mpt_gui_module *module;

    plugin.types = mpt_gui_types(&plugin.type_count);
    module = mpt_gui_module_load(&plugin, why);
    if (module)
        mpt_reading_on_gone(module->capture_gone);
    return module;
}
