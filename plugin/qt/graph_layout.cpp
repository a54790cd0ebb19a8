// graph_layout.cpp - what a graph window is made of. See graph_window.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_window.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

GraphWindow::GraphWindow(const mpt_gui_plugin *plugin, unsigned point,
                         std::function<void(const QString &)> help)
    : plugin_(plugin), showHelp_(help)
{
    QVBoxLayout *layout = new QVBoxLayout(this);
    QSplitter *splitter = new QSplitter;
    QFont large = font();

    setTitle(QStringLiteral("MPTCP Graphs"), QString());
    resize(1100, 680);
    plot_ = new GraphPlot(plugin);
    title_ = new QLabel;
    subtitle_ = new QLabel;
    hint_ = new QLabel;
    status_ = new QLabel;
    large.setBold(true);
    title_->setFont(large);
    for (QLabel *label : {title_, subtitle_, hint_}) {
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }
    makeList();
    splitter->addWidget(plot_);
    splitter->addWidget(list_);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 0);
    splitter->setSizes({850, 250});

    point_ = new PointBox(point, [this] {
        refresh();
        plot_->setFocus();
    });
    layout->addLayout(makeChoices());
    layout->addWidget(banner_ = new Banner([this] {
                          refresh();
                          plot_->setFocus();
                      }));
    layout->addWidget(title_);
    layout->addWidget(subtitle_);
    layout->addWidget(splitter, 1);
    QHBoxLayout *below = new QHBoxLayout;
    below->addWidget(hint_, 1);
    below->addWidget(status_);
    layout->addLayout(below);
    layout->addLayout(makeSwitches());

    later_.setSingleShot(true);
    later_.setInterval(200);
    connect(&later_, &QTimer::timeout, this, [this] { drawPart(); });
    plot_->hovered = [this](const QString &text) { showHint(text); };
    plot_->clicked = [this](uint32_t frame) { goToPacket(frame); };
    plot_->timesChanged = [this] {
        if (whole_ && whole_->kept < whole_->total && !gone_)
            later_.start();
    };
    plot_->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(plot_, &QWidget::customContextMenuRequested, this,
            [this](const QPoint &at) { showMenu(plot_->mapToGlobal(at)); });
    makeActions();
    refresh();
    plot_->setFocus();
}

QLayout *GraphWindow::makeChoices()
{
    QHBoxLayout *row = new QHBoxLayout;
    auto add = [&](const char *text, QWidget *widget, int stretch) {
        QLabel *label = new QLabel(QString::fromUtf8(text));
        label->setBuddy(widget);
        row->addWidget(label);
        row->addWidget(widget, stretch);
        return label;
    };
    auto chosen = [this](QComboBox *box, std::function<void()> act) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(12);
        connect(box, QOverload<int>::of(&QComboBox::activated), this, [this, act] {
            act();
            plot_->setFocus();
        });
    };

    type_ = new QComboBox;
    connection_ = new QComboBox;
    direction_ = new QComboBox;
    subflow_ = new QComboBox;
    average_ = new QDoubleSpinBox;
    for (unsigned i = 0; i < plugin_->type_count; i++)
        type_->addItem(QString::fromUtf8(plugin_->types[i].title), QString::fromUtf8(plugin_->types[i].name));
    direction_->addItems({QStringLiteral("client to server"), QStringLiteral("server to client")});
    average_->setDecimals(3);
    average_->setMaximum(86400);
    average_->setSingleStep(0.01);
    average_->setSuffix(QStringLiteral(" s"));
    average_->setSpecialValueText(QStringLiteral("automatic"));
    average_->setKeyboardTracking(false);
    add("&Graph", type_, 3);
    add("&Connection", connection_, 3);
    add("&Direction", direction_, 1);
    subflowLabel_ = add("S&ubflow", subflow_, 2);
    averageLabel_ = add("&Average over", average_, 0);
    row->addWidget(point_->label());
    row->addWidget(point_, 1);
    chosen(type_, [this] { draw(plot_->isZoomedInTime()); });
    chosen(connection_, [this] { chooseConnection(); });
    chosen(direction_, [this] {
        fillSubflows();
        draw(plot_->isZoomedInTime());
    });
    chosen(subflow_, [this] { draw(plot_->isZoomedInTime()); });
    connect(average_, QOverload<double>::of(&QDoubleSpinBox::valueChanged), this,
            [this] { draw(plot_->isZoomedInTime()); });
    return row;
}

void GraphWindow::makeList()
{
    list_ = new QTreeWidget;
    list_->setHeaderHidden(true);
    list_->setIconSize(QSize(32, 14));
    list_->setRootIsDecorated(false);
    list_->setIndentation(14);
    list_->setAccessibleName(QStringLiteral("Shown series"));
    connect(list_, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem *item) { hide(item); });
}

QLayout *GraphWindow::makeSwitches()
{
    QHBoxLayout *row = new QHBoxLayout;
    auto add = [&](const char *text, bool on, std::function<void(bool)> act) {
        QCheckBox *box = new QCheckBox(QString::fromUtf8(text));
        box->setChecked(on);
        box->setFocusPolicy(Qt::TabFocus);
        connect(box, &QCheckBox::toggled, this, act);
        row->addWidget(box);
        return box;
    };
    zooms_ = add("Mouse &zooms", false, [this](bool on) { plot_->setZoomsWithMouse(on); });
    crosshair_ = add("Cr&osshair", false, [this](bool on) { plot_->setCrosshair(on); });
    absolute_ = add("&Time of day", false, [this](bool on) { plot_->setAbsoluteTime(on); });
    events_ = add("&Events", true, [this](bool on) { plot_->setEventsShown(on); });
    stacked_ = add("Stac&ked", false, [this](bool on) { plot_->setStacked(on); });
    logarithmic_ = add("Logarith&mic", false, [this](bool on) { plot_->setLogarithmic(on); });
    logarithmic_->setToolTip(QStringLiteral("Logarithmic scale; only for graphs of single points"));
    zooms_->setToolTip(QStringLiteral("Dragging zooms into the selected part instead of moving the graph"));
    row->addStretch(1);
    row->addWidget(makeButton("R&eset", [this] { plot_->reset(); }));
    row->addWidget(makeButton("S&witch Direction", [this] { switchDirection(); }));
    row->addWidget(makeButton("&Save As…", [this] { saveAs(); }));
    row->addWidget(makeButton("&Help", [this] { showHelp_(help()); }));
    row->addWidget(makeButton("C&lose", [this] { close(); }));
    return row;
}

void GraphWindow::addAction(const char *text, const char *keys, QList<int> codes, std::function<void()> act)
{
    actions_.push_back({text, keys, codes, act});
}

void GraphWindow::makeActions()
{
    const int shift = int(Qt::ShiftModifier), control = int(Qt::ControlModifier);

    addAction("Zoom in", "+", {Qt::Key_Plus, Qt::Key_Plus | shift, Qt::Key_Equal, Qt::Key_I},
              [this] { plot_->zoom(0.7, 0.7); });
    addAction("Zoom out", "-", {Qt::Key_Minus, Qt::Key_Underscore | shift, Qt::Key_O},
              [this] { plot_->zoom(1 / 0.7, 1 / 0.7); });
    addAction("Zoom in on time", "x", {Qt::Key_X}, [this] { plot_->zoom(0.7, 1); });
    addAction("Zoom out of time", "X", {Qt::Key_X | shift}, [this] { plot_->zoom(1 / 0.7, 1); });
    addAction("Zoom in on values", "y", {Qt::Key_Y}, [this] { plot_->zoom(1, 0.7); });
    addAction("Zoom out of values", "Y", {Qt::Key_Y | shift}, [this] { plot_->zoom(1, 1 / 0.7); });
    addAction("Everything", "0, Home", {Qt::Key_0, Qt::Key_Home, Qt::Key_R, Qt::Key_ParenRight | shift},
              [this] { plot_->reset(); });
    addAction("Left", "Left", {Qt::Key_Left, Qt::Key_H}, [this] { plot_->pan(-10, 0); });
    addAction("Right", "Right", {Qt::Key_Right, Qt::Key_L}, [this] { plot_->pan(10, 0); });
    addAction("Up", "Up", {Qt::Key_Up, Qt::Key_K}, [this] { plot_->pan(0, 10); });
    addAction("Down", "Down", {Qt::Key_Down, Qt::Key_J}, [this] { plot_->pan(0, -10); });
    addAction(nullptr, nullptr, {Qt::Key_Left | shift}, [this] { plot_->pan(-1, 0); });
    addAction(nullptr, nullptr, {Qt::Key_Right | shift}, [this] { plot_->pan(1, 0); });
    addAction(nullptr, nullptr, {Qt::Key_Up | shift}, [this] { plot_->pan(0, 1); });
    addAction(nullptr, nullptr, {Qt::Key_Down | shift}, [this] { plot_->pan(0, -1); });
    addAction("Next point of the series", ".", {Qt::Key_Period}, [this] { plot_->step(1); });
    addAction("Previous point of the series", ",", {Qt::Key_Comma}, [this] { plot_->step(-1); });
    addAction("Go to the packet of the marked point", "g", {Qt::Key_G},
              [this] { goToPacket(plot_->frame()); });
    addAction("Switch direction", "d", {Qt::Key_D}, [this] { switchDirection(); });
    addAction("Next connection", "PgUp", {Qt::Key_PageUp}, [this] { nextConnection(1); });
    addAction("Previous connection", "PgDn", {Qt::Key_PageDown}, [this] { nextConnection(-1); });
    addAction("Connection of the selected packet", "c", {Qt::Key_C}, [this] { chooseSelected(); });
    addAction("Mouse drags or zooms", "z", {Qt::Key_Z}, [this] { zooms_->toggle(); });
    addAction("Crosshair", "Space", {Qt::Key_Space}, [this] { crosshair_->toggle(); });
    addAction("Time of day", "t", {Qt::Key_T}, [this] { absolute_->toggle(); });
    addAction("Events", "e", {Qt::Key_E}, [this] { events_->toggle(); });
    addAction("Stacked", "s", {Qt::Key_S}, [this] {
        if (stacked_->isEnabled())
            stacked_->toggle();
    });
    addAction("Logarithmic values", "v", {Qt::Key_V}, [this] {
        if (logarithmic_->isEnabled())
            logarithmic_->toggle();
    });
    addAction("Save as…", "Ctrl+S", {Qt::Key_S | control}, [this] { saveAs(); });
    addAction("Refresh", "F5", {Qt::Key_F5}, [this] { refresh(); });
    addAction("Help", "F1", {Qt::Key_F1}, [this] { showHelp_(help()); });
    addAction("Close", "Esc", {Qt::Key_Escape, Qt::Key_W | control}, [this] { close(); });
}

QString GraphWindow::help() const
{
    QString text = QStringLiteral(
        "Colours are subflows, and black and grey are the connection as a whole. In graphs of sequence\n"
        "numbers a bar is the bytes of a segment; a square is data that TCP sent again, a triangle data that\n"
        "another subflow carried before, a diamond data that the same subflow carried before under other\n"
        "sequence numbers. The list at the right shows and hides each of them.\n"
        "\n"
        "The receive window does not set the range of values: it is drawn where it fits. Zoom out to see all\n"
        "of it. All graphs of a connection show the same time, and keep what you zoomed to.\n"
        "\n"
        "Hover over a point to read it; click it to go to its packet. Drag to move, or, with \"Mouse zooms\", to\n"
        "select a part; the wheel zooms, with Ctrl time alone and with Shift values alone.\n"
        "\n"
        "Keys:\n"
        "  1 to 9       another graph\n");

    for (const Action &action : actions_)
        if (action.text)
            text += QStringLiteral("  %1 %2\n")
                        .arg(QString::fromUtf8(action.keys), -12)
                        .arg(QString::fromUtf8(action.text));
    return text;
}
