/* subflow.c - see subflow.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "subflow.h"

#include <string.h>

#include "tap/engine/base/compare.h"
#include "tap/engine/base/seq.h"

mpt_subflow *mpt_subflow_new(const mpt_segment *segment)
{
    mpt_subflow *s = g_new0(mpt_subflow, 1);

    s->ends[MPT_SIDE_A] = segment->src;
    s->ends[MPT_SIDE_B] = segment->dst;
    s->start_ns = s->end_ns = segment->time_ns;
    s->first_frame = s->last_frame = segment->frame;
    s->state = segment->flags & MPT_TCP_SYN ? MPT_STATE_SYN_SENT : MPT_STATE_ESTABLISHED;
    for (mpt_half *h = s->half; h < s->half + MPT_SIDES; h++)
        h->acked = h->acked_before = h->edge = INT64_MIN;
    return s;
}

int mpt_subflow_order(const mpt_subflow *a, const mpt_subflow *b)
{
    bool first = a->kind == MPT_SUBFLOW_CAPABLE;

    if (first != (b->kind == MPT_SUBFLOW_CAPABLE))
        return first ? -1 : 1;
    return a->first_frame != b->first_frame ? mpt_compare(a->first_frame, b->first_frame)
                                            : mpt_compare(a->index, b->index);
}

static void half_clear(mpt_half *h)
{
    mpt_ranges_clear(&h->received);
    mpt_ranges_clear(&h->pending);
    mpt_mapping_clear(&h->mapping);
    mpt_checksums_clear(&h->checksums);
    mpt_histogram_clear(&h->rtt);
    if (h->plain)
        mpt_runs_clear(&h->plain->gaps);
    g_free(h->plain);
    g_free(h->infinite);
    g_free(h->misplaced);
    if (h->waiting)
        g_array_free(h->waiting, TRUE);
    if (h->waiting_payload)
        g_ptr_array_unref(h->waiting_payload);
    if (h->unacked)
        g_array_free(h->unacked, TRUE);
}

void mpt_subflow_free(mpt_subflow *s)
{
    if (!s)
        return;
    half_clear(&s->half[MPT_SIDE_A]);
    half_clear(&s->half[MPT_SIDE_B]);
    g_free(s->join);
    for (mpt_side side = 0; side < MPT_SIDES && s->evidence; side++)
        g_free(s->evidence->half[side].hearing.outages);
    g_free(s->evidence);
    g_free(s);
}

/* The SYN tells where SSN 0 is, even if data of this side came before it. With data in it the SYN/ACK tells,
 * or, where that is not in the capture, the mappings: it lies in the SYN or at its end. */
static void learn_isn(mpt_half *h, int64_t position, uint32_t payload_len)
{
    if (h->isn_known)
        return;
    h->isn_known = true;
    h->shift_known = payload_len == 0;
    h->ssn_shift = h->shift_low = position;
    h->shift_high = position + payload_len;
    h->shift_bounded = !h->shift_known;
}

int64_t mpt_subflow_position(mpt_subflow *s, mpt_side side, uint32_t seq)
{
    mpt_half *h = &s->half[side];

    if (!h->seen) {
        h->seen = true;
        h->next = 0;
        if (!h->isn_told)
            h->origin = seq;
        else
            learn_isn(h, 0, 0);
    }
    return h->next + mpt_seq32_diff(seq, h->origin + (uint32_t)h->next);
}

static uint32_t half_distance(const mpt_half *h, uint32_t seq)
{
    int64_t d;

    if (!h->seen)
        return UINT32_MAX;
    d = mpt_seq32_diff(seq, h->origin + (uint32_t)h->next);
    return (uint32_t)(d < 0 ? -d : d);
}

uint32_t mpt_subflow_distance(const mpt_subflow *s, mpt_side side, const mpt_segment *segment)
{
    uint32_t by_seq = half_distance(&s->half[side], segment->seq);
    uint32_t by_ack = segment->flags & MPT_TCP_ACK
                          ? half_distance(&s->half[mpt_side_other(side)], segment->ack)
                          : UINT32_MAX;

    return MIN(by_seq, by_ack);
}

/* Where the SYN was, though nothing begins there. */
static void learn_shift(mpt_half *h, int64_t position)
{
    if (h->isn_known || h->shift_known)
        return;
    h->shift_known = true;
    h->ssn_shift = position;
}

void mpt_subflow_third_ack(mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    mpt_side other = mpt_side_other(side);

    learn_shift(&s->half[side], mpt_subflow_position(s, side, g->seq - 1));
    /* Fast Open: the server may have sent data before. */
    if (!s->half[other].seen) {
        s->half[other].isn_told = true;
        s->half[other].origin = g->ack - 1;
    } else if (!s->half[other].bytes.segments) {
        learn_shift(&s->half[other], mpt_subflow_position(s, other, g->ack - 1));
    }
}

/* Fast Open: SSN 1 is the first byte after the data that the SYN/ACK accepts (RFC 8684 B.1). */
static void accept_syn_data(mpt_half *h, int64_t acked)
{
    int64_t n = acked - (h->ssn_shift + 1);

    if (!h->isn_known || h->syn_data)
        return;
    h->shift_known = true;
    if (n <= 0 || n > UINT16_MAX)
        return;
    if (mpt_ranges_covered(&h->received, h->ssn_shift + 1, h->ssn_shift + 1 + n) != (uint64_t)n)
        return;
    h->syn_data = (uint32_t)n;
    h->ssn_shift += n;
}

/* The initiator's first segment after its SYN: later ones acknowledge more, or are further on. */
static bool is_third_ack(const mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position)
{
    const mpt_half *h = &s->half[side], *other = &s->half[mpt_side_other(side)];

    if (h->isn_known && position != h->ssn_shift + 1)
        return false;
    if (other->isn_known && g->ack != other->origin + (uint32_t)(other->ssn_shift - other->syn_data) + 1)
        return false;
    return !s->join || !g->payload_len; /* RFC 8684 3.2: no data before the fourth ACK */
}

/* This SYN, or the answer to one, comes after the end: the RST was for an ACK with the number of the SYN, which was
 * not answered yet, and its receiver ignored it (RFC 9293 3.10.7.3). */
static bool rst_was_early(const mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position)
{
    mpt_side initiator = g->flags & MPT_TCP_ACK ? mpt_side_other(side) : side;
    const mpt_half *h = &s->half[initiator], *responder = &s->half[mpt_side_other(initiator)];

    if (s->state != MPT_STATE_RESET || !s->rst_bare || s->rst_side == initiator || responder->next > 0)
        return false;
    if (initiator != side)
        position = h->next + mpt_seq32_diff(g->ack - 1, h->origin + (uint32_t)h->next);
    return h->next <= position;
}

static void take_rst_back(mpt_subflow *s)
{
    s->state = MPT_STATE_SYN_SENT;
    s->half[s->rst_side].rst_seen = false;
    s->rst_frame = s->rst_ttl = 0;
}

static void handshake(mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position)
{
    const mpt_half *h = &s->half[side];
    bool syn = g->flags & MPT_TCP_SYN, ack = g->flags & MPT_TCP_ACK;
    /* Some hosts send ACKs with the number of their SYN before it is answered. */
    bool third = !syn && ack && !(h->isn_known && position <= h->ssn_shift);

    if (syn) {
        if (G_UNLIKELY(rst_was_early(s, side, g, position)))
            take_rst_back(s);
        learn_isn(&s->half[side], position, g->payload_len);
        s->initiator_known = true;
        s->initiator = ack ? mpt_side_other(side) : side;
    }
    if (syn && !ack && !s->syn_seen) {
        /* A host may send ACKs with the number of its SYN just before it. */
        if (s->state == MPT_STATE_ESTABLISHED && !s->half[mpt_side_other(side)].seen && !h->bytes.segments)
            s->state = MPT_STATE_SYN_SENT;
        s->syn_seen = true;
        s->syn_ns = g->time_ns;
        s->syn_frame = g->frame;
    } else if (syn && ack && !s->synack_seen) {
        s->synack_seen = true;
        s->synack_cut = (g->presence & MPT_SEGMENT_CUT_OPTIONS) != 0;
        s->synack_ns = g->time_ns;
        s->synack_frame = g->frame;
    } else if (third && !(g->flags & MPT_TCP_RST) && s->initiator_known && side == s->initiator &&
               !s->ack_seen) {
        s->ack_seen = true;
        s->third_seen = is_third_ack(s, side, g, position);
        s->ack_ns = g->time_ns;
        s->ack_frame = g->frame;
        s->ack_without_mptcp = g->option_len == 0 && !(g->presence & MPT_SEGMENT_CUT_OPTIONS);
    }
}

/* The largest scale of a window (RFC 7323 2.3). */
#define SCALE_MAX 14

/* The window of a segment. Wireshark scales it in the order of the file; where it could not, it is taken for the
 * largest that it may be. */
static int64_t window_of(const mpt_subflow *s, const mpt_segment *g)
{
    bool scaled = s->syn_seen && s->synack_seen && g->frame > s->syn_frame && g->frame > s->synack_frame;

    return (int64_t)g->window << (scaled || g->flags & MPT_TCP_SYN ? 0 : SCALE_MAX);
}

/* In SYN-SENT only a RST that acknowledges the SYN resets (RFC 9293 3.10.7.3). */
static bool answers_syn(const mpt_half *initiator, const mpt_segment *g)
{
    int64_t acked = initiator->next + mpt_seq32_diff(g->ack, initiator->origin + (uint32_t)initiator->next);

    return g->flags & MPT_TCP_ACK && acked > initiator->ssn_shift && acked <= initiator->next;
}

/* False if the receiver ignores this RST, whatever it got meanwhile: it has acknowledged what comes after it,
 * or never allowed what comes before it (RFC 5961 3.2, RFC 9293 3.10.7.4). One that is in the window, but not
 * where the receiver is, may be answered by a challenge ACK: what is not certain counts as a reset. So does one
 * byte before the end after a FIN, which stacks send and accept. */
static bool rst_acceptable(const mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    const mpt_half *h = &s->half[side];
    int64_t position;

    if (h->acked == INT64_MIN) {
        if (!s->syn_seen || s->synack_seen || s->ack_seen || side == s->initiator || h->seen)
            return true;
        return answers_syn(&s->half[s->initiator], g);
    }
    position = h->next + mpt_seq32_diff(g->seq, h->origin + (uint32_t)h->next);
    if (position < h->acked)
        return h->fin_acked && position == h->acked - 1;
    return position <= MAX(h->next, h->edge);
}

static bool unheard_but_goes_on(const mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    return s->join->ack_seen && !s->half[mpt_side_other(side)].seen && g->payload_len > 0;
}

static void update_state(mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    bool responder = s->initiator_known && side != s->initiator;

    if (g->flags & MPT_TCP_RST) {
        if (s->rst_ignored)
            return;
        s->half[side].rst_seen = true;
        if (s->state == MPT_STATE_SYN_SENT)
            s->state = MPT_STATE_REFUSED, s->refused_ns = g->time_ns;
        else if (s->state == MPT_STATE_ESTABLISHED)
            s->state = MPT_STATE_RESET, s->closed_ns = g->time_ns;
        return;
    }
    if (g->flags & MPT_TCP_SYN)
        return;
    /* A join counts as established when the responder confirms the third ACK (RFC 8684 3.2), plain TCP and
     * MP_CAPABLE with the third ACK itself. Where the responder's direction is not in the capture, data shows that it
     * was confirmed: there is none before. */
    if (s->state == MPT_STATE_SYN_SENT &&
        (responder || (s->ack_seen && (!s->join || unheard_but_goes_on(s, side, g))))) {
        s->state = MPT_STATE_ESTABLISHED;
        s->established_ns = g->time_ns;
    }
    if (s->state == MPT_STATE_ESTABLISHED && s->half[MPT_SIDE_A].fin_seen && s->half[MPT_SIDE_B].fin_seen) {
        s->state = MPT_STATE_CLOSED;
        s->closed_ns = g->time_ns;
    }
}

void mpt_unacked_add(GArray *queue, guint head, const mpt_ranges *received, int64_t next, int64_t acked,
                     mpt_unacked u)
{
    guint i = queue->len;

    if (u.start < next) {
        /* Bytes that were there concern what is in flight (Karn's algorithm, RFC 6298 section 3), others
         * fill a hole. */
        u.again = mpt_ranges_covered(received, u.start, mpt_unacked_end(&u)) > 0;
        /* Newest first: mostly near the end of the queue. */
        for (; i > head; i--) {
            mpt_unacked *old = &g_array_index(queue, mpt_unacked, i - 1);
            if (mpt_unacked_end(old) <= u.start)
                break;
            if (old->start < mpt_unacked_end(&u))
                old->again = true;
        }
    }
    if (!u.again && u.start >= acked && queue->len - head < MPT_SUBFLOW_UNACKED)
        g_array_insert_val(queue, i, u);
}

static void note_unacked(mpt_half *h, int64_t start, int64_t end, int64_t time_ns)
{
    mpt_unacked u = {.start = start, .time_ns = time_ns, .length = (uint32_t)(end - start)};

    if (!h->unacked)
        h->unacked = g_array_new(FALSE, FALSE, sizeof(mpt_unacked));
    mpt_unacked_add(h->unacked, h->unacked_head, &h->received, h->next, h->acked, u);
}

static void sample_rtt(mpt_half *h, int64_t acked, int64_t time_ns)
{
    while (h->unacked && h->unacked_head < h->unacked->len) {
        const mpt_unacked *u = &g_array_index(h->unacked, mpt_unacked, h->unacked_head);
        if (mpt_unacked_end(u) > acked)
            break;
        if (!u->again && time_ns >= u->time_ns) /* not of a late segment */
            mpt_histogram_add(&h->rtt, time_ns - u->time_ns);
        h->unacked_head++;
    }
    if (h->unacked && h->unacked_head > 64 && h->unacked_head > h->unacked->len / 2) {
        g_array_remove_range(h->unacked, 0, h->unacked_head);
        h->unacked_head = 0;
    }
}

static void take_ack(mpt_subflow *s, mpt_side side, const mpt_segment *g, bool want_rtt)
{
    mpt_half *other = &s->half[mpt_side_other(side)];
    int64_t acked;

    if (!(g->flags & MPT_TCP_ACK) || !other->seen)
        return;
    acked = other->next + mpt_seq32_diff(g->ack, other->origin + (uint32_t)other->next);
    if ((g->flags & MPT_TCP_SYN))
        accept_syn_data(other, acked);
    if (g->flags & MPT_TCP_RST)
        return;
    other->edge = MAX(other->edge, acked + window_of(s, g));
    if (acked > other->acked) {
        if (!other->fin_seen || other->acked < other->fin) {
            other->acked_before = other->acked;
            other->acked_before_ns = other->acked_ns;
            other->acked_ns = g->time_ns;
        }
        other->acked = acked;
        if (other->fin_seen && acked > other->fin && !other->fin_acked) {
            other->fin_acked = true;
            other->fin_acked_ns = g->time_ns;
        }
        if (want_rtt)
            sample_rtt(other, acked, g->time_ns);
    }
}

/* A block below the acknowledgement, or inside the next block, tells of a duplicate: RFC 2883 4. */
static void take_sack(mpt_half *other, const mpt_segment *g)
{
    other->sacked = true;
    if (g->presence & MPT_SEGMENT_SACK_INSIDE || mpt_seq32_diff(g->ack, g->sack_right) >= 0)
        other->duplicates += (uint64_t)MAX(mpt_seq32_diff(g->sack_right, g->sack_left), 0);
}

static void take_fin(mpt_half *h, int64_t position, int64_t time_ns)
{
    bool first = !h->fin_seen;

    h->fin_seen = true;
    h->fin = position;
    if (!first)
        return;
    h->fin_ns = time_ns;
    if (h->acked <= position)
        return;
    /* Its first copy is not in the capture: it has been acknowledged, and perhaps the data before that. */
    h->fin_acked = true;
    h->fin_acked_ns = h->acked_ns;
    if (h->acked_before >= position)
        h->acked_ns = h->acked_before_ns;
}

static void count(mpt_half *h, const mpt_segment *g)
{
    if (!h->bytes.packets++)
        h->first_ns = g->time_ns;
    h->last_ns = MAX(g->time_ns, h->first_ns);
    h->last_frame = g->frame;
    if (g->payload_len) {
        if (!h->bytes.segments++)
            h->first_data_ns = g->time_ns;
        h->last_data_ns = MAX(g->time_ns, h->first_data_ns);
        h->bytes.payload += g->payload_len;
    }
}

static void note_ttl(mpt_seen_at *at, uint8_t ttl)
{
    if (at->ttls == 0)
        at->ttl_low = at->ttl_high = ttl;
    at->ttl_low = MIN(at->ttl_low, ttl);
    at->ttl_high = MAX(at->ttl_high, ttl);
    at->ttls += at->ttls < UINT16_MAX;
}

static uint8_t place_bits(const mpt_segment *g)
{
    return (uint8_t)(MPT_SEEN_ANY | (g->presence & MPT_SEGMENT_INTERFACE ? MPT_SEEN_INTERFACE : 0) |
                     (g->presence & MPT_SEGMENT_LINK ? MPT_SEEN_LINK : 0) |
                     (g->way == MPT_WAY_OUT ? MPT_SEEN_OUT : 0) | (g->way == MPT_WAY_IN ? MPT_SEEN_IN : 0));
}

static void note_place(mpt_seen_at *at, const mpt_segment *g)
{
    if (!at->presence) {
        at->interface_id = g->interface_id;
        at->link_index = g->link_index;
        at->presence = place_bits(g);
    } else if (at->interface_id != g->interface_id || at->link_index != g->link_index) {
        at->moved = true;
    }
    if (g->presence & MPT_SEGMENT_TTL)
        note_ttl(at, g->ttl);
}

int64_t mpt_subflow_segment(mpt_subflow *s, mpt_side side, const mpt_segment *g, bool counted, bool want_rtt)
{
    mpt_half *h = &s->half[side];
    bool syn = g->flags & MPT_TCP_SYN, rst = g->flags & MPT_TCP_RST;
    mpt_subflow_state before;
    int64_t position, data, end;

    s->end_ns = MAX(s->end_ns, g->time_ns);
    s->start_ns = MIN(s->start_ns, g->time_ns);
    s->first_frame = MIN(s->first_frame, g->frame);
    s->last_frame = g->frame;
    s->marks |= g->marks;
    s->options_cut |= (g->presence & MPT_SEGMENT_CUT_OPTIONS) != 0;
    s->rst_ignored = rst && !rst_acceptable(s, side, g);
    if (counted)
        count(h, g);

    /* The sequence number of a RST that answers a SYN is 0 and says nothing (RFC 9293 3.10.7.1). */
    if (rst && !h->seen)
        position = 0;
    else
        position = mpt_subflow_position(s, side, g->seq);
    data = position + (syn ? 1 : 0);
    end = data + g->payload_len;
    if (g->flags & MPT_TCP_FIN)
        take_fin(h, end++, g->time_ns);
    if (syn || !s->ack_seen)
        handshake(s, side, g, position);
    if (want_rtt && g->payload_len && !syn)
        note_unacked(h, data, data + g->payload_len, g->time_ns);
    if (h->seen && !rst)
        h->next = MAX(h->next, end);
    take_ack(s, side, g, want_rtt);
    if (G_UNLIKELY(g->presence & MPT_SEGMENT_SACK) && counted)
        take_sack(&s->half[mpt_side_other(side)], g);
    before = (mpt_subflow_state)s->state;
    update_state(s, side, g);
    if (!rst)
        note_place(&h->seen_at, g);
    else if (s->state != before) {
        s->rst_ttl = g->presence & MPT_SEGMENT_TTL ? g->ttl : 0;
        s->rst_frame = g->frame;
        s->rst_bare = !(g->flags & MPT_TCP_ACK);
        s->rst_side = side;
    }
    return data;
}
