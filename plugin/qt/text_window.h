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
    // shown: how a line begins that is to be seen first; empty: the first.
    TextWindow(const QString &title, const QString &file, const QString &text,
               const QString &shown = QString());
    void captureGone() override
    {
    }

  private:
    QLayout *makeRow();
    void find(bool again);
    void showLine(const QString &begin);
    void saveAs();

    QPlainTextEdit *text_;
    QLineEdit *find_;
    QLabel *hint_;
};

#endif
