/* player.c - passes through the record for one connection and direction, see graphs.h.
 *
 * Invariant: collectors are called in time order: what the engine learnt late (bytes that waited for their
 * mapping, a first copy that turned out to be second) comes at its own time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "graphs_internal.h"
#include "tap/engine/base/compare.h"
#include "tap/engine/figures/implied_mapping.h"

/* Types that may each have to keep as much as there are segments, while nothing is acknowledged or a hole
 * stays: they are played one after the other, so that only one of them has it. */
#define OF(type)  (1u << (type))
#define OF_FLIGHT (OF(MPT_GRAPH_GOODPUT) | OF(MPT_GRAPH_INFLIGHT))
#define OF_RTT    OF(MPT_GRAPH_RTT)
#define OF_QUEUE  (OF(MPT_GRAPH_REORDER) | OF(MPT_GRAPH_DEPTH))

/* Calls a function of each type of this pass that has it, with its state and these arguments. */
#define TELL_COLLECTORS(p, function, ...)                                                                    \
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++) {                                                         \
        const mpt_collector *collector = mpt_collector_of((mpt_graph_type)t);                                \
        if ((p)->types >> t & 1u && collector->function)                                                     \
            collector->function(p, (p)->state[t], __VA_ARGS__);                                              \
    }

/* A record that is played at another place than where it was written. */
struct late {
    mpt_record record;
    bool takeover; /* of record.first_subflow; else a resolved piece */
    int64_t time_ns;
    uint32_t frame;
};

mpt_series_point mpt_point_of(const mpt_player *p, const mpt_record *g, double value)
{
    return (mpt_series_point){
        .time_ns = g->time_ns - p->request->view->epoch_ns, .value = value, .frame = g->frame};
}

static const mpt_subflow *subflow_of(const mpt_player *p, uint32_t index)
{
    return g_ptr_array_index(mpt_engine_subflows(mpt_recorder_engine(p->recorder)), index);
}

static bool is_mine(const mpt_player *p, const mpt_record *g)
{
    return subflow_of(p, g->subflow)->connection == p->request->view->connection;
}

static bool is_ours(const mpt_player *p, const mpt_record *g)
{
    return mpt_subflow_conn_side(subflow_of(p, g->subflow), g->side) == p->side;
}

static uint32_t id_of(const mpt_player *p, uint32_t index)
{
    return p->ids[subflow_of(p, index)->owner];
}

/* --- what comes late --- */

static int by_time(gconstpointer a, gconstpointer b)
{
    const struct late *x = a, *y = b;

    return x->time_ns != y->time_ns ? mpt_compare(x->time_ns, y->time_ns) : mpt_compare(x->frame, y->frame);
}

static GArray *all_late(const mpt_player *p)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct late));
    mpt_record_reader *reader = mpt_record_reader_new(p->recorder);
    mpt_record g;

    while (mpt_record_next(reader, &g)) {
        struct late late = {.record = g, .time_ns = g.time_ns, .frame = g.frame};

        if (g.kind != MPT_RECORD_PIECE || !is_mine(p, &g) || !is_ours(p, &g))
            continue;
        if (g.resolved)
            g_array_append_val(all, late);
        if (g.what != MPT_DATA_FIRST || !g.first_frame)
            continue;
        late.takeover = true;
        late.time_ns = g.first_ns;
        late.frame = g.first_frame;
        g_array_append_val(all, late);
    }
    mpt_record_reader_free(reader);
    g_array_sort(all, by_time);
    return all;
}

/* --- acknowledgements --- */

static uint64_t acked_bytes(mpt_player *p, int64_t acked)
{
    int64_t from = MAX(p->has_acked ? p->acked : p->first, p->first), to = acked;

    if (!p->tcp_acks && p->level->has_fin)
        to = MIN(to, p->level->fin);
    return to > from ? (uint64_t)(to - from) : 0;
}

static void released_piece(const mpt_piece *piece, void *data)
{
    mpt_player *p = data;

    p->released[p->ids[piece->was.owner]] += (uint64_t)(piece->end - piece->start);
}

static void take_ack(mpt_player *p, const mpt_record *g, int64_t acked)
{
    mpt_release release = {.acked = acked, .bytes = acked_bytes(p, acked), .of = p->released};
    uint32_t id = id_of(p, g->subflow);

    memset(p->released, 0, p->subflows * sizeof *p->released);
    if (!p->has_acked || acked > p->acked)
        mpt_ranges_take(&p->flight, -MPT_RUNS_LIMIT, acked, released_piece, p);
    TELL_COLLECTORS(p, ack, g, id, &release);
    if (!p->has_acked || acked > p->acked)
        p->acked = acked;
    p->has_acked = true;
}

/* The position on the data level that a byte without mapping has after a fallback (FIGURES.md,
 * `fallback_bytes`). */
static bool implied(const mpt_player *p, const mpt_subflow *s, mpt_side side, int64_t position, int64_t *dsn)
{
    const mpt_connection_view *v = p->request->view;

    return v->fallback != MPT_FALLBACK_NONE &&
           mpt_implied_mapping_position(v->connection, s, side, v->kind, v->fallback, position, dsn);
}

/* Where no DATA_ACK ever comes, what TCP acknowledged: of the one subflow that carries a fallback. */
struct tcp_ack {
    bool found;
    int64_t dsn;
};

static void mapped_end(const mpt_mapped_piece *m, void *data)
{
    struct tcp_ack *a = data;

    a->found = m->mapped;
    a->dsn = m->dsn + (m->end - m->start);
}

static void take_tcp_ack(mpt_player *p, const mpt_record *g)
{
    const mpt_subflow *s = subflow_of(p, g->subflow);
    const mpt_half *h = &s->half[mpt_side_other(g->side)];
    struct tcp_ack a = {0};
    int64_t end = g->ack;

    if (h->fin_seen && end > h->fin)
        end = h->fin;
    mpt_mapping_look(&h->mapping, end - 1, end, mapped_end, &a);
    if (!a.found) {
        a.found = implied(p, s, mpt_side_other(g->side), end - 1, &a.dsn);
        a.dsn++;
    }
    if (a.found && a.dsn >= p->first)
        take_ack(p, g, a.dsn);
}

/* --- one record --- */

static void claimed(const mpt_piece *piece, void *data)
{
    if (piece->fresh)
        *(uint64_t *)data += (uint64_t)(piece->end - piece->start);
}

static uint64_t take_off(mpt_player *p, const mpt_record *g)
{
    int64_t start = p->has_acked ? MAX(g->dsn, p->acked) : g->dsn, end = g->dsn + g->length;
    mpt_stamp claim = {.time_ns = g->time_ns, .frame = g->frame, .owner = subflow_of(p, g->subflow)->owner};
    uint64_t bytes = 0;

    if (p->types & OF_FLIGHT && g->what == MPT_DATA_FIRST && start < end)
        mpt_ranges_claim(&p->flight, start, end, &claim, claimed, &bytes);
    return bytes;
}

static void play_segment(mpt_player *p, const mpt_record *g)
{
    uint32_t id = id_of(p, g->subflow);
    bool ours = is_ours(p, g);

    TELL_COLLECTORS(p, segment, g, id, ours);
    if (!ours && g->has_data_ack)
        take_ack(p, g, g->data_ack);
    else if (!ours && p->tcp_acks && g->has_ack)
        take_tcp_ack(p, g);
}

static void play_piece(mpt_player *p, const mpt_record *g)
{
    uint32_t id = id_of(p, g->subflow);

    p->in_flight = take_off(p, g);
    TELL_COLLECTORS(p, piece, g, id);
}

struct unmapped {
    mpt_player *p;
    const mpt_record *record;
};

static void unmapped_part(const mpt_piece *piece, void *data)
{
    const struct unmapped *u = data;
    mpt_record g = *u->record;

    if (piece->fresh || !implied(u->p, subflow_of(u->p, g.subflow), g.side, piece->start, &g.dsn))
        return;
    g.what = MPT_DATA_FIRST;
    g.length = (uint32_t)(piece->end - piece->start);
    play_piece(u->p, &g);
}

/* Bytes that never got a mapping: in a fallback they are data all the same. */
static void play_unmapped(mpt_player *p, const mpt_record *g)
{
    const mpt_half *h = &subflow_of(p, g->subflow)->half[g->side];
    struct unmapped u = {.p = p, .record = g};

    mpt_ranges_look(&h->pending, g->dsn, g->dsn + g->length, unmapped_part, &u);
}

static void play_mapping(mpt_player *p, const mpt_record *g)
{
    TELL_COLLECTORS(p, mapping, g, id_of(p, g->subflow));
}

/* The bytes of the piece that were another subflow's before. */
static void play_takeover(mpt_player *p, const mpt_record *g)
{
    mpt_record then = *g;
    uint32_t id = id_of(p, g->first_subflow);

    then.time_ns = g->first_ns;
    then.frame = g->first_frame;
    then.first_frame = g->frame;
    then.subflow = g->first_subflow;
    then.first_subflow = g->subflow;
    TELL_COLLECTORS(p, takeover, &then, id);
}

static bool in_window(const mpt_player *p, int64_t time_ns)
{
    const mpt_engine_config *config = mpt_engine_get_config(mpt_recorder_engine(p->recorder));
    int64_t t = time_ns - p->request->view->epoch_ns;

    return (!config->has_from || t >= config->from_ns) && (!config->has_to || t < config->to_ns);
}

static void play_late(mpt_player *p, const struct late *late)
{
    if (!in_window(p, late->time_ns))
        return;
    if (late->takeover)
        play_takeover(p, &late->record);
    else
        play_piece(p, &late->record);
}

static void play_record(mpt_player *p, const mpt_record *g)
{
    if (!in_window(p, g->time_ns) || (g->kind == MPT_RECORD_PIECE && g->resolved))
        return;
    if (g->kind == MPT_RECORD_SEGMENT)
        play_segment(p, g);
    else if (is_ours(p, g) && g->kind == MPT_RECORD_PIECE && g->what == MPT_DATA_UNMAPPED)
        play_unmapped(p, g);
    else if (is_ours(p, g) && g->kind == MPT_RECORD_PIECE)
        play_piece(p, g);
    else if (is_ours(p, g))
        play_mapping(p, g);
}

static void play_all(mpt_player *p)
{
    GArray *late = all_late(p);
    mpt_record_reader *reader = mpt_record_reader_new(p->recorder);
    mpt_record g;
    guint k = 0;

    while (mpt_record_next(reader, &g)) {
        if (!is_mine(p, &g))
            continue;
        for (; k < late->len; k++) {
            const struct late *l = &g_array_index(late, struct late, k);
            if (l->time_ns > g.time_ns || (l->time_ns == g.time_ns && l->frame > g.frame))
                break;
            play_late(p, l);
        }
        play_record(p, &g);
    }
    for (; k < late->len; k++)
        play_late(p, &g_array_index(late, struct late, k));
    mpt_record_reader_free(reader);
    g_array_free(late, TRUE);
}

static void set_zero(mpt_player *p)
{
    const mpt_data_level *d = p->level;

    /* Without the IDSN the first byte seen has number 1. */
    p->zero = d->relative_known ? d->idsn : d->unique ? d->counted_first - 1 : 0;
    p->first = p->zero + 1;
    if (d->unique && d->counted_first < p->first)
        p->first = d->counted_first;
}

/* One pass through the record for some of the types. */
static void play_types(mpt_player *p, uint32_t types)
{
    if (!types)
        return;
    p->types = types;
    p->has_acked = false;
    p->acked = 0;
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        if (types >> t & 1u && mpt_collector_of((mpt_graph_type)t)->open)
            p->state[t] = mpt_collector_of((mpt_graph_type)t)->open(p);
    play_all(p);
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        if (types >> t & 1u && mpt_collector_of((mpt_graph_type)t)->close)
            mpt_collector_of((mpt_graph_type)t)->close(p, p->state[t]);
    mpt_ranges_clear(&p->flight);
}

void mpt_series_play(const mpt_recorder *r, const mpt_series_request *request, mpt_point_func func,
                     void *user)
{
    const mpt_connection_view *v = request->view;
    mpt_player p = {
        .request = request,
        .recorder = r,
        .func = func,
        .user = user,
        .subflows = v->subflow_count,
        .side = v->side[mpt_direction_sender(request->direction)],
    };

    p.level = &v->connection->level[p.side];
    p.tcp_acks = v->fallback != MPT_FALLBACK_NONE && p.level->acks == 0;
    p.ids = g_new(uint32_t, MAX(p.subflows, 1));
    p.released = g_new0(uint64_t, MAX(p.subflows, 1));
    for (uint32_t i = 0; i < p.subflows; i++)
        p.ids[v->subflows[i].subflow->owner] = i;
    set_zero(&p);
    play_types(&p, request->types & ~(OF_RTT | OF_QUEUE));
    play_types(&p, request->types & OF_RTT);
    play_types(&p, request->types & OF_QUEUE);
    if (request->types & OF(MPT_GRAPH_LIMIT))
        mpt_play_limits(&p);
    g_free(p.ids);
    g_free(p.released);
}
