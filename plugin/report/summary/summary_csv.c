/* summary_csv.c - see summary_csv.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "summary_csv.h"

#include <math.h>

#include "plugin/report/common/figures.h"
#include "plugin/report/common/interfaces.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/format/csv.h"
#include "plugin/report/format/table.h"

#define COLUMN_LIST(X)                                                                                       \
    X(CONNECTION, MPT_ID, "connection")                                                                      \
    X(DIRECTION, MPT_TEXT, "direction")                                                                      \
    X(SUBFLOW, MPT_ID, "subflow")                                                                            \
    X(TCP_STREAM, MPT_ID, "tcp_stream")                                                                      \
    X(KIND, MPT_TEXT, "kind")                                                                                \
    X(FALLBACK, MPT_TEXT, "fallback")                                                                        \
    X(SENDER_ADDRESS, MPT_TEXT, "sender_address")                                                            \
    X(SENDER_PORT, MPT_ID, "sender_port")                                                                    \
    X(RECEIVER_ADDRESS, MPT_TEXT, "receiver_address")                                                        \
    X(RECEIVER_PORT, MPT_ID, "receiver_port")                                                                \
    X(INTERFACE, MPT_TEXT, "interface")                                                                      \
    X(SPURIOUS, MPT_BYTES, "spurious_bytes")                                                                 \
    X(LOST, MPT_BYTES, "lost_bytes")                                                                         \
    X(LOSS_UNKNOWN, MPT_TEXT, "loss_unknown")                                                                \
    X(SHARE, MPT_PERCENT, "share")
MPT_COLUMNS(TABLE, FIRST_FIGURE, COLUMN_LIST);

/* The last two with `full` only. */
enum { BYTES, DATA, RTT, CHECKSUM, GROUPS };

static const mpt_figures *const FIGURES[GROUPS] = {
    [BYTES] = &MPT_BYTE_FIGURES,
    [DATA] = &MPT_DATA_FIGURES,
    [RTT] = &MPT_RTT_FIGURES,
    [CHECKSUM] = &MPT_CHECKSUM_FIGURES,
};

struct mpt_summary_csv {
    mpt_sink *sink;
    mpt_interface_namer name;
    unsigned directions;
    bool full;
    size_t first[GROUPS]; /* column of each group of figures */
};

static mpt_table *new_table(const mpt_summary_csv *csv)
{
    return mpt_figures_table(TABLE, FIRST_FIGURE, FIGURES, csv->full ? GROUPS : RTT);
}

mpt_summary_csv *mpt_summary_csv_begin(const mpt_report_context *x, mpt_sink *sink)
{
    mpt_summary_csv *csv = g_new0(mpt_summary_csv, 1);
    size_t first = FIRST_FIGURE;
    mpt_table *table;

    csv->sink = sink;
    csv->name = x->interface_name;
    csv->directions = mpt_report_directions(x->arguments);
    csv->full = mpt_arguments_has(x->arguments, MPT_ARG_FULL);
    for (unsigned i = 0; i < GROUPS; i++) {
        csv->first[i] = first;
        first += FIGURES[i]->count;
    }
    table = new_table(csv);
    mpt_csv_header(sink, table);
    mpt_table_free(table);
    return csv;
}

static void set_rtt(const mpt_summary_csv *csv, mpt_table *table, const mpt_rtt_figures *figures)
{
    mpt_distribution row = mpt_figures_rtt(figures);

    if (csv->full)
        mpt_figures_cells(table, csv->first[RTT], &MPT_RTT_FIGURES, &row);
}

static void set_checksums(const mpt_summary_csv *csv, mpt_table *table, const mpt_checksum_figures *figures)
{
    if (csv->full && figures->known)
        mpt_figures_cells(table, csv->first[CHECKSUM], &MPT_CHECKSUM_FIGURES, figures);
}

static void set_ends(mpt_table *table, const mpt_endpoint *sender, const mpt_endpoint *receiver)
{
    char text[MPT_ADDRESS_TEXT];

    mpt_table_set_text(table, SENDER_ADDRESS, mpt_endpoint_address_text(sender, text));
    mpt_table_set_uint(table, SENDER_PORT, sender->port);
    mpt_table_set_text(table, RECEIVER_ADDRESS, mpt_endpoint_address_text(receiver, text));
    mpt_table_set_uint(table, RECEIVER_PORT, receiver->port);
}

static void begin_row(mpt_table *table, const mpt_connection_view *v, mpt_direction direction)
{
    mpt_table_begin_row(table);
    mpt_table_set_uint(table, CONNECTION, v->id);
    mpt_table_set_text(table, DIRECTION, mpt_direction_name(direction));
}

static void connection_row(const mpt_summary_csv *csv, mpt_table *table, const mpt_connection_view *v,
                           mpt_direction direction)
{
    const mpt_connection_direction *d = &v->direction[direction];
    mpt_role sender = mpt_direction_sender(direction);

    begin_row(table, v, direction);
    mpt_table_set_text(table, KIND, mpt_connection_kind_name(v->kind));
    mpt_table_set_text(table, FALLBACK, mpt_fallback_name(v->fallback));
    set_ends(table, &v->end[sender], &v->end[mpt_role_other(sender)]);
    mpt_figures_cells(table, csv->first[BYTES], &MPT_BYTE_FIGURES, &d->bytes);
    mpt_figures_cells(table, csv->first[DATA], &MPT_DATA_FIGURES, &d->data);
    set_rtt(csv, table, &d->data.rtt);
    set_checksums(csv, table, &d->checksums);
}

static void set_loss(mpt_table *table, const mpt_loss_figures *f)
{
    if (f->spurious_bytes.known)
        mpt_table_set_uint(table, SPURIOUS, (uint64_t)f->spurious_bytes.value);
    if (f->lost_bytes.known)
        mpt_table_set_uint(table, LOST, (uint64_t)f->lost_bytes.value);
    mpt_table_set_text(table, LOSS_UNKNOWN, mpt_loss_unknown_name(f->unknown));
}

static void subflow_row(const mpt_summary_csv *csv, mpt_table *table, const mpt_connection_view *v,
                        const mpt_subflow_view *s, mpt_direction direction)
{
    const mpt_subflow_direction *d = &s->direction[direction];
    const mpt_endpoint *ends = s->subflow->ends;
    mpt_side sender = s->side[mpt_direction_sender(direction)];
    char *interface = mpt_interfaces_of(mpt_metrics_half(s, direction), csv->name);

    begin_row(table, v, direction);
    mpt_table_set_uint(table, SUBFLOW, s->id);
    if (s->subflow->has_stream)
        mpt_table_set_uint(table, TCP_STREAM, s->subflow->tcp_stream);
    mpt_table_set_text(table, KIND, mpt_subflow_kind_name((mpt_subflow_kind)s->subflow->kind));
    set_ends(table, &ends[sender], &ends[mpt_side_other(sender)]);
    mpt_table_set_text(table, INTERFACE, interface);
    g_free(interface);
    set_loss(table, &d->loss);
    /* Ten decimals of the percentage, without the noise of the multiplication. */
    mpt_table_set_double(table, SHARE, round(1e12 * d->share) / 1e10);
    mpt_figures_cells(table, csv->first[BYTES], &MPT_BYTE_FIGURES, &d->bytes);
    set_rtt(csv, table, &d->rtt);
    set_checksums(csv, table, &d->checksums);
}

void mpt_summary_csv_add(mpt_summary_csv *csv, const mpt_connection_view *v)
{
    mpt_table *table = new_table(csv);

    MPT_EACH_DIRECTION (d, csv->directions) {
        connection_row(csv, table, v, d);
        for (uint32_t i = 0; i < v->subflow_count; i++)
            subflow_row(csv, table, v, &v->subflows[i], d);
    }
    mpt_csv_rows(csv->sink, table);
    mpt_table_free(table);
}

void mpt_summary_csv_end(mpt_summary_csv *csv)
{
    g_free(csv);
}
