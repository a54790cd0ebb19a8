// window.h - what all windows of this module have in common.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef MPT_WINDOW_H
#define MPT_WINDOW_H

#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QWidget>

#include <functional>

#include "interface.h"

class Window : public QWidget
{
  public:
    Window();
    // The capture was closed, or is read again.
    virtual void captureGone() = 0;

  protected:
    // "Wireshark · MPTCP Connections · file.pcapng", as Wireshark's own dialogs have it.
    void setTitle(const QString &title, const QString &file);
    QString title() const
    {
        return title_;
    }
    // For files: "mptcp-connections".
    QString fileName() const;

  private:
    QString title_;
};

// A sentence above what a window shows, with a button to refresh it; hidden while there is nothing to say.
class Banner : public QFrame
{
  public:
    explicit Banner(std::function<void()> refresh);
    void say(const QString &text);

  private:
    QLabel *text_;
};

// A button of a window's last row.
QPushButton *makeButton(const char *text, std::function<void()> act);

// Asks for a file name and writes the file. Returns a sentence about the result; empty if the user cancelled.
QString saveText(QWidget *parent, const QString &title, const QString &name, const QString &filter,
                 const QByteArray &bytes);

// Takes over a text of the plugin: copies and frees it.
QString takeText(const mpt_gui_plugin *plugin, char *text);

#endif
