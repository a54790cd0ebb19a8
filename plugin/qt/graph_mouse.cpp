// graph_mouse.cpp - the mouse on a graph: which point is meant, crosshair, click. See graph_plot.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_plot.h"

#include <algorithm>
#include <cmath>

// Points further away than so many pixels are not meant.
static const double REACH = 24;

// --- which point

// Of a step or a line, what comes after a point belongs to it as far as the next.
void GraphPlot::nearest(unsigned s, const QPointF &at, double &best, Hit &hit) const
{
    const mpt_gui_series &series = graph_->series[s];
    bool holds = series.style == MPT_GUI_STEP || series.style == MPT_GUI_LINE;
    auto before = [](const mpt_gui_point &p, double ns) { return double(p.time_ns) < ns; };
    double from = xAxis->pixelToCoord(at.x() - REACH) * 1e9, to = xAxis->pixelToCoord(at.x() + REACH) * 1e9;
    const mpt_gui_point *begin = series.points, *end = begin + series.count;
    const mpt_gui_point *p = std::lower_bound(begin, end, from, before);

    if (holds && p != begin)
        p--;
    for (; p != end && double(p->time_ns) <= to; p++) {
        size_t i = size_t(p - begin);
        double x = xAxis->coordToPixel(double(p->time_ns) / 1e9), y = yAxis->coordToPixel(drawn_[s].y[i]);
        double right = holds && p + 1 != end ? xAxis->coordToPixel(double(p[1].time_ns) / 1e9) : x;
        double top = series.style == MPT_GUI_BARS
                         ? yAxis->coordToPixel(drawn_[s].y[i] + p->length * graph_->scale)
                         : y;
        double dx = std::max({x - at.x(), at.x() - right, 0.0}),
               dy = std::max({top - at.y(), at.y() - y, 0.0});
        double away = std::hypot(dx, dy) + (holds ? 2 : 0);

        if (away < best) {
            best = away;
            hit.series = int(s);
            hit.point = i;
        }
    }
}

GraphPlot::Hit GraphPlot::find(const QPointF &at) const
{
    double best = REACH;
    Hit hit;

    if (!graph_ || !axisRect()->rect().contains(at.toPoint()))
        return hit;
    for (unsigned s = 0; s < graph_->count; s++)
        if (isDrawn(s))
            nearest(s, at, best, hit);
    // The names of events are on top.
    if (hit.series < 0 || (best > 3 && at.y() < axisRect()->top() + 18)) {
        hit.event = events_->at(at.x());
        if (hit.event >= 0)
            hit.series = -1;
    }
    return hit;
}

// --- showing it

void GraphPlot::mark(const Hit &hit)
{
    QString text;
    char words[512];

    marked_ = hit;
    tracer_->setVisible(hit.series >= 0);
    if (hit.series >= 0) {
        const mpt_gui_point &p = graph_->series[hit.series].points[hit.point];
        tracer_->position->setCoords(double(p.time_ns) / 1e9, drawn_[size_t(hit.series)].y[hit.point]);
        plugin_->describe(graph_.get(), unsigned(hit.series), hit.point, words, sizeof words);
        text = QString::fromUtf8(words);
    } else if (hit.event >= 0) {
        const mpt_gui_event &e = graph_->events[hit.event];
        text = QStringLiteral("%1 s, %2: %3")
                   .arg(double(e.time_ns) / 1e9, 0, 'f', 9)
                   .arg(QString::fromUtf8(e.name), QString::fromUtf8(e.text));
        if (e.frame)
            text += QStringLiteral(", frame %1").arg(e.frame);
    }
    if (hovered)
        hovered(text);
    layer(QStringLiteral("cursor"))->replot();
}

uint32_t GraphPlot::frame() const
{
    if (marked_.series >= 0)
        return graph_->series[marked_.series].points[marked_.point].frame;
    return marked_.event >= 0 ? graph_->events[marked_.event].frame : 0;
}

void GraphPlot::step(int by)
{
    Hit next = marked_;

    if (!graph_)
        return;
    if (next.series < 0) {
        // The first that is to be seen.
        for (unsigned s = 0; s < graph_->count && next.series < 0; s++)
            if (isDrawn(s))
                next.series = int(s);
        next.event = -1;
        if (next.series < 0)
            return;
        const mpt_gui_series &series = graph_->series[next.series];
        while (next.point + 1 < series.count &&
               double(series.points[next.point].time_ns) / 1e9 < xAxis->range().lower)
            next.point++;
    } else if ((by < 0 && next.point > 0) || (by > 0 && next.point + 1 < graph_->series[next.series].count)) {
        next.point = by < 0 ? next.point - 1 : next.point + 1;
    }
    double time = double(graph_->series[next.series].points[next.point].time_ns) / 1e9;
    if (!xAxis->range().contains(time)) {
        xAxis->setRange(time, xAxis->range().size(), Qt::AlignCenter);
        replot();
    }
    mark(next);
}

void GraphPlot::moveCrosshair(const QPointF &at, bool visible)
{
    double x = xAxis->pixelToCoord(at.x()), y = yAxis->pixelToCoord(at.y());

    for (QCPItemStraightLine *line : cross_)
        line->setVisible(visible);
    cross_[0]->point1->setCoords(x, y);
    cross_[0]->point2->setCoords(x, y + yAxis->range().size());
    cross_[1]->point1->setCoords(x, y);
    cross_[1]->point2->setCoords(x + xAxis->range().size(), y);
}

void GraphPlot::setCrosshair(bool on)
{
    crosshair_ = on;
    moveCrosshair(mapFromGlobal(QCursor::pos()), on && underMouse());
    layer(QStringLiteral("cursor"))->replot();
}

void GraphPlot::setZoomsWithMouse(bool zooms)
{
    setSelectionRectMode(zooms ? QCP::srmZoom : QCP::srmNone);
    setCursor(zooms ? Qt::CrossCursor : Qt::ArrowCursor);
}

// --- events of the mouse

void GraphPlot::mousePressEvent(QMouseEvent *event)
{
    pressed_ = event->pos();
    if (event->button() == Qt::LeftButton)
        QCustomPlot::mousePressEvent(event);
}

void GraphPlot::mouseReleaseEvent(QMouseEvent *event)
{
    bool click = (event->pos() - pressed_).manhattanLength() < 4;

    if (event->button() != Qt::LeftButton)
        return;
    QCustomPlot::mouseReleaseEvent(event);
    if (!click)
        return;
    mark(find(event->pos()));
    if (frame() && clicked)
        clicked(frame());
}

void GraphPlot::mouseMoveEvent(QMouseEvent *event)
{
    QCustomPlot::mouseMoveEvent(event);
    if (event->buttons() & Qt::LeftButton)
        return;
    bool inside = axisRect()->rect().contains(event->pos());
    moveCrosshair(event->pos(), crosshair_ && inside);
    Hit hit = find(event->pos());
    // What was marked last stays, for the keys.
    if (hit.series >= 0 || hit.event >= 0)
        mark(hit);
    else
        layer(QStringLiteral("cursor"))->replot();
}

void GraphPlot::wheelEvent(QWheelEvent *event)
{
    // Alone both axes, with Control time, with Shift values.
    Qt::Orientations axes = event->modifiers() & Qt::ControlModifier ? Qt::Horizontal
                            : event->modifiers() & Qt::ShiftModifier ? Qt::Orientations(Qt::Vertical)
                                                                     : Qt::Horizontal | Qt::Vertical;
    axisRect()->setRangeZoom(axes);
    QCustomPlot::wheelEvent(event);
}

void GraphPlot::leaveEvent(QEvent *event)
{
    QCustomPlot::leaveEvent(event);
    moveCrosshair(QPointF(), false);
    layer(QStringLiteral("cursor"))->replot();
}
