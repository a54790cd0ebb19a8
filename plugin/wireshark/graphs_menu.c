/* graphs_menu.c - see graphs_menu.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "graphs_menu.h"

#include "plugin/compat.h"

#include <epan/funnel.h>

#include <unistd.h>

#include "plugin/report/format/sink.h"
#include "windows.h"

/* The path of a file with the report (free with g_free()); NULL, and *sentence, where it can't be written. */
static char *report_file(const mpt_report *report, GString *sentence)
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
        mpt_windows_print(report, sink, sentence);
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

static char *fall_back(const mpt_report *report, const char *why)
{
    GString *sentence = g_string_new(NULL);
    char *path = report_file(report, sentence), *text;

    if (path) {
        text = g_strdup_printf(
            "Cannot open the graph window: %s.\n\nThe graphs are in your browser instead, from "
            "the file\n%s\n",
            why, path);
        browse(path);
    } else {
        text =
            g_strdup_printf("Cannot open the graph window: %s.\n\nA report with the graphs cannot be written "
                            "either: %s.\n",
                            why, sentence->str);
    }
    g_free(path);
    g_string_free(sentence, TRUE);
    return text;
}

char *mpt_graphs_menu_open(const mpt_report *report)
{
    const mpt_gui_module *module;
    char *why = NULL, *text = NULL;

    if (!mpt_windows_have_capture())
        return g_strdup(MPT_NO_CAPTURE);
    module = mpt_windows_module(&why);
    if (module)
        module->open_graphs();
    else
        text = fall_back(report, why);
    g_free(why);
    return text;
}
