// test_window.cpp - the module of windows without Wireshark and without a display: every type of graph, keys, mouse,
// list, files, a capture that goes, several windows, the end of the program.
//
// argv[1]: the module. What cannot be told from outside, how it looks, is for graphs.sh and eyes.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTreeWidget>
#include <QtTest/QTest>
#include <qcustomplot.h>

#include "capture.h"

static const mpt_gui_module *module;
static int failures;

#define CHECK(what)                                                              \
    do {                                                                         \
        if (!(what)) {                                                           \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);      \
            failures++;                                                          \
        }                                                                        \
    } while (0)

static QList<QWidget *> windows()
{
    QList<QWidget *> found;

    for (QWidget *w : QApplication::topLevelWidgets())
        if (w->isVisible() && w->windowTitle().startsWith(QStringLiteral("MPTCP graphs")))
            found.append(w);
    return found;
}

static QWidget *open()
{
    QList<QWidget *> before = windows();

    module->open_graphs();
    for (QWidget *w : windows())
        if (!before.contains(w))
            return w;
    std::fprintf(stderr, "no window was opened\n");
    std::exit(1);
}

// The n-th combo box: 0 graph, 1 connection, 2 direction, 3 subflow.
static QComboBox *box(QWidget *w, int n)
{
    return w->findChildren<QComboBox *>().at(n);
}

static bool says(QWidget *w, const char *text)
{
    for (QLabel *label : w->findChildren<QLabel *>())
        if (label->isVisibleTo(w) && label->text().contains(QString::fromUtf8(text)))
            return true;
    return false;
}

static void key(QWidget *w, int code, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QTest::keyClick(w->findChild<QCustomPlot *>(), Qt::Key(code), modifiers);
    QTest::qWait(1);
}

static void testEntry(mpt_gui_entry entry)
{
    char why[200] = "";

    CHECK(!entry(MPT_GUI_INTERFACE + 1, test_plugin(), why, sizeof why));
    CHECK(QString::fromUtf8(why).contains(QStringLiteral("another release")));
    module = entry(MPT_GUI_INTERFACE, test_plugin(), why, sizeof why);
    if (!module) {
        std::fprintf(stderr, "the module refuses: %s\n", why);
        std::exit(1);
    }
}

static void testChoices()
{
    QWidget *w = open();
    unsigned types = test_plugin()->type_count;

    CHECK(w->windowTitle() == QStringLiteral("MPTCP graphs: made-up.pcapng"));
    CHECK(box(w, 0)->count() == int(types));
    CHECK(box(w, 1)->count() == 2);
    // The connection and the direction with the most payload.
    CHECK(box(w, 1)->currentIndex() == 1 && box(w, 2)->currentIndex() == 0);
    for (unsigned t = 0; t < types; t++) {
        box(w, 0)->setCurrentIndex(int(t));
        test_graphs();
        Q_EMIT box(w, 0)->activated(int(t));
        CHECK(test_graphs() == 1);
        CHECK(says(w, test_plugin()->types[t].title));
        CHECK(says(w, " point"));
        CHECK(box(w, 3)->isVisibleTo(w) == test_plugin()->types[t].one_subflow);
        CHECK(!w->findChild<QCustomPlot *>()->grab().isNull());
    }
    key(w, Qt::Key_1);
    CHECK(box(w, 0)->currentIndex() == 0);
    key(w, Qt::Key_D);
    CHECK(box(w, 2)->currentIndex() == 1);
    CHECK(says(w, "server to client"));
    key(w, Qt::Key_PageDown);
    CHECK(box(w, 1)->currentIndex() == 0 && box(w, 2)->currentIndex() == 1);
    CHECK(says(w, "Connection 0:"));
    key(w, Qt::Key_PageUp);
    CHECK(box(w, 1)->currentIndex() == 1);
    key(w, Qt::Key_PageUp);
    CHECK(box(w, 1)->currentIndex() == 1);
    w->close();
}

static void testZoom()
{
    QWidget *w = open();
    QCustomPlot *plot = w->findChild<QCustomPlot *>();
    QCPRange x = plot->xAxis->range(), y = plot->yAxis->range();

    key(w, Qt::Key_Plus);
    CHECK(plot->xAxis->range().size() < x.size() && plot->yAxis->range().size() < y.size());
    key(w, Qt::Key_Home);
    CHECK(plot->xAxis->range() == x && plot->yAxis->range() == y);
    key(w, Qt::Key_X);
    CHECK(plot->xAxis->range().size() < x.size() && plot->yAxis->range() == y);
    key(w, Qt::Key_X, Qt::ShiftModifier);
    CHECK(qFuzzyCompare(plot->xAxis->range().size(), x.size()));
    key(w, Qt::Key_0);
    key(w, Qt::Key_Y);
    CHECK(plot->xAxis->range() == x && plot->yAxis->range().size() < y.size());
    key(w, Qt::Key_0);
    key(w, Qt::Key_Right);
    CHECK(plot->xAxis->range().lower > x.lower);
    key(w, Qt::Key_Left);
    CHECK(qAbs(plot->xAxis->range().lower - x.lower) < 1e-9);
    key(w, Qt::Key_Up);
    CHECK(plot->yAxis->range().lower > y.lower);
    // A zoom in time stays with another graph of the connection.
    key(w, Qt::Key_Home);
    key(w, Qt::Key_X);
    x = plot->xAxis->range();
    key(w, Qt::Key_7);
    CHECK(plot->xAxis->range() == x);
    key(w, Qt::Key_T);
    CHECK(plot->xAxis->label().startsWith(QStringLiteral("time of day")));
    key(w, Qt::Key_Z);
    CHECK(plot->selectionRectMode() == QCP::srmZoom);
    key(w, Qt::Key_Escape);
}

static void testPoints()
{
    QWidget *w = open();
    QCustomPlot *plot = w->findChild<QCustomPlot *>();
    mpt_gui_request q = {};

    q.reading = 1;
    q.connection = 1;
    q.limit = 10000;
    mpt_gui_graph *g = test_plugin()->graph(&q);
    const mpt_gui_series &data = g->series[0];

    test_frame();
    key(w, Qt::Key_Period);
    CHECK(says(w, "subflow 0: data"));
    key(w, Qt::Key_G);
    CHECK(test_frame() == data.points[0].frame);
    key(w, Qt::Key_Period);
    key(w, Qt::Key_Period);
    key(w, Qt::Key_Comma);
    key(w, Qt::Key_G);
    CHECK(test_frame() == data.points[1].frame);
    // Nearer, until the points are apart; then the mouse on one of them.
    const mpt_gui_point &p = data.points[data.count / 2];
    plot->xAxis->setRange(double(p.time_ns) / 1e9, 0.02, Qt::AlignCenter);
    plot->yAxis->setRange(p.value, 20000, Qt::AlignCenter);
    plot->replot();
    QPoint at(int(plot->xAxis->coordToPixel(double(p.time_ns) / 1e9)),
              int(plot->yAxis->coordToPixel(p.value + p.length / 2)));
    QTest::mouseMove(plot, at - QPoint(30, 30));
    QTest::mouseMove(plot, at);
    QTest::qWait(10);
    char words[200];
    test_plugin()->describe(g, 0, data.count / 2, words, sizeof words);
    CHECK(says(w, words));
    QTest::mouseClick(plot, Qt::LeftButton, Qt::NoModifier, at);
    CHECK(test_frame() == p.frame);
    // What is hidden can't be meant.
    QTreeWidget *list = w->findChild<QTreeWidget *>();
    CHECK(list->topLevelItemCount() == 3);
    list->topLevelItem(0)->setCheckState(0, Qt::Unchecked);
    CHECK(list->topLevelItem(0)->child(0)->checkState(0) == Qt::Unchecked);
    QTest::mouseClick(plot, Qt::LeftButton, Qt::NoModifier, at);
    CHECK(test_frame() != p.frame);
    test_plugin()->graph_free(g);
    w->close();
}

static void answer(const QString &path)
{
    QTimer::singleShot(200, qApp, [path] {
        for (QWidget *top : QApplication::topLevelWidgets()) {
            QFileDialog *dialog = qobject_cast<QFileDialog *>(top);
            if (!dialog)
                continue;
            QLineEdit *name = dialog->findChild<QLineEdit *>();
            name->setText(path);
            QMetaObject::invokeMethod(dialog, "accept");
        }
    });
}

static QByteArray head(const QString &path)
{
    QFile file(path);

    return file.open(QIODevice::ReadOnly) ? file.read(8) : QByteArray();
}

static void testFiles()
{
    QTemporaryDir folder;
    QWidget *w = open();
    const char *const begin[] = {"\x89PNG", "%PDF", "graph,se"};
    int k = 0;

    for (const char *suffix : {"png", "pdf", "csv"}) {
        QString path = folder.filePath(QStringLiteral("graph.") + QLatin1String(suffix));
        answer(path);
        key(w, Qt::Key_S, Qt::ControlModifier);
        CHECK(head(path).startsWith(begin[k]));
        k++;
        CHECK(says(w, "Saved as"));
    }
    // Drawn as before afterwards.
    CHECK(w->findChild<QCustomPlot *>()->plotLayout()->elementCount() == 1);
    w->close();
}

static void testCaptureGoes()
{
    QWidget *one = open(), *two = open();

    test_close(true);
    module->capture_gone();
    test_graphs();
    for (QWidget *w : {one, two}) {
        CHECK(says(w, "closed or is read again"));
        CHECK(!box(w, 0)->isEnabled() && !box(w, 1)->isEnabled());
        // None of these may ask for what is gone: capture.c ends the program then.
        for (int code : {Qt::Key_2, Qt::Key_D, Qt::Key_PageDown, Qt::Key_Period, Qt::Key_G, Qt::Key_Plus, Qt::Key_Home})
            key(w, code);
    }
    QTest::qWait(300);
    CHECK(test_graphs() == 0 && test_frame() == 0);
    key(one, Qt::Key_F5);
    CHECK(!says(one, "closed or is read again") && box(one, 0)->isEnabled() && test_graphs() == 1);
    CHECK(says(two, "closed or is read again"));
    test_close(false);
    module->capture_gone();
    key(two, Qt::Key_F5);
    CHECK(says(two, "no capture is open") && !box(two, 0)->isEnabled());
    two->close();
    QTest::qWait(1);
    module->capture_gone();
    test_close(true);
    key(one, Qt::Key_F5);
    CHECK(box(one, 1)->currentIndex() == 1);
    one->close();
}

static void testColours()
{
    QWidget *w = open();
    QCustomPlot *plot = w->findChild<QCustomPlot *>();
    QPalette dark;

    dark.setColor(QPalette::Base, Qt::black);
    dark.setColor(QPalette::Text, Qt::white);
    plot->grab();
    QColor before = plot->grab().toImage().pixelColor(3, 3);
    QApplication::setPalette(dark);
    QTest::qWait(50);
    CHECK(before != plot->grab().toImage().pixelColor(3, 3));
    CHECK(plot->grab().toImage().pixelColor(3, 3) == QColor(Qt::black));
    QApplication::setPalette(QPalette());
    w->close();
}

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : nullptr;
    void *symbol = library ? dlsym(library, MPT_GUI_ENTRY) : nullptr;

    if (!symbol) {
        std::fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    app.setQuitOnLastWindowClosed(false);
    testEntry(reinterpret_cast<mpt_gui_entry>(symbol));
    testChoices();
    testZoom();
    testPoints();
    testFiles();
    testCaptureGoes();
    testColours();
    // The program ends with windows open.
    QPointer<QWidget> left = open();
    open();
    QTimer::singleShot(50, &app, &QCoreApplication::quit);
    app.exec();
    CHECK(left.isNull() && windows().isEmpty());
    module->capture_gone();
    test_free();
    return failures ? 1 : 0;
}
