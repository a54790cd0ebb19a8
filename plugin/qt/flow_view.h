// flow_view.h - a connection as a ladder, drawn: scrolled by rows, so that a million of them cost no more than those seen.
//
// Invariant: what is drawn is what the plugin has laid out (mpt_gui_arrow); here are colours, scrolling and the mouse.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_FLOW_VIEW_H
#define MPT_FLOW_VIEW_H

#include <functional>
#include <memory>

#include <QAbstractScrollArea>
#include <QPainter>

#include "flow_look.h"
#include "interface.h"

using FlowPointer = std::shared_ptr<mpt_gui_flow>;

class FlowView : public QAbstractScrollArea
{
  public:
    explicit FlowView(const mpt_gui_plugin *plugin);

    // Shows another flow, or the same after its filter has changed. level: of detail. subflow: that is drawn alone, or
    // MPT_GUI_NO_SUBFLOW.
    void show(const FlowPointer &flow, unsigned level, uint32_t subflow);
    // Stays at the time that is in the middle, or at the marked row.
    void setLevel(unsigned level);
    unsigned level() const
    {
        return level_;
    }
    // Marks the row with this frame, and scrolls to it if asked to and it is not seen. False: there is none.
    bool select(uint32_t frame, bool scroll);
    // Marks the next row, or the one `by` rows on.
    void step(int by);
    uint32_t frame() const; // of the marked row; 0: none
    uint32_t rows() const;
    QPixmap picture();

    std::function<void(const QString &)> hovered; // figures of a row, or nothing
    std::function<void(uint32_t)> clicked;        // a frame
    std::function<void(int)> zoomed;              // by so many levels: finer below 0

  protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    bool viewportEvent(QEvent *event) override;

  private:
    void fit();
    int rowAt(const QPoint &at) const; // -1: none
    int64_t timeAt(uint32_t row) const;
    void scrollTo(uint32_t row);
    bool isSeen(const double edges[2]) const;
    void paintHeads(QPainter &painter);
    void paintRow(QPainter &painter, uint32_t row, double y);
    void paintArrow(QPainter &painter, const mpt_gui_arrow &arrow, double y);
    void paintTexts(QPainter &painter, const mpt_gui_arrow &arrow, double y);
    QFont small() const;

    const mpt_gui_plugin *plugin_;
    FlowPointer flow_;
    mpt_gui_flow_space space_ = {};
    unsigned level_ = 0;
    uint32_t subflow_ = MPT_GUI_NO_SUBFLOW;
    int marked_ = -1, under_ = -1;
    bool dark_ = false;
};

// The looks (bits) with their names, as this widget writes.
QPixmap flowLegend(unsigned looks, const QWidget &on);

#endif
