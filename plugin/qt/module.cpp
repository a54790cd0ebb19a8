// module.cpp - the module's one symbol, and the windows that are open.
//
// Licence: QCustomPlot is GPL-3 or later, so this module is too; the plugin that loads it is GPL-2 or later.
//
// Invariant: no window outlives the event loop.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

#include <QApplication>
#include <QPointer>
#include <QVersionNumber>

#include "flow_window.h"
#include "graph_window.h"
#include "table_window.h"
#include "text_window.h"

static const mpt_gui_plugin *plugin;
static QList<QPointer<Window>> windows;

static void open(Window *window)
{
    windows.removeAll(QPointer<Window>());
    windows.append(window);
    window->show();
    window->raise();
    window->activateWindow();
}

static GraphWindow *newGraphs(unsigned point)
{
    return new GraphWindow(plugin, point, [](const QString &text) {
        open(new TextWindow(QStringLiteral("MPTCP Graphs: Help"), QString(), text));
    });
}

static void openGraphs()
{
    open(newGraphs(MPT_GUI_USUAL_POINT));
}

static void openFlow()
{
    open(new FlowWindow(plugin, MPT_GUI_USUAL_POINT, [](const QString &text) {
        open(new TextWindow(QStringLiteral("MPTCP Flow: Help"), QString(), text));
    }));
}

static void openTable(mpt_gui_kind kind)
{
    TableWindow::Opens opens;

    opens.graph = [](unsigned point, uint32_t connection, unsigned direction, const char *type) {
        GraphWindow *window = newGraphs(point);

        window->choose(connection, direction, type);
        open(window);
    };
    opens.text = [](const QString &title, const QString &file, const QString &text) {
        open(new TextWindow(title, file, text));
    };
    open(new TableWindow(plugin, kind, opens));
}

static void openText(const char *title, const char *file, const char *text, const char *shown)
{
    open(new TextWindow(QString::fromUtf8(title), QString::fromUtf8(file), QString::fromUtf8(text),
                        QString::fromUtf8(shown)));
}

static void captureGone()
{
    for (const QPointer<Window> &window : windows)
        if (window)
            window->captureGone();
}

static void closeAll()
{
    for (const QPointer<Window> &window : windows)
        delete window.data();
    windows.clear();
}

// What was built for one minor release of Qt works with later ones of the same major release.
static bool refuses(unsigned interface, char *why, size_t room)
{
    QVersionNumber built = QVersionNumber::fromString(QStringLiteral(QT_VERSION_STR));
    QVersionNumber here = QVersionNumber::fromString(QLatin1String(qVersion()));

    if (interface != MPT_GUI_INTERFACE)
        std::snprintf(why, room, "the module for the windows belongs to another release of mptcpscope");
    else if (here.majorVersion() != built.majorVersion() || here.minorVersion() < built.minorVersion())
        std::snprintf(why, room, "the module was built for Qt %s, but this program runs Qt %s",
                      QT_VERSION_STR, qVersion());
    else if (!qobject_cast<QApplication *>(QCoreApplication::instance()))
        std::snprintf(why, room, "this program has no windows");
    else
        return false;
    return true;
}

extern "C" Q_DECL_EXPORT const mpt_gui_module *
mpt_gui_module_get(unsigned interface, const mpt_gui_plugin *caller, char *why, size_t room)
{
    static const mpt_gui_module module = {openGraphs, openFlow, openTable, openText, captureGone};

    if (refuses(interface, why, room))
        return nullptr;
    plugin = caller;
    QObject::connect(qApp, &QCoreApplication::aboutToQuit, qApp, closeAll);
    return &module;
}
