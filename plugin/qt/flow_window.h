// flow_window.h - the window of Statistics > MPTCP > Flow: a connection as a ladder, and what is shown of it.
//
// Invariant: once the capture is gone the window keeps what it shows, says so, and asks the plugin for nothing that needs
// one until the user refreshes it.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_FLOW_WINDOW_H
#define MPT_FLOW_WINDOW_H

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QTimer>

#include "flow_view.h"
#include "point_box.h"
#include "window.h"

class FlowWindow : public Window
{
  public:
    // As GraphWindow.
    FlowWindow(const mpt_gui_plugin *plugin, unsigned point, std::function<void(const QString &)> help);
    void captureGone() override;
    void choose(uint32_t connection);

  protected:
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;

  private:
    QLayout *makeChoices();
    QLayout *makeFilters();
    QLayout *makeButtons();
    QComboBox *makeBox(QLayout *row, const char *text, std::function<void()> act);
    QDoubleSpinBox *makeTime(QLayout *row, const char *text);

    void refresh();
    void fillConnections(uint32_t chosen);
    void fillSubflows();
    void fillLevels();
    void fillLegend();
    void fillStatus();
    void read();
    void filter();
    void setLevel(unsigned level);
    void followSelection();
    void chooseSelected();
    void nextConnection(int by);
    void goToPacket(uint32_t frame);
    void saveAs();
    void showHint(const QString &text);
    QString help() const;

    const mpt_gui_plugin *plugin_;
    std::function<void(const QString &)> showHelp_;
    std::shared_ptr<mpt_gui_capture> capture_;
    FlowPointer flow_;
    bool gone_ = false, filling_ = false, chosen_ = false; // chosen_: the level, by the user
    uint32_t selected_ = 0;                                // frame, as last seen in the main window
    QTimer watch_;

    FlowView *view_;
    Banner *banner_;
    QLabel *title_, *hint_, *status_, *legend_;
    PointBox *point_;
    QComboBox *connection_, *direction_, *subflow_, *show_, *level_;
    QDoubleSpinBox *from_, *to_;
};

#endif
