// test_window.cpp - the module of windows without Wireshark and without a display: every type of graph, keys,
// mouse, list, files, a capture that goes, several windows, the end of the program.
//
// argv[1]: the module. What cannot be told from outside, how it looks, is for graphs.sh and eyes.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextBlock>
#include <QTreeWidget>
#include <QtTest/QTest>
#include <qcustomplot.h>

#include "capture.h"

static const mpt_gui_module *module;
static int failures;

#define CHECK(what)                                                                                          \
    do {                                                                                                     \
        if (!(what)) {                                                                                       \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);                                  \
            failures++;                                                                                      \
        }                                                                                                    \
    } while (0)

static QList<QWidget *> windows()
{
    QList<QWidget *> found;

    for (QWidget *w : QApplication::topLevelWidgets())
        if (w->isVisible() && w->windowTitle().startsWith(QStringLiteral("Wireshark \u00b7 MPTCP ")))
            found.append(w);
    return found;
}

static QWidget *opened(std::function<void()> by)
{
    QList<QWidget *> before = windows();

    by();
    for (QWidget *w : windows())
        if (!before.contains(w))
            return w;
    std::fprintf(stderr, "no window was opened\n");
    std::exit(1);
}

static QWidget *open()
{
    return opened([] { module->open_graphs(); });
}

static QWidget *openTable(mpt_gui_kind kind)
{
    return opened([kind] { module->open_table(kind); });
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

static void testSelected()
{
    test_selects(true);
    QWidget *graphs = open(), *subflows = openTable(MPT_GUI_TABLE_SUBFLOWS);
    QTableView *view = subflows->findChild<QTableView *>();
    CHECK(box(graphs, 1)->currentIndex() == 0);
    CHECK(view->currentIndex().isValid() && view->currentIndex().row() == 0);
    // Rows of its connection alone, and of none where none is selected.
    QCheckBox *only = subflows->findChild<QCheckBox *>();
    int all = view->model()->rowCount();
    only->setChecked(true);
    int some = view->model()->rowCount();
    CHECK(some > 0 && some < all);
    for (int i = 0; i < some; i++)
        CHECK(view->model()->index(i, 0).data().toString() == QStringLiteral("0"));
    view->selectRow(0);
    test_selects(false);
    QTest::qWait(700);
    CHECK(view->model()->rowCount() == 0 && says(subflows, "selected packet's connection"));
    only->setChecked(false);
    CHECK(view->model()->rowCount() == all);
    // Graphs go there when they are asked to.
    box(graphs, 1)->setCurrentIndex(1);
    key(graphs, Qt::Key_C);
    CHECK(box(graphs, 1)->currentIndex() == 1 && says(graphs, "belongs to no MPTCP connection"));
    test_selects(true);
    key(graphs, Qt::Key_C);
    CHECK(box(graphs, 1)->currentIndex() == 0);
    test_selects(false);
    graphs->close();
    subflows->close();
    subflows = openTable(MPT_GUI_TABLE_SUBFLOWS);
    CHECK(!subflows->findChild<QTableView *>()->currentIndex().isValid());
    subflows->close();
    QTest::qWait(1);
}

static void testChoices()
{
    QWidget *w = open();
    unsigned types = test_plugin()->type_count;

    CHECK(w->windowTitle() == QStringLiteral("Wireshark \u00b7 MPTCP Graphs \u00b7 made-up.pcapng"));
    CHECK(box(w, 0)->count() == int(types));
    CHECK(box(w, 1)->count() == 2);
    // The connection and the direction with the most payload.
    CHECK(box(w, 1)->currentIndex() == 1 && box(w, 2)->currentIndex() == 0);
    for (unsigned t = 0; t < types; t++) {
        const char *missing = test_plugin()->types[t].missing;
        CHECK(bool(box(w, 0)->itemData(int(t), Qt::ToolTipRole).isValid()) == bool(missing));
        CHECK(bool(box(w, 0)->model()->index(int(t), 0).flags() & Qt::ItemIsEnabled) == !missing);
        if (missing)
            continue;
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
        CHECK(says(w, "closed or is being reread"));
        CHECK(!box(w, 0)->isEnabled() && !box(w, 1)->isEnabled());
        // None of these may ask for what is gone: capture.c ends the program then.
        for (int code :
             {Qt::Key_2, Qt::Key_D, Qt::Key_PageDown, Qt::Key_Period, Qt::Key_G, Qt::Key_Plus, Qt::Key_Home})
            key(w, code);
    }
    QTest::qWait(300);
    CHECK(test_graphs() == 0 && test_frame() == 0);
    key(one, Qt::Key_F5);
    CHECK(!says(one, "closed or is being reread") && box(one, 0)->isEnabled() && test_graphs() == 1);
    CHECK(says(two, "closed or is being reread"));
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

// --- tables

static QTableView *view(QWidget *w)
{
    return w->findChild<QTableView *>();
}

static QString cell(QWidget *w, int row, int column)
{
    return view(w)->model()->index(row, column).data().toString();
}

// What is shown in this column, from the top.
static QStringList column(QWidget *w, int column)
{
    QStringList texts;

    for (int i = 0; i < view(w)->model()->rowCount(); i++)
        texts.append(cell(w, i, column));
    return texts;
}

static void press(QWidget *w, const char *text)
{
    for (QPushButton *button : w->findChildren<QPushButton *>())
        if (button->text().remove(QLatin1Char('&')) == QString::fromUtf8(text))
            button->click();
}

static bool enabled(QWidget *w, const char *text)
{
    for (QPushButton *button : w->findChildren<QPushButton *>())
        if (button->text().remove(QLatin1Char('&')) == QString::fromUtf8(text))
            return button->isEnabled();
    return false;
}

static QString copied(QWidget *w)
{
    QApplication::clipboard()->clear();
    press(w, "Copy");
    return QApplication::clipboard()->text();
}

static void words(QWidget *w, const char *text)
{
    w->findChild<QLineEdit *>()->setText(QString::fromUtf8(text));
}

static void testSorting()
{
    QWidget *w = openTable(MPT_GUI_TABLE_CONNECTIONS);

    CHECK(w->windowTitle() == QStringLiteral("Wireshark \u00b7 MPTCP Connections \u00b7 made-up.pcapng"));
    CHECK(says(w, "Made up.") && says(w, "5 rows"));
    // The plugin's order first; a number without unit, and one with it in a column of its own.
    CHECK(cell(w, 0, 2) == QStringLiteral("4,294,967,297") && cell(w, 0, 1) == QStringLiteral("4.29 GB"));
    view(w)->sortByColumn(2, Qt::AscendingOrder);
    CHECK(column(w, 2) ==
          QStringList({QStringLiteral("-"), QStringLiteral("9"), QStringLiteral("4,294,967,296"),
                       QStringLiteral("4,294,967,297"), QStringLiteral("10,000,000,000")}));
    view(w)->sortByColumn(2, Qt::DescendingOrder);
    CHECK(cell(w, 0, 2) == QStringLiteral("10,000,000,000") && cell(w, 4, 2) == QStringLiteral("-"));
    // What is shown with units too: "9 bytes" is below "4.29 GB".
    view(w)->sortByColumn(1, Qt::AscendingOrder);
    CHECK(cell(w, 1, 1) == QStringLiteral("9 bytes") && cell(w, 4, 1) == QStringLiteral("10.0 GB"));
    w->close();
}

static void testFilter()
{
    QWidget *w = openTable(MPT_GUI_TABLE_CONNECTIONS);

    view(w)->sortByColumn(2, Qt::AscendingOrder);
    words(w, "2^32  ABOVE");
    CHECK(column(w, 3) == QStringList({QStringLiteral("above 2^32")}) && says(w, "1 of 5 rows"));
    words(w, "4294967296");
    CHECK(column(w, 3) == QStringList({QStringLiteral("2^32")}));
    words(w, "4,294,967,296");
    CHECK(column(w, 3) == QStringList({QStringLiteral("2^32")}));
    words(w, "nothing of the kind");
    CHECK(view(w)->model()->rowCount() == 0 && says(w, "No row has these words."));
    CHECK(!view(w)->isVisibleTo(w) && !enabled(w, "Apply as Filter"));
    words(w, "");
    CHECK(view(w)->model()->rowCount() == 5 && view(w)->isVisibleTo(w));
    w->close();
}

static void testCopy()
{
    QWidget *w = openTable(MPT_GUI_TABLE_CONNECTIONS);
    QTemporaryDir folder;
    QString path = folder.filePath(QStringLiteral("rows.csv"));

    view(w)->sortByColumn(2, Qt::DescendingOrder);
    words(w, "2^32");
    // All that is shown, in that order; exact, without the column that only repeats.
    CHECK(copied(w) ==
          QStringLiteral("Conn\tData (bytes)\tWords\n0\t4294967297\tabove 2^32\n2\t4294967296\t2^32\n"));
    view(w)->selectRow(1);
    CHECK(copied(w) == QStringLiteral("Conn\tData (bytes)\tWords\n2\t4294967296\t2^32\n"));
    words(w, "");
    answer(path);
    press(w, "Save As…");
    QFile file(path);
    CHECK(file.open(QIODevice::ReadOnly));
    CHECK(file.readAll() ==
          "connection,data,words\r\n1,10000000000,the largest\r\n0,4294967297,above 2^32\r\n"
          "2,4294967296,2^32\r\n0,9,\"a comma, and a \"\"quote\"\"\"\r\n1,,not known\r\n");
    CHECK(says(w, "Saved as"));
    w->close();
}

static void testRows()
{
    QWidget *w = openTable(MPT_GUI_TABLE_CONNECTIONS);

    CHECK(!enabled(w, "Go to Packet") && !enabled(w, "Apply as Filter") && !enabled(w, "Graph"));
    view(w)->selectRow(1);
    CHECK(enabled(w, "Go to Packet") && enabled(w, "Apply as Filter") && enabled(w, "Graph"));
    press(w, "Go to Packet");
    CHECK(test_frame() == 101);
    press(w, "Apply as Filter");
    CHECK(QString::fromUtf8(test_filter()) ==
          QStringLiteral("mptcpscope.connection == 0 && mptcpscope.subflow == 1"));
    view(w)->selectRow(2);
    press(w, "Apply as Filter");
    CHECK(QString::fromUtf8(test_filter()) == QStringLiteral("mptcpscope.connection == 1"));
    QWidget *graph = opened([w] { press(w, "Graph"); });
    CHECK(box(graph, 1)->currentIndex() == 1);
    graph->close();
    // Rows as they are sorted are those of the plugin.
    view(w)->sortByColumn(2, Qt::DescendingOrder);
    view(w)->selectRow(0);
    press(w, "Go to Packet");
    CHECK(test_frame() == 102);
    // Of the whole capture: nothing to filter by, no packet.
    view(w)->selectRow(4);
    CHECK(!enabled(w, "Go to Packet") && !enabled(w, "Graph"));
    press(w, "Apply as Filter");
    CHECK(QString::fromUtf8(test_filter()) == QStringLiteral("mptcpscope.connection == 1"));
    CHECK(says(w, "nothing to filter by"));
    w->close();
}

static void testKinds()
{
    const char *const titles[] = {"Connections", "Subflows", "Reinjections", "Events",
                                  "Diagnosis",   "Paths",    "Conformance"};

    for (int kind = MPT_GUI_TABLE_SUBFLOWS; kind < MPT_GUI_TABLES; kind++) {
        QWidget *w = openTable(mpt_gui_kind(kind));
        CHECK(w->windowTitle() == QStringLiteral("Wireshark \u00b7 MPTCP %1 \u00b7 made-up.pcapng")
                                      .arg(QLatin1String(titles[kind])));
        CHECK(says(w, "2 MPTCP connections"));
        CHECK((view(w)->model()->rowCount() > 0) == (kind != MPT_GUI_TABLE_PATHS));
        CHECK(kind != MPT_GUI_TABLE_PATHS || says(w, "only one vantage point"));
        CHECK(!w->grab().isNull());
        for (int k = 0; k < view(w)->model()->columnCount(); k++)
            CHECK(!view(w)->model()->headerData(k, Qt::Horizontal).toString().isEmpty());
        w->close();
    }
}

// A box of vantage points where there are several, and what it asks the plugin for.
static void testVantagePoints()
{
    QWidget *w = open();
    int owd = 0;

    while (QByteArray(test_plugin()->types[owd].name) != "owd")
        owd++;
    CHECK(!box(w, 4)->isVisibleTo(w) && !says(w, "Counted a&t"));
    w->close();
    test_two_points(true);
    w = open();
    CHECK(box(w, 4)->isVisibleTo(w) && says(w, "Counted a&t"));
    CHECK(box(w, 4)->count() == 2 && box(w, 4)->currentText() == QStringLiteral("the client (interface 0)"));
    CHECK(box(w, 0)->model()->index(owd, 0).flags() & Qt::ItemIsEnabled);
    box(w, 4)->setCurrentIndex(1);
    Q_EMIT box(w, 4)->activated(1);
    CHECK(test_point() == 1 && box(w, 4)->currentIndex() == 1);
    w->close();
    w = openTable(MPT_GUI_TABLE_SUBFLOWS);
    CHECK(box(w, 0)->isVisibleTo(w) && box(w, 0)->currentIndex() == 0);
    box(w, 0)->setCurrentIndex(1);
    Q_EMIT box(w, 0)->activated(1);
    CHECK(test_point() == 1 && box(w, 0)->currentIndex() == 1);
    // Graphs of a row begin where its table counts.
    view(w)->selectRow(0);
    QWidget *graphs = opened([w] { press(w, "Graph"); });
    CHECK(box(graphs, 4)->currentIndex() == 1);
    graphs->close();
    w->close();
    // What at=, client= and server= say, as boxes.
    w = openTable(MPT_GUI_TABLE_PATHS);
    CHECK(!box(w, 0)->isVisibleTo(w) && box(w, 1)->isVisibleTo(w));
    CHECK(box(w, 1)->currentText() == QStringLiteral("the usual place"));
    CHECK(box(w, 2)->currentText() == QStringLiteral("1") && box(w, 3)->currentText().isEmpty());
    box(w, 3)->setEditText(QStringLiteral("0, 2"));
    QTest::keyClick(box(w, 3)->lineEdit(), Qt::Key_Return);
    CHECK(QByteArray(test_filter()) == "at= client=1 server=0,2");
    // It was its own wish that the capture is read again: it follows.
    test_close(true);
    module->capture_gone();
    CHECK(says(w, "is being reread"));
    for (int i = 0; i < 200 && says(w, "is being reread"); i++)
        QTest::qWait(100);
    CHECK(!says(w, "is being reread"));
    box(w, 2)->setEditText(QStringLiteral("x"));
    QTest::keyClick(box(w, 2)->lineEdit(), Qt::Key_Return);
    CHECK(says(w, "is no number"));
    w->close();
    test_two_points(false);
}

static void testTableGoes()
{
    QWidget *w = openTable(MPT_GUI_TABLE_SUBFLOWS);
    int rows = view(w)->model()->rowCount();
    QString filter = QString::fromUtf8(test_filter());

    view(w)->selectRow(0);
    test_close(true);
    module->capture_gone();
    CHECK(says(w, "closed or is being reread") && view(w)->model()->rowCount() == rows);
    CHECK(!enabled(w, "Go to Packet") && !enabled(w, "Apply as Filter") && !enabled(w, "Graph"));
    // What is shown stays to be copied; capture.c ends the program where the capture itself
    // is asked for something.
    CHECK(copied(w).startsWith(QStringLiteral("Conn\tSub\t")));
    QTest::keyClick(view(w), Qt::Key_Return);
    Q_EMIT view(w)->doubleClicked(view(w)->model()->index(0, 0));
    view(w)->sortByColumn(1, Qt::DescendingOrder);
    test_tables();
    QTest::qWait(2500);
    CHECK(test_tables() == 0 && test_frame() == 0 && filter == QString::fromUtf8(test_filter()));
    press(w, "Refresh");
    CHECK(!says(w, "closed or is being reread") && view(w)->model()->rowCount() == rows);
    test_close(false);
    module->capture_gone();
    press(w, "Refresh");
    CHECK(says(w, "no capture is open") && view(w)->model()->rowCount() == rows);
    QWidget *other = openTable(MPT_GUI_TABLE_EVENTS);
    CHECK(says(other, "no capture is open") && !view(other)->isVisibleTo(other));
    module->capture_gone();
    test_close(true);
    // It waits for one; at most 20 s.
    for (int i = 0; i < 200 && !view(other)->isVisibleTo(other); i++)
        QTest::qWait(100);
    CHECK(view(other)->isVisibleTo(other) && view(other)->model()->rowCount() > 0);
    other->close();
    w->close();
}

// The window follows without being asked to; at most 20 s are waited for it.
static void testKeepsUp()
{
    QWidget *w = openTable(MPT_GUI_TABLE_SUBFLOWS);
    QString before = column(w, 12).join(QLatin1Char(' '));

    test_tables();
    view(w)->selectRow(1);
    test_grow();
    for (int i = 0; i < 200 && column(w, 12).join(QLatin1Char(' ')) == before; i++)
        QTest::qWait(100);
    CHECK(column(w, 12).join(QLatin1Char(' ')) != before);
    CHECK(view(w)->selectionModel()->selectedRows().value(0).row() == 1);
    w->close();
}

static void testText()
{
    QWidget *w =
        opened([] { module->open_text("MPTCP Summary", "a.pcapng", "one line\nanother", "another"); });
    QPlainTextEdit *text = w->findChild<QPlainTextEdit *>();

    CHECK(w->windowTitle() == QStringLiteral("Wireshark \u00b7 MPTCP Summary \u00b7 a.pcapng"));
    CHECK(text->textCursor().block().text() == QStringLiteral("another"));

    CHECK(text->toPlainText() == QStringLiteral("one line\nanother"));
    CHECK(text->lineWrapMode() == QPlainTextEdit::NoWrap);
    CHECK(copied(w) == QStringLiteral("one line\nanother"));
    words(w, "other");
    CHECK(text->textCursor().selectedText() == QStringLiteral("other"));
    words(w, "nowhere");
    CHECK(says(w, "Not found."));
    module->capture_gone();
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
    testSelected();
    testZoom();
    testPoints();
    testFiles();
    testCaptureGoes();
    testColours();
    testSorting();
    testFilter();
    testCopy();
    testRows();
    testKinds();
    testVantagePoints();
    testTableGoes();
    testKeepsUp();
    testText();
    // The program ends with windows open.
    QPointer<QWidget> left = open();
    open();
    openTable(MPT_GUI_TABLE_EVENTS);
    QTimer::singleShot(50, &app, &QCoreApplication::quit);
    app.exec();
    CHECK(left.isNull() && windows().isEmpty());
    module->capture_gone();
    test_free();
    return failures ? 1 : 0;
}
