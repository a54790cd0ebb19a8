/* menu.c - see menu.h. Entries show the reading behind the fields; nothing is read again.
 *
 * Invariant: every entry shows something, even without the window module or without a capture.
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

/* --- the entries --- */

struct entry {
    const mpt_report *report;
    const mpt_report_entry *shown;
};

/* why: the module can't be loaded; NULL: it is there. */
static void show_report(const struct entry *entry, const mpt_gui_module *module, const char *why)
{
    char *report = mpt_windows_report(entry->report, module ? MPT_TEXT_WIDTH : PLAIN_COLUMNS);
    GString *text = g_string_new(NULL);

    if (entry->shown->window == MPT_WINDOW_TABLE && why && report)
        g_string_printf(text, "The table cannot be shown: %s. Here is the report as text.\n\n", why);
    g_string_append(text, report ? report : MPT_NO_CAPTURE);
    if (module) {
        char *file = report ? mpt_windows_file() : NULL, *shown = report ? mpt_windows_selected() : NULL;

        module->open_text(entry->shown->title, file, text->str, shown);
        g_free(file);
        g_free(shown);
    } else
        show_plainly(entry->shown->title, text->str);
    g_free(report);
    g_string_free(text, TRUE);
}

static void show_graphs(const struct entry *entry)
{
    char *text = mpt_graphs_menu_open(entry->report);

    if (text)
        show_plainly(entry->shown->title, text);
    g_free(text);
}

static void on_entry(ext_menubar_gui_type gui_type _U_, gpointer gui_object _U_, gpointer user_data)
{
    const struct entry *entry = user_data;
    const mpt_gui_module *module;
    char *why = NULL;

    if (entry->shown->window == MPT_WINDOW_GRAPHS) {
        show_graphs(entry);
        return;
    }
    module = mpt_windows_module(&why);
    if (module && mpt_windows_have_capture() && entry->shown->window == MPT_WINDOW_FLOW)
        module->open_flow();
    else if (module && entry->shown->window == MPT_WINDOW_TABLE)
        module->open_table(entry->shown->table);
    else
        show_report(entry, module, why);
    g_free(why);
}

/* By place; those that no report has stay empty. */
static struct entry entries[16];

void mpt_menu_register(void)
{
    ext_menu_t *menu = ext_menubar_register_menu(mpt_prefs_protocol(), "M&PTCP", TRUE);
    const mpt_report *report;

    ext_menubar_set_parentmenu(menu, "Statistics");
    for (unsigned i = 0; (report = mpt_registry_at(i)) != NULL; i++)
        for (const mpt_report_entry *e = report->entries; e && e->place; e++)
            entries[e->place] = (struct entry){.report = report, .shown = e};
    for (unsigned i = 0; i < G_N_ELEMENTS(entries); i++)
        if (entries[i].shown)
            ext_menubar_add_entry(menu, entries[i].shown->label, entries[i].shown->tooltip, on_entry,
                                  &entries[i]);
}
