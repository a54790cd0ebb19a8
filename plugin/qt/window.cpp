// window.cpp - see window.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "window.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMessageBox>
#include <QSaveFile>

Window::Window() : QWidget(nullptr, Qt::Window)
{
    setAttribute(Qt::WA_DeleteOnClose);
}

void Window::setTitle(const QString &title, const QString &file)
{
    QStringList parts = {QStringLiteral("Wireshark"), title, file};

    title_ = title;
    parts.removeAll(QString());
    setWindowTitle(parts.join(QStringLiteral(" \u00b7 ")));
}

QString Window::fileName() const
{
    return title_.toLower().replace(QLatin1Char(' '), QLatin1Char('-'));
}

Banner::Banner(std::function<void()> refresh)
{
    QHBoxLayout *row = new QHBoxLayout(this);

    setFrameShape(QFrame::StyledPanel);
    text_ = new QLabel;
    text_->setTextFormat(Qt::PlainText);
    text_->setWordWrap(true);
    row->addWidget(text_, 1);
    row->addWidget(makeButton("&Refresh", refresh));
    setVisible(false);
}

void Banner::say(const QString &text)
{
    text_->setText(text);
    setVisible(!text.isEmpty());
}

QPushButton *makeButton(const char *text, std::function<void()> act)
{
    QPushButton *button = new QPushButton(QString::fromUtf8(text));

    button->setFocusPolicy(Qt::TabFocus);
    button->setAutoDefault(false);
    QObject::connect(button, &QPushButton::clicked, button, act);
    return button;
}

QString saveText(QWidget *parent, const QString &title, const QString &name, const QString &filter,
                 const QByteArray &bytes)
{
    QString path = QFileDialog::getSaveFileName(parent, title, QDir::current().filePath(name), filter);

    if (path.isEmpty())
        return QString();
    if (QFileInfo(path).suffix().isEmpty())
        path += QLatin1Char('.') + QFileInfo(name).suffix();
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
        return QStringLiteral("Saved as ") + path;
    QMessageBox::warning(parent, title, QStringLiteral("Cannot write %1: %2.").arg(path, file.errorString()));
    return QStringLiteral("Not saved.");
}

QString takeText(const mpt_gui_plugin *plugin, char *text)
{
    QString taken = QString::fromUtf8(text);

    plugin->text_free(text);
    return taken;
}
