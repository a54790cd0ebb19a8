/* arrows.c - see arrows.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "arrows.h"

#include "graphs_internal.h"
#include "tap/engine/base/compare.h"
#include "tap/engine/figures/implied_mapping.h"

/* Bytes that turned out not to be the first of their kind. */
struct takeover {
    int64_t time_ns; /* when they were sent */
    uint32_t frame;
    int64_t start, end; /* as arrows number them */
    bool same;          /* both copies are of one subflow */
};

struct reading {
    const mpt_recorder *recorder;
    const mpt_connection_view *view;
    GArray *arrows, *takeovers;
    uint32_t *ids;                /* by owner */
    int64_t zero[MPT_DIRECTIONS]; /* position of number 0 */
    uint64_t told;                /* bytes of pieces since the last segment */
    bool sorted;
};

static const mpt_subflow *subflow_of(const struct reading *r, uint32_t index)
{
    return g_ptr_array_index(mpt_engine_subflows(mpt_recorder_engine(r->recorder)), index);
}

static mpt_direction direction_of(const struct reading *r, const mpt_record *g)
{
    return mpt_metrics_direction(r->view, mpt_subflow_conn_side(subflow_of(r, g->subflow), g->side));
}

static mpt_arrow arrow_of(const struct reading *r, const mpt_record *g, mpt_arrow_kind kind)
{
    return (mpt_arrow){
        .time_ns = g->time_ns - r->view->epoch_ns,
        .frame = g->frame,
        .length = g->length,
        .subflow = (uint16_t)r->ids[subflow_of(r, g->subflow)->owner],
        .kind = kind & 0x7f,
        .direction = direction_of(r, g) & 1,
    };
}

static void add(struct reading *r, const mpt_arrow *a)
{
    const mpt_arrow *last = r->arrows->len ? &g_array_index(r->arrows, mpt_arrow, r->arrows->len - 1) : NULL;

    r->sorted &=
        !last || last->time_ns < a->time_ns || (last->time_ns == a->time_ns && last->frame <= a->frame);
    g_array_append_vals(r->arrows, a, 1);
}

static void number(const struct reading *r, mpt_arrow *a, mpt_direction of, int64_t position)
{
    a->number = position - r->zero[of];
    a->flags |= MPT_ARROW_NUMBERED;
}

/* --- records --- */

static mpt_arrow_kind kind_of(mpt_data_class what)
{
    static const mpt_arrow_kind kinds[] = {
        [MPT_DATA_FIRST] = MPT_ARROW_NEW,
        [MPT_DATA_REINJECTED] = MPT_ARROW_REINJECTED,
        [MPT_DATA_REINJECTED_SAME] = MPT_ARROW_REINJECTED_SAME,
        [MPT_DATA_RETRANSMITTED] = MPT_ARROW_RETRANSMITTED,
        [MPT_DATA_UNMAPPED] = MPT_ARROW_UNMAPPED,
    };

    return kinds[what];
}

/* The position on the data level of bytes without a mapping: those of a fallback have one all the same. */
static bool implied(const struct reading *r, const mpt_record *g, int64_t position, int64_t *dsn)
{
    const mpt_connection_view *v = r->view;

    return v->fallback != MPT_FALLBACK_NONE &&
           mpt_implied_mapping_position(v->connection, subflow_of(r, g->subflow), g->side, v->kind,
                                        v->fallback, position, dsn);
}

struct unmapped {
    struct reading *reading;
    const mpt_record *record;
};

static void unmapped_part(const mpt_piece *piece, void *data)
{
    const struct unmapped *u = data;
    mpt_arrow a = arrow_of(u->reading, u->record, MPT_ARROW_UNMAPPED);
    int64_t dsn;

    if (piece->fresh)
        return; /* its mapping came: another record */
    a.length = (uint32_t)(piece->end - piece->start);
    if (implied(u->reading, u->record, piece->start, &dsn)) {
        a.kind = MPT_ARROW_NEW;
        number(u->reading, &a, (mpt_direction)a.direction, dsn);
    }
    add(u->reading, &a);
}

static void take_takeover(struct reading *r, const mpt_record *g, const mpt_arrow *a)
{
    struct takeover t = {
        .time_ns = g->first_ns - r->view->epoch_ns,
        .frame = g->first_frame,
        .start = a->number,
        .end = a->number + a->length,
        .same = g->first_subflow == g->subflow,
    };

    g_array_append_val(r->takeovers, t);
}

static void take_piece(struct reading *r, const mpt_record *g)
{
    const mpt_half *h = &subflow_of(r, g->subflow)->half[g->side];
    struct unmapped u = {.reading = r, .record = g};
    mpt_arrow a = arrow_of(r, g, kind_of(g->what));

    if (!g->resolved)
        r->told += g->length;
    if (g->what == MPT_DATA_UNMAPPED) {
        mpt_ranges_look(&h->pending, g->dsn, g->dsn + g->length, unmapped_part, &u);
        return;
    }
    number(r, &a, (mpt_direction)a.direction, g->dsn);
    add(r, &a);
    if (g->what == MPT_DATA_FIRST && g->first_frame)
        take_takeover(r, g, &a);
}

/* Bytes of a segment that no piece has: without a mapping they are recorded once only. */
static void take_rest(struct reading *r, const mpt_record *g)
{
    bool fell_back = r->view->fallback != MPT_FALLBACK_NONE;
    mpt_arrow a = arrow_of(r, g, fell_back ? MPT_ARROW_RETRANSMITTED : MPT_ARROW_UNMAPPED);
    int64_t dsn;

    a.length = g->length - (uint32_t)r->told;
    if (!r->told && implied(r, g, g->position, &dsn))
        number(r, &a, (mpt_direction)a.direction, dsn);
    add(r, &a);
}

static void take_segment(struct reading *r, const mpt_record *g)
{
    mpt_arrow a = arrow_of(r, g, g->has_data_ack ? MPT_ARROW_DATA_ACK : MPT_ARROW_TCP);

    if (g->length > r->told)
        take_rest(r, g);
    r->told = 0;
    if (g->length)
        return;
    a.flags |= (g->syn ? MPT_ARROW_SYN : 0) | (g->rst ? MPT_ARROW_RST : 0);
    if (g->has_data_ack)
        number(r, &a, mpt_direction_other((mpt_direction)a.direction), g->data_ack);
    add(r, &a);
}

static bool counts(const struct reading *r, const mpt_record *g)
{
    const mpt_engine_config *config = mpt_engine_get_config(mpt_recorder_engine(r->recorder));
    int64_t t = g->time_ns - r->view->epoch_ns;

    return subflow_of(r, g->subflow)->connection == r->view->connection &&
           (!config->has_from || t >= config->from_ns) && (!config->has_to || t < config->to_ns);
}

static void read_all(struct reading *r)
{
    mpt_record_reader *reader = mpt_record_reader_new(r->recorder);
    mpt_record g;

    while (mpt_record_next(reader, &g)) {
        if (g.kind == MPT_RECORD_MAPPING || !counts(r, &g))
            continue;
        if (g.kind == MPT_RECORD_SEGMENT)
            take_segment(r, &g);
        else
            take_piece(r, &g);
    }
    mpt_record_reader_free(reader);
}

/* --- in order --- */

static gint by_time(gconstpointer a, gconstpointer b)
{
    const mpt_arrow *x = a, *y = b;

    if (x->time_ns != y->time_ns)
        return mpt_compare(x->time_ns, y->time_ns);
    return x->frame != y->frame ? mpt_compare(x->frame, y->frame) : mpt_compare(x->number, y->number);
}

/* The first arrow that is not before this frame. */
static guint place_of(const GArray *arrows, int64_t time_ns, uint32_t frame)
{
    guint low = 0, high = arrows->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const mpt_arrow *a = &g_array_index(arrows, mpt_arrow, middle);

        if (a->time_ns < time_ns || (a->time_ns == time_ns && a->frame < frame))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static gint by_start(gconstpointer a, gconstpointer b)
{
    const struct takeover *x = a, *y = b;

    if (x->time_ns != y->time_ns)
        return mpt_compare(x->time_ns, y->time_ns);
    return x->frame != y->frame ? mpt_compare(x->frame, y->frame) : mpt_compare(x->start, y->start);
}

/* Of a new arrow, what another copy was before goes to `cut`, and what precedes it; the arrow is what is left. */
static void cut_arrow(mpt_arrow *a, const struct takeover *t, GArray *cut)
{
    int64_t last = a->number + a->length, start = MAX(a->number, t->start), end = MIN(last, t->end);
    mpt_arrow part = *a;

    if (start >= end)
        return;
    part.length = (uint32_t)(start - a->number);
    if (part.length)
        g_array_append_val(cut, part);
    part.kind = t->same ? MPT_ARROW_REINJECTED_SAME : MPT_ARROW_REINJECTED;
    part.number = start;
    part.length = (uint32_t)(end - start);
    g_array_append_val(cut, part);
    a->number = end;
    a->length = (uint32_t)(last - end);
}

static void drop_empty(GArray *arrows)
{
    guint kept = 0;

    for (guint i = 0; i < arrows->len; i++) {
        const mpt_arrow *a = &g_array_index(arrows, mpt_arrow, i);
        if (a->length || !mpt_arrow_has_data(a))
            g_array_index(arrows, mpt_arrow, kept++) = *a;
    }
    g_array_set_size(arrows, kept);
}

static void take_over(struct reading *r)
{
    GArray *cut = g_array_new(FALSE, FALSE, sizeof(mpt_arrow));

    g_array_sort(r->takeovers, by_start);
    for (guint k = 0; k < r->takeovers->len; k++) {
        const struct takeover *t = &g_array_index(r->takeovers, struct takeover, k);

        for (guint i = place_of(r->arrows, t->time_ns, t->frame); i < r->arrows->len; i++) {
            mpt_arrow *a = &g_array_index(r->arrows, mpt_arrow, i);
            if (a->frame != t->frame || a->time_ns != t->time_ns)
                break;
            if (a->kind == MPT_ARROW_NEW && a->flags & MPT_ARROW_NUMBERED)
                cut_arrow(a, t, cut);
        }
    }
    if (cut->len) {
        drop_empty(r->arrows);
        g_array_append_vals(r->arrows, cut->data, cut->len);
        g_array_sort(r->arrows, by_time);
    }
    g_array_free(cut, TRUE);
}

static void flag_order(GArray *arrows)
{
    int64_t high[MPT_DIRECTIONS] = {INT64_MIN, INT64_MIN};

    for (guint i = 0; i < arrows->len; i++) {
        mpt_arrow *a = &g_array_index(arrows, mpt_arrow, i);

        for (guint k = i; k > 0 && mpt_arrow_has_data(a) && !(a->flags & MPT_ARROW_MORE); k--) {
            const mpt_arrow *before = &g_array_index(arrows, mpt_arrow, k - 1);
            if (before->frame != a->frame || before->time_ns != a->time_ns)
                break;
            if (mpt_arrow_has_data(before) && before->subflow == a->subflow &&
                before->direction == a->direction)
                a->flags |= MPT_ARROW_MORE;
        }
        if (!mpt_arrow_has_data(a) || !(a->flags & MPT_ARROW_NUMBERED))
            continue;
        if (a->kind == MPT_ARROW_NEW && a->number < high[a->direction])
            a->flags |= MPT_ARROW_OUT_OF_ORDER;
        high[a->direction] = MAX(high[a->direction], a->number + a->length);
    }
}

static void set_zero(struct reading *r)
{
    for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++) {
        const mpt_data_level *level = mpt_metrics_level(r->view, d);
        r->zero[d] = level->relative_known ? level->idsn : level->unique ? level->counted_first - 1 : 0;
    }
}

GArray *mpt_arrows_new(const mpt_recorder *recorder, const mpt_connection_view *v)
{
    struct reading r = {
        .recorder = recorder,
        .view = v,
        .arrows = g_array_new(FALSE, FALSE, sizeof(mpt_arrow)),
        .takeovers = g_array_new(FALSE, FALSE, sizeof(struct takeover)),
        .ids = g_new0(uint32_t, MAX(v->subflow_count, 1)),
        .sorted = true,
    };

    for (uint32_t i = 0; i < v->subflow_count; i++)
        r.ids[v->subflows[i].subflow->owner] = i;
    set_zero(&r);
    read_all(&r);
    if (!r.sorted)
        g_array_sort(r.arrows, by_time);
    take_over(&r);
    flag_order(r.arrows);
    g_array_free(r.takeovers, TRUE);
    g_free(r.ids);
    return r.arrows;
}
