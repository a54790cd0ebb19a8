// point_box.h - where a window counts, on a capture of several vantage points: a box that is there only then.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_POINT_BOX_H
#define MPT_POINT_BOX_H

#include <functional>

#include <QComboBox>
#include <QLabel>

#include "interface.h"

class PointBox : public QComboBox
{
  public:
    // point: in mpt_gui_points, or MPT_GUI_USUAL_POINT. chosen: called when the user chooses another one.
    PointBox(unsigned point, std::function<void()> chosen);
    // What to put before it; its own until then.
    QLabel *label() const
    {
        return label_;
    }
    // What is chosen; the usual one until there are several.
    unsigned point() const
    {
        return point_;
    }
    bool areSeveral() const
    {
        return count() > 1;
    }
    void fill(const mpt_gui_points &points);

  private:
    unsigned point_;
    QLabel *label_;
};

#endif
