/* menu.c - see menu.h. A report is drawn from the reading that the fields are made of: nothing is read again.
 *
 * Invariant: a window holds text alone and knows nothing of the capture, so that it may outlive it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "menu.h"

#include "compat.h"

#include <epan/funnel.h>
#include <epan/plugin_if.h>

#include "../tap/listener.h"
#include "arguments.h"
#include "fields.h"
#include "graphs.h"
#include "prefs.h"
#include "report/kinds.h"
#include "report/sink.h"

struct entry {
    const char *label, *title, *tooltip;
    const char *arguments; /* as of -z */
};

static const struct entry entries[] = {
    {"&Summary", "MPTCP summary",
     "Every MPTCP connection with the figures of both directions and all subflows", "mptcp,summary"},
    {"&Events", "MPTCP events", "What was signalled, and what became of subflows, in order of time",
     "mptcp,events"},
    {"&Diagnosis", "MPTCP diagnosis", "What is wrong, or worth knowing, with each connection",
     "mptcp,diagnose"},
    {"Subflow &list", "MPTCP connections and subflows",
     "Keys, tokens, addresses and subflows of each connection", "mptcp,list"},
};

static bool copy(funnel_text_window_t *window, void *data _U_)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    GString *text = g_string_new(ops->get_text(window));

    ops->copy_to_clipboard(text);
    g_string_free(text, TRUE);
    return true;
}

static mpt_ws_bool on_copy(funnel_text_window_t *window, void *data)
{
    return copy(window, data);
}

static void show(const char *title, const char *text)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    funnel_text_window_t *window;
    funnel_bt_t *button;

    if (!ops || !ops->new_text_window || !ops->set_text)
        return;
    window = ops->new_text_window(ops->ops_id, title);
    ops->set_text(window, text);
    if (!ops->add_button || !ops->get_text || !ops->copy_to_clipboard)
        return;
    button = g_new0(funnel_bt_t, 1);
    button->tw = window;
    button->func = on_copy;
    button->free_fcn = g_free;
    ops->add_button(window, button, "Copy");
}

static void draw(const struct entry *entry, mpt_frames *frames)
{
    mpt_sink *sink = mpt_sink_new_memory();
    GString *sentence = g_string_new(NULL), *note = g_string_new(NULL);
    GPtrArray *connections = mpt_metrics_connections(mpt_frames_engine(frames));
    mpt_report_context x = {
        .engine = mpt_frames_engine(frames),
        .connections = connections,
        .wireshark_version = mpt_listener_wireshark_version(),
        .note = note,
    };
    mpt_arguments arguments;
    char *error = NULL;

    if (mpt_arguments_parse(entry->arguments, &arguments, &error) != MPT_ARGUMENTS_OK) {
        show(entry->title, error);
        g_free(error);
    } else if (!connections->len) {
        show(entry->title, "This capture has no Multipath TCP.");
    } else {
        x.arguments = &arguments;
        mpt_report_kind_of(arguments.report)->print(&x, sink, sentence);
        mpt_sink_puts(sink, sentence->str);
        show(entry->title, mpt_sink_text(sink, NULL));
    }
    mpt_arguments_clear(&arguments);
    g_ptr_array_unref(connections);
    g_string_free(sentence, TRUE);
    g_string_free(note, TRUE);
    mpt_sink_free(sink);
}

static void on_entry(ext_menubar_gui_type gui_type _U_, gpointer gui_object _U_, gpointer user_data)
{
    const struct entry *entry = user_data;
    mpt_frames *frames = mpt_fields_frames();

    if (!frames)
        show(entry->title,
             "There is no capture to report on: open one first. (If one is open, the preference "
             "mptcpscope.fields is off, on which this window relies.)");
    else
        draw(entry, frames);
}

static void on_graphs(ext_menubar_gui_type gui_type _U_, gpointer gui_object _U_, gpointer user_data _U_)
{
    char *text = mpt_graphs_open();

    if (text)
        show("MPTCP graphs", text);
    g_free(text);
}

void mpt_menu_register(void)
{
    ext_menu_t *menu = ext_menubar_register_menu(mpt_prefs_protocol(), "M&PTCP", TRUE);

    ext_menubar_set_parentmenu(menu, "Statistics");
    for (unsigned i = 0; i < G_N_ELEMENTS(entries); i++)
        ext_menubar_add_entry(menu, entries[i].label, entries[i].tooltip, on_entry, (gpointer)&entries[i]);
    ext_menubar_add_entry(menu, "&Graphs",
                          "Sequence numbers, throughput, share, round-trip times and more, over time, by subflow",
                          on_graphs, NULL);
}
