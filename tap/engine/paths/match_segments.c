/* match_segments.c - see paths.h: matches segments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "paths_internal.h"

/* Records that are looked at on each side of the place of the last match. */
#define REACH     512
/* A segment does not arrive any more once one that was sent this much later has arrived. */
#define ORPHAN_NS INT64_C(10000000000)

static mpt_path_record *at(const struct mpt_lane *l, guint i)
{
    return &g_array_index(l->records, mpt_path_record, i);
}

static void note_again(struct mpt_lane *l, const mpt_path_record *r)
{
    if (!r->again)
        return;
    l->again_start = l->again ? MIN(l->again_start, r->start) : r->start;
    l->again_end = l->again ? MAX(l->again_end, r->start + r->length) : r->start + r->length;
    l->again++;
}

static void settle(mpt_path_end *e, struct mpt_lane *l, mpt_path_record *r)
{
    r->done = true;
    l->settled++;
    l->again -= r->again;
    e->paths->records--;
}

/* The side of the partner's subflow that is this side of e's. */
static mpt_side its_side(const mpt_path_end *e, mpt_side side)
{
    return e->flow->flip[MPT_END_A] == e->flow->flip[MPT_END_B] ? side : mpt_side_other(side);
}

/* True if the acknowledgement, or the data itself, proves that the bytes arrived at the other end. */
static bool reached(const mpt_path_end *e, mpt_side side, const mpt_path_record *r)
{
    const mpt_half *h = &e->subflow->half[side];
    mpt_path_end *partner = e->partner;

    if (!partner)
        return false;
    mpt_side its = its_side(e, side);
    int64_t from = r->start + mpt_match_shift(e, partner, side);
    if (mpt_ranges_covered(&partner->subflow->half[its].received, from, from + r->length) > 0)
        return false; /* another copy did */
    return h->acked >= r->start + r->length || partner->subflow->half[its].acked >= from + r->length;
}

/* Outside what the other end's capture spans, as far as the delays of this flow show. */
bool mpt_match_outside(const mpt_path_end *e, int64_t time_ns)
{
    const mpt_paths_view *mine = &e->paths->views[e->end], *other = &e->paths->views[mpt_end_other(e->end)];
    int64_t shift = other->progress_ns - mine->progress_ns;

    if (!other->any || other->progress_ns == INT64_MIN || mine->progress_ns == INT64_MIN)
        return false;
    return time_ns + shift < other->first_ns - ORPHAN_NS / 20 ||
           time_ns + shift > other->last_ns + ORPHAN_NS / 20;
}

static void leave_alone(mpt_path_end *e, mpt_side side, mpt_path_record *r)
{
    struct mpt_lane *l = &e->store[side];
    mpt_path_alone *a = &e->lanes[side].alone;
    bool again = l->alone_frame == r->frame, uncaptured;

    settle(e, l, r);
    l->alone_frame = r->frame;
    a->packets += !again;
    if (!r->payload && !(e->paths->alone && r->flags & MPT_TCP_SYN))
        return;
    uncaptured = reached(e, side, r) || mpt_match_outside(e, r->time_ns);
    if (e->paths->alone && e->paths->views[mpt_end_other(e->end)].any)
        e->paths->alone(r->frame, uncaptured, e->paths->alone_user);
    if (!r->payload)
        return;
    a->segments += !again;
    a->bytes += r->length;
    a->uncaptured_segments += !again && uncaptured;
    a->uncaptured_bytes += uncaptured ? r->length : 0;
}

/* --- the partner --- */

/* A search for what `mine`, of one end, is at the other. */
typedef struct search {
    const mpt_path_record *mine;
    int64_t start, end; /* bytes still looked for, as the other end counts */
    bool compare_acks;
    bool any_options; /* those of a segment without payload may be others */
} search;

static bool same_options(const mpt_path_record *a, const mpt_path_record *b)
{
    return a->option_len == b->option_len && memcmp(a->options, b->options, a->option_len) == 0;
}

/* Acknowledgements often differ in their options only, so these tell them apart; where the options are
 * changed on the way, what is left over at both ends fits in the end. */
static bool fits(const search *s, const mpt_path_record *r)
{
    if (r->done || r->payload != s->mine->payload)
        return false;
    if (r->timestamps && s->mine->timestamps && r->tsval != s->mine->tsval)
        return false;
    if (r->payload)
        return r->start < s->end && r->start + r->length > s->start;
    return r->start == s->start && ((r->flags ^ s->mine->flags) & ~MPT_TCP_PSH) == 0 &&
           (!s->compare_acks || r->ack == s->mine->ack) &&
           (s->any_options || r->cut || s->mine->cut || same_options(r, s->mine));
}

static mpt_path_record *find(struct mpt_lane *l, const search *s)
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
        if (fits(s, &g_array_index(l->parts, mpt_path_record, i)))
            return &g_array_index(l->parts, mpt_path_record, i);
    return NULL;
}

/* True if another record fits as well; with payload: for the bytes that were found. */
static bool is_ambiguous(const struct mpt_lane *l, const search *whole, const mpt_path_record *found)
{
    search narrow = *whole;
    const search *s = &narrow;
    guint i, looked, end = l->records->len;

    if (found->payload) {
        narrow.start = MAX(whole->start, found->start);
        narrow.end = MIN(whole->end, found->start + found->length);
    }
    /* Bytes that only one record has can't be meant by another. */
    if (found->payload && (!l->again || s->end <= l->again_start || s->start >= l->again_end))
        return false;
    for (i = found->payload ? l->head : l->cursor, looked = 0;
         i < end && looked < (found->payload ? REACH : 8u); i++) {
        const mpt_path_record *r = at(l, i);
        if (r == found || r->done)
            continue;
        looked++;
        if (fits(s, r))
            return true;
    }
    return false;
}

/* Takes [start, end) out of a record; what is left may become two. */
static void cut(mpt_path_end *e, struct mpt_lane *l, mpt_path_record *r, int64_t start, int64_t end)
{
    int64_t r_end = r->start + r->length;

    if (start <= r->start && end >= r_end) {
        settle(e, l, r);
    } else if (start <= r->start) {
        r->length = (uint32_t)(r_end - end);
        r->start = end;
    } else {
        mpt_path_record rest = *r;
        r->length = (uint32_t)(start - r->start);
        if (end >= r_end)
            return;
        rest.start = end;
        rest.length = (uint32_t)(r_end - end);
        if (!l->parts)
            l->parts = g_array_new(FALSE, FALSE, sizeof(mpt_path_record));
        g_array_append_val(l->parts, rest);
        note_again(l, &rest);
        e->paths->records++;
    }
}

/* Retransmissions of the same bytes need not have the same options, and may be taken for each other. */
static void note_changes(mpt_path_end *e, mpt_path_end *partner, mpt_side side, const mpt_path_record *mine,
                         const mpt_path_record *other)
{
    mpt_end end = e->end, far = partner->end;
    mpt_side its = its_side(e, side);
    struct mpt_lane *l = &e->store[side], *partners = &partner->store[its];
    mpt_option_change_segment g = {.side = mpt_path_side(e->flow, end, side), .flags = mine->flags};

    if (mine->cut || other->cut || mine->again || other->again)
        return;
    if (same_options(mine, other)) {
        l->alike_frame = mine->frame;
        partners->alike_frame = other->frame;
        return;
    }
    /* A segment is split, and not all parts repeat its options: nothing is lost (RFC 8684 6). */
    if (mine->payload && (l->alike_frame == mine->frame || partners->alike_frame == other->frame))
        return;
    g.options[end] = mine->options;
    g.options[far] = other->options;
    g.length[end] = mine->option_len;
    g.length[far] = other->option_len;
    g.frame[end] = mine->frame;
    g.frame[far] = other->frame;
    g.time_ns[end] = mine->time_ns;
    g.time_ns[far] = other->time_ns;
    mpt_option_changes_note(&e->flow->changes, &g);
}

static void tell(mpt_path_end *e, mpt_path_end *partner, mpt_side side, const mpt_path_record *mine,
                 const mpt_path_record *other, uint32_t length)
{
    const mpt_path_flow *f = e->flow;
    mpt_path_sample sample = {.flow = f->index, .length = length, .side = mpt_path_side(f, e->end, side)};
    mpt_paths_view *views = e->paths->views;

    sample.time_ns[e->end] = mine->time_ns;
    sample.time_ns[partner->end] = other->time_ns;
    sample.frame[e->end] = mine->frame;
    sample.frame[partner->end] = other->frame;
    views[e->end].progress_ns = MAX(views[e->end].progress_ns, mine->time_ns);
    views[partner->end].progress_ns = MAX(views[partner->end].progress_ns, other->time_ns);
    if (e->paths->sample)
        e->paths->sample(&sample, e->paths->user);
    note_changes(e, partner, side, mine, other);
}

/* Both isn known: the positions are the same, also behind a middlebox that changes sequence numbers. */
int64_t mpt_match_half_shift(const mpt_half *mine, const mpt_half *other)
{
    if ((mine->isn_known && other->isn_known) || !mine->seen || !other->seen)
        return 0;
    return (int32_t)(mine->origin - other->origin);
}

int64_t mpt_match_shift(const mpt_path_end *e, const mpt_path_end *partner, mpt_side side)
{
    mpt_side its = its_side(e, side);

    return mpt_match_half_shift(&e->subflow->half[side], &partner->subflow->half[its]);
}

static bool is_rewritten(const mpt_path_end *e, const mpt_path_end *partner, mpt_side side)
{
    mpt_side its = its_side(e, side);
    const mpt_half *mine = &e->subflow->half[mpt_side_other(side)],
                   *other = &partner->subflow->half[mpt_side_other(its)];

    return mine->isn_known && other->isn_known && mine->origin != other->origin;
}

/* A segment without payload whose options are changed on the way: what is left at both ends, and fits
 * but for them. */
static bool match_changed(mpt_path_end *e, mpt_side side, mpt_path_record *mine)
{
    mpt_path_end *partner = e->partner;
    search s = {.mine = mine, .any_options = true};
    struct mpt_lane *l;
    mpt_path_record *r;

    if (!partner || mine->payload)
        return false;
    l = &partner->store[its_side(e, side)];
    s.compare_acks = !is_rewritten(e, partner, side);
    s.start = s.end = mine->start + mpt_match_shift(e, partner, side);
    r = l->records ? find(l, &s) : NULL;
    if (!r || is_ambiguous(l, &s, r))
        return false;
    tell(e, partner, side, mine, r, 0);
    settle(partner, l, r);
    settle(e, &e->store[side], mine);
    return true;
}

static void give_up(mpt_path_end *e, mpt_side side, mpt_path_record *r)
{
    if (!match_changed(e, side, r))
        leave_alone(e, side, r);
}

/* Keeps what waits, in order. Returns how many of the first `n` that are. */
static guint keep_waiting(GArray *records, guint n)
{
    guint kept = 0, before = 0;

    for (guint i = 0; i < records->len; i++) {
        const mpt_path_record *r = &g_array_index(records, mpt_path_record, i);
        if (r->done)
            continue;
        before += i < n;
        g_array_index(records, mpt_path_record, kept++) = *r;
    }
    g_array_set_size(records, kept);
    return before;
}

/* One segment that was lost must not make every search go over all that came after it. */
static void compact(struct mpt_lane *l)
{
    l->cursor = keep_waiting(l->records, l->cursor);
    l->head = 0;
    if (l->parts)
        keep_waiting(l->parts, 0);
    l->settled = 0;
}

/* Drops what is done, and gives up what is too old. */
static void trim(mpt_path_end *e, mpt_side side)
{
    struct mpt_lane *l = &e->store[side];
    int64_t progress = e->paths->views[e->end].progress_ns;

    while (l->records && l->head < l->records->len) {
        mpt_path_record *r = at(l, l->head);
        if (!r->done && progress != INT64_MIN && progress - ORPHAN_NS > r->time_ns && e->partner)
            give_up(e, side, r);
        if (!r->done)
            break;
        l->head++;
    }
    l->cursor = MAX(l->cursor, l->head);
    if (l->records && l->settled > 256 && l->settled > (l->records->len + (l->parts ? l->parts->len : 0)) / 2)
        compact(l);
}

/* Takes what was found of `mine`. What lies before it goes to *left, an array that is made when needed; mine
 * is what lies after. */
static void take(mpt_path_record *mine, int64_t shift, int64_t from, int64_t to, GArray **left)
{
    int64_t end = mine->start + shift + mine->length;

    if (from > mine->start + shift) {
        mpt_path_record before = *mine;
        before.length = (uint32_t)(from - shift - mine->start);
        if (!*left)
            *left = g_array_new(FALSE, FALSE, sizeof(mpt_path_record));
        g_array_append_val(*left, before);
    }
    mine->start = to - shift;
    mine->length = (uint32_t)(end - to);
}

/* Matches a record of e with what waits at its partner. True when nothing of it is left, but for *left. */
static bool match_once(mpt_path_end *e, mpt_path_end *partner, mpt_side side, mpt_path_record *mine,
                       GArray **left)
{
    struct mpt_lane *l = &partner->store[its_side(e, side)];
    int64_t shift = mpt_match_shift(e, partner, side);
    search s = {.mine = mine, .compare_acks = !is_rewritten(e, partner, side)};

    while (l->records) {
        s.start = mine->start + shift;
        s.end = s.start + mine->length;
        mpt_path_record *r = find(l, &s);
        if (!r)
            return false;
        int64_t from = MAX(s.start, r->start), to = MIN(s.end, r->start + r->length);
        bool ambiguous = is_ambiguous(l, &s, r);
        e->paths->ambiguous += ambiguous;
        if (!ambiguous)
            tell(e, partner, side, mine, r, mine->payload ? (uint32_t)(to - from) : 0);
        if (!mine->payload) {
            settle(partner, l, r);
            return true;
        }
        cut(partner, l, r, from, to);
        take(mine, shift, from, to, left);
        if (mine->length == 0)
            return true;
    }
    return false;
}

/* The same, and with what is left: that waits on its own, which does not count. */
static bool match(mpt_path_end *e, mpt_path_end *partner, mpt_side side, mpt_path_record *mine)
{
    GArray *left = NULL;
    bool done = match_once(e, partner, side, mine, &left);

    for (guint i = 0; left && i < left->len; i++) {
        mpt_path_record before = g_array_index(left, mpt_path_record, i);
        if (match_once(e, partner, side, &before, &left))
            continue;
        g_array_append_val(e->store[side].records, before);
        e->paths->records++;
        note_again(&e->store[side], &before);
    }
    if (left)
        g_array_free(left, TRUE);
    trim(partner, its_side(e, side));
    return done;
}

/* --- in and out --- */

static void wait_for_partner(mpt_path_end *e, struct mpt_lane *l, const mpt_path_record *r)
{
    if (e->paths->records >= e->paths->max_records && l->head < l->records->len) {
        mpt_path_record *oldest = at(l, l->head);
        if (!oldest->done)
            settle(e, l, oldest);
        l->head++;
        e->paths->forgotten++;
    }
    g_array_append_val(l->records, *r);
    note_again(l, r);
    e->paths->records++;
}

void mpt_match_segment(mpt_path_end *e, mpt_side side, const mpt_segment *g, int64_t position)
{
    struct mpt_lane *l = &e->store[side];
    mpt_path_end *partner = e->partner;
    mpt_path_record r = {
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
        .cut = (g->presence & MPT_SEGMENT_CUT_OPTIONS) != 0,
        .option_len = (uint8_t)g->option_len,
    };

    memcpy(r.options, g->options, g->option_len);
    if (!l->records)
        l->records = g_array_new(FALSE, FALSE, sizeof(mpt_path_record));
    l->high = l->any ? MAX(l->high, position + g->payload_len) : position + g->payload_len;
    l->any = true;
    if (!partner || !match(e, partner, side, &r))
        wait_for_partner(e, l, &r);
    trim(e, side);
}

void mpt_match_waiting(mpt_path_end *e, mpt_path_end *partner)
{
    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        struct mpt_lane *l = &e->store[side];
        guint n = l->records ? l->records->len : 0;
        for (guint i = l->head; i < n; i++) {
            mpt_path_record r = *at(l, i);
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
    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        struct mpt_lane *l = &e->store[side];
        for (guint i = l->head; l->records && i < l->records->len; i++)
            if (!at(l, i)->done)
                give_up(e, side, at(l, i));
        for (guint i = 0; l->parts && i < l->parts->len; i++)
            if (!g_array_index(l->parts, mpt_path_record, i).done)
                leave_alone(e, side, &g_array_index(l->parts, mpt_path_record, i));
    }
}

uint64_t mpt_match_waits(const struct mpt_lane *l)
{
    uint64_t n = 0;

    for (guint i = l->head; l->records && i < l->records->len; i++)
        n += !at(l, i)->done;
    for (guint i = 0; l->parts && i < l->parts->len; i++)
        n += !g_array_index(l->parts, mpt_path_record, i).done;
    return n;
}

void mpt_match_clear(struct mpt_lane *l)
{
    if (l->records)
        g_array_free(l->records, TRUE);
    if (l->parts)
        g_array_free(l->parts, TRUE);
    mpt_ranges_clear(&l->fate);
    *l = (struct mpt_lane){0};
}
