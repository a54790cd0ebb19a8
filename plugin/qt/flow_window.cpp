// flow_window.cpp - see flow_window.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "flow_window.h"

#include <cmath>
#include <cstring>

#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QMessageBox>
#include <QScrollBar>
#include <QVBoxLayout>

#include "series_style.h"

// Rows of the level that is shown at first: what one cares to scroll through.
static const uint32_t ROWS = 400;
// Milliseconds between two looks at what is selected in the main window.
static const int WATCH = 400;

// --- what it is made of

FlowWindow::FlowWindow(const mpt_gui_plugin *plugin, unsigned point,
                       std::function<void(const QString &)> help)
    : plugin_(plugin), showHelp_(help)
{
    QVBoxLayout *layout = new QVBoxLayout(this);
    QFont large = font();

    setTitle(QStringLiteral("MPTCP Flow"), QString());
    resize(1100, 760);
    view_ = new FlowView(plugin);
    title_ = new QLabel;
    hint_ = new QLabel;
    status_ = new QLabel;
    large.setBold(true);
    title_->setFont(large);
    for (QLabel *label : {title_, hint_}) {
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }
    point_ = new PointBox(point, [this] { refresh(); });
    layout->addLayout(makeChoices());
    layout->addLayout(makeFilters());
    layout->addWidget(banner_ = new Banner([this] { refresh(); }));
    layout->addWidget(title_);
    layout->addWidget(view_, 1);
    QHBoxLayout *legend = new QHBoxLayout;
    legend->addWidget(legend_ = new QLabel, 1);
    legend->addWidget(status_);
    layout->addLayout(legend);
    layout->addWidget(hint_);
    layout->addLayout(makeButtons());
    view_->hovered = [this](const QString &text) { showHint(text); };
    view_->clicked = [this](uint32_t frame) { goToPacket(frame); };
    view_->zoomed = [this](int by) { setLevel(unsigned(std::max(level_->currentIndex() + by, 0))); };
    watch_.setInterval(WATCH);
    connect(&watch_, &QTimer::timeout, this, [this] { followSelection(); });
    showHint(QString());
    refresh();
    watch_.start();
    view_->setFocus();
}

QComboBox *FlowWindow::makeBox(QLayout *row, const char *text, std::function<void()> act)
{
    QLabel *label = new QLabel(QString::fromUtf8(text));
    QComboBox *box = new QComboBox;

    label->setBuddy(box);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(12);
    row->addWidget(label);
    row->addWidget(box);
    connect(box, QOverload<int>::of(&QComboBox::activated), this, [this, act] {
        act();
        view_->setFocus();
    });
    return box;
}

QDoubleSpinBox *FlowWindow::makeTime(QLayout *row, const char *text)
{
    QLabel *label = new QLabel(QString::fromUtf8(text));
    QDoubleSpinBox *box = new QDoubleSpinBox;

    label->setBuddy(box);
    box->setDecimals(6);
    box->setMaximum(1e9);
    box->setSingleStep(0.1);
    box->setSuffix(QStringLiteral(" s"));
    box->setKeyboardTracking(false);
    row->addWidget(label);
    row->addWidget(box);
    connect(box, QOverload<double>::of(&QDoubleSpinBox::valueChanged), this, [this] { filter(); });
    return box;
}

QLayout *FlowWindow::makeChoices()
{
    QHBoxLayout *row = new QHBoxLayout;

    connection_ = makeBox(row, "&Connection", [this] { read(); });
    connection_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    level_ = makeBox(row, "De&tail", [this] { setLevel(unsigned(level_->currentIndex())); });
    level_->setMinimumContentsLength(22);
    row->addWidget(point_->label());
    row->addWidget(point_);
    row->setStretchFactor(connection_, 3);
    row->setStretchFactor(point_, 2);
    return row;
}

QLayout *FlowWindow::makeFilters()
{
    QHBoxLayout *row = new QHBoxLayout;

    direction_ = makeBox(row, "&Direction", [this] { filter(); });
    direction_->addItem(QStringLiteral("both"), 3);
    direction_->addItem(QStringLiteral("client to server"), 1);
    direction_->addItem(QStringLiteral("server to client"), 2);
    subflow_ = makeBox(row, "S&ubflow", [this] { filter(); });
    show_ = makeBox(row, "Sho&w", [this] { filter(); });
    show_->addItem(QStringLiteral("everything"),
                   MPT_GUI_FLOW_DATA | MPT_GUI_FLOW_ACKS | MPT_GUI_FLOW_SIGNALS);
    show_->addItem(QStringLiteral("data and signalling"), MPT_GUI_FLOW_DATA | MPT_GUI_FLOW_SIGNALS);
    show_->addItem(QStringLiteral("data"), MPT_GUI_FLOW_DATA);
    show_->addItem(QStringLiteral("signalling"), MPT_GUI_FLOW_SIGNALS);
    from_ = makeTime(row, "&From");
    to_ = makeTime(row, "t&o");
    to_->setSpecialValueText(QStringLiteral("the end"));
    row->addStretch(1);
    return row;
}

QLayout *FlowWindow::makeButtons()
{
    QHBoxLayout *row = new QHBoxLayout;

    row->addStretch(1);
    row->addWidget(makeButton("Selected &Packet", [this] { chooseSelected(); }));
    row->addWidget(makeButton("&Save As…", [this] { saveAs(); }));
    row->addWidget(makeButton("&Help", [this] { showHelp_(help()); }));
    row->addWidget(makeButton("C&lose", [this] { close(); }));
    return row;
}

// --- the capture

void FlowWindow::captureGone()
{
    gone_ = true;
    banner_->say(
        QStringLiteral("The capture was closed or is being reread. This shows what was there before."));
    connection_->setEnabled(false);
    point_->setEnabled(false);
}

void FlowWindow::refresh()
{
    const char *why = "";
    mpt_gui_capture *found = plugin_->capture(point_->point(), &why);

    if (!found) {
        gone_ = true;
        banner_->say(QString::fromUtf8(why));
        connection_->setEnabled(false);
        return;
    }
    bool keep = capture_ && strcmp(capture_->name, found->name) == 0 && connection_->count() > 0;
    uint32_t chosen = keep ? connection_->currentData().toUInt() : MPT_GUI_NO_CONNECTION;

    capture_ = std::shared_ptr<mpt_gui_capture>(found, plugin_->capture_free);
    gone_ = false;
    banner_->say(QString());
    setTitle(QStringLiteral("MPTCP Flow"), QString::fromUtf8(found->name));
    connection_->setEnabled(found->count > 0);
    point_->setEnabled(true);
    point_->fill(found->points);
    fillConnections(chosen);
    read();
    selected_ = 0;
    followSelection();
}

// Without one to keep: that of the selected packet, or the one with the most payload.
void FlowWindow::fillConnections(uint32_t chosen)
{
    uint64_t most = 0;

    if (chosen >= capture_->count)
        chosen = capture_->selected;
    bool known = chosen < capture_->count;
    connection_->clear();
    for (uint32_t i = 0; i < capture_->count; i++) {
        const mpt_gui_connection &c = capture_->connections[i];

        connection_->addItem(QString::fromUtf8(c.title), c.id);
        if (!known && (i == 0 || c.payload > most)) {
            most = c.payload;
            chosen = i;
        }
    }
    connection_->setCurrentIndex(capture_->count ? int(chosen) : -1);
}

void FlowWindow::fillSubflows()
{
    subflow_->clear();
    subflow_->addItem(QStringLiteral("all"), MPT_GUI_NO_SUBFLOW);
    for (uint32_t i = 0; flow_ && i < flow_->lane_count; i++)
        subflow_->addItem(
            QStringLiteral("%1: %2 \u2192 %3")
                .arg(i)
                .arg(QString::fromUtf8(flow_->lanes[i].client), QString::fromUtf8(flow_->lanes[i].server)),
            i);
}

// Reads the connection that is chosen.
void FlowWindow::read()
{
    if (gone_ || !capture_)
        return;
    flow_.reset();
    if (capture_->count)
        flow_ = FlowPointer(
            plugin_->flow(capture_->reading, capture_->points.chosen, connection_->currentData().toUInt()),
            plugin_->flow_free);
    filling_ = true;
    fillSubflows();
    from_->setValue(0);
    to_->setValue(0);
    filling_ = false;
    chosen_ = false;
    title_->setText(flow_ ? QString::fromUtf8(flow_->title)
                          : QStringLiteral("This capture has no Multipath TCP."));
    filter();
}

// --- what is shown of it

void FlowWindow::filter()
{
    mpt_gui_flow_filter f = {};
    unsigned level = 0;

    if (filling_)
        return;
    if (!flow_) {
        view_->show(flow_, 0, MPT_GUI_NO_SUBFLOW);
        return;
    }
    f.directions = direction_->currentData().toUInt();
    f.show = show_->currentData().toUInt();
    f.subflow = subflow_->currentData().toUInt();
    f.from_ns = from_->value() > 0 ? std::llround(from_->value() * 1e9) : INT64_MIN;
    f.to_ns = to_->value() > 0 ? std::llround(to_->value() * 1e9) : INT64_MAX;
    plugin_->flow_filter(flow_.get(), &f);
    if (chosen_)
        level = std::min(view_->level(), flow_->levels - 1);
    while (!chosen_ && level + 1 < flow_->levels && flow_->rows[level] > ROWS)
        level++;
    view_->show(flow_, level, f.subflow);
    fillLevels();
    fillLegend();
    fillStatus();
    if (selected_)
        view_->select(selected_, true);
}

void FlowWindow::fillLevels()
{
    QLocale english(QLocale::English);

    level_->clear();
    for (unsigned k = 0; k < flow_->levels; k++) {
        QString rows = english.toString(flow_->rows[k]);

        level_->addItem(k ? QStringLiteral("runs of up to %1: %2 rows")
                                .arg(english.toString(qulonglong(1) << 3 * k), rows)
                          : QStringLiteral("each packet: %1 rows").arg(rows));
    }
    level_->setCurrentIndex(int(view_->level()));
}

void FlowWindow::setLevel(unsigned level)
{
    if (!flow_ || level >= flow_->levels)
        return;
    chosen_ = true;
    view_->setLevel(level);
    level_->setCurrentIndex(int(level));
    fillStatus();
}

void FlowWindow::fillLegend()
{
    legend_->setPixmap(flowLegend(flow_->looks, *legend_));
}

void FlowWindow::fillStatus()
{
    QLocale english(QLocale::English);

    status_->setText(
        QStringLiteral("%1 rows").arg(english.toString(view_->rows())) +
        (flow_->both_ends ? QStringLiteral("; both ends: a steeper arrow took longer") : QString()));
}

void FlowWindow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && flow_)
        fillLegend();
}

// --- the main window

// The packet that is selected there is marked here.
void FlowWindow::followSelection()
{
    uint32_t frame = gone_ || !capture_ ? 0 : plugin_->selected_frame(capture_->reading);

    if (!frame || frame == selected_)
        return;
    bool ours = view_->frame() == frame;
    selected_ = frame;
    if (!ours && flow_)
        view_->select(frame, true);
}

void FlowWindow::chooseSelected()
{
    uint32_t connection, subflow;

    if (gone_ || !capture_)
        return;
    selected_ = plugin_->selected_frame(capture_->reading);
    if (!plugin_->selected(capture_->reading, capture_->points.chosen, &connection, &subflow)) {
        showHint(QStringLiteral("The selected packet belongs to no MPTCP connection."));
        return;
    }
    choose(connection);
    if (flow_ && !view_->select(selected_, true))
        showHint(QStringLiteral("The filters leave out the selected packet."));
}

void FlowWindow::choose(uint32_t connection)
{
    int index = connection_->findData(connection);

    if (gone_ || index < 0 || index == connection_->currentIndex())
        return;
    connection_->setCurrentIndex(index);
    read();
}

void FlowWindow::nextConnection(int by)
{
    int next = connection_->currentIndex() + by;

    if (gone_ || next < 0 || next >= connection_->count())
        return;
    connection_->setCurrentIndex(next);
    read();
}

void FlowWindow::goToPacket(uint32_t frame)
{
    if (gone_) {
        showHint(QStringLiteral("The capture is not there any more: refresh first."));
        return;
    }
    if (!frame)
        return;
    selected_ = frame;
    plugin_->go_to_frame(capture_->reading, frame);
}

void FlowWindow::showHint(const QString &text)
{
    hint_->setText(
        text.isEmpty()
            ? QStringLiteral("Hover over a packet for its figures; click it to go to it. Ctrl and the "
                             "wheel show more or less detail.")
            : text);
}

// --- files, keys

void FlowWindow::saveAs()
{
    if (!flow_)
        return;
    QString name =
        QStringLiteral("%1/%2-flow-%3.svg")
            .arg(QDir::currentPath(), QFileInfo(QString::fromUtf8(capture_->name)).completeBaseName())
            .arg(connection_->currentData().toUInt());
    QString path = QFileDialog::getSaveFileName(this, QStringLiteral("Save flow as"), name,
                                                QStringLiteral("All rows (*.svg);;What is in sight (*.png)"));
    char *why = nullptr;

    if (path.isEmpty())
        return;
    bool png = QFileInfo(path).suffix().toLower() == QStringLiteral("png");
    bool ok =
        png ? view_->picture().save(path, "PNG")
            : plugin_->flow_save(flow_.get(), view_->level(), QFile::encodeName(path).constData(), &why);
    if (ok)
        showHint(QStringLiteral("Saved as ") + path);
    else
        QMessageBox::warning(this, windowTitle(),
                             why ? QString::fromUtf8(why)
                                 : QStringLiteral("%1 cannot be written.").arg(path));
    plugin_->text_free(why);
}

void FlowWindow::keyPressEvent(QKeyEvent *event)
{
    bool control = event->modifiers() & Qt::ControlModifier;
    QScrollBar *bar = view_->verticalScrollBar();

    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        setLevel(unsigned(std::max(level_->currentIndex() - 1, 0)));
        break;
    case Qt::Key_Minus:
        setLevel(unsigned(level_->currentIndex() + 1));
        break;
    case Qt::Key_Home:
        bar->setValue(0);
        break;
    case Qt::Key_End:
        bar->setValue(bar->maximum());
        break;
    case Qt::Key_Period:
    case Qt::Key_N:
        view_->step(1);
        break;
    case Qt::Key_Comma:
    case Qt::Key_P:
        view_->step(-1);
        break;
    case Qt::Key_G:
        goToPacket(view_->frame());
        break;
    case Qt::Key_C:
        chooseSelected();
        break;
    case Qt::Key_BracketRight:
        nextConnection(1);
        break;
    case Qt::Key_BracketLeft:
        nextConnection(-1);
        break;
    case Qt::Key_F5:
        refresh();
        break;
    case Qt::Key_F1:
        showHelp_(help());
        break;
    case Qt::Key_Escape:
        close();
        break;
    default:
        if (control && event->key() == Qt::Key_S)
            saveAs();
        else if (control && event->key() == Qt::Key_W)
            close();
        else
            QWidget::keyPressEvent(event);
    }
}

QString FlowWindow::help() const
{
    return QStringLiteral(
        "Each row is a packet, or a run of packets of one kind that one side of a subflow sent; a thick arrow\n"
        "is a run. The client is at the left of each lane, the server at the right; a lane is a subflow.\n"
        "\n"
        "Colour and dash say what data is: new, new but below what came before (out of order), reinjected,\n"
        "retransmitted by TCP. Dotted grey are DATA_ACKs and ACKs; black is what signals, with its name.\n"
        "\n"
        "Of a capture merged from both ends the small number at the head of an arrow is when it arrived, by\n"
        "the clock of the point that is chosen; the steeper an arrow, the longer it was on the way. One that\n"
        "ends in a cross did not arrive. Of a capture of one end loss is not seen: what is sent again is.\n"
        "\n"
        "Keys:\n"
        "  + -          more detail, less\n"
        "  . ,          the next row, the one before\n"
        "  g            go to the packet of the marked row\n"
        "  c            the connection of the selected packet\n"
        "  ] [          the next connection, the one before\n"
        "  Home End     the first row, the last one\n"
        "  Ctrl+S       save as SVG, or PNG\n"
        "  F5           refresh\n"
        "  F1           help\n"
        "  Esc          close\n");
}
