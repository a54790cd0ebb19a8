// series_style.cpp - see series_style.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "series_style.h"

#include <algorithm>
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
    if (series.subflow == MPT_GUI_NO_SUBFLOW && !mpt_look_is_area(1, series.stacks))
        return (dark ? MPT_LOOK_WHOLE_DARK : MPT_LOOK_WHOLE_LIGHT)[series.kind > 0];
    unsigned of = series.subflow == MPT_GUI_NO_SUBFLOW ? series.kind : series.subflow;
    return (dark ? MPT_LOOK_DARK : MPT_LOOK_LIGHT)[of % MPT_LOOK_COLOURS];
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
    SeriesStyle style;

    style.pen = QPen(colour, 1.4);
    style.outline = QPen(colour, 1.2);
    style.shape = SHAPES[mpt_look_symbol_of(whole, series.kind)];
    style.area = Qt::transparent;
    style.filled = series.style == MPT_GUI_DOTS;
    style.marked = series.style == MPT_GUI_DOTS || series.style == MPT_GUI_LINE ||
                   (series.style == MPT_GUI_BARS && series.kind > 0);
    style.size = series.style == MPT_GUI_DOTS ? 5 : 7;
    if (mpt_look_is_area(whole, series.stacks)) {
        style.area = colour;
        style.area.setAlphaF(0.4f);
    }
    if (series.style == MPT_GUI_STEP)
        setDash(style.pen, mpt_look_dash_of(whole, series.subflow, series.kind));
    if (series.style == MPT_GUI_LINE)
        style.pen.setWidthF(4);
    if (series.style == MPT_GUI_BARS) {
        // What is shorter than a pixel is to be seen too.
        style.pen.setWidthF(3);
        style.pen.setCapStyle(Qt::SquareCap);
    }
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
    if (style.area.alpha())
        painter.fillRect(QRectF(1, 3, 30, 8), style.area);
    if (series.style == MPT_GUI_BARS && series.kind == 0) {
        for (int x : {8, 14, 20})
            painter.drawLine(QPointF(x, 15 - x / 2.0), QPointF(x, 11 - x / 2.0));
    } else if (series.style == MPT_GUI_BARS) {
        painter.drawLine(QPointF(8, 3), QPointF(8, 11));
    } else if (series.style != MPT_GUI_DOTS) {
        painter.drawLine(QPointF(1, 7), QPointF(31, 7));
    }
    if (!style.marked)
        return map;
    QCPScatterStyle marks = style.marks(style.size);
    marks.applyTo(&painter, style.outline);
    marks.drawShape(&painter, series.style == MPT_GUI_BARS ? 21 : 16, 7);
    return map;
}

// By thousands, from the billionth on.
static const char *const PREFIXES[] = {"n", "\u00b5", "m", "", "k", "M", "G", "T"};
static const int LEAST = -3, MOST = 4;

static int thousandsOf(double value)
{
    int k = 0;

    for (value = std::fabs(value); value >= 999.95 && k < MOST; k++)
        value /= 1000;
    for (; value > 0 && value < 0.99995 && k > LEAST; k--)
        value *= 1000;
    return k;
}

static QString prefix(int thousands)
{
    return QString::fromUtf8(PREFIXES[thousands - LEAST]);
}

QString siNumber(double value, int digits)
{
    int k = thousandsOf(value);
    QString unit = prefix(k);

    return QString::number(value / std::pow(1000, k), 'g', digits) +
           (unit.isEmpty() ? unit : QLatin1Char(' ') + unit);
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

void ValueTicker::setGraph(const mpt_gui_graph &graph)
{
    kind_ = graph.axis;
    title_ = QString::fromUtf8(graph.axis_title);
    unit_ = QString::fromUtf8(graph.unit_title);
}

static double largest(const QCPRange &range)
{
    return std::max(std::fabs(range.lower), std::fabs(range.upper));
}

QString ValueTicker::titleOf(const QCPRange &range) const
{
    return unit_.isEmpty() ? title_ : prefix(thousandsOf(largest(range))) + unit_;
}

double ValueTicker::getTickStep(const QCPRange &range)
{
    double step = QCPAxisTicker::getTickStep(range);

    thousands_ = thousandsOf(largest(range));
    return kind_ == MPT_GUI_SUBFLOWS ? std::max(1.0, std::ceil(step)) : step;
}

QString ValueTicker::getTickLabel(double tick, const QLocale &, QChar, int)
{
    if (kind_ == MPT_GUI_PERCENT)
        return QString::number(100 * tick, 'g', 4) + QStringLiteral(" %");
    if (kind_ == MPT_GUI_SUBFLOWS)
        return tick < 0 ? QString() : QStringLiteral("subflow ") + QString::number(std::lround(tick));
    if (unit_.isEmpty())
        return siNumber(tick, 6);
    // Rounded: a step may come to 0.30000000000000004.
    return QString::number(tick / std::pow(1000, thousands_), 'g', 6);
}

void LogTicker::setGraph(const mpt_gui_graph &graph)
{
    unit_ = QString::fromUtf8(graph.unit_title);
}

QString LogTicker::getTickLabel(double tick, const QLocale &, QChar, int)
{
    QString number = siNumber(tick, 3);

    return number + (number.back().isDigit() ? QStringLiteral(" ") : QString()) + unit_;
}
