/* gui_module.c - see gui_module.h.
 *
 * The module is looked for in the build or installation that this plugin belongs to, then where this
 * build installs it:
 *
 *     F/plugins/4.0/epan/mptcpscope.so            F/mptcpscope/mptcpscope-qt5.so     build, personal copy
 *     L/wireshark/plugins/4.0/epan/mptcpscope.so  L/mptcpscope/mptcpscope-qt5.so     installed in L
 *                                                 MPT_GUI_FOLDER/mptcpscope-qt5.so
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_module.h"

#include <glib.h>
#include <gmodule.h>

#ifdef G_OS_WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

/* "5.15.8": of the Qt that this program runs with; NULL: none. */
static const char *running_qt(void)
{
    const char *(*version)(void) = NULL;
    gpointer symbol = NULL;
    GModule *program = g_module_open(NULL, G_MODULE_BIND_LAZY);

    if (program && g_module_symbol(program, "qVersion", &symbol))
        *(gpointer *)&version = symbol;
    if (program)
        g_module_close(program);
    return version ? version() : NULL;
}

/* The file that this code was loaded from; NULL: not known. */
static char *own_path(void)
{
#ifdef G_OS_WIN32
    HMODULE here;
    wchar_t path[32768];

    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                            (LPCWSTR)(uintptr_t)mpt_gui_module_load, &here) ||
        !GetModuleFileNameW(here, path, G_N_ELEMENTS(path)))
        return NULL;
    return g_utf16_to_utf8((const gunichar2 *)path, -1, NULL, NULL, NULL);
#else
    Dl_info here;

    return dladdr((void *)(uintptr_t)mpt_gui_module_load, &here) ? g_strdup(here.dli_fname) : NULL;
#endif
}

static void add_folders(GPtrArray *folders)
{
    char *own = own_path(), *file, *above;

    if (!own)
        return;
    file = g_build_filename(own, "..", "..", "..", "..", NULL);
    above = g_canonicalize_filename(file, NULL);
    g_ptr_array_add(folders, g_build_filename(above, "mptcpscope", NULL));
    if (g_str_has_suffix(above, G_DIR_SEPARATOR_S "wireshark"))
        g_ptr_array_add(folders, g_build_filename(above, "..", "mptcpscope", NULL));
    g_free(above);
    g_free(file);
    g_free(own);
}

/* The module's path; NULL where there is none. */
static char *find(const char *qt)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    char *name = g_strdup_printf("mptcpscope-qt%c." G_MODULE_SUFFIX, qt[0]), *path = NULL;

    add_folders(folders);
    g_ptr_array_add(folders, g_strdup(MPT_GUI_FOLDER));
    for (guint i = 0; i < folders->len && !path; i++) {
        path = g_build_filename(g_ptr_array_index(folders, i), name, NULL);
        if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
            g_clear_pointer(&path, g_free);
    }
    g_free(name);
    g_ptr_array_unref(folders);
    return path;
}

static const mpt_gui_module *enter(GModule *library, const char *path, const mpt_gui_plugin *plugin,
                                   char **why)
{
    const mpt_gui_module *module;
    mpt_gui_entry entry = NULL;
    gpointer symbol = NULL;
    char reason[256] = "";

    /* Even if it refuses: Qt can't be unloaded safely. */
    g_module_make_resident(library);
    if (!g_module_symbol(library, MPT_GUI_ENTRY, &symbol)) {
        *why = g_strdup_printf("%s is not a module of mptcpscope", path);
        return NULL;
    }
    *(gpointer *)&entry = symbol;
    module = entry(MPT_GUI_INTERFACE, plugin, reason, sizeof reason);
    if (!module)
        *why = g_strdup(reason);
    return module;
}

bool mpt_gui_module_is_there(void)
{
    const char *qt = running_qt();
    char *path = qt ? find(qt) : NULL;
    bool there = path != NULL;

    g_free(path);
    return there;
}

const mpt_gui_module *mpt_gui_module_load(const mpt_gui_plugin *plugin, char **why)
{
    static const mpt_gui_module *module;
    const char *qt = running_qt();
    GModule *library;
    char *path;

    if (module)
        return module;
    path = qt ? find(qt) : NULL;
    if (!path) {
        *why = qt ? g_strdup_printf("the module for the windows, mptcpscope-qt%c, is not installed", qt[0])
                  : g_strdup("this program does not use Qt");
        return NULL;
    }
    library = g_module_open(path, G_MODULE_BIND_LOCAL);
    if (library)
        module = enter(library, path, plugin, why);
    else
        *why = g_strdup(g_module_error());
    g_free(path);
    return module;
}
