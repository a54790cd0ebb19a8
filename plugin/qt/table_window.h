// table_window.h - Statistics > MPTCP > Connections, Subflows, Reinjections, Events, Diagnosis and Paths: one
// table, and from its rows to filters, packets and graphs.
//
// Invariant: once the capture is gone the window keeps what it shows, says so, and asks the plugin for
// nothing of the capture until the user refreshes it.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_TABLE_WINDOW_H
#define MPT_TABLE_WINDOW_H

#include <QCheckBox>
#include <QLineEdit>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>

#include "ends_row.h"
#include "point_box.h"
#include "table_model.h"
#include "window.h"

class TableWindow : public Window
{
  public:
    // Opens other windows.
    struct Opens {
        // Of a vantage point, a connection, a direction (2: either), and a type by name (NULL: any).
        std::function<void(unsigned, uint32_t, unsigned, const char *)> graph;
        // Title, file, text.
        std::function<void(const QString &, const QString &, const QString &)> text;
    };

    TableWindow(const mpt_gui_plugin *plugin, mpt_gui_kind kind, Opens opens);
    void captureGone() override;

  private:
    // The selection that the buttons and the context menu act on.
    struct Chosen {
        QList<int> rows;            // the plugin's
        const mpt_gui_row *current; // of these; NULL: none
    };

    void makeView();
    QLayout *makeTop();
    QLayout *makeButtons();
    void makeKeys();

    void refresh();
    void read(bool hurry);
    void keepUp();
    void say(const QString &text);
    void fitColumns();
    void wrapRows();
    void chooseSelected();
    void followSelection();
    void setEnds(const QString &at, const QString &client, const QString &server);
    void countRows();
    void filterRows(const QString &words);

    Chosen chosen() const;
    QString filter(const Chosen &of) const;
    void enableActions();
    void goToPacket(bool first);
    void showFilter(bool now);
    void graphIt();
    void summarise();
    void copy(bool all, char separator);
    void copyReport();
    void saveAs();
    void showMenu(const QPoint &at);

    const mpt_gui_plugin *plugin_;
    mpt_gui_kind kind_;
    Opens opens_;
    TableModel model_;
    TableFilter rows_;
    QTimer timer_, selection_;
    bool gone_ = false;
    bool reads_ = false; // the capture is read again because this window asked for it
    size_t fitted_ = 0;  // rows that columns were made wide for

    Banner *banner_;
    PointBox *point_;
    EndsRow *ends_;
    QLineEdit *words_;
    QCheckBox *selected_;
    QLabel *count_, *summary_, *nothing_, *hint_;
    QStackedWidget *stack_;
    QTableView *view_;
    QPushButton *packet_, *apply_, *graphButton_;
};

#endif
