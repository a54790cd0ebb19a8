// table_layout.cpp - what a window of a table is made of. See table_window.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "table_window.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QScreen>
#include <QShortcut>
#include <QVBoxLayout>

static const char *const TITLES[] = {"MPTCP Connections", "MPTCP Subflows",  "MPTCP Reinjections",
                                     "MPTCP Events",      "MPTCP Diagnosis", "MPTCP Paths",
                                     "MPTCP Conformance"};
static_assert(sizeof TITLES / sizeof *TITLES == MPT_GUI_TABLES, "each table has a title");

// How often a window that follows the selected packet looks which one that is.
static const int SELECTION_MS = 400;

TableWindow::TableWindow(const mpt_gui_plugin *plugin, mpt_gui_kind kind, Opens opens)
    : plugin_(plugin), kind_(kind), opens_(opens), model_(plugin), rows_(&model_)
{
    QVBoxLayout *layout = new QVBoxLayout(this);

    setTitle(QString::fromUtf8(TITLES[kind]), QString());
    resize(qMin(1300, screen()->availableGeometry().width() * 9 / 10), 480);
    makeView();
    summary_ = new QLabel;
    hint_ = new QLabel(QStringLiteral("Double-click a row to go to its packet."));
    nothing_ = new QLabel;
    for (QLabel *label : {summary_, hint_, nothing_}) {
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    summary_->setWordWrap(true);
    nothing_->setWordWrap(true);
    nothing_->setAlignment(Qt::AlignCenter);
    hint_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    stack_ = new QStackedWidget;
    stack_->addWidget(view_);
    stack_->addWidget(nothing_);

    layout->addLayout(makeTop());
    layout->addWidget(banner_ = new Banner([this] { refresh(); }));
    layout->addWidget(ends_ = new EndsRow([this](const QString &at, const QString &client,
                                                 const QString &server) { setEnds(at, client, server); }));
    layout->addWidget(summary_);
    layout->addWidget(stack_, 1);
    layout->addWidget(hint_);
    layout->addLayout(makeButtons());
    makeKeys();
    connect(&timer_, &QTimer::timeout, this, [this] { keepUp(); });
    selection_.setInterval(SELECTION_MS);
    connect(&selection_, &QTimer::timeout, this, [this] { followSelection(); });
    refresh();
    view_->setFocus();
}

void TableWindow::makeView()
{
    QHeaderView *header;

    view_ = new QTableView;
    view_->setModel(&rows_);
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setTabKeyNavigation(false);
    view_->setAlternatingRowColors(true);
    view_->verticalHeader()->setVisible(false);
    view_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    header = view_->horizontalHeader();
    header->setHighlightSections(false);
    header->setResizeContentsPrecision(500);
    header->setMinimumSectionSize(40);
    // The plugin's order first, which is that of the reports.
    header->setSortIndicator(-1, Qt::AscendingOrder);
    view_->setSortingEnabled(true);
    connect(view_, &QTableView::doubleClicked, this, [this] { goToPacket(false); });
    connect(view_, &QTableView::customContextMenuRequested, this,
            [this](const QPoint &at) { showMenu(view_->viewport()->mapToGlobal(at)); });
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this] { enableActions(); });
}

QLayout *TableWindow::makeTop()
{
    QHBoxLayout *row = new QHBoxLayout;
    QLabel *label = new QLabel(QStringLiteral("&Rows with"));

    words_ = new QLineEdit;
    words_->setPlaceholderText(QStringLiteral("words or numbers in any column"));
    words_->setClearButtonEnabled(true);
    label->setBuddy(words_);
    count_ = new QLabel;
    connect(words_, &QLineEdit::textChanged, this, [this](const QString &words) { filterRows(words); });
    point_ = new PointBox(MPT_GUI_USUAL_POINT, [this] { refresh(); });
    row->addWidget(label);
    row->addWidget(words_, 1);
    row->addWidget(selected_ = new QCheckBox(QStringLiteral("Selected packet's connection &only")));
    selected_->setToolTip(
        QStringLiteral("The rows of the connection that the packet selected in the main window belongs to"));
    connect(selected_, &QCheckBox::toggled, this, [this](bool on) {
        on ? selection_.start() : selection_.stop();
        followSelection();
    });
    row->addWidget(point_->label());
    row->addWidget(point_);
    row->addWidget(count_);
    return row;
}

QLayout *TableWindow::makeButtons()
{
    QHBoxLayout *row = new QHBoxLayout;

    row->addWidget(packet_ = makeButton("Go to &Packet", [this] { goToPacket(false); }));
    row->addWidget(apply_ = makeButton("&Apply as Filter", [this] { showFilter(true); }));
    row->addWidget(graphButton_ = makeButton("&Graph", [this] { graphIt(); }));
    graphButton_->setToolTip(QStringLiteral("The graphs of this row's connection"));
    row->addStretch(1);
    QPushButton *copies = makeButton("&Copy", [this] { copy(false, '\t'); });
    copies->setToolTip(QStringLiteral("The selected rows, or all where none is; the context menu has more"));
    row->addWidget(copies);
    row->addWidget(makeButton("&Save As…", [this] { saveAs(); }));
    row->addWidget(makeButton("R&efresh", [this] { refresh(); }));
    row->addWidget(makeButton("C&lose", [this] { close(); }));
    return row;
}

void TableWindow::makeKeys()
{
    auto add = [this](QKeySequence keys, QWidget *in, std::function<void()> act) {
        QShortcut *shortcut = new QShortcut(keys, in);
        shortcut->setContext(in == this ? Qt::WindowShortcut : Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, this, act);
    };

    add(QKeySequence::Refresh, this, [this] { refresh(); });
    add(QKeySequence::Find, this, [this] { words_->setFocus(); });
    add(QKeySequence::Save, this, [this] { saveAs(); });
    add(QKeySequence::Close, this, [this] { close(); });
    add(Qt::Key_Escape, this, [this] {
        if (words_->hasFocus() && !words_->text().isEmpty())
            words_->clear();
        else
            close();
    });
    add(QKeySequence::Copy, view_, [this] { copy(false, '\t'); });
    add(Qt::Key_Return, view_, [this] { goToPacket(false); });
    add(Qt::Key_Enter, view_, [this] { goToPacket(false); });
}
