// ends_row.h - which interfaces of a merged capture are the client's and the server's, and where packets are counted: what
// at=, client= and server= say to reports.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_ENDS_ROW_H
#define MPT_ENDS_ROW_H

#include <QComboBox>
#include <QLabel>

#include <functional>

#include "interface.h"

class EndsRow : public QWidget
{
  public:
    // chosen: what the three boxes hold, when one was changed.
    typedef std::function<void(const QString &at, const QString &client, const QString &server)> Chosen;

    explicit EndsRow(Chosen chosen);
    // Hidden where the capture has one interface only.
    void fill(const mpt_gui_ends &ends);

  private:
    QComboBox *add(const char *label, bool several, const char *tip);
    void tell();

    Chosen chosen_;
    QComboBox *at_, *client_, *server_;
    QStringList told_;
};

#endif
