// table_model.cpp - see table_model.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "table_model.h"

#include <QPainter>
#include <QPixmap>

#include "window.h"

TableModel::TableModel(const mpt_gui_plugin *plugin) : plugin_(plugin)
{
}

void TableModel::show(const TablePointer &table)
{
    beginResetModel();
    table_ = table;
    endResetModel();
}

QString TableModel::text(int row, int column, bool exact) const
{
    return takeText(plugin_, plugin_->cell(table_.get(), size_t(row), unsigned(column), exact));
}

static QString quoted(QString text, char separator)
{
    if (separator == '\t')
        return text.replace(QLatin1Char('\t'), QLatin1Char(' ')).replace(QLatin1Char('\n'), QLatin1Char(' '));
    if (!text.contains(QLatin1Char(',')) && !text.contains(QLatin1Char('"')) &&
        !text.contains(QLatin1Char('\n')))
        return text;
    return QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
}

QString TableModel::copied(const QList<int> &rows, char separator) const
{
    QString end = separator == ',' ? QStringLiteral("\r\n") : QStringLiteral("\n"), all;
    QStringList line;

    if (!table_)
        return all;
    for (unsigned k = 0; k < table_->column_count; k++)
        if (table_->columns[k].name)
            line.append(quoted(
                QString::fromUtf8(separator == ',' ? table_->columns[k].name : table_->columns[k].title),
                separator));
    all = line.join(QLatin1Char(separator)) + end;
    for (int row : rows) {
        line.clear();
        for (unsigned k = 0; k < table_->column_count; k++)
            if (table_->columns[k].name)
                line.append(quoted(text(row, int(k), true), separator));
        all += line.join(QLatin1Char(separator)) + end;
    }
    return all;
}

int TableModel::rowCount(const QModelIndex &parent) const
{
    return table_ && !parent.isValid() ? int(table_->row_count) : 0;
}

int TableModel::columnCount(const QModelIndex &parent) const
{
    return table_ && !parent.isValid() ? int(table_->column_count) : 0;
}

bool TableModel::hasSentences() const
{
    for (unsigned k = 0; table_ && k < table_->column_count; k++)
        if (table_->columns[k].sentence)
            return true;
    return false;
}

// The colours of Wireshark's expert information.
static QVariant mark(mpt_gui_severity severity)
{
    static const QColor colours[] = {QColor(255, 92, 92), QColor(255, 200, 0), QColor(0, 200, 200),
                                     QColor(80, 140, 230)};
    QPixmap pixmap(10, 10);

    if (severity >= MPT_GUI_PLAIN)
        return QVariant();
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colours[severity].darker(150));
    painter.setBrush(colours[severity]);
    painter.drawEllipse(1, 1, 8, 8);
    return pixmap;
}

QVariant TableModel::data(const QModelIndex &index, int role) const
{
    const mpt_gui_column &column = table_->columns[index.column()];

    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), index.column(), false);
    case Qt::TextAlignmentRole:
        return int((column.right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::DecorationRole:
        return index.column() == 0 ? mark(table_->rows[index.row()].severity) : QVariant();
    default:
        return QVariant();
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || !table_ || section >= int(table_->column_count))
        return QVariant();
    const mpt_gui_column &column = table_->columns[section];
    if (role == Qt::DisplayRole)
        return QString::fromUtf8(column.title);
    if (role == Qt::ToolTipRole && column.tooltip)
        return QString::fromUtf8(column.tooltip);
    if (role == Qt::TextAlignmentRole)
        return int((column.right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return QVariant();
}

// --- sorting and filtering

TableFilter::TableFilter(TableModel *model) : model_(model)
{
    setSourceModel(model);
}

void TableFilter::setWords(const QString &words)
{
    words_ = words.simplified().split(QLatin1Char(' '));
    words_.removeAll(QString());
    invalidate();
}

bool TableFilter::setConnection(bool only, uint32_t connection)
{
    if (only == only_ && (!only || connection == connection_))
        return false;
    only_ = only;
    connection_ = connection;
    invalidate();
    return true;
}

QList<int> TableFilter::shownRows() const
{
    QList<int> rows;

    for (int i = 0; i < rowCount(); i++)
        rows.append(mapToSource(index(i, 0)).row());
    return rows;
}

bool TableFilter::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    int order = model_->plugin()->compare(model_->table().get(), unsigned(left.column()), size_t(left.row()),
                                          size_t(right.row()));

    return order < 0;
}

// A word means a value as it is shown, or as it is copied.
bool TableFilter::filterAcceptsRow(int row, const QModelIndex &) const
{
    if (only_ &&
        (connection_ == MPT_GUI_NO_CONNECTION || model_->table()->rows[row].connection != connection_))
        return false;
    if (words_.isEmpty())
        return true;
    QStringList texts;
    for (int k = 0; k < model_->columnCount(); k++)
        for (bool exact : {false, true})
            texts.append(model_->text(row, k, exact));
    QString all = texts.join(QLatin1Char('\n'));
    for (const QString &word : words_)
        if (!all.contains(word, Qt::CaseInsensitive))
            return false;
    return true;
}
