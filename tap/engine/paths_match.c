/* paths_match.c - see paths.h: which segment is which.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "paths_internal.h"

/* Records that are looked at on each side of the place of the last match. */
#define REACH 512
/* A segment whose successors of this much later arrived does not arrive any more. */
#define ORPHAN_NS INT64_C(10000000000)
/* Records that may wait in all. */
#define MAX_RECORDS 1000000u

static mpt_record *at(const struct mpt_lane *l, guint i)
{
    return &g_array_index(l->records, mpt_record, i);
}

static void settle(mpt_path_end *e, struct mpt_lane *l, mpt_record *r)
{
    r->done = true;
    l->again -= r->again;
    e->paths->records--;
}

/* Is the acknowledgement, or the data itself, proof that the bytes came to the other end? */
static bool reached(const mpt_path_end *e, unsigned side, const mpt_record *r)
{
    const mpt_half *h = &e->subflow->half[side];
    mpt_path_end *partner = e->partner;

    if (!partner)
        return false;
    unsigned its = side ^ e->flow->flip[0] ^ e->flow->flip[1];
    int64_t from = r->start + mpt_match_shift(e, partner, side);
    if (mpt_ranges_covered(&partner->subflow->half[its].received, from, from + r->length) > 0)
        return false; /* another copy did */
    return h->acked >= r->start + r->length || partner->subflow->half[its].acked >= from + r->length;
}

/* Outside what the other end's capture spans, as far as the delays of this flow show. */
static bool outside(const mpt_path_end *e, const mpt_record *r)
{
    const mpt_paths_view *other = &e->paths->views[!e->end];
    int64_t shift = e->paths->views[!e->end].progress_ns - e->paths->views[e->end].progress_ns;

    if (!other->any || other->progress_ns == INT64_MIN || e->paths->views[e->end].progress_ns == INT64_MIN)
        return false;
    return r->time_ns + shift < other->first_ns - ORPHAN_NS / 20 ||
           r->time_ns + shift > other->last_ns + ORPHAN_NS / 20;
}

static void leave_alone(mpt_path_end *e, unsigned side, mpt_record *r)
{
    struct mpt_lane *l = &e->store[side];
    mpt_path_alone *a = &e->lanes[side].alone;
    bool again = l->alone_frame == r->frame, uncaptured;

    settle(e, l, r);
    l->alone_frame = r->frame;
    a->packets += !again;
    if (!r->payload)
        return;
    uncaptured = reached(e, side, r) || outside(e, r);
    a->segments += !again;
    a->bytes += r->length;
    a->uncaptured_segments += !again && uncaptured;
    a->uncaptured_bytes += uncaptured ? r->length : 0;
}

/* Drops what is done from the front, and gives up what is too old. */
static void trim(mpt_path_end *e, unsigned side)
{
    struct mpt_lane *l = &e->store[side];
    int64_t progress = e->paths->views[e->end].progress_ns;

    while (l->records && l->head < l->records->len) {
        mpt_record *r = at(l, l->head);
        if (!r->done && progress != INT64_MIN && progress - ORPHAN_NS > r->time_ns && e->partner)
            leave_alone(e, side, r);
        if (!r->done)
            break;
        l->head++;
    }
    l->cursor = MAX(l->cursor, l->head);
    if (l->records && l->head > 256 && l->head > l->records->len / 2) {
        g_array_remove_range(l->records, 0, l->head);
        l->cursor -= l->head;
        l->head = 0;
    }
}

/* --- the partner --- */

/* A search for what `mine`, of one end, is at the other. */
typedef struct search {
    const mpt_record *mine;
    int64_t start, end; /* bytes still looked for, as the other end counts */
    bool compare_acks;
} search;

static bool fits(const search *s, const mpt_record *r)
{
    if (r->done || r->payload != s->mine->payload)
        return false;
    if (r->timestamps && s->mine->timestamps && r->tsval != s->mine->tsval)
        return false;
    if (r->payload)
        return r->start < s->end && r->start + r->length > s->start;
    return r->start == s->start && ((r->flags ^ s->mine->flags) & ~MPT_TCP_PSH) == 0 &&
           (!s->compare_acks || r->ack == s->mine->ack);
}

static mpt_record *find(struct mpt_lane *l, const search *s)
{
    guint i, looked;

    for (i = l->cursor, looked = 0; i < l->records->len && looked < REACH; i++, looked++)
        if (fits(s, at(l, i))) {
            l->cursor = i;
            return at(l, i);
        }
    for (i = l->cursor, looked = 0; i > l->head && looked < REACH; i--) {
        looked += !at(l, i - 1)->done;
        if (fits(s, at(l, i - 1)))
            return at(l, i - 1);
    }
    for (i = 0; l->parts && i < l->parts->len; i++)
        if (fits(s, &g_array_index(l->parts, mpt_record, i)))
            return &g_array_index(l->parts, mpt_record, i);
    return NULL;
}

/* Could another record be meant as well? */
static bool is_ambiguous(const struct mpt_lane *l, const search *s, const mpt_record *found)
{
    guint i, looked, end = l->records->len;

    if (found->payload && !l->again)
        return false;
    for (i = l->cursor, looked = 0; i < end && looked < (found->payload ? REACH : 8u); i++) {
        const mpt_record *r = at(l, i);
        if (r == found || r->done)
            continue;
        looked++;
        if (fits(s, r))
            return true;
    }
    return false;
}

/* Takes [start, end) out of a record; what is left may become two. */
static void cut(mpt_path_end *e, struct mpt_lane *l, mpt_record *r, int64_t start, int64_t end)
{
    int64_t r_end = r->start + r->length;

    if (start <= r->start && end >= r_end) {
        settle(e, l, r);
    } else if (start <= r->start) {
        r->length = (uint32_t)(r_end - end);
        r->start = end;
    } else {
        mpt_record rest = *r;
        r->length = (uint32_t)(start - r->start);
        if (end >= r_end)
            return;
        rest.start = end;
        rest.length = (uint32_t)(r_end - end);
        if (!l->parts)
            l->parts = g_array_new(FALSE, FALSE, sizeof(mpt_record));
        g_array_append_val(l->parts, rest);
        l->again += rest.again;
        e->paths->records++;
    }
}

static void tell(mpt_path_end *e, mpt_path_end *partner, unsigned side, const mpt_record *mine,
                 const mpt_record *other, uint32_t length)
{
    mpt_path_flow *f = e->flow;
    mpt_path_sample sample = { .flow = f->index, .length = length, .side = side ^ f->flip[e->end] };
    mpt_paths_view *views = e->paths->views;

    sample.time_ns[e->end] = mine->time_ns;
    sample.time_ns[partner->end] = other->time_ns;
    sample.frame[e->end] = mine->frame;
    sample.frame[partner->end] = other->frame;
    views[e->end].progress_ns = MAX(views[e->end].progress_ns, mine->time_ns);
    views[partner->end].progress_ns = MAX(views[partner->end].progress_ns, other->time_ns);
    e->paths->sample(&sample, e->paths->user);
    if (mine->options != other->options) {
        bool at_0 = e->end == 0 ? mine->options : other->options;
        f->options_lost += at_0;
        f->options_new += !at_0;
        if (!f->options_frame)
            f->options_frame = sample.frame[0];
    }
}

/* Both isn known: the positions are the same, also behind a middlebox that changes sequence numbers. */
int64_t mpt_match_shift(const mpt_path_end *e, const mpt_path_end *partner, unsigned side)
{
    unsigned its = side ^ e->flow->flip[0] ^ e->flow->flip[1];
    const mpt_half *mine = &e->subflow->half[side], *other = &partner->subflow->half[its];

    if ((mine->isn_known && other->isn_known) || !mine->seen || !other->seen)
        return 0;
    return (int32_t)(mine->origin - other->origin);
}

static bool is_rewritten(const mpt_path_end *e, const mpt_path_end *partner, unsigned side)
{
    unsigned its = side ^ e->flow->flip[0] ^ e->flow->flip[1];
    const mpt_half *mine = &e->subflow->half[!side], *other = &partner->subflow->half[!its];

    return mine->isn_known && other->isn_known && mine->origin != other->origin;
}

/* Matches a record of e with what waits at its partner. True when nothing of it is left. */
static bool match(mpt_path_end *e, mpt_path_end *partner, unsigned side, mpt_record *mine)
{
    unsigned its = side ^ e->flow->flip[0] ^ e->flow->flip[1];
    struct mpt_lane *l = &partner->store[its];
    int64_t shift = mpt_match_shift(e, partner, side);
    search s = { .mine = mine, .compare_acks = !is_rewritten(e, partner, side) };
    bool done = false;

    while (!done && l->records) {
        mpt_record *r;
        bool ambiguous;
        s.start = mine->start + shift;
        s.end = s.start + mine->length;
        r = find(l, &s);
        if (!r)
            break;
        ambiguous = is_ambiguous(l, &s, r);
        e->paths->ambiguous += ambiguous;
        if (!mine->payload) {
            if (!ambiguous)
                tell(e, partner, side, mine, r, 0);
            settle(partner, l, r);
            done = true;
            break;
        }
        int64_t from = MAX(s.start, r->start), to = MIN(s.end, r->start + r->length);
        if (!ambiguous)
            tell(e, partner, side, mine, r, (uint32_t)(to - from));
        cut(partner, l, r, from, to);
        if (from == s.start) {
            mine->start = to - shift;
            mine->length = (uint32_t)(s.end - to);
            done = mine->length == 0;
        } else {
            /* What lies before waits on its own; what lies after is looked for next. */
            mpt_record before = *mine;
            before.length = (uint32_t)(from - s.start);
            g_array_append_val(e->store[side].records, before);
            e->paths->records++;
            e->store[side].again += before.again;
            mine->start = to - shift;
            mine->length = (uint32_t)(s.end - to);
            done = mine->length == 0;
        }
    }
    trim(partner, its);
    return done;
}

/* --- in and out --- */

static void wait_for_partner(mpt_path_end *e, struct mpt_lane *l, const mpt_record *r)
{
    if (e->paths->records >= MAX_RECORDS && l->head < l->records->len) {
        mpt_record *oldest = at(l, l->head);
        if (!oldest->done)
            settle(e, l, oldest);
        l->head++;
        e->paths->forgotten++;
    }
    g_array_append_val(l->records, *r);
    l->again += r->again;
    e->paths->records++;
}

void mpt_match_segment(mpt_path_end *e, unsigned side, const mpt_segment *g, int64_t position)
{
    struct mpt_lane *l = &e->store[side];
    mpt_path_end *partner = e->partner;
    mpt_record r = {
        .start = position,
        .time_ns = g->time_ns,
        .length = g->payload_len,
        .tsval = g->tsval,
        .ack = g->flags & MPT_TCP_ACK ? g->ack : 0,
        .frame = g->frame,
        .flags = (uint8_t)g->flags,
        .payload = g->payload_len > 0,
        .timestamps = (g->presence & MPT_SEGMENT_TIMESTAMPS) != 0,
        .again = g->payload_len > 0 && l->any && position < l->high,
        .options = g->option_len > 0,
    };

    if (!l->records)
        l->records = g_array_new(FALSE, FALSE, sizeof(mpt_record));
    l->high = l->any ? MAX(l->high, position + g->payload_len) : position + g->payload_len;
    l->any = true;
    if (!partner || !match(e, partner, side, &r))
        wait_for_partner(e, l, &r);
    trim(e, side);
}

void mpt_match_waiting(mpt_path_end *e, mpt_path_end *partner)
{
    for (unsigned side = 0; side < 2; side++) {
        struct mpt_lane *l = &e->store[side];
        guint n = l->records ? l->records->len : 0;
        for (guint i = l->head; i < n; i++) {
            mpt_record r = *at(l, i);
            if (r.done)
                continue;
            if (match(e, partner, side, &r))
                settle(e, l, at(l, i));
            else
                *at(l, i) = r;
        }
    }
}

void mpt_match_finish(mpt_path_end *e)
{
    for (unsigned side = 0; side < 2; side++) {
        struct mpt_lane *l = &e->store[side];
        for (guint i = l->head; l->records && i < l->records->len; i++)
            if (!at(l, i)->done)
                leave_alone(e, side, at(l, i));
        for (guint i = 0; l->parts && i < l->parts->len; i++)
            if (!g_array_index(l->parts, mpt_record, i).done)
                leave_alone(e, side, &g_array_index(l->parts, mpt_record, i));
    }
}

void mpt_match_clear(struct mpt_lane *l)
{
    if (l->records)
        g_array_free(l->records, TRUE);
    if (l->parts)
        g_array_free(l->parts, TRUE);
    mpt_ranges_clear(&l->fate);
    *l = (struct mpt_lane){ 0 };
}
