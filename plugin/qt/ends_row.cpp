// ends_row.cpp - see ends_row.h.
//
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ends_row.h"

#include <QHBoxLayout>
#include <QLineEdit>

EndsRow::EndsRow(Chosen chosen) : chosen_(chosen)
{
    QHBoxLayout *row = new QHBoxLayout(this);

    row->setContentsMargins(0, 0, 0, 0);
    at_ = add("Count a&t", false, "Where fields, windows and the numbers of connections count each packet");
    client_ =
        add("&Client's interfaces", true,
            "Their numbers, with commas between; with those of one end, all others are the other end's");
    server_ =
        add("&Server's interfaces", true,
            "Their numbers, with commas between; with those of one end, all others are the other end's");
    row->addStretch(1);
    hide();
}

QComboBox *EndsRow::add(const char *label, bool several, const char *tip)
{
    QComboBox *box = new QComboBox;
    QLabel *text = new QLabel(QString::fromUtf8(label));

    box->setEditable(several);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setToolTip(QString::fromUtf8(tip));
    text->setBuddy(box);
    layout()->addWidget(text);
    layout()->addWidget(box);
    if (several) {
        box->lineEdit()->setPlaceholderText(QStringLiteral("told from the traffic"));
        box->setMinimumContentsLength(20);
        connect(box->lineEdit(), &QLineEdit::returnPressed, this, [this] { tell(); });
    }
    connect(box, QOverload<int>::of(&QComboBox::activated), this, [this] { tell(); });
    return box;
}

static QString stated(const QComboBox *box)
{
    return box->isEditable() ? box->currentText().remove(QLatin1Char(' ')) : box->currentData().toString();
}

// Return in a box that has a list says it twice.
void EndsRow::tell()
{
    QStringList now = {stated(at_), stated(client_), stated(server_)};

    if (now == told_)
        return;
    told_ = now;
    chosen_(now[0], now[1], now[2]);
}

void EndsRow::fill(const mpt_gui_ends &ends)
{
    struct {
        QComboBox *box;
        const char *stated;
    } boxes[] = {{at_, ends.at}, {client_, ends.client}, {server_, ends.server}};

    setVisible(ends.count > 1);
    for (auto &b : boxes) {
        QString is = QString::fromUtf8(b.stated);

        b.box->clear();
        if (b.box == at_) {
            b.box->addItem(QStringLiteral("the usual place"), QString());
            b.box->addItem(QStringLiteral("the client's end"), QStringLiteral("client"));
            b.box->addItem(QStringLiteral("the server's end"), QStringLiteral("server"));
        } else {
            b.box->addItem(QString());
        }
        for (unsigned i = 0; i < ends.count; i++) {
            QString id = QString::number(ends.interfaces[i]);
            b.box->addItem(b.box == at_ ? QStringLiteral("interface ") + id : id, id);
        }
        if (b.box->isEditable())
            b.box->setEditText(is);
        else
            b.box->setCurrentIndex(qMax(0, b.box->findData(is)));
    }
    told_ = QStringList{stated(at_), stated(client_), stated(server_)};
}
