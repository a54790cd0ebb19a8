// graph_plot.h - one graph, drawn: zoom, pan, hover, and the packet of a point.
//
// Keys of the x axis are seconds since the first frame of the capture; y is the value in the
// unit of the axis.
//
// Invariant: drawing, hovering and saving use the same mpt_gui_graph, which needs no capture.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_GRAPH_PLOT_H
#define MPT_GRAPH_PLOT_H

#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include "series_style.h"

using GraphPointer = std::shared_ptr<mpt_gui_graph>;

// Events as lines over the whole height, named where there is room.
class EventMarks : public QCPAbstractItem
{
  public:
    explicit EventMarks(QCustomPlot *plot);
    void setGraph(const GraphPointer &graph);
    void setColours(const QColor &line, const QColor &text);
    // Index of the event at that pixel; -1: none.
    int at(double x) const;
    double selectTest(const QPointF &, bool, QVariant *) const override
    {
        return -1;
    }

  protected:
    void draw(QCPPainter *painter) override;

  private:
    GraphPointer graph_;
    QColor line_, text_;
};

class GraphPlot : public QCustomPlot
{
  public:
    explicit GraphPlot(const mpt_gui_plugin *plugin, QWidget *parent = nullptr);

    // Draws another graph. reset() goes back to its range, which is shown now; with keepTimes
    // the x axis stays.
    void show(const GraphPointer &graph, bool keepTimes);
    // More points of the same graph, for the times that are shown.
    void refine(const GraphPointer &graph);
    // Shows a sentence instead of a graph.
    void showNothing(const QString &sentence);
    GraphPointer graph() const
    {
        return graph_;
    }
    bool isZoomedInTime() const;
    QCPRange times() const
    {
        return xAxis->range();
    }

    void setEpoch(int64_t ns);
    void setAbsoluteTime(bool absolute);
    void setZoomsWithMouse(bool zooms);
    void setCrosshair(bool on);
    void setStacked(bool stacked);
    void setLogarithmic(bool logarithmic);
    // Of this graph: dots alone, in a unit.
    bool canBeLogarithmic() const;
    void setEventsShown(bool shown);
    void setHidden(unsigned series, bool hidden);
    bool isHidden(unsigned series) const;

    // Factors: < 1 zooms in; 1 leaves that axis alone.
    void zoom(double time, double value);
    void pan(int right, int up);
    void reset();
    // Marks the next point (`by` points on) of the marked one's series.
    void step(int by);
    // Of the marked point; 0: none.
    uint32_t frame() const;

    // file: the name of the capture.
    bool save(const QString &path, bool pdf, const QString &file);

    std::function<void(const QString &)> hovered; // the point in words, or nothing
    std::function<void(uint32_t)> clicked;        // a frame
    std::function<void()> timesChanged;

  protected:
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;

  private:
    struct Hit {
        int series = -1;
        size_t point = 0;
        int event = -1;
    };
    struct Drawn {
        std::vector<double> y;     // of each point
        QCPGraph *marks = nullptr; // of those points that need one
        QCPGraph *graph = nullptr;
    };
    struct Bounds {
        double low = INFINITY, high = -INFINITY;
    };

    void applyColours(const QPalette &palette);
    void rebuild();
    void addSeries(unsigned s);
    void addStack(const std::vector<unsigned> &chosen);
    bool isDrawn(unsigned s) const;
    void placeMarks();
    Bounds valuesOf(bool aside) const;
    void findBounds();
    bool isLogarithmic() const;
    double shown(double value) const;
    void scaleValues();
    void nameValues();
    Hit find(const QPointF &at) const;
    void nearest(unsigned s, const QPointF &at, double &best, Hit &hit) const;
    void mark(const Hit &hit);
    void moveCrosshair(const QPointF &at, bool visible);

    const mpt_gui_plugin *plugin_;
    GraphPointer graph_;
    std::vector<Drawn> drawn_;
    std::vector<bool> hidden_;
    QCPRange fullTimes_, fullValues_;
    QSharedPointer<TimeTicker> timeTicker_;
    QSharedPointer<ValueTicker> valueTicker_;
    QSharedPointer<LogTicker> logTicker_;
    QCPLegend *list_;
    EventMarks *events_;
    QCPItemTracer *tracer_;
    QCPItemStraightLine *cross_[2];
    QCPItemText *message_;
    Hit marked_;
    QPoint pressed_;
    bool dark_ = false, stacked_ = false, logarithmic_ = false, crosshair_ = false;
};

#endif
