/* gui_rows_paths.c - see gui_rows.h: the table of paths between vantage points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_rows.h"

#include "plugin/report/common/labels.h"
#include "plugin/report/paths/path_model.h"
#include "plugin/report/paths/paths_csv.h"
#include "plugin/report/paths/paths_notes.h"

#define PATHS_TABLE_LIST(X)                                                                                  \
    X(PATHS_CONNECTION, MPT_ID, "connection", .title = "Conn",                                               \
      .tip = "As in reports and in the field mptcpscope.connection")                                         \
    X(PATHS_SUBFLOW, MPT_ID, "subflow", .title = "Sub")                                                      \
    X(PATHS_DIRECTION, MPT_TEXT, "direction", .title = "Direction")                                          \
    X(PATHS_FROM, MPT_TEXT, "from", .title = "From")                                                         \
    X(PATHS_TO, MPT_TEXT, "to", .title = "To")                                                               \
    X(PATHS_SENDER, MPT_TEXT, "sender", .title = "Sender", .tip = "As seen at the sender's end")             \
    X(PATHS_RECEIVER, MPT_TEXT, "receiver", .title = "Receiver")                                             \
    MPT_GUI_BOTH(X, PATHS_MEDIAN, MPT_SECONDS_NS, "owd_median", "Delay", "s",                                \
                 .tip = "Median one-way delay, corrected for the clocks' difference")                        \
    X(PATHS_MIN, MPT_SECONDS_NS, "owd_min", .title = "Minimum delay (s)")                                    \
    X(PATHS_P95, MPT_SECONDS_NS, "owd_p95", .title = "95 % delay (s)")                                       \
    X(PATHS_MAX, MPT_SECONDS_NS, "owd_max", .title = "Maximum delay (s)")                                    \
    X(PATHS_JITTER, MPT_SECONDS_NS, "jitter_rfc3550", .title = "Jitter (s)", .tip = "RFC 3550 6.4.1")        \
    X(PATHS_SENT, MPT_BYTES, "sent_bytes", .title = "Sent (bytes)")                                          \
    X(PATHS_ARRIVED, MPT_BYTES, "arrived_bytes", .title = "Arrived (bytes)")                                 \
    X(PATHS_LOST, MPT_BYTES, "lost_bytes", .title = "Lost (bytes)")                                          \
    X(PATHS_LOST_SEGMENTS, MPT_UINT, "lost_segments", .title = "Lost segments")                              \
    X(PATHS_LOST_PART, MPT_PERCENT, "lost", .title = "Lost", .tip = "Of the bytes that were sent")           \
    X(PATHS_REORDERED, MPT_UINT, "reordered_segments", .title = "Reordered",                                 \
      .tip = "Segments that were sent before something that arrived before them (RFC 4737)")                 \
    X(PATHS_UNCAPTURED, MPT_BYTES, "not_captured_bytes", .title = "Not captured (bytes)",                    \
      .tip = "Passed one of the points, whose capture missed it")                                            \
    X(PATHS_USEFUL, MPT_BYTES, "reinjected_useful", .title = "Reinjected: useful (bytes)",                   \
      .tip = "Arrived first, so the receiver used it")                                                       \
    X(PATHS_REDUNDANT, MPT_BYTES, "reinjected_redundant", .title = "Redundant (bytes)",                      \
      .tip = "Arrived after another copy")                                                                   \
    X(PATHS_USELESS, MPT_BYTES, "reinjected_useless", .title = "Useless (bytes)",                            \
      .tip = "Already acknowledged when it was sent")                                                        \
    X(PATHS_REINJECTED_LOST, MPT_BYTES, "reinjected_lost", .title = "Reinjected: lost (bytes)")              \
    X(PATHS_WAIT, MPT_SECONDS_NS, "reorder_queue_p95", .title = "95 % blocked (s)",                          \
      .tip = "How long data that arrived here waited for earlier data")                                      \
    X(PATHS_HELD_UP, MPT_BYTES, "held_up_bytes", .title = "Blocking (bytes)",                                \
      .tip = "Bytes of other subflows that waited for data of this one")
MPT_COLUMNS(PATHS_TABLE, PATHS_COLUMNS, PATHS_TABLE_LIST);

const mpt_gui_layout MPT_GUI_PATH_LAYOUT = {
    .columns = PATHS_TABLE,
    .count = PATHS_COLUMNS,
    .sentence = PATHS_COLUMNS,
    .empty = "Paths need captures from both ends; this one has only one vantage point. Merge them with "
             "mergecap -I none."};

static void set_ns(mpt_table *t, size_t column, const mpt_maybe_ns *value)
{
    if (value->known)
        mpt_table_set_ns(t, column, value->ns);
}

static void set_delays(mpt_table *t, const mpt_path_row *row)
{
    set_ns(t, PATHS_MEDIAN, &row->owd.median);
    set_ns(t, PATHS_MEDIAN_EXACT, &row->owd.median);
    set_ns(t, PATHS_MIN, &row->owd.min);
    set_ns(t, PATHS_P95, &row->owd.p95);
    set_ns(t, PATHS_MAX, &row->owd.max);
    set_ns(t, PATHS_JITTER, &row->jitter);
    set_ns(t, PATHS_WAIT, &row->wait.p95);
}

static void set_bytes(mpt_table *t, const mpt_path_row *row)
{
    mpt_table_set_uint(t, PATHS_SENT, row->bytes.sent);
    mpt_table_set_uint(t, PATHS_ARRIVED, row->bytes.arrived);
    mpt_table_set_uint(t, PATHS_LOST, row->bytes.lost);
    mpt_table_set_uint(t, PATHS_LOST_SEGMENTS, row->segments.lost);
    mpt_table_set_double(t, PATHS_LOST_PART, row->lost_percent);
    mpt_table_set_uint(t, PATHS_REORDERED, row->segments.reordered);
    mpt_table_set_uint(t, PATHS_UNCAPTURED, row->uncaptured);
    mpt_table_set_uint(t, PATHS_USEFUL, row->reinjected.useful);
    mpt_table_set_uint(t, PATHS_REDUNDANT, row->reinjected.redundant);
    mpt_table_set_uint(t, PATHS_USELESS, row->reinjected.useless);
    mpt_table_set_uint(t, PATHS_REINJECTED_LOST, row->reinjected.lost);
    mpt_table_set_uint(t, PATHS_HELD_UP, row->held_up_bytes);
}

static void path_row(mpt_gui_rows *to, const mpt_path_row *row)
{
    mpt_table *t = to->table;
    char text[MPT_ENDPOINT_TEXT];
    bool known = row->connection != UINT32_MAX;

    mpt_gui_rows_begin(to, &(mpt_gui_row){.connection = known ? row->connection : MPT_GUI_NO_CONNECTION,
                                          .subflow = known ? row->subflow : MPT_GUI_NO_SUBFLOW,
                                          .frame = row->flow->subflow[row->from_end]->first_frame,
                                          .direction = row->direction,
                                          .severity = MPT_GUI_PLAIN});
    if (known) {
        mpt_table_set_uint(t, PATHS_CONNECTION, row->connection);
        mpt_table_set_uint(t, PATHS_SUBFLOW, row->subflow);
    }
    mpt_table_set_text(t, PATHS_DIRECTION,
                       row->direction == MPT_C2S ? "client to server" : "server to client");
    mpt_table_set_text(t, PATHS_FROM, mpt_path_from(to->context, row));
    mpt_table_set_text(t, PATHS_TO, mpt_path_to(to->context, row));
    mpt_table_set_text(t, PATHS_SENDER, mpt_endpoint_text(row->sender, text));
    mpt_table_set_text(t, PATHS_RECEIVER, mpt_endpoint_text(row->receiver, text));
    set_delays(t, row);
    set_bytes(t, row);
}

void mpt_gui_rows_paths(mpt_gui_rows *to)
{
    const mpt_report_context *x = to->context;
    unsigned order[MPT_VANTAGE_POINTS];
    mpt_sink *notes;
    mpt_path_model *m;

    if (!x->paths || !x->points || mpt_vantage_engines_compared(x->points, order, NULL) < 2)
        return;
    m = mpt_path_model_new(x);
    notes = mpt_sink_new_memory();
    for (guint i = 0; i < m->rows->len; i++)
        path_row(to, g_ptr_array_index(m->rows, i));
    mpt_paths_notes(m, x, notes);
    g_string_append(to->summary, mpt_sink_text(notes, NULL));
    mpt_sink_free(notes);
    mpt_path_model_free(m);
}
