/* evidence.c - see state/evidence.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/state/evidence.h"

#include "core.h"
#include "tap/engine/base/seq.h"

/* A sender needs some time to learn that a subflow has become backup, unless the handshake said so. */
#define BACKUP_GRACE_NS INT64_C(500000000)
/* What was in flight at a connection's first segment has arrived, or was sent again, by then. */
#define SETTLED_NS      INT64_C(3000000000)
/* A regular subflow with data in flight and no progress for this long may be dead. */
#define STALLED_NS      INT64_C(200000000)

static void sight(mpt_seen *s, const mpt_segment *g, uint16_t owner, uint64_t count)
{
    if (!s->count) {
        s->time_ns = g->time_ns;
        s->frame = g->frame;
        s->owner = owner;
    }
    s->count += count;
}

static mpt_subflow_evidence *of_subflow(mpt_subflow *s)
{
    if (!s->evidence)
        s->evidence = g_new0(mpt_subflow_evidence, 1);
    return s->evidence;
}

mpt_connection_evidence *mpt_evidence_of(mpt_connection *c)
{
    if (!c->evidence)
        c->evidence = g_new0(mpt_connection_evidence, 1);
    return c->evidence;
}

/* --- a segment --- */

static void note_window(mpt_half_evidence *h, const mpt_half *half, const mpt_segment *g, uint16_t owner)
{
    /* The window of a RST means nothing, nor does that of a side which has closed. */
    if (g->flags & (MPT_TCP_RST | MPT_TCP_SYN) || half->fin_seen)
        return;
    if (!g->window && !h->closed_since_ns) {
        sight(&h->window_closed, g, owner, 1);
        h->closed_since_ns = g->time_ns;
        if (!h->longest_frame) {
            h->longest_frame = g->frame;
            h->longest_since_ns = g->time_ns;
        }
    } else if (g->window && h->closed_since_ns) {
        int64_t closed = g->time_ns - h->closed_since_ns;
        if (closed > h->longest_closed_ns) {
            h->longest_closed_ns = closed;
            h->longest_since_ns = h->closed_since_ns;
        }
        h->closed_since_ns = 0;
    }
}

static void note_syn(mpt_subflow_evidence *v, const mpt_subflow *s, const mpt_segment *g)
{
    v->syns++;
    if (!s->synack_seen)
        v->syn_ns = g->time_ns;
    if (s->syn_capable && !g->option_len && !(g->presence & MPT_SEGMENT_CUT_OPTIONS))
        sight(&v->plain_syn, g, s->owner, 1);
}

/* RFC 8684 3.2: no data before the fourth ACK. */
static void note_join(mpt_subflow_evidence *v, const mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    const mpt_half *initiator = &s->half[s->initiator];

    if (side == s->initiator && s->state == MPT_STATE_SYN_SENT && s->synack_seen && g->payload_len &&
        !(g->flags & (MPT_TCP_SYN | MPT_TCP_RST))) {
        sight(&v->data_early, g, s->owner, g->payload_len);
        /* Half a round trip after the third ACK: the fourth can't have come yet. */
        if (s->syn_seen && s->ack_seen && g->time_ns - s->ack_ns < (s->ack_ns - s->syn_ns) / 2)
            v->data_early_proven = true;
    } else if (side != s->initiator && v->data_early.count && s->established_ns == g->time_ns)
        v->data_early_proven |= initiator->acked <= initiator->ssn_shift + 1;
}

static bool is_backup(const mpt_subflow *s)
{
    return s->backup[MPT_SIDE_A] || s->backup[MPT_SIDE_B];
}

/* True if `s` could have carried what this side of the connection sends now. */
static bool usable(const mpt_subflow *s, mpt_conn_side conn_side, int64_t now_ns)
{
    mpt_side side = mpt_subflow_side(s, conn_side);
    const mpt_half *h = &s->half[side];

    if (s->state != MPT_STATE_ESTABLISHED || is_backup(s) || h->fin_seen ||
        s->half[mpt_side_other(side)].fin_seen)
        return false;
    return h->acked >= h->next || now_ns - h->acked_ns < STALLED_NS;
}

static void note_backup(mpt_subflow_evidence *v, mpt_subflow *s, mpt_side side, const mpt_segment *g,
                        uint64_t fresh)
{
    const mpt_connection *c = s->connection;
    guint i;

    if (v->became_backup && g->time_ns - v->backup_ns < BACKUP_GRACE_NS)
        return;
    for (i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *other = g_ptr_array_index(c->subflows, i);
        if (other != s && usable(other, mpt_subflow_conn_side(s, side), g->time_ns)) {
            sight(&v->half[side].backup, g, other->owner, g->payload_len);
            v->half[side].backup_new += fresh;
            return;
        }
    }
}

static void note_scale(mpt_subflow_evidence *v, const mpt_segment *g)
{
    unsigned which = (g->flags & MPT_TCP_ACK) != 0;

    if (!v->scale_frame[which] || g->frame < v->scale_frame[which])
        v->scale_frame[which] = g->frame;
    if (g->presence & (MPT_SEGMENT_MSS | MPT_SEGMENT_TIMESTAMPS | MPT_SEGMENT_WINDOW_SCALE))
        v->scale[which] = (uint8_t)(1 + (g->presence & MPT_SEGMENT_WINDOW_SCALE ? g->window_scale : 0));
}

/* It is never scaled (RFC 7323 2.2), and may be larger than those that follow. */
static void note_window_of_syn(const mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    mpt_level_evidence *v;

    if (!s->connection)
        return;
    v = &mpt_evidence_of(s->connection)->level[mpt_conn_side_other(mpt_subflow_conn_side(s, side))];
    v->window = MAX(v->window, g->window);
}

/* Until a DATA_ACK confirms that options get through, every segment with data has a mapping (RFC 8684 3.7). */
static void note_unconfirmed(const mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    mpt_conn_side sender = mpt_subflow_conn_side(s, side);
    mpt_level_evidence *v = &mpt_evidence_of(s->connection)->level[sender];
    const mpt_data_level *d = &s->connection->level[sender];
    int64_t first, end;

    if (v->confirmed)
        return;
    v->confirmed = d->acked_known && mpt_ranges_bounds(&d->owned, &first, &end) && d->acked > first;
    if (!v->confirmed)
        sight(v->mapping_frame == g->frame ? &v->mapped : &v->bare, g, s->owner, 1);
}

void mpt_evidence_segment(mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position)
{
    mpt_subflow_evidence *v = of_subflow(s);
    mpt_side other = mpt_side_other(side);
    mpt_half_evidence *h = &v->half[side];
    uint64_t first = s->half[side].bytes.first, fresh = first - MIN(first, h->first_before);
    bool backup = is_backup(s);

    h->first_before = first;
    if (g->flags & MPT_TCP_SYN) {
        note_scale(v, g);
        note_window_of_syn(s, side, g);
    }
    if ((g->flags & (MPT_TCP_SYN | MPT_TCP_ACK)) == MPT_TCP_SYN)
        note_syn(v, s, g);
    note_window(h, &s->half[side], g, s->owner);
    if (s->join && s->initiator_known)
        note_join(v, s, side, g);
    mpt_evidence_heard(&v->half[other].hearing, s, &s->half[other], g);
    mpt_evidence_said(&h->hearing, g, position);
    if (s->connection)
        mpt_evidence_held(s, side, g, position, fresh);
    if (s->connection && g->payload_len && !(g->flags & MPT_TCP_SYN))
        note_unconfirmed(s, side, g);
    if (backup && !v->was_backup) {
        v->backup_ns = g->time_ns;
        v->became_backup = !s->join || s->state == MPT_STATE_ESTABLISHED;
    }
    v->was_backup = backup;
    if (backup && g->payload_len && s->connection)
        note_backup(v, s, side, g, fresh);
}

/* --- the data level --- */

/* --- DATA_ACKs that go back --- */

static uint32_t seq_end(const mpt_segment *g)
{
    return g->seq + g->payload_len + (g->flags & MPT_TCP_FIN ? 1 : 0);
}

/* True if the segment was sent after the one with the highest DATA_ACK, whatever order they came in. What a
 * host acknowledges, what it sends and its clock never go back; where neither tells, the order of the
 * capture does. */
static bool sent_later(const mpt_half_evidence *h, const mpt_segment *g)
{
    int32_t acked = mpt_seq32_diff(g->ack, h->ack), end = mpt_seq32_diff(seq_end(g), h->seq_end);

    if (acked || end)
        return acked >= 0 && end >= 0;
    return !h->timestamped || !(g->presence & MPT_SEGMENT_TIMESTAMPS) ||
           mpt_seq32_diff(g->tsval, h->tsval) > 0;
}

static void note_data_ack(mpt_half_evidence *h, mpt_level_evidence *v, const mpt_subflow *s,
                          const mpt_segment *g, int64_t acked, int64_t expected)
{
    if (h->data_ack_known && acked < h->data_ack) {
        if (!sent_later(h, g))
            return;
        /* Below one that acknowledged what had not been sent: that one was wrong, not this. */
        if (h->data_ack > expected)
            v->beyond_taken_back = true;
        else
            sight(&v->acks_back, g, s->owner, 1);
        return;
    }
    h->data_ack_known = true;
    h->data_ack = acked;
    h->seq_end = seq_end(g);
    h->ack = g->ack;
    h->timestamped = g->presence & MPT_SEGMENT_TIMESTAMPS;
    h->tsval = g->tsval;
}

static void note_beyond(mpt_level_evidence *v, const mpt_segment *g, uint16_t owner, int64_t acked)
{
    if (!v->acks_beyond.count || acked > v->beyond) {
        v->beyond = acked;
        v->beyond_ns = g->time_ns;
    }
    sight(&v->acks_beyond, g, owner, 1);
}

void mpt_evidence_data_ack(mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t acked)
{
    mpt_connection *c = s->connection;
    mpt_conn_side sender = mpt_conn_side_other(mpt_subflow_conn_side(s, side)); /* of the data */
    const mpt_data_level *d = &c->level[sender];
    mpt_level_evidence *v = &mpt_evidence_of(c)->level[sender];
    mpt_half_evidence *h = &of_subflow(s)->half[side];

    mpt_evidence_let_go(c, sender, g, acked);
    note_data_ack(h, v, s, g, acked, d->expected);
    if ((d->owned.size || d->relative_known) && !c->infinite_mapping && acked > d->expected)
        note_beyond(v, g, s->owner, acked);
    if (!v->settled_known && g->time_ns - c->start_ns > SETTLED_NS) {
        v->settled_known = true;
        v->settled = MAX(acked, d->acked_known ? d->acked : acked);
    }
    if (!mpt_evidence_knows_scale(of_subflow(s), g->frame)) {
        v->window_unsure = true;
        return;
    }
    v->window = MAX(v->window, g->window);
    if (!v->window_known || acked + v->window > v->window_edge)
        v->window_edge = acked + v->window;
    v->window_known = true;
}

/* From here to this side and back; -1: not known. */
static int64_t way_to(const mpt_subflow *s, mpt_side side)
{
    bool opened = side == s->initiator, known = opened ? s->ack_seen : s->syn_seen;

    if (!s->initiator_known || !s->synack_seen || !known)
        return -1;
    return opened ? s->ack_ns - s->synack_ns : s->synack_ns - s->syn_ns;
}

/* The sender had that DATA_ACK, and nothing in flight here, when it sent for the first time what
 * it covers. */
static bool sent_after_ack(const mpt_level_evidence *v, const mpt_subflow *s, mpt_side side,
                           const mpt_segment *g, int64_t start)
{
    const mpt_half *h = &s->half[side];
    int64_t way = way_to(s, side);

    return v->acks_beyond.count && start < v->beyond && way >= 0 && g->time_ns - v->beyond_ns >= way &&
           h->acked >= 0 && g->seq == h->origin + (uint32_t)h->acked;
}

void mpt_evidence_new_data(mpt_connection *c, mpt_conn_side side, const mpt_subflow *s, const mpt_segment *g,
                           int64_t start, int64_t end)
{
    const mpt_data_level *d = &c->level[side];
    mpt_level_evidence *v = &mpt_evidence_of(c)->level[side];

    v->beyond_sent_later |= sent_after_ack(v, s, mpt_subflow_side(s, side), g, start);
    if (v->window_known && end > v->window_edge)
        sight(&v->beyond_window, g, s->owner, (uint64_t)(end - MAX(start, v->window_edge)));
    if (d->has_fin && end > d->fin)
        sight(&v->after_fin, g, s->owner, (uint64_t)(end - MAX(start, d->fin)));
}

void mpt_evidence_dss(mpt_subflow *s, mpt_side side, const mpt_segment *g, const mpt_dss *o)
{
    mpt_conn_side sender = mpt_subflow_conn_side(s, side);
    mpt_connection_evidence *v = mpt_evidence_of(s->connection);
    mpt_conn_side receiver = mpt_conn_side_other(sender);
    mpt_level_evidence *sent = &v->level[sender], *acked = &v->level[receiver];
    const mpt_data_level *d = &s->connection->level[receiver];
    int64_t first, end;

    if (o->has_mapping && o->length) {
        sight(o->has_checksum ? &sent->with_checksum : &sent->without_checksum, g, s->owner, 1);
        sent->wide |= o->dsn_64bit;
        sent->mapping_frame = g->frame;
    }
    /* Some send 4 bytes until they have got data. */
    if (o->has_ack && !o->ack_64bit && acked->wide && mpt_ranges_bounds(&d->owned, &first, &end) &&
        d->ack_expected > first)
        sight(&acked->narrow_acks, g, s->owner, 1);
}

void mpt_evidence_sight(mpt_subflow *s, mpt_side side, const mpt_segment *g, mpt_sight what, uint8_t subtype)
{
    mpt_connection_evidence *v = mpt_evidence_of(s->connection);

    if (what == MPT_SIGHT_DSS && subtype == MPT_MP_CAPABLE)
        v->level[mpt_subflow_conn_side(s, side)].mapping_frame = g->frame;
    if (what == MPT_SIGHT_RESERVED && !v->sights[what][MPT_CONN_SIDE_A].count &&
        !v->sights[what][MPT_CONN_SIDE_B].count)
        v->reserved_subtype = subtype;
    sight(&v->sights[what][mpt_subflow_conn_side(s, side)], g, s->owner, 1);
}

void mpt_evidence_far(mpt_connection *c, const mpt_subflow *s, const mpt_segment *g)
{
    sight(&mpt_evidence_of(c)->far, g, s->owner, 1);
}

void mpt_evidence_merged(mpt_connection *to, unsigned offset)
{
    guint i;

    for (i = offset; i < to->subflows->len; i++) {
        mpt_subflow *s = g_ptr_array_index(to->subflows, i);
        if (s->evidence)
            s->evidence->half[MPT_SIDE_A].data_ack_known = s->evidence->half[MPT_SIDE_B].data_ack_known =
                false;
    }
}
