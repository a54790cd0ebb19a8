/* accounting.c - payload: each byte once per subflow, mapped to the data level, and claimed there.
 *
 * Epochs. A run of bytes keeps only the stamp of its first byte, so two runs are joined only where no other
 * claim could turn out to lie between them in time: a level's epoch moves on whenever the kind of what is
 * claimed changes (claims, or payload of one subflow that waits for its mapping), with the claims of
 * connections that may still become part of another (`barrier`), and with each claim that comes late. Then
 * every byte's stamp compares exactly, also with copies that turn up late.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core.h"
#include "tap/engine/base/compare.h"
#include "tap/engine/base/seq.h"

/* Copies looked through when a late copy takes bytes over, and kept at most, per direction. */
#define MAX_COPIES   262144
/* Runs of a subflow that wait for their mappings and are one segment each; later ones are joined. */
#define MAX_SEPARATE 256
/* Mappings that wait for the initial sequence number. */
#define MAX_WAITING  4096

struct context {
    mpt_engine *e;
    mpt_connection *c; /* NULL: plain TCP so far */
    mpt_subflow *s;
    mpt_side side;
    mpt_stamp stamp;
    bool resolved;
    bool part;        /* resolved: other bytes of the segment were not */
    bool merged;      /* a run of a connection that becomes part of another */
    uint32_t came;    /* epoch in which it came, where resolved */
    int64_t position; /* on the subflow, of dsn or of the payload */
    int64_t dsn;
    const uint8_t *payload; /* of `position` */
    uint32_t captured;
    int64_t plain_from, end; /* new payload; what the order of plain TCP does not know yet */
};

static mpt_conn_side conn_side_of(const struct context *x)
{
    return mpt_subflow_conn_side(x->s, x->side);
}

static mpt_data_level *level_of(const struct context *x)
{
    return &x->c->level[conn_side_of(x)];
}

static mpt_half *half_of(const struct context *x)
{
    return &x->s->half[x->side];
}

static bool may_move(const mpt_connection *c, mpt_conn_side side)
{
    return c->partial && !c->level[side].anchored;
}

/* What the last entry of a level was: a claim as it came, payload of a subflow that waits for its mapping
 * (plus the owner), or a claim that came late. */
enum { MODE_CLAIM = 0, MODE_WAITING = 1, MODE_LATE = UINT16_MAX + 2 };

static uint32_t epoch_for(mpt_engine *e, mpt_connection *c, mpt_conn_side side, uint32_t mode)
{
    mpt_data_level *d = &c->level[side];

    if (may_move(c, side) && e->last_claimant != c)
        e->barrier++;
    e->last_claimant = c;
    if (d->mode != mode || d->barrier != e->barrier || mode == MODE_LATE ||
        (e->config.want_frames && mode == MODE_CLAIM))
        d->epoch++;
    d->mode = mode;
    d->barrier = e->barrier;
    return d->epoch;
}

/* --- calling the observers --- */

static void tell(const struct context *x, mpt_data_class what, int64_t position, uint32_t length,
                 const int64_t *dsn, const mpt_stamp *first)
{
    GArray *observers = x->e->observers;
    mpt_data_piece p = {
        .connection = x->c,
        .subflow = x->s,
        .side = x->side,
        .what = what,
        .mapped = dsn != NULL,
        .implied = x->stamp.flags & MPT_STAMP_IMPLIED,
        .resolved = x->resolved,
        .position = position,
        .dsn = dsn ? *dsn : 0,
        .length = length,
        .frame = x->stamp.frame,
        .time_ns = x->stamp.time_ns,
    };
    guint i;

    if (first) {
        p.first_frame = first->frame;
        p.first_owner = first->owner;
        p.first_ns = first->time_ns;
    }
    if (x->payload && position >= x->position && position - x->position < x->captured) {
        p.payload = x->payload + (position - x->position);
        p.captured = MIN(length, x->captured - (uint32_t)(position - x->position));
    }
    for (i = 0; i < observers->len; i++) {
        const mpt_observed *o = &g_array_index(observers, mpt_observed, i);
        if (o->observer->data)
            o->observer->data(&p, o->user);
    }
}

/* --- claims at the data level --- */

static mpt_bytes *bytes_of(mpt_connection *c, mpt_conn_side connection_side, uint16_t owner)
{
    mpt_subflow *s = mpt_connection_subflow(c, owner);

    return &s->half[mpt_subflow_side(s, connection_side)].bytes;
}

static void add_copy(mpt_data_level *d, const mpt_copy *copy)
{
    guint i, stop;

    if (!d->copies)
        d->copies = g_array_new(FALSE, FALSE, sizeof(mpt_copy));
    stop = d->copies->len > 4 ? d->copies->len - 4 : 0;
    for (i = d->copies->len; i > stop; i--) {
        mpt_copy *last = &g_array_index(d->copies, mpt_copy, i - 1);
        if (last->owner == copy->owner && last->end == copy->start && last->same == copy->same &&
            last->counted == copy->counted) {
            last->end = copy->end;
            return;
        }
    }
    if (d->copies->len < MAX_COPIES)
        g_array_append_val(d->copies, *copy);
}

/* The bytes [start, end) have another first owner now: copies of them change their kind. */
static void reclassify_copies(mpt_connection *c, mpt_conn_side side, int64_t start, int64_t end,
                              uint16_t winner)
{
    mpt_data_level *d = &c->level[side];
    guint i, n = d->copies ? d->copies->len : 0;

    for (i = 0; i < n; i++) {
        mpt_copy k = g_array_index(d->copies, mpt_copy, i), part = k;
        mpt_bytes *bytes;

        part.start = MAX(k.start, start);
        part.end = MIN(k.end, end);
        part.same = k.owner == winner;
        if (part.start >= part.end || part.same == k.same)
            continue;
        if (k.counted) {
            uint64_t n_bytes = (uint64_t)(part.end - part.start);
            bytes = bytes_of(c, side, k.owner);
            *(k.same ? &bytes->reinjected_same : &bytes->reinjected) -= n_bytes;
            *(part.same ? &bytes->reinjected_same : &bytes->reinjected) += n_bytes;
        }
        g_array_index(d->copies, mpt_copy, i) = part;
        if (k.start < part.start) {
            mpt_copy before = k;
            before.end = part.start;
            g_array_append_val(d->copies, before);
        }
        if (part.end < k.end) {
            mpt_copy after = k;
            after.start = part.end;
            g_array_append_val(d->copies, after);
        }
    }
}

static void note_first_counted(mpt_data_level *d, int64_t start, int64_t end)
{
    if (!d->unique || start < d->counted_first)
        d->counted_first = start;
    if (!d->unique || end > d->counted_end)
        d->counted_end = end;
    d->unique += (uint64_t)(end - start);
}

/* The order in which first copies came. What waited for its mapping is put in its place in that order, if
 * nothing that came after it was at the end meanwhile: that was in order without it. */
static void note_order(mpt_data_level *d, int64_t start, int64_t end, const struct context *x)
{
    const mpt_order_piece piece = {.start = start,
                                   .end = end,
                                   .time_ns = x->stamp.time_ns,
                                   .frame = x->stamp.frame,
                                   .came = x->resolved ? x->came : x->stamp.epoch,
                                   .owner = x->s->owner,
                                   .counted = x->stamp.flags & MPT_STAMP_COUNTED,
                                   .resolved = x->resolved,
                                   .part = x->part,
                                   .delivered = d->acked_known ? d->acked : INT64_MIN};
    int64_t since_ns;

    if (x->resolved && half_of(x)->pending_joined)
        d->order.unknown = true;
    if (mpt_order_note(&d->order, &piece, &since_ns) && x->e->config.want_evidence) {
        mpt_wait w = {.start_ns = since_ns,
                      .end_ns = x->stamp.time_ns,
                      .dsn = start,
                      .frame = x->stamp.frame,
                      .owner = x->s->owner,
                      .behind = !x->resolved && half_of(x)->next - half_of(x)->fin_seen > x->end};
        mpt_evidence_wait(x->c, conn_side_of(x), &w);
    }
}

static void note_unacked(mpt_data_level *d, int64_t start, int64_t end, int64_t time_ns)
{
    mpt_run r = {.start = start, .length = (uint32_t)(end - start), .value = time_ns};

    if (d->unacked.count >= MPT_DATA_LEVEL_UNACKED || (d->acked_known && start < d->acked))
        return;
    mpt_runs_add(&d->unacked, &r);
}

static void add_mark(mpt_data_level *d, int64_t acked, int64_t time_ns)
{
    mpt_ack_mark mark = {.acked = acked, .time_ns = time_ns};

    if (!d->marks)
        d->marks = g_array_new(FALSE, FALSE, sizeof mark);
    if (d->marks->len < MPT_DATA_LEVEL_MARKS)
        g_array_append_val(d->marks, mark);
}

/* The first mark that is later than time_ns, or that acknowledges `acked`: its place. */
static guint find_mark(const GArray *marks, int64_t time_ns, int64_t acked)
{
    guint low = 0, high = marks ? marks->len : 0;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const mpt_ack_mark *m = &g_array_index(marks, mpt_ack_mark, middle);
        if (m->time_ns > time_ns || m->acked >= acked)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* A first copy whose place has become known: DATA_ACKs that came meanwhile may have acknowledged it. */
static void note_unacked_late(mpt_data_level *d, int64_t start, int64_t end, int64_t time_ns)
{
    mpt_run r = {.start = start, .length = (uint32_t)(end - start), .value = time_ns};
    guint came = find_mark(d->marks, time_ns, INT64_MAX), covers = find_mark(d->marks, INT64_MAX, end);

    /* Data of a SYN lies before the first DSN: no DATA_ACK is about it. */
    if (d->relative_known && start <= d->idsn)
        return;
    if (came && g_array_index(d->marks, mpt_ack_mark, came - 1).acked > start)
        return;
    if (d->marks && covers < d->marks->len) {
        int64_t acked_ns = g_array_index(d->marks, mpt_ack_mark, covers).time_ns;
        if (acked_ns >= time_ns) /* not of a late segment */
            mpt_histogram_add(&d->rtt, acked_ns - time_ns);
    } else if ((!d->acked_known || d->acked < end) && d->unacked.count < MPT_DATA_LEVEL_UNACKED)
        mpt_runs_add(&d->unacked, &r);
}

static void taken_over(const struct context *x, const mpt_piece *p)
{
    mpt_conn_side side = conn_side_of(x);
    mpt_data_level *d = level_of(x);
    mpt_bytes *loser = bytes_of(x->c, side, p->was.owner);
    uint64_t n = (uint64_t)(p->end - p->start);
    mpt_copy copy = {.start = p->start,
                     .end = p->end,
                     .time_ns = p->was.time_ns,
                     .frame = p->was.frame,
                     .owner = p->was.owner,
                     .same = p->was.owner == x->s->owner,
                     .counted = p->was.flags & MPT_STAMP_COUNTED};

    x->e->work += d->copies ? d->copies->len : 0;
    if (mpt_engine_affords(x->e))
        reclassify_copies(x->c, side, p->start, p->end, x->s->owner);
    if (copy.counted) {
        loser->first -= n;
        *(copy.same ? &loser->reinjected_same : &loser->reinjected) += n;
        d->unique -= n;
    }
    add_copy(d, &copy);
}

/* Bytes whose DSN was there before, under other subflow sequence numbers; `counted`: they are payload. */
static mpt_data_class claimed_again(const struct context *x, const mpt_piece *p, bool counted)
{
    mpt_bytes *bytes = &half_of(x)->bytes;
    mpt_copy copy = {.start = p->start,
                     .end = p->end,
                     .time_ns = x->stamp.time_ns,
                     .frame = x->stamp.frame,
                     .owner = x->s->owner,
                     .same = p->was.owner == x->s->owner,
                     .counted = counted};

    x->e->work++;
    if (counted)
        *(copy.same ? &bytes->reinjected_same : &bytes->reinjected) += (uint64_t)(p->end - p->start);
    add_copy(level_of(x), &copy);
    return copy.same ? MPT_DATA_REINJECTED_SAME : MPT_DATA_REINJECTED;
}

static void claimed(const mpt_piece *p, void *data)
{
    const struct context *x = data;
    mpt_data_level *d = level_of(x);
    mpt_bytes *bytes = &half_of(x)->bytes;
    bool counted = x->stamp.flags & MPT_STAMP_COUNTED;
    uint64_t n = (uint64_t)(p->end - p->start);
    mpt_data_class what = MPT_DATA_FIRST;

    if (counted && (x->stamp.flags & MPT_STAMP_IMPLIED))
        bytes->fallback += n;
    if (p->taken_over) {
        d->order.unknown = true;
        taken_over(x, p);
    }
    if (p->fresh || p->taken_over) {
        if (counted) {
            bytes->first += n;
            note_first_counted(d, p->start, p->end);
        }
        if (p->fresh) {
            note_order(d, p->start, p->end, x);
            if (x->e->config.want_evidence && !x->resolved)
                mpt_evidence_new_data(x->c, conn_side_of(x), x->s, x->e->segment, p->start, p->end);
        }
        if (p->fresh && x->e->config.want_rtt && !x->merged && !(x->resolved && half_of(x)->pending_joined))
            (x->resolved ? note_unacked_late : note_unacked)(d, p->start, p->end, x->stamp.time_ns);
    } else {
        what = claimed_again(x, p, counted);
    }
    if (x->e->observers->len)
        tell(x, what, x->position + (p->start - x->dsn), (uint32_t)n, &p->start, p->fresh ? NULL : &p->was);
}

/* Bytes of x->s from x->position on are at x->dsn. */
static void claim(struct context *x, uint32_t length, bool implied)
{
    mpt_conn_side side = conn_side_of(x);

    x->stamp.owner = x->s->owner;
    x->stamp.flags = (uint16_t)((x->stamp.flags & MPT_STAMP_COUNTED) | (implied ? MPT_STAMP_IMPLIED : 0));
    x->stamp.epoch = epoch_for(x->e, x->c, side, x->resolved ? MODE_LATE : MODE_CLAIM);
    mpt_ranges_claim(&level_of(x)->owned, x->dsn, x->dsn + length, &x->stamp, claimed, x);
}

/* --- the order of plain TCP --- */

static void begin_plain_order(struct context *x, int64_t position)
{
    mpt_half *h = half_of(x);

    x->e->work += h->received.runs.count;
    h->plain = mpt_order_of_payload(h, level_of(x), position, x->end);
    x->plain_from = position;
}

static void note_plain_order(const struct context *x)
{
    const mpt_order_piece piece = {.start = x->plain_from,
                                   .end = x->end,
                                   .time_ns = x->stamp.time_ns,
                                   .frame = x->stamp.frame,
                                   .owner = x->s->owner,
                                   .counted = x->stamp.flags & MPT_STAMP_COUNTED,
                                   .delivered = INT64_MIN};
    int64_t since_ns;

    mpt_order_note(half_of(x)->plain, &piece, &since_ns);
}

/* --- payload --- */

static void mapped_part(const mpt_mapped_piece *m, void *data)
{
    struct context *x = data, part = *x;
    mpt_half *h = half_of(x);
    uint32_t length = (uint32_t)(m->end - m->start);

    if (!m->mapped && !h->data_without_dss_last) {
        h->without_dss_frame = x->stamp.frame;
        h->without_dss_ns = x->stamp.time_ns;
    }
    h->data_without_dss_last = !m->mapped;
    if (m->mapped) {
        if (part.payload) {
            uint32_t skip = (uint32_t)(m->start - x->position);
            part.payload = skip < x->captured ? x->payload + skip : NULL;
            part.captured = skip < x->captured ? x->captured - skip : 0;
        }
        part.position = m->start;
        part.dsn = m->dsn;
        claim(&part, length, m->implied);
        return;
    }
    if (!h->plain && x->c->subflows->len == 1)
        begin_plain_order(x, m->start);
    level_of(x)->log_acks = true;
    if (h->pending.runs.count < MAX_SEPARATE)
        level_of(x)->epoch++;
    else
        h->pending_joined = true;
    part.stamp.epoch = epoch_for(x->e, x->c, conn_side_of(x), (uint32_t)MODE_WAITING + x->s->owner);
    if (m->start != x->plain_from || m->end != x->end)
        part.stamp.flags |= MPT_STAMP_PART;
    mpt_ranges_claim(&h->pending, m->start, m->end, &part.stamp, NULL, NULL);
    if (x->e->observers->len)
        tell(x, MPT_DATA_UNMAPPED, m->start, length, NULL, NULL);
}

static void again_part(const mpt_mapped_piece *m, void *data)
{
    const struct context *x = data;

    tell(x, MPT_DATA_RETRANSMITTED, m->start, (uint32_t)(m->end - m->start), m->mapped ? &m->dsn : NULL,
         NULL);
}

static void received_part(const mpt_piece *p, void *data)
{
    struct context *x = data;
    mpt_half *h = half_of(x);

    if (!p->fresh) {
        if (x->stamp.flags & MPT_STAMP_COUNTED)
            h->bytes.retrans += (uint64_t)(p->end - p->start);
        if (x->e->observers->len)
            mpt_mapping_look(&h->mapping, p->start, p->end, again_part, x);
    } else if (x->c) {
        x->plain_from = p->start;
        x->end = p->end;
        mpt_mapping_look(&h->mapping, p->start, p->end, mapped_part, x);
        if (h->plain && x->c->subflows->len == 1)
            note_plain_order(x);
    }
}

void mpt_account_payload(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position)
{
    struct context x = {
        .e = e,
        .c = s->connection,
        .s = s,
        .side = side,
        .stamp = {.time_ns = g->time_ns,
                  .frame = g->frame,
                  .owner = s->owner,
                  .flags = e->counted ? MPT_STAMP_COUNTED : 0},
        .position = position,
        .payload = g->payload,
        .captured = g->captured_payload,
    };

    if (!mpt_engine_affords(e))
        return;
    /* Of plain TCP it is kept what was counted: it may get its mappings yet (mpt_account_adopt). */
    const mpt_stamp received = {.flags = s->connection ? 0 : x.stamp.flags};

    mpt_ranges_claim(&s->half[side].received, position, position + g->payload_len, &received, received_part,
                     &x);
}

void mpt_account_adopt(mpt_subflow *s)
{
    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        mpt_half *h = &s->half[side];
        mpt_stamp stamp = {.time_ns = h->first_data_ns, .frame = s->first_frame};
        mpt_runs_at at;
        mpt_run *r;

        for (r = mpt_runs_first(&h->received.runs, &at); r; r = mpt_runs_next(&h->received.runs, &at)) {
            stamp.flags = r->flags;
            h->pending_joined = true;
            mpt_ranges_claim(&h->pending, r->start, mpt_run_end(r), &stamp, NULL, NULL);
        }
    }
}

/* --- mappings --- */

static void resolve_part(const mpt_piece *p, void *data)
{
    struct context part = *(struct context *)data;

    part.stamp = p->was;
    part.resolved = true;
    part.came = p->was.epoch;
    part.part = p->was.flags & MPT_STAMP_PART;
    part.dsn += p->start - part.position;
    part.position = p->start;
    claim(&part, (uint32_t)(p->end - p->start), part.stamp.flags & MPT_STAMP_IMPLIED);
}

/* A part that has a mapping now: what waited for it is claimed. */
static void newly_mapped(const mpt_mapped_piece *m, void *data)
{
    struct context *x = data;

    if (!half_of(x)->pending.size)
        return;
    x->position = m->start;
    x->dsn = m->dsn;
    mpt_ranges_take(&half_of(x)->pending, m->start, m->end, resolve_part, x);
}

static void note_conflict(const struct context *x, uint64_t bytes, uint32_t frame)
{
    mpt_seen *seen = &x->c->conflicts[mpt_subflow_conn_side(x->s, x->side)];
    const mpt_segment *g = x->e->segment;

    if (!seen->count) {
        seen->frame = frame;
        seen->time_ns = g && g->frame == frame ? g->time_ns : INT64_MIN;
        seen->owner = x->s->owner;
    }
    seen->count += bytes;
}

static void apply_mapping(struct context *x, const mpt_waiting_mapping *w)
{
    mpt_half *h = half_of(x);
    int64_t position;
    uint64_t conflict;

    if (!mpt_subflow_ssn_position(x->s, x->side, w->ssn, w->position, &position))
        return;
    conflict = mpt_mapping_add(&h->mapping, position, w->dsn, w->length, w->frame, newly_mapped, x);
    if (conflict) {
        x->e->work += MIN(conflict, h->mapping.runs.count);
        note_conflict(x, conflict, w->frame);
    }
    if (w->has_checksum)
        mpt_checksums_take_mapping(x->e, x->s, x->side,
                                   &(mpt_checksummed){.position = position,
                                                      .dsn = mpt_data_level_dsn(level_of(x), w->dsn),
                                                      .ssn = w->ssn,
                                                      .dss_length = w->dss_length,
                                                      .checksum = w->checksum,
                                                      .length = w->length});
}

/* Without the SYN: a segment's payload lies within its mapping, so the position of SSN 0 lies between bounds,
 * which the first and the last segment of a mapping close. */
static void narrow_shift(mpt_half *h, uint32_t ssn, uint32_t length, int64_t position, uint32_t payload_len)
{
    int64_t near = h->shift_bounded ? h->shift_high : position;
    int64_t at_start = near + mpt_seq32_diff((uint32_t)position - ssn, (uint32_t)near);
    int64_t at_end = at_start + payload_len - length;
    int64_t low = MIN(at_start, at_end), high = MAX(at_start, at_end);

    if (h->shift_bounded && MAX(low, h->shift_low) <= MIN(high, h->shift_high)) {
        low = MAX(low, h->shift_low);
        high = MIN(high, h->shift_high);
    }
    h->shift_bounded = true;
    h->shift_low = low;
    h->shift_high = high;
    if (low == high) {
        h->shift_known = true;
        h->ssn_shift = low;
    }
}

static void wait_for_shift(mpt_half *h, const mpt_waiting_mapping *w)
{
    if (!h->waiting)
        h->waiting = g_array_new(FALSE, FALSE, sizeof(mpt_waiting_mapping));
    if (h->waiting->len) {
        const mpt_waiting_mapping *last =
            &g_array_index(h->waiting, mpt_waiting_mapping, h->waiting->len - 1);
        if (last->ssn == w->ssn && last->dsn == w->dsn && last->length == w->length)
            return;
    }
    if (h->waiting->len < MAX_WAITING)
        g_array_append_val(h->waiting, *w);
}

static void apply_waiting(struct context *x)
{
    mpt_half *h = half_of(x);
    GArray *waiting = h->waiting;
    guint i;

    if (!waiting)
        return;
    h->waiting = NULL;
    for (i = 0; i < waiting->len; i++)
        apply_mapping(x, &g_array_index(waiting, mpt_waiting_mapping, i));
    g_array_free(waiting, TRUE);
    mpt_checksums_placed(x->e, x->s, x->side);
}

static struct context context_of(mpt_engine *e, mpt_subflow *s, mpt_side side)
{
    return (struct context){.e = e, .c = s->connection, .s = s, .side = side};
}

void mpt_account_mapping(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_waiting_mapping *mapping,
                         uint32_t payload_len)
{
    struct context x = context_of(e, s, side);
    mpt_half *h = &s->half[side];

    if (!mpt_engine_affords(e))
        return;
    if (!h->shift_known && payload_len)
        narrow_shift(h, mapping->ssn, mapping->length, mapping->position, payload_len);
    if (!h->shift_known) {
        wait_for_shift(h, mapping);
        return;
    }
    apply_waiting(&x);
    apply_mapping(&x, mapping);
}

void mpt_account_infinite(mpt_engine *e, mpt_subflow *s, mpt_side side, uint32_t ssn, int64_t dsn,
                          int64_t position)
{
    struct context x = context_of(e, s, side);
    mpt_half *h = &s->half[side];
    int64_t start;

    if (h->mapping.infinite || !mpt_subflow_ssn_position(s, side, ssn, position, &start))
        return;
    mpt_mapping_set_infinite(&h->mapping, start, dsn);
    x.position = start;
    x.dsn = dsn;
    x.stamp.flags = MPT_STAMP_IMPLIED;
    mpt_ranges_take(&h->pending, start, INT64_MAX, resolve_part, &x);
}

void mpt_account_syn_data(mpt_engine *e, mpt_subflow *s, mpt_side side)
{
    struct context x = context_of(e, s, side);
    mpt_half *h = &s->half[side];
    const mpt_data_level *d;
    int64_t start;

    if (!h->syn_data || !s->connection || !level_of(&x)->relative_known)
        return;
    d = level_of(&x);
    start = h->ssn_shift + 1 - h->syn_data;
    mpt_mapping_add(&h->mapping, start, d->idsn + 1 - h->syn_data, h->syn_data, e->segment->frame,
                    newly_mapped, &x);
}

void mpt_account_ack(mpt_engine *e, mpt_connection *c, mpt_conn_side side, int64_t acked)
{
    mpt_data_level *d = &c->level[side];
    int64_t time_ns = e->segment->time_ns;
    mpt_runs_at at;
    mpt_run *r;

    d->ack_expected_known = true;
    d->ack_expected = acked;
    if (d->has_fin && acked > d->fin && !d->fin_acked) {
        d->fin_acked = true;
        d->fin_acked_ns = time_ns;
    }
    if (!e->counted) {
        if (!d->acked_known && (!d->before_known || acked > d->acked_before)) {
            d->before_known = true;
            d->acked_before = acked;
        }
        return;
    }
    d->acks++;
    if (d->acked_known && acked <= d->acked)
        return;
    /* The DATA_FIN takes a number, but is no data: its acknowledgement does not move the time
     * of the data's. */
    if (!d->acked_known || !d->has_fin || d->acked < d->fin) {
        d->earlier_known = d->acked_known;
        d->earlier = d->acked;
        d->earlier_ns = d->acked_ns;
        d->acked_ns = time_ns;
    }
    d->acked_known = true;
    d->acked = acked;
    if (e->config.want_rtt && (d->log_acks || c->partial))
        add_mark(d, acked, time_ns);
    while ((r = mpt_runs_first(&d->unacked, &at)) && mpt_run_end(r) <= acked) {
        if (time_ns >= r->value) /* not of a late segment */
            mpt_histogram_add(&d->rtt, time_ns - r->value);
        mpt_runs_remove(&d->unacked, &at);
    }
}

void mpt_account_data_fin(mpt_data_level *d)
{
    if (d->fin_acked || !d->acked_known || d->acked <= d->fin)
        return;
    d->fin_acked = true;
    d->fin_acked_ns = d->acked_ns;
    if (d->earlier_known && d->earlier >= d->fin)
        d->acked_ns = d->earlier_ns;
}

/* --- two connections that are one --- */

static void merge_run(struct context *x, mpt_conn_side to_side, const mpt_run *r, unsigned offset,
                      int64_t shift)
{
    x->s = mpt_connection_subflow(x->c, (uint16_t)(r->owner + offset));
    x->side = mpt_subflow_side(x->s, to_side);
    x->stamp = (mpt_stamp){.time_ns = r->value, .frame = r->frame, .flags = r->flags};
    x->position = 0;
    x->dsn = r->start + shift;
    claim(x, r->length, r->flags & MPT_STAMP_IMPLIED);
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const mpt_ack_mark *x = a, *y = b;

    return x->time_ns != y->time_ns ? mpt_compare(x->time_ns, y->time_ns) : mpt_compare(x->acked, y->acked);
}

/* The DATA_ACKs of both in time, as far as they are higher than those before. */
static void merge_marks(mpt_data_level *to, const mpt_data_level *from, int64_t shift)
{
    GArray *all = to->marks ? to->marks : g_array_new(FALSE, FALSE, sizeof(mpt_ack_mark));
    guint n = 0;

    for (guint i = 0; from->marks && i < from->marks->len; i++) {
        mpt_ack_mark m = g_array_index(from->marks, mpt_ack_mark, i);
        m.acked += shift;
        g_array_append_val(all, m);
    }
    g_array_sort(all, by_time);
    for (guint i = 0; i < all->len; i++) {
        const mpt_ack_mark m = g_array_index(all, mpt_ack_mark, i);
        if (!n || m.acked > g_array_index(all, mpt_ack_mark, n - 1).acked)
            g_array_index(all, mpt_ack_mark, n++) = m;
    }
    g_array_set_size(all, n);
    to->marks = all;
}

/* What one connection had in flight the DATA_ACKs of the other may have acknowledged. */
static void merge_unacked(mpt_data_level *to, mpt_data_level *from, int64_t shift)
{
    mpt_runs flying[2] = {to->unacked, from->unacked};

    merge_marks(to, from, shift);
    to->log_acks |= from->log_acks;
    to->unacked = from->unacked = (mpt_runs){0};
    for (unsigned i = 0; i < 2; i++) {
        int64_t by = i ? shift : 0;
        mpt_runs_at at;

        for (const mpt_run *r = mpt_runs_first(&flying[i], &at); r; r = mpt_runs_next(&flying[i], &at)) {
            mpt_runs_at there;
            const mpt_run *other = mpt_runs_find(&to->unacked, r->start + by, &there);
            if (!other || other->start >= mpt_run_end(r) + by)
                note_unacked_late(to, r->start + by, mpt_run_end(r) + by, r->value);
        }
        mpt_runs_clear(&flying[i]);
    }
}

/* What was known of the order stays known where the bytes of one connection are all there is. */
static void merge_order(mpt_order *to, mpt_order *from, unsigned offset, int64_t shift)
{
    mpt_runs_at at;
    mpt_run *r;

    mpt_runs_clear(&to->gaps);
    *to = *from;
    from->gaps = (mpt_runs){0};
    for (r = mpt_runs_first(&to->gaps, &at); r; r = mpt_runs_next(&to->gaps, &at))
        r->start += shift;
    to->low += shift;
    to->high += shift;
    to->delivered += to->delivered == INT64_MIN ? 0 : shift;
    to->owner = (uint16_t)(to->owner + offset);
}

void mpt_account_merge_level(mpt_engine *e, mpt_connection *to, mpt_conn_side to_side, mpt_connection *from,
                             mpt_conn_side from_side, unsigned offset, int64_t shift)
{
    mpt_data_level *f = &from->level[from_side], *t = &to->level[to_side];
    struct context x = {.e = e, .c = to, .resolved = true, .merged = true};
    GArray *observers = e->observers;
    guint i, n = f->copies ? f->copies->len : 0;
    bool first = t->owned.size == 0;
    mpt_runs_at at;
    mpt_run *r;

    /* Observers know these bytes already; their function `merge` is called instead. */
    e->observers = g_array_new(FALSE, FALSE, sizeof(mpt_observed));
    for (i = offset; i < to->subflows->len; i++) {
        mpt_bytes *b = bytes_of(to, to_side, (uint16_t)i);
        b->first = b->reinjected = b->reinjected_same = b->fallback = 0;
    }
    for (r = mpt_runs_first(&f->owned.runs, &at); r; r = mpt_runs_next(&f->owned.runs, &at)) {
        merge_run(&x, to_side, r, offset, shift);
    }
    for (i = 0; i < n; i++) {
        const mpt_copy *k = &g_array_index(f->copies, mpt_copy, i);
        mpt_run run = {.start = k->start,
                       .length = (uint32_t)(k->end - k->start),
                       .value = k->time_ns,
                       .frame = k->frame,
                       .owner = k->owner,
                       .flags = k->counted ? MPT_STAMP_COUNTED : 0};
        merge_run(&x, to_side, &run, offset, shift);
    }
    g_array_free(e->observers, TRUE);
    e->observers = observers;
    if (e->config.want_rtt)
        merge_unacked(t, f, shift);
    if (first)
        merge_order(&t->order, &f->order, offset, shift);
    else if (f->owned.size)
        t->order.unknown = true;
}
