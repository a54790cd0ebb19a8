/* graphs.c - see graphs.h. Graphs are drawn from what fields.c recorded: nothing is read again.
 *
 * Invariant: a window that asks for another reading than the one that is there gets nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "graphs.h"

#include "compat.h"

#include <epan/funnel.h>
#include <epan/plugin_if.h>

#include <unistd.h>

#include "../tap/listener.h"
#include "fields.h"
#include "gui_module.h"
#include "report/gui_graph.h"
#include "report/kinds.h"
#include "report/plot.h"
#include "report/sink.h"

static const char NO_CAPTURE[] = "There is no capture to draw: open one first. (If one is open, the preference "
                                 "mptcpscope.fields is off, on which this window relies.)";

/* The engine of the reading; NULL where it is gone, or was never recorded. */
static const mpt_engine *engine_of(uint64_t number)
{
    mpt_frames *frames = number == mpt_fields_reading() ? mpt_fields_frames() : NULL;

    return frames && mpt_fields_recorder() ? mpt_frames_engine(frames) : NULL;
}

/* --- what the windows ask --- */

static mpt_gui_capture *capture(const char **why)
{
    const mpt_engine *engine = engine_of(mpt_fields_reading());
    ws_info_t *info = NULL;

    if (!engine) {
        *why = NO_CAPTURE;
        return NULL;
    }
    plugin_if_get_ws_info(&info);
    return mpt_gui_capture_new(engine, mpt_fields_reading(),
                               info && info->cf_filename ? info->cf_filename : "capture");
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

static void go_to_frame(uint64_t number, uint32_t frame)
{
    if (frame && engine_of(number))
        plugin_if_goto_frame(frame);
}

static const mpt_gui_module *load(char **why)
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
    };
    const mpt_gui_module *module;

    plugin.types = mpt_gui_types(&plugin.type_count);
    module = mpt_gui_module_load(&plugin, why);
    if (module)
        mpt_fields_on_gone(module->capture_gone);
    return module;
}

/* --- without the module: the HTML report --- */

static void write_report(const mpt_engine *engine, mpt_sink *sink, GString *sentence)
{
    GPtrArray *connections = mpt_metrics_connections(engine);
    mpt_arguments arguments;
    char *error = NULL;
    mpt_report_context x = {
        .engine = engine,
        .connections = connections,
        .arguments = &arguments,
        .wireshark_version = mpt_listener_wireshark_version(),
        .collected = (void *)mpt_fields_recorder(),
    };

    if (mpt_arguments_parse("mptcp,plot", &arguments, &error) == MPT_ARGUMENTS_OK)
        mpt_report_plot(&x, sink, sentence);
    else
        g_string_append(sentence, error);
    g_free(error);
    mpt_arguments_clear(&arguments);
    g_ptr_array_unref(connections);
}

/* The path of a file with the report (free with g_free()); NULL, and *sentence, where it can't be written. */
static char *report_file(const mpt_engine *engine, GString *sentence)
{
    GError *system = NULL;
    char *path = NULL, *error = NULL;
    int fd = g_file_open_tmp("mptcpscope-XXXXXX.html", &path, &system);
    mpt_sink *sink;

    if (fd < 0) {
        g_string_append(sentence, system->message);
        g_error_free(system);
        return NULL;
    }
    close(fd);
    sink = mpt_sink_open(path, &error);
    if (sink)
        write_report(engine, sink, sentence);
    if ((!sink || !mpt_sink_close(sink, &error)) && !sentence->len)
        g_string_append(sentence, error);
    mpt_sink_free(sink);
    g_free(error);
    if (!sentence->len)
        return path;
    unlink(path);
    g_free(path);
    return NULL;
}

static void browse(const char *path)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    char *uri = g_filename_to_uri(path, NULL, NULL);

    if (uri && ops && ops->browser_open_url)
        ops->browser_open_url(uri);
    g_free(uri);
}

static char *fall_back(const mpt_engine *engine, const char *why)
{
    GString *sentence = g_string_new(NULL);
    char *path = report_file(engine, sentence), *text;

    if (path) {
        text = g_strdup_printf("The graph window can't be opened: %s.\n\nThe graphs are in your browser instead, from "
                               "the file\n%s\n",
                               why, path);
        browse(path);
    } else {
        text = g_strdup_printf("The graph window can't be opened: %s.\n\nA report with the graphs can't be written "
                               "either: %s.\n",
                               why, sentence->str);
    }
    g_free(path);
    g_string_free(sentence, TRUE);
    return text;
}

char *mpt_graphs_open(void)
{
    const mpt_engine *engine = engine_of(mpt_fields_reading());
    const mpt_gui_module *module;
    char *why = NULL, *text = NULL;

    if (!engine)
        return g_strdup(NO_CAPTURE);
    module = load(&why);
    if (module)
        module->open_graphs();
    else
        text = fall_back(engine, why);
    g_free(why);
    return text;
}
