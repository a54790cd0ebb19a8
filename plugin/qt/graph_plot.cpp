// graph_plot.cpp - see graph_plot.h: what is drawn. The mouse is in graph_mouse.cpp.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_plot.h"

#include <algorithm>
#include <cmath>

// Marks of one series that are nearer than so many pixels are one.
static const double MARK_APART = 5;

GraphPlot::GraphPlot(const mpt_gui_plugin *plugin, QWidget *parent)
    : QCustomPlot(parent), plugin_(plugin), timeTicker_(new TimeTicker), valueTicker_(new ValueTicker),
      logTicker_(new LogTicker)
{
    addLayer(QStringLiteral("cursor"), layer(QStringLiteral("overlay")));
    layer(QStringLiteral("cursor"))->setMode(QCPLayer::lmBuffered);
    setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    setNoAntialiasingOnDrag(true);
    setFocusPolicy(Qt::StrongFocus);
    setAutoAddPlottableToLegend(false);
    timeTicker_->setTickCount(7);
    valueTicker_->setTickCount(7);
    xAxis->setTicker(timeTicker_);
    yAxis->setTicker(valueTicker_);
    axisRect()->setupFullAxesBox();
    // The list of series is beside the plot; in pictures it is below.
    list_ = new QCPLegend;
    list_->setVisible(false);
    list_->setFillOrder(QCPLayoutGrid::foColumnsFirst);
    list_->setWrap(4);
    list_->setBorderPen(Qt::NoPen);
    list_->setBrush(Qt::NoBrush);
    events_ = new EventMarks(this);
    events_->setLayer(QStringLiteral("grid"));
    tracer_ = new QCPItemTracer(this);
    tracer_->setStyle(QCPItemTracer::tsCircle);
    tracer_->setSize(13);
    tracer_->setVisible(false);
    tracer_->setLayer(QStringLiteral("cursor"));
    for (QCPItemStraightLine *&line : cross_) {
        line = new QCPItemStraightLine(this);
        line->setVisible(false);
        line->setLayer(QStringLiteral("cursor"));
    }
    message_ = new QCPItemText(this);
    message_->position->setType(QCPItemPosition::ptAxisRectRatio);
    message_->position->setCoords(0.5, 0.45);
    message_->setVisible(false);
    applyColours(QWidget::palette());
    connect(this, &QCustomPlot::beforeReplot, this, [this] { placeMarks(); });
    connect(yAxis, QOverload<const QCPRange &>::of(&QCPAxis::rangeChanged), this, [this] { nameValues(); });
    connect(xAxis, QOverload<const QCPRange &>::of(&QCPAxis::rangeChanged), this, [this] {
        xAxis->setLabel(timeTicker_->titleOf(xAxis->range().lower));
        if (timesChanged)
            timesChanged();
    });
}

// --- colours

static void colourAxis(QCPAxis *axis, const QColor &ink, const QColor &line)
{
    axis->setBasePen(QPen(line));
    axis->setTickPen(QPen(line));
    axis->setSubTickPen(QPen(line));
    axis->setLabelColor(ink);
    axis->setTickLabelColor(ink);
    axis->grid()->setPen(QPen(line, 0.5, Qt::DotLine));
    axis->grid()->setZeroLinePen(QPen(line, 0.8));
}

void GraphPlot::applyColours(const QPalette &palette)
{
    QColor ink = palette.color(QPalette::Text), base = palette.color(QPalette::Base);
    auto mix = [&](double part) {
        return QColor::fromRgbF(base.redF() + (ink.redF() - base.redF()) * part,
                                base.greenF() + (ink.greenF() - base.greenF()) * part,
                                base.blueF() + (ink.blueF() - base.blueF()) * part);
    };

    dark_ = isDark(palette);
    setBackground(base);
    for (QCPAxis *axis : {xAxis, yAxis, xAxis2, yAxis2})
        colourAxis(axis, ink, mix(0.35));
    events_->setColours(mix(0.3), mix(0.75));
    tracer_->setPen(QPen(ink, 2));
    for (QCPItemStraightLine *line : cross_)
        line->setPen(QPen(mix(0.6), 1, Qt::DashLine));
    message_->setColor(ink);
    list_->setTextColor(ink);
}

void GraphPlot::changeEvent(QEvent *event)
{
    QCustomPlot::changeEvent(event);
    if (event->type() != QEvent::PaletteChange && event->type() != QEvent::StyleChange)
        return;
    applyColours(QWidget::palette());
    rebuild();
}

// --- which graph

void GraphPlot::show(const GraphPointer &graph, bool keepTimes)
{
    graph_ = graph;
    hidden_.assign(graph->count, false);
    marked_ = Hit();
    tracer_->setVisible(false);
    message_->setVisible(false);
    events_->setGraph(graph);
    valueTicker_->setGraph(*graph);
    logTicker_->setGraph(*graph);
    nameValues();
    if (graph->kept == 0) {
        message_->setText(QStringLiteral("Nothing to show in this direction."));
        message_->setVisible(true);
    }
    scaleValues();
    rebuild();
    findBounds();
    yAxis->setRange(fullValues_);
    nameValues();
    if (!keepTimes)
        xAxis->setRange(fullTimes_);
    replot();
}

void GraphPlot::refine(const GraphPointer &graph)
{
    if (!graph_ || graph->count != graph_->count)
        return;
    graph_ = graph;
    marked_ = Hit();
    tracer_->setVisible(false);
    events_->setGraph(graph);
    rebuild();
}

void GraphPlot::showNothing(const QString &sentence)
{
    graph_.reset();
    hidden_.clear();
    marked_ = Hit();
    events_->setGraph(nullptr);
    tracer_->setVisible(false);
    message_->setText(sentence);
    message_->setVisible(true);
    rebuild();
}

// --- series

bool GraphPlot::isDrawn(unsigned s) const
{
    return !hidden_[s] && graph_->series[s].count > 0 && (!stacked_ || graph_->series[s].stacks);
}

void GraphPlot::addSeries(unsigned s)
{
    const mpt_gui_series &series = graph_->series[s];
    SeriesStyle style = styleOf(series, dark_);
    QCPGraph *graph = addGraph();
    QVector<double> x(int(series.count)), y(int(series.count)), none(int(series.count), 0),
        high(int(series.count));

    drawn_[s].y.resize(series.count);
    for (size_t i = 0; i < series.count; i++) {
        x[int(i)] = double(series.points[i].time_ns) / 1e9;
        y[int(i)] = drawn_[s].y[i] = shown(series.points[i].value);
        high[int(i)] = series.points[i].length * graph_->scale;
    }
    graph->setData(x, y, true);
    graph->setName(QString::fromUtf8(series.title));
    graph->setPen(style.pen);
    graph->setLineStyle(series.style == MPT_GUI_STEP   ? QCPGraph::lsStepLeft
                        : series.style == MPT_GUI_LINE ? QCPGraph::lsLine
                                                       : QCPGraph::lsNone);
    drawn_[s].graph = graph;
    if (style.marked)
        graph->setScatterStyle(style.marks(style.size));
    if (style.area.alpha())
        graph->setBrush(style.area);
    if (series.style == MPT_GUI_BARS) {
        QCPErrorBars *bars = new QCPErrorBars(xAxis, yAxis);
        bars->setDataPlottable(graph);
        bars->setErrorType(QCPErrorBars::etValueError);
        bars->setData(none, high);
        bars->setWhiskerWidth(0);
        bars->setSymbolGap(0);
        bars->setPen(style.pen);
        // What is shorter than a pixel is to be seen too, and the legend needs something.
        if (!style.marked)
            graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssSquare, QPen(style.outline.color()),
                                                   style.outline.color(), 2));
    }
    if (series.style != MPT_GUI_BARS || !style.marked)
        return;
    // Marks upon each other would hide all: placeMarks() chooses. The first has one, for the legend.
    graph->setScatterSkip(INT_MAX - 1);
    drawn_[s].marks = addGraph();
    drawn_[s].marks->setLineStyle(QCPGraph::lsNone);
    drawn_[s].marks->setPen(style.outline);
    drawn_[s].marks->setScatterStyle(style.marks(style.size));
}

// Each series upon those before it, at every time at which one of them changes.
void GraphPlot::addStack(const std::vector<unsigned> &chosen)
{
    struct Change {
        int64_t time;
        size_t place, point;
    };
    std::vector<Change> changes;
    std::vector<double> last(chosen.size(), 0);
    std::vector<QVector<double>> y(chosen.size());
    QVector<double> x;

    for (size_t k = 0; k < chosen.size(); k++) {
        const mpt_gui_series &series = graph_->series[chosen[k]];
        addSeries(chosen[k]);
        for (size_t i = 0; i < series.count; i++)
            changes.push_back({series.points[i].time_ns, k, i});
    }
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Change &a, const Change &b) { return a.time < b.time; });
    for (const Change &c : changes) {
        double sum = 0;

        last[c.place] = graph_->series[chosen[c.place]].points[c.point].value * graph_->scale;
        x.append(double(c.time) / 1e9);
        for (size_t k = 0; k < chosen.size(); k++) {
            sum += last[k];
            y[k].append(sum);
            if (k == c.place)
                drawn_[chosen[k]].y[c.point] = sum;
        }
    }
    QCPGraph *below = nullptr;
    for (size_t k = 0; k < chosen.size(); k++) {
        unsigned s = chosen[k];
        QColor fill = styleOf(graph_->series[s], dark_).outline.color();

        fill.setAlphaF(0.25f);
        drawn_[s].graph->setData(x, y[k], true);
        drawn_[s].graph->setBrush(fill);
        if (below)
            drawn_[s].graph->setChannelFillGraph(below);
        below = drawn_[s].graph;
    }
}

void GraphPlot::rebuild()
{
    std::vector<unsigned> chosen;

    clearPlottables();
    drawn_.assign(graph_ ? graph_->count : 0, Drawn());
    for (unsigned s = 0; graph_ && s < graph_->count; s++)
        if (isDrawn(s))
            chosen.push_back(s);
    // What is of the connection is behind what is of its subflows.
    std::stable_partition(chosen.begin(), chosen.end(),
                          [this](unsigned s) { return graph_->series[s].subflow == MPT_GUI_NO_SUBFLOW; });
    if (stacked_)
        addStack(chosen);
    else
        for (unsigned s : chosen)
            addSeries(s);
    replot(QCustomPlot::rpQueuedReplot);
}

// A mark for each point, but where it would lie upon the one before.
void GraphPlot::placeMarks()
{
    QCPRange range = xAxis->range();

    for (Drawn &drawn : drawn_) {
        if (!drawn.marks)
            continue;
        QVector<double> x, y;
        double lastX = -MARK_APART, lastY = -MARK_APART;
        auto points = drawn.graph->data();
        for (auto it = points->findBegin(range.lower, false);
             it != points->constEnd() && it->key <= range.upper; ++it) {
            double right = xAxis->coordToPixel(it->key), down = yAxis->coordToPixel(it->value);
            if (std::fabs(right - lastX) < MARK_APART && std::fabs(down - lastY) < MARK_APART)
                continue;
            lastX = right;
            lastY = down;
            x.append(it->key);
            y.append(it->value);
        }
        drawn.marks->setData(x, y, true);
    }
}

// --- choices

void GraphPlot::setEpoch(int64_t ns)
{
    timeTicker_->setEpoch(ns);
}

void GraphPlot::setAbsoluteTime(bool absolute)
{
    timeTicker_->setAbsolute(absolute);
    timeTicker_->setTickCount(absolute ? 5 : 7);
    xAxis->setLabel(timeTicker_->titleOf(xAxis->range().lower));
    replot();
}

void GraphPlot::setStacked(bool stacked)
{
    stacked_ = stacked;
    if (!graph_)
        return;
    rebuild();
    findBounds();
    yAxis->setRange(fullValues_);
    replot();
}

void GraphPlot::setEventsShown(bool shown)
{
    events_->setVisible(shown);
    replot();
}

void GraphPlot::setHidden(unsigned series, bool hidden)
{
    if (series >= hidden_.size() || hidden_[series] == hidden)
        return;
    hidden_[series] = hidden;
    if (hidden && marked_.series == int(series))
        mark(Hit());
    rebuild();
}

bool GraphPlot::isHidden(unsigned series) const
{
    return series < hidden_.size() && hidden_[series];
}

// --- pictures

bool GraphPlot::save(const QString &path, bool pdf, const QString &file)
{
    const int width = 1000, height = 600;
    QPalette paper(Qt::black, Qt::white);
    QString title = graph_ ? QString::fromUtf8(graph_->title) : QString();
    bool ok;

    applyColours(paper);
    rebuild();
    plotLayout()->insertRow(0);
    plotLayout()->addElement(
        0, 0,
        new QCPTextElement(
            this,
            title + QLatin1Char('\n') +
                (graph_ ? file + QStringLiteral(": ") + QString::fromUtf8(graph_->subtitle) : file),
            QFont(font().family(), 10)));
    plotLayout()->addElement(2, 0, list_);
    plotLayout()->setRowStretchFactor(2, 0.001);
    list_->setVisible(true);
    for (unsigned s = 0; s < drawn_.size(); s++)
        if (drawn_[s].graph)
            drawn_[s].graph->addToLegend(list_);
    bool marked = tracer_->visible();
    tracer_->setVisible(false);
    placeMarks();
    ok = pdf ? savePdf(path, width, height, QCP::epAllowCosmetic, QStringLiteral("mptcpscope"), title)
             : savePng(path, width, height, 2.0);
    tracer_->setVisible(marked);
    list_->clearItems();
    list_->setVisible(false);
    plotLayout()->take(list_);
    plotLayout()->removeAt(0);
    plotLayout()->simplify();
    applyColours(QWidget::palette());
    rebuild();
    return ok;
}
