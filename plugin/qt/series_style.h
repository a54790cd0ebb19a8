// series_style.h - how series look (series_look.h), as Qt draws it; and the tick labels of axes.
//
// Invariant: a series looks the same wherever it is drawn.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_SERIES_STYLE_H
#define MPT_SERIES_STYLE_H

#include <qcustomplot.h>

#include "interface.h"

struct SeriesStyle {
    QPen pen;     // of its lines
    QPen outline; // of its marks
    QCPScatterStyle::ScatterShape shape;
    QColor area; // below a line; transparent: none
    bool filled;
    bool marked; // its points have marks; else it is a line, or bars alone
    double size; // of its marks, in pixels

    QCPScatterStyle marks(double of) const;
};

SeriesStyle styleOf(const mpt_gui_series &series, bool dark);
bool isDark(const QPalette &palette);

// The series in a legend. ratio: device pixels a pixel.
QPixmap swatch(const mpt_gui_series &series, const SeriesStyle &style, double ratio);

// "1.5 M", "20 m", with `digits` significant ones at most.
QString siNumber(double value, int digits);

// Time as seconds since the first frame, or as time of day.
class TimeTicker : public QCPAxisTicker
{
  public:
    void setEpoch(int64_t ns);
    void setAbsolute(bool absolute);
    QString titleOf(double first) const;

  protected:
    double getTickStep(const QCPRange &range) override;
    QString getTickLabel(double tick, const QLocale &locale, QChar format, int precision) override;

  private:
    int64_t epoch_ = 0;
    bool absolute_ = false;
    double step_ = 1;
};

class ValueTicker : public QCPAxisTicker
{
  public:
    void setGraph(const mpt_gui_graph &graph);
    // Of the axis: with the prefix that suits these values, "Mbit/s".
    QString titleOf(const QCPRange &range) const;

  protected:
    double getTickStep(const QCPRange &range) override;
    QString getTickLabel(double tick, const QLocale &locale, QChar format, int precision) override;

  private:
    mpt_gui_axis kind_ = MPT_GUI_NUMBERS;
    QString title_, unit_; // unit_ empty: title_ is all there is to say
    int thousands_ = 0;    // of the unit's prefix
};

// Powers of ten, each with its unit.
class LogTicker : public QCPAxisTickerLog
{
  public:
    void setGraph(const mpt_gui_graph &graph);

  protected:
    QString getTickLabel(double tick, const QLocale &locale, QChar format, int precision) override;

  private:
    QString unit_;
};

#endif
