// text_window.h - a report as text, without line wrapping.
//
// Invariant: holds nothing but text, so that it may outlive the capture.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_TEXT_WINDOW_H
#define MPT_TEXT_WINDOW_H

#include <QLineEdit>
#include <QPlainTextEdit>

#include "window.h"

class TextWindow : public Window
{
  public:
    TextWindow(const QString &title, const QString &text);
    void captureGone() override
    {
    }

  private:
    QLayout *makeRow();
    void find(bool again);
    void saveAs();

    QPlainTextEdit *text_;
    QLineEdit *find_;
    QLabel *hint_;
};

#endif
