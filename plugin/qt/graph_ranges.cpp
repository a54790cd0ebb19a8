// graph_ranges.cpp - which times and values a graph shows, and its axis of values. See graph_plot.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_plot.h"

#include <algorithm>
#include <cmath>

// --- ranges

// Of what is drawn; of what is aside only where nothing else is.
GraphPlot::Bounds GraphPlot::valuesOf(bool aside) const
{
    Bounds b;

    for (unsigned s = 0; s < graph_->count; s++) {
        bool bar = graph_->series[s].style == MPT_GUI_BARS;

        for (size_t i = 0; isDrawn(s) && graph_->series[s].aside == aside && i < graph_->series[s].count;
             i++) {
            double y = drawn_[s].y[i];

            if (std::isnan(y))
                continue;
            b.low = std::min(b.low, y);
            b.high = std::max(b.high, y + (bar ? graph_->series[s].points[i].length * graph_->scale : 0));
        }
    }
    return b;
}

// All graphs of a connection have the same times.
void GraphPlot::findBounds()
{
    double t0 = double(graph_->from_ns) / 1e9, t1 = double(graph_->to_ns) / 1e9;
    Bounds b = valuesOf(false);

    if (!(t1 > t0)) {
        t0 -= 0.5;
        t1 = t0 + 1;
    }
    fullTimes_ = QCPRange(t0 - (t1 - t0) * 0.015, t1 + (t1 - t0) * 0.025);
    if (!std::isfinite(b.low))
        b = valuesOf(true);
    if (!std::isfinite(b.low))
        b.low = b.high = 0;
    if (isLogarithmic()) {
        b.low = b.low > 0 ? b.low : graph_->scale;
        fullValues_ = QCPRange(b.low / 1.5, std::max(b.high, b.low) * 1.5);
        return;
    }
    if (graph_->from_zero)
        b.low = std::min(b.low, 0.0);
    if (!(b.high > b.low))
        b.high = b.low + graph_->scale;
    double above = (b.high - b.low) * 0.04;
    fullValues_ = QCPRange(b.low - (b.low < 0 || !graph_->from_zero ? above : above / 4), b.high + above);
    if (graph_->axis == MPT_GUI_SUBFLOWS)
        fullValues_ = QCPRange(-0.6, std::floor(b.high) + 0.6);
    else if (graph_->axis == MPT_GUI_PERCENT)
        fullValues_ = QCPRange(-0.01, 1.03);
}

// --- a logarithmic axis

bool GraphPlot::canBeLogarithmic() const
{
    bool dots = graph_ && graph_->unit_title;

    for (unsigned s = 0; dots && s < graph_->count; s++)
        dots = graph_->series[s].style == MPT_GUI_DOTS;
    return dots;
}

bool GraphPlot::isLogarithmic() const
{
    return logarithmic_ && canBeLogarithmic();
}

// What has no place there, 0, is not drawn.
double GraphPlot::shown(double value) const
{
    return isLogarithmic() && value <= 0 ? std::nan("") : value * graph_->scale;
}

void GraphPlot::nameValues()
{
    if (graph_)
        yAxis->setLabel(isLogarithmic() ? QString() : valueTicker_->titleOf(yAxis->range()));
}

void GraphPlot::scaleValues()
{
    bool is = isLogarithmic();

    yAxis->setScaleType(is ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    yAxis2->setScaleType(yAxis->scaleType());
    if (is)
        yAxis->setTicker(logTicker_);
    else
        yAxis->setTicker(valueTicker_);
}

void GraphPlot::setLogarithmic(bool logarithmic)
{
    logarithmic_ = logarithmic;
    if (!graph_)
        return;
    scaleValues();
    rebuild();
    findBounds();
    yAxis->setRange(fullValues_);
    nameValues();
    replot();
}

bool GraphPlot::isZoomedInTime() const
{
    return graph_ && xAxis->range() != fullTimes_;
}

void GraphPlot::reset()
{
    if (!graph_)
        return;
    xAxis->setRange(fullTimes_);
    yAxis->setRange(fullValues_);
    replot();
}

void GraphPlot::zoom(double time, double value)
{
    // A factor of 1 would change the last digits.
    if (time != 1)
        xAxis->scaleRange(time);
    if (value != 1)
        yAxis->scaleRange(value);
    replot();
}

void GraphPlot::pan(int right, int up)
{
    xAxis->moveRange(xAxis->pixelToCoord(right) - xAxis->pixelToCoord(0));
    yAxis->moveRange(yAxis->pixelToCoord(0) - yAxis->pixelToCoord(up));
    replot();
}
