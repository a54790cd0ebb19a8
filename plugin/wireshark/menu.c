/* menu.c - see menu.h. What is shown comes from the reading that the fields are made of: nothing is read again.
 *
 * Invariant: every entry shows something, also without the module of windows, and where there is no capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "menu.h"

#include "plugin/compat.h"

#include <epan/funnel.h>
#include <epan/plugin_if.h>

#include "graphs_menu.h"
#include "plugin/prefs.h"
#include "windows.h"

struct entry {
    const char *label, *title, *tooltip;
    const char *arguments; /* as of -z; NULL: a table */
    mpt_gui_kind kind;
};

static const struct entry entries[] = {
    {"&Summary", "MPTCP summary",
     "Every MPTCP connection with the figures of both directions and all subflows, as text", "mptcp,summary",
     0},
    {"&Connections", "MPTCP connections", "A table of connections, to sort, filter and copy", NULL,
     MPT_GUI_TABLE_CONNECTIONS},
    {"Sub&flows", "MPTCP subflows", "A table of the subflows of all connections", NULL,
     MPT_GUI_TABLE_SUBFLOWS},
    {"&Reinjections", "MPTCP reinjections",
     "Data that was sent again under other subflow sequence numbers, and whether it helped", NULL,
     MPT_GUI_TABLE_REINJECTIONS},
    {"&Events", "MPTCP events", "What was signalled, and what became of subflows, in order of time", NULL,
     MPT_GUI_TABLE_EVENTS},
    {"&Diagnosis", "MPTCP diagnosis", "What is wrong, or worth knowing, with each connection", NULL,
     MPT_GUI_TABLE_FINDINGS},
    {"&Keys and addresses", "MPTCP keys and addresses",
     "Keys, tokens, addresses and subflows of each connection, as text", "mptcp,list", 0},
};

/* --- windows of text without the module --- */

/* Wireshark's own window of text wraps longer lines. */
#define PLAIN_COLUMNS 70

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

static void show_plainly(const char *title, const char *text)
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

/* why: the module can't be loaded; NULL: it is there. */
static void show_report(const struct entry *entry, const mpt_gui_module *module, const char *why)
{
    const char *arguments = entry->arguments ? entry->arguments : mpt_windows_arguments(entry->kind);
    char *report = mpt_windows_report(arguments, module ? MPT_TEXT_WIDTH : PLAIN_COLUMNS);
    GString *text = g_string_new(NULL);

    if (!entry->arguments && why && report)
        g_string_printf(text, "The table can't be shown: %s. Here is the report as text.\n\n", why);
    g_string_append(text, report ? report : MPT_NO_CAPTURE);
    if (module)
        module->open_text(entry->title, text->str);
    else
        show_plainly(entry->title, text->str);
    g_free(report);
    g_string_free(text, TRUE);
}

/* --- the entries --- */

static void on_entry(ext_menubar_gui_type gui_type _U_, gpointer gui_object _U_, gpointer user_data)
{
    const struct entry *entry = user_data;
    char *why = NULL;
    const mpt_gui_module *module = mpt_windows_module(&why);

    if (module && !entry->arguments)
        module->open_table(entry->kind);
    else
        show_report(entry, module, why);
    g_free(why);
}

static void on_graphs(ext_menubar_gui_type gui_type _U_, gpointer gui_object _U_, gpointer user_data _U_)
{
    char *text = mpt_graphs_menu_open();

    if (text)
        show_plainly("MPTCP graphs", text);
    g_free(text);
}

void mpt_menu_register(void)
{
    ext_menu_t *menu = ext_menubar_register_menu(mpt_prefs_protocol(), "M&PTCP", TRUE);

    ext_menubar_set_parentmenu(menu, "Statistics");
    for (unsigned i = 0; i < G_N_ELEMENTS(entries); i++)
        ext_menubar_add_entry(menu, entries[i].label, entries[i].tooltip, on_entry, (gpointer)&entries[i]);
    ext_menubar_add_entry(
        menu, "&Graphs",
        "Sequence numbers, throughput, share, round-trip times and more, over time, by subflow", on_graphs,
        NULL);
}
