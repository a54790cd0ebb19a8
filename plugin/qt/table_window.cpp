// table_window.cpp - see table_window.h: what a window of a table shows, and what it does. What it is made
// of is in table_layout.cpp.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "table_window.h"

#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QLocale>
#include <QMenu>
#include <QScrollBar>

// How often a window looks whether the capture has grown, and how much of the time it may take to follow.
static const int LOOK_MS = 2000, SOON_MS = 300, PATIENCE = 20;
// Rows of sentences that are as high as they need; with more it takes too long to find out.
static const int WRAPPED_ROWS = 1000;

// --- the capture

void TableWindow::captureGone()
{
    if (!model_.table())
        return;
    gone_ = true;
    timer_.stop();
    banner_->say(
        QStringLiteral("The capture was closed or is being reread. This shows what was there before."));
    enableActions();
    if (reads_)
        timer_.start(SOON_MS);
}

// As preferences: fields and all windows follow.
void TableWindow::setEnds(const QString &at, const QString &client, const QString &server)
{
    char *why = nullptr;

    if (gone_)
        return;
    reads_ = true;
    if (plugin_->set_ends(at.toUtf8().constData(), client.toUtf8().constData(), server.toUtf8().constData(),
                          &why))
        return;
    reads_ = false;
    hint_->setText(takeText(plugin_, why));
}

void TableWindow::refresh()
{
    read(false);
}

// What a row is of, to find it again in the next table.
static bool sameRow(const mpt_gui_row &a, const mpt_gui_row &b)
{
    return a.connection == b.connection && a.subflow == b.subflow && a.frame == b.frame &&
           a.first_frame == b.first_frame;
}

void TableWindow::read(bool hurry)
{
    const char *why = "";
    QElapsedTimer taken;
    taken.start();
    mpt_gui_table *made = plugin_->table(kind_, point_->point(), hurry, &why);

    if (!made) {
        gone_ = true;
        // Without a capture: until there is one.
        if (!model_.table() || reads_)
            timer_.start(reads_ ? SOON_MS : LOOK_MS);
        else
            timer_.stop();
        if (model_.table())
            banner_->say(QString::fromUtf8(why));
        else
            say(QString::fromUtf8(why));
        enableActions();
        return;
    }
    TablePointer before = model_.table(), now(made, plugin_->table_free);
    bool same = before && before->reading == now->reading && before->points.chosen == now->points.chosen;
    int current =
        same && view_->currentIndex().isValid() ? rows_.mapToSource(view_->currentIndex()).row() : -1;
    int column = view_->currentIndex().column(), across = view_->horizontalScrollBar()->value();
    int down = view_->verticalScrollBar()->value();

    gone_ = reads_ = false;
    banner_->say(QString());
    model_.show(now);
    setTitle(title(), QString::fromUtf8(made->name));
    summary_->setText(QString::fromUtf8(made->summary));
    // What happens between the points is the same wherever it is counted.
    if (kind_ != MPT_GUI_TABLE_PATHS)
        point_->fill(made->points);
    ends_->fill(made->ends);
    fitted_ = same ? fitted_ : 0;
    fitColumns();
    for (size_t i = 0; current >= 0 && i < now->row_count; i++) {
        // Mostly where it was, or after.
        size_t at = (size_t(current) + i) % now->row_count;
        if (!sameRow(before->rows[current], now->rows[at]))
            continue;
        view_->setCurrentIndex(rows_.mapFromSource(model_.index(int(at), column)));
        break;
    }
    if (!before)
        chooseSelected();
    if (same) {
        view_->horizontalScrollBar()->setValue(across);
        view_->verticalScrollBar()->setValue(down);
    }
    countRows();
    enableActions();
    timer_.start(qMax(LOOK_MS, int(taken.elapsed()) * PATIENCE));
}

// The first row of the selected packet's connection, and of its subflow where rows are of these.
void TableWindow::chooseSelected()
{
    const TablePointer &table = model_.table();

    for (size_t i = 0; table->selected != MPT_GUI_NO_CONNECTION && i < table->row_count; i++) {
        const mpt_gui_row &row = table->rows[i];

        if (row.connection != table->selected ||
            (kind_ == MPT_GUI_TABLE_SUBFLOWS && row.subflow != table->selected_subflow))
            continue;
        view_->setCurrentIndex(rows_.mapFromSource(model_.index(int(i), 0)));
        return;
    }
}

// Rows of the connection that is selected now, or of all.
void TableWindow::followSelection()
{
    const TablePointer &table = model_.table();
    uint32_t connection = MPT_GUI_NO_CONNECTION, subflow;

    if (gone_ || !table)
        return;
    if (selected_->isChecked() &&
        !plugin_->selected(table->reading, table->points.chosen, &connection, &subflow))
        connection = MPT_GUI_NO_CONNECTION;
    if (!rows_.setConnection(selected_->isChecked(), connection))
        return;
    countRows();
    enableActions();
}

// A capture that runs, or is being loaded, grows; and one that is not there yet may come.
void TableWindow::keepUp()
{
    const TablePointer &table = model_.table();

    if (!isVisible() || isMinimized())
        return;
    if (!table || reads_)
        read(true);
    else if (gone_)
        return;
    else if (plugin_->segments(table->reading) > table->segments)
        read(true);
    else if (!table->complete)
        read(false);
}

void TableWindow::say(const QString &text)
{
    nothing_->setText(text);
    stack_->setCurrentWidget(text.isEmpty() ? static_cast<QWidget *>(view_) : nothing_);
}

// --- rows and columns

void TableWindow::fitColumns()
{
    const TablePointer &table = model_.table();
    QHeaderView *header = view_->horizontalHeader();
    QAbstractItemView *view = view_;
    size_t before = fitted_;

    if (fitted_ == table->row_count)
        return;
    fitted_ = table->row_count;
    for (unsigned k = 0; k < table->column_count; k++) {
        int wanted = qMax(view->sizeHintForColumn(int(k)), header->sectionSizeHint(int(k)));
        // What was made wider stays so.
        if (table->columns[k].sentence)
            header->setSectionResizeMode(int(k), QHeaderView::Stretch);
        else if (wanted > header->sectionSize(int(k)) || before == 0)
            header->resizeSection(int(k), qMin(wanted, 320));
    }
}

void TableWindow::wrapRows()
{
    bool sentences = model_.hasSentences();

    view_->setWordWrap(sentences);
    view_->verticalHeader()->setSectionResizeMode(
        sentences && rows_.rowCount() <= WRAPPED_ROWS ? QHeaderView::ResizeToContents : QHeaderView::Fixed);
}

void TableWindow::countRows()
{
    const TablePointer &table = model_.table();
    QLocale english(QLocale::English);
    int all = int(table->row_count), shown = rows_.rowCount();

    wrapRows();
    count_->setText(
        shown == all ? QStringLiteral("%1 %2").arg(english.toString(all), all == 1 ? "row" : "rows")
                     : QStringLiteral("%1 of %2 rows").arg(english.toString(shown), english.toString(all)));
    say(all == 0 ? QString::fromUtf8(table->empty)
        : shown == 0 && selected_->isChecked() && words_->text().isEmpty()
            ? QStringLiteral("No row is of the selected packet's connection.")
        : shown == 0 ? QStringLiteral("No row has these words.")
                     : QString());
}

void TableWindow::filterRows(const QString &words)
{
    rows_.setWords(words);
    if (model_.table())
        countRows();
    enableActions();
}

// --- actions

TableWindow::Chosen TableWindow::chosen() const
{
    Chosen c = {{}, nullptr};

    if (!model_.table() || stack_->currentWidget() != view_)
        return c;
    for (const QModelIndex &index : view_->selectionModel()->selectedRows()) {
        int row = rows_.mapToSource(index).row();
        c.rows.append(row);
        if (!c.current || index.row() == view_->currentIndex().row())
            c.current = &model_.table()->rows[row];
    }
    return c;
}

QString TableWindow::filter(const Chosen &of) const
{
    std::vector<size_t> rows(of.rows.begin(), of.rows.end());

    return takeText(plugin_, plugin_->filter(model_.table().get(), rows.data(), rows.size()));
}

void TableWindow::enableActions()
{
    Chosen c = chosen();

    packet_->setEnabled(!gone_ && c.current && c.current->frame);
    apply_->setEnabled(!gone_ && !c.rows.isEmpty());
    graphButton_->setEnabled(!gone_ && c.current && c.current->connection != MPT_GUI_NO_CONNECTION);
}

void TableWindow::goToPacket(bool first)
{
    Chosen c = chosen();

    if (gone_)
        hint_->setText(QStringLiteral("The capture is gone: refresh first."));
    else if (c.current && (first ? c.current->first_frame : c.current->frame))
        plugin_->go_to_frame(model_.table()->reading, first ? c.current->first_frame : c.current->frame);
    else if (c.current)
        hint_->setText(QStringLiteral("This row is about the whole capture and has no packet."));
}

void TableWindow::showFilter(bool now)
{
    Chosen c = chosen();

    if (gone_ || c.rows.isEmpty())
        return;
    QString text = filter(c);
    if (text.isEmpty()) {
        hint_->setText(
            c.rows.size() == 1
                ? QStringLiteral("This row is about the whole capture: nothing to filter by.")
                : QStringLiteral("Too many rows for one filter, or rows about the whole capture."));
        return;
    }
    plugin_->show_filter(model_.table()->reading, text.toUtf8().constData(), now);
    hint_->setText(
        (now ? QStringLiteral("Display filter: ") : QStringLiteral("Display filter, not applied yet: ")) +
        text);
}

void TableWindow::graphIt()
{
    Chosen c = chosen();

    if (!gone_ && c.current && c.current->connection != MPT_GUI_NO_CONNECTION)
        opens_.graph(model_.table()->points.chosen, c.current->connection, c.current->direction,
                     kind_ == MPT_GUI_TABLE_PATHS ? "owd" : nullptr);
}

void TableWindow::summarise()
{
    Chosen c = chosen();

    if (gone_ || !c.current || c.current->connection == MPT_GUI_NO_CONNECTION)
        return;
    const TablePointer &table = model_.table();
    QString text =
        takeText(plugin_, plugin_->summary(table->reading, table->points.chosen, c.current->connection));
    if (!text.isEmpty())
        opens_.text(QStringLiteral("MPTCP Connection %1").arg(c.current->connection),
                    QString::fromUtf8(table->name), text);
}

void TableWindow::copy(bool all, char separator)
{
    QList<int> shown = rows_.shownRows(), rows = all ? shown : chosen().rows;

    if (!model_.table())
        return;
    if (!all) {
        // As they are shown, not as they were clicked.
        QList<int> order;
        QSet<int> these(rows.begin(), rows.end());
        for (int row : shown)
            if (these.contains(row))
                order.append(row);
        rows = order.isEmpty() ? shown : order;
    }
    QApplication::clipboard()->setText(model_.copied(rows, separator));
    hint_->setText(
        rows.size() == 1
            ? QStringLiteral("1 row copied.")
            : QStringLiteral("%1 rows copied.").arg(QLocale(QLocale::English).toString(rows.size())));
}

void TableWindow::copyReport()
{
    if (gone_ || !model_.table())
        return;
    QApplication::clipboard()->setText(
        takeText(plugin_, plugin_->report(model_.table()->reading, kind_, model_.table()->points.chosen)));
    hint_->setText(QStringLiteral("Report copied as text."));
}

void TableWindow::saveAs()
{
    if (!model_.table())
        return;
    QString said = saveText(this, QStringLiteral("Save rows as"), fileName() + QStringLiteral(".csv"),
                            QStringLiteral("Comma-separated values (*.csv)"),
                            model_.copied(rows_.shownRows(), ',').toUtf8());

    if (!said.isEmpty())
        hint_->setText(said);
}

void TableWindow::showMenu(const QPoint &at)
{
    Chosen c = chosen();
    QMenu menu(this);
    auto add = [&](const char *text, const char *keys, bool enabled, std::function<void()> act) {
        menu.addAction(QString::fromUtf8(text) + QLatin1Char('\t') + QString::fromUtf8(keys), act)
            ->setEnabled(enabled);
    };
    bool row = !gone_ && c.current, of = row && c.current->connection != MPT_GUI_NO_CONNECTION;

    add("Go to Packet", "Return", row && c.current->frame, [this] { goToPacket(false); });
    if (kind_ == MPT_GUI_TABLE_REINJECTIONS)
        add("Go to First Copy", "", row && c.current->first_frame, [this] { goToPacket(true); });
    add("Apply as Filter", "", of, [this] { showFilter(true); });
    add("Prepare as Filter", "", of, [this] { showFilter(false); });
    add("Summary of This Connection", "", of, [this] { summarise(); });
    add("Graph This Connection", "", of, [this] { graphIt(); });
    menu.addSeparator();
    add("Copy Selected Rows", "Ctrl+C", !c.rows.isEmpty(), [this] { copy(false, '\t'); });
    add("Copy Selected Rows as CSV", "", !c.rows.isEmpty(), [this] { copy(false, ','); });
    add("Copy All Rows", "", model_.table() != nullptr, [this] { copy(true, '\t'); });
    add("Copy All Rows as CSV", "", model_.table() != nullptr, [this] { copy(true, ','); });
    add("Copy Report as Text", "", !gone_ && model_.table(), [this] { copyReport(); });
    add("Save as CSV…", "Ctrl+S", model_.table() != nullptr, [this] { saveAs(); });
    menu.addSeparator();
    add("Refresh", "F5", true, [this] { refresh(); });
    menu.exec(at);
}
