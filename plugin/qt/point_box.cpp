// point_box.cpp - see point_box.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "point_box.h"

PointBox::PointBox(unsigned point, std::function<void()> chosen)
    : point_(point), label_(new QLabel(QStringLiteral("Counted a&t"), this))
{
    label_->setBuddy(this);
    label_->hide();
    hide();
    setToolTip(QStringLiteral("The vantage point at which this window counts packets"));
    setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(this, QOverload<int>::of(&QComboBox::activated), this, [this, chosen](int index) {
        point_ = unsigned(index);
        chosen();
    });
}

void PointBox::fill(const mpt_gui_points &points)
{
    clear();
    for (unsigned i = 0; points.count > 1 && i < points.count; i++)
        addItem(QString::fromUtf8(points.names[i]));
    setCurrentIndex(points.count > 1 ? int(points.chosen) : -1);
    label_->setVisible(points.count > 1);
    setVisible(points.count > 1);
}
