// table_model.h - a table of the plugin as Qt's views want it, and how it is sorted, filtered and copied.
//
// Invariant: numbers are compared by the plugin, as numbers; rows and columns here are those of the plugin's table.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_TABLE_MODEL_H
#define MPT_TABLE_MODEL_H

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QStringList>

#include <memory>

#include "interface.h"

using TablePointer = std::shared_ptr<const mpt_gui_table>;

class TableModel : public QAbstractTableModel
{
  public:
    explicit TableModel(const mpt_gui_plugin *plugin);
    void show(const TablePointer &table); // may be null

    const TablePointer &table() const
    {
        return table_;
    }
    const mpt_gui_plugin *plugin() const
    {
        return plugin_;
    }
    bool hasSentences() const;
    QString text(int row, int column, bool exact) const;
    // These rows, under a line of headings: exact values. With '\t' as a spreadsheet takes it from the clipboard, with
    // ',' as a file of CSV.
    QString copied(const QList<int> &rows, char separator) const;

    int rowCount(const QModelIndex &parent = QModelIndex()) const override;
    int columnCount(const QModelIndex &parent = QModelIndex()) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    const mpt_gui_plugin *plugin_;
    TablePointer table_;
};

class TableFilter : public QSortFilterProxyModel
{
  public:
    explicit TableFilter(TableModel *model);
    // Rows that have all these words, each in some column, in either case.
    void setWords(const QString &words);
    // The plugin's rows in the order in which they are shown.
    QList<int> shownRows() const;

  protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

  private:
    TableModel *model_;
    QStringList words_;
};

#endif
