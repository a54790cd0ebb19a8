// graph_window.cpp - see graph_window.h: choices, reading, drawing. What is made once is in graph_layout.cpp.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_window.h"

#include <QDir>
#include <QFileDialog>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QMessageBox>
#include <QStandardItemModel>

// Points of a graph; where there are more, the times that are shown are read again.
static const size_t POINTS = 40000;

// --- the capture

void GraphWindow::captureGone()
{
    gone_ = true;
    later_.stop();
    banner_->say(
        QStringLiteral("The capture was closed or is being reread. This shows what was there before."));
    enableChoices();
}

void GraphWindow::refresh()
{
    const char *why = "";
    mpt_gui_capture *read = plugin_->capture(point_->point(), &why);

    if (!read) {
        banner_->say(QString::fromUtf8(why));
        if (!capture_)
            plot_->showNothing(QStringLiteral("No capture"));
        gone_ = true;
        enableChoices();
        return;
    }
    bool keep = capture_ && capture_->count && strcmp(capture_->name, read->name) == 0;
    uint32_t chosen = keep ? connection_->currentData().toUInt() : 0;

    capture_ = std::shared_ptr<mpt_gui_capture>(read, plugin_->capture_free);
    gone_ = false;
    banner_->say(QString());
    setTitle(QStringLiteral("MPTCP Graphs"), QString::fromUtf8(read->name));
    plot_->setEpoch(read->epoch_ns);
    point_->fill(read->points);
    enableTypes();
    fillConnections(keep && chosen < read->count, chosen);
    enableChoices();
    draw(keep && plot_->isZoomedInTime());
}

const char *GraphWindow::missing(int type) const
{
    return point_->areSeveral() ? nullptr : plugin_->types[type].missing;
}

void GraphWindow::enableTypes()
{
    QStandardItemModel *model = qobject_cast<QStandardItemModel *>(type_->model());

    for (int i = 0; i < type_->count(); i++) {
        const char *why = missing(i);
        model->item(i)->setEnabled(!why);
        model->item(i)->setData(why ? QVariant(QString::fromUtf8(why)) : QVariant(), Qt::ToolTipRole);
    }
    if (missing(type_->currentIndex()))
        type_->setCurrentIndex(0);
}

void GraphWindow::enableChoices()
{
    bool some = !gone_ && capture_ && capture_->count > 0;

    for (QWidget *w :
         std::initializer_list<QWidget *>{type_, point_, connection_, direction_, subflow_, average_})
        w->setEnabled(some);
}

// --- choices

const mpt_gui_connection *GraphWindow::connection() const
{
    uint32_t id = connection_->currentData().toUInt();

    return capture_ && id < capture_->count ? &capture_->connections[id] : nullptr;
}

// Without one to keep: that of the selected packet, or the one with the most payload.
void GraphWindow::fillConnections(bool keep, uint32_t chosen)
{
    uint64_t most = 0;
    bool selected = !keep && capture_->selected < capture_->count;

    if (selected)
        chosen = capture_->selected;

    filling_ = true;
    connection_->clear();
    for (uint32_t i = 0; i < capture_->count; i++) {
        const mpt_gui_connection &c = capture_->connections[i];
        connection_->addItem(QString::fromUtf8(c.title), c.id);
        if (!keep && !selected && c.payload > most) {
            most = c.payload;
            chosen = i;
        }
    }
    connection_->setCurrentIndex(capture_->count ? int(chosen) : -1);
    if (!keep && connection())
        direction_->setCurrentIndex(int(connection()->busiest));
    filling_ = false;
    fillSubflows();
    if (selected && capture_->selected_subflow < uint32_t(subflow_->count()))
        subflow_->setCurrentIndex(int(capture_->selected_subflow));
}

void GraphWindow::fillSubflows()
{
    const mpt_gui_connection *c = connection();

    filling_ = true;
    subflow_->clear();
    for (uint32_t i = 0; c && i < c->subflow_count; i++)
        subflow_->addItem(QStringLiteral("%1: %2").arg(i).arg(QString::fromUtf8(c->subflows[i])), i);
    if (c && c->subflow_count)
        subflow_->setCurrentIndex(int(c->largest[direction_->currentIndex()]));
    filling_ = false;
}

void GraphWindow::chooseConnection()
{
    filling_ = true;
    if (connection())
        direction_->setCurrentIndex(int(connection()->busiest));
    filling_ = false;
    fillSubflows();
    draw(false);
}

void GraphWindow::choose(uint32_t id, unsigned direction, const char *type)
{
    int index = connection_->findData(id);

    if (gone_ || index < 0)
        return;
    connection_->setCurrentIndex(index);
    int other = type ? type_->findData(QString::fromUtf8(type)) : -1;
    if (other >= 0 && !missing(other))
        type_->setCurrentIndex(other);
    chooseConnection();
    if (direction < 2 && int(direction) != direction_->currentIndex())
        switchDirection();
}

void GraphWindow::nextConnection(int by)
{
    int next = connection_->currentIndex() + by;

    if (gone_ || next < 0 || next >= connection_->count())
        return;
    connection_->setCurrentIndex(next);
    chooseConnection();
}

// Of the packet that is selected in the main window.
void GraphWindow::chooseSelected()
{
    uint32_t connection, subflow;

    if (gone_)
        return;
    if (!plugin_->selected(capture_->reading, capture_->points.chosen, &connection, &subflow)) {
        showHint(QStringLiteral("The selected packet belongs to no MPTCP connection."));
        return;
    }
    choose(connection, 2);
    if (subflow < uint32_t(subflow_->count()) && int(subflow) != subflow_->currentIndex()) {
        subflow_->setCurrentIndex(int(subflow));
        draw(plot_->isZoomedInTime());
    }
}

void GraphWindow::switchDirection()
{
    if (gone_)
        return;
    direction_->setCurrentIndex(1 - direction_->currentIndex());
    fillSubflows();
    draw(plot_->isZoomedInTime());
}

mpt_gui_request GraphWindow::request() const
{
    mpt_gui_request q = {};

    q.reading = capture_->reading;
    q.point = capture_->points.chosen;
    q.type = unsigned(type_->currentIndex());
    q.connection = connection_->currentData().toUInt();
    q.direction = unsigned(direction_->currentIndex());
    q.subflow = subflow_->currentData().toUInt();
    q.window_ns = std::llround(average_->value() * 1e9);
    q.limit = POINTS;
    return q;
}

// --- drawing

void GraphWindow::draw(bool keepTimes)
{
    const mpt_gui_type &type = plugin_->types[type_->currentIndex()];

    if (filling_ || gone_)
        return;
    for (QWidget *w : std::initializer_list<QWidget *>{subflow_, subflowLabel_})
        w->setVisible(type.one_subflow);
    for (QWidget *w : std::initializer_list<QWidget *>{average_, averageLabel_})
        w->setVisible(type.averaged);
    whole_.reset();
    if (connection()) {
        mpt_gui_request q = request();
        whole_ = GraphPointer(plugin_->graph(&q), plugin_->graph_free);
    }
    showHint(QString());
    if (!whole_) {
        plot_->showNothing(QStringLiteral("This capture has no Multipath TCP."));
        list_->clear();
        title_->clear();
        subtitle_->clear();
        status_->clear();
        return;
    }
    bool stacks = false;
    for (unsigned s = 0; s < whole_->count; s++)
        stacks |= whole_->series[s].stacks;
    stacked_->setEnabled(stacks);
    plot_->setStacked(stacks && stacked_->isChecked());
    title_->setText(QString::fromUtf8(whole_->title));
    subtitle_->setText(QString::fromUtf8(whole_->subtitle));
    if (whole_->total)
        plot_->show(whole_, keepTimes);
    else
        plot_->showNothing(QStringLiteral("Nothing of this kind to draw in this direction."));
    logarithmic_->setEnabled(plot_->canBeLogarithmic());
    fillList();
    fillStatus(whole_);
    drawPart();
}

// Where points were left out: those of the times that are shown, and half as much on each side.
void GraphWindow::drawPart()
{
    if (gone_ || !whole_ || whole_->kept >= whole_->total)
        return;
    if (!plot_->isZoomedInTime()) {
        if (plot_->graph() != whole_)
            plot_->refine(whole_);
        fillStatus(whole_);
        return;
    }
    mpt_gui_request q = request();
    QCPRange times = plot_->times();

    q.has_range = true;
    q.from_ns = std::llround((times.lower - times.size() / 2) * 1e9);
    q.to_ns = std::llround((times.upper + times.size() / 2) * 1e9);
    GraphPointer part(plugin_->graph(&q), plugin_->graph_free);
    if (!part)
        return;
    plot_->refine(part);
    fillStatus(part);
}

void GraphWindow::fillStatus(const GraphPointer &shown)
{
    QLocale english(QLocale::English);

    if (shown->kept < shown->total)
        status_->setText(
            QStringLiteral("%1 of %2 points drawn (extremes and gaps kept); zoom in for all")
                .arg(english.toString(qulonglong(shown->kept)), english.toString(qulonglong(shown->total))));
    else if (shown != whole_)
        status_->setText(QStringLiteral("all %1 points of this time range")
                             .arg(english.toString(qulonglong(shown->total))));
    else
        status_->setText(shown->total == 1
                             ? QStringLiteral("1 point")
                             : QStringLiteral("%1 points").arg(english.toString(qulonglong(shown->total))));
}

// --- the list of series

void GraphWindow::fillList()
{
    const mpt_gui_connection *c = connection();
    bool dark = isDark(palette());
    QTreeWidgetItem *group = nullptr;
    uint32_t of = 0;

    filling_ = true;
    list_->clear();
    for (unsigned s = 0; s < whole_->count; s++) {
        const mpt_gui_series &series = whole_->series[s];
        if (series.count == 0)
            continue;
        if (!group || series.subflow != of) {
            of = series.subflow;
            group = new QTreeWidgetItem(list_);
            group->setData(0, Qt::UserRole, -1);
            group->setFlags(group->flags() | Qt::ItemIsAutoTristate | Qt::ItemIsUserCheckable);
            group->setText(0, of == MPT_GUI_NO_SUBFLOW ? QStringLiteral("connection")
                                                       : QStringLiteral("subflow %1").arg(of));
            if (c && of < c->subflow_count)
                group->setToolTip(0, QString::fromUtf8(c->subflows[of]));
            group->setExpanded(true);
        }
        QString title = QString::fromUtf8(series.title);
        QTreeWidgetItem *item = new QTreeWidgetItem(group);
        item->setText(0, title.mid(title.indexOf(QStringLiteral(": ")) +
                                   (series.subflow == MPT_GUI_NO_SUBFLOW ? 1 : 2)));
        item->setData(0, Qt::UserRole, int(s));
        item->setIcon(0, QIcon(swatch(series, styleOf(series, dark), devicePixelRatioF())));
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(0, plot_->isHidden(s) ? Qt::Unchecked : Qt::Checked);
    }
    list_->expandAll();
    filling_ = false;
}

void GraphWindow::hide(QTreeWidgetItem *item)
{
    int s = item->data(0, Qt::UserRole).toInt();

    if (!filling_ && s >= 0)
        plot_->setHidden(unsigned(s), item->checkState(0) == Qt::Unchecked);
}

void GraphWindow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && whole_)
        fillList();
}

// --- actions

void GraphWindow::showHint(const QString &text)
{
    hint_->setText(
        text.isEmpty()
            ? QStringLiteral("Hover over the graph for details; click on a point to go to its packet.")
            : text);
}

void GraphWindow::goToPacket(uint32_t frame)
{
    if (gone_)
        showHint(QStringLiteral("The capture is gone: refresh first."));
    else if (frame)
        plugin_->go_to_frame(capture_->reading, frame);
}

void GraphWindow::saveAs()
{
    if (!whole_)
        return;
    QString name =
        QStringLiteral("%1/%2-%3-%4.png")
            .arg(QDir::currentPath(), QFileInfo(QString::fromUtf8(capture_->name)).completeBaseName(),
                 QString::fromUtf8(plugin_->types[type_->currentIndex()].name))
            .arg(connection_->currentData().toUInt());
    QString chosen, why;
    QString path = QFileDialog::getSaveFileName(
        this, QStringLiteral("Save graph as"), name,
        QStringLiteral("Picture (*.png);;Document (*.pdf);;All points (*.csv)"), &chosen);

    if (path.isEmpty())
        return;
    if (QFileInfo(path).suffix().isEmpty())
        path += chosen.contains(QStringLiteral("csv"))   ? QStringLiteral(".csv")
                : chosen.contains(QStringLiteral("pdf")) ? QStringLiteral(".pdf")
                                                         : QStringLiteral(".png");
    if (saveTo(path, why))
        showHint(QStringLiteral("Saved as ") + path);
    else
        QMessageBox::warning(this, windowTitle(), why);
}

bool GraphWindow::saveTo(const QString &path, QString &why)
{
    QString suffix = QFileInfo(path).suffix().toLower();
    char *reason = nullptr;
    bool ok;

    if (suffix == QStringLiteral("csv")) {
        mpt_gui_request q = request();
        ok = !gone_ && plugin_->save_csv(&q, QFile::encodeName(path).constData(), &reason);
        why = reason ? QString::fromUtf8(reason) : QStringLiteral("The capture is gone: refresh first.");
        plugin_->text_free(reason);
        return ok;
    }
    if (suffix != QStringLiteral("png") && suffix != QStringLiteral("pdf")) {
        why = QStringLiteral("The name must end in .png, .pdf or .csv.");
        return false;
    }
    why = QStringLiteral("Cannot write %1.").arg(path);
    return plot_->save(path, suffix == QStringLiteral("pdf"), QString::fromUtf8(capture_->name));
}

void GraphWindow::keyPressEvent(QKeyEvent *event)
{
    int code = event->key() | (event->modifiers() & Qt::ShiftModifier ? int(Qt::ShiftModifier) : 0);

    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
        code = event->modifiers() & Qt::ControlModifier ? event->key() | int(Qt::ControlModifier) : 0;
    for (const Action &action : actions_) {
        if (!action.codes.contains(code))
            continue;
        action.act();
        event->accept();
        return;
    }
    int digit = event->key() - Qt::Key_1;
    if (digit >= 0 && digit < 9 && !event->modifiers() && !gone_) {
        if (digit < int(plugin_->type_count) && missing(digit)) {
            showHint(QString::fromUtf8(missing(digit)));
            return;
        }
        type_->setCurrentIndex(digit);
        draw(plot_->isZoomedInTime());
        return;
    }
    QWidget::keyPressEvent(event);
}

void GraphWindow::contextMenuEvent(QContextMenuEvent *event)
{
    showMenu(event->globalPos());
}

void GraphWindow::showMenu(const QPoint &at)
{
    QMenu menu(this);

    for (const Action &action : actions_)
        if (action.text)
            menu.addAction(QString::fromUtf8(action.text) + QLatin1Char('\t') +
                               QString::fromUtf8(action.keys),
                           action.act);
    menu.exec(at);
}
