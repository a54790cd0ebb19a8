// graph_window.h - the window of Statistics > MPTCP > Graphs: the choice of graph and connection, and what
// can be done with it.
//
// Invariant: once the capture is gone the window keeps what it shows, says so, and asks the plugin for
// nothing until the user refreshes it.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_GRAPH_WINDOW_H
#define MPT_GRAPH_WINDOW_H

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QTimer>
#include <QTreeWidget>

#include "graph_plot.h"
#include "point_box.h"
#include "window.h"

class GraphWindow : public Window
{
  public:
    // point: the vantage point to begin with, or MPT_GUI_USUAL_POINT.
    // help: shows a text in a window of its own.
    GraphWindow(const mpt_gui_plugin *plugin, unsigned point, std::function<void(const QString &)> help);
    void captureGone() override;
    // direction 2: the one with the most payload. type: the name of a graph; NULL: the one that is shown.
    void choose(uint32_t connection, unsigned direction, const char *type = nullptr);

  protected:
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;

  private:
    // What a key or an entry of the context menu does.
    struct Action {
        const char *text, *keys; // for the menu; NULL: not in it
        QList<int> codes;        // Qt::Key, and Qt::ShiftModifier or Qt::ControlModifier
        std::function<void()> act;
    };

    QLayout *makeChoices();
    QLayout *makeSwitches();
    void makeList();
    void makeActions();
    void addAction(const char *text, const char *keys, QList<int> codes, std::function<void()> act);

    void refresh();
    void fillConnections(bool keep, uint32_t connection);
    void fillSubflows();
    void chooseConnection();
    const mpt_gui_connection *connection() const;
    mpt_gui_request request() const;
    void draw(bool keepTimes);
    void drawPart();
    void fillList();
    void fillStatus(const GraphPointer &shown);
    void hide(QTreeWidgetItem *item);
    void enableTypes();
    void enableChoices();
    // Why a type of graph can't be drawn of this capture; NULL: it can.
    const char *missing(int type) const;
    void nextConnection(int by);
    void chooseSelected();
    void switchDirection();
    void goToPacket(uint32_t frame);
    void saveAs();
    bool saveTo(const QString &path, QString &why);
    void showHint(const QString &text);
    void showMenu(const QPoint &at);
    QString help() const;

    const mpt_gui_plugin *plugin_;
    std::function<void(const QString &)> showHelp_;
    std::shared_ptr<mpt_gui_capture> capture_;
    GraphPointer whole_; // all times
    bool gone_ = false, filling_ = false;
    std::vector<Action> actions_;
    QTimer later_;

    GraphPlot *plot_;
    QTreeWidget *list_;
    Banner *banner_;
    QLabel *title_, *subtitle_, *hint_, *status_, *subflowLabel_, *averageLabel_;
    PointBox *point_;
    QComboBox *type_, *connection_, *direction_, *subflow_;
    QDoubleSpinBox *average_;
    QCheckBox *zooms_, *crosshair_, *absolute_, *stacked_, *logarithmic_, *events_;
};

#endif
