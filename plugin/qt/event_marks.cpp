// event_marks.cpp - what was signalled, as lines in a graph. See graph_plot.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_plot.h"

#include <cmath>

EventMarks::EventMarks(QCustomPlot *plot) : QCPAbstractItem(plot)
{
    setSelectable(false);
}

void EventMarks::setGraph(const GraphPointer &graph)
{
    graph_ = graph;
}

void EventMarks::setColours(const QColor &line, const QColor &text)
{
    line_ = line;
    text_ = text;
}

int EventMarks::at(double x) const
{
    double best = 4;
    int found = -1;

    for (size_t i = 0; graph_ && visible() && i < graph_->event_count; i++) {
        double away =
            std::fabs(mParentPlot->xAxis->coordToPixel(double(graph_->events[i].time_ns) / 1e9) - x);
        if (away < best) {
            best = away;
            found = int(i);
        }
    }
    return found;
}

void EventMarks::draw(QCPPainter *painter)
{
    QRect area = mParentPlot->axisRect()->rect();
    QFont font = mParentPlot->font();
    double free = area.left(), last = -1;

    font.setPointSizeF(font.pointSizeF() * 0.85);
    QFontMetricsF metrics(font);
    painter->setFont(font);
    painter->setAntialiasing(false);
    for (size_t i = 0; graph_ && i < graph_->event_count; i++) {
        double x = std::round(mParentPlot->xAxis->coordToPixel(double(graph_->events[i].time_ns) / 1e9));
        QString name = QString::fromUtf8(graph_->events[i].name);
        double width = metrics.horizontalAdvance(name);

        if (x < area.left() || x > area.right())
            continue;
        if (x != last) {
            painter->setPen(QPen(line_, 1, Qt::DotLine));
            painter->drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        }
        last = x;
        // At the end, to the left of its line.
        double left = x + 3 + width > area.right() ? x - 3 - width : x + 3;
        if (left < free)
            continue;
        painter->setPen(text_);
        painter->drawText(QPointF(left, area.top() + metrics.ascent() + 2), name);
        free = left + width + 7;
    }
}
