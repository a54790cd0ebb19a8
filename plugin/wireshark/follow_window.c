/* follow_window.c - see follow_window.h.
 *
 * For a follower Wireshark reads its packets again, passes those that match the filter one by one, and shows
 * what the follower left in follow_info_t. Nothing marks the last packet. The reading behind the fields knows
 * where bytes belong and which segment with payload is the connection's last: payload is kept up to that one,
 * then put together by DSN as -z follow,mptcp does.
 *
 * Invariant: nothing of a reading is used once that has gone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "follow_window.h"

#include "plugin/compat.h"

#include <inttypes.h>

#include <epan/follow.h>
#include <epan/packet.h>
#include <epan/proto.h>
#include <epan/tvbuff.h>

#include <epan/dissectors/packet-tcp.h>

#include "plugin/host.h"
#include "plugin/report/follow/follow.h"
#include "reading.h"
#include "selection.h"
#include "tap/listener.h"

/* A segment's place in the capture: several may be in one frame. */
struct place {
    uint32_t frame;
    unsigned index;
};

/* One pass through the packets for one Follow window. */
struct pass {
    uint64_t reading; /* mpt_reading_number() */
    const mpt_connection *connection;
    uint32_t id;
    struct place at, last; /* the newest segment; the connection's last one with payload */
    mpt_stream *stream;    /* NULL: everything was shown */
};

static GHashTable *passes; /* follow_info_t -> struct pass */

static bool is_after(struct place a, struct place b)
{
    return a.frame != b.frame ? a.frame > b.frame : a.index > b.index;
}

static void free_pass(gpointer data)
{
    struct pass *p = data;

    mpt_stream_free(p->stream);
    g_free(p);
}

static struct place last_payload(mpt_frames *frames, const mpt_connection *c)
{
    struct place at = {.frame = mpt_frames_last(frames)}, found = {0};
    mpt_frame_payload payload;

    for (; at.frame && !found.frame; at.frame--)
        for (at.index = 0; mpt_frames_payload(frames, at.frame, at.index, &payload); at.index++)
            if (payload.subflow && payload.subflow->connection == c && payload.length)
                found = at;
    return found;
}

static void set_end(address *a, unsigned *port, const mpt_endpoint *e)
{
    static const int types[] = {
        [MPT_FAMILY_NONE] = AT_NONE, [MPT_FAMILY_IPV4] = AT_IPv4, [MPT_FAMILY_IPV6] = AT_IPv6};

    free_address(a);
    alloc_address_wmem(NULL, a, types[e->family], (int)mpt_endpoint_address_len(e), e->address);
    *port = e->port;
}

static struct pass *begin(follow_info_t *info, mpt_frames *frames, const mpt_frame_ids *ids)
{
    struct pass *p = g_new0(struct pass, 1);
    mpt_connection_view v;

    p->reading = mpt_reading_number();
    p->connection = ids->connection;
    p->id = ids->connection_id;
    p->last = last_payload(frames, ids->connection);
    p->stream = mpt_stream_new(mpt_frames_engine(frames), p->id);
    g_hash_table_replace(passes, info, p);
    mpt_metrics_connection(mpt_frames_engine(frames), p->connection, p->id, &v);
    set_end(&info->client_ip, &info->client_port, &v.end[MPT_CLIENT]);
    set_end(&info->server_ip, &info->server_port, &v.end[MPT_SERVER]);
    mpt_metrics_clear(&v);
    return p;
}

/* The pass that this segment is of. A follower without addresses is new, though another may have been in its
 * place in memory; one that begins again began anew. NULL: it is another connection's. */
static struct pass *pass_of(follow_info_t *info, mpt_frames *frames, struct place at)
{
    struct pass *p = g_hash_table_lookup(passes, info);
    mpt_frame_ids ids;

    if (!mpt_frames_ids(frames, at.frame, at.index, &ids) || !ids.connection)
        return NULL;
    if (p && (p->reading != mpt_reading_number() || !is_after(at, p->at) || info->client_ip.type == AT_NONE))
        p = NULL;
    if (!p)
        p = begin(info, frames, &ids);
    p->at = at;
    return p->connection == ids.connection ? p : NULL;
}

/* Which of the frame's segments this is: tunnelled frames have several. */
static bool find_segment(mpt_frames *frames, uint32_t frame, const struct tcpheader *t, struct place *at,
                         mpt_frame_payload *payload)
{
    for (*at = (struct place){.frame = frame}; mpt_frames_payload(frames, frame, at->index, payload);
         at->index++) {
        const mpt_subflow *s = payload->subflow;
        if (s && s->ends[payload->side].port == t->th_sport &&
            s->ends[mpt_side_other(payload->side)].port == t->th_dport && payload->length == t->th_seglen)
            return true;
    }
    return false;
}

static void keep(struct pass *p, const packet_info *pinfo, const mpt_frame_payload *payload, tvbuff_t *tvb)
{
    mpt_data_piece piece = {
        .connection = p->connection,
        .subflow = payload->subflow,
        .side = payload->side,
        .what = MPT_DATA_FIRST, /* which copy counts, the stream finds out */
        .position = payload->position,
        .length = payload->length,
        .frame = pinfo->num,
        .time_ns = (int64_t)pinfo->abs_ts.secs * 1000000000 + pinfo->abs_ts.nsecs,
        .captured = MIN(tvb_captured_length(tvb), payload->length),
    };

    if (!piece.captured)
        return;
    piece.payload = tvb_get_ptr(tvb, 0, (int)piece.captured);
    mpt_stream_observer.data(&piece, p->stream);
}

/* --- what Wireshark shows --- */

static void add_record(follow_info_t *info, const mpt_delivery *d)
{
    follow_record_t *record = g_new0(follow_record_t, 1);
    bool server = d->direction == MPT_S2C;
    char *gap = d->run ? NULL : g_strdup_printf("[%" PRIu64 " bytes missing in capture file]", d->missing);
    unsigned n = d->run ? d->run->length : (unsigned)strlen(gap);

    record->is_server = server;
    record->packet_num = d->frame;
    record->abs_ts =
        (nstime_t){.secs = (time_t)(d->time_ns / 1000000000), .nsecs = (int)(d->time_ns % 1000000000)};
    record->data =
        g_byte_array_append(g_byte_array_sized_new(n), d->run ? d->run->bytes : (const guint8 *)gap, n);
    info->payload = g_list_prepend(info->payload, record);
    info->bytes_written[server] += n;
    g_free(gap);
}

static void finish(follow_info_t *info, mpt_frames *frames, const struct pass *p)
{
    mpt_stream_direction direction[MPT_DIRECTIONS];
    mpt_connection_view v;
    GArray *all;

    mpt_metrics_connection(mpt_frames_engine(frames), p->connection, p->id, &v);
    for (mpt_direction dir = 0; dir < MPT_DIRECTIONS; dir++)
        mpt_stream_direction_of(p->stream, p->connection, v.side[mpt_direction_sender(dir)], &direction[dir]);
    all = mpt_follow_deliveries((const mpt_stream_direction *)direction);
    for (guint i = 0; i < all->len; i++)
        add_record(info, &g_array_index(all, mpt_delivery, i));
    g_array_unref(all);
    for (mpt_direction dir = 0; dir < MPT_DIRECTIONS; dir++)
        mpt_stream_clear(&direction[dir]);
    mpt_metrics_clear(&v);
}

/* --- what Wireshark asks --- */

static tap_packet_status on_segment(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                    const void *data, tap_flags_t flags _U_)
{
    const mpt_tcp_follow_record *r = data;
    mpt_frames *frames = mpt_reading_frames();
    mpt_frame_payload payload;
    struct place at;
    struct pass *p;

    if (!frames || !find_segment(frames, pinfo->num, r->tcph, &at, &payload) ||
        !(p = pass_of(tapdata, frames, at)) || !p->stream)
        return TAP_PACKET_DONT_REDRAW;
    keep(p, pinfo, &payload, r->tvb);
    if (is_after(p->last, at))
        return TAP_PACKET_DONT_REDRAW;
    finish(tapdata, frames, p);
    g_clear_pointer(&p->stream, mpt_stream_free);
    return TAP_PACKET_REDRAW;
}

static char *conversation_filter(epan_dissect_t *edt _U_, packet_info *pinfo, unsigned *stream,
                                 unsigned *sub_stream _U_)
{
    mpt_frame_ids ids;

    if (!mpt_selection_of(mpt_reading_frames(), pinfo->num, &ids))
        return NULL;
    *stream = ids.connection_id;
    return mpt_selection_filter(ids.connection_id);
}

static char *index_filter(unsigned stream, unsigned sub_stream _U_)
{
    return mpt_selection_filter(stream);
}

static uint32_t count_connections(void)
{
    mpt_frames *frames = mpt_reading_frames();

    return frames ? mpt_frames_connections(frames)->len : 0;
}

void mpt_follow_window_register(void)
{
    int mptcp = proto_get_id_by_filter_name("mptcp");
    register_follow_t *tcp = get_follow_by_name("TCP");

    if (!mpt_host_is_gui() || mptcp < 0 || !tcp || get_follow_by_name("MPTCP"))
        return;
    passes = g_hash_table_new_full(NULL, NULL, NULL, free_pass);
    MPT_REGISTER_FOLLOW(mptcp, "tcp_follow", conversation_filter, index_filter, get_follow_address_func(tcp),
                        get_follow_port_to_display(tcp), on_segment, count_connections);
}

void mpt_follow_window_forget(void)
{
    g_clear_pointer(&passes, g_hash_table_destroy);
}
