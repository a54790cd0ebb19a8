/* flow_words.c - what a row is called, see flow_rows.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_rows.h"
#include "tap/engine/base/units.h"

mpt_flow_look mpt_flow_look_of(const mpt_flow_row *row)
{
    static const mpt_flow_look looks[MPT_ARROW_KINDS] = {
        [MPT_ARROW_NEW] = MPT_FLOW_NEW,
        [MPT_ARROW_REINJECTED] = MPT_FLOW_REINJECTED,
        [MPT_ARROW_REINJECTED_SAME] = MPT_FLOW_REINJECTED_SAME,
        [MPT_ARROW_RETRANSMITTED] = MPT_FLOW_RETRANSMITTED,
        [MPT_ARROW_UNMAPPED] = MPT_FLOW_UNMAPPED,
        [MPT_ARROW_DATA_ACK] = MPT_FLOW_ACK,
        [MPT_ARROW_TCP] = MPT_FLOW_ACK,
    };

    if (row->flags & MPT_ARROW_LOST)
        return MPT_FLOW_LOST;
    if (mpt_flow_is_signal(row) && row->kind >= MPT_ARROW_DATA_ACK)
        return MPT_FLOW_SIGNAL;
    return row->flags & MPT_ARROW_OUT_OF_ORDER ? MPT_FLOW_OUT_OF_ORDER : looks[row->kind];
}

const char *mpt_flow_kind_name(unsigned kind)
{
    static const char *const names[MPT_ARROW_KINDS] = {
        [MPT_ARROW_NEW] = "new",
        [MPT_ARROW_REINJECTED] = "reinjected",
        [MPT_ARROW_REINJECTED_SAME] = "reinjected_same",
        [MPT_ARROW_RETRANSMITTED] = "retransmitted",
        [MPT_ARROW_UNMAPPED] = "unmapped",
        [MPT_ARROW_DATA_ACK] = "data_ack",
        [MPT_ARROW_TCP] = "tcp",
    };

    return names[kind];
}

static void add_numbers(const mpt_flow_row *row, GString *out)
{
    bool data = row->kind < MPT_ARROW_DATA_ACK;
    int64_t last = data ? row->high - 1 : row->high;

    if (!(row->flags & MPT_ARROW_NUMBERED)) {
        if (data)
            mpt_units_things(out, row->bytes, "byte");
        else
            g_string_append(out, "ACK");
        return;
    }
    g_string_append(out, data ? "DSN " : "DATA_ACK ");
    mpt_units_grouped_signed(out, row->low);
    if (last > row->low) {
        g_string_append_c(out, '-');
        mpt_units_grouped_signed(out, last);
    }
}

static const char *state_of(const mpt_flow_row *row)
{
    return row->flags & MPT_ARROW_LOST         ? ", lost"
           : row->flags & MPT_ARROW_UNCAPTURED ? ", not captured at the sender"
                                               : "";
}

static const char *class_of(const mpt_flow_row *row)
{
    static const char *const words[MPT_ARROW_KINDS] = {
        [MPT_ARROW_REINJECTED] = ", reinjected",
        [MPT_ARROW_REINJECTED_SAME] = ", reinjected, same subflow",
        [MPT_ARROW_RETRANSMITTED] = ", retransmitted",
        [MPT_ARROW_UNMAPPED] = ", no mapping",
    };

    if (row->kind == MPT_ARROW_NEW && row->flags & MPT_ARROW_OUT_OF_ORDER)
        return ", out of order";
    return words[row->kind] ? words[row->kind] : "";
}

static const char *plain_name(const mpt_flow_row *row)
{
    return row->flags & MPT_ARROW_RST ? "RST" : row->flags & MPT_ARROW_SYN ? "SYN" : NULL;
}

void mpt_flow_label(const mpt_flow *f, const mpt_flow_row *row, GString *out)
{
    const mpt_flow_signal *s = row->flags & MPT_ARROW_SIGNALS
                                   ? mpt_flow_signal_of(f, &g_array_index(f->arrows, mpt_arrow, row->first))
                                   : NULL;
    const char *plain = plain_name(row);

    if (s)
        g_string_append(out, s->name);
    else if (plain)
        g_string_append(out, plain);
    if ((s || plain) && row->kind >= MPT_ARROW_DATA_ACK)
        return;
    if (s || plain)
        g_string_append(out, "; ");
    add_numbers(row, out);
    g_string_append(out, class_of(row));
    g_string_append(out, state_of(row));
    if (row->packets > 1) {
        g_string_append(out, ", ");
        mpt_units_things(out, row->packets, "packet");
    }
}

static void add_delays(const mpt_flow_row *row, GString *out)
{
    if (!row->delays)
        return;
    g_string_append(out, "\non the way for ");
    mpt_units_duration(out, row->delay_low);
    if (row->delay_high > row->delay_low) {
        g_string_append(out, " to ");
        mpt_units_duration(out, row->delay_high);
    }
}

static void add_frames(const mpt_flow *f, const mpt_flow_row *row, GString *out)
{
    const mpt_arrow *first = &g_array_index(f->arrows, mpt_arrow, row->first),
                    *last = &g_array_index(f->arrows, mpt_arrow, row->last);
    const mpt_flow_far *far = mpt_flow_far_of(f, first);

    g_string_append_printf(out, "\nframe %u", first->frame);
    if (row->last != row->first)
        g_string_append_printf(out, " to %u", last->frame);
    if (far)
        g_string_append_printf(out,
                               row->last == row->first ? "; at the receiver frame %u"
                                                       : "; the first is frame %u at the receiver",
                               far->frame);
}

void mpt_flow_figures(const mpt_flow *f, const mpt_flow_row *row, GString *out)
{
    const mpt_flow_signal *s = row->flags & MPT_ARROW_SIGNALS
                                   ? mpt_flow_signal_of(f, &g_array_index(f->arrows, mpt_arrow, row->first))
                                   : NULL;

    mpt_flow_label(f, row, out);
    if (s && s->text)
        g_string_append_printf(out, "\n%s", s->text);
    g_string_append_printf(out, "\n%s, %s, ", f->lanes[row->subflow].title,
                           row->direction == MPT_C2S ? "client to server" : "server to client");
    mpt_units_seconds(out, row->time_ns, 9);
    if (row->last_ns > row->time_ns) {
        g_string_append(out, " s to ");
        mpt_units_seconds(out, row->last_ns, 9);
    }
    g_string_append(out, " s");
    add_frames(f, row, out);
    if (row->bytes) {
        g_string_append_c(out, '\n');
        mpt_units_things(out, row->bytes, "byte");
        if (row->flags & MPT_ARROW_NUMBERED && row->high - row->low > (int64_t)row->bytes)
            g_string_append(out, ", not all of this range");
    }
    add_delays(row, out);
}
