/* windows.c - see windows.h. Windows show what fields.c recorded: nothing is read again.
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
#include "plugin/report/registry.h"
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

/* The engine of the reading; NULL where it is gone, or was never recorded. */
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

const char *mpt_windows_arguments(mpt_gui_kind kind)
{
    static const char *const arguments[MPT_GUI_TABLES] = {
        [MPT_GUI_TABLE_CONNECTIONS] = "mptcp,summary",       [MPT_GUI_TABLE_SUBFLOWS] = "mptcp,list",
        [MPT_GUI_TABLE_REINJECTIONS] = "mptcp,reinjections", [MPT_GUI_TABLE_EVENTS] = "mptcp,events",
        [MPT_GUI_TABLE_FINDINGS] = "mptcp,diagnose",
    };

    return arguments[kind];
}

static void print(const mpt_engine *engine, const mpt_arguments *arguments, mpt_sink *sink)
{
    GString *sentence = g_string_new(NULL), *note = g_string_new(NULL);
    GPtrArray *connections = mpt_metrics_connections(engine);
    mpt_report_context x = {
        .engine = engine,
        .connections = connections,
        .arguments = arguments,
        .wireshark_version = mpt_listener_wireshark_version(),
        .note = note,
        .collected = arguments->report == MPT_REPORT_REINJECTIONS ? (void *)mpt_fields_reinjections() : NULL,
    };

    if (connections->len > 0)
        mpt_report_kind_of(arguments->report)->print(&x, sink, sentence);
    else
        mpt_sink_puts(sink, "This capture has no Multipath TCP.\n");
    mpt_sink_puts(sink, sentence->str);
    g_ptr_array_unref(connections);
    g_string_free(sentence, TRUE);
    g_string_free(note, TRUE);
}

char *mpt_windows_report(const char *words, size_t columns)
{
    const mpt_engine *engine = mpt_windows_engine();
    mpt_sink *sink;
    mpt_arguments arguments;
    char *error = NULL, *text;

    if (!engine)
        return NULL;
    sink = mpt_sink_new_memory();
    mpt_sink_set_width(sink, columns);
    if (mpt_arguments_parse(words, &arguments, &error) == MPT_ARGUMENTS_OK)
        print(engine, &arguments, sink);
    else
        mpt_sink_puts(sink, error);
    g_free(error);
    mpt_arguments_clear(&arguments);
    text = g_strdup(mpt_sink_text(sink, NULL));
    mpt_sink_free(sink);
    return text;
}

static char *report(uint64_t number, mpt_gui_kind kind)
{
    return is_there(number) ? mpt_windows_report(mpt_windows_arguments(kind), MPT_TEXT_WIDTH) : NULL;
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
