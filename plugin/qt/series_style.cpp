// series_style.cpp - see series_style.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "series_style.h"

#include <cmath>

#include "series_look.h"

using S = QCPScatterStyle;
static const S::ScatterShape SHAPES[MPT_LOOK_SYMBOLS] = {S::ssCircle,  S::ssSquare, S::ssTriangle,
                                                         S::ssDiamond, S::ssCross,  S::ssPlus};

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Text).lightness() > palette.color(QPalette::Base).lightness();
}

static QColor colourOf(const mpt_gui_series &series, bool dark)
{
    if (series.subflow == MPT_GUI_NO_SUBFLOW)
        return (dark ? MPT_LOOK_WHOLE_DARK : MPT_LOOK_WHOLE_LIGHT)[series.kind > 0];
    return (dark ? MPT_LOOK_DARK : MPT_LOOK_LIGHT)[series.subflow % MPT_LOOK_COLOURS];
}

static void setDash(QPen &pen, unsigned pattern)
{
    static const QVector<qreal> dashes[] = {{}, {6, 3}, {1.5, 2.5}, {6, 2.5, 1.5, 2.5}};

    if (!dashes[pattern].isEmpty())
        pen.setDashPattern(dashes[pattern]);
}

SeriesStyle styleOf(const mpt_gui_series &series, bool dark)
{
    QColor colour = colourOf(series, dark);
    bool whole = series.subflow == MPT_GUI_NO_SUBFLOW;
    SeriesStyle style = {QPen(colour, 1.4), QPen(colour, 1.2), SHAPES[mpt_look_symbol_of(whole, series.kind)],
                         series.style == MPT_GUI_DOTS, 7};

    if (series.style == MPT_GUI_STEP)
        setDash(style.pen, mpt_look_dash_of(whole, series.subflow, series.kind));
    if (series.style == MPT_GUI_LINE)
        style.pen.setWidthF(4);
    if (series.style == MPT_GUI_BARS) {
        // What is shorter than a pixel is to be seen too.
        style.pen.setWidthF(2);
        style.pen.setCapStyle(Qt::SquareCap);
    }
    if (series.style == MPT_GUI_DOTS)
        style.size = 5;
    else if (series.kind > 0)
        style.size = 8; // there is more to be seen in them
    return style;
}

QCPScatterStyle SeriesStyle::marks(double of) const
{
    return QCPScatterStyle(shape, outline, filled ? QBrush(outline.color()) : QBrush(Qt::NoBrush), of);
}

QPixmap swatch(const mpt_gui_series &series, const SeriesStyle &style, double ratio)
{
    QPixmap map(QSize(32, 14) * ratio);
    map.setDevicePixelRatio(ratio);
    map.fill(Qt::transparent);

    QCPPainter painter(&map);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(style.pen);
    if (series.style == MPT_GUI_BARS) {
        for (int x : {3, 8})
            painter.drawLine(QPointF(x, 3), QPointF(x, 11));
    } else if (series.style != MPT_GUI_DOTS) {
        painter.drawLine(QPointF(1, 7), QPointF(31, 7));
    }
    QCPScatterStyle marks = style.marks(style.size);
    marks.applyTo(&painter, style.outline);
    marks.drawShape(&painter, series.style == MPT_GUI_BARS ? 21 : 16, 7);
    return map;
}

QString siNumber(double value, int digits)
{
    static const char *const prefixes[] = {"", " k", " M", " G", " T"};
    int k = 0;

    while (std::fabs(value) >= 999.95 && k < 4) {
        value /= 1000;
        k++;
    }
    return QString::number(value, 'g', digits) + QLatin1String(prefixes[k]);
}

void TimeTicker::setEpoch(int64_t ns)
{
    epoch_ = ns;
}

void TimeTicker::setAbsolute(bool absolute)
{
    absolute_ = absolute;
}

static QDateTime timeOf(int64_t ns)
{
    int64_t ms = ns / 1000000 - (ns % 1000000 < 0);

    return QDateTime::fromMSecsSinceEpoch(ms);
}

QString TimeTicker::titleOf(double first) const
{
    if (!absolute_)
        return QStringLiteral("seconds since the first frame");
    return QStringLiteral("time of day, ") +
           timeOf(epoch_ + std::llround(first * 1e9)).toString(QStringLiteral("yyyy-MM-dd t"));
}

double TimeTicker::getTickStep(const QCPRange &range)
{
    return step_ = QCPAxisTicker::getTickStep(range);
}

static int decimalsOf(double step)
{
    int decimals = 0;

    for (; decimals < 9 && std::fabs(step - std::round(step)) > 1e-6; decimals++)
        step *= 10;
    return decimals;
}

QString TimeTicker::getTickLabel(double tick, const QLocale &, QChar, int)
{
    int decimals = decimalsOf(step_);

    if (!absolute_)
        return QString::number(std::fabs(tick) < step_ / 1e6 ? 0 : tick, 'f', decimals);
    int64_t ns = epoch_ + std::llround(tick * 1e9);
    QString text = timeOf(ns).toString(QStringLiteral("HH:mm:ss"));
    if (decimals)
        text += QLatin1Char('.') + QString::number((ns % 1000000000 + 1000000000) % 1000000000)
                                       .rightJustified(9, QLatin1Char('0'))
                                       .left(decimals);
    return text;
}

void ValueTicker::setKind(mpt_gui_axis kind)
{
    kind_ = kind;
}

double ValueTicker::getTickStep(const QCPRange &range)
{
    double step = QCPAxisTicker::getTickStep(range);

    return kind_ == MPT_GUI_SUBFLOWS ? std::max(1.0, std::ceil(step)) : step;
}

QString ValueTicker::getTickLabel(double tick, const QLocale &, QChar, int)
{
    if (kind_ == MPT_GUI_PERCENT)
        return QString::number(100 * tick, 'g', 4) + QStringLiteral(" %");
    if (kind_ == MPT_GUI_SUBFLOWS)
        return tick < 0 ? QString() : QStringLiteral("subflow ") + QString::number(std::lround(tick));
    return siNumber(tick, 6);
}
