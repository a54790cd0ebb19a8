// test_flow_window.cpp - the window of flows without Wireshark and without a display: detail, filters, mouse, selection, files,
// a capture that goes.
//
// argv[1]: the module. What cannot be told from outside, how it looks, is for flow.sh and eyes.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <cstdlib>
#include <functional>

#include <dlfcn.h>

#include <QAbstractScrollArea>
#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTimer>
#include <QWheelEvent>
#include <QtTest/QTest>

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

// Rows of a level, as the interface of the window has them: 24 pixels each, below 56.
static const int ROW = 24, TOP = 56;

static QWidget *open()
{
    QList<QWidget *> before = QApplication::topLevelWidgets();

    module->open_flow();
    for (QWidget *w : QApplication::topLevelWidgets())
        if (!before.contains(w) && w->windowTitle().startsWith(QStringLiteral("Wireshark \u00b7 MPTCP Flow")))
            return w;
    std::fprintf(stderr, "no window was opened\n");
    std::exit(1);
}

static QAbstractScrollArea *viewOf(QWidget *w)
{
    for (QAbstractScrollArea *view : w->findChildren<QAbstractScrollArea *>())
        if (view->accessibleName().startsWith(QStringLiteral("Packets between")))
            return view;
    return nullptr;
}

static QComboBox *box(QWidget *w, const char *first)
{
    for (QComboBox *b : w->findChildren<QComboBox *>())
        if (b->count() && b->itemText(0).startsWith(QString::fromUtf8(first)))
            return b;
    std::fprintf(stderr, "no box begins with %s\n", first);
    std::exit(1);
}

static void choose(QComboBox *b, int index)
{
    b->setCurrentIndex(index);
    emit b->activated(index);
}

static bool says(QWidget *w, const char *text)
{
    for (QLabel *label : w->findChildren<QLabel *>())
        if (label->isVisibleTo(w) && label->text().contains(QString::fromUtf8(text)))
            return true;
    return false;
}

static QString label(QWidget *w, const char *part)
{
    for (QLabel *l : w->findChildren<QLabel *>())
        if (l->text().contains(QString::fromUtf8(part)))
            return l->text();
    return QString();
}

static int rows(QWidget *w)
{
    QString text = label(w, " rows");

    return text.left(text.indexOf(QLatin1Char(' '))).remove(QLatin1Char(',')).toInt();
}

static void clickRow(QWidget *w, int row)
{
    QTest::mouseClick(viewOf(w)->viewport(), Qt::LeftButton, Qt::NoModifier,
                      QPoint(400, TOP + row * ROW + ROW / 2));
}

static void testDetail()
{
    QWidget *w = open();
    int before = rows(w);

    // 2,400 segments: not one by one.
    CHECK(box(w, "each packet")->currentIndex() > 0);
    CHECK(before > 20 && before <= 400);
    CHECK(says(w, "Connection 1: 192.0.2.1:40000 -> 192.0.2.2:443"));
    QTest::keyClick(w, Qt::Key_Plus);
    CHECK(rows(w) > before);
    choose(box(w, "each packet"), 0);
    CHECK(rows(w) > 1600);
    QTest::keyClick(w, Qt::Key_End);
    CHECK(viewOf(w)->verticalScrollBar()->value() > 1500);
    QTest::keyClick(w, Qt::Key_Minus);
    CHECK(rows(w) < 1600);
    QTest::keyClick(w, Qt::Key_Home);
    CHECK(viewOf(w)->verticalScrollBar()->value() == 0);
    QTest::keyClick(w, Qt::Key_BracketLeft);
    CHECK(says(w, "Connection 0: "));
    w->close();
    QTest::qWait(1);
}

static void testFilters()
{
    QWidget *w = open();

    choose(box(w, "each packet"), 0);
    int all = rows(w);
    choose(box(w, "both"), 1);
    int there = rows(w);
    choose(box(w, "both"), 2);
    CHECK(there + rows(w) == all);
    choose(box(w, "both"), 0);
    choose(box(w, "everything"), 3);
    CHECK(rows(w) == 6);
    choose(box(w, "everything"), 2);
    CHECK(rows(w) == 816);
    choose(box(w, "all"), 1);
    int first = rows(w);
    choose(box(w, "all"), 2);
    CHECK(first + rows(w) == 816);
    choose(box(w, "all"), 0);
    QDoubleSpinBox *from = w->findChildren<QDoubleSpinBox *>().at(0);
    from->setValue(1000);
    CHECK(rows(w) == 0);
    viewOf(w)->viewport()->grab();
    from->setValue(0);
    CHECK(rows(w) == 816);
    w->close();
    QTest::qWait(1);
}

// As the event that Qt makes of it: at once, whatever the platform does with a pointer.
static void moveTo(QWidget *viewport, int row)
{
    QPoint at(400, TOP + ROW / 2 + row * ROW);
    QMouseEvent move(QEvent::MouseMove, QPointF(at), viewport->mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                     Qt::NoModifier);

    QApplication::sendEvent(viewport, &move);
}

static void testMouse()
{
    QWidget *w = open();
    QWidget *viewport = viewOf(w)->viewport();

    choose(box(w, "each packet"), 0);
    test_frame();
    clickRow(w, 0);
    uint32_t first = test_frame();
    CHECK(first > 0);
    clickRow(w, 3);
    CHECK(test_frame() > first);
    QTest::keyClick(w, Qt::Key_Period);
    QTest::keyClick(w, Qt::Key_G);
    CHECK(test_frame() > first);
    QTest::keyClick(w, Qt::Key_Home); // where the keys scrolled to depends on the height of the view
    moveTo(viewport, 1);
    moveTo(viewport, 0);
    CHECK(says(w, "client asks for MPTCP v1") || says(w, "MP_CAPABLE SYN"));
    int level = box(w, "each packet")->currentIndex();
    QWheelEvent wheel(QPointF(400, 300), viewport->mapToGlobal(QPointF(400, 300).toPoint()), QPoint(),
                      QPoint(0, -120), Qt::NoButton, Qt::ControlModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(viewport, &wheel);
    CHECK(box(w, "each packet")->currentIndex() == level + 1);
    w->close();
    QTest::qWait(1);
}

static void testSelection()
{
    QWidget *w = open();

    choose(box(w, "each packet"), 0);
    test_selects_frame(1500);
    QTest::qWait(900);
    CHECK(viewOf(w)->verticalScrollBar()->value() > 1000);
    test_frame();
    QTest::keyClick(w, Qt::Key_G);
    CHECK(test_frame() == 1500);
    // Of another connection: it is not there.
    test_selects_frame(2);
    QTest::qWait(900);
    QTest::keyClick(w, Qt::Key_G);
    CHECK(test_frame() == 0);
    test_selects(true);
    QTest::keyClick(w, Qt::Key_C);
    CHECK(says(w, "Connection 0: "));
    test_selects(false);
    QTest::keyClick(w, Qt::Key_C);
    CHECK(says(w, "belongs to no MPTCP connection"));
    test_selects_frame(0);
    w->close();
    QTest::qWait(1);
}

static void testFiles()
{
    QTemporaryDir folder;
    QString path = folder.filePath(QStringLiteral("flow.svg"));
    QWidget *w = open();

    QTimer::singleShot(200, qApp, [path] {
        for (QWidget *top : QApplication::topLevelWidgets()) {
            QFileDialog *dialog = qobject_cast<QFileDialog *>(top);
            if (!dialog)
                continue;
            dialog->findChild<QLineEdit *>()->setText(path);
            QMetaObject::invokeMethod(dialog, "accept");
        }
    });
    QTest::keyClick(w, Qt::Key_S, Qt::ControlModifier);
    QFile file(path);
    CHECK(file.open(QIODevice::ReadOnly));
    QByteArray svg = file.readAll();
    CHECK(svg.startsWith("<svg ") && svg.contains("MP_JOIN SYN") && svg.endsWith("</svg>\n"));
    w->close();
    QTest::qWait(1);
}

static void testCaptureGoes()
{
    QWidget *w = open();

    module->capture_gone();
    test_close(false);
    CHECK(says(w, "The capture was closed"));
    test_frame();
    clickRow(w, 0);
    CHECK(test_frame() == 0 && says(w, "refresh first"));
    choose(box(w, "both"), 1);
    CHECK(rows(w) > 0);
    QTest::qWait(900);
    QTest::keyClick(w, Qt::Key_F5);
    CHECK(says(w, "no capture is open"));
    test_close(true);
    QTest::keyClick(w, Qt::Key_F5);
    CHECK(!says(w, "no capture is open"));
    clickRow(w, 0);
    CHECK(test_frame() > 0);
    w->close();
    QTest::qWait(1);
}

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : nullptr;
    void *symbol = library ? dlsym(library, MPT_GUI_ENTRY) : nullptr;
    char why[200] = "";

    if (!symbol) {
        std::fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    app.setQuitOnLastWindowClosed(false);
    module = reinterpret_cast<mpt_gui_entry>(symbol)(MPT_GUI_INTERFACE, test_plugin(), why, sizeof why);
    if (!module) {
        std::fprintf(stderr, "the module refuses: %s\n", why);
        return 1;
    }
    testDetail();
    testFilters();
    testMouse();
    testSelection();
    testFiles();
    testCaptureGoes();
    module->capture_gone();
    test_free();
    return failures ? 1 : 0;
}
