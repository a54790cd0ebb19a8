// table_model.h - a table of the plugin as a Qt model: sorted, filtered and copied here.
//
// Invariant: numbers are compared by the plugin, as numbers; rows and columns here are those
// of the plugin's table.
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
    // These rows with exact values, under a line of headings: with '\t' as a spreadsheet pastes it,
    // with ',' as CSV.
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
    // Keeps rows that contain all these words, each in any column, ignoring case.
    void setWords(const QString &words);
    // Keeps rows of this connection (MPT_GUI_NO_CONNECTION: none at all), or of all. False: it was so before.
    bool setConnection(bool only, uint32_t connection);
    // The plugin's rows in the order in which they are shown.
    QList<int> shownRows() const;

  protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

  private:
    TableModel *model_;
    QStringList words_;
    bool only_ = false;
    uint32_t connection_ = MPT_GUI_NO_CONNECTION;
};

#endif
