// text_window.cpp - see text_window.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "text_window.h"

#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QScrollBar>
#include <QShortcut>
#include <QTextBlock>
#include <QVBoxLayout>

// Reports are as wide as this, and rarely wider.
static const int COLUMNS = 104, LINES = 34;

TextWindow::TextWindow(const QString &title, const QString &file, const QString &text, const QString &shown)
{
    QVBoxLayout *layout = new QVBoxLayout(this);
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    QFontMetrics metrics(fixed);

    setTitle(title, file);
    text_ = new QPlainTextEdit;
    text_->setReadOnly(true);
    text_->setLineWrapMode(QPlainTextEdit::NoWrap);
    text_->setFont(fixed);
    text_->setPlainText(text);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    layout->addWidget(text_, 1);
    layout->addLayout(makeRow());
    resize(metrics.horizontalAdvance(QLatin1Char('0')) * COLUMNS +
               text_->verticalScrollBar()->sizeHint().width() + 40,
           metrics.lineSpacing() * LINES + 70);
    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, find_,
            [this] { find_->setFocus(); });
    connect(new QShortcut(QKeySequence::Save, this), &QShortcut::activated, this, [this] { saveAs(); });
    for (QKeySequence keys : {QKeySequence(Qt::Key_Escape), QKeySequence(QKeySequence::Close)})
        connect(new QShortcut(keys, this), &QShortcut::activated, this, [this] { close(); });
    text_->setFocus();
    showLine(shown);
}

// At the top of what is seen.
void TextWindow::showLine(const QString &begin)
{
    for (QTextBlock line = text_->document()->begin(); !begin.isEmpty() && line.isValid();
         line = line.next()) {
        if (!line.text().startsWith(begin))
            continue;
        text_->setTextCursor(QTextCursor(line));
        text_->verticalScrollBar()->setValue(line.firstLineNumber());
        return;
    }
}

QLayout *TextWindow::makeRow()
{
    QHBoxLayout *row = new QHBoxLayout;
    QLabel *label = new QLabel(QStringLiteral("&Find"));

    find_ = new QLineEdit;
    find_->setClearButtonEnabled(true);
    hint_ = new QLabel;
    hint_->setTextFormat(Qt::PlainText);
    label->setBuddy(find_);
    connect(find_, &QLineEdit::textChanged, this, [this] { find(false); });
    connect(find_, &QLineEdit::returnPressed, this, [this] { find(true); });
    row->addWidget(label);
    row->addWidget(find_);
    row->addWidget(hint_, 1);
    row->addWidget(makeButton("&Copy", [this] {
        QTextCursor selected = text_->textCursor();
        QApplication::clipboard()->setText(
            selected.hasSelection() && !find_->hasFocus()
                ? selected.selectedText().replace(QChar::ParagraphSeparator, QLatin1Char('\n'))
                : text_->toPlainText());
        hint_->setText(QStringLiteral("Copied."));
    }));
    row->addWidget(makeButton("&Save As…", [this] { saveAs(); }));
    row->addWidget(makeButton("C&lose", [this] { close(); }));
    return row;
}

// From the top again after the last one.
void TextWindow::find(bool again)
{
    QTextCursor from = text_->textCursor();

    if (!again)
        from.setPosition(from.selectionStart());
    text_->setTextCursor(from);
    if (find_->text().isEmpty() || text_->find(find_->text())) {
        hint_->clear();
        return;
    }
    text_->moveCursor(QTextCursor::Start);
    hint_->setText(text_->find(find_->text()) ? QString() : QStringLiteral("Not found."));
}

void TextWindow::saveAs()
{
    QString said = saveText(this, QStringLiteral("Save text as"), fileName() + QStringLiteral(".txt"),
                            QStringLiteral("Text (*.txt)"), text_->toPlainText().toUtf8());

    if (!said.isEmpty())
        hint_->setText(said);
}
