/* frames_facts.c - see frames.h: what is told of a frame, derived from the engine when it is asked for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "frames_internal.h"

#include "tap/engine/figures/implied_mapping.h"

struct telling {
    mpt_frames *f;
    const struct mpt_frame_record *r;
    const mpt_connection *c;
    const mpt_data_level *level;
    mpt_frame_facts *facts;
    mpt_frame_part part; /* what is known of it so far */
    int64_t dsn;         /* position on the data level */
};

static void add_part(struct telling *x, const mpt_frame_part *part)
{
    mpt_frame_part *last = x->facts->parts ? &x->facts->part[x->facts->parts - 1] : NULL;

    if (last &&
        ((last->kind == part->kind && last->mapped == part->mapped &&
          (!part->mapped || (last->relative_known && last->relative + last->length == part->relative &&
                             last->first_frame == part->first_frame))) ||
         x->facts->parts == MPT_FRAME_PARTS)) {
        last->length += part->length;
        return;
    }
    x->facts->part[x->facts->parts++] = *part;
}

/* Is this a second copy on the same subflow, under other numbers? Else its run only begins in another frame.
 * */
static bool is_same_copy(const struct telling *x, int64_t start)
{
    const GArray *copies = x->level->copies;
    guint i;

    for (i = 0; copies && i < copies->len; i++) {
        const mpt_copy *k = &g_array_index(copies, mpt_copy, i);
        if (k->same && k->owner == x->r->subflow->owner && k->start <= start && start < k->end)
            return true;
    }
    return false;
}

static void owned_part(const mpt_piece *p, void *data)
{
    struct telling *x = data;
    mpt_frame_part part = x->part;
    bool own = p->fresh || p->was.owner == x->r->subflow->owner;

    part.length = (uint32_t)(p->end - p->start);
    part.dsn_known = true;
    part.dsn = mpt_data_level_dsn(x->level, p->start);
    part.relative_known = mpt_data_level_relative(x->level, p->start, &part.relative);
    if (!p->fresh && p->was.frame != x->r->frame)
        part.first_frame = p->was.frame;
    if (part.kind != MPT_PART_RETRANSMISSION) {
        part.kind = !own                                            ? MPT_PART_REINJECTION
                    : part.first_frame && is_same_copy(x, p->start) ? MPT_PART_REINJECTION_SAME
                                                                    : MPT_PART_FIRST;
        if (part.kind == MPT_PART_FIRST)
            part.first_frame = 0;
    }
    add_part(x, &part);
}

static void mapped_by(const mpt_piece *p, void *data)
{
    uint32_t *frame = data;

    if (!*frame && !p->fresh)
        *frame = p->was.frame;
}

/* What continues without DSS, where a connection has one subflow (implied.h). */
static void implied_part(struct telling *x, int64_t start, int64_t end)
{
    const mpt_subflow *s = x->r->subflow;
    mpt_connection_kind kind = mpt_connection_get_kind(x->c);
    mpt_fallback fallback = mpt_connection_get_fallback(x->c);
    mpt_frame_part part = x->part;
    bool again = part.kind == MPT_PART_RETRANSMISSION;
    int64_t dsn;

    part.length = (uint32_t)(end - start);
    if (!mpt_implied_mapping_position(x->c, s, x->r->side, kind, fallback, start, &dsn)) {
        part.kind = again ? part.kind : MPT_PART_UNMAPPED;
        add_part(x, &part);
        return;
    }
    part.mapped = part.implied = true;
    if (mpt_implied_mapping_own_numbers(x->c, mpt_subflow_conn_side(s, x->r->side), kind, fallback)) {
        part.relative_known = true;
        part.relative = dsn;
        part.kind = again ? part.kind : MPT_PART_FIRST;
        add_part(x, &part);
        return;
    }
    x->part = part;
    mpt_ranges_look(&x->level->owned, dsn, dsn + (end - start), owned_part, x);
}

static void mapped_part(const mpt_mapped *m, void *data)
{
    struct telling *x = data;
    struct telling part = *x;

    if (!m->mapped) {
        implied_part(&part, m->start, m->end);
        return;
    }
    part.part.mapped = true;
    part.part.implied = m->implied;
    mpt_ranges_look(&mpt_frames_subflow(x->f, x->r->subflow)->mapped_by[x->r->side], m->start, m->start + 1,
                    mapped_by, &part.part.mapped_by);
    if (!part.part.mapped_by && !m->implied)
        part.part.mapped_by = m->frame;
    mpt_ranges_look(&x->level->owned, m->dsn, m->dsn + (m->end - m->start), owned_part, &part);
}

static void tell_range(struct telling *x, int64_t start, int64_t end, mpt_part_kind kind)
{
    x->part = (mpt_frame_part){.kind = kind};
    mpt_mapping_look(&x->r->subflow->half[x->r->side].mapping, start, end, mapped_part, x);
}

/* The payload in order: retransmitted ranges, and what lies between them. */
static void tell_payload(struct telling *x)
{
    const struct mpt_frame_record *r = x->r;
    int64_t at = r->position, end = r->position + r->length;
    guint i, n = r->again_length ? 1 + (r->more_again ? r->more_again->len : 0) : 0;

    for (i = 0; i < n; i++) {
        struct mpt_frame_range again =
            i ? g_array_index(r->more_again, struct mpt_frame_range, i - 1)
              : (struct mpt_frame_range){r->again_start, r->again_start + r->again_length};
        tell_range(x, at, again.start, MPT_PART_FIRST);
        tell_range(x, again.start, again.end, MPT_PART_RETRANSMISSION);
        at = again.end;
    }
    tell_range(x, at, end, MPT_PART_FIRST);
}

static void tell_notes(mpt_frames *f, const struct mpt_frame_record *r, mpt_frame_facts *facts)
{
    facts->backup_known = r->backup_known;
    facts->backup = r->backup;
    facts->out_of_order = r->out_of_order;
    facts->duplicate = r->duplicate;
    facts->has_data_ack = r->has_data_ack && facts->connection;
    if (facts->has_data_ack)
        facts->data_ack_relative_known = mpt_data_level_relative(
            &facts->connection->level[mpt_conn_side_other(mpt_subflow_conn_side(r->subflow, r->side))],
            r->data_ack + mpt_frames_subflow(f, r->subflow)->shift[mpt_side_other(r->side)],
            &facts->data_ack);
    facts->has_data_ack_rtt = r->has_rtt;
    facts->data_ack_rtt_ns = r->rtt_ns;
    facts->data_ack_of = r->data_ack_of;
    facts->has_inflight = r->has_inflight;
    facts->inflight = r->inflight;
    facts->has_subflow_inflight = r->has_subflow_inflight;
    facts->subflow_inflight = r->subflow_inflight;
    facts->has_window = r->has_window;
    facts->window = r->window;
}

bool mpt_frames_look(mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_facts *facts)
{
    const struct mpt_frame_record *r = mpt_frames_record(f, frame);
    const mpt_subflow *s;
    const mpt_connection *c;
    mpt_conn_side sender;

    for (; r && index; index--)
        r = r->next;
    *facts = (mpt_frame_facts){0};
    if (!r)
        return false;
    s = facts->subflow = r->subflow;
    c = facts->connection = s ? s->connection : NULL;
    if (!c)
        return true;
    if (f->kept)
        mpt_frames_find_ids(f);
    facts->ids_known = f->kept || mpt_frames_live_ids(f, c, s);
    facts->connection_id = mpt_frames_connection(f, c)->id;
    facts->subflow_id = mpt_frames_subflow(f, s)->id;
    facts->final = f->kept && f->finished;
    sender = mpt_subflow_conn_side(s, r->side);
    facts->role = mpt_connection_role(c, sender);
    tell_notes(f, r, facts);
    if (r->length) {
        struct telling x = {.f = f, .r = r, .c = c, .level = &c->level[sender], .facts = facts};
        tell_payload(&x);
    }
    return true;
}

bool mpt_frames_ids(mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_ids *ids)
{
    const struct mpt_frame_record *r = mpt_frames_record(f, frame);

    for (; r && index; index--)
        r = r->next;
    *ids = (mpt_frame_ids){0};
    if (!r)
        return false;
    ids->subflow = r->subflow;
    ids->connection = r->subflow ? r->subflow->connection : NULL;
    if (!ids->connection)
        return true;
    if (f->kept)
        mpt_frames_find_ids(f);
    else if (!mpt_frames_live_ids(f, ids->connection, ids->subflow))
        ids->connection = NULL;
    if (ids->connection) {
        ids->connection_id = mpt_frames_connection(f, ids->connection)->id;
        ids->subflow_id = mpt_frames_subflow(f, ids->subflow)->id;
    }
    return true;
}

bool mpt_frames_payload(const mpt_frames *f, uint32_t frame, unsigned index, mpt_frame_payload *payload)
{
    const struct mpt_frame_record *r = mpt_frames_record(f, frame);

    for (; r && index; index--)
        r = r->next;
    *payload = (mpt_frame_payload){0};
    if (!r)
        return false;
    *payload = (mpt_frame_payload){
        .subflow = r->subflow, .side = r->side, .position = r->position, .length = r->length};
    return true;
}

uint32_t mpt_frames_last(const mpt_frames *f)
{
    if (!f->kept)
        return f->live ? f->live->frame : 0;
    return f->frames->len ? f->frames->len - 1 : 0;
}

const char *mpt_part_kind_name(mpt_part_kind kind)
{
    static const char *const names[] = {
        [MPT_PART_FIRST] = "first",
        [MPT_PART_REINJECTION] = "reinjection",
        [MPT_PART_REINJECTION_SAME] = "reinjection_same",
        [MPT_PART_RETRANSMISSION] = "retransmission",
        [MPT_PART_UNMAPPED] = "unmapped",
    };

    return names[kind];
}
