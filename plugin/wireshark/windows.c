/* windows.c - see windows.h. Windows show what fields.c has recorded; nothing is read again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "windows.h"

#include "plugin/compat.h"

#include <epan/plugin_if.h>

#include "fields.h"
#include "gui_module.h"
#include "plugin/report/format/sink.h"
#include "plugin/report/gui/gui_graph.h"
#include "plugin/report/gui/gui_table.h"
#include "tap/listener.h"

const char MPT_NO_CAPTURE[] =
    "There is no capture to show: open one first, or wait for its first packet. (If there are "
    "packets, the preference mptcpscope.fields is off, on which this window relies.)";

const mpt_engine *mpt_windows_engine(void)
{
    mpt_frames *frames = mpt_fields_frames();

    return frames && mpt_fields_recorder() ? mpt_frames_engine(frames) : NULL;
}

static bool is_there(uint64_t number)
{
    return number == mpt_fields_reading() && mpt_fields_unfinished() && mpt_fields_recorder();
}

/* The engine of the reading; NULL if it is gone, or was never recorded. */
static const mpt_engine *engine_of(uint64_t number)
{
    return is_there(number) ? mpt_windows_engine() : NULL;
}

static const char *path_of_capture(void)
{
    ws_info_t *info = NULL;

    plugin_if_get_ws_info(&info);
    return info && info->cf_filename ? info->cf_filename : "capture";
}

/* --- graphs --- */

static mpt_gui_capture *capture(const char **why)
{
    const mpt_engine *engine = mpt_windows_engine();

    if (engine)
        return mpt_gui_capture_new(engine, mpt_fields_reading(), path_of_capture());
    *why = MPT_NO_CAPTURE;
    return NULL;
}

static mpt_gui_graph *graph(const mpt_gui_request *request)
{
    const mpt_engine *engine = engine_of(request->reading);

    return engine ? mpt_gui_graph_new(engine, mpt_fields_recorder(), request) : NULL;
}

static bool save_csv(const mpt_gui_request *request, const char *path, char **why)
{
    const mpt_engine *engine = engine_of(request->reading);

    if (engine)
        return mpt_gui_save_csv(engine, mpt_fields_recorder(), request, path, why);
    *why = g_strdup("the capture has been closed or read again");
    return false;
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

/* --- tables --- */

static mpt_gui_table *table(mpt_gui_kind kind, bool hurry, const char **why)
{
    uint64_t number = mpt_fields_reading();
    mpt_gui_table *made;

    if (!is_there(number)) {
        *why = MPT_NO_CAPTURE;
        return NULL;
    }
    made = mpt_gui_table_new(kind, hurry ? mpt_fields_unfinished() : mpt_windows_engine(),
                             mpt_fields_reinjections(), path_of_capture());
    made->reading = number;
    made->segments = mpt_fields_segments();
    made->complete = !hurry;
    return made;
}

static uint64_t segments(uint64_t number)
{
    return is_there(number) ? mpt_fields_segments() : 0;
}

/* --- reports as text --- */

static const mpt_report_entry *entry_of(const mpt_report *report, mpt_gui_kind kind)
{
    for (const mpt_report_entry *e = report->entries; e && e->place; e++)
        if (e->window == MPT_WINDOW_TABLE && e->table == kind)
            return e;
    return NULL;
}

void mpt_windows_print(const mpt_report *report, mpt_sink *sink, GString *sentence)
{
    const mpt_engine *engine = mpt_windows_engine();
    GPtrArray *connections = mpt_metrics_connections(engine);
    mpt_arguments arguments = mpt_arguments_of(report);
    mpt_report_context x = {
        .engine = engine,
        .connections = connections,
        .arguments = &arguments,
        .wireshark_version = mpt_listener_wireshark_version(),
        .collected = report->observer ? mpt_fields_collected(report->observer) : NULL,
        .reinjections = mpt_fields_reinjections(),
    };

    if (connections->len > 0 || report->format != MPT_FORMAT_TEXT)
        mpt_report_print(&x, sink, sentence);
    else
        mpt_sink_puts(sink, "This capture has no Multipath TCP.\n");
    g_ptr_array_unref(connections);
}

char *mpt_windows_report(const mpt_report *report, size_t columns)
{
    GString *sentence;
    mpt_sink *sink;
    char *text;

    if (!mpt_windows_engine())
        return NULL;
    sink = mpt_sink_new_memory();
    sentence = g_string_new(NULL);
    mpt_sink_set_width(sink, columns);
    mpt_windows_print(report, sink, sentence);
    mpt_sink_puts(sink, sentence->str);
    text = g_strdup(mpt_sink_text(sink, NULL));
    g_string_free(sentence, TRUE);
    mpt_sink_free(sink);
    return text;
}

/* The report that has the table in its entries. */
static char *report(uint64_t number, mpt_gui_kind kind)
{
    const mpt_report *of = NULL;

    for (unsigned i = 0; (of = mpt_registry_at(i)) != NULL && !entry_of(of, kind);)
        i++;
    return of && is_there(number) ? mpt_windows_report(of, MPT_TEXT_WIDTH) : NULL;
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
    };
    const mpt_gui_module *module;

    plugin.types = mpt_gui_types(&plugin.type_count);
    module = mpt_gui_module_load(&plugin, why);
    if (module)
        mpt_fields_on_gone(module->capture_gone);
    return module;
}
