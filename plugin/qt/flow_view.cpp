// flow_view.cpp - see flow_view.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "flow_view.h"

#include <cmath>

#include <QHelpEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>

#include "series_style.h"

// Rows that stay in sight when it scrolls by a page.
static const int OVERLAP = 2;
// Of letters on arrows, and of times at their heads.
static const int LETTERS = 11, SMALL = 9;
// Of a line in the legend.
static const int LINE = 36;

static QPen penOf(unsigned look, bool dark, bool run)
{
    const mpt_flow_style &style = MPT_FLOW_STYLES[look];
    QPen pen(QColor(QString::fromUtf8(dark ? style.dark : style.light)), run ? 3.2 : style.width);
    QVector<qreal> dash;

    // Qt counts in widths of the pen, in pairs.
    for (double length : style.dash)
        if (length > 0)
            dash.append(length / pen.widthF());
    if (!dash.isEmpty())
        pen.setDashPattern(dash);
    pen.setCapStyle(Qt::FlatCap);
    return pen;
}

QPixmap flowLegend(unsigned looks, const QWidget &on)
{
    QFont letters = on.font();
    bool dark = isDark(on.palette());
    double x = 0, ratio = on.devicePixelRatioF();

    letters.setPixelSize(LETTERS);
    QFontMetrics metrics(letters);
    for (unsigned k = 0; k < MPT_FLOW_LOOKS; k++)
        if (looks >> k & 1u)
            x += LINE + metrics.horizontalAdvance(QString::fromUtf8(MPT_FLOW_STYLES[k].name)) + 24;
    QPixmap map(QSize(std::max(int(x * ratio), 1), int(16 * ratio)));
    map.setDevicePixelRatio(ratio);
    map.fill(Qt::transparent);
    QPainter painter(&map);
    painter.setFont(letters);
    x = 0;
    for (unsigned k = 0; k < MPT_FLOW_LOOKS; k++) {
        QString name = QString::fromUtf8(MPT_FLOW_STYLES[k].name);

        if (!(looks >> k & 1u))
            continue;
        painter.setPen(penOf(k, dark, false));
        painter.drawLine(QPointF(x, 8), QPointF(x + LINE, 8));
        painter.setPen(on.palette().color(QPalette::WindowText));
        painter.drawText(QPointF(x + LINE + 6, 12), name);
        x += LINE + metrics.horizontalAdvance(name) + 24;
    }
    return map;
}

FlowView::FlowView(const mpt_gui_plugin *plugin) : plugin_(plugin)
{
    viewport()->setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(QStringLiteral("Packets between client and server"));
    verticalScrollBar()->setSingleStep(1);
}

QFont FlowView::small() const
{
    QFont f = font();

    f.setPixelSize(SMALL);
    return f;
}

// --- what is seen

uint32_t FlowView::rows() const
{
    return flow_ ? flow_->rows[level_] : 0;
}

void FlowView::fit()
{
    if (!flow_)
        return;
    plugin_->flow_space(flow_.get(), viewport()->width(), &space_);
    int seen = int((viewport()->height() - space_.top) / space_.row);
    verticalScrollBar()->setPageStep(std::max(seen - OVERLAP, 1));
    verticalScrollBar()->setRange(0, std::max(int(rows()) - seen, 0));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(40);
    horizontalScrollBar()->setRange(0, std::max(int(space_.width) - viewport()->width(), 0));
    viewport()->update();
}

void FlowView::show(const FlowPointer &flow, unsigned level, uint32_t subflow)
{
    flow_ = flow;
    level_ = flow ? std::min(level, flow->levels - 1) : 0;
    subflow_ = subflow;
    marked_ = under_ = -1;
    fit();
    viewport()->update();
}

int64_t FlowView::timeAt(uint32_t row) const
{
    mpt_gui_arrow arrow;

    plugin_->flow_arrow(flow_.get(), viewport()->width(), level_, row, &arrow);
    return arrow.time_ns;
}

void FlowView::scrollTo(uint32_t row)
{
    int first = verticalScrollBar()->value(), page = verticalScrollBar()->pageStep();

    if (int(row) < first || int(row) >= first + page)
        verticalScrollBar()->setValue(int(row) - page / 2);
    viewport()->update();
}

void FlowView::setLevel(unsigned level)
{
    if (!flow_ || level >= flow_->levels || level == level_)
        return;
    uint32_t marked = frame();
    int page = verticalScrollBar()->pageStep(), middle = verticalScrollBar()->value() + page / 2;
    int64_t time = rows() ? timeAt(std::min(uint32_t(middle), rows() - 1)) : 0;

    level_ = level;
    marked_ = under_ = -1;
    fit();
    verticalScrollBar()->setValue(int(plugin_->flow_after(flow_.get(), level_, time)) - page / 2);
    if (marked)
        select(marked, true);
}

bool FlowView::select(uint32_t frame, bool scroll)
{
    uint32_t row;

    if (!flow_ || !plugin_->flow_find(flow_.get(), level_, frame, &row)) {
        marked_ = -1;
        viewport()->update();
        return false;
    }
    marked_ = int(row);
    if (scroll)
        scrollTo(row);
    viewport()->update();
    return true;
}

void FlowView::step(int by)
{
    if (!rows())
        return;
    int next = marked_ < 0 ? verticalScrollBar()->value() : marked_ + by;

    marked_ = std::max(0, std::min(next, int(rows()) - 1));
    scrollTo(uint32_t(marked_));
}

uint32_t FlowView::frame() const
{
    mpt_gui_arrow arrow;

    if (!flow_ || marked_ < 0)
        return 0;
    plugin_->flow_arrow(flow_.get(), viewport()->width(), level_, uint32_t(marked_), &arrow);
    return arrow.frame;
}

int FlowView::rowAt(const QPoint &at) const
{
    if (!flow_ || at.y() < space_.top)
        return -1;
    int row = verticalScrollBar()->value() + int((at.y() - space_.top) / space_.row);
    return row < int(rows()) ? row : -1;
}

// --- drawing

bool FlowView::isSeen(const double edges[2]) const
{
    int left = horizontalScrollBar()->value();

    return edges[1] >= left && edges[0] <= left + viewport()->width();
}

void FlowView::paintHeads(QPainter &painter)
{
    QFont bold = painter.font();
    double edges[2];

    bold.setBold(true);
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(QRectF(0, 36, space_.time, 16), Qt::AlignRight, QStringLiteral("time (s)"));
    painter.drawText(QRectF(space_.time, 36, space_.frame - space_.time, 16), Qt::AlignRight,
                     QStringLiteral("frame"));
    for (unsigned i = 0; i < space_.lanes && flow_->lane_count; i++) {
        const mpt_gui_flow_lane &lane = flow_->lanes[subflow_ == MPT_GUI_NO_SUBFLOW ? i : subflow_];
        QFont plain = painter.font();

        plugin_->flow_edges(flow_.get(), viewport()->width(), i, edges);
        if (!isSeen(edges))
            continue;
        QRectF head(edges[0], 2, edges[1] - edges[0], 16);
        painter.setFont(bold);
        painter.drawText(head, Qt::AlignHCenter, QString::fromUtf8(lane.title));
        painter.setFont(plain);
        painter.drawText(head.translated(0, 16), Qt::AlignLeft, QString::fromUtf8(lane.client));
        painter.drawText(head.translated(0, 34), Qt::AlignRight, QString::fromUtf8(lane.server));
    }
}

void FlowView::paintArrow(QPainter &painter, const mpt_gui_arrow &arrow, double y)
{
    QPen pen = penOf(arrow.look, dark_, arrow.run);
    QPointF tail(arrow.x0, y + arrow.y0), head(arrow.x1, y + arrow.y1);
    double back = arrow.x1 > arrow.x0 ? -8 : 8;

    painter.setPen(pen);
    painter.drawLine(tail, arrow.lost ? head : head + QPointF(back * 0.7, 0));
    painter.setPen(QPen(pen.color(), arrow.lost ? 2 : 1));
    if (arrow.lost) {
        painter.drawLine(head + QPointF(-4, -4), head + QPointF(4, 4));
        painter.drawLine(head + QPointF(-4, 4), head + QPointF(4, -4));
        return;
    }
    QPointF points[] = {head, head + QPointF(back, -3.5), head + QPointF(back, 3.5)};
    painter.setBrush(pen.color());
    painter.drawPolygon(points, 3);
    painter.setBrush(Qt::NoBrush);
}

void FlowView::paintTexts(QPainter &painter, const mpt_gui_arrow &arrow, double y)
{
    QColor faint = palette().color(QPalette::PlaceholderText);
    QFont plain = painter.font();
    QString label = QString::fromUtf8(arrow.label), far = QString::fromUtf8(arrow.far);
    double width = painter.fontMetrics().horizontalAdvance(label);

    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(QPointF(arrow.label_x - width / 2, y + arrow.label_y), label);
    painter.drawText(QRectF(0, y + 3, space_.time, 16), Qt::AlignRight, QString::fromUtf8(arrow.time));
    painter.setPen(faint);
    painter.drawText(QRectF(space_.time, y + 3, space_.frame - space_.time, 16), Qt::AlignRight,
                     QString::fromUtf8(arrow.frame_text));
    painter.setFont(small());
    if (!far.isEmpty()) {
        double room = painter.fontMetrics().horizontalAdvance(far);
        painter.drawText(QPointF(arrow.far_x - (arrow.far_ends ? room : 0), y + arrow.label_y), far);
    }
    if (arrow.pause[0])
        painter.drawText(QPointF(4, y + 4), QString::fromUtf8(arrow.pause));
    painter.setFont(plain);
}

void FlowView::paintRow(QPainter &painter, uint32_t row, double y)
{
    mpt_gui_arrow arrow;
    QColor mark = palette().color(QPalette::Highlight);

    plugin_->flow_arrow(flow_.get(), viewport()->width(), level_, row, &arrow);
    mark.setAlpha(int(row) == marked_ ? 90 : 30);
    if (int(row) == marked_ || int(row) == under_)
        painter.fillRect(QRectF(0, y, std::max(space_.width, double(viewport()->width())), space_.row), mark);
    if (arrow.pause[0]) {
        painter.setPen(QPen(palette().color(QPalette::PlaceholderText), 1, Qt::DotLine));
        painter.drawLine(QPointF(52, y), QPointF(space_.width - 8, y));
    }
    paintArrow(painter, arrow, y);
    paintTexts(painter, arrow, y);
}

void FlowView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    QFont letters = font();
    int first = verticalScrollBar()->value();
    double y = space_.top, edges[2];

    dark_ = isDark(palette());
    painter.fillRect(viewport()->rect(), palette().color(QPalette::Base));
    if (!flow_)
        return;
    letters.setPixelSize(LETTERS);
    painter.setFont(letters);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(-horizontalScrollBar()->value(), 0);
    paintHeads(painter);
    double bottom =
        std::min(double(viewport()->height()), space_.top + (double(rows()) - first) * space_.row);
    painter.setPen(QPen(palette().color(QPalette::Mid), 1.2));
    for (unsigned i = 0; i < space_.lanes; i++) {
        plugin_->flow_edges(flow_.get(), viewport()->width(), i, edges);
        if (!isSeen(edges))
            continue;
        painter.drawLine(QPointF(edges[0], 34), QPointF(edges[0], bottom));
        painter.drawLine(QPointF(edges[1], 52), QPointF(edges[1], bottom));
    }
    if (!rows())
        painter.drawText(QRectF(0, space_.top + 20, viewport()->width(), 20), Qt::AlignHCenter,
                         QStringLiteral("Nothing of this kind was sent."));
    for (uint32_t row = uint32_t(first); row < rows() && y < viewport()->height(); row++, y += space_.row)
        paintRow(painter, row, y);
}

void FlowView::resizeEvent(QResizeEvent *)
{
    fit();
}

QPixmap FlowView::picture()
{
    return viewport()->grab();
}

// --- mouse

void FlowView::mouseMoveEvent(QMouseEvent *event)
{
    int row = rowAt(event->pos());

    if (row == under_)
        return;
    under_ = row;
    viewport()->update();
    if (!hovered)
        return;
    if (row < 0) {
        hovered(QString());
        return;
    }
    char *text = plugin_->flow_figures(flow_.get(), level_, uint32_t(row));
    hovered(QString::fromUtf8(text).replace(QLatin1Char('\n'), QStringLiteral(" \u00b7 ")));
    plugin_->text_free(text);
}

void FlowView::mousePressEvent(QMouseEvent *event)
{
    int row = rowAt(event->pos());

    if (event->button() != Qt::LeftButton || row < 0)
        return;
    marked_ = row;
    viewport()->update();
    if (clicked)
        clicked(frame());
}

void FlowView::leaveEvent(QEvent *)
{
    under_ = -1;
    viewport()->update();
    if (hovered)
        hovered(QString());
}

void FlowView::wheelEvent(QWheelEvent *event)
{
    if (!(event->modifiers() & Qt::ControlModifier)) {
        QAbstractScrollArea::wheelEvent(event);
        return;
    }
    if (zoomed && event->angleDelta().y())
        zoomed(event->angleDelta().y() > 0 ? -1 : 1);
    event->accept();
}

bool FlowView::viewportEvent(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    QHelpEvent *help = static_cast<QHelpEvent *>(event);
    int row = rowAt(help->pos());

    if (row < 0) {
        QToolTip::hideText();
        return true;
    }
    char *text = plugin_->flow_figures(flow_.get(), level_, uint32_t(row));
    QToolTip::showText(help->globalPos(), QString::fromUtf8(text), viewport());
    plugin_->text_free(text);
    return true;
}
