/* fields.c - see fields.h: a postdissector that shows what mpt_frames knows of a frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fields.h"

#include "plugin/compat.h"

#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/packet.h>
#include <epan/proto.h>

#include <inttypes.h>

#include "expert.h"
#include "plugin/prefs.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/vantage_words.h"
#include "reading.h"

static int hf_connection = -1, hf_subflow = -1, hf_point = -1, hf_role = -1, hf_backup = -1;
static int hf_data = -1, hf_dsn = -1, hf_dsn_end = -1, hf_dsn_length = -1, hf_dsn_raw = -1;
static int hf_mapped_by = -1, hf_first_copy = -1;
static int hf_bytes[MPT_PIECE_UNMAPPED + 1] = {-1, -1, -1, -1, -1};
static int hf_unusual = -1;
static int hf_fallback_bytes = -1, hf_out_of_order = -1, hf_out_of_order_bytes = -1, hf_duplicate = -1;
static int hf_data_ack = -1, hf_data_ack_rtt = -1, hf_data_ack_of = -1;
static int hf_inflight = -1, hf_subflow_inflight = -1, hf_window = -1, hf_peer_window = -1;
static int ett_mptcpscope = -1, ett_range = -1;

static bool is_used(const proto_tree *tree)
{
    return mpt_prefs_fields() == MPT_FIELDS_ALWAYS ||
           (tree && (PTREE_DATA(tree)->visible ||
                     proto_registrar_get_nth((unsigned)mpt_prefs_protocol())->ref_type != HF_REF_TYPE_NONE));
}

/* --- one segment's subtree --- */

static void generated(proto_item *item)
{
    proto_item_set_generated(item);
}

static void add_uint(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t value)
{
    generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, value));
}

static void add_frame(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t frame)
{
    if (frame)
        add_uint(tree, tvb, hf, frame);
}

/* As filters have them; in words; in words where that is unusual. */
static const struct {
    const char *value, *words, *unusual;
} KINDS[] = {
    [MPT_PIECE_FIRST] = {"first", "new data", NULL},
    [MPT_PIECE_REINJECTION] = {"reinjection", "reinjection of another subflow's data", "reinjected"},
    [MPT_PIECE_REINJECTION_SAME] = {"reinjection_same", "remapped data", "remapped"},
    [MPT_PIECE_RETRANSMISSION] = {"retransmission", "retransmission", "retransmitted"},
    [MPT_PIECE_UNMAPPED] = {"unmapped", "data without a known mapping", "no mapping known"},
};

static void add_range(proto_tree *tree, tvbuff_t *tvb, const mpt_frame_piece *p, bool counted)
{
    if (p->relative_known) {
        generated(proto_tree_add_int64(tree, hf_dsn, tvb, 0, 0, p->relative));
        generated(proto_tree_add_int64(tree, hf_dsn_end, tvb, 0, 0, p->relative + p->length));
    }
    if (p->dsn_known)
        generated(proto_tree_add_uint64(tree, hf_dsn_raw, tvb, 0, 0, p->dsn));
    if (p->mapped && counted)
        add_uint(tree, tvb, hf_dsn_length, p->length);
    add_frame(tree, tvb, hf_mapped_by, p->mapped_by);
    add_frame(tree, tvb, hf_first_copy, p->first_frame);
}

/* alone: it is all the segment carries, and needs no tree of its own. */
static void add_part(proto_tree *tree, tvbuff_t *tvb, const mpt_frame_piece *p, bool counted, bool alone)
{
    proto_item *item = proto_tree_add_string(tree, hf_data, tvb, 0, 0, KINDS[p->kind].value);

    generated(item);
    if (!alone) {
        proto_item_append_text(item, ", %u byte%s", p->length, p->length == 1 ? "" : "s");
        if (p->relative_known)
            proto_item_append_text(item, ", DSN %" PRId64 " to %" PRId64, p->relative,
                                   p->relative + p->length - 1);
        tree = proto_item_add_subtree(item, ett_range);
    }
    add_range(tree, tvb, p, counted);
}

static void add_bytes(proto_tree *tree, tvbuff_t *tvb, const mpt_frame_facts *facts)
{
    uint32_t bytes[MPT_PIECE_UNMAPPED + 1] = {0}, fallback = 0;
    unsigned i;

    for (i = 0; i < facts->pieces; i++) {
        const mpt_frame_piece *p = &facts->piece[i];
        bytes[p->kind] += p->length;
        fallback += p->implied && p->kind != MPT_PIECE_RETRANSMISSION ? p->length : 0;
    }
    for (i = 0; i < G_N_ELEMENTS(bytes); i++)
        if (bytes[i])
            add_uint(tree, tvb, hf_bytes[i], bytes[i]);
    if (fallback)
        add_uint(tree, tvb, hf_fallback_bytes, fallback);
}

static unsigned kinds_of(const mpt_frame_facts *facts)
{
    unsigned kinds = 0;

    for (unsigned i = 0; i < facts->pieces; i++)
        kinds |= 1u << facts->piece[i].kind;
    return kinds;
}

/* For a column that is empty where all is as it should be. */
static void add_unusual(proto_tree *tree, tvbuff_t *tvb, const mpt_frame_facts *facts)
{
    unsigned kinds = kinds_of(facts);

    for (size_t kind = 0; kind < G_N_ELEMENTS(KINDS); kind++)
        if (kinds >> kind & 1u && KINDS[kind].unusual)
            generated(proto_tree_add_string(tree, hf_unusual, tvb, 0, 0, KINDS[kind].unusual));
    if (facts->out_of_order)
        generated(proto_tree_add_string(tree, hf_unusual, tvb, 0, 0, "out of order"));
    if (facts->duplicate)
        generated(proto_tree_add_string(tree, hf_unusual, tvb, 0, 0, "acknowledged before"));
}

static void append_kinds(proto_item *item, const mpt_frame_facts *facts)
{
    unsigned kinds = kinds_of(facts);

    for (size_t kind = 0; kind < G_N_ELEMENTS(KINDS); kind++)
        if (kinds >> kind & 1u)
            proto_item_append_text(item, ", %s", KINDS[kind].words);
    if (facts->out_of_order)
        proto_item_append_text(item, ", out of order");
    if (facts->pieces && facts->duplicate)
        proto_item_append_text(item, ", acknowledged before");
}

static void add_data(proto_tree *tree, tvbuff_t *tvb, const mpt_frame_facts *facts)
{
    unsigned i;

    if (!facts->pieces)
        return;
    for (i = 0; i < facts->pieces; i++)
        add_part(tree, tvb, &facts->piece[i], facts->counted, facts->pieces == 1);
    if (facts->out_of_order_known)
        generated(proto_tree_add_boolean(tree, hf_out_of_order, tvb, 0, 0, facts->out_of_order > 0));
    generated(proto_tree_add_boolean(tree, hf_duplicate, tvb, 0, 0, facts->duplicate));
    add_unusual(tree, tvb, facts);
    if (!facts->counted)
        return;
    add_bytes(tree, tvb, facts);
    if (facts->out_of_order)
        add_uint(tree, tvb, hf_out_of_order_bytes, facts->out_of_order);
    if (facts->has_inflight)
        generated(proto_tree_add_uint64(tree, hf_inflight, tvb, 0, 0, facts->inflight));
    if (facts->has_subflow_inflight)
        generated(proto_tree_add_uint64(tree, hf_subflow_inflight, tvb, 0, 0, facts->subflow_inflight));
    if (facts->has_peer_window)
        add_uint(tree, tvb, hf_peer_window, facts->peer_window);
}

static void add_acknowledgement(proto_tree *tree, tvbuff_t *tvb, const mpt_frame_facts *facts)
{
    nstime_t rtt = {.secs = (time_t)(facts->data_ack_rtt_ns / 1000000000),
                    .nsecs = (int)(facts->data_ack_rtt_ns % 1000000000)};

    if (facts->has_data_ack && facts->data_ack_relative_known)
        generated(proto_tree_add_int64(tree, hf_data_ack, tvb, 0, 0, facts->data_ack));
    if (facts->has_data_ack_rtt) {
        add_frame(tree, tvb, hf_data_ack_of, facts->data_ack_of);
        if (facts->counted)
            generated(proto_tree_add_time(tree, hf_data_ack_rtt, tvb, 0, 0, &rtt));
    }
    if (facts->has_window && facts->counted)
        add_uint(tree, tvb, hf_window, facts->window);
}

/* Which end the frame was captured at, where there are several. */
static void add_point(proto_tree *tree, tvbuff_t *tvb, mpt_frames *frames, const mpt_frame_facts *facts,
                      proto_item *item)
{
    const char *name;

    if (facts->points < 2)
        return;
    name = mpt_vantage_name_of(mpt_frames_engines(frames), facts->point);
    proto_item_append_text(item, ", captured at %s%s%s", g_str_has_prefix(name, "point") ? "" : "the ", name,
                           facts->counted ? "" : " (not counted)");
    generated(proto_tree_add_string(tree, hf_point, tvb, 0, 0, name));
}

static void show(proto_tree *parent, tvbuff_t *tvb, mpt_frames *frames, const mpt_frame_facts *facts,
                 proto_item **top)
{
    proto_item *item = proto_tree_add_protocol_format(parent, mpt_prefs_protocol(), tvb, 0, 0, "MPTCP scope");
    proto_tree *tree = proto_item_add_subtree(item, ett_mptcpscope);

    *top = item;
    generated(item);
    if (facts->ids_known) {
        proto_item_append_text(item, ", connection %u", facts->connection_id);
        add_uint(tree, tvb, hf_connection, facts->connection_id);
    }
    if (facts->subflow_known) {
        proto_item_append_text(item, ", subflow %u", facts->subflow_id);
        add_uint(tree, tvb, hf_subflow, facts->subflow_id);
    }
    add_point(tree, tvb, frames, facts, item);
    generated(proto_tree_add_string(tree, hf_role, tvb, 0, 0, mpt_role_name(facts->role)));
    if (facts->backup_known)
        generated(proto_tree_add_boolean(tree, hf_backup, tvb, 0, 0, facts->backup));
    append_kinds(item, facts);
    add_data(tree, tvb, facts);
    add_acknowledgement(tree, tvb, facts);
}

/* --- a frame --- */

static proto_item *show_segments(mpt_frames *frames, tvbuff_t *tvb, const packet_info *pinfo,
                                 proto_tree *tree)
{
    proto_item *top = NULL;
    mpt_frame_facts facts;
    unsigned i;

    for (i = 0; mpt_frames_look(frames, pinfo->num, i, &facts); i++) {
        if (facts.connection)
            show(tree, tvb, frames, &facts, &top);
        if (!facts.more)
            break;
    }
    return top;
}

static int dissect_mptcpscope(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    bool used = is_used(tree);
    mpt_frames *frames = mpt_reading_take(pinfo, used);
    proto_item *top = frames && used ? show_segments(frames, tvb, pinfo, tree) : NULL;

    if (frames && pinfo->fd->visited)
        mpt_expert_show(pinfo, tvb, used ? tree : NULL, top);
    return 0;
}

/* --- registration --- */

#define FIELD(variable, title, name, type, display, strings, blurb)                                          \
    {                                                                                                        \
        &(variable),                                                                                         \
        {                                                                                                    \
            title, name, type, display, strings, 0, blurb, HFILL                                             \
        }                                                                                                    \
    }
#define ONE_PASS " In a single pass: as known when the frame is read."

static void register_fields(int protocol)
{
    static hf_register_info fields[] = {
        FIELD(hf_connection, "Connection", "mptcpscope.connection", FT_UINT32, BASE_DEC, NULL,
              "Id of the MPTCP connection, as in the reports (numbered by their first frame); also on "
              "segments without MPTCP options. In a single pass: numbered as they become known; a connection "
              "without its MP_CAPABLE has none before its first DSS."),
        FIELD(hf_subflow, "Subflow", "mptcpscope.subflow", FT_UINT32, BASE_DEC, NULL,
              "Id of the subflow in its connection, as in the reports (0: that of the MP_CAPABLE "
              "handshake; the others are numbered by their first frame)." ONE_PASS),
        FIELD(
            hf_point, "Captured at", "mptcpscope.point", FT_STRING, BASE_NONE, NULL,
            "On a merged capture: client, middle or server, the vantage point of this frame (point 1, ... "
            "where nothing shows the order). Fields of amounts (bytes, times, windows) are present at one "
            "point only, the client's unless the preference mptcpscope.at says otherwise, so that sums count "
            "each packet once." ONE_PASS),
        FIELD(hf_role, "Sender's role", "mptcpscope.role", FT_STRING, BASE_NONE, NULL,
              "client or server: whether the sender of this segment opened the MPTCP connection."),
        FIELD(hf_backup, "Backup", "mptcpscope.backup", FT_BOOLEAN, BASE_NONE, NULL,
              "Whether the sender has marked this subflow as backup so far (MP_JOIN flag B, MP_PRIO)."),
        FIELD(
            hf_data, "Data", "mptcpscope.data", FT_STRING, BASE_NONE, NULL,
            "first: new data; reinjection: first sent on another subflow; reinjection_same: remapped, first "
            "sent on this subflow under other sequence numbers; retransmission: retransmitted on this "
            "subflow; unmapped: no DSN known." ONE_PASS),
        FIELD(hf_unusual, "Unusual", "mptcpscope.unusual", FT_STRING, BASE_NONE, NULL,
              "In words, and only where the segment's data is not simply new: reinjected, remapped, "
              "retransmitted, no mapping known, out of order, acknowledged before." ONE_PASS),
        FIELD(hf_dsn, "DSN (relative)", "mptcpscope.dsn", FT_INT64, BASE_DEC, NULL,
              "Data sequence number of the first payload byte; the first byte of the connection is 1. None "
              "where the initial DSN is not in the capture." ONE_PASS),
        FIELD(hf_dsn_end, "Next DSN (relative)", "mptcpscope.dsn_end", FT_INT64, BASE_DEC, NULL,
              "Relative data sequence number after the last payload byte."),
        FIELD(hf_dsn_length, "Data-level length (bytes)", "mptcpscope.dsn_length", FT_UINT32, BASE_DEC, NULL,
              "Payload bytes in this range of data sequence numbers."),
        FIELD(
            hf_dsn_raw, "DSN (64 bits)", "mptcpscope.dsn_raw", FT_UINT64, BASE_DEC, NULL,
            "All 64 bits of the data sequence number of the first payload byte, even if the DSS has only 32."),
        FIELD(hf_mapped_by, "Mapped by frame", "mptcpscope.mapped_by", FT_FRAMENUM, BASE_NONE,
              FRAMENUM_TYPE(FT_FRAMENUM_NONE),
              "The first frame whose DSS maps these bytes, often an earlier one." ONE_PASS),
        FIELD(hf_first_copy, "First copy in frame", "mptcpscope.first_copy", FT_FRAMENUM, BASE_NONE,
              FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_PREV),
              "The frame that first carried the first of these bytes, on any subflow."),
        FIELD(hf_bytes[MPT_PIECE_FIRST], "New data (bytes)", "mptcpscope.first_bytes", FT_UINT32, BASE_DEC,
              NULL, "Payload bytes whose DSN was not seen before (first_bytes in the reports)." ONE_PASS),
        FIELD(hf_bytes[MPT_PIECE_REINJECTION], "Reinjected bytes", "mptcpscope.reinjected_bytes", FT_UINT32,
              BASE_DEC, NULL, "Payload bytes whose DSN was first seen on another subflow." ONE_PASS),
        FIELD(hf_bytes[MPT_PIECE_REINJECTION_SAME], "Remapped bytes", "mptcpscope.reinjected_same_bytes",
              FT_UINT32, BASE_DEC, NULL,
              "Payload bytes whose DSN was first seen on this subflow, under other "
              "subflow sequence numbers." ONE_PASS),
        FIELD(hf_bytes[MPT_PIECE_RETRANSMISSION], "Retransmitted bytes", "mptcpscope.retrans_bytes",
              FT_UINT32, BASE_DEC, NULL,
              "Payload bytes that this subflow had already carried under the same subflow sequence numbers."),
        FIELD(hf_bytes[MPT_PIECE_UNMAPPED], "Unmapped bytes", "mptcpscope.unmapped_bytes", FT_UINT32,
              BASE_DEC, NULL,
              "Payload bytes for which no DSS is known." ONE_PASS " In two passes, a later DSS maps them."),
        FIELD(hf_fallback_bytes, "Fallback bytes", "mptcpscope.fallback_bytes", FT_UINT32, BASE_DEC, NULL,
              "Payload bytes without DSS that continue the data before them, after a fallback to "
              "TCP." ONE_PASS),
        FIELD(hf_out_of_order, "Out of order", "mptcpscope.out_of_order", FT_BOOLEAN, BASE_NONE, NULL,
              "The segment has new data below the highest DSN seen." ONE_PASS),
        FIELD(hf_out_of_order_bytes, "Out of order bytes", "mptcpscope.out_of_order_bytes", FT_UINT32,
              BASE_DEC, NULL, "New data below the highest DSN seen." ONE_PASS),
        FIELD(hf_duplicate, "Duplicate at the receiver", "mptcpscope.duplicate", FT_BOOLEAN, BASE_NONE, NULL,
              "All bytes of the segment had been acknowledged by a DATA_ACK in an earlier segment."),
        FIELD(hf_data_ack, "DATA_ACK (relative)", "mptcpscope.data_ack", FT_INT64, BASE_DEC, NULL,
              "Data-level acknowledgement: 1 acknowledges nothing, N+1 the first N bytes."),
        FIELD(hf_data_ack_rtt, "DATA_ACK round-trip time", "mptcpscope.data_ack_rtt", FT_RELATIVE_TIME,
              BASE_NONE, NULL,
              "From the first copy of the last byte that this DATA_ACK newly acknowledges to here." ONE_PASS),
        FIELD(hf_data_ack_of, "DATA_ACK of data in frame", "mptcpscope.data_ack_of", FT_FRAMENUM, BASE_NONE,
              FRAMENUM_TYPE(FT_FRAMENUM_ACK),
              "The frame with the first copy of the last byte that this DATA_ACK newly acknowledges."),
        FIELD(hf_inflight, "Bytes in flight on the connection", "mptcpscope.inflight", FT_UINT64, BASE_DEC,
              NULL, "From the highest DATA_ACK to the sender's highest DSN, including this segment."),
        FIELD(hf_subflow_inflight, "Bytes in flight on the subflow", "mptcpscope.subflow_inflight", FT_UINT64,
              BASE_DEC, NULL,
              "From the highest TCP acknowledgement to the sender's highest sequence number on this subflow, "
              "including this segment."),
        FIELD(
            hf_window, "Data-level window (bytes)", "mptcpscope.window", FT_UINT32, BASE_DEC, NULL,
            "The sender's own receive window in a segment with DATA_ACK, scaled; it counts from the DATA_ACK "
            "(RFC 8684 3.3.1). None where the subflow's SYNs are not in the capture."),
        FIELD(
            hf_peer_window, "Receiver's window (bytes)", "mptcpscope.peer_window", FT_UINT32, BASE_DEC, NULL,
            "On payload: the latest receive window of the other side, from any subflow, counted from its highest "
            "DATA_ACK: the limit of mptcpscope.inflight."),
    };
    static int *ett[] = {&ett_mptcpscope, &ett_range};

    proto_register_field_array(protocol, fields, G_N_ELEMENTS(fields));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
}

void mpt_fields_register(void)
{
    int protocol = mpt_prefs_protocol();

    register_fields(protocol);
    mpt_reading_register();
    mpt_expert_register(protocol);
    register_postdissector(create_dissector_handle(dissect_mptcpscope, protocol));
}
